"""Completing: the person's strokes stay, the model's follow; the same seed draws the same."""

import dataclasses
import itertools
import warnings

import numpy as np
import pytest
import tiny
from tiny import HALF

from sketchrnn import store
from sketchrnn.completion import (
    BEST_OF,
    FILLS,
    LARGEST_WHOLE,
    MAX_PRIMED_POINTS,
    PAPER_FILL,
    SHORTEST_ENDING,
    Completer,
    load_model,
    slerp,
)
from sketchrnn.engine import Architecture, GuidedDecoder
from sketchrnn.errors import ConfigError, ModelError, SketchError, SketchRNNError
from sketchrnn.sketch import Author, Bounds, Sketch

PAPER = Bounds(0, 0, 800, 600)


@pytest.fixture(params=["model", "decoder_only", "started"])
def any_model(request):
    return request.getfixturevalue(request.param)


# --- finishing a drawing -----------------------------------------------------------------------


def test_the_persons_strokes_stay_untouched_and_the_models_follow(any_model):
    whole = any_model.complete(HALF, seed=1)
    assert len(whole) > len(HALF)
    assert whole[: len(HALF)] == HALF
    assert set(whole.authors[len(HALF) :]) == {Author.MODEL}


def test_what_a_model_drew_before_stays_the_models(model):
    first = model.complete(HALF, seed=1, strokes=1)
    second = model.complete(first, seed=2, strokes=1)
    assert second.authors == (*[Author.HUMAN] * len(HALF), Author.MODEL, Author.MODEL)


def test_the_same_seed_draws_the_same_and_another_seed_another(any_model):
    whole = any_model.complete(HALF, seed=7)
    assert any_model.complete(HALF, seed=7) == whole
    others = [any_model.complete(HALF, seed=seed) for seed in range(8, 12)]
    assert all(len(other) != len(whole) or other != whole for other in others)


def test_streaming_draws_what_completing_draws(any_model):
    whole = any_model.complete(HALF, seed=3)
    streamed = list(any_model.stream(HALF, seed=3))
    assert [stroke.tolist() for stroke in streamed] == [
        stroke.tolist() for stroke in whole.strokes[len(HALF) :]
    ]


def test_ink_says_where_strokes_start_and_end(any_model):
    for seed in range(5):
        ink = list(any_model.ink(HALF, seed=seed))
        assert ink[0].starts_stroke
        assert ink[-1].ends_stroke
        assert all(after.starts_stroke == before.ends_stroke for before, after in itertools.pairwise(ink))
        whole = any_model.complete(HALF, seed=seed)
        assert sum(point.ends_stroke for point in ink) == len(whole) - len(HALF)
        assert len(ink) == whole.point_count - HALF.point_count


def test_one_stroke_is_one_stroke_of_the_whole_ending(model):
    whole = model.complete(HALF, seed=3)
    assert model.complete(HALF, seed=3, strokes=1) == whole[: len(HALF) + 1]
    assert model.complete(HALF, seed=3, strokes=0) == HALF


def test_an_ending_that_will_not_end_is_cut(tmp_path):
    endless = store.ModelInfo("endless", tmp_path / "m", tiny.ARCHITECTURE, 255.0, 2.0, 30.0, max_points=20)
    for pen_up in (-50.0, 3.0):
        weights = tiny.weights(tiny.ARCHITECTURE)
        weights["decoder/output/bias"][:3] = 5.0, pen_up, -100.0
        store.save(endless, weights)
        ink = list(load_model(endless.path).ink(HALF, seed=1))
        assert len(ink) <= 40
        assert ink[-1].ends_stroke


def test_a_model_of_tiny_drawings_still_draws_a_stroke(tmp_path):
    tiny.save_model(tmp_path / "dots", max_points=1)
    dots = load_model(tmp_path / "dots")
    assert len(dots.complete(HALF, seed=1)) > len(HALF)
    assert all(len(drawing) >= 1 for drawing in dots.sample(3, seed=1))


# --- beginnings of every kind ------------------------------------------------------------------


