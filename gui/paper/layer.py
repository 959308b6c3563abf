"""A cached picture of finished strokes that is brought up to date in slices of a few milliseconds."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion

from gui.paper.ink import Ink, Piece, ink_pieces, pen

Colour = Callable[[Ink], QColor]

AT_ONCE = 2_000
"""Points that are also painted onto the old picture while a new one is made: what was just drawn."""

MOST_RECTANGLES = 30
"""More of them than this to paint anew become one."""


class Frame(NamedTuple):
    """The part of the paper that a picture shows, in device pixels."""

    size: QSize
    ratio: float = 1.0
    """Device pixels to a logical one."""
    scale: float = 1.0
    """Device pixels to a paper unit."""
    left: int = 0
    top: int = 0
    """Where the picture's corner is, from the paper's corner."""

    @property
    def rect(self) -> QRectF:
        """In paper units."""
        return QRectF(
            self.left / self.scale,
            self.top / self.scale,
            self.size.width() / self.scale,
            self.size.height() / self.scale,
        )

    def pixels(self, rect: QRectF) -> QRect:
        """The pixels of the picture that a rectangle of the paper touches."""
        return QRectF(
            rect.x() * self.scale - self.left,
            rect.y() * self.scale - self.top,
            rect.width() * self.scale,
            rect.height() * self.scale,
        ).toAlignedRect()


class Layer:
    """The picture of the visible part of a list of strokes.

    `show` says what it should hold, `look_at` which part of the paper; `advance` paints some of what
    is missing. More strokes are painted onto the picture that stands; where strokes went away, and
    where pushing the paper brought more of it into sight, only that is painted anew; everything else
    (another scale, other colours) makes a new picture, and the old one stays in `image`, as `frame`
    has it, until that is ready.
    """

    def __init__(self) -> None:
        self.image = QImage()
        self.frame = Frame(QSize())
        """What `image` shows; while a new picture is made, not what was asked for last."""
        self._strokes: list[Ink] = []
        self._paths: dict[int, list[Piece]] = {}
        self._rects: dict[int, QRectF] = {}
        self._next: QImage | None = None  # the picture that is being made
        self._next_frame = self.frame
        self._clip: QRegion | None = None  # of its pixels
        self._todo: deque[Ink] = deque()
        self._started: Iterator[Piece] | None = None
        self._colour: Colour = lambda ink: QColor("black")

    @property
    def busy(self) -> bool:
        """Whether `advance` has something left to paint."""
        return bool(self._todo) or self._started is not None or self._next is not None

    def look_at(self, frame: Frame) -> None:
        """Another size, scale or part of the paper."""
        standing = self.frame
        if frame == standing and self._next is None:
            return
        dx, dy = standing.left - frame.left, standing.top - frame.top
        kept = QRect(dx, dy, standing.size.width(), standing.size.height()).intersected(
            QRect(0, 0, frame.size.width(), frame.size.height())
        )
        same = (frame.ratio, frame.scale) == (standing.ratio, standing.scale)
        if self.busy or not same or kept.isEmpty():
            self._begin(_blank(frame), frame, None)
            return
        pushed = _blank(frame)
        with QPainter(pushed) as painter:
            _to_pixels(painter, frame)
            painter.drawImage(QRectF(dx, dy, standing.size.width(), standing.size.height()), self.image)
        exposed = QRegion(0, 0, frame.size.width(), frame.size.height()) - QRegion(kept)
        self._begin(pushed, frame, exposed)

    def recolour(self, colour: Colour) -> None:
        self._colour = colour
        if not self.image.isNull() or self._next is not None:
            self._begin_blank()

    def show(self, strokes: Sequence[Ink]) -> None:
        """What the picture should hold from now on."""
        before, self._strokes = self._strokes, list(strokes)
        common = 0
        for old, new in zip(before, strokes, strict=False):
            if old.points is not new.points:
                break
            common += 1
        if common == len(before) and self._clip is None:  # drawn on
            added = self._strokes[common:]
            self._todo.extend(added)
            self._paint_at_once(added)
            return
        changed = _changed(before[common:], self._strokes[common:])
        frame = self._next_frame if self._next is not None else self.frame
        clip = QRegion()
        for ink in changed:
            clip += QRegion(frame.pixels(self._rect(ink)))
            if clip.rectCount() > MOST_RECTANGLES:
                clip = QRegion(clip.boundingRect())
        standing = {id(ink.points) for ink in self._strokes}
        for ink in before[common:]:
            if id(ink.points) not in standing:
                self._paths.pop(id(ink.points), None)
                self._rects.pop(id(ink.points), None)
        if frame.size.isEmpty() or not changed:
            return
        stays = any(id(ink.points) in standing for ink in before)
        if self.busy or not stays:  # a half-made picture, or nothing to keep of it
            self._begin_blank()
        elif not clip.intersects(QRect(0, 0, frame.size.width(), frame.size.height())):
            return
        else:
            picture = self.image.copy()
            with QPainter(picture) as painter:
                _to_pixels(painter, frame)
                painter.setClipRegion(clip)
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
                painter.fillRect(clip.boundingRect(), Qt.GlobalColor.transparent)
            self._begin(picture, frame, clip)

    def advance(self, seconds: float) -> bool:
        """Paints for about this long. Returns whether `image` changed."""
        target = self._next if self._next is not None else self.image
        if target.isNull() or not self.busy:
            return False
        deadline = time.perf_counter() + seconds
        frame = self._next_frame if self._next is not None else self.frame
        with QPainter(target) as painter:
            _to_pixels(painter, frame)
            if self._clip is not None:
                painter.setClipRegion(self._clip)
            _to_paper(painter, frame)
            self._paint(painter, frame, deadline)
        if self._next is None:
            return True
        if self._todo or self._started is not None:
            return False
        self.image, self.frame = self._next, frame
        self._next, self._clip = None, None
        return True

    def _paint(self, painter: QPainter, frame: Frame, deadline: float) -> None:
        seen = frame.rect
        if self._clip is not None:
            box = QRectF(self._clip.boundingRect().translated(frame.left, frame.top))
            scale = 1 / frame.scale
            seen = QRectF(box.x() * scale, box.y() * scale, box.width() * scale, box.height() * scale)
        while self._started is not None or self._todo:
            if self._started is None:
                ink = self._todo.popleft()
                if not self._rect(ink).intersects(seen):
                    continue
                self._current_ink = ink
                self._started = self._pieces(ink)
            colour = self._colour(self._current_ink)
            for piece in self._started:
                if piece.rect.intersects(seen):
                    painter.setPen(pen(colour, piece.width))
                    painter.drawPath(piece.path)
                if time.perf_counter() > deadline:
                    return
            self._started = None

    def _paint_at_once(self, added: Sequence[Ink]) -> None:
        """Onto the old picture, too, if a new one takes long: ink never vanishes for a moment."""
        if self._next is None or self.image.isNull() or sum(len(ink.points) for ink in added) > AT_ONCE:
            return
        with QPainter(self.image) as painter:
            _to_pixels(painter, self.frame)
            _to_paper(painter, self.frame)
            for ink in added:
                for piece in self._pieces(ink):
                    painter.setPen(pen(self._colour(ink), piece.width))
                    painter.drawPath(piece.path)

    def _pieces(self, ink: Ink) -> Iterator[Piece]:
        """The stroke's paths, made once."""
        known = self._paths.get(id(ink.points))
        if known is None:
            known = []
            for piece in ink_pieces(ink):
                known.append(piece)
                yield piece
            self._paths[id(ink.points)] = known
            return
        yield from known

    def _rect(self, ink: Ink) -> QRectF:
        rect = self._rects.get(id(ink.points))
        if rect is None:
            rect = self._rects[id(ink.points)] = ink.rect
        return rect

    def _begin_blank(self) -> None:
        frame = self._next_frame if self._next is not None else self.frame
        self._begin(_blank(frame), frame, None)

    def _begin(self, target: QImage, frame: Frame, clip: QRegion | None) -> None:
        self._next, self._next_frame = target, frame
        self._clip = clip
        self._started = None
        self._todo = deque(self._strokes)


def _changed(before: Sequence[Ink], after: Sequence[Ink]) -> list[Ink]:
    """The strokes that are in only one of two lists, or at another place among the others."""
    old, new = {id(ink.points) for ink in before}, {id(ink.points) for ink in after}
    gone = [ink for ink in before if id(ink.points) not in new]
    came = [ink for ink in after if id(ink.points) not in old]
    stayed = [ink for ink in before if id(ink.points) in new]
    stay = [ink for ink in after if id(ink.points) in old]
    moved = [b for a, b in zip(stayed, stay, strict=True) if a.points is not b.points]
    return [*gone, *came, *moved]


def _to_pixels(painter: QPainter, frame: Frame) -> None:
    """From here on the painter counts the picture's own pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(1 / frame.ratio, 1 / frame.ratio)


def _to_paper(painter: QPainter, frame: Frame) -> None:
    """From pixels on to paper units."""
    painter.translate(-frame.left, -frame.top)
    painter.scale(frame.scale, frame.scale)


def _blank(frame: Frame) -> QImage:
    image = QImage(frame.size, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(frame.ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image
