"""Fewer points for the same line: Ramer-Douglas-Peucker, and QuickDraw's published preparation.

There are two distances to simplify by. `rdp` measures to the line between two kept points as far as it
goes, so that nothing left out lies further than epsilon from what is kept; models are primed with that.
QuickDraw's files were made by the distance to the line produced in both directions, which loses the tip
of a stroke that turns back on itself; `quickdraw` does as they did, to the last point, and `in_frame` brings
whole drawings, to learn from or to measure with, to other frames by the same distance.
"""

from __future__ import annotations

import functools
import importlib.machinery
import importlib.util
import itertools
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchrnn.errors import SketchError
from sketchrnn.sketch import MAX_POINTS, Sketch

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Indices = NDArray[np.int64]

QUICKDRAW_FRAME = 255.0
"""The larger side of a drawing in QuickDraw's simplified files, in pixels."""

QUICKDRAW_EPSILON = 2.0
"""How far from the simplified line a point may lie that QuickDraw left out, in those pixels."""

_PIXELS_AT_ONCE = 1 << 16

_DRAWINGS_AT_ONCE = 64

_PIECE = 1 << 10
"""Points that the library may get at once: at worst it calls itself once for each, and takes their square."""

_ROUNDS = 48
"""How often a long stroke is divided where it bends most, before it is cut anywhere."""


def rdp(stroke: Floats, epsilon: float) -> Floats:
    """The points of a stroke that Ramer-Douglas-Peucker keeps: the first, the last and the bends.

    A stroke of thousands of points that are each the farthest of those left (a zigzag that grows) is cut into
    pieces after a while: to divide it to its end would take minutes, and more stack than there is.

    Args:
        stroke: (n, 2).
        epsilon: how far from the simplified line a left out point may lie, in the stroke's unit.

    Returns:
        float32 (m, 2), m <= n, a subset of the points.
    """
    if len(stroke) < 3 or epsilon <= 0.0:
        return stroke
    simplify_coords_idx = _library().simplify_coords_idx
    points = np.ascontiguousarray(stroke, np.float64)
    if len(points) <= _PIECE:
        return np.asarray(stroke[np.asarray(simplify_coords_idx(points, epsilon), np.int64)])
    kept, pieces = _divided(points, epsilon)
    for first, last in pieces:
        kept[first + np.asarray(simplify_coords_idx(points[first : last + 1], epsilon), np.int64)] = True
    return np.asarray(stroke[kept])


@functools.cache
def _library() -> Any:
    """`simplification.cutil`, without the package around it.

    As it is imported that looks up its own version, with a parser of e-mail: a first ending waited for it.
    """
    name = "simplification.cutil"
    package = importlib.util.find_spec("simplification")
    places = package.submodule_search_locations if package else None
    spec = importlib.machinery.PathFinder.find_spec(name, places)
    if name in sys.modules or spec is None or spec.loader is None:
        return importlib.import_module(name)
    sys.modules[name] = module = importlib.util.module_from_spec(spec)  # for whoever imports it after us
    spec.loader.exec_module(module)
    return module


def _divided(points: Doubles, epsilon: float) -> tuple[NDArray[np.bool_], list[tuple[int, int]]]:
    """The first points that are kept of a long stroke, and the pieces between them that are not yet done."""
    kept = np.zeros(len(points), bool)
    kept[[0, -1]] = True
    pieces, waiting = [], [(0, len(points) - 1)]
    for _ in range(_ROUNDS):
        divided = []
        for first, last in waiting:
            if last - first < _PIECE:
                pieces.append((first, last))
                continue
            distance = _to_segment(points[first : last + 1])
            middle = first + int(np.argmax(distance))
            if distance[middle - first] > epsilon:
                kept[middle] = True
                divided += [(first, middle), (middle, last)]
        waiting = divided
    for first, last in waiting:
        pieces += itertools.pairwise([*range(first, last, _PIECE - 1), last])
    return kept, pieces


def _to_segment(points: Doubles) -> Doubles:
    """How far points are from the line between the first and the last of them, as far as it goes."""
    offsets, along = points - points[0], points[-1] - points[0]
    share = np.clip(offsets @ along / max(float(along @ along), 1e-300), 0.0, 1.0)
    offsets -= share[:, None] * along
    return np.asarray(np.hypot(offsets[:, 0], offsets[:, 1]))


def simplified(sketch: Sketch, epsilon: float) -> Sketch:
    """The drawing with each stroke simplified by `rdp`; strokes, authors and label stay."""
    return Sketch([rdp(stroke, epsilon) for stroke in sketch.strokes], sketch.authors, sketch.label)


def in_frame(sketch: Sketch, frame: float, epsilon: float) -> Sketch:
    """A whole drawing brought to a model's frame: its larger side becomes `frame`, then it is simplified.

    By the distance that QuickDraw's files were made with: so raw drawings are as likely to Magenta's models
    as they should be (docs/quality.md). A stroke of thousands of points goes through `rdp`. A single dot has
    no size and stays as it is.
    """
    return next(all_in_frame([sketch], frame, epsilon))


