"""What every tool has: it is told of one pointer, and paints what it is doing over the paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QCursor, QPainter

from gui.look.theme import Colours
from gui.paper.ink import Ink, Piece
from gui.paper.view import View


class Touch(NamedTuple):
    """A pointer at one moment."""

    x: float
    """Paper units; may lie beyond the paper."""
    y: float
    pressure: float | None = None
    """From 0 to 1, if the pointer feels it."""
    shift: bool = False
    control: bool = False
    alt: bool = False

    @property
    def place(self) -> tuple[float, float]:
        return self.x, self.y


class Table(Protocol):
    """What a tool may see of the canvas, and do to it."""

    view: View

    @property
    def strokes(self) -> tuple[Ink, ...]:
        """The drawing."""
        ...

    @property
    def colours(self) -> Colours: ...

    def preview(self, strokes: Sequence[Ink] | None) -> None:
        """Shows other strokes in place of the drawing's; None: the drawing's again."""

    def draw(self, ink: Ink) -> None:
        """A person drew a stroke."""

    def edit(self, strokes: Sequence[Ink], text: str) -> None:
        """A person changed the drawing; the text says how: "Erase 2 strokes"."""

    def settle_hand(self, pieces: Sequence[Piece]) -> None:
        """Paints pieces of the stroke being drawn that change no more."""

    def clear_hand(self) -> None:
        """The stroke being drawn is over."""

    def refresh(self, rect: QRectF | None = None) -> None:
        """Paints again, all or a rectangle of the paper."""

    def human_pen(self, width: float) -> object:
        """A pen of the colour of a person's ink."""

    def show_cursor(self, cursor: QCursor) -> None: ...


class Tool:
    """One tool. The canvas calls `press`, then `move`s, then `release` or `cancel`, and `hover` between.

    Attributes:
        starts_on_paper: a press on the desk around the paper is nobody's.
    """

    starts_on_paper = True

    def __init__(self, table: Table) -> None:
        self.table = table

    @property
    def busy(self) -> bool:
        """Whether it is between `press` and `release`."""
        return False

    def press(self, touch: Touch) -> None: ...

    def move(self, touch: Touch) -> None: ...

    def release(self, touch: Touch) -> None: ...

    def cancel(self) -> None:
        """The gesture is over and has changed nothing."""

    def hover(self, touch: Touch) -> None: ...

    def repaint(self) -> None:
        """The picture of the stroke being drawn was lost: settle its pieces again."""

    def paint(self, painter: QPainter) -> None:
        """Over the paper, in paper units."""

    def cursor(self) -> QCursor:
        return QCursor(Qt.CursorShape.CrossCursor)

    def put_away(self) -> None:
        """Another tool is taken."""
        if self.busy:
            self.cancel()

    def reach(self, pixels: float) -> float:
        """Paper units that so many logical pixels cover."""
        return pixels / self.table.view.scale
