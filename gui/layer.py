"""A cached picture of finished strokes that is brought up to date in slices of a few milliseconds."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from gui.ink import Ink, pen, pieces

Colour = Callable[[Ink], QColor]


class Layer:
    """The picture of a list of strokes.

    `show` says what it should hold; `advance` paints some of what is missing. More strokes are
    painted onto the picture that stands; where strokes went away, only their rectangle is painted
    anew; everything else (another size, other colours) makes a new picture, and the old one stays
    in `image` until that is ready.
    """

    def __init__(self) -> None:
        self.image = QImage()
        self._strokes: list[Ink] = []
        self._paths: dict[int, list[QPainterPath]] = {}
        self._next: QImage | None = None  # the picture that is being made
        self._clip: QRectF | None = None
        self._todo: deque[Ink] = deque()
        self._started: Iterator[QPainterPath] | None = None
        self._scale = 1.0
        self._colour: Colour = lambda ink: QColor("black")

    @property
    def busy(self) -> bool:
        """Whether `advance` has something left to paint."""
        return bool(self._todo) or self._started is not None or self._next is not None

    def resize(self, size: QSize, ratio: float, scale: float) -> None:
        """Another size in device pixels; `scale` is device pixels per paper unit."""
        self._scale = scale
        self._begin(_blank(size, ratio), None)

    def recolour(self, colour: Colour) -> None:
        self._colour = colour
        if not self.image.isNull() or self._next is not None:
            standing = self._next if self._next is not None else self.image
            self._begin(_blank(standing.size(), standing.devicePixelRatio()), None)

    def show(self, strokes: Sequence[Ink]) -> None:
        """What the picture should hold from now on."""
        common = 0
        for old, new in zip(self._strokes, strokes, strict=False):
            if old.points is not new.points:
                break
            common += 1
        gone = self._strokes[common:]
        for ink in gone:
            self._paths.pop(id(ink.points), None)
        added = strokes[common:]
        self._strokes = list(strokes)
        if not gone and self._clip is None:
            self._todo.extend(added)
            return
        standing = self._next if self._next is not None else self.image
        if standing.isNull():
            return
        if self.busy or not strokes:  # a half-made picture, or nothing to keep of it
            self._begin(_blank(standing.size(), standing.devicePixelRatio()), None)
            return
        clip = QRectF()
        for ink in (*gone, *added):
            clip = clip.united(ink.rect)
        self._begin(self.image.copy(), clip)

    def advance(self, seconds: float) -> bool:
        """Paints for about this long. Returns whether `image` changed."""
        target = self._next if self._next is not None else self.image
        if target.isNull() or not self.busy:
            return False
        deadline = time.perf_counter() + seconds
        with QPainter(target) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(self._scale / target.devicePixelRatio(), self._scale / target.devicePixelRatio())
            if self._clip is not None:
                painter.setClipRect(self._clip)
            self._paint(painter, deadline)
        if self._next is None:
            return True
        if self._todo or self._started is not None:
            return False
        self.image, self._next, self._clip = self._next, None, None
        return True

    def _paint(self, painter: QPainter, deadline: float) -> None:
        while self._started is not None or self._todo:
            if self._started is None:
                ink = self._todo.popleft()
                if self._clip is not None and not ink.rect.intersects(self._clip):
                    continue
                painter.setPen(pen(self._colour(ink)))
                self._current_ink = ink
                self._started = self._pieces(ink)
            else:
                painter.setPen(pen(self._colour(self._current_ink)))
            for path in self._started:
                painter.drawPath(path)
                if time.perf_counter() > deadline:
                    return
            self._started = None

    def _pieces(self, ink: Ink) -> Iterator[QPainterPath]:
        """The stroke's paths, made once."""
        known = self._paths.get(id(ink.points))
        if known is None:
            known = []
            for path in pieces(ink.points):
                known.append(path)
                yield path
            self._paths[id(ink.points)] = known
            return
        yield from known

    def _begin(self, target: QImage, clip: QRectF | None) -> None:
        if clip is not None:
            with QPainter(target) as painter:
                ratio = target.devicePixelRatio()
                painter.scale(self._scale / ratio, self._scale / ratio)
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
                clip = _snapped(clip, self._scale)
                painter.fillRect(clip, Qt.GlobalColor.transparent)
        self._next = target
        self._clip = clip
        self._started = None
        self._todo = deque(self._strokes)


def _blank(size: QSize, ratio: float) -> QImage:
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _snapped(rect: QRectF, scale: float) -> QRectF:
    """Grown to whole device pixels, so that clearing and clipping meet without a seam."""
    device = QRectF(rect.x() * scale, rect.y() * scale, rect.width() * scale, rect.height() * scale)
    whole = QRectF(device.toAlignedRect())
    return QRectF(whole.x() / scale, whole.y() / scale, whole.width() / scale, whole.height() / scale)
