"""How fast the engine draws, against the least it could take and against Magenta's own browser code."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from _common import ROOT, heading, least_seconds, median_seconds, row, skip

import sketchrnn
from sketchrnn import magenta, store
from sketchrnn.completion import BEST_OF, Completer
from sketchrnn.engine import Architecture, Decoder, Encoder, Sampler
from sketchrnn.engine.threads import one_blas_thread
from sketchrnn.sketch import Bounds, Sketch

PUBLISHED = Architecture(conditional=False, zero_start=True)
"""As Magenta's decoders are: 512 LSTM units, 20 mixtures."""

WHOLE = Architecture()
FULL_PAPERS = 12
NODE = ROOT / ".cache" / "node" / "node_modules"


def weights(architecture: Architecture) -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    shapes = architecture.weight_shapes()
    return {name: 0.04 * random.standard_normal(s, np.float32) for name, s in shapes.items()}


def main() -> None:
    heading("One point: 512 LSTM units, 20 mixtures, sampled")
    arrays = weights(PUBLISHED)
    product = product_seconds(arrays)
    row("one float32 matrix-vector product over the same weights", f"{1e6 * product:.0f} µs")
    alone = point_seconds(arrays, 1)
    row("a point of one drawing", f"{1e6 * alone:.0f} µs", "120 µs")
    row("that is, in matrix-vector products", f"{alone / product:.2f}", "1.5")
    for batch in (9, 48):
        each = point_seconds(arrays, batch) / batch
        row(f"a point of each of {batch} drawings at once", f"{1e6 * each:.0f} µs", "45 µs" * (batch == 9))
    against_node(arrays)

    heading("Reading a drawing: 256 units in each direction, z of 128")
    encoder = Encoder(WHOLE, weights(WHOLE))
    rows = np.random.default_rng(2).standard_normal((100, 3)).astype(np.float32)
    anew = (rows * np.float32(1.0 + 1e-4 * number) for number in itertools.count())  # none is read twice
    seconds = median_seconds(lambda: encoder.encode([next(anew)]), 100)
    row("encoding a drawing of 100 points", f"{1e3 * seconds:.1f} ms", "5 ms")

    info = store.read_info(store.find(store.default_model()))
    heading(f"The model `{info.name}`, in use")
    seconds = median_seconds(lambda: sketchrnn.load_model(info.path), 20)
    row("loading it", f"{1e3 * seconds:.0f} ms", "20 ms")
    row("memory of a process with it loaded and used, engine only", f"{memory(info.path):.0f} MB", "120 MB")
    completion(sketchrnn.load_model(info.path))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "decoder"
        kept = store.ModelInfo("decoder", path, PUBLISHED, 1000.0, 2.0, 80.0, max_points=200)
        arrays["decoder/output/bias"][:3] = (
            0.0,
            -3.0,
            -20.0,
        )  # it lifts the pen now and then, and does not end
        store.save(kept, arrays)
        growing(sketchrnn.load_model(path))


def product_seconds(arrays: dict[str, np.ndarray]) -> float:
    kernel = np.concatenate([arrays["decoder/lstm/kernel"], arrays["decoder/lstm/recurrent_kernel"]])
    head = arrays["decoder/output/kernel"]
    vector = np.ones((1, len(kernel)), np.float32)
    return median_seconds(lambda: ((vector @ kernel), (vector[:, 5:] @ head)), 500)


def point_seconds(
    arrays: dict[str, np.ndarray], batch: int, measure: Callable[..., float] = median_seconds
) -> float:
    """A sampled point of each of so many drawings."""
    decoder = Decoder(PUBLISHED, arrays)
    sampler = Sampler(0.4, [np.random.default_rng(seed) for seed in range(batch)])
    outputs, state = decoder.step(decoder.start(None, batch), np.zeros((batch, 5), np.float32))
    return measure(lambda: decoder.step(state, sampler.sample(outputs)), 500)


