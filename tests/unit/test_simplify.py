"""Simplification keeps the line: Ramer-Douglas-Peucker."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketchrnn.simplify import rdp, simplified
from sketchrnn.sketch import Author, Sketch


def distance_to_line(point, line):
    """From a point to the nearest place on a polyline."""
    starts, along = line[:-1], np.diff(line, axis=0)
    length = np.maximum((along**2).sum(1), 1e-30)
    share = np.clip(((point - starts) * along).sum(1) / length, 0.0, 1.0)
    return np.linalg.norm(starts + share[:, None] * along - point, axis=1).min()


def test_points_on_a_straight_line_go():
    line = np.array([(0, 0), (1, 1), (2, 2), (7, 7)], np.float32)
    assert rdp(line, 0.1).tolist() == [[0, 0], [7, 7]]


def test_a_corner_stays():
    corner = np.array([(0, 0), (5, 0), (5, 5)], np.float32)
    assert rdp(corner, 2.0).tolist() == corner.tolist()


@pytest.mark.parametrize("points", [[(3, 4)], [(3, 4), (3, 4)], [(0, 0), (9, 9)]])
def test_one_and_two_points_stay_as_they_are(points):
    assert rdp(np.array(points, np.float32), 100.0).tolist() == [list(point) for point in points]


def test_a_closed_stroke_stays_closed():
    turn = np.linspace(0, 2 * np.pi, 100)
    circle = np.column_stack([np.cos(turn), np.sin(turn)]).astype(np.float32) * 100
    circle[-1] = circle[0]
    kept = rdp(circle, 2.0)
    assert 8 <= len(kept) <= 40
    assert kept[0].tolist() == kept[-1].tolist()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), min_size=1, max_size=60),
    st.floats(0.0, 30.0),
)
def test_what_is_left_out_lies_within_epsilon_of_what_is_kept(points, epsilon):
    stroke = np.array(points, np.float32)
    kept = rdp(stroke, epsilon)
    assert kept[0].tolist() == stroke[0].tolist()
    assert kept[-1].tolist() == stroke[-1].tolist()
    assert {tuple(point) for point in kept.tolist()} <= {tuple(point) for point in stroke.tolist()}
    line = kept if len(kept) > 1 else np.repeat(kept, 2, axis=0)
    assert max(distance_to_line(point, line) for point in stroke.astype(np.float64)) <= epsilon + 1e-3


def test_a_drawing_keeps_its_strokes_their_authors_and_its_label():
    sketch = Sketch([[(0, 0), (1, 0), (2, 0)], [(5, 5)]], [Author.HUMAN, Author.MODEL], "dog")
    assert simplified(sketch, 1.0) == Sketch([[(0, 0), (2, 0)], [(5, 5)]], sketch.authors, "dog")
