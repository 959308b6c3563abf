"""Outlines of SVG shapes: path data and basic shapes as Bézier curves, and curves as polylines.

The grammar and the arithmetic of arcs are those of the SVG 1.1 recommendation, chapters 8 and 9 and
appendix F.6. As it asks for, path data is drawn up to the first mistake in it.
"""

from __future__ import annotations

import cmath
import itertools
import math
import re
from array import array
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sketchrnn.errors import FormatError
from sketchrnn.formats.numbers import found_in
from sketchrnn.sketch import MAX_POINTS, MAX_STROKES, Floats

_MOST = MAX_POINTS + MAX_POINTS // 10  # steps, and points of polylines, a few repeated ones among them
_MAX_PIECES = 200  # of one curve
# Possessive throughout: a mistake anywhere costs no second look.
NUMBER = r"[-+]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][-+]?\d++)?"
_NUMBER = re.compile(NUMBER)
_NUMBERS = re.compile(rf"(?:[\s,]*+{NUMBER})*+[\s,]*+")
_LETTERS = "MmZzLlHhVvCcSsQqTtAa"
_COMMAND = re.compile(rf"([{_LETTERS}])([^{_LETTERS}]*+)")
_START = re.compile(r"[ \t\r\n\f]*+[Mm]")
_BLANK = re.compile(r"[ \t\r\n\f,]*+")
_ARC = re.compile(
    rf"[\s,]*+({NUMBER})[\s,]*+({NUMBER})[\s,]*+({NUMBER})[\s,]*+([01])[\s,]*+([01])"
    rf"[\s,]*+({NUMBER})[\s,]*+({NUMBER})[\s,]*+"
)
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7}
_NUMBERS_AT_ONCE = 1_200  # a multiple of what any command takes
_POINTS_AT_ONCE = 4_096

Matrix = tuple[float, float, float, float, float, float]
Points = NDArray[np.float64]
Counts = NDArray[np.int64]

# What the pen did. A step takes one point, a curve three: its control points and its end.
_BEGUN, _STRAIGHT, _CURVED = 0, 1, 3


