"""Coordinates as text: as short as can be, and the same float32 when they are read again."""

from __future__ import annotations

from sketchrnn.sketch import Floats

_PLAIN = 10_000_000


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
