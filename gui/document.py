"""The document: the drawing, its undo stack, and the file it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from gui.ink import PEN_WIDTH, Ink
from gui.paper import HEIGHT, PAPER, WIDTH, laid_on_paper, lies_on_paper
from gui.theme import LIGHT
from sketchrnn.errors import SketchError
from sketchrnn.sketch import MAX_POINTS, Author, Sketch

AS_ON_PAPER = {
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
        return Sketch(
            [ink.points for ink in self._strokes], [ink.author for ink in self._strokes], self._label
        )

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

    def add(self, strokes: Sequence[ArrayLike], author: Author) -> None:
        """Draws strokes of (n, 2) paper units: one undo step.

        Raises:
            SketchError: the drawing would have more points than a drawing may have.
        """
        checked = Sketch(strokes).strokes
        if not checked:
            return
        if self._points + sum(len(stroke) for stroke in checked) > MAX_POINTS:
            raise SketchError(f"The paper is full: a drawing holds at most {MAX_POINTS:,} points.")
        after = (*self._strokes, *(Ink(stroke, author) for stroke in checked))
        text = "stroke" if author is Author.HUMAN else "model's ink"
        self.undo_stack.push(_Change(self, text, after))

    def clear(self) -> None:
        """Takes every stroke away: one undo step."""
        if self._strokes:
            self.undo_stack.push(_Change(self, "clear", ()))

    # --- files ---------------------------------------------------------------------------------

    def new(self) -> None:
        self._replace((), None, None)

    def open(self, path: Path) -> None:
        """Reads a drawing; what was here is gone.

        A drawing of another size of paper is scaled and centred on this one. What was not made here
        belongs to no file from then on: Save must not write over a data set or another program's picture.

        Raises:
            SketchRNNError: the file cannot be read; the drawing here is untouched.
        """
        sketch = Sketch.open(path)
        head = _head(path)
        placed = lies_on_paper(sketch) and f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}"'.encode() in head
        ours = placed and b'class="sketchrnn"' in head
        if not placed:
            sketch = laid_on_paper(sketch)
        strokes = tuple(
            Ink(points, author) for points, author in zip(sketch.strokes, sketch.authors, strict=True)
        )
        self._replace(strokes, path if ours else None, sketch.label)

    def place(self, sketch: Sketch) -> None:
        """Lays a drawing of any size on the paper; what was here is gone. It belongs to no file."""
        sketch = laid_on_paper(sketch)
        inks = (Ink(points, author) for points, author in zip(sketch.strokes, sketch.authors, strict=True))
        self._replace(tuple(inks), None, sketch.label)

    def bring_back(self, strokes: tuple[Ink, ...], path: Path | None, label: str | None) -> None:
        """A drawing as it was when the program ended too early: it has changes that are in no file."""
        self._replace(strokes, path, label)
        self.undo_stack.resetClean()

    def save(self, path: Path) -> None:
        """Writes the drawing to its file.

        Raises:
            SketchRNNError: it could not be written; what stood in the file still stands there.
        """
        self.export(path)
        self.path = path
        self.undo_stack.setClean()
        self.file_changed.emit()

    def export(self, path: Path) -> None:
        """Writes the drawing to another file; the document's own file stays what it was."""
        if path.suffix.lower() == ".svg":
            self.sketch.save(path, **AS_ON_PAPER)
        else:
            self.sketch.save(path)

    # --- for the undo steps --------------------------------------------------------------------

    def put(self, strokes: tuple[Ink, ...]) -> None:
        """Sets the strokes without an undo step; only undo steps call this."""
        self._strokes = strokes
        self._points = int(np.sum([len(ink.points) for ink in strokes], dtype=np.int64))
        self.changed.emit()

    def _replace(self, strokes: tuple[Ink, ...], path: Path | None, label: str | None) -> None:
        self._label = label
        self.path = path
        self.put(strokes)
        self.undo_stack.clear()
        self.file_changed.emit()


class _Change(QUndoCommand):
    """From one tuple of strokes to another; the arrays in them are shared, not copied."""

    def __init__(self, document: Document, text: str, after: tuple[Ink, ...]) -> None:
        super().__init__(text)
        self._document = document
        self._before = document.strokes
        self._after = after

    def redo(self) -> None:
        self._document.put(self._after)

    def undo(self) -> None:
        self._document.put(self._before)


def _head(path: Path) -> bytes:
    """The beginning of an SVG; nothing of other files."""
    if path.suffix.lower() != ".svg":
        return b""
    with path.open("rb") as file:
        return file.read(2000)