def test_from_nothing_the_model_draws_in_the_middle_of_the_paper(any_model):
    paper = Bounds(1000, 2000, 1800, 2600)
    drawn = any_model.complete(Sketch(), seed=4, paper=paper)
    assert set(drawn.authors) == {Author.MODEL}
    left, top, right, bottom = drawn.bounds
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((1400, 2300), abs=0.1)
    assert drawn.bounds.larger_side == pytest.approx(PAPER_FILL * 600, rel=1e-3)


@pytest.mark.parametrize(
    "half",
    [
        Sketch([[(50, 50)]]),
        Sketch([[(50, 50), (50, 50), (50, 50)]]),
        Sketch([[(10, 10)], [(50, 50)], [(90, 20)]]),
        Sketch([[(10, 10), (20, 20)]]),
        Sketch([[(0, 0), (1e-40, 1e-40)]]),
        Sketch([[(0, 0), (1e7, 1e7)], [(-1e7, 5)]]),
        Sketch([[(1e7, 1e7), (1e7, 1e7)]]),
    ],
    ids=["dot", "dot three times", "three dots", "two points", "denormal", "immense", "far dot"],
)
@pytest.mark.parametrize("paper", [None, PAPER], ids=["no paper", "paper"])
def test_odd_beginnings_are_continued(any_model, half, paper):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        whole = any_model.complete(half, seed=1, paper=paper)
    assert whole[: len(half)] == half
    assert len(whole) > len(half)


def test_a_scribble_of_five_thousand_points_is_continued_soon(model):
    scribble = Sketch([np.random.default_rng(0).uniform(0, 1000, (5000, 2))])
    read, steps = [], []
    encoder, cell = model._encoder._directions, model._decoder._cell
    last_states, step = encoder.last_states, cell.step
    encoder.last_states = lambda rows: (read.extend(map(len, rows)), last_states(rows))[1]
    cell.step = lambda *given: (steps.append(1), step(*given))[1]
    try:
        model.complete(scribble, seed=1, strokes=1)
    finally:
        del encoder.last_states, cell.step
    assert max(read) == MAX_PRIMED_POINTS
    assert len(steps) <= 4 * MAX_PRIMED_POINTS + 3 * model.info.max_points


@pytest.mark.parametrize("size", [1e-5, 1e4])
def test_the_size_of_the_drawing_does_not_matter(any_model, size):
    small, large = any_model.complete(HALF, seed=5), any_model.complete(HALF.transformed(size), seed=5)
    assert len(small) == len(large)
    for a, b in zip(small.strokes, large.strokes, strict=True):
        np.testing.assert_allclose(b / size, a, rtol=1e-3, atol=0.5)


def test_the_place_of_the_drawing_does_not_matter(any_model):
    here, there = (
        any_model.complete(HALF, seed=5),
        any_model.complete(HALF.transformed(1, 512, -1024), seed=5),
    )
    assert len(here) == len(there)
    for a, b in zip(here.strokes, there.strokes, strict=True):
        np.testing.assert_allclose(b - [512, -1024], a, atol=0.5)


def test_the_ending_starts_where_the_person_stopped(tmp_path):
    info = store.ModelInfo("short", tmp_path / "m", tiny.ARCHITECTURE, 255.0, 2.0, 30.0)
    weights = tiny.weights(tiny.ARCHITECTURE)
    weights["decoder/output/kernel"][:] = 0.0
    weights["decoder/output/bias"][:] = 0.0
    weights["decoder/output/bias"][9:15] = -20.0  # no offset: log sigma of x and y, M = 3
    weights["decoder/output/bias"][3 + 9 : 3 + 15] = -20.0
    weights["decoder/output/bias"][9:12] = 0.0
    store.save(info, weights)
    far = HALF.transformed(1, 5000, 300)
    for point in load_model(info.path).ink(far, seed=1):
        assert (point.x, point.y) == pytest.approx(far.strokes[-1][-1].tolist(), abs=0.01)


# --- several endings ---------------------------------------------------------------------------


def gathered(steps):
    """The points of each ending; nothing may come after None."""
    steps = list(steps)
    endings = []
    for column in zip(*steps, strict=True):
        points = [point for point in column if point is not None]
        assert list(column[: len(points)]) == points
        endings.append(points)
    return endings


