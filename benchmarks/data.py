"""How fast drawings come in, and in how much memory: raw lines, files of 70,000, shards to batches."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from _common import DATA, need, row

from sketchrnn import simplify
from sketchrnn.formats import ndjson, quickdraw_bin, records
from sketchrnn.formats.npz import StrokeSet, read_splits, write_splits

ROOT = Path(__file__).resolve().parent.parent
DRAWINGS = {"train": 70_000, "valid": 2_500, "test": 2_500}
LARGE_BYTES = 2 << 30
COMPARED = 60
"""Drawings that the package `rdp` is timed on: it takes its time."""

PEAK = """
import resource, sys
from sketchrnn.formats import ndjson, quickdraw_bin, records
count = sum(len(part) for part in records.stroke3(ndjson.read_records(sys.argv[1])))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
PICKLES = """
import sys, time
import numpy as np
started = time.perf_counter()
with np.load(sys.argv[1], allow_pickle=True, encoding="latin1") as file:
    drawings = [rows.astype(np.float32) for name in file.files for rows in file[name]]
print(time.perf_counter() - started)
"""


def best_seconds(run: Callable[[], object], repeats: int = 3) -> float:
    """The best time of one call: what the program needs when others leave it alone."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return min(times)


def run_python(code: str, *arguments: str | Path) -> str:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def raw_lines(folder: Path) -> Path:
    """All raw drawings that are there, in one file."""
    path = folder / "raw.ndjson"
    path.write_bytes(
        b"".join(file.read_bytes() for file in sorted((DATA / "quickdraw" / "raw").glob("*.ndjson")))
    )
    return path


def data_sets(raw: Path, folder: Path) -> tuple[Path, Path]:
    """Real drawings again and again, 70,000 to train with: a file as Magenta's are, and one of ours."""
    real = StrokeSet.joined(list(records.stroke3(ndjson.read_records(raw))))
    source = np.random.default_rng(1)
    splits = {name: real.take(source.integers(0, len(real), count)) for name, count in DRAWINGS.items()}
    plain = folder / "plain.npz"
    write_splits(plain, {name: StrokeSet(part.rows, part.offsets) for name, part in splits.items()})
    pickled = folder / "pickled.npz"
    objects = {}
    for name, part in splits.items():
        objects[name] = np.empty(len(part), object)
        objects[name][:] = list(part)
    np.savez_compressed(pickled, **objects)
    return pickled, plain


def recipe(raw: Path, folder: Path) -> None:
    count = sum(1 for _ in ndjson.read_records(raw))
    print(f"QuickDraw's recipe, {count:,} raw drawings, {raw.stat().st_size / 1e6:.0f} MB, one core")
    seconds = best_seconds(lambda: sum(1 for _ in ndjson.read_records(raw)))
    row("raw lines read", f"{count / seconds:,.0f}/s")
    seconds = best_seconds(lambda: sum(map(len, records.stroke3(ndjson.read_records(raw)))))
    row("raw lines to stroke-3 (asked for: 2,500)", f"{count / seconds:,.0f}/s")
    small = folder / "small.ndjson"
    seconds = best_seconds(
        lambda: ndjson.write_records(small, records.prepared(ndjson.read_records(raw))), repeats=1
    )
    row("raw lines to simplified lines", f"{count / seconds:,.0f}/s")
    seconds = best_seconds(lambda: sum(map(len, records.stroke3(ndjson.read_records(small)))))
    row("simplified lines to stroke-3", f"{count / seconds:,.0f}/s")
    binary = folder / "small.bin"
    quickdraw_bin.write_records(binary, ndjson.read_records(small))
    seconds = best_seconds(lambda: sum(map(len, records.stroke3(quickdraw_bin.read_records(binary)))))
    row("binary to stroke-3", f"{count / seconds:,.0f}/s")
    published = {
        json.loads(line)["key_id"]: line
        for file in sorted((DATA / "quickdraw" / "simplified").glob("*.ndjson"))
        for line in file.read_bytes().splitlines()
    }
    both = [line for line in small.read_bytes().splitlines() if json.loads(line)["key_id"] in published]
    same = sum(published[json.loads(line)["key_id"]] == line for line in both)
    row("of those that Google published, equal to the last byte", f"{same:,} of {len(both):,}")


