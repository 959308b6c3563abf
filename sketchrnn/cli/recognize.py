"""`sketchrnn recognize`: what a drawing, or the beginning of one, looks like."""

from __future__ import annotations

import argparse

from sketchrnn.cli.drawing import READ, open_drawing
from sketchrnn.cli.options import add_json, count, positive
from sketchrnn.cli.output import print_json


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: sketchrnn recognize half-a-dog.svg --top 3"
    parser.add_argument("drawing", help=f"a drawing or its beginning: {READ}")
    parser.add_argument("--number", type=count, help="which drawing of a file with many (default 1)")
    parser.add_argument("--model", help="name or folder (default: quickdraw)")
    parser.add_argument("--top", type=positive, default=5, help="how many labels to tell (default 5)")
    add_json(parser, "as JSON: every label with its probability")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from sketchrnn import store
    from sketchrnn.completion import load_model

    model = load_model(arguments.model or store.default_model())
    likely = model.recognize(open_drawing(arguments.drawing, arguments.number, whole=False))
    if arguments.json:
        print_json({"model": model.info.name, "labels": dict(likely)})
        return 0
    for label, probability in likely[: arguments.top]:
        print(f"{probability:6.1%}  {label}")
    return 0
