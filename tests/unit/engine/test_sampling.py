"""Sampled points have the distribution that the outputs say, at the temperature that was asked for."""

import numpy as np
import pytest

from sketchrnn.engine.sampling import DOWN, END, UP, Mixture, Sampler
from sketchrnn.errors import ConfigError

M, COUNT = 3, 20_000
PEN, PI = np.log([0.6, 0.3, 0.1]), np.log([0.7, 0.2, 0.1])


def outputs(count=COUNT):
    """The same distribution `count` times: components far apart, one of them oblique."""
    one = np.concatenate(
        [
            PEN,
            PI,
            [0, 100, 200],
            [0, 50, -50],
            np.log([1.0, 2.0, 3.0]),
            np.log([2.0, 1.0, 0.5]),
            [1.0, 0.0, -2.0],
        ]
    )
    return np.repeat(one[None], count, 0).astype(np.float32)


def randoms(count=COUNT, seed=0):
    return [np.random.default_rng([seed, number]) for number in range(count)]


@pytest.fixture(scope="module")
def shared():
    """Sampling many times from a few generators is the same as once from many, and cheaper."""
    drawings = 100

    def draw(temperature, **options):
        sampler = Sampler(temperature, randoms(drawings))
        return np.concatenate(
            [sampler.sample(outputs(drawings), **options) for _ in range(COUNT // drawings)]
        )

    return draw


@pytest.mark.parametrize("temperature", [0.1, 0.5, 1.0, 2.0])
def test_categories_are_sharpened_by_half_plus_half_the_temperature(shared, temperature):
    points = shared(temperature)
    assert (points[:, 2:].sum(1) == 1).all()
    sharpness = 0.5 + 0.5 * temperature
    for logits, seen in (
        (PEN, points[:, 2:].mean(0)),
        (PI, [(np.abs(points[:, 0] - mu) < 50).mean() for mu in (0, 100, 200)]),
    ):
        expected = np.exp(logits / sharpness) / np.exp(logits / sharpness).sum()
        np.testing.assert_allclose(seen, expected, atol=0.015)


@pytest.mark.parametrize("temperature", [0.1, 1.0, 2.0])
def test_deviations_are_multiplied_by_the_root_of_the_temperature(shared, temperature):
    points = shared(temperature)
    first = points[np.abs(points[:, 0]) < 50, :2].astype(np.float64)
    np.testing.assert_allclose(first.mean(0), 0.0, atol=0.1)
    np.testing.assert_allclose(first.std(0), np.sqrt(temperature) * np.array([1.0, 2.0]), rtol=0.03)
    assert np.corrcoef(first.T)[0, 1] == pytest.approx(np.tanh(1.0), abs=0.02)


def test_the_end_can_be_forbidden(shared):
    points = shared(1.0, may_end=False)
    assert points[:, 2 + END].sum() == 0
    assert points[:, 2 + UP].mean() == pytest.approx(0.3 / 0.9, abs=0.015)
    assert points[:, 2 + DOWN].mean() == pytest.approx(0.6 / 0.9, abs=0.015)


def test_at_temperature_one_points_are_as_likely_as_the_likelihood_says(shared):
    """The mean of -log p over samples is the entropy, and no other distribution has a smaller one."""
    points = shared(1.0)
    rows = np.column_stack([points[:, :2], points[:, 3]]).astype(np.float32)
    offset, _ = Mixture.of(outputs()).log_likelihood(rows)
    sigma = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 0.5]])
    rho = np.tanh([1.0, 0.0, -2.0])
    entropies = 1 + np.log(2 * np.pi) + np.log(sigma).sum(1) + 0.5 * np.log(1 - rho**2)
    expected = (np.exp(PI) * (entropies - PI)).sum()  # the components do not overlap
    assert -offset.mean() == pytest.approx(expected, abs=0.03)


def test_a_drawing_does_not_depend_on_its_neighbours():
    together = Sampler(0.7, randoms(5))
    alone = Sampler(0.7, randoms(5)[3:4])
    for _ in range(40):  # more than one block of noise
        np.testing.assert_array_equal(together.sample(outputs(5))[3], alone.sample(outputs(1))[0])


@pytest.mark.parametrize("temperature", [0.0, -1.0, 10.5, float("nan"), float("inf")])
def test_a_temperature_that_makes_no_sense_is_refused(temperature):
    with pytest.raises(ConfigError, match="temperature"):
        Sampler(temperature, randoms(1))


def test_the_sampler_is_a_class_of_its_own():
    assert isinstance(Sampler(1.0, randoms(1)), Sampler)
