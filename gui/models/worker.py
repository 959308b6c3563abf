"""The worker: one thread in which models are found, loaded and asked, so that the window never waits."""

from __future__ import annotations

import contextlib
import enum
import itertools
import logging
import math
import queue
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

from gui.models.pen import Point
from gui.paper.paper import PAPER
from sketchrnn.errors import ModelError, SketchRNNError
from sketchrnn.sketch import Bounds, Sketch

log = logging.getLogger(__name__)

AHEAD = 150
"""Points that the model may be ahead of the pen on the paper. Beyond, the thread sleeps."""

FINISHED = 0.15
"""The probability of the end from which on a drawing is taken for finished, where the model does not say."""

_THREADS: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
"""Those of all workers."""

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
    @property
    def conditional(self) -> bool: ...
    @property
    def frame(self) -> float: ...


class LoadedModel(Protocol):
    """What every model can do: the completer's live ink. What else is asked of one is in the questions."""

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
    """None: whatever the model takes the drawing for."""
    one_stroke: bool = False
    scale: float | None = None
    """Pixels of the model's frame for a paper unit; None: the model guesses."""
    anyway: bool = False
    """Also where the model takes the drawing for finished."""


class Priority(enum.IntEnum):
    """Whose turn is next in the thread: what a person waits for goes before what can wait."""

    NOW = 0
    SOON = 1
    """It follows what a person does, such as a suggestion."""
    WHENEVER = 2
    """Pictures that nobody may ever look at. Each of these is short."""


T = TypeVar("T")


class Run(Generic[T]):
    """One ending on its way from the model to the pen; shared by the worker and the window.

    Every run has its own buffer, so ink of a run that was cancelled can never reach the paper.
    """

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.error: str | None = None
        self._points: deque[T] = deque()
        self._room = threading.Event()
        self._cancelled = threading.Event()
        self._ended = threading.Event()

    # --- the window's side ---------------------------------------------------------------------

    def take(self) -> list[T]:
        """The points that came since the last call."""
        taken: list[T] = []
        with contextlib.suppress(IndexError):  # the worker adds meanwhile
            while True:
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

    def put(self, point: T) -> None:
        """Adds a point; sleeps while the pen is far behind."""
        self._points.append(point)
        while len(self._points) >= AHEAD and not self.cancelled:
            self._room.clear()
            self._room.wait(0.2)

    def end(self, error: str | None = None) -> None:
        self.error = error
        self._ended.set()


