"""How well the models do the main job, finishing a half drawing of a person: the tables of docs/quality.md.

People's drawings are the raw ones of Quick, Draw! that no shipped model learned from; a half drawing is the
first half of its strokes. Endings are judged by a classifier that shares neither architecture nor training
drawings with the product (judge.py).

    python benchmarks/quality.py                                  every table for what is there
    python benchmarks/quality.py --write                          the same, and puts them into docs/quality.md
    python benchmarks/quality.py --models quickdraw --tables sizes --count 2
    python benchmarks/quality.py --cards                          measures the shipped models for their cards
    python benchmarks/quality.py --sheet sheet.png                halves completed, beside what people drew
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from _common import heading, human_drawings, row
from _halves import Contestant, Half, Ink, Scores, read_halves, whole
from _pages import write_tables
from _shares import Figures, difference, share, show
from _specialists import categories, saved
from _views import ways_to_recognise
from judge import Judge

from sketchrnn import Sketch, formats, store
from sketchrnn.errors import ModelError
from sketchrnn.sketch import Bounds

TEMPERATURES = (0.25, 0.4)
SIZES = (0.2, 0.35, 0.5, 0.7, 1.0, 1.5)
"""How large half a drawing stands on the paper, of the size at which it was drawn."""

SHEET_ENDINGS = 4
"""Of each half on the sheet."""


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
        """The guessed scale over the right one, and completions under it, by the half's size on the paper.

        Beside them those under the right scale, and under one for all halves at all sizes: the geometric
        mean of the right ones.
        """
        figures = {}
        right = np.array([model.scale(one) for one in self.halves])
        fixed = math.exp(float(np.mean(np.log(right))) - float(np.mean(np.log(SIZES))))
        for size in SIZES:
            guessed = self.guesses(model, size)
            ratios = np.array(guessed) * size / right
            low, median, high = map(float, np.quantile(ratios, [0.1, 0.5, 0.9]))
            off, far_off = map(float, np.quantile(np.exp(np.abs(np.log(ratios))), [0.5, 0.9]))
            ways = {
                "guessed": guessed,
                "oracle": (right / size).tolist(),
                "fixed": [fixed] * len(right),
            }
            own: Figures = {
                way: self.completions(model, TEMPERATURES[0], scales, size) for way, scales in ways.items()
            }
            own |= {"less": difference(own["guessed"], own["oracle"])}
            own |= {"median": median, "p10": low, "p90": high, "off": off, "far_off": far_off}
            figures[f"{size:g}"] = own
            row(
                f"{size:g} of its size: guessed over right {median:.2f} ({low:.2f} to {high:.2f}), "
                f"off {off:.2f} times, at most {far_off:.2f} in 90 %",
                f"{own['guessed']['share']:.1%}",
            )
            for way in ("oracle", "fixed"):
                show(f"  {way} scale", own[way])
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
    from sketchrnn.training import measuring

    alls, rests = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for label in categories():
            info = model.completer(label).info
            path = Path(folder) / f"{label}.ndjson"
            formats.write(path, human_drawings(label, only_held_out=only_held_out))
            measured = measuring.evaluate_saved(info, [str(path)], "test")
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
    """How often the model itself names drawings rightly (top 1), and how long it takes."""
    figures = {}
    for what, sketches in (
        ("whole drawings", [one.whole for one in halves]),
        ("first halves of the strokes", [one.half for one in halves]),
    ):
        names, seconds = [], []
        for one, sketch in zip(halves, sketches, strict=True):
            started = time.perf_counter()
            names.append(model.completer(one.label).recognize(sketch)[0][0])
            seconds.append(time.perf_counter() - started)
        figures[what] = share([[name == one.label] for name, one in zip(names, halves, strict=True)])
        figures[what]["ms"] = 1e3 * float(np.median(seconds))
        show(f"{what}, {figures[what]['ms']:.0f} ms", figures[what])
    return figures


TABLES = ("people", "endings", "sizes", "ranking", "recognition", "views", "likelihood")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--models", default=None, help="names or folders, with commas; magenta for its specialists"
    )
    parser.add_argument("--tables", default=",".join(TABLES), help="which, with commas (default all)")
    parser.add_argument("--count", type=int, default=8, help="endings of each half (default 8)")
    parser.add_argument(
        "--all", action="store_true", help="also drawings that the shipped models learned from"
    )
    parser.add_argument("--guidance", type=float, metavar="W", help="another than the models' own")
    parser.add_argument("--few", type=int, metavar="N", help="only every N-th drawing, to try something out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to this file")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/quality.md")
    parser.add_argument(
        "--cards",
        action="store_true",
        help="measure the models that ship (or those of --models) for their cards, and write these anew",
    )
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE", help="write a sheet of completions instead (.svg, .png)"
    )
    arguments = parser.parse_args()
    tables = arguments.tables.split(",")
    if unknown := set(tables) - set(TABLES):
        parser.error(f"there is no table {unknown.pop()}; there are: {', '.join(TABLES)}")
    if arguments.cards:
        import _cards

        _cards.remake(arguments.models.split(",") if arguments.models else None)
        return
    names = arguments.models.split(",") if arguments.models else _models()
    halves = read_halves(only_held_out=not arguments.all)[:: arguments.few or 1]
    models = [Contestant(name, arguments.guidance) for name in names]
    measurement = Measurement(halves, arguments.count)
    if arguments.sheet:
        measurement.sheet(models, arguments.sheet, each=1)
        return
    heading(f"{len(halves)} drawings by people, {arguments.count} endings each, intervals of 95 %")
    results: Figures = {"drawings": len(halves), "count": arguments.count}
    if "people" in tables:
        results["people"] = measurement.people()
    for model in models:
        heading(model.name)
        results[model.name] = {}
        for table, measure in measurements(model, measurement, not arguments.all).items():
            if table in tables:  # each is kept as soon as it is there: all of them take an hour
                results[model.name][table] = measure()
                if arguments.json:
                    arguments.json.write_text(json.dumps(results, indent=1), "utf-8")
                if arguments.write:
                    write_tables(results, model.name)


def measurements(
    model: Contestant, measurement: Measurement, only_held_out: bool
) -> dict[str, Callable[[], Figures]]:
    """What measures each table of one model."""
    every: dict[str, Callable[[], Figures]] = {
        "endings": lambda: measurement.endings(model),
        "sizes": lambda: measurement.sizes(model),
        "ranking": lambda: measurement.ranking(model),
        "recognition": lambda: recognition(model, measurement.halves),
        "views": lambda: ways_to_recognise(model, measurement.halves),
        "likelihood": lambda: likelihood(model, only_held_out),
    }
    if model.is_magenta:  # each knows one thing alone
        del every["recognition"], every["views"]
    return every


def _models() -> list[str]:
    try:
        store.find("quickdraw")
    except ModelError:
        return ["magenta"]
    return ["magenta", "quickdraw"]


if __name__ == "__main__":
    main()
