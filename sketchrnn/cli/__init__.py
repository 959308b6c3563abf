"""The command line: `sketchrnn COMMAND …`, a module for each group of commands."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence

from sketchrnn.errors import SketchRNNError

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


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command. Returns the exit status: 0, 1 (failed) or 2 (misused)."""
    _open_closed_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without the letter gets its number
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = next((word for word in arguments if not word.startswith("-")), None)
    parser = argparse.ArgumentParser(
        prog="sketchrnn",
        description="Finish drawings with stroke models, and train such models.",
        epilog="example: sketchrnn complete half.svg -o whole.svg --model kanji --seed 1",
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    subparsers: dict[str | None, tuple[str, argparse.ArgumentParser]] = {}
    for name, (module, summary) in COMMANDS.items():
        sub = commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        subparsers[name] = (module, sub)
    try:
        if command in subparsers:  # the other commands' modules are never loaded
            module, sub = subparsers[command]
            importlib.import_module(f"sketchrnn.cli.{module}").configure(command, sub)
        parsed = parser.parse_args(arguments)
        status = int(parsed.run(parsed))
        sys.stdout.flush()
        return status
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    except (SketchRNNError, OSError, MemoryError, KeyboardInterrupt) as error:
        if isinstance(error, OSError):
            _drop_output()
        if not isinstance(error, BrokenPipeError):  # then the reader of our output has gone
            print(f"sketchrnn: {_sentence(error)}", file=sys.stderr)
        return 1


def _sentence(error: BaseException) -> str:
    if isinstance(error, SketchRNNError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.strerror or error}; free some space or check the place"
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


def _version() -> str:
    from sketchrnn import __version__

    return f"sketchrnn {__version__}"
