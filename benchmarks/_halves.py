"""Half drawings by people, and who finishes them: a model for all categories, or a specialist for each."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from _common import human_drawings
from _specialists import categories, load_all
from numpy.typing import NDArray

import sketchrnn
from sketchrnn import Sketch, simplify
from sketchrnn.completion import PAPER_FILL, Completer, InkPoint
from sketchrnn.engine import Mixture
from sketchrnn.engine.threads import one_blas_thread
from sketchrnn.sketch import Author, Bounds

Ink = list[InkPoint]
Scores = Callable[[], Sequence[float] | NDArray[Any]]


@dataclasses.dataclass(frozen=True)
class Half:
    """A person's drawing, and the first half of its strokes."""

    label: str
    whole: Sketch
    number: int

    @property
    def half(self) -> Sketch:
        return self.whole[: len(self.whole) // 2]

    def at(self, size: float) -> Sketch:
        """The half as large, its points on whole pixels, as a mouse gives them."""
        return Sketch([np.round(size * stroke) for stroke in self.half.strokes])

    def paper(self) -> Bounds:
        """The paper on which the whole stands in the middle, as large as the completer takes it to be."""
        bounds = self.whole.bounds
        x, y = (bounds.left + bounds.right) / 2, (bounds.top + bounds.bottom) / 2
        reach = bounds.larger_side / PAPER_FILL / 2
        return Bounds(x - reach, y - reach, x + reach, y + reach)


def read_halves(only_held_out: bool) -> list[Half]:
    """People's drawings of two strokes or more."""
    drawings = [
        (label, sketch)
        for label in categories()
        for sketch in human_drawings(label, only_held_out=only_held_out)
        if len(sketch) > 1
    ]
    return [Half(label, sketch, number) for number, (label, sketch) in enumerate(drawings)]


class Contestant:
    """One model for all categories, or a specialist for each."""

    def __init__(self, name: str, guidance: float | None = None) -> None:
        self.name = name
        self.is_magenta = name == "magenta"
        self._specialists = load_all() if self.is_magenta else {}
        self._one = None if self.is_magenta else sketchrnn.load_model(name)
        if guidance is not None and self._one is not None:
            self._one.guidance = guidance

    def completer(self, label: str) -> Completer:
        return self._one or self._specialists[label]

    def asked(self, label: str) -> str | None:
        """The label to ask the model for."""
        return label if self.completer(label).info.labels else None

    def scale(self, one: Half) -> float:
        """The right scale for a half: the one that brings the whole drawing into the model's frame."""
        return self.completer(one.label).info.frame / one.whole.bounds.larger_side

    def endings(
        self, one: Half, half: Sketch, count: int, temperature: float, scale: float | None
    ) -> list[Ink]:
        """The points of some endings; under the same scale the same in every table."""
        inks: list[Ink] = [[] for _ in range(count)]
        steps = self.completer(one.label).endings(
            half, count, label=self.asked(one.label), temperature=temperature, seed=one.number, scale=scale
        )
        for points in steps:
            for ink, point in zip(inks, points, strict=True):
                if point is not None:
                    ink.append(point)
        return inks

    def ways_to_rank(self, one: Half, inks: Sequence[Ink], scale: float) -> dict[str, Scores]:
        """Ways to say which endings of a half are good, the better the more."""
        completer = self.completer(one.label)
        ways: dict[str, Scores] = {
            "being whole": lambda: [completer._is_sound(one.half, ink, None, None, scale) for ink in inks]
        }
        if self.is_magenta:
            ways["likelihood a point"] = lambda: [
                float(points[-len(ink) :].mean())
                for points, ink in zip(log_likelihoods(completer, one.half, inks, scale), inks, strict=True)
            ]
            ways["posterior over the specialists"] = lambda: self._posterior(one, inks, scale)
        elif completer.info.labels:
            number = completer.info.labels.index(one.label)
            ways["what its encoder reads"] = lambda: completer._read([whole(one.half, ink) for ink in inks])[
                :, number
            ]
            ways["its own eye"] = lambda: completer._scores([whole(one.half, ink) for ink in inks], number)
            ways["being whole, then its own eye"] = lambda: (
                1e3 * np.array(ways["being whole"]()) + ways["its own eye"]()
            )
        return ways

    def _posterior(self, one: Half, inks: Sequence[Ink], scale: float) -> NDArray[np.float64]:
        """log p(label | drawing) of completed drawings, each label's specialist having its say."""
        scores = []
        for specialist in self._specialists.values():
            to_common = 2.0 * math.log(specialist.info.scale_factor)
            points = log_likelihoods(specialist, one.half, inks, scale)
            scores.append([float((each - to_common).sum()) for each in points])
        every = np.array(scores)
        of_label = every[list(self._specialists).index(one.label)]
        return np.asarray(of_label - np.logaddexp.reduce(every, axis=0))


def log_likelihoods(
    completer: Completer, half: Sketch, inks: Sequence[Ink], scale: float
) -> list[NDArray[np.float64]]:
    """log p of the points of completed drawings under a model without encoder, in its units."""
    info = completer.info
    given = simplify.simplified(half, info.epsilon / scale)
    drawings = []
    for ink in inks:
        rows = whole(given, ink).to_stroke3(explicit_start=info.explicit_start)
        rows[:, :2] *= scale / info.scale_factor
        drawings.append(rows)
    decoder = completer._decoder  # how likely a drawing is, the library itself has no need to know
    with one_blas_thread():
        outputs, _ = decoder.prime(decoder.start(batch=len(drawings)), drawings)
    return [
        np.add(*Mixture.of(predicted[:-1]).log_likelihood(rows))
        for rows, predicted in zip(drawings, outputs, strict=True)
    ]


def whole(half: Sketch, ink: Ink) -> Sketch:
    """The half with an ending's strokes after it."""
    strokes: list[list[tuple[float, float]]] = []
    for point in ink:
        if point.starts_stroke:
            strokes.append([])
        strokes[-1].append((point.x, point.y))
    return half.adding(*strokes, author=Author.MODEL)
