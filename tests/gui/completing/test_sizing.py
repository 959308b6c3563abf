"""Any size: the guessed size is a frame on the paper, and a dragged one is what the model is told."""

from __future__ import annotations

import pytest
from fakes import SizedModel
from hand import draw_with_mouse
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from gui.completing.ending import State

LINE = [(400.0, 300.0), (500.0, 300.0)]
LONG = 20_000


@pytest.fixture
def model():
    return SizedModel(strokes=1, points=5)


@pytest.fixture
def window(open_window, model, qtbot):
    made = open_window({"sized": model})
    made.actions_.show_size.trigger()
    draw_with_mouse(made.canvas, LINE)
    qtbot.waitUntil(lambda: made.completing.sizing.frame.side is not None, timeout=LONG)
    return made


def drag_corner(window, x, y):
    """Takes the lower right corner to a place on the paper, with real events."""
    handle = window.completing.sizing.frame._handles[3]
    start, end = (
        QPointF(handle.rect().center()),
        QPointF(handle.mapFrom(window.canvas, window.canvas.from_paper(x, y))),
    )
    left = Qt.MouseButton.LeftButton
    for kind, place, button, held in (
        (QEvent.Type.MouseButtonPress, start, left, left),
        (QEvent.Type.MouseMove, end, Qt.MouseButton.NoButton, left),
        (QEvent.Type.MouseButtonRelease, end, left, Qt.MouseButton.NoButton),
    ):
        event = QMouseEvent(
            kind, place, handle.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(handle, event)


def complete(window, qtbot):
    window.actions_.complete.trigger()
    qtbot.waitUntil(lambda: window.ending.state is State.OFFERED, timeout=LONG)


def test_the_guess_is_a_frame_around_the_beginning(window):
    frame = window.completing.sizing.frame
    assert frame.side == pytest.approx(200) and not frame.fixed
    for handle, corner in zip(frame._handles, [(350, 200), (350, 400), (550, 200), (550, 400)], strict=True):
        middle = QPointF(handle.geometry().center())
        place = window.canvas.from_paper(*corner)
        assert handle.isVisible() and (middle - place).manhattanLength() < 4


def test_a_guess_is_not_told_to_the_model_but_a_dragged_size_is(window, model, qtbot):
    complete(window, qtbot)
    assert model.scales == [None]
    window.discard()
    drag_corner(window, 550 + 100, 400)
    frame = window.completing.sizing.frame
    assert frame.fixed and frame.side == pytest.approx(400, abs=4)
    complete(window, qtbot)
    assert model.scales[1] == pytest.approx(255 / frame.side)
    assert [ink.author.value for ink in window.document.strokes] == [
        "human"
    ]  # the pen drew nothing meanwhile


def test_a_dragged_size_stays_until_the_drawing_is_gone(window, qtbot):
    drag_corner(window, 700, 400)
    side = window.completing.sizing.frame.side
    draw_with_mouse(window.canvas, [(420, 320), (480, 320)])
    assert window.completing.sizing.frame.side == side
    window.clear()
    assert window.completing.sizing.frame.side is None and window.completing.sizing.scale is None
    draw_with_mouse(window.canvas, LINE)
    qtbot.waitUntil(lambda: window.completing.sizing.frame.side is not None, timeout=LONG)
    assert not window.completing.sizing.frame.fixed


def test_a_double_click_guesses_again(window, qtbot):
    drag_corner(window, 700, 400)
    window.completing.sizing.frame._handles[0].double_clicked.emit()
    qtbot.waitUntil(lambda: not window.completing.sizing.frame.fixed, timeout=LONG)
    assert window.completing.sizing.frame.side == pytest.approx(200)


def test_nothing_of_it_is_there_unless_it_is_asked_for(open_window, model, qtbot, settings):
    window = open_window({"sized": model})
    draw_with_mouse(window.canvas, LINE)
    qtbot.wait(120)
    assert window.completing.sizing.frame.side is None
    assert not any(handle.isVisible() for handle in window.completing.sizing.frame._handles)
    window.actions_.show_size.trigger()
    qtbot.waitUntil(lambda: window.completing.sizing.frame.side is not None, timeout=LONG)
    assert settings.shows_size


def test_the_frame_stays_where_it_is_on_the_paper_when_the_window_changes(window, qtbot):
    window.resize(1400, 900)
    qtbot.wait(20)
    handle = window.completing.sizing.frame._handles[3]
    place = window.canvas.from_paper(550, 400)
    assert (QPointF(handle.geometry().center()) - place).manhattanLength() < 4
