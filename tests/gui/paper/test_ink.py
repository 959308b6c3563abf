"""Ink: smooth where a hand was, sharp where corners are, without seams between pieces."""

from __future__ import annotations

import itertools

import numpy as np
from PySide6.QtCore import QPointF

from gui.paper.ink import DOT_RADIUS, PIECE, GrowingInk, curve, pieces

CIRCLE = np.array(
    [(200 + 100 * np.cos(a), 200 + 100 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 300)], np.float32
)


def distance(path, x, y):
    """From a place to the nearest point of the path."""
    places = [path.pointAtPercent(share) for share in np.linspace(0, 1, 2000)]
    return min(np.hypot(place.x() - x, place.y() - y) for place in places)


def test_a_tap_leaves_a_visible_dot():
    rect = curve(np.array([(5.0, 7.0)])).boundingRect()
    assert rect.center() == QPointF(5, 7)
    assert rect.width() >= DOT_RADIUS


def test_the_line_begins_and_ends_where_the_pen_did():
    path = curve(CIRCLE)
    assert np.allclose(path.pointAtPercent(0).toTuple(), CIRCLE[0])
    assert np.allclose(path.currentPosition().toTuple(), CIRCLE[-1])


def test_a_box_of_five_points_keeps_its_corners():
    box = np.array([(0, 0), (200, 0), (200, 100), (0, 100), (0, 0)], np.float32)
    path = curve(box)
    assert max(distance(path, *corner) for corner in box[1:4].tolist()) < 2.5


def test_a_coarse_circle_becomes_round():
    angles = np.linspace(0, 2 * np.pi, 17)
    path = curve(np.column_stack([100 * np.cos(angles), 100 * np.sin(angles)]))
    turns = np.diff(np.unwrap([np.radians(path.angleAtPercent(s)) for s in np.linspace(0.1, 0.9, 400)]))
    assert np.degrees(np.abs(turns)).max() < 5  # the polygon turns by 22 degrees at a time


def test_pieces_join_without_a_seam():
    parts = list(pieces(CIRCLE))
    assert len(parts) == -(-len(CIRCLE) // PIECE)
    for before, after in itertools.pairwise(parts):
        first = after.elementAt(0)
        assert np.allclose(before.currentPosition().toTuple(), (first.x, first.y), atol=1e-3)


def test_every_length_of_stroke_has_a_line_to_its_last_point():
    for n in [1, 2, 3, PIECE - 1, PIECE, PIECE + 1, PIECE + 2, 2 * PIECE, 2 * PIECE + 1]:
        parts = list(pieces(CIRCLE[:n]))
        if n > 1:
            assert np.allclose(parts[-1].currentPosition().toTuple(), CIRCLE[n - 1], atol=1e-3)


def test_a_growing_stroke_becomes_the_same_line_as_a_finished_one():
    growing = GrowingInk()
    for x, y in CIRCLE.tolist():
        growing.add(x, y)
    drawn = [*growing.settled(), growing.tail()]
    ready = list(pieces(CIRCLE))
    assert sum(path.length() for path in drawn) == np.float32(sum(path.length() for path in ready))
    assert np.array_equal(growing.points, CIRCLE)
