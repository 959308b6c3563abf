"""`sketchrnn train` and `evaluate`: what makes no sense is named, and figures are told."""

import json
import os

import pytest
import tiny
from shell import hostile_npz, refused

from sketchrnn.formats.npz import write_splits


def test_what_cannot_be_trained_on_is_one_line_with_its_name(command, folder):
    pytest.importorskip("tensorflow")
    tiny.data_file(folder / "few.npz", 5, 0, 0)
    for name, content in {"hostile.npz": hostile_npz(), "empty.npz": b"", "few.npz": None}.items():
        if content is not None:
            (folder / name).write_bytes(content)
        refused(command("train", name, "--out", "m"), name)
    refused(command("train", "--out", "m"), "name at least one file", status=2)
    refused(command("train", "few.npz", "--out", "m", "--resume"), "no training run")
    assert not (folder / "sprung").exists()
    assert not (folder / "m").exists()


def test_teaching_tells_a_program_how_it_goes(command, folder):
    pytest.importorskip("tensorflow")
    tiny.data_file(folder / "mine.npz", 20, 4, 4)
    status, printed, _ = command(
        "train", "mine.npz", "--from", "tiny", "--out", "mine", "--steps", "2", "--progress", "json"
    )
    assert status == 0
    events = [json.loads(line) for line in printed.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds[:2] == ["start", "validation"] and kinds[-2:] == ["validation", "end"]
    assert events[0]["pid"] == os.getpid() and events[0]["drawings"]["train"] == 20
    assert events[1]["step"] == 0 and events[1]["saved"]
    step = next(event for event in events if event["event"] == "step")
    assert {"step", "reconstruction_loss", "kl_loss", "drawings_per_second", "seconds_left"} <= set(step)
    assert events[-1]["test"]["drawings"] == 4
    assert (folder / "mine" / "model.json").exists()


def test_a_teacher_that_is_not_there_is_named(command, folder):
    tiny.data_file(folder / "mine.npz", 20, 4, 4)
    refused(command("train", "mine.npz", "--from", "horse", "--out", "mine"), "horse")
    assert not (folder / "mine").exists()


def test_measuring_says_figures_and_json(command, folder):
    pytest.importorskip("tensorflow")
    tiny.data_file(folder / "data.npz", 3, 3, 3, shortest=9, longest=9)
    status, printed, _ = command("evaluate", "tiny", "data.npz", "--json")
    assert status == 0
    measured = json.loads(printed)
    assert (measured["model"], measured["split"], measured["drawings"]) == ("tiny", "test", 3)
    assert measured["points"] == 27
    assert measured["bound"] == measured["nats_per_point"] + measured["kl_nats_per_point"]
    assert measured["nats_low"] <= measured["nats_per_point"] <= measured["nats_high"]
    status, printed, _ = command("evaluate", "tiny", "data.npz", "--against", "alone", "--endings", "2")
    assert status == 0
    lines = {line[:52].strip(): line[52:].split() for line in printed.splitlines()}
    assert lines["3 drawings (test), 27 points"] == ["tiny", "alone"]
    assert lines["nats a point"][0] == f"{measured['nats_per_point']:.4f}"
    assert lines["L_KL"][1:] == ["-"]  # a decoder alone has none
    assert all(float(figure) > 0 for figure in lines["between two endings"])
    write_splits(folder / "train.npz", {"train": tiny.drawings(3)})
    refused(command("evaluate", "tiny", "train.npz"), "train.npz has no test")
    refused(command("evaluate", "horse", "train.npz"), "horse")


def test_measuring_says_which_drawings_counted(command, folder, monkeypatch):
    pytest.importorskip("tensorflow")
    from sketchrnn.training import measuring
    from sketchrnn.training.evaluation import Evaluation

    measured = Evaluation(1, 9, 0.5, 0.1, 1.0, 0.2, 0.3)
    asked = []
    monkeypatch.setattr(
        measuring, "evaluate_saved", lambda _, __, split, **options: asked.append(split) or measured
    )

    def said(*arguments):
        status, printed, errors = command("evaluate", "tiny", *arguments)
        assert status == 0
        return printed, errors

    def answer(*arguments):
        told = json.loads(said(*arguments, "--json")[0])
        return told["split"], told["without_splits"]

    assert answer("data.npz") == ("test", [])
    assert answer("half.svg") == (None, ["half.svg"])
    assert answer("data.npz", "half.svg", "--split", "valid") == ("valid", ["half.svg"])
    assert asked == ["test", "test", "valid"]
    assert said("half.svg")[0].startswith("1 drawing (all without splits), 9 points ")
    assert said("data.npz", "half.svg")[0].startswith("1 drawing (test and all without splits), 9 points ")
    assert said("data.npz")[1] == said("half.svg")[1] == ""
    assert (
        said("half.svg", "--split", "valid")[1] == "sketchrnn: no splits in half.svg; every drawing counts\n"
    )
