"""`sketchrnn draw`: opens the canvas."""

from __future__ import annotations

import argparse

from sketchrnn.errors import SketchRNNError


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: sketchrnn draw half-a-dog.svg"
    parser.add_argument("file", nargs="?", help="a drawing to open")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    try:
        from gui import app
    except ImportError as error:
        raise SketchRNNError(
            f"the canvas cannot start ({error}); install PySide6-Essentials and the libraries that Qt needs"
        ) from error
    return app.main([arguments.file] if arguments.file else [])
