"""Help: the command palette, the sheet of shortcuts, the first-run hint, and what the program is made of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from html import escape
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QKeyEvent, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTextBrowser,
    QVBoxLayout,
)

import sketchrnn
from gui.look.icon import app_icon
from gui.look.theme import Colours
from gui.words import plain

if TYPE_CHECKING:
    from gui.models.worker import SavedModel
    from gui.window.main_window import MainWindow

Index = QModelIndex | QPersistentModelIndex

HINT = (
    "Draw the beginning of something.<br>Press Space, and a model draws on.<br>"
    "Return keeps its ink, Esc takes it away."
)

GESTURES = (
    ("Straight line", "Shift"),
    ("In steps of 15°", "Shift+Ctrl"),
    ("Push the paper", "Space+drag"),
    ("Zoom", "Ctrl+wheel"),
    ("Take an ending", "1 … 9"),
    ("Select more", "Shift+click"),
    ("Move a copy", "Alt+drag"),
    ("Move a little", "arrow keys"),
    ("Menu", "right click"),
)
"""What no menu tells: with which buttons and keys it is done."""

LIBRARIES = (
    ("Qt and PySide", "LGPL 3"),
    ("TensorFlow and Keras", "Apache 2.0"),
    ("NumPy", "BSD"),
    ("Pillow", "MIT-CMU"),
    ("svgwrite, simplification, msgspec, platformdirs, urllib3", "MIT, BSD"),
    ("threadpoolctl", "BSD"),
    ("tqdm, certifi", "MPL 2.0 and MIT"),
)


class Command(NamedTuple):
    """An action, and the menus that lead to it."""

    action: QAction
    path: tuple[str, ...]

    @property
    def name(self) -> str:
        return plain(self.action.text())

    @property
    def keys(self) -> str:
        """The first of its keys, as the system writes it."""
        return self.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def commands(menus: list[QAction], path: tuple[str, ...] = ()) -> Iterator[Command]:
    """Every action in some menus and the menus within."""
    for action in menus:
        menu = action.menu()
        if isinstance(menu, QMenu):
            menu.aboutToShow.emit()  # some are filled when they are opened
            yield from commands(menu.actions(), (*path, plain(action.text())))
        elif not action.isSeparator() and plain(action.text()):
            yield Command(action, path)


def rank(query: str, command: Command) -> float | None:
    """How well a command fits what was typed, less is better; None if it does not at all."""
    wanted, name = query.lower().split(), command.name.lower()
    if not wanted:
        return 0.0
    whole = f"{name} {' '.join(command.path).lower()} {command.action.statusTip().lower()}"
    if name.startswith(" ".join(wanted)):
        return 0.0
    if all(any(part.startswith(word) for part in name.split()) for word in wanted):
        return 1.0
    if all(word in name for word in wanted):
        return 2.0
    if all(word in whole for word in wanted):
        return 3.0
    letters = iter(name)
    return 4.0 if all(letter in letters for letter in "".join(wanted)) else None


class Palette(QFrame):
    """Every action, found by a few letters. It lies over the window and goes when something was chosen."""

    WIDTH = 560
    ROWS = 11

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("palette")
        self.setAccessibleName("Command palette")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        self.field = QLineEdit()
        self.field.setPlaceholderText("What do you want to do?")
        self.field.setAccessibleName("Command")
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Commands")
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(_Row(self.list))
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._do)
        self._all: list[Command] = []
        self.hide()

    def open(self) -> None:
        self._all = list(commands(self._window.menuBar().actions()))
        self.field.clear()
        self._fill("")
        self._place()
        self.show()
        self.raise_()
        self.field.setFocus()

    @property
    def shown(self) -> list[str]:
        """The names in the list, from the top."""
        return [self._command(row).name for row in range(self.list.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.FocusOut and self.isVisible():
            self._close()
        if event.type() is QEvent.Type.ShortcutOverride:  # the keys are this field's, not the window's
            event.accept()
            return True
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}
            if event.key() in step:
                count = max(self.list.count(), 1)
                self.list.setCurrentRow((self.list.currentRow() + step[Qt.Key(event.key())]) % count)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._do(self.list.currentItem())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._close()
                return True
        return super().eventFilter(watched, event)

    def _fill(self, text: str) -> None:
        ranked = [(rank(text, command), number) for number, command in enumerate(self._all)]
        order = sorted(
            (not self._all[number].action.isEnabled(), place, number)
            for place, number in ranked
            if place is not None
        )
        self.list.clear()
        for *_, number in order:
            self.list.addItem(self._item(number))
        self.list.setCurrentRow(0)

    def _item(self, number: int) -> QListWidgetItem:
        command = self._all[number]
        item = QListWidgetItem()
        item.setData(Qt.ItemDataRole.UserRole, number)
        item.setText(f"✓ {command.name}" if command.action.isChecked() else command.name)
        item.setData(_WHERE, " › ".join(command.path))
        item.setData(_KEYS, command.keys)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{command.name} {command.keys}")
        item.setToolTip(command.action.statusTip())
        if not command.action.isEnabled():
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
        return item

    def _command(self, row: int) -> Command:
        return self._all[self.list.item(row).data(Qt.ItemDataRole.UserRole)]

    def _do(self, item: QListWidgetItem | None) -> None:
        if item is None or not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        action = self._all[item.data(Qt.ItemDataRole.UserRole)].action
        self._close()
        action.trigger()

    def _close(self) -> None:
        self.hide()
        self._window.canvas.setFocus()

    def _place(self) -> None:
        width = min(self.WIDTH, self._window.width() - 40)
        height = min(56 + 34 * self.ROWS, self._window.height() - 120)
        self.setGeometry((self._window.width() - width) // 2, 56, width, height)


_WHERE, _KEYS = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2


class _Row(QStyledItemDelegate):
    """A command's name, the menus that lead to it, and its keys: painted, as every letter makes them anew."""

    HEIGHT = 34

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(0, self.HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        ground = QStyleOptionViewItem(option)
        style = option.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, ground, painter, option.widget)
        enabled = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        group = QPalette.ColorGroup.Active if enabled else QPalette.ColorGroup.Disabled
        text = option.palette.color(group, QPalette.ColorRole.WindowText)
        muted = option.palette.color(QPalette.ColorRole.PlaceholderText) if enabled else text
        place = option.rect.adjusted(10, 0, -10, 0)
        name = str(index.data())
        painter.setPen(text)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(muted)
        painter.drawText(
            place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, index.data(_KEYS)
        )
        left = option.fontMetrics.horizontalAdvance(name) + 8
        painter.drawText(place.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, index.data(_WHERE))


