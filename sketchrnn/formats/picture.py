"""What pictures of drawings have in common, whatever they are made of: colours, frame, sheet and timing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from sketchrnn.errors import FormatError
from sketchrnn.files import StrPath
from sketchrnn.sketch import Bounds, Sketch

HUMAN_COLOR = "#22252b"
MODEL_COLOR = "#d0440c"
CELL_COLOR = "#f6f6f4"
CAPTION_COLOR = "#555555"
BAR_COLOR = "#7d93a8"

SHARP_REACH = 0.8
"""Widths of the pen at which the rounding of a sharp corner starts: a drawn box stays a box."""

_COLUMNS_BELOW_A_HEAD = 5  # its words need room, however few drawings there are

_PACE = 1.5  # larger sides of the drawing a second, about as fast as people draw
_SHORTEST_STROKE, _LIFT = 0.12, 0.08  # seconds
_LONGEST = 8.0


def frame(sketch: Sketch, paper: Bounds | None, width: float | None) -> tuple[float, Bounds]:
    """The stroke width, and the rectangle that the picture shows."""
    bounds = sketch.bounds if len(sketch) else paper or Bounds(0, 0, 1, 1)
    if width is None:
        width = (paper or bounds).larger_side / 100 or 1.0
    return width, paper or grown(bounds, 2 * width)


def grown(bounds: Bounds, by: float) -> Bounds:
    return Bounds(bounds.left - by, bounds.top - by, bounds.right + by, bounds.bottom + by)


def fitted(sketch: Sketch, box: Bounds) -> Sketch:
    """The drawing as large as it can be in the middle of a box."""
    if not len(sketch):
        return sketch
    bounds = sketch.bounds
    scale = min(
        box.width / bounds.width if bounds.width else np.inf,
        box.height / bounds.height if bounds.height else np.inf,
    )
    scale = scale if np.isfinite(scale) else 1.0
    dx = (box.left + box.right - scale * (bounds.left + bounds.right)) / 2
    dy = (box.top + box.bottom - scale * (bounds.top + bounds.bottom)) / 2
    return sketch.transformed(scale, dx, dy)


# --- sheets --------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Chart:
    """A histogram.

    Args:
        title: what is counted.
        counts: how often each value, or span of values, occurs.
        first, last: what the first and the last bar stand for.
    """

    title: str
    counts: Sequence[int]
    first: str
    last: str


@dataclasses.dataclass(frozen=True, slots=True)
class Head:
    """What stands above the drawings of a sheet: lines of text, and charts side by side."""

    lines: Sequence[str]
    charts: Sequence[Chart]


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """Words on a sheet: where their line begins, ends or has its middle."""

    text: str
    x: float
    y: float
    anchor: Literal["start", "middle", "end"]


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """The grid of a contact sheet, in pixels: cells with a gap around each, and captions below them.

    Args:
        caption: height of a caption; 0 where there are none.
        head: what stands above, if anything.
    """

    count: int
    columns: int
    cell: float
    caption: float
    head: Head | None = None

    @classmethod
    def of(
        cls,
        path: StrPath,
        sketches: Sequence[Sketch],
        columns: int | None,
        cell: float,
        titles: object,
        head: Head | None = None,
    ) -> Sheet:
        """The grid for some drawings.

        Args:
            path: for the errors.
            columns: drawings in a row; None for as many as make the sheet about 4:3.
            titles: one caption for each drawing, or None.
            head: what stands above, or None.

        Raises:
            FormatError: there is no drawing, or not one title for each.
        """
        count = len(sketches)
        if not count:
            raise FormatError(f"{path}: there is no drawing to write; give at least one")
        if isinstance(titles, Sequence) and len(titles) != count:
            raise FormatError(f"{path}: {count} drawings but {len(titles)} titles; give one for each")
        columns = min(count, columns or max(1, round((count * 4 / 3) ** 0.5)))
        return cls(count, columns, cell, cell * 0.15 if titles else 0.0, head)

    @property
    def gap(self) -> float:
        return self.cell * 0.06

    @property
    def width(self) -> float:
        columns = self.columns if self.head is None else max(self.columns, _COLUMNS_BELOW_A_HEAD)
        return columns * (self.cell + self.gap) + self.gap

    @property
    def height(self) -> float:
        rows = -(-self.count // self.columns)
        return self._top + rows * (self.cell + self.caption + self.gap) + self.gap

    @property
    def _top(self) -> float:
        """Where the drawings begin."""
        if self.head is None:
            return 0.0
        return self.gap + len(self.head.lines) * self._line + (self._chart if self.head.charts else 0.0)

    @property
    def _line(self) -> float:
        return 1.6 * self.font_size

    @property
    def _chart(self) -> float:
        """The height of a chart with its words."""
        return 0.6 * self.cell + 3.4 * self._line

    @property
    def stroke_width(self) -> float:
        return self.cell / 80

    @property
    def corner(self) -> float:
        """The radius of a cell's corners."""
        return self.cell * 0.05

    @property
    def font_size(self) -> float:
        return self.cell * 0.09

    def cells(self) -> Iterator[Bounds]:
        """The square of each drawing, row by row."""
        for number in range(self.count):
            row, column = divmod(number, self.columns)
            left = self.gap + column * (self.cell + self.gap)
            top = self._top + self.gap + row * (self.cell + self.caption + self.gap)
            yield Bounds(left, top, left + self.cell, top + self.cell)

    def placed(self, sketch: Sketch, cell: Bounds) -> Sketch:
        """The drawing in its cell, with a margin."""
        return fitted(sketch, grown(cell, -self.cell * 0.12))

    def baseline(self, cell: Bounds) -> tuple[float, float]:
        """The middle of the line that a cell's caption stands on."""
        return (cell.left + cell.right) / 2, cell.bottom + self.caption * 0.75

    def marks(self) -> Iterator[Bounds | Text]:
        """The head: bars and words."""
        if self.head is None:
            return
        y = self.gap
        for line in self.head.lines:
            y += self._line
            yield Text(line, self.gap, y, "start")
        count = len(self.head.charts)
        for number, chart in enumerate(self.head.charts):
            side = (self.width - self.gap) / count
            left = self.gap + number * side
            yield from self._bars(chart, Bounds(left, y, left + side - 2 * self.gap, y + self._chart))

    def _bars(self, chart: Chart, box: Bounds) -> Iterator[Bounds | Text]:
        yield Text(chart.title, box.left, box.top + 1.6 * self._line, "start")
        foot = box.bottom - 1.2 * self._line
        height = foot - (box.top + 2.0 * self._line)
        step = box.width / max(len(chart.counts), 1)
        for place, count in enumerate(chart.counts):
            top = foot - height * count / max(*chart.counts, 1)
            if count:  # one drawing in 70,000 is seen, too
                yield Bounds(
                    box.left + step * (place + 0.06),
                    min(top, foot - 1),
                    box.left + step * (place + 0.94),
                    foot,
                )
        yield Bounds(box.left, foot, box.right, foot + 1)
        yield Text(chart.first, box.left, foot + self._line, "start")
        yield Text(chart.last, box.right, foot + self._line, "end")


# --- time ----------------------------------------------------------------------------------------


def schedule(sketch: Sketch, seconds: float | None = None) -> list[tuple[float, float]]:
    """When each stroke begins and how long it takes, in seconds, where a drawing draws itself.

    The pen moves at one pace; a dot takes a moment, too, and so does lifting the pen.

    Args:
        seconds: how long the whole takes; by default as long as a hand would, but 8 s at most.
    """
    if not len(sketch):
        return []
    side = sketch.bounds.larger_side or 1.0
    lengths = [
        float(np.hypot(*np.diff(stroke.astype(np.float64), axis=0).T).sum()) for stroke in sketch.strokes
    ]
    durations = np.maximum(np.array(lengths) / (side * _PACE), _SHORTEST_STROKE)
    begins = np.concatenate([[0.0], np.cumsum(durations[:-1] + _LIFT)])
    whole = float(begins[-1] + durations[-1])
    factor = (min(whole, _LONGEST) if seconds is None else seconds) / whole
    return list(zip((begins * factor).tolist(), (durations * factor).tolist(), strict=True))
