"""How long ink takes from the pen to the paper, and what else one waits for there, with 100,000 points drawn.

Offscreen, through the real window and its event loop: a pointer event goes in, the painted window comes out.
Run with a number to measure at that scaling of the screen, as `canvas.py 2`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

SCALING = sys.argv[1] if len(sys.argv) > 1 else "1"
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_SCALE_FACTOR"] = SCALING
ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "gui")]

import numpy as np  # noqa: E402
from _common import row  # noqa: E402
from fakes import FakeDialogs  # noqa: E402
from hand import mouse, pen, wheel  # noqa: E402
from PySide6.QtCore import QEvent, QSettings, Qt  # noqa: E402

from gui import program  # noqa: E402
from gui.models.worker import Worker  # noqa: E402
from gui.settings import Settings  # noqa: E402
from gui.window.main_window import MainWindow  # noqa: E402
from gui.window.windows import make_window  # noqa: E402
from sketchrnn.sketch import Author  # noqa: E402

POINTS, STROKES = 100_000, 1_000
MOVES = 600

Times = list[tuple[float, float]]
"""Of each event: seconds on the clock, and of this thread's own work."""


def main() -> None:
    app = program.make_app()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(QSettings(str(Path(folder) / "a.ini"), QSettings.Format.IniFormat))
        window = make_window(app, Worker(lambda: [], program.load_model), settings, FakeDialogs())
        window.resize(1600, 1000)
        window.show()
        print(
            f"a window of 1600 x 1000 at {SCALING} x; {POINTS:,} points in {STROKES:,} strokes on the paper"
        )
        print(f"  {'milliseconds':<44} {'median':>8} {'99 %':>8} {'most':>8}   {'own work: 99 %':>14}")
        started = time.thread_time()
        window.document.add(list(full_paper()), Author.HUMAN)
        finish(app, window)
        opened = time.thread_time() - started

        canvas, drawing = window.canvas, window.drawing
        inked = strokes_of(app, window, mouse)
        report("pen to ink, all of the paper", inked)
        report("pen to ink, with a pen's pressure", strokes_of(app, window, pen_move))
        drawing.sliders.smoothing.slider.setValue(50)
        report("pen to ink, steadied", strokes_of(app, window, mouse))
        drawing.sliders.smoothing.slider.setValue(0)
        drawing.actions.strip.trigger()
        report("pen to ink, the strip open", strokes_of(app, window, mouse))
        report("lifting the pen, the strip open", lifts_of(app, window))
        drawing.actions.strip.trigger()
        report("lifting the pen", lifts_of(app, window))
        canvas.zoom(6)
        finish(app, window)
        report("pen to ink, zoomed in", strokes_of(app, window, mouse))
        report("pushing the paper", pushes_of(app, window))
        canvas.fit()
        finish(app, window)
        report("one step of the wheel", wheel_of(app, window))
        canvas.fit()
        finish(app, window)
        for name, action in (("erasing", drawing.actions.eraser), ("rubbing", drawing.actions.rubber)):
            action.trigger()
            report(f"{name}, a move", moves_of(app, window, wander(200)))
            window.undo()
            finish(app, window)
        drawing.select_all()
        report("dragging all of it, a move", moves_of(app, window, [(480 + n, 360.0) for n in range(60)]))
        started = time.thread_time()
        canvas.zoom(1)
        finish(app, window)
        wall = 1e3 * np.percentile([wall for wall, _ in inked], 99)
        row("pen to ink with 100,000 points on the paper, 99th percentile", f"{wall:.1f} ms", "8 ms")
        print("  seconds of work, in slices")
        row("all of it anew after a step of zoom", f"{time.thread_time() - started:.2f}")
        row("all of it the first time", f"{opened:.2f}")
        window.worker.stop()
        sys.stdout.flush()
        os._exit(0)


