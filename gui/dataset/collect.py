"""Collect: a window for drawing many examples of one thing quickly, one after another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import (
    QCompleter,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.canvas.canvas import Canvas
from gui.dataset.browser import Drawings, Thumbnails, Wall
from gui.dataset.collection import Entry
from gui.dataset.examples import TARGET, Examples, known_labels, save_data_set
from gui.files.autosave import Autosave
from gui.files.background import Background
from gui.files.document import Document
from gui.look.buttons import WIDE, push_button
from gui.look.icon import app_icon
from gui.look.theme import LIGHT, Colours
from gui.paper.ink import inks
from gui.settings import Settings
from sketchrnn.errors import SketchError
from sketchrnn.sketch import Author, Floats, Sketch
from sketchrnn.words import plural

HELLO = "Say what you draw, draw it, and press Return for the next one."
FIRST_LESSON = 10
"""Drawings that make a data set."""

ENOUGH = "That is enough to teach a model. More make it better."


class Collect(QWidget):
    """The paper, what is drawn on it, how many there are, and the wall of those that are done.

    Every finished drawing is in a file of its own thing, and the unfinished one in an autosave.

    Signals:
        train_wanted(object): a person wants a model to learn from this file.
        closed(object): this window goes.
    """

    train_wanted = Signal(object)
    closed = Signal(object)

    def __init__(
        self, folder: Path, settings: Settings, background: Background, state: Path | None = None
    ) -> None:
        super().__init__()
        self._folder, self._settings, self._background = folder, settings, background
        self.setObjectName("collect")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowIcon(app_icon())
        self.setWindowTitle("Collect drawings – sketchrnn")
        self.resize(QSize(1100, 740).boundedTo(self.screen().availableSize()))
        self.document = Document(self)
        self._autosave = Autosave(self.document, background, state, self) if state is not None else None
        self.canvas = Canvas()
        self.examples: Examples | None = None
        self._begun: list[Sketch] = []  # to be finished when the one on the paper is done
        self._label: str | None = None  # of the examples that are there, or on their way
        self.label = QLineEdit()
        self.counter = _Counter()
        self.caption = QLabel(HELLO)
        self.wall = Drawings(self)
        self._view = Wall()
        self._thumbnails = Thumbnails(self.wall, self)
        self._buttons: dict[str, QPushButton] = {}
        self._lay_out()
        self._connect()
        self.label.setText(settings.collected or "")
        self._show_count()
        self._choose()
        (self.canvas if self._label is not None else self.label).setFocus()

    def set_colours(self, colours: Colours) -> None:
        self.canvas.set_colours(colours)
        self.counter.colours = colours
        self._thumbnails.colours = colours
        self.update()

    # --- what a person does --------------------------------------------------------------------

    def next(self) -> None:
        """The drawing is done; empty paper for another one."""
        if self.canvas.pen_is_down or not (self.document.strokes or self._begun):
            return
        self._wait()
        if self.examples is None:
            self.label.setFocus()
            self.caption.setText("What is it? Write it above, then press Return again.")
            return
        if self.document.strokes:
            self.examples.add(self.document.sketch)
            self.wall.add([_unnamed(self.examples.drawings[-1])])
            self._view.scrollToBottom()
        if self._begun:
            self._lay(self._begun.pop())
        else:
            self.document.new()
        self._show_count()

    def redo_last(self) -> None:
        """The drawing before comes back on paper, to be changed; an unfinished one waits until it is done."""
        self._wait()
        if self.examples is None or self.canvas.pen_is_down:
            return
        last = self.examples.take_back()
        if last is not None:
            if self.document.strokes:
                self._begun.append(self.document.sketch)
            self.wall.take_last()
            self._lay(last)
            self._show_count()

    def _lay(self, sketch: Sketch) -> None:
        """A drawing that is in no file until it is done, but in the autosave."""
        self.document.bring_back(inks(sketch), None, None)

    def save(self) -> None:
        """Writes a data set that anybody can train on."""
        if self.examples is None or not self._are_enough():
            return
        suggestion = self._settings.folder / f"{self.examples.path.stem}.npz"
        name, _ = QFileDialog.getSaveFileName(
            self, "Save as a data set", str(suggestion), "Sketch-rnn data set (*.npz)"
        )
        if name:
            self.save_to(Path(name) if name.lower().endswith(".npz") else Path(f"{name}.npz"))

    def save_to(self, path: Path) -> None:
        assert self.examples is not None
        drawings = tuple(self.examples.drawings)

        def saved(_: None) -> None:
            self._settings.folder = path.parent
            self.caption.setText(f"Saved {plural(len(drawings), 'drawing')} to {path.name}.")

        self.caption.setText(f"Saving {path.name}…")
        self._background.ask(lambda: save_data_set(path, drawings), saved, self.caption.setText)

    def train(self) -> None:
        if self.examples is not None and self._are_enough():
            path = self.examples.path  # is written before it is this one's turn
            self._background.ask(lambda: path, self.train_wanted.emit, self.caption.setText)

    def _are_enough(self) -> bool:
        """For a data set; says how many more it takes where not."""
        lacking = FIRST_LESSON - len(self.examples or ())
        if lacking > 0:
            self.caption.setText(f"It takes {FIRST_LESSON} drawings; draw {lacking} more.")
        return lacking <= 0

    def _wait(self) -> None:
        """Until the examples that were asked for are there."""
        if self._label is not None and (self.examples is None or self.examples.label != self._label):
            self._background.finish()

    # --- assembling ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.label.setPlaceholderText("What do you draw? A cat, a tree, your signature…")
        self.label.setAccessibleName("What you draw")
        self.label.setCompleter(QCompleter(known_labels(self._folder), self.label))
        self.caption.setObjectName("caption")
        self.caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
        view = self._view
        view.setModel(self.wall)
        view.setItemDelegate(self._thumbnails)
        view.setFlow(QListView.Flow.LeftToRight)
        view.setWrapping(True)
        view.setUniformItemSizes(True)
        view.setAccessibleName("Drawings so far")
        view.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        view.setFixedWidth(264)
        self._thumbnails.unfinished.connect(view.viewport().update)
        top = QHBoxLayout()
        top.addWidget(self.label, 1)
        top.addSpacing(12)
        top.addWidget(self.counter)
        bottom = QHBoxLayout()
        for name, tip, slot, main in (
            ("Undo Stroke", "Take the last stroke back (Ctrl+Z)", self.document.undo_stack.undo, False),
            ("Redo Last", "The drawing before, once more (Backspace)", self.redo_last, False),
            ("Save as Data Set…", "A file to train on (Ctrl+S)", self.save, False),
            ("Train on These…", "Teach a model your manner (Ctrl+T)", self.train, False),
            ("Next", "This one is done (Return)", self.next, True),
        ):
            if name == "Next":
                bottom.addStretch()
            self._buttons[name] = self._button(name, tip, slot, main)
            bottom.addWidget(self._buttons[name])
        middle = QHBoxLayout()
        middle.setSpacing(8)
        middle.addWidget(self.canvas, 1)
        middle.addWidget(view)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addLayout(top)
        column.addLayout(middle, 1)
        column.addWidget(self.caption)
        column.addLayout(bottom)

    def _button(self, name: str, tip: str, slot: Callable[[], None], main: bool) -> QPushButton:
        button = push_button(name, slot, main=main)
        button.setToolTip(tip)
        button.setAccessibleName(name.rstrip("…"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if main:
            button.setMinimumWidth(WIDE)
        return button

    def _connect(self) -> None:
        self.canvas.stroke_drawn.connect(self._on_stroke)
        self.document.changed.connect(lambda: self.canvas.show_strokes(self.document.strokes))
        self.canvas.space_tapped.connect(self.next)
        self.label.editingFinished.connect(self._choose)
        self.label.returnPressed.connect(self.canvas.setFocus)
        self._background.failed.connect(self._on_failed)
        slot: Callable[[], object]
        for keys, slot in (
            (("Return", "Enter"), self.next),
            (("Backspace",), self.redo_last),
            (("Ctrl+Z",), self.document.undo_stack.undo),
            (("Ctrl+Shift+Z", "Ctrl+Y"), self.document.undo_stack.redo),
        ):
            for key in keys:  # only while the paper has the keyboard: the label needs them for itself
                QShortcut(
                    QKeySequence(key),
                    self.canvas,
                    lambda slot=slot: slot(),
                    context=Qt.ShortcutContext.WidgetShortcut,
                )
        for key, slot in (("Ctrl+S", self.save), ("Ctrl+T", self.train), ("Ctrl+W", self.close)):
            QShortcut(QKeySequence(key), self, lambda slot=slot: slot())

    # --- what happens --------------------------------------------------------------------------

    def _on_stroke(self, points: Floats, pressures: Floats | None = None) -> None:
        try:
            self.document.add([points], Author.HUMAN, [pressures])
        except SketchError as error:
            self.caption.setText(str(error))

    def _choose(self) -> None:
        """Another thing is drawn from now on; those that were drawn of it before are there again."""
        label = " ".join(self.label.text().split())
        if not label or label == self._label:
            return
        self._label = label
        folder, background = self._folder, self._background

        def read() -> tuple[Examples, list[Entry]]:
            examples = Examples(folder, label, background)
            return examples, [_unnamed(sketch) for sketch in examples.drawings]

        background.ask(read, self._on_examples, self._on_unreadable)

    def _on_examples(self, found: tuple[Examples, list[Entry]]) -> None:
        examples, entries = found
        if examples.label != self._label:  # another one was named meanwhile
            return
        self.examples = examples
        self._settings.collected = examples.label
        self.wall.clear()
        self.wall.add(list(entries))
        self._view.scrollToBottom()
        self._show_count()

    def _on_unreadable(self, sentence: str) -> None:
        self._label = self.examples.label if self.examples is not None else None
        self.caption.setText(sentence)

    def _show_count(self) -> None:
        count = len(self.examples) if self.examples is not None else 0
        self.counter.show_count(count)
        if count >= TARGET:
            self.caption.setText(ENOUGH)
        elif count:
            more = (
                f" {FIRST_LESSON - count} more, and a model can learn them." if count < FIRST_LESSON else ""
            )
            self.caption.setText(f"Return: next. Backspace: the last one again.{more}")
        else:
            self.caption.setText(HELLO)
        self._buttons["Train on These…"].setEnabled(count >= FIRST_LESSON)
        self._buttons["Save as Data Set…"].setEnabled(count >= FIRST_LESSON)
        self._buttons["Redo Last"].setEnabled(count > 0)

    def _on_failed(self, key: object, sentence: str) -> None:
        if self.examples is not None and key == self.examples.path:
            self.caption.setText(sentence)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """The unfinished drawing is one of them, or, where it has no name yet, offered at the next start."""
        self.canvas.lift()
        self._wait()
        while self.document.strokes and self.examples is not None:
            self.next()
        if self._autosave is not None:
            self._autosave.close(keep=bool(self.document.strokes))
        self._background.finish()
        self.closed.emit(self)
        event.accept()


def _unnamed(sketch: Sketch) -> Entry:
    """All of them show the same: a number says more than the label."""
    return Entry.of(sketch)._replace(label=None)


class _Counter(QWidget):
    """How many there are, beside a ring that closes at the target."""

    def __init__(self) -> None:
        super().__init__()
        self.colours = LIGHT
        self._count = 0
        self.setFixedSize(170, 44)
        self.show_count(0)

    @property
    def text(self) -> str:
        return f"{self._count} of {TARGET}" if self._count < TARGET else f"{self._count} drawings"

    def show_count(self, count: int) -> None:
        self._count = count
        self.setAccessibleName(self.text)
        self.setToolTip(f"{TARGET} make a good beginning")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ring = QRectF(4, 6, 32, 32)
            pen = QPen(self.colours.colour("pressed"), 5)
            painter.setPen(pen)
            painter.drawEllipse(ring)
            pen.setColor(self.colours.colour("accent"))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            share = min(self._count / TARGET, 1.0)
            if share:
                painter.drawArc(ring, 90 * 16, -round(share * 360 * 16))
            painter.setPen(self.colours.colour("text"))
            font = painter.font()
            font.setPointSizeF(font.pointSizeF() * 1.25)
            painter.setFont(font)
            painter.drawText(self.rect().adjusted(50, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text)
