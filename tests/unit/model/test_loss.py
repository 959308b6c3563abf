"""The losses of Ha & Eck 2017, section 3.3: what counts, what does not, and how KL is annealed."""

import dataclasses
import itertools

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tiny import ARCHITECTURE, DECODER_ONLY, LABELLED  # noqa: E402

from sketchrnn.model.loss import (  # noqa: E402
    annealed_cost,
    kl_loss,
    kl_weight,
    label_loss,
    point_losses,
    reconstruction_loss,
)
from sketchrnn.model.sketch_rnn import Latent, SketchRNN  # noqa: E402
from sketchrnn.sketch import stroke3_to_stroke5  # noqa: E402
from sketchrnn.training.config import TrainingConfig  # noqa: E402

ROWS = np.array([[1.0, 2.0, 0.0], [-1.0, 0.5, 1.0], [0.0, 3.0, 0.0]], np.float32)


def batch_of(drawings, steps):
    points = np.stack([stroke3_to_stroke5(rows, steps) for rows in drawings], 1)
    return tf.constant(points), tf.constant([len(rows) for rows in drawings], tf.int32)


def test_a_tiny_case_by_hand():
    """All outputs zero: M equal standard normals without correlation, and pens as likely as not."""
    points, lengths = batch_of([ROWS], 4)
    losses = point_losses(tf.zeros([4, 1, 3 + 6 * 2]), points, lengths)
    distances = (ROWS[:, :2] ** 2).sum(1)
    offset = np.log(2 * np.pi) + distances / 2
    np.testing.assert_allclose(losses.offset[:, 0], [*offset, 0.0], rtol=1e-5)
    np.testing.assert_allclose(losses.pen[:, 0], np.full(4, np.log(3.0)), rtol=1e-5)  # 3 points and the end
    assert losses.real[:, 0].numpy().tolist() == [1, 1, 1, 0]
    total = offset.sum() + 4 * np.log(3.0)
    assert float(reconstruction_loss(losses, 10)) == pytest.approx(total / 10, rel=1e-5)
    np.testing.assert_allclose(tf.reduce_sum(losses.without_end), total - np.log(3.0), rtol=1e-5)


def test_l_r_is_divided_by_drawings_and_longest():
    points, lengths = batch_of([ROWS, ROWS, ROWS], 4)
    losses = point_losses(tf.zeros([4, 3, 15]), points, lengths)
    one = point_losses(tf.zeros([4, 1, 15]), *batch_of([ROWS], 4))
    assert float(reconstruction_loss(losses, 50)) == pytest.approx(
        float(reconstruction_loss(one, 50)), rel=1e-6
    )
    assert float(reconstruction_loss(losses, 100)) == pytest.approx(
        float(reconstruction_loss(one, 50)) / 2, rel=1e-6
    )


@pytest.fixture(scope="module", params=[ARCHITECTURE, DECODER_ONLY], ids=["conditional", "decoder only"])
def model(request):
    tf.random.set_seed(1)
    return SketchRNN(request.param, recurrent_dropout_prob=1.0)


def test_padding_costs_and_changes_nothing(model):
    """Neither the loss nor a gradient nor z knows how much a batch was padded."""
    results = []
    for steps in (4, 40):
        points, lengths = batch_of([ROWS, ROWS[:2]], steps)
        with tf.GradientTape() as tape:
            outputs, latent = model(points, lengths, training=True, seed=tf.constant([1, 2]))
            losses = point_losses(outputs, points, lengths)
            cost = reconstruction_loss(losses, 50) + kl_loss(latent)
        gradients = tape.gradient(cost, model.trainable_variables)
        assert np.all(losses.offset[4:] == 0.0)
        assert np.all(losses.pen[4:] == 0.0)
        results.append((float(cost), gradients))
    assert results[0][0] == pytest.approx(results[1][0], rel=1e-6)
    for name, short, long in zip(model.named_weights(), results[0][1], results[1][1], strict=True):
        np.testing.assert_allclose(short, long, atol=1e-7, err_msg=name)


def test_a_neighbour_in_the_batch_changes_nothing(model):
    alone = model(*batch_of([ROWS], 4), seed=tf.constant([1, 2]))[1]
    together = model(*batch_of([ROWS, 5 * ROWS[:1]], 4), seed=tf.constant([1, 2]))[1]
    if alone is None:
        pytest.skip("a decoder alone has no z")
    np.testing.assert_allclose(together.mu[0], alone.mu[0], atol=1e-7)


def test_every_weight_learns(model):
    points, lengths = batch_of([ROWS, 2 * ROWS], 4)
    with tf.GradientTape() as tape:
        outputs, latent = model(points, lengths, training=True, seed=tf.constant([1, 2]))
        cost = reconstruction_loss(point_losses(outputs, points, lengths), 4) + kl_loss(latent)
    for name, gradient in zip(
        model.named_weights(), tape.gradient(cost, model.trainable_variables), strict=True
    ):
        assert np.abs(gradient).max() > 0.0, name


def test_a_point_is_predicted_from_those_before_it_alone():
    model = SketchRNN(DECODER_ONLY)
    points, lengths = batch_of([ROWS], 4)
    changed = points.numpy()
    changed[2, 0, :2] = 100.0
    before, _ = model(points, lengths, seed=tf.constant([1, 2]))
    after, _ = model(tf.constant(changed), lengths, seed=tf.constant([1, 2]))
    np.testing.assert_array_equal(before[:2], after[:2])  # outputs 0 and 1 predict points 1 and 2
    assert np.abs(before[2] - after[2]).max() > 0.01


