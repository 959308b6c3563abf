"""Drawings in bulk: ended by themselves, the same under a seed, prepared as QuickDraw prepares its own."""

import numpy as np
import pytest
import tiny

from sketchrnn import simplify
from sketchrnn.errors import ModelError
from sketchrnn.formats.npz import StrokeSet
from sketchrnn.sketch import Sketch
from sketchrnn.training.distillation import LONGEST, SHORTEST, prepared, sample


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return tiny.save_model(tmp_path_factory.mktemp("models") / "alone", tiny.DECODER_ONLY)


def test_as_many_as_wanted_each_ended_by_itself(alone):
    drawings = sample(alone, 300, 1.0, seed=1)
    assert len(drawings) == 300
    assert all(SHORTEST <= len(rows) <= LONGEST and rows[-1, 2] == 1 for rows in drawings)
    assert len({rows.tobytes() for rows in drawings}) == 300
    assert all(np.array_equal(*pair) for pair in zip(drawings, sample(alone, 300, 1.0, seed=1), strict=True))
    assert any(
        not np.array_equal(*pair) for pair in zip(drawings, sample(alone, 300, 1.0, seed=2), strict=True)
    )


def test_a_low_temperature_draws_more_alike(alone):
    wild, careful = (np.concatenate(sample(alone, 100, t, seed=1))[:, :2].std() for t in (1.0, 0.05))
    assert careful < wild


def test_a_model_with_an_encoder_is_refused(tmp_path):
    with pytest.raises(ModelError, match="decoder alone"):
        sample(tiny.save_model(tmp_path / "tiny"), 1, 1.0, seed=1)


def test_they_are_prepared_one_by_one_as_published_drawings_are():
    drawings = [tiny.drawing(np.random.default_rng(n), 30 + n) for n in range(7)]
    drawings.append(np.array([[5, 0, 1], [3, 3, 1]]))  # a line and a dot
    done = prepared(drawings, "zigzag")
    assert done.labels.tolist() == ["zigzag"] * 8
    for rows, prepared_rows in zip(drawings, done, strict=True):
        # The first offset leads to the second point, also where the first stroke is that one line.
        sketch = Sketch.from_stroke3(rows)
        expected = simplify.quickdraw(sketch).to_stroke3()
        np.testing.assert_array_equal(prepared_rows, expected)


def test_many_at_once_are_as_few(monkeypatch):
    drawings = [tiny.drawing(np.random.default_rng(n), 20) for n in range(10)]
    whole = prepared(drawings, "z")
    monkeypatch.setattr("sketchrnn.training.distillation._AT_ONCE", 3)
    assert np.array_equal(prepared(drawings, "z").rows, whole.rows)
    assert isinstance(whole, StrokeSet)
