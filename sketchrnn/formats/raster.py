"""Drawings as pixels: what PNG and GIF have in common. Pillow blends, writes and sets the captions."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from sketchrnn.curves import rounding, width_at
from sketchrnn.errors import FormatError
from sketchrnn.files import StrPath
from sketchrnn.formats.picture import BAR_COLOR, CAPTION_COLOR, CELL_COLOR, SHARP_REACH, Sheet, Text
from sketchrnn.sketch import Bounds, Sketch

MAX_SIDE = 8_192
"""Pixels of the larger side of a picture. A whole one of this size takes 256 MiB while it is made."""

_CURVE_ERROR = 0.1  # pixels by which the line may leave its curve
_REACHES = (4.0, 24.0)  # longest pieces of a line that are taken together
_BATCH = 1 << 20  # pixels at a time
_LOOKED_AT = 1 << 16  # pieces of lines at a time
_MANY = 100  # lines at a time from which on some may lie on each other
_LATER = np.array([int(f"{number:06b}"[::-1], 2) for number in range(64)])  # when each of 64 lines is drawn
_DENSE = 1_000  # points of a drawing from which on its lines are thinned
_THINNED = 0.25  # pixels of way for which one point is enough
_SCRIBBLE = 20_000  # points of a drawing from which on nobody sees that the corners are round
_OVERSAMPLED = 4
_FONTS = ("DejaVuSans.ttf", "NotoSansCJK-Regular.ttc", "Arial Unicode.ttf", "msgothic.ttc")

Coverage = NDArray[np.uint8]
Color = tuple[int, int, int, int]


# --- colours and captions ------------------------------------------------------------------------


def color(path: StrPath, name: str | None) -> Color:
    """Red, green, blue and opacity of a CSS colour; None is transparent.

    Raises:
        FormatError: no colour has that name.
    """
    if name is None:
        return (255, 255, 255, 0)
    try:
        found = ImageColor.getcolor(name, "RGBA")
    except ValueError as error:
        raise FormatError(f"{path}: {name!a} is no colour; take one like '#d0440c' or 'navy'") from error
    assert isinstance(found, tuple) and len(found) == 4
    return found


def checked_size(path: StrPath, size: int) -> int:
    """Raises FormatError unless a picture can have that many pixels on its larger side."""
    if not 1 <= size <= MAX_SIDE:
        raise FormatError(f"{path}: a picture of {size} pixels cannot be made; take 1 to {MAX_SIDE}")
    return size


def _font(size: float, text: str) -> Any:
    """Pillow's own font, or one of the system's for letters that it does not have."""
    if not text.isascii():
        for name in _FONTS:
            try:
                return ImageFont.truetype(name, round(size))
            except OSError:
                continue
    return ImageFont.load_default(round(size))


# --- lines ---------------------------------------------------------------------------------------

Line = NDArray[np.float64]
"""A polyline (n, 3): x, y and the width of the pen, in pixels. One point, or all the same, is a dot."""


@dataclasses.dataclass(frozen=True, slots=True)
class View:
    """How a drawing's rectangle becomes pixels."""

    bounds: Bounds
    scale: float

    @classmethod
    def of(cls, bounds: Bounds, larger_side: int) -> View:
        return cls(bounds, larger_side / (bounds.larger_side or 1.0))

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return max(1, round(self.bounds.width * self.scale)), max(1, round(self.bounds.height * self.scale))

    def lines(self, sketch: Sketch, width: float, *, smooth: bool) -> Iterator[Line]:
        """The strokes in pixels, corners rounded as on the canvas, wider where the pen was pressed."""
        corner, dense = (self.bounds.left, self.bounds.top), sketch.point_count > _DENSE
        lines = []
        for stroke, pressure in zip(sketch.strokes, sketch.pressures, strict=True):
            line = np.empty((len(stroke), 3))
            line[:, :2] = (stroke.astype(np.float64) - corner) * self.scale
            line[:, 2] = width * self.scale
            if pressure is not None:
                line[:, 2] *= width_at(pressure.astype(np.float64))
            lines.append(_thinned(line) if dense else line)
        smooth = smooth and sum(map(len, lines)) < _SCRIBBLE
        for line in lines:
            yield _rounded(line, SHARP_REACH * width * self.scale) if smooth and len(line) > 2 else line


