"""A training run: it learns, keeps the best, can be stopped, killed and resumed, and fails in one line."""

import dataclasses
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import tiny

from sketchrnn import formats, store
from sketchrnn.completion import load_model
from sketchrnn.dataset import shards
from sketchrnn.dataset import splits as dataset_splits
from sketchrnn.engine import Decoder, Encoder
from sketchrnn.errors import FormatError, ModelError, SketchRNNError
from sketchrnn.formats.npz import StrokeSet, write_splits
from sketchrnn.sketch import Sketch

tf = pytest.importorskip("tensorflow")

from sketchrnn.model.sketch_rnn import SketchRNN  # noqa: E402
from sketchrnn.training import session  # noqa: E402
from sketchrnn.training.config import TrainingConfig  # noqa: E402
from sketchrnn.training.trainer import DecayToMinimum  # noqa: E402

ROOT = Path(__file__).parents[3]

QUICK = TrainingConfig(
    batch_size=10,
    learning_rate=0.01,
    kl_weight=0.01,
    kl_decay_rate=0.9,
    save_every=10,
    recurrent_dropout_prob=0.9,
)
PLAIN = dataclasses.replace(
    QUICK, recurrent_dropout_prob=1.0, random_scale_factor=0.0, augment_stroke_prob=0.0
)


class Notes:
    """Keeps what a run reports."""

    def __init__(self):
        self.progress, self.validations, self.started_at = [], [], None

    def on_start(self, splits, model, step):
        self.started_at = step

    def on_progress(self, progress):
        self.progress.append(progress)

    def on_validation(self, validation):
        self.validations.append(validation)


def train(data, out, steps, config=QUICK, *, resume=False, architecture=tiny.ARCHITECTURE):
    """Trains up to a step; returns what was reported."""
    notes = Notes()
    run = session.Run((str(data),), architecture, config, "A test.", "none")
    notes.test = session.train(run, out, notes, lambda trainer: trainer.step >= steps, resume=resume)
    return notes


