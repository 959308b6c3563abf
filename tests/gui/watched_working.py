"""Runs the real window offscreen through everything but completing, and prints figures as JSON.

usage: python watched_working.py POINTS

POINTS: of the full paper that is saved, opened, exported and copied.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "gui")]

import numpy as np  # noqa: E402
from fakes import FakeDialogs  # noqa: E402
from hand import draw_with_mouse  # noqa: E402
from PySide6.QtCore import QSettings, Qt  # noqa: E402
from PySide6.QtGui import QColor, QGuiApplication, QImage  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from trainer import TRAINER  # noqa: E402
from watchdog import Watchdog, until  # noqa: E402

from gui import program  # noqa: E402
from gui.collector import Collector  # noqa: E402
from gui.files.autosave import Snapshot, write_snapshot  # noqa: E402
from gui.files.export import KINDS  # noqa: E402
from gui.models.worker import Worker  # noqa: E402
from gui.paper.ink import inks  # noqa: E402
from gui.settings import Settings  # noqa: E402
from gui.teaching.runs import Lesson  # noqa: E402
from gui.window.main_window import MainWindow  # noqa: E402
from gui.window.windows import AUTOSAVES, Windows  # noqa: E402
from sketchrnn import formats  # noqa: E402
from sketchrnn.sketch import Author, Sketch  # noqa: E402

DRAWINGS = 3_000
"""Of the data set that is looked through."""

STROKES = [
    [(330.0, 215.0), (540.0, 198.0), (640.0, 195.0), (610.0, 260.0)],
    [(480.0, 120.0), (482.0, 150.0), (480.0, 185.0)],
    [(400.0, 300.0), (405.0, 400.0), (380.0, 500.0)],
]


class Day:
    """One thing after another that people do with the program, each watched."""

    def __init__(self, points: int, folder: Path) -> None:
        self.points, self.folder = points, folder
        self.app = program.make_app()
        self.state = folder / "state"
        self.data_set, self.examples = _data_set(folder), _examples(folder)
        (self.state / AUTOSAVES).mkdir(parents=True)
        lost = Sketch(full_paper(points // 4))
        write_snapshot(self.state / AUTOSAVES / "left.autosave", Snapshot(tuple(inks(lost))))
        self.dialogs = FakeDialogs()
        settings = Settings(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
        settings.hint_seen = True
        self.windows = Windows(
            self.app,
            settings,
            lambda: Worker(program.find_models, program.load_model),
            self.state,
            lambda: self.dialogs,
            self.examples,
        )
        self.held: dict[str, tuple[float, float]] = {}

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Notes how long the event loop was held meanwhile: by this thread's own work, and by anything."""
        watchdog = Watchdog()
        self.rest(0.01)
        watchdog.gaps.clear()
        yield
        self.rest(0.05)
        watchdog.stop()
        own = max((own for _, own, _ in watchdog.gaps), default=0.0)
        wall = max((wall for wall, _, _ in watchdog.gaps), default=0.0)
        self.held[what] = 1000 * own, 1000 * wall

    def rest(self, seconds: float) -> None:
        ends = time.perf_counter() + seconds
        until(self.app, lambda: time.perf_counter() > ends)

    def until(self, done: Callable[[], bool]) -> None:
        until(self.app, done, 240)

    # --- what people do ------------------------------------------------------------------------

    def all_of_it(self) -> None:
        window = self.first_window()
        self.edit(window)
        self.files(window, "")
        with self.doing("a full paper comes"):
            window.document.clear()
            window.document.add(full_paper(self.points), Author.HUMAN)
            self.until(lambda: not window.canvas._kept.busy)
        self.files(window, ", full paper")
        self.others(window)
        for path in self.data_set:
            self.browse(path)
        self.collect()
        self.teach()

    def first_window(self) -> MainWindow:
        window = self.windows.open()
        window.resize(1600, 1000)
        self.until(lambda: window.bar.model is not None)
        with self.doing("recovery"):
            self.windows.begin(window, None)
            self.until(window.notice.isVisible)
            window.notice.answer("Bring It Back")
            self.until(lambda: bool(window.document.strokes) and not window.canvas._kept.busy)
        with self.doing("clearing"):
            window.clear()
        return window

    def edit(self, window: MainWindow) -> None:
        act = window.drawing.actions
        with self.doing("drawing"):
            for stroke in STROKES:
                draw_with_mouse(window.canvas, stroke)
        with self.doing("the strip"):
            act.strip.trigger()
        with self.doing("moving strokes about"):
            for action in (act.grid, act.select_all, act.duplicate, act.earlier, act.later):
                action.trigger()
                self.rest(0.02)
            for key in (Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Delete):
                QTest.keyClick(window.canvas, key)
                self.rest(0.01)
            for action in (act.eraser, act.rubber):
                action.trigger()
                draw_with_mouse(window.canvas, [(300.0, 150.0), (650.0, 260.0)])
                self.rest(0.01)
            while window.document.undo_stack.canUndo():
                window.undo()
                self.rest(0.01)
            while window.document.undo_stack.canRedo():
                window.redo()
                self.rest(0.01)
            window.undo()
            act.pen.trigger()
            act.strip.trigger()
        picture = QImage(1200, 900, QImage.Format.Format_RGB32)
        picture.fill(QColor("#88aacc"))
        picture.save(str(self.folder / "trace.png"))
        with self.doing("a picture to trace"):
            self.dialogs.open_path = self.folder / "trace.png"
            act.trace_open.trigger()
            self.rest(0.1)
            act.trace_remove.trigger()
        with self.doing("the palette"):
            window.help.palette.open()
            self.rest(0.05)
            window.help.palette.field.setText("mor")
            self.rest(0.05)
            window.help.palette.close()
        for what, show in (("the sheet", window.help.open_sheet), ("About", window.help.open_about)):
            with self.doing(what):
                sheet = show()
                self.rest(0.05)
                sheet.close()

    def files(self, window: MainWindow, which: str) -> None:
        path = self.folder / "drawing.svg"
        path.unlink(missing_ok=True)
        self.dialogs.save_path = path
        strokes = len(window.document.strokes)
        with self.doing(f"saving{which}"):
            window.actions_.save_as.trigger()
            self.until(lambda: path.exists() and not window.document.modified)
        for number, kind in enumerate(KINDS):
            self.dialogs.save_path = copy = self.folder / f"copy{number}{kind.suffix}"
            self.dialogs.kind = kind
            copy.unlink(missing_ok=True)
            with self.doing(f"exporting {kind.name}{which}"):
                window.actions_.export.trigger()
                self.until(copy.exists)
        with self.doing(f"copying{which}"):
            window.drawing.select_all()
            window.drawing.actions.copy.trigger()
        with self.doing(f"pasting{which}"):
            window.drawing.actions.paste.trigger()
            self.until(lambda: len(window.document.strokes) == 2 * strokes and not window.canvas._kept.busy)
        window.undo()
        self.until(lambda: not window.document.modified and not window.canvas._kept.busy)
        with self.doing(f"opening{which}"):
            window.filing.open_file(path)
            self.until(lambda: len(window.document.strokes) == strokes and not window.canvas._kept.busy)
        assert not self.dialogs.told, self.dialogs.told

    def others(self, window: MainWindow) -> None:
        with self.doing("a second window"):
            other = self.windows.open()
            self.until(lambda: other.bar.model is not None)
        with self.doing("dark, and light again"):
            for action in window.actions_.schemes.actions():
                action.trigger()
                self.rest(0.05)
        with self.doing("closing a window"):
            other.close()

    def browse(self, path: Path) -> None:
        with self.doing(f"a data set, {path.suffix}"):
            browser = self.windows.browse(path)
            self.until(lambda: not browser._reading)
            bar = browser.view.verticalScrollBar()
            for share in (0.3, 0.9, 0.5):
                bar.setValue(int(share * bar.maximum()))
                self.rest(0.2)
            browser.search.setText("three")
            self.until(lambda: browser.drawings.rowCount() < DRAWINGS)
            browser.search.setText("17")
            self.until(lambda: browser.drawings.rowCount() == 1)
            browser._on_activated(browser.drawings.index(0))
            self.rest(0.1)
            browser.close()

    def collect(self) -> None:
        with self.doing("the window to collect in"):
            window = self.windows.collect()
            self.rest(0.2)
        with self.doing("collecting"):
            window.label.setText("many")
            window.label.editingFinished.emit()
            self.until(lambda: window.examples is not None and len(window.examples) == 500)
            for number in range(4):
                draw_with_mouse(window.canvas, [(x + number, y) for x, y in STROKES[0]])
                self.rest(0.01)
                window.next()
                self.rest(0.01)
            window.redo_last()
            self.rest(0.01)
            window.next()
            self.rest(0.1)
        with self.doing("saving a data set"):
            window.save_to(self.folder / "many.npz")
            self.until((self.folder / "many.npz").exists)
        with self.doing("on to teaching"):
            window.train()
            self.until(lambda: self.windows._teach is not None)
            self.rest(0.2)
        window.close()

    def teach(self) -> None:
        script = self.folder / "trainer.py"
        script.write_text(TRAINER)
        real = Lesson.command
        Lesson.command = lambda lesson, resume: [str(script), *real(lesson, resume)[3:]]  # type: ignore[method-assign]
        window = self.windows.teach()
        self.until(lambda: bool(window._bases))
        with self.doing("teaching"):
            window.propose(self.data_set[0])
            window.start()
            self.until(lambda: window.run is not None and window.run.course.step > 50)
            window.stop()
            self.until(lambda: window.run is not None and window.run.course.ended)
            window.look()
            self.rest(0.2)
            window.close()


