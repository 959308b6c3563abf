"""The drawing as a value: checks, transforms, and the two ways to write it as offsets."""

from __future__ import annotations

import copy
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketchrnn.errors import SketchError
from sketchrnn.sketch import (
    MAX_POINTS,
    MAX_STROKES,
    Author,
    Bounds,
    Sketch,
    stroke3_to_stroke5,
    stroke5_to_stroke3,
)

points = st.tuples(st.integers(-500, 500), st.integers(-500, 500))
strokes = st.lists(st.lists(points, min_size=1, max_size=8), max_size=6)
sketches = strokes.map(Sketch)


def from_origin(sketch: Sketch) -> Sketch:
    """The drawing moved so that its first point is the origin, which is all that offsets know."""
    if not sketch.strokes:
        return sketch
    x, y = sketch.strokes[0][0]
    return sketch.transformed(dx=-x, dy=-y)


class TestStroke3:
    @given(sketches)
    def test_reads_back_what_it_wrote(self, sketch: Sketch) -> None:
        assert Sketch.from_stroke3(sketch.to_stroke3()) == from_origin(sketch)

    @given(sketches)
    def test_reads_back_an_explicit_start(self, sketch: Sketch) -> None:
        rows = sketch.to_stroke3(explicit_start=True)
        assert len(rows) == sketch.point_count
        assert Sketch.from_stroke3(rows) == from_origin(sketch)

    @given(sketches)
    def test_lifts_the_pen_once_a_stroke(self, sketch: Sketch) -> None:
        assert sketch.to_stroke3()[:, 2].sum() == len(sketch)

    def test_leaves_out_the_first_point(self) -> None:
        assert Sketch([[(7, 7), (8, 9)]]).to_stroke3().tolist() == [[1, 2, 1]]

    def test_keeps_a_first_point_drawn_twice(self) -> None:
        sketch = Sketch([[(0, 0), (0, 0), (3, 4)]])
        assert Sketch.from_stroke3(sketch.to_stroke3()) == sketch

    def test_keeps_a_last_stroke_without_pen_lift(self) -> None:
        assert len(Sketch.from_stroke3([(1, 0, 1), (5, 5, 0), (6, 6, 0)])) == 2

    @pytest.mark.parametrize(
        "rows",
        [
            [(1, 2)],
            [1, 2, 3],
            [(np.nan, 0, 0)],
            [(1, 0, np.nan)],
            [(np.inf, 0, 0)],
            [(1, 2, 3), (1, 2)],
            [("a", "b", "c")],
            [(10**400, 0, 0)],
            None,
        ],
    )
    def test_refuses_what_is_no_stroke3(self, rows: object) -> None:
        with pytest.raises(SketchError):
            Sketch.from_stroke3(rows)  # type: ignore[arg-type]


class TestStroke5:
    @given(sketches, st.integers(0, 5))
    def test_reads_back_what_it_wrote(self, sketch: Sketch, spare: int) -> None:
        rows = sketch.to_stroke3()
        big = stroke3_to_stroke5(rows, len(rows) + spare)
        assert big.shape == (len(rows) + spare + 1, 5)
        assert np.array_equal(big[:, 2:].sum(axis=1), np.ones(len(big)))
        assert np.array_equal(stroke5_to_stroke3(big), rows)

    def test_begins_with_the_start_token_and_ends_with_the_end(self) -> None:
        assert stroke3_to_stroke5([(1, 2, 0), (3, 4, 1)]).tolist() == [
            [0, 0, 1, 0, 0],
            [1, 2, 1, 0, 0],
            [3, 4, 0, 1, 0],
            [0, 0, 0, 0, 1],
        ]

    def test_refuses_too_little_room(self) -> None:
        with pytest.raises(SketchError, match="3 points do not fit into 2"):
            stroke3_to_stroke5(np.ones((3, 3)), 2)


class TestChecks:
    @pytest.mark.parametrize(
        ("stroke", "said"),
        [
            ([], "one or more"),
            ([(1, 2, 3)], "shape"),
            ([(1, np.nan)], "not a finite number"),
            ([(1, np.inf)], "not a finite number"),
            ([(1, 1e300)], "not a finite number"),
            ([(1, 2e9)], "beyond"),
            ([(1, 10**400)], "not a list"),
            ([("x", "y")], "not a list"),
            ([(1, 2), (3,)], "not a list"),
            (None, "shape"),
        ],
    )
    @pytest.mark.filterwarnings("error")
    def test_a_bad_stroke_is_named(self, stroke: object, said: str) -> None:
        with pytest.raises(SketchError, match=rf"stroke 2 .*{said}"):
            Sketch([[(0, 0)], stroke])  # type: ignore[list-item]

    def test_too_many_points(self) -> None:
        with pytest.raises(SketchError, match="200,001 points"):
            Sketch([np.zeros((MAX_POINTS + 1, 2))])

    def test_too_many_strokes(self) -> None:
        assert len(Sketch([[(0, 0)]] * MAX_STROKES)) == MAX_STROKES
        with pytest.raises(SketchError, match="more than 20,000 strokes"):
            Sketch(itertools.repeat([(0, 0)]))

    def test_one_author_a_stroke(self) -> None:
        with pytest.raises(SketchError, match="1 strokes but 2 authors"):
            Sketch([[(0, 0)]], ["human", "model"])

    def test_unknown_author(self) -> None:
        with pytest.raises(SketchError, match="'cat'"):
            Sketch([[(0, 0)]], ["cat"])

    @pytest.mark.parametrize("label", ["two\nlines", "nul\0", "\ud800", 7, b"dog"])
    def test_label_that_no_file_can_hold(self, label: object) -> None:
        with pytest.raises(SketchError, match="label"):
            Sketch((), (), label)  # type: ignore[arg-type]

    def test_any_other_label(self) -> None:
        assert Sketch((), (), "a <dog> & 猫 👩‍🎨").label == "a <dog> & 猫 👩‍🎨"


