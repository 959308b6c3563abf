"""Errors that nobody foresaw: one sentence, and the window goes on."""

from __future__ import annotations

import threading

import pytest
from hand import draw_with_mouse
from PySide6.QtCore import QObject, Signal

from gui.guard import Guard

LINE = [(100.0, 100.0), (200.0, 150.0)]


@pytest.fixture
def told(qapp):
    sentences: list[str] = []
    guard = Guard(sentences.append)
    guard.install()
    yield sentences
    guard.remove()


class Source(QObject):
    fired = Signal()


@pytest.mark.qt_no_exception_capture
def test_an_error_in_a_slot_is_one_sentence(told, qtbot):
    def fail() -> None:
        raise ZeroDivisionError("oh")

    source = Source()
    source.fired.connect(fail)
    source.fired.emit()
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["Something unexpected went wrong (ZeroDivisionError: oh). Your drawing is safe."]


@pytest.mark.qt_no_exception_capture
def test_an_error_in_another_thread_is_one_sentence(told, qtbot):
    def fail() -> None:
        raise KeyError("lost")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(told))
    assert "KeyError" in told[0]


@pytest.mark.qt_no_exception_capture
def test_an_error_while_painting_does_not_end_the_program(told, qtbot, window, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("no paint")

    draw_with_mouse(window.canvas, LINE)
    monkeypatch.setattr(window.canvas.model_ink, "paint", fail)
    window.canvas.model_ink.move_tip(50, 50, True)
    qtbot.waitUntil(lambda: bool(told))
    monkeypatch.undo()
    draw_with_mouse(window.canvas, LINE)
    assert len(window.document.strokes) == 2


def test_while_a_sentence_is_read_further_errors_are_not_shown(qapp, qtbot):
    shown: list[str] = []

    def tell(sentence: str) -> None:
        shown.append(sentence)
        guard._on_caught("another")

    guard = Guard(tell)
    guard._on_caught("first")
    assert shown == ["first"]
