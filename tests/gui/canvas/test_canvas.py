"""The canvas: what pointers do becomes strokes in paper units, once, whatever size the window has."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hand import draw_with_mouse, draw_with_pen, mouse
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.canvas.canvas import Canvas
from gui.look.theme import LIGHT
from gui.paper.ink import Ink
from gui.paper.paper import HEIGHT, WIDTH
from sketchrnn.sketch import Author

ZIGZAG = [(100.0, 100.0), (200.0, 150.0), (300.0, 100.0), (400.0, 150.0)]


def test_a_mouse_stroke_arrives_in_paper_units(canvas):
    draw_with_mouse(canvas, ZIGZAG)
    assert len(canvas.drawn) == 1
    np.testing.assert_allclose(canvas.drawn[0], ZIGZAG, atol=1e-3)


def test_a_click_is_a_dot(canvas):
    draw_with_mouse(canvas, [(50, 60)])
    np.testing.assert_allclose(canvas.drawn[0], [(50, 60)], atol=1e-3)


def test_a_pen_stroke_arrives_once(canvas):
    draw_with_pen(canvas, ZIGZAG)
    assert len(canvas.drawn) == 1
    np.testing.assert_allclose(canvas.drawn[0], ZIGZAG, atol=1e-3)


def test_a_mouse_event_made_of_a_pens_is_not_drawn_again(canvas):
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        place = canvas.from_paper(100, 100)
        event = QMouseEvent(
            kind,
            place,
            place,
            canvas.mapToGlobal(place),
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.MouseEventSource.MouseEventSynthesizedByQt,
        )
        QApplication.sendEvent(canvas, event)
    assert canvas.drawn == []


def test_one_finger_draws_and_a_second_is_ignored(canvas):
    device = QTest.createTouchDevice()
    places = [canvas.from_paper(*point).toPoint() for point in ZIGZAG]
    other = canvas.from_paper(700, 600).toPoint()
    QTest.touchEvent(canvas, device).press(1, places[0], canvas).commit()
    QTest.touchEvent(canvas, device).move(1, places[1], canvas).press(2, other, canvas).commit()
    QTest.touchEvent(canvas, device).move(1, places[2], canvas).move(2, places[0], canvas).commit()
    QTest.touchEvent(canvas, device).move(1, places[3], canvas).stationary(2).commit()
    QTest.touchEvent(canvas, device).release(1, places[3], canvas).release(2, other, canvas).commit()
    assert len(canvas.drawn) == 1
    np.testing.assert_allclose(canvas.drawn[0], ZIGZAG, atol=1.0)


def test_other_buttons_do_not_draw(canvas):
    place = canvas.from_paper(100, 100).toPoint()
    QTest.mouseClick(canvas, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, place)
    assert canvas.drawn == []


def test_the_desk_is_not_paper_but_a_stroke_may_cross_the_edge(canvas):
    draw_with_mouse(canvas, [(-5, 300), (100, 300)])
    assert canvas.drawn == []
    draw_with_mouse(canvas, [(10, 300), (-50, 320), (20, 340)])
    np.testing.assert_allclose(canvas.drawn[0], [(10, 300), (0, 320), (20, 340)], atol=1e-3)


def test_a_stroke_whose_release_was_lost_is_kept(canvas):
    mouse(canvas, QEvent.Type.MouseButtonPress, (100, 100))
    mouse(canvas, QEvent.Type.MouseMove, (150, 100))
    draw_with_mouse(canvas, ZIGZAG)
    assert [len(stroke) for stroke in canvas.drawn] == [2, 4]


@pytest.mark.parametrize("size", [(800, 600), (1920, 1200), (420, 900), (330, 250)])
def test_the_paper_fits_any_window_with_its_proportions(canvas, size):
    canvas.resize(*size)
    corner, opposite = canvas.from_paper(0, 0), canvas.from_paper(WIDTH, HEIGHT)
    assert corner.x() > 0 and corner.y() > 0
    assert opposite.x() < size[0] and opposite.y() < size[1]
    x, y = canvas.to_paper(canvas.from_paper(123.5, 456.25))
    assert (x, y) == (pytest.approx(123.5), pytest.approx(456.25))


def test_model_ink_has_its_colour_and_loses_it_on_request(canvas, qtbot):
    line = np.array([(100, 360), (860, 360)], np.float32)
    canvas.show_strokes([Ink(line, Author.MODEL)])
    assert colour_at(canvas, 480, 360) == QColor(LIGHT.accent)
    canvas.tell_authors(False)
    assert colour_at(canvas, 480, 360) == QColor(LIGHT.ink)


def test_unaccepted_ink_is_shown_up_to_the_pens_tip_and_can_be_taken_away(canvas):
    canvas.model_ink.add_point(100, 360, True)
    canvas.model_ink.add_point(500, 360, False)
    canvas.model_ink.move_tip(800, 360, True)
    assert colour_at(canvas, 300, 360) == QColor(LIGHT.accent)
    assert colour_at(canvas, 700, 360) == QColor(LIGHT.accent)
    canvas.model_ink.clear()
    assert colour_at(canvas, 300, 360) == QColor(LIGHT.paper)


def test_one_more_segment_is_quick_on_a_full_paper(canvas, qtbot):
    random = np.random.default_rng(0)
    full = []
    for _ in range(500):
        walk = random.uniform(100, 600, 2) + np.cumsum(random.normal(0, 3, (200, 2)), axis=0)
        full.append(Ink(walk.astype(np.float32), Author.HUMAN))
    canvas.show_strokes(full)
    qtbot.waitUntil(lambda: not canvas._kept.busy, timeout=30_000)
    mouse(canvas, QEvent.Type.MouseButtonPress, (100, 100))
    QApplication.processEvents()
    times = []
    for step in range(1, 200):
        start = time.thread_time()
        mouse(canvas, QEvent.Type.MouseMove, (100 + 3 * step, 100 + 40 * np.sin(step / 9)))
        QApplication.processEvents()
        times.append(time.thread_time() - start)
    assert np.median(times) < 0.008
    assert max(times) < 0.030


def colour_at(canvas: Canvas, x: float, y: float) -> QColor:
    ratio = canvas.devicePixelRatioF()
    place: QPointF = canvas.from_paper(x, y) * ratio
    return canvas.grab().toImage().pixelColor(place.toPoint())
