"""What is where: strokes near a line, within a loop, and what a rubber leaves."""

from __future__ import annotations

import numpy as np
import pytest

from gui.paper.ink import PEN_WIDTH, Ink
from gui.tools import hits
from sketchrnn.sketch import Author


def ink(*points, pressures=None) -> Ink:
    return Ink(
        np.array(points, np.float32),
        Author.MODEL,
        None if pressures is None else np.array(pressures, np.float32),
    )


def touched(strokes, start, end, radius):
    return hits.touched(strokes, hits.Boxes().of(strokes), start, end, radius)


def test_a_fast_pointer_touches_what_it_jumped_over():
    strokes = [ink((0, 50), (100, 50)), ink((0, 500), (100, 500)), ink((50, 55))]
    assert touched(strokes, (50, 0), (50, 100), 1) == [0, 2]
    assert touched(strokes, (50, 0), (50, 40), 1) == []
    assert touched(strokes, (0, 50 + PEN_WIDTH / 2 + 0.9), (0, 60), 1) == [0]


def test_a_loop_takes_what_is_mostly_within_it():
    loop = [(0, 0), (100, 0), (100, 100), (0, 100)]
    strokes = [ink((10, 10), (90, 90)), ink((50, 50), (150, 50), (250, 50)), ink((200, 200)), ink((5, 5))]
    assert hits.within(strokes, hits.Boxes().of(strokes), loop) == [0, 3]
    assert hits.within(strokes, hits.Boxes().of(strokes), loop[:2]) == []


def test_inside_a_hollow_shape_is_outside_of_its_bay():
    bay = np.array([(0, 0), (100, 0), (100, 100), (50, 20), (0, 100)], float)
    points = np.array([(50, 10), (50, 60), (5, 50), (95, 50)], float)
    assert hits.inside(points, bay).tolist() == [True, False, True, True]


def test_rubbing_the_middle_leaves_two_strokes_cut_at_the_rubbers_edge():
    line = ink((0, 0), (50, 0), (100, 0), pressures=[0.0, 0.5, 1.0])
    one, other = hits.rubbed(line, (50, 0), (50, 0), 10)
    np.testing.assert_allclose(one.points, [(0, 0), (40, 0)], atol=1e-4)
    np.testing.assert_allclose(other.points, [(60, 0), (100, 0)], atol=1e-4)
    np.testing.assert_allclose(one.pressures, [0.0, 0.4], atol=1e-6)
    np.testing.assert_allclose(other.pressures, [0.6, 1.0], atol=1e-6)
    assert one.author is other.author is Author.MODEL


def test_rubbing_an_end_a_whole_and_nothing():
    line = ink((0, 0), (50, 0), (100, 0))
    (rest,) = hits.rubbed(line, (0, 0), (30, 0), 10)
    np.testing.assert_allclose(rest.points, [(40, 0), (50, 0), (100, 0)], atol=1e-4)
    assert hits.rubbed(line, (0, 0), (100, 0), 10) == []
    assert hits.rubbed(line, (0, 20), (100, 20), 10) is None
    assert hits.rubbed(ink((5, 5)), (0, 0), (10, 10), 1) == []
    assert hits.rubbed(ink((5, 9)), (0, 0), (10, 0), 1) is None


def test_crossing_a_zigzag_cuts_it_at_every_crossing():
    zigzag = ink(*[(10 * n, 100 if n % 2 else -100) for n in range(11)])
    parts = hits.rubbed(zigzag, (-50, 0), (150, 0), 5)
    assert len(parts) == 11
    assert all(abs(y) >= 5 - 1e-3 for part in parts for _, y in part.points.tolist())


@pytest.mark.parametrize("seed", range(20))
def test_rubbing_leaves_all_that_was_not_touched_and_nothing_else(seed):
    """Against a fine sampling of the line: exact geometry, checked by a slow way of another kind."""
    random = np.random.default_rng(seed)
    points = np.cumsum(random.normal(0, 20, (30, 2)), axis=0)
    if seed % 3 == 0:
        points[5] = points[4]
    line = ink(*points.tolist())
    start, end = (tuple(place) for place in random.uniform(-60, 60, (2, 2)))
    end = start if seed % 4 == 0 else end
    radius = float(random.uniform(3, 30))
    parts = hits.rubbed(line, start, end, radius)
    whole = finely(line.points)
    far = distance(whole, start, end) > radius
    if parts is None:
        assert far.all()
        return
    left = np.concatenate([finely(part.points) for part in parts] or [np.zeros((0, 2))])
    assert (distance(left, start, end) >= radius - 0.01).all()
    for point in whole[distance(whole, start, end) > radius + hits.CRUMB]:
        assert np.hypot(*(left - point).T).min() < 0.2


def finely(points) -> np.ndarray:
    steps = np.linspace(0, len(points) - 1, 200 * len(points))
    return np.column_stack([np.interp(steps, np.arange(len(points)), points[:, axis]) for axis in (0, 1)])


def distance(points, start, end) -> np.ndarray:
    steps = np.array(start) + np.linspace(0, 1, 2001)[:, None] * (np.array(end) - np.array(start))
    return np.array([np.hypot(*(steps - point).T).min() for point in points])
