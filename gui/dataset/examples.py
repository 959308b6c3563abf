"""Examples: many drawings of one thing by one person, in a file that always holds every one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gui.files.background import Background
from sketchrnn import formats, simplify
from sketchrnn.errors import FormatError
from sketchrnn.formats.npz import StrokeSet, write_splits
from sketchrnn.sketch import Sketch

TARGET = 50
"""A gentle one: from here on a model learns a manner."""

PARTS = {"train": range(8), "valid": range(8, 9), "test": range(9, 10)}
"""Of ten drawings in a row, which go where."""


def examples_folder() -> Path:
    """Where a person's own drawings are collected, by the system's custom."""
    import platformdirs

    return platformdirs.user_data_path("sketchrnn", appauthor=False) / "drawings"


def file_name(label: str) -> str:
    """A name that every file system takes, for the drawings of a label."""
    return re.sub(r"[^\w\- ]", "_", label).strip()[:80] or "drawings"


def known_labels(folder: Path) -> list[str]:
    """What drawings were collected of, in alphabetical order."""
    return sorted(path.stem for path in folder.glob("*.ndjson"))


class Examples:
    """The drawings of one thing.

    The file is written anew after every change, by the background thread, whole or not at all.

    Args:
        folder: where the files are.
        label: what is drawn; drawings that are in its file already are kept.
        background: who writes.

    Raises:
        FormatError: the file that is there cannot be read.
    """

    def __init__(self, folder: Path, label: str, background: Background) -> None:
        self.path = folder / f"{file_name(label)}.ndjson"
        self.label = label
        self._background = background
        there = self.path.exists() and self.path.stat().st_size > 0
        self.drawings: list[Sketch] = list(formats.read(self.path)) if there else []

    def __len__(self) -> int:
        """How many drawings there are."""
        return len(self.drawings)

    def add(self, sketch: Sketch) -> None:
        self.drawings.append(Sketch(sketch.strokes, label=self.label))
        self._write()

    def take_back(self) -> Sketch | None:
        """The last drawing, which is then no longer one of them."""
        if not self.drawings:
            return None
        last = self.drawings.pop()
        self._write()
        return last

    def _write(self) -> None:
        drawings = tuple(self.drawings)
        self._background.put(self.path, lambda: _write(self.path, drawings))


def save_data_set(path: Path, drawings: Sequence[Sketch]) -> None:
    """Writes drawings as QuickDraw's are, with the splits train, valid and test.

    Raises:
        FormatError: there are fewer than ten, or the file cannot be written.
    """
    if len(drawings) < 10:
        raise FormatError(f"{path}: a data set needs ten drawings; draw {10 - len(drawings)} more")
    rows = [simplify.quickdraw(sketch).to_stroke3().astype(np.int16) for sketch in drawings]
    splits = {}
    for name, places in PARTS.items():
        part = [number for number in range(len(rows)) if number % 10 in places]
        splits[name] = StrokeSet.of(
            [rows[number] for number in part], [drawings[number].label or "" for number in part]
        )
    write_splits(path, splits)


def _write(path: Path, drawings: tuple[Sketch, ...]) -> None:
    if not drawings:
        path.unlink(missing_ok=True)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FormatError(f"{path.parent} cannot be made: {error.strerror}") from error
    formats.write(path, drawings)
