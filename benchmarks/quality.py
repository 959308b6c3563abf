"""How well the models do the main job, finishing a half drawing of a person: the tables of docs/quality.md.

People's drawings are the raw ones of Quick, Draw!; a half drawing is the first half of its strokes. Endings
are judged by a classifier that shares neither architecture nor training drawings with the product (judge.py).

    python benchmarks/quality.py                                  every table for what is there
    python benchmarks/quality.py --models magenta --tables sizes
    python benchmarks/quality.py --sheet sheet.png                halves completed, beside what people drew
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from _common import human_drawings, row
from _specialists import categories, load_all, saved
from judge import Judge
from numpy.typing import NDArray

import sketchrnn
from sketchrnn import Sketch, formats, simplify, store
from sketchrnn.completion import PAPER_FILL, Completer, InkPoint
from sketchrnn.engine import Mixture
from sketchrnn.engine.threads import one_blas_thread
from sketchrnn.errors import ModelError
from sketchrnn.sketch import Author, Bounds

Figures = dict[str, Any]
Ink = list[InkPoint]
Scores = Callable[[], Sequence[float] | NDArray[Any]]

TEMPERATURES = (0.25, 0.4)
SIZES = (0.2, 0.35, 0.5, 0.7, 1.0, 1.5)
"""How large half a drawing stands on the paper, of the size at which it was drawn."""

SHEET_ENDINGS = 4
"""Of each half on the sheet."""

RESAMPLES = 2000
"""Of the drawings, for the bootstrap's intervals."""


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


