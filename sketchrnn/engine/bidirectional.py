"""The encoder's recurrent layers: one reads a drawing from its first point, the other from its last."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sketchrnn.engine.architecture import INPUTS
from sketchrnn.engine.cells import QUIET, Gates, Weights, halves, make_cell
from sketchrnn.engine.products import Weight

Floats = NDArray[np.float32]

Step = Callable[[int, Floats, Floats], tuple[Floats, Floats]]
"""From the number of a point, memory c (2, B, C) and outputs h (2, B, H) of both ways to the next two."""


class Bidirectional:
    """Both directions, a point of each at a time.

    Args:
        kind: of cell, of `architecture.CELLS`.
        weights: all of the model's.
        prefixes: what the names of each cell's weights begin with, the forward one's first.
    """

    def __init__(self, kind: str, weights: Weights, prefixes: tuple[str, str]) -> None:
        self._cells = _LSTMs(weights, prefixes) if kind == "lstm" else _Cells(kind, weights, prefixes)

    @QUIET
    def last_states(self, drawings: Sequence[Floats]) -> Floats:
        """h of both directions after all points (n, 5) of each drawing, (B, 2 H)."""
        batch, lengths = len(drawings), np.array([len(drawing) for drawing in drawings])
        # Every drawing ends at the last step, so that the state there is each one's own.
        starts = lengths.max() - lengths
        points = np.zeros((2, lengths.max(), batch, INPUTS), np.float32)
        for number, (drawing, start) in enumerate(zip(drawings, starts.tolist(), strict=True)):
            points[0, start:, number], points[1, start:, number] = drawing, drawing[::-1]
        step, last_start = self._cells.over(points), int(starts.max())
        c = np.zeros((2, batch, self._cells.memory_size), np.float32)
        h = np.zeros((2, batch, self._cells.units), np.float32)
        for time in range(points.shape[1]):
            c, h = step(time, c, h)
            if time < last_start:
                waiting = starts > time
                c[:, waiting] = h[:, waiting] = 0.0
        return np.concatenate([*h], axis=1)


class _Cells:
    """Any two cells, one after the other."""

    def __init__(self, kind: str, weights: Weights, prefixes: tuple[str, str]) -> None:
        self._cells = [make_cell(kind, weights, prefix) for prefix in prefixes]
        self.units, self.memory_size = self._cells[0].units, self._cells[0].memory_size

    def over(self, points: Floats) -> Step:
        """How to go over points (2, T, B, I)."""
        statics = [cell.static(None, points.shape[2]) for cell in self._cells]

        def step(time: int, c: Floats, h: Floats) -> tuple[Floats, Floats]:
            both = [
                cell.step(*now, static)
                for cell, now, static in zip(
                    self._cells, zip(points[:, time], c, h, strict=True), statics, strict=True
                )
            ]
            return np.stack([c for c, _ in both]), np.stack([h for _, h in both])

        return step


class _LSTMs:
    """Two LSTMs. Products of the points are made for all at once, and both directions' work is one call's."""

    def __init__(self, weights: Weights, prefixes: tuple[str, str]) -> None:
        kernel, recurrent_kernel, bias = (
            np.stack([weights[f"{prefix}/{part}"] for prefix in prefixes])
            for part in ("kernel", "recurrent_kernel", "bias")
        )
        self.units = self.memory_size = recurrent_kernel.shape[1]
        factors = halves(4 * self.units, 3 * self.units)
        self._kernel = Weight(kernel, factors=factors)
        self._recurrent_kernel = Weight(recurrent_kernel, factors=factors)
        self._bias = bias[:, None] * factors

    def over(self, points: Floats) -> Step:
        """How to go over points (2, T, B, I)."""
        _, length, batch, inputs = points.shape
        # Each gate in one piece, (…, 4, 2, B, H): what is done with a gate then takes half the time.
        brought = self._kernel(points.reshape(2, -1, inputs)) + self._bias
        brought = brought.reshape(2, length, batch, 4, self.units).transpose(1, 3, 0, 2, 4).copy()
        gates = Gates(np.empty((4, 2, batch, self.units), np.float32))
        room = self._recurrent_kernel.room(batch)
        products = room.products.reshape(2, batch, 4, self.units).transpose(2, 0, 1, 3)

        def step(time: int, c: Floats, h: Floats) -> tuple[Floats, Floats]:
            room.rows[...] = h
            room.multiply()
            np.add(products, brought[time], gates.array)
            return gates.next_state(c)

        return step
