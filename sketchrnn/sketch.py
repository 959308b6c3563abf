"""`Sketch`, the one data type: strokes in the order they were drawn, who drew each, and how hard."""

from __future__ import annotations

import dataclasses
import enum
import itertools
import os
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchrnn.errors import SketchError

MAX_POINTS = 200_000
"""A drawing with more points than this is refused: nobody drew it, and a model could not follow it."""

MAX_STROKES = 20_000
"""Likewise of strokes, each of which takes as much memory as twenty points."""

MAX_COORDINATE = 1e9
"""No coordinate may be larger: squares and differences must stay within float32."""

Floats = NDArray[np.float32]

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Author(enum.StrEnum):
    """Who drew a stroke."""

    HUMAN = "human"
    MODEL = "model"


class Bounds(NamedTuple):
    """The smallest upright rectangle around all points, in pixels, y down."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def larger_side(self) -> float:
        """The figure that a model's `frame` is measured in."""
        return max(self.width, self.height)


_AUTHORS = frozenset(Author)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """A drawing: strokes in drawing order, as absolute points with y pointing down.

    A sketch is a value: its arrays are read-only and every method returns a new one.

    Args:
        strokes: one (n, 2) array of x, y per stroke, n >= 1, any unit (pixels of whatever it was
            drawn on). Stored as read-only float32.
        authors: who drew each stroke; by default a human drew all of them.
        label: what the drawing shows (a QuickDraw category), if anybody said; one line of text.
        pressures: for each stroke the pen's pressure at its points, (n,) from 0 to 1, or None where
            none was measured; by default none was. Stored as read-only float32.

    Raises:
        SketchError: a stroke is not (n, 2) or is empty, a coordinate is not finite or beyond
            `MAX_COORDINATE`, there are more than `MAX_POINTS` points or `MAX_STROKES` strokes,
            `authors` or `pressures` do not match `strokes`, or the label has characters that no
            file can hold.

    Example:
        >>> Sketch([[(0, 0), (10, 0)], [(5, 5)]]).to_stroke3().tolist()
        [[10.0, 0.0, 1.0], [-5.0, 5.0, 1.0]]
    """

    strokes: tuple[Floats, ...]
    authors: tuple[Author, ...]
    label: str | None
    pressures: tuple[Floats | None, ...]

    def __init__(
        self,
        strokes: Iterable[ArrayLike] = (),
        authors: Sequence[Author | str] | None = None,
        label: str | None = None,
        pressures: Sequence[ArrayLike | None] | None = None,
    ) -> None:
        with np.errstate(over="ignore"):  # what overflows becomes infinite, and is refused for it
            numbered = zip(range(1, MAX_STROKES + 2), strokes, strict=False)
            checked = tuple(_as_stroke(stroke, number) for number, stroke in numbered)
        if len(checked) > MAX_STROKES:
            raise SketchError(f"the drawing has more than {MAX_STROKES:,} strokes, as many as are supported")
        total = sum(len(stroke) for stroke in checked)
        if total > MAX_POINTS:
            raise SketchError(f"the drawing has {total:,} points; at most {MAX_POINTS:,} are supported")
        if authors is None:
            authors = (Author.HUMAN,) * len(checked)
        if len(authors) != len(checked):
            raise SketchError(f"{len(checked)} strokes but {len(authors)} authors; give one for each")
        unknown = set(authors) - _AUTHORS
        if unknown:
            raise SketchError(f"a stroke is by {unknown.pop()!a}; only human and model draw")
        check_label(label)
        if pressures is None:
            pressures = (None,) * len(checked)
        if len(pressures) != len(checked):
            raise SketchError(f"{len(checked)} strokes but {len(pressures)} pressures; give one for each")
        object.__setattr__(self, "strokes", checked)
        object.__setattr__(self, "authors", tuple(Author(author) for author in authors))
        object.__setattr__(self, "label", label)
        pairs = enumerate(zip(pressures, checked, strict=True), 1)
        object.__setattr__(
            self,
            "pressures",
            tuple(None if p is None else _as_pressure(p, len(stroke), n) for n, (p, stroke) in pairs),
        )

    # --- looking at it -------------------------------------------------------------------------

    def __len__(self) -> int:
        """The number of strokes."""
        return len(self.strokes)

    def __repr__(self) -> str:
        """In a few words: a drawing has thousands of numbers."""
        by_model = self.authors.count(Author.MODEL)
        label = "" if self.label is None else f" label={self.label!r}"
        return f"<Sketch strokes={len(self)} by_model={by_model} points={self.point_count}{label}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sketch):
            return NotImplemented
        return (
            self.authors == other.authors
            and self.label == other.label
            and all(np.array_equal(a, b) for a, b in zip(self.strokes, other.strokes, strict=True))
            and all(map(_same_pressure, self.pressures, other.pressures))
        )

    __hash__ = None  # type: ignore[assignment]  # equality reads arrays

    @property
    def point_count(self) -> int:
        return sum(len(stroke) for stroke in self.strokes)

    @property
    def bounds(self) -> Bounds:
        """The rectangle around all points. Raises SketchError where there are none."""
        if not self.strokes:
            raise SketchError("the drawing has no strokes; draw something first")
        points = np.concatenate(self.strokes)
        left, top = points.min(axis=0)
        right, bottom = points.max(axis=0)
        return Bounds(float(left), float(top), float(right), float(bottom))

    def by(self, author: Author) -> Sketch:
        """Only the strokes that `author` drew, in order."""
        kept = [number for number, who in enumerate(self.authors) if who is author]
        return Sketch(
            [self.strokes[number] for number in kept],
            [author] * len(kept),
            self.label,
            [self.pressures[number] for number in kept],
        )

    # --- making another one --------------------------------------------------------------------

    def __getitem__(self, which: slice) -> Sketch:
        """The strokes of a slice: `sketch[:3]` is the drawing after three strokes."""
        return Sketch(self.strokes[which], self.authors[which], self.label, self.pressures[which])

    def adding(self, *strokes: ArrayLike, author: Author = Author.HUMAN) -> Sketch:
        """This drawing with `strokes` drawn after it."""
        return Sketch(
            (*self.strokes, *strokes),
            (*self.authors, *[author] * len(strokes)),
            self.label,
            (*self.pressures, *[None] * len(strokes)),
        )

    def transformed(self, scale: float = 1.0, dx: float = 0.0, dy: float = 0.0) -> Sketch:
        """Every point p becomes scale * p + (dx, dy)."""
        shift = np.array([dx, dy], np.float32)
        moved = [stroke * np.float32(scale) + shift for stroke in self.strokes]
        return Sketch(moved, self.authors, self.label, self.pressures)

    # --- offsets -------------------------------------------------------------------------------

    def to_stroke3(self, *, explicit_start: bool = False) -> Floats:
        """The drawing as offsets: rows of (dx, dy, pen lifted after this point).

        The first point is the origin and has no row of its own, unless `explicit_start` asks for a
        leading (0, 0, pen lifted) as some data sets (Omniglot) carry it, or the drawing begins with
        a dot or with the same point twice, which cannot be told otherwise.

        Returns:
            float32 (points - 1, 3), or (points, 3) with the start.
        """
        if not self.strokes:
            return np.zeros((0, 3), np.float32)
        points = np.concatenate(self.strokes)
        rows = np.zeros((len(points), 3), np.float32)
        rows[1:, :2] = np.diff(points.astype(np.float64), axis=0)
        rows[np.cumsum([len(stroke) for stroke in self.strokes]) - 1, 2] = 1.0
        keep_start = explicit_start or len(self.strokes[0]) == 1 or not rows[1, :2].any()
        return rows if keep_start else rows[1:]

    @classmethod
    def from_stroke3(
        cls, rows: ArrayLike, *, author: Author = Author.HUMAN, label: str | None = None
    ) -> Sketch:
        """The inverse of `to_stroke3`, for either convention about the first point.

        Args:
            rows: (n, 3) offsets and pen lifts. A last stroke whose pen was never lifted is kept.

        Raises:
            SketchError: another shape, or values that are not finite.
        """
        try:
            array = np.asarray(rows, np.float64)
        except (ValueError, TypeError, OverflowError) as error:
            raise SketchError("stroke-3 needs rows of three numbers (dx, dy, pen lifted)") from error
        if array.ndim != 2 or array.shape[1] != 3:
            raise SketchError(f"stroke-3 needs rows of (dx, dy, pen lifted), got shape {array.shape}")
        if len(array) == 0:
            return cls((), (), label)
        if not np.isfinite(array).all():
            raise SketchError("a stroke-3 row has a number that is not finite")
        points = np.cumsum(array[:, :2], axis=0)
        lifted = np.flatnonzero(array[:-1, 2] > 0.5) + 1
        if np.any(array[0, :2] != 0.0):
            points = np.concatenate([np.zeros((1, 2)), points])
            lifted = lifted + 1
        bounds = [0, *lifted.tolist(), len(points)]
        strokes = (points[begin:end] for begin, end in itertools.pairwise(bounds))
        return cls(strokes, [author] * (len(bounds) - 1), label)

    # --- files ---------------------------------------------------------------------------------

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Sketch:
        """Reads the (first) drawing in a file; the suffix says which format.

        Raises:
            FormatError: the file is missing, broken or of no known format, or holds no drawing.
        """
        from sketchrnn import formats  # the layer below: only its users pay for it

        return formats.read_one(path)

    def save(self, path: str | os.PathLike[str], **options: Any) -> None:
        """Writes the drawing; the suffix says which format. A file that stands is replaced whole.

        Raises:
            FormatError: no known format, or the file cannot be written.
        """
        from sketchrnn import formats

        formats.write(path, [self], **options)


