"""What fifty drawings and five minutes teach a model: nats a point of ten others by the same hand.

usage: python benchmarks/teach.py [--model NAME] [--minutes 5 | --steps N] [--person 17 …] [--label NAME]
                                  [--out FOLDER]

A "person" is made of the Sheep Market: one sheep, and the sixty that are drawn most like it, stroke for
stroke, of 7,400 by as many people. Fifty are taught under a label, by default one that no model knows; ten
are held back, of which nothing was chosen: the recipe was found with persons 500 and 900. With --out, a sheet
`teach-17.png` of each person shows those ten, their halves, the endings before, and the endings after.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from _common import DATA, human_drawings, need, row
from numpy.typing import NDArray

from sketchrnn import formats, load_model, simplify, store
from sketchrnn.cli.quiet import import_tensorflow
from sketchrnn.completion import Completer
from sketchrnn.formats.npz import StrokeSet, read_splits
from sketchrnn.sketch import Sketch

TAUGHT, HELD_BACK = 50, 10
PERSONS = (17, 2000, 3200, 5000)
PARTS = ("", "0.25", "0.5", "0.75")
"""The whole, and what follows after a part of the strokes."""
SAMPLES = 3
"""Of z."""

Figures = tuple[NDArray[np.float64], NDArray[np.float64]]
PLACES = 48


def manner(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Where the pen is, and whether it flies, at so many moments of a drawing of unit size."""
    xy = np.cumsum(rows[:, :2].astype(np.float64), axis=0)
    low, high = xy.min(axis=0), xy.max(axis=0)
    xy = (xy - (low + high) / 2) / max((high - low).max(), 1e-9)
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(xy, axis=0), axis=1))])
    moments = np.linspace(0.0, way[-1], PLACES)
    lifted = np.concatenate([[0.0], rows[:-1, 2]])  # the way to this point was through the air
    at = np.minimum(np.searchsorted(way, moments), len(way) - 1)
    parts = [np.interp(moments, way, xy[:, axis]) for axis in (0, 1)]
    return np.concatenate([*parts, 0.3 * lifted[at], [0.1 * rows[:, 2].sum()]])


def person(drawings: StrokeSet, number: int, count: int, label: str) -> list[Sketch]:
    """The drawings most like one of them, in an order of chance."""
    manners = np.stack([manner(rows) for rows in drawings])
    near = np.argsort(np.linalg.norm(manners - manners[number], axis=1))[:count]
    chosen = np.random.default_rng(1).permutation(near)
    return [Sketch.from_stroke3(drawings[int(i)], label=label) for i in chosen]


