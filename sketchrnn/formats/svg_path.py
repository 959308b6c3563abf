"""Outlines of SVG shapes: path data and basic shapes as Bézier curves, and curves as polylines.

The grammar and the arithmetic of arcs are those of the SVG 1.1 recommendation, chapters 8 and 9 and
appendix F.6. As it asks for, path data is drawn up to the first mistake in it.
"""

from __future__ import annotations

import cmath
import itertools
import math
import operator
import re
from array import array

import numpy as np
from numpy.typing import NDArray

from sketchrnn.errors import FormatError
from sketchrnn.sketch import MAX_POINTS

_MAX_CURVES = 2 * MAX_POINTS  # of one shape: whoever draws more says so before memory is gone
_MAX_PIECES = 200  # of one curve
# Possessive throughout: a mistake anywhere costs no second look.
NUMBER = r"[-+]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][-+]?\d++)?"
_NUMBER = re.compile(NUMBER)
_NUMBERS = re.compile(rf"(?:[\s,]*+{NUMBER})*+[\s,]*+")
_GROUP = operator.methodcaller("group")
_LETTERS = "MmZzLlHhVvCcSsQqTtAa"
_COMMAND = re.compile(rf"([{_LETTERS}])([^{_LETTERS}]*+)")
_ARC = re.compile(
    rf"[\s,]*+({NUMBER})[\s,]*+({NUMBER})[\s,]*+({NUMBER})[\s,]*+([01])[\s,]*+([01])"
    rf"[\s,]*+({NUMBER})[\s,]*+({NUMBER})[\s,]*+"
)
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7}

Matrix = tuple[float, float, float, float, float, float]
Points = NDArray[np.float64]


class Outline:
    """The subpaths of a shape, each a start and curves one after another.

    A curve is three points: two control points and the end; those of a straight line are its ends.
    """

    def __init__(self) -> None:
        self.subpaths: list[tuple[complex, list[complex]]] = []
        self.here = 0j
        self._open = False
        self._count = 0

    def move(self, to: complex) -> None:
        self.here = to
        self._open = False

    def line(self, to: complex) -> None:
        self.cubic(self.here, to, to)

    def cubic(self, first: complex, second: complex, to: complex) -> None:
        self._count += 1
        if self._count > _MAX_CURVES:
            raise FormatError(f"it has more than {_MAX_CURVES:,} points; simplify it")
        if not self._open:
            self.subpaths.append((self.here, []))
            self._open = True
        self.subpaths[-1][1].extend((first, second, to))
        self.here = to

    def quadratic(self, control: complex, to: complex) -> None:
        self.cubic((self.here + 2 * control) / 3, (to + 2 * control) / 3, to)

    def close(self) -> None:
        self.line(self.subpaths[-1][0] if self._open else self.here)
        self._open = False

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


# --- path data -----------------------------------------------------------------------------------


def from_path(data: str) -> Outline:
    """The outline of path data, up to the first mistake."""
    outline = Outline()
    start = data.lstrip(" \t\r\n\f")[:1]
    if start not in ("M", "m"):
        return outline
    control: complex | None = None
    for command in _COMMAND.finditer(data):
        letter, text = command.groups()
        if letter in "Zz":
            outline.close()
            control, whole = None, not text.strip(" \t\r\n\f,")
        elif letter in "Aa":
            control, whole = None, _arcs(outline, text, letter == "a")
        else:
            matched = _NUMBERS.match(text)
            end = matched.end() if matched else 0
            numbers = _numbers(text, end)
            control = _curves(outline, letter, numbers, control)
            whole = end == len(text) and bool(numbers) and len(numbers) % _ARGUMENTS[letter.upper()] == 0
        if not whole:
            break
    return outline


def _numbers(text: str, end: int) -> array[float]:
    """The numbers of a text up to a place in it: as many as a shape can need, in eight bytes each."""
    found = itertools.islice(_NUMBER.finditer(text, 0, end), 6 * _MAX_CURVES + 6)
    return array("d", map(float, map(_GROUP, found)))


def _curves(outline: Outline, letter: str, numbers: array[float], control: complex | None) -> complex | None:
    """Draws what a command says, repeatedly if it has arguments for that.

    Args:
        control: the last control point, in the sense of the command before: what S and T reflect.
    """
    kind, relative = letter.upper(), letter.islower()
    count = _ARGUMENTS[kind]
    if kind in "MLHV":
        control = None
    for at in range(0, len(numbers) - count + 1, count):
        here = outline.here
        base = here if relative else 0j
        if kind == "H":
            outline.line(complex(base.real + numbers[at], here.imag))
            continue
        if kind == "V":
            outline.line(complex(here.real, base.imag + numbers[at]))
            continue
        points = [base + complex(numbers[n], numbers[n + 1]) for n in range(at, at + count, 2)]
        if kind == "M" and not at:
            outline.move(points[0])
        elif kind in "ML":
            outline.line(points[0])
        elif kind in "CS":
            first = points[0] if kind == "C" else here if control is None else 2 * here - control
            control = points[-2]
            outline.cubic(first, control, points[-1])
        else:
            control = points[0] if kind == "Q" else here if control is None else 2 * here - control
            outline.quadratic(control, points[-1])
    return control


