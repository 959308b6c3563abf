"""The stabiliser: the pen is pulled behind the hand on a string, so that a tremble does not reach it."""

from __future__ import annotations

import math

LONGEST = 60.0
"""Paper units of string at full strength."""


class Stabiliser:
    """Follows a hand at the length of a string.

    While the string is slack the pen rests; a tremble smaller than the string draws nothing, a turn
    becomes a bend. What it does depends on the way of the hand alone, not on how often it is seen.

    Args:
        strength: from 0, the hand itself, to 1.
    """

    def __init__(self, strength: float = 0.0) -> None:
        self.string = LONGEST * strength * strength  # the first half of a slider is for fine differences
        self._pen: tuple[float, float] | None = None

    def follow(self, x: float, y: float) -> tuple[float, float]:
        """Where the pen is once the hand is at (x, y)."""
        if self._pen is None or self.string <= 0.0:
            self._pen = (x, y)
            return self._pen
        px, py = self._pen
        distance = math.hypot(x - px, y - py)
        if distance > self.string:
            share = 1.0 - self.string / distance
            self._pen = (px + share * (x - px), py + share * (y - py))
        return self._pen
