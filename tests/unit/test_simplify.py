"""Simplification keeps the line: Ramer-Douglas-Peucker, and QuickDraw's recipe point for point."""

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketchrnn.errors import SketchError
from sketchrnn.simplify import all_in_frame, in_frame, quickdraw, quickdraw_points, rdp, simplified
from sketchrnn.sketch import Author, Sketch

REAL = Path(__file__).parents[3] / "shared" / "data" / "quickdraw"


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


def spiral(count):
    turn = np.linspace(0, 60, count)
    return np.column_stack([turn * np.cos(turn), turn * np.sin(turn)]).astype(np.float32)


def test_a_long_stroke_keeps_what_the_library_would_keep():
    """It is divided before the library gets it, as the library would divide it."""
    from simplification.cutil import simplify_coords_idx

    stroke = spiral(5_000)
    whole = simplify_coords_idx(stroke.astype(np.float64), 0.25)
    assert 100 < len(whole) < 2_000
    assert rdp(stroke, 0.25).tolist() == stroke[whole].tolist()


def test_a_long_straight_stroke_becomes_two_points():
    line = np.column_stack([np.arange(9_000), np.zeros(9_000)]).astype(np.float32)
    assert rdp(line, 0.5).tolist() == [[0, 0], [8_999, 0]]


def test_a_growing_zigzag_of_many_points_is_simplified():
    """Each of its points is the farthest of those left: the library alone would run out of stack."""
    count = 100_000
    side = np.linspace(0, 100, count) * np.where(np.arange(count) % 2, 1, -1)
    zigzag = np.column_stack([np.linspace(0, 255, count), side]).astype(np.float32)
    kept = rdp(zigzag, 2.0)
    assert 2 < len(kept) < count
    assert max(distance_to_line(point, kept) for point in zigzag[::997].astype(np.float64)) <= 2.0 + 1e-3


def test_a_drawing_keeps_its_strokes_their_authors_and_its_label():
    sketch = Sketch([[(0, 0), (1, 0), (2, 0)], [(5, 5)]], [Author.HUMAN, Author.MODEL], "dog")
    assert simplified(sketch, 1.0) == Sketch([[(0, 0), (2, 0)], [(5, 5)]], sketch.authors, "dog")


def test_a_whole_drawing_is_brought_to_its_frame():
    strokes = [[(10, 10), (10, 60), (11, 110)], [(20, 30), (20, 30)], [(60, 60)]]
    fitted = in_frame(Sketch(strokes, [Author.HUMAN, Author.MODEL, Author.HUMAN], "dog"), 1000.0, 20.0)
    assert fitted.bounds.larger_side == pytest.approx(1000.0)
    assert [len(stroke) for stroke in fitted.strokes] == [2, 2, 1]
    assert fitted.authors == (Author.HUMAN, Author.MODEL, Author.HUMAN) and fitted.label == "dog"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), min_size=2, max_size=30), min_size=1
    )
)
def test_there_it_is_simplified_by_the_distance_of_quickdraws_recipe(strokes):
    sketch = Sketch(strokes)
    fitted, kept = in_frame(sketch, 255.0, 0.0), in_frame(sketch, 255.0, 2.0)
    for dense, few in zip(fitted.strokes, kept.strokes, strict=True):
        assert few.tolist() == [list(point) for point in bends(list(map(tuple, dense.tolist())))]


def test_drawings_are_brought_to_their_frame_together_as_alone():
    random = np.random.default_rng(5)
    sketches = [
        Sketch([random.uniform(0, 90, (n, 2)) for n in random.integers(1, 40, 3)], label=str(number))
        for number in range(150)
    ]
    sketches[10:10] = [
        Sketch([[(4, 4), (4, 4), (4, 4)]]),
        Sketch([random.uniform(0, 9, (1500, 2))]),
    ]
    together = list(all_in_frame(iter(sketches), 300.0, 3.0))
    assert together == [in_frame(sketch, 300.0, 3.0) for sketch in sketches]
    assert together[10] == sketches[10]
    assert list(all_in_frame(sketches[:3], 300.0, 0.0))[2].point_count == sketches[2].point_count


def test_a_stroke_of_many_points_is_brought_to_its_frame_too():
    count = 50_000
    side = np.linspace(0, 100, count) * np.where(np.arange(count) % 2, 1, -1)
    zigzag = np.column_stack([np.linspace(0, 255, count), side]).astype(np.float32)
    fitted = in_frame(Sketch([zigzag]), 1000.0, 2.0)
    assert 2 < fitted.point_count < count


# --- QuickDraw's recipe ------------------------------------------------------------------------


def point_by_point(strokes):
    """The recipe written out one number after another, to compare with."""
    xs, ys = zip(*[point for stroke in strokes for point in stroke], strict=True)
    left, top = min(xs), min(ys)
    side = max(max(xs) - left, max(ys) - top) or 1.0
    prepared = []
    for stroke in strokes:
        scaled = [((x - left) * 255.0 / side, (y - top) * 255.0 / side) for x, y in stroke]
        dense, walked, pixel = [scaled[0]], 0.0, 1
        for (x0, y0), (x1, y1) in itertools.pairwise(scaled):
            step = math.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0))
            while pixel <= walked + step:
                share = (pixel - walked) / step
                dense.append(((1.0 - share) * x0 + share * x1, (1.0 - share) * y0 + share * y1))
                pixel += 1
            walked += step
        dense.append(scaled[-1])
        prepared.append([[round(x), round(y)] for x, y in bends(dense)])
    return prepared


