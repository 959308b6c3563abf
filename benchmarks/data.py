"""How fast drawings come in, and in how much memory: raw lines, files of 70,000, shards to batches.

    python benchmarks/data.py [PART…] [--drawings N] [--large-mb N]

The parts are `recipe`, `rdp`, `memory`, `npz`, `pipeline` and `pictures`; by default all. Times are of the
processor, so that other programs disturb them little, unless "elapsed" stands beside them. Files are made in
a temporary folder, which is removed afterwards; `memory` needs room for 2 GB and a few minutes, `--large-mb`
for less.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from _common import DATA, ROOT, heading, need, row, skip

from sketchrnn import simplify
from sketchrnn.formats import ndjson, quickdraw_bin, records
from sketchrnn.formats.npz import StrokeSet, read_splits, write_splits
from sketchrnn.sketch import Sketch

DRAWINGS = 70_000
HELD_BACK = 2_500
LARGE_MB = 2_000
SCRIBBLED = 150_000
COMPARED = 60
"""Drawings that the package `rdp` is timed on: it takes its time."""

BATCH = 100
MEASURED_BATCHES = 1_000

PEAK = """
import resource, sys, time
from sketchrnn.formats import ndjson, records
count = sum(len(part) for part in records.stroke3(ndjson.read_records(sys.argv[1])))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time())
"""


def processor_seconds(run: Callable[[], object], repeats: int = 3) -> float:
    """The least processor time of one call, of all threads of this process."""
    times = []
    for _ in range(repeats):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return min(times)


class Made:
    """The files that the parts share, made when they are first asked for."""

    def __init__(self, folder: Path, drawings: int) -> None:
        self.folder = folder
        self.counts = {"train": drawings, "valid": HELD_BACK, "test": HELD_BACK}
        self._splits: dict[str, StrokeSet] = {}

    def raw(self) -> Path:
        """All raw drawings that are there, in one file."""
        path = self.folder / "raw.ndjson"
        if not path.exists():
            files = sorted((DATA / "quickdraw" / "raw").glob("*.ndjson"))
            path.write_bytes(b"".join(file.read_bytes() for file in files))
        return path

    def splits(self) -> dict[str, StrokeSet]:
        """Real drawings again and again, in the splits of a data set, without labels."""
        if not self._splits:
            real = StrokeSet.joined(list(records.stroke3(ndjson.read_records(self.raw()))))
            source = np.random.default_rng(1)
            for name, count in self.counts.items():
                part = real.take(source.integers(0, len(real), count))
                self._splits[name] = StrokeSet(part.rows, part.offsets)
        return self._splits

    def plain(self) -> Path:
        """Those as this program writes them."""
        path = self.folder / "plain.npz"
        if not path.exists():
            write_splits(path, self.splits())
        return path

    def pickled(self) -> Path:
        """Those as Magenta's files have them: object arrays, which numpy pickles."""
        path = self.folder / "pickled.npz"
        if not path.exists():
            objects = {}
            for name, part in self.splits().items():
                objects[name] = np.empty(len(part), object)
                objects[name][:] = list(part)
            np.savez_compressed(path, **objects)
        return path


def recipe(made: Made) -> None:
    raw = made.raw()
    count = sum(1 for _ in ndjson.read_records(raw))
    heading(
        f"QuickDraw's recipe on {count:,} raw drawings, {raw.stat().st_size / 1e6:.0f} MB: "
        "drawings per second of one core"
    )

    def rate(what: str, run: Callable[[], object], reach: str = "", repeats: int = 3) -> None:
        row(what, f"{count / processor_seconds(run, repeats):,.0f}/s", reach)

    rate("raw lines read", lambda: sum(1 for _ in ndjson.read_records(raw)))
    rate(
        "raw lines to stroke-3",
        lambda: sum(map(len, records.stroke3(ndjson.read_records(raw)))),
        "at least 2,500/s",
    )
    small, binary = made.folder / "small.ndjson", made.folder / "small.bin"
    rate(
        "raw lines to simplified lines",
        lambda: ndjson.write_records(small, records.prepared(ndjson.read_records(raw))),
        repeats=1,
    )
    rate("simplified lines to stroke-3", lambda: sum(map(len, records.stroke3(ndjson.read_records(small)))))
    quickdraw_bin.write_records(binary, ndjson.read_records(small))
    rate("binary to stroke-3", lambda: sum(map(len, records.stroke3(quickdraw_bin.read_records(binary)))))
    published = {
        json.loads(line)["key_id"]: line
        for file in sorted((DATA / "quickdraw" / "simplified").glob("*.ndjson"))
        for line in file.read_bytes().splitlines()
    }
    both = [line for line in small.read_bytes().splitlines() if json.loads(line)["key_id"] in published]
    same = sum(published[json.loads(line)["key_id"]] == line for line in both)
    row(
        "of those that Google published, equal to the last byte",
        f"{same:,} of {len(both):,}",
        "at least 95 %",
    )


