"""Foreign SVGs: whatever has an outline becomes strokes, in the order of the file."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray
from svgelements import SVG, Arc, CubicBezier, Path, QuadraticBezier, Shape

from sketchrnn.errors import FormatError
from sketchrnn.sketch import MAX_POINTS, Author, Sketch

TOLERANCE = 1 / 1_000
"""How far a polyline may leave its curve, as a part of the larger side of the drawing."""

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
_GROUPS = frozenset({"svg", "g", "a", "switch", "defs", "symbol", "use"})
_SHAPES = frozenset({"path", "line", "polyline", "polygon", "rect", "circle", "ellipse"})
_PRESENTATION = ("id", "class", "style", "fill", "stroke", "display", "visibility")
_PLACEMENT = ("transform", "width", "height", "viewBox", "preserveAspectRatio", "x", "y")
_OUTLINE = ("d", "points", "x1", "y1", "x2", "y2", "r", "rx", "ry", "cx", "cy")
_ATTRIBUTES = frozenset(_PRESENTATION + _PLACEMENT + _OUTLINE)
_NUMBER = re.compile(r"\d+\.?\d*|\.\d+")
_MAX_ELEMENTS = 100_000  # after every use of a symbol has been put in its place
_MAX_NUMBERS = 4 * MAX_POINTS
_MAX_DEPTH = 200
_MAX_STYLE = 256 << 10
_MAX_PIECES = 200  # of one curve

Points = NDArray[np.float64]


def convert(root: Element) -> Sketch:
    """The drawing of a parsed SVG, in pixels.

    Raises:
        FormatError: nothing in it has an outline, it refers to other files, or it is absurdly large.
        SketchError: too many points, or coordinates beyond all measure.
    """
    clean = _cleaned(root)
    if clean is None:
        raise FormatError("there is nothing in it that can be seen")
    _check_size(clean)
    try:
        with np.errstate(all="ignore"):  # what is not finite is refused by the sketch
            strokes, authors = _flattened(_shapes(ElementTree.tostring(clean)))
    except Exception as error:  # svgelements was not written for damaged files, and raises anything
        raise FormatError("it has shapes that make no sense; save it again as plain SVG") from error
    if not strokes:
        raise FormatError("there is no line in it; draw one, or turn its text and pictures into paths")
    title = root.findtext(_NAMESPACE + "title")
    return Sketch(strokes, authors, title.strip() or None if title else None)


# --- making it safe ------------------------------------------------------------------------------


def _cleaned(element: Element) -> Element | None:
    """A copy with nothing but shapes, groups, style sheets, and the attributes that place them."""
    name = element.tag.removeprefix(_NAMESPACE)
    if name == "style":
        style = Element(name)
        style.text = _cleaned_style(element.text or "")
        return style
    if name not in _GROUPS and name not in _SHAPES:
        return None
    copy = Element("g" if name in ("symbol", "a", "switch") else name)
    copy.attrib = {key: value for key, value in element.attrib.items() if key in _ATTRIBUTES}
    if name == "use":
        target = next((element.attrib[key] for key in _HREFS if key in element.attrib), "")
        if not target.startswith("#"):
            raise FormatError(f"it uses another file, {ascii(target)[:60]}; put everything into one file")
        copy.set("href", target)
    if name in _GROUPS and name != "use":
        copy.extend(child for child in map(_cleaned, element) if child is not None)
    if name == "symbol":  # is drawn only where it is used
        hidden = Element("defs")
        hidden.append(copy)
        return hidden
    return copy


def _cleaned_style(text: str) -> str:
    """Only plain rules: svgelements searches style sheets with slow regular expressions."""
    rules = [rule.split("{") for rule in text[:_MAX_STYLE].split("}")]
    return " ".join(f"{rule[0]}{{{rule[1]}}}" for rule in rules if len(rule) == 2 and rule[0] and rule[1])


def _check_size(root: Element) -> None:
    """Refuses what would take minutes: too many numbers, or symbols that use symbols that use…"""
    by_id = {"#" + element.attrib["id"]: element for element in root.iter() if "id" in element.attrib}
    sizes: dict[Element, tuple[int, int]] = {}

    def size(element: Element, depth: int) -> tuple[int, int]:
        """(elements, numbers) of an element with all that it uses."""
        if element in sizes:
            return sizes[element]
        if depth > _MAX_DEPTH:
            raise FormatError("its symbols use each other without end; simplify the file")
        data = element.get("d") or element.get("points") or ""
        elements, numbers = 1, len(_NUMBER.findall(data))
        inner = list(element)
        used = by_id.get(element.get("href", ""))
        for child in [*inner, *([] if used is None else [used])]:
            more_elements, more_numbers = size(child, depth + 1)
            elements += more_elements
            numbers += more_numbers
        sizes[element] = elements, numbers
        return elements, numbers

    elements, numbers = size(root, 0)
    if elements > _MAX_ELEMENTS or numbers > _MAX_NUMBERS:
        raise FormatError(f"it has {elements:,} elements and {numbers:,} coordinates; simplify it first")


# --- shapes to strokes ---------------------------------------------------------------------------


def _shapes(data: bytes) -> list[tuple[Path, Author]]:
    """The visible shapes as paths in pixels, in drawing order."""
    document = SVG.parse(io.BytesIO(data), reify=True)
    shapes = []
    for shape in document.elements() if isinstance(document, SVG) else ():
        if not isinstance(shape, Shape) or shape.values.get("visibility") in ("hidden", "collapse"):
            continue
        if shape.fill.value is None and shape.stroke.value is None:
            continue
        classes = str(shape.values.get("class") or "").split()
        author = Author.MODEL if Author.MODEL.value in classes else Author.HUMAN
        shapes.append((abs(Path(shape)), author))
    return shapes


def _flattened(shapes: list[tuple[Path, Author]]) -> tuple[list[Points], list[Author]]:
    ends = [(point.x, point.y) for path, _ in shapes for segment in path if (point := segment.end)]
    tolerance = float(np.ptp(np.array(ends or [(0.0, 0.0)]), axis=0).max()) * TOLERANCE
    strokes: list[Points] = []
    authors: list[Author] = []
    for path, author in shapes:
        for stroke in _strokes(path, tolerance):
            strokes.append(stroke)
            authors.append(author)
    return strokes, authors


def _strokes(path: Path, tolerance: float) -> Iterator[Points]:
    """One stroke per subpath, without repeated points; a subpath of no length is a dot."""
    for subpath in path.as_subpaths():
        points: list[complex] = []
        for segment in subpath:
            if segment.end is None:
                continue
            if isinstance(segment, Arc):
                for cubic in segment.as_cubic_curves():
                    points += _curve(cubic, tolerance)
            elif isinstance(segment, CubicBezier | QuadraticBezier):
                points += _curve(segment, tolerance)
            else:
                points.append(complex(segment.end))
        if len(points) > 1:
            line = np.array(points)
            line = line[np.append(True, line[1:] != line[:-1])]
            yield np.column_stack([line.real, line.imag])


def _curve(curve: CubicBezier | QuadraticBezier, tolerance: float) -> list[complex]:
    """Points on a Bézier curve after its start, as many as the tolerance asks for.

    A chord over 1/n of a curve leaves it by at most max|B''| / (8 n²).
    """
    quadratic = isinstance(curve, QuadraticBezier)
    inner = [curve.control] if quadratic else [curve.control1, curve.control2]
    controls = np.array([complex(point) for point in (curve.start, *inner, curve.end)])
    degree = len(controls) - 1
    bend = float(np.abs(np.diff(controls, 2)).max()) * degree * (degree - 1)
    count = math.ceil(math.sqrt(bend / (8 * tolerance))) if tolerance > 0 else 1
    t = np.linspace(0, 1, min(max(count, 1), _MAX_PIECES) + 1)[1:]
    points = np.zeros(len(t), complex)
    for k, control in enumerate(controls):
        points += math.comb(degree, k) * (1 - t) ** (degree - k) * t**k * control
    points[-1] = controls[-1]  # to the last bit, so that neighbours join
    return list(points)
