"""How the points of a stroke become a smooth line: straight between them, rounded at each."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Pressure = TypeVar("Pressure", float, NDArray[np.float64])


def rounding(points: Points, reach: float) -> tuple[Points, Points]:
    """Where the rounding of each inner point begins and ends: half way to its neighbours at most.

    Dense points (a hand's) melt into one curve through their midpoints. At the sharp corners of sparse
    points (a model's, a file's) only the tip is rounded. The point itself is the control point of the
    quadratic curve between the two.

    Args:
        points: (n, 2), n >= 3.
        reach: how far from a sharp corner its rounding starts, in the points' unit.

    Returns:
        two arrays (n - 2, 2).
    """
    vertex = points[1:-1]
    arriving, leaving = vertex - points[:-2], points[2:] - vertex
    length_in = np.maximum(np.hypot(*arriving.T), 1e-9)
    length_out = np.maximum(np.hypot(*leaving.T), 1e-9)
    cosine = np.clip((arriving * leaving).sum(axis=1) / (length_in * length_out), -1.0, 1.0)
    # From cos 0.7 (a turn of 45 degrees) on, a turn is a bend, not a corner, and is rounded fully.
    bend = np.clip((cosine - 0.2) / 0.5, 0.0, 1.0)
    half_in, half_out = length_in / 2, length_out / 2
    reach_in = np.minimum(half_in, reach + bend * half_in)
    reach_out = np.minimum(half_out, reach + bend * half_out)
    entry = vertex - arriving * (reach_in / length_in)[:, None]
    leave = vertex + leaving * (reach_out / length_out)[:, None]
    return entry, leave


def width_at(pressure: Pressure) -> Pressure:
    """How wide a pen draws at a pressure from 0 to 1, in its ordinary width: half the pressure draws that."""
    return 0.3 + 1.4 * pressure


def pressure_for(width: Pressure) -> Pressure:
    """The pressure that `width_at` gives this width; beyond 0 to 1 where no pen can draw so."""
    return (width - 0.3) / 1.4
