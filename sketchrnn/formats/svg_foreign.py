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
_PLACEMENT = ("width", "height", "viewBox", "preserveAspectRatio", "x", "y", "id", "class")
_OUTLINE = ("d", "points", "x1", "y1", "x2", "y2", "r", "rx", "ry", "cx", "cy")
_STYLE = ("fill", "stroke", "display", "visibility", "transform")  # what decides over seeing a shape
_ATTRIBUTES = frozenset(_PLACEMENT + _OUTLINE + _STYLE)
_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(r"[a-zA-Z]|\d+\.?\d*|\.\d+")
# A foreign file takes svgelements up to 30 µs a token and 250 µs an element: seconds, at most.
_MAX_TOKENS = 2 * MAX_POINTS
_MAX_ELEMENTS = 20_000  # after every use of a symbol has been put in its place
_MAX_DEPTH = 200
_MAX_LENGTH = 1_000  # of an attribute that is no outline
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
        style.text = _cleaned_sheet(element.text or "")
        return style
    if name not in _GROUPS and name not in _SHAPES:
        return None
    copy = Element("g" if name in ("symbol", "a", "switch") else name)
    for key in _ATTRIBUTES & element.attrib.keys():
        value = _SPACE.sub(" ", element.attrib[key])
        copy.set(key, value if key in ("d", "points") else value[:_MAX_LENGTH])
    if "style" in element.attrib:
        copy.set("style", _declarations([element.attrib["style"]]))
    if name == "use":
        target = next((element.attrib[key] for key in _HREFS if key in element.attrib), "")
        if not target.startswith("#"):
            raise FormatError(f"it uses another file, {ascii(target)[:60]}; put everything into one file")
        copy.set("href", target)
    elif name in _GROUPS:
        copy.extend([child for child in map(_cleaned, element) if child is not None])
    if name == "symbol":  # is drawn only where it is used
        hidden = Element("defs")
        hidden.append(copy)
        return hidden
    return copy


def _cleaned_sheet(text: str) -> str:
    """One rule for each selector of a style sheet: svgelements searches long ones for minutes."""
    before, *rest = text.split("/*")
    text = before + "".join(part.partition("*/")[2] for part in rest)
    sheet: dict[str, list[str]] = {}
    for rule in text.split("}"):
        selectors, brace, declarations = rule.partition("{")
        if brace:
            for selector in selectors.split(","):
                sheet.setdefault(selector.strip()[:_MAX_LENGTH], []).append(declarations)
    rules = {selector: _declarations(parts) for selector, parts in sheet.items()}
    return " ".join(f"{selector}{{{kept}}}" for selector, kept in rules.items() if selector and kept)


def _declarations(parts: list[str]) -> str:
    """Of CSS declarations, the last of each property that decides over seeing a shape."""
    found = {}
    for part in parts:
        for declaration in part.split(";"):
            name, _, value = declaration.partition(":")
            if name.strip() in _STYLE:
                found[name.strip()] = value.strip()[:_MAX_LENGTH]
    return ";".join(f"{name}:{value}" for name, value in found.items())


def _check_size(root: Element) -> None:
    """Refuses what would take minutes: too long paths, or symbols that use symbols that use…"""
    by_id = {"#" + element.attrib["id"]: element for element in root.iter() if "id" in element.attrib}
    sizes: dict[Element, tuple[int, int]] = {}

    def size(element: Element, depth: int) -> tuple[int, int]:
        """(elements, tokens) of an element with all that it uses; a transform counts for each inside."""
        if element in sizes:
            return sizes[element]
        if depth > _MAX_DEPTH:
            raise FormatError("its symbols use each other without end; simplify the file")
        elements, tokens = 1, len(_TOKEN.findall(element.get("d") or element.get("points") or ""))
        used = by_id.get(element.get("href", ""))
        for child in [*element, *([] if used is None else [used])]:
            more_elements, more_tokens = size(child, depth + 1)
            elements += more_elements
            tokens += more_tokens
        tokens += elements * len(_TOKEN.findall(element.get("transform", "")))
        sizes[element] = elements, tokens
        return elements, tokens

    elements, tokens = size(root, 0)
    if elements > _MAX_ELEMENTS or tokens > _MAX_TOKENS:
        raise FormatError("it has too many shapes, or too long ones, for one drawing; simplify it")


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
