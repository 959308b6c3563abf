"""Which strokes are at a place: near a line or within a loop; and what a rubber leaves of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gui.paper.ink import PEN_WIDTH, Ink
from sketchrnn.sketch import Floats

Place = tuple[float, float]
Points = NDArray[np.float64]

CRUMB = 1.0
"""Paper units: what a rubber leaves of a stroke and is shorter is gone, too."""

MOST_CORNERS = 400
"""Of a loop; a hand's has more, and nobody sees the difference."""


class Boxes:
    """The bounds of strokes, worked out once for each."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Floats, Floats]] = {}  # the points are kept, so that no id comes back

    def of(self, strokes: Sequence[Ink]) -> Floats:
        """float32 (n, 4): left, top, right, bottom of the points."""
        known, made = self._known, {}
        for ink in strokes:
            key = id(ink.points)
            entry = known.get(key)
            if entry is None:
                entry = (ink.points, np.concatenate([ink.points.min(axis=0), ink.points.max(axis=0)]))
            made[key] = entry
        self._known = made
        return np.array([made[id(ink.points)][1] for ink in strokes], np.float32).reshape(-1, 4)


def bounds(strokes: Sequence[Ink]) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of all points; of at least one stroke."""
    points = np.concatenate([ink.points for ink in strokes])
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return left, top, right, bottom


def touched(strokes: Sequence[Ink], boxes: Floats, start: Place, end: Place, radius: float) -> list[int]:
    """The strokes that a round thing touches on its straight way, by their numbers."""
    reach = radius + PEN_WIDTH / 2
    left, right = min(start[0], end[0]) - reach, max(start[0], end[0]) + reach
    top, bottom = min(start[1], end[1]) - reach, max(start[1], end[1]) + reach
    near = (boxes[:, 0] <= right) & (boxes[:, 2] >= left) & (boxes[:, 1] <= bottom) & (boxes[:, 3] >= top)
    return [
        number
        for number in np.flatnonzero(near).tolist()
        if _meets(strokes[number].points.astype(np.float64), np.array(start), np.array(end), reach)
    ]


