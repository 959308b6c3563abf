"""How thick the pen draws: set by a slider or by keys, kept with the strokes, and the model's as thick."""

from __future__ import annotations

import numpy as np
import pytest
from hand import draw_with_mouse, draw_with_pen, press
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from gui.completing.ending import State
from gui.paper.ink import PEN_WIDTH, ink_pieces
from gui.tools import width
from sketchrnn.sketch import Author, Sketch

CONTROL = Qt.KeyboardModifier.ControlModifier
LINE = [(100.0, 100.0), (200.0, 150.0), (300.0, 100.0)]


def drawn_width(ink):
    """What is painted, in ordinary widths, where the stroke has one width throughout."""
    (made,) = {piece.width for piece in ink_pieces(ink)}
    return made / PEN_WIDTH


def test_an_ordinary_pen_leaves_no_trace_of_its_width(window):
    draw_with_mouse(window.canvas, LINE)
    assert window.document.strokes[0].pressures is None


@pytest.mark.parametrize("percent", [width.LEAST, 60, 150, width.MOST])
def test_what_the_slider_says_is_drawn_and_comes_back_from_the_file(window, tmp_path, percent):
    window.drawing.sliders.width.slider.setValue(percent)
    draw_with_mouse(window.canvas, LINE)
    assert drawn_width(window.document.strokes[0]) == pytest.approx(percent / 100, abs=0.02)
    window.document.save(tmp_path / "a.svg")
    assert Sketch.open(tmp_path / "a.svg") == window.document.sketch


def test_a_tablet_s_pressure_still_counts(window):
    window.drawing.sliders.width.slider.setValue(70)
    draw_with_pen(window.canvas, LINE, [0.2, 0.9, 0.4])
    pressures = window.document.strokes[0].pressures
    assert pressures[1] > pressures[2] > pressures[0]
    draw_with_pen(window.canvas, LINE, [1.0, 1.0, 1.0])
    assert drawn_width(window.document.strokes[1]) == pytest.approx(0.7 * 1.7, abs=0.02)


def test_keys_change_the_pen_and_it_is_remembered(window, open_window):
    press(window, Qt.Key.Key_Up, CONTROL)
    assert window.caption.text() == "Width 110 %."
    for _ in range(20):
        press(window, Qt.Key.Key_Up, CONTROL)
    assert window.canvas.pen.width == width.MOST
    assert open_window().canvas.pen.width == width.MOST


def test_selected_strokes_grow_thicker_and_thinner_in_one_step_and_back(window):
    draw_with_mouse(window.canvas, LINE)
    window.drawing.select_all()
    for _ in range(3):
        press(window, Qt.Key.Key_Up, CONTROL)
    assert drawn_width(window.document.strokes[0]) == pytest.approx(1.3, abs=0.02)
    assert window.canvas.pen.width == width.NORMAL  # it was not the pen that was meant
    assert len(window.drawing.selection) == 1
    assert window.actions_.undo.text() == "&Undo Make Stroke Thicker"
    for _ in range(3):
        press(window, Qt.Key.Key_Down, CONTROL)
    assert window.document.strokes[0].pressures is None
    window.undo()
    window.undo()
    assert len(window.document.strokes) == 1 and window.document.strokes[0].pressures is None


def test_the_model_draws_as_thick_as_the_person(window, qtbot):
    window.drawing.sliders.width.slider.setValue(150)
    draw_with_mouse(window.canvas, LINE)
    window.complete()
    qtbot.waitUntil(lambda: window.ending.state is State.OFFERED)
    assert window.canvas.model_ink.width == pytest.approx(1.5 * PEN_WIDTH)
    window.keep()
    theirs = [ink for ink in window.document.strokes if ink.author is Author.MODEL]
    assert theirs and all(drawn_width(ink) == pytest.approx(1.5, abs=0.02) for ink in theirs)


def test_a_thick_line_covers_more_paper(window):
    """On the screen, not only in numbers."""

    def dark() -> int:
        image = window.canvas.grab().toImage()
        return sum(
            QColor(image.pixel(x, y)).lightness() < 100
            for x in range(0, image.width(), 2)
            for y in range(0, image.height(), 2)
        )

    counts = []
    for percent in (width.LEAST, width.MOST):
        window.drawing.sliders.width.slider.setValue(percent)
        draw_with_mouse(window.canvas, LINE)
        counts.append(dark())
        window.undo()
    assert counts[1] > 2 * counts[0]


def test_widths_beyond_what_a_pen_can_do_end_there(window):
    draw_with_mouse(window.canvas, LINE)
    (made,) = width.widened(window.document.strokes, 500)
    np.testing.assert_allclose(made.pressures, 1.0)
    (made,) = width.widened([made], -500)
    np.testing.assert_allclose(made.pressures, 0.0)
