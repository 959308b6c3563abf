"""The panel beside the paper: one thing at a time, closed with Esc."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui.look.buttons import Button
from gui.look.icon import icon
from gui.look.surface import Surface
from gui.look.theme import Colours

NARROWEST, WIDEST = 304, 620
"""Logical pixels. Between, the panel takes a third of the window."""


class SidePanel(Surface):
    """A title, a way to close it, and what a subclass puts into `body`.

    Signals:
        closed(): a person had enough of it.
    """

    closed = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons: list[tuple[QToolButton, str]] = []
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 14)
        column.setSpacing(10)
        head = self.head = QHBoxLayout()
        self._title = QLabel(title)
        self._title.setObjectName("title")
        head.addWidget(self._title)
        head.addStretch()
        close = self.button("Close", "discard", "Close (Esc)")
        close.clicked.connect(self.closed)
        head.addWidget(close)
        column.addLayout(head)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        column.addLayout(self.body, 1)
        self.hide()

    def sizeHint(self) -> QSize:  # noqa: N802
        window = self.window()
        return QSize(min(max(round(window.width() * 0.32), NARROWEST), WIDEST), 400)

    def set_title(self, title: str) -> None:
        self._title.setText(title)
        self.setAccessibleName(title)

    def button(self, name: str, icon_name: str, tip: str, text: str = "") -> QToolButton:
        """A button of this panel: an icon, or an icon and a word."""
        button = Button()
        button.setAccessibleName(name)
        button.setToolTip(tip)
        if text:
            button.setText(text)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._icons.append((button, icon_name))
        button.setIcon(icon(icon_name, self.colours.text, self.colours.faint))
        return button

    def change_icon(self, button: QToolButton, icon_name: str, name: str) -> None:
        """What the button does is another thing now."""
        self._icons = [(other, icon_name if other is button else kept) for other, kept in self._icons]
        button.setIcon(icon(icon_name, self.colours.text, self.colours.faint))
        button.setAccessibleName(name)

    def action_button(self, action: QAction) -> QToolButton:
        """A button for one of the window's actions, with a word."""
        button = Button()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAccessibleName(action.iconText())
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def set_colours(self, colours: Colours) -> None:
        super().set_colours(colours)
        for button, name in self._icons:
            button.setIcon(icon(name, colours.text, colours.faint))
