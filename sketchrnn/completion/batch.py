"""Drawings that are drawn side by side."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sketchrnn.engine import Sampler
from sketchrnn.engine.sampling import END, UP
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
    start: NDArray[np.float64]
    unit: float

    def is_left_at(self, places: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which of the points (B, 2) of the paper are outside, (B,)."""
        left, top, right, bottom = self.bounds
        outside = (places < (left, top)) | (places > (right, bottom))
        return np.asarray(outside.any(axis=1))


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
        self._going = np.arange(len(outputs))  # which drawings the rows of the batch are
        self._may_end = np.zeros(len(outputs), bool)
        self._room = room
        self._places = np.zeros((0, 2)) if room is None else np.tile(room.start, (len(outputs), 1))
        self.left = np.zeros(len(outputs), bool)
        self._ready: list[deque[Floats]] = [deque() for _ in outputs]

    def offsets(self, which: int) -> Iterator[Floats]:
        """The stroke-5 points of a drawing, in model units, one at a time, up to its end."""
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
        if not len(self._going):
            return
        may_end = True if self._may_end.all() else self._may_end
        points = self._sampler.sample(self._outputs, may_end=may_end)
        if not (np.abs(points) < MAX_OFFSET).all():
            raise ModelError(f"model {self._name!r} draws what is no line; get the model again")
        self._drawn += 1
        ended, lifted = points[:, 2 + END] == 1.0, points[:, 2 + UP] == 1.0
        for number, point, end in zip(self._going.tolist(), points, ended.tolist(), strict=True):
            if not end:
                self._ready[number].append(point)
        self._may_end |= lifted
        if self._drawn >= self._max_points:
            ended |= lifted if self._drawn < 2 * self._max_points else True
        if self._room is not None:
            self._places += points[:, :2].astype(np.float64) * self._room.unit
            leaving = self._room.is_left_at(self._places) & ~ended
            self.left[self._going[leaving]] = True
            ended |= leaving
        if ended.any():
            going = np.flatnonzero(~ended)
            self._going, self._may_end, points = self._going[going], self._may_end[going], points[going]
            if self._room is not None:
                self._places = self._places[going]
            self._state = self._state.take(going)
            self._sampler.keep(going)
        if len(self._going):
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
