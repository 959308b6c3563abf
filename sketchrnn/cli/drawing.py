"""`sketchrnn complete | sample | reconstruct | interpolate`: commands that draw."""

from __future__ import annotations

import argparse
import contextlib
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sketchrnn.cli.options import (
    add_animate,
    add_json,
    count,
    guidance,
    of_picture,
    positive,
    temperature,
    whole_number,
)
from sketchrnn.cli.output import counting, print_json
from sketchrnn.completion import DEFAULT_GUIDANCE, DEFAULT_TEMPERATURE
from sketchrnn.errors import ConfigError, SketchError

if TYPE_CHECKING:
    from sketchrnn.completion import Completer
    from sketchrnn.sketch import Sketch

MOST_COLUMNS = 12
"""Drawings in a row, where several models or labels have rows of their own."""

FEWEST_COLUMNS = 6
"""A row with fewer, of many drawings, would make a tower of the sheet."""

READ = "svg, inkml, ndjson, bin or npz"
WRITTEN = "svg, png, gif, inkml, ndjson, bin or npz"
EXAMPLES = {
    "complete": "sketchrnn complete half.svg -o whole.svg --model kanji --seed 1",
    "sample": "sketchrnn sample -o sheet.svg --model kanji --count 24 --seed 1",
    "reconstruct": "sketchrnn reconstruct drawing.svg -o again.svg --model kanji --seed 1",
    "interpolate": "sketchrnn interpolate a.svg b.svg -o film.svg --model kanji --steps 8",
}


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    parser.epilog = f"example: {EXAMPLES[name]}"
    if name == "complete":
        parser.add_argument("drawing", help=f"the beginning: {READ}")
        parser.add_argument(
            "--count", type=positive, default=1, help="endings; several make a sheet (default 1)"
        )
        parser.add_argument("--next-stroke", action="store_true", help="add one stroke only")
        parser.add_argument(
            "--best-of",
            type=positive,
            metavar="N",
            help="draw N for each ending and take the best (default: 8 if the model recognises drawings)",
        )
    elif name == "sample":
        parser.add_argument("--count", type=positive, default=24, help="drawings on the sheet (default 24)")
    elif name == "reconstruct":
        parser.add_argument("drawing", help=f"a whole drawing: {READ}")
    else:
        parser.add_argument("first", metavar="A", help="the drawing that it begins with")
        parser.add_argument("last", metavar="B", help="the drawing that it ends with")
        parser.add_argument(
            "--steps",
            type=whole_number(2, 10_000),
            default=8,
            help="drawings, both ends among them (default 8)",
        )
    if name in ("complete", "reconstruct"):
        parser.add_argument("--number", type=count, help="which drawing of a file with many (default 1)")
    elif name == "interpolate":
        help_ = "which drawings of files with many (default 1 1)"
        parser.add_argument("--number", type=count, nargs=2, metavar=("A", "B"), help=help_)
    if name in ("complete", "reconstruct"):
        parser.add_argument("--label", help="what it shall be, for a model with labels")
    elif name == "sample":
        help_ = "what they shall be, for a model with labels; several make a sheet, each in its own rows"
        parser.add_argument("--label", nargs="+", help=help_)
    parser.add_argument("-o", "--out", required=True, type=Path, help=f"{WRITTEN}, by its suffix")
    add_animate(parser)
    default = "(default: quickdraw if there is one, else kanji)"
    if name == "sample":
        help_ = f"name or folder; several make a sheet, each in its own rows {default}"
        parser.add_argument("--model", nargs="+", help=help_)
    else:
        parser.add_argument("--model", help=f"name or folder {default}")
    parser.add_argument(
        "--temperature",
        type=temperature,
        default=DEFAULT_TEMPERATURE,
        help=f"from 0.01, careful, to 2, wild (default {DEFAULT_TEMPERATURE})",
    )
    parser.add_argument(
        "--guidance",
        type=guidance,
        help=f"from 0 to 5, how much more like the label (default {DEFAULT_GUIDANCE:g}; models with labels)",
    )
    parser.add_argument("--seed", type=int, help="a number that makes the same drawing again")
    add_json(parser, "say what was done as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from sketchrnn import formats, store
    from sketchrnn.completion import load_model

    if arguments.seed is None:
        arguments.seed = secrets.randbelow(1_000_000)
    elif arguments.seed < 0:
        arguments.seed = -2 * arguments.seed - 1  # numpy's generators take no negative seeds
    options = of_picture(arguments)
    if arguments.command == "sample":
        return _sample(arguments, options)
    model = _guided(load_model(arguments.model or store.default_model()), arguments)
    sketches = _DRAW[arguments.command](model, arguments)
    formats.write(arguments.out, sketches, **options)
    if arguments.json:
        print_json(_summary(model.info.name, arguments, sketches))
    return 0


def _guided(model: Completer, arguments: argparse.Namespace) -> Completer:
    if arguments.guidance is not None:
        if not model.info.labels:
            raise ConfigError(f"model {model.info.name!r} knows no labels; leave --guidance out")
        model.guidance = arguments.guidance
    return model


def open_drawing(path: str, number: int | None = None, *, whole: bool = True) -> Sketch:
    """One drawing of a file, which must have strokes, and be more than a dot if it is a whole one.

    Says so if there are more and nobody asked for this one.
    """
    from sketchrnn import formats
    from sketchrnn.errors import SketchRNNError

    if number is not None:
        sketch = formats.read_one(path, number)
    else:
        drawings = formats.read(path)
        sketch = next(drawings)
        with contextlib.suppress(SketchRNNError):  # a mistake in the second is no matter of the first
            if next(drawings, None) is not None:
                hint = (
                    f"sketchrnn: {path} holds several drawings; this is the first, --number 2 takes the next"
                )
                print(hint, file=sys.stderr)
    if not len(sketch) or (whole and sketch.bounds.larger_side <= 0.0):
        what = "a single dot" if len(sketch) else "a drawing without strokes"
        raise SketchError(f"{path} holds {what}; give one with more in it")
    return sketch


def _complete(model: Completer, arguments: argparse.Namespace) -> list[Sketch]:
    half = open_drawing(arguments.drawing, arguments.number, whole=False)
    sketches: list[Sketch] = []
    with counting("endings", arguments.count) as progress:
        for number in range(arguments.count):
            try:
                ending = model.complete(
                    half,
                    label=arguments.label,
                    temperature=arguments.temperature,
                    seed=arguments.seed + number,
                    strokes=1 if arguments.next_stroke else None,
                    best_of=arguments.best_of,
                )
            except SketchError as error:
                raise SketchError(f"{arguments.drawing}: {error}") from error
            sketches.append(ending)
            if progress is not None:
                progress(len(sketches))
    return sketches


def _sample(arguments: argparse.Namespace, options: dict[str, Any]) -> int:
    from sketchrnn import formats, store

    models = arguments.model or [store.default_model()]
    rows = [(model, label) for model in models for label in arguments.label or [None]]
    used: dict[str, None] = {}
    captions, sketches = [], []
    with counting("drawings", len(rows) * arguments.count) as progress:
        for name, sketch in _drawn(rows, arguments):
            used[name] = None
            captions.append(sketch.label if arguments.label else name.replace("_", " "))
            sketches.append(sketch)
            if progress is not None:
                progress(len(sketches))
    if len(rows) > 1 and arguments.out.suffix.lower() in formats.PICTURES:
        columns = _columns(arguments.count)
        titles = [text if columns is None or n % columns == 0 else "" for n, text in enumerate(captions)]
        formats.write_sheet(arguments.out, sketches, columns=columns, titles=titles, **options)
    else:
        formats.write(arguments.out, sketches, **options)
    if arguments.json:
        model = list(used) if len(models) > 1 else next(iter(used))
        print_json(_summary(model, arguments, sketches))
    return 0


def _columns(count: int) -> int | None:
    """Drawings in a row, such that each row shows one model or label; None if they fill no whole rows."""
    if count <= MOST_COLUMNS:
        return count
    widths = range(MOST_COLUMNS, FEWEST_COLUMNS - 1, -1)
    return next((columns for columns in widths if count % columns == 0), None)


def _drawn(
    rows: Sequence[tuple[str, str | None]], arguments: argparse.Namespace
) -> Iterator[tuple[str, Sketch]]:
    """The drawings of each row, each with its model's name; one model is in memory at a time."""
    from sketchrnn.completion import load_model

    loaded, model = None, None
    for name, label in rows:
        if model is None or name != loaded:
            loaded, model = name, _guided(load_model(name), arguments)
        drawings = model.samples(
            arguments.count, label=label, temperature=arguments.temperature, seed=arguments.seed
        )
        for sketch in drawings:
            yield model.info.name, sketch


def _reconstruct(model: Completer, arguments: argparse.Namespace) -> list[Sketch]:
    drawing = open_drawing(arguments.drawing, arguments.number)
    return [
        model.reconstruct(
            drawing, label=arguments.label, temperature=arguments.temperature, seed=arguments.seed
        )
    ]


def _interpolate(model: Completer, arguments: argparse.Namespace) -> list[Sketch]:
    first, last = arguments.number or (None, None)
    return model.interpolate(
        open_drawing(arguments.first, first),
        open_drawing(arguments.last, last),
        arguments.steps,
        temperature=arguments.temperature,
        seed=arguments.seed,
    )


def _summary(model: str | list[str], arguments: argparse.Namespace, sketches: list[Sketch]) -> dict[str, Any]:
    return {
        "file": str(arguments.out),
        "model": model,
        "seed": arguments.seed,
        "temperature": arguments.temperature,
        "drawings": [{"strokes": len(sketch), "points": sketch.point_count} for sketch in sketches],
    }


_DRAW: dict[str, Callable[[Completer, argparse.Namespace], list[Sketch]]] = {
    "complete": _complete,
    "reconstruct": _reconstruct,
    "interpolate": _interpolate,
}
