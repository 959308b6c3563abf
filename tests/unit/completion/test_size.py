"""How large the whole drawing may become: the guess, its prior, and what it costs."""

import numpy as np
import pytest
import tiny
from inks import knowing_model, lstm_steps
from tiny import HALF

from sketchrnn import store
from sketchrnn.completion import (
    FILLS,
    PAPER_FILL,
    load_model,
)
from sketchrnn.errors import ConfigError
from sketchrnn.sketch import Bounds, Sketch

PAPER = Bounds(0, 0, 800, 600)


def test_a_given_scale_is_used_as_it_is(any_model):
    scale = any_model.guess_scale(HALF)
    assert any_model.complete(HALF, seed=6, scale=scale) == any_model.complete(HALF, seed=6)
    assert any_model.complete(HALF, seed=6, scale=2.0 * scale) != any_model.complete(HALF, seed=6)
    given = list(any_model.ink(HALF, seed=6, scale=1.0))
    larger = list(any_model.ink(HALF.transformed(8), seed=6, scale=0.125))
    assert [(8 * point.x, 8 * point.y) for point in given] == [(point.x, point.y) for point in larger]
    for useless in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(ConfigError, match="scale"):
            any_model.ink(HALF, scale=useless)


def test_the_paper_is_the_prior_of_the_size(tmp_path):
    info = store.ModelInfo("blank", tmp_path / "m", tiny.DECODER_ONLY, 255.0, 2.0, 30.0)
    blank = {name: np.zeros_like(array) for name, array in tiny.weights(tiny.DECODER_ONLY).items()}
    blank["decoder/output/bias"][3 + 9 : 3 + 15] = 15.0  # so broad that every size is as likely
    store.save(info, blank)
    model = load_model(info.path)
    for true_fill in FILLS:
        side = true_fill * PAPER_FILL * 600  # of a whole that fills the paper
        half = Sketch([[(0, 0), (side, 0), (side, side)]])
        dot = model.guess_scale(Sketch([[(3, 3)]]), PAPER)
        assert dot == pytest.approx(255.0 / (PAPER_FILL * 600))
        flat = model._log_likelihoods(half.to_stroke3(), np.array([1.0, 2.0]))
        assert flat[1] - flat[0] == pytest.approx(2 * 2 * np.log(2), rel=1e-3)


@pytest.mark.parametrize("explicit_start", [False, True])
@pytest.mark.parametrize("fill", [FILLS[1], FILLS[3], FILLS[-1]])
def test_the_scale_is_found_by_a_model_that_knows(tmp_path, fill, explicit_start):
    random = np.random.default_rng(0)
    walk = np.cumsum(random.normal(0.0, 1.0, (40, 2)), axis=0)
    side = (walk.max(0) - walk.min(0)).max()
    # Under the true scale the beginning covers `fill` of the frame, and its offsets are as the model says.
    sigma = fill * 255.0 / side * np.diff(walk, axis=0).std() / 30.0
    model = knowing_model(tmp_path / "m", sigma, explicit_start=explicit_start)
    for size in (0.01, 1.0, 500.0):
        half = Sketch([walk * size])
        assert model.guess_scale(half) == pytest.approx(fill * 255.0 / (side * size), rel=0.1)


def test_a_given_start_weighs_nothing_in_the_guess(tmp_path):
    """The density of a start that every drawing has does not depend on the scale."""
    rows = HALF.to_stroke3()
    start = np.concatenate([np.zeros((1, 3), np.float32), rows])
    scales = np.array([0.5, 1.0, 2.0])
    without = knowing_model(tmp_path / "without", 0.7)._log_likelihoods(rows, scales)
    started = knowing_model(tmp_path / "with", 0.7, explicit_start=True)
    with_start = started._log_likelihoods(start, scales)
    np.testing.assert_allclose(with_start, without, rtol=1e-6)


def test_densities_under_several_scales_are_of_the_same_points(tmp_path):
    """They integrate to 1 over the person's own unit, whatever the scale."""
    model = knowing_model(tmp_path / "m", 0.7)
    grid = np.linspace(-160, 160, 33)
    for scale in (0.5, 1.0):
        cells = [np.array([[x, y, 0.0]], np.float32) for x in grid for y in grid]
        densities = [np.exp(model._log_likelihoods(cell, np.array([scale]))[0]) for cell in cells]
        pen_down = 1 / 3
        assert sum(densities) * (grid[1] - grid[0]) ** 2 == pytest.approx(pen_down, rel=0.01)


def test_a_shipped_model_finds_the_size_of_half_a_drawing():
    if not store.available():
        pytest.skip("no saved model is shipped yet")
    model = load_model(store.default_model())
    random = np.random.default_rng(1)
    errors = []
    for whole in model.sample(12, temperature=0.4, seed=1):
        half = whole[: max(1, len(whole) // 2)].transformed(float(random.uniform(0.1, 10)))
        if half.bounds.larger_side > 0 and half.point_count > 8:
            unit = half.bounds.larger_side / whole[: len(half)].bounds.larger_side
            errors.append(abs(np.log(model.guess_scale(half) * unit)))
    assert np.median(errors) < np.log(1.7)


def test_another_ending_needs_no_other_guess(any_model):
    any_model.guess_scale(HALF, PAPER)
    assert lstm_steps(any_model, lambda: any_model.guess_scale(HALF, PAPER)) == 0
    assert any_model.guess_scale(HALF) != any_model.guess_scale(HALF.transformed(2.0))


def test_on_a_paper_the_guess_is_rounded(any_model):
    filling = any_model.info.frame / (PAPER_FILL * 600)
    for half in (HALF, HALF.transformed(3.0), Sketch([[(0, 0), (7, 5), (300, 9)]])):
        steps = np.log(any_model.guess_scale(half, PAPER) / filling) / np.log(1.1)
        assert steps == pytest.approx(round(steps), abs=1e-6)


def test_under_a_given_scale_the_encoder_reads_a_beginning_once(tmp_path):
    """For what it looks like and for z: both are of the same points, to the last bit."""
    tiny.save_model(tmp_path / "zoo", tiny.LABELLED, labels=tiny.LABELS)
    model = load_model(tmp_path / "zoo")
    read, directions = [], model._encoder._directions
    real = directions.last_states
    directions.last_states = lambda drawings: read.extend(drawings) or real(drawings)
    model.complete(HALF, scale=0.837, seed=1, best_of=1)
    assert len(read) == 1
