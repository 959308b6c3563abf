"""The command line: `sketchrnn COMMAND …`, a module for each group of commands."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import sketchrnn
from sketchrnn import interrupt
from sketchrnn.errors import ConfigError, SketchRNNError, on_one_line

COMMANDS = {
    "draw": ("draw", "open the canvas"),
    "complete": ("drawing", "finish a drawing"),
    "sample": ("drawing", "a sheet of drawings that a model makes up"),
    "reconstruct": ("drawing", "draw a drawing again through the latent space"),
    "interpolate": ("drawing", "a film strip from one drawing to another"),
    "recognize": ("recognize", "say what a drawing looks like"),
    "train": ("train", "train a model"),
    "evaluate": ("evaluate", "measure a model on drawings"),
    "dataset": ("dataset", "sets of drawings to learn from"),
    "model": ("model", "list, show, download, import and export saved models"),
}
"""Command: the module in `sketchrnn.cli` that knows it, and its line in the help."""


class Parser(argparse.ArgumentParser):
    """Tells what was misused in one line, which a hundred lines of usage would push off the screen."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command. Returns the exit status: 0, 1 (failed), 2 (misused) or 130 (stopped by Ctrl-C)."""
    _open_closed_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without the letter gets its number
    try:
        try:
            parsed = parse(sys.argv[1:] if argv is None else argv)
            status = int(parsed.run(parsed))
        except SystemExit as stop:  # argparse has said why
            status = stop.code if isinstance(stop.code, int) else 1
        sys.stdout.flush()
        return status
    except (SketchRNNError, OSError, MemoryError, KeyboardInterrupt) as error:
        if isinstance(error, OSError):
            _drop_output()
        if not isinstance(error, BrokenPipeError):  # then the reader of our output has gone
            print(f"sketchrnn: {_sentence(error)}", file=sys.stderr)
        statuses = {ConfigError: 2, KeyboardInterrupt: interrupt.STATUS}
        return next((status for kind, status in statuses.items() if isinstance(error, kind)), 1)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """What a command line asks for; `run` is the function that does it. Exits where it is misused."""
    command = next((word for word in arguments if not word.startswith("-")), None)
    parser = Parser(
        prog="sketchrnn",
        description="Finish drawings with stroke models, and train such models.",
        epilog="example: sketchrnn complete half.svg -o whole.svg --model kanji --seed 1",
    )
    parser.add_argument("--version", action="version", version=f"sketchrnn {sketchrnn.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    subparsers: dict[str | None, tuple[str, Parser]] = {}
    for name, (module, summary) in COMMANDS.items():
        sub = commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(parser=sub)
        subparsers[name] = (module, sub)
    if command in subparsers:  # the other commands' modules are never loaded
        module, sub = subparsers[command]
        importlib.import_module(f"sketchrnn.cli.{module}").configure(command, sub)
    parsed, unknown = parser.parse_known_args(arguments)
    if unknown:
        parsed.parser.error(f"there is no {' '.join(unknown)} here")
    return parsed


def _sentence(error: BaseException) -> str:
    if isinstance(error, SketchRNNError):
        return str(error)
    if isinstance(error, OSError):
        name = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
        return on_one_line(f"{name}{error.strerror or error}; free some space or check the place")
    if isinstance(error, MemoryError):
        return "out of memory; give less data or a smaller batch"
    return "stopped"


def _open_closed_streams() -> None:
    """What a program without standard output (`>&-`) prints goes nowhere, and is no mistake."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, io.TextIOWrapper(io.FileIO(os.devnull, "w"), encoding="utf-8"))


def _drop_output() -> None:
    """What is still to be printed goes nowhere, and cannot fail when the program ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
