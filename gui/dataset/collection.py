"""A collection: the drawings of a file, kept small, so that tens of thousands can be looked through."""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from gui.models.worker import one_sentence
from sketchrnn import formats
from sketchrnn.formats import ndjson, npz
from sketchrnn.sketch import Author, Floats, Sketch

AT_ONCE = 0.004
"""Seconds that the reading thread works before the window gets its turn."""

REST = 0.001

_WORD = re.compile(rb'"word"\s*:\s*("(?:[^"\\]|\\.)*")')


class Entry(NamedTuple):
    """A drawing in few bytes: its points, the length of each stroke, its label, who drew it if not people."""

    points: Floats
    lengths: tuple[int, ...]
    label: str | None
    authors: tuple[Author, ...] | None

    @classmethod
    def of(cls, sketch: Sketch) -> Entry:
        points = np.concatenate(sketch.strokes) if len(sketch) else np.zeros((0, 2), np.float32)
        theirs = sketch.authors if Author.MODEL in sketch.authors else None
        return cls(points, tuple(len(stroke) for stroke in sketch.strokes), sketch.label, theirs)

    @property
    def strokes(self) -> list[Floats]:
        return np.split(self.points, np.cumsum(self.lengths)[:-1]) if self.lengths else []

    def sketch(self) -> Sketch:
        return Sketch(self.strokes, self.authors, self.label)

    def entry(self) -> Entry:
        return self


class Rows(NamedTuple):
    """A drawing of a data set whose offsets nobody has followed yet."""

    rows: NDArray[Any]
    label: str | None

    def entry(self) -> Entry:
        return Entry.of(Sketch.from_stroke3(self.rows, label=self.label))


class Line(NamedTuple):
    """A drawing in a file of lines that nobody has read yet."""

    path: Path
    offset: int
    label: str | None

    def entry(self) -> Entry:
        with self.path.open("rb") as file:
            file.seek(self.offset)
            return Entry.of(ndjson.parse(file.readline()))


Item = Entry | Rows | Line
"""A drawing that becomes an Entry when it is looked at."""


class Reader(QObject):
    """Reads a file's drawings in a thread of its own, and hands them over in portions.

    Signals:
        found(list of Item): some more drawings.
        ended(str): there are no more; the sentence of an error, or "".
    """

    found = Signal(list)
    ended = Signal(str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begins; connect the signals before."""
        threading.Thread(target=self._read, name="reader", daemon=True).start()

    def stop(self) -> None:
        """No more signals come that were not on their way."""
        self._stopped.set()

    def _read(self) -> None:
        portion: list[Item] = []
        said = began = time.perf_counter()
        error = ""
        try:
            for item in _items(self._path):
                if self._stopped.is_set():
                    return
                portion.append(item)
                now = time.perf_counter()
                if now - said > 0.1:
                    self._tell(portion)
                    portion, said = [], now
                if now - began > AT_ONCE:
                    time.sleep(REST)
                    began = time.perf_counter()
        except Exception as wrong:
            error = one_sentence(wrong)
        self._tell(portion)
        if not self._stopped.is_set():
            try:
                self.ended.emit(error)
            except RuntimeError:  # the window went in the meantime
                return

    def _tell(self, portion: list[Item]) -> None:
        if portion and not self._stopped.is_set():
            try:
                self.found.emit(portion)
            except RuntimeError:
                self._stopped.set()


def _items(path: Path) -> Iterator[Item]:
    rest = formats.read(path)
    first = next(rest)  # a sentence where this is no such file, or has no drawing
    suffix = path.suffix.lower()
    if suffix == ".npz":
        return (item for part in npz.read_splits(path).values() for item in _rows(part))
    if suffix == ".ndjson":
        return _lines(path)
    return itertools.chain(
        [Entry.of(first)], (Entry.of(one) for one in itertools.islice(formats.read(path), 1, None))
    )


def _rows(drawings: npz.StrokeSet) -> Iterator[Rows]:
    labels = itertools.repeat("") if drawings.labels is None else iter(drawings.labels.tolist())
    return (Rows(rows, label or None) for rows, label in zip(drawings, labels, strict=False))


def _lines(path: Path) -> Iterator[Line]:
    with path.open("rb") as file:
        offset = 0
        for line in file:
            if not line.isspace():
                yield Line(path, offset, _label(line))
            offset += len(line)


def _label(line: bytes) -> str | None:
    """The field "word" of a line, without looking at its points if it comes first, as it does."""
    found = _WORD.search(line, 0, 400) or _WORD.search(line)
    try:
        return (json.loads(found[1]) or None) if found else None
    except ValueError:
        return None
