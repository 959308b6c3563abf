"""The canvas: shows the paper and the ink, and hands what mouse, pen, fingers and keys do to its rooms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QCursor,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTabletEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.canvas.fresh import Fresh
from gui.canvas.hand import Hand
from gui.canvas.kept import Kept
from gui.canvas.model_ink import ModelInk
from gui.canvas.navigation import Navigation, Pushing
from gui.canvas.pointers import Fingers, Pointers
from gui.files.clipboard import PICTURES, ROWS, has_strokes
from gui.look.theme import LIGHT, Colours
from gui.paper.ground import Ground
from gui.paper.ink import PEN_WIDTH, Ink, Piece, pen
from gui.paper.view import View
from gui.tools.base import Tool
from gui.tools.pen import PenTool, on_paper
from sketchrnn.sketch import Author

Overlay = Callable[[QPainter, Colours], None]
"""Paints over the ink, in paper units."""


class Canvas(QWidget):
    """Shows the paper through a view, and turns pointers into what the tool in hand makes of them.

    It owns no drawing: what it shows was given to it, what was done on it is reported.

    Attributes:
        view: how large the paper is shown, and which part of it.
        ground: what lies under the ink.
        pen: the tool that it begins with.
        model_ink: what the model draws and nobody has accepted yet.

    Signals:
        stroke_started(): a pointer is about to change the drawing.
        stroke_drawn(object, object): a person drew a stroke: float32 (n, 2) in paper units, and the
            pressures (n,) where the pen felt any, else None.
        edited(object, str): a person changed the drawing into these Ink strokes; in words.
        file_dropped(object): the Path of a file that was dragged here from elsewhere.
        picture_dropped(object): the same, of a picture.
        content_dropped(object): QMimeData that are no file; they last as long as the signal.
        view_changed(): another scale, or another part of the paper.
        menu_wanted(QPoint): a person asked here, on the screen, what can be done.
        space_tapped(): the space bar was pressed and let go, and nothing was pushed with it.
    """

    stroke_started = Signal()
    stroke_drawn = Signal(object, object)
    edited = Signal(object, str)
    file_dropped = Signal(object)
    picture_dropped = Signal(object)
    content_dropped = Signal(object)
    view_changed = Signal()
    menu_wanted = Signal(QPoint)
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
        self._tells_authors = True
        self._strokes: tuple[Ink, ...] = ()
        self._previewed: Sequence[Ink] | None = None
        self.ground = Ground()
        self._kept = Kept(self.view, self.update, self)
        self._fresh = Fresh(self.view)
        self.model_ink = ModelInk(self, self._fresh, self._repaint_fresh)
        self._overlays: list[Overlay] = []
        self.pen = PenTool(self)
        # Ink that was only offered becomes part of the drawing when a gesture starts.
        self._hand = Hand(self.view, self.pen, self.stroke_started.emit)
        self._navigation = Navigation(self.view, self._on_view)
        self._pushing = Pushing(self._navigation, self._set_cursor)
        self._pointers = Pointers(self._hand, self._pushing)
        self._fingers = Fingers(self._hand, self._navigation)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(1000, 760)

    # --- what it shows -------------------------------------------------------------------------

    def show_strokes(self, strokes: Sequence[Ink]) -> None:
        """The drawing; only what changed since the last call is painted anew."""
        self._strokes = tuple(strokes)
        if self._hand.may_cancel:
            self._hand.drop()  # what it was working on is no longer there
        self._previewed = None
        self._show_kept()

    @property
    def strokes(self) -> tuple[Ink, ...]:
        """The drawing that it shows."""
        return self._strokes

    def add_overlay(self, overlay: Overlay) -> None:
        """It is painted with everything else from now on; whoever changes what it shows calls `update`."""
        self._overlays.append(overlay)

    def set_colours(self, colours: Colours) -> None:
        self.colours = colours
        self._recolour()

    def tell_authors(self, on: bool) -> None:
        """Whether the model's ink has a colour of its own."""
        self._tells_authors = on
        self._recolour()

    def colour_of(self, ink: Ink) -> QColor:
        """What a stroke of the drawing is shown in."""
        theirs = ink.author is Author.MODEL and self._tells_authors
        return self.colours.colour("accent" if theirs else "ink")

    # --- the tool in the hand ------------------------------------------------------------------

    @property
    def tool(self) -> Tool:
        return self._hand.tool

    @property
    def pen_is_down(self) -> bool:
        """Whether a person is in the middle of a stroke."""
        return self._hand.busy

    def take(self, tool: Tool) -> None:
        """Another tool in the hand."""
        if tool is not self._hand.tool:
            self._hand.take(tool)
            self._set_cursor()
            self.update()

    def set_pen_width(self, percent: int) -> None:
        """Of the ordinary width, for the strokes to come; the model's pen is as thick."""
        self.pen.width = percent
        self.model_ink.width = self.ink_width()
        if self._fresh.ready:
            self._repaint_fresh()
            self._set_cursor()

    def ink_width(self) -> float:
        """Of the strokes to come, in paper units, where nothing presses on the pen."""
        return PEN_WIDTH * self.pen.width / 100

    def lift(self) -> None:
        """A stroke that is under way ends where it is; any other gesture has not happened."""
        self._hand.end()

    def flip_to(self, tool: Tool) -> None:
        """What the other end of a pen is, where it has one."""
        self._hand.flipped = tool

    # --- what tools may do: a Table ------------------------------------------------------------

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
        self._fresh.add(pieces, self.colours.colour("ink"))

    def clear_hand(self) -> None:
        self._repaint_fresh()

    def refresh(self, rect: QRectF | None = None) -> None:
        if rect is None:
            self.update()
            return
        grown = rect.adjusted(-PEN_WIDTH, -PEN_WIDTH, PEN_WIDTH, PEN_WIDTH)
        corner = self.from_paper(grown.left(), grown.top())
        opposite = self.from_paper(grown.right(), grown.bottom())
        self.update(QRectF(corner, opposite).toAlignedRect().adjusted(-2, -2, 2, 2))

    def human_pen(self, width: float) -> QPen:
        return pen(self.colours.colour("ink"), width)

    def show_cursor(self, cursor: QCursor) -> None:
        if self._pushing.cursor() is None:
            self.setCursor(cursor)

    # --- the view ------------------------------------------------------------------------------

    def fit(self) -> None:
        self._navigation.fit()

    def zoom(self, steps: float, at: QPointF | None = None) -> None:
        """Larger (positive) or smaller by steps of the wheel."""
        self._navigation.zoom(steps, at)

    def zoom_to(self, scale: float) -> None:
        self._navigation.zoom_to(scale)

    def pan(self, dx: float, dy: float) -> None:
        self._navigation.pan(dx, dy)

    def to_paper(self, position: QPointF) -> tuple[float, float]:
        """Paper units of a place in the widget; beyond the edge, the edge."""
        return on_paper(*self.view.to_paper(position))

    def from_paper(self, x: float, y: float) -> QPointF:
        return self.view.from_paper(x, y)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._lay_out()

    def _lay_out(self) -> None:
        self.view.resize(self.size(), self.devicePixelRatioF())
        self._on_view()

    def _on_view(self) -> None:
        self._kept.follow_view()
        self.ground.forget()
        self._fresh.follow_view()
        self._repaint_fresh()
        self._set_cursor()
        self.view_changed.emit()

    # --- pointers ------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._pointers.mouse_pressed(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._pointers.mouse_moved(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._pointers.mouse_released(event)

    def tabletEvent(self, event: QTabletEvent) -> None:  # noqa: N802
        """Accepting it keeps Qt from sending the same movement again as a mouse event."""
        self._pointers.pen(event)
        event.accept()
        if event.type() is QEvent.Type.TabletPress and event.button() == Qt.MouseButton.RightButton:
            self._want_menu(event.globalPosition().toPoint())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        self._want_menu(event.globalPos())

    def _want_menu(self, place: QPoint) -> None:
        if not self._hand.busy:
            self.menu_wanted.emit(place)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self._navigation.wheel(event)
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._fingers.touched(event)
            event.accept()
            return True
        if isinstance(event, QNativeGestureEvent):
            taken = self._navigation.gesture(event)
            if taken:
                event.accept()
            return taken
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._lay_out()
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (_is_space(event) or self._takes_back(event))
        ):
            event.accept()  # the key is the canvas's own before it is a shortcut's
            return True
        return super().event(event)

    # --- keys ----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Space held down makes a hand of the pointer; Esc takes back a gesture that is under way."""
        if _is_space(event):
            if not event.isAutoRepeat() and not self._hand.busy:
                self._pushing.hold_space()
        elif self._takes_back(event):
            self._hand.end()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() != Qt.Key.Key_Space:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat() and self._pushing.space_held and self._pushing.release_space():
            self.space_tapped.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._pushing.forget_space()
        super().focusOutEvent(event)

    def _takes_back(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape and self._hand.may_cancel

    # --- what is dropped here ------------------------------------------------------------------

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

    # --- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self.ground.pixmap(self.view, self.colours))
            painter.save()
            painter.setClipRect(self.view.paper, Qt.ClipOperation.IntersectClip)
            self._kept.paint(painter)
            self._fresh.paint(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setTransform(self.view.transform, True)
            for overlay in self._overlays:
                painter.save()
                overlay(painter, self.colours)
                painter.restore()
            self.model_ink.paint(painter)
            painter.restore()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setTransform(self.view.transform, True)
            self._hand.paint(painter)

    def _show_kept(self) -> None:
        self._kept.show(self._strokes if self._previewed is None else self._previewed)

    def _repaint_fresh(self) -> None:
        """All strokes that are not the document's, from the start."""
        if self._fresh.ready:
            self._fresh.clear()
            self.model_ink.settle()
            self.pen.repaint()
            self.update()

    def _recolour(self) -> None:
        self._kept.recolour(self.colour_of)
        if self._fresh.ready:
            self._repaint_fresh()
            self._set_cursor()
        self.update()

    def _set_cursor(self) -> None:
        shape = self._pushing.cursor()
        if shape is None:
            self.setCursor(self._hand.tool.cursor())
        else:
            self.setCursor(shape)


def _is_space(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier
