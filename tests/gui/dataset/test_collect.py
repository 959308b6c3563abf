"""Collect: one drawing after another, none ever lost, and a data set in the end."""

from __future__ import annotations

import numpy as np
import pytest
from hand import draw_with_mouse, mouse, press
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest

from gui.dataset.collect import ENOUGH, Collect
from gui.dataset.examples import TARGET, Examples, file_name
from gui.files.autosave import read_snapshot
from gui.files.background import Background
from sketchrnn import formats
from sketchrnn.dataset import splits
from sketchrnn.sketch import Sketch

LINE = [(100.0, 100.0), (200.0, 150.0), (300.0, 100.0)]
OTHER = [(500.0, 500.0), (600.0, 550.0)]


@pytest.fixture
def background(qapp):
    made = Background()
    yield made
    assert made.flush()


@pytest.fixture
def opened(qtbot, settings, background, tmp_path):
    """Opens the window over a folder that stays the same."""
    windows = []

    def make(label: str = "cat") -> Collect:
        settings.collected = label
        window = Collect(tmp_path / "drawings", settings, background, tmp_path / "state")
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        windows.append(window)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        background.finish()
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()


def in_file(window, background):
    assert background.flush()
    path = window.examples.path
    return list(formats.read(path)) if path.exists() else []


def test_return_is_next_and_every_drawing_is_in_the_file_at_once(opened, background):
    window = opened()
    for count in range(1, 4):
        draw_with_mouse(window.canvas, LINE)
        draw_with_mouse(window.canvas, OTHER)
        press(window, Qt.Key.Key_Return)
        assert window.document.strokes == () and window.counter.text == f"{count} of 50"
        drawings = in_file(window, background)
        assert len(drawings) == count and drawings[-1].label == "cat"
        np.testing.assert_allclose(drawings[-1].strokes[0], LINE, atol=1e-3)
    assert window.wall.rowCount() == 3


def test_next_without_a_drawing_is_nothing(opened, background):
    window = opened()
    press(window, Qt.Key.Key_Return)
    assert in_file(window, background) == [] and window.counter.text == "0 of 50"


def test_redo_last_brings_it_back_where_it_was(opened, background):
    window = opened()
    for points in (LINE, OTHER):
        draw_with_mouse(window.canvas, points)
        press(window, Qt.Key.Key_Space)
    press(window, Qt.Key.Key_Backspace)
    np.testing.assert_allclose(window.document.strokes[0].points, OTHER, atol=1e-3)
    assert len(in_file(window, background)) == 1 and window.wall.rowCount() == 1
    press(window, Qt.Key.Key_Return)
    assert len(in_file(window, background)) == 2


def test_what_is_unfinished_waits_while_those_before_it_are_redone(opened, background):
    window = opened()
    for x in (100.0, 200.0, 300.0):
        draw_with_mouse(window.canvas, [(x, 100.0), (x + 50, 200.0)])
        press(window, Qt.Key.Key_Return)
    draw_with_mouse(window.canvas, OTHER)
    press(window, Qt.Key.Key_Backspace)
    press(window, Qt.Key.Key_Backspace)
    assert window.counter.text == "1 of 50" and window.document.modified  # so it is in the autosave
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Return)  # the second
    press(window, Qt.Key.Key_Return)  # the third, as it was
    np.testing.assert_allclose(window.document.strokes[0].points, OTHER, atol=1e-3)
    press(window, Qt.Key.Key_Return)
    drawings = in_file(window, background)
    assert [len(drawing) for drawing in drawings] == [1, 2, 1, 1]
    assert [round(float(drawing.strokes[0][0, 0])) for drawing in drawings] == [100, 200, 300, 500]


def test_one_that_is_named_while_another_is_read_is_the_one_that_counts(opened, background):
    window = opened("cat")
    for label in ("dog", "owl"):
        window.label.setText(label)
        window.label.editingFinished.emit()
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Return)
    assert [drawing.label for drawing in in_file(window, background)] == ["owl"]


