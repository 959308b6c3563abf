"""The pen: a person's ink, as it comes from the hand, steadied, or straight."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QCursor, QPainter

from gui.look.icon import pen_cursor_pixmap
from gui.paper.ink import PEN_WIDTH, HandInk, Ink, pen
from gui.paper.paper import HEIGHT, WIDTH
from gui.tools import width
from gui.tools.base import Table, Tool, Touch
from gui.tools.stabiliser import Stabiliser
from sketchrnn.sketch import Author

NEAREST = 0.4
"""Paper units between two recorded points, or logical pixels if those are less: nearer adds nothing."""

TURN = math.radians(15)
"""With Shift and Control a straight line goes in multiples of this."""

WIDEST_CURSOR = 96
"""Logical pixels; some systems show nothing larger."""


class PenTool(Tool):
    """Draws strokes. Shift makes a straight line; Shift and Control one in steps of 15 degrees."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self.smoothing = 0.0
        """From 0, the hand itself, to 1."""
        self.width = width.NORMAL
        """Of the ordinary width, in hundredths."""
        self._ink: HandInk | None = None
        self._straight = False
        self._stabiliser = Stabiliser()
        self._hand: tuple[float, float] = (0.0, 0.0)

    @property
    def busy(self) -> bool:
        return self._ink is not None

    def press(self, touch: Touch) -> None:
        self._ink = HandInk()
        self._straight = touch.shift
        self._stabiliser = Stabiliser(self.smoothing)
        x, y = self._hand = on_paper(*touch.place)
        self._stabiliser.follow(x, y)
        self._add(x, y, touch.pressure)

    def move(self, touch: Touch) -> None:
        ink = self._ink
        if ink is None:
            return
        before, self._hand = self._hand, on_paper(*touch.place)
        if self._straight:
            self._stretch(touch)
            return
        if self._stabiliser.string:
            self.table.refresh(_around(before, self._hand, ink.last))
        x, y = self._stabiliser.follow(*self._hand)
        if math.dist((x, y), ink.last) >= min(NEAREST, self.reach(NEAREST)):
            self._add(x, y, touch.pressure)

    def release(self, touch: Touch) -> None:
        ink = self._ink
        if ink is None:
            return
        self.move(touch._replace(pressure=None))
        x, y = self._hand
        if self._stabiliser.string and not self._straight and math.dist((x, y), ink.last) >= NEAREST:
            self._add(x, y, None)  # the line ends where the hand did
        self._lift()

    def lift(self) -> None:
        """The stroke ends where it is; also where the system took the pointer away."""
        if self._ink is not None:
            self._lift()

    def cancel(self) -> None:
        self._ink = None
        self.table.clear_hand()

    def put_away(self) -> None:
        self.lift()  # whatever was drawn stays drawn

    def repaint(self) -> None:
        if self._ink is not None:
            self.table.settle_hand(self._ink.settled())

    def paint(self, painter: QPainter) -> None:
        ink = self._ink
        if ink is None:
            return
        for piece in ink.tail():
            painter.setPen(self.table.human_pen(piece.width))
            painter.drawPath(piece.path)
        if self._stabiliser.string and not self._straight:
            string = pen(QColor(self.table.colours.faint), self.reach(1.0))
            string.setStyle(Qt.PenStyle.DotLine)
            painter.setPen(string)
            painter.drawLine(QPointF(*ink.last), QPointF(*self._hand))

    def cursor(self) -> QCursor:
        colours = self.table.colours
        diameter = PEN_WIDTH * self.width / 100 * self.table.view.scale
        if diameter > WIDEST_CURSOR:
            return QCursor(Qt.CursorShape.CrossCursor)
        return QCursor(
            pen_cursor_pixmap(colours.colour("ink"), colours.colour("paper"), diameter, self.table.view.ratio)
        )

    def _lift(self) -> None:
        ink, self._ink = self._ink, None
        if ink is not None:
            self.table.draw(Ink(ink.points, Author.HUMAN, ink.pressures))
            self.table.clear_hand()

    def _add(self, x: float, y: float, pressure: float | None) -> None:
        ink = self._ink
        if ink is None:
            return
        goes_on = pressure is None and ink.felt is not None
        pressure = ink.felt if goes_on else width.felt(self.width, pressure)
        self.table.settle_hand(ink.add(x, y, pressure))
        self.table.refresh(ink.tail_rect())

    def _stretch(self, touch: Touch) -> None:
        """The straight line now ends at the hand."""
        ink = self._ink
        if ink is None:
            return
        (x0, y0), (x, y) = ink.first, self._hand
        if touch.control:
            length, angle = math.hypot(x - x0, y - y0), math.atan2(y - y0, x - x0)
            angle = round(angle / TURN) * TURN
            x, y = on_paper(x0 + length * math.cos(angle), y0 + length * math.sin(angle))
        self.table.refresh(ink.tail_rect())
        if len(ink) == 1:
            if math.dist((x, y), (x0, y0)) >= NEAREST:
                self._add(x, y, touch.pressure)
        else:
            ink.end_at(x, y)
        self.table.refresh(ink.tail_rect())


def _around(*places: tuple[float, float]) -> QRectF:
    xs, ys = [x for x, _ in places], [y for _, y in places]
    return QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def on_paper(x: float, y: float) -> tuple[float, float]:
    """The nearest point of the paper."""
    return min(max(x, 0.0), WIDTH), min(max(y, 0.0), HEIGHT)
