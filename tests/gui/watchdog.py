"""What processes that watch themselves share: how long the event loop was away, and waiting for something."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication


class Watchdog:
    """The longest time that the event loop was away from a timer of 1 ms, and what others took of it."""

    def __init__(self) -> None:
        self.gaps: list[tuple[float, float, float]] = []  # seconds: wall, this thread, all threads
        self._last = (time.perf_counter(), time.thread_time(), time.process_time())
        self._timer = QTimer()
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = (time.perf_counter(), time.thread_time(), time.process_time())
        self.gaps.append((now[0] - self._last[0], now[1] - self._last[1], now[2] - self._last[2]))
        self._last = now


def until(app: QApplication, done: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.perf_counter() + seconds
    while not done():
        app.processEvents()
        time.sleep(0.0005)
        if time.perf_counter() > deadline:
            raise TimeoutError
