"""The gallery: several endings at once, looked at on the paper, one of them taken."""

from __future__ import annotations

import numpy as np
import pytest
from eye import authors, picture
from fakes import SpiralModel
from hand import draw_with_mouse, mouse, press
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from sketchrnn.sketch import Author, Sketch

LINE = [(100.0, 100.0), (200.0, 150.0), (300.0, 100.0)]
LONG = 20_000


@pytest.fixture
def asked(window, qtbot):
    """A window in which nine endings are being drawn."""
    window.canvas.setFocus()
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    return window


@pytest.fixture
def chosen_from(asked, qtbot):
    """A window in which nine endings are done."""
    qtbot.waitUntil(lambda: asked.completing.gallery.resting, timeout=LONG)
    return asked


def point_at(window, number):
    tiles = window.completing.gallery.tiles
    QTest.mouseMove(tiles, tiles.rect_of(number).center().toPoint())
    tiles._hover(number)  # offscreen, a pointer may be nowhere


def test_nine_endings_grow_side_by_side(asked, qtbot):
    gallery = asked.completing.gallery
    assert gallery.isVisible() and len(gallery.tiles.tiles) == 9
    qtbot.waitUntil(lambda: all(sum(map(len, tile.drawn)) > 0 for tile in gallery.tiles.tiles), timeout=LONG)
    qtbot.waitUntil(lambda: gallery.resting, timeout=LONG)
    for tile in gallery.tiles.tiles:
        assert tile.drawn == tile.came and len(tile.strokes) == 3
    assert authors(asked) == [Author.HUMAN]


def test_the_endings_are_those_of_the_seed(chosen_from):
    gallery = chosen_from.completing.gallery
    seed = gallery.variations.wish.seed
    steps = list(SpiralModel().endings(Sketch(), 9, seed=seed))
    for number, tile in enumerate(gallery.tiles.tiles):
        expected = [(step[number].x, step[number].y) for step in steps if step[number] is not None]
        np.testing.assert_allclose(np.concatenate(tile.strokes), expected, atol=1e-3)


def test_pointing_at_one_shows_it_on_the_paper_and_no_longer_takes_it_away(chosen_from):
    bare = picture(chosen_from)
    point_at(chosen_from, 4)
    assert picture(chosen_from) != bare
    chosen_from.completing.gallery.tiles._hover(-1)
    assert picture(chosen_from) == bare


def test_a_click_takes_one_in_one_step_and_closes(chosen_from):
    gallery = chosen_from.completing.gallery
    seen = gallery.tiles.tiles[5].strokes
    place = gallery.tiles.rect_of(5).center().toPoint()
    QTest.mouseClick(gallery.tiles, Qt.MouseButton.LeftButton, pos=QPoint(place))
    assert authors(chosen_from) == [Author.HUMAN, *[Author.MODEL] * 3]
    np.testing.assert_array_equal(chosen_from.document.strokes[1].points, seen[0])
    assert not gallery.isVisible()
    chosen_from.undo()
    assert authors(chosen_from) == [Author.HUMAN]


def test_a_number_takes_one_even_before_it_is_done(asked, qtbot):
    press(asked, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: len(asked.document.strokes) == 4, timeout=LONG)
    assert not asked.completing.gallery.isVisible()


def test_numbers_do_nothing_without_a_gallery(window):
    draw_with_mouse(window.canvas, LINE)
    press(window, Qt.Key.Key_3)
    assert authors(window) == [Author.HUMAN]


def test_the_keyboard_alone_reaches_every_tile(chosen_from, qtbot):
    gallery = chosen_from.completing.gallery
    gallery.tiles.setFocus()
    for key, current in (
        (Qt.Key.Key_Right, 0),
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 4),
        (Qt.Key.Key_Left, 3),
    ):
        QTest.keyClick(gallery.tiles, key)
        assert gallery.tiles.current == current
    seen = gallery.tiles.tiles[3].strokes
    QTest.keyClick(gallery.tiles, Qt.Key.Key_Return)
    np.testing.assert_array_equal(chosen_from.document.strokes[1].points, seen[0])


@pytest.mark.parametrize("how", ["esc", "draw", "undo", "complete"])
def test_it_closes_when_it_is_about_another_drawing(chosen_from, how):
    if how == "esc":
        press(chosen_from, Qt.Key.Key_Escape)
    elif how == "draw":
        draw_with_mouse(chosen_from.canvas, [(500, 500), (600, 600)])
    elif how == "undo":
        chosen_from.undo()
    else:
        press(chosen_from, Qt.Key.Key_Space)
    gallery = chosen_from.completing.gallery
    assert not gallery.isVisible() and not gallery.open
    assert Author.MODEL not in authors(chosen_from)


def test_the_paper_stays_where_it_is_until_the_pen_lifts(chosen_from, qtbot):
    """Closing the panel moves the paper: under a pen, that would bend the stroke."""
    canvas, gallery = chosen_from.canvas, chosen_from.completing.gallery
    point_at(chosen_from, 2)
    before = canvas.from_paper(0, 0), canvas.size()
    mouse(canvas, QEvent.Type.MouseButtonPress, (500, 500))
    qtbot.wait(100)
    mouse(canvas, QEvent.Type.MouseMove, (550, 520))
    assert (canvas.from_paper(0, 0), canvas.size()) == before
    assert gallery.isVisible() and gallery._shown == -1
    mouse(canvas, QEvent.Type.MouseButtonRelease, (600, 500))
    qtbot.waitUntil(lambda: not gallery.isVisible(), timeout=LONG)
    stroke = chosen_from.document.strokes[-1].points
    np.testing.assert_allclose(stroke[[0, -1]], [(500, 500), (600, 500)], atol=1.0)


