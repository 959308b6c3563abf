"""What fifty drawings and five minutes teach a model: nats a point of ten others by the same hand.

usage: python benchmarks/teach.py [--model NAME] [--minutes 5] [--person 17] [--label NAME] [--out FOLDER]

The "person" is made of the Sheep Market: one sheep, and the sixty that are drawn most like it, stroke for
stroke, of 7,400 by as many people. Fifty are taught under a label, by default one that no model knows; ten
are held back. With --out, a sheet `teach.png` shows those ten, their halves, the endings before, and the
endings after.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from _common import DATA, human_drawings, need, row
from numpy.typing import NDArray

from sketchrnn import formats, load_model, store
from sketchrnn.cli.quiet import import_tensorflow
from sketchrnn.completion import Completer
from sketchrnn.formats.npz import StrokeSet, read_splits
from sketchrnn.sketch import Sketch

TAUGHT, HELD_BACK = 50, 10
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


def named_rightly(model: Completer) -> str:
    """The share of raw drawings by people that a model names, of what `quickdraw` knows."""
    known = [
        label for label in model.info.labels if (DATA / "quickdraw" / "raw" / f"{label}.ndjson").exists()
    ]
    right = [model.recognize(sketch)[0][0] == label for label in known for sketch in human_drawings(label)]
    return f"{np.mean(right):.0%} of {len(right)}" if right else "nothing"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--person", type=int, default=17)
    parser.add_argument("--label", default="my sheep")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--config", nargs="*", default=[], metavar="NAME=NUMBER")
    arguments = parser.parse_args()
    data = need(DATA / "sketchrnn" / "aaron_sheep.npz")
    import_tensorflow()
    from sketchrnn.training import measuring, plan, session

    class Silent:
        """Counts."""

        validations = 0
        best_step = 0

        def on_start(self, splits, model, step):
            self.sizes = len(splits.train), len(splits.valid), len(splits.test)

        def on_progress(self, progress):
            self.last = progress

        def on_validation(self, validation):
            self.validations += 1
            self.best_step = validation.step if validation.best else self.best_step
            nats = validation.evaluation.nats_per_point
            print(f"    step {validation.step}: {nats:.3f}{' *' * validation.best}", flush=True)

    base = store.read_info(store.find(arguments.model or store.default_model()))
    sketches = person(read_splits(data)["train"], arguments.person, TAUGHT + HELD_BACK, arguments.label)
    with tempfile.TemporaryDirectory() as folder:
        mine, others = Path(folder) / "mine.ndjson", Path(folder) / "others.ndjson"
        formats.write(mine, sketches[:TAUGHT])
        formats.write(others, sketches[TAUGHT:])
        config = {name: float(value) for name, value in (pair.split("=") for pair in arguments.config)}
        config = {name: int(value) if value == int(value) else value for name, value in config.items()}
        run = plan.resolve(
            [str(mine)], Path(folder) / "taught", resume=False, architecture={}, config=config, base=base
        )
        note, started, worked = Silent(), time.perf_counter(), time.process_time()

        def in_time(trainer):
            return time.perf_counter() - started > 60 * arguments.minutes

        session.train(run, Path(folder) / "taught", note, in_time)
        seconds = time.perf_counter() - started
        taught = store.read_info(Path(folder) / "taught")
        before, after = (measuring.evaluate_saved(info, [str(others)], "test") for info in (base, taught))
        print(f"{base.name}, taught {TAUGHT} sheep like number {arguments.person} for {seconds:.0f} s")
        row("of which the program had of a processor", f"{time.process_time() - worked:.0f} s")
        row("programs that wanted the processors meanwhile, about", f"{os.getloadavg()[1]:.0f}")
        row("steps (the best weights are of step)", f"{note.last.step} ({note.best_step})")
        row("drawings a second", f"{note.last.drawings / note.last.seconds:.0f}")
        row("nats a point of ten held-back drawings, before", f"{before.nats_per_point:.3f}")
        row("after", f"{after.nats_per_point:.3f}")
        for part in before.completion_nats:
            was, now = before.completion_nats[part], after.completion_nats[part]
            row(
                f"of the rest, given {float(part):.0%} of the strokes: before, after", f"{was:.3f}, {now:.3f}"
            )
        models = [load_model(info.path) for info in (base, taught)]
        if base.labels:
            row("people's drawings of other things, named rightly before", named_rightly(models[0]))
            row("after", named_rightly(models[1]))
            own = [models[1].recognize(sketch)[0][0] == sketch.label for sketch in sketches[TAUGHT:]]
            row(f"held-back drawings taken for {arguments.label}", f"{sum(own)} of {len(own)}")
        if arguments.out:
            arguments.out.mkdir(parents=True, exist_ok=True)
            halves = [sketch[: max(1, len(sketch) // 2)] for sketch in sketches[TAUGHT:]]
            ended = [
                model.complete(half, label=half.label if half.label in model.info.labels else None, seed=1)
                for model in models
                for half in halves
            ]
            grid = [*sketches[TAUGHT:], *halves, *ended]
            formats.write_sheet(arguments.out / "teach.png", grid, columns=HELD_BACK, cell=96)


if __name__ == "__main__":
    main()
