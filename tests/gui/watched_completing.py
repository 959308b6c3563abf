"""Runs the real window offscreen through all that may be asked of a model, and prints figures as JSON.

usage: python watched_completing.py ROUNDS
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "gui")]

from hand import draw_with_mouse  # noqa: E402
from PySide6.QtCore import QEvent, QObject, QSettings  # noqa: E402
from watchdog import Watchdog, until  # noqa: E402

from gui import program  # noqa: E402
from gui.collector import Collector  # noqa: E402
from gui.models.worker import Worker  # noqa: E402
from gui.settings import Settings  # noqa: E402
from gui.window.windows import make_window  # noqa: E402

STROKES = [
    [(330.0, 215.0), (540.0, 198.0), (640.0, 195.0), (610.0, 260.0)],
    [(480.0, 120.0), (482.0, 150.0), (480.0, 185.0)],
    [(400.0, 300.0), (405.0, 400.0), (380.0, 500.0)],
]


class Frames(QObject):
    """When a widget was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.Paint:
            self.times.append(time.perf_counter())
        return False


def main(rounds: int) -> None:
    sys.setswitchinterval(program.SWITCH_INTERVAL)
    app = program.make_app()
    collector = Collector()
    collector.install()
    settings = Settings(QSettings(os.environ["WATCHED_SETTINGS"], QSettings.Format.IniFormat))
    window = make_window(app, Worker(program.find_models, program.load_model), settings)
    window.resize(1600, 1000)
    window.show()
    until(app, lambda: window.bar.model is not None)
    completing = window.completing
    window.actions_.suggest.setChecked(True)
    window.actions_.show_size.setChecked(True)
    draw_with_mouse(window.canvas, STROKES[0])
    until(app, lambda: completing.ghost.visible)  # the model is loaded
    window.clear()
    watchdog = Watchdog()

    ghost, ghost_cpu = [], []
    for number in range(rounds):
        for stroke in STROKES:
            draw_with_mouse(window.canvas, stroke)
            lifted, before = time.perf_counter(), time.process_time()
            until(app, lambda: completing.ghost.visible)
            ghost.append(time.perf_counter() - lifted)
            ghost_cpu.append(time.process_time() - before)
        if number < rounds - 1:
            window.clear()

    frames = Frames()
    tiles = completing.gallery.tiles
    tiles.installEventFilter(frames)
    spans, cpu = [], 0.0
    for _ in range(rounds):
        window.actions_.endings.trigger()
        until(app, lambda: any(tile.drawn for tile in tiles.tiles))
        tiles._hover(4)
        frames.times.clear()
        before = time.thread_time()
        until(app, lambda: completing.gallery.resting)
        cpu += time.thread_time() - before
        spans += [b - a for a, b in zip(frames.times, frames.times[1:], strict=False)]
    shown = len(spans) / sum(spans)

    if window.actions_.redraw.isEnabled():
        window.actions_.redraw.trigger()
        until(app, lambda: completing.gallery.resting)
        window.actions_.morph.trigger()
        until(app, lambda: completing.morph.complete)
        completing.morph.play()
        until(app, lambda: completing.morph._slider.value() > 20)
    wall, own, _ = max(watchdog.gaps)
    print(
        json.dumps(
            {
                "model": window.bar.model.name if window.bar.model is not None else None,
                "ghost_median_ms": 1000 * statistics.median(ghost),
                "ghost_max_ms": 1000 * max(ghost),
                "ghost_cpu_median_ms": 1000 * statistics.median(ghost_cpu),
                "frame_cpu_ms": 1000 * cpu / len(spans),
                "frames_per_second": shown,
                "frames": len(spans),
                "slowest_frame_ms": 1000 * max(spans),
                "frame_95_ms": 1000 * sorted(spans)[int(0.95 * len(spans))],
                "longest_gap_ms": 1000 * wall,
                "own_work_in_it_ms": 1000 * own,
                "longest_own_work_ms": 1000 * max(own for _, own, _ in watchdog.gaps),
                "gaps_over_50_ms": sum(wall > 0.05 for wall, _, _ in watchdog.gaps),
                "ticks": len(watchdog.gaps),
                "heavy": sorted({"tensorflow", "keras"} & set(sys.modules)),
            }
        ),
        flush=True,  # os._exit flushes nothing
    )
    window.worker.stop()
    os._exit(0)  # the window is not asked about its unsaved drawing


main(int(sys.argv[1]))
