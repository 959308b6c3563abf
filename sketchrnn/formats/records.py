"""`Record`, a drawing as QuickDraw's files hold it: exact, with its times, its key, and where it comes from.

A `Sketch` is what a model and the canvas need; converting through it would lose the times and round the
coordinates to single precision. Files are converted record by record, in constant memory.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sketchrnn import simplify
from sketchrnn.errors import SketchError
from sketchrnn.formats.npz import StrokeSet
from sketchrnn.sketch import Floats, Sketch

_AT_ONCE = 256  # drawings


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A drawing of a QuickDraw file.

    Args:
        points: float64 (n, 2), x and y of all strokes, one after another, y down.
        stroke_ends: int64 (strokes,); the points of stroke i end before points[stroke_ends[i]].
        times: float64 (n,), milliseconds since the first point was drawn; only raw files have them.
        word: the category, "" if nobody said.
        recognized: whether the game recognised it.
        key_id: its name among all drawings, digits; "" if it has none.
        countrycode: where it was drawn, two letters; "" if nobody said.
        timestamp: when, as in "2017-03-02 23:25:10.07453 UTC"; "" if nobody said.
        authors: who drew each stroke, if the model drew any.
        pressures: of the pen in each stroke, as `Sketch` has them; QuickDraw's files know none.
    """

    points: NDArray[np.float64]
    stroke_ends: NDArray[np.int64]
    times: NDArray[np.float64] | None = None
    word: str = ""
    recognized: bool = True
    key_id: str = ""
    countrycode: str = ""
    timestamp: str = ""
    authors: Sequence[str] | None = None
    pressures: Sequence[Floats | None] | None = dataclasses.field(default=None, compare=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record):
            return NotImplemented
        return (
            np.array_equal(self.points, other.points)
            and np.array_equal(self.stroke_ends, other.stroke_ends)
            and (self.times is None) == (other.times is None)
            and (self.times is None or other.times is None or np.array_equal(self.times, other.times))
            and self._words() == other._words()
        )

    __hash__ = None  # type: ignore[assignment]  # equality reads arrays

    def _words(self) -> tuple[object, ...]:
        authors = None if self.authors is None else tuple(map(str, self.authors))
        return (self.word, self.recognized, self.key_id, self.countrycode, self.timestamp, authors)

    @property
    def strokes(self) -> list[NDArray[np.float64]]:
        """The points (n, 2) of each stroke: views, not copies."""
        return np.split(self.points, self.stroke_ends[:-1]) if len(self.stroke_ends) else []

    @property
    def is_prepared(self) -> bool:
        """Whether it looks like one of QuickDraw's simplified files, not to be prepared again."""
        whole = (
            (self.points >= 0)
            & (self.points <= simplify.QUICKDRAW_FRAME)
            & (self.points == np.rint(self.points))
        )
        return self.times is None and bool(whole.all())

    def sketch(self) -> Sketch:
        """The strokes, who drew them and what they show. Raises SketchError as `Sketch` does."""
        bounds = itertools.pairwise([0, *self.stroke_ends.tolist()])
        return Sketch((self.points[a:b] for a, b in bounds), self.authors, self.word or None, self.pressures)

    @classmethod
    def of(cls, sketch: Sketch) -> Record:
        """The record of a drawing that comes from elsewhere."""
        ends = np.cumsum([len(stroke) for stroke in sketch.strokes], dtype=np.int64)
        points = np.concatenate(sketch.strokes) if sketch.strokes else np.zeros((0, 2))
        authors = sketch.authors if "model" in sketch.authors else None
        pressed = None if all(pressure is None for pressure in sketch.pressures) else sketch.pressures
        return cls(
            points.astype(np.float64), ends, word=sketch.label or "", authors=authors, pressures=pressed
        )