MARGIN, GAP = 18, 14
"""Logical pixels around the sheet, and between its columns."""


class Sheet(QDialog):
    """Every shortcut, menu by menu: one text, as a widget for every word would take longer than a frame."""

    MOST_COLUMNS = 4
    COLUMN = 220, 280
    """Logical pixels, with the gap beside it: what one needs, and what it takes where there is room."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle("Shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        groups: dict[str, list[tuple[str, str]]] = {}
        undo, redo = window.actions_.undo, window.actions_.redo
        steps = {undo: "Undo", redo: "Redo"}  # without what they would undo now
        for command in commands(window.menuBar().actions()):
            if command.keys:
                entry = (steps.get(command.action, command.name), command.keys)
                groups.setdefault(command.path[0], []).append(entry)
        groups["On the paper"] = list(GESTURES)
        room = window.screen().availableSize() * 0.97
        least, most = self.COLUMN
        there = room.width() - 2 * MARGIN - 24
        count = min(max(there // least, 1), self.MOST_COLUMNS)
        width = min(there // count - GAP, most)
        columns: list[list[str]] = [[] for _ in range(count)]
        heights = [0] * count
        for title, members in sorted(groups.items(), key=lambda group: -len(group[1])):
            place = heights.index(min(heights))
            heights[place] += len(members) + 2
            columns[place] += [title]
        cells = "".join(
            f"<td width='{width}' style='padding-right: {GAP if place < count - 1 else 0}px'>"
            f"{''.join(_group(title, groups[title]) for title in column)}</td>"
            for place, column in enumerate(columns)
        )
        self.text = QTextBrowser()
        self.text.setObjectName("sheet")
        self.text.setAccessibleName("Shortcuts")
        self.text.setLineWrapMode(QTextBrowser.LineWrapMode.NoWrap)
        page = self.text.document()
        page.setDocumentMargin(MARGIN)
        self.text.setHtml(f"<table cellspacing='0'><tr>{cells}</tr></table>")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 12)
        outer.addWidget(self.text)
        hint = QLabel("Ctrl+K finds every command by its name. Esc closes this sheet.")
        hint.setObjectName("hint")
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        outer.addWidget(hint)
        wanted = QSize(ceil(page.size().width()) + 16, ceil(page.size().height()) + 56)
        self.resize(wanted.boundedTo(room))


def _group(title: str, members: list[tuple[str, str]]) -> str:
    """A menu's name, and its commands with their keys, as HTML."""
    muted = QGuiApplication.palette().color(QPalette.ColorRole.PlaceholderText).name()
    rows = "".join(
        f"<tr><td style='padding-right: 8px; white-space: nowrap'>{escape(name)}</td>"
        f"<td align='right' style='color: {muted}; white-space: nowrap'>{escape(keys)}</td></tr>"
        for name, keys in members
    )
    return f"<table width='100%' cellpadding='2'><tr><td><b>{escape(title)}</b></td></tr>{rows}</table><br>"


