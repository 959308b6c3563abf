"""Drawings that are drawn side by side."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sketchrnn.completion.ink import Offset
from sketchrnn.engine import Sampler
from sketchrnn.engine.threads import one_blas_thread
from sketchrnn.errors import ModelError
from sketchrnn.sketch import Bounds

Floats = NDArray[np.float32]
Seed = int | np.random.SeedSequence | None

MAX_OFFSET = 1e5
"""No model draws a line of so many model units, unless it is broken."""

AHEAD = 8
"""Points that are drawn at a time, before anybody reads them."""


class Room(NamedTuple):
    """Where drawings have to stay: on the paper; where they start; how many of its units a model unit is."""

    bounds: Bounds
    start: tuple[float, float]
    unit: float

    def is_left_at(self, x: float, y: float) -> bool:
        """Whether a point of the paper is outside."""
        left, top, right, bottom = self.bounds
        return x < left or x > right or y < top or y > bottom


class Batch:
    """Drawings that are drawn side by side, a few points ahead of whoever reads them.

    The end is forbidden before a drawing's first stroke is done; a drawing that will not end is cut at the
    first lifted pen after `max_points`, and at twice as many points.

    Args:
        name: of the model.
        decoder: `Decoder` or `GuidedDecoder`.
        outputs: (B, 3 + 6 M), which predict the first points.
        state: the decoder's, for as many drawings.
        sampler: for as many.
        max_points: see above.
        room: a drawing that leaves it is broken off, and said so in `left`.
    """

    def __init__(
        self,
        name: str,
        decoder: Any,
        outputs: Floats,
        state: Any,
        sampler: Sampler,
        max_points: int,
        room: Room | None = None,
    ) -> None:
        self._name, self._decoder = name, decoder
        self._outputs, self._state, self._sampler = outputs, state, sampler
        self._max_points = max_points
        self._drawn = 0
        self._going = list(range(len(outputs)))  # which drawings the rows of the batch are
        self._may_end = [False] * len(outputs)
        self._room = room
        self._places = [(0.0, 0.0) if room is None else room.start] * len(outputs)
        self.left = [False] * len(outputs)
        self._ready: list[deque[Offset]] = [deque() for _ in outputs]

    def offsets(self, which: int) -> Iterator[Offset]:
        """The points of a drawing, one at a time, up to its end."""
        ready = self._ready[which]
        while True:
            while ready:
                yield ready.popleft()
            if which not in self._going:
                return
            with one_blas_thread():
                for _ in range(AHEAD):
                    self._draw_points()

    def _draw_points(self) -> None:
        """The next point of every drawing that has not ended."""
        if not self._going:
            return
        may_end = [self._may_end[which] for which in self._going]
        points = self._sampler.sample(self._outputs, may_end=all(may_end) or np.array(may_end))
        self._drawn += 1
        going = []  # rows of the batch
        # A few numbers of each drawing are faster done one by one than by numpy.
        for row, (which, (dx, dy, _, up, end)) in enumerate(zip(self._going, points.tolist(), strict=True)):
            if not (abs(dx) < MAX_OFFSET and abs(dy) < MAX_OFFSET):
                raise ModelError(f"model {self._name!r} draws what is no line; get the model again")
            if end:
                continue
            self._ready[which].append((dx, dy, up == 1.0))
            if up:
                self._may_end[which] = True
            if self._drawn >= self._max_points and (up or self._drawn >= 2 * self._max_points):
                continue
            if self._room is not None:
                x, y = self._places[which]
                x, y = self._places[which] = x + dx * self._room.unit, y + dy * self._room.unit
                if self._room.is_left_at(x, y):
                    self.left[which] = True
                    continue
            going.append(row)
        if len(going) < len(self._going):
            self._going = [self._going[row] for row in going]
            if not going:
                return
            points, self._state = points[going], self._state.take(going)
            self._sampler.keep(going)
        self._outputs, self._state = self._decoder.step(self._state, points)


def generators(seed: Seed, which: Iterable[int]) -> list[np.random.Generator]:
    """The generators of some drawings: of the children that `SeedSequence.spawn` makes first.

    A sequence that has spawned before is taken as new, so that asking twice gives the same.
    """
    parent = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    return [
        np.random.default_rng(
            np.random.SeedSequence(
                parent.entropy, spawn_key=(*parent.spawn_key, number), pool_size=parent.pool_size
            )
        )
        for number in which
    ]
