"""`.inkml`: the W3C's Ink Markup Language; our own files come back exactly, others as their traces."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from sketchrnn.errors import FormatError, SketchError
from sketchrnn.files import StrPath, atomic_write
from sketchrnn.formats import safexml
from sketchrnn.formats.numbers import shortest
from sketchrnn.formats.picture import HUMAN_COLOR, MODEL_COLOR
from sketchrnn.sketch import MAX_POINTS, Author, Sketch

_MAX_VALUES = 8 * MAX_POINTS
_MAX_REFERENCES = 10  # from one definition to the next
_MAX_CHANNELS = 32
_MAX_VISITS, _MAX_DEPTH = 500_000, 150  # elements, counted again wherever a view shows them
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_MARK = '<annotation type="generator">sketchrnn</annotation>'
_HEAD = f"""<?xml version="1.0" encoding="utf-8"?>
<ink xmlns="http://www.w3.org/2003/InkML">
 {_MARK}
 <definitions>
  <brush xml:id="human"><brushProperty name="color" value="{HUMAN_COLOR}"/></brush>
  <brush xml:id="model"><brushProperty name="color" value="{MODEL_COLOR}"/></brush>
  <context xml:id="pressed">
   <traceFormat>
    <channel name="X" type="decimal"/>
    <channel name="Y" type="decimal"/>
    <channel name="F" type="decimal" min="0" max="1"/>
   </traceFormat>
  </context>
 </definitions>