def weights(out):
    return store.read_weights(store.read_info(out))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Drawings of two lengths, so that little is traced."""
    return tiny.data_file(tmp_path_factory.mktemp("data") / "zigzags.npz", 40, 6, 6, shortest=12, longest=13)


@pytest.fixture
def quickly(monkeypatch):
    """Does not measure the rest of drawings, which takes seconds to trace."""
    monkeypatch.setattr(session, "FRACTIONS", ())


@pytest.fixture(scope="module")
def straight(tmp_path_factory, data):
    """A run of 40 steps without a break."""
    out = tmp_path_factory.mktemp("runs") / "straight"
    return out, train(data, out, 40)


@pytest.fixture
def copy(straight, tmp_path):
    """The run of 40 steps, to be resumed or spoilt."""
    return Path(shutil.copytree(straight[0], tmp_path / "copy"))


# --- learning ----------------------------------------------------------------------------------


def test_the_loss_falls_and_steps_are_counted(straight):
    _, notes = straight
    assert [progress.step for progress in notes.progress] == list(range(1, 41))
    losses = [progress.reconstruction_loss for progress in notes.progress]
    assert np.mean(losses[-10:]) < np.mean(losses[:5]) - 0.3
    assert [validation.step for validation in notes.validations] == [10, 20, 30, 40]
    assert notes.progress[-1].drawings == 400
    assert notes.progress[-1].points > 9 * 400


def test_one_model_learns_many_categories(tmp_path):
    """Of two files whose drawings go right and down, and which it has to tell apart and to draw apart."""
    random = np.random.default_rng(1)

    def walks(axis, count):
        rows = np.zeros((count, 12, 3), np.int16)
        rows[..., axis] = random.integers(5, 30, (count, 12))
        rows[:, -1, 2] = 1
        return StrokeSet.of(list(rows))

    files = [tmp_path / "sketchrnn_to_the_right.npz", tmp_path / "down.npz"]
    for axis, file in enumerate(files):
        write_splits(file, {"train": walks(axis, 40), "valid": walks(axis, 6), "test": walks(axis, 6)})
    run = session.Run(tuple(map(str, files)), tiny.ARCHITECTURE, PLAIN, labelled=True)
    test = session.train(run, tmp_path / "out", Notes(), lambda trainer: trainer.step >= 60)
    assert test.recognition["1"] == 1.0
    model = load_model(tmp_path / "out")
    assert model.info.labels == ("down", "to the right")
    for label, wide in (("down", False), ("to the right", True)):
        for sketch in model.sample(5, label=label, temperature=0.1, seed=1):
            assert (sketch.bounds.width > sketch.bounds.height) == wide
            assert model.recognize(sketch)[0][0] == label
    measured = session.evaluate_saved(model.info, [str(files[0])], "test")
    assert measured.recognition["1"] == 1.0


def test_ten_drawings_are_learnt_by_heart(tmp_path, quickly):
    drawings = tiny.drawings(10, 3, 12, 12)
    write_splits(tmp_path / "ten.npz", {"train": drawings, "valid": drawings, "test": drawings})
    notes = train(tmp_path / "ten.npz", tmp_path / "out", 250, dataclasses.replace(PLAIN, save_every=125))
    first, last = notes.progress[0].reconstruction_loss, notes.progress[-1].reconstruction_loss
    assert last < first - 2.0  # nats a point: seven times as likely
    assert notes.test.nats_per_point < first - 2.0


def test_the_saved_model_says_what_it_is(straight, data):
    out, notes = straight
    info = store.read_info(out)
    assert info.architecture == tiny.ARCHITECTURE
    assert info.max_points == 13
    assert info.data["drawings"] == {"train": 40, "valid": 6, "test": 6}
    assert info.data["files"] == [data.name]
    assert info.training["total_steps"] == 40
    assert info.losses["test"] == dataclasses.asdict(notes.test)
    assert {path.name for path in out.iterdir()} == {
        "README.md", "checkpoints", "model.json", "report", "samples.svg", "weights.npz",
    }  # fmt: skip


def test_the_saved_model_draws_and_agrees_with_keras(straight):
    out, _ = straight
    info, arrays = store.read_info(out), weights(out)
    assert load_model(out).complete(tiny.HALF, seed=1).point_count > tiny.HALF.point_count
    model = SketchRNN(info.architecture)
    model.load_arrays(arrays)
    rows = [row / info.scale_factor for row in tiny.drawings(2, 9, 12, 12)]
    encoded = Encoder(info.architecture, arrays).encode(rows)
    from sketchrnn.sketch import stroke3_to_stroke5

    points = np.stack([stroke3_to_stroke5(row) for row in rows], 1)
    latent = model.encoder(tf.constant(points[1:]), tf.constant([12, 12]))
    np.testing.assert_allclose(encoded.mu, latent.mu, atol=1e-4)
    decoder = Decoder(info.architecture, arrays)
    outputs, _ = decoder.prime(decoder.start(encoded.mu), rows)
    np.testing.assert_allclose(np.stack(outputs, 1), model.decoder(points[:-1], encoded.mu), atol=1e-4)


def test_a_decoder_alone_is_trained_too(tmp_path, data, quickly):
    notes = train(data, tmp_path / "out", 2, architecture=tiny.DECODER_ONLY)
    assert notes.test.kl_loss == 0.0
    assert not load_model(tmp_path / "out").info.conditional


# --- what is kept ------------------------------------------------------------------------------


def test_the_best_weights_are_kept_not_the_last(tmp_path, data, monkeypatch, quickly):
    measured, measure = iter([3.0, 1.0, 2.0, 5.0]), session.evaluate

    def pretend(*given, **options):
        real = measure(*given, **options)
        return dataclasses.replace(real, reconstruction_loss=next(measured, 9.0), kl_loss=0.0)

    monkeypatch.setattr(session, "evaluate", pretend)
    notes = train(data, tmp_path / "out", 8, dataclasses.replace(QUICK, save_every=2))
    assert [validation.best for validation in notes.validations] == [True, True, False, False]
    assert store.read_info(tmp_path / "out").training["steps"] == 4
    assert store.read_info(tmp_path / "out").training["total_steps"] == 8


def test_stopping_at_once_still_saves_a_model(tmp_path, data, quickly):
    notes = train(data, tmp_path / "out", 0)
    assert notes.progress == []
    assert [validation.step for validation in notes.validations] == [0]
    assert load_model(tmp_path / "out").sample(1, seed=1)


# --- resuming ----------------------------------------------------------------------------------


def checkpointed(out):
    """Weights, optimizer and all of the last checkpoint, exact."""
    reader = tf.train.load_checkpoint(str(out / session.CHECKPOINTS))
    types = reader.get_variable_to_dtype_map()
    names = [name for name, dtype in types.items() if dtype == tf.float32 and "iterator" not in name]
    assert len(names) > 30
    return {name: reader.get_tensor(name) for name in names}


def test_a_resumed_run_ends_as_one_without_a_break(straight, copy, data, quickly):
    folder = copy / session.CHECKPOINTS
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


def test_the_same_seed_trains_the_same_model_and_another_seed_another(tmp_path, data, straight, quickly):
    runs = [straight[1], train(data, tmp_path / "again", 3)]
    runs.append(train(data, tmp_path / "other", 3, dataclasses.replace(QUICK, seed=2)))
    first, again, other = ([p.reconstruction_loss for p in notes.progress[:3]] for notes in runs)
    np.testing.assert_allclose(again, first, rtol=1e-5)
    assert np.abs(np.subtract(other, first)).max() > 1e-3


def test_resuming_with_nothing_to_do_keeps_the_model(copy, data, quickly):
    before = weights(copy)
    train(data, copy, 40, resume=True)
    for name, array in weights(copy).items():
        np.testing.assert_array_equal(array, before[name])


def test_a_run_that_broke_off_before_its_first_checkpoint_begins_again(tmp_path, data, quickly):
    out = tmp_path / "out"
    session.Run((str(data),), tiny.ARCHITECTURE, QUICK).save(out)
    asked = session.resolve([], out, resume=True, architecture={}, config={})
    notes = Notes()
    session.train(asked, out, notes, lambda trainer: trainer.step >= 1, resume=True)
    assert notes.started_at == 0
    assert load_model(out)


def test_a_model_whose_checkpoints_are_lost_is_not_trained_over(copy, data):
    for path in (copy / session.CHECKPOINTS).iterdir():
        if path.name != session.RUN_FILE:
            path.unlink()
    with pytest.raises(ModelError, match="no checkpoint"):
        train(data, copy, 50, resume=True)


def resolve(out, data=(), *, resume=False, architecture=None, config=None):
    return session.resolve(
        [str(path) for path in data], out, resume=resume, architecture=architecture or {}, config=config or {}
    )


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
    (tmp_path / session.CHECKPOINTS).mkdir()
    (tmp_path / session.CHECKPOINTS / session.RUN_FILE).write_text(text)
    with pytest.raises(ModelError, match=session.RUN_FILE):
        resolve(tmp_path, resume=True)


@pytest.mark.parametrize("part", ["index", "data-00000-of-00001"])
def test_a_damaged_checkpoint_is_one_error(copy, data, part):
    damaged = copy / session.CHECKPOINTS / f"ckpt-40.{part}"
    damaged.write_bytes(damaged.read_bytes()[:100])
    with pytest.raises(SketchRNNError) as caught:
        train(data, copy, 50, resume=True)
    assert "\n" not in str(caught.value)
    assert load_model(copy)


# --- what goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize("save_every", [1, 1000], ids=["validated at once", "noticed by the next step"])
def test_a_loss_that_is_no_number_leaves_the_last_good_weights(copy, data, save_every):
    """The step that destroys the weights has a good loss itself, and may be the last before a validation."""
    before, checkpoint = weights(copy), checkpointed(copy)
    wild = dataclasses.replace(QUICK, learning_rate=1e30, decay_rate=1.0, save_every=save_every)
    with pytest.raises(ModelError, match=r"loss became (nan|inf) at step \d+.*smaller --learning_rate"):
        train(data, copy, 100, wild, resume=True)
    for name, array in weights(copy).items():
        np.testing.assert_array_equal(array, before[name])
    for name, array in checkpointed(copy).items():
        np.testing.assert_array_equal(array, checkpoint[name])


def test_a_folder_that_cannot_be_made_is_one_error(tmp_path, data):
    (tmp_path / "file").write_text("")
    with pytest.raises(FormatError, match="file"):
        train(data, tmp_path / "file" / "out", 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_is_one_error(tmp_path, data):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(FormatError, match="locked"):
        train(data, tmp_path / "locked" / "out", 1)


@pytest.mark.parametrize("room", [100, 20_000, 60_000], ids=["run", "weights", "checkpoint"])
def test_a_full_disk_is_one_error_and_what_stood_there_stays(copy, data, room):
    """Files may not grow beyond a limit, which looks like a full disk to whoever writes them."""
    before, checkpoint = weights(copy), checkpointed(copy)
    assert 20_000 < (copy / store.WEIGHTS_FILE).stat().st_size < 60_000
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(FormatError) as caught:
            train(data, copy, 42, dataclasses.replace(QUICK, kl_weight=0.0), resume=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(caught.value)
    assert str(copy) in str(caught.value)
    # A better model may have been written before; where drawings lie in z is measured at the end.
    assert weights(copy).keys() >= {name for name in before if not name.startswith("latent/")}
    assert checkpointed(copy).keys() == checkpoint.keys()


# --- stopped and killed from outside -----------------------------------------------------------


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


# --- evaluation --------------------------------------------------------------------------------


def test_a_saved_model_is_measured_as_the_run_measured_it(straight, data, quickly):
    out, notes = straight
    measured = session.evaluate_saved(store.read_info(out), [str(data)], "test")
    assert measured.reconstruction_loss == pytest.approx(notes.test.reconstruction_loss, rel=1e-5)
    assert measured.kl_loss == pytest.approx(notes.test.kl_loss, rel=1e-5)
    assert (measured.drawings, measured.points) == (notes.test.drawings, notes.test.points)


def test_evaluation_does_not_depend_on_the_start_convention(straight, tmp_path, data, quickly):
    from sketchrnn.dataset.splits import with_start
    from sketchrnn.formats.npz import read_splits

    out, notes = straight
    path = tmp_path / "started.npz"
    write_splits(path, {name: with_start(part, True) for name, part in read_splits(data).items()})
    measured = session.evaluate_saved(store.read_info(out), [str(path)], "test")
    assert measured.nats_per_point == pytest.approx(notes.test.nats_per_point, rel=1e-5)


def test_figures_are_what_the_engine_says(straight, data, quickly):
    """Nats a point, by the engine's own likelihood, z at its mean (its variance is next to nothing)."""
    from sketchrnn.engine import Mixture
    from sketchrnn.formats.npz import read_splits

    out, _ = straight
    info, arrays = store.read_info(out), weights(out)
    arrays["encoder/log_variance/bias"] = arrays["encoder/log_variance/bias"] - 50.0
    certain = dataclasses.replace(info, path=out.parent / "certain")
    store.save(certain, arrays, dtype="float32")
    measured = session.evaluate_saved(certain, [str(data)], "test")
    nats = points = end = 0.0
    decoder, encoder = Decoder(info.architecture, arrays), Encoder(info.architecture, arrays)
    for rows in read_splits(data)["test"]:
        scaled = (rows / np.array([info.scale_factor, info.scale_factor, 1])).astype(np.float32)
        outputs, _ = decoder.prime(decoder.start(encoder.encode([scaled]).mu), [scaled])
        offset, pen = Mixture.of(outputs[0][:-1]).log_likelihood(scaled)
        nats -= offset.sum() + pen.sum()
        points += len(rows)
        logits = outputs[0][-1, :3].astype(np.float64)
        end -= logits[2] - np.log(np.exp(logits).sum())
    assert measured.points == points
    assert measured.nats_per_point == pytest.approx(nats / points, rel=1e-3)
    assert measured.reconstruction_loss == pytest.approx(nats / (6 * 13), rel=1e-3)
    assert measured.end_nats == pytest.approx(end / 6, rel=1e-3)


