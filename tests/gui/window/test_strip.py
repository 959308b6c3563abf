"""The strip of strokes, the clipboard, and the picture to trace: what a person sees and what is kept."""

from __future__ import annotations

import numpy as np
import pytest
from hand import draw_with_mouse, draw_with_pen, press
from PySide6.QtCore import QByteArray, QMimeData, QModelIndex, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.files import clipboard
from gui.paper.ink import Ink, sketch_of
from sketchrnn.sketch import Author, Sketch

CONTROL = Qt.KeyboardModifier.ControlModifier
ROW = [[(100.0 + 200 * n, 100.0), (200.0 + 200 * n, 140.0)] for n in range(4)]


@pytest.fixture
def drawn(window):
    """A window with four strokes and its strip open."""
    for stroke in ROW:
        draw_with_mouse(window.canvas, stroke)
    window.drawing.actions.strip.trigger()
    return window


def order(window) -> list[int]:
    """Which of the four strokes comes when, by where they begin."""
    return [round((float(ink.points[0, 0]) - 100) / 200) for ink in window.document.strokes]


def rows(window) -> list[int]:
    return sorted(index.row() for index in window.drawing.strip.list.selectionModel().selectedIndexes())


# --- the strip ----------------------------------------------------------------------------------


def test_it_has_a_row_for_each_stroke_that_says_who_drew_it(drawn):
    drawn.document.add([[(5, 5), (9, 9)]], Author.MODEL)
    model = drawn.drawing.strip.model
    said = [
        model.data(model.index(row), Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())
    ]
    assert said == [*(f"Stroke {n}, by you" for n in (1, 2, 3, 4)), "Stroke 5, by the model"]
    drawn.undo()
    assert model.rowCount() == 4


def test_a_click_selects_on_the_paper_and_the_paper_in_the_strip(drawn):
    strip = drawn.drawing.strip
    place = strip.list.visualRect(strip.model.index(2)).center()
    QTest.mouseClick(strip.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert drawn.drawing.selection.of(drawn.document.strokes) == [drawn.document.strokes[2]]
    assert drawn.drawing.actions.select.isChecked()
    draw_with_mouse(drawn.canvas, [ROW[0][0]])
    assert rows(drawn) == [0]
    press(drawn, Qt.Key.Key_A, CONTROL)
    assert rows(drawn) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("picked", "to", "expected"),
    [([0], 3, [1, 2, 0, 3]), ([3], 0, [3, 0, 1, 2]), ([0, 2], 4, [1, 3, 0, 2]), ([1, 2], 1, [0, 1, 2, 3])],
)
def test_dragging_reorders_in_time_as_one_step(drawn, picked, to, expected):
    model = drawn.drawing.strip.model
    data = model.mimeData([model.index(row) for row in picked])
    steps = drawn.document.undo_stack.count()
    model.dropMimeData(data, Qt.DropAction.MoveAction, to, 0, QModelIndex())
    assert order(drawn) == expected
    if expected != [0, 1, 2, 3]:
        assert drawn.actions_.undo.text().startswith("&Undo Reorder")
        drawn.undo()
    assert order(drawn) == [0, 1, 2, 3] and drawn.document.undo_stack.count() <= steps + 1


def test_what_is_dragged_out_is_an_svg_file_of_these_strokes(drawn):
    model = drawn.drawing.strip.model
    data = model.mimeData([model.index(3), model.index(1)])
    (url,) = data.urls()
    assert Sketch.open(url.toLocalFile()) == sketch_of([drawn.document.strokes[n] for n in (1, 3)])
    assert bytes(data.data("image/svg+xml").data()).startswith(b"<?xml")


def test_delete_key_in_the_strip(drawn):
    strip = drawn.drawing.strip
    strip.list.setFocus()
    strip.list.setCurrentIndex(strip.model.index(1))
    QTest.keyClick(strip.list, Qt.Key.Key_Delete)
    assert order(drawn) == [0, 2, 3]
    drawn.undo()
    assert order(drawn) == [0, 1, 2, 3]


def test_the_strip_is_closed_at_first_and_remembered(open_window, settings):
    first = open_window()
    assert first.drawing.strip.isHidden()
    first.drawing.actions.strip.trigger()
    assert not open_window().drawing.strip.isHidden()


# --- the clipboard ------------------------------------------------------------------------------


def test_what_is_copied_is_pasted_without_loss(window):
    draw_with_pen(window.canvas, ROW[0], [0.21, 0.83])
    window.document.add([ROW[1]], Author.MODEL)
    before = window.document.sketch
    press(window, Qt.Key.Key_A, CONTROL)
    press(window, Qt.Key.Key_C, CONTROL)
    window.clear()
    press(window, Qt.Key.Key_V, CONTROL)
    assert window.document.sketch == before
    assert window.actions_.undo.text() == "&Undo Paste 2 Strokes"
    assert len(window.drawing.selection) == 2


def test_pasting_over_the_same_strokes_puts_them_beside(window):
    draw_with_mouse(window.canvas, ROW[0])
    press(window, Qt.Key.Key_C, CONTROL)
    for _ in range(2):
        press(window, Qt.Key.Key_V, CONTROL)
    starts = [tuple(ink.points[0].tolist()) for ink in window.document.strokes]
    assert len(set(starts)) == 3


