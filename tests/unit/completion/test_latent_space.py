"""The latent space: what is encoded, decoded, and between two drawings."""

import numpy as np
import pytest
from tiny import HALF

from sketchrnn.completion import (
    slerp,
)
from sketchrnn.errors import ModelError, SketchError
from sketchrnn.sketch import Author, Sketch


def test_samples_do_not_depend_on_how_many_are_asked_for(any_model):
    many, few = any_model.sample(5, seed=2), any_model.sample(2, seed=2)
    assert many[:2] == few
    assert all(set(sample.authors) == {Author.MODEL} for sample in many)


def test_encoding_does_not_depend_on_place_and_size(model):
    z = model.encode(HALF)
    assert z.shape == (8,)
    np.testing.assert_allclose(model.encode(HALF.transformed(7.0, 300, -50)), z, atol=1e-4)


def test_reconstructing_is_decoding_what_was_encoded(model):
    assert model.reconstruct(HALF, seed=1) == model.decode(model.encode(HALF), seed=1)


def test_an_interpolation_has_both_ends(model):
    other = Sketch([[(0, 0), (50, 80), (10, 120)]])
    film = model.interpolate(HALF, other, 5, seed=3)
    assert len(film) == 5
    assert film[0] == model.reconstruct(HALF, temperature=0.1, seed=3)
    assert film[-1] == model.reconstruct(other, temperature=0.1, seed=3)
    with pytest.raises(ModelError, match="2 steps"):
        model.interpolate(HALF, other, 1)


def test_a_decoder_alone_has_no_latent_space(decoder_only):
    for call in (
        lambda: decoder_only.encode(HALF),
        lambda: decoder_only.decode(np.zeros(8)),
        lambda: decoder_only.reconstruct(HALF),
        lambda: decoder_only.interpolate(HALF, HALF),
    ):
        with pytest.raises(ModelError, match="decoder alone"):
            call()


def test_what_cannot_be_encoded_is_refused(model):
    with pytest.raises(SketchError, match="no strokes"):
        model.encode(Sketch())
    with pytest.raises(SketchError, match="dot"):
        model.encode(Sketch([[(5, 5)]]))
    with pytest.raises(ModelError, match=r"\(8,\)"):
        model.decode(np.zeros(9))


def test_the_great_arc_keeps_its_length():
    a, b = np.array([3.0, 0.0, 0.0]), np.array([0.0, 3.0, 0.0])
    for t in (0.0, 0.25, 0.5, 1.0):
        assert np.linalg.norm(slerp(a, b, t)) == pytest.approx(3.0)
    assert slerp(a, b, 0.5).tolist() == pytest.approx([3 / np.sqrt(2), 3 / np.sqrt(2), 0.0])
    assert slerp(a, a, 0.3).tolist() == pytest.approx(a.tolist())
    assert np.isfinite(slerp(a, -a, 0.5)).all()
    assert np.isfinite(slerp(np.zeros(3), a, 0.5)).all()
