"""The layer-norm LSTM's written-out gradient is the gradient, also where numbers are extreme."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from sketchrnn.model.cells import layer_norm_lstm as pointwise  # noqa: E402
from sketchrnn.model.layer_norm import layer_norm_lstm  # noqa: E402

STEPS, BATCH, WIDTH, UNITS = 7, 3, 5, 4
NAMES = ("inputs", "static", "weights", "c0", "h0", "gain", "shift", "memory gain", "memory shift")


def given(wild=1.0):
    random = np.random.default_rng(1)
    shapes = [(STEPS, BATCH, WIDTH), (BATCH, 4 * UNITS), (WIDTH + UNITS, 4 * UNITS), (BATCH, UNITS)]
    shapes += [(BATCH, UNITS), (4 * UNITS,), (4 * UNITS,), (UNITS,), (UNITS,)]
    return [tf.constant(wild * random.standard_normal(shape), tf.float32) for shape in shapes]


def factors():
    kept = np.random.default_rng(3).random((STEPS, BATCH, UNITS)) < 0.6
    return tf.constant(kept / 0.6, tf.float32)


def unrolled(inputs, static, weights, c, h, *norms, dropout=None):
    """One step after another, for automatic differentiation."""
    outputs = []
    for t in range(STEPS):
        state = tf.concat([inputs[t], h], 1) @ weights
        c, h = pointwise(static, state, c, h, None if dropout is None else dropout[t], *norms)
        outputs.append(h)
    return tf.stack(outputs)


def written_out(inputs, static, weights, c, h, *norms, dropout=None, precision="float32"):
    return layer_norm_lstm(inputs, static, weights, c, h, norms, dropout, precision)


@pytest.mark.parametrize("wild", [1.0, 30.0, 0.0], ids=["plain", "extreme", "all zero"])
@pytest.mark.parametrize("dropout", [None, factors()], ids=["without dropout", "with dropout"])
def test_outputs_and_gradients_are_those_of_an_unrolled_loop(wild, dropout):
    values = given(wild)
    weighting = tf.constant(np.random.default_rng(9).standard_normal((STEPS, BATCH, UNITS)), tf.float32)
    results = []
    for layer in (written_out, unrolled):
        with tf.GradientTape() as tape:
            tape.watch(values)
            outputs = layer(*values, dropout=dropout)
            cost = tf.reduce_sum(outputs * weighting)
        results.append((outputs, tape.gradient(cost, values)))
    (outputs, gradients), (expected, expected_gradients) = results
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
    for name, ours, theirs in zip(NAMES, gradients, expected_gradients, strict=True):
        size = np.abs(theirs).max()
        assert np.isfinite(theirs).all()
        assert wild != 1.0 or size > 1e-3, f"{name} has no gradient to speak of: the test shows nothing"
        np.testing.assert_allclose(ours, theirs, atol=1e-5 * max(1.0, size), err_msg=name)


def test_the_gradient_is_the_slope():
    """Against differences of the outputs, in a random direction, without automatic differentiation."""
    values, random = given(), np.random.default_rng(5)
    direction = [tf.constant(random.standard_normal(one.shape), tf.float32) for one in values]
    weighting = tf.constant(random.standard_normal((STEPS, BATCH, UNITS)), tf.float32)

    def cost(at):
        return tf.reduce_sum(tf.cast(written_out(*at, dropout=factors()) * weighting, tf.float64))

    with tf.GradientTape() as tape:
        tape.watch(values)
        total = cost(values)
    gradients = tape.gradient(total, values)
    slope = sum(float(tf.reduce_sum(g * d)) for g, d in zip(gradients, direction, strict=True))
    ahead, behind = (
        float(cost([v + sign * 1e-3 * d for v, d in zip(values, direction, strict=True)])) for sign in (1, -1)
    )
    assert (ahead - behind) / 2e-3 == pytest.approx(slope, rel=0.02, abs=0.02)


def test_rounded_products_give_nearly_the_same():
    exact, near = (written_out(*given(), precision=precision) for precision in ("float32", "bfloat16"))
    np.testing.assert_allclose(near, exact, atol=0.1)
    assert np.abs(near - exact).max() > 0.0