def against_rdp(made: Made) -> None:
    """Our Ramer-Douglas-Peucker against the package, on the same resampled strokes."""
    if importlib.util.find_spec("rdp") is None:
        skip("the package `rdp`, which is only compared with, is not installed (pip install rdp)")
        return
    from rdp import rdp  # type: ignore[import-not-found]

    every = max(1, sum(1 for _ in ndjson.read_records(made.raw())) // COMPARED)
    strokes = []
    for record in itertools.islice(ndjson.read_records(made.raw()), 0, COMPARED * every, every):
        starts = np.concatenate([[0], record.stroke_ends[:-1]])
        scaled = simplify._scaled(record.points, np.zeros(1, np.int64))
        steps, walked = simplify._walked(scaled, starts, record.stroke_ends)
        x, y, ends = simplify._resampled(scaled, steps, walked, starts, record.stroke_ends)
        strokes += np.split(np.column_stack([x, y]), ends[:-1])
    points = np.concatenate(strokes)
    ends = np.cumsum([len(stroke) for stroke in strokes])
    x, y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    started = time.process_time()
    theirs = [rdp(stroke, epsilon=simplify.QUICKDRAW_EPSILON) for stroke in strokes]
    package = time.process_time() - started
    ours = processor_seconds(lambda: simplify._bends(x, y, ends, simplify.QUICKDRAW_EPSILON), 10)
    one_by_one = processor_seconds(
        lambda: [
            simplify._bends(*np.ascontiguousarray(s.T), np.array([len(s)]), simplify.QUICKDRAW_EPSILON)
            for s in strokes
        ]
    )
    kept = simplify._bends(x, y, ends, simplify.QUICKDRAW_EPSILON)
    same = np.array_equal(points[kept], np.concatenate(theirs))
    heading(
        f"Ramer-Douglas-Peucker on the same {len(strokes)} polylines of {len(points):,} points, "
        f"with {'equal' if same else 'UNEQUAL'} results"
    )
    row("package rdp", f"{1e3 * package:,.0f} ms")
    row("ours, one polyline after another", f"{1e3 * one_by_one:,.1f} ms")
    row("ours, all at once as the recipe does", f"{1e3 * ours:,.1f} ms")
    row("times faster", f"{package / ours:,.0f}", "at least 40")


def memory(made: Made, large_mb: int) -> None:
    """The same lines again and again, until the file is large."""
    if shutil.disk_usage(made.folder).free < 2e6 * large_mb:
        skip(f"too little room on the disk for a file of {large_mb:,} MB")
        return
    heading("Memory at its highest, raw lines to stroke-3, in a program of its own")
    lines = made.raw().read_bytes()
    for name, size in (("small", 1), ("large", large_mb * 1_000_000)):
        path = made.folder / f"{name}.raw.ndjson"
        with path.open("wb") as file:
            while file.tell() < size:
                file.write(lines)
        done = subprocess.run(
            [sys.executable, "-c", PEAK, str(path)], cwd=ROOT, check=True, capture_output=True, text=True
        )
        count, peak, seconds = map(float, done.stdout.split())
        row(
            f"{path.stat().st_size / 1e6:,.0f} MB, {count:,.0f} drawings, {seconds:,.0f} s",
            f"{peak / 1e3:,.0f} MB",
        )
        path.unlink()


def unpickled(path: Path, contents: dict[str, list[tuple[Any, ...]]]) -> list[np.ndarray]:
    """The part of loading pickled drawings that can be timed without executing a pickle.

    The file is unpacked, every array made by the calls that its pickle lists, and converted to float.
    Left out is finding those calls in the pickle, most of the time: with numpy.load itself the ratio was 3.5.
    """
    drawings = []
    with zipfile.ZipFile(path) as archive:
        for name, arrays in contents.items():
            archive.read(f"{name}.npy")
            for make, arguments, state in arrays:
                rows = make(*arguments)
                rows.__setstate__(state)
                drawings.append(rows.astype(np.float32))
    return drawings


def npz(made: Made) -> None:
    pickled, plain = made.pickled(), made.plain()
    # For each drawing the calls that its pickle lists, with their arguments: numpy tells them itself.
    contents = {name: [rows.copy().__reduce__()[:3] for rows in part] for name, part in made.splits().items()}
    theirs = processor_seconds(lambda: unpickled(pickled, contents))
    ours = processor_seconds(lambda: read_splits(pickled))
    train, total = made.counts["train"], sum(made.counts.values())
    heading(f"A data set of {total:,} drawings, {train:,} of them to train with")
    row("read_splits of a file with pickles, which are not executed", f"{ours:.2f} s", "2.5 s")
    row("the least that numpy.load and the conversion to float32 cost", f"{theirs:.2f} s")
    row("times faster than that", f"{theirs / ours:.1f}")
    row("read_splits of our own plain arrays", f"{processor_seconds(lambda: read_splits(plain)):.2f} s")


def pipeline(made: Made) -> None:
    from sketchrnn.cli.quiet import import_tensorflow

    import_tensorflow()
    from sketchrnn.dataset import shards
    from sketchrnn.dataset.pipeline import Augmentation, batches, even

    sources = [made.folder / f"{name}.npz" for name in ("cat", "dog")]
    for source in sources:
        shutil.copy(made.plain(), source)
    started = time.process_time()
    splits = shards.write(sources, made.folder / "shards")
    seconds = time.process_time() - started
    heading(f"Batches of {BATCH}, augmented: scale, dropped points, prefixes; drawings per second")
    row("written into shards, one core", f"{sum(made.counts.values()) * 2 / seconds:,.0f}/s")
    for name, drawings, weights in (
        ("from shards", splits.train, None),
        ("from shards, two labels evenly", splits.train, even(splits.labels)),
        ("from memory", made.splits()["train"], None),
    ):
        source = iter(
            batches(
                drawings,
                batch_size=BATCH,
                scale_factor=splits.scale_factor,
                seed=1,
                augmentation=Augmentation(0.15, 0.1, 0.5),
                labels=splits.labels,
                weights=weights,
            )
        )
        for _ in range(330):  # the first come slowly: the shuffled ones are collected
            next(source)
        started, busy = time.perf_counter(), time.process_time()
        for _ in range(MEASURED_BATCHES):
            next(source)
        elapsed, busy = time.perf_counter() - started, time.process_time() - busy
        count = BATCH * MEASURED_BATCHES
        row(f"{name}: elapsed", f"{count / elapsed:,.0f}/s", "at least 20,000/s on two free cores")
        row(
            f"{name}: by {1e6 * busy / count:.0f} µs of processor time each, two cores",
            f"{2 * count / busy:,.0f}/s",
        )


def pictures(made: Made) -> None:
    """Scribbles of 150,000 points as PNG and GIF, each in one stroke and in 500."""
    heading(f"A scribble of {SCRIBBLED:,} points as a picture: processor time")
    number, random = np.arange(SCRIBBLED), np.random.default_rng(0)
    scribbles = {
        "noise": random.uniform(0, 800, (SCRIBBLED, 2)),
        "walk": np.cumsum(random.normal(size=(SCRIBBLED, 2)), axis=0),
        "spiral": np.column_stack([np.cos(number / 30), np.sin(number / 30)]) * number[:, None] / 200,
        "zigzag": np.column_stack([number % 2 * 400, number / 300]),
    }
    for name, points in scribbles.items():
        for strokes in (1, 500):
            sketch = Sketch(np.array_split(points, strokes))
            for suffix in ("png", "gif"):
                seconds = processor_seconds(lambda: sketch.save(made.folder / f"a.{suffix}"), 1)  # noqa: B023
                row(f"{name}, {strokes} stroke{'s' * (strokes > 1)}, {suffix}", f"{seconds:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parts = ("recipe", "rdp", "memory", "npz", "pipeline", "pictures")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(parts)} (default: all)")
    parser.add_argument("--drawings", type=int, default=DRAWINGS, help="of the data set (default 70,000)")
    parser.add_argument("--large-mb", type=int, default=LARGE_MB, help="of the large file (default 2,000)")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(parts):
        parser.error(f"there is no part {unknown.pop()!r}; there are {', '.join(parts)}")
    chosen = arguments.parts or parts
    need(DATA / "quickdraw" / "raw")
    with tempfile.TemporaryDirectory() as name:
        made = Made(Path(name), arguments.drawings)
        for part, run in (
            ("recipe", lambda: recipe(made)),
            ("rdp", lambda: against_rdp(made)),
            ("memory", lambda: memory(made, arguments.large_mb)),
            ("npz", lambda: npz(made)),
            ("pipeline", lambda: pipeline(made)),
            ("pictures", lambda: pictures(made)),
        ):
            if part in chosen:
                run()


if __name__ == "__main__":
    main()
