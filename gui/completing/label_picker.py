"""What is it? A picker of the model's labels with thumbnails, and what the model takes the drawing for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QGuiApplication,
    QIcon,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QShowEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.look.buttons import Button, WordButton
from gui.look.theme import LIGHT, Colours
from gui.paper.picture import paint_fitted, path_of
from gui.words import short
from sketchrnn.sketch import Sketch

AUTO = "Auto"
SIDE = 64
"""Logical pixels of a thumbnail."""

SHOWN = 3
"""How many guesses are told."""

WIDE, LEFT, RIGHT = 136, 11, 26
"""Logical pixels: the button's width, and what is free of words at its left and right."""

Guesses = Sequence[tuple[str, float]]


class Picker(QFrame):
    """A popup: search above, a grid of thumbnails below, Auto with its guesses between.

    Signals:
        chosen(str): a label; empty for Auto.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("picker")
        self.setAccessibleName("What is it?")
        self.setFixedSize(444, 452)
        self._colours = LIGHT
        self._items: dict[str, QStandardItem] = {}
        self._sketches: dict[str, Sketch] = {}
        self._stale: set[str] = set()
        """Labels whose icon is painted anew before it is seen."""
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        self.search = QLineEdit()
        self.search.setPlaceholderText("What is it? Type to search")
        self.search.setAccessibleName("Search")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        column.addWidget(self.search)
        self.auto = QToolButton()
        self.auto.setText("Auto: what the drawing looks like")
        self.auto.setAccessibleName(self.auto.text())
        self.auto.setCheckable(True)
        self.auto.clicked.connect(lambda: self._choose(""))
        column.addWidget(self.auto)
        self._model = QStandardItemModel(self)
        self._filter = QSortFilterProxyModel(self)
        self._filter.setSourceModel(self._model)
        self._filter.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.list = QListView()
        self.list.setModel(self._filter)
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setIconSize(QSize(SIDE, SIDE))
        self.list.setGridSize(QSize(101, 98))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        small = self.list.font()
        small.setPointSizeF(small.pointSizeF() * 0.9)
        self.list.setFont(small)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setAccessibleName("Labels")
        self.list.clicked.connect(self._on_clicked)
        self.list.activated.connect(self._on_clicked)
        column.addWidget(self.list, 1)
        self._nothing = QLabel()
        self._nothing.setObjectName("hint")
        self._nothing.hide()
        column.addWidget(self._nothing)

    def show_labels(self, labels: Sequence[str], chosen: str | None) -> None:
        """Another model's labels, in their order."""
        self._model.clear()
        self._sketches = {}
        self._stale = set()
        self._items = {}
        empty = self._icon(None)
        for label in labels:
            item = QStandardItem(empty, label)
            item.setToolTip(label)
            self._items[label] = item
            self._model.appendRow(item)
        self.mark(chosen)

    def show_thumbnails(self, sketches: Mapping[str, Sketch]) -> None:
        """More of the pictures came."""
        self._sketches |= sketches
        self._stale |= sketches.keys()
        if self.isVisible():
            self._paint_stale()

    def _paint_stale(self) -> None:
        """The icons that are not what they should be, of a picker that is looked at."""
        for label in self._stale & self._items.keys():
            self._items[label].setIcon(self._icon(self._sketches.get(label)))
        self._stale = set()

    def mark(self, chosen: str | None) -> None:
        self.auto.setChecked(chosen is None)
        self.list.clearSelection()
        if chosen in self._items:
            index = self._filter.mapFromSource(self._items[chosen].index())
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)

    def set_colours(self, colours: Colours) -> None:
        self._colours = colours
        self._stale = set(self._items)
        if self.isVisible():
            self._paint_stale()

    @property
    def found(self) -> list[str]:
        """The labels that the search leaves."""
        rows = range(self._filter.rowCount())
        return [str(self._filter.index(row, 0).data()) for row in rows]

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        self._paint_stale()
        self.search.clear()
        self.search.setFocus()

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802
        """Arrow keys go from the search to the grid, Return takes the first that was found."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down and self._filter.rowCount():
                self.list.setFocus()
                if not self.list.currentIndex().isValid():
                    self.list.setCurrentIndex(self._filter.index(0, 0))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self.search.text() and self.found:
                    self._choose(self.found[0])
                return True
        return False

    def _on_search(self, text: str) -> None:
        self._filter.setFilterFixedString(text.strip())
        none = self._filter.rowCount() == 0
        self._nothing.setVisible(none)
        self._nothing.setText(f"This model knows no “{short(text.strip())}”.")

    def _on_clicked(self, index: QModelIndex) -> None:
        self._choose(str(index.data()))

    def _choose(self, label: str) -> None:
        self.close()
        self.chosen.emit(label)

    def _icon(self, sketch: Sketch | None) -> QIcon:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(QSize(SIDE, SIDE) * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(self._colours.colour("border"))
            painter.setBrush(self._colours.colour("paper"))
            box = QRectF(0.5, 0.5, SIDE - 1, SIDE - 1)
            painter.drawRoundedRect(box, 8, 8)
            if sketch is not None:
                inner = box.adjusted(8, 8, -8, -8)
                paint_fitted(painter, path_of(sketch), inner, self._colours.colour("ink"))
        return QIcon(pixmap)


class LabelButton(WordButton):
    """Says what the model is to draw, and opens the picker.

    Signals:
        label_chosen(): a person chose another label, or Auto.
    """

    label_chosen = Signal()

    def __init__(self) -> None:
        super().__init__(Qt.AlignmentFlag.AlignLeft, (LEFT, RIGHT))
        self.setObjectName("label")
        self.setFixedWidth(WIDE)
        self.setToolTip("What the model draws: one of its labels, or Auto (W)")
        self.label: str | None = None
        """None: Auto."""
        self._labels: tuple[str, ...] = ()
        self._guess: str | None = None
        self._colours = LIGHT
        self._sketches: dict[str, Sketch] = {}
        self._picker: Picker | None = None
        self.clicked.connect(self.open)
        self._show()

    @property
    def picker(self) -> Picker:
        """Made when it is first wanted."""
        if self._picker is None:
            self._picker = Picker(self)
            self._picker.chosen.connect(self._on_chosen)
            self._picker.set_colours(self._colours)
            self._picker.show_labels(self._labels, self.label)
            self._picker.show_thumbnails(self._sketches)
        return self._picker

    @property
    def labels(self) -> Sequence[str]:
        return self._labels

    def show_thumbnails(self, sketches: Mapping[str, Sketch]) -> None:
        """More of the labels' pictures came."""
        self._sketches |= sketches
        if self._picker is not None:
            self._picker.show_thumbnails(sketches)

    def forget_thumbnails(self) -> None:
        """Another model is to draw them."""
        self._sketches = {}
        if self._picker is not None:
            self._picker.show_labels(self._labels, self.label)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as the box with the models, which stands beside it."""
        return QSize(WIDE, max(self.fontMetrics().height(), 20) + 14)

    def show_labels(self, labels: Sequence[str]) -> None:
        """Another model's; the choice stays where that model has it too."""
        if tuple(labels) == self._labels:
            return
        self._labels = tuple(labels)
        self._guess = None
        if self.label not in self._labels:
            self.label = None
        self.forget_thumbnails()
        self._show()

    def choose(self, label: str | None) -> None:
        if label != self.label and (label is None or label in self._labels):
            self.label = label
            if self._picker is not None:
                self._picker.mark(label)
            self._show()
            self.label_chosen.emit()

    def show_guess(self, label: str | None) -> None:
        """What Auto would be now."""
        self._guess = label
        self._show()

    def set_colours(self, colours: Colours) -> None:
        self._colours = colours
        if self._picker is not None:
            self._picker.set_colours(colours)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._colours.colour("muted"), 1.3))
            x, y = self.width() - 17.0, self.height() / 2.0
            painter.drawPolyline(
                [QPointF(x - 3.5, y - 1.75), QPointF(x, y + 1.75), QPointF(x + 3.5, y - 1.75)]
            )

    def open(self) -> None:
        """Shows the picker above the button."""
        self.picker.mark(self.label)
        corner = self.mapToGlobal(QPoint(0, 0)) - QPoint(0, self.picker.height() + 8)
        screen = self.screen() or QGuiApplication.primaryScreen()
        area = screen.availableGeometry()
        corner.setY(max(corner.y(), area.top()))
        corner.setX(min(corner.x(), area.right() - self.picker.width()))
        self.picker.move(corner)
        self.picker.show()

    def _on_chosen(self, label: str) -> None:
        self.choose(label or None)

    def _show(self) -> None:
        text = self.label or (AUTO if self._guess is None else f"{AUTO}: {self._guess}")
        room = WIDE - LEFT - RIGHT
        self.setText(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room))
        self.setAccessibleName(f"What is it? {text}")


