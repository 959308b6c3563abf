"""What the cards of the shipped models show: figures, and completions beside what people drew.

Everything is measured with drawings that the model did not learn from, at the product's defaults.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from _common import DATA, ROOT, heading, need, row
from _halves import Contestant, Half, read_halves, whole
from _pages import percent
from _shares import Figures, share
from judge import Judge

import sketchrnn
from sketchrnn import Sketch, formats, simplify
from sketchrnn.completion import BEST_OF, DEFAULT_TEMPERATURE, Completer
from sketchrnn.files import atomic_write
from sketchrnn.formats.npz import read_splits
from sketchrnn.formats.picture import Head

sys.path.insert(0, str(ROOT / "saved_models"))
import cards

ENDINGS = 4
"""Of each half that the judge sees."""

SHOWN_ENDINGS = 3
FEWEST_STROKES = 3
GROUPS = 2
"""Side by side on a sheet, each of a half, a whole and the endings."""

SHOWN, MEASURED, FROM_NOTHING = 10, 200, 200
"""Drawings without labels: on the sheet, for the figures, and drawn from nothing."""

SIMPLER = 250
"""A drawing's larger side over how far its lines may move on a sheet."""

WEAKEST = 3
"""Categories that are named as the ones it draws worst."""

TEST_DATA = {
    "omniglot": ("sketchrnn/omniglot.npz", "People's: Omniglot by Brenden Lake, MIT"),
    "kanji": ("sketchrnn/short_kanji.npz", "People's: KanjiVG by Ulrich Apel, CC BY-SA 3.0"),
}

Rows = list[tuple[str, str]]


def remake(names: Sequence[str] | None) -> None:
    """Measures models that ship, and writes their cards and sheets anew."""
    for name in names or cards.ABOUT:
        heading(name)
        model = sketchrnn.load_model(cards.HERE / name)
        measured, halves, source = _labelled(model) if model.info.labels else _unlabelled(model, name)
        measured |= {"weights": cards.digest(model.info)}
        _sheet(model, halves, source, model.info.path / cards.COMPLETIONS_FILE)
        with atomic_write(model.info.path / cards.QUALITY_FILE) as file:
            file.write(json.dumps(measured, indent=1, ensure_ascii=False).encode() + b"\n")
        cards.write(name)


def _labelled(model: Completer) -> tuple[Figures, list[Half], str]:
    """Figures by the judge, over people's drawings that the model did not learn from."""
    halves, judge = read_halves(only_held_out=True), Judge()
    contestants = Contestant(str(model.info.path)), Contestant("magenta")
    default = _judged(
        judge, halves, lambda one, seed: model.complete(one.half, label=one.label, seed=seed), ENDINGS
    )
    unasked = _judged(judge, halves, lambda one, seed: model.complete(one.half, seed=seed), 1)
    single, specialists = (
        _judged_endings(judge, halves, contestant, temperature)
        for contestant, temperature in zip(contestants, (DEFAULT_TEMPERATURE, 0.25), strict=True)
    )
    guessed = [model.guess_scale(one.half, label=one.label) / contestants[0].scale(one) for one in halves]
    rows: Rows = [
        ("half drawings alone, named rightly", percent(_judged(judge, halves, lambda one, _: one.half, 1))),
        ("whole drawings by people", percent(_judged(judge, halves, lambda one, _: one.whole, 1))),
        (f"**completed, told the label** (the best of {BEST_OF})", f"**{percent(default)}**"),
        ("completed, told nothing (*Auto*)", percent(unasked)),
        ("a single ending, told the label", percent(single)),
        ("a single ending by Magenta's specialists (19 models, τ = 0.25)", percent(specialists)),
        ("whole drawings that the model itself names rightly", percent(_recognised(model, halves, "whole"))),
        ("first halves of the strokes that it names rightly", percent(_recognised(model, halves, "half"))),
        ("guessed over right size: median (10 to 90 %)", _spread(1.0 / np.array(guessed))),
    ]
    for what, figure in rows:
        row(what.replace("*", ""), figure.replace("*", ""))
    worst = sorted(_by_label(default, halves).items(), key=lambda pair: pair[1])[:WEAKEST]
    worst_text = ", ".join(f"{label} ({100 * right:.0f} %)" for label, right in worst)
    return (
        {
            "about": f"{len(halves)} drawings by people that it did not learn from",
            "rows": rows,
            "explained": (
                "Named by an independent judge (a small convolutional network), in brackets what holds 95 % "
                "of the means over drawings drawn again; no size is told. How, and what it means: "
                "[docs/quality.md](../../docs/quality.md). The judge likes what looks typical; a person "
                "would be harder."
            ),
            "how": "the best of eight at τ = 0.4, told the label, seeds 1 to 3",
            "failures": [
                f"Endings are named rightly least often of {worst_text}; of each category there are only a "
                "few drawings to measure with."
            ],
        },
        _first_of_each(halves),
        "Halves and wholes by people: Quick, Draw! data set by Google, CC BY 4.0 (lines simplified)",
    )


