"""The window at rest: how much processor and memory it takes, a model loaded and a drawing on the paper."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "gui")]

from _common import heading, row  # noqa: E402
from hand import draw_with_mouse  # noqa: E402
from PySide6.QtCore import QSettings, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from watchdog import until  # noqa: E402

from gui import program  # noqa: E402
from gui.completing.ending import State  # noqa: E402
from gui.models.worker import Worker  # noqa: E402
from gui.settings import Settings  # noqa: E402
from gui.window.windows import Windows  # noqa: E402

SECONDS = 10.0
SETTLED = 8.0
"""Seconds after which thumbnails and guesses are done."""

BODY = [(330.0, 215.0), (540.0, 198.0), (640.0, 195.0), (610.0, 260.0)]


def main() -> None:
    sys.setswitchinterval(program.SWITCH_INTERVAL)
    app = program.make_app()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        settings = Settings(QSettings(str(Path(folder) / "a.ini"), QSettings.Format.IniFormat))
        windows = Windows(
            app, settings, lambda: Worker(program.find_models, program.load_model), Path(folder)
        )
        window = windows.open()
        window.resize(1600, 1000)
        until(app, lambda: window.bar.model is not None)
        heading(f"1600x1000 offscreen; model `{window.bar.model.name if window.bar.model else None}`")
        row("memory of the window before its model is loaded", f"{resident():.0f} MB")
        window.actions_.suggest.setChecked(True)
        draw_with_mouse(window.canvas, BODY)
        window.actions_.complete.trigger()
        until(app, lambda: window.ending.state is State.OFFERED)
        window.keep()
        spin(app, SETTLED)
        row("memory with model, drawing, thumbnails and suggestions", f"{resident():.0f} MB", "250 MB")
        row("processor in rest", f"{100 * busy(app):.2f} %", "1 %")
        window.actions_.endings.trigger()
        until(app, lambda: window.completing.gallery.resting)
        row("processor in rest, a gallery open", f"{100 * busy(app):.2f} %", "1 %")
        row("memory then", f"{resident():.0f} MB", "250 MB")
        window.worker.stop()
        sys.stdout.flush()
        os._exit(0)


def spin(app: QApplication, seconds: float) -> None:
    """The program's own event loop, as a person who looks at the window lets it run."""
    QTimer.singleShot(round(1000 * seconds), lambda: app.exit(0))  # quit would ask about the drawing
    app.exec()


def busy(app: QApplication) -> float:
    """The share of one core that all threads took."""
    wall, work = time.perf_counter(), time.process_time()
    spin(app, SECONDS)
    return (time.process_time() - work) / (time.perf_counter() - wall)


def resident() -> float:
    """Megabytes of this process that are in memory."""
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise OSError("this system does not say how much memory a process has")


if __name__ == "__main__":
    main()
