"""Where the pen is, which a model with `positions` sees beside the offsets of each point.

sketch-rnn sees offsets alone (Ha & Eck 2017, section 3.1) and must add them up by itself to know where it is;
its sums drift, and a leg misses the body. These numbers follow from the offsets: files, the mixture and
everything around the networks stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sketchrnn.engine.architecture import INPUTS, PLACES

Floats = NDArray[np.float32]

PLACE_SCALE = np.float32(0.2)
"""Brings places, some ten model units across, to the size of offsets."""


class Places:
    """Where the pens of a batch of drawings are; a value: moving makes a new one.

    Args:
        where: (B, 2, 2): x, y from the origin, and from where the stroke began, as the networks see them.
        goes_on: (B, 1), 1 where the next point belongs to the same stroke, 0 where it begins one.
        begun: whether the start token has been read.
    """

    __slots__ = ("_begun", "_goes_on", "_where")

    def __init__(self, where: Floats, goes_on: Floats, begun: bool = True) -> None:
        self._where, self._goes_on, self._begun = where, goes_on, begun

    @classmethod
    def at_start(cls, batch: int) -> Places:
        """Before the start token, after which the first point begins a stroke."""
        return cls(np.zeros((batch, 2, 2), np.float32), np.zeros((batch, 1), np.float32), begun=False)

    @classmethod
    def after(cls, drawings: Sequence[Floats]) -> Places:
        """After the points (n + 1, I) of each drawing as `with_places` makes them; n may differ, and be 0."""
        where = np.stack([points[-1, INPUTS:] for points in drawings]).reshape(-1, 2, 2)
        goes_on = [[1.0 - points[-1, 3] if len(points) > 1 else 0.0] for points in drawings]
        return cls(where, np.array(goes_on, np.float32))

    def take(self, which: NDArray[np.intp]) -> Places:
        """Those of some drawings of the batch, by index."""
        return Places(self._where[which], self._goes_on[which], self._begun)

    def moved(self, points: Floats) -> Places:
        """After one more point (B, 5) of each."""
        if not self._begun:
            return Places(self._where, self._goes_on)
        where = self._where + (points[:, :2] * PLACE_SCALE)[:, None]
        where[:, 1] *= self._goes_on
        return Places(where, 1.0 - points[:, 3:4])

    def beside(self, points: Floats) -> Floats:
        """The points (B, 5) that led here, with these places: (B, I)."""
        return np.concatenate([points, self._where.reshape(-1, PLACES)], axis=1)


def with_places(points: Floats) -> Floats:
    """The points (n + 1, 5) of one drawing, start token first, with where each of them is: (n + 1, 9)."""
    where = np.cumsum(points[:, :2], axis=0, dtype=np.float32)
    begins = np.zeros(len(points), np.intp)
    begins[1:2] = 1
    lifted = np.flatnonzero(points[1:-1, 3] > 0.5) + 2
    begins[lifted] = lifted
    from_begin = where - where[np.maximum.accumulate(begins)]
    return np.concatenate([points, where * PLACE_SCALE, from_begin * PLACE_SCALE], axis=1)
