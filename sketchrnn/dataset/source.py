"""Drawings out of files and folders of any format, with what the files say about them."""

from __future__ import annotations

import importlib
import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sketchrnn import formats
from sketchrnn.errors import FormatError, SketchError
from sketchrnn.files import StrPath, open_to_read
from sketchrnn.formats.npz import StrokeSet, read_splits
from sketchrnn.formats.records import Record
from sketchrnn.sketch import Sketch

EXACT = {".ndjson": "ndjson", ".bin": "quickdraw_bin"}
"""Formats that hold more of a drawing than a `Sketch` does, and their modules."""


def files(places: Sequence[StrPath], *, but: StrPath | None = None) -> list[tuple[Path, str]]:
    """The files to read, in a fixed order, and what their drawings show by the folder they lie in.

    Args:
        places: files, and folders: of these every file that can be read, however deep, hidden ones not.
        but: a file that is left out of folders: the one to be written.

    Returns:
        files and labels: the name of the folder below the given one, "" directly in it.

    Raises:
        FormatError: a place does not exist, or a folder has nothing to read.
    """
    found: list[tuple[Path, str]] = []
    for place in map(Path, places):
        if not place.is_dir():
            if not place.exists():
                raise FormatError(f"{place} does not exist; check the name and the folder")
            found.append((place, ""))
            continue
        if not os.access(place, os.R_OK | os.X_OK):  # it would look empty
            raise FormatError(f"{place} may not be read; change its permissions or copy it")
        count = len(found)
        for path in sorted(place.rglob("*")):
            inside = path.relative_to(place)
            hidden = any(part.startswith(".") for part in inside.parts)
            if hidden or path.suffix.lower() not in formats.READABLE or not path.is_file():
                continue
            if but is None or not Path(but).exists() or not path.samefile(but):
                found.append((path, inside.parent.name.replace("_", " ")))
        if len(found) == count:
            raise FormatError(f"{place} has no file that can be read; give {', '.join(formats.READABLE)}")
    return found


def records(path: StrPath) -> Iterator[Record]:
    """The drawings of a file as exactly as it has them. Raises FormatError as `formats.read` does."""
    sketches = formats.read(path)  # looks at the file, and reads nothing more yet
    if _is_sheet(path):
        raise FormatError(f"{path} is a sheet of many drawings, not a drawing; give the drawings themselves")
    if module := EXACT.get(Path(path).suffix.lower()):
        exact = importlib.import_module(f"sketchrnn.formats.{module}").read_records(path)
        return _not_none(path, exact)
    return map(Record.of, sketches)


def split_records(path: StrPath) -> Iterator[tuple[str | None, Record | SketchError]]:
    """The drawings of a file and the split that each is in, None where the file has no splits.

    What is wrong with a single drawing of an `.npz` comes in its place.

    Raises:
        FormatError: as `records` does.
    """
    if Path(path).suffix.lower() != ".npz":
        yield from zip(itertools.repeat(None), records(path), strict=False)
        return
    formats.read(path)
    splits = read_splits(path)
    for name, drawings in splits.items():
        for record in of_set(drawings):
            yield (name if len(splits) > 1 else None), record


def of_set(drawings: StrokeSet) -> Iterator[Record | SketchError]:
    """The drawings of a set; in the place of one that cannot be, what is wrong with it."""
    labels = itertools.repeat("") if drawings.labels is None else drawings.labels.tolist()
    for rows, label in zip(drawings, labels, strict=False):
        try:
            yield Record.of(Sketch.from_stroke3(rows, label=label or None))
        except SketchError as error:
            yield error


def _is_sheet(path: StrPath) -> bool:
    """Whether an SVG is one of our contact sheets, which would count as one drawing of all its cells."""
    if Path(path).suffix.lower() != ".svg":
        return False
    with open_to_read(path) as file:
        head = file.read(1 << 16)
    return b'class="sketchrnn' in head and b'<g class="drawing"' in head


def _not_none(path: StrPath, found: Iterable[Record]) -> Iterator[Record]:
    empty = True
    for record in found:
        empty = False
        yield record
    if empty:
        raise FormatError(f"{path} holds no drawing; give another file")