def _thinned(line: Line) -> Line:
    """The line without points that come so close after others that nobody sees them."""
    walked = np.cumsum(np.hypot(*np.diff(line[:, :2], axis=0).T)) // _THINNED
    kept = np.ones(len(line), bool)
    kept[1:-1] = np.diff(walked[:-1], prepend=0) > 0
    return np.asarray(line[kept])


def _rounded(line: Line, reach: float) -> Line:
    vertex, ends = line[1:-1], []
    for beside, end in zip((line[:-2], line[2:]), rounding(line[:, :2], reach), strict=True):
        whole = np.maximum(np.hypot(*(beside - vertex)[:, :2].T), 1e-9)
        part = np.hypot(*(end - vertex[:, :2]).T) / whole
        ends.append(vertex + (beside - vertex) * part[:, None])
    entry, leave = ends
    bend = float(np.abs(entry - 2 * vertex + leave).max())
    count = min(max(math.ceil(math.sqrt(bend / (4 * _CURVE_ERROR))), 2), 16)
    t = np.linspace(0, 1, count + 1)[None, :, None]
    curves = (1 - t) ** 2 * entry[:, None] + 2 * t * (1 - t) * vertex[:, None] + t**2 * leave[:, None]
    return np.concatenate([line[:1], curves.reshape(-1, 3), line[-1:]])


class Canvas:
    """A picture that lines are drawn on, one colour after another.

    Lines of one colour that follow each other are one area: each pixel is covered as far as the nearest
    of them reaches into it, which is known exactly and needs no oversampling.
    """

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        self._below = image
        self._cover: Coverage = np.zeros((image.height, image.width), np.uint8)
        self._color: Color | None = None

    def draw(self, lines: Sequence[Line], color: Color) -> None:
        """Lines of one colour."""
        if color != self._color:
            self._color = color
            self._below = self.image.copy()
            self._cover[:] = 0
        box = _cover(self._cover, lines)
        if box is None:
            return
        left, top, right, bottom = box
        mask = self._cover[top:bottom, left:right]
        ink = Image.new("RGBA", (right - left, bottom - top), color[:3])
        ink.putalpha(Image.fromarray(mask if color[3] == 255 else (mask * (color[3] / 255)).astype(np.uint8)))
        patch = self._below.crop(box)
        patch.alpha_composite(ink)
        self.image.paste(patch, box)

    def draw_all(self, lines: Iterable[tuple[Line, Color]]) -> None:
        """Lines in their order, with the colour of each."""
        for color, together in itertools.groupby(lines, lambda pair: pair[1]):
            self.draw([line for line, _ in together], color)


def _cover(plane: Coverage, lines: Sequence[Line]) -> tuple[int, int, int, int] | None:
    """Adds lines with round ends and joints to what is covered. Returns the box that they touched."""
    height, wide = plane.shape
    # A drawing may be much larger than its paper. A dot is a line of no length.
    lines = [np.clip(line if len(line) > 1 else line.repeat(2, axis=0), -1e6, 1e6) for line in lines]
    starts = np.concatenate([line[:-1] for line in lines])
    steps = np.concatenate([np.diff(line, axis=0) for line in lines])
    margin = max(float(line[:, 2].max()) for line in lines) / 2 + 1
    starts, steps = _clipped(starts, steps, (wide, height), margin)
    if len(starts) > _MANY:
        starts, steps = _each_once(starts, steps)
    if not len(starts):
        return None
    lengths = np.hypot(*steps[:, :2].T)
    shorter = 0.0
    for reach in _REACHES:
        chosen = (lengths >= shorter) & ((lengths <= reach) | (reach == _REACHES[-1]))
        shorter = np.nextafter(reach, np.inf)
        if chosen.any():
            pieces = np.maximum(np.ceil(lengths / reach), 1).astype(np.int64) * chosen
            # Some lines at a time: of a scribble there may be many millions of pieces.
            for some in np.split(np.arange(len(starts)), _places(pieces)):
                parts = _in_pieces(starts[some], steps[some], pieces[some])
                _cover_pieces(plane, *parts, margin, reach)
    corners = np.concatenate([starts, starts + steps])[:, :2]
    left, top = np.maximum(np.floor(corners.min(axis=0) - margin), 0).astype(int).tolist()
    right, bottom = np.minimum(np.ceil(corners.max(axis=0) + margin), (wide, height)).astype(int).tolist()
    return (left, top, right, bottom) if left < right and top < bottom else None


