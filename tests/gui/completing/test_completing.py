"""Completing: suggestions while drawing, drawing on, repeating, and the speed of the model's pen."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from eye import authors, picture
from fakes import SpiralModel
from hand import draw_with_mouse, mouse, press
from PySide6.QtCore import QEvent, Qt

from gui.completing.ending import State
from gui.models.pen import Pen, PenSpeed
from gui.words import SUGGESTED
from sketchrnn.sketch import Author

LINE = [(100.0, 100.0), (200.0, 150.0), (300.0, 100.0)]
OTHER = [(500.0, 500.0), (600.0, 550.0)]
LONG = 20_000


@pytest.fixture
def suggesting(window, qtbot):
    window.canvas.setFocus()
    window.actions_.suggest.trigger()
    draw_with_mouse(window.canvas, LINE)
    qtbot.waitUntil(lambda: len(window.completing.ghost.strokes) == 3, timeout=LONG)
    return window


# --- ghost ink -------------------------------------------------------------------------------------


def test_without_being_asked_nobody_suggests(window, qtbot):
    draw_with_mouse(window.canvas, LINE)
    qtbot.wait(50)
    assert not window.completing.ghost.visible
    assert not window.actions_.take_suggestion.isEnabled()


def test_a_suggestion_is_pale_ink_that_is_not_in_the_drawing(suggesting):
    assert authors(suggesting) == [Author.HUMAN]
    assert suggesting.caption.text() == SUGGESTED
    with_it = picture(suggesting)
    suggesting.completing.ghost.dismiss()
    assert picture(suggesting) != with_it


def test_tab_takes_all_of_it_in_one_step(suggesting):
    seen = suggesting.completing.ghost.strokes
    press(suggesting, Qt.Key.Key_Tab)
    assert authors(suggesting) == [Author.HUMAN, *[Author.MODEL] * 3]
    for ink, stroke in zip(suggesting.document.strokes[1:], seen, strict=True):
        np.testing.assert_array_equal(ink.points, stroke)
    assert not suggesting.completing.ghost.visible
    suggesting.undo()
    assert authors(suggesting) == [Author.HUMAN]


def test_right_takes_one_stroke_and_leaves_the_others(suggesting):
    seen = suggesting.completing.ghost.strokes
    press(suggesting, Qt.Key.Key_Right)
    assert authors(suggesting) == [Author.HUMAN, Author.MODEL]
    np.testing.assert_array_equal(suggesting.document.strokes[1].points, seen[0])
    assert len(suggesting.completing.ghost.strokes) == 2
    press(suggesting, Qt.Key.Key_Right)
    press(suggesting, Qt.Key.Key_Tab)
    assert authors(suggesting) == [Author.HUMAN, *[Author.MODEL] * 3]


def test_esc_dismisses_it(suggesting):
    press(suggesting, Qt.Key.Key_Escape)
    assert not suggesting.completing.ghost.visible and authors(suggesting) == [Author.HUMAN]


def test_drawing_on_dismisses_it_at_once_and_asks_again(suggesting, qtbot):
    mouse(suggesting.canvas, QEvent.Type.MouseButtonPress, OTHER[0])
    assert not suggesting.completing.ghost.visible
    mouse(suggesting.canvas, QEvent.Type.MouseButtonRelease, OTHER[1])
    qtbot.waitUntil(lambda: suggesting.completing.ghost.visible, timeout=LONG)
    assert authors(suggesting) == [Author.HUMAN] * 2
    assert len(suggesting.completing.ghost.wish.half) == 2


def test_undo_takes_the_suggestion_for_what_is_gone_away(suggesting):
    suggesting.undo()
    assert not suggesting.completing.ghost.visible and authors(suggesting) == []


def test_space_draws_the_ending_that_was_suggested(suggesting, qtbot):
    seed = suggesting.completing.ghost.wish.seed
    press(suggesting, Qt.Key.Key_Space)
    assert not suggesting.completing.ghost.visible
    assert suggesting.ending.wish.seed == seed
    qtbot.waitUntil(lambda: suggesting.ending.state is State.OFFERED, timeout=LONG)


def test_after_a_stroke_of_it_was_taken_space_asks_for_another(suggesting):
    press(suggesting, Qt.Key.Key_Right)
    assert suggesting.completing.ghost.wish is None
    press(suggesting, Qt.Key.Key_Space)
    assert len(suggesting.ending.wish.half) == 2


def test_tab_moves_the_focus_where_nothing_is_suggested(suggesting):
    suggesting.completing.ghost.dismiss()
    press(suggesting, Qt.Key.Key_Tab)
    assert not suggesting.canvas.hasFocus()


def test_the_pen_never_waits_for_a_suggestion(open_window, qtbot):
    window = open_window({"slow": SpiralModel(delay=0.3)})
    window.actions_.suggest.trigger()
    for number in range(20):  # each would take the model 0.3 s
        draw_with_mouse(window.canvas, [(100, 30 * number + 10), (300, 30 * number + 20)])
        assert len(window.document.strokes) == number + 1
    qtbot.waitUntil(lambda: window.completing.ghost.visible, timeout=LONG)
    assert len(window.completing.ghost.wish.half) == 20
    assert len(window.worker._loaded[2].halves) < 20


def test_a_model_that_fails_suggests_nothing_and_says_nothing(open_window, qtbot):
    window = open_window({"broken": SpiralModel(fails_at=0)})
    window.actions_.suggest.trigger()
    draw_with_mouse(window.canvas, LINE)
    qtbot.waitUntil(
        lambda: window.completing.ghost.wish is not None and not window.completing.ghost._timer.isActive()
    )
    assert not window.completing.ghost.visible and window.dialogs.told == []


def test_suggesting_and_speed_are_remembered(open_window, settings):
    first = open_window()
    first.actions_.suggest.trigger()
    first.actions_.speeds.actions()[-1].trigger()
    second = open_window()
    assert second.actions_.suggest.isChecked() and settings.suggests
    assert second.ending.speed is PenSpeed.INSTANT
    assert second.actions_.speeds.checkedAction().data() == "INSTANT"


# --- drawing on, repeating -------------------------------------------------------------------------


def test_keep_going_keeps_what_is_there_and_draws_on(window, qtbot):
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: window.ending.state is State.OFFERED, timeout=LONG)
    press(window, Qt.Key.Key_G)
    assert authors(window) == [Author.HUMAN, Author.MODEL]
    assert len(window.ending.wish.half) == 2 and not window.ending.wish.one_stroke
    qtbot.waitUntil(lambda: window.ending.state is State.OFFERED, timeout=LONG)


def test_a_key_repeats_the_ending_at_another_temperature(window, qtbot):
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.ending.state is State.OFFERED, timeout=LONG)
    first = window.ending.wish
    press(window, Qt.Key.Key_Period)
    second = window.ending.wish
    assert second.temperature == pytest.approx(first.temperature + 0.1)
    assert second.half == first.half
    assert dataclasses.replace(second, temperature=first.temperature, half=first.half) == first
    press(window, Qt.Key.Key_Comma)
    press(window, Qt.Key.Key_Comma)
    assert window.ending.wish.temperature == pytest.approx(first.temperature - 0.1)
    assert window.ending.wish.seed == first.seed


def test_repeating_replaces_what_was_just_kept_and_nothing_else(window, qtbot):
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.ending.state is State.OFFERED, timeout=LONG)
    press(window, Qt.Key.Key_Return)
    assert len(window.document.strokes) == 4
    press(window, Qt.Key.Key_R)
    assert authors(window) == [Author.HUMAN] and window.ending.at_work
    press(window, Qt.Key.Key_Space)
    press(window, Qt.Key.Key_Return)
    draw_with_mouse(window.canvas, OTHER)
    before = authors(window)
    press(window, Qt.Key.Key_R)
    assert authors(window) == before


def test_there_is_nothing_to_repeat_before_the_first_ending(window):
    assert not window.actions_.repeat.isEnabled()


# --- speed -----------------------------------------------------------------------------------------


def test_a_slow_pen_gets_less_far_and_an_instant_one_arrives(window):
    points = list(SpiralModel(1, 200).ink(None, seed=1))
    reached = {}
    for speed in PenSpeed:
        pen = Pen()
        pen.feed(points)
        reached[speed] = len(pen.advance(0.3 * speed.value))
    assert 0 < reached[PenSpeed.SLOW] < reached[PenSpeed.CALM] < reached[PenSpeed.QUICK] < 200
    assert reached[PenSpeed.INSTANT] == 200


def test_an_instant_ending_is_whole_within_frames(open_window, qtbot):
    window = open_window({"long": SpiralModel(40, 60)})
    window.actions_.speeds.actions()[-1].trigger()
    press(window, Qt.Key.Key_Space)
    frames = []
    window.ending.tip_moved.connect(lambda *_: frames.append(1))
    qtbot.waitUntil(lambda: window.ending.state is State.OFFERED, timeout=LONG)
    assert len(window.ending.strokes) == 40
    assert len(frames) < 100  # at the speed of a hand these would be thousands
