"""Labels, guidance, temperature, and what cannot be asked of a model."""

import warnings

import numpy as np
import pytest
import tiny
from tiny import HALF

from sketchrnn import store
from sketchrnn.completion import (
    load_model,
)
from sketchrnn.engine import GuidedDecoder
from sketchrnn.errors import ConfigError, ModelError, SketchError, SketchRNNError
from sketchrnn.sketch import Sketch


def test_a_label_that_the_model_does_not_know_is_answered_with_those_it_knows(model, tmp_path):
    with pytest.raises(ModelError, match="leave the label out"):
        model.complete(HALF, label="dog")
    with pytest.raises(ModelError, match="leave the label out"):
        model.sample(1, label="dog")
    tiny.save_model(tmp_path / "zoo", tiny.LABELLED, labels=tiny.LABELS)
    with pytest.raises(ModelError, match="cat, dog"):
        load_model(tmp_path / "zoo").complete(HALF, label="horse")


def test_the_label_decides_what_is_drawn(zoo):
    endings = {label: zoo.complete(HALF, label=label, seed=3, temperature=0.1) for label in tiny.LABELS}
    assert len({ending.to_stroke3().tobytes() for ending in endings.values()}) == len(tiny.LABELS)
    assert zoo.complete(HALF, label="cat", seed=3, temperature=0.1) == endings["cat"]


def test_guidance_leads_away_from_what_has_no_label(zoo):
    decoder, label = zoo._decoder, 1
    count = 3
    z = np.random.default_rng(1).standard_normal((count, 8), np.float32) if zoo.info.conditional else None
    rows = [HALF.to_stroke3(), HALF.to_stroke3()[:2], HALF.to_stroke3()[:0]]
    told, untold = zoo._told([label] * count), zoo._told([None] * count)
    guided = GuidedDecoder(decoder, 1.5)
    outputs, state = guided.prime(guided.start(z, count, told), rows)
    with_label, told_state = decoder.prime(decoder.start(z, count, told), rows)
    without, untold_state = decoder.prime(decoder.start(z, count, untold), rows)
    for got, one, other in zip(outputs, with_label, without, strict=True):
        np.testing.assert_allclose(got, one + 1.5 * (one - other), atol=1e-5)
    points = np.ones((2, 5), np.float32)
    got, after = guided.step(state.take([2, 0]), points)
    one, other = (decoder.step(s.take([2, 0]), points)[0] for s in (told_state, untold_state))
    np.testing.assert_allclose(got, one + 1.5 * (one - other), atol=1e-5)
    assert len(after) == 2


def test_guidance_is_a_setting_of_the_model_and_0_is_none(zoo):
    ending = zoo.complete(HALF, label="dog", seed=3, best_of=1)
    before = zoo.guidance
    assert before > 0.0
    try:
        zoo.guidance = 0.0
        alone = zoo.complete(HALF, label="dog", seed=3, best_of=1)
    finally:
        zoo.guidance = before
    assert alone.to_stroke3().tobytes() != ending.to_stroke3().tobytes()


def test_samples_say_what_they_are_and_without_a_label_are_anything(zoo):
    assert {sketch.label for sketch in zoo.sample(3, label="owl", seed=1)} == {"owl"}
    anything = zoo.sample(30, seed=1)
    assert {sketch.label for sketch in anything} == set(tiny.LABELS)
    assert zoo.sample(5, seed=1) == anything[:5]


def test_every_label_has_its_probability_likeliest_first(zoo):
    if not zoo.info.conditional:
        with pytest.raises(ModelError, match="knows no labels"):
            zoo.recognize(HALF)
        return
    likely = zoo.recognize(HALF)
    assert {label for label, _ in likely} == set(tiny.LABELS)
    probabilities = [probability for _, probability in likely]
    assert sum(probabilities) == pytest.approx(1.0)
    assert probabilities == sorted(probabilities, reverse=True) and probabilities[0] > probabilities[-1]
    assert [label for label, _ in zoo.recognize(HALF.transformed(7.0, dx=50.0))] == [x for x, _ in likely]
    with pytest.raises(SketchError, match="empty"):
        zoo.recognize(Sketch())
    assert len(zoo.recognize(Sketch([[(3, 3)]]))) == len(tiny.LABELS)  # a dot


def test_without_a_label_a_drawing_becomes_what_it_looks_like(zoo):
    if not zoo.info.conditional:
        pytest.skip("a decoder alone cannot tell what it looks like")
    likeliest = zoo.recognize(HALF)[0][0]
    scale = zoo.guess_scale(HALF)
    options = {"seed": 4, "temperature": 0.1, "scale": scale}
    assert zoo.complete(HALF, **options) == zoo.complete(HALF, label=likeliest, **options)


def test_a_drawing_s_own_label_is_used_to_draw_it_again(zoo):
    if not zoo.info.conditional:
        pytest.skip("a decoder alone has no latent space")
    cat, owl = (Sketch(HALF.strokes, HALF.authors, label) for label in ("cat", "owl"))
    assert np.abs(zoo.encode(cat) - zoo.encode(owl)).max() > 1e-4
    np.testing.assert_array_equal(zoo.encode(cat), zoo.encode(HALF, label="cat"))
    again = zoo.reconstruct(cat, seed=1)
    assert again.label == "cat" and again == zoo.reconstruct(HALF, label="cat", seed=1)
    film = zoo.interpolate(cat, owl, 3, seed=1)
    for drawn, end in ((film[0], cat), (film[2], owl)):
        expected = zoo.decode(zoo.encode(end), label=end.label, temperature=0.1, seed=1)
        np.testing.assert_array_equal(drawn.to_stroke3(), expected.to_stroke3())


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf"), 11.0])
def test_a_temperature_that_makes_no_sense_is_refused(any_model, temperature):
    for call in (
        lambda: any_model.complete(HALF, temperature=temperature, seed=1),
        lambda: any_model.complete(Sketch(), temperature=temperature, seed=1),
        lambda: any_model.sample(1, temperature=temperature, seed=1),
    ):
        with pytest.raises(ConfigError, match="temperature"):
            call()


def test_a_cool_model_is_more_careful(model):
    def spread(temperature):
        first = [next(iter(model.ink(HALF, seed=seed, temperature=temperature))) for seed in range(60)]
        return np.array([(point.x, point.y) for point in first]).std(axis=0).mean()

    assert spread(0.01) < 0.7 * spread(1.0)


def test_a_model_whose_numbers_overflow_is_one_error(tmp_path):
    info = store.ModelInfo("wild", tmp_path / "m", tiny.ARCHITECTURE, 255.0, 2.0, 30.0)
    weights = {name: np.full_like(array, 60000.0) for name, array in tiny.weights(tiny.ARCHITECTURE).items()}
    store.save(info, weights)
    wild = load_model(info.path)
    for call in (lambda: wild.complete(HALF, seed=1), lambda: wild.sample(2, seed=1)):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(SketchRNNError):
                call()
