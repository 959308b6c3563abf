"""A training run that is stopped, killed, resumed, or must not be resumed."""

import dataclasses
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tiny

from sketchrnn.completion import load_model
from sketchrnn.errors import ModelError, SketchRNNError

tf = pytest.importorskip("tensorflow")

from runs import QUICK, ROOT, Notes, checkpointed, resolve, train, weights  # noqa: E402

from sketchrnn.training import plan, session  # noqa: E402


def test_a_resumed_run_ends_as_one_without_a_break(straight, copy, data, quickly):
    folder = copy / plan.CHECKPOINTS
    tf.compat.v1.train.update_checkpoint_state(str(folder), str(folder / "ckpt-30"))
    notes = train(data, copy, 43, resume=True)
    assert notes.started_at == 30
    assert [progress.step for progress in notes.progress] == list(range(31, 44))
    assert [validation.step for validation in notes.validations] == [40, 43]
    out, whole = straight
    expected = [progress.reconstruction_loss for progress in whole.progress[30:]]
    np.testing.assert_allclose([p.reconstruction_loss for p in notes.progress[:10]], expected, rtol=1e-4)
    tf.compat.v1.train.update_checkpoint_state(str(folder), str(folder / "ckpt-40"))
    resumed = checkpointed(copy)
    for name, array in checkpointed(out).items():
        np.testing.assert_allclose(resumed[name], array, atol=1e-4, err_msg=name)


def test_resuming_with_nothing_to_do_keeps_the_model(copy, data, quickly):
    before = weights(copy)
    train(data, copy, 40, resume=True)
    for name, array in weights(copy).items():
        np.testing.assert_array_equal(array, before[name])


def test_a_run_that_broke_off_before_its_first_checkpoint_begins_again(tmp_path, data, quickly):
    out = tmp_path / "out"
    plan.Run((str(data),), tiny.ARCHITECTURE, QUICK).save(out)
    asked = plan.resolve([], out, resume=True, architecture={}, config={})
    notes = Notes()
    session.train(asked, out, notes, lambda trainer: trainer.step >= 1, resume=True)
    assert notes.started_at == 0
    assert load_model(out)


def test_a_model_whose_checkpoints_are_lost_is_not_trained_over(copy, data):
    for path in (copy / plan.CHECKPOINTS).iterdir():
        if path.name != plan.RUN_FILE:
            path.unlink()
    with pytest.raises(ModelError, match="no checkpoint"):
        train(data, copy, 50, resume=True)


def test_a_second_run_into_the_same_folder_is_refused(straight, data):
    out, _ = straight
    with pytest.raises(ModelError, match="--resume"):
        resolve(out, [data])


def test_a_shipped_model_is_not_overwritten_by_a_run(models, data):
    with pytest.raises(ModelError, match="already holds"):
        resolve(models / "tiny", [data])
    with pytest.raises(ModelError, match="no training run"):
        resolve(models / "tiny", resume=True)


def test_a_resumed_run_begins_with_what_it_was_begun_with(straight):
    out, _ = straight
    run = resolve(out, resume=True, config={"learning_rate": 0.5})
    assert run.architecture == tiny.ARCHITECTURE
    assert run.config == dataclasses.replace(QUICK, learning_rate=0.5)
    assert run.description == "A test."
    with pytest.raises(ModelError, match="dec_rnn_size"):
        resolve(out, resume=True, architecture={"dec_rnn_size": 64})


@pytest.mark.parametrize("text", ["", "{", "[]", '{"data": 5}', '{"data": [], "architecture": {"x": 1}}'])
def test_a_damaged_run_is_one_error(tmp_path, text):
    (tmp_path / plan.CHECKPOINTS).mkdir()
    (tmp_path / plan.CHECKPOINTS / plan.RUN_FILE).write_text(text)
    with pytest.raises(ModelError, match=plan.RUN_FILE):
        resolve(tmp_path, resume=True)


@pytest.mark.parametrize("part", ["index", "data-00000-of-00001"])
def test_a_damaged_checkpoint_is_one_error(copy, data, part):
    damaged = copy / plan.CHECKPOINTS / f"ckpt-40.{part}"
    damaged.write_bytes(damaged.read_bytes()[:100])
    with pytest.raises(SketchRNNError) as caught:
        train(data, copy, 50, resume=True)
    assert "\n" not in str(caught.value)
    assert load_model(copy)


def start(out, *options, data=()):
    """`sketchrnn train` in a process of its own, once it has said its first line about a step."""
    sizes = ["--enc_rnn_size=16", "--dec_rnn_size=32", "--z_size=8", "--num_mixture=3", "--batch_size=10"]
    process = subprocess.Popen(
        [sys.executable, "-m", "sketchrnn", "train", *map(str, data), "--out", str(out), *sizes, *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return process


def wait_for(process, words):
    """Reads what it prints until a line has these words."""
    for line in process.stdout:
        if words in line:
            return
    raise AssertionError(f"it never said {words!r}: {process.stderr.read()}")


def test_ctrl_c_keeps_what_was_learnt(tmp_path, data):
    process = start(tmp_path / "out", "--save_every=1000000", data=[data])
    wait_for(process, "starting")
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    printed, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert "saved in" in printed
    assert load_model(tmp_path / "out").sample(1, seed=1)


def test_a_killed_run_leaves_a_model_that_loads_and_a_run_to_resume(tmp_path, data, quickly):
    out = tmp_path / "out"
    process = start(out, "--save_every=1", data=[data])
    wait_for(process, "step 3:")
    process.kill()
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert load_model(out).sample(1, seed=1)
    notes = Notes()
    asked = resolve(out, resume=True)
    session.train(asked, out, notes, lambda trainer: trainer.step >= notes.started_at + 1, resume=True)
    assert notes.started_at >= 2
    assert len(notes.progress) == 1


def test_a_run_whose_batches_were_made_in_another_order_goes_on_from_their_beginning(
    copy, data, quickly, monkeypatch
):
    from sketchrnn.training import trainer

    before = checkpointed(copy)
    monkeypatch.setattr(trainer, "ORDER", trainer.ORDER + 1)
    notes = train(data, copy, 41, resume=True)
    assert (notes.started_at, [progress.step for progress in notes.progress]) == (40, [41])
    changes = [np.abs(after - before[name]).max() for name, after in checkpointed(copy).items()]
    assert 0.0 < max(changes) < 1.0  # one step from where it was, not weights made anew


def test_a_run_goes_on_where_drawings_were_taken_away_meanwhile(copy, tmp_path, quickly):
    fewer = tiny.data_file(tmp_path / "fewer.npz", 11, 6, 6, shortest=12, longest=13)
    before = checkpointed(copy)
    notes = train(fewer, copy, 43, resume=True)
    assert notes.started_at == 40 and [progress.step for progress in notes.progress] == [41, 42, 43]
    after = checkpointed(copy)
    moved = [np.abs(after[name] - before[name]).max() for name in before if "learning_rate" not in name]
    assert max(moved) < 1.0  # it went on from what was learnt
