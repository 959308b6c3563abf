"""Autosave: every finished stroke is in a file a moment later, and found again after a crash.

Each window has a file of its own in the user's state folder. A lock beside it says whether the window still
lives: a file whose lock can be had was left by a program that ended without saying so.
"""

from __future__ import annotations

import contextlib
import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from gui.files.background import Background
from gui.files.document import Document
from gui.paper.ink import Ink
from sketchrnn.errors import FormatError, SketchRNNError
from sketchrnn.files import atomic_write
from sketchrnn.sketch import Author, Sketch
from sketchrnn.words import plural

SUFFIX = ".autosave"
FORMAT = 1

_PER_POINT: tuple[str, ...] = Ink._fields[2:]
"""Whatever a stroke knows of each of its points besides where it is."""


@dataclass(frozen=True)
class Snapshot:
    """What was on the paper: the strokes, the file that they belong to, and what they show."""

    strokes: tuple[Ink, ...]
    path: Path | None = None
    label: str | None = None


def state_folder() -> Path:
    """Where the program keeps what must outlive it, by the system's custom."""
    import platformdirs

    return platformdirs.user_state_path("sketchrnn", appauthor=False)


def write_snapshot(path: Path, snapshot: Snapshot) -> None:
    """Writes a snapshot; the file is replaced whole or not at all. Raises FormatError."""
    strokes = snapshot.strokes
    head = {
        "format": FORMAT,
        "path": None if snapshot.path is None else str(snapshot.path),
        "label": snapshot.label,
        "authors": [str(ink.author) for ink in strokes],
    }
    arrays: dict[str, Any] = {
        "head": np.frombuffer(json.dumps(head).encode(), np.uint8),
        "lengths": np.array([len(ink.points) for ink in strokes], np.int64),
        "points": np.concatenate([ink.points for ink in strokes] or [np.zeros((0, 2), np.float32)]),
    }
    for name in _PER_POINT:
        values = [getattr(ink, name) for ink in strokes]
        if any(value is not None for value in values):
            arrays[f"has {name}"] = np.array([value is not None for value in values])
            arrays[name] = np.concatenate([value for value in values if value is not None])
    with atomic_write(path) as file:
        np.savez(file, allow_pickle=False, **arrays)


def read_snapshot(path: Path) -> Snapshot:
    """Reads what `write_snapshot` wrote. Raises FormatError for anything else."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            head = json.loads(archive["head"].tobytes())
            if head["format"] != FORMAT:
                raise FormatError(f"{path} was written by another version of this program; open it with that")
            lengths = archive["lengths"]
            strokes = Sketch(_split(archive["points"], lengths), head["authors"], head["label"])
            extra = [_extra(archive, name, lengths) for name in _PER_POINT]
    except SketchRNNError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise FormatError(f"{path} is damaged and cannot be brought back; delete it") from error
    inks = (
        Ink(points, Author(author), *more)
        for points, author, *more in zip(strokes.strokes, strokes.authors, *extra, strict=True)
    )
    return Snapshot(tuple(inks), None if head["path"] is None else Path(head["path"]), strokes.label)


def _split(rows: Any, lengths: Any) -> list[Any]:
    return np.split(rows, np.cumsum(lengths)[:-1]) if len(lengths) else []


def _extra(archive: Any, name: str, lengths: Any) -> list[Any]:
    """What each stroke knows of its points under this name, or None."""
    if name not in archive:
        return [None] * len(lengths)
    has = archive[f"has {name}"]
    parts = iter(_split(archive[name], lengths[has]))
    return [next(parts) if there else None for there in has]


class LeftBehind:
    """The autosave of a window that ended without saying so. Whoever holds this object holds its lock."""

    def __init__(self, path: Path, lock: QLockFile, snapshot: Snapshot) -> None:
        self.path, self.snapshot = path, snapshot
        self.time = path.stat().st_mtime
        self._lock: QLockFile | None = lock

    def release(self) -> None:
        """Leaves it for the next start."""
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def delete(self) -> None:
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        self.release()

    def hand_over(self) -> tuple[Path, QLockFile | None]:
        """The file and its lock, for a window that goes on writing there."""
        lock, self._lock = self._lock, None
        return self.path, lock


def left_behind(folder: Path) -> list[LeftBehind]:
    """Every autosave whose window no longer lives, the newest first; broken ones are passed over."""
    found = []
    for path in folder.glob(f"*{SUFFIX}"):
        lock = _lock_of(path)
        if not lock.tryLock(0):
            continue
        try:
            found.append(LeftBehind(path, lock, read_snapshot(path)))
        except (SketchRNNError, OSError):
            lock.unlock()
    return sorted(found, key=lambda one: one.time, reverse=True)


class Autosave(QObject):
    """Keeps a file up to date with a document, as long as that has changes that are in no other file.

    Only finished strokes are written. The window's own thread only hands over the tuple of strokes.

    Signals:
        failed(str): the file cannot be written; one sentence, once until it works again.
    """

    failed = Signal(str)

    def __init__(
        self, document: Document, background: Background, folder: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._background = document, background
        self.path = folder / f"{os.urandom(8).hex()}{SUFFIX}"
        self._lock: QLockFile | None = None
        self._on = True
        self._told = False
        # Many signals of one deed become one note, when that is done.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._note)
        document.changed.connect(self._soon.start)
        document.file_changed.connect(self._soon.start)
        background.failed.connect(self._on_failed)

    def adopt(self, left: LeftBehind) -> None:
        """Goes on in the file of a drawing that was brought back."""
        self._background.put(self.path, self._forget)
        self._background.flush()
        self.path, self._lock = left.hand_over()

    def close(self, keep: bool = False) -> None:
        """The window goes, and its file with it: what was in it is saved, or nobody wants it."""
        if keep and self._soon.isActive():
            self._note()
        self._on = False
        self._soon.stop()
        if not keep:
            self._background.put(self.path, self._forget)
        self._background.flush()

    def _note(self) -> None:
        if not self._on:
            return
        document = self._document
        if not document.modified or not document.strokes:
            self._background.put(self.path, self._forget)
            return
        snapshot = Snapshot(tuple(document.strokes), document.path, document.label)
        self._background.put(self.path, lambda: self._write(snapshot))

    # --- in the thread -------------------------------------------------------------------------

    def _write(self, snapshot: Snapshot) -> None:
        if self._lock is None:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise FormatError(f"{self.path.parent} cannot be made: {error.strerror}") from error
            self._lock = _lock_of(self.path)
            self._lock.tryLock(0)
        write_snapshot(self.path, snapshot)
        self._told = False

    def _forget(self) -> None:
        self.path.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def _on_failed(self, key: object, sentence: str) -> None:
        if key == self.path and not self._told:
            self._told = True
            self.failed.emit(f"Autosave does not work: {sentence}")


def _lock_of(path: Path) -> QLockFile:
    lock = QLockFile(str(path.with_suffix(".lock")))
    lock.setStaleLockTime(0)  # only the end of its program breaks a lock
    return lock


def summary(snapshots: Sequence[Snapshot]) -> str:
    """What was left behind, in a sentence."""
    if len(snapshots) != 1:
        return f"{len(snapshots)} drawings were left unsaved when the program ended."
    one = snapshots[0]
    strokes = plural(len(one.strokes), "stroke")
    name = "A drawing" if one.path is None else one.path.name
    return f"{name} ({strokes}) was left unsaved when the program ended."
