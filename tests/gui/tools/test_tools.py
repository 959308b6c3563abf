"""The tools: what a pointer does with each, as a person would see it in the drawing."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeInfo, SpiralModel
from hand import ERASER, draw_with_mouse, draw_with_pen, mouse, press
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from gui.completing.ending import State
from gui.models.worker import Wish
from gui.tools.select import Grip
from gui.tools.stabiliser import Stabiliser
from gui.window.rail import IconButton
from sketchrnn.sketch import Author, Sketch

SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
LINE = [(100.0, 100.0), (200.0, 150.0), (300.0, 100.0)]
LOW = [(100.0, 500.0), (300.0, 500.0)]


def strokes(window):
    return [ink.points for ink in window.document.strokes]


def two_lines(window):
    draw_with_mouse(window.canvas, LINE)
    draw_with_mouse(window.canvas, LOW)


def chosen(window):
    """The numbers of the selected strokes."""
    return [n for n, ink in enumerate(window.document.strokes) if ink in window.drawing.selection]


# --- the pen -----------------------------------------------------------------------------------


def test_the_pen_is_in_the_hand_at_the_start(window):
    assert window.drawing.actions.pen.isChecked() and window.canvas.tool is window.canvas.pen


def test_pressure_is_kept_with_the_stroke_in_the_file_and_back(window, tmp_path):
    draw_with_pen(window.canvas, LINE, [0.2, 0.9, 0.4])
    draw_with_mouse(window.canvas, LOW)
    first, second = window.document.strokes
    np.testing.assert_allclose(first.pressures, [0.2, 0.9, 0.4], atol=1e-3)
    assert second.pressures is None
    window.document.save(tmp_path / "a.svg")
    assert Sketch.open(tmp_path / "a.svg") == window.document.sketch
    window.document.open(tmp_path / "a.svg")
    assert window.document.strokes[0].pressures.tolist() == first.pressures.tolist()


def test_a_hard_stroke_is_wider_on_the_paper(window):
    canvas = window.canvas
    draw_with_pen(canvas, [(100, 200), (500, 200), (800, 200)], [0.05] * 3)
    draw_with_pen(canvas, [(100, 400), (500, 400), (800, 400)], [1.0] * 3)
    image = canvas.grab().toImage()

    def dark(top, bottom):
        x = round(canvas.from_paper(300, 0).x())
        rows = range(round(canvas.from_paper(0, top).y()), round(canvas.from_paper(0, bottom).y()))
        return sum(image.pixelColor(x, y).lightness() < 128 for y in rows)

    assert dark(350, 450) >= dark(150, 250) + 2


def test_shift_draws_a_straight_line_from_where_the_pen_went_down(window):
    wild = [(100, 100), (300, 400), (150, 600), (500, 200)]
    draw_with_mouse(window.canvas, wild, SHIFT)
    np.testing.assert_allclose(strokes(window)[0], [(100, 100), (500, 200)], atol=1e-3)
    draw_with_mouse(window.canvas, [(100, 100), (400, 130)], SHIFT | CONTROL)
    (x0, y0), (x1, y1) = strokes(window)[1].tolist()
    assert y0 == pytest.approx(y1, abs=1e-3) and math.hypot(x1 - x0, y1 - y0) == pytest.approx(301.5, abs=0.1)


def test_smoothing_takes_the_tremble_out_and_ends_where_the_hand_did(window):
    random = np.random.default_rng(1)
    hand = [(100 + 4 * n, 300 + random.normal(0, 2.5)) for n in range(150)]

    def roughness(points):
        turns = np.diff(np.unwrap(np.arctan2(*np.diff(points, axis=0).T[::-1])))
        return np.abs(turns).sum()

    draw_with_mouse(window.canvas, hand)
    window.drawing.sliders.smoothing.slider.setValue(60)
    draw_with_mouse(window.canvas, hand)
    raw, smooth = strokes(window)
    assert len(raw) == len(hand)
    assert roughness(smooth) < roughness(raw) / 4
    np.testing.assert_allclose(smooth[[0, -1]], [hand[0], hand[-1]], atol=0.5)


def test_without_strength_the_stabiliser_is_not_there():
    free = Stabiliser(0.0)
    assert [free.follow(*place) for place in LINE] == LINE


def test_the_stabiliser_does_not_care_how_often_it_is_asked():
    ends = []
    for steps in (20, 200):
        string = Stabiliser(0.7)
        for share in np.linspace(0, 1, steps):
            end = string.follow(500 * share, 100 * share)
        ends.append(end)
    np.testing.assert_allclose(ends[0], ends[1], atol=0.5)


# --- erasing ------------------------------------------------------------------------------------


def test_the_eraser_takes_what_it_touches_in_one_step_and_undo_brings_it_back(window):
    two_lines(window)
    before = strokes(window)
    press(window, Qt.Key.Key_E)
    draw_with_mouse(window.canvas, [(200, 50), (200, 550)])
    assert strokes(window) == []
    assert window.actions_.undo.text() == "&Undo Erase 2 Strokes"
    window.undo()
    assert all(a is b for a, b in zip(strokes(window), before, strict=True))


def test_erasing_nothing_is_no_step(window):
    two_lines(window)
    count = window.document.undo_stack.count()
    press(window, Qt.Key.Key_E)
    draw_with_mouse(window.canvas, [(600, 50), (700, 90)])
    assert window.document.undo_stack.count() == count


def test_esc_in_the_middle_of_erasing_leaves_everything(window):
    two_lines(window)
    press(window, Qt.Key.Key_E)
    mouse(window.canvas, QEvent.Type.MouseButtonPress, (200, 50))
    mouse(window.canvas, QEvent.Type.MouseMove, (200, 550))
    press(window, Qt.Key.Key_Escape)
    mouse(window.canvas, QEvent.Type.MouseButtonRelease, (200, 560))
    assert len(strokes(window)) == 2


def test_rubbing_splits_a_stroke_and_keeps_who_drew_it(window):
    window.document.add([[(100, 300), (500, 300)]], Author.MODEL)
    press(window, Qt.Key.Key_E, SHIFT)
    draw_with_mouse(window.canvas, [(300, 250), (300, 350)])
    left, right = window.document.strokes
    assert left.author is right.author is Author.MODEL
    assert left.points[0].tolist() == [100, 300] and right.points[-1].tolist() == [500, 300]
    gap = right.points[0, 0] - left.points[-1, 0]
    assert 15 / window.canvas.view.scale < gap < 35 / window.canvas.view.scale
    window.undo()
    assert len(window.document.strokes) == 1


def test_the_other_end_of_a_pen_erases(window):
    two_lines(window)
    draw_with_pen(window.canvas, [(200, 400), (200, 600)], device=ERASER)
    assert len(strokes(window)) == 1 and window.canvas.tool is window.canvas.pen


# --- selecting ----------------------------------------------------------------------------------


def test_click_shift_click_and_click_beside(window):
    two_lines(window)
    press(window, Qt.Key.Key_V)
    draw_with_mouse(window.canvas, [LOW[0]])
    assert chosen(window) == [1]
    draw_with_mouse(window.canvas, [LINE[0]], SHIFT)
    assert len(chosen(window)) == 2
    draw_with_mouse(window.canvas, [LINE[0]], SHIFT)
    assert len(chosen(window)) == 1
    draw_with_mouse(window.canvas, [(800, 300)])
    assert chosen(window) == []


def test_a_band_and_a_loop_select(window):
    two_lines(window)
    press(window, Qt.Key.Key_V)
    draw_with_mouse(window.canvas, [(50, 450), (400, 600)])
    assert chosen(window) == [1]
    press(window, Qt.Key.Key_V, SHIFT)
    assert chosen(window) == []
    draw_with_mouse(window.canvas, [(50, 50), (400, 50), (400, 200), (50, 200)])
    assert chosen(window) == [0]


def test_moving_by_hand_is_a_named_step_and_keeps_who_drew_it(window):
    window.document.add([LINE], Author.MODEL)
    press(window, Qt.Key.Key_V)
    draw_with_mouse(window.canvas, [LINE[1], (250, 250), (300, 350)])
    (ink,) = window.document.strokes
    np.testing.assert_allclose(ink.points, np.add(LINE, (100, 200)), atol=0.1)
    assert ink.author is Author.MODEL and len(chosen(window)) == 1
    assert window.actions_.undo.text() == "&Undo Move Stroke"
    window.undo()
    np.testing.assert_allclose(strokes(window)[0], LINE, atol=1e-3)


def test_alt_drags_a_copy(window):
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_V)
    draw_with_mouse(window.canvas, [LINE[1], (300, 350)], ALT)
    assert len(strokes(window)) == 2
    np.testing.assert_allclose(strokes(window)[0], LINE, atol=1e-3)


def handle(window, grip) -> tuple[float, float]:
    tool = window.canvas.tool
    place: QPointF = tool._grips(tool._frame())[grip]
    return place.x(), place.y()


def test_a_corner_scales_about_the_opposite_one(window):
    draw_with_pen(window.canvas, LINE, [0.2, 0.3, 0.4])
    press(window, Qt.Key.Key_V)
    draw_with_mouse(window.canvas, [LINE[1]])
    x, y = handle(window, Grip.BOTTOM_RIGHT)
    draw_with_mouse(window.canvas, [(x, y), (x + 200, y + 50)])
    np.testing.assert_allclose(strokes(window)[0], [(100, 100), (300, 200), (500, 100)], atol=1.0)
    np.testing.assert_allclose(window.document.strokes[0].pressures, [0.2, 0.3, 0.4], atol=1e-3)
    x, y = handle(window, Grip.BOTTOM_RIGHT)
    draw_with_mouse(window.canvas, [(x, y), (x - 200, y)], SHIFT)
    np.testing.assert_allclose(strokes(window)[0], [(100, 100), (200, 150), (300, 100)], atol=1.0)


def test_the_stem_turns_and_shift_turns_in_steps(window):
    draw_with_mouse(window.canvas, [(300, 300), (500, 300)])
    press(window, Qt.Key.Key_V)
    draw_with_mouse(window.canvas, [(400, 300)])
    x, y = handle(window, Grip.TURN)
    draw_with_mouse(window.canvas, [(x, y), (x + 60, 300 - 5)], SHIFT)
    np.testing.assert_allclose(strokes(window)[0], [(400, 200), (400, 400)], atol=0.5)


def test_arrows_nudge_as_one_step_and_leave_the_view_alone(window):
    two_lines(window)
    press(window, Qt.Key.Key_A, CONTROL)
    assert len(chosen(window)) == 2
    count = window.document.undo_stack.count()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        press(window, key)
    press(window, Qt.Key.Key_Down, SHIFT)
    np.testing.assert_allclose(strokes(window)[0], np.add(LINE, (2, 11)), atol=1e-3)
    assert window.document.undo_stack.count() == count + 1
    window.undo()
    np.testing.assert_allclose(strokes(window)[0], LINE, atol=1e-3)


def test_delete_duplicate_and_their_names(window):
    two_lines(window)
    press(window, Qt.Key.Key_A, CONTROL)
    press(window, Qt.Key.Key_D, CONTROL)
    assert len(strokes(window)) == 4 and len(chosen(window)) == 2
    assert window.actions_.undo.text() == "&Undo Duplicate 2 Strokes"
    press(window, Qt.Key.Key_Delete)
    assert len(strokes(window)) == 2
    window.undo()
    assert len(strokes(window)) == 4 and window.actions_.redo.text() == "&Redo Delete 2 Strokes"


def test_keys_alone_select_strokes_and_change_their_order(window):
    two_lines(window)
    low = window.document.strokes[1]
    press(window, Qt.Key.Key_BracketLeft)
    assert chosen(window) == [1]
    press(window, Qt.Key.Key_Up, ALT)
    assert window.document.strokes[0] is low and chosen(window) == [0]
    press(window, Qt.Key.Key_Up, ALT)  # it is the first already
    assert window.document.strokes[0] is low
    press(window, Qt.Key.Key_BracketRight)
    assert chosen(window) == [1]


def test_what_is_gone_is_selected_no_longer(window):
    two_lines(window)
    press(window, Qt.Key.Key_A, CONTROL)
    window.clear()
    assert len(window.drawing.selection) == 0
    assert not window.drawing.actions.delete.isEnabled()


def test_esc_lets_go_of_the_selection(window):
    two_lines(window)
    press(window, Qt.Key.Key_A, CONTROL)
    press(window, Qt.Key.Key_Escape)
    assert chosen(window) == [] and len(strokes(window)) == 2


def test_undo_in_the_middle_of_a_drag_is_no_disaster(window):
    two_lines(window)
    press(window, Qt.Key.Key_V)
    mouse(window.canvas, QEvent.Type.MouseButtonPress, LINE[1])
    mouse(window.canvas, QEvent.Type.MouseMove, (300, 400))
    window.undo()
    mouse(window.canvas, QEvent.Type.MouseMove, (350, 400))
    mouse(window.canvas, QEvent.Type.MouseButtonRelease, (350, 400))
    assert len(strokes(window)) == 1
    np.testing.assert_allclose(strokes(window)[0], LINE, atol=1e-3)


def test_the_menu_says_what_undo_would_take_away(open_window, qtbot):
    infos = [FakeInfo("quick", Path("quick"), labels=("cat", "dog"))]
    window = open_window({"quick": SpiralModel(1, 3)}, infos)
    assert window.actions_.undo.text() == "&Undo" and not window.actions_.undo.isEnabled()
    draw_with_mouse(window.canvas, LINE)
    assert window.actions_.undo.text() == "&Undo Stroke"
    window.ending.begin(Wish(infos[0], window.document.sketch, 0.4, 1, "dog"))
    qtbot.waitUntil(lambda: window.ending.state is State.OFFERED, timeout=20_000)
    window.keep()
    assert window.actions_.undo.text() == "&Undo Complete dog"
    window.undo()
    assert window.actions_.redo.text() == "&Redo Complete dog"


# --- the window ---------------------------------------------------------------------------------


def test_no_two_actions_share_a_key_unless_only_one_can_be_done(window):
    users: dict[str, list[str]] = {}
    for action in window.findChildren(QAction):
        if action.shortcutContext() is not Qt.ShortcutContext.WidgetShortcut:
            for key in action.shortcuts():
                users.setdefault(key.toString(), []).append(action.text())
    doubled = {key: texts for key, texts in users.items() if len(texts) > 1}
    assert set(doubled) <= {"Space"}, doubled


def test_tools_can_be_reached_and_have_names(window):
    buttons = window.drawing.rail.findChildren(IconButton)
    assert len(buttons) >= 6
    for button in buttons:
        assert button.accessibleName() and "(" in button.toolTip()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_smoothing_and_grid_are_remembered(open_window, settings):
    first = open_window()
    first.drawing.sliders.smoothing.slider.setValue(35)
    first.drawing.actions.grid.trigger()
    second = open_window()
    assert second.canvas.pen.smoothing == pytest.approx(0.35)
    assert second.drawing.actions.grid.isChecked()


# --- what a selection can be asked -----------------------------------------------------------------


@pytest.mark.parametrize(("action", "axis"), [("across", 0), ("down", 1)])
def test_flipping_mirrors_about_the_middle_and_twice_is_nothing(window, action, axis):
    draw_with_mouse(window.canvas, LINE)
    before = strokes(window)[0]
    window.drawing.select_all()
    getattr(window.drawing.actions, action).trigger()
    after = strokes(window)[0]
    middle = (before.min(axis=0) + before.max(axis=0)) / 2
    np.testing.assert_allclose(after[:, axis], 2 * middle[axis] - before[:, axis], atol=1e-3)
    np.testing.assert_allclose(after[:, 1 - axis], before[:, 1 - axis], atol=1e-3)
    assert window.actions_.undo.text() == "&Undo Flip Stroke" and len(window.drawing.selection) == 1
    getattr(window.drawing.actions, action).trigger()
    np.testing.assert_allclose(strokes(window)[0], before, atol=1e-3)


def test_what_is_selected_is_said_and_seen_along_its_strokes(window):
    two_lines(window)
    plain = window.canvas.grab().toImage()
    window.drawing._choose([window.document.strokes[0]])
    assert window.caption.text().startswith("1 stroke selected.")
    place = window.canvas.from_paper(150.0, 130.0).toPoint()  # beside the line, within the band
    low = window.canvas.from_paper(200.0, 505.0).toPoint()
    seen = window.canvas.grab().toImage()
    assert seen.pixelColor(place) != plain.pixelColor(place)
    assert seen.pixelColor(low) == plain.pixelColor(low)
    window.drawing.selection.clear()
    assert "selected" not in window.caption.text()


def test_the_right_button_offers_what_can_be_done_here(window, qtbot):
    two_lines(window)
    window.drawing.select_all()
    place = window.canvas.from_paper(200.0, 300.0).toPoint()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, window.canvas.mapToGlobal(place), Qt.KeyboardModifier(0)
    )
    QApplication.sendEvent(window.canvas, event)
    (menu,) = [menu for menu in window.canvas.findChildren(QMenu) if menu.isVisible()]
    offered = menu.actions()
    act = window.drawing.actions
    assert window.actions_.complete in offered and act.delete in offered
    assert window.actions_.stop not in offered  # its moment is another
    menu.close()
    act.delete.trigger()
    assert window.document.strokes == ()