def _unlabelled(model: Completer, name: str) -> tuple[Figures, list[Half], str]:
    """Figures that need no judge, over the test drawings of the model's own data."""
    path, source = TEST_DATA[name]
    test = read_splits(need(DATA / path))["test"]
    sketches = [Sketch.from_stroke3(rows) for rows in test]
    halves = [Half("", sketch, number) for number, sketch in enumerate(sketches) if len(sketch) > 1]
    some = _spaced(halves, MEASURED)
    guesses, ended, sizes = [], [], []
    for one in some:
        scale = model.guess_scale(one.half)
        guesses.append(one.whole.bounds.larger_side * scale / model.info.frame)
        ink = list(model.ink(one.half, seed=one.number))
        ended.append(len(ink) < model._budget(len(model._to_model(one.half, scale))))
        sizes.append(whole(one.half, ink).bounds.larger_side / one.whole.bounds.larger_side)
    drawn = model.sample(FROM_NOTHING, seed=1)
    single = np.mean([len(sketch) == 1 for sketch in drawn])
    rows: Rows = [
        ("endings that end by themselves", f"{100 * np.mean(ended):.0f} %"),
        ("guessed over right size: median (10 to 90 %)", _spread(1.0 / np.array(guesses))),
        ("finished drawing over what the person made of it, larger side", _spread(np.array(sizes))),
        (
            f"single strokes among {FROM_NOTHING} drawings from nothing (among the test drawings)",
            f"{100 * single:.0f} % ({100 * np.mean([len(sketch) == 1 for sketch in sketches]):.0f} %)",
        ),
    ]
    for what, figure in rows:
        row(what, figure)
    return (
        {
            "about": f"{len(some)} halves of test drawings, one ending each",
            "rows": rows,
            "explained": "At the defaults (τ = 0.4), the size guessed. No judge knows these characters, so "
            "whether an ending is the right one was not measured.",
            "how": "τ = 0.4, seeds 1 to 3",
        },
        _spaced([one for one in halves if len(one.whole) >= FEWEST_STROKES], SHOWN),
        source,
    )


def _judged(
    judge: Judge, halves: Sequence[Half], finished: Callable[[Half, int], Sketch], count: int
) -> Figures:
    """How often the judge names what becomes of halves rightly. `finished`: of a half and a seed."""
    rights = []
    for one in halves:
        names = judge.names([finished(one, seed) for seed in range(1, count + 1)])
        rights.append([name == one.label for name in names])
    return share(rights)


def _judged_endings(judge: Judge, halves: Sequence[Half], model: Contestant, temperature: float) -> Figures:
    rights = []
    for one in halves:
        scale = model.completer(one.label).guess_scale(one.half, label=model.asked(one.label))
        inks = model.endings(one, one.half, BEST_OF, temperature, scale)
        rights.append([name == one.label for name in judge.names([whole(one.half, ink) for ink in inks])])
    return share(rights)


def _recognised(model: Completer, halves: Sequence[Half], part: str) -> Figures:
    return share([[model.recognize(getattr(one, part))[0][0] == one.label] for one in halves])


def _by_label(figures: Figures, halves: Sequence[Half]) -> dict[str, float]:
    own: dict[str, list[float]] = {}
    for one, right in zip(halves, figures["each"], strict=True):
        own.setdefault(one.label, []).append(right)
    return {label: float(np.mean(rights)) for label, rights in own.items()}


def _spread(values: np.ndarray[Any, Any]) -> str:
    low, median, high = np.quantile(values, [0.1, 0.5, 0.9])
    return f"{median:.2f} ({low:.2f} to {high:.2f})"


def _spaced(halves: Sequence[Half], count: int) -> list[Half]:
    places = np.linspace(0, len(halves) - 1, min(count, len(halves)))
    return [halves[int(place)] for place in places]


def _first_of_each(halves: Sequence[Half]) -> list[Half]:
    """The first drawing of each label that has strokes enough, or else the first."""
    found: dict[str, Half] = {}
    for one in sorted(halves, key=lambda one: len(one.whole) < FEWEST_STROKES):
        found.setdefault(one.label, one)
    return [found[label] for label in sorted(found)]


def _sheet(model: Completer, halves: Sequence[Half], source: str, path: Path) -> None:
    """Writes halves, what people made of them and what the model does, side by side."""
    cells, titles = [], []
    for one in halves:
        label = one.label or None
        endings = [model.complete(one.half, label=label, seed=seed) for seed in range(1, SHOWN_ENDINGS + 1)]
        cells += [
            simplify.simplified(each, one.whole.bounds.larger_side / SIMPLER)
            for each in (one.half, one.whole, *endings)
        ]
        titles += ["half", one.label or "whole", *["the model"] * SHOWN_ENDINGS]
    formats.write_sheet(
        path,
        cells,
        columns=GROUPS * (2 + SHOWN_ENDINGS),
        cell=100.0,
        titles=titles,
        head=Head([f"{source}; in orange: the model"], []),
    )
