"""The browser: a data set as a wall of small drawings, to look through and to search; one comes on paper."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QFont,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPixmapCache,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.dataset.collection import Entry, Item, Reader
from gui.look.caption import Caption
from gui.look.icon import app_icon
from gui.look.theme import LIGHT, Colours
from gui.words import short
from sketchrnn.errors import SketchRNNError
from sketchrnn.sketch import Author
from sketchrnn.words import plural

CELL = QSize(116, 132)
PICTURE = 88
"""Logical pixels of a drawing's larger side."""

SLICE = 0.012
"""Seconds of painting new pictures before events get their turn."""

CACHE = 48 * 1024
"""KiB of pictures that are remembered: about as many as a large screen shows twice."""

Index = QModelIndex | QPersistentModelIndex


class Drawings(QAbstractListModel):
    """The drawings of a collection that match a search, in the order of the file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[Item] = []
        self._words: tuple[str, ...] = ()
        self._known: dict[str | None, bool] = {}  # which labels match
        self._rows: list[int] = []
        self.serial = 0
        """Another number when a place may hold another drawing than before."""

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        number = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._items[number].label or f"{number + 1:,}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._items[number].label or 'drawing'} {number + 1:,}"
        if role == Qt.ItemDataRole.ToolTipRole:
            entry = self.entry(index)
            size = f"{plural(len(entry.lengths), 'stroke')}, {plural(len(entry.points), 'point')}"
            return f"{entry.label or 'No label'} · number {number + 1:,} · {size}"
        if role == Qt.ItemDataRole.UserRole:
            return number
        return None

    def entry(self, index: Index) -> Entry:
        """The drawing itself, read now; one that is broken is empty."""
        try:
            return self._items[self._rows[index.row()]].entry()
        except (SketchRNNError, OSError):
            return Entry(np.zeros((0, 2), np.float32), (), None, None)

    @property
    def total(self) -> int:
        """Of all drawings, also those that do not match."""
        return len(self._items)

    def add(self, items: list[Item]) -> None:
        """More drawings; what a person looks at stays where it is."""
        first = len(self._items)
        self._items.extend(items)
        fitting = self._fitting(first)
        if fitting:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(fitting) - 1)
            self._rows.extend(fitting)
            self.endInsertRows()

    def take_last(self) -> None:
        """The last drawing goes."""
        number = len(self._items) - 1
        if self._rows and self._rows[-1] == number:
            self.beginRemoveRows(QModelIndex(), len(self._rows) - 1, len(self._rows) - 1)
            self._rows.pop()
            self.endRemoveRows()
        self._items.pop()
        self.serial += 1

    def clear(self) -> None:
        self.beginResetModel()
        self._items, self._rows = [], []
        self.endResetModel()
        self.serial += 1

    def search(self, text: str) -> None:
        """Only drawings with these words in their label; or the one of this number."""
        self._words, self._known = tuple(text.lower().split()), {}
        self.beginResetModel()
        self._rows = self._fitting(0)
        self.endResetModel()

    def _fitting(self, first: int) -> list[int]:
        """The numbers of the drawings that match, from `first` on."""
        words, items = self._words, self._items
        if not words:
            return list(range(first, len(items)))
        if len(words) == 1 and words[0].isdecimal():
            number = int(words[0]) - 1
            return [number] if first <= number < len(items) else []
        for label in {item.label for item in items[first:]} - set(self._known):
            self._known[label] = all(word in (label or "").lower() for word in words)
        known = self._known
        return [first + place for place, item in enumerate(items[first:]) if known[item.label]]


class Thumbnails(QStyledItemDelegate):
    """Paints a drawing when it is looked at, and remembers it for a while.

    A screen full of new drawings comes in slices of `SLICE`, so that the window never waits for it.

    Signals:
        unfinished(): some cells were left empty; they should be painted again.
    """

    unfinished = Signal()

    def __init__(self, drawings: Drawings, parent: QWidget) -> None:
        super().__init__(parent)
        self._drawings = drawings
        self.colours = LIGHT
        self._spent = 0.0
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(0)
        self._again.timeout.connect(self._on_again)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = self.colours
        cell = QRectF(option.rect).adjusted(4, 4, -4, -4)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        over = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.setPen(QPen(colours.colour("accent"), 2) if chosen else QPen(colours.colour("border"), 1))
        painter.setBrush(colours.colour("hover" if over and not chosen else "paper"))
        painter.drawRoundedRect(cell, 8, 8)
        picture = self._picture(index, painter.device().devicePixelRatioF())
        if picture is not None:
            painter.drawPixmap(QPointF(cell.center().x() - PICTURE / 2, cell.top() + 6), picture)
        painter.setPen(colours.colour("muted"))
        words = cell.adjusted(6, PICTURE + 8, -6, -4)
        text = option.fontMetrics.elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, int(words.width())
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()

    def _picture(self, index: Index, ratio: float) -> QPixmap | None:
        """The drawing's picture; None where it has to wait for the next slice."""
        number = index.data(Qt.ItemDataRole.UserRole)
        key = f"{id(self._drawings)}/{self._drawings.serial}/{number}/{ratio}/{self.colours.paper}"
        pixmap = QPixmap()
        if QPixmapCache.find(key, pixmap):
            return pixmap
        self._again.start()
        if self._spent > SLICE:
            return None
        began = time.thread_time()
        pixmap = thumbnail(self._drawings.entry(index), PICTURE, ratio, self.colours)
        QPixmapCache.insert(key, pixmap)
        self._spent += time.thread_time() - began
        return pixmap

    def _on_again(self) -> None:
        if self._spent > SLICE:
            self.unfinished.emit()
        self._spent = 0.0


