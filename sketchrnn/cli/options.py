"""Types of command-line options: what is misused is told before anything is done."""

from __future__ import annotations

import argparse
import math


def positive(text: str) -> int:
    """A whole number from 1 to 10,000."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 10000")
    return number


def count(text: str) -> int:
    """A whole number from 1: which of many, however many there are."""
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def temperature(text: str) -> float:
    """A temperature τ from 0.01 to 2."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0.01 <= number <= 2.0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0.01 to 2")
    return number


def guidance(text: str) -> float:
    """A weight of guidance from 0 to 5."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0.0 <= number <= 5.0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 5")
    return number


def seed(text: str) -> int:
    """A whole number that TensorFlow takes for a seed."""
    try:
        number = int(text)
    except ValueError:
        number = -1
    if not 0 <= number < 2**31:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {2**31 - 1}")
    return number