class About(QDialog):
    """The version, the models and their licences, and the libraries."""

    def __init__(self, window: MainWindow, models: list[SavedModel]) -> None:
        super().__init__(window)
        self.setWindowTitle("About sketchrnn")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(560, 520)
        head = QHBoxLayout()
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(64, 64))
        head.addWidget(picture)
        head.addSpacing(8)
        title = QLabel(
            f"<span style='font-size: 18pt; font-weight: 600'>sketchrnn</span><br>version "
            f"{sketchrnn.__version__}<br>A canvas that finishes your drawing."
        )
        head.addWidget(title, 1)
        self.text = QTextBrowser()
        self.text.setOpenExternalLinks(True)
        self.text.setHtml(about_text(models))
        self.text.setAccessibleName("About")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(14)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        column.addWidget(buttons)


def about_text(models: list[SavedModel]) -> str:
    """What the program is made of, as HTML."""
    parts = [
        "<p>After D. Ha and D. Eck, <i>A Neural Representation of Sketch Drawings</i> (2017), "
        "arXiv 1704.03477.</p><p>The program is free under the Apache License 2.0.</p><h4>Models</h4>"
    ]
    for model in models:
        data = getattr(model, "data", {})
        licence = data.get("licence") or "licence of its data not stated"
        parts.append(
            f"<p><b>{escape(model.name)}</b>: {escape(model.description or 'a stroke model')}<br>"
            f"{escape(str(licence))}</p>"
        )
    if not models:
        parts.append("<p>None was found.</p>")
    parts.append("<h4>Libraries</h4>")
    parts += [f"<p>{escape(name)}: {escape(licence)}</p>" for name, licence in LIBRARIES]
    return "".join(parts)


class Help(QObject):
    """Puts all of it into a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        make = window.actions_.make
        self.palette_action = make("&Command Palette…", "Find anything by its name", "Ctrl+K")
        self.sheet_action = make("&Shortcuts", "All keys on one sheet", "F1")
        menu = window.actions_.help_menu
        menu.insertActions(window.actions_.about, [self.palette_action, self.sheet_action])
        menu.insertSeparator(window.actions_.about)
        self.palette_action.triggered.connect(lambda _=False: self.palette.open())
        self.sheet_action.triggered.connect(lambda _=False: self.open_sheet())
        window.actions_.about.triggered.connect(lambda _=False: self.open_about())
        self.hint = _Hint(window)
        if not window.settings.hint_seen:
            self.hint.show()
            window.canvas.stroke_started.connect(self._on_drawing)
            window.document.changed.connect(self.hint.hide)

    @cached_property
    def palette(self) -> Palette:
        """Made when it is first wanted."""
        return Palette(self._window)

    def open_sheet(self) -> Sheet:
        sheet = Sheet(self._window)
        sheet.open()
        return sheet

    def open_about(self) -> About:
        about = About(self._window, self._window.models)
        about.open()
        return about

    def set_colours(self, colours: Colours) -> None:
        self.hint.update()

    def _on_drawing(self) -> None:
        """Whoever draws has understood."""
        self.hint.hide()
        self._window.settings.hint_seen = True
        self._window.canvas.stroke_started.disconnect(self._on_drawing)


class _Hint(QLabel):
    """Three sentences in the middle of the empty paper; the pen goes through them."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(HINT, window.canvas)
        self._canvas = window.canvas
        self.setObjectName("first-run")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._canvas.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.setGeometry(self._canvas.rect())
        return super().eventFilter(watched, event)
