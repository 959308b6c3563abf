"""Teach: a window in which a model learns a person's own drawings, and shows what it has learnt so far."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.dataset.browser import paint_drawing
from gui.dataset.collection import Entry
from gui.look.buttons import WIDE, push_button
from gui.look.icon import app_icon
from gui.look.theme import LIGHT, Colours
from gui.models.worker import LoadedModel, Priority, SavedModel, Worker
from gui.settings import Settings
from gui.teaching.plot import Plot
from gui.teaching.runs import MINUTES, Lesson, Run, check_drawings, clock, free_name, runs
from sketchrnn.errors import SketchRNNError
from sketchrnn.sketch import Sketch

LOOK_EVERY_MS = 1_000
SAMPLES_EVERY_MS = 30_000
SAMPLES = 8
FORM_WIDTH = 760
TEMPERATURE = 0.3


class Teach(QWidget):
    """Begins a lesson, or follows one: its losses, the time that is left, and endings that get better.

    The lesson is a process of its own. Closing this window, or the program, leaves it alone.

    Signals:
        model_changed(str): the model of this name is there, or better than before.
        closed(object): this window goes.
    """

    model_changed = Signal(str)
    closed = Signal(object)

    def __init__(self, folder: Path, models: Path, settings: Settings, worker: Worker) -> None:
        super().__init__()
        self._folder, self._models_folder, self._settings, self._worker = folder, models, settings, worker
        self.setObjectName("teach")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowIcon(app_icon())
        self.setWindowTitle("Teach a model – sketchrnn")
        self.resize(QSize(760, 680).boundedTo(self.screen().availableSize()))
        self._bases: list[SavedModel] = []
        self.run: Run | None = None
        self._last: Run | None = None
        self._halves: list[Sketch] = []
        self._sampled: float = 0.0
        self._lay_out()
        worker.models_listed.connect(self._on_models)
        worker.find_models()
        self._look = QTimer(self)
        self._look.setInterval(LOOK_EVERY_MS)
        self._look.timeout.connect(self.look)
        self._sample = QTimer(self)
        self._sample.setInterval(SAMPLES_EVERY_MS)
        self._sample.timeout.connect(self._draw_samples)
        last = next(iter(runs(folder)), None)
        if last is not None and last.alive:
            self.follow(last)
        else:
            self._show_form(last)

    def set_colours(self, colours: Colours) -> None:
        self.plot.colours = colours
        self.samples.colours = colours
        self.update()

    # --- what a person does --------------------------------------------------------------------

    def propose(self, data: Path) -> None:
        """Fills in the form for these drawings; a lesson that goes on is followed all the same."""
        self.data.setText(str(data))
        self.name.setText(self._free_name(_name_for(data)))
        if self.run is None or not self.run.alive:
            self._show_form(self.run or self._last)
            self.start_button.setFocus()

    def start(self) -> None:
        """Begins the lesson that the form describes."""
        place = self.base.currentIndex()
        data = Path(self.data.text()).expanduser()
        if not self.data.text():
            self._tell("Choose a file with your drawings.")
            return
        if not 0 <= place < len(self._bases):
            self._tell("There is no model to begin with yet.")
            return
        name = self._free_name(self.name.text() or _name_for(data))
        lesson = Lesson(name, self._models_folder / name, data, self._bases[place].path, self.minutes.value())
        self.start_button.setEnabled(False)
        self._tell("Reading the drawings…")
        self._worker.ask(None, lambda _: check_drawings(data), lambda _: self._begin(lesson), self._not_begun)

    def _free_name(self, wanted: str) -> str:
        return free_name(wanted, self._models_folder, {model.name for model in self._bases})

    def _begin(self, lesson: Lesson) -> None:
        run = Run(lesson, self._folder)
        try:
            run.begin()
        except (SketchRNNError, OSError) as error:
            self._not_begun(str(error))
            return
        self._not_begun("")
        self.follow(run)

    def _not_begun(self, sentence: str) -> None:
        self.start_button.setEnabled(True)
        self._tell(sentence)

    def follow(self, run: Run) -> None:
        """Shows how a lesson goes."""
        self.run, self._sampled = run, 0.0
        self._title.setText(run.lesson.name)
        self.plot.show_losses(run.course.steps, run.course.validations)
        self._halves = []
        self._worker.ask(None, lambda _: _halves_of(run.lesson.data), self._on_halves)
        self.samples.show_drawings([])
        self._pages.setCurrentIndex(1)
        self._look.start()
        self._sample.start()
        self.look()

    def stop(self) -> None:
        if self.run is not None:
            self.run.stop()
            self._state.setText("Stopping, and keeping what was learnt…")

    def resume(self) -> None:
        """The lesson goes on for as long again."""
        if self.run is None:
            return
        try:
            self.run.begin(resume=True)
        except (SketchRNNError, OSError) as error:
            self._state.setText(str(error))
            return
        self._look.start()
        self._sample.start()
        self.look()

    def another(self) -> None:
        """Back to the form."""
        self._show_form(self.run)

    def back(self) -> None:
        """To the lesson before, to see what it brought or to go on with it."""
        if self._last is not None:
            self.follow(self._last)

    def _show_form(self, last: Run | None) -> None:
        self.run, self._last = None, last
        self._look.stop()
        self._sample.stop()
        there = last is not None and (last.can_go_on or last.weights.exists())
        self.back_button.setVisible(there)
        if there and last is not None:
            self.back_button.setText(f"Back &to “{last.lesson.name}”")
        self._pages.setCurrentIndex(0)

    # --- assembling ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(_in_the_middle(self._form()))
        self._pages.addWidget(self._course())
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.addWidget(self._pages)
        QShortcut(QKeySequence("Ctrl+W"), self, self.close)
        QShortcut(QKeySequence("Esc"), self, self.close)

    def _form(self) -> QWidget:
        page = QWidget()
        self.data, self.name = QLineEdit(), QLineEdit()
        self.data.setPlaceholderText("A file with at least ten drawings of one thing")
        self.data.setAccessibleName("Drawings")
        self.name.setAccessibleName("Name of the new model")
        self.base = QComboBox()
        self.base.setAccessibleName("Model to begin with")
        self.minutes = _minutes_box()
        choose = push_button("Choose…", self._choose_file)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.data, 1)
        row.addWidget(choose)
        form = QFormLayout()
        form.setVerticalSpacing(12)
        form.setHorizontalSpacing(16)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for_data = QLabel("&Drawings")
        for_data.setBuddy(self.data)
        form.addRow(for_data, row)
        form.addRow("&Begin with", self.base)
        form.addRow("&Name", self.name)
        form.addRow("&For", self.minutes)
        for field in (self.data, self.base, self.name, self.minutes):
            name = form.labelForField(row if field is self.data else field)
            if name is not None:
                name.setFixedHeight(field.sizeHint().height() + 12)  # beside the words in the field
        self._message = QLabel()
        self._message.setWordWrap(True)
        self.start_button = push_button("Start", self.start, main=True)
        self.start_button.setMinimumWidth(WIDE)
        intro = QLabel(
            "A model that knows how people draw learns your manner from your own drawings. "
            "It trains in a process of its own: you can close this window, and the program, meanwhile."
        )
        intro.setWordWrap(True)
        intro.setObjectName("caption")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(intro)
        column.addLayout(form)
        self.back_button = push_button("Back", self.back)
        last = QHBoxLayout()
        last.addWidget(self.back_button)
        last.addWidget(self._message, 1)
        last.addWidget(self.start_button)
        column.addLayout(last)
        column.addStretch()
        return page

    def _course(self) -> QWidget:
        page = QWidget()
        self._title = QLabel()
        self._title.setObjectName("title")
        self._state = QLabel()
        self._state.setObjectName("caption")
        self._state.setWordWrap(True)
        self.plot = Plot()
        self.samples = _Samples()
        self.stop_button = push_button("&Stop", self.stop)
        self.resume_button = push_button("&Go On", self.resume)
        self.another_button = push_button("Teach &Another", self.another)
        hint = QLabel("Your beginnings, and in colour how the model ends them, anew every half minute.")
        hint.setObjectName("caption")
        buttons = QHBoxLayout()
        buttons.addWidget(self.another_button)
        buttons.addStretch()
        buttons.addWidget(self.resume_button)
        buttons.addWidget(self.stop_button)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for widget, stretch in (
            (self._title, 0),
            (self._state, 0),
            (self.plot, 2),
            (hint, 0),
            (self.samples, 3),
        ):
            column.addWidget(widget, stretch)
        column.addLayout(buttons)
        return page

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self,
            "Your drawings",
            str(self._settings.folder),
            "Drawings (*.ndjson *.npz *.bin)",
        )
        if name:
            self.propose(Path(name))

    # --- what happens --------------------------------------------------------------------------

    def look(self) -> None:
        """Reads what the process has told since the last time."""
        run = self.run
        if run is None:
            return
        before = run.course.saved, len(run.course.validations)
        if run.read():
            self.plot.show_losses(run.course.steps, run.course.validations)
        alive = run.alive
        if run.course.saved and (run.course.saved, len(run.course.validations)) != before:
            if not self._sampled:
                self._draw_samples()
            self.model_changed.emit(run.lesson.name)
        if not alive:
            self._look.stop()
            self._sample.stop()
            self._draw_samples()
            if run.course.saved:
                self.model_changed.emit(run.lesson.name)
        self._state.setText(describe(run, alive))
        self.stop_button.setVisible(alive)
        self.resume_button.setVisible(run.can_go_on)
        self.another_button.setEnabled(not alive)

    def _draw_samples(self) -> None:
        """Asks for new endings if the model is another than last time."""
        run = self.run
        if run is None or not run.weights.exists():
            return
        written = run.weights.stat().st_mtime
        if written == self._sampled or not self._halves:
            return
        self._sampled = written
        model = _Taught(run.lesson.name, run.lesson.out, run.lesson.description)
        halves = self._halves
        self._worker.ask(
            model,
            lambda loaded: [_ended(loaded, half, seed) for seed, half in enumerate(halves)],
            self._on_samples,
            lambda _: None,
            Priority.WHENEVER,
        )

    def _on_halves(self, halves: list[Sketch]) -> None:
        self._halves = halves
        if not self._sampled:  # what is to be ended can be seen already
            self.samples.show_drawings([Entry.of(half) for half in halves])
        self._draw_samples()

    def _on_samples(self, drawings: list[Sketch]) -> None:
        self.samples.show_drawings([Entry.of(drawing) for drawing in drawings])

    def _on_models(self, models: list[SavedModel]) -> None:
        chosen = self.base.currentText() or self._settings.model
        self._bases = list(models)
        self.base.clear()
        self.base.addItems([model.name for model in models])
        names = [model.name for model in models]
        if chosen in names:
            self.base.setCurrentIndex(names.index(chosen))

    def _tell(self, sentence: str) -> None:
        self._message.setText(sentence)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self._look.stop()
        self._sample.stop()
        self._worker.stop()
        self.closed.emit(self)
        event.accept()


def _in_the_middle(form: QWidget) -> QWidget:
    """A form no wider than its lines can be read, however wide the window is."""
    page = QWidget()
    form.setMaximumWidth(FORM_WIDTH)
    row = QHBoxLayout(page)
    row.setContentsMargins(0, 0, 0, 0)
    row.addStretch()
    row.addWidget(form, 1000)  # all there is, up to that
    row.addStretch()
    return page


def _name_for(data: Path) -> str:
    """What a model is called that learns these drawings, if nobody says."""
    return data.stem if data.stem.casefold().startswith("my") else f"my-{data.stem}"


def _minutes_box() -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setDecimals(0)
    box.setRange(1, 600)
    box.setValue(MINUTES)
    box.setSuffix(" minutes")
    box.valueChanged.connect(lambda value: box.setSuffix(" minute" if value == 1 else " minutes"))
    box.lineEdit().setTextMargins(8, 0, 0, 0)
    box.setAccessibleName("Minutes")
    return box


class _Taught:
    """What the worker has to know of a model that is still learning."""

    labels: tuple[str, ...] = ()
    conditional = True
    frame = 0.0

    def __init__(self, name: str, path: Path, description: str) -> None:
        self.name, self.path, self.description = name, path, description


class _Samples(QWidget):
    """Some endings, side by side."""

    COLUMNS = 4

    def __init__(self) -> None:
        super().__init__()
        self.colours = LIGHT
        self._entries: list[Entry] = []
        self.setMinimumHeight(180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Samples of the model")

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(640, 280)

    @property
    def count(self) -> int:
        return len(self._entries)

    def show_drawings(self, entries: list[Entry]) -> None:
        self._entries = entries
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            rows = SAMPLES // self.COLUMNS
            width, height = self.width() / self.COLUMNS, self.height() / rows
            for place in range(SAMPLES):
                cell = QRectF(place % self.COLUMNS * width, place // self.COLUMNS * height, width, height)
                cell = cell.adjusted(4, 4, -4, -4)
                painter.setPen(QPen(self.colours.colour("border"), 1))
                painter.setBrush(self.colours.colour("paper"))
                painter.drawRoundedRect(cell, 8, 8)
                if place < len(self._entries):
                    paint_drawing(painter, cell.adjusted(8, 8, -8, -8), self._entries[place], self.colours)


def describe(run: Run, alive: bool) -> str:
    """How a lesson goes, in a sentence or two."""
    course = run.course
    better = ""
    if len(course.nats) > 1:
        best = min(course.nats)
        better = f" Held-back drawings: {course.nats[0]:.2f} nats a point at first, {best:.2f} at best."
    if alive and not course.steps:
        return "Getting ready: reading the drawings and loading the model…"
    if alive:
        left = "" if course.seconds_left is None else f" {clock(course.seconds_left)} left."
        return f"Step {course.step:,}.{left}{better}"
    failed = run.why_it_failed()
    if failed is not None:
        return failed
    ended = "Done." if course.ended else "It stopped before its end; what was learnt until then is kept."
    return f"{ended} “{run.lesson.name}” is among the models.{better}" if course.saved else ended


def _halves_of(data: Path) -> list[Sketch]:
    """Beginnings of some of the drawings, spread over the file."""
    from sketchrnn import formats

    drawings = [drawing for drawing in formats.read(data) if len(drawing)]
    step = max(1, len(drawings) // SAMPLES)
    return [drawing[: max(1, len(drawing) // 2)] for drawing in drawings[step - 1 :: step][:SAMPLES]]


def _ended(model: LoadedModel, half: Sketch, seed: int) -> Sketch:
    """An ending of a beginning, told what it is if the model knows that."""
    info = getattr(model, "info", None)
    label = half.label if info is not None and half.label in info.labels else None
    return model.complete(half, label=label, temperature=TEMPERATURE, seed=seed)  # type: ignore[attr-defined]
