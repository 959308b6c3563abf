"""The window: what a person does with keys, mouse and menus, and what becomes of their drawing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from eye import authors
from fakes import FakeInfo, SpiralModel
from hand import draw_with_mouse, mouse, press
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from gui.completing.ending import State
from gui.files.dialogs import Answer
from gui.look.theme import DARK
from gui.words import HELLO, NO_MODELS
from sketchrnn.errors import ModelError
from sketchrnn.sketch import Author, Sketch

LINE = [(100.0, 100.0), (200.0, 150.0), (300.0, 100.0)]
OTHER = [(500.0, 500.0), (600.0, 550.0)]
LONG = 20_000


def wait_for(qtbot, window, *states):
    qtbot.waitUntil(lambda: window.ending.state in states, timeout=LONG)


def wait_for_ink(qtbot, window, points=5):
    qtbot.waitUntil(lambda: sum(map(len, window.ending.strokes)) >= points, timeout=LONG)


def said(window):
    return window.caption.text()


# --- the story -------------------------------------------------------------------------------------


def test_draw_complete_accept(window, qtbot):
    assert said(window) == HELLO
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Space)
    assert window.ending.state is State.WAITING
    wait_for(qtbot, window, State.DRAWING)
    qtbot.waitUntil(lambda: said(window) == "spiral is drawing… stroke 2", timeout=LONG)
    wait_for(qtbot, window, State.OFFERED)
    assert "Return keeps it" in said(window)
    assert authors(window) == [Author.HUMAN]
    press(window, Qt.Key.Key_Return)
    assert authors(window) == [Author.HUMAN, *[Author.MODEL] * 3]
    np.testing.assert_allclose(window.document.strokes[0].points, LINE, atol=1e-3)
    expected = SpiralModel().ink(Sketch(), seed=window.ending.wish.seed)
    np.testing.assert_allclose(
        np.concatenate([ink.points for ink in window.document.strokes[1:]]),
        [(point.x, point.y) for point in expected],
        atol=1e-3,
    )


def test_from_empty_paper_the_model_draws_something(window, qtbot):
    press(window, Qt.Key.Key_Space)
    wait_for(qtbot, window, State.OFFERED)
    press(window, Qt.Key.Key_Return)
    assert authors(window) == [Author.MODEL] * 3


def test_esc_takes_the_ink_away_at_any_time(window, qtbot):
    draw_with_mouse(window.canvas, LINE)
    for moment in (State.WAITING, State.DRAWING, State.OFFERED):
        press(window, Qt.Key.Key_Space)
        wait_for(qtbot, window, moment)
        press(window, Qt.Key.Key_Escape)
        assert window.ending.state is State.NONE and window.ending.strokes == []
        assert authors(window) == [Author.HUMAN]


def test_space_stops_a_moving_pen_and_what_it_drew_can_be_kept(window, qtbot):
    press(window, Qt.Key.Key_Space)
    wait_for_ink(qtbot, window)
    press(window, Qt.Key.Key_Space)
    assert window.ending.state is State.OFFERED and said(window).startswith("Stopped.")
    count = sum(map(len, window.ending.strokes))
    qtbot.wait(80)
    assert sum(map(len, window.ending.strokes)) == count
    press(window, Qt.Key.Key_Return)
    assert window.document.sketch.point_count == count


def test_space_after_an_ending_draws_another_one(open_window, qtbot):
    model = SpiralModel(1, 5)
    window = open_window({"spiral": model})
    draw_with_mouse(window.canvas, LINE)
    for _ in range(3):
        press(window, Qt.Key.Key_Space)
        wait_for(qtbot, window, State.OFFERED)
    assert len(set(model.seeds)) == 3
    assert all(len(half) == 1 for half in model.halves)
    press(window, Qt.Key.Key_Return)
    assert authors(window) == [Author.HUMAN, Author.MODEL]


def test_next_stroke_again_and_again(window, qtbot):
    draw_with_mouse(window.canvas, LINE)
    for _ in range(2):
        press(window, Qt.Key.Key_N)
        wait_for(qtbot, window, State.OFFERED)
        assert len(window.ending.strokes) == 1
    press(window, Qt.Key.Key_Return)
    assert authors(window) == [Author.HUMAN, Author.MODEL, Author.MODEL]


def test_drawing_while_the_model_draws_keeps_both(window, qtbot):
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Space)
    wait_for_ink(qtbot, window)
    draw_with_mouse(window.canvas, OTHER)
    assert window.ending.state is State.NONE
    assert authors(window)[0] is Author.HUMAN and authors(window)[-1] is Author.HUMAN
    assert Author.MODEL in authors(window)
    np.testing.assert_allclose(window.document.strokes[-1].points, OTHER, atol=1e-3)
    window.undo()
    assert authors(window)[-1] is Author.MODEL
    window.undo()
    assert authors(window) == [Author.HUMAN]
    window.redo()
    window.redo()
    np.testing.assert_allclose(window.document.strokes[-1].points, OTHER, atol=1e-3)


def test_undo_first_takes_away_what_nobody_accepted(window, qtbot):
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Space)
    wait_for_ink(qtbot, window)
    window.actions_.undo.trigger()
    assert window.ending.state is State.NONE and authors(window) == [Author.HUMAN]
    window.actions_.undo.trigger()
    assert authors(window) == []
    assert said(window) == HELLO


def test_resizing_the_window_leaves_the_drawing_alone(window, qtbot):
    draw_with_mouse(window.canvas, LINE)
    before = window.document.strokes[0].points.copy()
    for size in ((1600, 1000), (930, 540), (1024, 700)):
        window.resize(*size)
        qtbot.wait(20)
    assert np.array_equal(window.document.strokes[0].points, before)
    draw_with_mouse(window.canvas, LINE)
    np.testing.assert_allclose(window.document.strokes[1].points, before, atol=1e-3)


def test_the_temperature_and_the_subject_are_what_the_model_is_asked_for(open_window, qtbot):
    asked = {}

    class Model(SpiralModel):
        def ink(self, half, **options):
            asked.update(options)
            return super().ink(half, **options)

    infos = [FakeInfo("quick", Path("quick"), labels=("cat", "dog"))]
    window = open_window({"quick": Model(1, 3)}, infos)
    window.bar.set_temperature(0.75)
    window.actions_.wilder.trigger()
    window.bar.label_button.choose("dog")
    press(window, Qt.Key.Key_Space)
    wait_for(qtbot, window, State.OFFERED)
    assert asked["temperature"] == pytest.approx(0.8) and asked["label"] == "dog"
    assert asked["paper"].width == 960


def test_space_in_the_middle_of_a_stroke_waits_for_the_person(window):
    mouse(window.canvas, QEvent.Type.MouseButtonPress, LINE[0])
    mouse(window.canvas, QEvent.Type.MouseMove, LINE[1])
    press(window, Qt.Key.Key_Space)
    assert window.ending.state is State.NONE
    mouse(window.canvas, QEvent.Type.MouseButtonRelease, LINE[2])
    assert authors(window) == [Author.HUMAN]


# --- files -----------------------------------------------------------------------------------------


def test_save_writes_what_is_seen_and_says_so(window, qtbot, tmp_path):
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Space)
    wait_for(qtbot, window, State.OFFERED)
    window.dialogs.save_path = tmp_path / "face.svg"
    press(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert said(window) == "Saved to face.svg."
    assert window.windowTitle().startswith("face.svg") and not window.isWindowModified()
    assert Sketch.open(tmp_path / "face.svg").authors == (Author.HUMAN, *[Author.MODEL] * 3)


def test_a_folder_that_cannot_be_written_costs_nothing(window, tmp_path):
    draw_with_mouse(window.canvas, LINE)
    window.dialogs.save_path = tmp_path / "nowhere" / "face.svg"
    window.actions_.save.trigger()
    assert len(window.dialogs.told) == 1 and "\n" not in window.dialogs.told[0]
    assert window.document.modified and authors(window) == [Author.HUMAN]


def test_a_broken_file_is_one_sentence_and_costs_nothing(window, tmp_path):
    draw_with_mouse(window.canvas, LINE)
    window.document.undo_stack.setClean()
    window.dialogs.open_path = tmp_path / "missing.svg"
    window.actions_.open.trigger()
    assert len(window.dialogs.told) == 1 and "missing.svg" in window.dialogs.told[0]
    assert authors(window) == [Author.HUMAN]


@pytest.mark.parametrize("answer, left", [(Answer.CANCEL, 1), (Answer.DISCARD, 0)])
def test_unsaved_changes_are_asked_about(window, answer, left):
    draw_with_mouse(window.canvas, LINE)
    window.dialogs.answer = answer
    window.actions_.new.trigger()
    assert window.dialogs.asked == 1 and len(window.document.strokes) == left


def test_cancelling_the_file_dialog_cancels_leaving(window):
    draw_with_mouse(window.canvas, LINE)
    window.dialogs.answer = Answer.SAVE
    assert not window.close()
    assert authors(window) == [Author.HUMAN]


def test_closing_while_the_model_draws_asks_then_closes(window, qtbot):
    press(window, Qt.Key.Key_Space)
    wait_for_ink(qtbot, window)
    assert not window.close()
    assert window.dialogs.asked == 1
    window.dialogs.answer = Answer.DISCARD
    assert window.close()


def test_saving_in_time_is_not_asked_again(window, tmp_path):
    draw_with_mouse(window.canvas, LINE)
    window.dialogs.save_path = tmp_path / "a.svg"
    window.actions_.save.trigger()
    assert window.close() and window.dialogs.asked == 0


# --- when something is missing or fails --------------------------------------------------------------


def test_without_models_one_can_still_draw_and_is_told_so(open_window):
    window = open_window({})
    assert said(window) == NO_MODELS
    press(window, Qt.Key.Key_Space)
    assert window.ending.state is State.NONE
    draw_with_mouse(window.canvas, LINE)
    assert authors(window) == [Author.HUMAN]


def test_a_model_that_does_not_load_costs_nothing(open_window, qtbot):
    window = open_window({"bad": ModelError("weights.npz is damaged"), "spiral": SpiralModel(1, 3)})
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(window.dialogs.told))
    assert window.dialogs.told == ["weights.npz is damaged"]
    assert window.ending.state is State.NONE and authors(window) == [Author.HUMAN]
    window.bar._model_box.setCurrentIndex(1)
    window.bar._model_box.activated.emit(1)
    press(window, Qt.Key.Key_Space)
    wait_for(qtbot, window, State.OFFERED)


def test_a_model_that_fails_on_the_way_leaves_its_ink_to_decide_about(open_window, qtbot):
    window = open_window({"spiral": SpiralModel(3, 60, fails_at=30)})
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(window.dialogs.told), timeout=LONG)
    assert window.ending.state is State.OFFERED and sum(map(len, window.ending.strokes)) == 30


def test_a_model_with_nothing_to_add_says_so(open_window, qtbot):
    window = open_window({"spiral": SpiralModel(0)})
    press(window, Qt.Key.Key_Space)
    wait_for(qtbot, window, State.NONE)
    assert "looks finished" in said(window)


# --- the look and the keyboard -----------------------------------------------------------------------


def test_model_and_temperature_are_remembered(open_window, settings):
    models = {"one": SpiralModel(), "two": SpiralModel()}
    first = open_window(models)
    first.bar._model_box.setCurrentIndex(1)
    first.bar._model_box.activated.emit(1)
    first.bar.set_temperature(0.85)
    second = open_window(models)
    assert second.bar.model.name == "two" and second.bar.temperature == pytest.approx(0.85)


def test_every_action_has_a_place_in_a_menu_and_most_have_a_key(window):
    menus = [action.menu() for action in window.menuBar().actions()]
    listed = {action for menu in menus for action in menu.actions()}
    acts = window.actions_
    files = [acts.new, acts.open, acts.save, acts.save_as, acts.export]
    edits = [acts.undo, acts.redo, acts.clear]
    for action in [*files, *edits, acts.complete, acts.stroke, acts.stop, acts.keep, acts.discard]:
        assert action in listed and not action.shortcut().isEmpty()


def test_buttons_have_names_tooltips_and_can_be_reached_by_tab(window):
    picker = window.bar.label_button.picker  # a window of its own
    buttons = [b for b in window.bar.findChildren(QToolButton) if not picker.isAncestorOf(b)]
    assert len(buttons) >= 7
    for button in buttons:
        assert button.accessibleName() and "(" in button.toolTip()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_space_presses_the_button_that_has_the_focus(window, qtbot):
    draw_with_mouse(window.canvas, LINE)
    undo = next(b for b in window.bar.findChildren(QToolButton) if b.accessibleName() == "Undo")
    undo.setFocus()
    QTest.keyClick(undo, Qt.Key.Key_Space)
    assert authors(window) == [] and window.ending.state is State.NONE


def test_at_home_in_a_small_window(window):
    window.resize(1024, 700)
    assert window.width() == 1024 and window.height() == 700
    right = window.bar.mapTo(window, window.bar.rect().topRight()).x()
    assert right < 1024


def test_a_long_name_does_not_widen_the_window(window):
    before = window.minimumSizeHint().width()
    window.say("Opened " + "a very long name " * 40)
    assert window.minimumSizeHint().width() == before
    assert window.caption.toolTip() == window.caption.text()  # all of it can still be read
    window.say("Opened a.svg.")
    assert window.caption.toolTip() == ""


def test_tooltips_begin_with_the_name_and_its_key(window):
    act = window.actions_
    assert act.suggest.toolTip() == "Suggest as I Draw (Ctrl+G)\nA pale continuation whenever the pen lifts"
    assert act.undo.toolTip() == "Undo (Ctrl+Z)"
    draw_with_mouse(window.canvas, LINE)
    assert act.undo.toolTip() == "Undo Stroke (Ctrl+Z)"


def test_panels_are_made_when_they_are_first_opened(window):
    """They would be nearly half of what a second window, or another scheme, takes."""
    made = window.completing.__dict__
    assert not {"gallery", "morph"} & made.keys() and "palette" not in window.help.__dict__
    window._enable()
    window.set_colours(DARK)
    draw_with_mouse(window.canvas, LINE)
    assert not {"gallery", "morph"} & made.keys()
    window.actions_.endings.trigger()
    assert window.completing.gallery.open and window.completing.gallery.colours is DARK
    assert "morph" not in made
