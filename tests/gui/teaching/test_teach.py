"""Teach: what a training process tells is shown, it outlives its window, and can be stopped and resumed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from fakes import FakeInfo, SpiralModel
from trainer import TRAINER

from gui.models.worker import Worker
from gui.teaching import runs as teaching
from gui.teaching import teach
from gui.teaching.plot import MOST, Plot, bounds, thinned
from gui.teaching.runs import Lesson, Run, clock, free_name, runs
from gui.teaching.teach import Teach, describe
from sketchrnn import formats
from sketchrnn.sketch import Author, Sketch

LINE = [(100.0, 100.0), (200.0, 150.0), (300.0, 100.0)]


class Loaded(SpiralModel):
    def complete(self, half, **options):
        return half.adding(LINE, author=Author.MODEL)


@pytest.fixture
def drawings(tmp_path) -> Path:
    path = tmp_path / "cat.ndjson"
    formats.write(path, [Sketch([LINE, [(number, 5), (40, 90)]]) for number in range(12)])
    return path


@pytest.fixture
def lesson(tmp_path, drawings) -> Lesson:
    return Lesson("my-cat", tmp_path / "models" / "my-cat", drawings, tmp_path / "models" / "kanji", 5)


@pytest.fixture
def trainer(monkeypatch, tmp_path):
    """Processes that behave like the trainer; all of them end with the test."""
    script = tmp_path / "trainer.py"
    script.write_text(TRAINER)
    real = Lesson.command
    monkeypatch.setattr(Lesson, "command", lambda self, resume: [str(script), *real(self, resume)[3:]])
    begun = []
    begin = Run.begin
    monkeypatch.setattr(Run, "begin", lambda self, resume=False: (begin(self, resume), begun.append(self))[0])
    yield
    for run in begun:
        if run.alive:
            os.kill(run.course.pid, signal.SIGKILL)


@pytest.fixture
def window(qtbot, settings, trainer, tmp_path):
    infos = [FakeInfo("kanji", tmp_path / "models" / "kanji")]
    made = []

    def load(path: Path) -> Loaded:
        return Loaded()

    def make() -> Teach:
        worker = Worker(lambda: infos, load)
        one = Teach(tmp_path / "lessons", tmp_path / "models", settings, worker)
        one.setAttribute(teach.Qt.WidgetAttribute.WA_DeleteOnClose, False)
        made.append(one)
        one.show()
        qtbot.waitUntil(lambda: one.base.count() == 1)
        return one

    yield make
    for one in made:
        one.close()
        one.deleteLater()


def test_the_command_is_one_that_a_person_could_type(lesson, tmp_path):
    from sketchrnn.cli import train

    command = lesson.command(resume=False)
    assert command[:3] == ["-m", "sketchrnn", "train"]
    parser = train.argparse.ArgumentParser()
    train.configure("train", parser)
    parsed = parser.parse_args(command[3:])
    assert parsed.base == str(lesson.base) and parsed.progress == "json" and parsed.minutes == 5
    assert parser.parse_args(lesson.command(resume=True)[3:]).resume


def test_a_lesson_from_beginning_to_end(window, qtbot, drawings, tmp_path):
    one = window()
    changed = []
    one.model_changed.connect(changed.append)
    one.propose(drawings)
    assert one.name.text() == "my-cat"
    one.start_button.click()
    qtbot.waitUntil(lambda: one.run is not None and one.run.course.step > 3, timeout=60_000)
    assert one.run.lesson.out == tmp_path / "models" / "my-cat" and one.run.alive
    qtbot.waitUntil(lambda: one.samples.count == 8, timeout=60_000)
    assert changed and "left" in one._state.text()
    one.stop_button.click()
    qtbot.waitUntil(lambda: not one.stop_button.isVisible(), timeout=60_000)
    assert one.run.course.ended and "among the models" in one._state.text()
    assert "2.00 nats a point at first, 1.50 at best" in one._state.text()


def test_it_outlives_the_window_and_is_found_again(window, qtbot, drawings):
    first = window()
    first.propose(drawings)
    first.start()
    qtbot.waitUntil(lambda: first.run is not None and first.run.course.step > 0, timeout=60_000)
    pid = first.run.course.pid
    first.close()
    os.kill(pid, 0)  # still there
    second = window()
    assert second.run is not None and second.run.alive and second.run.course.pid == pid
    step = second.run.course.step
    qtbot.waitUntil(lambda: second.run.course.step > step, timeout=60_000)


def test_a_killed_lesson_can_go_on(window, qtbot, drawings):
    one = window()
    one.propose(drawings)
    one.start()
    qtbot.waitUntil(lambda: one.run is not None and one.run.course.step > 0, timeout=60_000)
    os.kill(one.run.course.pid, signal.SIGKILL)
    qtbot.waitUntil(one.resume_button.isVisible, timeout=60_000)
    assert "stopped before its end" in one._state.text()
    one.resume_button.click()
    qtbot.waitUntil(lambda: one.run.course.step >= 100, timeout=60_000)
    assert one.run.alive and one.stop_button.isVisible()


def test_a_lesson_of_before_is_one_click_away(window, qtbot, drawings):
    first = window()
    assert first.back_button.isHidden()
    first.propose(drawings)
    first.start()
    qtbot.waitUntil(lambda: first.run is not None and first.run.course.step > 0, timeout=60_000)
    first.stop()
    qtbot.waitUntil(first.resume_button.isVisible, timeout=60_000)
    first.another()
    assert first.run is None and "my-cat" in first.back_button.text()
    first.close()
    second = window()
    assert second.run is None and second.back_button.isVisible()
    second.back_button.click()
    assert second.run.lesson.name == "my-cat" and "among the models" in second._state.text()
    assert "at first" in second.plot.accessibleDescription()  # the losses are there at once
    second.resume_button.click()
    qtbot.waitUntil(lambda: second.run.course.step >= 100, timeout=60_000)


def test_one_whose_model_is_gone_is_not_offered(window, qtbot, drawings):
    first = window()
    first.propose(drawings)
    first.start()
    qtbot.waitUntil(lambda: first.run is not None and first.run.course.step > 0, timeout=60_000)
    first.stop()
    qtbot.waitUntil(first.resume_button.isVisible, timeout=60_000)
    shutil.rmtree(first.run.lesson.out)
    first.another()
    assert first.back_button.isHidden()


@pytest.mark.parametrize("text, told", [("", "Choose a file"), ("/nowhere/a.ndjson", "does not exist")])
def test_what_cannot_be_taught_is_a_sentence(window, qtbot, text, told):
    one = window()
    one.data.setText(text)
    one.start()
    qtbot.waitUntil(lambda: told in one._message.text())
    assert one.run is None and one.start_button.isEnabled()


def test_too_few_drawings_are_a_sentence(window, qtbot, tmp_path):
    formats.write(tmp_path / "few.ndjson", [Sketch([LINE])] * 3)
    one = window()
    one.propose(tmp_path / "few.ndjson")
    one.start()
    qtbot.waitUntil(lambda: "at least ten" in one._message.text())
    assert one.run is None


# --- the record and the log ------------------------------------------------------------------------


def log(run, *events):
    run.log.parent.mkdir(parents=True, exist_ok=True)
    with run.log.open("a") as file:
        for event in events:
            file.write(event if isinstance(event, str) else json.dumps(event) + "\n")


def test_only_whole_lines_are_read_and_others_are_passed_over(lesson, tmp_path):
    run = Run(lesson, tmp_path / "lessons")
    step = {"event": "step", "reconstruction_loss": 0.5, "seconds_left": 3, "drawings_per_second": 9}
    log(run, {**step, "step": 1}, "a library's warning\n", '{"event": "st')
    assert run.read() and run.course.step == 1
    log(run, 'ep", "half": 1}\n', {**step, "step": 2})
    assert run.read() and run.course.step == 2
    assert not run.read()


def test_an_error_of_the_process_is_told(lesson, tmp_path):
    run = Run(lesson, tmp_path / "lessons")
    log(run, {"event": "start", "pid": 2**22 + 1}, {"event": "error", "message": "the disk is full"})
    run.read()
    assert describe(run, run.alive) == "the disk is full"


def test_a_process_that_never_spoke_leaves_its_last_words(lesson, tmp_path):
    run = Run(lesson, tmp_path / "lessons")
    (tmp_path / "lessons").mkdir()
    run.log.with_suffix(teaching.ERRORS).write_text("warning\nsketchrnn: no memory\n")
    assert describe(run, False) == "sketchrnn: no memory"


def test_another_process_of_the_same_number_is_not_ours(lesson, tmp_path):
    run = Run(lesson, tmp_path / "lessons")
    log(run, {"event": "start", "pid": os.getpid()})
    run.read()
    assert not run.alive
    run.stop()  # and is not stopped
    time.sleep(0.05)


def test_broken_records_hide_no_whole_one(lesson, tmp_path, trainer):
    folder = tmp_path / "lessons"
    Run(lesson, folder).begin()
    (folder / "broken.json").write_text("{")
    assert [run.lesson for run in runs(folder)] == [lesson]


def test_names_are_free_and_fit_for_folders(tmp_path):
    assert free_name("my cat", tmp_path) == "my-cat"
    (tmp_path / "my-cat").mkdir()
    assert free_name("my cat", tmp_path) == "my-cat-2"
    assert free_name("my cat", tmp_path, {"my-cat-2", "kanji"}) == "my-cat-3"
    assert free_name("kanji", tmp_path, {"kanji"}) == "kanji-2"  # one that ships keeps its name
    assert "/" not in free_name("../x", tmp_path)


def test_clock():
    assert [clock(0), clock(59.2), clock(61), clock(600)] == ["0:00", "1:00", "1:01", "10:00"]


# --- the plot --------------------------------------------------------------------------------------


def test_long_lines_are_thinned_and_keep_their_end():
    points = [(step, float(step)) for step in range(10_000)]
    thin = thinned(points)
    assert len(thin) <= MOST and thin[-1][0] == 9_999
    assert thinned(points[:10]) == tuple(points[:10])


def test_one_wild_batch_does_not_flatten_the_rest():
    calm = [(step, 1.0 + 0.001 * step) for step in range(100)]
    low, high = bounds([*calm, (100, 1e6)], [(0, 3.0)])
    assert low < 1.0 and 3.0 < high < 4.0


def test_the_plot_paints_anything(qtbot):
    plot = Plot()
    qtbot.addWidget(plot)
    for training, held in (([], []), ([(1, 1.0)], []), ([(1, 1.0), (2, 1.0)], [(0, 1.0)])):
        plot.show_losses(training, held)
        assert not plot.grab().isNull()