def check_label(label: str | None) -> None:
    """Raises SketchError unless a label is one line of text, or nobody said any."""
    if label is not None and (not isinstance(label, str) or _UNPRINTABLE.search(label)):
        raise SketchError(f"the label {ascii(label)[:60]} is not one line of text")


def stroke3_to_stroke5(rows: ArrayLike, length: int | None = None) -> Floats:
    """Stroke-3 to stroke-5: (dx, dy, p1 pen down, p2 pen up, p3 end), led by (0, 0, 1, 0, 0).

    Ha & Eck 2017, section 3.1. Row 0 is the start token S0; the rows of the drawing follow; all
    rows after them are the end (0, 0, 0, 0, 1).

    Args:
        rows: float (n, 3).
        length: how many rows follow the start token, at least n; n + 1 (the default) has room for one end.

    Returns:
        float32 (length + 1, 5).
    """
    array = np.asarray(rows, np.float32)
    n = len(array)
    length = n + 1 if length is None else length
    if length < n:
        raise SketchError(f"{n} points do not fit into {length} rows of stroke-5")
    big = np.zeros((length + 1, 5), np.float32)
    big[0, 2] = 1.0
    big[1 : n + 1, :2] = array[:, :2]
    big[1 : n + 1, 3] = array[:, 2] > 0.5
    big[1 : n + 1, 2] = 1.0 - big[1 : n + 1, 3]
    big[n + 1 :, 4] = 1.0
    return big


