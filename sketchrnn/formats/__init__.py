"""Drawings in files: the suffix of a file's name says which format it is read or written in."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sketchrnn.errors import FormatError
from sketchrnn.files import StrPath, open_to_read
from sketchrnn.sketch import Sketch

READABLE = (".svg", ".ndjson", ".npz")
WRITABLE = (".svg", ".ndjson", ".npz")

# What files begin with that people take for drawings, or that a browser saved under the wrong name.
_BEGINNINGS = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a WebP picture"),
    (b"BM", "a BMP picture"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x93NUMPY", "a single numpy array"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "XML"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<html", "a web page"),
    (b"<Error", "an error message of a download"),
    (b"{", "JSON"),
    (b"[", "JSON"),
)
_EXPECTED = {
    ".svg": ("an SVG drawing", "XML"),
    ".ndjson": ("JSON",),
    ".npz": ("a zip archive",),
}


def read(path: StrPath) -> Iterator[Sketch]:
    """All drawings of a file, one after another as they are asked for.

    Raises:
        FormatError: at once for a missing file or an unknown or wrong format; later, while it is
            read, for what is wrong inside or if there is no drawing at all.
    """
    suffix = _suffix(path, READABLE, "read")
    with open_to_read(path) as file:
        head = file.read(64)
    name = os.fspath(path)
    if not head:
        raise FormatError(f"{name} is empty; download it again or write it anew")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    kind = next((kind for begin, kind in _BEGINNINGS if start.lower().startswith(begin.lower())), None)
    if kind is not None and kind not in _EXPECTED[suffix]:
        raise FormatError(f"{name} is {kind}, whatever its name says; give a drawing in {suffix} form")
    return _read(name, suffix)


def read_one(path: StrPath) -> Sketch:
    """The first drawing of a file. Raises FormatError as `read` does."""
    return next(read(path))


def write(path: StrPath, sketches: Iterable[Sketch], **options: Any) -> None:
    """Writes drawings; a file that stands is replaced whole, or not touched if anything fails.

    Args:
        options: those of the format's own `write`; only SVG has any.

    Raises:
        FormatError: no known format, or the file cannot be written.
    """
    _module(_suffix(path, WRITABLE, "written")).write(os.fspath(path), sketches, **options)


def _read(path: str, suffix: str) -> Iterator[Sketch]:
    empty = True
    for sketch in _module(suffix).read(path):
        empty = False
        yield sketch
    if empty:
        raise FormatError(f"{path} holds no drawing; give another file")


def _suffix(path: StrPath, known: tuple[str, ...], done: str) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in known:
        raise FormatError(f"{os.fspath(path)} cannot be {done}: its name must end in {', '.join(known)}")
    return suffix


def _module(suffix: str) -> Any:
    return importlib.import_module(f"sketchrnn.formats.{suffix[1:]}")
