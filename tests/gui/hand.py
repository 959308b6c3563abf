"""A hand for tests: moves mouse, pen and finger over the canvas in paper units."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.canvas.canvas import Canvas
from gui.dataset.collect import Collect
from gui.window.main_window import MainWindow

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


NO_KEY = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton

ERASER = QPointingDevice(
    "eraser",
    8,
    QInputDevice.DeviceType.Stylus,
    QPointingDevice.PointerType.Eraser,
    QInputDevice.Capability.Pressure,
    1,
    1,
)


def press(window: MainWindow | Collect, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEY) -> None:
    """Presses and lets go a key over the paper."""
    QTest.keyClick(window.canvas, key, keys)


def draw_with_mouse(
    canvas: Canvas,
    points: Points,
    keys: Qt.KeyboardModifier = NO_KEY,
    button: Qt.MouseButton = LEFT,
) -> None:
    """Presses at the first point, moves over the others, and lets go."""
    places = [canvas.from_paper(*point) for point in points]  # the view may change on the way
    for kind, position in (
        (QEvent.Type.MouseButtonPress, places[0]),
        *((QEvent.Type.MouseMove, place) for place in places[1:]),
        (QEvent.Type.MouseButtonRelease, places[-1]),
    ):
        _mouse(canvas, kind, position, keys, button)


def mouse(
    canvas: Canvas, kind: QEvent.Type, point: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEY
) -> None:
    _mouse(canvas, kind, canvas.from_paper(*point), keys, LEFT)


def _mouse(
    canvas: Canvas,
    kind: QEvent.Type,
    position: QPointF,
    keys: Qt.KeyboardModifier,
    pressed: Qt.MouseButton,
) -> None:
    button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else pressed
    held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else pressed
    event = QMouseEvent(kind, position, canvas.mapToGlobal(position), button, held, keys)
    QApplication.sendEvent(canvas, event)


def wheel(
    canvas: Canvas, point: tuple[float, float], notches: float, keys: Qt.KeyboardModifier = NO_KEY
) -> None:
    position = canvas.from_paper(*point)
    event = QWheelEvent(
        position,
        canvas.mapToGlobal(position),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def draw_with_pen(
    canvas: Canvas,
    points: Points,
    pressures: Sequence[float] | None = None,
    device: QPointingDevice = PEN,
) -> None:
    pressures = [0.5] * len(points) if pressures is None else pressures
    kind = QEvent.Type.TabletPress
    for point, pressure in zip(points, pressures, strict=True):
        pen(canvas, kind, point, pressure, device)
        kind = QEvent.Type.TabletMove
    pen(canvas, QEvent.Type.TabletRelease, points[-1], 0.0, device)


def pen(
    canvas: Canvas,
    kind: QEvent.Type,
    point: tuple[float, float],
    pressure: float = 0.5,
    device: QPointingDevice = PEN,
) -> None:
    position = canvas.from_paper(*point)
    down = kind is not QEvent.Type.TabletRelease
    event = QTabletEvent(
        kind,
        device,
        position,
        QPointF(canvas.mapToGlobal(position)),
        pressure,
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