class Pen:
    """Draws the outlines of many shapes, each in its place; afterwards they are made polylines together.

    It keeps what it drew as float32, a point for a straight line and three for a curve.
    """

    def __init__(self) -> None:
        self.subpaths = 0
        """How many there are so far."""
        self.here = 0j
        self._first = 0j  # of the subpath
        self._is_down = False
        self._steps = bytearray()
        self._points: list[complex] = []  # of the last steps
        self._matrices: list[Matrix] = []  # what brings those into their place
        self._from: list[int] = []  # the first of those that each holds for
        self._placed = array("f")  # x, y of all points before

    def begin(self, matrix: Matrix) -> None:
        """Begins another shape. The matrix brings its points into their place."""
        if len(self._points) + len(self._matrices) > _POINTS_AT_ONCE:
            self._place()
        self._matrices.append(matrix)
        self._from.append(len(self._points))
        self.here = 0j
        self._is_down = False

    def few_points(self) -> list[complex]:
        """All points in their place, those of curves too, if the pen made no more than six steps."""
        a, b, c, d, e, f = self._matrices[-1]
        return [
            complex(a * point.real + c * point.imag + e, b * point.real + d * point.imag + f)
            for point in (self._points if len(self._steps) <= 6 else ())
        ]

    def move(self, to: complex) -> None:
        self.here = to
        self._is_down = False

    def line(self, to: complex) -> None:
        self._put_down()
        self._points.append(to)
        self._steps.append(_STRAIGHT)
        self.here = to

    def lines(self, points: list[complex]) -> None:
        """Straight lines from one point to the next."""
        if points:
            self._put_down()
            self._points += points
            self._steps += bytes([_STRAIGHT]) * len(points)
            self.here = points[-1]

    def cubic(self, first: complex, second: complex, to: complex) -> None:
        self._put_down()
        self._points += (first, second, to)
        self._steps.append(_CURVED)
        self.here = to

    def quadratic(self, control: complex, to: complex) -> None:
        self.cubic((self.here + 2 * control) / 3, (to + 2 * control) / 3, to)

    def close(self) -> None:
        self.line(self._first if self._is_down else self.here)
        self._is_down = False

    def arc(self, radii: complex, turn: float, large: bool, sweep: bool, to: complex) -> None:
        """An elliptical arc: `turn` in degrees is that of the ellipse's x axis."""
        start, rx, ry = self.here, abs(radii.real), abs(radii.imag)
        if start == to or not rx or not ry or not math.isfinite(rx + ry + turn + abs(to - start)):
            self.line(to)
            return
        axis = cmath.rect(1, math.radians(turn))
        half = (start - to) / 2 / axis
        first = complex(half.real / rx, half.imag / ry)  # on the unit circle that the ellipse was
        if abs(first) > 1:  # too small to reach: as large as it must be
            rx, ry, first = rx * abs(first), ry * abs(first), first / abs(first)
        square = abs(first) ** 2
        if not square:
            self.line(to)
            return
        offset = math.sqrt(max(1 / square - 1, 0.0)) * (-1 if large == sweep else 1)
        center = first * -1j * offset
        begin, extent = cmath.phase(first - center), cmath.phase((-first - center) / (first - center))
        extent += (2 * math.pi if extent < 0 else 0.0) if sweep else (-2 * math.pi if extent > 0 else 0.0)
        middle = (start + to) / 2

        def placed(point: complex) -> complex:
            point += center
            return complex(point.real * rx, point.imag * ry) * axis + middle

        pieces = max(1, math.ceil(abs(extent) / (math.pi / 2) - 1e-9))
        step = extent / pieces
        handle = 4 / 3 * math.tan(step / 4)
        for number in range(pieces):
            before, after = cmath.rect(1, begin + step * number), cmath.rect(1, begin + step * (number + 1))
            end = to if number == pieces - 1 else placed(after)
            self.cubic(placed(before * complex(1, handle)), placed(after * complex(1, -handle)), end)

    def ellipse(self, center: complex, rx: float, ry: float) -> None:
        self.move(center + rx)
        for to in (1j * ry, -rx, -1j * ry, rx):
            self.arc(complex(rx, ry), 0, False, True, center + to)
        self.close()

    def rectangle(self, x: float, y: float, width: float, height: float, rx: float, ry: float) -> None:
        rx, ry = min(rx, width / 2), min(ry, height / 2)
        right, bottom, radii = x + width, y + height, complex(rx, ry)
        self.move(complex(x + rx, y))
        for straight, rounded in (
            (complex(right - rx, y), complex(right, y + ry)),
            (complex(right, bottom - ry), complex(right - rx, bottom)),
            (complex(x + rx, bottom), complex(x, bottom - ry)),
            (complex(x, y + ry), complex(x + rx, y)),
        ):
            self.line(straight)
            if rx and ry:
                self.arc(radii, 0, False, True, rounded)
        self.close()

    # --- what was drawn ------------------------------------------------------------------------

    def _put_down(self) -> None:
        """Makes ready for a step. Raises FormatError if there are too many."""
        if not self._is_down:
            self._is_down = True
            self._first = self.here
            self._points.append(self.here)
            self._steps.append(_BEGUN)
            self.subpaths += 1
            if self.subpaths > MAX_STROKES:
                raise FormatError(f"it has more than {MAX_STROKES:,} strokes; simplify it")
        if len(self._steps) > _MOST:
            raise FormatError(f"it has more than {_MOST:,} points; simplify it")
        if len(self._points) > _POINTS_AT_ONCE:
            self._place()

    def _place(self) -> None:
        """Brings the last points into their place."""
        counts = np.diff([*self._from, len(self._points)])
        a, b, c, d, e, f = np.repeat(np.array(self._matrices), counts, axis=0).T
        plane = np.array(self._points)
        x, y = plane.real, plane.imag
        placed = np.column_stack([a * x + c * y + e, b * x + d * y + f])
        self._placed.frombytes(placed.astype(np.float32).tobytes())
        self._points.clear()
        self._matrices, self._from = self._matrices[-1:], [0]

    def polylines(self, tolerance: float) -> Iterator[Floats]:
        """The points of each subpath, without repeated ones; one of no length is a dot.

        Args:
            tolerance: how far a chord may leave its curve, as a part of the larger side of all.

        Raises:
            FormatError: it would be too many points.
        """
        if not self._steps:
            return
        self._place()
        steps = np.frombuffer(self._steps, np.uint8)
        points = np.frombuffer(self._placed, np.float32).reshape(-1, 2)
        line, starts = _as_points(steps, points, tolerance)
        for begin, end in itertools.pairwise([*starts, len(line)]):
            yield line[begin:end]


