"""The view: how large the paper is shown, which part of it, and where in the widget."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QTransform

from gui.paper.layer import Frame
from gui.paper.paper import HEIGHT, WIDTH

MARGIN = 14
"""Desk around a paper that fits, in logical pixels."""

SMALLEST, LARGEST = 0.1, 32.0
"""Logical pixels to a paper unit."""

STEP = 1.25
"""One step of the wheel, or of the keys, makes everything larger by this factor."""

HOLD = 60.0
"""So many logical pixels of the paper stay in sight, however far it is pushed."""


class View:
    """Paper units to logical pixels of the widget and back; knows nothing of painting.

    The paper's corner lies on a whole device pixel, so that pictures of it can be copied as they are.
    """

    def __init__(self) -> None:
        self.scale = 1.0
        self.origin = QPointF()
        self.ratio = 1.0
        self.fitted = True
        """The paper fills the widget, and will after the widget changed its size."""
        self._size = QSize(1, 1)

    def resize(self, size: QSize, ratio: float) -> None:
        """The widget has another size (logical pixels) or other device pixels."""
        middle = self.to_paper(QPointF(self._size.width() / 2, self._size.height() / 2))
        self._size, self.ratio = size, ratio
        if self.fitted:
            self.fit()
        else:
            self._put(self.scale, middle, QPointF(size.width() / 2, size.height() / 2))

    def fit(self) -> None:
        """All of the paper, as large as it can be."""
        width, height = self._size.width() - 2 * MARGIN, self._size.height() - 2 * MARGIN
        scale = max(min(width / WIDTH, height / HEIGHT), 0.05)
        self._put(scale, (WIDTH / 2, HEIGHT / 2), self.centre)
        self.fitted = True

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Larger or smaller; what is under `at`, by default the middle, stays there."""
        self.zoom_to(self.scale * factor, at)

    def zoom_to(self, scale: float, at: QPointF | None = None) -> None:
        place = self.centre if at is None else at
        self.fitted = False
        self._put(min(max(scale, SMALLEST), LARGEST), self.to_paper(place), place)

    def pan(self, dx: float, dy: float) -> None:
        """Pushes the paper by logical pixels."""
        self.fitted = False
        self._place(QPointF(self.origin.x() + dx, self.origin.y() + dy))

    @property
    def size(self) -> QSize:
        """The widget's, in logical pixels."""
        return self._size

    @property
    def centre(self) -> QPointF:
        """The middle of the widget."""
        return QPointF(self._size.width() / 2, self._size.height() / 2)

    def to_paper(self, position: QPointF) -> tuple[float, float]:
        """Paper units of a place in the widget, also beyond the paper's edge."""
        x = (position.x() - self.origin.x()) / self.scale
        y = (position.y() - self.origin.y()) / self.scale
        return x, y

    def from_paper(self, x: float, y: float) -> QPointF:
        return QPointF(self.origin.x() + x * self.scale, self.origin.y() + y * self.scale)

    @property
    def transform(self) -> QTransform:
        """From paper units to logical pixels of the widget."""
        return QTransform(self.scale, 0.0, 0.0, self.scale, self.origin.x(), self.origin.y())

    def corner_of(self, frame: Frame) -> QPointF:
        """Where in the widget a picture of this frame begins."""
        return QPointF(self.origin.x() + frame.left / frame.ratio, self.origin.y() + frame.top / frame.ratio)

    @property
    def paper(self) -> QRectF:
        """The paper, in logical pixels of the widget."""
        return QRectF(self.origin.x(), self.origin.y(), WIDTH * self.scale, HEIGHT * self.scale)

    @property
    def frame(self) -> Frame:
        """The part of the paper that can be seen, in device pixels: what a picture of it has to hold."""
        ratio = self.ratio
        paper = QRectF(
            self.origin.x() * ratio,
            self.origin.y() * ratio,
            WIDTH * self.scale * ratio,
            HEIGHT * self.scale * ratio,
        ).toAlignedRect()
        window = QRect(0, 0, round(self._size.width() * ratio), round(self._size.height() * ratio))
        seen = paper.intersected(window)
        corner = seen.topLeft() - paper.topLeft()
        return Frame(
            QSize(max(seen.width(), 1), max(seen.height(), 1)),
            ratio,
            self.scale * ratio,
            corner.x(),
            corner.y(),
        )

    def _put(self, scale: float, at: tuple[float, float], place: QPointF) -> None:
        """Shows at this scale, with a point of the paper at a place in the widget."""
        self.scale = scale
        self._place(QPointF(place.x() - at[0] * scale, place.y() - at[1] * scale))

    def _place(self, origin: QPointF) -> None:
        sides = []
        for corner, extent, room in (
            (origin.x(), WIDTH * self.scale, self._size.width()),
            (origin.y(), HEIGHT * self.scale, self._size.height()),
        ):
            hold = min(HOLD, extent, room)
            kept = min(max(corner, hold - extent), room - hold)
            sides.append(round(kept * self.ratio) / self.ratio)
        self.origin = QPointF(*sides)
