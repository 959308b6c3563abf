"""The model's live ink: strokes that it draws and nobody has accepted yet, and the tip of its pen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from gui.canvas.fresh import Fresh
from gui.look.theme import Colours
from gui.paper.ink import PEN_WIDTH, GrowingInk, Piece, pen
from gui.tools.base import Table


class ModelInk:
    """Grows by a point at a time; each asks for a repaint of what it changes, no more.

    Args:
        table: the canvas, as tools see it.
        fresh: where pieces go that change no more.
        repaint: called when all of `fresh` has to be painted anew; it calls `settle`.
    """

    def __init__(self, table: Table, fresh: Fresh, repaint: Callable[[], None]) -> None:
        self._table = table
        self._fresh = fresh
        self._repaint = repaint
        self.width = PEN_WIDTH
        self._strokes: list[GrowingInk] = []
        self._tip: tuple[float, float, bool] | None = None

    def add_point(self, x: float, y: float, starts_stroke: bool) -> None:
        """The pen reached a point."""
        if starts_stroke or not self._strokes:
            if self._strokes:  # the stroke before the newest changes no more
                self._settle([self._strokes[-1].tail()])
            self._strokes.append(GrowingInk())
        stroke = self._strokes[-1]
        before = stroke.last if len(stroke) else (x, y)
        earlier = stroke.last_but_one if len(stroke) > 1 else before
        piece = stroke.add(x, y)
        if piece is not None:
            self._settle([piece])
        xs, ys = (x, before[0], earlier[0]), (y, before[1], earlier[1])
        self._table.refresh(QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys))))

    def move_tip(self, x: float, y: float, down: bool) -> None:
        """Where the pen is in this frame."""
        self._refresh_tip()
        self._tip = (x, y, down)
        self._refresh_tip()

    def hide_tip(self) -> None:
        self._refresh_tip()
        self._tip = None

    def clear(self) -> None:
        self.hide_tip()
        self._strokes = []
        self._repaint()

    def settle(self) -> None:
        """Puts all that changes no more into the picture of fresh ink, which has lost it."""
        for number, stroke in enumerate(self._strokes):
            paths = stroke.settled()
            if number < len(self._strokes) - 1:
                paths = [*paths, stroke.tail()]
            self._settle(paths)

    def paint(self, painter: QPainter) -> None:
        """The end of the newest stroke, and the tip; in paper units."""
        colours, tip = self._table.colours, self._tip
        if self._strokes:
            painter.setPen(pen(colours.colour("accent"), self.width))
            painter.drawPath(self._strokes[-1].tail(tip[:2] if tip is not None and tip[2] else None))
        if tip is not None:
            _paint_tip(painter, colours, *tip)

    def _settle(self, paths: Sequence[QPainterPath]) -> None:
        pieces = [Piece(path, self.width) for path in paths]
        self._fresh.add(pieces, self._table.colours.colour("accent"))

    def _refresh_tip(self) -> None:
        if self._tip is None:
            return
        x, y, _ = self._tip
        rect = QRectF(x, y, 0, 0).adjusted(-14, -14, 14, 14)
        if self._strokes:
            last = QPointF(*self._strokes[-1].last)
            rect = rect.united(QRectF(last, QPointF(x, y)).normalized())
        self._table.refresh(rect)


def _paint_tip(painter: QPainter, colours: Colours, x: float, y: float, down: bool) -> None:
    """A dot where the model's pen touches, a ring where it flies."""
    halo = colours.colour("accent")
    halo.setAlpha(46)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(halo)
    painter.drawEllipse(QPointF(x, y), 13, 13)
    painter.setBrush(colours.colour("accent" if down else "paper"))
    outline = pen(colours.colour("accent"))
    outline.setWidthF(1.6)
    painter.setPen(outline)
    painter.drawEllipse(QPointF(x, y), 4.2, 4.2)
