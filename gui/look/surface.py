"""A rounded surface that things lie on, in front of the desk; and the line that divides it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QFrame, QWidget

from gui.look.theme import LIGHT, Colours

RADIUS = 14.0
"""Logical pixels."""


class Surface(QFrame):
    """Holds the colours that it is painted in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colours = LIGHT
        self.radius = RADIUS

    def set_colours(self, colours: Colours) -> None:
        self.colours = colours
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.colours.colour("border"), 1))
            painter.setBrush(self.colours.colour("surface"))
            box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(box, self.radius, self.radius)


def rule(orientation: Qt.Orientation) -> QFrame:
    """A short line between groups of buttons, with some air on both sides."""
    line = QFrame()
    line.setObjectName("rule")
    holder = QFrame()
    if orientation is Qt.Orientation.Vertical:
        line.setFixedSize(1, 24)
        layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, holder)
        layout.setContentsMargins(6, 0, 6, 0)
        layout.addWidget(line)
    else:
        line.setFixedSize(22, 1)
        layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, holder)
        layout.setContentsMargins(0, 5, 0, 5)
        layout.addWidget(line, 0, Qt.AlignmentFlag.AlignHCenter)
    return holder
