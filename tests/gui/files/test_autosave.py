"""Autosave and recovery: what was finished is found again, and no more is written than that."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from crash import crash_with
from PySide6.QtCore import QCoreApplication

from gui.files.autosave import Autosave, Snapshot, left_behind, read_snapshot, summary, write_snapshot
from gui.files.background import Background
from gui.files.document import Document
from gui.paper.ink import Ink
from sketchrnn.errors import FormatError
from sketchrnn.sketch import Author

LINE = np.array([(100.25, 100.5), (200.125, 150.0), (300.0, 90.75)], np.float32)


@pytest.fixture
def background(qapp):
    made = Background()
    yield made
    made.flush()


@pytest.fixture
def kept(qtbot, background, tmp_path):
    """A document, and a way to wait until its file is written."""
    document = Document()
    autosave = Autosave(document, background, tmp_path)

    def settle() -> list[Path]:
        qtbot.wait(20)
        assert background.flush()
        return sorted(tmp_path.glob("*.autosave"))

    return document, autosave, settle


def test_a_snapshot_comes_back_to_the_last_bit(tmp_path):
    pressures = np.array([0.25, 0.5, 1.0], np.float32)
    strokes = (
        Ink(LINE, Author.HUMAN),
        Ink(LINE[:1] + np.float32(1e-3), Author.MODEL),
        Ink(LINE, Author.HUMAN, pressures),
    )
    path = tmp_path / "a.autosave"
    write_snapshot(path, Snapshot(strokes, Path("/somewhere/cat.svg"), "cat"))
    again = read_snapshot(path)
    assert (again.path, again.label) == (Path("/somewhere/cat.svg"), "cat")
    assert [ink.author for ink in again.strokes] == [Author.HUMAN, Author.MODEL, Author.HUMAN]
    assert [ink.pressures is None for ink in again.strokes] == [True, True, False]
    assert np.array_equal(again.strokes[2].pressures, pressures)
    for before, after in zip(strokes, again.strokes, strict=True):
        assert np.array_equal(before.points, after.points) and after.points.dtype == np.float32


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"no archive at all"])
def test_damage_is_a_sentence(tmp_path, damage):
    path = tmp_path / "a.autosave"
    path.write_bytes(damage)
    with pytest.raises(FormatError, match="damaged"):
        read_snapshot(path)
    write_snapshot(path, Snapshot((Ink(LINE, Author.HUMAN),)))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(FormatError, match="damaged"):
        read_snapshot(path)


def test_every_stroke_is_written_and_undo_too(kept):
    document, _, settle = kept
    assert settle() == []
    document.add([LINE], Author.HUMAN)
    document.add([LINE], Author.MODEL)
    (path,) = settle()
    assert [ink.author for ink in read_snapshot(path).strokes] == [Author.HUMAN, Author.MODEL]
    document.undo_stack.undo()
    settle()
    assert len(read_snapshot(path).strokes) == 1


def test_what_is_saved_needs_no_autosave(kept, tmp_path):
    document, _, settle = kept
    document.add([LINE], Author.HUMAN)
    assert len(settle()) == 1
    document.save(tmp_path / "mine.svg")
    assert settle() == []
    document.add([LINE], Author.HUMAN)
    (path,) = settle()
    assert read_snapshot(path).path == tmp_path / "mine.svg"


def test_the_windows_thread_writes_nothing_and_waits_for_nothing(kept, monkeypatch):
    document, _, settle = kept
    writers, may_write = [], threading.Event()

    def slow_disk(path, snapshot):
        writers.append((threading.current_thread(), len(snapshot.strokes)))
        assert may_write.wait(10)

    monkeypatch.setattr("gui.files.autosave.write_snapshot", slow_disk)
    for _ in range(5):
        document.add([LINE], Author.HUMAN)
        QCoreApplication.processEvents()
    assert len(document.strokes) == 5
    may_write.set()
    settle()
    assert all(thread is not threading.main_thread() for thread, _ in writers)
    assert writers[-1][1] == 5 and len(writers) <= 3  # what is out of date is never written


def test_closing_leaves_nothing(kept):
    document, autosave, settle = kept
    document.add([LINE], Author.HUMAN)
    assert len(settle()) == 1
    autosave.close()
    assert settle() == []
    document.add([LINE], Author.HUMAN)
    assert settle() == []


def test_a_full_disk_is_told_once(kept, qtbot, monkeypatch):
    document, autosave, settle = kept
    told = []
    autosave.failed.connect(told.append)

    def fails(path, snapshot):
        raise FormatError("the disk is full; free some space")

    monkeypatch.setattr("gui.files.autosave.write_snapshot", fails)
    for _ in range(3):
        document.add([LINE], Author.HUMAN)
        settle()
        qtbot.wait(5)
    assert told == ["Autosave does not work: the disk is full; free some space"]


def test_a_living_window_is_not_left_behind(kept, tmp_path):
    document, _, settle = kept
    document.add([LINE], Author.HUMAN)
    assert len(settle()) == 1
    assert left_behind(tmp_path) == []


def test_what_a_killed_program_drew_is_found_once(qapp, tmp_path):
    crash_with(tmp_path, 3)
    (left,) = left_behind(tmp_path)
    assert [tuple(ink.points[0]) for ink in left.snapshot.strokes] == [(0, 1.5), (1, 1.5), (2, 1.5)]
    assert left_behind(tmp_path) == []  # somebody holds it
    left.release()
    (again,) = left_behind(tmp_path)
    again.delete()
    assert list(tmp_path.iterdir()) == []


def test_a_broken_autosave_hides_no_whole_one(qapp, tmp_path):
    crash_with(tmp_path, 1)
    (tmp_path / "0.autosave").write_bytes(b"broken")
    assert len(left_behind(tmp_path)) == 1


def test_the_summary_says_what_there_is():
    one = Snapshot((Ink(LINE, Author.HUMAN),), Path("/x/cat.svg"))
    assert summary([one]) == "cat.svg (1 stroke) was left unsaved when the program ended."
    assert summary([one, one]).startswith("2 drawings")
