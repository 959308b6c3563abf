"""The size that the model takes the whole drawing to have: a faint frame that a person may drag."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.canvas.canvas import Canvas
from gui.look.theme import LIGHT, Colours
from sketchrnn.sketch import Bounds

HANDLE = 22
"""Logical pixels of a handle's side; what is seen of it is less."""

SMALLEST, LARGEST = 24.0, 2400.0
"""Paper units."""


class SizeFrame(QObject):
    """A square around the middle of the beginning, with a handle at each corner.

    Signals:
        dragged(float): a person wants the whole to have this larger side, in paper units.
        reset(): a person wants the model to guess again.
    """

    dragged = Signal(float)
    reset = Signal()

    def __init__(self, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._side: float | None = None
        self._middle = (0.0, 0.0)
        self.fixed = False
        """A person said so, and it is no guess."""
        self._handles = [_Handle(canvas, dx, dy) for dx in (-1, 1) for dy in (-1, 1)]
        for handle in self._handles:
            handle.moved.connect(self._on_moved)
            handle.double_clicked.connect(self.reset)
        canvas.add_overlay(self.paint)
        canvas.view_changed.connect(self._place)

    @property
    def side(self) -> float | None:
        """Of the frame, in paper units; None: it is not shown."""
        return self._side

    def show(self, side: float, beginning: Bounds, fixed: bool) -> None:
        """The frame around a beginning; where a person dragged it, it stays in its middle."""
        self._side = min(max(side, SMALLEST), LARGEST)
        self._middle = (beginning.left + beginning.right) / 2, (beginning.top + beginning.bottom) / 2
        self.fixed = fixed
        self._place()

    def hide(self) -> None:
        self._side = None
        self._place()

    def set_colours(self, colours: Colours) -> None:
        for handle in self._handles:
            handle.colours = colours
            handle.update()

    def paint(self, painter: QPainter, colours: Colours) -> None:
        """An overlay of the canvas."""
        if self._side is None:
            return
        colour = colours.colour("accent" if self.fixed else "muted")
        colour.setAlphaF(0.75 if self.fixed else 0.55)
        line = QPen(colour, 1.2)
        line.setDashPattern([5.0, 4.0])
        painter.setPen(line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self._rect(), 4, 4)

    def _rect(self) -> QRectF:
        side = self._side or 0.0
        x, y = self._middle
        return QRectF(x - side / 2, y - side / 2, side, side)

    def _place(self) -> None:
        rect = self._rect()
        for handle in self._handles:
            corner = QPointF(
                rect.left() if handle.dx < 0 else rect.right(), rect.top() if handle.dy < 0 else rect.bottom()
            )
            place = self._canvas.from_paper(corner.x(), corner.y()).toPoint()
            # A corner beyond the canvas could not be reached: its handle waits at the edge.
            half = HANDLE // 2
            place.setX(min(max(place.x(), half), self._canvas.width() - half))
            place.setY(min(max(place.y(), half), self._canvas.height() - half))
            handle.move(place - QPoint(half, half))
            handle.setVisible(self._side is not None)
        self._canvas.update()

    def _on_moved(self, place: QPointF) -> None:
        """The side follows the corner: whichever of its distances to the middle is larger."""
        origin, unit = self._canvas.from_paper(0, 0), self._canvas.from_paper(1, 1)
        scale = max(unit.x() - origin.x(), 1e-6)
        x, y = (place.x() - origin.x()) / scale, (place.y() - origin.y()) / scale
        side = 2 * max(abs(x - self._middle[0]), abs(y - self._middle[1]))
        self._side = min(max(side, SMALLEST), LARGEST)
        self.fixed = True
        self._place()
        self.dragged.emit(self._side)


class _Handle(QWidget):
    """A corner. It takes the pointer only where it is: the pen draws everywhere else."""

    moved = Signal(QPointF)
    double_clicked = Signal()

    def __init__(self, canvas: Canvas, dx: int, dy: int) -> None:
        super().__init__(canvas)
        self.dx, self.dy = dx, dy
        self.colours = LIGHT
        self.setFixedSize(HANDLE, HANDLE)
        diagonal = Qt.CursorShape.SizeFDiagCursor if dx == dy else Qt.CursorShape.SizeBDiagCursor
        self.setCursor(diagonal)
        self.setToolTip("The size that the whole drawing will have. Drag it; double-click to guess again.")
        self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.moved.emit(self.mapToParent(event.position()))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.double_clicked.emit()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.colours.colour("muted"), 1.2))
            painter.setBrush(QColor(self.colours.paper))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(6, 6, -6, -6), 2.5, 2.5)
