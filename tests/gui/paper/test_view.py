"""The view: what is under the pointer stays there, the paper is never lost, ink is sharp at any zoom."""

from __future__ import annotations

import numpy as np
import pytest
from eye import pixels
from hand import draw_with_mouse, mouse, wheel
from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtTest import QTest

from gui.paper.ink import Ink
from gui.paper.layer import Frame, Layer
from gui.paper.paper import HEIGHT, WIDTH
from gui.paper.view import HOLD, LARGEST, SMALLEST, View
from sketchrnn.sketch import Author

CONTROL = Qt.KeyboardModifier.ControlModifier
LINE = [(200.0, 200.0), (300.0, 260.0), (400.0, 200.0)]


@pytest.fixture
def view() -> View:
    made = View()
    made.resize(QSize(800, 600), 1.0)
    return made


def settled(canvas, qtbot):
    qtbot.waitUntil(lambda: not canvas._kept.busy, timeout=20_000)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_zooming_keeps_what_is_under_the_pointer(view, ratio):
    view.resize(QSize(800, 600), ratio)
    at = QPointF(310, 222)
    for factor in (1.25, 3.0, 0.5, 4.0):
        before = view.to_paper(at)
        view.zoom(factor, at)
        assert view.to_paper(at) == pytest.approx(before, abs=1 / view.scale)  # the corner snaps to a pixel
        corner = view.origin * ratio
        assert corner.x() == pytest.approx(round(corner.x())) and corner.y() == pytest.approx(
            round(corner.y())
        )


def test_zoom_has_ends(view):
    view.zoom(1e9)
    assert view.scale == LARGEST
    view.zoom(1e-9)
    assert view.scale == SMALLEST


@pytest.mark.parametrize("push", [(1e6, 0), (-1e6, 0), (0, 1e6), (0, -1e6)])
def test_the_paper_cannot_be_pushed_out_of_sight(view, push):
    view.zoom(3.0)
    view.pan(*push)
    seen = view.paper.intersected(view.paper.__class__(0, 0, 800, 600))
    assert seen.width() >= HOLD - 1 and seen.height() >= HOLD - 1


def test_a_fitted_paper_stays_fitted_and_a_zoomed_one_keeps_its_middle(view):
    view.resize(QSize(1600, 1200), 1.0)
    assert view.fitted and view.paper.width() > 1500
    view.zoom(4.0, QPointF(500, 400))
    middle = view.to_paper(view.centre)
    view.resize(QSize(900, 700), 1.0)
    assert view.to_paper(view.centre) == pytest.approx(middle, abs=0.5)


