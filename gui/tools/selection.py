"""The selection: which strokes of the drawing are to be moved, copied or taken away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, Signal

from gui.paper.ink import Ink
from gui.tools import hits


class Selection(QObject):
    """Some strokes of the drawing, kept by what they are, not by their numbers.

    Signals:
        changed(): other strokes than before.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chosen: dict[int, Ink] = {}  # by the identity of their points
        self._bounds: tuple[float, float, float, float] | None = None

    def __len__(self) -> int:
        return len(self._chosen)

    def __contains__(self, ink: Ink) -> bool:
        return id(ink.points) in self._chosen

    def of(self, strokes: Sequence[Ink]) -> list[Ink]:
        """The chosen ones among the strokes, in their order."""
        return [ink for ink in strokes if id(ink.points) in self._chosen]

    @property
    def strokes(self) -> list[Ink]:
        """The chosen ones, in no order."""
        return list(self._chosen.values())

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """Left, top, right, bottom of all chosen points; None where nothing is chosen."""
        if self._bounds is None and self._chosen:
            self._bounds = hits.bounds(list(self._chosen.values()))
        return self._bounds

    def set(self, strokes: Iterable[Ink]) -> None:
        chosen = {id(ink.points): ink for ink in strokes}
        if chosen.keys() != self._chosen.keys():
            self._chosen, self._bounds = chosen, None
            self.changed.emit()

    def add(self, strokes: Iterable[Ink]) -> None:
        self.set([*self._chosen.values(), *strokes])

    def toggle(self, ink: Ink) -> None:
        others = [other for other in self._chosen.values() if other.points is not ink.points]
        self.set(others if ink in self else [*others, ink])

    def clear(self) -> None:
        self.set(())

    def keep(self, strokes: Sequence[Ink]) -> None:
        """The drawing has these strokes now: whatever else was chosen is no longer."""
        if self._chosen:
            self.set(self.of(strokes))