def full_paper() -> Iterator[np.ndarray]:
    random = np.random.default_rng(0)
    each = POINTS // STROKES
    for _ in range(STROKES):
        walk = random.uniform((60, 60), (900, 660)) + np.cumsum(random.normal(0, 3.0, (each, 2)), axis=0)
        yield np.clip(walk, 2, (958, 718)).astype(np.float32)


def wander(count: int) -> list[tuple[float, float]]:
    """A hand's way over the middle of the paper."""
    steps = np.linspace(0, 7, count)
    return [(480 + 120 * np.sin(1.7 * s), 360 + 110 * np.sin(2.3 * s + 1)) for s in steps]


def pen_move(canvas, kind: QEvent.Type, point: tuple[float, float]) -> None:
    kinds = {
        QEvent.Type.MouseButtonPress: QEvent.Type.TabletPress,
        QEvent.Type.MouseMove: QEvent.Type.TabletMove,
        QEvent.Type.MouseButtonRelease: QEvent.Type.TabletRelease,
    }
    pen(canvas, kinds[kind], point, 0.2 + 0.6 * (point[0] % 50) / 50)


def timed(app, do: Callable[[], object]) -> tuple[float, float]:
    """One deed and all painting that follows from it."""
    wall, own = time.perf_counter(), time.thread_time()
    do()
    app.processEvents()
    return time.perf_counter() - wall, time.thread_time() - own


def strokes_of(app, window: MainWindow, move: Callable) -> Times:
    """Every movement of some strokes."""
    times: Times = []
    places = wander(MOVES)
    for begin in range(0, MOVES, 100):
        part = places[begin : begin + 100]
        move(window.canvas, QEvent.Type.MouseButtonPress, part[0])
        app.processEvents()
        times += [timed(app, lambda at=at: move(window.canvas, QEvent.Type.MouseMove, at)) for at in part[1:]]
        move(window.canvas, QEvent.Type.MouseButtonRelease, part[-1])
        app.processEvents()
        window.undo()
        finish(app, window)
    return times


def lifts_of(app, window: MainWindow) -> Times:
    times: Times = []
    places = wander(40)
    for at in places:
        mouse(window.canvas, QEvent.Type.MouseButtonPress, at)
        mouse(window.canvas, QEvent.Type.MouseMove, (at[0] + 30, at[1] + 5))
        app.processEvents()
        times.append(
            timed(
                app, lambda at=at: mouse(window.canvas, QEvent.Type.MouseButtonRelease, (at[0] + 30, at[1]))
            )
        )
    for _ in places:
        window.undo()
    finish(app, window)
    return times


def pushes_of(app, window: MainWindow) -> Times:
    times = [timed(app, lambda n=n: window.canvas.pan(7 * np.sin(n / 20), 5)) for n in range(60)]
    finish(app, window)
    return times


def wheel_of(app, window: MainWindow) -> Times:
    keys = Qt.KeyboardModifier.ControlModifier
    return [timed(app, lambda n=n: wheel(window.canvas, (480, 360), 1 - n % 2 * 2, keys)) for n in range(40)]


def moves_of(app, window: MainWindow, places: list[tuple[float, float]]) -> Times:
    mouse(window.canvas, QEvent.Type.MouseButtonPress, places[0])
    finish(app, window)
    times = [timed(app, lambda at=at: mouse(window.canvas, QEvent.Type.MouseMove, at)) for at in places[1:]]
    mouse(window.canvas, QEvent.Type.MouseButtonRelease, places[-1])
    finish(app, window)
    return times


def finish(app, window: MainWindow) -> None:
    """Until everything is painted."""
    app.processEvents()
    while window.canvas._kept.busy:
        app.processEvents()


def report(what: str, times: Times) -> None:
    wall, own = (1e3 * np.array(column) for column in zip(*times, strict=True))
    print(
        f"  {what:<44} {np.median(wall):8.1f} {np.percentile(wall, 99):8.1f} {wall.max():8.1f}"
        f"   {np.percentile(own, 99):14.1f}"
    )


if __name__ == "__main__":
    main()
