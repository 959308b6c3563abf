"""How long one waits: for the library, for a completion from the shell, for a window that can be used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _common import ROOT, heading, median_seconds, row

from sketchrnn import Sketch, store


def main() -> None:
    model = store.default_model()
    with tempfile.TemporaryDirectory() as folder:
        half = Path(folder) / "half.svg"
        Sketch([[(480, 120), (482, 150), (480, 185)], [(330, 215), (540, 198), (640, 195), (610, 260)]]).save(
            half
        )
        environment = {**os.environ, "WATCHED_SETTINGS": str(Path(folder) / "settings.ini")}

        def run(*words: str) -> str:
            command = [sys.executable, *words]
            environment["WATCHED_FROM"] = str(time.perf_counter())
            return subprocess.run(
                command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
            ).stdout

        complete = ["-m", "sketchrnn", "complete", str(half), "-o", str(Path(folder) / "whole.svg")]
        heading(f"Whole processes, from start to finish; model `{model}`")
        row("import sketchrnn", f"{1e3 * median_seconds(lambda: run('-c', 'import sketchrnn'), 7):.0f} ms")
        seconds = median_seconds(lambda: run(*complete, "--seed", "1"), 7)
        row("sketchrnn complete", f"{1e3 * seconds:.0f} ms", "600 ms")

        heading("The window, offscreen, three endings drawn")
        runs = [json.loads(run("tests/gui/watched_window.py", "3")) for _ in range(3)]
        middle = sorted(runs, key=lambda figures: figures["shown_s"])[1]
        row("shown and usable after", f"{1e3 * middle['shown_s']:.0f} ms", "800 ms")
        row("models listed after", f"{1e3 * middle['listed_s']:.0f} ms")
        row("first ink after asking, at most", f"{1e3 * middle['first_ink_s']:.0f} ms")
        row("event loop held, at most", f"{middle['longest_gap_ms']:.0f} ms")


if __name__ == "__main__":
    main()
