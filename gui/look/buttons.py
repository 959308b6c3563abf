"""Buttons: on a bar, where clicking leaves the focus on the paper; and with a word, for an answer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionToolButton, QStylePainter, QToolButton, QWidget

from gui.look.icon import SIZE

PRESSES = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
"""Keys that press the button that has the focus."""

WIDE = 120
"""Logical pixels, at least, of the one button that a window is about."""


def is_press(event: QEvent, widget: QWidget | None) -> bool:
    """Whether a key that is a shortcut elsewhere is about to press the button that has the focus.

    The window accepts it then. If each button asked that of every event it gets, a new window would take a
    tenth longer.
    """
    return (
        event.type() is QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and event.key() in PRESSES
        and isinstance(widget, Button)
    )


class Button(QToolButton):
    """Reached with Tab; Space and Return press it, though elsewhere they are shortcuts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIconSize(QSize(SIZE, SIZE))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in PRESSES and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)


class WordButton(Button):
    """A button with words where its owner wants them; the style would centre them, or cut them short."""

    def __init__(self, where: Qt.AlignmentFlag, margins: tuple[int, int] = (0, 0)) -> None:
        """Args: where: left or in the middle; margins: logical pixels left and right of the words."""
        super().__init__()
        self._where, self._margins = where, margins

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = ""
        left, right = self._margins
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        painter.setPen(self.palette().buttonText().color())
        place = self.rect().adjusted(left, 0, -right, 0)
        painter.drawText(place, self._where | Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


def push_button(text: str, slot: Callable[[], None], *, main: bool = False) -> QPushButton:
    """A button with a word; no Return elsewhere in the window presses it. The main one wears the accent."""
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setProperty("main", main)
    button.clicked.connect(lambda _checked=False: slot())
    return button
