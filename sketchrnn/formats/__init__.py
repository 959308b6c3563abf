"""Drawings in files: the suffix of a file's name says which format it is read or written in."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sketchrnn.errors import FormatError
from sketchrnn.files import StrPath, open_to_read
from sketchrnn.sketch import Sketch

READABLE = (".svg", ".inkml", ".ndjson", ".npz", ".bin")
WRITABLE = (".svg", ".inkml", ".ndjson", ".npz", ".bin", ".png", ".gif")
PICTURES = (".svg", ".png", ".gif")
"""What can hold a contact sheet."""

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
    (b"<ink", "InkML"),
    (b"<?xml", "XML"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<html", "a web page"),
    (b"<Error", "an error message of a download"),
    (b"{", "JSON"),
    (b"[", "JSON"),
)
_EXPECTED = {
    ".svg": ("an SVG drawing", "XML"),
    ".inkml": ("InkML", "XML"),
    ".ndjson": ("JSON",),
    ".npz": ("a zip archive",),
    ".bin": (),
}
_MODULES = {".bin": "quickdraw_bin"}
"""Those that are not called by their suffix."""


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
    if kind is not None and suffix == ".bin" and _module(suffix).begins_like_one(head):
        kind = None  # its first bytes are a number, any at all
    if kind is not None and kind not in _EXPECTED[suffix]:
        raise FormatError(f"{name} is {kind}, whatever its name says; give a drawing in {suffix} form")
    return _read(name, suffix)


def read_one(path: StrPath, number: int = 1) -> Sketch:
    """The first drawing of a file, or another, counted from 1.

    Raises:
        FormatError: as `read` does, or the file has fewer drawings.
    """
    count = 0
    for sketch in read(path):
        count += 1
        if count == number:
            return sketch
    raise FormatError(f"{os.fspath(path)} has no drawing number {number}; give a number from 1 to {count}")


def check_writable(path: StrPath) -> None:
    """Raises FormatError if no format that can be written has the suffix: before work is done for it."""
    _suffix(path, WRITABLE, "written")


def write(path: StrPath, sketches: Iterable[Sketch], **options: Any) -> None:
    """Writes drawings; a file that stands is replaced whole, or not touched if anything fails.

    Args:
        options: those of the format's own `write`; only pictures (SVG, PNG, GIF) have any.

    Raises:
        FormatError: no known format, or the file cannot be written.
    """
    _module(_suffix(path, WRITABLE, "written")).write(os.fspath(path), sketches, **options)


def write_sheet(path: StrPath, sketches: Sequence[Sketch], **options: Any) -> None:
    """Writes a contact sheet: a grid of drawings, each scaled to fill its cell.

    Args:
        options: `columns`, `cell` (its side in pixels), `titles` (a caption under each drawing),
            `human_color`, `model_color`, and what else the format's own `write_sheet` takes.

    Raises:
        FormatError: no picture format, no drawing, not one title for each, or the file cannot be written.
    """
    _module(_suffix(path, PICTURES, "a contact sheet")).write_sheet(os.fspath(path), sketches, **options)


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
    return importlib.import_module(f"sketchrnn.formats.{_MODULES.get(suffix, suffix[1:])}")
