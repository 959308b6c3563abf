"""Which drawings look finished to the model: whole ones by people, and those after half of their strokes."""

from __future__ import annotations

import numpy as np
from _common import heading, human_drawings, row

import sketchrnn
from gui.models.worker import FINISHED
from gui.paper.paper import HEIGHT, PAPER
from sketchrnn import Sketch, store

SIDE = 0.7
"""Of the paper's height, that a drawing fills."""


def on_paper(drawing: Sketch) -> Sketch:
    bounds = drawing.bounds
    scale = SIDE * HEIGHT / bounds.larger_side
    return drawing.transformed(scale, dx=100 - scale * bounds.left, dy=100 - scale * bounds.top)


def main() -> None:
    name = store.default_model()
    model = sketchrnn.load_model(name)
    whole, half = [], []
    for label in model.info.labels:
        for drawing in human_drawings(label):
            if len(drawing) < 3 or drawing.bounds.larger_side <= 0.0:
                continue
            drawn = on_paper(drawing)
            begun = drawn[: len(drawn) // 2]
            whole.append(model.end_probability(drawn, label=label, paper=PAPER))
            half.append(model.end_probability(begun, label=label, paper=PAPER))
    ends, begins = np.array(whole), np.array(half)
    heading(f"{len(ends)} drawings by people of the things that `{name}` knows, of three strokes or more")
    row("whole drawings that look finished", f"{np.mean(ends >= FINISHED):.0%}")
    row("the same after half of their strokes", f"{np.mean(begins >= FINISHED):.0%}")
    row("a whole drawing is likelier to be finished than a half", f"{np.mean(ends[:, None] > begins):.0%}")


if __name__ == "__main__":
    main()
