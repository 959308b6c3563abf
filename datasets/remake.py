"""Remakes the sample data: drawings of the shipped model `quickdraw`, and a half of one to finish.

    python datasets/remake.py

For tests and first steps, where nothing was downloaded yet. No person drew any of it. A drawing is kept if it
ended by itself and the model recognises it as what it should be; each category gets as many.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import sketchrnn
from sketchrnn import Sketch, simplify, store
from sketchrnn.completion import Completer
from sketchrnn.formats.npz import StrokeSet, write_splits

HERE = Path(__file__).resolve().parent

DATA = "synthetic.npz"
HALF = "half.svg"

SEED = 1
PLAN = {0.4: 25, 0.7: 25}
"""Drawings of each category, by temperature: careful ones, and ones that vary more."""

SPLITS = {"train": 40, "valid": 5, "test": 5}
"""Drawings of each category in each split."""

SHOWN, CAREFUL, STROKES = "sheep", 0.2, 6
"""What `HALF` is half of, the temperature at which it is drawn, and the fewest strokes of the whole."""

GIVEN_UP = 20
"""Times as many drawings as asked for, after which the model is taken to be unable to draw something."""


def main() -> None:
    model = sketchrnn.load_model(store.default_folder() / "quickdraw")
    drawings, drawn = {}, 0
    for label in model.info.labels:
        own = []
        for temperature, count in PLAN.items():
            tried = list(good(model, label, temperature, count))
            own += [sketch for _, sketch in tried]
            drawn += max(number for number, _ in tried)
        random = np.random.default_rng(SEED)
        drawings[label] = [own[number] for number in random.permutation(len(own))]
        print(f"{label}: {len(own)} drawings", flush=True)
    write(drawings)
    careful = good(model, SHOWN, CAREFUL, GIVEN_UP)
    shown = next(sketch for _, sketch in careful if len(sketch) >= STROKES)
    Sketch(shown.strokes[: len(shown) // 2]).save(HERE / HALF)
    kept = sum(map(len, drawings.values()))
    print(f"{kept} of {drawn} drawings are in {HERE / DATA}, a half of one in {HERE / HALF}")


def good(model: Completer, label: str, temperature: float, count: int) -> Iterator[tuple[int, Sketch]]:
    """Drawings that ended by themselves and are recognised, prepared as Quick, Draw! publishes its own.

    Yields:
        how many drawings it took so far, and the drawing.
    """
    wanted, most = count, GIVEN_UP * count
    for number, sketch in enumerate(
        model.samples(most, label=label, temperature=temperature, seed=SEED), start=1
    ):
        ended = sketch.point_count <= model.info.max_points  # its start is a point more than it was given
        if ended and model.recognize(sketch)[0][0] == label:
            yield number, simplify.quickdraw(sketch)
            wanted -= 1
            if not wanted:
                return
    raise SystemExit(f"{label} at τ = {temperature:g}: of {most} drawings {count - wanted} are recognised")


def write(drawings: dict[str, list[Sketch]]) -> None:
    """Writes the splits, the categories taking turns."""
    ends = list(itertools.accumulate(SPLITS.values()))
    parts = {}
    for split, count, end in zip(SPLITS, SPLITS.values(), ends, strict=True):
        turns = [own[number] for number in range(end - count, end) for own in drawings.values()]
        rows = [sketch.to_stroke3().astype(np.int16) for sketch in turns]
        parts[split] = StrokeSet.of(rows, [sketch.label or "" for sketch in turns])
    write_splits(HERE / DATA, parts)


if __name__ == "__main__":
    main()
