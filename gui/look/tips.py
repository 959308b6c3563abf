"""Tooltips: what a thing is called, its key, and what it does."""

from __future__ import annotations

from PySide6.QtGui import QAction, QKeySequence

from gui.words import plain


def explain(action: QAction, reason: str = "") -> None:
    """Gives an action its tooltip: its name and the first of its keys; and what it does, or why it cannot."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    name, tip = plain(action.text()), reason or action.statusTip()
    first = f"{name} ({keys})" if keys else name
    action.setToolTip(first if name.startswith(tip) else f"{first}\n{tip}")
