"""Cyclic garbage is collected in the window's thread alone."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL = 1000
"""Milliseconds between two looks at how much has gathered."""


class Collector(QObject):
    """Takes over from Python, which collects in whatever thread happens to make the next object.

    A window that is closed is a cycle of Python objects that own Qt ones, and those may end in no thread but
    the one they live in: elsewhere Qt leaves timers and notifiers behind, or the program crashes.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self.collect)

    def install(self) -> None:
        """From now on nothing is collected but by this object, and nothing that is there already."""
        gc.disable()
        gc.freeze()  # modules and classes: to look through them all held the window for 30 ms
        self._timer.start()

    def remove(self) -> None:
        """Leaves it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def collect(self) -> None:
        """Collects the oldest generation that is due, and with it those that are younger."""
        pairs = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [generation for generation, (count, limit) in enumerate(pairs) if count > limit > 0]
        if due:
            gc.collect(max(due))
