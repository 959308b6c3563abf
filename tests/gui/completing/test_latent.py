"""The latent space: a drawing drawn again, what lies between two, and why it may not be there."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from eye import authors, picture
from fakes import FakeInfo, LatentModel, SpiralModel
from hand import draw_with_mouse
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gui.completing.morph import COARSE, FINE
from gui.paper.picture import Strip
from sketchrnn.sketch import Author, Sketch

BOX = [(300.0, 200.0), (500.0, 200.0), (500.0, 500.0), (300.0, 500.0), (300.0, 200.0)]
LONG = 20_000


@pytest.fixture
def window(open_window):
    made = open_window({"latent": LatentModel()})
    made.canvas.setFocus()
    draw_with_mouse(made.canvas, BOX)
    return made


@pytest.fixture
def morphing(window, qtbot):
    window.actions_.morph.trigger()
    qtbot.waitUntil(lambda: window.completing.morph.complete, timeout=LONG)
    return window


# --- redraw ----------------------------------------------------------------------------------------


def test_redrawing_draws_variations_where_the_drawing_is(window, qtbot):
    window.actions_.redraw.trigger()
    gallery = window.completing.gallery
    qtbot.waitUntil(lambda: gallery.resting, timeout=LONG)
    assert len(gallery.tiles.tiles) == 9
    shapes = []
    for tile in gallery.tiles.tiles:
        drawn = Sketch(tile.strokes).bounds
        assert drawn.larger_side == pytest.approx(300, rel=1e-3)
        assert ((drawn.left + drawn.right) / 2, (drawn.top + drawn.bottom) / 2) == pytest.approx((400, 350))
        shapes.append(round(drawn.width / drawn.height, 4))
    assert shapes[0] == pytest.approx(201 / 301, abs=1e-3)  # from the drawing's own z
    assert len(set(shapes)) == 9


def test_the_one_taken_replaces_the_drawing_and_one_undo_brings_it_back(window, qtbot):
    window.actions_.redraw.trigger()
    gallery = window.completing.gallery
    qtbot.waitUntil(lambda: gallery.resting, timeout=LONG)
    gallery.take(0)
    assert authors(window) == [Author.MODEL] * 2
    window.undo()
    assert authors(window) == [Author.HUMAN]
    np.testing.assert_allclose(window.document.strokes[0].points, BOX, atol=1e-2)
    window.redo()
    assert authors(window) == [Author.MODEL] * 2


def test_more_like_and_more_different_change_how_far_z_goes(window, qtbot):
    window.actions_.redraw.trigger()
    gallery = window.completing.gallery
    qtbot.waitUntil(lambda: gallery.resting, timeout=LONG)
    spread, z = gallery.variations.spread, gallery.variations.known[3]
    gallery.tiles._hover(3)
    window.actions_.more_like.trigger()
    assert gallery.variations.spread < spread
    np.testing.assert_array_equal(gallery.variations.z, z)
    qtbot.waitUntil(lambda: gallery.resting, timeout=LONG)
    np.testing.assert_array_equal(gallery.variations.known[0], z)
    window.actions_.more_different.trigger()
    window.actions_.more_different.trigger()
    assert gallery.variations.spread > spread


def test_there_must_be_something_to_redraw(window):
    window.undo()
    assert not window.actions_.redraw.isEnabled() and "Draw something" in window.actions_.redraw.toolTip()
    draw_with_mouse(window.canvas, BOX)
    assert window.actions_.redraw.isEnabled()


def test_without_a_latent_space_a_reason_stands_there(open_window):
    infos = [FakeInfo("latent", Path("latent")), FakeInfo("alone", Path("alone"), conditional=False)]
    window = open_window({"latent": LatentModel(), "alone": SpiralModel()}, infos)
    draw_with_mouse(window.canvas, BOX)
    act = window.actions_
    assert act.redraw.isEnabled() and act.morph.isEnabled() and not act.no_latent.isVisible()
    window.bar._model_box.setCurrentIndex(1)
    window.bar._model_box.activated.emit(1)
    for action in (act.redraw, act.morph, act.average):
        assert not action.isEnabled() and "alone is a decoder alone" in action.toolTip()
    assert act.no_latent.isVisible() and "alone is a decoder alone" in act.no_latent.text()


# --- morph -----------------------------------------------------------------------------------------


def test_a_morph_begins_with_the_drawing_and_ends_with_one_of_the_models(morphing):
    morph = morphing.completing.morph
    assert len(morph.film) == FINE and morph._ends[1] is not None
    first, last = (sketch.bounds for sketch in (morph.film[0], morph.film[-1]))
    assert first.width / first.height == pytest.approx(201 / 301, abs=1e-3)
    wanted = morph._ends[1].bounds
    assert last.width / last.height == pytest.approx((wanted.width + 1) / (wanted.height + 1), abs=1e-3)
    assert authors(morphing) == [Author.HUMAN]


def test_the_slider_and_the_strip_show_what_lies_between(morphing):
    morph = morphing.completing.morph
    seen = set()
    for value in (0, FINE // 2, FINE - 1):
        morph._slider.setValue(value)
        seen.add(bytes(picture(morphing).constBits()))
    assert len(seen) == 3
    QTest.mouseClick(
        morph._strip, Qt.MouseButton.LeftButton, pos=QPoint(morph._strip.rect_of(2).center().toPoint())
    )
    assert morph._slider.value() == 2 * (FINE - 1) // (COARSE - 1)
    morph.average()
    assert morph._slider.value() == FINE // 2


def test_it_plays_there_and_back(morphing, qtbot, monkeypatch):
    morph = morphing.completing.morph
    morph._clock.setInterval(1)
    values = []
    morph._slider.valueChanged.connect(values.append)
    morph._play.click()
    assert morph.playing and morph._play.accessibleName() == "Pause"
    qtbot.waitUntil(lambda: len(values) > FINE + 5, timeout=LONG)
    morph._play.click()
    assert not morph.playing
    assert values[: FINE - 1] == list(range(1, FINE)) and values[FINE - 1] == FINE - 2


def test_the_one_that_is_seen_can_be_taken(morphing):
    morph = morphing.completing.morph
    morph._slider.setValue(FINE // 2)
    expected = morph.film[FINE // 2]
    morph._take.click()
    assert authors(morphing) == [Author.MODEL] * 2 and not morph.isVisible()
    np.testing.assert_allclose(morphing.document.strokes[0].points, expected.strokes[0], atol=1e-3)
    morphing.undo()
    assert authors(morphing) == [Author.HUMAN]


def test_a_file_can_be_the_other_end(morphing, qtbot, tmp_path):
    morph = morphing.completing.morph
    wide = Sketch([[(0, 0), (900, 0), (900, 99)]])
    wide.save(tmp_path / "wide.svg")
    morphing.dialogs.open_path = tmp_path / "wide.svg"
    morph.open_wanted.emit(1)
    qtbot.waitUntil(lambda: morph.complete, timeout=LONG)
    last = morph.film[-1].bounds
    assert last.width / last.height == pytest.approx(901 / 100, rel=1e-3)
    morphing.dialogs.open_path = tmp_path / "none.svg"
    morph.open_wanted.emit(0)
    assert len(morphing.dialogs.told) == 1 and "none.svg" in morphing.dialogs.told[0]


@pytest.mark.parametrize(("name", "strip"), [("morph.svg", True), ("film.svg", False), ("film.gif", False)])
def test_it_is_exported(morphing, qtbot, tmp_path, name, strip):
    path = tmp_path / name
    morphing.dialogs.morph_path = path, strip
    morphing.completing.morph._export.click()
    qtbot.waitUntil(lambda: name in morphing.caption.text(), timeout=LONG)
    if path.suffix == ".gif":
        with Image.open(path) as film:
            assert film.n_frames > FINE
    else:
        text = path.read_text()
        assert ElementTree.fromstring(text) is not None
        assert text.count('class="drawing"') == (COARSE if strip else 0)
        assert text.count("<animate") == (0 if strip else FINE)


def test_an_export_that_fails_is_told(morphing, qtbot, tmp_path):
    morphing.dialogs.morph_path = tmp_path / "no" / "such" / "film.gif", False
    morphing.completing.morph._export.click()
    qtbot.waitUntil(lambda: len(morphing.dialogs.told) == 1, timeout=LONG)


@pytest.mark.parametrize("how", ["esc", "draw", "gallery"])
def test_it_closes(morphing, how):
    if how == "esc":
        QTest.keyClick(morphing.canvas, Qt.Key.Key_Escape)
    elif how == "draw":
        draw_with_mouse(morphing.canvas, [(10, 10), (50, 50)])
    else:
        morphing.actions_.endings.trigger()
    assert not morphing.completing.morph.isVisible()
    assert Author.MODEL not in authors(morphing)


def test_from_empty_paper_both_are_the_models(open_window, qtbot):
    window = open_window({"latent": LatentModel()})
    window.actions_.average.trigger()
    morph = window.completing.morph
    qtbot.waitUntil(lambda: morph.complete, timeout=LONG)
    assert morph._slider.value() == FINE // 2 and all(end is not None for end in morph._ends)
    assert not morph._paper_buttons[0].isEnabled()


def test_a_narrow_film_strip_folds_into_rows(qtbot):
    strip = Strip("Film strip", 54)
    qtbot.addWidget(strip)
    strip.show_sketches([Sketch([[(100, 100), (200, 150)]])] * COARSE)
    strip.show()
    strip.resize(600, strip.height())
    assert strip.height() == 54
    strip.resize(272, strip.height())
    places = [strip.rect_of(number) for number in range(COARSE)]
    assert len({place.top() for place in places}) == 2 and strip.height() > 2 * 54
    assert min(place.width() for place in places) >= 45 and max(p.right() for p in places) <= 272
    for place in places:
        assert strip.rect().contains(place.toRect())
