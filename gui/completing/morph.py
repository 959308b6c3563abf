"""The morph: two drawings, and what lies between them in the latent space."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSlider, QWidget

from gui import words
from gui.completing.ending import FRAME_MS
from gui.completing.variations import placed
from gui.look.side_panel import SidePanel
from gui.look.theme import Colours
from gui.models.worker import Run, Wish, Worker
from gui.paper.ink import PEN_WIDTH, pen
from gui.paper.paper import HEIGHT, PAPER, WIDTH
from gui.paper.picture import Strip, path_of
from sketchrnn.sketch import Bounds, Floats, Sketch

COARSE, FINE = 9, 33
"""Drawings of the strip, which come first, and of the film."""

SECONDS = 2.5
"""How long the film takes one way."""

CALM = 0.25
"""Times the temperature that is set: what differs shall be z, not chance."""

VEIL = 0.9
PLACE = 0.62
"""How much of the paper's height a morph takes where no drawing says how large it is."""

Film = list[tuple[int, Sketch]]


@dataclasses.dataclass(frozen=True)
class Between:
    """The drawings between two, from coarse to fine: each with its place in the film."""

    first: Sketch
    last: Sketch

    def draw(self, model: Any, wish: Wish) -> Iterator[Film]:
        """In the worker's thread."""
        for count in (COARSE, FINE):
            every = (FINE - 1) // (count - 1)
            film = model.interpolate(
                self.first, self.last, count, temperature=max(wish.temperature * CALM, 0.02), seed=wish.seed
            )
            yield [(number * every, sketch) for number, sketch in enumerate(film)]