def test_undo_takes_back_a_stroke_of_this_drawing_only(opened, background):
    window = opened()
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Return)
    draw_with_mouse(window.canvas, LINE)
    draw_with_mouse(window.canvas, OTHER)
    for left in (1, 0, 0):
        QTest.keyClick(window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert len(window.document.strokes) == left
    assert len(in_file(window, background)) == 1


def test_another_day_it_goes_on(opened, background):
    first = opened()
    draw_with_mouse(first.canvas, LINE)
    press(first, Qt.Key.Key_Return)
    draw_with_mouse(first.canvas, OTHER)
    first.close()  # in the middle of a drawing: it is kept
    second = opened()
    assert second.counter.text == "2 of 50" and second.wall.rowCount() == 2
    draw_with_mouse(second.canvas, LINE)
    press(second, Qt.Key.Key_Return)
    assert len(in_file(second, background)) == 3


def test_things_are_kept_apart(opened, background):
    window = opened("cat")
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Return)
    window.label.setText("dog")
    window.label.editingFinished.emit()
    background.finish()
    assert window.counter.text == "0 of 50"
    draw_with_mouse(window.canvas, OTHER)
    press(window, Qt.Key.Key_Return)
    assert [drawing.label for drawing in in_file(window, background)] == ["dog"]
    window.label.setText("cat")
    window.label.editingFinished.emit()
    background.finish()
    assert window.counter.text == "1 of 50"


def test_without_a_name_nothing_is_lost(opened):
    window = opened("")
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Return)
    assert len(window.document.strokes) == 1 and "What is it?" in window.caption.text()


def test_the_target_is_gentle(opened, background, tmp_path):
    examples = Examples(tmp_path / "drawings", "cat", background)
    for _ in range(TARGET - 1):
        examples.add(Sketch([LINE]))
    background.flush()
    window = opened()
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Return)
    assert window.caption.text() == ENOUGH
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Return)
    assert window.counter.text == "51 drawings"


def test_a_data_set_to_train_on(opened, background, tmp_path):
    examples = Examples(tmp_path / "drawings", "cat", background)
    for number in range(30):
        examples.add(Sketch([LINE, [(number, 5), (number + 40, 90)]]))
    background.flush()
    window = opened()
    window.save_to(tmp_path / "cats.npz")
    background.finish()
    loaded = splits.load([tmp_path / "cats.npz"], labelled=True)
    assert [len(loaded.train), len(loaded.valid), len(loaded.test)] == [24, 3, 3]
    assert loaded.labels == ("cat",) and loaded.frame == pytest.approx(255, abs=1)
    wanted = []
    window.train_wanted.connect(wanted.append)
    window.train()
    background.finish()
    assert wanted == [window.examples.path]


def test_too_few_for_a_data_set_is_a_sentence(opened, background, tmp_path):
    window = opened()
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Return)
    window.save_to(tmp_path / "cats.npz")
    background.finish()
    assert "draw 9 more" in window.caption.text() and not (tmp_path / "cats.npz").exists()


@pytest.mark.parametrize("label", ["cat", "hot air balloon", "../../etc", "a/b", "日本", "", "x" * 200])
def test_any_name_makes_a_file(label):
    name = file_name(label)
    assert name and "/" not in name and ".." not in name and len(name) <= 80


def test_a_drawing_without_a_name_is_offered_at_the_next_start(opened, background, tmp_path):
    window = opened("")
    draw_with_mouse(window.canvas, LINE)
    window.close()
    background.flush()
    (left,) = (tmp_path / "state").glob("*.autosave")  # its lock goes with the program
    assert len(read_snapshot(left).strokes) == 1


def test_closing_in_the_middle_of_a_stroke_keeps_it(opened, background, tmp_path):
    window = opened("cat")
    mouse(window.canvas, QEvent.Type.MouseButtonPress, LINE[0])
    mouse(window.canvas, QEvent.Type.MouseMove, LINE[1])
    window.close()
    background.flush()
    (sketch,) = formats.read(tmp_path / "drawings" / "cat.ndjson")
    assert len(sketch) == 1