def test_a_dot_is_measured_too(straight, tmp_path, quickly):
    out, _ = straight
    path = tmp_path / "dots.npz"
    write_splits(path, {"test": StrokeSet.of([np.array([[0, 0, 1]], np.int16)] * 3)})
    assert session.evaluate_saved(store.read_info(out), [str(path)], "test").drawings == 3


def test_an_empty_split_is_one_error_that_names_the_file(straight, tmp_path):
    out, _ = straight
    path = tmp_path / "nothing.npz"
    write_splits(path, {"test": StrokeSet.of([np.zeros((0, 3), np.int16)] * 3)})
    with pytest.raises(FormatError, match=r"nothing\.npz"):
        session.evaluate_saved(store.read_info(out), [str(path)], "test")


def test_run_files_are_plain_json(straight, data):
    out, _ = straight
    run = json.loads((out / session.CHECKPOINTS / session.RUN_FILE).read_text())
    assert run["data"] == [str(data)]


# --- learning on from a saved model ------------------------------------------------------------------


def taught(tmp_path, base, data, **config):
    """A run from `base` over `data`, to the folder it was saved in."""
    run = session.resolve(
        [str(data)], tmp_path / "taught", resume=False, architecture={}, config=config, base=base
    )
    notes = Notes()
    session.train(run, tmp_path / "taught", notes, lambda trainer: trainer.step >= 20)
    return run, notes, store.read_info(tmp_path / "taught")


