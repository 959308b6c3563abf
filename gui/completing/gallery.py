"""The gallery: several endings side by side, drawn live; one of them may be taken."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QIntValidator, QPainter
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from gui import words
from gui.completing.ending import FRAME_MS
from gui.completing.tiles import Tiles
from gui.completing.variations import Step, Variations
from gui.look.side_panel import SidePanel
from gui.look.theme import Colours
from gui.models.pen import PenSpeed, Point
from gui.models.worker import Run, Worker
from gui.paper.ink import PEN_WIDTH, pen
from gui.paper.paper import HEIGHT, WIDTH
from sketchrnn.sketch import Floats

if TYPE_CHECKING:
    from gui.window.actions import Actions

MOST = 16
SEEDS = 1_000_000
"""Seeds are below: short enough to be told to somebody."""

BRISKER = 1.6
"""Side by side, pens are faster than one alone: nobody follows nine of them."""

VEIL = 0.88
"""How much a redrawn drawing hides of the one on the paper while it is looked at."""


class Gallery(SidePanel):
    """Draws variations, shows the one that is pointed at on the paper, and hands over the one taken.

    Signals:
        taken(object, bool): its strokes; True where they replace the drawing.
        previewed(): another one is to be seen on the paper, or more of it.
        count_chosen(int): a person wants so many side by side.
        rested(): every drawing in it is done.
        failed(str): the model could not; one sentence.
        said(str): something was done; one sentence.
    """

    taken = Signal(object, bool)
    previewed = Signal()
    count_chosen = Signal(int)
    rested = Signal()
    failed = Signal(str)
    said = Signal(str)

    def __init__(self, worker: Worker, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__("Other endings", parent)
        self._worker = worker
        self.variations: Variations | None = None
        self.speed = PenSpeed.CALM
        self.ink_width: Callable[[], float] = lambda: PEN_WIDTH
        """Of the ink on the paper, in paper units."""
        self._run: Run[Step] | None = None
        self._shown = -1  # on the paper
        self._wanted = -1  # clicked before all of it was known
        self._clock = 0.0
        self._like, self._different = actions.more_like, actions.more_different
        self.tiles = Tiles()
        self.tiles.hovered.connect(self._on_hovered)
        self.tiles.chosen.connect(self.take)
        self.body.addWidget(self.tiles, 1000)
        self._hint = QLabel(words.GALLERY)
        self._hint.setObjectName("hint")
        self._hint.setWordWrap(True)
        self.body.addWidget(self._hint)
        self._say_temperature = QLabel()
        self._say_temperature.setObjectName("hint")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.action_button(self._like))
        row.addWidget(self.action_button(self._different))
        self.body.addLayout(row)
        self.body.addLayout(self._seed_row())
        self.body.addStretch(1)
        self._like.triggered.connect(self._on_like)
        self._different.triggered.connect(self._on_different)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._on_frame)

    # --- what a person does --------------------------------------------------------------------

    def begin(self, variations: Variations) -> None:
        """Draws them, in place of those that are there."""
        self._halt()
        self.variations = variations
        self.set_title(variations.title)
        self.tiles.begin(variations.beginning, variations.count)
        for number in range(variations.count):
            if number == 0 and variations.first:
                self.tiles.put_drawn(0, variations.first)
                self.tiles.tiles[0].ended = True
            elif variations.model_ink:
                self.tiles.put_drawn(number, variations.model_ink)
        self._seed.setText(str(variations.wish.seed))
        self._say_temperature.setText(f"temperature {variations.wish.temperature:.2f}")
        self._count.setCurrentIndex(variations.count - 1)
        self._shown = self._wanted = -1
        self._run = self._worker.begin(variations.wish, variations.draw)
        self._clock = time.perf_counter()
        self._timer.start()
        self.show()
        self.enable()
        self.previewed.emit()

    def take(self, number: int) -> None:
        """Takes one; as soon as all of it is known, if it is not yet."""
        if not 0 <= number < len(self.tiles.tiles) or self.variations is None:
            return
        tile = self.tiles.tiles[number]
        if not tile.ended:
            self._wanted = number
            return
        strokes = tile.strokes
        if strokes:
            replaces = self.variations.replaces
            self.end()
            self.taken.emit(strokes, replaces)

    def look_away(self) -> None:
        """Shows none of them on the paper any more."""
        self._shown = -1
        self.previewed.emit()

    def end(self) -> None:
        """Closes it; nothing of it stays."""
        self._halt()
        self.variations = None
        self._shown = -1
        self.hide()
        self.tiles.begin((), 0)
        self.enable()
        self.previewed.emit()

    @property
    def open(self) -> bool:
        return self.variations is not None

    @property
    def resting(self) -> bool:
        """Whether every drawing in it is done."""
        return self.open and not self._timer.isActive()

    def enable(self) -> None:
        self._like.setEnabled(self.open and self.tiles.current >= 0)
        self._different.setEnabled(self.open)

    def paint(self, painter: QPainter, colours: Colours) -> None:
        """An overlay of the canvas: the one that is pointed at."""
        if self.variations is None or not 0 <= self._shown < len(self.tiles.tiles):
            return
        if self.variations.replaces:
            veil = colours.colour("paper")
            veil.setAlphaF(VEIL)
            painter.fillRect(QRectF(QPointF(0, 0), QPointF(WIDTH, HEIGHT)), veil)
        painter.setPen(pen(colours.colour("accent"), self.ink_width()))
        painter.drawPath(self.tiles.tiles[self._shown].path())

    def set_colours(self, colours: Colours) -> None:
        super().set_colours(colours)
        self.tiles.set_colours(colours)

    # --- inside --------------------------------------------------------------------------------

    def _seed_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        label = QLabel("&Seed")
        self._seed = QLineEdit()
        self._seed.setValidator(QIntValidator(0, 2**31 - 1, self))
        self._seed.setAccessibleName("Seed")
        self._seed.setToolTip("The same seed draws the same endings again. Type one and press Return.")
        self._seed.setFixedWidth(92)
        self._seed.returnPressed.connect(self._on_seed)
        label.setBuddy(self._seed)
        copy = self.button("Copy the seed", "copy", "Copy the seed")
        copy.clicked.connect(self._copy_seed)
        self._count = QComboBox()
        self._count.addItems([str(number) for number in range(1, MOST + 1)])
        self._count.setAccessibleName("How many")
        self._count.setToolTip("How many are drawn side by side")
        self._count.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._count.activated.connect(lambda index: self._on_count(index + 1))
        row.addWidget(label)
        row.addWidget(self._seed)
        self.head.insertWidget(2, self._count)
        row.addWidget(copy)
        row.addStretch()
        row.addWidget(self._say_temperature)
        return row

    def _copy_seed(self) -> None:
        QGuiApplication.clipboard().setText(self._seed.text())
        self.said.emit(words.SEED_COPIED.format(self._seed.text()))

    def _on_frame(self) -> None:
        now = time.perf_counter()
        seconds, self._clock = min(now - self._clock, 0.05), now
        run = self._run
        if run is None:
            self._timer.stop()
            return
        self._feed(run)
        self.tiles.advance(max(seconds, 1e-6) * self.speed.value * BRISKER)
        if self._shown >= 0:
            self.previewed.emit()
        if self._wanted >= 0 and self.tiles.tiles[self._wanted].ended:
            self.take(self._wanted)
        elif run.finished and all(tile.resting for tile in self.tiles.tiles):
            self._timer.stop()
            self.tiles.fit()
            if run.error is not None:
                self.failed.emit(run.error)
            else:
                self.rested.emit()

    def _feed(self, run: Run[Step]) -> None:
        finished = run.finished
        steps = run.take()
        for number, tile in enumerate(self.tiles.tiles):
            points: list[Point] = []
            for step in steps:
                point = step[number] if number < len(step) else None
                if point is None:
                    tile.ended = True
                else:
                    points.append(point)
            if points:
                self.tiles.put(number, points)
            if finished:
                tile.ended = True

    def _halt(self) -> None:
        self._timer.stop()
        if self._run is not None:
            self._run.cancel()
            self._run = None

    def _on_hovered(self, number: int) -> None:
        self._shown = number
        self.enable()
        self.previewed.emit()

    def _on_like(self) -> None:
        number = self.tiles.current
        if self.variations is not None and number >= 0:
            strokes: list[Floats] = self.tiles.tiles[number].strokes
            self.begin(self.variations.like(number, strokes, random.randrange(SEEDS)))

    def _on_different(self) -> None:
        if self.variations is not None:
            self.begin(self.variations.different(random.randrange(SEEDS)))

    def _on_seed(self) -> None:
        if self.variations is not None and self._seed.hasAcceptableInput():
            self.begin(self.variations.with_seed(int(self._seed.text())))

    def _on_count(self, count: int) -> None:
        self.count_chosen.emit(count)
        if self.variations is not None:
            self.begin(self.variations.with_count(count))
