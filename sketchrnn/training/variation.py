"""Drawings as the same hand might have drawn them another time: many out of few."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sketchrnn import simplify
from sketchrnn.dataset.splits import has_explicit_start
from sketchrnn.formats.npz import StrokeSet
from sketchrnn.sketch import Sketch

Doubles = NDArray[np.float64]

TURN = 0.06
"""Radians; as a deviation, like all of these."""

SLANT = 0.06
STRETCH = 0.06
"""Log of the ratio of the sides."""

BEND = 0.012
"""Of the larger side: the height of waves longer than a drawing's parts."""

WAVES = 3

STROKE_MOVED = 0.012
"""Of the larger side."""

STROKE_RESIZED = 0.05
"""Log of the size."""

EPSILONS = 0.7, 1.4
"""Of the simplification that the drawings had: other points of the same lines stay."""

SIZES = 0.95, 1.05


def varied(sketch: Sketch, random: np.random.Generator) -> Sketch:
    """The drawing once more: a little turned, slanted, stretched, bent, every stroke a little elsewhere."""
    side = sketch.bounds.larger_side
    if not side > 0.0:
        return sketch
    left, top, right, bottom = sketch.bounds
    middle = np.array([left + right, top + bottom]) / 2
    angle, slant, stretch = random.normal(0.0, (TURN, SLANT, STRETCH))
    cos, sin = np.cos(angle), np.sin(angle)
    turned = np.array([[np.exp(stretch), 0.0], [slant, np.exp(-stretch)]]) @ [[cos, sin], [-sin, cos]]
    direction, phase = random.normal(0.0, 5.0, (2, WAVES)), random.uniform(0.0, 2 * np.pi, WAVES)
    height = random.normal(0.0, BEND, (WAVES, 2))
    strokes = []
    for stroke in sketch.strokes:
        xy: Doubles = (stroke - middle) / side
        centre = xy.mean(axis=0)
        xy = centre + (xy - centre) * np.exp(random.normal(0.0, STROKE_RESIZED))
        xy = xy + random.normal(0.0, STROKE_MOVED, 2)
        xy = xy + np.sin(xy @ direction + phase) @ height
        strokes.append((xy @ turned * side + middle).astype(np.float32))
    return Sketch(strokes, sketch.authors, sketch.label)


def many(drawings: StrokeSet, copies: int, epsilon: float, seed: int) -> StrokeSet:
    """Drawings, and variations of each, about as large as they are.

    Args:
        drawings: stroke-3, simplified, in pixels.
        copies: how many there are of each in all, the drawing itself among them.
        epsilon: what the drawings were simplified with, in pixels.
        seed: the same seed gives the same variations.
    """
    random = np.random.default_rng(seed)
    explicit = has_explicit_start(drawings)
    rows = []
    for drawing in drawings:
        rows.append(np.asarray(drawing, np.float32))
        sketch = Sketch.from_stroke3(drawing)
        for _ in range(copies - 1):
            made = simplify.simplified(varied(sketch, random), epsilon * random.uniform(*EPSILONS))
            side = made.bounds.larger_side
            size = random.uniform(*SIZES) * sketch.bounds.larger_side / side if side > 0.0 else 1.0
            rows.append(made.transformed(size).to_stroke3(explicit_start=explicit))
    labels = None if drawings.labels is None else np.repeat(drawings.labels, copies)
    return StrokeSet.of(rows, labels)