def all_in_frame(sketches: Iterable[Sketch], frame: float, epsilon: float) -> Iterator[Sketch]:
    """`in_frame` of each of many drawings, some at a time, which is faster."""
    coming = iter(sketches)
    while some := list(itertools.islice(coming, _DRAWINGS_AT_ONCE)):
        sides = [sketch.bounds.larger_side for sketch in some]
        fitted = [
            sketch.transformed(frame / side) if side > 0.0 else sketch
            for sketch, side in zip(some, sides, strict=True)
        ]
        dense = [one.strokes for one, side in zip(fitted, sides, strict=True) if side > 0.0]
        simple = iter(_by_the_line(list(itertools.chain.from_iterable(dense)), epsilon))
        for one, side in zip(fitted, sides, strict=True):
            if side > 0.0:
                yield Sketch([next(simple) for _ in one.strokes], one.authors, one.label)
            else:
                yield one


def _by_the_line(strokes: Sequence[Floats], epsilon: float) -> list[Floats]:
    """Strokes simplified by the distance to the line produced in both directions; by `rdp` if very long."""
    chosen = [epsilon > 0.0 and 2 < len(stroke) <= _PIECE for stroke in strokes]
    short = list(itertools.compress(strokes, chosen))
    if not short:
        return [rdp(stroke, epsilon) for stroke in strokes]
    ends = np.cumsum([len(stroke) for stroke in short])
    x, y = np.concatenate(short).T.astype(np.float64)
    kept = iter(np.split(_bends(x, y, ends, epsilon), ends[:-1]))
    return [
        stroke[next(kept)] if is_short else rdp(stroke, epsilon)
        for stroke, is_short in zip(strokes, chosen, strict=True)
    ]


def quickdraw(sketch: Sketch) -> Sketch:
    """A drawing prepared as QuickDraw's simplified files are; strokes, authors and label stay.

    The drawing is moved to the top left corner, scaled so that its larger side is 255, resampled at one
    pixel, simplified with epsilon 2.0 and rounded to whole pixels. A dot becomes two equal points.

    Raises:
        SketchError: the line would be longer than `MAX_POINTS` pixels.
    """
    if not sketch.strokes:
        return sketch
    ends = np.cumsum([len(stroke) for stroke in sketch.strokes])
    points, ends = quickdraw_points(np.concatenate(sketch.strokes), ends, np.array([len(ends)]))
    return Sketch(np.split(points, ends[:-1]), sketch.authors, sketch.label)


