"""Selecting: by clicks, a band or a loop; and moving, scaling and turning what is selected by its frame."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QCursor, QPainter, QPainterPath, QPen, QPolygonF

from gui.paper.ink import Ink, Piece, ink_pieces, pen
from gui.tools import hits, transform
from gui.tools.base import Table, Tool, Touch
from gui.tools.selection import Selection
from gui.words import counted

REACH = 6.0
"""Logical pixels between a click and a stroke that it still means."""

GRIP = 9.0
"""Logical pixels of a handle's side."""

AWAY = 7.0
"""Logical pixels between the ink and its frame."""

STEM = 26.0
"""Logical pixels from the frame to the handle that turns it."""

SNAP = math.radians(15)
STILL = 3.0
"""Logical pixels that a click may move."""

SMALLEST = 0.02
"""A selection is scaled to this share of its size at least."""

GLOW = 48
"""Opacity, of 255, of the band along a selected stroke."""

MANY = 8_000
"""Points of a selection; more are shown as thin, rough lines while they move."""

ROUGH = 6_000
"""Points of those lines."""


class Grip(enum.Enum):
    """A handle, by the side of the frame that it moves: -1, 0 or 1 across and down."""

    TOP_LEFT = (-1, -1)
    TOP = (0, -1)
    TOP_RIGHT = (1, -1)
    RIGHT = (1, 0)
    BOTTOM_RIGHT = (1, 1)
    BOTTOM = (0, 1)
    BOTTOM_LEFT = (-1, 1)
    LEFT = (-1, 0)
    TURN = (0, -2)
    INSIDE = (0, 0)


_CURSORS = {
    Grip.TOP_LEFT: Qt.CursorShape.SizeFDiagCursor,
    Grip.BOTTOM_RIGHT: Qt.CursorShape.SizeFDiagCursor,
    Grip.TOP_RIGHT: Qt.CursorShape.SizeBDiagCursor,
    Grip.BOTTOM_LEFT: Qt.CursorShape.SizeBDiagCursor,
    Grip.TOP: Qt.CursorShape.SizeVerCursor,
    Grip.BOTTOM: Qt.CursorShape.SizeVerCursor,
    Grip.LEFT: Qt.CursorShape.SizeHorCursor,
    Grip.RIGHT: Qt.CursorShape.SizeHorCursor,
    Grip.TURN: Qt.CursorShape.PointingHandCursor,
    Grip.INSIDE: Qt.CursorShape.SizeAllCursor,
}


