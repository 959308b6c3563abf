"""Several windows: each with a drawing and an autosave; what a crash left is offered, not forced."""

from __future__ import annotations

import numpy as np
from crash import crash_with
from hand import draw_with_mouse

from gui.files.dialogs import Answer
from gui.look.theme import DARK
from gui.window.windows import AUTOSAVES
from sketchrnn.sketch import Sketch

LINE = [(100.0, 100.0), (200.0, 150.0), (300.0, 100.0)]


def test_each_new_window_has_empty_paper(windows):
    first = windows.open()
    draw_with_mouse(first.canvas, LINE)
    first.actions_.new.trigger()
    second = windows.all[1]
    assert second is not first and second.document.strokes == ()
    assert len(first.document.strokes) == 1 and first.dialogs.asked == 0


def test_a_file_goes_where_it_spoils_nothing(windows, tmp_path):
    path = tmp_path / "a.svg"
    Sketch([LINE]).save(path)
    window = windows.open()
    window.filing.open_file(path)
    windows.background.finish()
    assert len(windows.all) == 1 and len(window.document.strokes) == 1
    draw_with_mouse(window.canvas, LINE)
    window.filing.open_file(path)
    windows.background.finish()
    assert len(windows.all) == 2 and len(window.document.strokes) == 2
    assert len(windows.all[1].document.strokes) == 1


def test_a_file_that_cannot_be_read_opens_no_window(windows, tmp_path):
    (tmp_path / "broken.svg").write_text("no drawing")
    window = windows.open()
    draw_with_mouse(window.canvas, LINE)
    window.filing.open_file(tmp_path / "broken.svg")
    windows.background.finish()
    assert len(windows.all) == 1 and len(window.document.strokes) == 1
    assert "broken.svg" in window.dialogs.told[0]


def test_another_window_is_shown_when_the_events_had_their_turn(windows, qtbot):
    first = windows.open()
    first.actions_.new.trigger()
    assert first.isVisible() and not windows.all[1].isVisible()
    qtbot.waitUntil(windows.all[1].isVisible)


def test_who_draws_on_while_a_file_is_read_keeps_the_paper(windows, tmp_path):
    path = tmp_path / "a.svg"
    Sketch([LINE]).save(path)
    window = windows.open()
    window.filing.open_file(path)
    draw_with_mouse(window.canvas, [(10, 10), (20, 20)])
    windows.background.finish()
    windows.background.finish()  # the other window reads it, too
    assert [len(each.document.strokes) for each in windows.all] == [1, 1]
    np.testing.assert_allclose(window.document.strokes[0].points[0], (10, 10), atol=0.5)


def test_saving_goes_on_beside_the_pen_and_tells_what_is_not_in_the_file(windows, tmp_path):
    window = windows.open()
    window.dialogs.save_path = path = tmp_path / "a.svg"
    draw_with_mouse(window.canvas, LINE)
    window.actions_.save.trigger()
    draw_with_mouse(window.canvas, LINE)
    windows.background.finish()
    assert len(Sketch.open(path)) == 1 and window.document.path == path and window.document.modified
    window.actions_.save.trigger()
    assert window.close() and window.dialogs.asked == 0  # what is on its way to the file is waited for
    assert len(Sketch.open(path)) == 2


def test_what_cannot_be_written_is_told_and_stays_unsaved(windows, tmp_path):
    window = windows.open()
    window.dialogs.save_path = tmp_path / "nowhere" / "a.svg"
    draw_with_mouse(window.canvas, LINE)
    window.actions_.save.trigger()
    windows.background.finish()
    assert window.document.modified and len(window.dialogs.told) == 1
    window.dialogs.answer = Answer.SAVE
    assert not window.close() and len(window.dialogs.told) == 2


def test_quit_asks_for_each_drawing_and_stops_where_one_stays(windows):
    first, second = windows.open(), windows.open()
    draw_with_mouse(first.canvas, LINE)
    second.actions_.quit.trigger()
    assert windows.all == [first] and first.dialogs.asked == 1
    first.dialogs.answer = Answer.DISCARD
    first.actions_.quit.trigger()
    assert windows.all == []


