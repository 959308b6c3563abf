"""The canvas: paints the paper and the ink, and hands what mouse, pen and fingers do to a tool."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QDragEnterEvent,
    QDropEvent,
    QEventPoint,
    QFocusEvent,
    QImage,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPointingDevice,
    QResizeEvent,
    QTabletEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.files.clipboard import PICTURES, ROWS, has_strokes
from gui.look.theme import LIGHT, Colours
from gui.paper.ground import Ground
from gui.paper.ink import PEN_WIDTH, GrowingInk, Ink, Piece, pen
from gui.paper.layer import Frame, Layer
from gui.paper.view import STEP, View
from gui.tools.base import Tool, Touch
from gui.tools.pen import PenTool, on_paper
from sketchrnn.sketch import Author

SLICE = 0.012
"""Seconds of painting finished strokes before events get their turn."""

REFRESH_MS = 60
"""Milliseconds between two looks at a picture that grows in slices: each look takes time from the next."""

NOTCH = 120
"""What a wheel reports for one notch."""

PUSH = 60.0
"""Logical pixels that one notch of the wheel pushes the paper."""

PINCH = 14.0
"""Logical pixels: a second finger that comes before the first has moved so far makes a pinch of it."""


Overlay = Callable[[QPainter, Colours], None]
"""Paints over the ink, in paper units."""


class Canvas(QWidget):
    """Shows the paper through a view, and turns pointers into what the tool in hand makes of them.

    It owns no drawing: what it shows was given to it, what was done on it is reported.

    Signals:
        stroke_started(): a pointer is about to change the drawing.
        stroke_drawn(object, object): a person drew a stroke: float32 (n, 2) in paper units, and the
            pressures (n,) where the pen felt any, else None.
        edited(object, str): a person changed the drawing into these Ink strokes; in words.
        file_dropped(object): the Path of a file that was dragged here from elsewhere.
        picture_dropped(object): the same, of a picture.
        content_dropped(object): QMimeData that are no file; they last as long as the signal.
        view_changed(): another scale, or another part of the paper.
        space_tapped(): the space bar was pressed and let go, and nothing was pushed with it.
    """

    stroke_started = Signal()
    stroke_drawn = Signal(object, object)
    edited = Signal(object, str)
    file_dropped = Signal(object)
    picture_dropped = Signal(object)
    content_dropped = Signal(object)
    view_changed = Signal()
    space_tapped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.setAcceptDrops(True)
        self.setAccessibleName("Paper")
        self.setAccessibleDescription("Draw here with the mouse, a pen or a finger.")
        self.view = View()
        self.colours: Colours = LIGHT
        self.ground = Ground()
        self._tells_authors = True
        self._strokes: tuple[Ink, ...] = ()
        self._previewed: Sequence[Ink] | None = None
        self._kept = Layer()  # what the document holds
        self._fresh = QImage()  # finished pieces of the strokes below
        self.pen = PenTool(self)
        self._tool: Tool = self.pen
        self._in_use: Tool | None = None  # what the pointer that is down is using
        self._flipped: Tool | None = None  # what the other end of the pen is
        self._model: list[GrowingInk] = []
        self._tip: tuple[float, float, bool] | None = None
        self._overlays: list[Overlay] = []
        self._device: QPointingDevice.PointerType | None = None  # whose gesture it is
        self._finger = -1
        self._finger_start = QPointF()
        self._pinch: dict[int, QPointF] = {}
        self._pushing: QPointF | None = None  # the paper is being pushed, from here
        self._space: bool | None = None  # held down; True: it was used to push
        self._unseen = False  # something was painted that is not on the screen yet
        self._since_seen = QElapsedTimer()
        self._since_seen.start()
        self._painter_timer = QTimer(self)
        self._painter_timer.setInterval(0)
        self._painter_timer.timeout.connect(self._paint_slice)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(1000, 760)

    @property
    def pen_is_down(self) -> bool:
        """Whether a person is in the middle of a stroke."""
        return self._in_use is not None

    # --- what it shows -------------------------------------------------------------------------

    def show_strokes(self, strokes: Sequence[Ink]) -> None:
        """The drawing; only what changed since the last call is painted anew."""
        self._strokes = tuple(strokes)
        if self._in_use is not None and self._in_use is not self.pen:
            self._in_use.cancel()  # what it was working on is no longer there
            self._in_use = None
        self._previewed = None
        self._show_kept()

    @property
    def strokes(self) -> tuple[Ink, ...]:
        """The drawing that it shows."""
        return self._strokes

    def set_colours(self, colours: Colours) -> None:
        self.colours = colours
        self._recolour()

    @property
    def tool(self) -> Tool:
        return self._tool

    def take(self, tool: Tool) -> None:
        """Another tool in the hand."""
        if tool is not self._tool:
            self._end_gesture()
            self._tool.put_away()
            self._tool = tool
            self._set_cursor()
            self.update()

    def flip_to(self, tool: Tool) -> None:
        """What the other end of a pen is, where it has one."""
        self._flipped = tool

    # --- what tools may do ---------------------------------------------------------------------

    def preview(self, strokes: Sequence[Ink] | None) -> None:
        """Shows other strokes in place of the drawing's; None: the drawing's again."""
        self._previewed = strokes
        self._show_kept()

    def draw(self, ink: Ink) -> None:
        self.stroke_drawn.emit(ink.points, ink.pressures)

    def edit(self, strokes: Sequence[Ink], text: str) -> None:
        self._previewed = None
        self.edited.emit(tuple(strokes), text)
        self._show_kept()

    def settle_hand(self, pieces: Sequence[Piece]) -> None:
        self._paint_fresh(pieces, self._human_colour())

    def clear_hand(self) -> None:
        self._repaint_fresh()

    def refresh(self, rect: QRectF | None = None) -> None:
        if rect is None:
            self.update()
        else:
            self._update_paper(rect)

    def human_pen(self, width: float) -> QPen:
        return pen(self._human_colour(), width)

    def show_cursor(self, cursor: QCursor) -> None:
        if self._pushing is None and self._space is None:
            self.setCursor(cursor)

    def _show_kept(self) -> None:
        self._kept.show(self._strokes if self._previewed is None else self._previewed)
        self._paint_slice()

    # --- the view ------------------------------------------------------------------------------

    def fit(self) -> None:
        self.view.fit()
        self._on_view()

    def zoom(self, steps: float, at: QPointF | None = None) -> None:
        """Larger (positive) or smaller by steps of the wheel."""
        self.view.zoom(STEP**steps, at)
        self._on_view()

    def zoom_to(self, scale: float) -> None:
        self.view.zoom_to(scale)
        self._on_view()

    def pan(self, dx: float, dy: float) -> None:
        self.view.pan(dx, dy)
        self._on_view()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
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
        event.accept()

    def _on_view(self) -> None:
        frame = self.view.frame
        self._kept.look_at(frame)
        self.ground.forget()
        if self._fresh.size() != frame.size or self._fresh.devicePixelRatio() != frame.ratio:
            self._fresh = QImage(frame.size, QImage.Format.Format_ARGB32_Premultiplied)
            self._fresh.setDevicePixelRatio(frame.ratio)
        self._repaint_fresh()
        self._paint_slice()
        self._set_cursor()
        self.update()
        self.view_changed.emit()

    def tell_authors(self, on: bool) -> None:
        """Whether the model's ink has a colour of its own."""
        self._tells_authors = on
        self._recolour()

    def add_model_point(self, x: float, y: float, starts_stroke: bool) -> None:
        """The model's unaccepted ink reached a point."""
        if starts_stroke or not self._model:
            self._model.append(GrowingInk())
            self._settle_model_stroke()
        self._grow(self._model[-1], x, y, self._model_colour())

    def move_model_tip(self, x: float, y: float, down: bool) -> None:
        """Where the model's pen is in this frame."""
        self._update_tip()
        self._tip = (x, y, down)
        self._update_tip()

    def hide_model_tip(self) -> None:
        self._update_tip()
        self._tip = None

    def clear_model_ink(self) -> None:
        self.hide_model_tip()
        self._model = []
        self._repaint_fresh()

    def add_overlay(self, overlay: Overlay) -> None:
        """It is painted with everything else from now on; whoever changes what it shows calls `update`."""
        self._overlays.append(overlay)

    # --- pointers ------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not _is_mouse(event):
            return
        button = event.button()
        pushes = button == Qt.MouseButton.MiddleButton
        if pushes or (button == Qt.MouseButton.LeftButton and self._space is not None):
            self._start_pushing(event.position())
        elif button == Qt.MouseButton.LeftButton:
            self._pointer_down(event.position(), _touch_of(event), QPointingDevice.PointerType.Generic)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        held = event.buttons() & (Qt.MouseButton.LeftButton | Qt.MouseButton.MiddleButton)
        if self._pushing is not None and held:
            self._push(event.position())
        elif not event.buttons() & Qt.MouseButton.LeftButton:  # the release went elsewhere
            self._stop_pushing()
            self._lift(QPointingDevice.PointerType.Generic)
            if _is_mouse(event):
                self._tool.hover(self._touch(event.position(), _touch_of(event)))
        elif _is_mouse(event):
            self._pointer_moved(event.position(), _touch_of(event), QPointingDevice.PointerType.Generic)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pushing is not None:
            self._stop_pushing()
        elif event.button() == Qt.MouseButton.LeftButton and _is_mouse(event):
            self._pointer_up(event.position(), _touch_of(event), QPointingDevice.PointerType.Generic)

    def tabletEvent(self, event: QTabletEvent) -> None:  # noqa: N802
        """Accepting it keeps Qt from sending the same movement again as a mouse event."""
        kind = QPointingDevice.PointerType.Pen
        touch = _touch_of(event)
        if event.type() is QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton:
            if self._space is not None:
                self._start_pushing(event.position())
            else:
                turned = event.pointerType() is QPointingDevice.PointerType.Eraser
                self._pointer_down(event.position(), touch, kind, turned)
        elif event.type() is QEvent.Type.TabletMove:
            if self._pushing is not None:
                self._push(event.position())
            elif self._in_use is not None:
                self._pointer_moved(event.position(), touch, kind)
            else:
                self._tool.hover(self._touch(event.position(), touch))
        elif event.type() is QEvent.Type.TabletRelease:
            self._stop_pushing()
            self._pointer_up(event.position(), touch, kind)
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._touched(event)
            event.accept()
            return True
        if isinstance(event, QNativeGestureEvent):
            return self._gesture(event)
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._lay_out()
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._takes(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def _gesture(self, event: QNativeGestureEvent) -> bool:
        """A touchpad's own pinch."""
        kinds = Qt.NativeGestureType
        if event.gestureType() is kinds.ZoomNativeGesture:
            self.zoom(math.log(max(1.0 + event.value(), 0.1)) / math.log(STEP), event.position())
        elif event.gestureType() is kinds.SmartZoomNativeGesture:
            self.fit()
        elif event.gestureType() is kinds.PanNativeGesture:
            self.pan(event.delta().x(), event.delta().y())
        else:
            return False
        event.accept()
        return True

    def _touched(self, event: QTouchEvent) -> None:
        """The first finger uses the tool. A second one soon after it makes a pinch; later, it is a hand's."""
        kind = QPointingDevice.PointerType.Finger
        if event.type() is QEvent.Type.TouchCancel:
            self._pinch = {}
            self._lift(kind)
            return
        plain = Touch(0.0, 0.0)
        states = QEventPoint.State
        for point in event.points():
            state, place = point.state(), point.position()
            if self._pinch:
                self._pinched(point.id(), state, place)
            elif state is states.Pressed and self._in_use is None:
                self._pointer_down(place, plain, kind)
                self._finger, self._finger_start = point.id(), place
            elif state is states.Pressed and self._is_still(event):
                self._pinch = {self._finger: self._finger_start, point.id(): place}
                self._drop_gesture()
            elif point.id() == self._finger and state is states.Updated:
                self._pointer_moved(place, plain, kind)
            elif point.id() == self._finger and state is states.Released:
                self._pointer_up(place, plain, kind)

    def _is_still(self, event: QTouchEvent) -> bool:
        first = event.pointById(self._finger)
        if self._device is not QPointingDevice.PointerType.Finger or first is None:
            return False
        gone = first.position() - self._finger_start
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
        self.view.zoom(factor, middle)
        shift = (place + other) / 2 - middle
        self.view.pan(shift.x(), shift.y())
        self._on_view()

    def _touch(self, position: QPointF, raw: Touch) -> Touch:
        x, y = self.view.to_paper(position)
        return raw._replace(x=x, y=y)

    def _pointer_down(
        self, position: QPointF, raw: Touch, device: QPointingDevice.PointerType, turned: bool = False
    ) -> None:
        self._end_gesture()  # its release was lost, in a dialog or out of the pen's reach
        tool = self._flipped if turned and self._flipped is not None else self._tool
        if tool.starts_on_paper and not self.view.paper.contains(position):
            return
        self.stroke_started.emit()  # ink that was only offered becomes part of the drawing
        self._device = device
        self._in_use = tool
        tool.press(self._touch(position, raw))

    def _pointer_moved(self, position: QPointF, raw: Touch, device: QPointingDevice.PointerType) -> None:
        if self._in_use is not None and device is self._device:
            self._in_use.move(self._touch(position, raw))

    def _pointer_up(self, position: QPointF, raw: Touch, device: QPointingDevice.PointerType) -> None:
        if self._in_use is None or device is not self._device:
            return
        tool, self._in_use, self._device, self._finger = self._in_use, None, None, -1
        tool.release(self._touch(position, raw))

    def _lift(self, device: QPointingDevice.PointerType) -> None:
        """The gesture ends where it is; also where the system took the pointer away."""
        if device is self._device:
            self._end_gesture()

    def _end_gesture(self) -> None:
        """A stroke is finished as it is; anything else has not happened."""
        tool, self._in_use, self._device, self._finger = self._in_use, None, None, -1
        if tool is self.pen:
            self.pen.lift()
        elif tool is not None:
            tool.cancel()

    def _drop_gesture(self) -> None:
        """It was no stroke, but the first finger of a pinch."""
        tool, self._in_use, self._device, self._finger = self._in_use, None, None, -1
        if tool is not None:
            tool.cancel()

    def _start_pushing(self, position: QPointF) -> None:
        if self._in_use is None:
            self._pushing = position
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def _push(self, position: QPointF) -> None:
        if self._pushing is None:
            return
        by, self._pushing = position - self._pushing, position
        if self._space is not None:
            self._space = True
        self.pan(by.x(), by.y())

    def _stop_pushing(self) -> None:
        if self._pushing is not None:
            self._pushing = None
            self._set_cursor()

    # --- keys ----------------------------------------------------------------------------------

    def _takes(self, event: QEvent) -> bool:
        """Whether a key is the canvas's own before it is a shortcut's."""
        if not isinstance(event, QKeyEvent):
            return False
        if event.key() == Qt.Key.Key_Space:
            return event.modifiers() == Qt.KeyboardModifier.NoModifier
        return self._in_use is not None and event.key() == Qt.Key.Key_Escape and self._in_use is not self.pen

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Space held down makes a hand of the pointer; Esc takes back a gesture that is under way."""
        if event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            if not event.isAutoRepeat() and self._in_use is None:
                self._space = False
                self._set_cursor()
        elif event.key() == Qt.Key.Key_Escape and self._in_use is not None and self._in_use is not self.pen:
            self._end_gesture()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() != Qt.Key.Key_Space:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat() and self._space is not None:
            pushed, self._space = self._space, None
            if self._pushing is None:
                self._set_cursor()
            if not pushed and self._pushing is None:
                self.space_tapped.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._space = None
        self._set_cursor()
        super().focusOutEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        mime = event.mimeData()
        if mime.hasFormat(ROWS):
            return  # our own strokes, on their way out
        if any(url.isLocalFile() for url in mime.urls()) or mime.hasImage() or has_strokes(mime):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        mime = event.mimeData()
        files = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        if files and files[0].suffix.lower() in PICTURES:
            self.picture_dropped.emit(files[0])
        elif files:
            self.file_dropped.emit(files[0])
        else:
            self.content_dropped.emit(mime)

    # --- coordinates ---------------------------------------------------------------------------

    def to_paper(self, position: QPointF) -> tuple[float, float]:
        """Paper units of a place in the widget; beyond the edge, the edge."""
        return on_paper(*self.view.to_paper(position))

    def from_paper(self, x: float, y: float) -> QPointF:
        return self.view.from_paper(x, y)

    def _lay_out(self) -> None:
        self.view.resize(self.size(), self.devicePixelRatioF())
        self._on_view()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._lay_out()

    # --- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        view = self.view
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self.ground.pixmap(view, self.colours))
            painter.save()
            painter.setClipRect(view.paper, Qt.ClipOperation.IntersectClip)
            kept, wanted = self._kept.frame, view.frame
            if kept == wanted:
                painter.drawImage(self._corner(wanted), self._kept.image)
            elif not self._kept.image.isNull():  # of before; the sharp picture follows in a moment
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                rect = kept.rect
                corner = view.from_paper(rect.left(), rect.top())
                opposite = view.from_paper(rect.right(), rect.bottom())
                painter.drawImage(QRectF(corner, opposite), self._kept.image)
            painter.drawImage(self._corner(wanted), self._fresh)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._use_paper_units(painter)
            for overlay in self._overlays:
                painter.save()
                overlay(painter, self.colours)
                painter.restore()
            if self._model:
                tip = self._tip[:2] if self._tip is not None and self._tip[2] else None
                painter.setPen(pen(self._model_colour()))
                painter.drawPath(self._model[-1].tail(tip))
            if self._tip is not None:
                self._paint_tip(painter)
            painter.restore()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._use_paper_units(painter)
            if self._in_use is not None and self._in_use is not self._tool:
                self._in_use.paint(painter)
            self._tool.paint(painter)

    def _corner(self, frame: Frame) -> QPointF:
        """Where in the widget a picture of what can be seen begins."""
        origin = self.view.origin
        return QPointF(origin.x() + frame.left / frame.ratio, origin.y() + frame.top / frame.ratio)

    def _use_paper_units(self, painter: QPainter) -> None:
        painter.translate(self.view.origin)
        painter.scale(self.view.scale, self.view.scale)

    def _paint_tip(self, painter: QPainter) -> None:
        """A dot where the model's pen touches, a ring where it flies."""
        if self._tip is None:
            return
        x, y, down = self._tip
        halo = self.colours.colour("accent")
        halo.setAlpha(46)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(halo)
        painter.drawEllipse(QPointF(x, y), 13, 13)
        painter.setBrush(self.colours.colour("accent" if down else "paper"))
        outline = pen(self.colours.colour("accent"))
        outline.setWidthF(1.6)
        painter.setPen(outline)
        painter.drawEllipse(QPointF(x, y), 4.2, 4.2)

    def _paint_slice(self) -> None:
        """Brings the finished strokes up to date for a moment; comes back if that was too short."""
        changed = self._kept.advance(SLICE)
        self._unseen = self._unseen or changed
        if self._unseen and (not self._kept.busy or self._since_seen.elapsed() > REFRESH_MS):
            self._unseen = False
            self._since_seen.restart()
            self.update()
        if not self._kept.busy:
            self._painter_timer.stop()
        elif not self._painter_timer.isActive():
            self._painter_timer.start()

    def _grow(self, stroke: GrowingInk, x: float, y: float, colour: QColor) -> None:
        """Adds a point and asks for a repaint of what it changes, no more."""
        before = stroke.last if len(stroke) else (x, y)
        earlier = stroke.last_but_one if len(stroke) > 1 else before
        piece = stroke.add(x, y)
        if piece is not None:
            self._paint_fresh_paths([piece], colour)
        xs, ys = (x, before[0], earlier[0]), (y, before[1], earlier[1])
        self._update_paper(QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys))))

    def _settle_model_stroke(self) -> None:
        """A stroke before the newest changes no more."""
        if len(self._model) > 1:
            self._paint_fresh_paths([self._model[-2].tail()], self._model_colour())

    def _paint_fresh(self, pieces: Sequence[Piece], colour: QColor) -> None:
        if self._fresh.isNull() or not pieces:
            return
        corner = self._corner(self.view.frame)
        with QPainter(self._fresh) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(-corner)
            self._use_paper_units(painter)
            for piece in pieces:
                painter.setPen(pen(colour, piece.width))
                painter.drawPath(piece.path)

    def _paint_fresh_paths(self, paths: Sequence[QPainterPath], colour: QColor) -> None:
        self._paint_fresh([Piece(path, PEN_WIDTH) for path in paths], colour)

    def _repaint_fresh(self) -> None:
        """All strokes that are not the document's, from the start."""
        if self._fresh.isNull():
            return
        self._fresh.fill(Qt.GlobalColor.transparent)
        for number, stroke in enumerate(self._model):
            paths = stroke.settled()
            if number < len(self._model) - 1:
                paths = [*paths, stroke.tail()]
            self._paint_fresh_paths(paths, self._model_colour())
        self.pen.repaint()
        self.update()

    def _update_tip(self) -> None:
        if self._tip is None:
            return
        x, y, _ = self._tip
        rect = QRectF(x, y, 0, 0).adjusted(-14, -14, 14, 14)
        if self._model:
            last = QPointF(*self._model[-1].last)
            rect = rect.united(QRectF(last, QPointF(x, y)).normalized())
        self._update_paper(rect)

    def _update_paper(self, rect: QRectF) -> None:
        grown = rect.adjusted(-PEN_WIDTH, -PEN_WIDTH, PEN_WIDTH, PEN_WIDTH)
        corner = self.from_paper(grown.left(), grown.top())
        opposite = self.from_paper(grown.right(), grown.bottom())
        self.update(QRectF(corner, opposite).toAlignedRect().adjusted(-2, -2, 2, 2))

    # --- colours -------------------------------------------------------------------------------

    def _human_colour(self) -> QColor:
        return self.colours.colour("ink")

    def _model_colour(self) -> QColor:
        return self.colours.colour("accent")

    def colour_of(self, ink: Ink) -> QColor:
        """What a stroke of the drawing is shown in."""
        theirs = ink.author is Author.MODEL and self._tells_authors
        return self._model_colour() if theirs else self._human_colour()

    def _recolour(self) -> None:
        self._kept.recolour(self.colour_of)
        if not self._fresh.isNull():
            self._repaint_fresh()
            self._set_cursor()
        self._paint_slice()
        self.update()

    def _set_cursor(self) -> None:
        if self._pushing is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space is not None:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.setCursor(self._tool.cursor())


def _touch_of(event: QMouseEvent | QTabletEvent) -> Touch:
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