"""
_LABELS = ("truth", "label")
# Millimetres of each unit of length that the standard knows.
_MILLIMETRES = {
    "m": 1_000.0,
    "cm": 10.0,
    "mm": 1.0,
    "himetric": 0.01,
    "in": 25.4,
    "pt": 25.4 / 72,
    "pc": 25.4 / 6,
    "px": 25.4 / 96,
}
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_TOKEN = re.compile(rf"\s*(?:({_NUMBER})|#([0-9a-fA-F]{{1,16}})|([!'\"*?TF,])|(\S))")

Values = NDArray[np.float64]


def read(path: StrPath) -> Iterator[Sketch]:
    """The drawings of a file that `write` wrote, else one drawing with all traces, in pixels.

    Of each trace its X, Y and F (pressure) are taken, by absolute values and differences of both kinds.

    Raises:
        FormatError: no InkML, no traces in it, or something in it that is unsafe to read.
    """
    root = safexml.read(path, "ink", "InkML")
    try:
        ink = _Ink(root)
        own = any(_annotation(child) == ("generator", "sketchrnn") for child in root)
        for part in [child for child in root if _name(child) == "traceGroup"] if own else [root]:
            yield ink.sketch(part, exact=own)
    except (FormatError, SketchError) as error:
        raise FormatError(f"{path}: {error}") from error


def write(path: StrPath, sketches: Iterable[Sketch]) -> None:
    """Writes a trace group for each drawing, a trace for each stroke, with its author as its brush."""
    with atomic_write(path) as file:
        file.write(_HEAD.encode())
        for sketch in sketches:
            lines = [" <traceGroup>"]
            if sketch.label:
                lines.append(f'  <annotation type="truth">{escape(sketch.label)}</annotation>')
            for stroke, author, pressure in zip(
                sketch.strokes, sketch.authors, sketch.pressures, strict=True
            ):
                columns = [stroke[:, 0], stroke[:, 1], *([] if pressure is None else [pressure])]
                points = ", ".join(map(" ".join, zip(*map(shortest, columns), strict=True)))
                context = "" if pressure is None else ' contextRef="#pressed"'
                lines.append(f'  <trace brushRef="#{author}"{context}>{points}</trace>')
            file.write("\n".join([*lines, " </traceGroup>", ""]).encode())
        file.write(b"</ink>\n")


# --- definitions ---------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class _Format:
    """Where in a point the values are that a drawing needs."""

    x: int = 0
    y: int = 1
    pressure: int | None = None
    width: int = 2  # values in a point, those that need not be there among them
    scale: tuple[float, float] = (1.0, 1.0)  # pixels of a unit in x and y, negative where the axis runs back
    hardest: tuple[float, float] = (0.0, 1.0)  # pressure: nothing, and everything


@dataclasses.dataclass(slots=True)
class _Stroke:
    points: list[Values]
    pressures: list[Values | None]
    author: Author


class _Ink:
    """A document: what can be referred to, and the context that holds where none is named."""

    def __init__(self, root: Element) -> None:
        self.by_id = {"#" + name: element for element in root.iter() if (name := _id(element))}
        self.defined = {
            element for part in root if _name(part) == "definitions" for element in part.iter()
        }  # is drawn only where a view asks for it
        self.formats: dict[Element | None, _Format] = {}
        self.values = 0

    def sketch(self, part: Element, *, exact: bool) -> Sketch:
        """The drawing of all traces in a part of the document."""
        page = _Page(self)
        page.add(part, None, None)
        strokes = [np.concatenate(stroke.points) for stroke in page.strokes]
        pressures = [
            np.concatenate([p for p in stroke.pressures if p is not None]) if _all_there(stroke) else None
            for stroke in page.strokes
        ]
        if not strokes and not exact:
            raise FormatError("there is no trace in it; draw one")
        label = next((text for kind, text in map(_annotation, part) if kind in _LABELS), None)
        if label is not None and not exact:
            label = " ".join("".join(filter(str.isprintable, label.replace("\n", " "))).split())
        return Sketch(strokes, [stroke.author for stroke in page.strokes], label or None, pressures)

    def referred(self, element: Element, attribute: str) -> Element | None:
        return self.by_id.get(element.get(attribute, ""))

    def within(self, element: Element | None, name: str, depth: int = 0) -> Element | None:
        """A definition (`traceFormat`, `brush`…) that a context has, refers to, or takes from another."""
        if element is None or depth > _MAX_REFERENCES:
            return None
        own = next((child for child in element if _name(child) == name), None)
        if own is None:
            own = self.referred(element, name + "Ref")
        if own is not None and _name(own) == name:
            return own
        source = next((child for child in element if _name(child) == "inkSource"), None)
        for other in (source, self.referred(element, "inkSourceRef"), self.referred(element, "contextRef")):
            found = self.within(other, name, depth + 1) if other is not element else None
            if found is not None:
                return found
        return None

    def format(self, context: Element | None) -> _Format:
        if context not in self.formats:
            self.formats[context] = _format(self.within(context, "traceFormat"))
        return self.formats[context]


def _all_there(stroke: _Stroke) -> bool:
    return all(pressure is not None for pressure in stroke.pressures)


def _format(element: Element | None) -> _Format:
    if element is None:
        return _Format()
    channels = [child for child in element.iter() if _name(child) == "channel"]
    names = [channel.get("name") for channel in channels]
    if len(names) > _MAX_CHANNELS:
        raise FormatError(f"its traces have more than {_MAX_CHANNELS} channels; simplify the file")
    if "X" not in names or "Y" not in names:
        raise FormatError("its traces have no channels X and Y; there is nothing to draw")
    x, y = names.index("X"), names.index("Y")
    pressure = names.index("F") if "F" in names else None
    hardest = (0.0, 1.0)
    if pressure is not None:
        hardest = _number(channels[pressure].get("min"), 0.0), _number(channels[pressure].get("max"), 1.0)
    return _Format(x, y, pressure, len(names), (_scale(channels[x]), _scale(channels[y])), hardest)


def _scale(channel: Element) -> float:
    """Pixels of one unit of a channel, if its unit is one of length; negative where it runs back."""
    scale = _MILLIMETRES.get(channel.get("units", ""), 0.0)
    for child in channel:
        unit = child.get("units", "")
        if child.get("name") == "resolution" and unit[:2] in ("1/", "/"):
            value = _number(child.get("value"), 0.0)
            scale = _MILLIMETRES.get(unit[2:], 0.0) / value if value > 0 else scale
    scale = scale * 96 / 25.4 or 1.0
    return -scale if channel.get("orientation") == "-ve" else scale


def _number(text: str | None, otherwise: float) -> float:
    """A number of an attribute, the other where it is none."""
    if text is None or not re.fullmatch(_NUMBER, text.strip()):
        return otherwise
    number = float(text)
    return number if np.isfinite(number) else otherwise


# --- traces --------------------------------------------------------------------------------------


class _Page:
    """The strokes of one drawing, as they are found."""

    def __init__(self, ink: _Ink) -> None:
        self.strokes: list[_Stroke] = []
        self._ink = ink
        self._current: Element | None = None  # the context that traces have which name none
        self._by_trace: dict[str, _Stroke] = {}
        self._points = 0
        self._visits = self._depth = 0

    def add(self, element: Element, context: Element | None, brush: Element | None) -> None:
        """All traces of an element, in a context and with a brush unless they name their own."""
        self._visits += 1
        if self._visits > _MAX_VISITS or self._depth > _MAX_DEPTH:
            raise FormatError("it shows its traces too often or without end; simplify the file")
        self._depth += 1
        context = self._named(element, "context", context)
        brush = self._named(element, "brush", brush)
        match _name(element):
            case "ink" | "traceGroup":
                for child in element:
                    self.add(child, context, brush)
            case "context":
                self._current = element
            case "trace" if element.get("type") != "penUp":
                self._add_trace(element, context if context is not None else self._current, brush)
            case "traceView":
                target = self._ink.referred(element, "traceDataRef")
                for child in [*([] if target is None else [target]), *element]:
                    if child in self._ink.defined or _name(child) == "traceView":
                        self.add(child, context, brush)
        self._depth -= 1

    def _named(self, element: Element, name: str, otherwise: Element | None) -> Element | None:
        found = self._ink.referred(element, name + "Ref")
        return found if found is not None and _name(found) == name else otherwise

    def _add_trace(self, trace: Element, context: Element | None, brush: Element | None) -> None:
        form = self._ink.format(context)
        number = len(self.strokes) + 1
        values = _decoded(trace.text or "", form.width, max(form.x, form.y) + 1, number)
        self._ink.values += values.size
        self._points += len(values)
        if self._points > MAX_POINTS or self._ink.values > _MAX_VALUES:
            raise FormatError(f"it has too many points for a drawing; at most {MAX_POINTS:,} are supported")
        if not len(values):
            return
        with np.errstate(all="ignore"):  # what is not finite is refused by the sketch
            points = values[:, [form.x, form.y]] * form.scale
        pressure = _pressure(values, form)
        if brush is None:
            brush = self._ink.within(context, "brush")
        author = Author.MODEL if brush is not None and _id(brush) == Author.MODEL else Author.HUMAN
        stroke = _Stroke([points], [pressure], author)
        before = self._by_trace.get(trace.get("priorRef", ""), self.strokes[-1] if self.strokes else None)
        if trace.get("continuation") in ("middle", "end") and before is not None:
            before.points.append(points)
            before.pressures.append(pressure)
            stroke = before
        else:
            self.strokes.append(stroke)
        if name := _id(trace):
            self._by_trace["#" + name] = stroke


def _pressure(values: Values, form: _Format) -> Values | None:
    if form.pressure is None:
        return None
    none, all_ = form.hardest
    with np.errstate(all="ignore"):
        pressure = (values[:, form.pressure] - none) / (all_ - none)
    return pressure if ((pressure >= 0) & (pressure <= 1)).all() else None


def _decoded(text: str, width: int, needed: int, number: int) -> Values:
    """The points of a trace, (n, width) of absolute values.

    Args:
        needed: how many values each point must have; what is missing after them stays as it was.
    """
    rows = [row.split(None, width) for row in text.split(",", MAX_POINTS + 1)]
    if rows and not rows[-1]:
        rows.pop()  # a comma may end a trace
    if len(rows) > MAX_POINTS or len(rows) * width > _MAX_VALUES:
        raise FormatError(f"trace {number} has too many points; at most {MAX_POINTS:,} are supported")
    try:
        if all(len(row) == width for row in rows):
            return np.array(rows, np.float64).reshape(-1, width)
    except ValueError:
        pass  # it is written with differences, or without spaces
    return _decoded_by_token(text, width, needed, number)


def _decoded_by_token(text: str, width: int, needed: int, number: int) -> Values:
    """The same, for every way that the standard allows to write a trace."""
    rows: list[list[float]] = []
    channels = [_Channel() for _ in range(width)]
    at = 0

    def end_of_point() -> None:
        if 0 < at < needed:
            raise FormatError(f"point {len(rows) + 1} of trace {number} lacks a value; write it anew")
        if at:
            rows.append([channel.value for channel in channels])

    for count, found in enumerate(_TOKEN.finditer(text)):
        decimal, hexadecimal, sign, wrong = found.groups()
        if wrong:
            raise FormatError(f"trace {number} has {wrong!a}, which no trace has; write it anew")
        if count > _MAX_VALUES:
            raise FormatError(f"trace {number} is absurdly long; simplify it")
        if sign == ",":
            end_of_point()
            at = 0
        elif at >= width:
            continue  # more values than there are channels
        elif sign and sign in "!'\"":
            channels[at].sign = sign
        else:
            if decimal or hexadecimal:
                channels[at].take(float(decimal) if decimal else float(int(hexadecimal, 16)))
            elif sign == "*":
                channels[at].go_on()
            elif sign != "?":
                channels[at].take(float(sign == "T"))
            at += 1
    end_of_point()
    return np.array(rows, np.float64).reshape(-1, width)


@dataclasses.dataclass(slots=True)
class _Channel:
    """What a channel's values are added to.

    A value is absolute, the difference from the one before (') or the difference of such differences (").
    That holds for its channel until another sign is there; ! is the sign of absolute values.
    """

    sign: str = "!"
    value: float = 0.0
    speed: float = 0.0
    change: float = 0.0

    def take(self, given: float) -> None:
        if self.sign == "!":
            self.value, self.speed, self.change = given, 0.0, 0.0
            return
        if self.sign == "'":
            self.speed, self.change = given, 0.0
        else:
            self.change = given
        self.go_on()

    def go_on(self) -> None:
        """The value of *: as before, or moved by the last differences."""
        if self.sign != "!":
            self.speed += self.change
            self.value += self.speed


# --- elements ------------------------------------------------------------------------------------


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _id(element: Element) -> str | None:
    return element.get(_ID) or element.get("id")


def _annotation(element: Element) -> tuple[str, str] | tuple[None, None]:
    """The type and text of an annotation."""
    if _name(element) != "annotation":
        return None, None
    return element.get("type", ""), element.text or ""
