"""A training run: it learns, keeps the best, and saves a model that says what it is."""

import dataclasses
import json

import numpy as np
import pytest
import tiny

from sketchrnn import store
from sketchrnn.completion import load_model
from sketchrnn.dataset import shards
from sketchrnn.dataset import splits as dataset_splits
from sketchrnn.engine import Decoder, Encoder
from sketchrnn.errors import FormatError
from sketchrnn.formats.npz import StrokeSet, write_splits

tf = pytest.importorskip("tensorflow")

from runs import PLAIN, QUICK, Notes, train, weights  # noqa: E402

from sketchrnn.model.sketch_rnn import SketchRNN  # noqa: E402
from sketchrnn.training import measuring, plan, session  # noqa: E402
from sketchrnn.training.config import TrainingConfig  # noqa: E402
from sketchrnn.training.trainer import DecayToMinimum  # noqa: E402


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
    run = plan.Run(tuple(map(str, files)), tiny.ARCHITECTURE, PLAIN, labelled=True)
    test = session.train(run, tmp_path / "out", Notes(), lambda trainer: trainer.step >= 60)
    assert test.recognition["1"] == 1.0
    model = load_model(tmp_path / "out")
    assert model.info.labels == ("down", "to the right")
    for label, wide in (("down", False), ("to the right", True)):
        for sketch in model.sample(5, label=label, temperature=0.1, seed=1):
            assert (sketch.bounds.width > sketch.bounds.height) == wide
            assert model.recognize(sketch)[0][0] == label
    measured = measuring.evaluate_saved(model.info, [str(files[0])], "test")
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


def test_the_best_weights_are_kept_not_the_last(tmp_path, data, monkeypatch, quickly):
    measured, measure = iter([3.0, 1.0, 2.0, 5.0]), measuring.evaluate

    def pretend(*given, **options):
        real = measure(*given, **options)
        return dataclasses.replace(real, reconstruction_loss=next(measured, 9.0), kl_loss=0.0)

    monkeypatch.setattr(measuring, "evaluate", pretend)
    notes = train(data, tmp_path / "out", 8, dataclasses.replace(QUICK, save_every=2))
    assert [validation.best for validation in notes.validations] == [True, True, False, False]
    assert store.read_info(tmp_path / "out").training["steps"] == 4
    assert store.read_info(tmp_path / "out").training["total_steps"] == 8


def test_stopping_at_once_still_saves_a_model(tmp_path, data, quickly):
    notes = train(data, tmp_path / "out", 0)
    assert notes.progress == []
    assert [validation.step for validation in notes.validations] == [0]
    assert load_model(tmp_path / "out").sample(1, seed=1)


def test_the_same_seed_trains_the_same_model_and_another_seed_another(tmp_path, data, straight, quickly):
    runs = [straight[1], train(data, tmp_path / "again", 3)]
    runs.append(train(data, tmp_path / "other", 3, dataclasses.replace(QUICK, seed=2)))
    first, again, other = ([p.reconstruction_loss for p in notes.progress[:3]] for notes in runs)
    np.testing.assert_allclose(again, first, rtol=1e-5)
    assert np.abs(np.subtract(other, first)).max() > 1e-3


def test_run_files_are_plain_json(straight, data):
    out, _ = straight
    run = json.loads((out / plan.CHECKPOINTS / plan.RUN_FILE).read_text())
    assert run["data"] == [str(data)]


def test_the_learning_rate_warms_up(tmp_path):
    config = TrainingConfig(warm_up=10, learning_rate=0.01, decay_rate=1.0)
    rates = [float(DecayToMinimum(config)(step)) for step in (0, 4, 9, 100)]
    np.testing.assert_allclose(rates, [0.001, 0.005, 0.01, 0.01], rtol=1e-4)


def test_a_folder_of_shards_is_trained_on_like_its_files(tmp_path, quickly):
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


def test_shards_teach_and_measure_a_saved_model_whose_frame_is_theirs(tmp_path, straight, data, quickly):
    base = store.read_info(straight[0])
    shards.write([data], tmp_path / "shards")
    run = plan.resolve(
        [str(tmp_path / "shards")],
        tmp_path / "taught",
        resume=False,
        architecture={},
        config={"save_every": 2},
        base=base,
    )
    session.train(run, tmp_path / "taught", Notes(), lambda trainer: trainer.step >= 2)
    taught = store.read_info(tmp_path / "taught")
    assert (taught.scale_factor, taught.frame) == (base.scale_factor, base.frame)
    of_file = measuring.evaluate_saved(base, [str(data)], "test")
    of_shards = measuring.evaluate_saved(base, [str(tmp_path / "shards")], "test", endings=1)
    assert of_shards.drawings == of_file.drawings
    assert of_shards.nats_per_point == pytest.approx(of_file.nats_per_point, rel=0.2)  # another z
    larger = dataclasses.replace(base, frame=2 * base.frame)
    with pytest.raises(FormatError, match="give the drawings themselves"):
        measuring.evaluate_saved(larger, [str(tmp_path / "shards")], "test")


def test_shards_that_do_not_fit_are_refused(tmp_path):
    for name in ("cat", "dog"):
        data = {part: tiny.drawings(20, 1) for part in ("train", "valid", "test")}
        write_splits(tmp_path / f"{name}.npz", data)
    shards.write([tmp_path / "cat.npz"], tmp_path / "shards")
    short = dataclasses.replace(QUICK, max_seq_len=2)
    with pytest.raises(FormatError, match="raise max_seq_len"):
        train(tmp_path / "shards", tmp_path / "out", 1, short)
    run = plan.Run((str(tmp_path / "shards"), str(tmp_path / "dog.npz")), tiny.ARCHITECTURE, QUICK)
    with pytest.raises(FormatError, match="taken alone"):
        session.train(run, tmp_path / "out", Notes(), lambda trainer: True)
