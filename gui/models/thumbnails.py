"""Thumbnails of a model's labels: drawn by the model itself when nothing else is to do, and kept on disk."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PySide6.QtCore import QObject, Signal

from gui.models.worker import Priority, Question, SavedModel, Worker
from sketchrnn.errors import SketchRNNError
from sketchrnn.sketch import Sketch

TEMPERATURE = 0.15
"""Careful: a thumbnail shall show what the label is."""

SEED = 1


def cache_folder() -> Path:
    import platformdirs

    return platformdirs.user_cache_path("sketchrnn", appauthor=False) / "thumbnails"


class Thumbnails(QObject):
    """Reads what is kept, and has the model draw what is missing, one after another.

    Signals:
        came(object): Sketches by label, of the model that was asked for last.
    """

    came = Signal(object)

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._asked: Question | None = None
        self._model: SavedModel | None = None
        self._missing: list[str] = []

    def ask(self, model: SavedModel) -> None:
        """Those of every label of a model."""
        self.stop()
        self._model = model
        self._asked = self._worker.ask(
            None,
            lambda _: _read(cache_folder() / _key(model), model.labels),
            self._on_read,
            priority=Priority.WHENEVER,
        )

    def stop(self) -> None:
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None

    def _on_read(self, found: dict[str, Sketch]) -> None:
        if self._model is None:
            return
        self._missing = [label for label in self._model.labels if label not in found]
        if found:
            self.came.emit(found)
        self._next()

    def _next(self) -> None:
        model = self._model
        if model is None or not self._missing:
            return
        label = self._missing.pop(0)
        folder = cache_folder()

        def draw(loaded: Any) -> tuple[str, Sketch]:
            sketch = loaded.sample(1, label=label, temperature=TEMPERATURE, seed=SEED)[0]
            with contextlib.suppress(SketchRNNError, OSError):  # a full disk costs time, not pictures
                path = folder / _key(model) / _file(label)
                path.parent.mkdir(parents=True, exist_ok=True)
                sketch.save(path)
            return label, sketch

        self._asked = self._worker.ask(
            model, draw, self._on_drawn, lambda _: self._next(), priority=Priority.WHENEVER
        )

    def _on_drawn(self, drawn: tuple[str, Sketch]) -> None:
        self.came.emit(dict([drawn]))
        self._next()


def _key(model: SavedModel) -> str:
    """A folder's name that is another when the model's weights are."""
    try:
        state = (model.path / "weights.npz").stat()
        written = f"{state.st_mtime_ns} {state.st_size}"
    except OSError:
        written = ""
    import hashlib  # 1 % of the way to a window, and seldom needed

    digest = hashlib.sha256(f"{model.path} {written}".encode()).hexdigest()[:16]
    return f"{quote(model.name, safe='')}-{digest}"


def _file(label: str) -> str:
    return f"{quote(label, safe=' ')}.svg"


def _read(folder: Path, labels: Sequence[str]) -> dict[str, Sketch]:
    found = {}
    for label in labels:
        path = folder / _file(label)
        with contextlib.suppress(SketchRNNError, OSError):
            if path.is_file():
                found[label] = Sketch.open(path)
    return found
