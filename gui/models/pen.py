"""The model's pen: moves along sampled points at the speed of a calm hand."""

from __future__ import annotations

import enum
import math
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from gui.paper.paper import PAPER


class Point(Protocol):
    """What a completer's `ink` yields: a point in paper units."""

    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...
    @property
    def starts_stroke(self) -> bool: ...
    @property
    def ends_stroke(self) -> bool: ...


class Tip(NamedTuple):
    """Where the pen is now, and whether it touches the paper."""

    x: float
    y: float
    down: bool


DRAW_SPEED = 620.0
"""Paper units per second with the pen down."""

HOP_SPEED = 2200.0
HOP_SHORTEST, HOP_LONGEST = 0.06, 0.28
"""A pen-up move takes this many seconds at least and at most."""

REST = 0.05
"""Seconds the pen rests at the end of a stroke."""


class PenSpeed(enum.Enum):
    """How many times as fast as a calm hand the model's pen moves."""

    SLOW = 0.4
    CALM = 1.0
    QUICK = 3.0
    INSTANT = math.inf


class Pen:
    """Turns points and passing time into movement; knows neither clocks nor screens.

    Example:
        pen = Pen(start=None)
        pen.feed(points)
        for point in pen.advance(0.016): ...   # the points that were reached
        pen.tip                                # and where the pen is between two of them
    """

    def __init__(self, start: tuple[float, float] | None = None) -> None:
        self.tip: Tip | None = None if start is None else Tip(*start, down=False)
        self._ahead: deque[Point] = deque()
        self._left = 0.0  # seconds until the next point is reached
        self._whole = 0.0  # seconds that its way takes in all
        self._from = start

    @property
    def waiting(self) -> bool:
        """Whether it has nowhere to go: every point fed was reached."""
        return not self._ahead

    def feed(self, points: Iterable[Point]) -> None:
        was_waiting = self.waiting
        self._ahead.extend(points)
        if was_waiting and self._ahead:
            self._set_out()

    def advance(self, seconds: float) -> list[Point]:
        """Moves on by this much time. Returns the points that were reached on the way."""
        reached: list[Point] = []
        while self._ahead:
            if seconds < self._left:
                self._left -= seconds
                self._place_between()
                break
            seconds -= self._left
            point = self._ahead.popleft()
            reached.append(point)
            self._from = (point.x, point.y)
            self.tip = Tip(point.x, point.y, down=not point.ends_stroke)
            if self._ahead:
                self._set_out(rest=REST if point.ends_stroke else 0.0)
        return reached

    def _set_out(self, rest: float = 0.0) -> None:
        goal = self._ahead[0]
        x, y = self._from or (goal.x, goal.y)
        distance = math.hypot(goal.x - x, goal.y - y)
        if not _on_paper(x, y) and not _on_paper(goal.x, goal.y):
            distance = 0.0  # nobody sees it: nobody waits for it
        if goal.starts_stroke:
            seconds = min(max(distance / HOP_SPEED, HOP_SHORTEST), HOP_LONGEST)
        else:
            seconds = distance / DRAW_SPEED
        self._whole = seconds
        self._left = seconds + rest

    def _place_between(self) -> None:
        goal = self._ahead[0]
        x, y = self._from or (goal.x, goal.y)
        share = 1.0 - min(self._left / self._whole, 1.0) if self._whole else 1.0
        if goal.starts_stroke:
            share = share * share * (3.0 - 2.0 * share)  # a hand sets out and arrives gently
        self.tip = Tip(x + share * (goal.x - x), y + share * (goal.y - y), down=not goal.starts_stroke)


def _on_paper(x: float, y: float) -> bool:
    return PAPER.left <= x <= PAPER.right and PAPER.top <= y <= PAPER.bottom
