"""The document: the drawing, its undo stack, and the file it belongs to."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import ArrayLike
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from gui.look.theme import LIGHT
from gui.paper.ink import PEN_WIDTH, Ink, inks, sketch_of
from gui.paper.paper import HEIGHT, PAPER, WIDTH, laid_on_paper, lies_on_paper
from sketchrnn.errors import SketchError
from sketchrnn.sketch import MAX_POINTS, MAX_STROKES, Author, Sketch

AS_ON_PAPER: dict[str, Any] = {
    "paper": PAPER,
    "stroke_width": PEN_WIDTH,
    "human_color": LIGHT.ink,
    "model_color": LIGHT.accent,
}
"""An SVG looks like the paper by daylight, whatever scheme the window has."""


class Document(QObject):
    """Owns the drawing and everything that may change it.

    Strokes are kept as they came: an undo step holds only the strokes that it added or took away.

    Signals:
        changed(): the strokes are others than before.
        file_changed(): the file's name, or whether there are unsaved changes, is another.
    """

    changed = Signal()
    file_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._strokes: tuple[Ink, ...] = ()
        self._points = 0
        self._label: str | None = None
        self.path: Path | None = None
        """Where Save writes to; None: it has to ask."""
        self.undo_stack = QUndoStack(self)
        self.undo_stack.cleanChanged.connect(self.file_changed)

    @property
    def strokes(self) -> tuple[Ink, ...]:
        return self._strokes

    @property
    def sketch(self) -> Sketch:
        """The drawing as a value: what models are given and files are written from."""
        return sketch_of(self._strokes, self._label)

    @property
    def label(self) -> str | None:
        """What the drawing shows, if anybody said."""
        return self._label

    @property
    def untouched(self) -> bool:
        """Empty paper that belongs to no file: whatever is opened may take its place."""
        return not self._strokes and self.path is None and not self.modified

    @property
    def modified(self) -> bool:
        return not self.undo_stack.isClean()

    # --- changing it ---------------------------------------------------------------------------

    def add(
        self,
        strokes: Sequence[ArrayLike],
        author: Author,
        pressures: Sequence[ArrayLike | None] | None = None,
        text: str | None = None,
    ) -> None:
        """Draws strokes of (n, 2) paper units: one undo step.

        Args:
            pressures: of a pen that feels them, for each stroke (n,) or None.
            text: what the step is called after "Undo"; by default who drew.

        Raises:
            SketchError: the drawing would have more points or strokes than a drawing may have.
        """
        added = Sketch(strokes, [author] * len(strokes), None, pressures)
        if text is None:
            text = "Stroke" if author is Author.HUMAN else "Model's Ink"
        if len(added):
            self.edit((*self._strokes, *inks(added)), text)

    def edit(self, strokes: Sequence[Ink], text: str, *, merge: str | None = None) -> None:
        """Other strokes in place of those that are here: one undo step.

        Strokes that stay have to be the same objects, so that nothing is painted or kept twice.

        Args:
            text: what the step is called after "Undo": "Move 3 Strokes".
            merge: steps that follow one another with the same word here become one.

        Raises:
            SketchError: the drawing would have more points or strokes than a drawing may have.
        """
        after = tuple(strokes)
        if _count(after) > max(MAX_POINTS, self._points):
            raise SketchError(f"The paper is full: a drawing holds at most {MAX_POINTS:,} points.")
        if len(after) > max(MAX_STROKES, len(self._strokes)):
            raise SketchError(f"The paper is full: a drawing holds at most {MAX_STROKES:,} strokes.")
        self.undo_stack.push(_Change(self, text, after, merge))

    def clear(self) -> None:
        """Takes every stroke away: one undo step."""
        if self._strokes:
            self.edit((), "Clear Paper")

    # --- files ---------------------------------------------------------------------------------

    def new(self) -> None:
        self._replace((), None, None)

    def open(self, path: Path) -> None:
        """Reads a drawing; what was here is gone.

        Raises:
            SketchRNNError: the file cannot be read; the drawing here is untouched.
        """
        self.show(read(path))

    def show(self, opened: Opened) -> None:
        """Lays what was read from a file on the paper; what was here is gone."""
        self._replace(opened.strokes, opened.path, opened.label)

    def place(self, sketch: Sketch, *, as_it_is: bool = False) -> None:
        """Lays a drawing of any size on the paper; what was here is gone. It belongs to no file.

        Args:
            as_it_is: it was drawn on this paper, and lies where it lay.
        """
        sketch = sketch if as_it_is else laid_on_paper(sketch)
        self._replace(inks(sketch), None, sketch.label)

    def bring_back(self, strokes: tuple[Ink, ...], path: Path | None, label: str | None) -> None:
        """A drawing as it was when the program ended too early: it has changes that are in no file."""
        self._replace(strokes, path, label)
        self.undo_stack.resetClean()

    def save(self, path: Path) -> None:
        """Writes the drawing to its file.

        Raises:
            SketchRNNError: it could not be written; what stood in the file still stands there.
        """
        self.sketch.save(path, **options_for(path))
        self.saved(path, self._strokes)

    def saved(self, path: Path, strokes: tuple[Ink, ...]) -> None:
        """These strokes are in this file, which is the document's from now on."""
        self.path = path
        if strokes is self._strokes:  # else somebody drew on meanwhile, and that is in no file yet
            self.undo_stack.setClean()
        self.file_changed.emit()

    # --- for the undo steps --------------------------------------------------------------------

    def put(self, strokes: tuple[Ink, ...]) -> None:
        """Sets the strokes without an undo step; only undo steps call this."""
        self._strokes = strokes
        self._points = _count(strokes)
        self.changed.emit()

    def _replace(self, strokes: tuple[Ink, ...], path: Path | None, label: str | None) -> None:
        self._label = label
        self.path = path
        self.put(strokes)
        self.undo_stack.clear()
        self.file_changed.emit()


