"""The picture of the drawing on the canvas: painted in slices, so that events get their turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QElapsedTimer, QObject, QRectF, QTimer
from PySide6.QtGui import QPainter

from gui.paper.ink import Ink
from gui.paper.layer import Colour, Layer
from gui.paper.view import View

SLICE = 0.012
"""Seconds of painting finished strokes before events get their turn."""

REFRESH_MS = 60
"""Milliseconds between two looks at a picture that grows in slices: each look takes time from the next."""


class Kept(QObject):
    """What the document holds, as a picture of the part of the paper that is in sight.

    Args:
        refresh: called where the picture is to be put on the screen again.
    """

    def __init__(self, view: View, refresh: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._refresh = refresh
        self._layer = Layer()
        self._unseen = False  # something was painted that is not on the screen yet
        self._since_seen = QElapsedTimer()
        self._since_seen.start()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._paint_slice)

    @property
    def busy(self) -> bool:
        """Whether something is left to paint."""
        return self._layer.busy

    def show(self, strokes: Sequence[Ink]) -> None:
        """What it should hold; only what changed since the last call is painted anew."""
        self._layer.show(strokes)
        self._paint_slice()

    def follow_view(self) -> None:
        """The view shows another part of the paper, or at another scale."""
        self._layer.look_at(self._view.frame)
        self._paint_slice()

    def recolour(self, colour: Colour) -> None:
        self._layer.recolour(colour)
        self._paint_slice()

    def paint(self, painter: QPainter) -> None:
        """In the widget's pixels; stretched while a sharp picture of this view is made."""
        view, image = self._view, self._layer.image
        shown, wanted = self._layer.frame, view.frame
        if shown == wanted:
            painter.drawImage(view.corner_of(wanted), image)
        elif not image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            rect = shown.rect
            corner = view.from_paper(rect.left(), rect.top())
            opposite = view.from_paper(rect.right(), rect.bottom())
            painter.drawImage(QRectF(corner, opposite), image)

    def _paint_slice(self) -> None:
        """Goes on for a moment; comes back if that was too short."""
        changed = self._layer.advance(SLICE)
        self._unseen = self._unseen or changed
        if self._unseen and (not self.busy or self._since_seen.elapsed() > REFRESH_MS):
            self._unseen = False
            self._since_seen.restart()
            self._refresh()
        if not self.busy:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
