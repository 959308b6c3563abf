"""The questions that the window asks: which file, what about unsaved changes, and what went wrong."""

from __future__ import annotations

import enum
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFileDialog, QMessageBox, QTreeView, QWidget

from gui.files.export import KINDS, Kind
from sketchrnn.formats import READABLE

OPEN_FILTER = f"Drawings ({' '.join(f'*{suffix}' for suffix in READABLE)});;All files (*)"
MORPH_FILTERS = ["Strip of nine drawings (*.svg)", "Animated SVG (*.svg)", "GIF film (*.gif)"]
MODEL_FILTER = "Models (*.gen.json *.vae.json *.gen.js model.json);;All files (*)"
PICTURE_FILTER = "Pictures (*.png *.jpg *.jpeg *.webp *.gif *.bmp);;All files (*)"
SAVE_FILTER = "SVG drawings (*.svg)"
DIALOG = QSize(820, 520)
"""Logical pixels of Qt's own file dialog, where the system has none: names and dates have room."""


COLUMNS = (300, 80, 110, 150)
"""There: name, size, kind, date."""


class Answer(enum.Enum):
    SAVE = enum.auto()
    DISCARD = enum.auto()
    CANCEL = enum.auto()


class Dialogs:
    """Modal dialogs over one window. Tests put their own answers in its place."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent

    def file_to_open(self, folder: Path) -> Path | None:
        return self._file("Open a drawing", folder, OPEN_FILTER)

    def picture_to_trace(self, folder: Path) -> Path | None:
        return self._file("Open a picture to trace", folder, PICTURE_FILTER)

    def file_to_save(self, title: str, suggestion: Path) -> Path | None:
        """Where to write an SVG; asks before replacing a file."""
        dialog = self._dialog(title, suggestion.parent, [SAVE_FILTER], saves=True)
        dialog.setDefaultSuffix("svg")
        dialog.selectFile(suggestion.name)
        if dialog.exec() != QFileDialog.DialogCode.Accepted:
            return None
        return Path(dialog.selectedFiles()[0])

    def file_to_export(self, suggestion: Path) -> tuple[Path, Kind] | None:
        """Where to write a copy, and in which form; asks before replacing a file."""
        filters = [kind.filter for kind in KINDS]
        dialog = self._dialog("Export the drawing", suggestion.parent, filters, saves=True)
        dialog.selectFile(suggestion.stem)
        if dialog.exec() != QFileDialog.DialogCode.Accepted:
            return None
        chosen = next(kind for kind in KINDS if kind.filter == dialog.selectedNameFilter())
        return Path(dialog.selectedFiles()[0]), chosen

    def morph_to_save(self, suggestion: Path) -> tuple[Path, bool] | None:
        """Where to write a morph, and whether as a strip; asks before replacing a file."""
        dialog = self._dialog("Export the morph", suggestion.parent, MORPH_FILTERS, saves=True)
        dialog.selectFile(suggestion.name)
        if dialog.exec() != QFileDialog.DialogCode.Accepted:
            return None
        chosen = dialog.selectedNameFilter()
        path = Path(dialog.selectedFiles()[0])
        wanted = ".gif" if chosen == MORPH_FILTERS[2] else ".svg"
        if path.suffix.lower() not in (".svg", ".gif"):
            path = path.with_name(path.name + wanted)
        return path, chosen == MORPH_FILTERS[0] and path.suffix.lower() == ".svg"

    def model_to_import(self, folder: Path) -> Path | None:
        return self._file("Import a model", folder, MODEL_FILTER)

    def about_unsaved(self, name: str) -> Answer:
        """What should become of changes that are in no file."""
        buttons = QMessageBox.StandardButton
        box = QMessageBox(self._parent)
        box.setWindowTitle("Unsaved drawing")
        box.setText(f"Save the changes to {name}?")
        box.setInformativeText("Otherwise the changes are gone.")
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        return {buttons.Save: Answer.SAVE, buttons.Discard: Answer.DISCARD}.get(
            QMessageBox.StandardButton(answer), Answer.CANCEL
        )

    def tell(self, title: str, sentence: str) -> None:
        """Something did not work; nothing was lost."""
        box = QMessageBox(self._parent)
        box.setWindowTitle(title)
        box.setText(sentence)
        box.setStandardButtons(QMessageBox.StandardButton.Ok)
        box.exec()

    def _file(self, title: str, folder: Path, filters: str) -> Path | None:
        """A file that is there."""
        dialog = self._dialog(title, folder, filters.split(";;"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        chosen = dialog.exec() == QFileDialog.DialogCode.Accepted
        return Path(dialog.selectedFiles()[0]) if chosen else None

    def _dialog(self, title: str, folder: Path, filters: list[str], *, saves: bool = False) -> QFileDialog:
        dialog = QFileDialog(self._parent, title, str(folder))
        if saves:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(filters)
        dialog.finished.connect(dialog.deleteLater)
        table = dialog.findChild(QTreeView)  # where the system has no dialog of its own
        if table is not None:
            for column, width in enumerate(COLUMNS):
                table.header().resizeSection(column, width)
        dialog.resize(DIALOG.boundedTo(self._parent.screen().availableSize() * 0.9))
        return dialog
