"""`.inkml`: the W3C's Ink Markup Language; our own files come back exactly, others as their traces."""

from __future__ import annotations

import bisect
import dataclasses
import functools
import itertools
import re
from array import array
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from sketchrnn.errors import FormatError, SketchError
from sketchrnn.files import StrPath, atomic_write
from sketchrnn.formats import safexml
from sketchrnn.formats.numbers import shortest
from sketchrnn.formats.picture import HUMAN_COLOR, MODEL_COLOR
from sketchrnn.formats.safexml import Element
from sketchrnn.sketch import MAX_POINTS, MAX_STROKES, Author, Floats, Sketch

_MAX_VALUES = 8 * MAX_POINTS
_MAX_REFERENCES = 10  # from one definition to the next
_MAX_CHANNELS = 32
_MAX_VISITS, _MAX_DEPTH = 500_000, 150  # elements, counted again wherever a view shows them
_POINTS_AT_ONCE, _CHARACTERS_AT_ONCE = 2_048, 8_192
_IDS = ("xml:id", "id")
_REFERENCES = ("contextRef", "brushRef", "priorRef", "traceDataRef", "traceFormatRef", "inkSourceRef")
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
_NUMBER = r"[-+]?(?:\d++\.?\d*+|\.\d++)(?:[eE][-+]?\d++)?+"
_VALUE = re.compile(_NUMBER)
_TOKEN = re.compile(rf"\s*(?:({_NUMBER})|#([0-9a-fA-F]{{1,16}})|([!'\"*?TF,])|(\S))")

Values = NDArray[np.float64]


def read(path: StrPath) -> Iterator[Sketch]:
    """The drawings of a file that `write` wrote, else one drawing with all traces, in pixels.

    Of each trace its X, Y and F (pressure) are taken, by absolute values and differences of both kinds.

    Raises:
        FormatError: no InkML, no traces in it, or something in it that is unsafe to read.
    """
    root = safexml.read(path, "ink", "InkML", namespace="", texts=("trace", "annotation"))
    try:
        ink = _Ink(root)
        own = any(_annotation(child) == ("generator", "sketchrnn") for child in root)
        for part in root if own else [root]:
            if part.name == "traceGroup" or not own:
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


class _Ink:
    """A document: what is referred to, and the context that holds where none is named."""

    def __init__(self, root: Element) -> None:
        self._tree = root.tree
        self.referred_to = {
            element.get(key) for element in self._tree.with_attribute(_REFERENCES) for key in _REFERENCES
        }
        self._by_id: dict[str, int] = {}
        for element in self._tree.with_attribute(_IDS) if self.referred_to else ():
            if (name := "#" + _id(element)) in self.referred_to:
                self._by_id[name] = element.number
        self._definitions = [(part.number, part.end) for part in root if part.name == "definitions"]
        self.formats: dict[int | None, _Format] = {}
        self.values = 0
        self._found: dict[tuple[int, str], Element | None] = {}  # what `within` found

    def sketch(self, part: Element, *, exact: bool) -> Sketch:
        """The drawing of all traces in a part of the document."""
        page = _Page(self)
        page.add(part, None, None)
        if not page.authors and not exact:
            raise FormatError("there is no trace in it; draw one")
        label = next((text for kind, text in map(_annotation, part) if kind in _LABELS), None)
        if label is not None and not exact:
            label = " ".join("".join(filter(str.isprintable, label.replace("\n", " "))).split())
        return page.sketch(label or None)

    def is_defined(self, element: Element) -> bool:
        """Whether it is in the definitions, and drawn only where a view asks for it."""
        place = bisect.bisect(self._definitions, (element.number, 0)) - 1
        return place >= 0 and element.number < self._definitions[place][1]

    def referred(self, element: Element, attribute: str) -> Element | None:
        number = self._by_id.get(element.get(attribute))
        return None if number is None else Element(self._tree, number)

    def within(self, element: Element | None, name: str, depth: int = 0) -> Element | None:
        """A definition (`traceFormat`, `brush`…) that a context has, refers to, or takes from another."""
        if element is None or depth > _MAX_REFERENCES:
            return None
        key = element.number, name
        if key not in self._found:
            self._found[key] = None  # for who refers to itself
            self._found[key] = self._look_within(element, name, depth)
        return self._found[key]

    def _look_within(self, element: Element, name: str, depth: int) -> Element | None:
        own = next((child for child in element if child.name == name), None)
        if own is None:
            own = self.referred(element, name + "Ref")
        if own is not None and own.name == name:
            return own
        source = next((child for child in element if child.name == "inkSource"), None)
        for other in (source, self.referred(element, "inkSourceRef"), self.referred(element, "contextRef")):
            found = self.within(other, name, depth + 1)
            if found is not None:
                return found
        return None

    def format(self, context: Element | None) -> _Format:
        key = None if context is None else context.number
        if key not in self.formats:
            self.formats[key] = _format(self.within(context, "traceFormat"))
        return self.formats[key]


