"""Which drawings look finished to a model: whole ones by people, and those after half of their strokes.

usage: python benchmarks/finished.py [--count 180] [--write]

For each model that ships, at several probabilities of the end: the share of the whole drawings that are left
alone, and of the halves. The figures stand in docs/decisions.md, under "When a drawing looks finished".
--write puts into each `model.json` from which probability on one half in ten looks finished, and the window
goes by that.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

import numpy as np
from _common import DATA, heading, human_drawings, row

import sketchrnn
from gui.models.worker import finished_from
from gui.paper.paper import HEIGHT, PAPER
from sketchrnn import Sketch, store
from sketchrnn.completion import Completer
from sketchrnn.formats.npz import read_splits

SIDE = 0.7
"""Of the paper's height, that a drawing fills."""

THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7)

REFUSED = 0.1
"""Share of the halves that may look finished."""

DATA_SETS = {"omniglot": "omniglot.npz", "kanji": "short_kanji.npz"}


def on_paper(drawing: Sketch) -> Sketch:
    bounds = drawing.bounds
    scale = SIDE * HEIGHT / bounds.larger_side
    return drawing.transformed(scale, dx=100 - scale * bounds.left, dy=100 - scale * bounds.top)


def drawings_for(model: Completer, count: int) -> Iterator[Sketch]:
    """By people, of three strokes or more, of the kind that a model learned."""
    if model.info.labels:
        found = [drawing for label in model.info.labels for drawing in human_drawings(label)]
    else:
        name = DATA_SETS.get(model.info.name, "")
        if not name or not (DATA / "sketchrnn" / name).exists():
            return
        found = [Sketch.from_stroke3(rows) for rows in read_splits(DATA / "sketchrnn" / name)["test"]]
    fitting = [drawing for drawing in found if len(drawing) >= 3 and drawing.bounds.larger_side > 0.0]
    yield from fitting[:: max(1, len(fitting) // count)]


def write(info: store.ModelInfo, probability: float) -> None:
    """Into the model's description, and nothing else of it."""
    path = info.path / store.MODEL_FILE
    values = json.loads(path.read_text("utf-8"))
    values["losses"]["halves"] = {"looks_finished_from": probability}
    path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=180)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    for info in store.available():
        model = sketchrnn.load_model(info.path)
        whole, half = [], []
        for drawing in drawings_for(model, arguments.count):
            drawn = on_paper(drawing)
            told = {"label": drawing.label if drawing.label in info.labels else None, "paper": PAPER}
            whole.append(model.end_probability(drawn, **told))
            half.append(model.end_probability(drawn[: len(drawn) // 2], **told))
        if not whole:
            continue
        ends, begins = np.array(whole), np.array(half)
        heading(f"`{info.name}`: {len(ends)} drawings by people of three strokes or more, and their halves")
        if arguments.write:
            write(info, round(float(np.quantile(begins, 1 - REFUSED)), 2))
            model = sketchrnn.load_model(info.path)
        used = finished_from(model)
        for threshold in sorted({*THRESHOLDS, used}):
            row(
                f"look finished from {threshold:g} on{', as in the window' if threshold == used else ''}",
                f"{np.mean(ends >= threshold):.0%}, {np.mean(begins >= threshold):.0%}",
            )
        row(
            "a whole drawing is likelier to be finished than a half",
            f"{np.mean(ends[:, None] > begins):.0%}",
        )


if __name__ == "__main__":
    main()