@pytest.mark.parametrize("explicit_start", [False, True])
def test_a_taught_model_keeps_the_units_and_sizes_of_its_teacher(tmp_path, explicit_start):
    base = tiny.save_model(tmp_path / "base", explicit_start=explicit_start)
    data = tiny.data_file(tmp_path / "mine.npz")
    _, notes, info = taught(tmp_path, base, data)
    assert info.architecture == base.architecture
    for name in ("frame", "epsilon", "scale_factor", "explicit_start"):
        assert getattr(info, name) == getattr(base, name)
    assert info.training["from"] == "base"
    assert notes.validations[0].step == 0 and notes.validations[0].best
    load_model(info.path).complete(tiny.HALF, seed=1)


def test_a_taught_model_begins_as_its_teacher_and_is_never_worse(tmp_path):
    base = tiny.save_model(tmp_path / "base")
    data = tiny.data_file(tmp_path / "mine.npz")
    hopeless = {"learning_rate": 1e-12, "min_learning_rate": 1e-12}
    _, notes, info = taught(tmp_path, base, data, **hopeless)
    saved = store.read_weights(info)
    for name, array in store.read_weights(base).items():
        np.testing.assert_allclose(saved[name], array, atol=1e-3)
    kept = [validation.cost for validation in notes.validations if validation.best]
    assert min(validation.cost for validation in notes.validations) == kept[-1] <= notes.validations[0].cost