# --- path data -----------------------------------------------------------------------------------


def draw_path(pen: Pen, data: str) -> None:
    """Draws path data, up to the first mistake."""
    if not _START.match(data):
        return
    control: complex | None = None
    for command in _COMMAND.finditer(data):
        letter, (start, end) = command[1], command.span(2)
        if letter in "Zz":
            pen.close()
            control, whole = None, _BLANK.fullmatch(data, start, end) is not None
        elif letter in "Aa":
            control, whole = None, _draw_arcs(pen, data, start, end, letter == "a")
        else:
            until, count = _end_of_numbers(data, start, end), 0
            for numbers in found_in(_NUMBER, data, _NUMBERS_AT_ONCE, start, until):
                control = _draw(pen, letter, numbers, control, begins=not count)
                count += len(numbers)
            whole = until == end and count > 0 and count % _ARGUMENTS[letter.upper()] == 0
        if not whole:
            break


def _end_of_numbers(text: str, start: int, end: int) -> int:
    """Where the first mistake in a list of numbers is."""
    matched = _NUMBERS.match(text, start, end)
    return matched.end() if matched else start


def _points_of(numbers: list[float]) -> Iterator[complex]:
    pairs = iter(numbers)
    return map(complex, pairs, pairs)


def _draw(
    pen: Pen, letter: str, numbers: list[float], control: complex | None, *, begins: bool
) -> complex | None:
    """Draws what a command says, repeatedly if it has arguments for that.

    Args:
        control: the last control point, in the sense of the command before: what S and T reflect.
        begins: these are the command's first numbers.

    Returns:
        the last control point.
    """
    kind, relative = letter.upper(), letter.islower()
    if kind in "ML":
        points = _points_of(numbers)
        if relative:
            points = itertools.accumulate(points, initial=pen.here)
            next(points)
        if kind == "M" and begins and (first := next(points, None)) is not None:
            pen.move(first)
        pen.lines(list(points))
        return None
    if kind in "HV":
        for number in numbers:
            here = pen.here
            base = here if relative else 0j
            pen.line(
                complex(base.real + number, here.imag)
                if kind == "H"
                else complex(here.real, base.imag + number)
            )
        return None
    count = _ARGUMENTS[kind]
    for at in range(0, len(numbers) - count + 1, count):
        here = pen.here
        base = here if relative else 0j
        points_ = [base + complex(numbers[n], numbers[n + 1]) for n in range(at, at + count, 2)]
        if kind in "CS":
            first_ = points_[0] if kind == "C" else here if control is None else 2 * here - control
            control = points_[-2]
            pen.cubic(first_, control, points_[-1])
        else:
            control = points_[0] if kind == "Q" else here if control is None else 2 * here - control
            pen.quadratic(control, points_[-1])
    return control


def _draw_arcs(pen: Pen, data: str, start: int, end: int, relative: bool) -> bool:
    """Draws arcs, whose flags need no space after them. Tells whether all of the text was such."""
    at = start
    while found := _ARC.match(data, at, end):
        rx, ry, turn, large, sweep, x, y = found.groups()
        to = complex(float(x), float(y)) + (pen.here if relative else 0)
        pen.arc(complex(float(rx), float(ry)), float(turn), large == "1", sweep == "1", to)
        at = found.end()
    return start < at == end


def draw_points(pen: Pen, data: str, *, closed: bool) -> None:
    """Draws a polyline's or polygon's points, up to the first mistake."""
    first = None
    until = _end_of_numbers(data, 0, len(data))
    for numbers in found_in(_NUMBER, data, _NUMBERS_AT_ONCE, 0, until):
        points = _points_of(numbers)
        if first is None and (first := next(points, None)) is not None:
            pen.move(first)
        pen.lines(list(points))
    if closed and first is not None and pen.here != first:
        pen.close()


