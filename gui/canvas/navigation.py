"""The way over the paper: zooming and pushing it, by wheel, touchpad, middle button or space bar."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QWheelEvent

from gui.paper.view import STEP, View

NOTCH = 120
"""What a wheel reports for one notch."""

PUSH = 60.0
"""Logical pixels that one notch of the wheel pushes the paper."""


class Navigation:
    """Moves the view.

    Args:
        moved: called after each change of it.
    """

    def __init__(self, view: View, moved: Callable[[], None]) -> None:
        self._view = view
        self._moved = moved

    def fit(self) -> None:
        self._view.fit()
        self._moved()

    def zoom(self, steps: float, at: QPointF | None = None) -> None:
        """Larger (positive) or smaller by steps of the wheel."""
        self._view.zoom(STEP**steps, at)
        self._moved()

    def zoom_to(self, scale: float) -> None:
        self._view.zoom_to(scale)
        self._moved()

    def pan(self, dx: float, dy: float) -> None:
        self._view.pan(dx, dy)
        self._moved()

    def pinch(self, factor: float, at: QPointF, by: QPointF) -> None:
        """Larger by a factor around a place, and pushed."""
        self._view.zoom(factor, at)
        self._view.pan(by.x(), by.y())
        self._moved()

    def wheel(self, event: QWheelEvent) -> None:
        """With Control it zooms where the pointer is; else it pushes the paper, with Shift sideways."""
        pixels, angle = event.pixelDelta(), event.angleDelta()
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self.zoom((angle.y() or angle.x()) / NOTCH, event.position())
        else:
            dx, dy = (angle.x() * PUSH / NOTCH, angle.y() * PUSH / NOTCH)
            if not pixels.isNull():
                dx, dy = float(pixels.x()), float(pixels.y())
            if modifiers & Qt.KeyboardModifier.ShiftModifier and not dx:
                dx, dy = dy, 0.0
            self.pan(dx, dy)

    def gesture(self, event: QNativeGestureEvent) -> bool:
        """A touchpad's own pinch. Returns whether it was one."""
        kinds = Qt.NativeGestureType
        if event.gestureType() is kinds.ZoomNativeGesture:
            self.zoom(math.log(max(1.0 + event.value(), 0.1)) / math.log(STEP), event.position())
        elif event.gestureType() is kinds.SmartZoomNativeGesture:
            self.fit()
        elif event.gestureType() is kinds.PanNativeGesture:
            self.pan(event.delta().x(), event.delta().y())
        else:
            return False
        return True


class Pushing:
    """The paper follows the pointer: with the middle button, or while the space bar is held.

    Args:
        changed: called when another cursor is due.
    """

    def __init__(self, navigation: Navigation, changed: Callable[[], None]) -> None:
        self._navigation = navigation
        self._changed = changed
        self._from: QPointF | None = None
        self._space: bool | None = None  # held down; True: it was used to push

    @property
    def under_way(self) -> bool:
        return self._from is not None

    @property
    def space_held(self) -> bool:
        """Whether the next press pushes, whatever the tool."""
        return self._space is not None

    def start(self, position: QPointF) -> None:
        self._from = position
        self._changed()

    def move(self, position: QPointF) -> None:
        if self._from is None:
            return
        by, self._from = position - self._from, position
        if self._space is not None:
            self._space = True
        self._navigation.pan(by.x(), by.y())

    def stop(self) -> None:
        if self._from is not None:
            self._from = None
            self._changed()

    def hold_space(self) -> None:
        self._space = False
        self._changed()

    def release_space(self) -> bool:
        """Returns whether it was tapped: pressed and let go, and nothing was pushed with it."""
        pushed, self._space = self._space, None
        if self._from is None:
            self._changed()
        return pushed is False and self._from is None

    def forget_space(self) -> None:
        """Its release goes elsewhere."""
        self._space = None
        self._changed()

    def cursor(self) -> Qt.CursorShape | None:
        """A hand, while there is one."""
        if self._from is not None:
            return Qt.CursorShape.ClosedHandCursor
        return Qt.CursorShape.OpenHandCursor if self._space is not None else None
