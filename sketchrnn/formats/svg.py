"""`.svg`: drawings as vector graphics; exact when they are our own, flattened curves when foreign."""

from __future__ import annotations

import io
import itertools
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from sketchrnn.curves import rounding, width_at
from sketchrnn.errors import FormatError, SketchError
from sketchrnn.files import StrPath, atomic_write
from sketchrnn.formats import safexml
from sketchrnn.formats.numbers import found_in, shortest
from sketchrnn.formats.picture import (
    BAR_COLOR,
    CAPTION_COLOR,
    CELL_COLOR,
    HUMAN_COLOR,
    MODEL_COLOR,
    SHARP_REACH,
    Head,
    Sheet,
    Text,
    frame,
    schedule,
)
from sketchrnn.formats.safexml import Element
from sketchrnn.sketch import MAX_POINTS, Author, Bounds, Floats, Sketch

_MARK = "sketchrnn"  # class of the root element of files that this module wrote
_NAMESPACE = "http://www.w3.org/2000/svg"
_TEXTS = ("style", "title")
# Possessive, so that nothing is remembered on the way through millions of points.
_NUMBER = r"-?\d++(?:\.\d++)?+(?:e[+-]\d++)?+"
_VALUE = re.compile(_NUMBER)
_PAIR = rf"{_NUMBER},{_NUMBER}"
_POLYLINE = re.compile(rf"M{_PAIR}(?:h0| L{_PAIR}(?: {_PAIR})*+)")
_CURVE = re.compile(rf"M{_PAIR}(?:(?: L{_PAIR}(?= Q))?+ Q{_PAIR} {_PAIR})++ L{_PAIR}")
_POINT = re.compile(rf"[MQ]({_NUMBER}),({_NUMBER})")
_PRESSURE = re.compile(rf"{_NUMBER}(?: {_NUMBER})*+")
_NUMBERS_AT_ONCE = 1_000
_PLAIN, _PRESSED = {"class", "d", "stroke"}, {"class", "d", "stroke", "stroke-width", "data-pressure"}
_CAPTION = {"text_anchor": "middle", "font_family": "sans-serif", "fill": CAPTION_COLOR}
# Each path is one dash, moved into view. Nothing of this is left when a stroke is finished, and nothing
# of it is there for programs without animation or people who have asked for less motion.
_ANIMATION = (
    "@keyframes sketchrnn{from{visibility:hidden;stroke-dasharray:1 2;stroke-dashoffset:1}"
    "to{stroke-dasharray:1 2;stroke-dashoffset:0}}"
    "@media (prefers-reduced-motion:no-preference){"
    ".sketchrnn .ink path{animation-name:sketchrnn;animation-timing-function:linear;"
    "animation-fill-mode:backwards}}"
)
_TIMED = {"pathLength", "style"}
_TIMES = re.compile(r"(?:animation-delay:[\d.]+s;animation-duration:[\d.]+s)?")
_SMALLEST_SIDE, _LARGEST_SIDE = 64, 2_000  # a picture outside is shown at _SHOWN_SIDE pixels
_SHOWN_SIDE = 512


def read(path: StrPath) -> Iterator[Sketch]:
    """The one drawing of a file: exactly as it was, if `write` wrote it.

    Of a foreign file, all visible lines and outlines; curves become polylines.

    Raises:
        FormatError: no SVG, no lines in it, or something in it that is unsafe to read.
    """
    root = safexml.read(path, "svg", "SVG", _NAMESPACE, _TEXTS)
    try:
        sketch = _own(root)
        if sketch is None:
            from sketchrnn.formats import svg_foreign  # which our own files do not need

            sketch = svg_foreign.convert(root)
    except (FormatError, SketchError) as error:
        raise FormatError(f"{path}: {error}") from error
    yield sketch


def write(
    path: StrPath,
    sketches: Iterable[Sketch],
    *,
    paper: Bounds | None = None,
    stroke_width: float | None = None,
    human_color: str = HUMAN_COLOR,
    model_color: str = MODEL_COLOR,
    background: str | None = None,
    smooth: bool = True,
    animate: bool = False,
    seconds: float | None = None,
) -> None:
    """Writes one drawing, one path per stroke; several drawings become a sheet.

    Args:
        paper: the rectangle to show, in the drawing's own coordinates; by default the drawing and a
            margin.
        stroke_width: in the drawing's own unit; by default a hundredth of its larger side.
        human_color, model_color, background: any CSS colour; without a background it is transparent.
        smooth: round the line at its points, which are the curves' control points, so that reading the
            file gives them back exactly.
        animate: in a browser the drawing draws itself once, stroke by stroke; elsewhere it stands whole.
        seconds: how long that takes; by default as long as a hand would, but 8 s at most.
    """
    drawings = list(sketches)
    if len(drawings) != 1:
        colors = {"human_color": human_color, "model_color": model_color}
        write_sheet(path, drawings, **colors, animate=animate, seconds=seconds)  # type: ignore[arg-type]
        return
    sketch = drawings[0]
    width, view = frame(sketch, paper, stroke_width)
    document = _document(view, _shown_size(view), animate)
    if sketch.label:
        document.set_desc(title=sketch.label)
    if background is not None:
        size = (_short(view.width), _short(view.height))
        corner = (_short(view.left), _short(view.top))
        document.add(document.rect(corner, size, fill=background, class_="background"))
    ink = _ink_group(document, width)
    times = schedule(sketch, seconds) if animate else None
    rows = zip(sketch.strokes, sketch.authors, sketch.pressures, strict=True)
    for number, (stroke, author, pressure) in enumerate(rows):
        color = human_color if author is Author.HUMAN else model_color
        line = _smooth(stroke, SHARP_REACH * width) if smooth else _polyline(stroke)
        element = document.path(line, class_=author.value, stroke=color, **_timed(times, number))
        if pressure is not None:
            element["data-pressure"] = " ".join(shortest(pressure))
            element["stroke-width"] = _short(width * width_at(float(pressure.mean())))
        ink.add(element)
    document.add(ink)
    _save(path, document)