def test_the_wheel_zooms_with_control_and_pushes_without(canvas):
    fitted = canvas.view.scale
    wheel(canvas, (480, 360), 2, CONTROL)
    assert canvas.view.scale > fitted
    scale, origin = canvas.view.scale, canvas.view.origin
    wheel(canvas, (480, 360), -1)
    assert canvas.view.scale == scale and canvas.view.origin.y() < origin.y()
    wheel(canvas, (480, 360), -1, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.view.origin.x() < origin.x()
    canvas.fit()
    assert canvas.view.scale == pytest.approx(fitted)


def test_the_middle_button_pushes_the_paper_and_draws_nothing(canvas):
    canvas.zoom(3)
    origin = canvas.view.origin
    draw_with_mouse(canvas, LINE, button=Qt.MouseButton.MiddleButton)
    assert canvas.drawn == []
    moved = canvas.view.origin - origin
    assert moved.x() == pytest.approx(200 * canvas.view.scale, abs=2)
    assert abs(moved.y()) < 2


def test_space_and_a_drag_push_and_space_alone_is_a_key(canvas):
    tapped = []
    canvas.space_tapped.connect(lambda: tapped.append(True))
    origin = canvas.view.origin
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    draw_with_mouse(canvas, [(400, 300), (460, 330)])
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.view.origin != origin and canvas.drawn == [] and tapped == []
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert tapped == [True]
    draw_with_mouse(canvas, LINE)
    assert len(canvas.drawn) == 1


def test_a_stroke_that_goes_on_while_the_view_changes_is_where_the_hand_was(canvas):
    mouse(canvas, QEvent.Type.MouseButtonPress, LINE[0])
    mouse(canvas, QEvent.Type.MouseMove, LINE[1])
    canvas.zoom(2)
    mouse(canvas, QEvent.Type.MouseMove, LINE[2])
    mouse(canvas, QEvent.Type.MouseButtonRelease, LINE[2])
    np.testing.assert_allclose(canvas.drawn[0], LINE, atol=1e-3)


def test_a_pinch_zooms_and_leaves_no_dot(canvas):
    device = QTest.createTouchDevice()
    one, other = QPointF(350, 300).toPoint(), QPointF(450, 300).toPoint()
    scale = canvas.view.scale
    QTest.touchEvent(canvas, device).press(1, one, canvas).commit()
    QTest.touchEvent(canvas, device).move(1, one, canvas).press(2, other, canvas).commit()
    for step in range(1, 11):
        apart = other + QPointF(10 * step, 0).toPoint()
        QTest.touchEvent(canvas, device).move(1, one, canvas).move(2, apart, canvas).commit()
    QTest.touchEvent(canvas, device).release(1, one, canvas).release(2, apart, canvas).commit()
    assert canvas.view.scale == pytest.approx(2 * scale, rel=0.02)
    assert canvas.drawn == []


@pytest.mark.parametrize("zoom", [-3, 0, 4, 9])
def test_ink_is_as_sharp_as_the_screen_at_any_zoom(canvas, qtbot, zoom):
    """The edge of a line is one or two pixels wide, however large it is shown."""
    canvas.show_strokes([Ink(np.array([(480, 100), (480, 600)], np.float32), Author.HUMAN)])
    canvas.zoom(zoom)
    settled(canvas, qtbot)
    row = pixels(canvas.grab().toImage())[300, :, 0]
    line = np.flatnonzero(row < 60)
    assert len(line) >= 1
    between = np.count_nonzero((row > 60) & (row < 200))
    assert between <= 4


def test_pushing_paints_what_comes_into_sight_and_keeps_the_rest(qapp):
    random = np.random.default_rng(2)
    strokes = [
        Ink(np.cumsum(random.normal(0, 9, (60, 2)), axis=0).astype(np.float32) + 300, Author.HUMAN)
        for _ in range(30)
    ]
    layer, other = Layer(), Layer()
    layer.show(strokes)
    layer.look_at(Frame(QSize(300, 200), 1.0, 2.0, 300, 300))
    while layer.busy:
        layer.advance(1.0)
    for left, top in ((340, 300), (340, 380), (250, 260), (251, 261)):
        frame = Frame(QSize(300, 200), 1.0, 2.0, left, top)
        layer.look_at(frame)
        while layer.busy:
            layer.advance(1.0)
        assert layer.frame == frame
        other.show(strokes)
        other.look_at(Frame(QSize(10, 10)))
        other.look_at(frame)
        while other.busy:
            other.advance(1.0)
        difference = np.abs(pixels(layer.image) - pixels(other.image))
        assert difference.max() <= 2  # where clipping begins, rounding may differ


def test_ink_drawn_while_a_zoomed_picture_is_made_is_seen_at_once(qapp):
    random = np.random.default_rng(3)
    many = [Ink(random.uniform(0, 700, (400, 2)).astype(np.float32), Author.HUMAN) for _ in range(60)]
    layer = Layer()
    layer.look_at(Frame(QSize(400, 300), 1.0, 0.5))
    layer.show(many)
    while layer.busy:
        layer.advance(1.0)
    layer.look_at(Frame(QSize(400, 300), 1.0, 0.6))
    layer.advance(0.0)
    before = pixels(layer.image)
    line = Ink(np.array([(790, 5), (795, 590)], np.float32), Author.HUMAN)
    layer.show([*many, line])
    assert layer.frame.scale == 0.5 and not np.array_equal(pixels(layer.image), before)


def test_the_grid_is_under_the_ink_and_in_the_view_only(canvas):
    plain = pixels(canvas.grab().toImage())
    canvas.ground.grid = True
    canvas.ground.forget()
    canvas.update()
    lined = pixels(canvas.grab().toImage())
    changed = np.abs(plain - lined).max(axis=2) > 0
    rows, columns = np.nonzero(changed)
    paper = canvas.view.paper
    assert 0.01 < changed.mean() < 0.2
    assert columns.min() >= paper.left() and rows.max() <= paper.bottom()


def test_the_whole_paper_is_seen_at_first(canvas):
    assert canvas.rect().contains(canvas.view.paper.toAlignedRect())
    assert canvas.view.paper.width() / canvas.view.paper.height() == pytest.approx(WIDTH / HEIGHT)
