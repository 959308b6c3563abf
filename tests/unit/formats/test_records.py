"""Drawings prepared by the hundred, as records and as stroke-3."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketchrnn import simplify
from sketchrnn.errors import SketchError
from sketchrnn.formats.records import Record, prepared, stroke3
from sketchrnn.sketch import Sketch

point = st.tuples(st.integers(-300, 300), st.integers(-300, 300))
sketches = st.lists(st.lists(st.lists(point, min_size=1, max_size=6), max_size=4).map(Sketch), max_size=5)


@settings(deadline=None)
@given(sketches)
def test_prepared_as_each_alone(drawings: list[Sketch]) -> None:
    ready = list(prepared(map(Record.of, drawings)))
    assert [record.sketch() for record in ready] == [simplify.quickdraw(sketch) for sketch in drawings]
    assert [record.points.dtype for record in ready] == [np.float64] * len(drawings)


@settings(deadline=None)
@given(sketches)
def test_the_rows_are_those_of_a_sketch(drawings: list[Sketch]) -> None:
    """Whether some of them are in QuickDraw's frame or not."""
    records = list(map(Record.of, drawings))
    rows = [drawing for part in stroke3(records) for drawing in part]
    ready = (
        sketch if record.is_prepared else simplify.quickdraw(sketch)
        for record, sketch in zip(records, drawings, strict=True)
        if len(sketch)
    )
    assert [drawing.tolist() for drawing in rows] == [sketch.to_stroke3().tolist() for sketch in ready]


def test_stroke_3_knows_the_words() -> None:
    records = [Record.of(Sketch([[(0, 0), (900, 9)]], label=word)) for word in ("cat", "dog", None)]
    (part,) = stroke3(records)
    assert part.labels is not None
    assert part.labels.tolist() == ["cat", "dog", ""]


def test_what_is_prepared_already() -> None:
    assert Record.of(Sketch([[(0, 255), (3, 4)]])).is_prepared
    for points in ([(0, 256)], [(-1, 3)], [(0.5, 3)]):
        assert not Record.of(Sketch([points])).is_prepared
    assert not dataclasses.replace(Record.of(Sketch([[(1, 2)]])), times=np.zeros(1)).is_prepared


def test_more_drawings_than_are_prepared_at_once() -> None:
    drawings = [Record.of(Sketch([[(0, 0), (number, 7)]], label=str(number))) for number in range(1, 600)]
    ready = list(prepared(iter(drawings)))
    assert [record.word for record in ready] == [str(number) for number in range(1, 600)]
    assert sum(len(part) for part in stroke3(iter(drawings))) == 599


def test_what_is_known_of_a_drawing_stays_but_its_times() -> None:
    record = Record(
        np.array([(0.0, 0.0), (9.0, 9.0)]),
        np.array([2]),
        np.array([0.0, 5.0]),
        "cat",
        False,
        "7",
        "DE",
        "now",
    )
    (ready,) = prepared([record])
    assert ready.times is None
    known = dataclasses.replace(ready, points=record.points, times=record.times)
    assert known == record


def test_records_differ_in_whatever_they_say() -> None:
    record = Record.of(Sketch([[(0, 0), (1, 1)], [(2, 2)]], label="cat"))
    assert record == dataclasses.replace(record)
    for change in (
        {"points": record.points + 1},
        {"stroke_ends": np.array([1, 3])},
        {"times": np.zeros(3)},
        {"word": "dog"},
        {"recognized": False},
        {"authors": ["human", "model"]},
    ):
        assert record != dataclasses.replace(record, **change)  # type: ignore[arg-type]
    assert record != 5


def test_a_drawing_that_is_too_long_is_named() -> None:
    scribble = Record.of(Sketch([[(0, 0), (0, 9)] * 1_000], label="yarn"))
    for records, name in (
        ([Record.of(Sketch([[(0, 0)]])), scribble], r"drawing 2 of 2 \(yarn\)"),
        ([scribble, dataclasses.replace(scribble, key_id="77")], r"drawing 1 of 2"),
        ([dataclasses.replace(scribble, key_id="77"), scribble], r"drawing 77 \(yarn\)"),
        ([scribble], "the line of the drawing"),
    ):
        with pytest.raises(SketchError, match=f"^{name}.*pixels long"):
            list(prepared(records))
