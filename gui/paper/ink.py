"""Ink: how a stroke's points become a smooth line, in pieces that can be painted one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen

from sketchrnn.curves import rounding, width_at
from sketchrnn.sketch import Author, Floats, Sketch

PEN_WIDTH = 3.8
"""In paper units."""

DOT_RADIUS = 0.7
"""A tap leaves a dot a little wider than the line: that is how a pen writes an i."""

PIECE = 64
"""Vertices in one piece of a stroke. Short pieces keep a growing stroke cheap to repaint."""

SHARP_REACH = 3.0
"""Paper units at which the rounding of a sharp corner starts: a drawn box stays a box."""


class Ink(NamedTuple):
    """A stroke on the paper: float32 (n, 2) in paper units, who drew it, and the pen's pressure (n,)."""

    points: Floats
    author: Author
    pressures: Floats | None = None

    @property
    def rect(self) -> QRectF:
        """Everything that the pen touched."""
        left, top = (float(value) for value in self.points.min(axis=0))
        right, bottom = (float(value) for value in self.points.max(axis=0))
        return QRectF(left, top, right - left, bottom - top).adjusted(
            -PEN_WIDTH, -PEN_WIDTH, PEN_WIDTH, PEN_WIDTH
        )


def inks(sketch: Sketch) -> tuple[Ink, ...]:
    """The strokes of a drawing."""
    return tuple(map(Ink, sketch.strokes, sketch.authors, sketch.pressures))


def sketch_of(strokes: Sequence[Ink], label: str | None = None) -> Sketch:
    """The drawing that strokes make."""
    return Sketch(
        [ink.points for ink in strokes],
        [ink.author for ink in strokes],
        label,
        [ink.pressures for ink in strokes],
    )


class Piece(NamedTuple):
    """Part of a stroke: one path, drawn with one width."""

    path: QPainterPath
    width: float

    @property
    def rect(self) -> QRectF:
        """What it may touch."""
        reach = self.width / 2 + 1
        return self.path.controlPointRect().adjusted(-reach, -reach, reach, reach)


def pen(colour: QColor, width: float = PEN_WIDTH) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def ink_pieces(ink: Ink) -> Iterator[Piece]:
    """The whole stroke, ready to be painted; a pressure makes it wider or narrower on its way."""
    if ink.pressures is None:
        for path in pieces(ink.points):
            yield Piece(path, PEN_WIDTH)
        return
    for begin in range(0, len(ink.points), PIECE):
        window = slice(max(begin - 2, 0), begin + PIECE + 1)
        goes_on = begin + PIECE < len(ink.points)
        yield from pressed(ink.points[window], ink.pressures[window], min(begin, 2), goes_on)


def pieces(points: Floats) -> Iterator[QPainterPath]:
    """The whole stroke as paths of at most `PIECE` vertices that join without a seam."""
    for begin in range(0, len(points), PIECE):
        yield curve(points[max(begin - 2, 0) : begin + PIECE + 1], min(begin, 2), begin + PIECE < len(points))


def curve(points: NDArray[np.floating], skip: int = 0, goes_on: bool = False) -> QPainterPath:
    """A smooth path along `points`, as `sketchrnn.curves` has it.

    Args:
        points: (n, 2).
        skip: this many leading points belong to the piece before (0 or 2).
        goes_on: the last point belongs to the piece after.
    """
    path = QPainterPath()
    n = len(points)
    if n == 1:
        x, y = points[0].tolist()
        for dx, dy in ((DOT_RADIUS, 0.0), (0.0, DOT_RADIUS)):  # round pens make a round dot of this
            path.moveTo(x - dx, y - dy)
            path.lineTo(x + dx, y + dy)
        return path
    if n == 2:
        path.moveTo(*points[0].tolist())
        path.lineTo(*points[1].tolist())
        return path
    xy = np.asarray(points, np.float64)
    vertex = xy[1:-1]
    entry, leave = rounding(xy, SHARP_REACH)
    path.moveTo(*(leave[0] if skip else xy[0]).tolist())
    first = 1 if skip else 0
    rows = np.concatenate([entry[first:], vertex[first:], leave[first:]], axis=1).tolist()
    for ax, ay, vx, vy, bx, by in rows:
        path.lineTo(ax, ay)
        path.quadTo(vx, vy, bx, by)
    if not goes_on:
        path.lineTo(*xy[-1].tolist())
    return path


STEPS_OF_WIDTH = 10
"""Widths are told apart to this part of a paper unit; nobody sees finer steps."""


