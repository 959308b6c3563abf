"""A monkey with all the tools: what a person drew goes only where their own hand sent it, and comes back."""

from __future__ import annotations

import random

import numpy as np
import pytest
from events import SEEDS, Events
from fakes import SpiralModel
from hand import ERASER, draw_with_mouse, draw_with_pen, mouse, wheel
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from gui.window.main_window import MainWindow
from sketchrnn.sketch import Author

ENOUGH = 60
"""Strokes; more are not copied and pasted."""

NONE, SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class Monkey:
    """Deeds by chance, over and beside the paper."""

    def __init__(self, window: MainWindow, qtbot, seed: int) -> None:
        self.window, self.qtbot, self.chance = window, qtbot, random.Random(seed)
        self.canvas, self.drawing, self.act = window.canvas, window.drawing, window.drawing.actions
        self.edits = [
            *[self.draw] * 3,
            *[self.use_a_tool] * 2,
            self.use_the_other_end,
            self.drag_a_stroke,
            self.use_keys,
            self.reorder,
        ]
        """What may change a person's strokes, undone by as many steps as it took."""
        self.others = [
            *[self.look] * 2,
            self.push_with_space,
            self.ask_the_model,
            self.give_up_half_way,
            self.change_tools,
        ]
        """What must leave them alone."""

    def theirs(self) -> list[np.ndarray]:
        """The person's strokes."""
        return [ink.points for ink in self.window.document.strokes if ink.author is Author.HUMAN]

    # --- deeds ---------------------------------------------------------------------------------

    def draw(self) -> None:
        self.act.pen.trigger()
        before, chance = len(self.theirs()), self.chance
        points = [(min(max(x, 1), 959), min(max(y, 1), 719)) for x, y in self.way()]
        if chance.random() < 0.5:
            draw_with_mouse(self.canvas, points, chance.choice([NONE, NONE, SHIFT, SHIFT | CONTROL]))
        else:
            draw_with_pen(self.canvas, points, [chance.random() for _ in points])
        assert len(self.theirs()) == before + 1

    def use_a_tool(self) -> None:
        self.some_tool()
        draw_with_mouse(self.canvas, self.way(6), self.chance.choice([NONE, NONE, SHIFT, ALT]))

    def use_the_other_end(self) -> None:
        draw_with_pen(self.canvas, self.way(4), device=ERASER)

    def drag_a_stroke(self) -> None:
        self.act.select.trigger()
        strokes = self.window.document.strokes
        if strokes:
            start = tuple(self.chance.choice(strokes).points[0].tolist())
            way = [start, self.place(), self.place()]
            draw_with_mouse(self.canvas, way, self.chance.choice([NONE, SHIFT, ALT]))

    def use_keys(self) -> None:
        chance, key = self.chance, Qt.Key
        if chance.random() < 0.5:
            self.press(key.Key_A, CONTROL)
        few = len(self.window.document.strokes) < ENOUGH
        for _ in range(chance.randint(1, 4)):
            pressed = chance.choice(
                [
                    (chance.choice(ARROWS), chance.choice([NONE, SHIFT])),
                    (chance.choice(ARROWS[2:]), ALT),
                    (key.Key_D if few else key.Key_A, CONTROL),
                    (key.Key_Delete, NONE),
                    (chance.choice([key.Key_BracketLeft, key.Key_BracketRight]), NONE),
                    (key.Key_C, CONTROL),
                    (key.Key_X, CONTROL),
                    (key.Key_V if few else key.Key_A, CONTROL),
                ]
            )
            self.press(*pressed)

    def reorder(self) -> None:
        count = len(self.window.document.strokes)
        if count:
            self.drawing.reorder([self.chance.randrange(count)], self.chance.randint(0, count))

    def look(self) -> None:
        chance, canvas = self.chance, self.canvas
        chance.choice(
            [
                lambda: wheel(canvas, self.place(), chance.uniform(-3, 3), chance.choice([NONE, CONTROL])),
                lambda: wheel(canvas, self.place(), chance.uniform(-3, 3), SHIFT),
                lambda: draw_with_mouse(canvas, self.way(4), button=Qt.MouseButton.MiddleButton),
                canvas.fit,
                self.act.actual.trigger,
                self.act.grid.trigger,
                self.act.strip.trigger,
                lambda: self.window.resize(chance.randint(920, 1400), chance.randint(520, 900)),
                lambda: self.drawing.sliders.smoothing.slider.setValue(chance.randint(0, 100)),
                lambda: self.drawing.trace.put(QImage(20, 20, QImage.Format.Format_RGB32)),
                self.drawing.trace.remove,
            ]
        )()

    def push_with_space(self) -> None:
        QTest.keyPress(self.canvas, Qt.Key.Key_Space)
        draw_with_mouse(self.canvas, self.way(3))
        QTest.keyRelease(self.canvas, Qt.Key.Key_Space)

    def ask_the_model(self) -> None:
        keys = [Qt.Key.Key_Space, Qt.Key.Key_N, Qt.Key.Key_Return, Qt.Key.Key_Escape]
        self.press(self.chance.choice(keys))
        self.qtbot.wait(self.chance.randint(0, 20))

    def give_up_half_way(self) -> None:
        self.some_tool()
        mouse(self.canvas, QEvent.Type.MouseButtonPress, self.place())
        mouse(self.canvas, QEvent.Type.MouseMove, self.place())
        self.press(Qt.Key.Key_Escape)
        mouse(self.canvas, QEvent.Type.MouseButtonRelease, self.place())

    def change_tools(self) -> None:
        self.chance.choice(self.act.tools.actions()).trigger()

    # --- with what -----------------------------------------------------------------------------

    def some_tool(self) -> None:
        act = self.act
        self.chance.choice([act.eraser, act.rubber, act.select, act.lasso]).trigger()

    def place(self) -> tuple[float, float]:
        return self.chance.uniform(-20, 980), self.chance.uniform(-20, 740)

    def way(self, longest: int = 14) -> list[tuple[float, float]]:
        return [self.place() for _ in range(self.chance.randint(1, longest))]

    def press(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.canvas, key, keys)


def same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_but_by_the_persons_own_hand_and_undo_brings_it_back(open_window, qtbot, seed):
    window = open_window({"a": SpiralModel(2, 12), "b": SpiralModel(3, 3)})
    window.canvas.setFocus()
    events = Events(window.canvas)
    monkey, stack = Monkey(window, qtbot, seed), window.document.undo_stack
    theirs, chance = monkey.theirs, monkey.chance
    while not events.enough:
        before, index = theirs(), stack.index()
        deed = chance.choice([*monkey.edits, *monkey.others])
        deed()
        if deed in monkey.others:
            assert same(theirs(), before), deed.__name__
        elif chance.random() < 0.4:
            window.ending.discard()
            after, end = theirs(), stack.index()
            while stack.index() > index:
                stack.undo()
            if not stack.text(index - 1).startswith("Move"):  # else nudges may have gone on in that step
                assert same(theirs(), before), deed.__name__
            while stack.index() < end:
                stack.redo()
            assert same(theirs(), after), deed.__name__
    window.ending.discard()
    last, end = theirs(), stack.index()
    while stack.canUndo():
        stack.undo()
    assert window.document.strokes == ()
    while stack.index() < end:
        stack.redo()
    assert same(theirs(), last)
