"""The window at work, offscreen: how soon a suggestion is there, how smoothly nine endings are drawn, and how
long anything that people do holds it up.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from _common import ROOT, heading, row

ROUNDS = "4"
POINTS = "100000"
"""Of the paper that is saved, opened, exported and copied."""

Figures = dict[str, Any]


def watched(script: str, argument: str) -> Figures:
    """What a process that watches itself says of itself."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"WATCHED_SETTINGS": str(Path(folder) / "settings.ini")}
        done = subprocess.run(
            [sys.executable, f"tests/gui/{script}", argument],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
    return dict(json.loads(done.stdout))


def main() -> None:
    completing(watched("watched_completing.py", ROUNDS))
    working(watched("watched_working.py", POINTS))


def completing(figures: Figures) -> None:
    heading(f"Completing in the window, 1600x1000 offscreen; model `{figures['model']}`")
    row("pen lifted to a suggestion on the paper, median", f"{figures['ghost_median_ms']:.0f} ms", "100 ms")
    row("processor time of that, all threads, median", f"{figures['ghost_cpu_median_ms']:.0f} ms")
    row("the same wait, at most", f"{figures['ghost_max_ms']:.0f} ms")
    rate = figures["frames_per_second"]
    row("nine endings drawn at once, one looked at", f"{rate:.0f} frames/s", "60 or more")
    row("processor time of a frame, the window's thread", f"{figures['frame_cpu_ms']:.1f} ms", "16 ms")
    row("of 20 frames, 19 come within", f"{figures['frame_95_ms']:.0f} ms")
    row("the slowest frame", f"{figures['slowest_frame_ms']:.0f} ms")
    row(
        "event loop held by the window's own work, at most",
        f"{figures['longest_own_work_ms']:.0f} ms",
        "50 ms",
    )
    row("event loop held by anything, at most", f"{figures['longest_gap_ms']:.0f} ms")


def working(figures: Figures) -> None:
    """How long each thing that people do held the event loop, the longest first."""
    heading(f"The event loop, held by own work and by anything; a full paper has {POINTS} points")
    own, all_of_it = figures["held_own_ms"], figures["held_ms"]
    for what in sorted(own, key=lambda name: -own[name]):
        row(what, f"{own[what]:.0f} ms, {all_of_it[what]:.0f} ms", "50 ms")


if __name__ == "__main__":
    main()
