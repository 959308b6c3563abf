"""Fresh ink: the picture of strokes that grow and are not the document's yet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

from gui.paper.ink import Piece, pen
from gui.paper.view import View


class Fresh:
    """Holds the settled pieces of growing strokes, so that a new point costs no more than its own piece."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._image = QImage()

    @property
    def ready(self) -> bool:
        """Whether there is a picture to paint on: the widget has had a size."""
        return not self._image.isNull()

    def follow_view(self) -> None:
        """The view is another: the picture may be too small, and what it held is at the wrong place."""
        frame = self._view.frame
        if self._image.size() != frame.size or self._image.devicePixelRatio() != frame.ratio:
            self._image = QImage(frame.size, QImage.Format.Format_ARGB32_Premultiplied)
            self._image.setDevicePixelRatio(frame.ratio)

    def clear(self) -> None:
        self._image.fill(Qt.GlobalColor.transparent)

    def add(self, pieces: Sequence[Piece], colour: QColor) -> None:
        if not self.ready or not pieces:
            return
        with QPainter(self._image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(-self._view.corner_of(self._view.frame))
            painter.setTransform(self._view.transform, True)
            for piece in pieces:
                painter.setPen(pen(colour, piece.width))
                painter.drawPath(piece.path)

    def paint(self, painter: QPainter) -> None:
        """In the widget's pixels."""
        painter.drawImage(self._view.corner_of(self._view.frame), self._image)