def within(strokes: Sequence[Ink], boxes: Floats, loop: Sequence[Place]) -> list[int]:
    """The strokes of which at least half the points lie within a loop, by their numbers."""
    corners = np.array(loop, np.float64)
    corners = corners[:: max(len(corners) // MOST_CORNERS, 1)]
    if len(corners) < 3:
        return []
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    near = (boxes[:, 0] <= right) & (boxes[:, 2] >= left) & (boxes[:, 1] <= bottom) & (boxes[:, 3] >= top)
    return [
        number
        for number in np.flatnonzero(near).tolist()
        if inside(strokes[number].points.astype(np.float64), corners).mean() >= 0.5
    ]


def inside(points: Points, corners: Points) -> NDArray[np.bool_]:
    """Whether each of (n, 2) points lies within the polygon: a ray from it crosses the edge an odd number
    of times.
    """
    odd = np.zeros(len(points), bool)
    x, y = points[:, 0], points[:, 1]
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if ay == by:
            continue
        crosses = (ay > y) != (by > y)
        odd ^= crosses & (x < ax + (y - ay) / (by - ay) * (bx - ax))
    return odd


def rubbed(ink: Ink, start: Place, end: Place, radius: float) -> list[Ink] | None:
    """What is left of a stroke after a round rubber went straight from one place to another.

    The line is cut exactly where the rubber's edge was; pressures there are those of the line.

    Returns:
        the pieces in the order they were drawn, possibly none; None: it was not touched.
    """
    points = ink.points.astype(np.float64)
    a, b = np.array(start), np.array(end)
    if len(points) == 1:
        return [] if _distance(points, a, b)[0] <= radius else None
    enter, leave = _covered(points[:-1], points[1:], a, b, radius)
    if not (enter <= leave).any():
        return None
    parts: list[list[tuple[int, float]]] = []
    current: list[tuple[int, float]] = []  # places on the line, as a segment and a share of it
    for number, (first, last) in enumerate(zip(enter.tolist(), leave.tolist(), strict=True)):
        missed = first > last
        if not current and (missed or first > 0.0):
            current = [(number, 0.0)]
        if missed:
            current.append((number, 1.0))
            continue
        if first > 0.0:
            current.append((number, first))
        parts.append(current)
        current = [(number, last), (number, 1.0)] if last < 1.0 else []
    parts.append(current)
    made = (_part(ink, points, part) for part in parts if len(part) > 1)
    return [piece for piece in made if _length(piece.points) >= CRUMB]


def _part(ink: Ink, points: Points, places: list[tuple[int, float]]) -> Ink:
    number, share = np.array([n for n, _ in places]), np.array([s for _, s in places])
    line = points[number] + share[:, None] * (points[number + 1] - points[number])
    pressures = None
    if ink.pressures is not None:
        before, after = ink.pressures[number], ink.pressures[number + 1]
        pressures = (before + share * (after - before)).astype(np.float32)
        pressures.flags.writeable = False
    cut = line.astype(np.float32)
    cut.flags.writeable = False
    return Ink(cut, ink.author, pressures)


def _length(points: Floats) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def _meets(points: Points, a: Points, b: Points, reach: float) -> bool:
    if len(points) == 1:
        return bool(_distance(points, a, b)[0] <= reach)
    enter, leave = _covered(points[:-1], points[1:], a, b, reach)
    return bool((enter <= leave).any())


def _distance(points: Points, a: Points, b: Points) -> Points:
    """From each point to the segment a b."""
    way = b - a
    square = float(way @ way)
    share = np.clip((points - a) @ way / square, 0.0, 1.0) if square else np.zeros(len(points))
    distance: Points = np.hypot(*(points - (a + share[:, None] * way)).T)
    return distance


def _covered(p: Points, q: Points, a: Points, b: Points, radius: float) -> tuple[Points, Points]:
    """Which share of each segment p q lies under a disc that goes from a to b.

    The disc's trace is convex: it is two discs and the band between them, and covers one interval.

    Returns:
        where it begins and ends, from 0 to 1; the first larger than the second where there is none.
    """
    way = q - p
    enter, leave = np.full(len(p), np.inf), np.full(len(p), -np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        square = (way * way).sum(axis=1)
        for centre in (a, b):
            gap = p - centre
            half, rest = (gap * way).sum(axis=1), (gap * gap).sum(axis=1) - radius * radius
            root = np.sqrt(half * half - square * rest)
            still = (square == 0.0) & (rest <= 0.0)
            enter = np.fmin(enter, np.where(still, 0.0, (-half - root) / square))
            leave = np.fmax(leave, np.where(still, 1.0, (-half + root) / square))
        length = float(np.hypot(*(b - a)))
        if length > 0.0:
            along = (b - a) / length
            across = np.array([-along[1], along[0]])
            first, last = np.full(len(p), -np.inf), np.full(len(p), np.inf)
            for axis, low, high in ((along, 0.0, length), (across, -radius, radius)):
                begin, speed = (p - a) @ axis, way @ axis
                one, two = (low - begin) / speed, (high - begin) / speed
                rests, there = speed == 0.0, (begin >= low) & (begin <= high)
                first = np.maximum(
                    first, np.where(rests, np.where(there, -np.inf, np.inf), np.minimum(one, two))
                )
                last = np.minimum(
                    last, np.where(rests, np.where(there, np.inf, -np.inf), np.maximum(one, two))
                )
            hit = first <= last
            enter = np.where(hit, np.minimum(enter, first), enter)
            leave = np.where(hit, np.maximum(leave, last), leave)
    none = ~((enter <= 1.0) & (leave >= 0.0) & (enter <= leave))
    enter, leave = np.clip(enter, 0.0, 1.0), np.clip(leave, 0.0, 1.0)
    return np.where(none, 1.0, enter), np.where(none, -1.0, leave)
