"""Icons: our own SVG line drawings in `icons/`, tinted in the theme's colours, sharp at any scaling."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).parent / "icons"

SIZE = 20
"""Logical pixels of an icon in the bar."""

_MENU_SIZE = 16
_LARGEST = 3 * SIZE
"""From which the icon is taken on a screen that comes later, if its scaling is another."""


@cache
def icon(name: str, colour: str, disabled: str) -> QIcon:
    """The icon `icons/<name>.svg` in one colour, and in another where it is disabled."""
    made = QIcon()
    # Forty icons in every size that any screen may want took a fifth of the way to a window.
    scalings = {screen.devicePixelRatio() for screen in QGuiApplication.screens()}
    sizes = {round(size * scaling) for size in (_MENU_SIZE, SIZE) for scaling in scalings} | {_LARGEST}
    renderer = QSvgRenderer(str(FOLDER / f"{name}.svg"))
    for size in sorted(sizes):
        black = _rendered(renderer, size)
        for mode, tint in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
            made.addPixmap(_tinted(black, tint), mode)
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
