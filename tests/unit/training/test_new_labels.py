"""An eye that learns more labels: by its last outputs alone, from few drawings."""

import numpy as np
import pytest
import tiny

from sketchrnn.engine import Encoder
from sketchrnn.engine.eye import Eye, eye_shapes
from sketchrnn.formats.npz import StrokeSet
from sketchrnn.sketch import Sketch
from sketchrnn.training.new_labels import encoder_with_labels, eye_with_labels


def eye(labels: int) -> dict[str, np.ndarray]:
    """One that was never trained: what it sees of drawings differs all the same."""
    random = np.random.default_rng(4)
    return {
        name: (random.standard_normal(shape) / np.sqrt(max(np.prod(shape[:-1]), 1))).astype(np.float32)
        for name, shape in eye_shapes(labels).items()
    }


def rings(count: int, seed: int) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        turn = random.uniform(0.0, 6.0) + np.linspace(0.0, 6.0, 24)
        line = np.stack([np.cos(turn), np.sin(turn)], 1) * random.uniform(40.0, 80.0, 2)
        lifts = np.isin(np.arange(23), (11, 22))
        rows.append(np.column_stack([np.diff(line, axis=0), lifts]))
    return rows


def steps(count: int, seed: int) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    sides = (random.uniform(10.0, 30.0, (2, 1)) * np.resize(np.eye(2), (23, 2)).T for _ in range(count))
    return [np.column_stack([side.T, np.isin(np.arange(23), (11, 22))]) for side in sides]


def taken(weights, drawings, part=1.0):
    """What an eye takes each drawing for, from the first part of its strokes."""
    sketches = [Sketch.from_stroke3(rows) for rows in drawings]
    begun = [sketch[: max(1, round(part * len(sketch)))].strokes for sketch in sketches]
    return Eye(weights).logits(begun).argmax(axis=1)


def test_new_labels_are_told_from_each_other_and_from_those_that_were_known():
    before, zigzags = eye(2), list(tiny.drawings(120, shortest=20))
    names = ["ring"] * 30 + ["steps"] * 30 + ["cat", "dog"] * 60
    shown = StrokeSet.of([*rings(30, 1), *steps(30, 2), *zigzags], names)
    after = before | eye_with_labels(before, shown, ("cat", "dog", "ring", "steps"), 2)
    for part in (0.5, 1.0):
        assert (taken(after, rings(40, 5), part) == 2).mean() > 0.8
        assert (taken(after, steps(40, 6), part) == 3).mean() > 0.8
    assert (taken(after, tiny.drawings(40, seed=9, shortest=20)) < 2).mean() > 0.8
    some = [Sketch.from_stroke3(rows).strokes for rows in zigzags[:5]]
    np.testing.assert_array_equal(Eye(after).logits(some)[:, :2], Eye(before).logits(some))


@pytest.mark.parametrize("names", [["cat"] * 4, [""] * 4])
def test_without_a_drawing_of_each_new_label_there_is_no_eye(names):
    shown = StrokeSet.of(list(tiny.drawings(4)), names)
    assert eye_with_labels(eye(2), shown, ("cat", "dog", "ring"), 2) == {}


def test_an_encoder_recognises_a_new_label_and_says_of_the_others_what_it_said():
    before, zigzags = tiny.weights(tiny.LABELLED), list(tiny.drawings(90, shortest=20))
    shown = StrokeSet.of([*rings(30, 1), *zigzags], ["ring"] * 30 + ["cat", "dog", "owl"] * 30)
    outputs = encoder_with_labels(before, tiny.LABELLED, shown, (*tiny.LABELS, "ring"), 30.0)

    def read(weights, drawings):
        units = [rows / np.array([30.0, 30.0, 1.0]) for rows in drawings]
        return Encoder(tiny.LABELLED, weights).encode(units).label_logits

    after = before | outputs
    np.testing.assert_allclose(read(after, zigzags)[:, :3], read(before, zigzags), atol=1e-5)
    assert (read(after, rings(40, 5)).argmax(axis=1) == 3).mean() > 0.8
    assert (read(after, tiny.drawings(40, seed=9, shortest=20)).argmax(axis=1) < 3).mean() > 0.8
    assert encoder_with_labels(before, tiny.DECODER_ONLY, shown, ("ring",), 30.0) == {}


def test_a_model_without_an_eye_gets_none():
    shown = StrokeSet.of(rings(4, 1), ["ring"] * 4)
    assert eye_with_labels({}, shown, ("cat", "ring"), 1) == {}
