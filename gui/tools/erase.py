"""Two erasers: one takes whole strokes away, one rubs out what it touches."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtGui import QCursor

from gui.look.icon import pen_cursor_pixmap
from gui.paper.ink import PEN_WIDTH, Ink
from gui.tools import hits
from gui.tools.base import Table, Tool, Touch
from gui.words import counted

STROKE_REACH = 5.0
RUBBER_RADIUS = 11.0
"""Logical pixels: who looks closer erases finer."""


class Eraser(Tool):
    """What both erasers do: follow the pointer, show what would be left, change the drawing at the end."""

    starts_on_paper = False
    radius = RUBBER_RADIUS

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._boxes = hits.Boxes()
        self._left: list[Ink] | None = None
        self._before: tuple[Ink, ...] = ()
        self._last: tuple[float, float] = (0.0, 0.0)

    @property
    def busy(self) -> bool:
        return self._left is not None

    def press(self, touch: Touch) -> None:
        self._before = self.table.strokes
        self._left = list(self._before)
        self._last = touch.place
        self._rub(touch.place)

    def move(self, touch: Touch) -> None:
        if self._left is not None:
            self._rub(touch.place)

    def release(self, touch: Touch) -> None:
        if self._left is None:
            return
        self._rub(touch.place)
        left, self._left = self._left, None
        if len(left) != len(self._before) or any(
            a.points is not b.points for a, b in zip(left, self._before, strict=True)
        ):
            self.table.edit(left, self.said(left))
        self._before = ()

    def cancel(self) -> None:
        self._left, self._before = None, ()
        self.table.preview(None)

    def cursor(self) -> QCursor:
        colours = self.table.colours
        return QCursor(
            pen_cursor_pixmap(
                colours.colour("muted"), colours.colour("paper"), 2 * self.radius, self.table.view.ratio
            )
        )

    def said(self, left: list[Ink]) -> str:
        """What the change is called."""
        stay = {id(ink.points) for ink in left}
        return f"Erase {counted(sum(id(ink.points) not in stay for ink in self._before), 'Stroke')}"

    @abstractmethod
    def left_of(self, ink: Ink, start: hits.Place, end: hits.Place, radius: float) -> list[Ink] | None:
        """What stays of a stroke that is near; None: all of it."""

    def _rub(self, place: tuple[float, float]) -> None:
        if self._left is None:
            return
        radius = self.reach(self.radius)
        boxes = self._boxes.of(self._left)
        found = hits.touched(self._left, boxes, self._last, place, radius)
        changed = False
        for number in reversed(found):
            stays = self.left_of(self._left[number], self._last, place, radius)
            if stays is not None:
                self._left[number : number + 1] = stays
                changed = True
        self._last = place
        if changed:
            self.table.preview(list(self._left))


class StrokeEraser(Eraser):
    """Takes every stroke away that it touches."""

    radius = STROKE_REACH

    def left_of(self, ink: Ink, start: hits.Place, end: hits.Place, radius: float) -> list[Ink] | None:
        return []


class Rubber(Eraser):
    """Rubs out what it touches; what is left of a stroke are strokes of their own, by the same hand."""

    def left_of(self, ink: Ink, start: hits.Place, end: hits.Place, radius: float) -> list[Ink] | None:
        return hits.rubbed(ink, start, end, radius + PEN_WIDTH / 2)

    def said(self, left: list[Ink]) -> str:
        return "Rub Out"