def test_more_like_this_keeps_the_one_and_begins_the_others_as_it_begins(chosen_from, qtbot):
    gallery = chosen_from.completing.gallery
    assert not chosen_from.actions_.more_like.isEnabled()
    point_at(chosen_from, 4)
    liked, before = gallery.tiles.tiles[4].strokes, gallery.variations.wish
    press(chosen_from, Qt.Key.Key_L)
    assert gallery.variations.wish.temperature < before.temperature
    qtbot.waitUntil(lambda: gallery.resting, timeout=LONG)
    for number, tile in enumerate(gallery.tiles.tiles):
        np.testing.assert_array_equal(tile.strokes[0], liked[0])
        assert len(tile.strokes) == (3 if number == 0 else 4)  # one kept, and three of the fake's
    assert len(gallery.variations.wish.half) == 2


def test_more_like_an_ending_of_one_stroke_echoes_it(open_window, qtbot):
    window = open_window({"one": SpiralModel(strokes=1)})
    draw_with_mouse(window.canvas, LINE)
    window.actions_.endings.trigger()
    gallery = window.completing.gallery
    qtbot.waitUntil(lambda: gallery.resting, timeout=LONG)
    point_at(window, 2)
    window.actions_.more_like.trigger()
    qtbot.waitUntil(lambda: gallery.resting, timeout=LONG)
    model = window.worker._loaded[2]
    assert len(model.seeds) == 8 and len({str(seed) for seed in model.seeds}) == 1
    assert len(set(model.temperatures)) == 8


def test_more_different_is_wilder_and_of_another_seed(chosen_from, qtbot):
    gallery = chosen_from.completing.gallery
    before = gallery.variations.wish
    press(chosen_from, Qt.Key.Key_D)
    after = gallery.variations.wish
    assert after.temperature == pytest.approx(before.temperature + 0.2) and after.seed != before.seed
    for _ in range(9):
        press(chosen_from, Qt.Key.Key_D)
    assert gallery.variations.wish.temperature == 1.0


def test_the_seed_can_be_copied_and_set(chosen_from, qtbot):
    gallery = chosen_from.completing.gallery
    first, endings = gallery._seed.text(), [tile.strokes for tile in gallery.tiles.tiles]
    next(button for button, name in gallery._icons if name == "copy").click()
    assert QGuiApplication.clipboard().text() == first == str(gallery.variations.wish.seed)
    gallery._seed.setText("7")
    QTest.keyClick(gallery._seed, Qt.Key.Key_Return)
    assert gallery.variations.wish.seed == 7
    gallery._seed.setText(first)
    QTest.keyClick(gallery._seed, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: gallery.resting, timeout=LONG)
    for tile, before in zip(gallery.tiles.tiles, endings, strict=True):
        for stroke, same in zip(tile.strokes, before, strict=True):
            np.testing.assert_array_equal(stroke, same)


def test_typing_a_seed_takes_no_ending(chosen_from):
    gallery = chosen_from.completing.gallery
    gallery._seed.setFocus()
    QTest.keyClick(gallery._seed, Qt.Key.Key_5)
    assert gallery.open and authors(chosen_from) == [Author.HUMAN]


def test_how_many_is_remembered(chosen_from, settings):
    gallery = chosen_from.completing.gallery
    gallery._count.setCurrentIndex(15)
    gallery._count.activated.emit(15)
    assert len(gallery.tiles.tiles) == 16 and settings.endings == 16
    rects = [gallery.tiles.rect_of(number) for number in range(16)]
    assert all(gallery.tiles.rect().contains(rect.toRect()) for rect in rects)
    assert not any(a.intersects(b) for a in rects for b in rects if a is not b)


def test_ink_beyond_the_view_makes_the_view_larger(window, qtbot):
    tiles = window.completing.gallery.tiles
    draw_with_mouse(window.canvas, [(450, 350), (470, 360)])
    window.actions_.endings.trigger()  # the spirals are far from there
    qtbot.waitUntil(lambda: window.completing.gallery.resting, timeout=LONG)
    for tile in tiles.tiles:
        assert all(tiles._view.contains(QPointF(x, y)) for stroke in tile.came for x, y in stroke)


def test_a_model_that_fails_is_told_once(open_window, qtbot):
    window = open_window({"broken": SpiralModel(fails_at=10)})
    draw_with_mouse(window.canvas, LINE)
    window.actions_.endings.trigger()
    qtbot.waitUntil(lambda: len(window.dialogs.told) == 1, timeout=LONG)
    assert authors(window) == [Author.HUMAN]


def test_copying_the_seed_says_so(chosen_from):
    gallery = chosen_from.completing.gallery
    gallery._copy_seed()
    seed = str(gallery.variations.wish.seed)
    assert QGuiApplication.clipboard().text() == seed and seed in chosen_from.caption.text()
