"""A hand for tests: moves mouse, pen and finger over the canvas in paper units."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication

from gui.canvas import Canvas

Points = Sequence[tuple[float, float]]

PEN = QPointingDevice(
    "pen",
    7,
    QInputDevice.DeviceType.Stylus,
    QPointingDevice.PointerType.Pen,
    QInputDevice.Capability.Pressure,
    1,
    1,
)


def draw_with_mouse(canvas: Canvas, points: Points) -> None:
    mouse(canvas, QEvent.Type.MouseButtonPress, points[0])
    for point in points[1:]:
        mouse(canvas, QEvent.Type.MouseMove, point)
    mouse(canvas, QEvent.Type.MouseButtonRelease, points[-1])


def mouse(canvas: Canvas, kind: QEvent.Type, point: tuple[float, float]) -> None:
    position = canvas.from_paper(*point)
    button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    place = canvas.mapToGlobal(position)
    event = QMouseEvent(kind, position, place, button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas, event)


def draw_with_pen(canvas: Canvas, points: Points) -> None:
    kinds = [QEvent.Type.TabletMove] * len(points)
    for kind, point in zip(kinds, points, strict=True):
        if point is points[0]:
            pen(canvas, QEvent.Type.TabletPress, point)
        else:
            pen(canvas, kind, point)
    pen(canvas, QEvent.Type.TabletRelease, points[-1])


def pen(canvas: Canvas, kind: QEvent.Type, point: tuple[float, float]) -> None:
    position = canvas.from_paper(*point)
    down = kind is not QEvent.Type.TabletRelease
    event = QTabletEvent(
        kind,
        PEN,
        position,
        QPointF(canvas.mapToGlobal(position)),
        0.5,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        Qt.KeyboardModifier.NoModifier,
        Qt.MouseButton.NoButton if kind is QEvent.Type.TabletMove else Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton if down else Qt.MouseButton.NoButton,
    )
    QApplication.sendEvent(canvas, event)


def whole(position: QPointF) -> QPoint:
    return position.toPoint()
