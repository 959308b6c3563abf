"""What the benchmarks share: timing, where the real data lie, and the table that `_all.py` writes."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

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


def need(path: Path) -> Path:
    """The path, or the end of the benchmark with a reason."""
    if not path.exists():
        skip(f"{path.name} is not there")
        sys.exit(0)
    return path


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
