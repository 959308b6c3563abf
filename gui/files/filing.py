"""Filing: new, open, save and export, with the questions that keep a drawing from getting lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from gui.files.background import Background
from gui.files.dialogs import Answer, Dialogs
from gui.files.document import Document, Opened, options_for, read
from gui.files.recent import remember
from gui.paper.ink import sketch_of
from gui.settings import Settings
from sketchrnn.errors import SketchRNNError

T = TypeVar("T")

MANY = (".ndjson", ".npz", ".bin")
"""Files that hold many drawings."""


class Filing(QObject):
    """Moves the document between paper and files.

    Args:
        settle: called before anything leaves the paper: ink that nobody accepted yet becomes part
            of the drawing, because a person who saves means what they see.

    Signals:
        said(str): it worked; one sentence.
    """

    said = Signal(str)

    def __init__(
        self,
        document: Document,
        dialogs: Dialogs,
        settings: Settings,
        settle: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._dialogs = dialogs
        self._settings = settings
        self._settle = settle
        self.elsewhere: Callable[[], Filing] | None = None
        """Opens another window, with empty paper; None where there can be none."""
        self.browse: Callable[[Path], object] | None = None
        """Shows a file of many drawings; without it the first of them is opened."""
        self.background: Background | None = None
        """Reads and writes, so that the pen never waits for a large drawing; without it that is done here."""

    @property
    def name(self) -> str:
        path = self._document.path
        return path.name if path is not None else "untitled"

    def new(self) -> None:
        """Empty paper: in another window, or here where there can be no other."""
        if self.elsewhere is not None:
            self.elsewhere()
        elif self.may_leave():
            self._document.new()
            self.said.emit("")

    def open(self) -> None:
        path = self._dialogs.file_to_open(self._settings.folder)
        if path is not None:
            self.open_file(path)

    def open_file(self, path: Path) -> None:
        """Opens a file; in another window where this one has a drawing with unsaved changes."""
        self._settle()
        if self.browse is not None and path.suffix.lower() in MANY and path.is_file():
            self.browse(path)
            self._remember(path)
        elif self.elsewhere is not None or self.may_leave():
            self._read(path)

    def save(self, *, at_once: bool = False) -> bool:
        """Returns whether the drawing is in its file, or on its way there.

        Args:
            at_once: it has to be there when this returns.
        """
        if self._document.path is None:
            return self.save_as(at_once=at_once)
        return self._write(self._document.path, at_once)

    def save_as(self, *, at_once: bool = False) -> bool:
        path = self._dialogs.file_to_save("Save the drawing", self.suggestion)
        return path is not None and self._write(path, at_once)

    def may_leave(self) -> bool:
        """Whether what is on the paper may go: it is saved, or a person said so."""
        self._settle()
        self.finish()
        if not self._document.modified:
            return True
        answer = self._dialogs.about_unsaved(self.name)
        return answer is Answer.DISCARD or (answer is Answer.SAVE and self.save(at_once=True))

    @property
    def suggestion(self) -> Path:
        """Where a file of this drawing would go."""
        return self._document.path or self._settings.folder / "untitled.svg"

    def beside(
        self,
        job: Callable[[], T],
        answered: Callable[[T], object],
        failed: Callable[[str], object],
        *,
        at_once: bool = False,
    ) -> None:
        """Has a file read or written in the background, where there is one and nobody has to wait for it.

        Args:
            answered: given what `job` returned.
            failed: given one sentence instead.
        """
        if self.background is not None and not at_once:
            self.background.ask(job, answered, failed)
            return
        try:
            answer = job()
        except (SketchRNNError, OSError) as error:
            failed(str(error))
        else:
            answered(answer)

    def finish(self) -> None:
        """Waits for what is being read or written."""
        if self.background is not None:
            self.background.finish()

    def _read(self, path: Path) -> None:
        self.said.emit(f"Opening {path.name}…")

        def show(opened: Opened) -> None:
            if self._document.modified and self.elsewhere is not None:
                self.said.emit("")
                self.elsewhere()._show(path, opened)
            else:
                self._show(path, opened)

        self.beside(lambda: read(path), show, self._not_opened)

    def _show(self, path: Path, opened: Opened) -> None:
        self._document.show(opened)
        self._remember(path)
        self.said.emit(f"Opened {path.name}.")

    def _not_opened(self, sentence: str) -> None:
        self.said.emit("")
        self._dialogs.tell("Not opened", sentence)

    def _remember(self, path: Path) -> None:
        self._settings.folder = path.parent
        remember(self._settings, path)

    def _write(self, path: Path, at_once: bool) -> bool:
        self._settle()
        path = path if path.suffix else path.with_suffix(".svg")
        strokes, label = self._document.strokes, self._document.label

        def write() -> None:
            sketch_of(strokes, label).save(path, **options_for(path))

        def written() -> bool:
            self._document.saved(path, strokes)
            self._remember(path)
            self.said.emit(f"Saved to {path.name}.")
            return True

        self.said.emit(f"Saving {path.name}…")
        done: list[bool] = []
        if at_once:
            self.finish()  # an earlier state of the drawing may still be on its way there
        self.beside(write, lambda _: done.append(written()), self._not_saved, at_once=at_once)
        return bool(done) or not (at_once or self.background is None)

    def _not_saved(self, sentence: str) -> None:
        self.said.emit("")
        self._dialogs.tell("Not saved", sentence)