def write_sheet(
    path: StrPath,
    sketches: Sequence[Sketch],
    *,
    columns: int | None = None,
    cell: float = 140.0,
    titles: Sequence[str] | None = None,
    human_color: str = HUMAN_COLOR,
    model_color: str = MODEL_COLOR,
    animate: bool = False,
    seconds: float | None = None,
    head: Head | None = None,
) -> None:
    """Writes a grid of drawings, each scaled to fill its cell; a picture to look at, not to read back.

    Args:
        columns: drawings in a row; by default as many as make the sheet about 4:3.
        cell: side of a cell in pixels.
        titles: a caption under each drawing.
        animate, seconds: in a browser all drawings draw themselves at once.
        head: lines of text and charts above the drawings.
    """
    sheet = Sheet.of(path, sketches, columns, cell, titles, head)
    document = _document(Bounds(0, 0, sheet.width, sheet.height), (sheet.width, sheet.height), animate)
    document.add(document.rect((0, 0), (_short(sheet.width), _short(sheet.height)), fill="#ffffff"))
    for mark in sheet.marks():
        if isinstance(mark, Text):
            place_ = (_short(mark.x), _short(mark.y))
            style = {**_CAPTION, "text_anchor": mark.anchor, "font_size": _short(sheet.font_size)}
            document.add(document.text(mark.text, place_, **style))
        else:
            corner, size = (_short(mark.left), _short(mark.top)), (_short(mark.width), _short(mark.height))
            document.add(document.rect(corner, size, fill=BAR_COLOR))
    for number, (sketch, bounds) in enumerate(zip(sketches, sheet.cells(), strict=True)):
        box = document.g(class_="drawing")
        corner, size = (_short(bounds.left), _short(bounds.top)), (_short(cell), _short(cell))
        box.add(document.rect(corner, size, rx=_short(sheet.corner), fill=CELL_COLOR))
        ink = _ink_group(document, sheet.stroke_width)
        placed = sheet.placed(sketch, bounds)
        times = schedule(placed, seconds) if animate else None
        for place, (stroke, author) in enumerate(zip(placed.strokes, placed.authors, strict=True)):
            color = human_color if author is Author.HUMAN else model_color
            line = _smooth(stroke.round(1), SHARP_REACH * sheet.stroke_width)
            ink.add(document.path(line, class_=author.value, stroke=color, **_timed(times, place)))
        box.add(ink)
        if titles is not None:
            x, y = sheet.baseline(bounds)
            size_ = _short(sheet.font_size)
            box.add(document.text(titles[number], (_short(x), _short(y)), **_CAPTION, font_size=size_))
        document.add(box)
    _save(path, document)


# --- writing ------------------------------------------------------------------------------------


def _document(view: Bounds, size: tuple[float, float], animate: bool) -> Any:
    import svgwrite  # takes a tenth of a second, and who only reads has no use for it

    numbers = (view.left, view.top, view.width, view.height)
    document = svgwrite.Drawing(
        size=tuple(_short(side) for side in size),
        viewBox=" ".join(str(_short(number)) for number in numbers),
        class_=_MARK,
        debug=False,
    )
    if animate:
        document.defs.add(document.style(_ANIMATION))
    return document


def _timed(times: Sequence[tuple[float, float]] | None, number: int) -> dict[str, Any]:
    """The attributes of an animated stroke's path."""
    if times is None:
        return {}
    begin, duration = times[number]
    return {"style": f"animation-delay:{begin:.2f}s;animation-duration:{duration:.2f}s", "pathLength": 1}


def _ink_group(document: Any, width: float) -> Any:
    return document.g(
        class_="ink",
        fill="none",
        stroke_width=_short(width),
        stroke_linecap="round",
        stroke_linejoin="round",
    )


def _save(path: StrPath, document: Any) -> None:
    text = io.StringIO()
    document.write(text, pretty=True, indent=1)
    with atomic_write(path) as file:
        file.write(text.getvalue().encode("utf-8"))


