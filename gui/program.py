"""The program: puts the window together with its worker, and runs until it is closed."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.dialogs import Dialogs
from gui.guard import Guard
from gui.icon import app_icon
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.worker import LoadedModel, SavedModel, Worker

SWITCH_INTERVAL = 0.001
"""Seconds after which the worker hands the interpreter to the window: a fifth of Python's default."""


def run(file: Path | None) -> int:
    """Opens the canvas, with a drawing where one is named; returns the exit status when it is closed."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    app = make_app()
    window = make_window(app, Worker(find_models, load_model), Settings())
    guard = Guard(lambda sentence: window.dialogs.tell("Something went wrong", sentence), window)
    guard.install()
    window.show()
    if file is not None:
        QTimer.singleShot(0, lambda: window.filing.open_file(file))
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    status = app.exec()
    window.worker.stop()
    guard.remove()
    return status


def make_app() -> QApplication:
    """The application object: the one there is, or a new one."""
    there = QApplication.instance()
    if isinstance(there, QApplication):
        app = there
    else:
        # Every point of a fast hand is ink; Qt would leave some out.
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressTabletEvents, False)
        app = QApplication(sys.argv[:1])
    app.setApplicationName("sketchrnn")
    app.setDesktopFileName("sketchrnn")
    app.setStyle("Fusion")
    app.setWindowIcon(app_icon())
    return app


def make_window(
    app: QApplication, worker: Worker, settings: Settings, dialogs: Dialogs | None = None
) -> MainWindow:
    """A window dressed in the system's colours, or in those that its user chose."""
    window = MainWindow(worker, settings, dialogs)
    _Wardrobe(app, window, settings).dress()
    return window


class _Wardrobe(QObject):
    """Dresses a window in the colours of the system, or of its user's choice, whenever either changes."""

    def __init__(self, app: QApplication, window: MainWindow, settings: Settings) -> None:
        super().__init__(window)
        self._app, self._window, self._settings = app, window, settings
        schemes = window.actions_.schemes
        for action in schemes.actions():
            action.setChecked(action.data() == settings.scheme.name)
        schemes.triggered.connect(self._on_choice)
        app.styleHints().colorSchemeChanged.connect(self.dress)

    def dress(self) -> None:
        self._window.set_colours(theme.apply(self._app, self._settings.scheme))

    def _on_choice(self, action: QAction) -> None:
        self._settings.scheme = Qt.ColorScheme[action.data()]
        self.dress()


def find_models() -> list[SavedModel]:
    """Every saved model, the one to begin with first; called in the worker's thread."""
    from sketchrnn import store

    models = store.available()
    return sorted(models, key=lambda model: model.name != store.default_model()) if models else []


def load_model(path: Path) -> LoadedModel:
    """One saved model, ready to draw; called in the worker's thread."""
    import sketchrnn

    return sketchrnn.load_model(path)