def prepared(records: Iterable[Record]) -> Iterator[Record]:
    """Each drawing as QuickDraw's simplified files have it (`simplify.quickdraw`), without its times.

    Raises:
        SketchError: the line of a drawing is too long.
    """
    for batch in _batched(records):
        points, ends, drawing_ends = _prepared(batch)
        stroke = point = 0
        for record, stroke_end in zip(batch, drawing_ends.tolist(), strict=True):
            own = ends[stroke:stroke_end] - point
            count = int(own[-1]) if len(own) else 0
            yield dataclasses.replace(
                record,
                points=points[point : point + count].astype(np.float64),
                stroke_ends=own,
                times=None,
                pressures=None,
            )
            stroke, point = stroke_end, point + count


def stroke3(records: Iterable[Record]) -> Iterator[StrokeSet]:
    """The drawings that have strokes as stroke-3 in int16, some hundreds at a time, in QuickDraw's frame.

    Those that are not there yet (`Record.is_prepared`) are prepared. The rows are those of
    `Sketch.to_stroke3`, the labels the records' words.

    Raises:
        SketchError: the line of a drawing is too long.
    """
    for batch in _batched(record for record in records if len(record.stroke_ends)):
        labels = np.array([record.word for record in batch])
        raw = [number for number, record in enumerate(batch) if not record.is_prepared]
        if len(raw) == len(batch):
            yield _stroke3(*_prepared(batch), labels)
            continue
        ready = iter(prepared(batch[number] for number in raw))
        for number in raw:
            batch[number] = next(ready)
        points, stroke_ends, drawing_ends = _joined(batch)
        yield _stroke3(points.astype(np.int16), stroke_ends, drawing_ends, labels)


def _batched(records: Iterable[Record]) -> Iterator[list[Record]]:
    source = iter(records)
    while batch := list(itertools.islice(source, _AT_ONCE)):
        yield batch


def _joined(batch: list[Record]) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Points, stroke ends and drawing ends, as `simplify.quickdraw_points` takes them."""
    first_points = np.cumsum([0, *(len(record.points) for record in batch)])
    drawing_ends = np.cumsum([len(record.stroke_ends) for record in batch])
    stroke_ends = np.concatenate(
        [record.stroke_ends + first for record, first in zip(batch, first_points.tolist(), strict=False)]
    )
    return np.concatenate([record.points for record in batch]), stroke_ends, drawing_ends


def _prepared(batch: list[Record]) -> tuple[NDArray[np.int16], NDArray[np.int64], NDArray[np.int64]]:
    """The same, prepared."""
    points, stroke_ends, drawing_ends = _joined(batch)
    try:
        return *simplify.quickdraw_points(points, stroke_ends, drawing_ends), drawing_ends
    except SketchError as error:
        for number, record in enumerate(batch if len(batch) > 1 else ()):
            try:
                _prepared([record])
            except SketchError as own:
                name = (
                    f"drawing {record.key_id}" if record.key_id else f"drawing {number + 1} of {len(batch)}"
                )
                raise SketchError(f"{name} ({record.word or 'no label'}): {own}") from own
        raise error


def _stroke3(
    points: NDArray[np.int16],
    stroke_ends: NDArray[np.int64],
    drawing_ends: NDArray[np.int64],
    labels: NDArray[np.str_],
) -> StrokeSet:
    """`Sketch.to_stroke3` for many drawings at once, none of them without strokes."""
    ends = stroke_ends[drawing_ends - 1]
    starts = np.concatenate([[0], ends[:-1]])
    rows = np.zeros((len(points) + 1, 3), np.int16)  # one more, so that each row has one after it
    rows[1:-1, :2] = np.diff(points, axis=0)
    rows[stroke_ends - 1, 2] = 1
    rows[starts, :2] = 0
    # A drawing that begins with a dot or with the same point twice tells its start by a row of its own.
    implicit = (rows[starts, 2] == 0) & rows[starts + 1, :2].any(axis=1)
    kept = np.ones(len(points), bool)
    kept[starts[implicit]] = False
    offsets = np.concatenate([[0], np.cumsum(kept)[ends - 1]])
    return StrokeSet(rows[:-1][kept], offsets, labels)