def _arcs(outline: Outline, text: str, relative: bool) -> bool:
    """Draws arcs, whose flags need no space after them. Tells whether all of the text was such."""
    at = 0
    while found := _ARC.match(text, at):
        rx, ry, turn, large, sweep, x, y = found.groups()
        to = complex(float(x), float(y)) + (outline.here if relative else 0)
        outline.arc(complex(float(rx), float(ry)), float(turn), large == "1", sweep == "1", to)
        at = found.end()
    return 0 < at == len(text)


def from_points(data: str, *, closed: bool) -> Outline:
    """The outline of a polyline's or polygon's points, up to the first mistake."""
    outline = Outline()
    matched = _NUMBERS.match(data)
    numbers = iter(_numbers(data, matched.end() if matched else 0))
    points = itertools.starmap(complex, zip(numbers, numbers, strict=False))
    first, second = next(points, None), next(points, None)
    if first is not None and second is not None:
        outline.move(first)
        for point in itertools.chain([second], points):
            outline.line(point)
        if closed:
            outline.close()
    return outline


# --- as polylines --------------------------------------------------------------------------------


class Curves:
    """The subpaths of many outlines in their places, made polylines all at once.

    Args:
        most: points of all together.
    """

    def __init__(self, most: int) -> None:
        self.counts: list[int] = []
        """The subpaths of each outline."""
        self._most = most
        self._points: list[complex] = []  # of all subpaths, the start of each first
        self._lengths: list[int] = []
        self._matrices: list[Matrix] = []

    def add(self, outline: Outline, matrix: Matrix) -> None:
        """Raises FormatError if there are more curves than a drawing can have points."""
        for start, rest in outline.subpaths:
            self._points.append(start)
            self._points += rest
            self._lengths.append(1 + len(rest))
        if len(self._points) > 3 * self._most:
            raise FormatError(f"it has more than {self._most:,} points; simplify it")
        self.counts.append(len(outline.subpaths))
        self._matrices.append(matrix)

    def polylines(self, tolerance: float) -> list[Points]:
        """The points of each subpath, without repeated ones; one of no length is a dot.

        Args:
            tolerance: how far a chord may leave its curve, as a part of the larger side of all.

        Raises:
            FormatError: it would be more.
        """
        lengths = np.array(self._lengths, np.int64)
        if not len(lengths):
            return []
        points = self._placed(lengths)
        pieces = lengths // 3
        firsts = np.cumsum(lengths) - lengths
        number = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        at = np.repeat(firsts, pieces) + 3 * number
        controls = [points[at + place] for place in range(4)]
        side = float(np.ptp(points[np.concatenate([firsts, at + 3])], axis=0).max())
        counts = _chords(controls, side * tolerance)
        total = int(counts.sum()) + len(lengths)
        if total > self._most:
            raise FormatError(f"it has more than {self._most:,} points; simplify it")
        t = (np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + 1) / np.repeat(
            counts, counts
        )
        weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
        chords = np.zeros((len(t), 2))
        for weight, control in zip(weights, controls, strict=True):
            chords += weight[:, None] * np.repeat(control, counts, axis=0)
        chords[np.cumsum(counts) - 1] = controls[3]  # to the last bit, so that neighbours join
        subpath = np.repeat(np.arange(len(lengths)), pieces)
        ends = np.cumsum(np.bincount(subpath, counts, len(lengths)).astype(np.int64))
        starts = ends - np.diff(ends, prepend=0)
        line = np.insert(chords, starts, points[firsts], axis=0)
        starts += np.arange(len(starts))
        kept = np.append(True, (line[1:] != line[:-1]).any(axis=1))
        kept[starts] = True
        return np.split(line[kept], (np.cumsum(kept) - 1)[starts[1:]])

    def _placed(self, lengths: NDArray[np.int64]) -> Points:
        plane = np.array(self._points)
        per_outline = np.add.reduceat(np.append(lengths, 0), np.cumsum([0, *self.counts])[:-1])
        per_outline = np.where(np.array(self.counts) > 0, per_outline, 0)
        a, b, c, d, e, f = np.repeat(np.array(self._matrices), per_outline, axis=0).T
        x, y = plane.real, plane.imag
        return np.column_stack([a * x + c * y + e, b * x + d * y + f])


def _chords(controls: list[Points], tolerance: float) -> NDArray[np.int64]:
    """Into how many chords each curve must be divided: one leaves it by at most max|B''| / (8 n²)."""
    before, first, second, last = controls
    straight = (first == before).all(axis=1) & (second == last).all(axis=1)
    bends = np.maximum(np.hypot(*(before - 2 * first + second).T), np.hypot(*(first - 2 * second + last).T))
    needed = np.ceil(np.sqrt(6 * bends / (8 * tolerance))) if tolerance > 0 else np.ones(len(bends))
    needed = np.where(straight | ~np.isfinite(needed), 1, np.clip(needed, 1, _MAX_PIECES))
    return needed.astype(np.int64)
