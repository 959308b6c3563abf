"""The canvas: paints the paper and the ink, and reports what mouse, pen and finger do on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
    QPointingDevice,
    QResizeEvent,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.icon import pen_cursor_pixmap
from gui.ink import PEN_WIDTH, GrowingInk, Ink, pen
from gui.layer import Layer
from gui.paper import HEIGHT, WIDTH
from gui.theme import LIGHT, Colours
from sketchrnn.sketch import Author

MARGIN = 14
"""Desk around the paper, in logical pixels."""

SLICE = 0.012
"""Seconds of painting finished strokes before events get their turn."""

NEAREST = 0.4
"""Paper units between two recorded points: what is nearer adds nothing."""

Overlay = Callable[[QPainter, Colours], None]
"""Paints over the ink, in paper units."""


class Canvas(QWidget):
    """Paints a fixed paper scaled to fit, and turns pointers into strokes in paper units.

    It owns no drawing: what it shows was given to it, what was drawn on it is reported.

    Signals:
        stroke_started(): a pointer touched the paper.
        stroke_drawn(object): it was lifted; the stroke as float32 (n, 2) in paper units.
        file_dropped(object): the Path of a file that was dragged here from elsewhere.
        view_changed(): what `from_paper` says is another than before.
    """

    stroke_started = Signal()
    stroke_drawn = Signal(object)
    file_dropped = Signal(object)
    view_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.setAcceptDrops(True)
        self.setAccessibleName("Paper")
        self.setAccessibleDescription("Draw here with the mouse, a pen or a finger.")
        self._colours = LIGHT
        self._tells_authors = True
        self._background = QPixmap()
        self._kept = Layer()  # what the document holds
        self._fresh = QImage()  # finished pieces of the strokes below
        self._human: GrowingInk | None = None
        self._model: list[GrowingInk] = []
        self._tip: tuple[float, float, bool] | None = None
        self._overlays: list[Overlay] = []
        self._device: QPointingDevice.PointerType | None = None  # whose stroke is being drawn
        self._finger = -1
        self._painter_timer = QTimer(self)
        self._painter_timer.setInterval(0)
        self._painter_timer.timeout.connect(self._paint_slice)
        self._scale, self._origin = 1.0, QPointF()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(1000, 760)

    @property
    def pen_is_down(self) -> bool:
        """Whether a person is in the middle of a stroke."""
        return self._human is not None

    # --- what it shows -------------------------------------------------------------------------

    def show_strokes(self, strokes: Sequence[Ink]) -> None:
        """The drawing; only what changed since the last call is painted anew."""
        self._kept.show(strokes)
        self._paint_slice()

    def set_colours(self, colours: Colours) -> None:
        self._colours = colours
        self._recolour()

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
        if event.button() == Qt.MouseButton.LeftButton and _is_mouse(event):
            self._pointer_down(event.position(), QPointingDevice.PointerType.Generic)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not event.buttons() & Qt.MouseButton.LeftButton:  # the release went elsewhere
            self._lift(QPointingDevice.PointerType.Generic)
        elif _is_mouse(event):
            self._pointer_moved(event.position(), QPointingDevice.PointerType.Generic)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton and _is_mouse(event):
            self._pointer_up(event.position(), QPointingDevice.PointerType.Generic)

    def tabletEvent(self, event: QTabletEvent) -> None:  # noqa: N802
        """Accepting it keeps Qt from sending the same movement again as a mouse event."""
        kind = QPointingDevice.PointerType.Pen
        if event.type() is QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton:
            self._pointer_down(event.position(), kind)
        elif event.type() is QEvent.Type.TabletMove:
            self._pointer_moved(event.position(), kind)
        elif event.type() is QEvent.Type.TabletRelease:
            self._pointer_up(event.position(), kind)
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._touch(event)
            event.accept()
            return True
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._lay_out()
        return super().event(event)

    def _touch(self, event: QTouchEvent) -> None:
        """The first finger draws; others are a resting hand."""
        kind = QPointingDevice.PointerType.Finger
        if event.type() is QEvent.Type.TouchCancel:
            self._lift(kind)
            return
        for point in event.points():
            state = point.state()
            if state.name == "Pressed" and self._human is None:
                self._finger = point.id()
                self._pointer_down(point.position(), kind)
            elif point.id() == self._finger and state.name == "Updated":
                self._pointer_moved(point.position(), kind)
            elif point.id() == self._finger and state.name == "Released":
                self._pointer_up(point.position(), kind)

    def _pointer_down(self, position: QPointF, device: QPointingDevice.PointerType) -> None:
        if self._device is not None:  # its release was lost, in a dialog or out of the pen's reach
            self._lift(self._device)
        if not self._paper_rect().contains(position):
            return
        self._device = device
        self.stroke_started.emit()
        self._human = GrowingInk()
        self._grow(self._human, *self.to_paper(position), self._human_colour())

    def _pointer_moved(self, position: QPointF, device: QPointingDevice.PointerType) -> None:
        if self._human is None or device is not self._device:
            return
        x, y = self.to_paper(position)
        if math.dist((x, y), self._human.last) >= NEAREST:
            self._grow(self._human, x, y, self._human_colour())

    def _pointer_up(self, position: QPointF, device: QPointingDevice.PointerType) -> None:
        if self._human is None or device is not self._device:
            return
        self._pointer_moved(position, device)
        self._lift(device)

    def _lift(self, device: QPointingDevice.PointerType) -> None:
        """The stroke ends where it is; also where the system took the pointer away."""
        if self._human is None or device is not self._device:
            return
        stroke, self._human, self._device, self._finger = self._human, None, None, -1
        self.stroke_drawn.emit(stroke.points)
        self._repaint_fresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self.file_dropped.emit(Path(files[0]))

    # --- coordinates ---------------------------------------------------------------------------

    def to_paper(self, position: QPointF) -> tuple[float, float]:
        """Paper units of a place in the widget; beyond the edge, the edge."""
        x = (position.x() - self._origin.x()) / self._scale
        y = (position.y() - self._origin.y()) / self._scale
        return min(max(x, 0.0), WIDTH), min(max(y, 0.0), HEIGHT)

    def from_paper(self, x: float, y: float) -> QPointF:
        return QPointF(self._origin.x() + x * self._scale, self._origin.y() + y * self._scale)

    def _paper_rect(self) -> QRectF:
        return QRectF(self._origin.x(), self._origin.y(), WIDTH * self._scale, HEIGHT * self._scale)

    def _lay_out(self) -> None:
        """Fits the paper into the widget, its corner on a whole device pixel."""
        ratio = self.devicePixelRatioF()
        self._scale = max(
            min((self.width() - 2 * MARGIN) / WIDTH, (self.height() - 2 * MARGIN) / HEIGHT), 0.05
        )
        left = (self.width() - WIDTH * self._scale) / 2
        top = (self.height() - HEIGHT * self._scale) / 2
        self._origin = QPointF(round(left * ratio) / ratio, round(top * ratio) / ratio)
        size = QSize(math.ceil(WIDTH * self._scale * ratio), math.ceil(HEIGHT * self._scale * ratio))
        self._background = self._painted_background()
        self._kept.resize(size, ratio, self._scale * ratio)
        self._fresh = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        self._fresh.setDevicePixelRatio(ratio)
        self._repaint_fresh()
        self._paint_slice()
        self._set_cursor()
        self.view_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._lay_out()

    # --- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._background)
            paper = self._paper_rect()
            painter.setClipRect(paper)
            kept = self._kept.image
            if kept.size() == self._fresh.size():
                painter.drawImage(self._origin, kept)
            elif not kept.isNull():  # of the size before; the sharp picture follows in a moment
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(paper, kept)
            painter.drawImage(self._origin, self._fresh)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(self._origin)
            painter.scale(self._scale, self._scale)
            for overlay in self._overlays:
                painter.save()
                overlay(painter, self._colours)
                painter.restore()
            if self._model:
                tip = self._tip[:2] if self._tip is not None and self._tip[2] else None
                painter.setPen(pen(self._model_colour()))
                painter.drawPath(self._model[-1].tail(tip))
            if self._human is not None:
                painter.setPen(pen(self._human_colour()))
                painter.drawPath(self._human.tail())
            if self._tip is not None:
                self._paint_tip(painter)

    def _paint_tip(self, painter: QPainter) -> None:
        """A dot where the model's pen touches, a ring where it flies."""
        if self._tip is None:
            return
        x, y, down = self._tip
        halo = self._colours.colour("accent")
        halo.setAlpha(46)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(halo)
        painter.drawEllipse(QPointF(x, y), 13, 13)
        painter.setBrush(self._colours.colour("accent" if down else "paper"))
        outline = pen(self._colours.colour("accent"))
        outline.setWidthF(1.6)
        painter.setPen(outline)
        painter.drawEllipse(QPointF(x, y), 4.2, 4.2)

    def _painted_background(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(self._colours.colour("desk"))
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            paper = self._paper_rect()
            for spread in range(10, 0, -1):  # a soft shadow, a little below
                shade = QColor(0, 0, 0, max(self._colours.shadow // (spread + 2), 1))
                painter.setBrush(shade)
                painter.drawRoundedRect(
                    paper.adjusted(-spread, -spread + 3, spread, spread + 3), 6 + spread, 6 + spread
                )
            painter.setBrush(self._colours.colour("paper"))
            painter.drawRoundedRect(paper, 6, 6)
        return pixmap

    def _paint_slice(self) -> None:
        """Brings the finished strokes up to date for a moment; comes back if that was too short."""
        if self._kept.advance(SLICE):
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
            self._paint_fresh([piece], colour)
        xs, ys = (x, before[0], earlier[0]), (y, before[1], earlier[1])
        self._update_paper(QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys))))

    def _settle_model_stroke(self) -> None:
        """A stroke before the newest changes no more."""
        if len(self._model) > 1:
            self._paint_fresh([self._model[-2].tail()], self._model_colour())

    def _paint_fresh(self, paths: Sequence[QPainterPath], colour: QColor) -> None:
        if self._fresh.isNull():
            return
        with QPainter(self._fresh) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(self._scale, self._scale)
            painter.setPen(pen(colour))
            for path in paths:
                painter.drawPath(path)

    def _repaint_fresh(self) -> None:
        """All strokes that are not the document's, from the start."""
        if self._fresh.isNull():
            return
        self._fresh.fill(Qt.GlobalColor.transparent)
        for number, stroke in enumerate(self._model):
            paths = stroke.settled()
            if number < len(self._model) - 1:
                paths = [*paths, stroke.tail()]
            self._paint_fresh(paths, self._model_colour())
        if self._human is not None:
            self._paint_fresh(self._human.settled(), self._human_colour())
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
        return self._colours.colour("ink")

    def _model_colour(self) -> QColor:
        return self._colours.colour("accent")

    def _kept_colour(self, ink: Ink) -> QColor:
        theirs = ink.author is Author.MODEL and self._tells_authors
        return self._model_colour() if theirs else self._human_colour()

    def _recolour(self) -> None:
        self._kept.recolour(self._kept_colour)
        if not self._fresh.isNull():
            self._background = self._painted_background()
            self._repaint_fresh()
            self._set_cursor()
        self._paint_slice()
        self.update()

    def _set_cursor(self) -> None:
        pixmap = pen_cursor_pixmap(
            self._human_colour(),
            self._colours.colour("paper"),
            PEN_WIDTH * self._scale,
            self.devicePixelRatioF(),
        )
        self.setCursor(QCursor(pixmap))


def _is_mouse(event: QMouseEvent) -> bool:
    """Not a finger's or a pen's movement told a second time."""
    return event.source() is Qt.MouseEventSource.MouseEventNotSynthesized
