"""Many drawings out of few: like them, and none like another."""

import numpy as np
import pytest
import tiny

from sketchrnn.dataset.splits import has_explicit_start, larger_sides
from sketchrnn.formats.npz import StrokeSet
from sketchrnn.sketch import Sketch
from sketchrnn.training.variation import many, varied


def house() -> Sketch:
    walls = [(0, 100), (0, 250), (200, 250), (200, 100)]
    roof = [(-20, 110), (100, 0), (220, 110)]
    return Sketch([walls, roof, [(90, 250), (90, 190), (120, 190), (120, 250)]], label="house")


def test_a_variation_is_the_same_drawing_a_little_otherwise():
    sketch, random = house(), np.random.default_rng(1)
    apart = []
    for _ in range(20):
        made = varied(sketch, random)
        assert made.label == "house" and [len(stroke) for stroke in made.strokes] == [4, 3, 4]
        assert made.authors == sketch.authors
        ways = np.concatenate(made.strokes) - np.concatenate(sketch.strokes)
        apart.append(np.abs(ways).mean() / sketch.bounds.larger_side)
    assert min(apart) > 0.005 and max(apart) < 0.1


def test_a_dot_stays_one():
    dot = Sketch([[(3.0, 4.0)]])
    assert varied(dot, np.random.default_rng(1)) == dot


@pytest.mark.parametrize("explicit_start", [False, True])
def test_there_are_so_many_of_each_and_the_drawing_is_the_first(explicit_start):
    few = tiny.drawings(6, explicit_start=explicit_start, shortest=12)
    few = StrokeSet.of(list(few), list("aabbcc"))
    made = many(few, 5, epsilon=2.0, seed=3)
    assert len(made) == 30 and made.labels.tolist() == [label for label in "aabbcc" for _ in range(5)]
    assert has_explicit_start(made) == explicit_start
    for number, rows in enumerate(few):
        np.testing.assert_array_equal(made[5 * number], rows)
    sides = larger_sides(made).reshape(6, 5) / larger_sides(few)[:, None]
    assert sides.min() > 0.9 and sides.max() < 1.1
    again = many(few, 5, epsilon=2.0, seed=3)
    np.testing.assert_array_equal(made.rows, again.rows)
    assert not np.array_equal(made[1][:, :2], made[2][:, :2])
