"""A beginning that was read is not read again, and nothing else changes by it."""

import dataclasses

import numpy as np
import pytest
import tiny

from sketchrnn.engine import Decoder, Encoder
from sketchrnn.engine.kept import Trail, Trails
from sketchrnn.engine.network import KEPT_DRAWINGS, Labels
from sketchrnn.engine.threads import one_blas_thread


def rows(seed, count):
    random = np.random.default_rng(seed)
    drawing = random.standard_normal((count, 3)).astype(np.float32)
    drawing[:, 2] = random.random(count) < 0.2
    return drawing


class CountingDecoder(Decoder):
    """Counts how many points of how many drawings go through the LSTM."""

    def __init__(self, architecture):
        super().__init__(architecture, tiny.weights(architecture))
        self.steps = []
        real = self._cell.step
        self._cell.step = lambda x, *rest: (self.steps.append(len(x)), real(x, *rest))[1]

    def read(self, *drawings, state=None):
        """How many steps it takes; the results must be those of a decoder that has read nothing before."""
        self.steps.clear()
        with one_blas_thread():
            outputs, after = self.prime(state or self.start(None, len(drawings)), drawings)
            steps = len(self.steps)
            fresh = Decoder(tiny.DECODER_ONLY, tiny.weights(tiny.DECODER_ONLY))
            expected, state_expected = fresh.prime(state or fresh.start(None, len(drawings)), drawings)
        for got, wanted in zip(outputs, expected, strict=True):
            np.testing.assert_array_equal(got, wanted)
        np.testing.assert_array_equal(after.c, state_expected.c)
        np.testing.assert_array_equal(after.h, state_expected.h)
        return steps


@pytest.fixture
def decoder():
    return CountingDecoder(tiny.DECODER_ONLY)


def test_after_a_new_stroke_only_the_new_points_are_read(decoder):
    drawing = rows(1, 40)
    assert decoder.read(drawing[:25]) == 26  # and the start token
    assert decoder.read(drawing[:31]) == 6
    assert decoder.read(drawing) == 9
    assert decoder.read(drawing) == 0


def test_undo_returns_to_a_kept_state(decoder):
    drawing = rows(2, 30)
    decoder.read(drawing)
    assert decoder.read(drawing[:12]) == 0
    other = np.concatenate([drawing[:12], rows(3, 5)])
    assert decoder.read(other) == 5
    assert decoder.read(drawing) == 0  # redo
    assert decoder.read(drawing[:0]) == 0


def test_drawings_of_a_batch_go_on_from_where_each_was(decoder):
    one, two = rows(4, 20), rows(5, 30)
    assert decoder.read(one, two[:10]) == 21
    assert decoder.read(two, one) == 20
    assert decoder.read(one[:3], rows(6, 7), two[:29]) == 7  # its start is known
    assert decoder.read(one, one) == 0


def test_what_begins_elsewhere_is_read(decoder):
    drawing = rows(7, 10)
    decoder.read(drawing)
    other = drawing.copy()
    other[4, 1] += 1e-3
    assert decoder.read(other) == 6
    _, elsewhere = decoder.prime(decoder.start(), [rows(8, 3)])
    assert decoder.read(drawing, state=elsewhere) == 11
    assert decoder.read(drawing) == 0


def test_with_z_nothing_is_kept():
    decoder = CountingDecoder(tiny.ARCHITECTURE)
    z = np.ones((1, 8), np.float32)
    for _ in range(2):
        decoder.steps.clear()
        decoder.prime(decoder.start(z), [rows(9, 10)])
        assert len(decoder.steps) == 11


def test_what_a_caller_does_with_a_state_does_not_reach_what_is_kept(decoder):
    drawing = rows(10, 8)
    outputs, state = decoder.prime(decoder.start(), [drawing])
    outputs[0][:] = state.c[:] = state.h[:] = np.nan
    drawing_before = drawing.copy()
    drawing[:] = 0.0
    assert decoder.read(drawing_before) == 0


def trail(seed, count, start=b""):
    points = np.random.default_rng(seed).standard_normal((count, 5)).astype(np.float32)
    states = np.zeros((count, 2), np.float32)
    return Trail(start, points, states, states)


def test_only_so_many_points_are_kept_and_those_used_last_longest():
    trails = Trails(most_points=100)
    first, second, third = (trail(seed, 40) for seed in (1, 2, 3))
    trails.keep(first)
    trails.keep(second)
    assert trails.find(b"", first.points) is not None
    trails.keep(third)
    assert trails.find(b"", second.points) is None
    assert len(trails.find(b"", first.points)) == len(trails.find(b"", third.points)) == 40
    huge = trail(4, 500)
    trails.keep(huge)  # a single drawing is kept however long it is
    assert len(trails.find(b"", huge.points)) == 500
    assert trails.find(b"", first.points) is None


def test_starts_are_kept_apart():
    trails = Trails()
    cat, dog = trail(1, 10, b"cat"), trail(1, 10, b"dog")
    trails.keep(cat)
    assert trails.find(b"dog", dog.points) is None
    trails.keep(dog)
    assert trails.find(b"cat", cat.points).start == b"cat"


# --- the encoder -------------------------------------------------------------------------------


def counting_encoder(architecture):
    encoder = Encoder(architecture, tiny.weights(architecture))
    steps = []
    real = encoder._directions.last_states

    def counting(drawings):
        steps.extend([len(drawings)] * max(map(len, drawings)))
        return real(drawings)

    encoder._directions.last_states = counting
    return encoder, steps


def test_a_drawing_that_was_encoded_is_not_read_again():
    encoder, steps = counting_encoder(tiny.ARCHITECTURE)
    drawings = [rows(seed, count) for seed, count in ((1, 9), (2, 14), (3, 6))]
    first = encoder.encode(drawings)
    assert steps == [3] * 14
    again = encoder.encode([drawings[2], rows(4, 5), drawings[0], drawings[2]])
    assert steps[14:] == [1] * 5
    fresh = Encoder(tiny.ARCHITECTURE, tiny.weights(tiny.ARCHITECTURE))
    for number, drawing in ((0, drawings[2]), (1, rows(4, 5)), (2, drawings[0]), (3, drawings[2])):
        np.testing.assert_array_equal(again.mu[number], fresh.encode([drawing]).mu[0])
    np.testing.assert_array_equal(again.mu[2], first.mu[0])


def test_another_label_is_no_reason_to_read_a_drawing_again():
    architecture = dataclasses.replace(tiny.ARCHITECTURE, num_labels=3)
    encoder, steps = counting_encoder(architecture)
    told = Labels(tiny.weights(architecture))
    drawing = rows(5, 12)
    cat, dog = (encoder.encode([drawing], told.told([number])) for number in (0, 1))
    assert steps == [1] * 12
    assert not np.array_equal(cat.mu, dog.mu)
    fresh = Encoder(architecture, tiny.weights(architecture)).encode([drawing], told.told([1]))
    np.testing.assert_array_equal(dog.mu, fresh.mu)


def test_the_encoder_does_not_keep_drawings_without_end():
    encoder, _ = counting_encoder(tiny.ARCHITECTURE)
    many = [rows(seed, 3) for seed in range(KEPT_DRAWINGS + 20)]
    encoder.encode(many)
    assert len(encoder._read) == KEPT_DRAWINGS
    np.testing.assert_array_equal(encoder.encode(many[:1]).mu, encoder.encode(many[:2]).mu[:1])
