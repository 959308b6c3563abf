"""A drawing that the model takes for finished is left alone, until somebody wants more all the same."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from fakes import FakeInfo, SpiralModel
from hand import draw_with_mouse

from gui.completing.ending import State
from gui.models.worker import FINISHED, Wish, looks_finished
from gui.words import NOTHING_TO_ADD
from sketchrnn import store
from sketchrnn.sketch import Sketch

LINE = [(100.0, 100.0), (200.0, 150.0), (300.0, 100.0)]


@pytest.fixture
def model() -> SpiralModel:
    made = SpiralModel()
    made.ends = FINISHED
    return made


@pytest.fixture
def finished(open_window, qtbot, model):
    window = open_window({"spiral": model})
    draw_with_mouse(window.canvas, LINE)
    window.complete()
    qtbot.waitUntil(lambda: window.caption.text() == NOTHING_TO_ADD, timeout=20_000)
    return window


def test_it_says_so_and_draws_nothing(finished, model):
    assert finished.ending.state is State.NONE
    assert len(finished.document.strokes) == 1 and model.halves == []


def test_asked_again_it_goes_on(finished, model, qtbot):
    finished.complete()
    qtbot.waitUntil(lambda: finished.ending.state is State.OFFERED, timeout=20_000)
    finished.complete()  # another one: nobody asks twice
    qtbot.waitUntil(lambda: len(model.halves) == 2, timeout=20_000)


def test_another_drawing_is_looked_at_anew(finished, qtbot):
    draw_with_mouse(finished.canvas, [(x + 50, y) for x, y in LINE])
    finished.complete()
    qtbot.waitUntil(lambda: finished.caption.text() == NOTHING_TO_ADD, timeout=20_000)
    finished.undo()
    finished.undo()
    assert not finished.document.strokes
    finished.complete()  # nothing is never finished
    qtbot.waitUntil(lambda: finished.ending.state is State.OFFERED, timeout=20_000)


def test_one_stroke_and_drawing_on_are_never_refused(open_window, qtbot, model):
    window = open_window({"spiral": model})
    draw_with_mouse(window.canvas, LINE)
    window.next_stroke()
    qtbot.waitUntil(lambda: window.ending.state is State.OFFERED, timeout=20_000)
    window.actions_.go_on.trigger()
    qtbot.waitUntil(lambda: len(model.halves) == 2, timeout=20_000)


def test_nothing_is_suggested_for_it(open_window, qtbot, model):
    window = open_window({"spiral": model})
    window.actions_.suggest.trigger()
    draw_with_mouse(window.canvas, LINE)
    ghost = window.completing.ghost
    qtbot.waitUntil(lambda: ghost.wish is not None and not ghost._timer.isActive(), timeout=20_000)
    assert not ghost.visible and model.halves == []
    assert window.caption.text() == NOTHING_TO_ADD
    window.complete()  # it was said already
    qtbot.waitUntil(lambda: window.ending.state is State.OFFERED, timeout=20_000)


def test_one_that_is_unlikely_to_be_finished_is_ended(open_window, qtbot, model):
    model.ends = FINISHED / 2
    window = open_window({"spiral": model})
    draw_with_mouse(window.canvas, LINE)
    window.complete()
    qtbot.waitUntil(lambda: window.ending.state is State.OFFERED, timeout=20_000)


def test_a_model_that_was_measured_says_itself_what_looks_finished():
    model, told = SpiralModel(), Wish(FakeInfo("spiral", Path("spiral")), Sketch([LINE]), 0.4, 1)
    model.ends = 0.5
    assert looks_finished(model, told)
    model.info = SimpleNamespace(losses={"halves": {"looks_finished_from": 0.74}})
    assert not looks_finished(model, told)
    model.ends = 0.8
    assert looks_finished(model, told)
    model.info = SimpleNamespace(losses={"test": {}})
    assert looks_finished(model, told)


def test_characters_look_finished_later_than_doodles():
    """A circle is a character of its own; nearly every half of one could be a whole one."""
    if not (store.default_folder() / "omniglot").exists():
        pytest.skip("the models that ship are not there")
    figures = {
        name: store.read_info(store.default_folder() / name).losses["halves"]["looks_finished_from"]
        for name in ("omniglot", "kanji")
    }
    assert figures["omniglot"] > 0.5 > FINISHED > figures["kanji"]
