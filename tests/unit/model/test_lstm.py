"""The LSTM's written-out gradient is the gradient; dropout leaves the memory alone."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from sketchrnn.model.cells import Recurrent, dropout_factors  # noqa: E402
from sketchrnn.model.lstm import lstm  # noqa: E402

STEPS, WIDTH, UNITS = 7, 5, 4
ARGUMENTS = ("inputs", "static", "weights", "c0", "h0")


def unrolled(inputs, static, weights, c0, h0, dropout=None):
    """The same layer, one step after another, for automatic differentiation."""
    c, h, outputs = c0, h0, []
    for t in range(inputs.shape[0]):
        i, f, o, g = tf.split(tf.concat([inputs[t], h], 1) @ weights + static, 4, axis=1)
        g = tf.tanh(g) if dropout is None else tf.tanh(g) * dropout[t]
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * g
        h = tf.sigmoid(o) * tf.tanh(c)
        outputs.append(h)
    return tf.stack(outputs)


def arguments(batch):
    random = np.random.default_rng(batch)
    shapes = [
        (STEPS, batch, WIDTH),
        (batch, 4 * UNITS),
        (WIDTH + UNITS, 4 * UNITS),
        (batch, UNITS),
        (batch, UNITS),
    ]
    return [tf.constant(random.standard_normal(shape), tf.float32) for shape in shapes]


def factors(batch, seed=3):
    kept = np.random.default_rng(seed).random((STEPS, batch, UNITS)) < 0.6
    return tf.constant(kept / 0.6, tf.float32)


@pytest.mark.parametrize("dropped", [False, True], ids=["without dropout", "with dropout"])
@pytest.mark.parametrize("batch", [1, 3])
def test_outputs_and_gradients_are_those_of_an_unrolled_loop(batch, dropped):
    given = arguments(batch)
    dropout = factors(batch) if dropped else None
    weighting = tf.constant(np.random.default_rng(9).standard_normal((STEPS, batch, UNITS)), tf.float32)
    results = []
    for layer in (lstm, unrolled):
        with tf.GradientTape() as tape:
            tape.watch(given)
            outputs = layer(*given, dropout=dropout)
            cost = tf.reduce_sum(outputs * weighting)
        results.append((outputs, tape.gradient(cost, given)))
    (outputs, gradients), (expected, expected_gradients) = results
    np.testing.assert_allclose(outputs, expected, atol=1e-6)
    for name, ours, theirs in zip(ARGUMENTS, gradients, expected_gradients, strict=True):
        assert np.abs(theirs).max() > 1e-3, f"{name} has no gradient to speak of: the test shows nothing"
        np.testing.assert_allclose(ours, theirs, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("wild", [1.0, 30.0], ids=["plain", "extreme"])
def test_the_gradient_is_the_slope(wild):
    """Against differences of the outputs in float64, without automatic differentiation."""
    given, random = [wild * one for one in arguments(3)], np.random.default_rng(5)
    weighting, dropout = random.standard_normal((STEPS, 3, UNITS)), factors(3)
    with tf.GradientTape() as tape:
        tape.watch(given)
        cost = tf.reduce_sum(lstm(*given, dropout=dropout) * tf.constant(weighting, tf.float32))
    gradients = tape.gradient(cost, given)
    exact = [tf.cast(one, tf.float64) for one in given]
    for name, place, gradient in zip(ARGUMENTS, range(len(exact)), gradients, strict=True):
        direction = tf.constant(random.standard_normal(gradient.shape))
        costs = []
        for sign in (1, -1):
            moved = [*exact]
            moved[place] = moved[place] + sign * 1e-6 * direction
            costs.append(float(tf.reduce_sum(unrolled(*moved, tf.cast(dropout, tf.float64)) * weighting)))
        slope = float(tf.reduce_sum(tf.cast(gradient, tf.float64) * direction))
        assert (costs[0] - costs[1]) / 2e-6 == pytest.approx(slope, rel=1e-3, abs=1e-3), name


def test_rounded_products_give_nearly_the_same():
    given = arguments(3)
    results = []
    for precision in ("float32", "bfloat16"):
        with tf.GradientTape() as tape:
            tape.watch(given)
            outputs = lstm(*given, precision=precision)
            cost = tf.reduce_sum(outputs**2)
        results.append((outputs, tape.gradient(cost, given)))
    (outputs, gradients), (rounded, rounded_gradients) = results
    assert rounded.dtype == tf.float32
    np.testing.assert_allclose(rounded, outputs, atol=0.03)
    assert np.abs(rounded - outputs).max() > 0.0
    for name, exact, near in zip(ARGUMENTS, gradients, rounded_gradients, strict=True):
        np.testing.assert_allclose(near, exact, atol=0.03 * np.abs(exact).max(), err_msg=name)


def test_the_gradient_holds_within_a_graph_whose_sizes_are_not_known():
    @tf.function(input_signature=[tf.TensorSpec([None, None, WIDTH])])
    def in_graph(inputs):
        batch = tf.shape(inputs)[1]
        given = arguments(1)
        static, state = tf.tile(given[1], [batch, 1]), tf.tile(given[3], [batch, 1])
        with tf.GradientTape() as tape:
            tape.watch(given[2])
            cost = tf.reduce_sum(lstm(inputs, static, given[2], state, state) ** 2)
        return tape.gradient(cost, given[2])

    for batch in (1, 3):
        inputs, static, weights, c0, _ = arguments(batch)
        static, c0 = (tf.tile(one, [batch, 1]) for one in (arguments(1)[1], arguments(1)[3]))
        weights = arguments(1)[2]
        with tf.GradientTape() as tape:
            tape.watch(weights)
            cost = tf.reduce_sum(unrolled(inputs, static, weights, c0, c0) ** 2)
        np.testing.assert_allclose(in_graph(inputs), tape.gradient(cost, weights), atol=1e-4)


def test_dropping_all_new_input_leaves_only_what_is_remembered():
    inputs, static, weights, c0, h0 = arguments(2)
    static = tf.concat(
        [static[:, :UNITS], 20.0 + 0 * static[:, UNITS : 2 * UNITS], static[:, 2 * UNITS :]], 1
    )
    weights = weights * 0.1
    kept = lstm(inputs, static, weights, c0, h0, tf.zeros([STEPS, 2, UNITS]))
    # With open forget gates the memory is c0 for ever; what comes out is the output gate of it.
    assert np.all(np.abs(kept) <= np.abs(np.tanh(c0))[None] + 1e-6)
    assert np.all(np.sign(kept) == np.sign(c0)[None])


def test_factors_of_one_are_no_dropout():
    given = arguments(3)
    np.testing.assert_array_equal(lstm(*given, tf.ones([STEPS, 3, UNITS])), lstm(*given))


@pytest.fixture(scope="module")
def layer():
    layer = Recurrent("lstm", 64, keep_prob=0.5)
    layer(tf.zeros([2, 1, WIDTH]))
    return layer


def test_dropout_comes_from_its_seed_and_only_in_training(layer):
    inputs = tf.constant(np.random.default_rng(0).standard_normal((6, 3, WIDTH)), tf.float32)

    def run(seed, training=True):
        return layer(inputs, training=training, seed=tf.constant(seed)).numpy()

    np.testing.assert_array_equal(run([1, 2]), run([1, 2]))
    assert np.abs(run([1, 2]) - run([1, 3])).max() > 1e-3
    np.testing.assert_array_equal(run([1, 2], training=False), run([5, 6], training=False))
    assert np.abs(run([1, 2]) - run([1, 2], training=False)).max() > 1e-3


def test_dropout_keeps_the_share_that_it_promises_and_the_mean():
    drawn = dropout_factors([50, 40, 30], 0.9, tf.constant([1, 2])).numpy()
    assert set(np.unique(drawn)) == {0.0, np.float32(1 / 0.9)}
    assert (drawn > 0).mean() == pytest.approx(0.9, abs=0.005)
    assert drawn.mean() == pytest.approx(1.0, abs=0.006)
    assert (drawn[0] != drawn[1]).any()  # another mask at every step (Semeniuta et al. 2016)


def test_fresh_weights_remember_and_every_gate_is_orthogonal(layer):
    bias = layer.own["bias"].numpy().reshape(4, 64)
    assert bias.sum(axis=1).tolist() == [0.0, 64.0, 0.0, 0.0]  # i, f, o, g
    for gate in np.split(layer.own["recurrent_kernel"].numpy(), 4, axis=1):
        np.testing.assert_allclose(gate.T @ gate, np.eye(64), atol=1e-5)
    gates = np.split(layer.own["recurrent_kernel"].numpy(), 4, axis=1)
    assert np.abs(gates[0] - gates[1]).max() > 0.01
