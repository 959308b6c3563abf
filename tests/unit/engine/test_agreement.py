"""The engine computes what the Keras model computes."""

import numpy as np
import pytest

from sketchrnn.engine import Architecture, Decoder, Encoder, Labels
from sketchrnn.engine.architecture import CELLS
from sketchrnn.sketch import stroke3_to_stroke5

tf = pytest.importorskip("tensorflow")
import keras  # noqa: E402

from sketchrnn.model.sketch_rnn import SketchRNN, with_places  # noqa: E402

POINTS = 100


@pytest.fixture(scope="module", params=[True, False], ids=["conditional", "decoder only"])
def model(request):
    model = SketchRNN(Architecture(conditional=request.param))
    random = np.random.default_rng(5)
    # Fresh weights answer next to nothing; much larger ones than these are chaotic.
    model.load_arrays({name: 0.05 * random.standard_normal(a.shape) for name, a in model.arrays().items()})
    return model


@pytest.fixture(scope="module")
def drawings():
    random = np.random.default_rng(3)
    rows = random.standard_normal((7, POINTS, 3)) * [1.5, 1.5, 1.0]
    rows[..., 2] = random.random((7, POINTS)) < 0.15
    return rows.astype(np.float32)


def test_outputs_of_whole_drawings_agree(model, drawings):
    points = np.stack([stroke3_to_stroke5(rows) for rows in drawings], 1)  # (T + 1, B, 5)
    z = np.random.default_rng(1).standard_normal((len(drawings), 128)).astype(np.float32)
    z = z if model.architecture.conditional else None
    expected = model.decoder(points[:-1], z).numpy()

    decoder = Decoder(model.architecture, model.arrays())
    outputs, _ = decoder.prime(decoder.start(z, batch=len(drawings)), list(drawings))

    assert expected.shape == (POINTS + 1, len(drawings), 123)
    np.testing.assert_allclose(np.stack(outputs, 1), expected, atol=1e-4)


def test_streaming_one_point_at_a_time_agrees_with_priming(model, drawings):
    decoder = Decoder(model.architecture, model.arrays())
    z = np.ones((1, 128), np.float32) if model.architecture.conditional else None
    primed, after = decoder.prime(decoder.start(z), drawings[:1])

    state, streamed = decoder.start(z), []
    for point in stroke3_to_stroke5(drawings[0])[:-1]:
        outputs, state = decoder.step(state, point[None])
        streamed.append(outputs[0])

    np.testing.assert_allclose(np.stack(streamed), primed[0], atol=1e-5)
    np.testing.assert_allclose(state.h, after.h, atol=1e-5)


@pytest.mark.parametrize("positions", [False, True])
@pytest.mark.parametrize("conditional", [True, False])
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_agrees_drawn_at_once_and_point_by_point(drawings, cell, conditional, positions):
    keras.utils.set_random_seed(5)
    sizes = {"hyper_num_units": 24, "hyper_embedding_size": 6, "z_size": 16, "positions": positions}
    model = SketchRNN(
        Architecture(conditional, enc_rnn_size=48, dec_rnn_size=64, enc_model=cell, dec_model=cell, **sizes)
    )
    random = np.random.default_rng(5)
    arrays = {name: a + 0.05 * random.standard_normal(a.shape) for name, a in model.arrays().items()}
    model.load_arrays(arrays)
    assert {name: array.shape for name, array in model.arrays().items()} == model.architecture.weight_shapes()
    points = np.stack([stroke3_to_stroke5(rows) for rows in drawings], 1)
    decoder, z = Decoder(model.architecture, model.arrays()), None
    if conditional:
        lengths = [1, 3, 20, 55, 80, 99, POINTS]
        expected = model.encode(tf.constant(points), tf.constant(lengths))
        cut = [rows[:length] for rows, length in zip(drawings, lengths, strict=True)]
        latent = Encoder(model.architecture, model.arrays()).encode(cut)
        np.testing.assert_allclose(latent.mu, expected.mu, atol=1e-4)
        np.testing.assert_allclose(latent.log_variance, expected.log_variance, atol=1e-4)
        z = latent.mu
    seen = with_places(tf.constant(points)) if positions else points
    expected_outputs = model.decoder(seen[:-1], z).numpy()
    outputs, _ = decoder.prime(decoder.start(z, len(drawings)), list(drawings))
    np.testing.assert_allclose(np.stack(outputs, 1), expected_outputs, atol=1e-4)
    state = decoder.start(z, len(drawings))
    for time in range(40):
        streamed, state = decoder.step(state, points[time].astype(np.float32))
        np.testing.assert_allclose(streamed, expected_outputs[time], atol=1e-4)
    begun = [rows[:length] for rows, length in zip(drawings, [0, 1, 2, 17, 30, 39, 40], strict=True)]
    _, state = decoder.prime(decoder.start(z, len(drawings)), begun)
    streamed, _ = decoder.step(state, np.stack([points[len(rows) + 1, n] for n, rows in enumerate(begun)]))
    for number, rows in enumerate(begun):
        np.testing.assert_allclose(streamed[number], expected_outputs[len(rows) + 1, number], atol=1e-4)


