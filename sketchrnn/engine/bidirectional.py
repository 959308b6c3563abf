"""The encoder's recurrent layers: one reads a drawing from its first point, the other from its last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sketchrnn.engine.cells import QUIET, Gates, Weights, halves, make_cell
from sketchrnn.engine.products import Weight

Floats = NDArray[np.float32]

AHEAD = 16
"""Points of a drawing whose products are made together, and are used while they are in the cache."""


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
        """h of both directions after all points (n, I) of each drawing, (B, 2 H)."""
        batch, lengths = len(drawings), np.array([len(drawing) for drawing in drawings])
        # Every drawing ends at the last step, so that the state there is each one's own.
        starts = lengths.max() - lengths
        points = np.zeros((2, lengths.max(), batch, drawings[0].shape[1]), np.float32)
        for number, (drawing, start) in enumerate(zip(drawings, starts.tolist(), strict=True)):
            points[0, start:, number], points[1, start:, number] = drawing, drawing[::-1]
        last_start = int(starts.max())
        for time, (c, h) in enumerate(self._cells.over(points)):
            if time < last_start:
                waiting = starts > time
                c[:, waiting] = h[:, waiting] = 0.0
        return np.concatenate([*h], axis=1)


class _Cells:
    """Any two cells, one after the other."""

    def __init__(self, kind: str, weights: Weights, prefixes: tuple[str, str]) -> None:
        self._cells = [make_cell(kind, weights, prefix) for prefix in prefixes]

    def over(self, points: Floats) -> Iterator[tuple[Floats, Floats]]:
        """Memory c (2, B, C) and outputs h (2, B, H) of both ways after each of the points (2, T, B, I).

        What is changed in them holds for the next point, which then overwrites them.
        """
        batch, cells = points.shape[2], self._cells
        statics = [cell.static(None, batch) for cell in cells]
        c = np.zeros((2, batch, cells[0].memory_size), np.float32)
        h = np.zeros((2, batch, cells[0].units), np.float32)
        for time in range(points.shape[1]):
            for way, (cell, static) in enumerate(zip(cells, statics, strict=True)):
                c[way], h[way] = cell.step(points[way, time], c[way], h[way], static)
            yield c, h


class _LSTMs:
    """Two LSTMs. Products of several points are made at once, and both directions' work is one call's."""

    def __init__(self, weights: Weights, prefixes: tuple[str, str]) -> None:
        kernel, recurrent_kernel, bias = (
            np.stack([weights[f"{prefix}/{part}"] for prefix in prefixes])
            for part in ("kernel", "recurrent_kernel", "bias")
        )
        self._units = recurrent_kernel.shape[1]
        factors = halves(4 * self._units, 3 * self._units)
        self._kernel = Weight(kernel, bias[:, None], factors=factors)
        self._recurrent_kernel = Weight(recurrent_kernel, factors=factors)

    def over(self, points: Floats) -> Iterator[tuple[Floats, Floats]]:
        """As `_Cells.over`."""
        _, length, batch, inputs = points.shape
        new = self._kernel.room(AHEAD * batch)
        new.rows[..., inputs] = 1.0  # by which the bias is multiplied
        room = self._recurrent_kernel.room(batch)
        # Each gate in one piece, (4, 2, B, H): what is done with a gate then takes half the time.
        from_points = new.products.reshape(2, AHEAD, batch, 4, self._units).transpose(1, 3, 0, 2, 4)
        from_states = room.products.reshape(2, batch, 4, self._units).transpose(2, 0, 1, 3)
        gates = Gates(np.empty((4, 2, batch, self._units), np.float32))
        c, h = np.zeros((2, batch, self._units), np.float32), room.rows
        h[...] = 0.0
        for first in range(0, length, AHEAD):
            some = points[:, first : first + AHEAD]
            new.rows[:, : some.shape[1] * batch, :inputs] = some.reshape(2, -1, inputs)
            new.multiply()
            for brought in from_points[: some.shape[1]]:
                room.multiply()
                np.add(from_states, brought, gates.array)
                gates.next_state(c, c, h)
                yield c, h
