"""What a model with an eye takes drawings for, and which ending it chooses by it."""

import numpy as np
import pytest
import tiny
from tiny import HALF

from sketchrnn import store
from sketchrnn.completion import load_model
from sketchrnn.engine import Architecture
from sketchrnn.engine.eye import eye_shapes
from sketchrnn.errors import ModelError

DECODER_ALONE = Architecture(
    False, dec_rnn_size=32, num_mixture=3, num_labels=len(tiny.LABELS), label_size=5, zero_start=True
)


def with_eye(folder, architecture, favourite=None):
    """A saved model whose eye sees at random, or the same everywhere."""
    random = np.random.default_rng(1)
    eye = {name: random.normal(0.0, 0.1, shape) for name, shape in eye_shapes(len(tiny.LABELS)).items()}
    if favourite is not None:
        eye["eye/labels/kernel"][:] = 0.0
        eye["eye/labels/bias"] = 20.0 * np.eye(len(tiny.LABELS))[tiny.LABELS.index(favourite)]
    info = tiny.save_model(folder, architecture, labels=tiny.LABELS)
    store.save(info, store.read_weights(info) | {name: array.astype("f4") for name, array in eye.items()})
    return load_model(folder)


@pytest.mark.parametrize("architecture", (tiny.LABELLED, DECODER_ALONE))
def test_it_says_how_likely_each_label_is_at_any_size(tmp_path, architecture):
    model = with_eye(tmp_path / "zoo", architecture)
    likely = dict(model.recognize(HALF))
    assert set(likely) == set(tiny.LABELS) and sum(likely.values()) == pytest.approx(1.0)
    larger = dict(model.recognize(HALF.transformed(scale=30.0)))
    assert larger == pytest.approx(likely, abs=1e-3)


def test_without_an_encoder_only_the_eye_counts(tmp_path):
    model = with_eye(tmp_path / "zoo", DECODER_ALONE, favourite="owl")
    assert model.recognize(HALF)[0] == ("owl", pytest.approx(1.0, abs=1e-6))
    blind = load_model(tiny.save_model(tmp_path / "blind", DECODER_ALONE, labels=tiny.LABELS).path)
    with pytest.raises(ModelError, match="knows no labels"):
        blind.recognize(HALF)


def test_encoder_and_eye_both_count(tmp_path):
    read = dict(
        load_model(tiny.save_model(tmp_path / "a", tiny.LABELLED, labels=tiny.LABELS).path).recognize(HALF)
    )
    both = dict(with_eye(tmp_path / "b", tiny.LABELLED, favourite="dog").recognize(HALF))
    assert both["dog"] > 0.9
    # What the eye sees is the same for the other two, which leaves the square root of what is read.
    assert both["cat"] / both["owl"] == pytest.approx((read["cat"] / read["owl"]) ** 0.5, rel=1e-3)


def test_endings_are_scored_by_the_eye(tmp_path):
    model = with_eye(tmp_path / "zoo", tiny.LABELLED, favourite="owl")
    assert all(ending.score > -0.01 for ending in model.ranked(HALF, 4, label="owl", seed=1))
    assert all(ending.score < -5.0 for ending in model.ranked(HALF, 4, label="cat", seed=1))


def test_a_model_without_all_of_an_eye_has_none(tmp_path):
    model = with_eye(tmp_path / "zoo", tiny.LABELLED, favourite="owl")
    weights = store.read_weights(model.info)
    del weights["eye/hidden/bias"]
    store.save(model.info, weights)
    plain = load_model(tiny.save_model(tmp_path / "plain", tiny.LABELLED, labels=tiny.LABELS).path)
    assert load_model(tmp_path / "zoo").recognize(HALF) == plain.recognize(HALF)
