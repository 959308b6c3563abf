"""What the benchmarks share: timing, and where the real data lie."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


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
        print(f"skipped: {path.name} is not there")
        sys.exit(0)
    return path


def row(what: str, figure: str) -> None:
    """Prints a line of the result."""
    print(f"  {what:<58} {figure:>14}")
