"""Distances between endings are distances, and are those of the drawings that people see."""

import numpy as np
import pytest
import tiny

from sketchrnn.formats.npz import StrokeSet
from sketchrnn.sketch import Sketch

tf = pytest.importorskip("tensorflow")

from sketchrnn.training.endings import _along, chamfer, measure_endings  # noqa: E402


def test_the_distance_of_two_clouds_by_hand():
    one, other = np.array([[0.0, 0.0], [0.0, 4.0]]), np.array([[3.0, 0.0]])
    assert chamfer(one, other) == pytest.approx(((3.0 + 5.0) / 2 + 3.0) / 2)
    assert chamfer(one, one) == 0.0
    assert chamfer(one, other) == chamfer(other, one)


def test_lines_are_compared_along_their_length_not_at_their_points():
    few = Sketch([[(0, 0), (100, 0)]])
    many = Sketch([[(x, 0) for x in range(0, 101, 5)]])
    assert chamfer(_along(few, 1.0), _along(many, 1.0)) < 0.6
    moved = few.transformed(1.0, dy=10.0)
    assert chamfer(_along(few, 1.0), _along(moved, 1.0)) == pytest.approx(10.0, abs=0.1)
    assert len(_along(Sketch([[(3, 3)]]), 1.0)) >= 1  # a dot


def test_a_model_without_choice_ends_everything_alike(model):
    drawings = tiny.drawings(6, 2)
    wild = measure_endings(model, drawings, count=4, endings=3, temperature=1.0, seed=1)
    careful = measure_endings(model, drawings, count=4, endings=3, temperature=0.01, seed=1)
    assert wild == measure_endings(model, drawings, count=4, endings=3, temperature=1.0, seed=1)
    assert wild.drawings == 4
    assert careful.diversity < wild.diversity
    for figures in (wild, careful):
        assert 0.0 < figures.best_distance <= figures.mean_distance


def test_drawings_of_one_stroke_have_no_half(model):
    one_stroke = StrokeSet.of([[[5, 5, 0], [5, -5, 1]], [[9, 0, 1]]])
    assert measure_endings(model, one_stroke) is None