# --- as polylines --------------------------------------------------------------------------------


def _as_points(steps: NDArray[np.uint8], points: Floats, tolerance: float) -> tuple[Floats, list[int]]:
    """All polylines one after another, and where each begins: made some thousand points at a time."""
    ends = np.cumsum(np.maximum(steps, 1), dtype=np.uint32) - 1  # the last point of each step
    counts = _chords(steps, points, ends, tolerance * _larger_side(points, ends))
    until = np.cumsum(counts, dtype=np.uint32)
    if until[-1] > _MOST:
        raise FormatError(f"it has more than {_MOST:,} points; simplify it")
    line, starts = array("f"), []
    before = points[:1]
    at = 0
    while at < len(steps):
        after = max(at + 1, int(np.searchsorted(until, (until[at - 1] if at else 0) + _POINTS_AT_ONCE)))
        block = slice(at, after)
        made = _chorded(points, ends[block], counts[block].astype(np.int64))
        begun = np.cumsum(counts[block], dtype=np.int64)[steps[block] == _BEGUN] - 1
        kept = (made != np.concatenate([before, made[:-1]])).any(axis=1)
        kept[begun] = True
        starts += (len(line) // 2 + np.cumsum(kept)[begun] - 1).tolist()
        line.frombytes(made[kept].tobytes())
        if len(line) > 2 * MAX_POINTS:
            raise FormatError(f"it has more than {MAX_POINTS:,} points; simplify it")
        before = made[-1:]
        at = after
    return np.frombuffer(line, np.float32).reshape(-1, 2), starts


def _larger_side(points: Floats, ends: NDArray[np.uint32]) -> float:
    """That of all points which lines and curves go through."""
    low, high = points[0], points[0]
    for at in range(0, len(ends), _POINTS_AT_ONCE):
        some = points[ends[at : at + _POINTS_AT_ONCE]]
        low, high = np.minimum(low, some.min(axis=0)), np.maximum(high, some.max(axis=0))
    return float((high.astype(np.float64) - low).max())


def _controls(points: Floats, ends: NDArray[np.uint32]) -> list[Points]:
    """The four control points of curves that end at some points, each (n, 2)."""
    return [points[ends - back].astype(np.float64) for back in (3, 2, 1, 0)]


def _chords(
    steps: NDArray[np.uint8], points: Floats, ends: NDArray[np.uint32], tolerance: float
) -> NDArray[np.uint8]:
    """Into how many chords each step is divided: one leaves its curve by at most max|B''| / (8 n²)."""
    counts = np.ones(len(steps), np.uint8)
    curved = np.flatnonzero(steps == _CURVED).astype(np.uint32)
    for at in range(0, len(curved) if tolerance > 0 else 0, _POINTS_AT_ONCE):
        some = curved[at : at + _POINTS_AT_ONCE]
        before, first, second, last = _controls(points, ends[some])
        straight = (first == before).all(axis=1) & (second == last).all(axis=1)
        bends = np.maximum(
            np.hypot(*(before - 2 * first + second).T), np.hypot(*(first - 2 * second + last).T)
        )
        needed = np.ceil(np.sqrt(6 * bends / (8 * tolerance)))
        counts[some] = np.where(straight | ~np.isfinite(needed), 1, np.clip(needed, 1, _MAX_PIECES))
    return counts


def _chorded(points: Floats, ends: NDArray[np.uint32], counts: NDArray[np.int64]) -> Floats:
    """The ends of the chords of some steps, (sum of counts, 2)."""
    lasts = np.cumsum(counts) - 1
    made = np.empty((lasts[-1] + 1, 2), np.float32)
    bent = np.flatnonzero(counts > 1)
    if len(bent):
        each = counts[bent]
        number = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
        t = (number + 1) / np.repeat(each, each)
        weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
        chords = np.zeros((len(t), 2))
        for weight, control in zip(weights, _controls(points, ends[bent]), strict=True):
            chords += weight[:, None] * np.repeat(control, each, axis=0)
        made[np.repeat(lasts[bent] + 1 - each, each) + number] = chords
    made[lasts] = points[ends]  # to the last bit, so that neighbours join
    return made