class Question:
    """A question that one answer settles; `cancel` it, and no answer comes."""

    def __init__(self, answered: Callable[[Any], None], failed: Callable[[str], None] | None) -> None:
        self.answered = answered
        self.failed = failed
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Worker(QObject):
    """Owns the thread. Requests of one priority are done in order; a cancelled one is over at once.

    Args:
        list_models: finds the saved models; called in the thread.
        load_model: loads one of them; called in the thread.

    Signals:
        models_listed(list of SavedModel): after `list_models`, also with an empty list.
        listing_failed(str): instead of it; one sentence.
        model_ready(str): the model of this name is in memory, after `prepare`.
        model_failed(str, str): it cannot be loaded; its name and one sentence. After `prepare` only;
            a run carries its own error.
    """

    models_listed = Signal(list)
    listing_failed = Signal(str)
    model_ready = Signal(str)
    model_failed = Signal(str, str)
    _settled = Signal(object, object, object)  # a Question, its answer, the error's sentence

    def __init__(
        self,
        list_models: Callable[[], Sequence[SavedModel]],
        load_model: Callable[[Path], LoadedModel],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._list_models = list_models
        self._load_model = load_model
        self._loaded: tuple[Path, float, LoadedModel] | None = None
        self._requests: queue.PriorityQueue[tuple[int, int, Callable[[], None] | None]] = (
            queue.PriorityQueue()
        )
        self._numbers = itertools.count()
        self._run: Run[Point] | None = None
        self._runs: weakref.WeakSet[Run[Any]] = weakref.WeakSet()
        self._stopped = False
        self._settled.connect(self._deliver)
        self._thread = threading.Thread(target=self._work, name="model", daemon=True)
        self._thread.start()
        _THREADS.add(self._thread)

    # --- called by the window ------------------------------------------------------------------

    def find_models(self) -> None:
        """Answered by `models_listed` or `listing_failed`."""
        self._request(self._find)

    def prepare(self, model: SavedModel) -> None:
        """Loads the model before it is asked for. Answered by `model_ready` or `model_failed`."""
        self._request(lambda: self._prepare(model))

    def complete(self, wish: Wish) -> Run[Point]:
        """Starts an ending; an earlier one is cancelled."""
        if self._run is not None:
            self._run.cancel()
        self._run = self.begin(wish, ink_of)
        return self._run

    def begin(
        self,
        wish: Wish,
        draw: Callable[[Any, Wish], Iterator[T]],
        priority: Priority = Priority.NOW,
    ) -> Run[T]:
        """Starts anything else that a model draws step by step; it goes on until it is cancelled.

        Args:
            draw: given the loaded model and the wish; called, and iterated, in the thread.
        """
        run: Run[T] = Run(wish)
        self._runs.add(run)
        self._request(lambda: self._draw(run, draw), priority)
        return run

    def ask(
        self,
        model: SavedModel | None,
        question: Callable[[Any], Any],
        answered: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
        priority: Priority = Priority.SOON,
    ) -> Question:
        """Has a question answered in the thread.

        Args:
            model: it is loaded and given to `question`; None: nothing is loaded, and None is given.
            answered: given what `question` returned, in the window's thread.
            failed: given one sentence instead.
        """
        asked = Question(answered, failed)
        self._request(lambda: self._answer(asked, model, question), priority)
        return asked

    def stop(self, seconds: float = 2.0) -> bool:
        """Ends the thread after what it is at; nobody gets an answer any more.

        Returns:
            whether it ended within so many seconds. If not, `wait_for_threads` before the program ends.
        """
        self._stopped = True
        for run in list(self._runs):
            run.cancel()
        self._requests.put((-1, next(self._numbers), None))
        self._thread.join(seconds)
        return not self._thread.is_alive()

    # --- in the thread -------------------------------------------------------------------------

    def _request(self, request: Callable[[], None], priority: Priority = Priority.NOW) -> None:
        self._requests.put((int(priority), next(self._numbers), request))

    def _work(self) -> None:
        while (request := self._requests.get()[2]) is not None:
            request()
            del request  # nothing of the window may end in this thread, while it waits

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
        else:
            self.model_ready.emit(model.name)

    def _load(self, model: SavedModel) -> LoadedModel:
        written = _written(model.path)
        if self._loaded is None or self._loaded[:2] != (model.path, written):
            self._loaded = None
            self._loaded = (model.path, written, self._load_model(model.path))
        return self._loaded[2]

    def _answer(self, asked: Question, model: SavedModel | None, question: Callable[[Any], Any]) -> None:
        if asked.cancelled:
            return
        try:
            answer = question(self._load(model) if model is not None else None)
        except Exception as error:
            self._settled.emit(asked, None, one_sentence(error))
        else:
            self._settled.emit(asked, answer, None)

    def _deliver(self, asked: Question, answer: Any, error: str | None) -> None:
        """In the window's thread again."""
        if asked.cancelled or self._stopped:
            return
        if error is None:
            asked.answered(answer)
        elif asked.failed is not None:
            asked.failed(error)

    def _draw(self, run: Run[T], draw: Callable[[Any, Wish], Iterator[T]]) -> None:
        if run.cancelled:
            return
        try:
            for number, point in enumerate(draw(self._load(run.wish.model), run.wish)):
                if run.cancelled or number >= LONGEST:
                    break
                run.put(point)
        except Exception as error:
            run.end(one_sentence(error))
        else:
            run.end()


def wait_for_threads(seconds: float = 60.0) -> bool:
    """Waits for workers that were stopped: Python must not take numpy's libraries from under a product.

    Returns:
        whether all of them have ended.
    """
    deadline = time.monotonic() + seconds
    for thread in list(_THREADS):
        thread.join(max(0.0, deadline - time.monotonic()))
    left = sum(thread.is_alive() for thread in _THREADS)
    if left:
        log.warning("%d threads did not end in %.0f s", left, seconds)
    return not left


def ink_of(model: Any, wish: Wish) -> Iterator[Point]:
    """The points of one ending, or of its first stroke; none where the drawing is finished as it is."""
    if not (wish.anyway or wish.one_stroke) and len(wish.half) and looks_finished(model, wish):
        return
    for point in model.ink(wish.half, seed=wish.seed, **options_of(wish)):
        check(point, wish)
        yield point
        if wish.one_stroke and point.ends_stroke:
            return


def looks_finished(model: Any, wish: Wish) -> bool:
    """Whether the model itself would end the drawing here."""
    told = {"label": wish.label, "paper": PAPER, "scale": wish.scale}
    return bool(model.end_probability(wish.half, **told) >= finished_from(model))


def finished_from(model: Any) -> float:
    """The probability of the end that few half drawings of a model's kind reach (benchmarks/finished.py)."""
    info = getattr(model, "info", None)
    measured = info.losses.get("halves", {}) if info is not None else {}
    return float(measured.get("looks_finished_from", FINISHED))


def options_of(wish: Wish) -> dict[str, Any]:
    """What a completer is told about an ending, beside drawing and seed."""
    options = {"label": wish.label, "temperature": wish.temperature, "paper": PAPER}
    return options if wish.scale is None else options | {"scale": wish.scale}


def check(point: Point, wish: Wish) -> None:
    """Raises ModelError where a point is nowhere."""
    if not (math.isfinite(point.x) and math.isfinite(point.y)):
        raise ModelError(f"{wish.model.name} drew a point that is nowhere; try another ending.")


def _written(path: Path) -> float:
    """When a model's weights were last replaced; 0 where nobody can tell."""
    try:
        return (path / "weights.npz").stat().st_mtime
    except OSError:
        return 0.0


def one_sentence(error: BaseException) -> str:
    """What a person reads about an error; what nobody foresaw is also logged in full."""
    if isinstance(error, SketchRNNError):
        return str(error)
    log.error("unexpected error", exc_info=error)
    detail = " ".join(str(error).split())
    kind = type(error).__name__
    return f"Something unexpected went wrong ({kind}{f': {detail}' if detail else ''}). Your drawing is safe."
