"""How much endings of half drawings differ, and how near the best comes to what the person drew."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from sketchrnn.completion import DEFAULT_TEMPERATURE, Completer
from sketchrnn.formats.npz import StrokeSet
from sketchrnn.sketch import Author, Sketch

UNIT = 255.0
"""Distances are in units of which the real drawing's larger side has so many."""

STEP = 2.0
"""Units between the points at which lines are compared."""


@dataclasses.dataclass(frozen=True, slots=True)
class EndingFigures:
    """What `measure_endings` finds, means over the drawings.

    Args:
        drawings: how many half drawings were ended.
        diversity: the mean Chamfer distance between two endings of the same half drawing.
        best_distance: the Chamfer distance of the nearest of the endings to the real drawing.
        mean_distance: that of all endings.
    """

    drawings: int
    diversity: float
    best_distance: float
    mean_distance: float


def measure_endings(
    model: Completer,
    drawings: StrokeSet,
    *,
    count: int = 100,
    endings: int = 10,
    temperature: float = DEFAULT_TEMPERATURE,
    seed: int = 0,
    tell: Callable[[int], object] | None = None,
) -> EndingFigures | None:
    """Has a model end the first half of the strokes of some drawings, several times each.

    The model is told the scale, and the label if it knows it, so that only its endings are measured.

    Args:
        model: the model.
        drawings: stroke-3 in pixels of its frame; those of one stroke are passed over.
        count: how many of them, at most, evenly spread.
        endings: how many of each, at least 2.
        temperature: τ.
        seed: of the endings.
        tell: called with how many drawings are done.

    Returns:
        the figures, in 255 units; None where no drawing has two strokes.
    """
    spreads, nearest, means = [], [], []
    for number, whole in enumerate(itertools.islice(_wholes(drawings, count), count)):
        unit = UNIT / whole.bounds.larger_side
        real = _along(whole, unit)
        drawn = _ended(model, whole[: len(whole) // 2], endings, whole.label, temperature, seed + number)
        clouds = [_along(ending, unit) for ending in drawn]
        to_real = [chamfer(cloud, real) for cloud in clouds]
        spreads.append(np.mean([chamfer(*pair) for pair in itertools.combinations(clouds, 2)]))
        nearest.append(min(to_real))
        means.append(np.mean(to_real))
        if tell is not None:
            tell(number + 1)
    if not spreads:
        return None
    return EndingFigures(
        len(spreads), float(np.mean(spreads)), float(np.mean(nearest)), float(np.mean(means))
    )


def chamfer(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The mean distance from a point of one cloud (n, 2) to the nearest of the other, both ways."""
    squares = ((one[:, None] - other[None]) ** 2).sum(axis=2)
    return float(np.sqrt(squares.min(axis=1)).mean() + np.sqrt(squares.min(axis=0)).mean()) / 2.0


def _wholes(drawings: StrokeSet, count: int) -> Iterator[Sketch]:
    """Drawings of two strokes or more, evenly spread over the set, with their labels."""
    several = [number for number, rows in enumerate(drawings) if (rows[:-1, 2] > 0.5).any()]
    for number in several[:: max(1, len(several) // count)]:
        label = None if drawings.labels is None else str(drawings.labels[number]) or None
        sketch = Sketch.from_stroke3(drawings[number], label=label)
        if len(sketch) > 1 and sketch.bounds.larger_side > 0.0:
            yield sketch


def _ended(
    model: Completer, half: Sketch, count: int, label: str | None, temperature: float, seed: int
) -> list[Sketch]:
    known = label if label in model.info.labels else None
    strokes: list[list[list[tuple[float, float]]]] = [[] for _ in range(count)]
    for points in model.endings(half, count, label=known, temperature=temperature, seed=seed, scale=1.0):
        for ending, point in zip(strokes, points, strict=True):
            if point is not None:
                if point.starts_stroke or not ending:
                    ending.append([])
                ending[-1].append((point.x, point.y))
    return [half.adding(*ending, author=Author.MODEL) for ending in strokes]


def _along(sketch: Sketch, unit: float) -> NDArray[np.float64]:
    """Points every `STEP` units along the lines of a drawing, (n, 2)."""
    clouds = []
    for stroke in sketch.strokes:
        points = stroke.astype(np.float64) * unit
        walked = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
        at = np.linspace(0.0, walked[-1], int(walked[-1] / STEP) + 2)
        clouds.append(np.column_stack([np.interp(at, walked, points[:, axis]) for axis in (0, 1)]))
    return np.concatenate(clouds)
