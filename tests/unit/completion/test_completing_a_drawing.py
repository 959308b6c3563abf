"""Completing: the person's strokes stay, the model's follow; the same seed draws the same."""

import itertools
import warnings

import numpy as np
import pytest
import tiny
from inks import lstm_steps
from tiny import HALF

from sketchrnn import store
from sketchrnn.completion import (
    MAX_PRIMED_POINTS,
    PAPER_FILL,
    Completer,
    load_model,
)
from sketchrnn.sketch import Author, Bounds, Sketch

PAPER = Bounds(0, 0, 800, 600)


def test_the_persons_strokes_stay_untouched_and_the_models_follow(any_model):
    whole = any_model.complete(HALF, seed=1)
    assert len(whole) > len(HALF)
    assert whole[: len(HALF)] == HALF
    assert set(whole.authors[len(HALF) :]) == {Author.MODEL}


def test_what_a_model_drew_before_stays_the_models(model):
    first = model.complete(HALF, seed=1, strokes=1)
    second = model.complete(first, seed=2, strokes=1)
    assert second.authors == (*[Author.HUMAN] * len(HALF), Author.MODEL, Author.MODEL)


def test_the_same_seed_draws_the_same_and_another_seed_another(any_model):
    whole = any_model.complete(HALF, seed=7)
    assert any_model.complete(HALF, seed=7) == whole
    others = [any_model.complete(HALF, seed=seed) for seed in range(8, 12)]
    assert all(len(other) != len(whole) or other != whole for other in others)


def test_streaming_draws_what_completing_draws(any_model):
    whole = any_model.complete(HALF, seed=3)
    streamed = list(any_model.stream(HALF, seed=3))
    assert [stroke.tolist() for stroke in streamed] == [
        stroke.tolist() for stroke in whole.strokes[len(HALF) :]
    ]


def test_ink_says_where_strokes_start_and_end(any_model):
    for seed in range(5):
        ink = list(any_model.ink(HALF, seed=seed))
        assert ink[0].starts_stroke
        assert ink[-1].ends_stroke
        assert all(after.starts_stroke == before.ends_stroke for before, after in itertools.pairwise(ink))
        whole = any_model.complete(HALF, seed=seed)
        assert sum(point.ends_stroke for point in ink) == len(whole) - len(HALF)
        assert len(ink) == whole.point_count - HALF.point_count


def test_one_stroke_is_one_stroke_of_the_whole_ending(model):
    whole = model.complete(HALF, seed=3)
    assert model.complete(HALF, seed=3, strokes=1) == whole[: len(HALF) + 1]
    assert model.complete(HALF, seed=3, strokes=0) == HALF


def test_an_ending_that_will_not_end_is_cut(tmp_path):
    endless = store.ModelInfo("endless", tmp_path / "m", tiny.ARCHITECTURE, 255.0, 2.0, 30.0, max_points=20)
    for pen_up in (-50.0, 3.0):
        weights = tiny.weights(tiny.ARCHITECTURE)
        weights["decoder/output/bias"][:3] = 5.0, pen_up, -100.0
        store.save(endless, weights)
        ink = list(load_model(endless.path).ink(HALF, seed=1))
        assert len(ink) <= 40
        assert ink[-1].ends_stroke


def test_a_model_of_tiny_drawings_still_draws_a_stroke(tmp_path):
    tiny.save_model(tmp_path / "dots", max_points=1)
    dots = load_model(tmp_path / "dots")
    assert len(dots.complete(HALF, seed=1)) > len(HALF)
    assert all(len(drawing) >= 1 for drawing in dots.sample(3, seed=1))


def test_from_nothing_the_model_draws_in_the_middle_of_the_paper(any_model):
    paper = Bounds(1000, 2000, 1800, 2600)
    drawn = any_model.complete(Sketch(), seed=4, paper=paper)
    assert set(drawn.authors) == {Author.MODEL}
    left, top, right, bottom = drawn.bounds
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((1400, 2300), abs=0.1)
    assert drawn.bounds.larger_side == pytest.approx(PAPER_FILL * 600, rel=1e-3)