class Contestant:
    """One model for all categories, or a specialist for each."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_magenta = name == "magenta"
        self._specialists = load_all() if self.is_magenta else {}
        self._one = None if self.is_magenta else sketchrnn.load_model(name)

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


def interval(means: NDArray[np.float64], seed: int = 0) -> tuple[float, float]:
    """95 % of the means over drawings drawn again with replacement. `means`: a figure for each drawing."""
    random = np.random.default_rng(seed)
    again = means[random.integers(0, len(means), (RESAMPLES, len(means)))].mean(axis=1)
    low, high = np.quantile(again, [0.025, 0.975])
    return float(low), float(high)


def share(rights: Sequence[Sequence[bool]] | NDArray[Any]) -> Figures:
    """The share of what is right, with its interval; a row for each drawing."""
    means = np.array([np.mean(each) for each in rights], np.float64)
    return {"share": float(means.mean()), "interval": interval(means), "each": means.tolist()}


class Measurement:
    """Everything that is measured, over the same halves."""

    def __init__(self, halves: Sequence[Half], count: int) -> None:
        self.halves, self.count = halves, count
        self.judge = Judge()

    def people(self) -> Figures:
        """How often the judge names what people drew, half and whole."""
        figures = {}
        for what, sketches in (
            ("half drawings alone", [one.half for one in self.halves]),
            ("whole human drawings", [one.whole for one in self.halves]),
        ):
            names = self.judge.names(sketches)
            figures[what] = share([[name == one.label] for name, one in zip(names, self.halves, strict=True)])
            show(what, figures[what])
        return figures

    def completions(
        self, model: Contestant, temperature: float, scales: Sequence[float], size: float = 1.0
    ) -> Figures:
        """How often the judge names completions rightly, and how healthy they are.

        Args:
            scales: pixels of the model's frame for a unit of each half.
            size: how large the halves stand on the paper, of the size at which they were drawn.
        """
        rights, ended, off, points = [], [], [], []
        for one, scale in zip(self.halves, scales, strict=True):
            half = one.at(size)
            inks = model.endings(one, half, self.count, temperature, scale)
            names = self.judge.names([whole(half, ink) for ink in inks])
            rights.append([name == one.label for name in names])
            paper = Bounds(*(size * side for side in one.paper()))
            completer = model.completer(one.label)
            longest = completer._budget(len(completer._to_model(half, scale)))
            for ink in inks:
                off.append(_leaves(ink, paper))
                points.append(len(ink))
                ended.append(len(ink) < longest)
        return {
            **share(rights),
            "ended": float(np.mean(ended)),
            "off_paper": float(np.mean(off)),
            "points": float(np.median(points)),
        }

    def guesses(self, model: Contestant, size: float = 1.0) -> list[float]:
        """The scale that the product guesses for each half, without being told the paper's size."""
        return [
            model.completer(one.label).guess_scale(one.at(size), label=model.asked(one.label))
            for one in self.halves
        ]

    def endings(self, model: Contestant) -> Figures:
        """Completions at each temperature: with the right scale, the guessed one and one for all."""
        right = [model.scale(one) for one in self.halves]
        ways = {
            "oracle scale": right,
            "guessed scale": self.guesses(model),
            "one middling scale": [math.exp(np.mean(np.log(right)))] * len(right),
        }
        figures: Figures = {}
        for temperature in TEMPERATURES:
            measured = {way: self.completions(model, temperature, ways[way]) for way in ways}
            for way, each in measured.items():
                figures[f"{way}, τ = {temperature:g}"] = each
                show(f"{way}, τ = {temperature:g}", each)
            less = difference(measured["guessed scale"], measured["oracle scale"])
            figures[f"guessed less oracle, τ = {temperature:g}"] = less
            show("  guessed less oracle", less)
        return figures

    def sizes(self, model: Contestant) -> Figures:
        """The guessed scale over the right one, and completions under it, by the half's size on the paper."""
        figures = {}
        right = np.array([model.scale(one) for one in self.halves])
        for size in SIZES:
            scales = self.guesses(model, size)
            ratios = np.array(scales) * size / right
            low, median, high = map(float, np.quantile(ratios, [0.1, 0.5, 0.9]))
            octaves = np.abs(np.log2(ratios))
            own = self.completions(model, TEMPERATURES[0], scales, size)
            own |= {"median": median, "p10": low, "p90": high, "octaves_off": float(np.median(octaves))}
            figures[f"{size:g}"] = own
            row(
                f"{size:g} of its size: guessed over right {median:.2f} ({low:.2f} to {high:.2f}), "
                f"off by {own['octaves_off']:.2f} octaves",
                f"{own['share']:.1%}",
            )
        return figures

    def sheet(self, models: Sequence[Contestant], path: Path, each: int) -> None:
        """Writes halves, what people made of them and what the models do, side by side.

        Args:
            each: how many halves of a category.
        """
        cells: list[Sketch] = []
        titles: list[str] = []
        for label in dict.fromkeys(one.label for one in self.halves):
            for one in [one for one in self.halves if one.label == label][:each]:
                cells += [one.half, one.whole]
                titles += ["half", label]
                for model in models:
                    scale = model.completer(label).guess_scale(one.half, label=model.asked(label))
                    inks = model.endings(one, one.half, SHEET_ENDINGS, TEMPERATURES[0], scale)
                    cells += [whole(one.half, ink) for ink in inks]
                    titles += [model.name] * SHEET_ENDINGS
        formats.write_sheet(path, cells, columns=2 + SHEET_ENDINGS * len(models), titles=titles)

    def ranking(self, model: Contestant) -> Figures:
        """What choosing among several endings brings, and what it costs beside drawing them."""
        figures: Figures = {}
        for temperature in TEMPERATURES:
            rights: dict[str, list[list[bool]]] = {}
            seconds: dict[str, list[float]] = {}
            for one, scale in zip(self.halves, self.guesses(model), strict=True):
                inks = model.endings(one, one.half, self.count, temperature, scale)
                probabilities = self.judge.probabilities([whole(one.half, ink) for ink in inks])
                truth = self.judge.labels.index(one.label)
                named = probabilities.argmax(axis=1) == truth
                ways: dict[str, Scores] = {
                    "chance": lambda inks=inks: np.zeros(len(inks)),
                    "the judge's own opinion": lambda p=probabilities, truth=truth: p[:, truth],
                    **model.ways_to_rank(one, inks, scale),
                }
                for way, scored in ways.items():
                    started = time.perf_counter()
                    scores = np.asarray(scored())
                    seconds.setdefault(way, []).append(time.perf_counter() - started)
                    rights.setdefault(way, []).append(named[scores == scores.max()].tolist())
            for way, each in rights.items():
                what = f"best of {self.count} by {way}, τ = {temperature:g}"
                figures[what] = share(each) | {"ms": 1e3 * float(np.median(seconds[way]))}
                show(f"{what}, {figures[what]['ms']:.0f} ms", figures[what])
        return figures


def _leaves(ink: Ink, paper: Bounds) -> bool:
    return any(
        not (paper.left <= point.x <= paper.right and paper.top <= point.y <= paper.bottom) for point in ink
    )