def test_no_two_fresh_weights_are_the_same():
    arrays = [array for array in SketchRNN(ARCHITECTURE).arrays().values() if array.ndim == 2]
    for one, other in itertools.combinations(arrays, 2):
        assert one.shape != other.shape or np.abs(one - other).max() > 0.0


def test_z_is_drawn_from_its_posterior_by_the_seed():
    model = SketchRNN(ARCHITECTURE)
    points, lengths = batch_of([ROWS], 4)
    first, again, other = (model(points, lengths, seed=tf.constant([1, k]))[0] for k in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-4


def test_the_first_state_is_tanh_of_z_c_before_h():
    model = SketchRNN(ARCHITECTURE)
    z = tf.ones([1, 8])
    layer = model.decoder.initial_state
    layer.kernel.assign(tf.concat([tf.ones([8, 32]), tf.zeros([8, 32])], 1))
    from sketchrnn.engine import Decoder

    state = Decoder(ARCHITECTURE, model.arrays()).start(z.numpy())
    np.testing.assert_allclose(state.c, np.tanh(8.0), atol=1e-6)
    np.testing.assert_array_equal(state.h, 0.0)
    c, h = tf.split(layer(z), 2, axis=1)
    np.testing.assert_allclose(c, state.c, atol=1e-6)
    np.testing.assert_allclose(h, state.h, atol=1e-6)


def test_kl_loss_is_the_mean_over_drawings_and_dimensions():
    random = np.random.default_rng(0)
    mu, log_variance = (tf.constant(random.standard_normal((6, 8)), tf.float32) for _ in range(2))
    expected = np.mean(-0.5 * (1 + log_variance - mu**2 - np.exp(log_variance)))
    assert float(kl_loss(Latent(mu, log_variance))) == pytest.approx(expected, rel=1e-5)
    assert float(kl_loss(None)) == 0.0


def test_a_hidden_label_is_no_label_and_only_training_hides():
    model = SketchRNN(LABELLED, label_dropout_prob=1.0)
    points, lengths = batch_of([ROWS, ROWS], 4)
    seed, labels, none = tf.constant([1, 2]), tf.constant([0, 2]), tf.constant([3, 3])
    told, _ = model(points, lengths, labels, seed=seed)
    hidden, _ = model(points, lengths, labels, training=True, seed=seed)
    untold, _ = model(points, lengths, none, training=True, seed=seed)
    np.testing.assert_array_equal(hidden, untold)
    assert np.abs(told[:, 0] - told[:, 1]).max() > 0.0
    assert np.abs(told - model(points, lengths, seed=seed)[0]).max() > 0.0


def test_labels_are_learnt_where_they_are_known():
    logits = tf.constant([[2.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 5.0, 0.0]])
    latent = Latent(tf.zeros([3, 8]), tf.zeros([3, 8]), logits)
    expected = (np.log(np.exp(2.0) + 2.0) - 2.0 + np.log(3.0)) / 2
    assert float(label_loss(latent, tf.constant([0, 1, 3]))) == pytest.approx(expected, rel=1e-5)
    assert float(label_loss(latent, tf.constant([3, 3, 3]))) == 0.0
    assert float(label_loss(None, None)) == 0.0


CONFIG = TrainingConfig(kl_weight=0.5, kl_weight_start=0.01, kl_decay_rate=0.999, kl_tolerance=0.2)


def test_the_weight_of_kl_anneals_from_its_start_to_its_end():
    assert float(kl_weight(tf.constant(0), CONFIG)) == pytest.approx(0.01, rel=1e-4)
    assert float(kl_weight(tf.constant(1000), CONFIG)) == pytest.approx(0.5 - 0.49 * 0.999**1000, rel=1e-4)
    assert float(kl_weight(tf.constant(10**6), CONFIG)) == pytest.approx(0.5, rel=1e-6)
    paper = dataclasses.replace(CONFIG, kl_decay_rate=0.99995)
    assert float(kl_weight(tf.constant(20_000), paper)) == pytest.approx(
        0.5 - 0.49 * 0.99995**20_000, rel=1e-3
    )


@pytest.mark.parametrize(("kl", "counted"), [(0.0, 0.2), (0.19, 0.2), (0.2, 0.2), (3.0, 3.0)])
def test_kl_below_the_tolerance_costs_as_much_as_the_tolerance(kl, counted):
    step = tf.constant(10**6)
    assert float(annealed_cost(tf.constant(1.0), tf.constant(kl), step, CONFIG)) == pytest.approx(
        1.0 + 0.5 * counted
    )


def test_kl_below_the_tolerance_is_not_pulled_at():
    kl = tf.constant([0.1, 0.3])
    with tf.GradientTape() as tape:
        tape.watch(kl)
        cost = annealed_cost(tf.zeros([2]), kl, tf.constant(10**6), CONFIG)
    assert tape.gradient(cost, kl).numpy().tolist() == pytest.approx([0.0, 0.5])


@pytest.mark.parametrize("which", ["input", "output"])
def test_dropout_around_the_decoder_is_by_seed_and_only_in_training(which):
    model = SketchRNN(DECODER_ONLY, 1.0, **{f"{which}_dropout_prob": 0.5})
    points, lengths = batch_of([ROWS], 4)

    def run(seed, training=True):
        return model(points, lengths, training=training, seed=tf.constant([1, seed]))[0].numpy()

    np.testing.assert_array_equal(run(1), run(1))
    assert np.abs(run(1) - run(2)).max() > 1e-4
    np.testing.assert_array_equal(run(1, training=False), run(2, training=False))
