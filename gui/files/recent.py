"""Open Recent: the files that a person had on paper last, the newest first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from gui.settings import Settings

MOST = 10


class Recent(QObject):
    """Fills a menu with the recent files, whenever it is about to be shown.

    Args:
        menu: it holds nothing else.
        settings: where the list is kept, for all windows.
        open_file: opens one of them.
    """

    def __init__(self, menu: QMenu, settings: Settings, open_file: Callable[[Path], None]) -> None:
        super().__init__(menu)
        self._menu, self._settings, self._open_file = menu, settings, open_file
        menu.aboutToShow.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Lists the files that are still there."""
        self._menu.clear()
        found = [path for path in self._settings.recent if path.exists()]
        for number, path in enumerate(found, 1):
            action = self._menu.addAction(f"&{number % 10}  {path.name.replace('&', '&&')}")
            action.setStatusTip(str(path))
            action.setToolTip(str(path))
            action.triggered.connect(lambda _checked=False, path=path: self._open_file(path))
        self._menu.setToolTipsVisible(True)
        if found:
            self._menu.addSeparator()
        forget = QAction("&Clear This List", self._menu)
        forget.setEnabled(bool(found))
        forget.triggered.connect(self._forget)
        self._menu.addAction(forget)

    def _forget(self) -> None:
        self._settings.recent = []


def remember(settings: Settings, path: Path) -> None:
    """Puts a file at the head of the list."""
    path = path.absolute()
    others = [other for other in settings.recent if other != path]
    settings.recent = [path, *others][:MOST]
