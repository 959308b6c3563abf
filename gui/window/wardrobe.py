"""The wardrobe: dresses windows in the colours of the system, or of their user's choice."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from gui.look import theme
from gui.look.theme import Colours
from gui.settings import Settings


class Wardrobe(QObject):
    """Holds some windows, and dresses them anew whenever either changes.

    One at a time, the one that is in use first: the events of all have their turn in between.
    """

    def __init__(self, app: QApplication, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self._settings = app, settings
        self._windows: list[QWidget] = []
        self._waiting: list[QWidget] = []
        self._next = QTimer(self)
        self._next.setInterval(1)
        self._next.timeout.connect(self._dress_next)
        app.styleHints().colorSchemeChanged.connect(self.dress)

    def add(self, window: QWidget) -> None:
        """Dresses a window, now and from now on."""
        if window not in self._windows:
            self._windows.append(window)
        self._dress(window, self._colours())

    def remove(self, window: QWidget) -> None:
        """It goes for good."""
        for some in (self._windows, self._waiting):
            if window in some:
                some.remove(window)

    def dress(self) -> None:
        """The colours are others than before."""
        active = self._app.activeWindow()
        self._waiting = sorted(self._windows, key=lambda window: window is not active)
        self._dress_next()
        self._next.start()

    def _dress_next(self) -> None:
        if self._waiting:
            self._dress(self._waiting.pop(0), self._colours())
        if not self._waiting:
            self._next.stop()

    def _colours(self) -> Colours:
        return theme.apply(self._app, self._settings.scheme)

    def _dress(self, window: QWidget, colours: Colours) -> None:
        theme.dress(window, colours)
        window.set_colours(colours)  # type: ignore[attr-defined]
