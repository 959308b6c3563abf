"""Counts what pointers and keys do to a window, so that a monkey knows when it has done enough."""

from __future__ import annotations

import os

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

SEEDS = range(1, 11)

EACH = int(os.environ.get("MONKEY_EVENTS", "4000")) // len(SEEDS)
"""Events of each seed. The suite does with few; `MONKEY_EVENTS=20000` is the whole test."""

KINDS = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
        QEvent.Type.TabletRelease,
        QEvent.Type.Wheel,
        QEvent.Type.ShortcutOverride,  # each key that goes down, a shortcut or not
        QEvent.Type.KeyRelease,
    }
)


class Events(QObject):
    """How many of them a widget has seen."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    @property
    def enough(self) -> bool:
        return self.count >= EACH

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        self.count += event.type() in KINDS
        return False
