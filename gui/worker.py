"""The worker: one thread in which models are found, loaded and asked, so that the window never waits."""

from __future__ import annotations

import logging
import math
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from gui.paper import PAPER
from gui.pen import Point
from sketchrnn.errors import ModelError, SketchRNNError
from sketchrnn.sketch import Bounds, Sketch

log = logging.getLogger(__name__)

AHEAD = 150
"""Points that the model may be ahead of the pen on the paper. Beyond, the thread sleeps."""

LONGEST = 5_000
"""Points after which an ending that does not end is cut off."""


class SavedModel(Protocol):
    """What the window needs to know of a model without loading it."""

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def description(self) -> str: ...
    @property
    def labels(self) -> tuple[str, ...]: ...


class LoadedModel(Protocol):
    """What the worker needs of a model: the completer's live ink."""

    def ink(
        self, half: Sketch, *, label: str | None, temperature: float, seed: int, paper: Bounds
    ) -> Iterator[Point]: ...


@dataclass(frozen=True)
class Wish:
    """What a person asked for when they pressed Complete."""

    model: SavedModel
    half: Sketch
    temperature: float
    seed: int
    label: str | None = None
    one_stroke: bool = False


class Run:
    """One ending on its way from the model to the pen; shared by the worker and the window.

    Every run has its own buffer, so ink of a run that was cancelled can never reach the paper.
    """

    def __init__(self, wish: Wish, generation: int) -> None:
        self.wish = wish
        self.generation = generation
        self.error: str | None = None
        self._points: deque[Point] = deque()
        self._room = threading.Event()
        self._cancelled = threading.Event()
        self._ended = threading.Event()

    # --- the window's side ---------------------------------------------------------------------

    def take(self) -> list[Point]:
        """The points that came since the last call."""
        taken = []
        while self._points:
            taken.append(self._points.popleft())
        self._room.set()
        return taken

    @property
    def finished(self) -> bool:
        """No more points will come. Ask before `take`, or the last ones may be missed."""
        return self._ended.is_set()

    def cancel(self) -> None:
        """At once: the worker stops at its next point, and its points are nobody's."""
        self._cancelled.set()
        self._room.set()
        self._points.clear()

    # --- the worker's side ---------------------------------------------------------------------

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def put(self, point: Point) -> None:
        """Adds a point; sleeps while the pen is far behind."""
        self._points.append(point)
        while len(self._points) >= AHEAD and not self.cancelled:
            self._room.clear()
            self._room.wait(0.2)

    def end(self, error: str | None = None) -> None:
        self.error = error
        self._ended.set()


class Worker(QObject):
    """Owns the thread. Requests are done in order; a cancelled one is over at once.

    Args:
        list_models: finds the saved models; called in the thread.
        load_model: loads one of them; called in the thread.

    Signals:
        models_listed(list of SavedModel): after `list_models`, also with an empty list.
        listing_failed(str): instead of it; one sentence.
        model_ready(str): the model of this name is in memory, after `prepare` or before its first ink.
        model_failed(str, str): it cannot be loaded; its name and one sentence. After `prepare` only;
            a run carries its own error.
    """

    models_listed = Signal(list)
    listing_failed = Signal(str)
    model_ready = Signal(str)
    model_failed = Signal(str, str)

    def __init__(
        self,
        list_models: Callable[[], Sequence[SavedModel]],
        load_model: Callable[[Path], LoadedModel],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._list_models = list_models
        self._load_model = load_model
        self._loaded: tuple[Path, LoadedModel] | None = None
        self._requests: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._generation = 0
        self._run: Run | None = None
        self._thread = threading.Thread(target=self._work, name="model", daemon=True)
        self._thread.start()

    # --- called by the window ------------------------------------------------------------------

    def find_models(self) -> None:
        """Answered by `models_listed` or `listing_failed`."""
        self._requests.put(self._find)

    def prepare(self, model: SavedModel) -> None:
        """Loads the model before it is asked for. Answered by `model_ready` or `model_failed`."""
        self._requests.put(lambda: self._prepare(model))

    def complete(self, wish: Wish) -> Run:
        """Starts an ending; an earlier one is cancelled."""
        if self._run is not None:
            self._run.cancel()
        self._generation += 1
        run = self._run = Run(wish, self._generation)
        self._requests.put(lambda: self._complete(run))
        return run

    def stop(self, seconds: float = 2.0) -> None:
        """Ends the thread; waits this long for it at most."""
        if self._run is not None:
            self._run.cancel()
        self._requests.put(None)
        self._thread.join(seconds)

    # --- in the thread -------------------------------------------------------------------------

    def _work(self) -> None:
        while (request := self._requests.get()) is not None:
            request()

    def _find(self) -> None:
        try:
            found = list(self._list_models())
        except Exception as error:
            self.listing_failed.emit(one_sentence(error))
        else:
            self.models_listed.emit(found)

    def _prepare(self, model: SavedModel) -> None:
        try:
            self._load(model)
        except Exception as error:
            self.model_failed.emit(model.name, one_sentence(error))

    def _load(self, model: SavedModel) -> LoadedModel:
        if self._loaded is None or self._loaded[0] != model.path:
            self._loaded = None
            self._loaded = (model.path, self._load_model(model.path))
        self.model_ready.emit(model.name)
        return self._loaded[1]

    def _complete(self, run: Run) -> None:
        if run.cancelled:
            return
        try:
            self._draw(self._load(run.wish.model), run)
        except Exception as error:
            run.end(one_sentence(error))
        else:
            run.end()

    def _draw(self, model: LoadedModel, run: Run) -> None:
        wish = run.wish
        points = model.ink(
            wish.half, label=wish.label, temperature=wish.temperature, seed=wish.seed, paper=PAPER
        )
        for number, point in enumerate(points):
            if run.cancelled or number >= LONGEST:
                return
            if not (math.isfinite(point.x) and math.isfinite(point.y)):
                raise ModelError(f"{wish.model.name} drew a point that is nowhere; try another ending.")
            run.put(point)
            if wish.one_stroke and point.ends_stroke:
                return


def one_sentence(error: BaseException) -> str:
    """What a person reads about an error; what nobody foresaw is also logged in full."""
    if isinstance(error, SketchRNNError):
        return str(error)
    log.error("unexpected error", exc_info=error)
    detail = " ".join(str(error).split())
    kind = type(error).__name__
    return f"Something unexpected went wrong ({kind}{f': {detail}' if detail else ''}). Your drawing is safe."