def _clipped(starts: Line, steps: Line, size: tuple[int, int], margin: float) -> tuple[Line, Line]:
    """The parts of lines that are near the picture: others may be a million pixels long."""
    first, last = np.zeros(len(starts)), np.ones(len(starts))
    for axis, side in enumerate(size):
        start, step = starts[:, axis], steps[:, axis]
        with np.errstate(divide="ignore", invalid="ignore"):
            crossings = np.sort([(-margin - start) / step, (side + margin - start) / step], axis=0)
        outside = (start < -margin) | (start > side + margin)
        crossings = np.where(step != 0, crossings, [[0.0], [1.0]] - 2.0 * outside)
        first, last = np.maximum(first, crossings[0]), np.minimum(last, crossings[1])
    kept = first <= last
    return (starts + steps * first[:, None])[kept], (steps * (last - first)[:, None])[kept]


def _each_once(starts: Line, steps: Line) -> tuple[Line, Line]:
    """Lines without those whose ends are, as far as anybody sees, the ends of another one, either way round.

    Those far from each other come first: what lies between them is covered then, and need not be drawn.
    """
    ends = np.rint(np.stack([starts, starts + steps], axis=1) / _THINNED).astype(np.int64)
    backwards = (ends[:, 0, :2] > ends[:, 1, :2]) @ [2, 1] > (ends[:, 0, :2] < ends[:, 1, :2]) @ [2, 1]
    ends[backwards] = ends[backwards, ::-1]
    keys = np.ascontiguousarray(ends.reshape(len(ends), -1)).view([("", np.int64)] * 6).ravel()
    kept = np.sort(np.unique(keys, return_index=True)[1])
    kept = kept[np.argsort(_LATER[np.arange(len(kept)) % len(_LATER)], kind="stable")]
    return starts[kept], steps[kept]


