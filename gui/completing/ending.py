"""The ending: ink that the model offers, from the wish for it until it is kept or taken away."""

from __future__ import annotations

import enum
import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gui.models.pen import Pen, PenSpeed, Point
from gui.models.worker import Run, Wish, Worker
from gui.paper.ink import GrowingInk
from sketchrnn.sketch import Floats

FRAME_MS = 16


class State(enum.Enum):
    NONE = enum.auto()
    """No ending is there, none is on its way."""
    WAITING = enum.auto()
    """Asked for; the model loads, or looks at the drawing."""
    DRAWING = enum.auto()
    """The pen moves."""
    OFFERED = enum.auto()
    """The pen rests; a person may keep the ink or take it away."""


class Ending(QObject):
    """Moves the model's pen, point by point, and holds its ink until somebody decides.

    Signals:
        state_changed(State): whenever `state` becomes another.
        stroke_started(int): the pen touches down for the n-th stroke, from 1.
        point_drawn(float, float, bool): a point of the ink was reached; True where it starts a stroke.
        tip_moved(float, float, bool): where the pen is in this frame; True where it touches the paper.
        cleared(): all its ink is gone from the paper, because it was kept, taken away or replaced.
        finished(bool): the pen rests; True where the model ended, False where it was stopped.
        empty(): the model ended without any ink.
        failed(str): the model could not go on; one sentence. Ink drawn so far stays offered.
    """

    state_changed = Signal(object)
    stroke_started = Signal(int)
    point_drawn = Signal(float, float, bool)
    tip_moved = Signal(float, float, bool)
    cleared = Signal()
    finished = Signal(bool)
    empty = Signal()
    failed = Signal(str)

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self.state = State.NONE
        self.speed = PenSpeed.CALM
        """May be changed while the pen moves."""
        self._run: Run[Point] | None = None
        self._pen = Pen()
        self._strokes: list[GrowingInk] = []
        self._clock = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._on_frame)

    @property
    def wish(self) -> Wish | None:
        """What was asked for last."""
        return self._run.wish if self._run else None

    @property
    def model_name(self) -> str:
        """Who was asked last."""
        return self._run.wish.model.name if self._run else "The model"

    @property
    def strokes(self) -> list[Floats]:
        """Its ink so far: float32 (n, 2) in paper units."""
        return [stroke.points for stroke in self._strokes]

    @property
    def at_work(self) -> bool:
        return self.state in (State.WAITING, State.DRAWING)

    def begin(self, wish: Wish) -> None:
        """Asks for an ending; one that is there is taken away."""
        self.discard()
        self._run = self._worker.complete(wish)
        last = wish.half.strokes[-1][-1] if len(wish.half) else None
        self._pen = Pen(None if last is None else (float(last[0]), float(last[1])))
        self._clock = time.perf_counter()
        self._set_state(State.WAITING)
        self._timer.start()

    def stop(self) -> None:
        """The pen stops where it is; what it drew stays offered."""
        if not self.at_work:
            return
        tip = self._pen.tip
        if tip is not None and tip.down and self._strokes and self._strokes[-1].last != (tip.x, tip.y):
            self._draw(tip.x, tip.y, starts=False)
        self._rest(ended=False)

    def discard(self) -> None:
        """All of it goes away, whatever it is doing."""
        self._halt()
        if self._strokes:
            self._strokes = []
            self.cleared.emit()
        self._set_state(State.NONE)

    def take(self) -> list[Floats]:
        """Stops, and hands its ink over: it belongs to the caller from now on."""
        self.stop()
        strokes = self.strokes
        self.discard()
        return strokes

    # --- moving --------------------------------------------------------------------------------

    def _on_frame(self) -> None:
        now = time.perf_counter()
        # After a hiccup the pen goes on where it was; it does not jump.
        seconds, self._clock = min(now - self._clock, 0.05), now
        run = self._run
        if run is None:
            self._halt()
            return
        ended = run.finished
        self._pen.feed(run.take())
        for point in self._pen.advance(max(seconds, 1e-6) * self.speed.value):
            self._draw(point.x, point.y, point.starts_stroke)
        if self._pen.tip is not None and (self._strokes or not self._pen.waiting):
            self._set_state(State.DRAWING)
            self.tip_moved.emit(*self._pen.tip)
        if ended and self._pen.waiting:
            self._rest(ended=True)
            if run.error is not None:
                self.failed.emit(run.error)

    def _draw(self, x: float, y: float, starts: bool) -> None:
        starts = starts or not self._strokes
        if starts:
            self._strokes.append(GrowingInk())
            self.stroke_started.emit(len(self._strokes))
        self._strokes[-1].add(x, y)
        self.point_drawn.emit(x, y, starts)

    def _rest(self, ended: bool) -> None:
        run = self._run
        self._halt()
        if self._strokes:
            self._set_state(State.OFFERED)
            self.finished.emit(ended)
            return
        self._set_state(State.NONE)
        if ended and run is not None and run.error is None:
            self.empty.emit()
        elif not ended:
            self.finished.emit(False)

    def _halt(self) -> None:
        self._timer.stop()
        if self._run is not None:
            self._run.cancel()

    def _set_state(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit(state)
