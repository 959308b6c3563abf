"""Options that commands share, and their types: what is misused is told before anything is done."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sketchrnn import formats
from sketchrnn.errors import ConfigError

Run = Callable[[argparse.Namespace], int]


def add_action(
    actions: Any, name: str, run: Run, example: str, summary: str, description: str | None = None
) -> argparse.ArgumentParser:
    """A parser for one of a group's actions, which shows an example.

    Args:
        actions: what `add_subparsers` gave.
        name: of the action.
        run: what does it.
        example: a command that could be typed.
        summary: its line in the group's help.
        description: what its own help says; the summary by default.
    """
    parser: argparse.ArgumentParser = actions.add_parser(
        name, help=summary, description=description, epilog=f"example: {example}"
    )
    parser.set_defaults(run=run, parser=parser)
    return parser


def add_json(parser: argparse.ArgumentParser, what: str = "as JSON") -> None:
    parser.add_argument("--json", action="store_true", help=what)


def add_animate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--animate", action="store_true", help="an SVG that draws itself in a browser (a GIF always does)"
    )


def of_picture(arguments: argparse.Namespace) -> dict[str, Any]:
    """What the format of `--out` shall be told.

    Raises:
        SketchRNNError: nothing could be written there in the end, or it could not draw itself.
    """
    formats.check_writable(arguments.out)
    suffix = Path(arguments.out).suffix.lower()
    if arguments.animate and suffix not in (".svg", ".gif"):
        raise ConfigError(f"{arguments.out} cannot draw itself; with --animate give a name in .svg or .gif")
    return {"animate": True} if arguments.animate and suffix == ".svg" else {}


def add_seed(parser: argparse.ArgumentParser, what: str, default: int = 0) -> None:
    """A seed that TensorFlow takes too."""
    parser.add_argument("--seed", type=seed, default=default, help=f"of {what} (default {default})")


def add_max_points(parser: argparse.ArgumentParser, name: str = "--max_points") -> None:
    parser.add_argument(name, type=positive, default=250, help="leave out drawings of more (default 250)")


def add_fetching(parser: argparse.ArgumentParser, variable: str) -> None:
    """What every download can be told; `variable` of the environment names another source as well."""
    parser.add_argument("--force", action="store_true", help="get also what is there, and replace it")
    parser.add_argument("--base-url", metavar="URL", help=f"another source; also ${variable}")
    add_json(parser, "say what was done as JSON")


def whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    """A type of option: a whole number in decimal digits, in a range that has both its ends."""
    meant = f"a whole number from {least}" + ("" if most is None else f" to {most:,}")

    def parse(text: str) -> int:
        digits = text.isascii() and text.isdigit() and len(text) <= 18
        number = int(text) if digits else least - 1
        if number < least or (most is not None and number > most):
            raise argparse.ArgumentTypeError(f"{text!r} is not {meant}")
        return number

    return parse


def number(least: float, most: float) -> Callable[[str], float]:
    """A type of option: a number in a range that has both its ends."""

    def parse(text: str) -> float:
        value = _float(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {least:g} to {most:g}")
        return value

    return parse


def above_zero(text: str) -> float:
    """A type of option: a finite number above 0."""
    value = _float(text)
    if not 0.0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


positive = whole_number(1, 10_000)
"""How many of something that is kept in memory or drawn on a sheet."""

count = whole_number(1)
"""Which of many, however many there are."""

seed = whole_number(0, 2**31 - 1)
"""A seed that TensorFlow takes."""

temperature = number(0.01, 2.0)
guidance = number(0.0, 5.0)
