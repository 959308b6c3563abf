"""Foreign SVGs: whatever has an outline becomes strokes, in the order of the file."""

from __future__ import annotations

import dataclasses
import math
import re

import numpy as np

from sketchrnn.errors import FormatError
from sketchrnn.formats.safexml import Element
from sketchrnn.formats.svg_path import NUMBER, Matrix, Pen, draw_path, draw_points
from sketchrnn.formats.svg_style import Known, Paint, StyleSheet, is_hidden
from sketchrnn.sketch import Author, Bounds, Sketch

TOLERANCE = 1 / 1_000
"""How far a polyline may leave its curve, as a part of the larger side of the drawing."""

_HREFS = ("href", "xlink:href")
_GROUPS = frozenset({"svg", "g", "a", "switch"})
_SHAPES = frozenset({"path", "line", "polyline", "polygon", "rect", "circle", "ellipse"})
_MAX_ELEMENTS = 40_000  # with all that symbols bring along wherever they are used
_MAX_CHARACTERS = 10 << 20  # of outlines, likewise
_MAX_DEPTH = 150
_MAX_LENGTH = 1_000  # of an attribute that is no outline
_LENGTH = re.compile(rf"\s*({NUMBER})\s*([a-zA-Z%]*)\s*")
_NUMBERS = re.compile(NUMBER)
_TRANSFORM = re.compile(r"[\s,]*(matrix|translate|scale|rotate|skew)([XY]?)\s*\(([^()]*)\)", re.IGNORECASE)
# Pixels of each unit: 96 to an inch. A letter (em, ex) is taken as of 16 px.
_PIXELS = {
    "": 1.0,
    "px": 1.0,
    "pt": 96 / 72,
    "pc": 16.0,
    "mm": 96 / 25.4,
    "cm": 96 / 2.54,
    "q": 96 / 101.6,
    "in": 96.0,
    "em": 16.0,
    "rem": 16.0,
    "ex": 8.0,
}
_UNMOVED: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def convert(root: Element) -> Sketch:
    """The drawing of a parsed SVG, in pixels.

    A filled shape that covers the whole picture before anything else is there is its background: left out.

    Raises:
        FormatError: nothing in it has an outline, it refers to other files, or it is absurdly large.
        SketchError: too many points, or coordinates beyond all measure.
    """
    title = next((child.text for child in root if child.name == "title" and child.text), "").strip()
    with np.errstate(all="ignore"):  # what is not finite is refused by the sketch
        pen, authors = _drawn(root)
        root.tree.elements.clear()  # which take as much memory as the polylines will
        if not authors:
            raise FormatError("there is no line in it; draw one, or turn its text and pictures into paths")
        return Sketch(pen.polylines(TOLERANCE), authors, title or None)


def _drawn(root: Element) -> tuple[Pen, list[Author]]:
    """All visible outlines in pixels and drawing order, and who drew each."""
    page = _Page(root)
    page.add(root, _UNMOVED, Paint())
    return page.pen, page.authors


@dataclasses.dataclass(frozen=True, slots=True)
class _Size:
    """The user units that percentages are of."""

    width: float
    height: float