def _places(pieces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where lines must be divided so that each part has about `_LOOKED_AT` pieces."""
    return np.flatnonzero(np.diff(np.cumsum(pieces) // _LOOKED_AT)) + 1


def _in_pieces(starts: Line, steps: Line, pieces: NDArray[np.int64]) -> tuple[Line, Line]:
    step = np.repeat(steps / np.maximum(pieces, 1)[:, None], pieces, axis=0)
    number = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    return np.repeat(starts, pieces, axis=0) + number[:, None] * step, step


def _cover_pieces(plane: Coverage, starts: Line, steps: Line, margin: float, reach: float) -> None:
    """Adds pieces no longer than `reach`, each looked at in a square of pixels around it."""
    side = math.ceil(reach + 2 * margin + 1)
    corners = np.floor(np.minimum(starts, starts + steps)[:, :2] - margin).astype(np.int64)
    batch = max(1, _BATCH // side**2)
    # A scribble covers the same pixels again and again.
    needed = np.flatnonzero(~_covered_already(plane, starts, steps, margin))
    for first in range(0, len(needed), batch):
        chosen = needed[first : first + batch]
        if first:
            chosen = chosen[~_covered_already(plane, starts[chosen], steps[chosen], margin)]
        _cover_squares(plane, starts[chosen], steps[chosen], corners[chosen], side)


def _cover_squares(plane: Coverage, start: Line, step: Line, corner: NDArray[np.int64], side: int) -> None:
    """Adds pieces, each in the square of pixels that begins at its corner."""
    height, wide = plane.shape
    pixels = np.arange(side) + 0.5
    # Single precision is enough for so few pixels.
    x = (corner[:, :1] + pixels - start[:, :1]).astype(np.float32)[:, None, :]
    y = (corner[:, 1:] + pixels - start[:, 1:2]).astype(np.float32)[:, :, None]
    dx, dy, dw = (step[:, axis, None, None].astype(np.float32) for axis in range(3))
    along = np.clip((x * dx + y * dy) / np.maximum(dx * dx + dy * dy, 1e-12), 0.0, 1.0)
    width = start[:, 2, None, None].astype(np.float32) + along * dw
    x_off, y_off = x - along * dx, y - along * dy
    covered = width / 2 + 0.5 - np.sqrt(x_off * x_off + y_off * y_off)
    covered = (np.clip(covered, 0.0, np.minimum(width, 1.0)) * 255).astype(np.uint8)
    for (left, top), patch in zip(corner.tolist(), covered, strict=True):
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + side, wide), min(top + side, height)
        if x0 < x1 and y0 < y1:
            place = plane[y0:y1, x0:x1]
            np.maximum(place, patch[y0 - top : y1 - top, x0 - left : x1 - left], out=place)


def _covered_already(plane: Coverage, starts: Line, steps: Line, margin: float) -> NDArray[np.bool_]:
    """Which pieces can change no pixel: all that they reach are covered wholly."""
    size = np.array([plane.shape[1], plane.shape[0]])
    ends = starts + steps
    low = np.floor(np.minimum(starts, ends)[:, :2] - margin)
    high = np.ceil(np.maximum(starts, ends)[:, :2] + margin)
    low, high = (np.clip(corner, 0, size).astype(np.int64) for corner in (low, high))
    left, top = low.min(axis=0)
    right, bottom = high.max(axis=0)
    if (right - left) * (bottom - top) > 4 * _BATCH:
        return np.zeros(len(starts), bool)  # to look would take longer than to draw
    sums = np.zeros((bottom - top + 1, right - left + 1), np.int32)  # covered pixels above and to the left
    np.cumsum(plane[top:bottom, left:right] == 255, axis=0, out=sums[1:, 1:])
    np.cumsum(sums, axis=1, out=sums)
    (x0, y0), (x1, y1) = (low - (left, top)).T, (high - (left, top)).T
    count = sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]
    return np.asarray(count == (x1 - x0) * (y1 - y0))


# --- sheets --------------------------------------------------------------------------------------


def empty_sheet(sheet: Sheet, titles: Sequence[str] | None, scale: float) -> Image.Image:
    """The picture of a sheet without its drawings."""
    size = (max(1, round(sheet.width * scale)), max(1, round(sheet.height * scale)))
    image = Image.new("RGBA", size, "#ffffff")
    side = max(1, round(sheet.cell * scale))
    big = Image.new("RGBA", (side * _OVERSAMPLED,) * 2, "#ffffff")
    corner = sheet.corner * scale * _OVERSAMPLED
    ImageDraw.Draw(big).rounded_rectangle((0, 0, *(length - 1 for length in big.size)), corner, CELL_COLOR)
    tile = big.reduce(_OVERSAMPLED)
    pen = ImageDraw.Draw(image)
    for mark in sheet.marks():
        if isinstance(mark, Text):
            font = _font(sheet.font_size * scale, mark.text)
            text = _shortened(mark.text, font, sheet.width * scale)
            anchor = {"start": "ls", "middle": "ms", "end": "rs"}[mark.anchor]
            pen.text((mark.x * scale, mark.y * scale), text, CAPTION_COLOR, font, anchor=anchor)
        else:
            box = [round(side * scale) for side in mark]
            pen.rectangle((box[0], box[1], max(box[0], box[2] - 1), max(box[1], box[3] - 1)), BAR_COLOR)
    for number, cell in enumerate(sheet.cells()):
        image.paste(tile, (round(cell.left * scale), round(cell.top * scale)))
        if titles is not None:
            x, y = sheet.baseline(cell)
            font = _font(sheet.font_size * scale, titles[number])
            text = _shortened(titles[number], font, (sheet.cell + sheet.gap) * scale)
            pen.text((x * scale, y * scale), text, CAPTION_COLOR, font, anchor="ms")
    return image


def in_cells(
    sheet: Sheet, sketches: Sequence[Sketch], image: Image.Image, scale: float
) -> Iterator[tuple[Canvas, tuple[int, int], Sketch, Iterator[Line]]]:
    """For each drawing a canvas of its cell and where that lies, the drawing placed there, and its lines."""
    side = max(1, round(sheet.cell * scale))
    for sketch, bounds in zip(sketches, sheet.cells(), strict=True):
        corner = round(bounds.left * scale), round(bounds.top * scale)
        canvas = Canvas(image.crop((*corner, corner[0] + side, corner[1] + side)))
        placed = sheet.placed(sketch, bounds)
        yield canvas, corner, placed, View(bounds, scale).lines(placed, sheet.stroke_width, smooth=True)


def _shortened(text: str, font: Any, width: float) -> str:
    """The text, or as much of it as has room."""
    text = " ".join(text.split())[:200]
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text + "…"
