"""The written-out gradients of GRU and simple recurrent network are the gradients."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from sketchrnn.model.gru import elman, gru  # noqa: E402

STEPS, BATCH, WIDTH, UNITS = 7, 3, 5, 4
NAMES = ("inputs", "static", "kernel", "recurrent kernel", "h0")


def elman_step(x, s, h, mask):
    return tf.tanh(x + (s if mask is None else s * mask))


def gru_step(x, s, h, mask):
    (reset_x, update_x, new_x), (reset_s, update_s, new_s) = tf.split(x, 3, axis=1), tf.split(s, 3, axis=1)
    update = tf.sigmoid(update_x + update_s)
    new = tf.tanh(new_x + tf.sigmoid(reset_x + reset_s) * new_s)
    return update * h + (1.0 - update) * (new if mask is None else new * mask)


CELLS = [(elman, elman_step, 1), (gru, gru_step, 3)]


def unrolled(step, inputs, static, kernel, recurrent_kernel, h, dropout=None):
    """One step after another, for automatic differentiation."""
    outputs = []
    for t in range(STEPS):
        x, s = inputs[t] @ kernel + static, h @ recurrent_kernel
        h = step(x, s, h, None if dropout is None else dropout[t])
        outputs.append(h)
    return tf.stack(outputs)


def given(gates, wild=1.0):
    random, columns = np.random.default_rng(1), gates * UNITS
    shapes = (STEPS, BATCH, WIDTH), (BATCH, columns), (WIDTH, columns), (UNITS, columns), (BATCH, UNITS)
    return [tf.constant(wild * random.standard_normal(shape), tf.float32) for shape in shapes]


def factors():
    kept = np.random.default_rng(3).random((STEPS, BATCH, UNITS)) < 0.6
    return tf.constant(kept / 0.6, tf.float32)


def weighting():
    return tf.constant(np.random.default_rng(9).standard_normal((STEPS, BATCH, UNITS)), tf.float32)


@pytest.mark.parametrize("wild", [1.0, 30.0, 0.0], ids=["plain", "extreme", "all zero"])
@pytest.mark.parametrize("dropout", [None, factors()], ids=["without dropout", "with dropout"])
@pytest.mark.parametrize(("cell", "step", "gates"), CELLS, ids=["elman", "gru"])
def test_outputs_and_gradients_are_those_of_an_unrolled_loop(cell, step, gates, dropout, wild):
    values = given(gates, wild)
    results = []
    for layer in (cell, lambda *values, dropout: unrolled(step, *values, dropout=dropout)):
        with tf.GradientTape() as tape:
            tape.watch(values)
            outputs = layer(*values, dropout=dropout)
            cost = tf.reduce_sum(outputs * weighting())
        results.append((outputs, tape.gradient(cost, values)))
    (outputs, gradients), (expected, expected_gradients) = results
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
    for name, ours, theirs in zip(NAMES, gradients, expected_gradients, strict=True):
        size = np.abs(theirs).max()
        assert np.isfinite(theirs).all()
        assert wild != 1.0 or size > 1e-3, f"{name} has no gradient to speak of: the test shows nothing"
        np.testing.assert_allclose(ours, theirs, atol=1e-5 * max(1.0, size), err_msg=name)


@pytest.mark.parametrize(("cell", "step", "gates"), CELLS, ids=["elman", "gru"])
def test_the_gradient_is_the_slope(cell, step, gates):
    """Against differences of the outputs in float64, without automatic differentiation."""
    values, random = given(gates), np.random.default_rng(5)
    with tf.GradientTape() as tape:
        tape.watch(values)
        cost = tf.reduce_sum(cell(*values, dropout=factors()) * weighting())
    gradients = tape.gradient(cost, values)
    exact, exact_weighting = [tf.cast(one, tf.float64) for one in values], tf.cast(weighting(), tf.float64)
    for place, (name, gradient) in enumerate(zip(NAMES, gradients, strict=True)):
        direction = tf.constant(random.standard_normal(gradient.shape))
        costs = []
        for sign in (1, -1):
            moved = [*exact]
            moved[place] = moved[place] + sign * 1e-6 * direction
            outputs = unrolled(step, *moved, dropout=tf.cast(factors(), tf.float64))
            costs.append(float(tf.reduce_sum(outputs * exact_weighting)))
        slope = float(tf.reduce_sum(tf.cast(gradient, tf.float64) * direction))
        assert (costs[0] - costs[1]) / 2e-6 == pytest.approx(slope, rel=1e-3, abs=1e-3), name


@pytest.mark.parametrize(("cell", "step", "gates"), CELLS, ids=["elman", "gru"])
def test_rounded_products_give_nearly_the_same(cell, step, gates):
    exact, near = (cell(*given(gates), precision=precision) for precision in ("float32", "bfloat16"))
    np.testing.assert_allclose(near, exact, atol=0.1)
    assert np.abs(near - exact).max() > 0.0