def _polyline(stroke: Floats) -> str:
    """Path data: "M0,0 L1,2 3,4"; a dot is "M5,5h0", which round line caps make visible."""
    xs, ys = shortest(stroke[:, 0]), shortest(stroke[:, 1])
    if len(xs) == 1:
        return f"M{xs[0]},{ys[0]}h0"
    points = [f"{x},{y}" for x, y in zip(xs, ys, strict=True)]
    return f"M{points[0]} L{' '.join(points[1:])}"


def _smooth(stroke: Floats, reach: float) -> str:
    """Path data: "M0,0 L1,2 Q1.5,3 2,3 L9,9", the stroke's points being its ends and the Q's first pairs."""
    if len(stroke) < 3:
        return _polyline(stroke)
    xs, ys = shortest(stroke[:, 0]), shortest(stroke[:, 1])
    entries, leaves = rounding(stroke.astype(np.float64), reach)
    parts, before = [f"M{xs[0]},{ys[0]}"], ""
    for x, y, entry, leave in zip(xs[1:-1], ys[1:-1], entries.tolist(), leaves.tolist(), strict=True):
        begin, end = _near(entry), _near(leave)
        if begin != before:
            parts.append(f"L{begin}")
        parts.append(f"Q{x},{y} {end}")
        before = end
    return " ".join([*parts, f"L{xs[-1]},{ys[-1]}"])


def _near(point: Sequence[float]) -> str:
    """A point of the picture that the drawing does not need back: to five digits."""
    return ",".join(f"{coordinate:.5g}" for coordinate in point)


def _shown_size(view: Bounds) -> tuple[float, float]:
    side = view.larger_side
    scale = 1.0 if _SMALLEST_SIDE <= side <= _LARGEST_SIDE or not side else _SHOWN_SIDE / side
    return view.width * scale, view.height * scale


def _short(number: float) -> float | int:
    """A measure of the page, to four digits after the point."""
    rounded = round(float(number), 4)
    return int(rounded) if rounded.is_integer() else rounded


# --- reading our own -----------------------------------------------------------------------------


def _own(root: Element) -> Sketch | None:
    """The drawing of a file that `write` wrote and nobody changed since; else None."""
    if root.get("class") != _MARK or "transform" in root.attributes:
        return None
    label = None
    points = array("f")  # x, y of all strokes
    ends = [0]
    authors: list[str] = []
    pressures: list[Floats | None] = []
    for element in root:
        if element.name == "title":
            label = element.text or None
        elif element.name == "g" and element.get("class") == "ink" and "transform" not in element.attributes:
            for path in element:
                stroke = _own_stroke(path)
                if stroke is None:
                    return None
                pressure = _own_pressure(path)
                if pressure is not None and 2 * len(pressure) != len(stroke):
                    return None
                points.frombytes(stroke.tobytes())
                if len(points) > 2 * MAX_POINTS:
                    raise FormatError(f"it has more than {MAX_POINTS:,} points, as many as are supported")
                ends.append(len(points) // 2)
                authors.append(Author(path.get("class")))
                pressures.append(pressure)
        elif element.name == "defs":
            if any(child.name != "style" or child.text != _ANIMATION for child in element):
                return None
        elif element.end > element.number + 1 or element.get("class") != "background":
            return None
    lines = np.frombuffer(points, np.float32).reshape(-1, 2)
    return Sketch((lines[a:b] for a, b in itertools.pairwise(ends)), authors, label, pressures)


def _own_pressure(path: Element) -> Floats | None:
    numbers = path.attributes.get("data-pressure")
    return None if numbers is None else _floats(found_in(_VALUE, numbers, _NUMBERS_AT_ONCE))


def _own_stroke(path: Element) -> Floats | None:
    """x, y, x, y… of a path as `write` makes it; None of others."""
    data = path.get("d")
    if (
        path.name != "path"
        or path.attributes.keys() - _TIMED not in (_PLAIN, _PRESSED)
        or not _TIMES.fullmatch(path.get("style"))
        or path.get("class") not in (Author.HUMAN, Author.MODEL)
        or not _PRESSURE.fullmatch(path.get("data-pressure", "1"))
    ):
        return None
    if _POLYLINE.fullmatch(data):
        return _floats(found_in(_VALUE, data.removesuffix("h0"), _NUMBERS_AT_ONCE))
    if _CURVE.fullmatch(data):
        last = data.rindex("L")
        kept = found_in(_POINT, data, _NUMBERS_AT_ONCE)
        return _floats(itertools.chain(kept, found_in(_VALUE, data, _NUMBERS_AT_ONCE, last)))
    return None


def _floats(pieces: Iterable[list[float]]) -> Floats:
    """All the numbers in single precision; too many are cut short, but still too many."""
    numbers = array("d")
    for some in pieces:
        numbers.extend(some)
        if len(numbers) > 2 * MAX_POINTS:
            break
    with np.errstate(over="ignore"):  # what is not finite is refused by the sketch
        return np.frombuffer(numbers, np.float64).astype(np.float32)