def bends(points):
    (x0, y0), (x1, y1) = points[0], points[-1]
    dx, dy = x1 - x0, y1 - y0
    length = math.sqrt(dx * dx + dy * dy)
    if length == 0.0:
        away = [math.sqrt((x - x0) ** 2 + (y - y0) ** 2) for x, y in points[1:-1]]
    else:
        away = [abs(dx * (y - y0) - dy * (x - x0)) / length for x, y in points[1:-1]]
    if not away or max(away) <= 2.0:
        return [points[0], points[-1]]
    middle = 1 + away.index(max(away))
    return bends(points[: middle + 1])[:-1] + bends(points[middle:])


def prepared(drawings):
    """`quickdraw_points` for drawings as lists of strokes as lists of points."""
    strokes = [stroke for drawing in drawings for stroke in drawing]
    points = np.array([point for stroke in strokes for point in stroke], np.float64).reshape(-1, 2)
    stroke_ends = np.cumsum([len(stroke) for stroke in strokes], dtype=np.int64)
    drawing_ends = np.cumsum([len(drawing) for drawing in drawings], dtype=np.int64)
    points, ends = quickdraw_points(points, stroke_ends, drawing_ends)
    strokes = [stroke.tolist() for stroke in np.split(points, ends[:-1])] if len(ends) else []
    return [strokes[end - len(drawing) : end] for drawing, end in zip(drawings, drawing_ends, strict=True)]


def test_what_google_published_is_reproduced_to_the_last_point():
    if not REAL.exists():
        pytest.skip(f"{REAL} is not here")
    raw, published = (
        {
            drawing["key_id"]: drawing["drawing"]
            for file in sorted((REAL / form).glob("*.ndjson"))
            for drawing in map(json.loads, file.read_text().splitlines())
        }
        for form in ("raw", "simplified")
    )
    both = sorted(raw.keys() & published.keys())
    assert len(both) == 3_949
    ours = prepared([[list(zip(xs, ys, strict=True)) for xs, ys, _ in raw[key]] for key in both])
    google = [
        [[list(point) for point in zip(*stroke, strict=True)] for stroke in published[key]] for key in both
    ]
    assert sum(a == b for a, b in zip(ours, google, strict=True)) == 3_949


whole = st.tuples(st.integers(-400, 400), st.integers(-400, 400))  # equal distances are frequent among them
broken = st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
drawing = st.lists(st.lists(st.one_of(whole, broken), min_size=1, max_size=12), max_size=4)


@settings(max_examples=60, deadline=None)
@given(st.lists(drawing, max_size=4))
def test_many_drawings_at_once_are_prepared_as_one_point_after_another(drawings):
    assert prepared(drawings) == [point_by_point(strokes) if strokes else [] for strokes in drawings]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(whole, min_size=1, max_size=12), min_size=1, max_size=4))
def test_a_prepared_drawing_fills_the_frame_and_keeps_its_strokes(strokes):
    sketch = Sketch(strokes, label="cat")
    ready = quickdraw(sketch)
    assert (len(ready), ready.authors, ready.label) == (len(sketch), sketch.authors, "cat")
    assert [stroke.tolist() for stroke in ready.strokes] == point_by_point(strokes)
    points = np.concatenate(ready.strokes)
    assert points.min() >= 0
    assert points.max() <= 255
    for before, after in zip(sketch.strokes, ready.strokes, strict=True):
        shrunk = (before[[0, -1]] - [sketch.bounds.left, sketch.bounds.top]) * 255
        assert np.abs(after[[0, -1]] - shrunk / (sketch.bounds.larger_side or 1)).max() < 0.501


def test_dots_and_the_empty_drawing():
    assert quickdraw(Sketch()) == Sketch()
    assert quickdraw(Sketch([[(7, 9)]])) == Sketch([[(0, 0), (0, 0)]])
    assert quickdraw(Sketch([[(0, 0), (9, 0)], [(9, 9)]])) == Sketch([[(0, 0), (255, 0)], [(255, 255)] * 2])
    assert quickdraw(Sketch([[(5, 5)] * 3, [(5, 5)]])) == Sketch([[(0, 0)] * 2] * 2)


def test_a_prepared_drawing_keeps_who_drew_it():
    authors = [Author.HUMAN, Author.MODEL]
    assert quickdraw(Sketch([[(0, 0), (9, 0)], [(0, 0), (0, 9)]], authors)).authors == tuple(authors)


def test_a_line_without_end_is_refused():
    scribble = np.zeros((2_000, 2), np.float32)
    scribble[1::2] = 90.0
    with pytest.raises(SketchError, match="720,888 pixels long"):
        quickdraw(Sketch([scribble]))
    assert len(quickdraw(Sketch([scribble[:500]]))) == 1


def test_long_drawings_are_prepared_in_parts_with_the_same_result():
    source = np.random.default_rng(3)
    drawings = [source.integers(0, 255, (2, 150, 2)).tolist() for _ in range(4)]  # about 40,000 pixels each
    assert prepared(drawings) == [prepared([drawing])[0] for drawing in drawings]
