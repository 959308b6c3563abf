"""Recovery: what a crash left behind is offered above the paper, without standing in the pen's way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from gui.files.autosave import LeftBehind, summary
from gui.look.notice import Notice


class Recovery(QObject):
    """Asks what should become of drawings that a crash left behind.

    Args:
        notice: where it asks.
        found: at least one drawing; its lock is held until somebody has answered.
        bring_back: puts one of them on paper.
        asker: the window that it belongs to.
    """

    def __init__(
        self,
        notice: Notice,
        found: Sequence[LeftBehind],
        bring_back: Callable[[LeftBehind], None],
        asker: QObject,
    ) -> None:
        super().__init__(asker)
        self._notice, self._found, self._bring_back = notice, list(found), bring_back
        self._thrown_away = False
        self._ask()

    def end(self) -> None:
        """The program ends: what was thrown away is deleted, what nobody decided about stays."""
        for one in self._found:
            if self._thrown_away:
                one.delete()
            else:
                one.release()
        self._found = []

    def _ask(self) -> None:
        self._thrown_away = False
        many = len(self._found) > 1
        self._notice.say(
            summary([one.snapshot for one in self._found]),
            {
                "Bring Them Back" if many else "Bring It Back": self._restore,
                "Throw Away": self._throw_away,
                "Later": self._later,
            },
        )

    def _restore(self) -> None:
        found, self._found = self._found, []
        self._notice.hide()
        for one in found:
            self._bring_back(one)

    def _throw_away(self) -> None:
        """Deleted when the program ends, so that it can be taken back."""
        self._thrown_away = True
        self._notice.say("Thrown away.", {"Undo": self._ask, "Good": self._done})

    def _later(self) -> None:
        self._notice.hide()
        self.end()

    def _done(self) -> None:
        self._notice.hide()
        self.end()
