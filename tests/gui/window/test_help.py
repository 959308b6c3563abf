"""Help: every action is found by its name, every key is on the sheet, the hint goes once understood."""

from __future__ import annotations

import itertools

import pytest
from hand import draw_with_mouse
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from gui.window.help import HINT, LIBRARIES, Command, commands, rank

LINE = [(100.0, 100.0), (200.0, 150.0)]


def press(widget, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(widget, key, modifier)


def open_palette(window):
    press(window.canvas, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.help.palette.isVisible()
    return window.help.palette


def test_the_palette_holds_every_action_of_the_menus(window):
    listed = [command.name for command in commands(window.menuBar().actions())]
    palette = open_palette(window)
    assert sorted(palette.shown) == sorted(listed) and len(listed) > 25
    assert {"Save", "Complete", "Dark", "Shortcuts"} <= set(listed)


def test_a_few_letters_and_return_do_it(window):
    draw_with_mouse(window.canvas, LINE)
    palette = open_palette(window)
    QTest.keyClicks(palette.field, "clear pa")
    assert palette.shown[0] == "Clear Paper"
    press(palette.field, Qt.Key.Key_Return)
    assert window.document.strokes == () and not palette.isVisible()


def test_keys_in_the_palette_are_not_the_windows(window):
    draw_with_mouse(window.canvas, LINE)
    palette = open_palette(window)
    QTest.keyClicks(palette.field, "n g")
    press(palette.field, Qt.Key.Key_Space)
    assert palette.field.text() == "n g " and len(window.document.strokes) == 1
    assert not window.ending.at_work


def test_arrows_choose_and_esc_leaves(window):
    palette = open_palette(window)
    press(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 1
    press(palette.field, Qt.Key.Key_Up)
    press(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentRow() == palette.list.count() - 1
    press(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible() and window.canvas.hasFocus()


def test_what_cannot_be_done_is_shown_and_not_done(window):
    palette = open_palette(window)
    QTest.keyClicks(palette.field, "redo")
    assert "Redo" in palette.shown
    press(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_nearer_names_come_first(window):
    found = {command.name: command for command in commands(window.menuBar().actions())}
    save, save_as = found["Save"], found["Save As"]
    assert rank("save as", save) is None and rank("save as", save_as) == 0
    assert rank("as sa", save_as) == 1
    assert rank("colours", found["Dark"]) == 3
    assert rank("zzz", save) is None


def test_the_sheet_has_every_key(window):
    sheet = window.help.open_sheet()
    lines = sheet.text.toPlainText().splitlines()
    rows = set(itertools.pairwise(lines))
    for command in commands(window.menuBar().actions()):
        if command.keys:
            assert (command.name, command.keys) in rows
    sheet.close()


def test_no_two_commands_share_a_key_at_once(window):
    """Three share Space, of which one is enabled."""
    taken: dict[str, Command] = {}
    for command in commands(window.menuBar().actions()):
        for key in command.action.shortcuts():
            if command.action.isEnabled() and command.action.shortcutContext() is Qt.WindowShortcut:
                assert key.toString() not in taken, (command.name, taken[key.toString()].name)
                taken[key.toString()] = command


def test_about_names_version_models_and_licences(window):
    import sketchrnn

    about = window.help.open_about()
    shown = about.text.toPlainText() + " ".join(label.text() for label in about.findChildren(QLabel))
    assert sketchrnn.__version__ in shown and "spiral" in shown and "Apache" in shown
    assert all(name in shown for name, _ in LIBRARIES)
    about.close()


@pytest.mark.parametrize("seen", [False, True])
def test_the_hint_is_there_until_the_first_stroke_ever(open_window, settings, seen):
    settings.hint_seen = seen
    window = open_window()
    assert window.help.hint.isVisible() is not seen
    assert HINT.count(".") == 3
    draw_with_mouse(window.canvas, LINE)
    assert len(window.document.strokes) == 1  # it stands in nobody's way
    assert not window.help.hint.isVisible() and settings.hint_seen
    assert not open_window().help.hint.isVisible()
