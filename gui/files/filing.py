"""Filing: new, open, save and export, with the questions that keep a drawing from getting lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gui.files.dialogs import Answer, Dialogs
from gui.files.document import Document
from gui.files.recent import remember
from gui.settings import Settings
from sketchrnn.errors import SketchRNNError

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
        self.elsewhere: Callable[[Path | None], None] | None = None
        """Opens a file, or empty paper, in another window; None where there can be none."""
        self.browse: Callable[[Path], object] | None = None
        """Shows a file of many drawings; without it the first of them is opened."""

    @property
    def name(self) -> str:
        path = self._document.path
        return path.name if path is not None else "untitled"

    def new(self) -> None:
        """Empty paper: in another window, or here where there can be no other."""
        if self.elsewhere is not None:
            self.elsewhere(None)
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
        elif self.elsewhere is not None and self._document.modified:
            self.elsewhere(path)
        elif self.may_leave():
            self._read(path)

    def save(self) -> bool:
        """Returns whether the drawing is in its file now."""
        if self._document.path is None:
            return self.save_as()
        return self._write(self._document.path, self._document.save, "Saved to")

    def save_as(self) -> bool:
        path = self._dialogs.file_to_save("Save the drawing", self.suggestion)
        return path is not None and self._write(path, self._document.save, "Saved to")

    def may_leave(self) -> bool:
        """Whether what is on the paper may go: it is saved, or a person said so."""
        self._settle()
        if not self._document.modified:
            return True
        answer = self._dialogs.about_unsaved(self.name)
        return answer is Answer.DISCARD or (answer is Answer.SAVE and self.save())

    @property
    def suggestion(self) -> Path:
        """Where a file of this drawing would go."""
        return self._document.path or self._settings.folder / "untitled.svg"

    def _read(self, path: Path) -> None:
        try:
            self._document.open(path)
        except (SketchRNNError, OSError) as error:
            self._dialogs.tell("Not opened", str(error))
            return
        self._remember(path)
        self.said.emit(f"Opened {path.name}.")

    def _remember(self, path: Path) -> None:
        self._settings.folder = path.parent
        remember(self._settings, path)

    def _write(self, path: Path, write: Callable[[Path], None], done: str) -> bool:
        self._settle()
        if not path.suffix:
            path = path.with_suffix(".svg")
        try:
            write(path)
        except (SketchRNNError, OSError) as error:
            self._dialogs.tell("Not saved", str(error))
            return False
        self._remember(path)
        self.said.emit(f"{done} {path.name}.")
        return True