def children(seed, count):
    return np.random.SeedSequence(seed).spawn(count)


@pytest.mark.parametrize("paper", [None, PAPER, Bounds(90, 90, 200, 200)], ids=["none", "wide", "tight"])
@pytest.mark.parametrize("half", [HALF, Sketch(), Sketch([[(50, 50)]])], ids=["half", "nothing", "dot"])
def test_endings_are_those_of_ink_to_the_last_bit(any_model, half, paper):
    endings = gathered(any_model.endings(half, 9, seed=4, paper=paper))
    assert len(endings) == 9
    assert len({tuple(ending) for ending in endings}) == 9
    for ending, child in zip(endings, children(4, 9), strict=True):
        assert ending == list(any_model.ink(half, seed=child, paper=paper))


@pytest.mark.parametrize("paper", [None, Bounds(90, 90, 200, 200)], ids=["no paper", "paper"])
def test_an_ending_is_the_same_whatever_the_count(any_model, paper):
    many = gathered(any_model.endings(HALF, 20, seed=5, paper=paper))
    for count in (1, 2, 9, 13):
        assert gathered(any_model.endings(HALF, count, seed=5, paper=paper)) == many[:count]


def test_endings_grow_side_by_side(model):
    lengths = [len(ending) for ending in gathered(model.endings(HALF, 6, seed=1))]
    assert len(set(lengths)) > 1
    for number, step in enumerate(model.endings(HALF, 6, seed=1)):
        assert [point is not None for point in step] == [number < length for length in lengths]


def test_a_seed_sequence_gives_the_same_however_often_it_is_asked(model):
    sequence = np.random.SeedSequence(3)
    sequence.spawn(2)
    first = gathered(model.endings(HALF, 3, seed=sequence))
    assert gathered(model.endings(HALF, 3, seed=sequence)) == first
    assert gathered(model.endings(HALF, 3, seed=3)) == first
    assert model.sample(3, seed=sequence) == model.sample(3, seed=3)
    assert gathered(model.endings(HALF, 3)) != gathered(model.endings(HALF, 3))


def test_a_drawing_of_a_real_sizes_model_is_the_same_alone_and_among_fifty(tmp_path):
    large = store.ModelInfo(
        "large", tmp_path / "m", Architecture(z_size=16, enc_rnn_size=24), 255.0, 2.0, 30.0, max_points=40
    )
    weights = tiny.weights(large.architecture)
    store.save(large, {name: 0.3 * array for name, array in weights.items()})
    model = load_model(large.path)
    many = gathered(model.endings(HALF, 50, seed=2, temperature=1.0))
    for number in (0, 7, 49):
        assert list(model.ink(HALF, seed=children(2, 50)[number], temperature=1.0)) == many[number]


def test_no_endings_are_none(model):
    with pytest.raises(ConfigError, match="1 or more"):
        model.endings(HALF, 0)


# --- size --------------------------------------------------------------------------------------


def test_a_given_scale_is_used_as_it_is(any_model):
    scale = any_model.guess_scale(HALF)
    assert any_model.complete(HALF, seed=6, scale=scale) == any_model.complete(HALF, seed=6)
    assert any_model.complete(HALF, seed=6, scale=2.0 * scale) != any_model.complete(HALF, seed=6)
    given = list(any_model.ink(HALF, seed=6, scale=1.0))
    larger = list(any_model.ink(HALF.transformed(8), seed=6, scale=0.125))
    assert [(8 * point.x, 8 * point.y) for point in given] == [(point.x, point.y) for point in larger]
    for useless in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(ConfigError, match="scale"):
            any_model.ink(HALF, scale=useless)


def test_the_paper_is_the_prior_of_the_size(tmp_path):
    info = store.ModelInfo("blank", tmp_path / "m", tiny.DECODER_ONLY, 255.0, 2.0, 30.0)
    blank = {name: np.zeros_like(array) for name, array in tiny.weights(tiny.DECODER_ONLY).items()}
    blank["decoder/output/bias"][3 + 9 : 3 + 15] = 15.0  # so broad that every size is as likely
    store.save(info, blank)
    model = load_model(info.path)
    for true_fill in FILLS:
        side = true_fill * PAPER_FILL * 600  # of a whole that fills the paper
        half = Sketch([[(0, 0), (side, 0), (side, side)]])
        dot = model.guess_scale(Sketch([[(3, 3)]]), PAPER)
        assert dot == pytest.approx(255.0 / (PAPER_FILL * 600))
        flat = model._log_likelihoods(half.to_stroke3(), np.array([1.0, 2.0]))
        assert flat[1] - flat[0] == pytest.approx(2 * 2 * np.log(2), rel=1e-3)


