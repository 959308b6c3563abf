"""`.ndjson`: QuickDraw's files, raw or simplified; a drawing per line, read as a stream."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from sketchrnn.errors import FormatError, SketchError
from sketchrnn.files import StrPath, atomic_write, open_to_read
from sketchrnn.formats.numbers import shortest
from sketchrnn.sketch import Sketch

_MAX_LINE = 64 << 20
_REMEDY = "mend or delete that line"


def read(path: StrPath) -> Iterator[Sketch]:
    """The drawings, line by line. Times, if there are any, are left out.

    Raises:
        FormatError: a line is no drawing; the message has its number.
    """
    with open_to_read(path) as file:
        number = 0
        while line := file.readline(_MAX_LINE):
            number += 1
            try:
                if not line.isspace():
                    yield _parsed(line)
            except FormatError as error:
                raise FormatError(f"{path}, line {number}: {error}; {_REMEDY}") from error
            except SketchError as error:
                raise FormatError(f"{path}, line {number}: {error}") from error


def write(path: StrPath, sketches: Iterable[Sketch]) -> None:
    """Writes QuickDraw's simplified form: whole numbers where the coordinates are whole.

    Coordinates that are not whole get as many digits as float32 needs to come back the same. The
    field `authors`, which QuickDraw does not have, is there only if the model drew a stroke.
    """
    with atomic_write(path) as file:
        for sketch in sketches:
            fields: dict[str, Any] = {"word": sketch.label or "", "recognized": True}
            if any(author != "human" for author in sketch.authors):
                fields["authors"] = list(sketch.authors)
            strokes = ",".join(
                f"[[{','.join(shortest(stroke[:, 0]))}],[{','.join(shortest(stroke[:, 1]))}]]"
                for stroke in sketch.strokes
            )
            head = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
            file.write(f'{head[:-1]},"drawing":[{strokes}]}}\n'.encode())


def _parsed(line: bytes) -> Sketch:
    try:
        fields = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        if not line.endswith(b"\n"):
            raise FormatError("the line is cut off, or no JSON") from error
        raise FormatError("the line is no JSON") from error
    if not isinstance(fields, dict) or not isinstance(fields.get("drawing"), list):
        raise FormatError('the line has no field "drawing" with a list of strokes')
    strokes = [_stroke(stroke, number) for number, stroke in enumerate(fields["drawing"], 1)]
    label = fields.get("word")
    if not isinstance(label, str | None):
        raise FormatError('its field "word" is no text')
    return Sketch(strokes, _authors(fields.get("authors"), len(strokes)), label or None)


def _stroke(stroke: Any, number: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """[xs, ys] or [xs, ys, times] as (n, 2)."""
    if not isinstance(stroke, list) or len(stroke) not in (2, 3):
        raise FormatError(f"stroke {number} is not [xs, ys] or [xs, ys, times]")
    xs, ys = stroke[:2]
    if not isinstance(xs, list) or not isinstance(ys, list) or len(xs) != len(ys):
        raise FormatError(f"stroke {number} does not have as many xs as ys")
    try:
        points = np.array([xs, ys])
    except ValueError:
        points = np.array([xs, ys], object)
    if points.ndim != 2 or points.dtype.kind not in "iuf":
        raise FormatError(f"stroke {number} has a coordinate that is no number")
    return points.T


def _authors(authors: Any, count: int) -> list[str] | None:
    """Who drew each stroke, if the file says so in a way that this program understands."""
    if isinstance(authors, list) and len(authors) == count and set(map(str, authors)) <= {"human", "model"}:
        return authors
    return None