def test_drawings_of_any_size_come_to_the_teachers_frame(tmp_path):
    base = tiny.save_model(tmp_path / "base", frame=255.0, scale_factor=30.0)
    random = np.random.default_rng(3)
    sketches = [
        Sketch.from_stroke3(tiny.drawing(random, 20)).transformed(random.uniform(0.1, 30)) for _ in range(40)
    ]
    formats.write(tmp_path / "mine.ndjson", sketches)
    units = session.resolve(
        [str(tmp_path / "mine.ndjson")],
        tmp_path / "taught",
        resume=False,
        architecture={},
        config={},
        base=base,
    ).units
    splits = dataset_splits.load([tmp_path / "mine.ndjson"], units=units)
    assert [len(splits.train), len(splits.valid), len(splits.test)] == [32, 4, 4]
    np.testing.assert_allclose(dataset_splits.larger_sides(splits.train), 255.0, rtol=1e-4)
    assert splits.scale_factor == 30.0


def test_a_data_set_in_another_frame_is_scaled_as_a_whole(tmp_path):
    base = tiny.save_model(tmp_path / "base", frame=1000.0, epsilon=0.0)
    path = tiny.data_file(tmp_path / "mine.npz")
    plain = dataset_splits.load([path])
    units = dataset_splits.Units(1000.0, 0.0, 30.0, False, 60)
    brought = dataset_splits.load([path], units=units)
    sides = dataset_splits.larger_sides(brought.train) / dataset_splits.larger_sides(plain.train)
    np.testing.assert_allclose(sides, sides[0], rtol=1e-4)
    assert base.frame / np.median(dataset_splits.larger_sides(brought.train)) == pytest.approx(1.0, abs=0.1)