def thumbnail(entry: Entry, side: int, ratio: float, colours: Colours) -> QPixmap:
    """A small picture of a drawing, on no ground."""
    pixmap = QPixmap(QSize(side, side) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        paint_drawing(painter, QRectF(0, 0, side, side), entry, colours)
    return pixmap


def paint_drawing(painter: QPainter, where: QRectF, entry: Entry, colours: Colours) -> None:
    """Paints a drawing scaled into a rectangle, the model's ink in its own colour."""
    if not len(entry.points):
        return
    low, high = entry.points.min(axis=0), entry.points.max(axis=0)
    side = max(float((high - low).max()), 1e-6)
    inner = where.adjusted(4, 4, -4, -4)
    scale = min(inner.width(), inner.height()) / side
    middle = (low + high) / 2
    xy = (entry.points - middle) * scale + (inner.center().x(), inner.center().y())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    width = max(1.3, where.width() / 62)
    start = 0
    for number, length in enumerate(entry.lengths):
        places = xy[start : start + length].tolist()
        start += length
        theirs = entry.authors is not None and entry.authors[number] is Author.MODEL
        painter.setPen(_pen(colours.colour("accent" if theirs else "ink"), width))
        path = QPainterPath(QPointF(*places[0]))
        for x, y in places[1:] or [(places[0][0] + 0.01, places[0][1])]:
            path.lineTo(x, y)
        painter.drawPath(path)


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


class Wall(QListView):
    """As many columns as there is room for, spread over the width."""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        # Qt keeps room for the scroll bar where there is none yet.
        width = self.width() - self.verticalScrollBar().sizeHint().width() - 1
        columns = max(width // CELL.width(), 1)
        self.setGridSize(QSize(width // columns, CELL.height()))
        super().resizeEvent(event)


class Browser(QWidget):
    """A window over one file of drawings.

    Signals:
        chosen(object): a person wants this Sketch on paper.
        alone(object): the file had no more than this one Sketch.
        failed(str): the file cannot be read and had no drawing; one sentence.
        closed(object): this window goes.
    """

    chosen = Signal(object)
    alone = Signal(object)
    failed = Signal(str)
    closed = Signal(object)

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.setObjectName("browser")
        self.setWindowIcon(app_icon())
        self.setWindowTitle(f"{path.name} – sketchrnn")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(860, 640)
        QPixmapCache.setCacheLimit(CACHE)
        self.drawings = Drawings(self)
        self._thumbnails = Thumbnails(self.drawings, self)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search by label or number")
        self.search.setAccessibleName("Search")
        self.search.setClearButtonEnabled(True)
        self._count = QLabel()
        self._count.setObjectName("caption")
        self.view = Wall()
        self._set_up_view()
        self.open_button = QPushButton("Open on Paper")
        self.open_button.setEnabled(False)
        self.open_button.setDefault(True)
        heavier = self.open_button.font()
        heavier.setWeight(QFont.Weight.DemiBold)  # as the style has it, which does not count for its width
        self.open_button.setFont(heavier)
        self._lay_out()
        # A search goes over all drawings: not for every letter of a fast typist.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(120)
        self._soon.timeout.connect(self._on_search)
        self.search.textChanged.connect(lambda _text: self._soon.start())
        self.search.returnPressed.connect(self._on_search_done)
        self.view.activated.connect(self._on_activated)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        self.open_button.clicked.connect(lambda: self._on_activated(self.view.currentIndex()))
        self._reading = True
        self._reader = Reader(path, self)
        self._reader.found.connect(self._on_found)
        self._reader.ended.connect(self._on_ended)
        self._reader.start()
        self._say()

    def set_colours(self, colours: Colours) -> None:
        self._thumbnails.colours = colours
        self.view.viewport().update()

    @property
    def count_text(self) -> str:
        return self._count.text()

    # --- assembling ----------------------------------------------------------------------------

    def _set_up_view(self) -> None:
        view = self.view
        view.setModel(self.drawings)
        view.setItemDelegate(self._thumbnails)
        view.setFlow(QListView.Flow.LeftToRight)  # the mode for icons is slow with thousands
        view.setWrapping(True)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setMovement(QListView.Movement.Static)
        view.setUniformItemSizes(True)
        view.setLayoutMode(QListView.LayoutMode.Batched)
        view.setBatchSize(2000)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._thumbnails.unfinished.connect(view.viewport().update)
        view.setMouseTracking(True)
        view.setAccessibleName("Drawings")

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addSpacing(8)
        top.addWidget(self._count)
        bottom = QHBoxLayout()
        self._hint = Caption("Return or a double click lays a drawing on paper.", Qt.AlignmentFlag.AlignLeft)
        bottom.addWidget(self._hint, 1)
        bottom.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        column.addLayout(bottom)
        self._nothing = QLabel(self.view)
        self._nothing.setObjectName("caption")
        self._nothing.setTextFormat(Qt.TextFormat.PlainText)
        over = QVBoxLayout(self.view)
        over.addWidget(self._nothing, 0, Qt.AlignmentFlag.AlignCenter)
        self._nothing.hide()

    # --- what happens --------------------------------------------------------------------------

    def _on_found(self, items: list[Item]) -> None:
        self.drawings.add(items)
        self._say()

    def _on_ended(self, error: str) -> None:
        self._reading = False
        self._say()
        if error and not self.drawings.total:
            self.failed.emit(error)
            self.close()
        elif error:
            self._hint.setText(error)
        elif self.drawings.total == 1:
            self.alone.emit(self.drawings.entry(self.drawings.index(0)).sketch())
            self.close()

    def _on_search(self) -> None:
        self._soon.stop()
        self.drawings.search(self.search.text())
        self._say()

    def _on_search_done(self) -> None:
        """Return leads on to the drawings that were found."""
        self._on_search()
        if self.drawings.rowCount():
            self.view.setFocus()
            self.view.setCurrentIndex(self.drawings.index(0))

    def _on_selection(self) -> None:
        self.open_button.setEnabled(self.view.currentIndex().isValid())

    def _on_activated(self, index: QModelIndex) -> None:
        if index.isValid() and (entry := self.drawings.entry(index)).lengths:
            self.chosen.emit(entry.sketch())

    def _say(self) -> None:
        shown, total = self.drawings.rowCount(), self.drawings.total
        count = plural(total, "drawing")
        if shown != total:
            count = f"{shown:,} of {count}"
        self._count.setText(f"{count}, reading on…" if self._reading else count)
        self._nothing.setText(f"No drawing here is called “{short(self.search.text().strip())}”.")
        self._nothing.setVisible(total > 0 and not shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            if self.search.text():
                self.search.clear()
                self.search.setFocus()
            else:
                self.close()
        elif event.key() == Qt.Key.Key_F and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.search.setFocus()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self._reader.stop()
        self.closed.emit(self)
        event.accept()