def likelihood(model: Contestant, only_held_out: bool) -> Figures:
    """Nats a point of people's drawings, mean over categories, in units of a 1,000 frame.

    `sketchrnn evaluate`'s own code; densities are per pixel of the drawing brought to a larger side of 1,000,
    times the specialist's scale factor squared, so that a specialist's figure is the one in its own units.
    """
    import tempfile

    from sketchrnn.cli.quiet import import_tensorflow

    import_tensorflow()
    from sketchrnn.training import session

    alls, rests = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for label in categories():
            info = model.completer(label).info
            path = Path(folder) / f"{label}.ndjson"
            formats.write(path, human_drawings(label, only_held_out=only_held_out))
            measured = session.evaluate_saved(info, [str(path)], "test")
            unit = info.scale_factor * 1000.0 / info.frame
            to_common = 2.0 * math.log(unit / saved(label).scale_factor)
            alls[label] = measured.nats_per_point + to_common
            rests[label] = measured.completion_nats["0.5"] + to_common
    figures = {
        "mean": float(np.mean(list(alls.values()))),
        "second_half": float(np.mean(list(rests.values()))),
        "by_category": alls,
    }
    row("nats a point, mean over categories", f"{figures['mean']:.3f}")
    row("  of the second half, given the first half of the strokes", f"{figures['second_half']:.3f}")
    return figures


def recognition(model: Contestant, halves: Sequence[Half]) -> Figures:
    """How often the model itself names drawings rightly (top 1)."""
    figures = {}
    for what, sketches in (
        ("whole drawings", [one.whole for one in halves]),
        ("first halves of the strokes", [one.half for one in halves]),
    ):
        names = [
            model.completer(one.label).recognize(sketch)[0][0]
            for one, sketch in zip(halves, sketches, strict=True)
        ]
        figures[what] = share([[name == one.label] for name, one in zip(names, halves, strict=True)])
        show(what, figures[what])
    return figures


def difference(one: Figures, other: Figures) -> Figures:
    """A share less another over the same drawings, with its interval."""
    means = np.array(one["each"]) - np.array(other["each"])
    return {"share": float(means.mean()), "interval": interval(means)}


def show(what: str, figures: Figures) -> None:
    low, high = figures["interval"]
    more = ""
    if "ended" in figures:
        more = f"; ended {figures['ended']:.0%}, off the paper {figures['off_paper']:.0%}"
    row(f"{what} ({100 * low:.0f} to {100 * high:.0f}{more})", f"{figures['share']:.1%}")


def read_halves(only_held_out: bool) -> list[Half]:
    """People's drawings of two strokes or more."""
    drawings = [
        (label, sketch)
        for label in categories()
        for sketch in human_drawings(label, only_held_out=only_held_out)
        if len(sketch) > 1
    ]
    return [Half(label, sketch, number) for number, (label, sketch) in enumerate(drawings)]


TABLES = ("people", "endings", "sizes", "ranking", "recognition", "likelihood")


def main() -> None:
    parser = argparse.ArgumentParser(description="The tables of docs/quality.md.")
    parser.add_argument(
        "--models", default=None, help="names or folders, with commas; magenta for its specialists"
    )
    parser.add_argument("--tables", default=",".join(TABLES), help="which, with commas (default all)")
    parser.add_argument("--count", type=int, default=8, help="endings of each half (default 8)")
    parser.add_argument(
        "--all", action="store_true", help="also drawings that the shipped models learned from"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to this file")
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE", help="write a sheet of completions instead (.svg, .png)"
    )
    arguments = parser.parse_args()
    names = arguments.models.split(",") if arguments.models else _models()
    tables = arguments.tables.split(",")
    halves = read_halves(only_held_out=not arguments.all)
    models = [Contestant(name) for name in names]
    measurement = Measurement(halves, arguments.count)
    if arguments.sheet:
        measurement.sheet(models, arguments.sheet, each=1)
        return
    print(f"{len(halves)} drawings by people, {arguments.count} endings each, intervals of 95 %")
    results: Figures = {"drawings": len(halves), "count": arguments.count}
    if "people" in tables:
        results["people"] = measurement.people()
    for model in models:
        print(model.name)
        own: Figures = {}
        if "endings" in tables:
            own["endings"] = measurement.endings(model)
        if "sizes" in tables:
            own["sizes"] = measurement.sizes(model)
        if "ranking" in tables:
            own["ranking"] = measurement.ranking(model)
        if "recognition" in tables and not model.is_magenta:
            own["recognition"] = recognition(model, halves)
        if "likelihood" in tables:
            own["likelihood"] = likelihood(model, not arguments.all)
        results[model.name] = own
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1), "utf-8")


def _models() -> list[str]:
    try:
        store.find("quickdraw")
    except ModelError:
        return ["magenta"]
    return ["magenta", "quickdraw"]


if __name__ == "__main__":
    main()
