"""What sentences of several modules have in common."""

from __future__ import annotations


def plural(number: int, noun: str) -> str:
    """A number with what it counts: "1 drawing", "1,200 drawings"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