def stroke5_to_stroke3(rows: ArrayLike) -> Floats:
    """The inverse of `stroke3_to_stroke5`: without the start token (row 0), up to the first end."""
    array = np.asarray(rows, np.float32)[1:]
    ends = np.flatnonzero(array[:, 4] > 0.5)
    array = array[: ends[0]] if len(ends) else array
    return np.column_stack([array[:, :2], array[:, 3]]).astype(np.float32)


def _as_stroke(points: ArrayLike, number: int) -> Floats:
    try:
        stroke = np.array(points, np.float32)
    except (ValueError, TypeError, OverflowError) as error:
        raise SketchError(f"stroke {number} is not a list of x, y points") from error
    if stroke.ndim != 2 or stroke.shape[1] != 2 or len(stroke) == 0:
        raise SketchError(f"stroke {number} has shape {stroke.shape}; it needs one or more x, y points")
    if not (np.abs(stroke) <= MAX_COORDINATE).all():
        reason = "beyond 1,000,000,000" if np.isfinite(stroke).all() else "that is not a finite number"
        raise SketchError(f"stroke {number} has a coordinate {reason}")
    stroke.flags.writeable = False
    return stroke


def _as_pressure(pressure: ArrayLike, points: int, number: int) -> Floats:
    try:
        array = np.array(pressure, np.float32)
    except (ValueError, TypeError, OverflowError) as error:
        raise SketchError(f"the pressure of stroke {number} is not a list of numbers") from error
    if array.shape != (points,):
        raise SketchError(f"stroke {number} has {points} points, but its pressure has shape {array.shape}")
    if not ((array >= 0.0) & (array <= 1.0)).all():
        raise SketchError(f"the pressure of stroke {number} is not from 0 to 1")
    array.flags.writeable = False
    return array


def _same_pressure(one: Floats | None, other: Floats | None) -> bool:
    return one is other or (one is not None and other is not None and np.array_equal(one, other))