class _Page:
    """The visible subpaths, in pixels and drawing order, as they are found."""

    def __init__(self, root: Element) -> None:
        self.pen = Pen()
        self.authors: list[Author] = []  # of the subpaths
        self._root = root
        tree = root.tree
        used = {_target(element) for element in tree.all("use")}
        self._by_id: dict[str, Element] = {}
        for element in tree.with_attribute(["id"]) if used else ():
            if (name := "#" + element.get("id")) in used:
                self._by_id.setdefault(name, element)
        self._styles = StyleSheet(element.text for element in tree.all("style"))
        self._around: list[Known] = []  # the elements that the one at hand lies in
        self._open: list[int] = []  # their numbers
        self._size = _Size(100.0, 100.0)
        self._shown: Bounds | None = None  # the picture, in pixels
        self._elements = self._characters = 0

    def add(self, element: Element, matrix: Matrix, paint: Paint, *, used: Element | None = None) -> None:
        """All visible shapes of an element.

        Args:
            matrix: from the units around it to pixels.
            used: the `use` that shows it.
        """
        name = element.name
        if (
            name not in _GROUPS
            and name not in _SHAPES
            and name != "use"
            and not (name == "symbol" and used is not None)
        ):
            return
        self._elements += 1
        if self._elements > _MAX_ELEMENTS:
            raise FormatError("it has too many shapes for one drawing; simplify it")
        if len(self._around) > _MAX_DEPTH:
            raise FormatError("its symbols use each other without end; simplify the file")
        known = Known.of(element)
        own = self._styles.declared(element, known, self._around)
        if is_hidden(own):
            return
        paint = paint.under(own)
        matrix = _within(matrix, _transform(own.get("transform", "")))
        if name in _SHAPES:
            self._add_shape(element, name, matrix, paint)
            return
        self._around.append(known)
        self._open.append(element.number)
        size = self._size
        if name == "use":
            self._add_used(element, matrix, paint)
        else:
            viewed = self._viewed(element, used) if name in ("svg", "symbol") else _UNMOVED
            if viewed is not None:
                matrix = _within(matrix, viewed)
                for child in _chosen(element) if name == "switch" else element:
                    self.add(child, matrix, paint)
        self._size = size
        self._around.pop()
        self._open.pop()

    def _add_used(self, use: Element, matrix: Matrix, paint: Paint) -> None:
        target = _target(use)
        if not target.startswith("#"):
            raise FormatError(f"it uses another file, {ascii(target)[:60]}; put everything into one file")
        shown = self._by_id.get(target)
        if shown is None:
            return
        if shown.number in self._open:
            raise FormatError("its symbols use each other without end; simplify the file")
        offset = (1.0, 0.0, 0.0, 1.0, self._length(use, "x"), self._length(use, "y"))
        self.add(shown, _within(matrix, offset), paint, used=use)

    # --- viewports -----------------------------------------------------------------------------

    def _viewed(self, element: Element, used: Element | None) -> Matrix | None:
        """From the units in an `svg` or `symbol` to those around it; None if nothing of it is shown."""
        is_root = element.number == self._root.number
        box = [float(number) for number in _NUMBERS.findall(element.get("viewBox")[:_MAX_LENGTH])]
        x = y = 0.0
        sides = []
        for axis, (name, whole) in enumerate((("width", self._size.width), ("height", self._size.height))):
            given = used.get(name) if used is not None and name in used.attributes else element.get(name)
            if is_root and (not given or given.strip().endswith("%")):
                sides.append(box[2 + axis] if len(box) == 4 else math.nan)
            else:
                sides.append(self._measure(given, whole, whole))
        if not is_root and element.name == "svg":
            x, y = self._length(element, "x"), self._length(element, "y")
        if len(box) != 4:
            known = _Size(*(side if math.isfinite(side) else 100.0 for side in sides))
            if is_root and all(map(math.isfinite, sides)):
                self._shown = Bounds(0, 0, known.width, known.height)
            self._size = known
            return (1.0, 0.0, 0.0, 1.0, x, y)
        if is_root:
            sides = _in_proportion(element, box, sides)
            self._shown = Bounds(0, 0, *sides)
        if not (box[2] > 0 and box[3] > 0 and sides[0] > 0 and sides[1] > 0):
            return None
        self._size = _Size(box[2], box[3])
        return _fitted(box, (x, y, *sides), element.get("preserveAspectRatio")[:_MAX_LENGTH])

    def _length(self, element: Element, name: str) -> float:
        """A length of an element in user units; 0 where it has none."""
        diagonal = math.hypot(self._size.width, self._size.height) / math.sqrt(2)
        across = {"x": self._size.width, "c": self._size.width, "w": self._size.width}
        whole = across.get(name[0], diagonal)
        if name[0] in "yh" or name in ("cy", "ry"):
            whole = self._size.height
        elif name == "rx":
            whole = self._size.width
        return self._measure(element.get(name), whole, 0.0)

    def _measure(self, text: str, whole: float, otherwise: float) -> float:
        found = _LENGTH.fullmatch(text[:_MAX_LENGTH])
        if found is None:
            return otherwise
        if found[2] == "%":
            return float(found[1]) * whole / 100
        return float(found[1]) * _PIXELS.get(found[2].lower(), 1.0)

    # --- shapes --------------------------------------------------------------------------------

    def _add_shape(self, element: Element, name: str, matrix: Matrix, paint: Paint) -> None:
        if paint.visibility != "visible" or not (paint.filled or paint.stroked):
            return
        before = self.pen.subpaths
        self.pen.begin(matrix)
        self._draw(element, name)
        if not before and not paint.stroked and self._is_background():
            self.pen = Pen()
            return
        author = Author.MODEL if Author.MODEL.value in element.get("class").split() else Author.HUMAN
        self.authors += [author] * (self.pen.subpaths - before)

    def _is_background(self) -> bool:
        """Whether all that was drawn covers the whole picture, and is no more than a rectangle."""
        if self._shown is None or self.pen.subpaths != 1:
            return False
        corners = self.pen.few_points()
        if not corners:
            return False
        xs, ys = [corner.real for corner in corners], [corner.imag for corner in corners]
        slack = 0.005 * self._shown.larger_side
        at_corners = all(
            min(abs(x - min(xs)), abs(x - max(xs))) <= slack
            and min(abs(y - min(ys)), abs(y - max(ys))) <= slack
            for x, y in zip(xs, ys, strict=True)
        )
        return (
            at_corners
            and min(xs) <= slack
            and min(ys) <= slack
            and max(xs) >= self._shown.right - slack
            and max(ys) >= self._shown.bottom - slack
        )

    def _draw(self, element: Element, name: str) -> None:
        pen, text = self.pen, element.get("d" if name == "path" else "points")
        self._characters += len(text)
        if self._characters > _MAX_CHARACTERS:
            raise FormatError("its shapes are too long for one drawing; simplify it")
        if name == "path":
            draw_path(pen, text)
            return
        if name in ("polyline", "polygon"):
            draw_points(pen, text, closed=name == "polygon")
            return
        length = {key: self._length(element, key) for key in _LENGTHS[name]}
        given = element.attributes
        if name == "line":
            pen.move(complex(length["x1"], length["y1"]))
            pen.line(complex(length["x2"], length["y2"]))
        elif name == "rect":
            rx, ry = (max(length[key], 0.0) for key in ("rx", "ry"))
            if length["width"] > 0 and length["height"] > 0:
                sides = (length["x"], length["y"], length["width"], length["height"])
                pen.rectangle(*sides, rx if "rx" in given else ry, ry if "ry" in given else rx)
        else:
            rx, ry = (length["r"],) * 2 if name == "circle" else (length["rx"], length["ry"])
            if name == "ellipse":  # one radius is enough
                rx, ry = rx if "rx" in given else ry, ry if "ry" in given else rx
            if rx > 0 and ry > 0:
                pen.ellipse(complex(length["cx"], length["cy"]), rx, ry)


