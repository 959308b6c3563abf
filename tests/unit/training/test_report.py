"""A report that shows what happened, from a history that a kill does not spoil."""

import dataclasses
import xml.etree.ElementTree as ET

import pytest
import tiny

tf = pytest.importorskip("tensorflow")

from sketchrnn.training.evaluation import Evaluation  # noqa: E402
from sketchrnn.training.report import EVERY, FOLDER, History, read_history, write_report  # noqa: E402
from sketchrnn.training.trainer import Progress, Validation  # noqa: E402


def progress(step, loss):
    return Progress(step, loss, 0.5, 0, 0, 0.0, 0.001, 0.1, 2.0)


def validation(step, loss):
    return Validation(step, Evaluation(3, 9, loss, 0.4, 0.0, 0.0, 0.0), loss, True)


@pytest.fixture
def history(tmp_path):
    """Of 40 steps and two validations."""
    notes = History(tmp_path / "history.jsonl", 0)
    for step in range(1, 41):
        notes.on_progress(progress(step, 1.0 / step))
        if step % 20 == 0:
            notes.on_validation(validation(step, 0.3))
    return tmp_path / "history.jsonl"


def test_means_of_steps_and_validations_are_kept(history):
    lines = read_history(history)
    assert [line["step"] for line in lines] == [10, 20, 20, 30, 40, 40]
    assert lines[0]["reconstruction_loss"] == pytest.approx(sum(1.0 / n for n in range(1, 11)) / EVERY)
    assert lines[2]["validation"] == {"reconstruction_loss": 0.3, "kl_loss": 0.4}


def test_a_resumed_run_goes_on_where_it_was(history):
    with history.open("ab") as file:
        file.write(b'{"step": 41, "recons')  # killed
    notes = History(history, 30)
    for step in range(31, 51):
        notes.on_progress(progress(step, 9.0))
    lines = read_history(history)
    assert [line["step"] for line in lines] == [10, 20, 20, 30, 40, 50]
    assert lines[-2]["reconstruction_loss"] == pytest.approx(9.0)


@pytest.mark.parametrize("name", ["tiny", "alone"])
def test_the_page_shows_curves_samples_and_endings(tmp_path, history, name):
    architecture = tiny.ARCHITECTURE if name == "tiny" else tiny.DECODER_ONLY
    info = tiny.save_model(tmp_path / name, architecture, description="Zigzags & more.")
    info = dataclasses.replace(info, losses={"test": {"drawings": 3, "nats_per_point": 1.25}})
    page = write_report(info, read_history(history), tiny.drawings(12, 3))
    text = page.read_text("utf-8")
    assert "Zigzags &amp; more." in text and "1.25" in text
    pictures = {path.name for path in (info.path / FOLDER).glob("*.svg")}
    always = {"reconstruction_loss.svg", "learning_rate.svg", "gradient_norm.svg", "completions.svg"}
    conditional = {"kl_loss.svg", "kl_weight.svg", "reconstructions.svg"}
    assert pictures == always | (conditional if name == "tiny" else set())
    for picture in pictures:
        ET.parse(info.path / FOLDER / picture)
        assert picture in text


def test_a_run_without_history_has_a_page_too(tmp_path):
    info = tiny.save_model(tmp_path / "tiny")
    assert "too short" in write_report(info, [], tiny.drawings(2, 3)).read_text("utf-8")
