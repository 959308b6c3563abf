"""Naming: keeps the label picker, its thumbnails and the guesses up to date with model and drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QVBoxLayout

from gui.completing.label_picker import Guesses, GuessRow
from gui.models.thumbnails import Thumbnails
from gui.models.worker import Question
from gui.paper.paper import PAPER

if TYPE_CHECKING:
    from gui.window.main_window import MainWindow

GUESS_MS = 30
"""Several changes at once are looked at once."""

PICTURES_MS = 2000
"""How long a model is in use before it draws thumbnails: the first ending goes before."""


class Naming(QObject):
    """What is it? Belongs to one window; not to be seen where the model has no labels."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._button = window.bar.label_button
        self._asked: Question | None = None
        self._pictured: object = None
        self.row = GuessRow()
        self.row.hide()
        middle = window.centralWidget()
        column = middle.layout() if middle is not None else None
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.indexOf(window.middle) + 1, self.row)
        self.thumbnails = Thumbnails(window.worker, self)
        self.thumbnails.came.connect(self._button.show_thumbnails)
        self._guess_timer = self._timer(GUESS_MS, self._guess)
        self._picture_timer = self._timer(PICTURES_MS, self._picture)
        self.row.chosen.connect(self._button.choose)
        self._button.label_chosen.connect(self._on_label)
        self._button.clicked.connect(self._picture)
        window.document.changed.connect(self.refresh)

    def _timer(self, after: int, then: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after)
        timer.timeout.connect(then)
        return timer

    def model_changed(self) -> None:
        """Another model is to be used, or the same anew."""
        self.thumbnails.stop()
        self._pictured = None
        self.row.setVisible(self.has_labels)
        self._button.forget_thumbnails()
        if self.has_labels:
            self._picture_timer.start()
        self.refresh()

    def open(self) -> None:
        """Shows the picker."""
        if self.has_labels:
            self._button.click()

    def refresh(self) -> None:
        """Guesses anew what is on the paper."""
        if self._asked is not None:
            self._asked.cancel()
        model = self._window.bar.model
        guessing = self.has_labels and model is not None and model.conditional and self._button.label is None
        if guessing and self._window.document.strokes:
            self._guess_timer.start()
        else:
            self._guess_timer.stop()
            self._show(())

    @property
    def has_labels(self) -> bool:
        """Whether there is anything to choose."""
        model = self._window.bar.model
        return model is not None and len(model.labels) > 1

    def _guess(self) -> None:
        sketch = self._window.document.sketch
        self._asked = self._window.worker.ask(
            self._window.bar.model,
            lambda model: model.recognize(sketch, paper=PAPER),
            self._show,
            lambda _: self._show(()),
        )

    def _show(self, guesses: Guesses) -> None:
        self.row.show_guesses(guesses)
        self._button.show_guess(guesses[0][0] if guesses else None)

    def _picture(self) -> None:
        model = self._window.bar.model
        if model is not None and self.has_labels and self._pictured is not model:
            self._pictured = model
            self.thumbnails.ask(model)

    def _on_label(self) -> None:
        self.refresh()
        self._window.canvas.setFocus()
