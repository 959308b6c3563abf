"""Fewer points for the same line: Ramer-Douglas-Peucker."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sketchrnn.sketch import Sketch

Floats = NDArray[np.float32]


def rdp(stroke: Floats, epsilon: float) -> Floats:
    """The points of a stroke that Ramer-Douglas-Peucker keeps: the first, the last and the bends.

    Args:
        stroke: (n, 2).
        epsilon: how far from the simplified line a left out point may lie, in the stroke's unit.

    Returns:
        float32 (m, 2), m <= n, a subset of the points.
    """
    if len(stroke) < 3:
        return stroke
    from simplification.cutil import simplify_coords_idx  # needs a moment to load

    kept = simplify_coords_idx(np.ascontiguousarray(stroke, np.float64), epsilon)
    return np.asarray(stroke[np.asarray(kept, np.int64)])


def simplified(sketch: Sketch, epsilon: float) -> Sketch:
    """The drawing with each stroke simplified by `rdp`; strokes, authors and label stay."""
    return Sketch([rdp(stroke, epsilon) for stroke in sketch.strokes], sketch.authors, sketch.label)


def in_frame(sketch: Sketch, frame: float, epsilon: float) -> Sketch:
    """A whole drawing brought to a model's frame: its larger side becomes `frame`, then it is simplified.

    A single dot has no size and stays as it is.
    """
    side = sketch.bounds.larger_side
    return sketch if side <= 0.0 else simplified(sketch.transformed(frame / side), epsilon)
