"""Ink: how a stroke's points become a smooth line, in pieces that can be painted one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen

from sketchrnn.curves import rounding
from sketchrnn.sketch import Author, Floats

PEN_WIDTH = 3.8
"""In paper units."""

DOT_RADIUS = 0.7
"""A tap leaves a dot a little wider than the line: that is how a pen writes an i."""

PIECE = 64
"""Vertices in one piece of a stroke. Short pieces keep a growing stroke cheap to repaint."""

SHARP_REACH = 3.0
"""Paper units at which the rounding of a sharp corner starts: a drawn box stays a box."""


class Ink(NamedTuple):
    """A stroke on the paper: float32 (n, 2) in paper units, and who drew it."""

    points: Floats
    author: Author

    @property
    def rect(self) -> QRectF:
        """Everything that the pen touched."""
        left, top = (float(value) for value in self.points.min(axis=0))
        right, bottom = (float(value) for value in self.points.max(axis=0))
        return QRectF(left, top, right - left, bottom - top).adjusted(
            -PEN_WIDTH, -PEN_WIDTH, PEN_WIDTH, PEN_WIDTH
        )


def pen(colour: QColor) -> QPen:
    return QPen(colour, PEN_WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


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
