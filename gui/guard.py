"""The guard: an error that nobody foresaw becomes a sentence, never the end of the program."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal

from gui.models.worker import one_sentence


class Guard(QObject):
    """Catches what reaches `sys.excepthook` and `threading.excepthook`, in any thread.

    While one sentence is being read, further errors are logged only.

    Signals:
        caught(str): one sentence about the error; emitted in the guard's own thread, later.
    """

    caught = Signal(str)

    def __init__(self, tell: Callable[[str], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tell = tell
        self._telling = False
        self._hooks = (sys.excepthook, threading.excepthook)
        self.caught.connect(self._on_caught, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        sys.excepthook = self._on_error
        threading.excepthook = self._on_thread_error

    def remove(self) -> None:
        sys.excepthook, threading.excepthook = self._hooks

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._hooks[0](kind, error, trace)
            return
        self.caught.emit(one_sentence(error))

    def _on_thread_error(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.caught.emit(one_sentence(args.exc_value))

    def _on_caught(self, sentence: str) -> None:
        if self._telling:
            return
        self._telling = True
        try:
            self._tell(sentence)
        finally:
            self._telling = False