def knowing_model(folder, sigma, **fields):
    """A decoder that knows one thing: offsets have this deviation, in model units."""
    info = store.ModelInfo("knowing", folder, tiny.DECODER_ONLY, 255.0, 0.0, 30.0, **fields)
    weights = {name: np.zeros_like(array) for name, array in tiny.weights(tiny.DECODER_ONLY).items()}
    weights["decoder/output/bias"][3 + 9 : 3 + 15] = np.log(sigma)
    store.save(info, weights)
    return load_model(folder)


@pytest.mark.parametrize("explicit_start", [False, True])
@pytest.mark.parametrize("fill", [FILLS[1], FILLS[3], FILLS[-1]])
def test_the_scale_is_found_by_a_model_that_knows(tmp_path, fill, explicit_start):
    random = np.random.default_rng(0)
    walk = np.cumsum(random.normal(0.0, 1.0, (40, 2)), axis=0)
    side = (walk.max(0) - walk.min(0)).max()
    # Under the true scale the beginning covers `fill` of the frame, and its offsets are as the model says.
    sigma = fill * 255.0 / side * np.diff(walk, axis=0).std() / 30.0
    model = knowing_model(tmp_path / "m", sigma, explicit_start=explicit_start)
    for size in (0.01, 1.0, 500.0):
        half = Sketch([walk * size])
        assert model.guess_scale(half) == pytest.approx(fill * 255.0 / (side * size), rel=0.1)


def test_a_given_start_weighs_nothing_in_the_guess(tmp_path):
    """The density of a start that every drawing has does not depend on the scale."""
    rows = HALF.to_stroke3()
    start = np.concatenate([np.zeros((1, 3), np.float32), rows])
    scales = np.array([0.5, 1.0, 2.0])
    without = knowing_model(tmp_path / "without", 0.7)._log_likelihoods(rows, scales)
    started = knowing_model(tmp_path / "with", 0.7, explicit_start=True)
    with_start = started._log_likelihoods(start, scales)
    np.testing.assert_allclose(with_start, without, rtol=1e-6)


def test_densities_under_several_scales_are_of_the_same_points(tmp_path):
    """They integrate to 1 over the person's own unit, whatever the scale."""
    model = knowing_model(tmp_path / "m", 0.7)
    grid = np.linspace(-160, 160, 33)
    for scale in (0.5, 1.0):
        cells = [np.array([[x, y, 0.0]], np.float32) for x in grid for y in grid]
        densities = [np.exp(model._log_likelihoods(cell, np.array([scale]))[0]) for cell in cells]
        pen_down = 1 / 3
        assert sum(densities) * (grid[1] - grid[0]) ** 2 == pytest.approx(pen_down, rel=0.01)


