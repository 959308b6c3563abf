"""Coordinates as text: as short as can be, and the same float32 when they are read again."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from sketchrnn.sketch import Floats

_PLAIN = 10_000_000
_SHORT = 1 << 15


def found_in(
    pattern: re.Pattern[str], text: str, most: int, start: int = 0, end: int | None = None
) -> Iterator[list[float]]:
    """The numbers that a pattern finds in a part of a text, some thousands at a time.

    A list of numbers, or of their texts, takes far more memory than the text that they stand in.

    Args:
        pattern: of a number, or with a group for each of several numbers.
        most: how often it may be found for one list; in a short text it may be found more often.
    """
    end = len(text) if end is None else end
    if end - start < _SHORT:
        numbers = pattern.findall(text, start, end)
        yield list(map(float, itertools.chain.from_iterable(numbers) if pattern.groups else numbers))
        return
    found = pattern.finditer(text, start, end)
    while some := list(itertools.islice(found, most)):
        yield [float(number) for each in some for number in (each.groups() or (each[0],))]


def shortest(values: Floats) -> list[str]:
    """Each number of (n,) in the fewest digits that give the same float32: "3", "0.1", "1e+20"."""
    texts = []
    for value, exact in zip(values, values.tolist(), strict=True):
        whole = int(exact)
        if whole == exact and 0 < abs(whole) < _PLAIN:
            texts.append(str(whole))
        else:
            text = str(value)
            texts.append(text.removesuffix(".0") if text != "-0.0" else text)  # JSON's -0 has no sign
    return texts