class GuessRow(QWidget):
    """The likeliest labels of what is on the paper, with their probabilities; a click takes one as the label.

    Signals:
        chosen(str): one of them.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("What the drawing looks like")
        self.setFixedHeight(28)  # also without guesses: the paper must not move when the first one comes
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addStretch()
        self._says = QLabel("Looks like")
        self._says.setObjectName("hint")
        row.addWidget(self._says)
        self.chips = [Button() for _ in range(SHOWN)]
        for number, chip in enumerate(self.chips):
            chip.setObjectName("chip")
            chip.clicked.connect(lambda _=False, number=number: self.chosen.emit(self._guesses[number][0]))
            row.addWidget(chip)
        row.addStretch()
        self._guesses: Guesses = ()
        self.show_guesses(())

    @property
    def guesses(self) -> Guesses:
        return self._guesses

    def show_guesses(self, guesses: Guesses) -> None:
        """The likeliest first."""
        self._guesses = tuple(guesses[:SHOWN])
        for number, chip in enumerate(self.chips):
            chip.setVisible(number < len(self._guesses))
            if number < len(self._guesses):
                label, probability = self._guesses[number]
                chip.setText(f"{label}  {percent(probability)}")
                chip.setToolTip(f"Complete it as “{label}”")
                chip.setAccessibleName(f"{label}, {percent(probability)}")
        self._says.setVisible(bool(self._guesses))


def percent(probability: float) -> str:
    return "under 1 %" if probability < 0.01 else f"{100 * probability:.0f} %"