def test_a_shipped_model_finds_the_size_of_half_a_drawing():
    if not store.available():
        pytest.skip("no saved model is shipped yet")
    model = load_model(store.default_model())
    random = np.random.default_rng(1)
    errors = []
    for whole in model.sample(12, temperature=0.4, seed=1):
        half = whole[: max(1, len(whole) // 2)].transformed(float(random.uniform(0.1, 10)))
        if half.bounds.larger_side > 0 and half.point_count > 8:
            unit = half.bounds.larger_side / whole[: len(half)].bounds.larger_side
            errors.append(abs(np.log(model.guess_scale(half) * unit)))
    assert np.median(errors) < np.log(1.7)


# --- labels, temperature, misuse ---------------------------------------------------------------


def test_a_label_that_the_model_does_not_know_is_answered_with_those_it_knows(model, tmp_path):
    with pytest.raises(ModelError, match="leave the label out"):
        model.complete(HALF, label="dog")
    with pytest.raises(ModelError, match="leave the label out"):
        model.sample(1, label="dog")
    tiny.save_model(tmp_path / "zoo", tiny.LABELLED, labels=tiny.LABELS)
    with pytest.raises(ModelError, match="cat, dog"):
        load_model(tmp_path / "zoo").complete(HALF, label="horse")


@pytest.fixture(scope="module", params=[True, False], ids=["conditional", "decoder only"])
def zoo(request, tmp_path_factory):
    """A model with labels."""
    folder = tmp_path_factory.mktemp("zoo") / "zoo"
    architecture = dataclasses.replace(tiny.LABELLED, conditional=request.param)
    tiny.save_model(folder, architecture, labels=tiny.LABELS)
    return load_model(folder)


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


# --- the latent space --------------------------------------------------------------------------


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


def test_a_completer_is_what_load_model_returns(installed):
    assert isinstance(load_model("tiny"), Completer)


def lstm_steps(completer, call):
    """How often the decoder's LSTM is stepped meanwhile."""
    lstm, steps = completer._decoder._cell, []
    real = lstm.step
    lstm.step = lambda *given: (steps.append(1), real(*given))[1]
    try:
        call()
    finally:
        del lstm.step
    return len(steps)


def test_a_drawing_that_grows_is_read_once_and_undone_not_at_all(tmp_path):
    tiny.save_model(tmp_path / "alone", tiny.DECODER_ONLY)
    completer = load_model(tmp_path / "alone")
    random = np.random.default_rng(0)
    whole = Sketch([random.uniform(0, 400, (12, 2)) for _ in range(6)])
    rows = [len(completer._to_model(whole[:count], 1.0)) for count in range(7) if count]

    def first_point(count):
        return lstm_steps(completer, lambda: next(completer.ink(whole[:count], seed=1, scale=1.0)))

    drawn = first_point(1) - rows[0] - 1
    assert [first_point(count) - drawn for count in range(2, 7)] == np.diff(rows).tolist()
    assert [first_point(count) - drawn for count in (5, 3, 6)] == [0, 0, 0]
    fresh = load_model(tmp_path / "alone")
    assert list(completer.ink(whole, seed=1, scale=1.0)) == list(fresh.ink(whole, seed=1, scale=1.0))


def test_another_ending_needs_no_other_guess(any_model):
    any_model.guess_scale(HALF, PAPER)
    assert lstm_steps(any_model, lambda: any_model.guess_scale(HALF, PAPER)) == 0
    assert any_model.guess_scale(HALF) != any_model.guess_scale(HALF.transformed(2.0))


def test_on_a_paper_the_guess_is_rounded(any_model):
    filling = any_model.info.frame / (PAPER_FILL * 600)
    for half in (HALF, HALF.transformed(3.0), Sketch([[(0, 0), (7, 5), (300, 9)]])):
        steps = np.log(any_model.guess_scale(half, PAPER) / filling) / np.log(1.1)
        assert steps == pytest.approx(round(steps), abs=1e-6)


# --- ranking -----------------------------------------------------------------------------------


def finished(half, ink):
    """The half with an ending's strokes."""
    strokes = []
    for point in ink:
        if point.starts_stroke:
            strokes.append([])
        strokes[-1].append((point.x, point.y))
    return half.adding(*strokes, author=Author.MODEL)


def test_the_best_endings_are_those_that_the_model_recognises(zoo):
    if not zoo.info.conditional:  # nothing to recognise with
        assert {ending.score for ending in zoo.ranked(HALF, 6, label="owl", seed=2)} == {0.0}
        return
    for number, label in enumerate(tiny.LABELS):
        options = {"label": label, "temperature": 0.5, "seed": 2}
        ranked = zoo.ranked(HALF, 40, **options)
        drawn = gathered(zoo.endings(HALF, 40, **options))
        assert all(ending.ink in drawn for ending in ranked)
        scores = [ending.score for ending in ranked]
        assert len(set(scores)) > 3 and scores == sorted(scores, reverse=True)
        for ending in ranked:
            logits = zoo._encode([zoo._whole_to_model(finished(HALF, ending.ink))]).label_logits[0]
            expected = logits[number] - np.logaddexp.reduce(logits)
            assert ending.score == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_without_an_eye_the_sound_endings_stay_in_order(any_model):
    ranked = any_model.ranked(HALF, 12, seed=1)
    kept = [ending.ink for ending in ranked]
    drawn = gathered(any_model.endings(HALF, 12, seed=1))
    assert kept == [ink for ink in drawn if ink in kept]
    assert {ending.score for ending in ranked} == {0.0}
    assert any_model.ranked(HALF, 12, seed=1) == ranked


def test_broken_endings_are_left_out_while_there_are_others(any_model):
    scale = 2.0
    drawn = gathered(any_model.endings(HALF, 40, seed=3, temperature=1.0, scale=scale))
    kept = [ending.ink for ending in any_model.ranked(HALF, 40, seed=3, temperature=1.0, scale=scale)]
    given = len(any_model._to_model(HALF, scale))
    side = any_model.info.frame / scale
    assert 0 < len(kept) < 40
    for ink in drawn:
        endless = len(ink) >= any_model.info.max_points - given
        large = finished(HALF, ink).bounds.larger_side > LARGEST_WHOLE * side
        strokes = finished(HALF, ink).strokes[len(HALF) :]
        short = sum(np.hypot(*np.diff(stroke, axis=0).T).sum() for stroke in strokes) < SHORTEST_ENDING * side
        assert (ink in kept) == (not (endless or large or short))


def test_where_all_endings_are_broken_there_are_some_all_the_same(tmp_path):
    endless = store.ModelInfo("endless", tmp_path / "m", tiny.ARCHITECTURE, 255.0, 2.0, 30.0, max_points=20)
    weights = tiny.weights(tiny.ARCHITECTURE)
    weights["decoder/output/bias"][:3] = 5.0, 3.0, -100.0
    store.save(endless, weights)
    assert len(load_model(endless.path).ranked(HALF, 5, seed=1)) == 5


def test_endings_beyond_the_paper_rank_below_those_on_it(any_model):
    bounds = HALF.bounds
    narrow = Bounds(bounds.left - 12, bounds.top - 12, bounds.right + 12, bounds.bottom + 12)

    def on_paper(ink):
        left, top, right, bottom = finished(HALF, ink).bounds
        return left >= narrow.left and top >= narrow.top and right <= narrow.right and bottom <= narrow.bottom

    drawn = gathered(any_model.endings(HALF, 24, seed=5, paper=narrow, temperature=1.0))
    kept = [ending.ink for ending in any_model.ranked(HALF, 24, seed=5, paper=narrow, temperature=1.0)]
    assert len({on_paper(ink) for ink in drawn}) == 2
    assert all(on_paper(ink) for ink in kept)


def test_from_nothing_the_best_drawing_is_found_as_well(zoo):
    if not zoo.info.conditional:
        return
    ranked = zoo.ranked(Sketch(), 6, label="owl", seed=1, temperature=1.0)
    assert ranked[0].score == max(ending.score for ending in ranked) < 0.0
    assert ranked[0].score > ranked[-1].score


def test_a_model_with_an_eye_chooses_unless_told_not_to(zoo, model):
    options = {"label": "dog", "seed": 2, "temperature": 0.5}
    first = list(zoo.ink(HALF, best_of=1, **options))
    assert first == list(zoo._inks(HALF, None, 1, **options)[0])
    best = zoo.ranked(HALF, 30, **options)[0].ink
    assert list(zoo.ink(HALF, best_of=30, **options)) == best
    assert zoo.complete(HALF, best_of=30, **options) == finished(HALF, best)
    assert zoo.complete(HALF, best_of=30, strokes=1, **options) == finished(HALF, best)[: len(HALF) + 1]
    default = list(zoo.ink(HALF, **options))
    assert default == (zoo.ranked(HALF, BEST_OF, **options)[0].ink if zoo.info.conditional else first)
    assert list(model.ink(HALF, seed=2)) == list(model.ink(HALF, seed=2, best_of=1))
    with pytest.raises(ConfigError, match="1 or more"):
        zoo.complete(HALF, best_of=0)
