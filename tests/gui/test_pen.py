"""The model's pen: a steady hand, short hops, no lost points."""

from __future__ import annotations

import pytest
from fakes import FakePoint

from gui.models.pen import DRAW_SPEED, HOP_LONGEST, HOP_SHORTEST, Pen, Tip

LINE = [
    FakePoint(100, 100, True, False),
    FakePoint(100 + DRAW_SPEED, 100, False, True),
    FakePoint(0, 0, True, True),
]


def test_it_draws_at_one_speed():
    pen = Pen()
    pen.feed(LINE)
    pen.advance(HOP_SHORTEST)
    pen.advance(0.5)
    assert pen.tip == Tip(pytest.approx(100 + DRAW_SPEED / 2), 100, True)


def test_a_hop_is_short_and_the_pen_is_up():
    pen = Pen(start=(900, 700))
    pen.feed(LINE)
    assert pen.advance(HOP_LONGEST / 2) == []
    assert pen.tip is not None and not pen.tip.down
    assert pen.advance(HOP_LONGEST / 2 + 0.001) == LINE[:1]


def test_every_point_is_reached_once_whatever_the_frames():
    for frame in (0.0001, 0.016, 0.7, 10.0):
        pen = Pen()
        pen.feed(LINE[:1])
        reached = pen.advance(frame)
        pen.feed(LINE[1:])
        while not pen.waiting:
            reached += pen.advance(frame)
        assert reached == LINE


def test_without_points_it_waits_where_it_is():
    pen = Pen()
    assert pen.waiting and pen.advance(1.0) == [] and pen.tip is None


def test_nobody_waits_for_ink_beyond_the_edge():
    pen = Pen()
    pen.feed([FakePoint(900, 100, True, False), FakePoint(1000, 100, False, False)])
    pen.feed([FakePoint(9000, 100, False, False), FakePoint(1000, 200, False, True)])
    assert len(pen.advance(HOP_SHORTEST + 100 / DRAW_SPEED + 0.001)) == 4