def full_paper(points: int, each: int = 100) -> list[np.ndarray]:
    """Strokes of so many points in all, wherever there is room."""
    random = np.random.default_rng(0)
    strokes = []
    for _ in range(points // each):
        walk = random.uniform((60, 60), (900, 660)) + np.cumsum(random.normal(0, 3.0, (each, 2)), axis=0)
        strokes.append(np.clip(walk, 2, (958, 718)).astype(np.float32))
    return strokes


def _data_set(folder: Path) -> list[Path]:
    """The same drawings of three things in two formats."""
    names = ("one", "two", "three")
    sketches = [Sketch(full_paper(60, 20), label=names[number % 3]) for number in range(DRAWINGS)]
    paths = [folder / "set.npz", folder / "set.ndjson"]
    formats.write(paths[0], sketches)
    formats.write(paths[1], sketches)
    return paths


def _examples(folder: Path) -> Path:
    """Where somebody has collected a good many already."""
    made = folder / "drawings"
    made.mkdir()
    random = np.random.default_rng(1)
    sketches = [
        Sketch([random.uniform(50, 900, (60, 2)) for _ in range(6)], label="many") for _ in range(500)
    ]
    formats.write(made / "many.ndjson", sketches)
    return made


def main(points: int) -> None:
    sys.setswitchinterval(program.SWITCH_INTERVAL)
    program.make_app()
    collector = Collector()
    collector.install()  # before there is a window, as the program does
    day = Day(points, Path(os.environ["WATCHED_SETTINGS"]).parent)
    day.all_of_it()
    print(
        json.dumps(
            {
                "held_own_ms": {what: own for what, (own, _) in day.held.items()},
                "held_ms": {what: wall for what, (_, wall) in day.held.items()},
                "heavy": sorted({"tensorflow", "keras"} & set(sys.modules)),
            }
        ),
        flush=True,  # os._exit flushes nothing
    )
    for window in day.windows.all:
        window.worker.stop()
    QGuiApplication.clipboard().clear()
    os._exit(0)


main(int(sys.argv[1]))
