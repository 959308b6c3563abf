"""The cached picture: in slices, by rectangles, and the same as painted in one go."""

from __future__ import annotations

import time

import numpy as np
import pytest
from eye import pixels
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor

from gui.paper.ink import Ink
from gui.paper.layer import Frame, Layer
from sketchrnn.sketch import Author


def strokes(count, points=40, seed=1):
    random = np.random.default_rng(seed)
    for _ in range(count):
        start = random.uniform(50, 700, 2)
        walk = start + np.cumsum(random.normal(0, 3, (points, 2)), axis=0)
        yield Ink(walk.astype(np.float32), Author.HUMAN)


def finish(layer: Layer) -> None:
    while layer.busy:
        layer.advance(1.0)


@pytest.fixture
def layer(qapp) -> Layer:
    made = Layer()
    made.look_at(Frame(QSize(480, 360), 1.0, 0.5))
    made.recolour(lambda ink: QColor("black"))
    return made


def test_added_strokes_are_painted_onto_the_picture(layer):
    first, second = strokes(2)
    layer.show([first])
    finish(layer)
    before = pixels(layer.image).sum()
    layer.show([first, second])
    finish(layer)
    assert pixels(layer.image).sum() > before


def test_taking_strokes_away_leaves_the_picture_as_if_they_had_never_been(qapp, layer):
    ten = list(strokes(10, points=200))
    layer.show(ten[:7])
    finish(layer)
    expected = pixels(layer.image)
    layer.show(ten)
    finish(layer)
    assert not np.array_equal(pixels(layer.image), expected)
    layer.show(ten[:7])
    finish(layer)
    assert np.array_equal(pixels(layer.image), expected)


def test_strokes_added_while_a_rectangle_is_repainted_are_not_clipped_to_it(layer):
    ten = list(strokes(10))
    layer.show(ten[:9])
    finish(layer)
    layer.show(ten[:8])
    layer.show([*ten[:8], ten[9]])
    finish(layer)
    seen = pixels(layer.image)
    layer.recolour(lambda ink: QColor("black"))
    finish(layer)
    assert np.abs(seen - pixels(layer.image)).max() == 0


def test_a_slice_takes_no_longer_than_it_may(layer):
    layer.show(list(strokes(300, points=300)))
    longest = 0.0
    while layer.busy:
        start = time.thread_time()  # others may use the machine, too
        layer.advance(0.005)
        longest = max(longest, time.thread_time() - start)
    assert longest < 0.05


def test_the_old_picture_stands_until_the_new_one_is_ready(layer):
    layer.show(list(strokes(200, points=300)))
    finish(layer)
    old = layer.image
    layer.look_at(Frame(QSize(960, 720), 1.0, 1.0))
    assert not layer.advance(0.001)
    assert layer.image.size() == old.size()
    finish(layer)
    assert layer.image.size() == QSize(960, 720)