@pytest.mark.parametrize(
    "half",
    [
        Sketch([[(50, 50)]]),
        Sketch([[(50, 50), (50, 50), (50, 50)]]),
        Sketch([[(10, 10)], [(50, 50)], [(90, 20)]]),
        Sketch([[(10, 10), (20, 20)]]),
        Sketch([[(0, 0), (1e-40, 1e-40)]]),
        Sketch([[(0, 0), (1e7, 1e7)], [(-1e7, 5)]]),
        Sketch([[(1e7, 1e7), (1e7, 1e7)]]),
    ],
    ids=["dot", "dot three times", "three dots", "two points", "denormal", "immense", "far dot"],
)
@pytest.mark.parametrize("paper", [None, PAPER], ids=["no paper", "paper"])
def test_odd_beginnings_are_continued(any_model, half, paper):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        whole = any_model.complete(half, seed=1, paper=paper)
    assert whole[: len(half)] == half
    assert len(whole) > len(half)


def test_a_scribble_of_five_thousand_points_is_continued_soon(model):
    scribble = Sketch([np.random.default_rng(0).uniform(0, 1000, (5000, 2))])
    read, steps = [], []
    encoder, cell = model._encoder._directions, model._decoder._cell
    last_states, step = encoder.last_states, cell.step
    encoder.last_states = lambda rows: (read.extend(map(len, rows)), last_states(rows))[1]
    cell.step = lambda *given: (steps.append(1), step(*given))[1]
    try:
        model.complete(scribble, seed=1, strokes=1)
    finally:
        del encoder.last_states, cell.step
    assert max(read) == MAX_PRIMED_POINTS
    assert len(steps) <= 4 * MAX_PRIMED_POINTS + 3 * model.info.max_points


@pytest.mark.parametrize("size", [1e-5, 1e4])
def test_the_size_of_the_drawing_does_not_matter(any_model, size):
    small, large = any_model.complete(HALF, seed=5), any_model.complete(HALF.transformed(size), seed=5)
    assert len(small) == len(large)
    for a, b in zip(small.strokes, large.strokes, strict=True):
        np.testing.assert_allclose(b / size, a, rtol=1e-3, atol=0.5)


def test_the_place_of_the_drawing_does_not_matter(any_model):
    here, there = (
        any_model.complete(HALF, seed=5),
        any_model.complete(HALF.transformed(1, 512, -1024), seed=5),
    )
    assert len(here) == len(there)
    for a, b in zip(here.strokes, there.strokes, strict=True):
        np.testing.assert_allclose(b - [512, -1024], a, atol=0.5)


def test_the_ending_starts_where_the_person_stopped(tmp_path):
    info = store.ModelInfo("short", tmp_path / "m", tiny.ARCHITECTURE, 255.0, 2.0, 30.0)
    weights = tiny.weights(tiny.ARCHITECTURE)
    weights["decoder/output/kernel"][:] = 0.0
    weights["decoder/output/bias"][:] = 0.0
    weights["decoder/output/bias"][9:15] = -20.0  # no offset: log sigma of x and y, M = 3
    weights["decoder/output/bias"][3 + 9 : 3 + 15] = -20.0
    weights["decoder/output/bias"][9:12] = 0.0
    store.save(info, weights)
    far = HALF.transformed(1, 5000, 300)
    for point in load_model(info.path).ink(far, seed=1):
        assert (point.x, point.y) == pytest.approx(far.strokes[-1][-1].tolist(), abs=0.01)


def test_a_completer_is_what_load_model_returns(installed):
    assert isinstance(load_model("tiny"), Completer)


def test_a_drawing_that_grows_is_read_once_and_undone_not_at_all(tmp_path):
    tiny.save_model(tmp_path / "alone", tiny.DECODER_ONLY)
    completer = load_model(tmp_path / "alone")
    random = np.random.default_rng(0)
    whole = Sketch([random.uniform(0, 400, (12, 2)) for _ in range(6)])
    rows = [len(completer._to_model(whole[:count], 1.0)) for count in range(7) if count]

    def first_point(count):
        return lstm_steps(completer, lambda: next(completer.ink(whole[:count], seed=1, scale=1.0)))

    drawn = first_point(1) - rows[0] - 1
    assert [first_point(count) - drawn for count in range(2, 7)] == np.diff(rows).tolist()
    assert [first_point(count) - drawn for count in (5, 3, 6)] == [0, 0, 0]
    fresh = load_model(tmp_path / "alone")
    assert list(completer.ink(whole, seed=1, scale=1.0)) == list(fresh.ink(whole, seed=1, scale=1.0))
