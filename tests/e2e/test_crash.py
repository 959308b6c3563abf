"""The real program and its files: a kill -9 costs nothing, and the drawing comes back at the next start."""

from __future__ import annotations

import signal

import numpy as np
from xscreen import EYE, HEAD, needs_screen, on_paper, rgb, until, window_of

from gui.files.autosave import read_snapshot
from gui.look.theme import LIGHT
from gui.paper.paper import WIDTH

pytestmark = needs_screen


def autosaves(folder) -> list:
    return sorted((folder / "home").rglob("*.autosave"))


def test_crash_and_recover(screen, start, tmp_path):
    program = start(XDG_STATE_HOME=str(tmp_path / "home" / "state"))
    expected = [on_paper(screen, HEAD), on_paper(screen, EYE)]
    screen.draw(HEAD)
    screen.draw(EYE)
    until(lambda: bool(autosaves(tmp_path)), "the autosave")
    until(lambda: len(read_snapshot(autosaves(tmp_path)[0]).strokes) == 2, "both strokes in it")
    screen.do("mousemove", *HEAD[3])
    screen.do("mousedown", 1)  # the third stroke is being drawn when it happens
    program.send_signal(signal.SIGKILL)
    program.wait()
    screen.do("mouseup", 1)
    until(lambda: not window_of(screen), "the end")

    start(XDG_STATE_HOME=str(tmp_path / "home" / "state"))
    until(lambda: offered(screen).sum() > 500, "the offer")
    screen.shoot("5-offered")
    before = screen.count(LIGHT.ink)  # an offer, not a fact
    rows, columns = np.nonzero(offered(screen))
    screen.do("mousemove", int(columns.mean()), int(rows.mean()))
    screen.do("click", 1)
    until(lambda: screen.count(LIGHT.ink) > before + 500, "the drawing")
    screen.shoot("6-recovered")
    until(lambda: len(autosaves(tmp_path)) == 1, "the autosave again")
    again = read_snapshot(autosaves(tmp_path)[0])
    for ink, places in zip(again.strokes, expected, strict=True):
        np.testing.assert_allclose(ink.points[[0, -1]], places[[0, -1]], atol=1.2 * WIDTH / 700)


def offered(screen) -> np.ndarray:
    """Where the main button of the bar above the paper is."""
    return (screen.pixels()[:80] == rgb(LIGHT.accent)).all(axis=2)


def test_a_calm_end_leaves_nothing(screen, start, tmp_path):
    program = start(XDG_STATE_HOME=str(tmp_path / "home" / "state"))
    screen.draw(HEAD)
    until(lambda: bool(autosaves(tmp_path)), "the autosave")
    screen.key("ctrl+z")
    until(lambda: not autosaves(tmp_path), "nothing to save")
    screen.key("ctrl+q")
    until(lambda: program.poll() is not None, "the end")
    assert program.returncode == 0
