"""The mixture density is the one of the paper, also where a plain formula would overflow."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from sketchrnn.engine import Mixture  # noqa: E402
from sketchrnn.model.mixture import (  # noqa: E402
    kl_per_dimension,
    mixture_parameters,
    offset_log_likelihood,
    pen_log_likelihood,
)

M = 4


def outputs(count, seed=0, spread=1.0):
    return (spread * np.random.default_rng(seed).standard_normal((count, 3 + 6 * M))).astype(np.float32)


def offset_density(output, x, y):
    """Eq. 3 to 6 and 24 to 26 of Graves 2013, written out in float64; output: (3 + 6 M,)."""
    pi, mu_x, mu_y, sigma_x, sigma_y, rho = np.split(output[3:].astype(np.float64), 6)
    pi = np.exp(pi) / np.exp(pi).sum()
    sigma_x, sigma_y, rho = np.exp(sigma_x), np.exp(sigma_y), np.tanh(rho)
    dx, dy = (x - mu_x) / sigma_x, (y - mu_y) / sigma_y
    z = dx**2 + dy**2 - 2 * rho * dx * dy
    norm = 2 * np.pi * sigma_x * sigma_y * np.sqrt(1 - rho**2)
    return (pi * np.exp(-z / (2 * (1 - rho**2))) / norm).sum()


def keras_log_likelihood(output, offsets):
    return offset_log_likelihood(mixture_parameters(tf.constant(output)), tf.constant(offsets, tf.float32))


def test_the_likelihood_is_the_papers_density():
    given, offsets = outputs(50), np.random.default_rng(1).normal(0, 2, (50, 2)).astype(np.float32)
    expected = [
        np.log(offset_density(output, *offset)) for output, offset in zip(given, offsets, strict=True)
    ]
    np.testing.assert_allclose(keras_log_likelihood(given, offsets), expected, rtol=1e-4, atol=1e-5)


def test_the_density_integrates_to_one():
    grid = np.linspace(-25, 25, 501)
    offsets = np.stack(np.meshgrid(grid, grid), -1).reshape(-1, 2)
    for given in outputs(3, seed=2, spread=0.7):
        total = np.exp(keras_log_likelihood(given[None], offsets).numpy().astype(np.float64)).sum()
        assert total * (grid[1] - grid[0]) ** 2 == pytest.approx(1.0, abs=2e-3)


def test_the_pen_states_have_the_softmax_of_the_first_three_outputs():
    given = outputs(5)
    exact = np.exp(given[:, :3].astype(np.float64))
    exact /= exact.sum(1, keepdims=True)
    parameters = mixture_parameters(tf.constant(given))
    for state in range(3):
        pen = np.zeros((5, 3), np.float32)
        pen[:, state] = 1
        np.testing.assert_allclose(pen_log_likelihood(parameters, pen), np.log(exact[:, state]), atol=1e-5)


def extreme(log_sigma, rho_logit):
    """One component at the origin has almost all the weight."""
    output = np.zeros((1, 3 + 6 * M), np.float32)
    output[0, 3:] = np.repeat([0.0, 0.0, 0.0, log_sigma, log_sigma, rho_logit], M)
    return output


@pytest.mark.parametrize("offset", [(0.0, 0.0), (1.0, 1.0), (1.0, -1.0), (300.0, -200.0)])
@pytest.mark.parametrize("rho_logit", [-20.0, 0.0, 20.0])
@pytest.mark.parametrize("log_sigma", [-10.0, 0.0, 10.0])
def test_extreme_parameters_give_the_right_numbers_and_finite_gradients(log_sigma, rho_logit, offset):
    given, offsets = tf.constant(extreme(log_sigma, rho_logit)), tf.constant([offset])
    with tf.GradientTape() as tape:
        tape.watch(given)
        value = offset_log_likelihood(mixture_parameters(given), offsets)
    gradient = tape.gradient(value, given).numpy()
    # 1 - ρ² = 4 / (e^a + e^-a)², and (1 ∓ ρ) of it, exact in float64 where tanh is not
    a, s = float(rho_logit), float(np.exp(log_sigma))
    x, y = offset[0] / s, offset[1] / s
    u, v = (x + y) ** 2 / 2, (x - y) ** 2 / 2  # along the axes of the normal: variances 1 + ρ and 1 - ρ
    one_plus, one_minus = 2 / (1 + np.exp(-2 * a)), 2 / (1 + np.exp(2 * a))
    expected = (
        -np.log(2 * np.pi)
        - 2 * log_sigma
        - 0.5 * (np.log(one_plus) + np.log(one_minus) + u / one_plus + v / one_minus)
    )
    assert value.numpy()[0] == pytest.approx(expected, rel=1e-4)
    assert np.isfinite(gradient).all()
    engine, _ = Mixture.of(given.numpy()).log_likelihood(np.array([[*offset, 0]], np.float32))
    assert engine[0] == pytest.approx(expected, rel=1e-4)


def test_gradients_are_those_of_the_plain_density():
    given, offset = outputs(1, seed=5)[0], (0.7, -0.4)
    with tf.GradientTape() as tape:
        variable = tf.constant(given[None])
        tape.watch(variable)
        value = offset_log_likelihood(mixture_parameters(variable), tf.constant([offset]))
    gradient = tape.gradient(value, variable).numpy()[0]
    for k in range(3, len(given)):
        high, low = given.astype(np.float64), given.astype(np.float64)
        high[k] += 1e-5
        low[k] -= 1e-5
        numeric = (np.log(offset_density(high, *offset)) - np.log(offset_density(low, *offset))) / 2e-5
        assert gradient[k] == pytest.approx(numeric, rel=2e-3, abs=1e-4)


def test_the_engine_and_keras_say_the_same():
    given = outputs(200, seed=7, spread=2.0)
    random = np.random.default_rng(8)
    rows = random.standard_normal((200, 3)).astype(np.float32)
    rows[:, 2] = random.random(200) < 0.3
    offset, pen = Mixture.of(given).log_likelihood(rows)
    parameters = mixture_parameters(tf.constant(given))
    one_hot = np.stack([1 - rows[:, 2], rows[:, 2], np.zeros(200)], 1).astype(np.float32)
    np.testing.assert_allclose(offset, offset_log_likelihood(parameters, rows[:, :2]), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(pen, pen_log_likelihood(parameters, one_hot), rtol=1e-4, atol=1e-5)


def test_kl_is_that_of_two_normals():
    random = np.random.default_rng(0)
    mu, log_variance = random.normal(0, 2, (5, 3)), random.normal(0, 1.5, (5, 3))
    grid = np.linspace(-60, 60, 60001)
    step = grid[1] - grid[0]
    kls = kl_per_dimension(mu, log_variance).numpy()
    for m, lv, kl in zip(mu.ravel(), log_variance.ravel(), kls.ravel(), strict=True):
        log_q = -0.5 * (np.log(2 * np.pi) + lv + (grid - m) ** 2 / np.exp(lv))
        log_p = -0.5 * (np.log(2 * np.pi) + grid**2)
        integral = (np.exp(log_q) * (log_q - log_p)).sum() * step
        assert kl == pytest.approx(integral, rel=1e-3, abs=1e-6)
    assert float(kl_per_dimension(tf.zeros([]), tf.zeros([]))) == 0.0
