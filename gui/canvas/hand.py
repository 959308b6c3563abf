"""The hand: the tool that is in it, and the gesture that is under way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPointingDevice

from gui.paper.view import View
from gui.tools.base import Tool, Touch
from gui.tools.pen import PenTool

Device = QPointingDevice.PointerType


class Hand:
    """Hands one pointer at a time to a tool: whichever came down first.

    Args:
        pen: the tool that it begins with. A stroke of it that is broken off is kept as it is; any
            other tool's gesture has not happened then.
        started: called before a gesture begins.
    """

    def __init__(self, view: View, pen: PenTool, started: Callable[[], None]) -> None:
        self._view = view
        self._pen = pen
        self._started = started
        self._tool: Tool = pen
        self._in_use: Tool | None = None
        self._device: Device | None = None  # whose gesture it is
        self.flipped: Tool | None = None
        """What the other end of a pen is, where it has one."""

    @property
    def tool(self) -> Tool:
        return self._tool

    @property
    def busy(self) -> bool:
        """Whether a gesture is under way."""
        return self._in_use is not None

    @property
    def may_cancel(self) -> bool:
        """Whether a gesture is under way that can be taken back, and is no stroke."""
        return self._in_use is not None and self._in_use is not self._pen

    def uses(self, device: Device) -> bool:
        """Whether the gesture is this device's."""
        return device is self._device

    def take(self, tool: Tool) -> None:
        """Another tool."""
        self.end()
        self._tool.put_away()
        self._tool = tool

    def hover(self, position: QPointF, raw: Touch) -> None:
        self._tool.hover(self._touch(position, raw))

    def press(self, position: QPointF, raw: Touch, device: Device, turned: bool = False) -> None:
        """A pointer came down; `raw` is all of it but the place."""
        self.end()  # its release was lost, in a dialog or out of the pen's reach
        tool = self.flipped if turned and self.flipped is not None else self._tool
        if tool.starts_on_paper and not self._view.paper.contains(position):
            return
        self._started()
        self._device = device
        self._in_use = tool
        tool.press(self._touch(position, raw))

    def move(self, position: QPointF, raw: Touch, device: Device) -> None:
        if self._in_use is not None and device is self._device:
            self._in_use.move(self._touch(position, raw))

    def release(self, position: QPointF, raw: Touch, device: Device) -> None:
        if device is not self._device:
            return
        tool = self._let_go()
        if tool is not None:
            tool.release(self._touch(position, raw))

    def lift(self, device: Device) -> None:
        """The device's gesture ends where it is; also where the system took the pointer away."""
        if device is self._device:
            self.end()

    def end(self) -> None:
        """A stroke is finished as it is; anything else has not happened."""
        tool = self._let_go()
        if tool is self._pen:
            self._pen.lift()
        elif tool is not None:
            tool.cancel()

    def drop(self) -> None:
        """Nothing has happened, no stroke either."""
        tool = self._let_go()
        if tool is not None:
            tool.cancel()

    def paint(self, painter: QPainter) -> None:
        """What the tools show over the paper; in paper units."""
        if self._in_use is not None and self._in_use is not self._tool:
            self._in_use.paint(painter)
        self._tool.paint(painter)

    def _let_go(self) -> Tool | None:
        tool, self._in_use, self._device = self._in_use, None, None
        return tool

    def _touch(self, position: QPointF, raw: Touch) -> Touch:
        x, y = self._view.to_paper(position)
        return raw._replace(x=x, y=y)
