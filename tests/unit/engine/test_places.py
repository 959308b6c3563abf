"""Where the pen is: added up at once, or point by point."""

import numpy as np
import pytest

from sketchrnn.engine.places import PLACE_SCALE, Places, with_places

TOKEN = [0.0, 0.0, 1.0, 0.0, 0.0]
DOWN, UP = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]

POINTS = np.array(
    [TOKEN, [1, 1, *DOWN], [2, 0, *DOWN], [0, 3, *UP], [5, 5, *DOWN], [1, 0, *UP], [0, 1, *UP]], np.float32
)
WHERE = [[0, 0], [1, 1], [3, 1], [3, 4], [8, 9], [9, 9], [9, 10]]
FROM_BEGIN = [[0, 0], [0, 0], [2, 0], [2, 3], [0, 0], [1, 0], [0, 0]]


def test_places_are_from_the_origin_and_from_where_the_stroke_began():
    placed = with_places(POINTS)
    np.testing.assert_array_equal(placed[:, :5], POINTS)
    np.testing.assert_allclose(placed[:, 5:7] / PLACE_SCALE, WHERE, atol=1e-5)
    np.testing.assert_allclose(placed[:, 7:] / PLACE_SCALE, FROM_BEGIN, atol=1e-5)


@pytest.mark.parametrize("token", [TOKEN, [0.0] * 5])
def test_point_by_point_as_at_once(token):
    points = POINTS.copy()
    points[0] = token
    placed, places = with_places(points), Places.at_start(2)
    for number, point in enumerate(points):
        both = np.stack([point, point])
        places = places.moved(both)
        np.testing.assert_allclose(places.beside(both)[1], placed[number], atol=1e-6)


def test_going_on_after_beginnings_of_any_length():
    lengths = [1, 2, 4, 5, 6]
    places = Places.after([with_places(POINTS)[:length] for length in lengths])
    following = POINTS[lengths]
    np.testing.assert_allclose(
        places.moved(following).beside(following), with_places(POINTS)[lengths], atol=1e-6
    )
    some = np.array([3, 0])
    np.testing.assert_allclose(
        places.take(some).moved(following[some]).beside(following[some]),
        with_places(POINTS)[[5, 1]],
        atol=1e-6,
    )
