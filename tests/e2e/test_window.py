"""The real program on a real (virtual) screen: a hand draws, the model goes on, an SVG comes out."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import numpy as np
from xscreen import EYE, HEAD, drawn_densely, furthest, needs_screen, on_paper, until, window_of

from gui.look.theme import LIGHT
from gui.paper.paper import WIDTH
from sketchrnn.sketch import Author, Sketch

pytestmark = needs_screen


def test_draw_complete_keep_and_export(screen, start, models, tmp_path):
    program = start(**models)
    expected = [on_paper(screen, HEAD), on_paper(screen, EYE)]
    screen.draw(HEAD)
    screen.draw(EYE)
    until(lambda: screen.count(LIGHT.ink) > 500, "the person's ink")
    screen.shoot("1-drawn")

    screen.key("space")
    until(lambda: screen.count(LIGHT.accent) > 150, "the model's ink")
    screen.shoot("2-drawing")
    screen.key("Return")
    screen.shoot("3-kept")

    path = tmp_path / "face.svg"
    screen.key("ctrl+e")
    answer(screen, "Export", path)
    until(path.exists, "the file")

    sketch = Sketch.open(path)
    mine = sketch.by(Author.HUMAN).strokes
    pixel = WIDTH / 700  # of this small window, in paper units
    assert len(mine) == 2
    for seen, drawn in zip(mine, expected, strict=True):
        assert furthest(drawn, seen) < 1.2 * pixel
        assert furthest(seen, drawn_densely(drawn)) < 1.2 * pixel
        np.testing.assert_allclose(seen[[0, -1]], drawn[[0, -1]], atol=1.2 * pixel)
    assert len(sketch.by(Author.MODEL)) >= 1
    assert program.poll() is None


def test_a_program_that_is_held_up_loses_no_point_of_a_stroke(screen, start, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    program = start(SKETCHRNN_MODELS=str(empty))
    expected = on_paper(screen, HEAD)
    program.send_signal(signal.SIGSTOP)
    screen.draw(HEAD)
    program.send_signal(signal.SIGCONT)
    until(lambda: screen.count(LIGHT.ink) > 500, "the stroke")
    path = save(screen, tmp_path / "head.svg")
    (seen,) = Sketch.open(path).strokes
    assert furthest(expected, seen) < 1.2 * WIDTH / 700


def test_what_was_saved_is_opened_again_and_exported_in_every_form(screen, start, models, tmp_path):
    program = start(**models)
    screen.draw(HEAD)
    screen.draw(EYE)
    until(lambda: screen.count(LIGHT.ink) > 500, "the person's ink")
    screen.key("n")
    until(lambda: screen.count(LIGHT.accent) > 10 and at_rest(screen), "the model's stroke")
    screen.key("Return")
    path = save(screen, tmp_path / "face.svg")
    saved = Sketch.open(path)
    assert len(saved.by(Author.HUMAN)) == 2 and len(saved.by(Author.MODEL)) == 1
    for suffix in ("png", "pdf", "gif", "ndjson", "inkml"):
        copy = tmp_path / f"copy.{suffix}"
        ask(screen, "ctrl+e", "Export")
        answer(screen, "Export", copy)
        until(copy.exists, f"the {suffix}")
    screen.key("ctrl+q")  # nothing is unsaved: nothing is asked
    until(lambda: program.poll() is not None, "the end")

    start(**models)
    screen.key("ctrl+o")
    answer(screen, "Open a drawing", path)
    until(lambda: screen.count(LIGHT.ink) > 500 and screen.count(LIGHT.accent) > 10, "the drawing")
    again = save(screen, tmp_path / "again.svg", keys="ctrl+shift+s")
    assert Sketch.open(again) == saved
    screen.shoot("5-again")


def at_rest(screen):
    """Whether nothing moves: the model's pen is on the screen before it has drawn anything."""
    before = screen.pixels()
    time.sleep(0.3)
    return np.array_equal(before, screen.pixels())


def test_unsaved_changes_are_asked_about(screen, start, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    program = start(SKETCHRNN_MODELS=str(empty))
    screen.draw(HEAD)
    screen.key("ctrl+w")
    screen.to_window("Unsaved drawing")
    screen.key("Escape")
    until(lambda: not screen.named("Unsaved drawing"), "the question to go")
    assert program.poll() is None
    screen.do("windowfocus", "--sync", window_of(screen))
    screen.key("ctrl+w")
    screen.to_window("Unsaved drawing")
    screen.key("Tab", "space")  # to Discard
    until(lambda: program.poll() is not None, "the end")
    assert program.returncode == 0


def test_without_any_model_one_can_draw_undo_and_save(screen, start, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    start(SKETCHRNN_MODELS=str(empty))
    screen.draw(HEAD)
    screen.draw(EYE)
    screen.key("ctrl+z")
    path = save(screen, tmp_path / "head.svg")
    assert len(Sketch.open(path)) == 1
    until(lambda: "head.svg" in screen.do("getwindowname", window_of(screen)), "the file's name in the title")


def test_a_drawing_named_on_the_command_line_is_on_the_paper(screen, start, tmp_path):
    path = tmp_path / "line.svg"
    Sketch([[(100, 100), (800, 600)]]).save(path)
    start(path)
    until(lambda: screen.count(LIGHT.ink) > 500, "the drawing")


def ask(screen, keys: str, title: str) -> None:
    """Presses keys until a dialog comes: no window manager passes on what is typed while another one goes."""
    deadline = time.monotonic() + 60
    while not screen.named(title) and time.monotonic() < deadline:
        screen.key(keys)
        asked = time.monotonic()
        while not screen.named(title) and time.monotonic() < asked + 10:
            time.sleep(0.1)


def answer(screen, title: str, path: Path) -> None:
    """Types a file's name into a dialog, and waits until it is gone."""
    screen.to_window(title)
    screen.key("ctrl+a")
    screen.type(path)
    screen.key("Return")
    until(lambda: not screen.named(title), "the dialog to go")
    screen.do("windowfocus", "--sync", window_of(screen))


def save(screen, path: Path, keys: str = "ctrl+s") -> Path:
    ask(screen, keys, "Save the drawing")
    answer(screen, "Save the drawing", path)
    until(path.exists, "the file")
    return path