def against_node(arrays: dict[str, np.ndarray]) -> None:
    """The same weights in @magenta/sketch; the least times are compared, ours from before and after it."""
    if not shutil.which("node") or not (NODE / "@magenta" / "sketch").is_dir():
        skip("@magenta/sketch in Node (`make test` installs it where npm is)")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "same.gen.json"
        magenta.write(path, store.ModelInfo("same", path, PUBLISHED, 1000.0, 2.0, 80.0), arrays)
        before = point_seconds(arrays, 1, least_seconds)
        theirs = float(
            subprocess.run(
                ["node", str(ROOT / "benchmarks" / "magenta_point.js"), str(path), "300"],
                env={**os.environ, "NODE_PATH": str(NODE)},
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        ours = min(before, point_seconds(arrays, 1, least_seconds))
    row("@magenta/sketch in Node, the same weights, at its best", f"{1e3 * theirs:.0f} µs")
    row("ours at its best", f"{1e6 * ours:.0f} µs")
    row("that is, times as long", f"{theirs / 1e3 / ours:.0f}", "at least 20")


def memory(path: Path) -> float:
    """Megabytes of a process that loads a model and completes a drawing."""
    code = (
        "import resource, sys, sketchrnn; from sketchrnn import Sketch\n"
        f"model = sketchrnn.load_model({str(path)!r})\n"
        "model.complete(Sketch([[(0, 0), (90, 0), (90, 80)], [(10, 10), (50, 60)]]), seed=1)\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(peak / (1e6 if sys.platform == 'darwin' else 1e3))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout)


def fresh(half: Sketch) -> Callable[[], Sketch]:
    """The half drawing, a trace larger each time, so that nothing kept of it serves."""
    numbers = itertools.count(1)
    return lambda: half.transformed(1.0 + 1e-4 * next(numbers))


def completion(model: Completer) -> None:
    """An ending as a person waits for it; the one of many that is nearest to 60 points."""
    half, number, seed = nearest(model)
    given = half.point_count
    anew = fresh(half)
    first = median_seconds(lambda: next(model.ink(anew(), seed=seed, best_of=1)), 15)
    row(f"the first point of an ending after {given} points", f"{1e3 * first:.1f} ms")
    scale = model.guess_scale(half)
    known = median_seconds(lambda: list(model.ink(anew(), seed=seed, scale=scale, best_of=1)), 15)
    row(
        f"a whole ending of {number} points after them, its scale known",
        f"{1e3 * known:.1f} ms",
        "10 ms for 60",
    )
    whole = median_seconds(lambda: list(model.ink(anew(), seed=seed, best_of=1)), 15)
    row("the same, its scale to be found", f"{1e3 * whole:.1f} ms")
    again = median_seconds(lambda: list(model.ink(half, seed=seed, best_of=1)), 15)
    row("the same, asked for once more", f"{1e3 * again:.1f} ms")
    best = median_seconds(lambda: model.ranked(anew(), BEST_OF, seed=seed), 10)
    row(f"the best of {BEST_OF} endings", f"{1e3 * best:.0f} ms", "100 ms")
    b = half.bounds
    around = 0.2 * b.larger_side
    paper = Bounds(b.left - around, b.top - around, b.right + around, b.bottom + around)
    kept = median_seconds(lambda: model.ranked(anew(), BEST_OF, seed=seed, paper=paper), 10)
    row("the same, on a paper that is little larger than the drawing", f"{1e3 * kept:.0f} ms", "100 ms")
    slowest = max(seconds_on_full_paper(model, one) for one in full_papers(model))
    row(
        f"first ink on {FULL_PAPERS} papers that are nearly full, at most",
        f"{1e3 * slowest:.0f} ms",
        "200 ms",
    )
    nine = median_seconds(lambda: list(model.endings(anew(), 9, seed=1)), 10)
    points = sum(point is not None for step in model.endings(half, 9, seed=1) for point in step)
    row(f"nine endings at once, {points} points", f"{1e3 * nine:.0f} ms")
    if model.info.labels:
        count = len(model.info.labels)
        seconds = median_seconds(lambda: model.recognize(anew()), 15)
        row(f"recognising among {count} labels, {given} points", f"{1e3 * seconds:.1f} ms", "15 ms")


def full_papers(model: Completer) -> list[tuple[Sketch, Bounds]]:
    """First halves of samples, each on a paper that ends a tenth of their size beyond them."""
    papers = []
    for drawing in [one for one in model.sample(2 * FULL_PAPERS, seed=6) if len(one) > 1][:FULL_PAPERS]:
        half = drawing[: (len(drawing) + 1) // 2]
        b, around = half.bounds, 0.1 * half.bounds.larger_side
        papers.append((half, Bounds(b.left - around, b.top - around, b.right + around, b.bottom + around)))
    return papers


def seconds_on_full_paper(model: Completer, given: tuple[Sketch, Bounds]) -> float:
    """Until the first point of the best of `BEST_OF` endings is there, which is when all are done."""
    half, paper = given
    anew = fresh(half)
    return median_seconds(lambda: next(model.ink(anew(), seed=1, paper=paper, best_of=BEST_OF)), 3, 1)


def nearest(model: Completer) -> tuple[Sketch, int, np.random.SeedSequence]:
    """The beginning of a sample of about 50 points, and the ending of it that is nearest to 60 points."""
    drawings = [drawing for drawing in model.sample(24, seed=4) if len(drawing) > 1]
    halves = [drawing[: count + 1] for drawing in drawings for count in range(len(drawing) - 1)]
    half = min(halves, key=lambda one: abs(one.point_count - 50))
    steps = list(model.endings(half, 48, seed=5))
    lengths = [sum(point is not None for point in column) for column in zip(*steps, strict=True)]
    which = int(np.argmin(np.abs(np.array(lengths) - 60)))
    return half, lengths[which], np.random.SeedSequence(5).spawn(48)[which]


def growing(model: Completer) -> None:
    """A decoder alone keeps its states: what a new stroke costs after many."""
    random = np.random.default_rng(3)
    strokes = [np.cumsum(random.normal(0, 30, (12, 2)), axis=0) for _ in range(9)]
    anew = fresh(Sketch(strokes))

    def new_stroke() -> float:
        whole = anew()
        next(model.ink(whole[:8], seed=1, scale=1.0))
        return median_seconds(lambda: next(model.ink(whole, seed=1, scale=1.0)), 1, 0)

    heading("A decoder alone, at a given scale")
    begun = fresh(Sketch(strokes[:1]))

    def sixty() -> None:
        ending = model.ink(begun(), seed=1, scale=1.0)
        assert sum(1 for _ in itertools.islice(ending, 60)) == 60

    row("60 points of an ending after 12", f"{1e3 * median_seconds(sixty, 15):.1f} ms", "10 ms")
    seconds = median_seconds(lambda: next(model.ink(anew(), seed=1, scale=1.0)), 15)
    row("the first point of an ending after 9 strokes of 12 points", f"{1e3 * seconds:.1f} ms")
    seconds = float(np.median([new_stroke() for _ in range(15)]))
    row("the same, the first 8 strokes read before", f"{1e3 * seconds:.1f} ms")


if __name__ == "__main__":
    with one_blas_thread():
        main()
