"""The eye of a model: it learns what numpy then sees, and goes with the model that it was trained for."""

import dataclasses

import numpy as np
import pytest
import tiny

from sketchrnn import store
from sketchrnn.completion import load_model
from sketchrnn.engine.eye import Eye, dots_along, eye_shapes, features
from sketchrnn.errors import ConfigError, FormatError
from sketchrnn.formats.npz import StrokeSet, write_splits
from sketchrnn.sketch import Sketch

keras = pytest.importorskip("keras")

from runs import PLAIN, Notes  # noqa: E402

from sketchrnn.training import eye as training  # noqa: E402
from sketchrnn.training import plan, session  # noqa: E402

pytestmark = pytest.mark.usefixtures("quickly")

LABELS = ("ring", "steps")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(training, "BATCH", 32)


def rings_and_steps(count, seed):
    """Drawings of two kinds, each of two strokes, in pixels."""
    random, rows, labels = np.random.default_rng(seed), [], []
    for number in range(count):
        turn = random.uniform(0.0, 6.0) + np.linspace(0.0, 6.0, 14)
        line = np.stack([np.cos(turn), np.sin(turn)], 1) * 60.0
        if number % 2:
            line = np.cumsum(np.resize([[18.0, 0.0], [0.0, 14.0]], (14, 2)), axis=0)
        line = line + random.normal(0.0, 2.0, line.shape)
        lifts = np.isin(np.arange(14), (6, 13))
        rows.append(np.column_stack([np.diff(line, axis=0, prepend=line[:1]), lifts])[1:].round())
        labels.append(LABELS[number % 2])
    return StrokeSet.of([row.astype(np.int16) for row in rows], np.array(labels))


def test_it_learns_to_tell_drawings_apart_whole_and_begun():
    reports = []
    eye = training.train_eye(
        rings_and_steps(200, 1), rings_and_steps(20, 2), LABELS, 60, seed=1, on_progress=reports.append
    )
    assert {name: array.shape for name, array in eye.items()} == eye_shapes(2)
    assert reports[-1].step == reports[-1].steps == 60
    assert reports[-1].accuracy == 1.0 and reports[-1].loss < reports[0].loss
    fresh = rings_and_steps(20, 3)
    sketches = [Sketch.from_stroke3(rows) for rows in fresh]
    for seen in (sketches, [sketch[:1] for sketch in sketches]):
        named = Eye(eye).logits([sketch.strokes for sketch in seen]).argmax(axis=1)
        assert (named == np.arange(20) % 2).all()


def test_numpy_sees_what_keras_sees():
    network = training._network(3)
    random = np.random.default_rng(1)
    for layer in network.layers:
        arrays = layer.get_weights()
        if len(arrays) == 4:  # normalisation as it is after some training
            layer.set_weights([random.uniform(0.5, 2.0, array.shape) for array in arrays])
    drawings = [[random.normal(size=(9, 2)), random.normal(size=(4, 2))] for _ in range(3)]
    expected = network.predict(features(dots_along(drawings)), verbose=0)
    seen = Eye(training._folded(network, 3)).logits(drawings)
    np.testing.assert_allclose(seen, expected, atol=1e-4 * np.abs(expected).max())


def test_the_same_seed_trains_the_same_eye():
    data = rings_and_steps(60, 1)
    first, second = (
        training.train_eye(data, data, LABELS, 4, seed=5, on_progress=lambda progress: None) for _ in "12"
    )
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])


def test_drawings_without_the_labels_are_refused():
    with pytest.raises(FormatError, match="label"):
        training.train_eye(tiny.drawings(5), tiny.drawings(5), LABELS, 4, 1, lambda progress: None)


def test_one_that_is_stopped_is_not_kept():
    data, asked = rings_and_steps(40, 1), iter([False, False, True, True, True])
    eye = training.train_eye(data, data, LABELS, 1000, 1, lambda progress: None, lambda: next(asked, True))
    assert eye is None


@pytest.fixture
def watching(tmp_path):
    """A trained model with an eye, and the file of its drawings."""
    file = tmp_path / "both.npz"
    write_splits(
        file, {name: rings_and_steps(n, n) for name, n in (("train", 80), ("valid", 20), ("test", 21))}
    )
    config = dataclasses.replace(PLAIN, eye_steps=40)
    run = plan.Run((str(file),), tiny.ARCHITECTURE, config, labelled=True)
    notes = Notes()
    session.train(run, tmp_path / "out", notes, lambda trainer: trainer.step >= 10)
    assert [progress.step for progress in notes.eye][-1] == 40
    return store.read_info(tmp_path / "out"), file


def eye_of(info):
    return {name: array for name, array in store.read_weights(info).items() if name.startswith("eye/")}


def test_a_model_recognises_by_the_eye_that_was_trained_for_it(watching):
    model = load_model(watching[0].path)
    assert eye_of(watching[0]).keys() == eye_shapes(2).keys()
    for number, rows in enumerate(rings_and_steps(10, 9)):
        assert model.recognize(Sketch.from_stroke3(rows))[0][0] == LABELS[number % 2]


def test_a_model_that_learns_on_keeps_its_eye(watching, tmp_path):
    info, file = watching
    asked = plan.resolve([str(file)], tmp_path / "on", resume=False, architecture={}, config={}, base=info)
    assert asked.config.eye_steps == 0
    session.train(asked, tmp_path / "on", Notes(), lambda trainer: trainer.step >= 2)
    kept = eye_of(store.read_info(tmp_path / "on"))
    for name, array in eye_of(info).items():
        np.testing.assert_array_equal(kept[name], array)


def test_without_labels_there_is_nothing_to_tell_apart(tmp_path, data):
    run = plan.Run((str(data),), tiny.ARCHITECTURE, dataclasses.replace(PLAIN, eye_steps=5))
    with pytest.raises(ConfigError, match="--labels"):
        session.train(run, tmp_path / "out", Notes(), lambda trainer: True)
