"""Sizing: how large the model takes the whole drawing to be, shown and corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from gui import words
from gui.completing.size_frame import SizeFrame
from gui.models.worker import Question
from gui.paper.paper import PAPER

if TYPE_CHECKING:
    from gui.window.main_window import MainWindow

GUESS_MS = 40


class Sizing(QObject):
    """Keeps the frame up to date, and knows what a person made of it. Belongs to one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._asked: Question | None = None
        self._side: float | None = None  # what a person said, in paper units
        self.frame = SizeFrame(window.canvas, self)
        self.frame.dragged.connect(self._on_dragged)
        self.frame.reset.connect(self._on_reset)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(GUESS_MS)
        self._timer.timeout.connect(self._guess)
        window.document.changed.connect(self.refresh)
        window.actions_.show_size.setChecked(window.settings.shows_size)
        window.actions_.show_size.toggled.connect(self._on_toggled)

    @property
    def scale(self) -> float | None:
        """Pixels of the model's frame for a paper unit, where a person said; None: the model guesses."""
        model = self._window.bar.model
        if self._side is None or model is None or not self._window.settings.shows_size:
            return None
        return model.frame / self._side

    def refresh(self) -> None:
        """After the drawing or the model changed."""
        if self._asked is not None:
            self._asked.cancel()
        window = self._window
        if not window.document.strokes:
            self._side = None  # the next drawing is another one
        if not window.settings.shows_size or window.bar.model is None or not window.document.strokes:
            self._timer.stop()
            self.frame.hide()
        elif self._side is not None:
            self.frame.show(self._side, window.document.sketch.bounds, fixed=True)
        else:
            self._timer.start()

    def _guess(self) -> None:
        window = self._window
        sketch = window.document.sketch
        model = window.bar.model
        if model is None:
            return
        frame = model.frame
        self._asked = window.worker.ask(
            model,
            lambda loaded: frame / loaded.guess_scale(sketch, PAPER),
            lambda side: self.frame.show(side, sketch.bounds, fixed=False),
            lambda _: self.frame.hide(),
        )

    def _on_dragged(self, side: float) -> None:
        self._side = side
        self._window.say(words.SIZED)

    def _on_reset(self) -> None:
        self._side = None
        self.refresh()
        self._window.say("")

    def _on_toggled(self, on: bool) -> None:
        self._window.settings.shows_size = on
        self.refresh()
        if on and not self._window.document.strokes:
            self._window.say(words.SIZE_LATER)
