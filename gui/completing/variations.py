"""Variations: what a gallery can be asked for, and how to ask for more of the same or for something else."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from gui.models.pen import Point
from gui.models.worker import Wish, check, options_of
from gui.paper.ink import Ink
from sketchrnn.sketch import Author, Bounds, Floats, Sketch

Step = list[Point | None]
"""The next point of each drawing; None where one has ended."""

WILDER = 0.2
"""What "More different" adds to the temperature."""

WILDEST = 1.0
CALMER = 0.8
"""What "More like this" multiplies the temperature with."""

ECHOES = (0.4, 1.7)
"""What echoes multiply the temperature with, from the first to the last."""

SPREAD = 0.25
"""How far from the drawing's own z, in angle, variations lie at first: 0 is the drawing, 1 any drawing."""

FURTHER, NEARER = 1.5, 0.55


class Variations(Protocol):
    """Several drawings in one batch. A value: asking for others makes another."""

    @property
    def wish(self) -> Wish: ...
    @property
    def count(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def beginning(self) -> Sequence[Ink]:
        """What stands in every tile already."""
        ...

    @property
    def model_ink(self) -> Sequence[Floats]:
        """Strokes of the model that all of them have already."""
        ...

    @property
    def first(self) -> Sequence[Floats]:
        """The drawing that tile 1 shows from the start; empty: it is drawn like the others."""
        ...

    @property
    def replaces(self) -> bool:
        """Whether the one that is taken replaces what is on the paper."""
        ...

    def draw(self, model: Any, wish: Wish) -> Iterator[Step]:
        """In the worker's thread."""
        ...

    def with_seed(self, seed: int) -> Variations: ...
    def with_count(self, count: int) -> Variations: ...
    def like(self, number: int, strokes: Sequence[Floats], seed: int) -> Variations:
        """Drawings that resemble one of these."""
        ...

    def different(self, seed: int) -> Variations:
        """Drawings that resemble each other less than these."""
        ...


@dataclasses.dataclass(frozen=True)
class Endings:
    """Other endings of what is on the paper.

    Those like one of them have the first half of its strokes and end in another way, a little calmer; the one
    itself stays the first. Different ones are drawn at a higher temperature.
    """

    wish: Wish
    paper: tuple[Ink, ...]
    count: int
    model_ink: tuple[Floats, ...] = ()
    """Strokes of the model that all of them begin with."""
    first: tuple[Floats, ...] = ()
    echo: int | None = None
    """Which of the batch before they echo: the same chances at other temperatures. For an ending that has no
    half that others could share."""

    replaces = False

    @property
    def title(self) -> str:
        return "More like this" if self.first else "Other endings"

    @property
    def beginning(self) -> Sequence[Ink]:
        return self.paper

    def draw(self, model: Any, wish: Wish) -> Iterator[Step]:
        new = self.count - bool(self.first)
        if not new:
            return
        first: Step = [None] if self.first else []
        if self.echo is not None:
            for step in self._echoes(model, wish, new):
                yield first + step
            return
        for step in model.endings(wish.half, new, seed=wish.seed, **options_of(wish)):
            for point in step:
                if point is not None:
                    check(point, wish)
            yield first + list(step)

    def _echoes(self, model: Any, wish: Wish, count: int) -> Iterator[Step]:
        number = self.echo or 0
        seed = np.random.SeedSequence(wish.seed).spawn(number + 1)[number]
        options = options_of(wish)
        drawings = []
        for factor in np.linspace(*ECHOES, count):
            options["temperature"] = round(wish.temperature * float(factor), 3)
            drawings.append(model.ink(wish.half, seed=seed, best_of=1, **options))
        for step in itertools.zip_longest(*drawings):
            yield list(step)

    def with_seed(self, seed: int) -> Endings:
        if self.echo is not None:
            return dataclasses.replace(self.different(seed), wish=dataclasses.replace(self.wish, seed=seed))
        return dataclasses.replace(self, wish=dataclasses.replace(self.wish, seed=seed))

    def with_count(self, count: int) -> Endings:
        return dataclasses.replace(self, count=count)

    def like(self, number: int, strokes: Sequence[Floats], seed: int) -> Endings:
        kept = tuple(strokes[: len(strokes) // 2])
        child = number - bool(self.first)
        if not kept and child >= 0 and self.echo is None and not self.model_ink:
            return dataclasses.replace(self, first=tuple(strokes), echo=child)
        start = Sketch([ink.points for ink in self.paper], [ink.author for ink in self.paper])
        wish = dataclasses.replace(
            self.wish,
            half=start.adding(*kept, author=Author.MODEL) if kept else start,
            seed=seed,
            temperature=round(self.wish.temperature * CALMER, 2),
        )
        return dataclasses.replace(self, wish=wish, model_ink=kept, first=tuple(strokes), echo=None)

    def different(self, seed: int) -> Endings:
        start = Sketch([ink.points for ink in self.paper], [ink.author for ink in self.paper])
        temperature = max(min(self.wish.temperature + WILDER, WILDEST), self.wish.temperature)
        wish = dataclasses.replace(self.wish, half=start, seed=seed, temperature=round(temperature, 2))
        return dataclasses.replace(self, wish=wish, model_ink=(), first=(), echo=None)


@dataclasses.dataclass(frozen=True)
class Redrawings:
    """The whole drawing drawn again by the model, from latent vectors around its own.

    The first is from the drawing's own z, as near as the model can come to it.
    """

    wish: Wish
    count: int
    place: Bounds
    """Where on the paper they go."""
    z: Floats | None = None
    """What they vary; None: that of the drawing."""
    spread: float = SPREAD
    known: list[Floats] = dataclasses.field(default_factory=list, compare=False)
    """The latent vectors of these drawings, once they are drawn."""

    replaces = True
    title = "Redraw mine"
    beginning: Sequence[Ink] = ()
    first: Sequence[Floats] = ()
    model_ink: Sequence[Floats] = ()

    def draw(self, model: Any, wish: Wish) -> Iterator[Step]:
        from sketchrnn.completion import slerp

        told = {"label": _label(model, wish)} if wish.model.labels else {}
        centre = model.encode(wish.half, **told) if self.z is None else self.z
        random = np.random.default_rng(wish.seed)
        length = float(np.linalg.norm(centre)) or math.sqrt(len(centre))
        drawings: list[list[Point]] = []
        self.known.clear()
        for number in range(self.count):
            elsewhere = random.standard_normal(len(centre)).astype(np.float32)
            elsewhere *= length / float(np.linalg.norm(elsewhere))
            z = centre if number == 0 else slerp(centre, elsewhere, self.spread)
            sketch = model.decode(z, temperature=wish.temperature, seed=wish.seed + number, **told)
            self.known.append(z)
            drawings.append(points_of(placed(sketch, self.place)))
        yield from map(list, itertools.zip_longest(*drawings))

    def with_seed(self, seed: int) -> Redrawings:
        return self._with(wish=dataclasses.replace(self.wish, seed=seed))

    def with_count(self, count: int) -> Redrawings:
        return self._with(count=count)

    def like(self, number: int, strokes: Sequence[Floats], seed: int) -> Redrawings:
        if number >= len(self.known):
            return self.with_seed(seed)
        wish = dataclasses.replace(self.wish, seed=seed)
        return self._with(wish=wish, z=self.known[number], spread=self.spread * NEARER)

    def different(self, seed: int) -> Redrawings:
        wish = dataclasses.replace(self.wish, seed=seed)
        return self._with(wish=wish, spread=min(self.spread * FURTHER, 1.0))

    def _with(self, **changes: Any) -> Redrawings:
        return dataclasses.replace(self, known=[], **changes)


def _label(model: Any, wish: Wish) -> str:
    """What a drawing is redrawn as: what it was said to be, or what it looks like."""
    said = wish.label or wish.half.label
    return said if said in wish.model.labels else str(model.recognize(wish.half)[0][0])


class Reached:
    """A point of a stroke that is known already."""

    __slots__ = ("ends_stroke", "starts_stroke", "x", "y")

    def __init__(self, x: float, y: float, starts_stroke: bool, ends_stroke: bool) -> None:
        self.x, self.y = x, y
        self.starts_stroke, self.ends_stroke = starts_stroke, ends_stroke


def points_of(sketch: Sketch) -> list[Point]:
    """The points that a pen would draw a sketch with."""
    return [
        Reached(float(x), float(y), number == 0, number == len(stroke) - 1)
        for stroke in sketch.strokes
        for number, (x, y) in enumerate(stroke)
    ]


def placed(sketch: Sketch, place: Bounds) -> Sketch:
    """A drawing brought to the middle of a place, as large as it."""
    if not len(sketch):
        return sketch
    bounds = sketch.bounds
    scale = place.larger_side / max(bounds.larger_side, 1e-6)
    return sketch.transformed(
        scale,
        dx=(place.left + place.right) / 2 - scale * (bounds.left + bounds.right) / 2,
        dy=(place.top + place.bottom) / 2 - scale * (bounds.top + bounds.bottom) / 2,
    )
