"""Pictures: drawings shown small, fitted into what space there is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.look.theme import LIGHT, Colours
from gui.paper.ink import curve
from sketchrnn.sketch import Sketch

LINE = 1.6
"""Logical pixels, less in small pictures."""


def path_of(sketch: Sketch) -> QPainterPath:
    path = QPainterPath()
    for stroke in sketch.strokes:
        path.addPath(curve(stroke))
    return path


def paint_fitted(painter: QPainter, path: QPainterPath, box: QRectF, colour: QColor) -> None:
    """A drawing in the middle of a box, as large as it can be."""
    bounds = path.boundingRect()
    side = max(bounds.width() / max(box.width(), 1.0), bounds.height() / max(box.height(), 1.0))
    if path.isEmpty() or side <= 0.0:
        return
    painter.save()
    painter.translate(box.center())
    painter.scale(1.0 / side, 1.0 / side)
    painter.translate(-bounds.center())
    width = side * min(LINE, min(box.width(), box.height()) / 28)
    painter.setPen(
        QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.restore()


GAP = 4.0
NARROWEST = 46.0
"""Logical pixels of a picture; where a row would make them narrower, there are two."""


class Strip(QWidget):
    """Pictures in a row, or in several where there is no room; one of them may be marked.

    Signals:
        clicked(int): on one of them.
    """

    clicked = Signal(int)

    def __init__(self, name: str, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._height = height
        self.setFixedHeight(height)
        self._colours = LIGHT
        self._paths: list[QPainterPath | None] = []
        self._marked = -1.0

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(280, self.height())

    @property
    def count(self) -> int:
        return len(self._paths)

    def show_sketches(self, sketches: Sequence[Sketch | None]) -> None:
        """None is a place that waits for its picture."""
        self._paths = [None if sketch is None else path_of(sketch) for sketch in sketches]
        self._fold()
        self.update()

    def mark(self, place: float) -> None:
        """Marks a place from 0, the first picture's middle, to 1, the last one's; below 0: none."""
        self._marked = place
        self.update()

    def set_colours(self, colours: Colours) -> None:
        self._colours = colours
        self.update()

    def rect_of(self, number: int) -> QRectF:
        each = -(-self.count // self._rows())
        width = (self.width() - GAP * (each - 1)) / max(each, 1)
        row, column = divmod(number, max(each, 1))
        place = QRectF(column * (width + GAP), row * (self._height + GAP), width, self._height)
        return place.adjusted(0.5, 0.5, -0.5, -0.5)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._fold()

    def _rows(self) -> int:
        fit = max(int((self.width() + GAP) // (NARROWEST + GAP)), 1)
        return max(-(-self.count // fit), 1)

    def _fold(self) -> None:
        self.setFixedHeight(round(self._rows() * (self._height + GAP) - GAP))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        for number in range(self.count):
            if self.rect_of(number).contains(event.position()):
                self.clicked.emit(number)
                return

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            nearest = round(self._marked * (self.count - 1)) if self._marked >= 0 else -1
            for number, path in enumerate(self._paths):
                rect = self.rect_of(number)
                marked = number == nearest
                painter.setPen(
                    QPen(self._colours.colour("accent" if marked else "border"), 1.5 if marked else 1)
                )
                painter.setBrush(self._colours.colour("paper"))
                painter.drawRoundedRect(rect, 6, 6)
                if path is not None:
                    inner = rect.adjusted(5, 5, -5, -5)
                    paint_fitted(painter, path, inner, self._colours.colour("ink"))
