"""The end of a drawing: how likely a model takes it for finished."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny import HALF

import sketchrnn
from sketchrnn import formats, store
from sketchrnn.errors import SketchError
from sketchrnn.sketch import Bounds, Sketch

PAPER = Bounds(0, 0, 800, 600)
DRAWINGS = Path(__file__).resolve().parents[2] / "datasets" / "synthetic.npz"


@pytest.fixture(params=["model", "decoder_only", "started"])
def any_model(request):
    return request.getfixturevalue(request.param)


def test_it_is_a_probability_and_always_the_same(any_model):
    found = any_model.end_probability(HALF, paper=PAPER)
    assert 0.0 <= found <= 1.0
    assert any_model.end_probability(HALF, paper=PAPER) == found


def test_at_a_scale_that_is_given_the_drawings_own_size_means_nothing(any_model):
    larger = HALF.transformed(2.0)
    one, other = any_model.end_probability(HALF, scale=1.0), any_model.end_probability(larger, scale=0.5)
    assert one == pytest.approx(other, rel=1e-3)


def test_it_is_how_often_the_model_ends_there(model):
    """Against the sampler, where it may end at once: at temperature 1 it follows the model."""
    from sketchrnn.engine.sampling import END, Sampler

    rows = model._to_model(HALF, 1.0)
    z = model._encode([rows]).mu
    outputs, _ = model._decoder.prime(model._decoder.start(z), [rows])
    count = 2000
    points = Sampler(1.0, [np.random.default_rng(k) for k in range(count)]).sample(
        np.repeat(outputs[0][-1:], count, axis=0)
    )
    assert points[:, 2 + END].mean() == pytest.approx(model.end_probability(HALF, scale=1.0), abs=0.04)


def test_an_empty_drawing_is_refused(any_model):
    with pytest.raises(SketchError, match="empty"):
        any_model.end_probability(Sketch())


@pytest.mark.skipif("quickdraw" not in {m.name for m in store.available()}, reason="quickdraw is not here")
def test_whole_drawings_are_more_finished_than_their_halves():
    model = sketchrnn.load_model("quickdraw")
    wholes = [sketch for sketch in formats.read(DRAWINGS) if len(sketch) > 3][:24]
    whole = np.array([model.end_probability(sketch) for sketch in wholes])
    half = np.array([model.end_probability(sketch[: len(sketch) // 2]) for sketch in wholes])
    assert np.mean(whole[:, None] > half[None]) > 0.75
