"""The ground: the desk, the paper's shadow, the paper, and the grid on it, as one picture."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QRegion

from gui.look.theme import Colours
from gui.paper.paper import HEIGHT, WIDTH
from gui.paper.view import View

CELL = 40.0
"""Paper units between two lines of the grid: 24 by 18 cells."""

FAINTEST = 8.0
"""Logical pixels: nearer lines would be a grey paper, every second one is left out then."""

SPREAD = 10
"""Logical pixels of the paper's shadow."""


class Ground:
    """Everything that lies under the ink; painted again only when it changed.

    Args of `pixmap` decide what it looks like; `grid`, `trace` and `opacity` are set from outside,
    followed by `forget`.
    """

    def __init__(self) -> None:
        self.grid = False
        self.trace = QImage()
        """A picture to trace over: as large as fits on the paper, in its middle."""
        self.opacity = 0.4
        """Of that picture, from 0 to 1."""
        self._pixmap = QPixmap()
        self._colours: Colours | None = None

    def forget(self) -> None:
        """Something about it changed."""
        self._pixmap = QPixmap()

    def pixmap(self, view: View, colours: Colours) -> QPixmap:
        """The whole widget's ground."""
        if self._pixmap.isNull() or colours is not self._colours:
            self._colours = colours
            self._pixmap = self._painted(view, colours)
        return self._pixmap

    @property
    def trace_rect(self) -> QRectF:
        """Where the picture lies, in paper units."""
        size = self.trace.size()
        if size.isEmpty():
            return QRectF()
        scale = min(WIDTH / size.width(), HEIGHT / size.height())
        width, height = size.width() * scale, size.height() * scale
        return QRectF((WIDTH - width) / 2, (HEIGHT - height) / 2, width, height)

    def _painted(self, view: View, colours: Colours) -> QPixmap:
        size = view.size
        pixmap = QPixmap(QSize(round(size.width() * view.ratio), round(size.height() * view.ratio)))
        pixmap.setDevicePixelRatio(view.ratio)
        pixmap.fill(colours.colour("desk"))
        paper = view.paper
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            inner = paper.adjusted(8, 8, -8, -8).toRect()
            whole = QRegion(0, 0, size.width(), size.height())
            painter.setClipRegion(whole - QRegion(inner))
            for spread in range(SPREAD, 0, -1):  # a soft shadow, a little below
                painter.setBrush(QColor(0, 0, 0, max(colours.shadow // (spread + 2), 1)))
                painter.drawRoundedRect(
                    paper.adjusted(-spread, -spread + 3, spread, spread + 3), 6 + spread, 6 + spread
                )
            painter.setBrush(colours.colour("paper"))
            painter.drawRoundedRect(paper, 6, 6)
            painter.setClipRegion(whole)
            painter.fillRect(inner, colours.colour("paper"))
            painter.setClipRect(paper, Qt.ClipOperation.IntersectClip)
            if not self.trace.isNull():
                self._paint_trace(painter, view)
            if self.grid:
                _paint_grid(painter, view, colours)
        return pixmap

    def _paint_trace(self, painter: QPainter, view: View) -> None:
        rect = self.trace_rect
        corner = view.from_paper(rect.left(), rect.top())
        opposite = view.from_paper(rect.right(), rect.bottom())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(self.opacity)
        painter.drawImage(QRectF(corner, opposite), self.trace)
        painter.setOpacity(1.0)


def _paint_grid(painter: QPainter, view: View, colours: Colours) -> None:
    """Lines one device pixel wide, on whole pixels; every fourth a little stronger."""
    cell = CELL
    while cell * view.scale < FAINTEST:
        cell *= 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    colour = colours.colour("faint")
    for strong in (False, True):
        colour.setAlpha(90 if strong else 44)
        painter.setPen(QPen(colour, 1 / view.ratio))
        lines = []
        for number in range(1, math.ceil(WIDTH / cell)):
            if (number % 4 == 0) is strong:
                top, bottom = view.from_paper(number * cell, 0), view.from_paper(number * cell, HEIGHT)
                lines.append(QLineF(top, bottom))
        for number in range(1, math.ceil(HEIGHT / cell)):
            if (number % 4 == 0) is strong:
                left, right = view.from_paper(0, number * cell), view.from_paper(WIDTH, number * cell)
                lines.append(QLineF(left, right))
        painter.drawLines(lines)
