"""Moving, scaling and turning strokes: maps of the plane, and what they make of ink."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from PySide6.QtGui import QTransform

from gui.paper.ink import Ink


class Map(NamedTuple):
    """x, y become a x + c y + e, b x + d y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    @property
    def idle(self) -> bool:
        """Whether nothing moves."""
        return self == Map()

    @property
    def qt(self) -> QTransform:
        return QTransform(*self)


def moved(dx: float, dy: float) -> Map:
    return Map(e=dx, f=dy)


def scaled(x: float, y: float, about: tuple[float, float]) -> Map:
    return Map(x, 0.0, 0.0, y, about[0] * (1 - x), about[1] * (1 - y))


def turned(angle: float, about: tuple[float, float]) -> Map:
    """By radians, from the x axis towards the y axis, which points down: clockwise on paper."""
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = about
    return Map(cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)


def mapped(strokes: Iterable[Ink], by: Map) -> list[Ink]:
    """New strokes; authors and pressures stay."""
    matrix = np.array([[by.a, by.b], [by.c, by.d]])
    made = []
    for ink in strokes:
        points = (ink.points.astype(np.float64) @ matrix + (by.e, by.f)).astype(np.float32)
        points.flags.writeable = False
        made.append(ink._replace(points=points))
    return made