class Opened(NamedTuple):
    """What a file held, as it lies on this paper, and where Save writes to."""

    strokes: tuple[Ink, ...]
    path: Path | None
    label: str | None


def read(path: Path) -> Opened:
    """Reads a drawing; in any thread.

    A drawing of another size of paper is scaled and centred on this one. What was not made here belongs to no
    file from then on: Save must not write over a data set or another program's picture.

    Raises:
        SketchRNNError: the file cannot be read.
    """
    sketch = Sketch.open(path)
    head = _head(path)
    placed = lies_on_paper(sketch) and f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}"'.encode() in head
    ours = placed and b'class="sketchrnn"' in head
    if not placed:
        sketch = laid_on_paper(sketch)
    return Opened(tuple(inks(sketch)), path if ours else None, sketch.label)


def options_for(path: Path) -> dict[str, Any]:
    """What the writer of this kind of file is told."""
    return AS_ON_PAPER if path.suffix.lower() == ".svg" else {}


class _Change(QUndoCommand):
    """Puts some strokes in the place of others; keeps only those, and shares their arrays."""

    def __init__(self, document: Document, text: str, after: tuple[Ink, ...], merge: str | None) -> None:
        super().__init__(text)
        self._document = document
        self._merge = merge
        before = document.strokes
        start = _shared(before, after)
        end = _shared(before[start:][::-1], after[start:][::-1])
        self._start = start
        self._gone = before[start : len(before) - end]
        self._came = after[start : len(after) - end]

    def redo(self) -> None:
        self._swap(self._gone, self._came)

    def undo(self) -> None:
        self._swap(self._came, self._gone)

    def id(self) -> int:
        return -1 if self._merge is None else zlib.crc32(self._merge.encode()) >> 1

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802
        """Takes a step over that goes on where this one ended."""
        if (
            not isinstance(other, _Change)
            or other._merge != self._merge
            or (other._start, len(other._gone)) != (self._start, len(self._came))
            or _shared(other._gone, self._came) != len(self._came)
        ):
            return False
        self._came = other._came
        return True

    def _swap(self, gone: tuple[Ink, ...], came: tuple[Ink, ...]) -> None:
        strokes = self._document.strokes
        self._document.put((*strokes[: self._start], *came, *strokes[self._start + len(gone) :]))


def _shared(one: Sequence[Ink], other: Sequence[Ink]) -> int:
    """How many strokes at the beginning are the same."""
    for number, (a, b) in enumerate(zip(one, other, strict=False)):
        if a.points is not b.points or a.author is not b.author:
            return number
    return min(len(one), len(other))


def _count(strokes: Sequence[Ink]) -> int:
    return sum(len(ink.points) for ink in strokes)


def _head(path: Path) -> bytes:
    """The beginning of an SVG; nothing of other files."""
    if path.suffix.lower() != ".svg":
        return b""
    with path.open("rb") as file:
        return file.read(2000)
