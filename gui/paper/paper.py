"""The paper: a fixed logical size, and how a drawing from elsewhere is laid on it."""

from __future__ import annotations

from sketchrnn.sketch import Bounds, Sketch

WIDTH = 960.0
HEIGHT = 720.0
PAPER = Bounds(0.0, 0.0, WIDTH, HEIGHT)

FILL = 0.7
"""The share of the paper that a drawing of foreign size is scaled to fill."""

OVERHANG = 0.25
"""Ink may leave the paper by this share of its size and still count as drawn on it: models do so."""


def lies_on_paper(sketch: Sketch) -> bool:
    """Whether the coordinates can be kept: no ink is far off the paper."""
    if not len(sketch):
        return True
    left, top, right, bottom = sketch.bounds
    dx, dy = OVERHANG * WIDTH, OVERHANG * HEIGHT
    return left >= -dx and top >= -dy and right <= WIDTH + dx and bottom <= HEIGHT + dy


def laid_on_paper(sketch: Sketch) -> Sketch:
    """The drawing scaled and centred on the paper, its proportions kept."""
    if not len(sketch):
        return sketch
    bounds = sketch.bounds
    scale = FILL * min(
        WIDTH / bounds.width if bounds.width else float("inf"),
        HEIGHT / bounds.height if bounds.height else float("inf"),
    )
    if scale == float("inf"):  # a lone dot has no size to scale
        scale = 1.0
    return sketch.transformed(
        scale,
        dx=WIDTH / 2 - scale * (bounds.left + bounds.right) / 2,
        dy=HEIGHT / 2 - scale * (bounds.top + bounds.bottom) / 2,
    )
