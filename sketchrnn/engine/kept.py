"""The decoder's states along drawings that it has read, so that no beginning is read twice."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from sketchrnn.engine.architecture import INPUTS

Floats = NDArray[np.float32]

MOST_POINTS = 4_000
"""Points whose states are kept, at most: 16 MB with 512 units. What was used last is kept longest."""

POINT_BYTES = INPUTS * np.dtype(np.float32).itemsize


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """The points (n, 5) of a drawing and the states c (n, C) and h (n, H) after each of them."""

    start: bytes
    points: Floats
    c: Floats
    h: Floats

    head: bytes = dataclasses.field(init=False)
    """The first two points, as they lie in memory."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "head", head_of(self.points))

    def __len__(self) -> int:
        return len(self.points)

    def common(self, points: Floats, head: bytes) -> int:
        """How many points, from the first, are those of this drawing; `head` is their `head_of`."""
        if (
            self.head != head
        ):  # of most: every drawing begins with the start token, and goes on in its own way
            return int(self.head[:POINT_BYTES] == head[:POINT_BYTES])
        shorter = min(len(self), len(points))
        same = (self.points[:shorter] == points[:shorter]).all(axis=1)
        return shorter if same.all() else int(same.argmin())


def head_of(points: Floats) -> bytes:
    """The first two of points (n, 5), to be compared with others'."""
    return points[:2].tobytes()


class Trails:
    """What was read last, and how far a drawing has been read already.

    Drawings that begin in the same state (for a decoder alone: always, or for each label) share their
    states as long as they share their points. After a new stroke only that one has to be read, and after
    undo nothing. With z there is nothing to share: it enters at every point, and is another for every
    drawing.
    """

    def __init__(self, most_points: int = MOST_POINTS) -> None:
        self._most_points = most_points
        self._trails: list[Trail] = []  # the one used last is the last

    def find(self, start: bytes, points: Floats) -> Trail | None:
        """The longest beginning of a drawing (n, 5) that was read from the same start, or None."""
        longest, found, head = 0, None, head_of(points)
        for trail in self._trails:
            if trail.start == start and (common := trail.common(points, head)) > longest:
                longest, found = common, trail
        if found is None:
            return None
        self._trails.remove(found)
        self._trails.append(found)
        return Trail(start, found.points[:longest], found.c[:longest], found.h[:longest])

    def keep(self, trail: Trail) -> None:
        """Keeps a drawing's states; those of its beginnings are then there twice, and dropped."""
        points, head = trail.points, trail.head
        kin = [(other, other.common(points, head)) for other in self._trails if other.start == trail.start]
        if any(common == len(trail) for _, common in kin):
            return
        contained = {id(other) for other, common in kin if common == len(other)}
        self._trails = [other for other in self._trails if id(other) not in contained]
        self._trails.append(trail)
        while sum(map(len, self._trails)) > self._most_points and len(self._trails) > 1:
            del self._trails[0]
