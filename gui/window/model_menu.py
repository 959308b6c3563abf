"""Use: the models by name, in a menu and so in the command palette."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from gui.window.bar import Bar


class ModelMenu(QObject):
    """Fills a menu with the models that there are, whenever it is about to be shown.

    Args:
        menu: it holds nothing else.
        bar: it knows the models, and which is used.
    """

    def __init__(self, menu: QMenu, bar: Bar) -> None:
        super().__init__(menu)
        self._menu, self._bar = menu, bar
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        self._menu.clear()
        for model in self._bar.models:
            action = self._menu.addAction(f"Use {model.name.replace('&', '&&')}")
            action.setCheckable(True)
            action.setChecked(model is self._bar.model)
            action.setStatusTip(model.description)
            action.setToolTip(model.description)
            action.triggered.connect(lambda _checked=False, name=model.name: self._bar.choose(name))
        if self._menu.isEmpty():
            self._menu.addAction("No Model Was Found").setEnabled(False)