@pytest.mark.parametrize("conditional", [True, False])
def test_a_model_with_labels_agrees_whatever_it_is_told(drawings, conditional):
    labels = 4
    model = SketchRNN(Architecture(conditional, num_labels=labels, label_size=6, z_size=16))
    random = np.random.default_rng(5)
    model.load_arrays({name: 0.05 * random.standard_normal(a.shape) for name, a in model.arrays().items()})
    points = np.stack([stroke3_to_stroke5(rows) for rows in drawings], 1)
    numbers = [0, 3, None, 1, 2, 2, None]
    keras_numbers = tf.constant([labels if number is None else number for number in numbers])
    told = Labels(model.arrays()).told(numbers)
    decoder, z = Decoder(model.architecture, model.arrays()), None
    condition = [model.label(keras_numbers)]
    if conditional:
        expected = model.encode(tf.constant(points), tf.fill([len(numbers)], POINTS), keras_numbers)
        latent = Encoder(model.architecture, model.arrays()).encode(list(drawings), told)
        np.testing.assert_allclose(latent.mu, expected.mu, atol=1e-4)
        np.testing.assert_allclose(latent.log_variance, expected.log_variance, atol=1e-4)
        np.testing.assert_allclose(latent.label_logits, expected.label_logits, atol=1e-4)
        z = latent.mu
        condition.insert(0, expected.mu)
    expected_outputs = model.decoder(points[:-1], tf.concat(condition, 1)).numpy()
    outputs, _ = decoder.prime(decoder.start(z, len(numbers), told), list(drawings))
    np.testing.assert_allclose(np.stack(outputs, 1), expected_outputs, atol=1e-4)
    untold, _ = decoder.prime(decoder.start(z, len(numbers)), list(drawings))
    assert np.abs(untold[0] - outputs[0]).max() > 1e-3
    np.testing.assert_array_equal(untold[2], outputs[2])  # which was told of no label


def test_drawings_of_different_lengths_are_encoded_as_if_alone(model, drawings):
    if not model.architecture.conditional:
        pytest.skip("a decoder alone has no encoder")
    lengths = [1, 3, 20, 55, 80, 99, POINTS]
    points = np.stack([stroke3_to_stroke5(rows) for rows in drawings], 1)[1:]
    expected = model.encoder(tf.constant(points), tf.constant(lengths))

    encoder = Encoder(model.architecture, model.arrays())
    cut = [rows[:length] for rows, length in zip(drawings, lengths, strict=True)]
    together = encoder.encode(cut)

    np.testing.assert_allclose(together.mu, expected.mu, atol=1e-4)
    np.testing.assert_allclose(together.log_variance, expected.log_variance, atol=1e-4)
    for number, rows in enumerate(cut):
        np.testing.assert_allclose(encoder.encode([rows]).mu[0], together.mu[number], atol=1e-5)


def test_priming_drawings_of_different_lengths_ends_in_each_ones_own_state(model, drawings):
    decoder = Decoder(model.architecture, model.arrays())
    z = np.zeros((3, 128), np.float32) if model.architecture.conditional else None
    cut = [drawings[0][:0], drawings[1][:10], drawings[2]]
    outputs, state = decoder.prime(decoder.start(z, batch=3), cut)
    for number, rows in enumerate(cut):
        alone, own = decoder.prime(decoder.start(None if z is None else z[:1]), [rows])
        np.testing.assert_allclose(outputs[number], alone[0], atol=1e-5)
        np.testing.assert_allclose(state.h[number], own.h[0], atol=1e-5)