class TestValue:
    sketch = Sketch([[(0, 0), (10, 5)], [(3, 3)], [(4, -2), (4, 8)]], ["human", "model", "human"], "dog")

    def test_arrays_are_read_only_copies(self) -> None:
        mine = np.zeros((2, 2), np.float32)
        sketch = Sketch([mine])
        mine[0] = 7
        assert sketch.strokes[0][0].tolist() == [0, 0]
        with pytest.raises(ValueError, match="read-only"):
            sketch.strokes[0][0] = 1

    def test_bounds(self) -> None:
        assert self.sketch.bounds == Bounds(0, -2, 10, 8)
        assert self.sketch.bounds.larger_side == 10
        with pytest.raises(SketchError, match="no strokes"):
            _ = Sketch().bounds

    def test_by_author(self) -> None:
        assert len(self.sketch.by(Author.HUMAN)) == 2
        assert self.sketch.by(Author.MODEL).strokes[0].tolist() == [[3, 3]]

    def test_slices_are_earlier_drawings(self) -> None:
        assert self.sketch[:2].authors == (Author.HUMAN, Author.MODEL)
        assert self.sketch[:2].label == "dog"

    def test_adding_leaves_the_old_one_alone(self) -> None:
        longer = self.sketch.adding([(1, 1)], author=Author.MODEL)
        assert (len(self.sketch), len(longer)) == (3, 4)
        assert longer[:3] == self.sketch

    @given(sketches, st.sampled_from([0.5, 2.0, 4.0]), st.integers(-9, 9))
    def test_transforms_invert(self, sketch: Sketch, scale: float, shift: int) -> None:
        there = sketch.transformed(scale, shift, -shift)
        assert there.transformed(1 / scale, -shift / scale, shift / scale) == sketch

    def test_equality_looks_at_everything(self) -> None:
        same = Sketch(self.sketch.strokes, self.sketch.authors, "dog")
        assert same == self.sketch
        assert same != Sketch(self.sketch.strokes, self.sketch.authors, "cat")
        assert same != Sketch(self.sketch.strokes, None, "dog")
        assert same != self.sketch.transformed(dx=1)
        assert same != "dog"

    def test_can_be_copied(self) -> None:
        assert copy.deepcopy(self.sketch) == self.sketch


class TestPressure:
    sketch = Sketch(
        [[(0, 0), (10, 5)], [(3, 3)], [(4, -2), (4, 8)]],
        ["human", "model", "human"],
        pressures=[[0.25, 1.0], None, [0.5, 0.0]],
    )

    def test_is_none_where_none_was_measured(self) -> None:
        assert Sketch([[(0, 0)], [(1, 1)]]).pressures == (None, None)

    def test_follows_its_stroke_wherever_that_goes(self) -> None:
        for made in (
            self.sketch.transformed(2.0, 3.0, 4.0),
            self.sketch.adding([(9, 9)])[:3],
            copy.deepcopy(self.sketch),
        ):
            assert [None if p is None else p.tolist() for p in made.pressures] == [[0.25, 1], None, [0.5, 0]]
        assert self.sketch[2:].pressures[0].tolist() == [0.5, 0.0]
        assert [p.tolist() for p in self.sketch.by(Author.HUMAN).pressures] == [[0.25, 1], [0.5, 0]]
        assert self.sketch.by(Author.MODEL).pressures == (None,)
        assert self.sketch.adding([(9, 9)]).pressures[3] is None

    def test_makes_two_drawings_differ(self) -> None:
        assert self.sketch != Sketch(self.sketch.strokes, self.sketch.authors)
        assert self.sketch == Sketch(self.sketch.strokes, self.sketch.authors, None, self.sketch.pressures)

    def test_is_a_read_only_copy(self) -> None:
        mine = np.array([0.5, 0.5], np.float32)
        sketch = Sketch([[(0, 0), (1, 1)]], pressures=[mine])
        mine[0] = 1.0
        assert sketch.pressures[0].tolist() == [0.5, 0.5]
        with pytest.raises(ValueError, match="read-only"):
            sketch.pressures[0][0] = 1.0

    @pytest.mark.parametrize(
        ("pressures", "said"),
        [
            ([None, None], "1 strokes but 2 pressures"),
            ([[0.5]], r"shape \(1,\)"),
            ([0.5], r"shape \(\)"),
            ([[0.5, 1.5]], "from 0 to 1"),
            ([[0.5, -0.1]], "from 0 to 1"),
            ([[0.5, np.nan]], "from 0 to 1"),
            ([["a", "b"]], "not a list of numbers"),
        ],
    )
    def test_a_bad_one_is_named(self, pressures: list, said: str) -> None:
        with pytest.raises(SketchError, match=said):
            Sketch([[(0, 0), (1, 1)]], pressures=pressures)


def test_it_is_shown_in_a_few_words() -> None:
    sketch = Sketch([[(0, 0), (10, 0)], [(5, 5)]], ["human", "model"], "cat")
    assert repr(sketch) == "<Sketch strokes=2 by_model=1 points=3 label='cat'>"
    assert repr(Sketch()) == "<Sketch strokes=0 by_model=0 points=0>"