class SelectTool(Tool):
    """Click selects, with Shift more; a drag over free paper spans a band.

    The frame's handles scale (Shift keeps the proportions, Alt the middle) and turn (Shift: in steps);
    inside it the selection is moved (Shift: straight), with Alt a copy of it.
    """

    starts_on_paper = False
    loops = False

    def __init__(self, table: Table, selection: Selection, stroke_colour: Callable[[Ink], QColor]) -> None:
        super().__init__(table)
        self.selection = selection
        self._colour = stroke_colour
        self._boxes = hits.Boxes()
        self._start: Touch | None = None
        self._grip: Grip | None = None
        self._clicked: Ink | None = None
        self._moving = False
        self._map = transform.Map()
        self._copies = False
        self._chosen: list[Ink] = []
        self._pieces: list[tuple[Piece, QColor]] = []
        self._outline = QPainterPath()
        self._glowing: list[Ink] = []
        self._glow: list[Piece] = []
        self._loop: list[tuple[float, float]] = []

    @property
    def busy(self) -> bool:
        return self._start is not None

    # --- the pointer ---------------------------------------------------------------------------

    def press(self, touch: Touch) -> None:
        self._start, self._moving, self._map = touch, False, transform.Map()
        self._grip = self._grip_at(touch)
        self._clicked = hit = self._stroke_at(touch)  # if it is let go at once, this is what was meant
        if hit is not None and self._grip in (None, Grip.INSIDE):
            if hit not in self.selection and not touch.shift:
                self.selection.set([hit])
            self._grip = Grip.INSIDE if hit in self.selection else None
        self._loop = [touch.place]
        self.table.refresh()

    def move(self, touch: Touch) -> None:
        start = self._start
        if start is None:
            return
        if not self._moving:
            if math.dist(touch.place, start.place) < self.reach(STILL):
                return
            self._moving = True
            if self._grip is not None:
                self._lift_chosen()
        if self._grip is None:
            self._loop.append(touch.place)
        else:
            self._map = self._map_for(start, touch)
            copies = self._grip is Grip.INSIDE and touch.alt
            if copies is not self._copies:
                self._copies = copies
                self.table.preview(None if copies else self._others())
        self.table.refresh()

    def release(self, touch: Touch) -> None:
        start = self._start
        if start is None:
            return
        self.move(touch)
        grip, moving = self._grip, self._moving
        self._start = None
        if not moving:
            self._click(touch)
        elif grip is None:
            self._choose_within(touch)
        else:
            self._put_down(grip)
        self._forget()
        self.hover(touch)
        self.table.refresh()

    def cancel(self) -> None:
        self._start = None
        self._forget()
        self.table.preview(None)
        self.table.refresh()

    def put_away(self) -> None:
        super().put_away()
        self.selection.clear()

    def hover(self, touch: Touch) -> None:
        grip = self._grip_at(touch)
        if grip is None:
            over = self._stroke_at(touch) is not None
            shape = Qt.CursorShape.PointingHandCursor if over else self.cursor().shape()
            self.table.show_cursor(QCursor(shape))
        else:
            self.table.show_cursor(QCursor(_CURSORS[grip]))

    def cursor(self) -> QCursor:
        return QCursor(Qt.CursorShape.CrossCursor if self.loops else Qt.CursorShape.ArrowCursor)

    # --- what it does --------------------------------------------------------------------------

    def _click(self, touch: Touch) -> None:
        if self._clicked is not None and touch.shift:
            self.selection.toggle(self._clicked)
        elif self._clicked is not None:
            self.selection.set([self._clicked])
        elif self._grip is None and not touch.shift:
            self.selection.clear()

    def _choose_within(self, touch: Touch) -> None:
        strokes = self.table.strokes
        loop = self._loop if self.loops else _corners(self._band())
        found = [strokes[number] for number in hits.within(strokes, self._boxes.of(strokes), loop)]
        if touch.shift:
            self.selection.add(found)
        else:
            self.selection.set(found)

    def _put_down(self, grip: Grip) -> None:
        made, strokes = transform.mapped(self._chosen, self._map), self.table.strokes
        if self._map.idle:
            self.table.preview(None)
            return
        many = counted(len(made), "Stroke")
        if self._copies:
            after, text = [*strokes, *made], f"Duplicate {many}"
        else:
            new = iter(made)
            after = [next(new) if ink in self.selection else ink for ink in strokes]
            verb = {Grip.INSIDE: "Move", Grip.TURN: "Turn"}.get(grip, "Scale")
            text = f"{verb} {many}"
        self.selection.set(made)
        self.table.edit(after, text)

    def _lift_chosen(self) -> None:
        """Takes the selection off the paper, to show it where it is dragged."""
        self._chosen = self.selection.of(self.table.strokes)
        if sum(len(ink.points) for ink in self._chosen) <= MANY:
            self._pieces = [(piece, self._colour(ink)) for ink in self._chosen for piece in ink_pieces(ink)]
        else:
            self._outline = _outline(self._chosen)
        self.table.preview(self._others())

    def _others(self) -> list[Ink]:
        return [ink for ink in self.table.strokes if ink not in self.selection]

    def _forget(self) -> None:
        self._grip = self._clicked = None
        self._moving = self._copies = False
        self._map = transform.Map()
        self._chosen, self._pieces, self._loop = [], [], []

    def _map_for(self, start: Touch, now: Touch) -> transform.Map:
        grip, box = self._grip, self._box()
        dx, dy = now.x - start.x, now.y - start.y
        if grip is None or box is None:
            return transform.Map()
        if grip is Grip.INSIDE:
            if now.shift:
                dx, dy = (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)
            return transform.moved(dx, dy)
        middle = (box.center().x(), box.center().y())
        if grip is Grip.TURN:
            angle = math.atan2(now.y - middle[1], now.x - middle[0]) - math.atan2(
                start.y - middle[1], start.x - middle[0]
            )
            return transform.turned(round(angle / SNAP) * SNAP if now.shift else angle, middle)
        return self._scaling(grip, box, dx, dy, now)

    def _scaling(self, grip: Grip, box: QRectF, dx: float, dy: float, now: Touch) -> transform.Map:
        across, down = grip.value
        width, height = max(box.width(), 1e-6), max(box.height(), 1e-6)
        twice = 2.0 if now.alt else 1.0
        x = 1.0 + twice * across * dx / width if across and box.width() > 0.5 else 1.0
        y = 1.0 + twice * down * dy / height if down and box.height() > 0.5 else 1.0
        if now.shift and across and down:
            x = y = x if abs(x - 1.0) > abs(y - 1.0) else y
        elif now.shift:
            x = y = x if across else y
        about = (
            box.center().x() if now.alt or not across else (box.left() if across > 0 else box.right()),
            box.center().y() if now.alt or not down else (box.top() if down > 0 else box.bottom()),
        )
        return transform.scaled(_no_less(x), _no_less(y), about)

    # --- where things are ----------------------------------------------------------------------

    def _stroke_at(self, touch: Touch) -> Ink | None:
        """The topmost stroke under the pointer."""
        strokes = self.table.strokes
        found = hits.touched(strokes, self._boxes.of(strokes), touch.place, touch.place, self.reach(REACH))
        return strokes[found[-1]] if found else None

    def _box(self) -> QRectF | None:
        """Around the points of the selection, in paper units."""
        bounds = self.selection.bounds
        if bounds is None:
            return None
        left, top, right, bottom = bounds
        return QRectF(left, top, right - left, bottom - top)

    def _frame(self) -> QRectF | None:
        box = self._box()
        away = self.reach(AWAY)
        return None if box is None else box.adjusted(-away, -away, away, away)

    def _grips(self, frame: QRectF) -> dict[Grip, QPointF]:
        """Where the handles are; those of a side only where there is room for them."""
        room = self.reach(4 * GRIP)
        places: dict[Grip, QPointF] = {}
        for grip in Grip:
            across, down = grip.value
            x = frame.center().x() + across * frame.width() / 2
            y = frame.center().y() + down * frame.height() / 2
            if grip is Grip.TURN:
                places[grip] = QPointF(x, frame.top() - self.reach(STEM))
            elif grip is Grip.INSIDE or (not across and frame.width() < room):
                continue
            elif down or frame.height() >= room:
                places[grip] = QPointF(x, y)
        return places

    def _grip_at(self, touch: Touch) -> Grip | None:
        frame = self._frame()
        if frame is None:
            return None
        reach = self.reach(GRIP)
        for grip, place in self._grips(frame).items():
            if abs(touch.x - place.x()) <= reach and abs(touch.y - place.y()) <= reach:
                return grip
        return Grip.INSIDE if frame.contains(QPointF(*touch.place)) else None

    def _band(self) -> QRectF:
        (x0, y0), (x1, y1) = self._loop[0], self._loop[-1]
        return QRectF(QPointF(x0, y0), QPointF(x1, y1)).normalized()

    # --- painting ------------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        if self._moving and self._grip is None:
            self._paint_loop(painter)
        if self._chosen:
            self._paint_chosen(painter)
        elif len(self.selection):
            self._paint_glow(painter)
        self._paint_frame(painter)

    def _paint_loop(self, painter: QPainter) -> None:
        colour = self.table.colours.colour("accent")
        line = QPen(colour, self.reach(1.25))
        painter.setPen(line)
        colour.setAlpha(22)
        painter.setBrush(colour)
        if self.loops:
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in self._loop]))
        else:
            painter.drawRect(self._band())
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_chosen(self, painter: QPainter) -> None:
        by = self._map.qt
        for piece, colour in self._pieces:
            painter.setPen(pen(colour, piece.width))
            painter.drawPath(by.map(piece.path))
        if not self._pieces:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(self.table.colours.colour("muted"), 0))
            painter.drawPath(by.map(self._outline))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_glow(self, painter: QPainter) -> None:
        """A pale band along each selected stroke: the frame alone does not tell which of them they are."""
        chosen = self.selection.strokes
        if [id(ink.points) for ink in chosen] != [id(ink.points) for ink in self._glowing]:
            few = sum(len(ink.points) for ink in chosen) <= MANY
            self._glowing, self._glow = chosen, [_whole(ink) for ink in chosen if few]
        colour = self.table.colours.colour("accent")
        colour.setAlpha(GLOW)
        for piece in self._glow:
            painter.setPen(pen(colour, piece.width + self.reach(7.0)))
            painter.drawPath(piece.path)

    def _paint_frame(self, painter: QPainter) -> None:
        frame = self._frame()
        if frame is None:
            return
        accent, paper = self.table.colours.colour("accent"), self.table.colours.colour("surface")
        thin = QPen(accent, self.reach(1.25))
        painter.setPen(thin)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        shown = self._map.qt.map(QPolygonF(frame))
        painter.drawPolygon(shown)
        if self._moving:
            return
        painter.setBrush(paper)
        for grip, place in self._grips(frame).items():
            if grip is Grip.TURN:
                painter.drawLine(QPointF(place.x(), frame.top()), place)
                radius = self.reach(GRIP) / 2 + self.reach(0.5)
                painter.drawEllipse(place, radius, radius)
            else:
                side = self.reach(GRIP)
                square = QRectF(place - QPointF(side / 2, side / 2), QSizeF(side, side))
                painter.drawRoundedRect(square, side / 4, side / 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)


class LassoTool(SelectTool):
    """The same, with a loop drawn by hand in place of the band."""

    loops = True


def _outline(strokes: Sequence[Ink]) -> QPainterPath:
    """So many strokes with so few points that a screen can follow them."""
    path = QPainterPath()
    each = max(ROUGH // len(strokes), 2)
    for ink in strokes[:: -(-len(strokes) * each // ROUGH)]:
        step = -(-len(ink.points) // each)
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in ink.points[::step].tolist()]))
    return path


def _whole(ink: Ink) -> Piece:
    """A stroke in one path, of its largest width: where two would overlap, a pale colour showed it."""
    path, width = QPainterPath(), 0.0
    for piece in ink_pieces(ink):
        path.addPath(piece.path)
        width = max(width, piece.width)
    return Piece(path, width)


def _corners(rect: QRectF) -> list[tuple[float, float]]:
    left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _no_less(factor: float) -> float:
    """Beyond nothing it is mirrored; nothing itself cannot be scaled back."""
    return math.copysign(max(abs(factor), SMALLEST), factor)
