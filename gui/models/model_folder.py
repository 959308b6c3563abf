"""Model folders: a model that appears, or that is trained anew, is noticed; others' models are brought in."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from gui.models.worker import Question, Worker

QUIET_MS = 400
"""A model comes in several files: it is looked at when none came for so long."""

State = frozenset[tuple[str, float]]
"""Every model's description and when it was written."""


def folders() -> list[Path]:
    """Where models are; called in the worker's thread."""
    from sketchrnn import store

    return [store.default_folder(), store.user_folder()]


class ModelFolders(QObject):
    """Watches the folders of saved models.

    Signals:
        changed(): there are others than before, or one was written anew.
    """

    changed = Signal()

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._known: State | None = None
        self._asked: Question | None = None
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(QUIET_MS)
        self._timer.timeout.connect(self.look)
        self._watcher.directoryChanged.connect(self._timer.start)

    def look(self) -> None:
        """Now; and watch from now on."""
        if self._asked is not None:
            self._asked.cancel()
        self._asked = self._worker.ask(None, lambda _: _seen(), self._on_seen)

    def _on_seen(self, seen: tuple[State, list[str]]) -> None:
        state, places = seen
        new = set(places) - set(self._watcher.directories())
        if new:
            self._watcher.addPaths(sorted(new))
        known, self._known = self._known, state
        if known is not None and known != state:
            self.changed.emit()


def _seen() -> tuple[State, list[str]]:
    """Every model's description, and the folders in which something may change."""
    models, places = set(), []
    for folder in folders():
        there = folder
        while not there.is_dir() and there != there.parent:  # it may be made later
            there = there.parent
        places.append(str(there))
        if there != folder:
            continue
        for path in sorted(folder.iterdir()):
            if path.is_dir() and not path.name.startswith("."):
                places.append(str(path))
                with contextlib.suppress(OSError):
                    models.add((str(path), (path / "model.json").stat().st_mtime))
    return frozenset(models), places


def bring_in(path: Path) -> str:
    """Makes a saved model of a file: one of Magenta's, or a saved model from elsewhere. Returns its name.

    It takes a free name: no model that is there is replaced.

    Raises:
        SketchRNNError: it is no model, is damaged, or cannot be written.
    """
    from sketchrnn import magenta, store

    if path.name in (store.MODEL_FILE, store.WEIGHTS_FILE):
        info = store.read_info(path.parent)
        weights = store.read_weights(info)
    else:
        info, weights = magenta.read(path)
    home = store.user_folder()
    folder, number = home / info.name, 1
    while folder.exists():
        number += 1
        folder = home / f"{info.name}-{number}"
    store.save(dataclasses.replace(info, name=folder.name, path=folder), weights, dtype="float32")
    return folder.name
