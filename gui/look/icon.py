"""Icons: our own SVG line drawings in `icons/`, tinted in the theme's colours, sharp at any scaling."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).parent / "icons"

SIZE = 20
"""Logical pixels of an icon in the bar."""


class _Drawing(QIconEngine):
    """One of our drawings in one colour, and in another where it is disabled.

    A size is drawn when a screen first wants it: forty icons in all sizes were a twentieth of the way to a
    window, and most of them are in menus that nobody has opened yet.
    """

    def __init__(self, name: str, colour: str, disabled: str) -> None:
        super().__init__()
        self._name, self._colour, self._disabled = name, colour, disabled
        self._drawn: dict[int, tuple[QPixmap, QPixmap]] = {}

    def clone(self) -> QIconEngine:
        return _Drawing(self._name, self._colour, self._disabled)

    def pixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State) -> QPixmap:
        side = min(size.width(), size.height())
        if side not in self._drawn:  # both at once: many buttons are disabled at a time
            black = _rendered(QSvgRenderer(str(FOLDER / f"{self._name}.svg")), side)
            self._drawn[side] = _tinted(black, self._colour), _tinted(black, self._disabled)
        return self._drawn[side][mode == QIcon.Mode.Disabled]

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        size = rect.size() * painter.device().devicePixelRatio()
        painter.drawPixmap(rect, self.pixmap(size, mode, state))


@cache
def icon(name: str, colour: str, disabled: str) -> QIcon:
    """The icon `icons/<name>.svg` in one colour, and in another where it is disabled."""
    return QIcon(_Drawing(name, colour, disabled))


@cache
def app_icon() -> QIcon:
    """The program's own icon."""
    made = QIcon()
    renderer = QSvgRenderer(str(FOLDER / "app.svg"))
    for size in (16, 32, 48, 64, 128):
        made.addPixmap(_rendered(renderer, size))
    return made


def pen_cursor_pixmap(colour: QColor, paper: QColor, diameter: float, ratio: float) -> QPixmap:
    """A small ring, as wide as the pen, that can be seen on any ink."""
    side = max(round(diameter) + 6, 11) | 1
    pixmap = QPixmap(QSize(round(side * ratio), round(side * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(0, 0, side, side).adjusted(2.5, 2.5, -2.5, -2.5)
        for width, ink in ((3.0, paper), (1.25, colour)):
            pen = painter.pen()
            pen.setColor(ink)
            pen.setWidthF(width)
            painter.setPen(pen)
            painter.drawEllipse(ring)
    return pixmap


def _rendered(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter, QRectF(0, 0, size, size))
    return pixmap


def _tinted(pixmap: QPixmap, tint: str) -> QPixmap:
    """The same lines in one colour."""
    tinted = QPixmap(pixmap)
    with QPainter(tinted) as painter:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(tinted.rect(), QColor(tint))
    return tinted