def _format(element: Element | None) -> _Format:
    if element is None:
        return _Format()
    channels = [child for child in element.all() if child.name == "channel"]
    names = [channel.get("name") for channel in channels]
    if len(names) > _MAX_CHANNELS:
        raise FormatError(f"its traces have more than {_MAX_CHANNELS} channels; simplify the file")
    if "X" not in names or "Y" not in names:
        raise FormatError("its traces have no channels X and Y; there is nothing to draw")
    x, y = names.index("X"), names.index("Y")
    pressure = names.index("F") if "F" in names else None
    hardest = (0.0, 1.0)
    if pressure is not None:
        channel = channels[pressure]
        hardest = _number(channel.get("min"), 0.0), _number(channel.get("max"), 1.0)
    return _Format(x, y, pressure, len(names), (_scale(channels[x]), _scale(channels[y])), hardest)


def _scale(channel: Element) -> float:
    """Pixels of one unit of a channel, if its unit is one of length; negative where it runs back."""
    scale = _MILLIMETRES.get(channel.get("units"), 0.0)
    for child in channel:
        unit = child.get("units")
        if child.get("name") == "resolution" and unit[:2] in ("1/", "/"):
            value = _number(child.get("value"), 0.0)
            scale = _MILLIMETRES.get(unit[2:], 0.0) / value if value > 0 else scale
    scale = scale * 96 / 25.4 or 1.0
    return -scale if channel.get("orientation") == "-ve" else scale


def _number(text: str, otherwise: float) -> float:
    """A number of an attribute, the other where it is none."""
    if not _VALUE.fullmatch(text.strip()):
        return otherwise
    number = float(text)
    return number if np.isfinite(number) else otherwise


# --- traces --------------------------------------------------------------------------------------


class _Page:
    """The strokes of one drawing, in parts as they are found."""

    def __init__(self, ink: _Ink) -> None:
        self.authors: list[Author] = []  # of the strokes
        self._ink = ink
        self._current: Element | None = None  # the context that traces have which name none
        self._points = array("f")  # x, y of all parts
        self._pressures = array("f")  # at each point, NaN where none is known
        self._ends = array("I")  # the points until after each part
        self._strokes = array("I")  # the stroke that each part belongs to
        self._by_trace: dict[str, int] = {}
        self._traces = self._visits = self._depth = 0

    def sketch(self, label: str | None) -> Sketch:
        points = np.frombuffer(self._points, np.float32).reshape(-1, 2)
        pressures = np.frombuffer(self._pressures, np.float32)
        strokes = np.frombuffer(self._strokes, np.uintc)
        ends = np.array([0, *self._ends], np.int64)
        lengths = ends[1:] - ends[:-1]
        of_points = np.repeat(strokes, lengths)
        if (strokes[1:] < strokes[:-1]).any():  # parts of several strokes lie between each other
            order = np.argsort(of_points, kind="stable")
            points, pressures = points[order], pressures[order]
        bounds = [0, *np.cumsum(np.bincount(of_points, minlength=len(self.authors))).tolist()]
        known = None if np.isnan(pressures).all() else [*map(_known, _cut(pressures, bounds))]
        return Sketch(_cut(points, bounds), self.authors, label, known)

    def add(self, element: Element, context: Element | None, brush: Element | None) -> None:
        """All traces of an element, in a context and with a brush unless they name their own."""
        self._visits += 1
        if self._visits > _MAX_VISITS or self._depth > _MAX_DEPTH:
            raise FormatError("it shows its traces too often or without end; simplify the file")
        self._depth += 1
        context = self._named(element, "context", context)
        brush = self._named(element, "brush", brush)
        match element.name:
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
                    if self._ink.is_defined(child) or child.name == "traceView":
                        self.add(child, context, brush)
        self._depth -= 1

    def _named(self, element: Element, name: str, otherwise: Element | None) -> Element | None:
        found = self._ink.referred(element, name + "Ref")
        return found if found is not None and found.name == name else otherwise

    def _add_trace(self, trace: Element, context: Element | None, brush: Element | None) -> None:
        form = self._ink.format(context)
        self._traces += 1
        before = len(self._pressures)
        for values in _decoded(trace.text, form.width, max(form.x, form.y) + 1, self._traces):
            self._ink.values += values.size
            if len(self._pressures) + len(values) > MAX_POINTS or self._ink.values > _MAX_VALUES:
                raise FormatError(
                    f"it has too many points for a drawing; at most {MAX_POINTS:,} are supported"
                )
            with np.errstate(all="ignore"):  # what is not finite is refused by the sketch
                points = (values[:, [form.x, form.y]] * form.scale).astype(np.float32)
            self._points.frombytes(points.tobytes())
            self._pressures.frombytes(_pressure(values, form).tobytes())
        if len(self._pressures) == before:
            return
        stroke = self._by_trace.get(trace.get("priorRef"), len(self.authors) - 1)
        if trace.get("continuation") not in ("middle", "end") or stroke < 0:
            stroke = len(self.authors)
            if stroke == MAX_STROKES:
                raise FormatError(f"it has more than {MAX_STROKES:,} strokes, as many as are supported")
            if brush is None:
                brush = self._ink.within(context, "brush")
            is_model = brush is not None and _id(brush) == Author.MODEL
            self.authors.append(Author.MODEL if is_model else Author.HUMAN)
        self._ends.append(len(self._pressures))
        self._strokes.append(stroke)
        if (name := "#" + _id(trace)) in self._ink.referred_to:
            self._by_trace[name] = stroke


