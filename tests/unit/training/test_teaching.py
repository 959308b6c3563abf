"""Learning on from a saved model: in its units, at its sizes, never worse than it."""

import dataclasses
import shutil

import numpy as np
import pytest
import tiny

from sketchrnn import formats, store
from sketchrnn.completion import load_model
from sketchrnn.dataset import splits as dataset_splits
from sketchrnn.engine.eye import Eye, eye_shapes
from sketchrnn.errors import ModelError
from sketchrnn.formats.npz import StrokeSet, write_splits
from sketchrnn.sketch import Sketch

tf = pytest.importorskip("tensorflow")

from runs import Notes  # noqa: E402

from sketchrnn.training import plan, rehearsal, session  # noqa: E402

pytestmark = pytest.mark.usefixtures("quickly")


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """A teacher draws less of what it knows."""
    monkeypatch.setattr(rehearsal, "DRAWINGS", 30)


def taught(tmp_path, base, data, **config):
    """A run from `base` over `data`, to the folder it was saved in."""
    run = plan.resolve(
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


def test_a_taught_model_says_under_which_licence_its_teacher_came(tmp_path):
    base = tiny.save_model(tmp_path / "dog", data={"licence": "Apache-2.0"})
    data = tiny.data_file(tmp_path / "mine.npz")
    _, _, info = taught(tmp_path, base, data)
    assert info.data["licence"] == "begun with the weights of dog (Apache-2.0)"
    assert "weights of dog (Apache-2.0)" in (info.path / "README.md").read_text("utf-8")
    again = {"resume": False, "architecture": {}, "config": {}, "base": base}
    run = plan.resolve([str(data)], tmp_path / "other", licence="mine, CC0", **again)
    assert run.licence == "mine, CC0; begun with the weights of dog (Apache-2.0)"


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
    units = plan.resolve(
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
    run = plan.resolve(
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
    run = plan.resolve([], out, resume=True, architecture={}, config={})
    notes = Notes()
    session.train(run, out, notes, lambda trainer: trainer.step >= 25, resume=True)
    assert notes.started_at == 20 and len(notes.progress) == 5


def test_sizes_cannot_change_on_the_way(tmp_path):
    base = tiny.save_model(tmp_path / "base")
    with pytest.raises(ModelError, match="dec_rnn_size"):
        plan.resolve(
            ["mine.npz"],
            tmp_path / "taught",
            resume=False,
            architecture={"dec_rnn_size": 64},
            config={},
            base=base,
        )


LABELLED = dataclasses.replace(tiny.ARCHITECTURE, num_labels=2)


def labelled(tmp_path, names):
    """A model that knows cat and dog, and a data set of drawings with other labels."""
    base = tiny.save_model(tmp_path / "base", LABELLED, labels=("cat", "dog"))
    parts = {part: tiny.drawings(count) for part, count in (("train", 40), ("valid", 6), ("test", 6))}
    labels = {part: [names[n % len(names)] for n in range(len(drawings))] for part, drawings in parts.items()}
    path = tmp_path / "mine.npz"
    write_splits(path, {part: StrokeSet.of(list(drawings), labels[part]) for part, drawings in parts.items()})
    return base, path


def test_a_label_that_the_teacher_does_not_know_is_one_of_the_pupils(tmp_path):
    base, data = labelled(tmp_path, ["unicorn", "Dog", "apple"])
    _, _, info = taught(tmp_path, base, data, learning_rate=1e-12, min_learning_rate=1e-12)
    assert info.labels == ("cat", "dog", "apple", "unicorn")
    assert info.architecture.num_labels == 4
    before, after = store.read_weights(base), store.read_weights(info)
    embeddings = after["label/embeddings"]
    np.testing.assert_allclose(embeddings[:2], before["label/embeddings"][:2], atol=1e-3)
    for row in embeddings[2:]:  # new labels and none: all begin with what stood for none
        np.testing.assert_allclose(row, before["label/embeddings"][2], atol=1e-3)
    model, was = load_model(info.path), load_model(base.path)
    assert {label for label, _ in model.recognize(tiny.HALF)} == set(info.labels)
    told, untold = (dict(one.recognize(tiny.HALF)) for one in (model, was))
    assert told["cat"] / told["dog"] == pytest.approx(untold["cat"] / untold["dog"], rel=0.05)
    model.complete(tiny.HALF, label="unicorn", seed=1)
    model.sample(1, label="apple", seed=1)


def test_what_a_new_label_stands_for_is_learnt(tmp_path):
    base, data = labelled(tmp_path, ["unicorn"])
    quickly = {"learning_rate": 0.01, "min_learning_rate": 0.01, "warm_up": 0, "save_every": 5}
    _, notes, info = taught(tmp_path, base, data, label_weight=5.0, **quickly)
    assert any(validation.best and validation.step for validation in notes.validations)
    before, after = store.read_weights(base), store.read_weights(info)
    none = before["label/embeddings"][2]
    assert np.abs(after["label/embeddings"][2] - none).max() > 0.01
    named = load_model(info.path).recognize(Sketch.from_stroke3(tiny.drawings(1)[0]))
    assert dict(named)["unicorn"] > 0.3  # of three


def test_a_run_with_a_new_label_is_resumed_with_it(tmp_path):
    base, data = labelled(tmp_path, ["unicorn"])
    taught(tmp_path, base, data)
    shutil.rmtree(base.path)
    _, other = labelled(tmp_path / "later", ["dragon"])
    out = tmp_path / "taught"
    run = plan.resolve([str(other)], out, resume=True, architecture={}, config={})
    session.train(run, out, Notes(), lambda trainer: trainer.step >= 25, resume=True)
    assert store.read_info(out).labels == ("cat", "dog", "unicorn")


def test_labels_that_were_not_taught_keep_their_place_in_the_latent_space(tmp_path):
    base, data = labelled(tmp_path, ["unicorn", "dog"])
    size = base.architecture.z_size
    mean = np.arange(2 * size, dtype=np.float32).reshape(2, size) / size
    latent = {"latent/mean": mean, "latent/factor": np.eye(size, dtype=np.float32)}
    store.save(base, store.read_weights(base) | latent)
    _, _, info = taught(tmp_path, base, data)
    after = store.read_weights(info)["latent/mean"]
    np.testing.assert_allclose(after[0], mean[0], atol=1e-3)
    for row, before in ((1, mean[1]), (2, mean.mean(axis=0))):  # but these were measured anew
        assert np.abs(after[row] - before).max() > 0.1


def test_a_teacher_without_labels_learns_none(tmp_path):
    base = tiny.save_model(tmp_path / "base")
    _, data = labelled(tmp_path / "other", ["unicorn"])
    assert taught(tmp_path, base, data)[2].labels == ()


def watching(tmp_path):
    """A model that knows cat and dog, with an eye for them, and a data set of unicorns."""
    base, data = labelled(tmp_path, ["unicorn"])
    random = np.random.default_rng(4)
    eye = {
        name: (random.standard_normal(shape) / np.sqrt(max(shape[:-1], default=1))).astype(np.float32)
        for name, shape in eye_shapes(2).items()
    }
    store.save(base, store.read_weights(base) | eye)
    return base, data


def test_an_eye_goes_with_a_new_label_and_stays_when_the_run_goes_on_without_the_teacher(tmp_path):
    base, data = watching(tmp_path)
    _, _, info = taught(tmp_path, base, data)
    before, first = store.read_weights(base), store.read_weights(info)
    own = [Sketch.from_stroke3(rows).strokes for rows in tiny.drawings(10)]
    np.testing.assert_allclose(Eye(first).logits(own)[:, :2], Eye(before).logits(own), atol=2e-2)
    shutil.rmtree(base.path)
    run = plan.resolve([], tmp_path / "taught", resume=True, architecture={}, config={})
    session.train(run, tmp_path / "taught", Notes(), lambda trainer: trainer.step >= 25, resume=True)
    second = store.read_weights(store.read_info(tmp_path / "taught"))
    for name in eye_shapes(3):
        np.testing.assert_array_equal(first[name], second[name])


def test_a_teacher_that_never_ends_a_drawing_is_not_rehearsed(tmp_path, monkeypatch):
    base, data = labelled(tmp_path, ["unicorn"])
    monkeypatch.setattr(rehearsal, "drawn", lambda *_: StrokeSet.of([], []))
    _, notes, info = taught(tmp_path, base, data)
    assert len(notes.progress) == 20 and info.labels == ("cat", "dog", "unicorn")


def test_the_mean_of_the_weights_is_what_is_validated_and_kept(tmp_path):
    base = tiny.save_model(tmp_path / "base")
    data = tiny.data_file(tmp_path / "mine.npz")
    wild = {"learning_rate": 0.02, "min_learning_rate": 0.02, "warm_up": 0, "save_every": 10}
    wild |= {"variations": 0, "rehearsal_prob": 0.0, "seed": 3}
    losses, measured = [], []
    for average in (0.0, 0.999):
        _, notes, _ = taught(tmp_path / f"{average}", base, data, weight_average=average, **wild)
        losses.append([progress.reconstruction_loss for progress in notes.progress])
        measured.append(notes.validations[-1].evaluation.nats_per_point)
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)  # the same steps were made
    assert abs(measured[0] - measured[1]) > 0.01  # but something else was measured


def test_few_drawings_are_not_left_out_for_being_longer_than_the_teachers(tmp_path):
    base = tiny.save_model(tmp_path / "base")
    base = dataclasses.replace(base, training={"max_seq_len": 60})
    run = plan.resolve(["mine.npz"], tmp_path / "on", resume=False, architecture={}, config={}, base=base)
    assert run.config.max_seq_len == 250
    base = dataclasses.replace(base, training={"max_seq_len": 400})
    run = plan.resolve(["mine.npz"], tmp_path / "on", resume=False, architecture={}, config={}, base=base)
    assert run.config.max_seq_len == 400
