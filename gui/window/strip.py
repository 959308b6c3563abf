"""The strip: every stroke in the order of drawing, to be picked, put elsewhere in time, or taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QItemSelection,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QDrag, QMouseEvent, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.files.clipboard import ROWS, file_mime_of
from gui.look.theme import LIGHT, Colours
from gui.paper.ink import Ink
from gui.paper.paper import HEIGHT, WIDTH
from gui.tools.selection import Selection
from gui.window.rail import IconButton, Panel
from sketchrnn.errors import SketchRNNError
from sketchrnn.sketch import Author

THUMB = QSize(112, 84)
"""Logical pixels: the paper, small."""

CELL = QSize(126, 94)
MOST_POINTS = 200
"""Of a stroke in a thumbnail; more cannot be seen there."""

MOST_OF_ALL = 6_000
"""Points of the whole drawing behind a thumbnail."""

Index = QModelIndex | QPersistentModelIndex


class StripModel(QAbstractListModel):
    """The strokes of the drawing as rows.

    Signals:
        reordered(list of int, int): these rows were dragged to before this row.
    """

    reordered = Signal(list, int)

    def __init__(self) -> None:
        super().__init__()
        self.strokes: tuple[Ink, ...] = ()

    def show(self, strokes: Sequence[Ink]) -> bool:
        """The drawing is this now. Returns whether it is the one before and more at its end."""
        new, old = tuple(strokes), self.strokes
        common = 0
        for a, b in zip(old, new, strict=False):
            if a.points is not b.points:
                break
            common += 1
        if common == len(old) == len(new):
            return True
        if common == len(old):
            self.beginInsertRows(QModelIndex(), len(old), len(new) - 1)
            self.strokes = new
            self.endInsertRows()
            return True
        if common == len(new):
            self.beginRemoveRows(QModelIndex(), len(new), len(old) - 1)
            self.strokes = new
            self.endRemoveRows()
        else:
            self.beginResetModel()
            self.strokes = new
            self.endResetModel()
        return False

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self.strokes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        by = "the model" if self.strokes[index.row()].author is Author.MODEL else "you"
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"Stroke {index.row() + 1}, by {by}"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: N802
        return Qt.DropAction.MoveAction

    def supportedDragActions(self) -> Qt.DropAction:  # noqa: N802
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:  # noqa: N802
        return [ROWS]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        """For the strip itself their numbers; for other programs an SVG."""
        rows = sorted(index.row() for index in indexes)
        try:
            mime = file_mime_of([self.strokes[row] for row in rows], "strokes")
        except (SketchRNNError, OSError):
            mime = QMimeData()
        mime.setData(ROWS, QByteArray(" ".join(map(str, rows)).encode()))
        return mime

    def dropMimeData(  # noqa: N802
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        if not data.hasFormat(ROWS):
            return False
        rows = [int(number) for number in bytes(data.data(ROWS).data()).split()]
        to = row if row >= 0 else (parent.row() if parent.isValid() else len(self.strokes))
        self.reordered.emit(rows, to)
        return False  # the rows are not the view's to remove: the document puts them in order


class _Thumbnails(QStyledItemDelegate):
    """Each stroke in its place on a small paper, the rest of the drawing faint behind it."""

    def __init__(self, model: StripModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._all = QPixmap()
        self.colours = LIGHT
        self.tells_authors = True

    def forget(self) -> None:
        """The drawing is another one."""
        self._all = QPixmap()

    def drawn_on(self, added: Sequence[Ink]) -> None:
        """These strokes came after the others."""
        if not self._all.isNull():
            with QPainter(self._all) as painter:
                self._paint_all(painter, added)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell = QRectF(option.rect)
        state: QStyle.StateFlag = option.state
        colours = self.colours
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        paper = QRectF(
            cell.center().x() - THUMB.width() / 2,
            cell.center().y() - THUMB.height() / 2,
            THUMB.width(),
            THUMB.height(),
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.colour("accent" if chosen else "border"), 2 if chosen else 1))
        painter.setBrush(colours.colour("paper"))
        painter.drawRoundedRect(paper.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        if focused and not chosen:
            painter.setPen(QPen(colours.colour("muted"), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(paper.adjusted(2.5, 2.5, -2.5, -2.5), 3, 3)
        painter.drawPixmap(paper.topLeft(), self._whole(painter.device().devicePixelRatio()))
        ink = self._model.strokes[index.row()]
        theirs = ink.author is Author.MODEL and self.tells_authors
        painter.translate(paper.topLeft())
        _line(painter, ink, colours.colour("accent" if theirs else "ink"), 2.0, MOST_POINTS)
        painter.restore()

    def _whole(self, ratio: float) -> QPixmap:
        if self._all.isNull() or self._all.devicePixelRatio() != ratio:
            self._all = QPixmap(THUMB * ratio)
            self._all.setDevicePixelRatio(ratio)
            self._all.fill(Qt.GlobalColor.transparent)
            with QPainter(self._all) as painter:
                self._paint_all(painter, self._model.strokes)
        return self._all

    def _paint_all(self, painter: QPainter, strokes: Sequence[Ink]) -> None:
        each = max(MOST_OF_ALL // max(len(self._model.strokes), 1), 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self.colours.colour("faint")
        colour.setAlpha(90)
        for ink in strokes:
            _line(painter, ink, colour, 1.0, each)


class _List(QListView):
    """A list whose own drags do not count as dropping a file on the window."""

    def __init__(self) -> None:
        super().__init__()
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAccessibleName("Strokes in the order of drawing")


class _DragOut(IconButton):
    """A handle: dragging it to another program drops the drawing there as an SVG."""

    def __init__(self, action: QAction, icon_name: str, strip: Strip) -> None:
        super().__init__(action, icon_name)
        self._strip = strip
        self._from = QPointF()
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._from = event.position()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        far = (event.position() - self._from).manhattanLength() >= QApplication.startDragDistance()
        if event.buttons() & Qt.MouseButton.LeftButton and far:
            self.setDown(False)
            self._strip.drag_out(self)


class Strip(Panel):
    """The panel beside the paper.

    Signals:
        chosen(list of Ink): a person picked these.
        reordered(list of int, int): these strokes are to be drawn before the stroke of this number.
    """

    chosen = Signal(list)
    reordered = Signal(list, int)

    def __init__(
        self, selection: Selection, buttons: Sequence[tuple[QAction, str]], drag_out: tuple[QAction, str]
    ) -> None:
        super().__init__()
        self.setAccessibleName("Stroke strip")
        self._selection = selection
        self._listening = True
        self.name = "drawing"
        self.model = StripModel()
        self._title = QLabel()
        self._title.setObjectName("hint")
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.list = _List()
        self.list.setModel(self.model)
        self._thumbnails = _Thumbnails(self.model, self.list)
        self.list.setItemDelegate(self._thumbnails)
        self._buttons = [*(IconButton(*entry) for entry in buttons), _DragOut(*drag_out, self)]
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 10, 6, 6)
        column.setSpacing(6)
        column.addWidget(self._title)
        column.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.setSpacing(0)
        for button in self._buttons:
            row.addWidget(button)
        column.addLayout(row)
        self.setFixedWidth(4 * 34 + 14)
        self.list.selectionModel().selectionChanged.connect(self._on_chosen)
        self.model.reordered.connect(self.reordered)
        selection.changed.connect(self._on_selection)
        self._show_title()

    def show_strokes(self, strokes: Sequence[Ink]) -> None:
        self._listening = False
        before = len(self.model.strokes)
        appended = self.model.show(strokes)
        grew = len(strokes) > before
        if appended:
            self._thumbnails.drawn_on(strokes[before:])
        else:
            self._thumbnails.forget()
        self._listening = True
        self._on_selection()
        self._show_title()
        self.list.viewport().update()
        if grew:
            self.list.scrollToBottom()

    def set_colours(self, colours: Colours) -> None:
        super().set_colours(colours)
        self._thumbnails.colours = colours
        self._thumbnails.forget()
        for button in self._buttons:
            button.tint(colours)

    def tell_authors(self, on: bool) -> None:
        self._thumbnails.tells_authors = on
        self.list.viewport().update()

    def drag_out(self, source: QWidget) -> None:
        """Starts dragging the drawing, or what is selected of it, to another program."""
        strokes = self._selection.of(self.model.strokes) or list(self.model.strokes)
        if not strokes:
            return
        drag = QDrag(source)
        mime = file_mime_of(strokes, self.name)
        mime.setData(ROWS, QByteArray())  # this window does not open it
        drag.setMimeData(mime)
        drag.exec(Qt.DropAction.CopyAction)

    def _on_chosen(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        if self._listening:
            rows = sorted(index.row() for index in self.list.selectionModel().selectedIndexes())
            self.chosen.emit([self.model.strokes[row] for row in rows])

    def _on_selection(self) -> None:
        """The same strokes are selected in the list as on the paper."""
        picks = self.list.selectionModel()
        if not self._listening or self.isHidden() or not (len(self._selection) or picks.hasSelection()):
            return
        picked = QItemSelection()
        for row, ink in enumerate(self.model.strokes):
            if ink in self._selection:
                index = self.model.index(row)
                picked.select(index, index)
        self._listening = False
        picks.select(picked, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        indexes = picked.indexes()
        if len(indexes) == 1:
            self.list.selectionModel().setCurrentIndex(indexes[0], QItemSelectionModel.SelectionFlag.NoUpdate)
            self.list.scrollTo(indexes[0])
        self._listening = True

    def _show_title(self) -> None:
        count = len(self.model.strokes)
        self._title.setText(f"{count} stroke{'' if count == 1 else 's'}")


def _line(painter: QPainter, ink: Ink, colour: QColor, width: float, most: int) -> None:
    """A stroke on the small paper."""
    scale = min(THUMB.width() / WIDTH, THUMB.height() / HEIGHT)
    step = -(-len(ink.points) // most)
    points = ink.points[::step].tolist()
    points.append(ink.points[-1].tolist())
    painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    if len(ink.points) == 1:
        painter.drawPoint(QPointF(points[0][0] * scale, points[0][1] * scale))
    else:
        painter.drawPolyline(QPolygonF([QPointF(x * scale, y * scale) for x, y in points]))
