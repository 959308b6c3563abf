"""The main window: assembles the parts and wires their signals; what they do is in their own files."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from gui import words
from gui.canvas.canvas import Canvas
from gui.completing.completing import Completing
from gui.completing.ending import Ending, State
from gui.files.dialogs import Dialogs
from gui.files.document import Document
from gui.files.export import Exporting
from gui.files.filing import Filing
from gui.files.recent import Recent
from gui.look.buttons import is_press
from gui.look.caption import Caption
from gui.look.icon import app_icon
from gui.look.notice import Notice
from gui.look.theme import Colours
from gui.models.worker import SavedModel, Worker
from gui.settings import Settings
from gui.tools import width
from gui.window.actions import Actions
from gui.window.bar import Bar
from gui.window.drawing import Drawing
from gui.window.help import Help
from gui.window.model_menu import ModelMenu
from sketchrnn.errors import SketchError
from sketchrnn.sketch import Author, Floats


class MainWindow(QMainWindow):
    """One window with one drawing.

    A person and the model draw together: whoever puts the pen down while the model's ink is not
    accepted yet has accepted it. One Undo takes that ink away again.

    Signals:
        closed(object): this window goes for good.
        scheme_chosen(): a person chose light, dark, or the system's colours; the settings have it.
    """

    closed = Signal(object)
    scheme_chosen = Signal()

    def __init__(self, worker: Worker, settings: Settings, dialogs: Dialogs | None = None) -> None:
        super().__init__()
        self.worker = worker
        self.settings = settings
        self.dialogs = dialogs or Dialogs(self)
        self.document = Document(self)
        self.ending = Ending(worker, self)
        self.filing = Filing(self.document, self.dialogs, settings, self.settle, self)
        self.actions_ = Actions(self)
        self.canvas = Canvas()
        self.notice = Notice()
        self.caption = Caption(words.HELLO)
        self._resting = ""
        self.bar = Bar(self.actions_)
        self._models: list[SavedModel] | None = None  # None: nobody looked yet
        self._lay_out()
        self._connect_actions()
        self._connect_parts()
        self.completing = Completing(self)
        self.drawing = Drawing(self)
        self.help = Help(self)
        self._restore()
        self._on_state(self.ending.state)
        self._on_file_changed()
        # Only when the window is there: the worker's imports would take the interpreter from it meanwhile.
        QTimer.singleShot(0, worker.find_models)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(1180, 860)

    def say(self, sentence: str) -> None:
        """Shows one sentence under the paper."""
        self.caption.setText(sentence or self._idle_sentence())

    def rest(self, sentence: str) -> None:
        """What is shown there while nothing else is to be said; empty: what can be done next."""
        if sentence != self._resting:
            self._resting = sentence
            self.say("")

    @property
    def models(self) -> list[SavedModel]:
        """The models that were found."""
        return self._models or []

    def set_colours(self, colours: Colours) -> None:
        for action in self.actions_.schemes.actions():
            action.setChecked(action.data() == self.settings.scheme.name)
        self.actions_.tint(colours)
        self.bar.set_colours(colours)
        self.canvas.set_colours(colours)
        self.completing.set_colours(colours)
        self.drawing.set_colours(colours)
        self.help.set_colours(colours)

    # --- assembling ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.setWindowIcon(app_icon())
        self.setMinimumSize(920, 520)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(16, 0, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.notice, 0, Qt.AlignmentFlag.AlignHCenter)
        self.middle = QHBoxLayout()
        self.middle.setSpacing(0)
        self.middle.addWidget(self.canvas, 1)
        column.addLayout(self.middle, 1)
        column.addWidget(self.caption)
        column.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setCentralWidget(middle)
        self.actions_.fill(self.menuBar())
        Recent(self.actions_.recent_menu, self.settings, self.filing.open_file)
        ModelMenu(self.actions_.use_menu, self.bar)
        self.canvas.setFocus()

    def _connect_actions(self) -> None:
        act = self.actions_
        for action, slot in (
            (act.new, self.filing.new),
            (act.open, self.filing.open),
            (act.save, self.filing.save),
            (act.save_as, self.filing.save_as),
            (act.export, Exporting(self).begin),
            (act.close, self.close),
            (act.undo, self.undo),
            (act.redo, self.redo),
            (act.clear, self.clear),
            (act.complete, self.complete),
            (act.another, self.complete),
            (act.stroke, self.next_stroke),
            (act.stop, self.ending.stop),
            (act.keep, self.keep),
            (act.discard, self.discard),
            (act.calmer, lambda: self.bar.step_temperature(-1)),
            (act.wilder, lambda: self.bar.step_temperature(+1)),
        ):
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
        act.authors.toggled.connect(self._on_authors)
        act.full_screen.toggled.connect(self._on_full_screen)
        act.schemes.triggered.connect(self._on_scheme)

    def _connect_parts(self) -> None:
        self.canvas.stroke_started.connect(self._on_stroke_started)
        self.canvas.stroke_drawn.connect(self._on_stroke_drawn)
        self.canvas.file_dropped.connect(self.filing.open_file)
        # Methods, not lambdas: Qt disconnects them before it takes the window apart.
        self.document.changed.connect(self._on_document_changed)
        self.document.file_changed.connect(self._on_file_changed)
        self.document.undo_stack.indexChanged.connect(self._enable)
        self.filing.said.connect(self.say)
        self.ending.point_drawn.connect(self.canvas.model_ink.add_point)
        self.ending.tip_moved.connect(self.canvas.model_ink.move_tip)
        self.ending.cleared.connect(self.canvas.model_ink.clear)
        self.ending.state_changed.connect(self._on_state)
        self.ending.stroke_started.connect(self._on_model_stroke)
        self.ending.finished.connect(self._on_model_finished)
        self.ending.empty.connect(self._on_model_empty)
        self.ending.failed.connect(self._on_model_failed)
        self.worker.models_listed.connect(self._on_models)
        self.worker.listing_failed.connect(self._on_listing_failed)
        self.worker.model_failed.connect(self._on_loading_failed)
        self.bar.model_chosen.connect(self._on_model_chosen)
        self.bar.temperature_chosen.connect(self._on_temperature)

    def _restore(self) -> None:
        self.bar.set_temperature(self.settings.temperature)
        self.actions_.authors.setChecked(self.settings.tells_authors)
        self.canvas.tell_authors(self.settings.tells_authors)
        if not self.restoreGeometry(self.settings.geometry):
            self.resize(self.sizeHint().boundedTo(self.screen().availableSize()))

    # --- what a person does --------------------------------------------------------------------

    def complete(self) -> None:
        """Lets the model draw an ending, or another one."""
        self._ask(one_stroke=False)

    def next_stroke(self) -> None:
        """One stroke of the model; a stroke that was offered before is kept."""
        self.settle()
        self._ask(one_stroke=True)

    def keep(self) -> None:
        self.settle()
        self.say(words.KEPT)

    def discard(self) -> None:
        if not self.completing.dismissed():
            self.ending.discard()
            self.say("")

    def settle(self) -> None:
        """Ink that is offered, or still being drawn, becomes part of the drawing."""
        strokes = self.ending.take()
        if strokes:
            self._add(strokes, Author.MODEL, text=self.completing.step_name())
            self.completing.settled()

    def undo(self) -> None:
        if self.ending.state is not State.NONE:
            self.discard()
        else:
            self.document.undo_stack.undo()
            self.say("")

    def redo(self) -> None:
        self.ending.discard()
        self.document.undo_stack.redo()
        self.say("")

    def clear(self) -> None:
        self.settle()
        self.document.clear()
        self.say(words.CLEARED)

    def _ask(self, one_stroke: bool) -> None:
        model = self.bar.model
        if model is None:
            self.say(words.LOOKING if self._models is None else words.NO_MODELS)
            return
        if self.canvas.pen_is_down:
            return
        self.completing.begin(one_stroke=one_stroke)
        empty = not self.document.strokes
        self.say(f"{model.name} thinks of something…" if empty else f"{model.name} looks at your drawing…")

    def _add(
        self,
        strokes: Sequence[ArrayLike],
        author: Author,
        pressures: Sequence[ArrayLike | None] | None = None,
        text: str | None = None,
    ) -> None:
        if author is Author.MODEL:  # its pen is as thick as the person's
            pressures = width.pressures(self.settings.pen_width, strokes)
        try:
            self.document.add(strokes, author, pressures, text)
        except SketchError as error:
            self.dialogs.tell("The paper is full", str(error))

    # --- what the parts report -----------------------------------------------------------------

    def _on_stroke_started(self) -> None:
        self.settle()
        self.completing.pen_down()
        self.say("")

    def _on_stroke_drawn(self, points: Floats, pressures: Floats | None = None) -> None:
        self._add([points], Author.HUMAN, [pressures])
        self.say("")
        self.completing.pen_up()

    def _on_state(self, state: State) -> None:
        self.bar.show_state(state)
        if state is not State.DRAWING:
            self.canvas.model_ink.hide_tip()
        self._enable()

    def _on_document_changed(self) -> None:
        self.canvas.show_strokes(self.document.strokes)

    def _enable(self) -> None:
        """Says which actions can be done. Three of them share a key; one of the three is enabled."""
        act, ending, stack = self.actions_, self.ending, self.document.undo_stack
        act.complete.setEnabled(ending.state is State.NONE)
        act.another.setEnabled(ending.state is State.OFFERED)
        act.stop.setEnabled(ending.at_work)
        act.stroke.setEnabled(not ending.at_work)
        act.keep.setEnabled(ending.state in (State.DRAWING, State.OFFERED))
        act.discard.setEnabled(ending.state is not State.NONE)
        act.undo.setEnabled(stack.canUndo() or ending.state is not State.NONE)
        act.redo.setEnabled(stack.canRedo())
        self.completing.enable()

    def _on_model_stroke(self, number: int) -> None:
        self.say(words.drawing(self.ending.model_name, number))

    def _on_model_finished(self, ended: bool) -> None:
        offered = self.ending.state is State.OFFERED
        self.say(words.offered(self.ending.model_name, ended) if offered else "")

    def _on_model_empty(self) -> None:
        self.say(words.NOTHING_TO_ADD)

    def _on_model_failed(self, sentence: str) -> None:
        self.say(words.COULD_NOT)
        self.dialogs.tell("The model stopped", sentence)

    def _on_models(self, models: list[SavedModel]) -> None:
        self._models = models
        current = self.bar.model.name if self.bar.model is not None else self.settings.model
        self.bar.show_models(models, self.completing.wanted or current)
        if self.bar.model is None:
            self.say(words.NO_MODELS)
        else:
            self.worker.prepare(self.bar.model)

    def _on_listing_failed(self, sentence: str) -> None:
        self._on_models([])
        self.say(sentence)

    def _on_loading_failed(self, _name: str, sentence: str) -> None:
        self.say(sentence)

    def _on_model_chosen(self, model: SavedModel) -> None:
        self.settings.model = model.name
        self.worker.prepare(model)
        self.canvas.setFocus()

    def _on_temperature(self, temperature: float) -> None:
        self.settings.temperature = temperature

    def _on_authors(self, on: bool) -> None:
        self.settings.tells_authors = on
        self.canvas.tell_authors(on)

    def _on_scheme(self, action: QAction) -> None:
        self.settings.scheme = Qt.ColorScheme[action.data()]
        self.scheme_chosen.emit()

    def _on_full_screen(self, on: bool) -> None:
        self.setWindowState(Qt.WindowState.WindowFullScreen if on else Qt.WindowState.WindowNoState)

    def _on_file_changed(self) -> None:
        self.setWindowTitle(f"{self.filing.name}[*] – sketchrnn")
        self.setWindowModified(self.document.modified)

    def _idle_sentence(self) -> str:
        if self._models == []:
            return words.NO_MODELS
        if self._resting:
            return self._resting
        return words.HELLO if not self.document.strokes else words.GO_ON

    # --- the window itself ---------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if is_press(event, self.focusWidget()):
            event.accept()  # the key is that button's, not a shortcut's
            return True
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if not self.filing.may_leave():
            event.ignore()
            return
        self.settings.geometry = self.saveGeometry()
        self.worker.stop()
        self.closed.emit(self)
        event.accept()
