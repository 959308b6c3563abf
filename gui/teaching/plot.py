"""A live plot of losses: two lines, a few numbers, nothing to explain."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.look.theme import LIGHT

Points = Sequence[tuple[int, float]]

MOST = 600
"""Points of a line; more are thinned."""


class Plot(QWidget):
    """The loss of what a model learns from, pale; of the drawings held back, in the accent colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colours = LIGHT
        self._training: Points = ()
        self._held_back: Points = ()
        self.setMinimumHeight(150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Losses")

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(420, 190)

    def show_losses(self, training: Points, held_back: Points) -> None:
        """Step and loss of each."""
        self._training, self._held_back = thinned(training), thinned(held_back)
        if held_back:
            first, best = held_back[0][1], min(loss for _, loss in held_back)
            self.setAccessibleDescription(f"Held-back drawings: {first:.3f} at first, {best:.3f} at best")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        colours = self.colours
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colours.colour("border"), 1))
            painter.setBrush(colours.colour("surface"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
            every = [*self._training, *self._held_back]
            if len(every) < 2:
                painter.setPen(colours.colour("muted"))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "The losses will be here.")
                return
            area = QRectF(self.rect()).adjusted(54, 30, -16, -26)
            last = max(1, *(step for step, _ in every))
            low, high = bounds(self._training, self._held_back)
            self._paint_axes(painter, area, last, low, high)
            painter.setClipRect(area.adjusted(-3, -3, 3, 3))
            for points, name, width in (
                (self._training, "faint", 1.5),
                (self._held_back, "accent", 2.2),
            ):
                places = [
                    QPointF(
                        area.left() + area.width() * step / last,
                        area.bottom() - area.height() * (loss - low) / (high - low),
                    )
                    for step, loss in points
                ]
                if places:
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.setPen(QPen(colours.colour(name), width))
                    path = QPainterPath(places[0])
                    for place in places[1:]:
                        path.lineTo(place)
                    painter.drawPath(path)
                    painter.setBrush(colours.colour(name))
                    painter.drawEllipse(places[-1], width + 0.6, width + 0.6)

    def _paint_axes(self, painter: QPainter, area: QRectF, last: int, low: float, high: float) -> None:
        colours = self.colours
        painter.setPen(QPen(colours.colour("border"), 1))
        for share in (0.0, 0.5, 1.0):
            y = area.bottom() - share * area.height()
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(colours.colour("muted"))
        for share in (0.0, 0.5, 1.0):
            y = area.bottom() - share * area.height()
            where = QRectF(0, y - 9, area.left() - 8, 18)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(where, right, f"{low + share * (high - low):.2f}")
        below = QRectF(area.left(), area.bottom() + 4, area.width(), 18)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, f"step {last:,}")
        x = area.left()
        for text, name in (("what it learns from", "faint"), ("your drawings held back", "accent")):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.colour(name))
            painter.drawRoundedRect(QRectF(x, 15, 14, 3), 1.5, 1.5)
            painter.setPen(colours.colour("muted"))
            painter.drawText(QPointF(x + 20, 20), text)
            x += 36 + painter.fontMetrics().horizontalAdvance(text)


def thinned(points: Points) -> Points:
    """At most `MOST` of the points, the last among them: means of neighbours."""
    if len(points) <= MOST:
        return tuple(points)
    size = -(-len(points) // MOST)
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    return tuple((group[-1][0], sum(loss for _, loss in group) / len(group)) for group in groups)


def bounds(training: Points, held_back: Points) -> tuple[float, float]:
    """Where the losses lie, with some room; a lone wild batch does not flatten all others."""
    batches = sorted(loss for _, loss in training)
    shown = [*batches[: max(1, int(0.98 * len(batches)))], *(loss for _, loss in held_back)]
    low, high = min(shown), max(shown)
    room = max(0.06 * (high - low), 0.01)
    return low - room, high + room
