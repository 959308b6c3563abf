"""Ghost ink: a pale continuation that waits beside a person's pen and is never in its way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPainterPath

from gui.look.theme import Colours
from gui.models.pen import Point
from gui.models.worker import Priority, Run, Wish, Worker, ink_of
from gui.paper.ink import PEN_WIDTH, curve, pen
from sketchrnn.sketch import Floats

PALE = 0.4
"""Opacity: to be seen beside the ink, and not to be taken for it."""

LOOK_MS = 8
"""How often it is looked whether points came, while some are awaited."""


class Ghost(QObject):
    """Asks for a continuation, and shows it at once, without the pen's movement.

    Signals:
        changed(): other strokes are to be seen than before; or it is known now that there are none.
    """

    changed = Signal()

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._run: Run[Point] | None = None
        self.ink_width: Callable[[], float] = lambda: PEN_WIDTH
        """In paper units."""
        self._whole = True
        self._strokes: list[list[tuple[float, float]]] = []
        self._ended: list[bool] = []
        self._path: QPainterPath | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def strokes(self) -> list[Floats]:
        """What is to be seen: float32 (n, 2) in paper units."""
        return [np.array(stroke, np.float32) for stroke in self._strokes]

    @property
    def visible(self) -> bool:
        return bool(self._strokes)

    @property
    def wish(self) -> Wish | None:
        """What it continues; None where nothing was asked, or a part of the answer was taken."""
        return self._run.wish if self._run is not None and self._whole else None

    @property
    def found_nothing(self) -> bool:
        """Whether the model was asked, and has nothing to add."""
        run = self._run
        answered = run is not None and run.finished and run.error is None
        return answered and self._whole and not self._strokes

    def ask(self, wish: Wish) -> None:
        """Another continuation, in place of the one that is there."""
        self.dismiss()
        self._run = self._worker.begin(wish, ink_of, Priority.SOON)
        self._whole = True
        self._timer.start()

    def dismiss(self) -> None:
        self._timer.stop()
        if self._run is not None:
            self._run.cancel()
            self._run = None
        if self._strokes:
            self._show([], [])

    def take(self) -> list[Floats]:
        """All of it, as far as it came; nothing is left."""
        strokes = self.strokes
        self.dismiss()
        return strokes

    def take_one(self) -> list[Floats]:
        """Its first stroke, if that is whole; the others stay where they are."""
        if not self._strokes or not self._ended[0]:
            return []
        first = np.array(self._strokes[0], np.float32)
        self._whole = False
        self._show(self._strokes[1:], self._ended[1:])
        return [first]

    def paint(self, painter: QPainter, colours: Colours) -> None:
        """An overlay of the canvas."""
        if not self._strokes:
            return
        if self._path is None:  # one path: where strokes cross, they are no darker
            self._path = QPainterPath()
            for stroke in self._strokes:
                self._path.addPath(curve(np.array(stroke)))
        colour = colours.colour("accent")
        colour.setAlphaF(PALE)
        painter.setPen(pen(colour, self.ink_width()))
        painter.drawPath(self._path)

    def _look(self) -> None:
        run = self._run
        if run is None:
            self._timer.stop()
            return
        ended = run.finished
        points = run.take()
        for point in points:
            if point.starts_stroke or not self._strokes:
                self._strokes.append([])
                self._ended.append(False)
            self._strokes[-1].append((point.x, point.y))
            self._ended[-1] = point.ends_stroke
        if ended:
            self._timer.stop()
            self._ended = [True] * len(self._strokes)
        if points or ended:
            self._show(self._strokes, self._ended)

    def _show(self, strokes: list[list[tuple[float, float]]], ended: list[bool]) -> None:
        self._strokes, self._ended, self._path = strokes, ended, None
        self.changed.emit()
