"""Everything can be reached with the keyboard, and says its name to those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import FakeDialogs, FakeInfo, LabelledModel
from hand import draw_with_mouse
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QWidget,
)

from gui.canvas.canvas import Canvas
from gui.completing.tiles import Tiles
from gui.models.worker import Worker
from gui.window.help import commands
from gui.window.windows import Windows
from sketchrnn import formats
from sketchrnn.sketch import Sketch

KINDS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    Canvas,
    Tiles,
)
LINE = [(100.0, 100.0), (200.0, 150.0), (300.0, 100.0)]
LABELS = ("cat", "dog", "sheep")


def operated(root: QWidget) -> Iterator[QWidget]:
    """The visible widgets that a person does something with; parts of other widgets are not looked at."""
    for widget in root.findChildren(QWidget):
        parent = widget.parentWidget()
        part = isinstance(parent, (QLineEdit, QComboBox, QAbstractSpinBox)) or isinstance(widget, QScrollBar)
        inside = type(widget).__module__.startswith("PySide6") and widget.objectName().startswith("qt_")
        if isinstance(widget, KINDS) and widget.isVisible() and not part and not inside:
            yield widget


def name_of(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def nameless(root: QWidget) -> list[QWidget]:
    return [widget for widget in operated(root) if not name_of(widget).strip()]


def unreachable(root: QWidget, *, by_other_keys: tuple[str, ...] = ()) -> list[str]:
    """Widgets that are enabled and that Tab never comes to, beginning anywhere."""
    window = root.window()
    window.activateWindow()
    wanted = {widget for widget in operated(root) if widget.isEnabled()}
    start = next(widget for widget in wanted if widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    reached, widget = {start}, start.nextInFocusChain()
    while widget is not start:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            reached.add(widget)
            proxied = widget.focusProxy()
            if proxied is not None:
                reached.add(proxied)
        widget = widget.nextInFocusChain()
    return sorted(name_of(widget) for widget in wanted - reached if name_of(widget) not in by_other_keys)


def check(root: QWidget, *, by_other_keys: tuple[str, ...] = ()) -> None:
    QApplication.processEvents()
    assert len(list(operated(root))) > 2
    assert nameless(root) == []
    assert unreachable(root, by_other_keys=by_other_keys) == []


@pytest.fixture
def labelled(open_window, qtbot):
    window = open_window(
        {"things": LabelledModel(LABELS)}, [FakeInfo("things", Path("things"), labels=LABELS)]
    )
    window.canvas.setFocus()
    draw_with_mouse(window.canvas, LINE)
    qtbot.waitUntil(lambda: len(window.completing.naming.row.guesses) == 3, timeout=20_000)
    return window


def test_the_window(labelled):
    check(labelled)


def test_the_strip_and_the_panels_beside_the_paper(labelled, qtbot):
    labelled.drawing.actions.strip.trigger()
    check(labelled)
    labelled.actions_.endings.trigger()
    qtbot.waitUntil(lambda: labelled.completing.gallery.resting, timeout=20_000)
    check(labelled)
    labelled.actions_.morph.trigger()
    qtbot.waitUntil(lambda: labelled.completing.morph.complete, timeout=20_000)
    check(labelled)


def test_what_opens_over_the_window(labelled):
    labelled.help.palette.open()
    assert nameless(labelled.help.palette) == []
    labelled.help.palette.hide()
    sheet = labelled.help.open_sheet()
    assert nameless(sheet) == []
    sheet.close()
    about = labelled.help.open_about()
    check_named(about)
    about.close()
    picker = labelled.bar.label_button.picker
    labelled.actions_.what.trigger()
    check_named(picker)
    picker.hide()


def check_named(root: QWidget) -> None:
    assert nameless(root) == []


def test_the_other_windows(qapp, settings, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr("gui.models.model_folder.folders", lambda: [tmp_path / "models"])
    path = tmp_path / "many.ndjson"
    formats.write(path, [Sketch([LINE], label="cat") for _ in range(12)])
    windows = Windows(
        qapp, settings, lambda: Worker(list, lambda path: None), tmp_path / "state", FakeDialogs, tmp_path
    )
    windows.open()
    browser, collect, teach = windows.browse(path), windows.collect(), windows.teach()
    try:
        for other in (browser, collect, teach):
            qtbot.waitExposed(other)
            check(other)
    finally:
        for other in (browser, collect, teach, *windows.all):
            other.close()
        windows.end()


def test_every_action_of_the_menus_has_a_key_or_is_a_choice_among_some(labelled):
    """Choices such as a model's name, a pen's speed or a file opened lately are found in the palette."""
    choices = ("Pen Speed", "Colours", "Open Recent", "Use Another Model")
    without = [
        command.name
        for command in commands(labelled.menuBar().actions())
        if not command.keys and not set(choices) & set(command.path) and command.action.isVisible()
    ]
    assert without == []
