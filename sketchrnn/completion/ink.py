"""Ink: the points that a model draws, on the paper of whoever began the drawing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sketchrnn.sketch import Author, Bounds, Sketch

Offset = tuple[float, float, bool]
"""From a point to the next, dx and dy in model units, and whether that ends its stroke."""

PAPER_FILL = 0.8
"""How much of the paper's smaller side a whole drawing covers, as a first guess."""


class InkPoint(NamedTuple):
    """A point that the model has drawn, in the coordinates of the drawing it continues."""

    x: float
    y: float
    starts_stroke: bool
    ends_stroke: bool


def to_paper(
    offsets: Iterator[Offset], start: tuple[float, float], unit: float, *, pen_is_down: bool = False
) -> Iterator[InkPoint]:
    """Offsets in model units to points on the paper, from `start`; each stroke's last point says so.

    Args:
        unit: pixels of the paper in a model unit.
        pen_is_down: the first stroke begins at `start` itself.
    """
    x, y = start
    starts_stroke = not pen_is_down
    waiting = InkPoint(x, y, True, False) if pen_is_down else None
    for dx, dy, ends in offsets:
        x, y = x + dx * unit, y + dy * unit
        if waiting is not None:
            yield waiting
        waiting = InkPoint(x, y, starts_stroke, ends)
        if ends:  # no need to wait for the next point to know
            yield waiting
            waiting = None
        starts_stroke = ends
    if waiting is not None:
        yield waiting._replace(ends_stroke=True)


def drawn(ink: Iterable[InkPoint], label: str | None = None) -> Sketch:
    """A drawing of this ink."""
    strokes: list[list[tuple[float, float]]] = []
    for point in ink:
        if point.starts_stroke:
            strokes.append([])
        strokes[-1].append((point.x, point.y))
    return Sketch(strokes, [Author.MODEL] * len(strokes), label)


def room_for(half: Bounds, paper: Bounds) -> Bounds:
    """Where an ending may go: the paper, and where the person's own strokes leave it, as far as those do."""
    return Bounds(
        min(paper.left, half.left),
        min(paper.top, half.top),
        max(paper.right, half.right),
        max(paper.bottom, half.bottom),
    )


def stays_within(ink: Iterable[InkPoint], room: Bounds) -> bool:
    """Whether every point is in the room or on its edge."""
    return all(room.left <= x <= room.right and room.top <= y <= room.bottom for x, y, _, _ in ink)


def fitted(ink: list[InkPoint], paper: Bounds) -> Iterator[InkPoint]:
    """The points moved and scaled to the middle of the paper."""
    bounds = drawn(ink).bounds
    side = max(bounds.larger_side, 1e-6)
    scale = PAPER_FILL * min(paper.width, paper.height) / side
    dx = (paper.left + paper.right) / 2 - scale * (bounds.left + bounds.right) / 2
    dy = (paper.top + paper.bottom) / 2 - scale * (bounds.top + bounds.bottom) / 2
    return (point._replace(x=scale * point.x + dx, y=scale * point.y + dy) for point in ink)
