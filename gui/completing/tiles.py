"""Tiles: several drawings that grow side by side, painted together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.look.theme import LIGHT, Colours
from gui.models.pen import Pen, Point
from gui.paper.ink import Ink, curve, pen
from gui.paper.paper import PAPER
from sketchrnn.sketch import Floats

GAP = 8
"""Logical pixels between tiles."""

PADDING = 7
"""Logical pixels between a tile's edge and what it shows."""

MOST_POINTS = 4000
"""A tile's beginning is shown with so many points at most: more cannot be seen in it."""

LINE = (1.5, 2.2)
"""Logical pixels of a line, at least and at most: a drawing shown small is neither hair nor blot."""

WHOLE_SIDE = 240.0
"""Paper units that a tile shows at least: the beginning alone would fill it too soon."""


class Tile:
    """One drawing: what came of it, how far the pen got, and a picture of that."""

    def __init__(self) -> None:
        self.pen = Pen()
        self.came: list[list[tuple[float, float]]] = []
        """Strokes as far as they are known."""
        self.drawn: list[list[tuple[float, float]]] = []
        """Strokes as far as the pen has drawn them."""
        self.ended = False
        """Nothing more will come."""
        self.image = QImage()

    @property
    def resting(self) -> bool:
        return self.ended and self.pen.waiting

    @property
    def strokes(self) -> list[Floats]:
        """All of it, float32 (n, 2) in paper units."""
        return [np.array(stroke, np.float32) for stroke in self.came]

    def feed(self, points: Sequence[Point]) -> None:
        for point in points:
            _extend(self.came, point)
        self.pen.feed(points)

    def path(self) -> QPainterPath:
        """What is drawn so far, up to the tip of the pen."""
        path = QPainterPath()
        tip = self.pen.tip
        for number, stroke in enumerate(self.drawn):
            points = stroke
            if (
                number == len(self.drawn) - 1
                and tip is not None
                and tip.down
                and (tip.x, tip.y) != points[-1]
            ):
                points = [*points, (tip.x, tip.y)]
            path.addPath(curve(np.array(points)))
        return path


