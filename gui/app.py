"""The way in: reads the command line, and says in a line why no window can open here, where none can."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from gui.system_libraries import advice, has_screen, missing, needs


def main(argv: Sequence[str] | None = None) -> int:
    """Opens the canvas, with a drawing where one is named. Returns the exit status."""
    arguments = _parser().parse_args(argv)
    if not has_screen() and "QT_QPA_PLATFORM" not in os.environ:  # Qt itself would abort
        return _refuse("there is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set")
    try:
        from gui import program
    except ImportError as error:
        absent = missing(needs())
        return _refuse(f"Qt cannot be loaded ({error})" + (f"\n{advice(absent)}" if absent else ""))
    return program.run(arguments.file)


def _refuse(why: str) -> int:
    print(f"sketchrnn draw: {why}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sketchrnn draw",
        description="A canvas that finishes your drawing.",
        epilog="example: sketchrnn draw half-a-dog.svg",
    )
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a drawing to open")
    return parser
