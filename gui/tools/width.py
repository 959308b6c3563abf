"""How thick the pen draws: kept, as a tablet's pressure is, in the pressures of a stroke."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from gui.paper.ink import Ink
from sketchrnn.curves import pressure_for, width_at
from sketchrnn.sketch import Floats

LEAST, NORMAL, MOST = 30, 100, 170
"""Of the ordinary width, in hundredths: what no pressure and full pressure draw. In this reach every file
keeps it."""

STEP = 10

ORDINARY = 0.5
"""The pressure that draws the ordinary width."""


def felt(width: int, pressure: float | None) -> float | None:
    """The pressure of a point drawn at a width in hundredths, by a pen that felt this pressure or none."""
    if width == NORMAL:
        return pressure
    pressed = ORDINARY if pressure is None else pressure
    return min(max(pressure_for(width_at(pressed) * width / 100), 0.0), 1.0)


def pressures(width: int, strokes: Iterable[ArrayLike]) -> list[Floats | None]:
    """Of strokes that a model draws at a person's width."""
    pressed = felt(width, None)
    return [
        None if pressed is None else np.full(len(np.asarray(points)), pressed, np.float32)
        for points in strokes
    ]


def widened(strokes: Iterable[Ink], by: int) -> list[Ink]:
    """New strokes, wider by so many hundredths of the ordinary width, or narrower where that is negative."""
    made = []
    for ink in strokes:
        before = np.full(len(ink.points), ORDINARY, np.float32) if ink.pressures is None else ink.pressures
        after = np.clip(pressure_for(width_at(before.astype(np.float64)) + by / 100), 0.0, 1.0)
        plain = bool((np.abs(after - ORDINARY) < 1e-6).all())
        points = ink.points.copy()  # another stroke than before: undo tells them apart by their points
        points.flags.writeable = False
        made.append(ink._replace(points=points, pressures=None if plain else after.astype(np.float32)))
    return made
