"""Several endings of one drawing, each the same as if it were drawn alone."""

import numpy as np
import pytest
import tiny
from inks import children, gathered
from tiny import HALF

from sketchrnn import store
from sketchrnn.completion import (
    load_model,
)
from sketchrnn.engine import Architecture
from sketchrnn.errors import ConfigError
from sketchrnn.sketch import Bounds, Sketch

PAPER = Bounds(0, 0, 800, 600)


@pytest.mark.parametrize("paper", [None, PAPER, Bounds(90, 90, 200, 200)], ids=["none", "wide", "tight"])
@pytest.mark.parametrize("half", [HALF, Sketch(), Sketch([[(50, 50)]])], ids=["half", "nothing", "dot"])
def test_endings_are_those_of_ink_to_the_last_bit(any_model, half, paper):
    endings = gathered(any_model.endings(half, 9, seed=4, paper=paper))
    assert len(endings) == 9
    assert len({tuple(ending) for ending in endings}) == 9
    for ending, child in zip(endings, children(4, 9), strict=True):
        assert ending == list(any_model.ink(half, seed=child, paper=paper))


@pytest.mark.parametrize("paper", [None, Bounds(90, 90, 200, 200)], ids=["no paper", "paper"])
def test_an_ending_is_the_same_whatever_the_count(any_model, paper):
    many = gathered(any_model.endings(HALF, 20, seed=5, paper=paper))
    for count in (1, 2, 9, 13):
        assert gathered(any_model.endings(HALF, count, seed=5, paper=paper)) == many[:count]


def test_endings_grow_side_by_side(model):
    lengths = [len(ending) for ending in gathered(model.endings(HALF, 6, seed=1))]
    assert len(set(lengths)) > 1
    for number, step in enumerate(model.endings(HALF, 6, seed=1)):
        assert [point is not None for point in step] == [number < length for length in lengths]


def test_a_seed_sequence_gives_the_same_however_often_it_is_asked(model):
    sequence = np.random.SeedSequence(3)
    sequence.spawn(2)
    first = gathered(model.endings(HALF, 3, seed=sequence))
    assert gathered(model.endings(HALF, 3, seed=sequence)) == first
    assert gathered(model.endings(HALF, 3, seed=3)) == first
    assert model.sample(3, seed=sequence) == model.sample(3, seed=3)
    assert gathered(model.endings(HALF, 3)) != gathered(model.endings(HALF, 3))


def test_a_drawing_of_a_real_sizes_model_is_the_same_alone_and_among_fifty(tmp_path):
    large = store.ModelInfo(
        "large", tmp_path / "m", Architecture(z_size=16, enc_rnn_size=24), 255.0, 2.0, 30.0, max_points=40
    )
    weights = tiny.weights(large.architecture)
    store.save(large, {name: 0.3 * array for name, array in weights.items()})
    model = load_model(large.path)
    many = gathered(model.endings(HALF, 50, seed=2, temperature=1.0))
    for number in (0, 7, 49):
        assert list(model.ink(HALF, seed=children(2, 50)[number], temperature=1.0)) == many[number]


def test_no_endings_are_none(model):
    with pytest.raises(ConfigError, match="1 or more"):
        model.endings(HALF, 0)
