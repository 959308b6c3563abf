"""Dragged files: each lies in a folder of its own, long enough to be read, and none stays for ever."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hand import draw_with_mouse

from gui.files import dragged
from gui.files.clipboard import file_mime_of
from gui.paper.ink import inks
from sketchrnn.sketch import Sketch

LINE = [(100.0, 100.0), (200.0, 150.0), (300.0, 100.0)]


@pytest.fixture(autouse=True)
def parent(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(dragged, "parent", lambda: folder)
    return folder


def drag() -> Path:
    (url,) = file_mime_of(list(inks(Sketch([LINE]))), "drawing").urls()
    return Path(url.toLocalFile())


def age(path: Path) -> None:
    """As if it had been dragged long ago."""
    long_ago = time.time() - dragged.KEPT - 1
    os.utime(path.parent, (long_ago, long_ago))


def test_two_files_of_one_name_do_not_meet(qapp):
    first, second = drag(), drag()
    assert first != second and first.name == second.name == "drawing.svg"
    assert Sketch.open(first) == Sketch.open(second)


def test_the_next_drag_takes_away_what_is_old_and_nothing_else(qapp, parent):
    (parent / "other").mkdir()
    old, recent = drag(), drag()
    age(old)
    new = drag()
    assert sorted(parent.iterdir()) == sorted([parent / "other", recent.parent, new.parent])
    assert recent.exists() and new.exists()


def test_a_link_is_not_followed(qapp, parent, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    link = parent / f"{dragged.PREFIX}x"
    link.symlink_to(tmp_path / "mine")
    long_ago = time.time() - dragged.KEPT - 1
    os.utime(link, (long_ago, long_ago), follow_symlinks=False)
    dragged.take_away_old()
    assert (tmp_path / "mine" / "letter.txt").exists()


def test_windows_make_no_folder_before_a_drag(windows, parent):
    window = windows.open()
    draw_with_mouse(window.canvas, LINE)
    window.drawing.actions.strip.trigger()
    assert list(parent.iterdir()) == []


@pytest.mark.parametrize("when", ["start", "end"])
def test_the_program_takes_away_what_others_left(windows, parent, when):
    old, recent = drag(), drag()
    age(old)
    if when == "start":
        windows.begin(windows.open(), None)
        assert windows.background.flush()
    else:
        windows.end()
    assert list(parent.iterdir()) == [recent.parent]
