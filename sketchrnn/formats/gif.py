"""`.gif`: a drawing, or a sheet of drawings, that draws itself, again and again. Written, never read."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sketchrnn.errors import FormatError
from sketchrnn.files import StrPath, atomic_write
from sketchrnn.formats.picture import (
    CAPTION_COLOR,
    CELL_COLOR,
    HUMAN_COLOR,
    MODEL_COLOR,
    Sheet,
    frame,
    schedule,
)
from sketchrnn.formats.raster import Canvas, Color, Line, View, color, empty_sheet, in_cells
from sketchrnn.sketch import Author, Bounds, Sketch

MAX_SIDE = 1_600
"""Pixels of the larger side: a film holds up to 200 pictures."""

_SHEET_SIDE = 960
_STEP = 0.04  # seconds; browsers slow down films with less than 0.02
_HOLD = 2.0  # seconds for which the whole drawing stands before it starts again
_MAX_SECONDS = 60.0
_SHADES = 16  # between two colours, at most


def write(
    path: StrPath,
    sketches: Iterable[Sketch],
    *,
    size: int = 480,
    seconds: float | None = None,
    paper: Bounds | None = None,
    stroke_width: float | None = None,
    human_color: str = HUMAN_COLOR,
    model_color: str = MODEL_COLOR,
    background: str = "#ffffff",
    smooth: bool = True,
) -> None:
    """Writes a film in which the drawing draws itself; several drawings become a sheet that does.

    Args:
        size: pixels of the picture's larger side, 1,600 at most.
        seconds: how long the drawing takes, 60 at most; by default as long as a hand would, but 8 s at
            most.
        paper, stroke_width, human_color, model_color, smooth: as for PNG.
        background: a CSS colour without transparency.

    Raises:
        FormatError: no such colour, size or time, no drawing, or the file cannot be written.
    """
    drawings = list(sketches)
    if len(drawings) != 1:
        write_sheet(path, drawings, human_color=human_color, model_color=model_color, seconds=seconds)
        return
    if not 1 <= size <= MAX_SIDE:
        raise FormatError(f"{path}: a film of {size} pixels cannot be made; take 1 to {MAX_SIDE}")
    (sketch,) = drawings
    width, bounds = frame(sketch, paper, stroke_width)
    view = View.of(bounds, size)
    inks = {Author.HUMAN: color(path, human_color), Author.MODEL: color(path, model_color)}
    ground = color(path, background)
    if ground[3] < 255:
        raise FormatError(f"{path}: a film cannot be transparent; take a plain background")
    image = Image.new("RGBA", view.pixels, ground)
    lines = _lines(sketch, view.lines(sketch, width, smooth=smooth), inks, _checked(path, seconds))
    human, model = inks.values()
    _save(
        path, image, [_Pen(Canvas(image), (0, 0), lines)], [(ground, human), (ground, model), (human, model)]
    )


def write_sheet(
    path: StrPath,
    sketches: Sequence[Sketch],
    *,
    columns: int | None = None,
    cell: float = 140.0,
    titles: Sequence[str] | None = None,
    human_color: str = HUMAN_COLOR,
    model_color: str = MODEL_COLOR,
    seconds: float | None = None,
) -> None:
    """Writes a grid of drawings that all draw themselves at once.

    Args:
        columns: drawings in a row; by default as many as make the sheet about 4:3.
        cell: side of a cell in pixels; less where the sheet would have more than 960 on a side.
        titles: a caption under each drawing.
        seconds: how long each takes.

    Raises:
        FormatError: as for `write`, or there is not one title for each.
    """
    sheet = Sheet.of(path, sketches, columns, cell, titles)
    scale = min(1.0, _SHEET_SIDE / max(sheet.width, sheet.height))
    inks = {Author.HUMAN: color(path, human_color), Author.MODEL: color(path, model_color)}
    image = empty_sheet(sheet, titles, scale)
    pens = []
    for canvas, corner, placed, lines in in_cells(sheet, sketches, image, scale):
        pens.append(_Pen(canvas, corner, _lines(placed, lines, inks, _checked(path, seconds))))
    ground, white = color(path, CELL_COLOR), color(path, "#ffffff")
    human, model = inks.values()
    shades = [(ground, human), (ground, model), (human, model), (white, ground)]
    _save(path, image, pens, [*shades, (white, color(path, CAPTION_COLOR))])


def _checked(path: StrPath, seconds: float | None) -> float | None:
    if seconds is not None and not 0 < seconds <= _MAX_SECONDS:
        raise FormatError(f"{path}: a film cannot take {seconds} s; take up to {_MAX_SECONDS:g}")
    return seconds


# --- drawing -------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class _Stroke:
    """A stroke in pixels, and when it is drawn."""

    line: Line
    lengths: NDArray[np.float64]  # from its start to each of its points
    begin: float
    duration: float
    color: Color

    def until(self, time: float) -> float:
        """How long the line is at a time."""
        part = min(max((time - self.begin) / self.duration, 0.0), 1.0)
        return float(self.lengths[-1]) * part

    def between(self, start: float, end: float) -> Line:
        """The part of the line between two lengths."""
        first, last = np.searchsorted(self.lengths, [start, end], side="right")
        ends = np.column_stack([np.interp([start, end], self.lengths, axis) for axis in self.line.T])
        return np.concatenate([ends[:1], self.line[first:last], ends[1:]])


def _lines(
    sketch: Sketch, lines: Iterable[Line], inks: dict[Author, Color], seconds: float | None
) -> list[_Stroke]:
    """The strokes of a drawing, `lines` in pixels, with their times."""
    made = []
    for line, author, (begin, duration) in zip(lines, sketch.authors, schedule(sketch, seconds), strict=True):
        lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line[:, :2], axis=0).T))])
        made.append(_Stroke(line, lengths, begin, duration, inks[author]))
    return made


class _Pen:
    """Draws the strokes of one drawing, as time goes on."""

    def __init__(self, canvas: Canvas, corner: tuple[int, int], strokes: list[_Stroke]) -> None:
        self.canvas = canvas
        self._corner = corner
        self._strokes = strokes
        self._at = 0  # the stroke that is being drawn
        self._drawn = 0.0  # how much of it is there

    @property
    def end(self) -> float:
        return self._strokes[-1].begin + self._strokes[-1].duration if self._strokes else 0.0

    def draw_until(self, time: float, image: Image.Image) -> None:
        lines = []
        while self._at < len(self._strokes) and self._strokes[self._at].begin <= time:
            stroke = self._strokes[self._at]
            length = stroke.until(time)
            lines.append((stroke.between(self._drawn, length), stroke.color))
            self._drawn = length
            if time < stroke.begin + stroke.duration:
                break
            self._at, self._drawn = self._at + 1, 0.0
        self.canvas.draw_all(lines)
        if lines and self.canvas.image is not image:
            image.paste(self.canvas.image, self._corner)


def _save(path: StrPath, image: Image.Image, pens: list[_Pen], shades: Iterable[tuple[Color, ...]]) -> None:
    palette = _palette(shades)
    steps = max(1, math.ceil(max(pen.end for pen in pens) / _STEP))
    times = [round(_STEP * 1000)] * (steps - 1) + [round(_HOLD * 1000)]

    def frames() -> Iterator[Image.Image]:
        for step in range(1, steps + 1):
            for pen in pens:
                pen.draw_until(step * _STEP if step < steps else math.inf, image)
            yield image.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE)

    film = frames()
    with atomic_write(path) as file:
        next(film).save(
            file, "GIF", save_all=True, append_images=film, duration=times, loop=0, disposal=1, optimize=False
        )


def _palette(shades: Iterable[tuple[Color, ...]]) -> Image.Image:
    """All colours of the film: pairs of colours and what lies between them at the edges of lines."""
    found: dict[tuple[int, ...], None] = {}
    for first, last in shades:
        apart = max(abs(a - b) for a, b in zip(first[:3], last[:3], strict=True))
        for part in np.linspace(0, 1, min(max(apart // 12, 2), _SHADES)):
            mixed = np.array(first[:3]) * (1 - part) + np.array(last[:3]) * part
            found[tuple(mixed.round().astype(int).tolist())] = None
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for entry in found for value in entry])
    return palette
