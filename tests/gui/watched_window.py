"""Runs the real window offscreen, completes a drawing, and prints what it measured as JSON.

usage: python watched_window.py ROUNDS
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

START = float(os.environ.get("WATCHED_FROM", time.perf_counter()))  # one clock for all processes
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "gui")]

from PySide6.QtCore import QSettings  # noqa: E402

from gui import program  # noqa: E402
from gui.completing.ending import State  # noqa: E402
from gui.models import pen  # noqa: E402
from gui.models.worker import Worker  # noqa: E402
from gui.settings import Settings  # noqa: E402
from gui.window.windows import Windows  # noqa: E402

FACE = [(300.0, 200.0), (500.0, 150.0), (650.0, 300.0), (500.0, 500.0), (320.0, 400.0), (300.0, 200.0)]


def main(rounds: int) -> None:
    pen.DRAW_SPEED = 2500.0  # more points in less time: the harder case
    sys.setswitchinterval(program.SWITCH_INTERVAL)
    app = program.make_app()
    settings = Settings(QSettings(os.environ["WATCHED_SETTINGS"], QSettings.Format.IniFormat))
    state = Path(os.environ["WATCHED_SETTINGS"]).parent / "state"  # autosave is watched too
    windows = Windows(app, settings, lambda: Worker(program.find_models, program.load_model), state)
    window = windows.open()
    window.resize(1024, 700)
    window.show()
    app.processEvents()
    shown = time.perf_counter() - START
    cpu = time.process_time()
    from hand import draw_with_mouse  # the tests' own: no window waits for them
    from watchdog import Watchdog, until

    watchdog = Watchdog()
    until(app, lambda: window.bar.model is not None)
    listed = time.perf_counter() - START
    first_ink = []
    for _ in range(rounds):
        draw_with_mouse(window.canvas, FACE)
        asked = time.perf_counter()
        window.actions_.complete.trigger()
        until(app, lambda: window.ending.state is not State.WAITING)
        if window.ending.state is State.NONE:  # it looks finished, the model says: asked again it goes on
            asked = time.perf_counter()
            window.actions_.complete.trigger()
            until(app, lambda: window.ending.state is not State.WAITING)
        first_ink.append(time.perf_counter() - asked)
        until(app, lambda: window.ending.state is State.OFFERED)
        window.keep()
    wall, own, process = max(watchdog.gaps)
    print(
        json.dumps(
            {
                "shown_s": shown,
                "shown_cpu_s": cpu,
                "listed_s": listed,
                "first_ink_s": max(first_ink),
                "longest_gap_ms": 1000 * wall,
                "own_work_in_it_ms": 1000 * own,
                "programs_work_in_it_ms": 1000 * process,
                "longest_programs_work_ms": 1000 * max(all_ for _, _, all_ in watchdog.gaps),
                "longest_own_work_ms": 1000 * max(own for _, own, _ in watchdog.gaps),
                "gaps_over_50_ms": sum(wall > 0.05 for wall, _, _ in watchdog.gaps),
                "ticks": len(watchdog.gaps),
                "model_strokes": len(window.document.strokes) - rounds,
                "heavy": sorted({"tensorflow", "keras"} & set(sys.modules)),
            }
        ),
        flush=True,  # os._exit flushes nothing
    )
    window.worker.stop()
    os._exit(0)  # the window is not asked about its unsaved drawing


main(int(sys.argv[1]))
