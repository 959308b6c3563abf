"""Icons: our own SVG line drawings in `icons/`, tinted in the theme's colours, sharp at any scaling."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).parent / "icons"

SIZE = 20
"""Logical pixels of an icon in the bar."""

_MENU_SIZE = 16
_SCALINGS = (1.0, 1.25, 1.5, 1.75, 2.0, 3.0)
_SIZES = sorted({round(size * scaling) for size in (_MENU_SIZE, SIZE) for scaling in _SCALINGS})


@cache
def icon(name: str, colour: str, disabled: str) -> QIcon:
    """The icon `icons/<name>.svg` in one colour, and in another where it is disabled."""
    made = QIcon()
    for mode, tint in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
        renderer = _renderer(name, tint)
        for size in _SIZES:
            made.addPixmap(_rendered(renderer, size), mode)
    return made


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


def _renderer(name: str, tint: str) -> QSvgRenderer:
    source = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(source.replace("#000", tint).encode()))


def _rendered(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter, QRectF(0, 0, size, size))
    return pixmap
