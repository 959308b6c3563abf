"""A monkey in the other windows: the collector, the one that teaches, and browsers of data sets."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from events import EACH, SEEDS
from fakes import FakeDialogs, FakeInfo, SpiralModel
from hand import draw_with_mouse, draw_with_pen, mouse, wheel
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QSlider,
    QWidget,
)
from trainer import TRAINER

from gui.dataset.collect import Collect
from gui.models.worker import Worker
from gui.teaching.runs import Lesson, Run
from gui.window.windows import Windows
from sketchrnn import formats
from sketchrnn.sketch import Sketch

LABELS = ("cat", "dog", "two words")
WORDS = ("c", "at", "dog", "7", "0.5", "zebra", " ", "x/y", "(a)", "-3", "nothing of the kind")
KEYS = [
    Qt.Key.Key_Return,
    Qt.Key.Key_Space,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Escape,
    Qt.Key.Key_A,
]
NONE, SHIFT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class Loaded(SpiralModel):
    def complete(self, half, **options):
        return half


@pytest.fixture
def program(qtbot, qapp, settings, tmp_path, monkeypatch):
    """All windows, with a trainer that does not train, and file dialogs that answer at once."""
    script = tmp_path / "trainer.py"
    script.write_text(TRAINER)
    real, begin, begun = Lesson.command, Run.begin, []
    monkeypatch.setattr(Lesson, "command", lambda lesson, resume: [str(script), *real(lesson, resume)[3:]])
    monkeypatch.setattr(Run, "begin", lambda run, resume=False: (begun.append(run), begin(run, resume))[1])
    monkeypatch.setattr("sketchrnn.store.user_folder", lambda: tmp_path / "models")
    data = tmp_path / "data.ndjson"
    formats.write(data, [Sketch([[(0, 0), (n, 50)]], label=LABELS[n % 3]) for n in range(60)])
    answers = [(str(data), ""), ("", ""), (str(tmp_path / "saved.npz"), "")]
    for question in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, question, lambda *_, **__: random.choice(answers))
    settings.collected = LABELS[0]
    infos = [FakeInfo("a", Path("a")), FakeInfo("b", Path("b"))]
    made = Windows(
        qapp,
        settings,
        lambda: Worker(lambda: infos, lambda path: Loaded()),
        tmp_path / "state",
        FakeDialogs,
        tmp_path / "examples",
    )
    made.open()
    yield made
    for window in made.all:
        window.document.undo_stack.setClean()
        window.close()
    made.end()
    for run in begun:
        if run.alive:
            os.kill(run.course.pid, signal.SIGKILL)
    qtbot.wait(1)


class Monkey:
    """Uses whatever a window shows, at random; counts the pointers' and keys' events that it makes."""

    def __init__(self, windows: Windows, qtbot, seed: int, folder: Path) -> None:
        self.windows, self.qtbot, self.chance = windows, qtbot, random.Random(seed)
        self.folder = folder
        self.count = 0
        self.expected: list[tuple[float, float]] = []
        """Where the strokes began that were drawn in the collector, and not undone."""

    # --- the collector ---------------------------------------------------------------------------

    @property
    def collect(self) -> Collect:
        return self.windows.collect()

    def strokes(self) -> list[tuple[float, float]]:
        """Where all strokes begin that are in a file, on the paper, or wait to be finished."""
        window = self.windows._collect
        sketches: list[Sketch] = []
        self.windows.background.finish()
        if window is not None:
            sketches += [window.document.sketch, *window._begun]
        for path in (self.folder / "examples").glob("*.ndjson"):
            sketches += formats.read(path)
        return sorted(tuple(stroke[0].tolist()) for sketch in sketches for stroke in sketch.strokes)

    def draw(self) -> None:
        window, chance = self.collect, self.chance
        for _ in range(chance.randint(1, 3)):
            places = [(chance.uniform(1, 959), chance.uniform(1, 719)) for _ in range(chance.randint(1, 12))]
            if chance.random() < 0.6:
                draw_with_mouse(window.canvas, places, chance.choice([NONE, NONE, SHIFT]))
            else:
                draw_with_pen(window.canvas, places, [chance.random() for _ in places])
            self.expected.append(tuple(window.document.strokes[-1].points[0].tolist()))
            self.count += len(places) + 2

    def half_a_stroke(self) -> None:
        """A key, or the end of the window, in the middle of a stroke."""
        window, chance = self.collect, self.chance
        start = (chance.uniform(1, 959), chance.uniform(1, 719))
        mouse(window.canvas, QEvent.Type.MouseButtonPress, start)
        if chance.random() < 0.2:
            self.expected.append(start)
            window.close()
        else:
            self.press(window.canvas, chance.choice([key for key in KEYS if key != Qt.Key.Key_Escape]))
            mouse(window.canvas, QEvent.Type.MouseButtonRelease, (chance.uniform(1, 959), 300.0))
            self.expected.append(tuple(window.document.strokes[-1].points[0].tolist()))
        self.count += 2

    def next_or_back(self) -> None:
        for _ in range(self.chance.randint(1, 4)):
            key = self.chance.choice([Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Backspace])
            self.press(self.collect.canvas, key)

    def undo_and_redo(self) -> None:
        """What undo takes away is not lost: redo would bring it back."""
        window = self.collect
        for _ in range(self.chance.randint(1, 3)):
            before = {id(ink.points): ink for ink in window.document.strokes}
            keys = CONTROL if self.chance.random() < 0.6 else CONTROL | SHIFT
            self.press(window.canvas, Qt.Key.Key_Z, keys)
            after = {id(ink.points): ink for ink in window.document.strokes}
            for gone in before.keys() - after.keys():
                self.expected.remove(tuple(before[gone].points[0].tolist()))
            for came in after.keys() - before.keys():
                self.expected.append(tuple(after[came].points[0].tolist()))

    def another_label(self) -> None:
        window = self.collect
        window.label.setText(self.chance.choice(LABELS))
        self.press(window.label, Qt.Key.Key_Return)

    def look(self) -> None:
        window, chance = self.collect, self.chance
        wheel(window.canvas, (300.0, 300.0), chance.uniform(-3, 3), chance.choice([NONE, CONTROL]))
        window.resize(chance.randint(700, 1300), chance.randint(500, 900))
        self.count += 1

    def press_a_button(self) -> None:
        names = ["Redo Last", "Save as Data Set…", "Next"]
        self.click(self.collect._buttons[self.chance.choice(names)])

    def go_and_come_back(self) -> None:
        self.collect.close()

    # --- anything that a window shows ------------------------------------------------------------

    def use(self, window: QWidget) -> None:
        """One of its widgets, in the way that it is used."""
        chance = self.chance
        kinds = (QAbstractButton, QLineEdit, QSlider, QAbstractItemView, QComboBox, QAbstractSpinBox)
        found = [
            widget for kind in kinds for widget in window.findChildren(kind) if widget.isVisibleTo(window)
        ]
        if not found:
            return
        widget = chance.choice(found)
        if isinstance(widget, QAbstractButton):
            self.click(widget)
        elif isinstance(widget, QComboBox):
            widget.setCurrentIndex(chance.randrange(max(widget.count(), 1)))
        elif isinstance(widget, QLineEdit | QAbstractSpinBox):
            QTest.keyClicks(widget, chance.choice(WORDS))
            self.press(widget, chance.choice(KEYS))
        elif isinstance(widget, QAbstractItemView):
            place = QPoint(chance.randint(0, widget.width()), chance.randint(0, widget.height()))
            double = chance.random() < 0.3
            (QTest.mouseDClick if double else QTest.mouseClick)(
                widget.viewport(), Qt.MouseButton.LeftButton, chance.choice([NONE, CONTROL, SHIFT]), place
            )
            self.count += 2
        self.press(window, chance.choice(KEYS))

    def teach(self) -> None:
        teach = self.windows.teach()
        self.use(teach)
        if self.chance.random() < 0.2:
            teach.look()
        if self.chance.random() < 0.1:
            teach.close()

    def train_on_these(self) -> None:
        if self.collect.examples is not None:
            self.collect.train()
            self.windows.background.finish()

    def browse(self) -> None:
        browsers = self.windows._browsers
        if len(browsers) < 2:
            self.windows.browse(self.folder / "data.ndjson")
        browser = self.chance.choice(self.windows._browsers)
        for _ in range(self.chance.randint(1, 4)):
            if browser in self.windows._browsers:
                self.use(browser)

    def change_colours(self) -> None:
        self.chance.choice(self.windows.all[0].actions_.schemes.actions()).trigger()

    # --- with what -------------------------------------------------------------------------------

    def press(self, widget: QWidget, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(widget, key, keys)
        self.count += 2

    def click(self, button: QAbstractButton) -> None:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.count += 2

    def deeds(self) -> Sequence[Callable[[], None]]:
        collecting = [*[self.draw] * 3, self.half_a_stroke, *[self.next_or_back] * 2, self.undo_and_redo]
        collecting += [self.another_label, self.look, self.press_a_button, self.go_and_come_back]
        return [*collecting, self.teach, self.teach, self.train_on_these, self.browse, self.change_colours]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_error_and_no_drawing_lost(program, qtbot, tmp_path, seed):
    random.seed(seed)
    monkey = Monkey(program, qtbot, seed, tmp_path)
    deeds = monkey.deeds()
    checked = 0
    while monkey.count < EACH:
        deed = monkey.chance.choice(deeds)
        deed()
        qtbot.wait(monkey.chance.randint(0, 3))
        if monkey.count // 50 > checked:
            checked = monkey.count // 50
            there = monkey.strokes()
            assert len(there) == len(monkey.expected), deed.__name__
    if program._collect is not None:
        program._collect.close()
    there, expected = monkey.strokes(), sorted(monkey.expected)
    assert len(there) == len(expected)
    np.testing.assert_allclose(np.array(there), np.array(expected), atol=1.0)
    QApplication.processEvents()
