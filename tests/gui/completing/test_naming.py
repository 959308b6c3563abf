"""What is it? Labels, their thumbnails, and what the model takes the drawing for."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import FakeInfo, LabelledModel, SpiralModel
from hand import draw_with_mouse
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gui.completing.ending import State
from gui.completing.label_picker import percent
from gui.models.thumbnails import Thumbnails, cache_folder
from gui.models.worker import Worker

LABELS = ("snake", "giraffe", "ant", "hot air balloon", "cat/dog", "Éclair")
WIDE = [(100.0, 300.0), (800.0, 320.0)]
HIGH = [(300.0, 20.0), (320.0, 700.0)]
LONG = 20_000


@pytest.fixture
def model():
    return LabelledModel(LABELS, strokes=1, points=5)


@pytest.fixture
def window(open_window, model):
    infos = [
        FakeInfo("many", Path("many"), labels=LABELS),
        FakeInfo("one", Path("one")),
        FakeInfo("alone", Path("alone"), labels=LABELS, conditional=False),
    ]
    return open_window({"many": model, "one": SpiralModel(), "alone": model}, infos)


def guesses(window):
    return [label for label, _ in window.completing.naming.row.guesses]


def choose_model(window, index):
    window.bar._model_box.setCurrentIndex(index)
    window.bar._model_box.activated.emit(index)


# --- Auto ------------------------------------------------------------------------------------------


def test_the_three_likeliest_follow_the_drawing(window, qtbot):
    row = window.completing.naming.row
    assert row.isVisible() and guesses(window) == []
    draw_with_mouse(window.canvas, WIDE)
    qtbot.waitUntil(lambda: guesses(window) == ["snake", "ant", "giraffe"], timeout=LONG)
    assert row.chips[0].text() == "snake  91 %" and window.bar.label_button.text().startswith("Auto: snake")
    draw_with_mouse(window.canvas, HIGH)
    qtbot.waitUntil(lambda: guesses(window) == ["snake", "giraffe", "ant"], timeout=LONG)
    window.undo()
    qtbot.waitUntil(lambda: guesses(window) == ["snake", "ant", "giraffe"], timeout=LONG)
    window.undo()
    assert guesses(window) == [] and window.bar.label_button.text() == "Auto"


def test_the_paper_does_not_move_when_the_first_guess_comes(window, qtbot):
    before = window.canvas.geometry()
    draw_with_mouse(window.canvas, WIDE)
    qtbot.waitUntil(lambda: len(guesses(window)) == 3, timeout=LONG)
    qtbot.wait(50)
    assert window.canvas.geometry() == before


def test_auto_leaves_the_label_to_the_model(window, model, qtbot):
    draw_with_mouse(window.canvas, WIDE)
    window.actions_.complete.trigger()
    qtbot.waitUntil(lambda: window.ending.state is State.OFFERED, timeout=LONG)
    assert model.asked_for == [None]


def test_undo_says_what_was_completed(window, qtbot):
    draw_with_mouse(window.canvas, WIDE)
    qtbot.waitUntil(lambda: len(guesses(window)) == 3, timeout=LONG)
    window.actions_.complete.trigger()
    qtbot.waitUntil(lambda: window.ending.state is State.OFFERED, timeout=LONG)
    window.keep()
    assert window.document.undo_stack.undoText() == "Complete snake"


def test_a_click_on_a_guess_makes_it_the_label(window, model, qtbot):
    draw_with_mouse(window.canvas, WIDE)
    qtbot.waitUntil(lambda: len(guesses(window)) == 3, timeout=LONG)
    QTest.mouseClick(window.completing.naming.row.chips[2], Qt.MouseButton.LeftButton)
    assert window.bar.label == "giraffe" and guesses(window) == []
    window.actions_.complete.trigger()
    qtbot.waitUntil(lambda: window.ending.state is State.OFFERED, timeout=LONG)
    assert model.asked_for == ["giraffe"]


def test_without_labels_nothing_of_it_is_there(window, qtbot):
    window.bar.label_button.choose("ant")
    choose_model(window, 1)
    assert not window.completing.naming.row.isVisible() and not window.bar.label_button.isVisible()
    assert window.bar.label is None
    choose_model(window, 0)
    assert window.completing.naming.row.isVisible() and window.bar.label_button.isVisible()


def test_a_decoder_alone_can_be_told_a_label_but_recognises_nothing(window, qtbot):
    choose_model(window, 2)
    draw_with_mouse(window.canvas, WIDE)
    qtbot.wait(100)
    assert window.bar.label_button.isVisible() and guesses(window) == []


def test_probabilities_are_not_told_as_nothing():
    assert [percent(p) for p in (0.0004, 0.0151, 0.5, 1.0)] == ["under 1 %", "2 %", "50 %", "100 %"]


# --- the picker ------------------------------------------------------------------------------------


def test_searching_and_choosing_with_the_keyboard_alone(window):
    button = window.bar.label_button
    button.click()
    picker = button.picker
    assert picker.found == list(LABELS) and picker.auto.isChecked()
    QTest.keyClicks(picker.search, "T AIR ")
    assert picker.found == ["hot air balloon"]
    QTest.keyClick(picker.search, Qt.Key.Key_Return)
    assert button.label == "hot air balloon" and not picker.isVisible()
    button.click()
    assert picker.found == list(LABELS) and not picker.auto.isChecked()
    QTest.keyClicks(picker.search, "zebra")
    assert picker.found == [] and "zebra" in picker._nothing.text()
    QTest.keyClick(picker.search, Qt.Key.Key_Return)
    assert button.label == "hot air balloon"


def test_a_key_opens_it_where_there_are_labels(window):
    QTest.keyClick(window.canvas, Qt.Key.Key_W)
    assert window.bar.label_button.picker.isVisible()
    window.bar.label_button.picker.close()
    choose_model(window, 1)
    assert not window.actions_.what.isEnabled()


def test_typing_in_the_search_is_no_shortcut(window):
    draw_with_mouse(window.canvas, WIDE)
    window.bar.label_button.click()
    QTest.keyClicks(window.bar.label_button.picker.search, "n g")
    assert window.ending.state is State.NONE
    assert window.bar.label_button.picker.search.text() == "n g"


def test_back_to_auto(window):
    button = window.bar.label_button
    button.choose("ant")
    button.click()
    button.picker.auto.click()
    assert button.label is None


# --- thumbnails ------------------------------------------------------------------------------------


def test_the_model_draws_its_labels_once_and_they_are_kept(window, model, qtbot, tmp_path):
    came = {}
    window.completing.naming.thumbnails.came.connect(came.update)
    window.bar.label_button.click()
    qtbot.waitUntil(lambda: set(came) == set(LABELS), timeout=LONG)
    assert sorted(model.sampled) == sorted(LABELS)
    files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert len(files) == len(LABELS) and all(path.suffix == ".svg" for path in files)
    assert len({path.parent for path in files}) == 1  # no label leaves the folder
    again = {}
    thumbnails = Thumbnails(window.worker)
    thumbnails.came.connect(again.update)
    thumbnails.ask(window.bar.model)
    qtbot.waitUntil(lambda: set(again) == set(LABELS), timeout=LONG)
    assert len(model.sampled) == len(LABELS)
    assert again["ant"] == came["ant"]


def test_a_damaged_thumbnail_is_drawn_again(window, model, qtbot, tmp_path):
    came = {}
    window.completing.naming.thumbnails.came.connect(came.update)
    window.bar.label_button.click()
    qtbot.waitUntil(lambda: len(came) == len(LABELS), timeout=LONG)
    next((tmp_path / "cache").rglob("ant.svg")).write_bytes(b"<svg")
    thumbnails, again = Thumbnails(window.worker), {}
    thumbnails.came.connect(again.update)
    thumbnails.ask(window.bar.model)
    qtbot.waitUntil(lambda: len(again) == len(LABELS), timeout=LONG)
    assert model.sampled.count("ant") == 2


def test_one_that_cannot_be_drawn_or_kept_does_not_stop_the_others(qapp, qtbot, tmp_path, monkeypatch):
    class Model(LabelledModel):
        def sample(self, count, **options):
            if options["label"] == "giraffe":
                raise ValueError("no")
            return super().sample(count, **options)

    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr("gui.models.thumbnails.cache_folder", lambda: tmp_path / "file")
    worker = Worker(lambda: [], lambda path: Model(LABELS))
    thumbnails, came = Thumbnails(worker), {}
    thumbnails.came.connect(came.update)
    thumbnails.ask(FakeInfo("many", Path("many"), labels=LABELS))
    qtbot.waitUntil(lambda: len(came) == len(LABELS) - 1, timeout=LONG)
    worker.stop()


def test_they_are_kept_where_caches_are():
    assert cache_folder().parts[-2:] == ("sketchrnn", "thumbnails")
