"""The eye as numpy runs it: dots along drawings, what is told of them, the network."""

import numpy as np
import pytest

from sketchrnn.engine.eye import DOTS, FEATURES, Eye, dots_along, eye_shapes, features

CORNER = np.array([[0.0, 0.0], [30.0, 0.0], [30.0, 40.0]])
LINE = np.array([[50.0, 0.0], [50.0, 40.0]])


def weights(labels=4, seed=0):
    random = np.random.default_rng(seed)
    return {
        name: random.normal(0.0, 0.1, shape).astype(np.float32) for name, shape in eye_shapes(labels).items()
    }


def test_dots_lie_on_the_strokes_at_equal_distances():
    xy, stroke = dots_along([[CORNER, LINE]])
    assert xy.shape == (1, DOTS, 2) and stroke.shape == (1, DOTS)
    on_corner, on_line = xy[0][stroke[0] == 0], xy[0][stroke[0] == 1]
    assert np.all((on_corner[:, 1] < 1e-9) | (on_corner[:, 0] > 30.0 - 1e-9))
    assert np.allclose(on_line[:, 0], 50.0)
    steps = np.hypot(*np.diff(on_line[on_line[:, 1] > 0.0], axis=0).T)
    assert np.allclose(steps, steps[0])
    assert len(on_corner) / len(on_line) == pytest.approx(
        71 / 41, rel=0.05
    )  # by length, and a pause for each


def test_a_stroke_of_one_point_is_seen():
    _, stroke = dots_along([[CORNER, np.array([[9.0, 9.0]]), LINE]])
    assert set(stroke[0]) == {0, 1, 2}


def test_drawings_are_seen_alike_alone_and_together_in_any_size_and_place():
    drawings = [[CORNER, LINE], [LINE], [CORNER[:1], CORNER]]
    eye = Eye(weights())
    together = eye.logits(drawings)
    assert together.shape == (3, 4)
    for number, drawing in enumerate(drawings):
        for factor, shift in ((1.0, 0.0), (1e-3, 7.0), (250.0, -9000.0)):
            moved = [stroke * factor + shift for stroke in drawing]
            np.testing.assert_allclose(eye.logits([moved])[0], together[number], atol=1e-4)


def test_what_is_told_of_the_dots():
    seen = features(dots_along([[CORNER, LINE]]))
    assert seen.shape == (1, DOTS, FEATURES)
    xy, direction, last, first, part = seen[0, :, :2], seen[0, :, 2:4], *seen[0, :, 5:].T
    assert np.ptp(xy, axis=0).max() == pytest.approx(2.0)
    assert last.sum() == 2 and first.sum() == 2 and last[-1] == 1 and first[0] == 1
    assert np.flatnonzero(first)[1] == np.flatnonzero(last)[0] + 1
    lengths = np.hypot(*direction.T)
    assert np.all((lengths < 1.0 + 1e-6) & (lengths[last == 1] == 0.0).all())
    assert part[0] == 0.0 and part[-1] == 1.0


@pytest.mark.parametrize("strokes", ([np.zeros((1, 2))], [np.full((3, 2), 5.0)], [np.ones((1, 2))] * 300))
def test_dots_and_nothing_else_are_no_reason_to_fail(strokes):
    assert np.isfinite(Eye(weights()).logits([strokes])).all()


def test_many_points_are_seen_like_few():
    fine = np.column_stack([np.linspace(0.0, 30.0, 5000), np.zeros(5000)])
    eye = Eye(weights())
    np.testing.assert_allclose(eye.logits([[fine]]), eye.logits([[fine[[0, -1]]]]), atol=1e-4)