def test_the_clipboard_has_a_picture_too(window):
    draw_with_mouse(window.canvas, [(100, 100), (500, 100)])
    press(window, Qt.Key.Key_C, CONTROL)
    mime = QApplication.clipboard().mimeData()
    image = QImage(mime.imageData())
    assert mime.hasFormat("image/svg+xml") and image.width() > 800
    assert image.pixelColor(image.rect().center()).lightness() < 80
    assert image.pixelColor(2, 2) == QColor("white")


def test_pasting_from_an_empty_clipboard_says_so(window, monkeypatch):
    for nothing in (None, QMimeData()):
        monkeypatch.setattr(type(QApplication.clipboard()), "mimeData", lambda _self, held=nothing: held)
        press(window, Qt.Key.Key_V, CONTROL)
        assert window.caption.text() == "The clipboard holds no strokes and no picture."
        window.say("")


def test_cut_is_undone_and_copying_nothing_says_so(window):
    press(window, Qt.Key.Key_C, CONTROL)
    assert window.caption.text() == "There is nothing to copy yet."
    draw_with_mouse(window.canvas, ROW[0])
    press(window, Qt.Key.Key_A, CONTROL)
    press(window, Qt.Key.Key_X, CONTROL)
    assert window.document.strokes == ()
    window.undo()
    assert len(window.document.strokes) == 1


def test_text_that_is_a_foreign_svg_becomes_strokes_on_the_paper(window):
    mime = QMimeData()
    mime.setText(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9000 9000">'
        '<path d="M0 0 L9000 9000" stroke="black"/></svg>'
    )
    window.drawing.paste_from(mime)
    (ink,) = window.document.strokes
    assert ink.points.min() >= 0 and ink.points[:, 0].max() <= 960 and ink.points[:, 1].max() <= 720


@pytest.mark.parametrize("text", ["", "hello", "<svg", "<svg><path d='M0 0 L", "<?xml version='1.0'?><svg/>"])
def test_pasting_what_is_no_drawing_says_so_and_changes_nothing(window, text):
    draw_with_mouse(window.canvas, ROW[0])
    mime = QMimeData()
    mime.setText(text)
    window.drawing.paste_from(mime)
    assert len(window.document.strokes) == 1 and window.caption.text()
    assert "\n" not in window.caption.text() and "/tmp" not in window.caption.text()


# --- the picture to trace -----------------------------------------------------------------------


@pytest.fixture
def picture(tmp_path):
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("#0060ff"))
    path = tmp_path / "photo.png"
    image.save(str(path))
    return path


def middle(window) -> QColor:
    image = window.canvas.grab().toImage()
    return image.pixelColor(window.canvas.from_paper(480, 360).toPoint())


def test_a_picture_lies_under_the_ink_fades_hides_and_goes(window, picture):
    plain = middle(window)
    act = window.drawing.actions
    assert not act.trace_remove.isEnabled()
    window.dialogs.open_path = picture
    act.trace_open.trigger()
    faint = middle(window)
    assert faint.blue() > faint.red() + 50
    window.drawing.sliders.opacity.slider.setValue(90)
    assert middle(window).red() < faint.red()
    act.trace_show.trigger()
    assert middle(window) == plain
    act.trace_show.trigger()
    assert middle(window) != plain
    act.trace_remove.trigger()
    assert middle(window) == plain and not act.trace_show.isEnabled()


def test_it_is_in_no_file_and_no_unsaved_change(window, picture, tmp_path):
    draw_with_mouse(window.canvas, ROW[0])
    window.document.save(tmp_path / "a.svg")
    plain = (tmp_path / "a.svg").read_bytes()
    window.drawing.trace_file(picture)
    assert not window.document.modified
    window.document.save(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_bytes() == plain


def test_what_is_no_picture_is_one_sentence(window, tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    window.drawing.trace_file(path)
    assert "broken.png" in window.caption.text() and not window.drawing.trace.there


def test_a_gigantic_picture_is_made_smaller(window, tmp_path):
    image = QImage(6000, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    image.save(str(tmp_path / "wide.png"))
    window.drawing.trace_file(tmp_path / "wide.png")
    assert window.canvas.ground.trace.width() == 2400
    window.drawing.trace.put(image)
    assert window.canvas.ground.trace.width() == 2400


def drop(window, mime) -> None:
    event = QDropEvent(
        QPointF(100, 100),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.canvas.dropEvent(event)


def test_dropping_pictures_drawings_and_what_a_browser_drags(window, picture, tmp_path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(picture))])
    drop(window, mime)
    assert window.drawing.trace.there and window.document.strokes == ()
    Sketch([ROW[0]]).save(tmp_path / "a.svg")
    drawing = QMimeData()
    drawing.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.svg"))])
    drop(window, drawing)
    assert len(window.document.strokes) == 1
    dragged = QMimeData()
    dragged.setData("image/svg+xml", QByteArray((tmp_path / "a.svg").read_bytes()))
    drop(window, dragged)
    assert len(window.document.strokes) == 2


def test_a_copied_picture_is_offered_for_tracing(window):
    image = QImage(30, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    mime = QMimeData()
    mime.setImageData(image)
    window.drawing.paste_from(mime)
    assert window.drawing.trace.there and window.document.strokes == ()


def test_a_picture_of_a_dot_and_of_a_model_stroke(qapp):
    dot = Ink(np.array([(5, 5)], np.float32), Author.MODEL)
    image = clipboard.picture_of([dot])
    centre = image.pixelColor(image.rect().center())
    assert centre.red() > 150 and centre.blue() < 90
