"""The browser: any number of drawings, found by label or number, and the chosen one on paper."""

from __future__ import annotations

import numpy as np
import pytest
from hand import draw_with_mouse
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gui.dataset.browser import Browser, Drawings
from gui.dataset.collection import Entry, Rows
from sketchrnn import formats
from sketchrnn.formats.npz import StrokeSet, write_splits
from sketchrnn.sketch import Author, Sketch

LINE = [(100.0, 100.0), (200.0, 150.0), (300.0, 100.0)]
ZIGZAG = np.array([(10, 0, 0), (0, 10, 0), (5, 5, 1), (20, 0, 1)], np.int16)


@pytest.fixture
def browse(qtbot):
    """Opens the browser over a file and waits until all of it is read."""

    def opened(path) -> Browser:
        browser = Browser(path)
        browser.show()
        qtbot.waitUntil(lambda: not browser.count_text.endswith("…"), timeout=60_000)
        return browser

    return opened


def labelled(path, *labels):
    formats.write(path, [Sketch([LINE, [(number, 1)]], label=label) for number, label in enumerate(labels)])
    return path


def shown(browser):
    model = browser.drawings
    return [model.data(model.index(row)) for row in range(model.rowCount())]


def test_every_drawing_of_a_file_is_there(browse, tmp_path):
    browser = browse(labelled(tmp_path / "a.ndjson", "cat", "dog", "hot air balloon"))
    assert shown(browser) == ["cat", "dog", "hot air balloon"]
    assert browser.count_text == "3 drawings"
    entry = browser.drawings.entry(browser.drawings.index(2))
    assert entry.sketch() == Sketch([LINE, [(2, 1)]], label="hot air balloon")
    browser.close()


def test_all_splits_of_a_data_set_are_there(browse, tmp_path):
    path = tmp_path / "a.npz"
    write_splits(path, {name: StrokeSet.of([ZIGZAG] * 3) for name in ("train", "valid")})
    browser = browse(path)
    assert browser.drawings.total == 6
    assert browser.drawings.entry(browser.drawings.index(5)).sketch() == Sketch.from_stroke3(ZIGZAG)
    browser.close()


def test_the_models_ink_stays_the_models(tmp_path):
    path = tmp_path / "a.ndjson"
    mixed = Sketch([LINE, [(3, 4)]], [Author.HUMAN, Author.MODEL])
    formats.write(path, [mixed])
    assert Entry.of(formats.read_one(path)).sketch() == mixed


def test_search_by_words_or_number(browse, qtbot, tmp_path):
    browser = browse(labelled(tmp_path / "a.ndjson", "hot dog", "dog", "Cat", "hot air balloon"))
    for text, found in (
        ("dog", ["hot dog", "dog"]),
        ("HOT a", ["hot air balloon"]),
        ("cat", ["Cat"]),
        ("2", ["dog"]),
        ("9", []),
        ("zebra", []),
        ("", ["hot dog", "dog", "Cat", "hot air balloon"]),
    ):
        browser.search.setText(text)
        qtbot.waitUntil(lambda found=found: shown(browser) == found)
    assert browser.count_text == "4 drawings"
    browser.close()


def test_what_comes_later_is_searched_too(qapp):
    model = Drawings()
    model.search("dog")
    for label in ("cat", "dog", "dog"):
        model.add([Rows(ZIGZAG, label)])
    assert model.rowCount() == 2 and model.total == 3


def test_only_what_is_seen_is_drawn(browse, monkeypatch, qtbot, tmp_path):
    path = tmp_path / "a.npz"
    write_splits(path, {"train": StrokeSet.of([ZIGZAG] * 20_000)})
    read = []
    entry_of = Rows.entry
    monkeypatch.setattr(Rows, "entry", lambda self: read.append(self) or entry_of(self))
    browser = browse(path)
    assert browser.drawings.total == 20_000
    browser.view.scrollToBottom()
    qtbot.wait(100)
    assert 0 < len(read) < 300
    browser.close()


