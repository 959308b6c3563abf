"""What the benchmarks share: timing, where the real data lie, and the table that `_all.py` writes."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from sketchrnn import Sketch

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"

ROWS = os.environ.get("BENCHMARK_ROWS")
"""The file in which `_all.py` wants every line, as JSON."""


def median_seconds(run: Callable[[], object], repeats: int = 20, warm_up: int = 2) -> float:
    """The median time of one call."""
    for _ in range(warm_up):
        run()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def least_seconds(run: Callable[[], object], repeats: int = 300) -> float:
    """The least time of one call: what other programs disturb least."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return min(times)


def need(path: Path) -> Path:
    """The path, or the end of the benchmark with a reason."""
    if not path.exists():
        skip(f"{path.name} is not there")
        sys.exit(0)
    return path


def held_out(key_id: str) -> bool:
    """Whether a drawing of the Quick, Draw! data is for measuring alone; shipped models learn from the rest.

    Every `key_id` is a multiple of 2²¹, so its last digit says nothing; the sum of its digits does.
    """
    return sum(map(int, key_id)) % 2 == 1


def human_drawings(label: str, *, only_held_out: bool = False) -> list[Sketch]:
    """The raw drawings of a category that people made, as they were captured."""
    drawings = []
    with need(DATA / "quickdraw" / "raw" / f"{label}.ndjson").open(encoding="utf-8") as file:
        for line in file:
            fields = json.loads(line)
            if held_out(fields["key_id"]) or not only_held_out:
                strokes = [np.array(stroke[:2], np.float32).T for stroke in fields["drawing"]]
                drawings.append(Sketch(strokes, label=label))
    return drawings


def heading(text: str) -> None:
    """Prints what the lines after it are about."""
    print(text)
    _keep("heading", text)


def row(what: str, figure: str, reach: str = "") -> None:
    """Prints a line of the result; `reach` is what it should be at most or, where it says so, at least."""
    print(f"  {what:<66} {figure:>12}{f'   (reach {reach})' if reach else ''}", flush=True)
    _keep("row", what, figure, reach)


def skip(reason: str) -> None:
    """Prints why something is not measured."""
    print(f"  skipped: {reason}")
    _keep("heading", f"Skipped: {reason}.")


def _keep(*line: str) -> None:
    if ROWS:
        with Path(ROWS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