def quickdraw_points(
    points: NDArray[np.floating], stroke_ends: Indices, drawing_ends: Indices
) -> tuple[NDArray[np.int16], Indices]:
    """`quickdraw` for many drawings at once, their points one after another.

    Which of two equally distant points is kept hangs on the last bit, so the order of the operations
    below is part of the recipe; with it, and coordinates in double precision, raw drawings give exactly
    the points that Google published.

    Args:
        points: (n, 2), any unit.
        stroke_ends: (strokes,); the points of stroke i end before point stroke_ends[i]. None is empty.
        drawing_ends: (drawings,); the strokes of drawing j end before stroke drawing_ends[j].

    Returns:
        int16 (m, 2), 0 to 255, and the new stroke ends; there are as many strokes as before.

    Raises:
        SketchError: the line of a drawing would be longer than `MAX_POINTS` pixels.
    """
    if len(stroke_ends) == 0:
        return np.zeros((0, 2), np.int16), np.zeros(0, np.int64)
    drawing_ends = drawing_ends[np.diff(drawing_ends, prepend=0) > 0]  # those with strokes
    first_strokes, stroke_starts = _starts(drawing_ends), _starts(stroke_ends)
    scaled = _scaled(points.astype(np.float64, copy=False), stroke_starts[first_strokes])
    steps, walked = _walked(scaled, stroke_starts, stroke_ends)
    pixels = np.add.reduceat(np.floor(walked[stroke_ends - 1]), first_strokes)
    if pixels.max() > MAX_POINTS:
        raise SketchError(
            f"the line of the drawing would be {pixels.max():,.0f} pixels long in a frame of "
            f"{QUICKDRAW_FRAME:.0f}; at most {MAX_POINTS:,} are supported"
        )
    # A few drawings at a time: so many pixels as fit into the processor's cache.
    groups = np.flatnonzero(np.diff(np.cumsum(pixels) // _PIXELS_AT_ONCE, append=-1)) + 1
    parts, ends, stroke = [], [], 0
    for stroke_end in drawing_ends[groups - 1].tolist():
        begin, strokes = stroke_starts[stroke], slice(stroke, stroke_end)
        of_group = slice(begin, stroke_ends[stroke_end - 1])
        x, y, dense_ends = _resampled(
            scaled[of_group],
            steps[of_group],
            walked[of_group],
            stroke_starts[strokes] - begin,
            stroke_ends[strokes] - begin,
        )
        kept = _bends(x, y, dense_ends, QUICKDRAW_EPSILON)
        parts.append(np.rint(np.column_stack([x[kept], y[kept]])).astype(np.int16))
        ends.append(np.diff(np.cumsum(kept)[dense_ends - 1], prepend=0))
        stroke = stroke_end
    return np.concatenate(parts), np.cumsum(np.concatenate(ends))


def _starts(ends: Indices) -> Indices:
    return np.concatenate([np.zeros(1, np.int64), ends[:-1]])


def _scaled(points: Doubles, first_points: Indices) -> Doubles:
    """Each drawing in the top left corner, its larger side 255; one without a size at (0, 0)."""
    low = np.minimum.reduceat(points, first_points)
    side = (np.maximum.reduceat(points, first_points) - low).max(axis=1)
    side[side == 0.0] = 1.0
    counts = np.diff(first_points, append=len(points))
    scaled: Doubles = (points - np.repeat(low, counts, axis=0)) * QUICKDRAW_FRAME
    scaled /= np.repeat(side, counts)[:, None]  # not times 255 / side, which rounds differently
    return scaled


def _walked(points: Doubles, starts: Indices, ends: Indices) -> tuple[Doubles, Doubles]:
    """For each point the way from the one before it, and the whole way from the beginning of its stroke."""
    dx, dy = np.diff(points, axis=0, prepend=0.0).T
    steps = np.sqrt(dx * dx + dy * dy)  # hypot rounds differently
    steps[starts] = 0.0
    walked = np.empty(len(points))
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        np.cumsum(steps[start:end], out=walked[start:end])
    return steps, walked


def _resampled(
    points: Doubles, steps: Doubles, walked: Doubles, starts: Indices, ends: Indices
) -> tuple[Doubles, Doubles, Indices]:
    """A point for each pixel of each stroke from its beginning, then the last point: x, y, ends."""
    before = np.roll(walked, 1)
    before[starts] = 0.0
    counts = (np.floor(walked) - np.floor(before)).astype(np.int64)
    to = np.repeat(np.arange(len(points)), counts)  # the point that each new one lies before
    dense_ends = np.cumsum(np.floor(walked[ends - 1]).astype(np.int64) + 2)
    dense_starts = _starts(dense_ends)
    between = np.ones(int(dense_ends[-1]), bool)
    between[dense_starts] = between[dense_ends - 1] = False
    pixel = np.flatnonzero(between) - np.repeat(dense_starts, dense_ends - dense_starts - 2)
    share = (pixel - before[to]) / steps[to]
    rest = 1.0 - share
    columns = []
    for column in points.T:
        dense = np.empty(len(between))
        dense[between] = rest * column[to - 1] + share * column[to]
        dense[dense_starts] = column[starts]
        dense[dense_ends - 1] = column[ends - 1]
        columns.append(dense)
    return columns[0], columns[1], dense_ends


def _bends(x: Doubles, y: Doubles, ends: Indices, epsilon: float) -> NDArray[np.bool_]:
    """Ramer-Douglas-Peucker for many strokes at once: which points are kept.

    All lines between kept points are looked at together, then all those that were split, and so on.
    """
    kept = np.zeros(len(x), bool)
    starts = _starts(ends)
    kept[starts] = kept[ends - 1] = True
    first, last = starts, ends - 1
    while True:
        long = last - first > 1
        first, last = first[long], last[long]
        if len(first) == 0:
            return kept
        counts = last - first - 1
        begins = _starts(np.cumsum(counts))
        within = np.arange(int(counts.sum())) + np.repeat(first + 1 - begins, counts)
        distance = _to_line(x, y, first, last, within, counts)
        farthest = np.maximum.reduceat(distance, begins)
        # The first of those that are farthest.
        candidates = np.flatnonzero(distance == np.repeat(farthest, counts))
        middle = within[candidates[np.searchsorted(candidates, begins)]]
        split = farthest > epsilon
        middle, first, last = middle[split], first[split], last[split]
        kept[middle] = True
        first, last = np.column_stack([first, middle]).ravel(), np.column_stack([middle, last]).ravel()


def _to_line(
    x: Doubles, y: Doubles, first: Indices, last: Indices, within: Indices, counts: Indices
) -> Doubles:
    """How far points are from the line through two others; from the point where those two are one."""
    along_x, along_y = x[last] - x[first], y[last] - y[first]
    length = np.sqrt(along_x * along_x + along_y * along_y)
    dx = x[within] - np.repeat(x[first], counts)
    dy = y[within] - np.repeat(y[first], counts)
    closed = length == 0.0
    length[closed] = 1.0
    distance = np.abs(np.repeat(along_x, counts) * dy - np.repeat(along_y, counts) * dx)
    distance /= np.repeat(length, counts)
    if closed.any():
        round_trip = np.repeat(closed, counts)
        distance[round_trip] = np.sqrt(dx[round_trip] ** 2 + dy[round_trip] ** 2)
    return distance
