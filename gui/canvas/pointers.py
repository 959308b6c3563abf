"""Mouse, pen and fingers: what Qt reports of them, told to the hand or to what pushes the paper."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent, QTouchEvent

from gui.canvas.hand import Device, Hand
from gui.canvas.navigation import Navigation, Pushing
from gui.tools.base import Touch

PINCH = 14.0
"""Logical pixels: a second finger that comes before the first has moved so far makes a pinch of it."""

MOUSE = QPointingDevice.PointerType.Generic
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


class Pointers:
    """Mouse and pen: they use the tool in the hand, or push the paper."""

    def __init__(self, hand: Hand, pushing: Pushing) -> None:
        self._hand = hand
        self._pushing = pushing

    def mouse_pressed(self, event: QMouseEvent) -> None:
        if not _is_mouse(event):
            return
        button = event.button()
        if button == MIDDLE or (button == LEFT and self._pushing.space_held):
            self._push(event.position())
        elif button == LEFT:
            self._hand.press(event.position(), touch_of(event), MOUSE)

    def mouse_moved(self, event: QMouseEvent) -> None:
        if self._pushing.under_way and event.buttons() & (LEFT | MIDDLE):
            self._pushing.move(event.position())
        elif not event.buttons() & LEFT:  # the release went elsewhere
            self._pushing.stop()
            self._hand.lift(MOUSE)
            if _is_mouse(event):
                self._hand.hover(event.position(), touch_of(event))
        elif _is_mouse(event):
            self._hand.move(event.position(), touch_of(event), MOUSE)

    def mouse_released(self, event: QMouseEvent) -> None:
        if self._pushing.under_way:
            self._pushing.stop()
        elif event.button() == LEFT and _is_mouse(event):
            self._hand.release(event.position(), touch_of(event), MOUSE)

    def pen(self, event: QTabletEvent) -> None:
        kind, place, touch = QPointingDevice.PointerType.Pen, event.position(), touch_of(event)
        if event.type() is QEvent.Type.TabletPress and event.button() == LEFT:
            if self._pushing.space_held:
                self._push(place)
            else:
                turned = event.pointerType() is QPointingDevice.PointerType.Eraser
                self._hand.press(place, touch, kind, turned)
        elif event.type() is QEvent.Type.TabletMove:
            if self._pushing.under_way:
                self._pushing.move(place)
            elif self._hand.busy:
                self._hand.move(place, touch, kind)
            else:
                self._hand.hover(place, touch)
        elif event.type() is QEvent.Type.TabletRelease:
            self._pushing.stop()
            self._hand.release(place, touch, kind)

    def _push(self, position: QPointF) -> None:
        if not self._hand.busy:
            self._pushing.start(position)


class Fingers:
    """The first finger uses the tool. A second one soon after it makes a pinch; later, it is a hand's."""

    def __init__(self, hand: Hand, navigation: Navigation) -> None:
        self._hand = hand
        self._navigation = navigation
        self._first = -1
        self._start = QPointF()
        self._pinch: dict[int, QPointF] = {}

    def touched(self, event: QTouchEvent) -> None:
        kind: Device = QPointingDevice.PointerType.Finger
        if event.type() is QEvent.Type.TouchCancel:
            self._pinch = {}
            self._hand.lift(kind)
            return
        plain = Touch(0.0, 0.0)
        states = QEventPoint.State
        for point in event.points():
            state, place = point.state(), point.position()
            if self._pinch:
                self._pinched(point.id(), state, place)
            elif state is states.Pressed and not self._hand.busy:
                self._hand.press(place, plain, kind)
                self._first, self._start = point.id(), place
            elif state is states.Pressed and self._is_still(event):
                self._pinch = {self._first: self._start, point.id(): place}
                self._hand.drop()
            elif point.id() == self._first and state is states.Updated:
                self._hand.move(place, plain, kind)
            elif point.id() == self._first and state is states.Released:
                self._hand.release(place, plain, kind)

    def _is_still(self, event: QTouchEvent) -> bool:
        first = event.pointById(self._first)
        if not self._hand.uses(QPointingDevice.PointerType.Finger) or first is None:
            return False
        gone = first.position() - self._start
        return math.hypot(gone.x(), gone.y()) < PINCH

    def _pinched(self, finger: int, state: QEventPoint.State, place: QPointF) -> None:
        if finger not in self._pinch:
            return
        if state is QEventPoint.State.Released:
            self._pinch = {}
            return
        if len(self._pinch) < 2 or state is QEventPoint.State.Stationary:
            return
        other = next(spot for number, spot in self._pinch.items() if number != finger)
        before, self._pinch[finger] = self._pinch[finger], place
        old, new = before - other, place - other
        factor = math.hypot(new.x(), new.y()) / max(math.hypot(old.x(), old.y()), 1.0)
        middle = (before + other) / 2
        self._navigation.pinch(factor, middle, (place + other) / 2 - middle)


def touch_of(event: QMouseEvent | QTabletEvent) -> Touch:
    """All that an event says but the place."""
    modifiers, keys = event.modifiers(), Qt.KeyboardModifier
    pressure = None
    if isinstance(event, QTabletEvent) and event.device().hasCapability(QInputDevice.Capability.Pressure):
        pressure = event.pressure()
    return Touch(
        0.0,
        0.0,
        pressure,
        bool(modifiers & keys.ShiftModifier),
        bool(modifiers & keys.ControlModifier),
        bool(modifiers & keys.AltModifier),
    )


def _is_mouse(event: QMouseEvent) -> bool:
    """Not a finger's or a pen's movement told a second time."""
    return event.source() is Qt.MouseEventSource.MouseEventNotSynthesized
