"""The program: puts the window together with its worker, and runs until it is closed."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QApplication

from gui.collector import Collector
from gui.files.autosave import state_folder
from gui.guard import Guard
from gui.look.icon import app_icon
from gui.models.worker import LoadedModel, SavedModel, Worker, wait_for_threads
from gui.settings import Settings
from gui.window.windows import Windows

SWITCH_INTERVAL = 0.001
"""Seconds after which the worker hands the interpreter to the window: a fifth of Python's default."""


def run(file: Path | None) -> int:
    """Opens the canvas, with a drawing where one is named; returns the exit status when it is closed."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    app = make_app()
    collector = Collector()
    collector.install()
    windows = Windows(app, Settings(), lambda: Worker(find_models, load_model), state_folder())
    window = windows.open()
    guard = Guard(windows.tell, windows)
    guard.install()
    QTimer.singleShot(0, lambda: windows.begin(window, file))
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    status = app.exec()
    windows.end()
    guard.remove()
    collector.remove()
    wait_for_threads()
    return status


def make_app() -> QApplication:
    """The application object: the one there is, or a new one."""
    there = QApplication.instance()
    app = there if isinstance(there, QApplication) else QApplication(sys.argv[:1])
    # Every point of a fast hand is ink; Qt would leave some out. Under X11 it says so anew when it starts.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressTabletEvents, False)
    app.setApplicationName("sketchrnn")
    app.setDesktopFileName("sketchrnn")
    app.setStyle("Fusion")
    app.setWindowIcon(app_icon())
    return app


def find_models() -> list[SavedModel]:
    """Every saved model, the one to begin with first; called in the worker's thread."""
    from sketchrnn import store

    models = store.available()
    first = store.default_model() if models else None
    return sorted(models, key=lambda model: model.name != first)


def load_model(path: Path) -> LoadedModel:
    """One saved model, ready to draw; called in the worker's thread."""
    import sketchrnn

    return sketchrnn.load_model(path)