def test_by_keyboard_alone(windows, qtbot, tmp_path):
    window = windows.open()
    browser = windows.browse(labelled(tmp_path / "a.ndjson", "cat", "dog"))
    qtbot.waitUntil(lambda: browser.count_text == "2 drawings")
    QTest.keyClicks(browser.search, "dog")
    QTest.keyClick(browser.search, Qt.Key.Key_Return)
    assert shown(browser) == ["dog"]
    QTest.keyClick(browser.view, Qt.Key.Key_Return)
    assert len(window.document.strokes) == 2 and window.document.label == "dog"
    assert not window.document.modified and window.document.path is None


def test_opening_never_spoils_a_drawing(windows, qtbot, tmp_path):
    window = windows.open()
    draw_with_mouse(window.canvas, LINE)
    window.dialogs.open_path = labelled(tmp_path / "a.ndjson", "cat", "dog")
    window.actions_.open.trigger()
    browser = windows._browsers[0]
    qtbot.waitUntil(lambda: browser.count_text == "2 drawings")
    browser.view.activated.emit(browser.drawings.index(0))
    assert len(windows.all) == 2 and len(window.document.strokes) == 1
    assert len(windows.all[1].document.strokes) == 2


def test_a_file_with_one_drawing_is_opened_at_once(windows, qtbot, tmp_path):
    window = windows.open()
    window.filing.open_file(labelled(tmp_path / "a.ndjson", "cat"))
    qtbot.waitUntil(lambda: len(window.document.strokes) == 2)
    qtbot.waitUntil(lambda: not windows._browsers)


@pytest.mark.parametrize("contents", [b"", b"{}\n", b"no json\n"])
def test_a_broken_file_is_one_sentence(windows, qtbot, tmp_path, contents):
    window = windows.open()
    path = tmp_path / "a.ndjson"
    path.write_bytes(contents)
    window.filing.open_file(path)
    qtbot.waitUntil(lambda: bool(window.dialogs.told))
    assert len(window.dialogs.told) == 1 and "a.ndjson" in window.dialogs.told[0]
    assert not windows._browsers


def test_a_broken_line_leaves_the_others(browse, tmp_path):
    path = labelled(tmp_path / "a.ndjson", "cat", "dog")
    path.write_bytes(path.read_bytes() + b'{"word":"snail"}\n')
    browser = browse(path)
    assert shown(browser) == ["cat", "dog", "snail"]
    chosen = []
    browser.chosen.connect(chosen.append)
    for row in range(3):
        browser.view.activated.emit(browser.drawings.index(row))
    assert [sketch.label for sketch in chosen] == ["cat", "dog"]
    browser.close()


def test_recent_files_come_back(windows, tmp_path):
    window = windows.open()
    for name in ("a.svg", "b.svg", "a.svg"):
        Sketch([LINE]).save(tmp_path / name)
        window.filing.open_file(tmp_path / name)
        windows.background.finish()
    menu = window.actions_.recent_menu
    menu.aboutToShow.emit()
    names = [action.text().split("  ")[-1] for action in menu.actions() if not action.isSeparator()]
    assert names == ["a.svg", "b.svg", "&Clear This List"]
    (tmp_path / "a.svg").unlink()
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    windows.background.finish()
    assert window.caption.text() == "Opened b.svg."
    menu.actions()[-1].trigger()
    menu.aboutToShow.emit()
    assert [action.isEnabled() for action in menu.actions()] == [False]


def test_a_search_that_finds_nothing_says_so(browse, qtbot, tmp_path):
    browser = browse(labelled(tmp_path / "a.ndjson", "cat", "dog"))
    assert browser._nothing.isHidden()
    browser.search.setText("zebra")
    qtbot.waitUntil(browser._nothing.isVisible)
    assert "“zebra”" in browser._nothing.text() and browser.count_text == "0 of 2 drawings"
    browser.search.clear()
    qtbot.waitUntil(lambda: not browser._nothing.isVisible())
    browser.close()
