"""The worker: everything slow happens in its thread, and a cancelled run is over at once."""

from __future__ import annotations

import itertools
import os
import threading
import time
from pathlib import Path

import pytest
from fakes import FakeInfo, FakePoint, SpiralModel

from gui.models.worker import (
    AHEAD,
    LONGEST,
    Priority,
    Wish,
    Worker,
    one_sentence,
    wait_for_threads,
)
from sketchrnn.errors import ModelError
from sketchrnn.sketch import Sketch

INFO = FakeInfo("spiral", Path("spiral"))


def wish(**changes) -> Wish:
    return Wish(**{"model": INFO, "half": Sketch(), "temperature": 0.4, "seed": 1, **changes})


@pytest.fixture
def start(qapp):
    workers = []

    def make(model) -> Worker:
        def load(path):
            if isinstance(model, Exception):
                raise model
            return model

        workers.append(Worker(lambda: [INFO], load))
        return workers[-1]

    yield make
    for worker in workers:
        worker.stop()


def drain(run, seconds=5.0):
    points, deadline = [], time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended = run.finished
        points += run.take()
        if ended:
            return points
        time.sleep(0.001)
    raise AssertionError("the run did not end")


def test_all_points_arrive_in_order(start):
    run = start(SpiralModel(3, 60)).complete(wish())
    assert drain(run) == list(SpiralModel(3, 60).ink(Sketch(), seed=1))
    assert run.error is None


def test_one_stroke_only_ends_with_the_stroke(start):
    points = drain(start(SpiralModel(3, 60)).complete(wish(one_stroke=True)))
    assert len(points) == 60 and points[-1].ends_stroke


def test_the_model_is_never_far_ahead_of_the_pen(start):
    run = start(SpiralModel(50, 60)).complete(wish())
    time.sleep(0.2)
    assert len(run.take()) <= AHEAD


def test_a_cancelled_run_gives_nothing_more_and_makes_room_for_the_next(start):
    worker = start(SpiralModel(50, 60))
    first = worker.complete(wish())
    time.sleep(0.05)
    second = worker.complete(wish())
    assert first.cancelled and len(drain(second)) == 50 * 60
    assert not second.cancelled


def test_an_ending_that_does_not_end_is_cut_off(start):
    class Endless:
        def ink(self, half, **options):
            return (FakePoint(i % 900, i % 700, i == 0, False) for i in itertools.count())

    assert len(drain(start(Endless()).complete(wish()), 20)) == LONGEST


def test_a_point_that_is_nowhere_is_an_error(start):
    class Nowhere:
        def ink(self, half, **options):
            yield FakePoint(1.0, float("nan"), True, False)

    run = start(Nowhere()).complete(wish())
    assert drain(run) == [] and "nowhere" in run.error


@pytest.mark.parametrize("error", [ModelError("weights.npz is damaged; download it again"), OSError("x")])
def test_a_model_that_does_not_load_is_one_sentence(start, qtbot, error):
    worker = start(error)
    run = worker.complete(wish())
    assert drain(run) == []
    assert run.error is not None and "\n" not in run.error
    with qtbot.waitSignal(worker.model_failed) as blocker:
        worker.prepare(INFO)
    assert blocker.args[0] == "spiral"


def test_loading_and_drawing_happen_in_the_thread(start, qtbot):
    threads = []

    class Model(SpiralModel):
        def ink(self, half, **options):
            threads.append(threading.current_thread().name)
            return super().ink(half, **options)

    drain(start(Model()).complete(wish()))
    assert threads == ["model"]


def test_a_question_is_answered_in_the_windows_thread(start, qtbot):
    worker, heard = start(SpiralModel()), []

    def answered(answer):
        heard.append((answer, threading.current_thread() is threading.main_thread()))

    worker.ask(INFO, lambda model: (type(model).__name__, threading.current_thread().name), answered)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [(("SpiralModel", "model"), True)]


def test_a_question_that_fails_is_one_sentence_and_a_cancelled_one_is_never_answered(start, qtbot):
    worker, heard = start(SpiralModel()), []

    def failing(model):
        raise ModelError("no; ask another one")

    worker.ask(INFO, lambda model: "too late", heard.append).cancel()
    worker.ask(INFO, failing, heard.append, heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == ["no; ask another one"]


def test_what_a_person_waits_for_goes_before_what_can_wait(start, qtbot):
    worker, order, gate = start(SpiralModel()), [], threading.Event()
    worker.ask(INFO, lambda model: gate.wait(5), lambda answer: None)
    for name, priority in (("picture", Priority.WHENEVER), ("guess", Priority.SOON), ("ink", Priority.NOW)):
        worker.ask(INFO, lambda model, name=name: name, order.append, priority=priority)
    gate.set()
    qtbot.waitUntil(lambda: len(order) == 3)
    assert order == ["ink", "guess", "picture"]


def test_a_model_whose_weights_were_replaced_is_loaded_again(qapp, qtbot, tmp_path):
    info, loaded, heard = FakeInfo("mine", tmp_path), [], []
    weights = tmp_path / "weights.npz"
    worker = Worker(lambda: [info], lambda path: loaded.append(path) or SpiralModel())
    for written in (100.0, 100.0, 200.0):
        weights.touch()
        os.utime(weights, (written, written))
        worker.ask(info, lambda model, written=written: written, heard.append)
        qtbot.waitUntil(lambda written=written: heard[-1:] == [written])
        heard.clear()
    worker.stop()
    assert len(loaded) == 2


def test_what_nobody_foresaw_still_reads_as_one_sentence():
    sentence = one_sentence(ValueError("a\nb"))
    assert sentence == "Something unexpected went wrong (ValueError: a b). Your drawing is safe."


def test_after_it_was_stopped_nobody_is_answered(start, qtbot, qapp):
    worker, heard = start(SpiralModel()), []
    ready = threading.Event()
    worker.ask(INFO, lambda model: ready.set(), heard.append)
    ready.wait(5)  # the answer is on its way to this thread
    worker.stop()
    for _ in range(5):
        qapp.processEvents()
    assert heard == []


def test_a_worker_that_cannot_stop_at_once_is_waited_for_at_the_end(start, qtbot):
    at_it, go_on = threading.Event(), threading.Event()
    worker = start(SpiralModel())
    worker.ask(None, lambda _: (at_it.set(), go_on.wait(30)), lambda _: None)
    assert at_it.wait(30)
    assert not worker.stop(0.01) and not wait_for_threads(0.01)
    go_on.set()
    assert wait_for_threads(30) and worker.stop()