def pressed(
    points: NDArray[np.floating], pressures: NDArray[np.floating], skip: int = 0, goes_on: bool = False
) -> list[Piece]:
    """As `curve`, with the width at each point that its pressure asks for."""
    widths = [
        max(round(PEN_WIDTH * width_at(pressure) * STEPS_OF_WIDTH), 1) / STEPS_OF_WIDTH
        for pressure in pressures.tolist()
    ]
    if len(points) == 1:
        return [Piece(curve(points), widths[0])]
    if len(points) == 2:
        return [Piece(curve(points), (widths[0] + widths[1]) / 2)]
    xy = np.asarray(points, np.float64)
    entry, leave = rounding(xy, SHARP_REACH)
    first = 1 if skip else 0
    here = (leave[0] if skip else xy[0]).tolist()
    path, made = QPainterPath(), list[Piece]()
    path.moveTo(*here)
    rows = np.concatenate([entry[first:], xy[1 + first : -1], leave[first:]], axis=1).tolist()
    before = widths[1 + first] if rows else widths[-1]
    for (ax, ay, vx, vy, bx, by), width in zip(rows, widths[1 + first :], strict=False):
        if width != before:
            made.append(Piece(path, before))
            path, before = QPainterPath(), width
            path.moveTo(*here)
        path.lineTo(ax, ay)
        path.quadTo(vx, vy, bx, by)
        here = (bx, by)
    if goes_on:
        made.append(Piece(path, before))
        return made
    if widths[-1] != before:
        made.append(Piece(path, before))
        path = QPainterPath()
        path.moveTo(*here)
    path.lineTo(*xy[-1].tolist())
    return [*made, Piece(path, widths[-1])]


class HandInk:
    """A person's stroke that is being drawn: its finished pieces, and the short tail that still changes."""

    def __init__(self) -> None:
        self._points: list[tuple[float, float]] = []
        self._pressures: list[float] = []
        self._finished: list[Piece] = []
        self._begin = 0  # the first vertex that is in no finished piece

    def __len__(self) -> int:
        return len(self._points)

    @property
    def points(self) -> Floats:
        return np.array(self._points, np.float32).reshape(-1, 2)

    @property
    def pressures(self) -> Floats | None:
        """None unless every point had one."""
        full = len(self._pressures) == len(self._points) > 0
        return np.array(self._pressures, np.float32) if full else None

    @property
    def last(self) -> tuple[float, float]:
        return self._points[-1]

    @property
    def first(self) -> tuple[float, float]:
        return self._points[0]

    @property
    def felt(self) -> float | None:
        """The newest pressure."""
        return self._pressures[-1] if self._pressures else None

    def settled(self) -> list[Piece]:
        """The finished pieces."""
        return self._finished

    def add(self, x: float, y: float, pressure: float | None = None) -> list[Piece]:
        """Takes one more point. Returns the pieces that were finished by it, usually none."""
        self._points.append((x, y))
        if pressure is not None:
            self._pressures.append(min(max(pressure, 0.0), 1.0))
        if len(self._points) - 1 < self._begin + PIECE:
            return []
        made = self._made(self._begin + PIECE + 1, goes_on=True)
        self._finished += made
        self._begin += PIECE
        return made

    def end_at(self, x: float, y: float) -> None:
        """Puts the last point elsewhere; it must not be the first."""
        self._points[-1] = (x, y)

    def tail(self) -> list[Piece]:
        """What is not in a finished piece yet."""
        return self._made(len(self._points), goes_on=False)

    def tail_rect(self) -> QRectF:
        """Around the newest points: all that one more of them can change."""
        newest = self._points[-3:]
        xs, ys = [x for x, _ in newest], [y for _, y in newest]
        return QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))

    def _made(self, end: int, goes_on: bool) -> list[Piece]:
        window = slice(max(self._begin - 2, 0), end)
        points, skip = np.array(self._points[window]), min(self._begin, 2)
        if len(self._pressures) == len(self._points):
            return pressed(points, np.array(self._pressures[window]), skip, goes_on)
        return [Piece(curve(points, skip, goes_on), PEN_WIDTH)]


class GrowingInk:
    """A stroke that is being drawn: its finished pieces, and the short tail that still changes."""

    def __init__(self) -> None:
        self._points: list[tuple[float, float]] = []
        self._finished: list[QPainterPath] = []

    def __len__(self) -> int:
        return len(self._points)

    @property
    def points(self) -> Floats:
        return np.array(self._points, np.float32).reshape(-1, 2)

    @property
    def last(self) -> tuple[float, float]:
        return self._points[-1]

    @property
    def last_but_one(self) -> tuple[float, float]:
        return self._points[-2]

    def settled(self) -> list[QPainterPath]:
        """The finished pieces."""
        return self._finished

    def add(self, x: float, y: float) -> QPainterPath | None:
        """Takes one more point. Returns a piece where one was finished by it."""
        self._points.append((x, y))
        begin = PIECE * len(self._finished)
        if len(self._points) - 1 < begin + PIECE:
            return None
        window = np.array(self._points[max(begin - 2, 0) : begin + PIECE + 1])
        self._finished.append(curve(window, min(begin, 2), goes_on=True))
        return self._finished[-1]

    def tail(self, tip: tuple[float, float] | None = None) -> QPainterPath:
        """What is not in a finished piece yet, up to `tip` where the pen is between two points."""
        begin = PIECE * len(self._finished)
        window = self._points[max(begin - 2, 0) :]
        if tip is not None and tip != window[-1]:
            window = [*window, tip]
        return curve(np.array(window), min(begin, 2))