def test_windows_save_apart_and_closing_one_leaves_the_others(windows, qtbot, tmp_path):
    first, second = windows.open(), windows.open()
    for window in (first, second):
        draw_with_mouse(window.canvas, LINE)
    qtbot.wait(20)
    windows.background.flush()
    folder = tmp_path / "state" / AUTOSAVES
    assert len(list(folder.glob("*.autosave"))) == 2
    second.dialogs.answer = Answer.DISCARD
    second.close()
    assert len(list(folder.glob("*.autosave"))) == 1


def test_all_windows_change_their_colours_one_after_another(windows, qtbot, tmp_path):
    first, second = windows.open(), windows.open()
    Sketch([LINE]).save(tmp_path / "one.ndjson")
    (tmp_path / "many.ndjson").write_text(2 * (tmp_path / "one.ndjson").read_text())
    browser, collect = windows.browse(tmp_path / "many.ndjson"), windows.collect()
    dark = next(a for a in first.actions_.schemes.actions() if a.data() == "Dark")
    dark.trigger()
    assert sum(DARK.paper in window.styleSheet() for window in (first, second, collect)) == 1
    qtbot.waitUntil(lambda: collect.canvas.colours is DARK and second.canvas.colours is DARK)
    qtbot.waitUntil(lambda: browser._thumbnails.colours is DARK)
    browser.close()
    collect.close()
    assert windows._wardrobe._windows == [first, second]  # whoever was closed is forgotten
    for window in (first, second):
        assert window.canvas.colours is DARK and DARK.paper in window.styleSheet()
        assert [a.data() for a in window.actions_.schemes.actions() if a.isChecked()] == ["Dark"]


# --- after a crash ---------------------------------------------------------------------------------


def started_after(windows, tmp_path, *crashes: int):
    for strokes in crashes:
        crash_with(tmp_path / "state" / AUTOSAVES, strokes)
    window = windows.open()
    windows.begin(window, None)
    return window


def test_without_a_crash_nothing_is_offered(windows, tmp_path):
    assert not started_after(windows, tmp_path).notice.isVisible()


def test_the_offer_does_not_hinder_drawing_and_then_goes_to_another_window(windows, tmp_path):
    window = started_after(windows, tmp_path, 2)
    assert window.notice.isVisible() and "2 strokes" in window.notice.text
    draw_with_mouse(window.canvas, LINE)
    assert len(window.document.strokes) == 1
    window.notice.answer("Bring It Back")
    assert not window.notice.isVisible()
    assert len(window.document.strokes) == 1
    brought = windows.all[1].document
    assert len(brought.strokes) == 2 and brought.modified


def test_what_was_brought_back_is_still_safe(windows, qtbot, tmp_path):
    window = started_after(windows, tmp_path, 2, 3)
    window.notice.answer("Bring Them Back")
    assert sorted(len(each.document.strokes) for each in windows.all) == [2, 3]
    qtbot.wait(20)
    windows.background.flush()
    folder = tmp_path / "state" / AUTOSAVES
    assert len(list(folder.glob("*.autosave"))) == 2
    for each in windows.all:
        each.document.save(tmp_path / f"{len(each.document.strokes)}.svg")
    qtbot.wait(20)
    windows.background.flush()
    assert list(folder.iterdir()) == []
    np.testing.assert_allclose(Sketch.open(tmp_path / "2.svg").strokes[1], [(1, 1.5), (2, 3)])


def test_thrown_away_can_be_taken_back_until_the_program_ends(windows, tmp_path):
    window = started_after(windows, tmp_path, 2)
    window.notice.answer("Throw Away")
    window.notice.answer("Undo")
    window.notice.answer("Bring It Back")
    assert len(window.document.strokes) == 2


def test_thrown_away_is_gone_at_the_end(windows, tmp_path):
    window = started_after(windows, tmp_path, 2)
    window.notice.answer("Throw Away")
    windows.end()
    assert list((tmp_path / "state" / AUTOSAVES).iterdir()) == []


def test_later_is_offered_again_at_the_next_start(windows, tmp_path):
    window = started_after(windows, tmp_path, 2)
    window.notice.answer("Later")
    assert not window.notice.isVisible()
    windows.begin(window, None)
    assert window.notice.isVisible()
