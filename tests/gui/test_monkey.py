"""A monkey at the keyboard: random events by the thousand, and no stroke of a person's gets lost.

MONKEY_EVENTS=20000 python -m pytest tests/gui/test_monkey.py tests/gui/test_monkey_tools.py
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import numpy as np
import pytest
from events import SEEDS, Events
from fakes import FakeInfo, LatentModel, SpiralModel
from hand import draw_with_mouse, mouse
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest

from sketchrnn.sketch import Author, Sketch

KEYS = [Qt.Key.Key_Space] * 5 + [Qt.Key.Key_N, Qt.Key.Key_Return, Qt.Key.Key_Escape]


class Satisfied(LatentModel):
    """Takes every drawing for finished."""

    def end_probability(self, half: Sketch, **options: object) -> float:
        return 1.0


@pytest.mark.parametrize("seed", SEEDS)
def test_no_error_and_no_lost_stroke(open_window, qtbot, seed):
    chance = random.Random(seed)
    window = open_window(
        {"a": SpiralModel(2, 20), "b": Satisfied(5, 3), "c": SpiralModel(2, 9, fails_at=4)},
        [FakeInfo(name, Path(name), conditional=name == "b") for name in "abc"],
    )
    window.canvas.setFocus()
    events = Events(window.canvas)
    mine: list[np.ndarray] = []  # every stroke of the person, in the order of the undo stack
    undone: list[np.ndarray] = []

    def draw() -> None:
        points = [(chance.uniform(5, 950), chance.uniform(5, 700)) for _ in range(chance.randint(1, 30))]
        draw_with_mouse(window.canvas, points)
        mine.append(np.array(points, np.float32))
        undone.clear()

    def half_a_stroke() -> None:
        start, end = (chance.uniform(5, 900), 300.0), (chance.uniform(5, 900), 500.0)
        mouse(window.canvas, QEvent.Type.MouseButtonPress, start)
        press(chance.choice(KEYS))
        mouse(window.canvas, QEvent.Type.MouseButtonRelease, end)
        mine.append(np.array([start, end], np.float32))
        undone.clear()

    def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(window.canvas, key, modifier)

    def keys() -> None:
        for _ in range(chance.randint(1, 4)):
            press(chance.choice(KEYS))

    def undo_and_redo() -> None:
        before = theirs()
        press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        if len(theirs()) < len(before):
            press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)

    def choose() -> None:
        index = chance.randrange(3)
        window.bar._model_box.setCurrentIndex(index)
        window.bar._model_box.activated.emit(index)

    def theirs() -> list[np.ndarray]:
        return [ink.points for ink in window.document.strokes if ink.author is Author.HUMAN]

    deeds = [
        draw,
        half_a_stroke,
        keys,
        keys,
        undo_and_redo,
        choose,
        lambda: qtbot.wait(chance.randint(0, 25)),
    ]
    deeds.append(lambda: window.resize(chance.randint(920, 1400), chance.randint(520, 900)))
    deeds.append(window.actions_.authors.toggle)
    act = window.actions_
    asked = [act.endings, act.more_like, act.more_different, act.go_on, act.repeat, act.again_wilder]
    asked += [act.again_calmer, act.take_suggestion, act.take_one_stroke, act.morph, act.redraw]

    def ask() -> None:
        chance.choice(asked).trigger()
        if window.completing.gallery.open:
            window.completing.gallery.tiles._hover(chance.randint(-1, 8))

    deeds += [ask, ask, act.suggest.toggle, act.show_size.toggle]
    deeds.append(lambda: chance.choice(act.speeds.actions()).trigger())
    while not events.enough:
        chance.choice(deeds)()
        assert len(theirs()) == len(mine)
    window.ending.discard()
    for seen, drawn in zip(theirs(), mine, strict=True):
        np.testing.assert_allclose(seen, drawn, atol=0.5)
    assert sys.getrefcount(None) > 1000