_LENGTHS = {
    "line": ("x1", "y1", "x2", "y2"),
    "rect": ("x", "y", "width", "height", "rx", "ry"),
    "circle": ("cx", "cy", "r"),
    "ellipse": ("cx", "cy", "rx", "ry"),
}


def _target(use: Element) -> str:
    """What a `use` shows: "#name" of an element of the document, else something elsewhere."""
    return next((use.get(key).strip() for key in _HREFS if key in use.attributes), "")


def _chosen(switch: Element) -> list[Element]:
    """The first child of a `switch` that asks for nothing that this program lacks."""
    for child in switch:
        known = not child.name.startswith("}") and child.name != "foreignObject"
        if known and not child.get("requiredExtensions"):
            return [child]
    return []


def _in_proportion(root: Element, box: list[float], sides: list[float]) -> list[float]:
    """Width and height of the picture; one that is not given follows from the other."""
    given = ["%" not in root.get(name, "%") for name in ("width", "height")]
    width, height = sides
    if given == [True, False]:
        height = width * box[3] / box[2] if box[2] else 0.0
    elif given == [False, True]:
        width = height * box[2] / box[3] if box[3] else 0.0
    return [width, height]


def _fitted(box: list[float], port: tuple[float, ...], how: str) -> Matrix:
    """From a view box to its place: as large as fits in there, in the middle, unless `how` says otherwise."""
    x, y, width, height = port
    across, down = width / box[2], height / box[3]
    words = how.replace("defer", "").split()
    align = words[0] if words else "xMidYMid"
    if align != "none":
        across = down = max(across, down) if "slice" in words else min(across, down)
        shares = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}
        x += (width - box[2] * across) * shares.get(align[1:4], 0.5)
        y += (height - box[3] * down) * shares.get(align[5:8], 0.5)
    return (across, 0.0, 0.0, down, x - box[0] * across, y - box[1] * down)


def _within(outer: Matrix, inner: Matrix) -> Matrix:
    """What moves a point as `inner` does, and then as `outer` does."""
    if inner == _UNMOVED:
        return outer
    a, b, c, d, e, f = outer
    p, q, r, s, t, u = inner
    return (a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f)


def _transform(text: str) -> Matrix:
    """The matrix of a `transform`, up to the first mistake in it."""
    matrix, at = _UNMOVED, 0
    while found := _TRANSFORM.match(text, at):
        numbers = [float(number) for number in _NUMBERS.findall(found[3])]
        step = _step(found[1].lower(), found[2].upper(), numbers)
        if step is None:
            break
        matrix, at = _within(matrix, step), found.end()
    return matrix


def _step(kind: str, axis: str, numbers: list[float]) -> Matrix | None:
    """The matrix of one function of a `transform`; None if there is no such function of such numbers."""
    found: Matrix | None = None
    match kind, axis, numbers:
        case "matrix", "", [a, b, c, d, e, f]:
            found = a, b, c, d, e, f
        case "translate", _, [x] | [x, _]:
            y = numbers[1] if len(numbers) > 1 else 0.0
            found = (1, 0, 0, 1, 0, x) if axis == "Y" else (1, 0, 0, 1, x, y)
        case "scale", _, [x] | [x, _]:
            y = numbers[1] if len(numbers) > 1 else x
            found = (x if axis != "Y" else 1, 0, 0, y if axis != "X" else 1, 0, 0)
        case "rotate", "", [turn, *center] if len(center) in (0, 2) and math.isfinite(turn):
            cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
            x, y = center or (0.0, 0.0)
            found = cos, sin, -sin, cos, x - x * cos + y * sin, y - x * sin - y * cos
        case "skew", "X" | "Y", [turn] if math.isfinite(turn):
            slope = math.tan(math.radians(turn))
            found = (1, 0, slope, 1, 0, 0) if axis == "X" else (1, slope, 0, 1, 0, 0)
    return found
