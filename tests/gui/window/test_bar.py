"""The bar: a switch that shows what is on, and models that are also chosen by their names."""

from __future__ import annotations

from fakes import LatentModel, SpiralModel
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from gui.window.help import commands
from gui.words import plain


def switch(window) -> QToolButton:
    (found,) = (
        button
        for button in window.bar.findChildren(QToolButton)
        if button.accessibleName() == plain(window.actions_.suggest.text())
    )
    return found


def test_the_switch_beside_the_completing_buttons_suggests(window, settings):
    button, action = switch(window), window.actions_.suggest
    assert button.isVisible() and button.isCheckable() and not button.isChecked()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.isChecked() and action.isChecked() and settings.suggests
    action.trigger()  # the menu, or its key
    assert not button.isChecked() and not settings.suggests
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert action.isChecked() and button.isChecked()


def test_every_model_is_in_the_menu_and_so_in_the_palette(open_window, settings):
    window = open_window({"a": SpiralModel(), "b": LatentModel()})
    found = {command.name: command for command in commands(window.menuBar().actions())}
    assert found["Use a"].action.isChecked() and not found["Use b"].action.isChecked()
    found["Use b"].action.trigger()
    assert window.bar.model.name == "b" and settings.model == "b"


def test_without_models_the_menu_says_so(open_window):
    window = open_window({})
    names = {command.name: command.action for command in commands(window.menuBar().actions())}
    assert not names["No Model Was Found"].isEnabled()