class Morph(SidePanel):
    """Two drawings, a strip and a slider between them, played on the paper.

    Signals:
        previewed(): another drawing is to be seen on the paper.
        taken(object): the strokes of the one that is seen shall replace the drawing.
        export_wanted(): of `film`.
        open_wanted(int): a person wants to open a file as the first (0) or the second (1) drawing.
        failed(str): the model could not; one sentence.
    """

    previewed = Signal()
    taken = Signal(object)
    export_wanted = Signal()
    open_wanted = Signal(int)
    failed = Signal(str)

    def __init__(self, worker: Worker, parent: QWidget | None = None) -> None:
        super().__init__("Morph", parent)
        self._worker = worker
        self._wish: Callable[[], Wish | None] = lambda: None
        self._ends: list[Sketch | None] = [None, None]
        self._paper: Sketch | None = None
        self._place = PAPER
        self._frames: list[Sketch | None] = [None] * FINE
        self._run: Run[Film] | None = None
        self.ink_width: Callable[[], float] = lambda: PEN_WIDTH
        """Of the ink on the paper, in paper units."""
        self._open = False
        self._shows = True
        self._direction = 1
        self._lay_out()
        self._look = QTimer(self)
        self._look.setInterval(FRAME_MS)
        self._look.timeout.connect(self._on_look)
        self._clock = QTimer(self)
        self._clock.setInterval(round(1000 * SECONDS / (FINE - 1)))
        self._clock.timeout.connect(self._on_tick)

    # --- what a person does --------------------------------------------------------------------

    @property
    def open(self) -> bool:
        return self._open

    @property
    def film(self) -> list[Sketch]:
        """The drawings that are known, in their order and at one size."""
        return [placed(sketch, self._place) for sketch in self._frames if sketch is not None]

    @property
    def complete(self) -> bool:
        return all(sketch is not None for sketch in self._frames)

    def begin(self, paper: Sketch, wish: Callable[[], Wish | None], middle: bool = False) -> None:
        """Opens with what is on the paper as the first drawing, and one of the model's as the second.

        Args:
            paper: the drawing; where it is empty, both are the model's.
            wish: gives model, temperature and seed; asked anew for each film.
            middle: begins with the average of the two.
        """
        self._halt()
        self._open, self._shows, self._wish = True, True, wish
        self._paper = paper if len(paper) and paper.bounds.larger_side > 0.0 else None
        side = PLACE * HEIGHT
        middle_of_paper = Bounds(
            (WIDTH - side) / 2, (HEIGHT - side) / 2, (WIDTH + side) / 2, (HEIGHT + side) / 2
        )
        self._place = self._paper.bounds if self._paper is not None else middle_of_paper
        self._paper_buttons[0].setEnabled(self._paper is not None)
        self._paper_buttons[1].setEnabled(self._paper is not None)
        self._ends = [self._paper, None]
        self._slider.setValue((FINE - 1) // 2 if middle else 0)
        self.show()
        self._fill()

    def set_end(self, which: int, sketch: Sketch) -> None:
        """Another first (0) or second (1) drawing."""
        self._ends[which] = sketch
        self._fill()

    def ask_model(self, which: int) -> None:
        """Has the model draw the first (0) or the second (1) drawing."""
        self._ends[which] = None
        self._fill()

    def average(self) -> None:
        """The drawing halfway between the two."""
        self.pause()
        self._slider.setValue((FINE - 1) // 2)

    def play(self) -> None:
        self._direction = 1 if self._slider.value() < FINE - 1 else -1
        self._clock.start()
        self._show_playing()

    def pause(self) -> None:
        self._clock.stop()
        self._show_playing()

    @property
    def playing(self) -> bool:
        return self._clock.isActive()

    def look_away(self) -> None:
        """Shows nothing on the paper any more."""
        self.pause()
        self._shows = False
        self.previewed.emit()

    def end(self) -> None:
        """Closes it; nothing of it stays."""
        self._halt()
        self._open = False
        self._frames = [None] * FINE
        self.hide()
        self.previewed.emit()

    def paint(self, painter: QPainter, colours: Colours) -> None:
        """An overlay of the canvas: the drawing at the slider's place."""
        if not self._open or not self._shows:
            return
        veil = colours.colour("paper")
        veil.setAlphaF(VEIL)
        painter.fillRect(QRectF(QPointF(0, 0), QPointF(WIDTH, HEIGHT)), veil)
        sketch = self._at_slider()
        if sketch is not None:
            painter.setPen(pen(colours.colour("accent"), self.ink_width()))
            painter.drawPath(path_of(placed(sketch, self._place)))

    def set_colours(self, colours: Colours) -> None:
        super().set_colours(colours)
        for strip in (*self._pictures, self._strip):
            strip.set_colours(colours)

    # --- inside --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(6)
        self._pictures, self._paper_buttons = [], []
        for which, name in enumerate(("From", "To")):
            title = QLabel(name)
            title.setObjectName("hint")
            grid.addWidget(title, 0, which)
            picture = Strip(f"{name}: drawing", 116)
            self._pictures.append(picture)
            grid.addWidget(picture, 1, which)
            row = QHBoxLayout()
            row.setSpacing(2)
            paper = self.button(f"{name}: what is on the paper", "stroke", "What is on the paper")
            paper.clicked.connect(lambda _=False, which=which: self._use_paper(which))
            self._paper_buttons.append(paper)
            file = self.button(f"{name}: a file", "open", "Open a drawing")
            file.clicked.connect(lambda _=False, which=which: self.open_wanted.emit(which))
            model = self.button(f"{name}: drawn by the model", "another", "Another one, drawn by the model")
            model.clicked.connect(lambda _=False, which=which: self.ask_model(which))
            for button in (paper, file, model):
                row.addWidget(button)
            row.addStretch()
            grid.addLayout(row, 2, which)
        self.body.addLayout(grid)
        self._strip = Strip("Film strip", 54)
        self._strip.clicked.connect(self._on_strip)
        self.body.addWidget(self._strip)
        row = QHBoxLayout()
        self._play = self.button("Play", "play", "Play the morph on the paper")
        self._play.clicked.connect(self._on_play)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, FINE - 1)
        self._slider.setPageStep((FINE - 1) // (COARSE - 1))
        self._slider.setMinimumHeight(26)
        self._slider.setAccessibleName("Place between the two drawings")
        self._slider.setToolTip("From the first drawing to the second")
        self._slider.valueChanged.connect(self._on_slider)
        row.addWidget(self._play)
        row.addWidget(self._slider, 1)
        self.body.addLayout(row)
        row = QHBoxLayout()
        average = self.button("Average", "morph", "The drawing halfway between the two", "Average")
        average.clicked.connect(self.average)
        self._take = self.button("Take", "keep", "Put this drawing on the paper instead of yours", "Take")
        self._take.clicked.connect(self._on_take)
        self._export = self.button("Export…", "export", words.EXPORT_MORPH, "Export…")
        self._export.clicked.connect(self.export_wanted)
        for button in (average, self._take, self._export):
            row.addWidget(button)
        self.body.addLayout(row)
        self.body.addStretch(1)

    def _fill(self) -> None:
        """Draws what of the film is missing: everything, after another end was chosen."""
        self._halt()
        self._frames = [None] * FINE
        self._show_frames()
        wish = self._wish()
        if wish is None:
            return
        first, last, seed = self._ends[0], self._ends[1], wish.seed
        if first is not None and last is not None:
            self._run = self._worker.begin(wish, Between(first, last).draw)
        else:
            self._run = self._worker.begin(wish, self._with_samples(first, last, seed))
        self._look.start()

    def _with_samples(
        self, first: Sketch | None, last: Sketch | None, seed: int
    ) -> Callable[[Any, Wish], Iterator[Film]]:
        def draw(model: Any, wish: Wish) -> Iterator[Film]:
            made = iter(model.sample(2, label=wish.label, temperature=wish.temperature, seed=seed))
            ends = [next(made) if end is None else end for end in (first, last)]
            yield [(-2, ends[0]), (-1, ends[1])]  # who asked keeps them
            yield from Between(ends[0], ends[1]).draw(model, wish)

        return draw

    def _on_look(self) -> None:
        run = self._run
        if run is None:
            self._look.stop()
            return
        finished = run.finished
        for film in run.take():
            for place, sketch in film:
                if place < 0:
                    self._ends[place] = sketch
                else:
                    self._frames[place] = sketch
            self._show_frames()
        if finished:
            self._look.stop()
            if run.error is not None:
                self.failed.emit(run.error)

    def _show_frames(self) -> None:
        for picture, end in zip(self._pictures, self._ends, strict=True):
            picture.show_sketches([end])
        self._strip.show_sketches(self._frames[:: (FINE - 1) // (COARSE - 1)])
        ready = self._at_slider() is not None
        self._take.setEnabled(ready)
        self._export.setEnabled(self.complete)
        self._on_slider()

    def _at_slider(self) -> Sketch | None:
        """The known drawing that is nearest to the slider's place."""
        known = [number for number, sketch in enumerate(self._frames) if sketch is not None]
        if not known:
            return None
        return self._frames[min(known, key=lambda number: abs(number - self._slider.value()))]

    def _use_paper(self, which: int) -> None:
        if self._paper is not None:
            self.set_end(which, self._paper)

    def _on_slider(self) -> None:
        self._strip.mark(self._slider.value() / (FINE - 1))
        self.previewed.emit()

    def _on_strip(self, number: int) -> None:
        self.pause()
        self._slider.setValue(number * (FINE - 1) // (COARSE - 1))

    def _on_play(self) -> None:
        if self.playing:
            self.pause()
        else:
            self.play()

    def _on_tick(self) -> None:
        value = self._slider.value() + self._direction
        if not 0 <= value < FINE:
            self._direction = -self._direction
            value = self._slider.value() + self._direction
        self._slider.setValue(value)

    def _on_take(self) -> None:
        sketch = self._at_slider()
        if sketch is not None:
            strokes: list[Floats] = list(placed(sketch, self._place).strokes)
            self.end()
            self.taken.emit(strokes)

    def _show_playing(self) -> None:
        name = "pause" if self.playing else "play"
        self.change_icon(self._play, name, "Pause" if self.playing else "Play")

    def _halt(self) -> None:
        self._look.stop()
        self.pause()
        if self._run is not None:
            self._run.cancel()
            self._run = None


def export(path: Path, film: list[Sketch], strip: bool) -> None:
    """Writes a morph: a strip of nine as SVG, or a film as SVG or GIF.

    Raises:
        FormatError: it could not be written.
    """
    from sketchrnn import formats
    from sketchrnn.formats.film import write_film

    if strip:
        chosen = film[:: (FINE - 1) // (COARSE - 1)]
        formats.write_sheet(path, chosen, columns=len(chosen))
    else:
        write_film(path, film, seconds=SECONDS)