class Tiles(QWidget):
    """A grid of drawings over the same beginning. One widget paints all of them, once a frame.

    Signals:
        hovered(int): the pointer, or a key, is at this tile; -1: at none.
        chosen(int): it was clicked, or Return was pressed on it.
    """

    hovered = Signal(int)
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Endings")
        self.setAccessibleDescription("Arrow keys go from one to the next, Return takes it.")
        self._colours = LIGHT
        self.tiles: list[Tile] = []
        self._beginning = QPainterPath()
        self._background = QImage()
        self._view = QRectF()
        self.current = -1
        """The tile that was pointed at last; -1: none yet."""
        self._hovered = -1

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(300, 300)

    # --- what it shows -------------------------------------------------------------------------

    def begin(self, beginning: Sequence[Ink], count: int) -> None:
        """Empty tiles, each with the same strokes in it already."""
        self.tiles = [Tile() for _ in range(count)]
        self._fit()
        self._beginning = _path(beginning)
        self.current = self._hovered = -1
        if beginning:
            rect = self._beginning.boundingRect()
            last = beginning[-1].points[-1]
            for tile in self.tiles:
                tile.pen = Pen((float(last[0]), float(last[1])))
            side = max(WHOLE_SIDE, 1.4 * rect.width(), 1.4 * rect.height())
            self._view = _around(rect.center(), side)
        else:
            self._view = QRectF(PAPER.left, PAPER.top, PAPER.width, PAPER.height)
        self._repaint_all()

    def put(self, number: int, points: Sequence[Point]) -> None:
        """Points that a drawing will go on with."""
        self.tiles[number].feed(points)

    def put_drawn(self, number: int, strokes: Sequence[Floats]) -> None:
        """Strokes that a drawing has from the start."""
        tile = self.tiles[number]
        tile.came += [[(float(x), float(y)) for x, y in stroke] for stroke in strokes]
        tile.drawn = [list(stroke) for stroke in tile.came]
        if tile.came:
            tile.pen = Pen(tile.came[-1][-1])
        self._grow_view([point for stroke in tile.came for point in stroke])
        self._paint_tile(tile)

    def advance(self, seconds: float) -> None:
        """Moves every pen on; asks for one repaint."""
        moved = False
        for tile in self.tiles:
            if tile.pen.waiting:
                continue
            moved = True
            reached = tile.pen.advance(seconds)
            if not self._grow_view([(point.x, point.y) for point in reached]):
                self._add(tile, reached)
            else:
                for point in reached:
                    _extend(tile.drawn, point)
                self._repaint_all()
            if tile.resting:  # rounded as it will be on the paper
                self._paint_tile(tile)
        if moved:
            self.update()

    def fit(self) -> None:
        """Shows everything as large as it can be, once nothing grows any more."""
        rect = self._beginning.boundingRect()
        for tile in self.tiles:
            rect = rect.united(tile.path().boundingRect())
        side = max(rect.width(), rect.height())
        if side > 0.0:
            self._view = _around(rect.center(), max(1.04 * side, WHOLE_SIDE / 2))
            self._repaint_all()

    def set_colours(self, colours: Colours) -> None:
        self._colours = colours
        self._repaint_all()

    # --- pointers and keys ---------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._hover(self._at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        number = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number >= 0:
            self.chosen.emit(number)

    def leaveEvent(self, event: object) -> None:  # noqa: N802
        self._hover(-1)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._hover(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        columns = self._columns()
        steps = {
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Down: columns,
            Qt.Key.Key_Up: -columns,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is not None and self.tiles:
            number = self.current + step if self.current >= 0 else 0
            if 0 <= number < len(self.tiles):
                self._hover(number)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current >= 0:
            self.chosen.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _hover(self, number: int) -> None:
        if number == self._hovered:
            return
        self._hovered = number
        if number >= 0:
            self.current = number
        self.update()
        self.hovered.emit(number)

    # --- places --------------------------------------------------------------------------------

    def _columns(self) -> int:
        return max(math.ceil(math.sqrt(len(self.tiles))), 1)

    def _grid(self) -> tuple[int, int]:
        """Columns and rows."""
        columns = self._columns()
        return columns, max(math.ceil(len(self.tiles) / columns), 1)

    def rect_of(self, number: int) -> QRectF:
        """Where a tile is, in logical pixels."""
        columns, rows = self._grid()
        side = min((self.width() - GAP * (columns - 1)) / columns, (self.height() - GAP * (rows - 1)) / rows)
        left = (self.width() - columns * side - GAP * (columns - 1)) / 2
        row, column = divmod(number, columns)
        corner = QPointF(round(left + column * (side + GAP)), round(row * (side + GAP)))
        return QRectF(corner.x(), corner.y(), math.floor(side), math.floor(side))

    def _at(self, position: QPointF) -> int:
        return next((n for n in range(len(self.tiles)) if self.rect_of(n).contains(position)), -1)

    def _scale(self) -> float:
        """Logical pixels of a paper unit."""
        side = self.rect_of(0).width() - 2 * PADDING
        return max(side, 1.0) / max(self._view.width(), self._view.height(), 1.0)

    def _grow_view(self, points: Sequence[tuple[float, float]]) -> bool:
        """Makes room for points beyond the view. Returns whether it had to."""
        beyond = [point for point in points if not self._view.contains(*point)]
        if not beyond:
            return False
        rect = self._view
        for x, y in beyond:
            rect = rect.united(QRectF(x, y, 1e-3, 1e-3))
        side = 1.15 * max(rect.width(), rect.height())
        self._view = _around(rect.center(), side)
        return True

    # --- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for number, tile in enumerate(self.tiles):
                rect = self.rect_of(number)
                pointed = number in (self._hovered, self.current if self.hasFocus() else -1)
                edge = self._colours.colour("accent" if pointed else "border")
                painter.setPen(QPen(edge, 2.0 if pointed else 1.0))
                painter.setBrush(self._colours.colour("paper"))
                painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 8, 8)
                painter.drawImage(rect.topLeft(), self._background)
                painter.drawImage(rect.topLeft(), tile.image)
                self._paint_tip(painter, tile, rect)
                self._paint_number(painter, number, rect, pointed)

    def _paint_tip(self, painter: QPainter, tile: Tile, rect: QRectF) -> None:
        """The way between the last point and the pen."""
        tip = tile.pen.tip
        if tip is None or not tip.down or not tile.drawn or tile.pen.waiting:
            return
        painter.save()
        painter.translate(rect.topLeft())
        self._enter(painter)
        painter.setPen(self._line(self._colours.colour("accent")))
        painter.drawLine(QPointF(*tile.drawn[-1][-1]), QPointF(tip.x, tip.y))
        painter.restore()

    def _paint_number(self, painter: QPainter, number: int, rect: QRectF, pointed: bool) -> None:
        if number < 9:
            font = painter.font()
            font.setPixelSize(11)
            painter.setFont(font)
            painter.setPen(self._colours.colour("accent" if pointed else "muted"))
            painter.drawText(rect.topLeft() + QPointF(8, 16), str(number + 1))

    def _add(self, tile: Tile, reached: Sequence[Point]) -> None:
        """Paints what is new as straight lines."""
        if not reached or tile.image.isNull():
            for point in reached:
                _extend(tile.drawn, point)
            return
        with QPainter(tile.image) as painter:
            self._enter(painter)
            painter.setPen(self._line(self._colours.colour("accent")))
            for point in reached:
                last = None if point.starts_stroke or not tile.drawn else QPointF(*tile.drawn[-1][-1])
                _extend(tile.drawn, point)
                place = QPointF(point.x, point.y)
                painter.drawLine(place if last is None else last, place)

    def _paint_tile(self, tile: Tile) -> None:
        tile.image = self._blank()
        if tile.image.isNull():
            return
        with QPainter(tile.image) as painter:
            self._enter(painter)
            painter.setPen(self._line(self._colours.colour("accent")))
            for stroke in tile.drawn:
                painter.drawPath(curve(np.array(stroke)))

    def _repaint_all(self) -> None:
        self._background = self._blank()
        if not self._background.isNull():
            with QPainter(self._background) as painter:
                self._enter(painter)
                painter.setPen(self._line(self._colours.colour("ink")))
                painter.drawPath(self._beginning)
        for tile in self.tiles:
            self._paint_tile(tile)
        self.update()

    def _blank(self) -> QImage:
        ratio = self.devicePixelRatioF()
        size = (self.rect_of(0).size() * ratio).toSize() if self.tiles else QSize()
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        return image

    def _enter(self, painter: QPainter) -> None:
        """From a tile's pixels to paper units."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale, middle = self._scale(), self.rect_of(0).width() / 2
        painter.translate(middle, middle)
        painter.scale(scale, scale)
        painter.translate(-self._view.center())

    def _line(self, colour: QColor) -> QPen:
        line = pen(colour)
        scale = self._scale()
        line.setWidthF(min(max(line.widthF() * scale, LINE[0]), LINE[1]) / scale)
        return line

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._fit()
        self._repaint_all()

    def _fit(self) -> None:
        """No higher than its tiles can be: in a high window, what is below stays near them."""
        columns, rows = self._grid()
        side = (self.width() - GAP * (columns - 1)) / columns
        self.setMaximumHeight(math.ceil(rows * side + GAP * (rows - 1)))


def _extend(strokes: list[list[tuple[float, float]]], point: Point) -> None:
    if point.starts_stroke or not strokes:
        strokes.append([])
    strokes[-1].append((point.x, point.y))


def _around(centre: QPointF, side: float) -> QRectF:
    return QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side)


def _path(beginning: Sequence[Ink]) -> QPainterPath:
    path = QPainterPath()
    every = max(math.ceil(sum(len(ink.points) for ink in beginning) / MOST_POINTS), 1)
    for ink in beginning:
        kept = np.r_[0 : len(ink.points) : every, len(ink.points) - 1]
        path.addPath(curve(ink.points[kept[np.diff(kept, prepend=-1) > 0]]))
    return path
