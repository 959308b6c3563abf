"""The best of several endings, and those that are no endings at all."""

import numpy as np
import pytest
import tiny
from inks import finished, gathered
from tiny import HALF

from sketchrnn import store
from sketchrnn.completion import (
    BEST_OF,
    LARGEST_WHOLE,
    SHORTEST_ENDING,
    load_model,
)
from sketchrnn.errors import ConfigError
from sketchrnn.sketch import Bounds, Sketch


def test_the_best_endings_are_those_that_the_model_recognises(zoo):
    if not zoo.info.conditional:  # nothing to recognise with
        assert {ending.score for ending in zoo.ranked(HALF, 6, label="owl", seed=2)} == {0.0}
        return
    for number, label in enumerate(tiny.LABELS):
        options = {"label": label, "temperature": 0.5, "seed": 2}
        ranked = zoo.ranked(HALF, 40, **options)
        drawn = gathered(zoo.endings(HALF, 40, **options))
        assert all(ending.ink in drawn for ending in ranked)
        scores = [ending.score for ending in ranked]
        assert len(set(scores)) > 3 and scores == sorted(scores, reverse=True)
        for ending in ranked:
            logits = zoo._encode([zoo._whole_to_model(finished(HALF, ending.ink))]).label_logits[0]
            expected = logits[number] - np.logaddexp.reduce(logits)
            assert ending.score == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_without_an_eye_the_sound_endings_stay_in_order(any_model):
    ranked = any_model.ranked(HALF, 12, seed=1)
    kept = [ending.ink for ending in ranked]
    drawn = gathered(any_model.endings(HALF, 12, seed=1))
    assert kept == [ink for ink in drawn if ink in kept]
    assert {ending.score for ending in ranked} == {0.0}
    assert any_model.ranked(HALF, 12, seed=1) == ranked


def test_broken_endings_are_left_out_while_there_are_others(any_model):
    scale = 2.0
    drawn = gathered(any_model.endings(HALF, 40, seed=3, temperature=1.0, scale=scale))
    kept = [ending.ink for ending in any_model.ranked(HALF, 40, seed=3, temperature=1.0, scale=scale)]
    given = len(any_model._to_model(HALF, scale))
    side = any_model.info.frame / scale
    assert 0 < len(kept) < 40
    for ink in drawn:
        endless = len(ink) >= any_model.info.max_points - given
        large = finished(HALF, ink).bounds.larger_side > LARGEST_WHOLE * side
        strokes = finished(HALF, ink).strokes[len(HALF) :]
        short = sum(np.hypot(*np.diff(stroke, axis=0).T).sum() for stroke in strokes) < SHORTEST_ENDING * side
        assert (ink in kept) == (not (endless or large or short))


def test_where_all_endings_are_broken_there_are_some_all_the_same(tmp_path):
    endless = store.ModelInfo("endless", tmp_path / "m", tiny.ARCHITECTURE, 255.0, 2.0, 30.0, max_points=20)
    weights = tiny.weights(tiny.ARCHITECTURE)
    weights["decoder/output/bias"][:3] = 5.0, 3.0, -100.0
    store.save(endless, weights)
    assert len(load_model(endless.path).ranked(HALF, 5, seed=1)) == 5


def test_endings_beyond_the_paper_rank_below_those_on_it(any_model):
    bounds = HALF.bounds
    narrow = Bounds(bounds.left - 12, bounds.top - 12, bounds.right + 12, bounds.bottom + 12)

    def on_paper(ink):
        left, top, right, bottom = finished(HALF, ink).bounds
        return left >= narrow.left and top >= narrow.top and right <= narrow.right and bottom <= narrow.bottom

    drawn = gathered(any_model.endings(HALF, 24, seed=5, paper=narrow, temperature=1.0))
    kept = [ending.ink for ending in any_model.ranked(HALF, 24, seed=5, paper=narrow, temperature=1.0)]
    assert len({on_paper(ink) for ink in drawn}) == 2
    assert all(on_paper(ink) for ink in kept)


def test_from_nothing_the_best_drawing_is_found_as_well(zoo):
    if not zoo.info.conditional:
        return
    ranked = zoo.ranked(Sketch(), 6, label="owl", seed=1, temperature=1.0)
    assert ranked[0].score == max(ending.score for ending in ranked) < 0.0
    assert ranked[0].score > ranked[-1].score


def test_a_model_with_an_eye_chooses_unless_told_not_to(zoo, model):
    options = {"label": "dog", "seed": 2, "temperature": 0.5}
    first = list(zoo.ink(HALF, best_of=1, **options))
    assert first == list(zoo._inks(HALF, None, 1, **options)[0])
    best = zoo.ranked(HALF, 30, **options)[0].ink
    assert list(zoo.ink(HALF, best_of=30, **options)) == best
    assert zoo.complete(HALF, best_of=30, **options) == finished(HALF, best)
    assert zoo.complete(HALF, best_of=30, strokes=1, **options) == finished(HALF, best)[: len(HALF) + 1]
    default = list(zoo.ink(HALF, **options))
    assert default == (zoo.ranked(HALF, BEST_OF, **options)[0].ink if zoo.info.conditional else first)
    assert list(model.ink(HALF, seed=2)) == list(model.ink(HALF, seed=2, best_of=1))
    with pytest.raises(ConfigError, match="1 or more"):
        zoo.complete(HALF, best_of=0)