def _cut(values: Floats, bounds: list[int]) -> Iterator[Floats]:
    return (values[begin:end] for begin, end in itertools.pairwise(bounds))


def _known(pressure: Floats) -> Floats | None:
    return None if np.isnan(pressure).any() else pressure


def _pressure(values: Values, form: _Format) -> Floats:
    """That of points, NaN if it is beyond what the file promises, or none is told."""
    none, all_ = form.hardest
    unknown = np.full(len(values), np.nan, np.float32)
    if form.pressure is None:
        return unknown
    with np.errstate(all="ignore"):
        pressure = (values[:, form.pressure] - none) / (all_ - none)
    return pressure.astype(np.float32) if ((pressure >= 0) & (pressure <= 1)).all() else unknown


def _decoded(text: str, width: int, needed: int, number: int) -> Iterator[Values]:
    """The points of a trace as absolute values, (n, width), some thousands at a time.

    Args:
        needed: how many values each point must have; what is missing after them stays as it was.
    """
    if not _plain(width).fullmatch(text):  # it is written with differences, or without spaces
        yield from _decoded_by_token(text, width, needed, number)
        return
    begin = 0
    while begin < len(text):
        comma = text.find(",", begin + _CHARACTERS_AT_ONCE)
        end = comma if comma >= 0 else len(text)
        values = list(map(float, text[begin:end].replace(",", " ").split()))
        yield np.array(values, np.float64).reshape(-1, width)
        begin = end + 1


@functools.cache
def _plain(width: int) -> re.Pattern[str]:
    """Absolute values with spaces between them, all there in every point."""
    point = rf"\s*+{_NUMBER}" + rf"\s++{_NUMBER}" * (width - 1) + r"\s*+"
    return re.compile(rf"(?:{point}(?:,{point})*+,?)?+\s*+")


def _decoded_by_token(text: str, width: int, needed: int, number: int) -> Iterator[Values]:
    """The same, for every way that the standard allows to write a trace."""
    values = array("d")
    channels = [_Channel() for _ in range(width)]
    at = points = 0

    def end_of_point() -> None:
        nonlocal points
        if 0 < at < needed:
            raise FormatError(f"point {points + 1} of trace {number} lacks a value; write it anew")
        if at:
            points += 1
            values.extend(channel.value for channel in channels)

    for count, found in enumerate(_TOKEN.finditer(text)):
        decimal, hexadecimal, sign, wrong = found.groups()
        if wrong:
            raise FormatError(f"trace {number} has {wrong!a}, which no trace has; write it anew")
        if count > _MAX_VALUES:
            raise FormatError(f"trace {number} is absurdly long; simplify it")
        if sign == ",":
            end_of_point()
            at = 0
            if len(values) >= width * _POINTS_AT_ONCE:
                yield np.array(values).reshape(-1, width)
                del values[:]
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
    yield np.array(values).reshape(-1, width)


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


def _id(element: Element) -> str:
    return element.get("xml:id") or element.get("id")


def _annotation(element: Element) -> tuple[str, str] | tuple[None, None]:
    """The type and text of an annotation."""
    return (element.get("type"), element.text) if element.name == "annotation" else (None, None)