def nats(
    info: store.ModelInfo, sketches: Sequence[Sketch], label: str | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each drawing, under each of `PARTS`: −log p of the points that count, and their number: (4, n)."""
    import tensorflow as tf

    from sketchrnn.dataset.pipeline import batches
    from sketchrnn.model.loss import point_losses
    from sketchrnn.model.sketch_rnn import SketchRNN
    from sketchrnn.training.evaluation import _first_strokes

    model = SketchRNN(info.architecture)
    model.load_arrays(store.read_weights(info))
    fitted = [simplify.in_frame(sketch, info.frame, info.epsilon).to_stroke3() for sketch in sketches]
    drawings = StrokeSet.of(fitted, [label or ""] * len(fitted))
    skipped = int(info.explicit_start)
    every = []
    for batch in batches(
        drawings, batch_size=len(fitted), scale_factor=info.scale_factor, seed=0, labels=info.labels
    ):
        points, lengths = batch["points"], batch["lengths"]
        time_ = tf.range(tf.shape(points)[0] - 1)[:, None]
        for part in PARTS:
            cut = tf.minimum(_first_strokes(points, float(part)), lengths) if part else lengths
            first = tf.maximum(cut, skipped) if part else tf.fill([len(fitted)], skipped)
            sums = []
            for seed in range(SAMPLES):
                outputs, _ = model(points, cut, batch["labels"], seed=tf.constant([seed, 0]))
                losses = point_losses(outputs, points, lengths)
                counts = losses.real * tf.cast(time_ >= first[None, :], tf.float32)
                sums.append([tf.reduce_sum(losses.without_end * counts, 0), tf.reduce_sum(counts, 0)])
            every.append(np.mean(sums, axis=0))
    together = np.array(every, np.float64)
    return together[:, 0], together[:, 1]


def interval(before: Figures, after: Figures, part: int) -> str:
    """Nats a point before and after, the difference, and its 95 % interval over drawings."""
    (was, count), (now, _) = ((each[0][part], each[1][part]) for each in (before, after))
    random = np.random.default_rng(0)
    chosen = random.integers(len(was), size=(2000, len(was)))
    low, high = np.quantile((now - was)[chosen].sum(1) / count[chosen].sum(1), (0.025, 0.975))
    total = count.sum()
    first, last = was.sum() / total, now.sum() / total
    return f"{first:.3f}, {last:.3f}: {last - first:+.3f} ({low:+.3f} to {high:+.3f})"


def report(before: Figures, after: Figures) -> None:
    for number, part in enumerate(PARTS):
        what = f"of the rest, given {float(part):.0%} of the strokes" if part else "nats a point"
        row(f"{what}: before, after", interval(before, after, number))


def named(model: Completer, sketches: Sequence[Sketch]) -> str:
    """How many of some drawings, and of their halves, a model takes for what they are."""
    parts = (sketches, halves(sketches))
    right = [sum(model.recognize(sketch)[0][0] == sketch.label for sketch in some) for some in parts]
    return f"{right[0]} and {right[1]} of {len(sketches)}"


def halves(sketches: Sequence[Sketch]) -> list[Sketch]:
    return [sketch[: max(1, len(sketch) // 2)] for sketch in sketches]


def named_rightly(model: Completer, other: str) -> str:
    """The share of raw drawings by people that a model names; what it takes for its new label is beside."""
    known = [
        label
        for label in model.info.labels
        if label != other and (DATA / "quickdraw" / "raw" / f"{label}.ndjson").exists()
    ]
    names = [(label, model.recognize(sketch)[0][0]) for label in known for sketch in human_drawings(label)]
    if not names:
        return "nothing"
    right, new = (np.mean([name == (other or label) for label, name in names]) for other in ("", other))
    return f"{right:.0%} of {len(names)}, {new:.0%} taken for {other}"


def sheet(path: Path, models: Sequence[Completer], sketches: Sequence[Sketch]) -> None:
    """The drawings, their halves, and an ending by each model, asked for what it is or for a sheep."""
    ended = []
    for model in models:
        asked = next((label for label in (sketches[0].label, "sheep") if label in model.info.labels), None)
        ended += [model.complete(half, label=asked, seed=1) for half in halves(sketches)]
    formats.write_sheet(path, [*sketches, *halves(sketches), *ended], columns=len(sketches), cell=96)


class Silent:
    """Counts."""

    best_step = 0

    def on_start(self, splits, model, step):
        """Nothing to say."""

    def on_progress(self, progress):
        self.last = progress

    def on_eye(self, progress):
        """Nothing to say."""

    def on_validation(self, validation):
        self.best_step = validation.step if validation.best else self.best_step
        nats = validation.evaluation.nats_per_point
        print(f"    step {validation.step}: {nats:.3f}{' *' * validation.best}", flush=True)


def teach(base: store.ModelInfo, sketches: Sequence[Sketch], folder: Path, arguments) -> store.ModelInfo:
    """The model after a lesson; says how that went."""
    from sketchrnn.training import plan, session

    formats.write(folder / "mine.ndjson", sketches)
    config = {name: float(value) for name, value in (pair.split("=") for pair in arguments.config)}
    config = {name: int(value) if value == int(value) else value for name, value in config.items()}
    run = plan.resolve(
        [str(folder / "mine.ndjson")],
        folder / "taught",
        resume=False,
        architecture={},
        config=config,
        base=base,
    )
    note, worked = Silent(), time.process_time()

    def enough(trainer):
        if arguments.steps:
            return trainer.step >= arguments.steps
        return trainer.seconds > 60 * arguments.minutes

    session.train(run, folder / "taught", note, enough)
    row("seconds in steps", f"{note.last.seconds:.0f}")
    row("seconds of a processor in all", f"{time.process_time() - worked:.0f}")
    row("programs that wanted the processors meanwhile, about", f"{os.getloadavg()[1]:.0f}")
    row("steps (the best weights are of step)", f"{note.last.step} ({note.best_step})")
    row("drawings a second", f"{note.last.drawings / note.last.seconds:.0f}")
    return store.read_info(folder / "taught")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--person", type=int, nargs="+", default=PERSONS)
    parser.add_argument("--label", default="my sheep")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--config", nargs="*", default=[], metavar="NAME=NUMBER")
    arguments = parser.parse_args()
    data = need(DATA / "sketchrnn" / "aaron_sheep.npz")
    import_tensorflow()
    base = store.read_info(store.find(arguments.model or store.default_model()))
    drawings = read_splits(data)["train"]
    every = []
    for number in arguments.person:
        print(f"{base.name}, taught {TAUGHT} sheep like number {number}", flush=True)
        sketches = person(drawings, number, TAUGHT + HELD_BACK, arguments.label)
        held_back = sketches[TAUGHT:]
        with tempfile.TemporaryDirectory() as folder:
            taught = teach(base, sketches[:TAUGHT], Path(folder), arguments)
            known = [label for label in (arguments.label, "sheep") if label in base.labels]
            before = nats(base, held_back, arguments.label if arguments.label in base.labels else None)
            after = nats(taught, held_back, arguments.label)
            report(before, after)
            if known and known[0] != arguments.label:
                each = nats(base, held_back, known[0])
                figures = each[0].sum(axis=1) / each[1].sum(axis=1)
                row("the four before, asked for a sheep", ", ".join(f"{one:.3f}" for one in figures))
            every.append((before, after))
            models = [load_model(info.path) for info in (base, taught)]
            if base.labels:
                row(f"held-back drawings and halves taken for {arguments.label}", named(models[1], held_back))
                for when, model in zip(("before", "after"), models, strict=True):
                    row(
                        f"people's drawings of other things named rightly {when}",
                        named_rightly(model, arguments.label),
                    )
            if arguments.out:
                arguments.out.mkdir(parents=True, exist_ok=True)
                sheet(arguments.out / f"teach-{number}.png", models, held_back)
    if len(every) > 1:
        print(f"all {len(every)} persons together")
        report(
            *(
                tuple(np.concatenate(part, axis=1) for part in zip(*each, strict=True))
                for each in zip(*every, strict=True)
            )
        )


if __name__ == "__main__":
    main()