def test_patience_ends_a_run_that_gets_no_better(tmp_path):
    base = tiny.save_model(tmp_path / "base")
    data = tiny.data_file(tmp_path / "mine.npz")
    run = session.resolve(
        [str(data)],
        tmp_path / "taught",
        resume=False,
        architecture={},
        config={"patience": 2, "save_every": 1, "learning_rate": 0.9, "min_learning_rate": 0.9, "warm_up": 0},
        base=base,
    )
    notes = Notes()
    session.train(run, tmp_path / "taught", notes, lambda trainer: trainer.step >= 50)
    assert len(notes.progress) < 50
    assert [validation.best for validation in notes.validations[-2:]] == [False, False]


def test_a_taught_run_is_resumed_without_its_teacher(tmp_path):
    base = tiny.save_model(tmp_path / "base")
    data = tiny.data_file(tmp_path / "mine.npz")
    taught(tmp_path, base, data)
    shutil.rmtree(base.path)
    out = tmp_path / "taught"
    run = session.resolve([], out, resume=True, architecture={}, config={})
    notes = Notes()
    session.train(run, out, notes, lambda trainer: trainer.step >= 25, resume=True)
    assert notes.started_at == 20 and len(notes.progress) == 5


def test_sizes_cannot_change_on_the_way(tmp_path):
    base = tiny.save_model(tmp_path / "base")
    with pytest.raises(ModelError, match="dec_rnn_size"):
        session.resolve(
            ["mine.npz"],
            tmp_path / "taught",
            resume=False,
            architecture={"dec_rnn_size": 64},
            config={},
            base=base,
        )


def test_the_learning_rate_warms_up(tmp_path):
    config = TrainingConfig(warm_up=10, learning_rate=0.01, decay_rate=1.0)
    rates = [float(DecayToMinimum(config)(step)) for step in (0, 4, 9, 100)]
    np.testing.assert_allclose(rates, [0.001, 0.005, 0.01, 0.01], rtol=1e-4)


def test_a_folder_of_shards_is_trained_on_like_its_files(tmp_path):
    counts = {"train": 40, "valid": 6, "test": 5}
    write_splits(tmp_path / "cat.npz", {name: tiny.drawings(count, 1) for name, count in counts.items()})
    shards.write([tmp_path / "cat.npz"], tmp_path / "shards")
    notes = train(tmp_path / "shards", tmp_path / "out", 10)
    assert notes.test.drawings == 5
    info = store.read_info(tmp_path / "out")
    whole = dataset_splits.load([tmp_path / "cat.npz"])
    assert info.scale_factor == pytest.approx(whole.scale_factor)
    assert (info.frame, info.max_points) == (whole.frame, whole.longest)
    assert info.data["drawings"] == counts
    assert weights(tmp_path / "out")["latent/mean"].shape == (tiny.ARCHITECTURE.z_size,)


def test_shards_that_do_not_fit_are_refused(tmp_path):
    for name in ("cat", "dog"):
        data = {part: tiny.drawings(20, 1) for part in ("train", "valid", "test")}
        write_splits(tmp_path / f"{name}.npz", data)
    shards.write([tmp_path / "cat.npz"], tmp_path / "shards")
    short = dataclasses.replace(QUICK, max_seq_len=2)
    with pytest.raises(FormatError, match="raise max_seq_len"):
        train(tmp_path / "shards", tmp_path / "out", 1, short)
    run = session.Run((str(tmp_path / "shards"), str(tmp_path / "dog.npz")), tiny.ARCHITECTURE, QUICK)
    with pytest.raises(FormatError, match="trained on alone"):
        session.train(run, tmp_path / "out", Notes(), lambda trainer: True)
