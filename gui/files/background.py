"""One thread for writing files, so that neither a slow disk nor a large drawing is ever felt in the pen."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Hashable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Signal

from gui.models.worker import one_sentence

Job = Callable[[], None]
T = TypeVar("T")


class Background(QObject):
    """Does jobs in a thread of its own. Of several that wait under one key, only the newest is done.

    Signals:
        failed(object, str): a job raised an error; its key, and one sentence.
    """

    failed = Signal(object, str)
    _settled = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[Hashable, Job] = {}
        self._changed = threading.Condition()
        self._busy = False
        self._thread: threading.Thread | None = None
        self._settled.connect(self._deliver)

    def put(self, key: Hashable, job: Job) -> None:
        """Returns at once. A job that waits under the same key is forgotten."""
        with self._changed:
            self._waiting.pop(key, None)
            self._waiting[key] = job
            self._changed.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="files", daemon=True)
                self._thread.start()

    def ask(
        self,
        job: Callable[[], T],
        answered: Callable[[T], object],
        failed: Callable[[str], object],
    ) -> None:
        """Has something done that is waited for; nothing takes its place.

        Args:
            answered: given what `job` returned, in the thread that this object lives in.
            failed: given one sentence instead.
        """

        def do() -> None:
            try:
                answer = job()
            except OSError as error:  # as it says itself, with the file's name
                self._settle(partial(failed, str(error)))
            except Exception as error:
                self._settle(partial(failed, one_sentence(error)))
            else:
                self._settle(partial(answered, answer))

        self.put(object(), do)

    def finish(self) -> None:
        """Waits until everything is done, and hands out the answers."""
        self.flush()
        QCoreApplication.sendPostedEvents(self)

    def flush(self, seconds: float = 5.0) -> bool:
        """Waits until everything is done. Returns whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, seconds)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waiting))
                key = next(iter(self._waiting))
                job = self._waiting.pop(key)
                self._busy = True
            try:
                job()
            except Exception as error:
                self._tell(key, error)
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _settle(self, tell: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):
            self._settled.emit(tell)

    def _deliver(self, tell: Callable[[], object]) -> None:
        tell()

    def _tell(self, key: Hashable, error: Exception) -> None:
        with contextlib.suppress(RuntimeError):  # the program has ended in the meantime
            self.failed.emit(key, one_sentence(error))
