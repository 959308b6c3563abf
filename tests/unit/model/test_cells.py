"""Every cell's gradient is the gradient; dropout, precision and first weights are as they should be."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from sketchrnn.engine.architecture import CELLS, cell_shapes, memory_size  # noqa: E402
from sketchrnn.model.cells import _POINTWISE, Recurrent, recurrent  # noqa: E402

STEPS, BATCH, WIDTH, UNITS, SMALL, EMBEDDING = 6, 3, 5, 4, 3, 2
GENERIC = sorted(_POINTWISE)  # the others have tests of their own


def given(model, wild=1.0):
    """Random arguments of `recurrent` for a cell; `wild` makes them extreme."""
    random = np.random.default_rng(3)
    shapes = cell_shapes(model, WIDTH, UNITS, 0, (SMALL, EMBEDDING))

    def drawn(*shape):
        return tf.constant(wild * random.standard_normal(shape), tf.float32)

    columns = shapes["kernel"][1]
    memory = memory_size(model, UNITS, SMALL)
    parameters = [drawn(*shapes[name]) for name in _POINTWISE[model][1]]
    states = [drawn(BATCH, memory), drawn(BATCH, UNITS)]
    return [drawn(STEPS, BATCH, columns), drawn(*shapes["recurrent_kernel"]), *states], parameters


def unrolled(pointwise, projected, kernel, c, h, parameters, dropout=None):
    """The same, one step after another, for automatic differentiation."""
    outputs = []
    for t in range(projected.shape[0]):
        mask = None if dropout is None else dropout[t]
        c, h = pointwise(projected[t], h @ kernel, c, h, mask, *parameters)
        outputs.append(h)
    return tf.stack(outputs)


@pytest.mark.parametrize("wild", [1.0, 30.0], ids=["plain", "extreme"])
@pytest.mark.parametrize("dropped", [False, True], ids=["without dropout", "with dropout"])
@pytest.mark.parametrize("model", GENERIC)
def test_outputs_and_gradients_are_those_of_an_unrolled_loop(model, dropped, wild):
    arguments, parameters = given(model, wild)
    random = np.random.default_rng(4)
    dropout = None
    if dropped:
        dropout = tf.constant((random.random((STEPS, BATCH, UNITS)) < 0.6) / 0.6, tf.float32)
    weighting = tf.constant(random.standard_normal((STEPS, BATCH, UNITS)), tf.float32)
    results = []
    for run in (recurrent, unrolled):
        with tf.GradientTape() as tape:
            tape.watch([arguments, parameters])
            outputs = run(_POINTWISE[model][0], *arguments, parameters=parameters, dropout=dropout)
            cost = tf.reduce_sum(outputs * weighting)
        gradients = tape.gradient(cost, [*arguments, *parameters], unconnected_gradients="zero")
        results.append((outputs, gradients))
    (outputs, gradients), (expected, expected_gradients) = results
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
    for ours, theirs in zip(gradients, expected_gradients, strict=True):
        assert np.isfinite(theirs).all()
        np.testing.assert_allclose(ours, theirs, atol=1e-5 * max(1.0, np.abs(theirs).max(initial=0.0)))
    if wild == 1.0:
        sizes = [np.abs(one).max(initial=0.0) for one in expected_gradients]
        assert all(size > 1e-5 for size, one in zip(sizes, expected_gradients, strict=True) if np.size(one))


@pytest.mark.parametrize("model", GENERIC)
def test_the_gradient_is_the_slope(model):
    """Against differences of the outputs, in a random direction, without automatic differentiation."""
    arguments, parameters = given(model)
    everything = [*arguments, *parameters]
    random = np.random.default_rng(5)
    direction = [tf.constant(random.standard_normal(one.shape), tf.float32) for one in everything]
    weighting = tf.constant(random.standard_normal((STEPS, BATCH, UNITS)), tf.float32)

    def cost(values):
        outputs = recurrent(_POINTWISE[model][0], *values[:4], parameters=values[4:])
        return tf.reduce_sum(tf.cast(outputs * weighting, tf.float64))

    with tf.GradientTape() as tape:
        tape.watch(everything)
        total = cost(everything)
    gradients = tape.gradient(total, everything, unconnected_gradients="zero")
    slope = sum(float(tf.reduce_sum(g * d)) for g, d in zip(gradients, direction, strict=True))
    step = 1e-3
    ahead, behind = (
        float(cost([v + sign * step * d for v, d in zip(everything, direction, strict=True)]))
        for sign in (1, -1)
    )
    assert (ahead - behind) / (2 * step) == pytest.approx(slope, rel=0.02, abs=0.02)


@pytest.mark.parametrize("model", CELLS)
def test_a_layer_learns_with_every_weight_and_drops_by_its_seed(model):
    layer = Recurrent(model, 8, keep_prob=0.5, static_size=3, sizes=(6, 2))
    random = np.random.default_rng(0)
    inputs, static = (
        tf.constant(random.standard_normal(shape), tf.float32)
        for shape in ((STEPS, BATCH, WIDTH), (BATCH, 3))
    )
    layer(inputs, static)
    for weight in layer.own.values():  # first weights that are 0 would hide those behind them
        weight.assign(weight + 0.1 * random.standard_normal(weight.shape))
    with tf.GradientTape() as tape:
        outputs = layer(inputs, static)
        cost = tf.reduce_sum(outputs**2)
    assert outputs.shape == (STEPS, BATCH, 8)
    for name, gradient in zip(layer.own, tape.gradient(cost, list(layer.own.values())), strict=True):
        assert gradient is not None and np.abs(gradient).max() > 0.0, name
    dropped, again, other = (
        layer(inputs, static, training=True, seed=tf.constant([1, seed])).numpy() for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(dropped, again)
    assert np.abs(dropped - other).max() > 1e-4


@pytest.mark.parametrize("model", ["layer_norm", "hyper"])
def test_a_fresh_normalised_cell_remembers(model):
    layer = Recurrent(model, 16, sizes=(8, 2))
    layer(tf.zeros([1, 1, WIDTH]))
    beta = layer.own["norm_beta"].numpy().reshape(4, 16)
    assert beta.sum(axis=1).tolist() == [0.0, 16.0, 0.0, 0.0]  # i, f, o, g
    assert np.all(layer.own["norm_gamma"].numpy() == 1.0)


def test_rounded_products_give_nearly_the_same():
    arguments, parameters = given("layer_norm")
    exact, near = (
        recurrent(_POINTWISE["layer_norm"][0], *arguments, parameters=parameters, precision=precision)
        for precision in ("float32", "bfloat16")
    )
    np.testing.assert_allclose(near, exact, atol=0.1)
    assert np.abs(near - exact).max() > 0.0
