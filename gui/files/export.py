"""Export: a copy of the drawing in another form, written beside the window's work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QColor, QPageSize, QPainter, QPdfWriter

from gui.files.document import AS_ON_PAPER
from gui.look.theme import LIGHT
from gui.paper.ink import ink_pieces, inks, pen, sketch_of
from gui.paper.paper import HEIGHT, WIDTH
from sketchrnn.files import atomic_write
from sketchrnn.sketch import Author, Sketch

if TYPE_CHECKING:
    from gui.window.main_window import MainWindow

PIXELS = 2 * WIDTH
"""Of a PNG's larger side: sharp at 200 % scaling."""

POINT = 0.75
"""Typographic points of a paper unit: the paper is 10 by 7.5 inches."""


@dataclass(frozen=True)
class Kind:
    """A form that a drawing can leave in.

    Args:
        name: what people call it.
        suffix: what its files end in.
        options: what the writer is told.
        write: the writer; by default the format's own.
    """

    name: str
    suffix: str
    options: dict[str, Any] = field(default_factory=dict)
    write: Callable[[Path, Sketch], None] | None = None

    @property
    def filter(self) -> str:
        """As file dialogs want it."""
        return f"{self.name} (*{self.suffix})"

    def save(self, path: Path, sketch: Sketch) -> None:
        """Raises SketchRNNError where it cannot be written; what stood there still stands then."""
        if self.write is not None:
            self.write(path, sketch)
        else:
            sketch.save(path, **self.options)


def write_pdf(path: Path, sketch: Sketch) -> None:
    """One page of the paper's size, its lines as curves. Raises FormatError."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(sketch.label or path.stem)
    writer.setCreator("sketchrnn")
    size = QSizeF(WIDTH * POINT, HEIGHT * POINT)
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Point, "paper", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    with QPainter(writer) as painter:
        painter.scale(writer.width() / WIDTH, writer.height() / HEIGHT)
        for ink in inks(sketch):
            colour = QColor(LIGHT.accent if ink.author is Author.MODEL else LIGHT.ink)
            for piece in ink_pieces(ink):
                painter.setPen(pen(colour, piece.width))
                painter.drawPath(piece.path)
    buffer.close()
    with atomic_write(path) as file:
        file.write(data.data())


_FILM = AS_ON_PAPER | {"background": LIGHT.paper}

KINDS = (
    Kind("SVG drawing", ".svg", AS_ON_PAPER),
    Kind("SVG that draws itself", ".svg", AS_ON_PAPER | {"animate": True}),
    Kind("PNG picture", ".png", _FILM | {"size": round(PIXELS)}),
    Kind("PDF page", ".pdf", write=write_pdf),
    Kind("GIF that draws itself", ".gif", _FILM | {"size": 960}),
    Kind("InkML ink", ".inkml"),
    Kind("QuickDraw drawing", ".ndjson"),
)


def resolved(path: Path, chosen: Kind) -> tuple[Path, Kind]:
    """The file and its kind: a suffix that a person typed says more than the list that they left alone."""
    if path.suffix.lower() == chosen.suffix:
        return path, chosen
    typed = next((kind for kind in KINDS if kind.suffix == path.suffix.lower()), None)
    return (path, typed) if typed is not None else (path.with_name(path.name + chosen.suffix), chosen)


class Exporting:
    """Asks where to, and writes beside the window's work: a film takes longer than a frame."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def begin(self) -> None:
        window = self._window
        window.settle()
        answer = window.dialogs.file_to_export(window.filing.suggestion)
        if answer is None:
            return
        path, kind = resolved(*answer)
        strokes, label = window.document.strokes, window.document.label
        window.say(f"Writing {path.name}…")
        window.filing.beside(
            lambda: kind.save(path, sketch_of(strokes, label)), lambda _: self._done(path), self._failed
        )

    def _done(self, path: Path) -> None:
        self._window.settings.folder = path.parent
        self._window.say(f"Exported to {path.name}.")

    def _failed(self, sentence: str) -> None:
        self._window.say("")
        self._window.dialogs.tell("Not exported", sentence)
