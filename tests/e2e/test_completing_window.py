"""The program on a virtual screen: pale ink, galleries, redrawing and morphs, with real keys and a mouse."""

from __future__ import annotations

import itertools

import numpy as np
from xscreen import EYE, HEAD, needs_screen, rgb, until

from gui.completing.ghost import PALE
from gui.look.theme import LIGHT

pytestmark = needs_screen

PAPER = (slice(100, 500), slice(110, 600))
"""Rows and columns of the screen that are paper, whether a panel is open or not."""

PANEL = (slice(90, 540), slice(700, 1000))
"""Those that are a panel, if one is open; else desk, paper and a rail without colour."""


def count(screen, colour: np.ndarray, place: tuple[slice, slice]) -> int:
    return int((np.abs(screen.pixels()[place] - colour).max(axis=2) < 12).sum())


ACCENT, INK, DESK = rgb(LIGHT.accent), rgb(LIGHT.ink), rgb(LIGHT.desk)
GHOST = PALE * ACCENT + (1 - PALE) * rgb(LIGHT.paper)


def begin(screen, start, models):
    """A window with two strokes of a person's in it."""
    program = start(**models)
    screen.draw(HEAD)
    screen.draw(EYE)
    until(lambda: count(screen, INK, PAPER) > 400, "the person's ink")
    return program


def test_ghost_ink(screen, start, models):
    start(**models)
    screen.key("ctrl+g")
    screen.draw(HEAD)
    until(lambda: count(screen, GHOST, PAPER) > 60, "pale ink")
    assert count(screen, ACCENT, PAPER) < 20
    screen.key("Escape")
    until(lambda: count(screen, GHOST, PAPER) < 20, "none")
    screen.draw(EYE)
    until(lambda: count(screen, GHOST, PAPER) > 60, "pale ink after the next stroke")
    screen.shoot("ghost")
    screen.key("Tab")
    until(lambda: count(screen, ACCENT, PAPER) > 60, "it is ink now")
    until(lambda: count(screen, GHOST, PAPER) < count(screen, ACCENT, PAPER), "and no longer pale")
    screen.key("ctrl+z")
    until(lambda: count(screen, ACCENT, PAPER) < 20, "one step takes all of it back")
    assert count(screen, INK, PAPER) > 400


def test_gallery(screen, start, models):
    program = begin(screen, start, models)
    screen.key("shift+space")
    until(lambda: count(screen, ACCENT, PANEL) > 200, "endings in the panel")
    assert count(screen, ACCENT, PAPER) < 20
    screen.shoot("gallery")
    tiles = itertools.cycle([(x, y) for y in (140, 240) for x in (740, 845, 945) for _ in range(10)])

    def looked_at() -> bool:  # an ending may have no stroke: then the next is tried
        screen.do("mousemove", *next(tiles))
        return count(screen, ACCENT, PAPER) > 40

    until(looked_at, "a look at one on the paper")
    screen.do("click", 1)
    until(lambda: count(screen, DESK, PANEL) > 5_000, "the panel to close")
    until(lambda: count(screen, ACCENT, PAPER) > 40, "the ending on the paper")
    screen.key("ctrl+z")
    until(lambda: count(screen, ACCENT, PAPER) < 20, "one step takes it back")
    assert program.poll() is None


def test_redraw(screen, start, models):
    begin(screen, start, models)
    screen.key("ctrl+r")
    until(lambda: count(screen, ACCENT, PANEL) > 200, "drawings in the panel")
    screen.shoot("redraw")
    screen.key("1")
    until(lambda: count(screen, DESK, PANEL) > 5_000, "the panel to close")
    until(lambda: count(screen, INK, PAPER) < 60, "the person's drawing to be replaced")
    assert count(screen, ACCENT, PAPER) > 60
    screen.key("ctrl+z")
    until(lambda: count(screen, INK, PAPER) > 400, "the person's drawing back")


def test_morph(screen, start, models):
    begin(screen, start, models)
    screen.key("ctrl+shift+m")
    until(lambda: count(screen, ACCENT, PAPER) > 60, "the first drawing of the morph")
    first = screen.pixels()[PAPER]
    screen.shoot("morph")
    # A click on the groove moves the slider a step; the film comes while it is looked at.
    until(lambda: moved(screen, first), "another drawing on the paper")
    screen.key("Escape")
    until(lambda: count(screen, INK, PAPER) > 400, "the person's drawing, as it was")
    assert count(screen, ACCENT, PAPER) < 20


def moved(screen, first) -> bool:
    screen.do("mousemove", 960, 418)  # beneath the film, which has two rows in so narrow a panel
    screen.do("click", 1)
    return bool((np.abs(screen.pixels()[PAPER] - first).max(axis=2) > 60).sum() > 40)