def against_rdp(raw: Path) -> None:
    """Our Ramer-Douglas-Peucker against the package, on the same resampled strokes."""
    if importlib.util.find_spec("rdp") is None:
        print("  (the package rdp is not installed, and is not compared with)")
        return
    from rdp import rdp  # type: ignore[import-not-found]

    chosen = [record for number, record in enumerate(ndjson.read_records(raw)) if number % 80 == 0][:COMPARED]
    strokes = []
    for record in chosen:
        firsts = np.zeros(1, np.int64)
        scaled = simplify._scaled(record.points, firsts)
        starts = np.concatenate([[0], record.stroke_ends[:-1]])
        steps, walked = simplify._walked(scaled, starts, record.stroke_ends)
        x, y, ends = simplify._resampled(scaled, steps, walked, starts, record.stroke_ends)
        strokes += np.split(np.column_stack([x, y]), ends[:-1])
    points = np.concatenate(strokes)
    ends = np.cumsum([len(stroke) for stroke in strokes])
    started = time.perf_counter()
    theirs = [rdp(stroke, epsilon=simplify.QUICKDRAW_EPSILON) for stroke in strokes]
    package = time.perf_counter() - started
    x, y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    ours = best_seconds(lambda: simplify._bends(x, y, ends, simplify.QUICKDRAW_EPSILON))
    kept = simplify._bends(x, y, ends, simplify.QUICKDRAW_EPSILON)
    same = np.array_equal(points[kept], np.concatenate(theirs))
    print(f"{len(strokes)} polylines of {len(points):,} points, {'equal' if same else 'UNEQUAL'} results")
    row("package rdp", f"{1e3 * package:,.0f} ms")
    row("ours", f"{1e3 * ours:,.1f} ms")
    row("times faster (asked for: 40)", f"{package / ours:,.0f}")


def memory(raw: Path, folder: Path) -> None:
    """The same lines again and again, until the file is large."""
    if shutil.disk_usage(folder).free < 2 * LARGE_BYTES:
        print("  (too little disk for a file of 2 GB)")
        return
    lines = raw.read_bytes()
    large = folder / "large.ndjson"
    with large.open("wb") as file:
        while file.tell() < LARGE_BYTES:
            file.write(lines)
    print("memory at its highest, raw lines to stroke-3")
    for path in (raw, large):
        started = time.perf_counter()
        count, peak = map(int, run_python(PEAK, path).split())
        seconds = time.perf_counter() - started
        row(
            f"{path.stat().st_size / 1e6:,.0f} MB, {count:,} drawings, {seconds:,.0f} s",
            f"{peak / 1e3:,.0f} MB",
        )
    large.unlink()


def npz(pickled: Path, plain: Path) -> None:
    print(f"{DRAWINGS['train']:,} drawings to train with, .npz")
    theirs = min(float(run_python(PICKLES, pickled)) for _ in range(3))
    ours = best_seconds(lambda: read_splits(pickled))
    row("numpy.load, pickles executed, each drawing to float32", f"{theirs:.2f} s")
    row("read_splits of the same file (asked for: 2.5 s)", f"{ours:.2f} s")
    row("times faster (asked for: 3)", f"{theirs / ours:.1f}")
    row("read_splits of our own plain arrays", f"{best_seconds(lambda: read_splits(plain)):.2f} s")


def pipeline(plain: Path, folder: Path) -> None:
    from sketchrnn.cli.quiet import import_tensorflow

    import_tensorflow()
    from sketchrnn.dataset import shards
    from sketchrnn.dataset.pipeline import Augmentation, batches, even

    sources = [folder / f"{name}.npz" for name in ("cat", "dog")]
    for source in sources:
        shutil.copy(plain, source)
    started = time.perf_counter()
    splits = shards.write(sources, folder / "shards")
    seconds = time.perf_counter() - started
    print("batches of 100, augmented (scale, dropped points, prefixes)")
    row("written into shards", f"{sum(DRAWINGS.values()) * 2 / seconds:,.0f}/s")
    for name, drawings, weights in (
        ("from shards (asked for: 20,000)", splits.train, None),
        ("from shards, two labels evenly", splits.train, even(splits.labels)),
        ("from memory", read_splits(plain)["train"], None),
    ):
        made = iter(
            batches(
                drawings,
                batch_size=100,
                scale_factor=splits.scale_factor,
                seed=1,
                augmentation=Augmentation(0.15, 0.1, 0.5),
                labels=splits.labels,
                weights=weights,
            )
        )
        for _ in range(70):
            next(made)
        started, busy = time.perf_counter(), time.process_time()
        for _ in range(1_000):
            next(made)
        seconds, busy = time.perf_counter() - started, time.process_time() - busy
        row(f"{name}; {1e6 * busy / 1e5:.0f} µs of a core each", f"{1e5 / seconds:,.0f}/s")


def main() -> None:
    need(DATA / "quickdraw" / "raw")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raw = raw_lines(folder)
        recipe(raw, folder)
        against_rdp(raw)
        memory(raw, folder)
        pickled, plain = data_sets(raw, folder)
        npz(pickled, plain)
        pipeline(plain, folder)


if __name__ == "__main__":
    main()
