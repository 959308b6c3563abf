"""Completing: what a person may ask of the model beside one ending, and how the window offers it."""

from __future__ import annotations

import dataclasses
import random
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction, QKeySequence, QShortcut

from gui import words
from gui.completing.ending import State
from gui.completing.gallery import SEEDS, Gallery
from gui.completing.ghost import Ghost
from gui.completing.morph import Morph
from gui.completing.morph_files import export_film, open_end
from gui.completing.naming import Naming
from gui.completing.sizing import Sizing
from gui.completing.variations import Endings, Redrawings
from gui.look.theme import LIGHT, Colours
from gui.look.tips import explain
from gui.models.model_folder import ModelFolders, bring_in
from gui.models.pen import PenSpeed
from gui.models.worker import Priority, SavedModel, Wish
from gui.paper.ink import Ink, inks
from gui.tools.width import pressures
from sketchrnn.sketch import Author, Floats, Sketch

if TYPE_CHECKING:
    from gui.window.main_window import MainWindow

ROOMY = 1280
"""Logical pixels of a window in which a panel and both rails leave the paper large enough."""

LOOK_MS = 30
"""How often it is looked whether the pen that closes a panel was lifted."""

NOTCHES = 2
"""Steps of the slider by which a repeated ending is wilder or more careful."""

P = TypeVar("P", Gallery, Morph)


class Completing(QObject):
    """Suggestions while drawing, repeating, and the model's pen speed. Belongs to one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._settings = window.settings
        self.ghost = Ghost(window.worker, self)
        self._colours = LIGHT
        self._panels: list[Gallery | Morph] = []  # those that were opened yet
        self.naming = Naming(window)
        self.sizing = Sizing(window)
        self.models = ModelFolders(window.worker, self)
        self._numbers = [QShortcut(QKeySequence(str(n)), window) for n in range(1, 10)]
        self._last: Wish | None = None
        self._kept_at: int | None = None  # where the undo stack was when the last ending was kept
        self._taking = False
        self._finished: tuple[Ink, ...] | None = None  # the drawing that the model took for finished
        self.wanted: str | None = None
        """The name of a model that is to be chosen when it is listed."""
        self._model: SavedModel | None = None
        self._lifted = QTimer(self)
        self._lifted.setInterval(LOOK_MS)
        self._lifted.timeout.connect(self._on_lifted)
        self._connect()
        self._restore()

    def _connect(self) -> None:
        window, act = self._window, self._window.actions_
        window.canvas.add_overlay(self.ghost.paint)
        self.ghost.ink_width = window.canvas.ink_width
        self.ghost.changed.connect(self._on_ghost)
        window.ending.empty.connect(self._on_empty)
        window.bar.label_button.label_chosen.connect(self._on_label)
        window.bar.model_chosen.connect(self._on_model)
        window.worker.models_listed.connect(self._on_models_listed)
        self.models.changed.connect(window.worker.find_models)
        for number, shortcut in enumerate(self._numbers):
            shortcut.activated.connect(lambda number=number: self.gallery.take(number))
        window.document.changed.connect(self._on_document_changed)
        window.canvas.addAction(act.take_suggestion)
        window.canvas.addAction(act.take_one_stroke)
        for action, slot in (
            (act.go_on, self.go_on),
            (act.endings, self.other_endings),
            (act.import_model, self.import_model),
            (act.what, self.naming.open),
            (act.redraw, self.redraw),
            (act.morph, self.open_morph),
            (act.average, lambda: self.open_morph(middle=True)),
            (act.repeat, self.repeat),
            (act.again_calmer, self._again_calmer),
            (act.again_wilder, self._again_wilder),
            (act.take_suggestion, self.take_suggestion),
            (act.take_one_stroke, self.take_one_stroke),
        ):
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
        act.suggest.toggled.connect(self._on_suggest)
        act.speeds.triggered.connect(self._on_speed)

    def _restore(self) -> None:
        act, speed = self._window.actions_, self._settings.pen_speed
        act.suggest.setChecked(self._settings.suggests)
        self._window.ending.speed = speed
        for action in act.speeds.actions():
            action.setChecked(action.data() == speed.name)

    # --- the panels beside the paper: made when they are first wanted, as most windows never open one ---

    @cached_property
    def gallery(self) -> Gallery:
        window = self._window
        made = Gallery(window.worker, window.actions_)
        made.speed = self._settings.pen_speed
        made.previewed.connect(window.canvas.update)
        made.taken.connect(self._on_taken)
        made.count_chosen.connect(self._on_count)
        made.rested.connect(self._on_rested)
        made.said.connect(window.say)
        return self._beside(made)

    @cached_property
    def morph(self) -> Morph:
        window = self._window
        made = Morph(window.worker)
        made.previewed.connect(window.canvas.update)
        made.taken.connect(self._on_morph_taken)
        made.open_wanted.connect(lambda which: open_end(window, made, which))
        made.export_wanted.connect(lambda: export_film(window, made))
        return self._beside(made)

    def _beside(self, panel: P) -> P:
        window = self._window
        window.canvas.add_overlay(panel.paint)
        panel.closed.connect(self.close_panel)
        panel.failed.connect(window._on_model_failed)
        panel.ink_width = window.canvas.ink_width
        panel.set_colours(self._colours)
        window.middle.addWidget(panel)
        self._panels.append(panel)
        return panel

    @property
    def panel_open(self) -> bool:
        """Whether one of them stands beside the paper."""
        return any(panel.open for panel in self._panels)

    # --- what a person does --------------------------------------------------------------------

    def wish(self, *, one_stroke: bool = False, seed: int | None = None) -> Wish | None:
        """What a completion of the paper as it is now would be asked for; None where there is no model."""
        window = self._window
        model = window.bar.model
        if model is None:
            return None
        return Wish(
            model,
            window.document.sketch,
            window.bar.temperature,
            random.randrange(SEEDS) if seed is None else seed,
            window.bar.label,
            one_stroke,
            self.sizing.scale,
        )

    def begin(self, *, one_stroke: bool) -> Wish | None:
        """Starts an ending: the one that is to be seen as a suggestion, if there is one."""
        seen = self.ghost.wish if self.ghost.visible else None
        wish = self.wish(one_stroke=one_stroke, seed=None if seen is None else seen.seed)
        if wish is not None:
            self._draw(dataclasses.replace(wish, anyway=self._goes_on()))
        return wish

    def go_on(self) -> None:
        """Keeps what the model drew so far, and lets it draw on from there."""
        self._window.settle()
        self._finished = self._window.document.strokes  # a person has seen it, and wants more
        self._window.complete()

    def _goes_on(self) -> bool:
        """Whether this very drawing was said to be finished, and is to go on nevertheless."""
        return self._finished is not None and self._finished is self._window.document.strokes

    def _on_empty(self) -> None:
        self._finished = self._window.document.strokes

    def repeat(self) -> None:
        """The last ending again, at the temperature that is set now; one that was just kept is replaced."""
        window, last = self._window, self._last
        if last is None or window.canvas.pen_is_down:
            return
        stack = window.document.undo_stack
        if window.ending.state is State.NONE and self._kept_at is not None and stack.index() == self._kept_at:
            stack.undo()
        wish = self.wish(one_stroke=last.one_stroke, seed=last.seed)
        if wish is not None:
            self._draw(dataclasses.replace(wish, scale=last.scale, anyway=last.anyway or self._goes_on()))
            window.say(words.repeating(wish.model.name, wish.temperature))

    def other_endings(self) -> None:
        """Several endings side by side, in place of one that is offered."""
        window = self._window
        window.ending.discard()
        wish = self.wish()
        if wish is None:
            window.complete()  # says why not
        elif not window.canvas.pen_is_down:
            self.close_panel()
            self.ghost.dismiss()
            self.gallery.begin(Endings(wish, tuple(window.document.strokes), self._settings.endings))
            window.say(words.endings(wish.model.name, self._settings.endings))
            window._enable()

    def redraw(self) -> None:
        """Variations of the whole drawing, through z."""
        window = self._window
        window.settle()
        wish = self.wish()
        if wish is not None and not self._why_no_latent() and wish.half.bounds.larger_side > 0.0:
            self.close_panel()
            self.ghost.dismiss()
            self.gallery.begin(Redrawings(wish, self._settings.endings, wish.half.bounds))
            window.say(words.REDRAW)
            window._enable()

    def open_morph(self, *, middle: bool = False) -> None:
        """What lies between two drawings."""
        window = self._window
        window.settle()
        if window.bar.model is not None and not self._why_no_latent():
            self.close_panel()
            self.ghost.dismiss()
            drawn = window.document.sketch
            if window.bar.label is not None:  # a person said what it is
                drawn = Sketch(drawn.strokes, drawn.authors, window.bar.label, drawn.pressures)
            self.morph.begin(drawn, self.wish, middle)
            window.say(words.MORPH)
            window._enable()

    def import_model(self) -> None:
        """Brings in a model from elsewhere; it is the one that draws from then on."""
        window = self._window
        path = window.dialogs.model_to_import(self._settings.folder)
        if path is None:
            return
        window.worker.ask(
            None,
            lambda _: bring_in(path),
            self._on_imported,
            lambda sentence: window.dialogs.tell("Not imported", sentence),
            priority=Priority.NOW,
        )

    def use(self, name: str) -> None:
        """Takes a model that has just come, as soon as it is found."""
        self._settings.model = self.wanted = name
        self._window.worker.find_models()

    def close_panel(self) -> bool:
        """Closes what stands beside the paper. Returns whether anything did."""
        if not self.panel_open:
            return False
        for panel in self._panels:
            if panel.open:
                panel.end()
        self._window.say("")
        self._window._enable()
        self._window.canvas.setFocus()
        return True

    def take_suggestion(self) -> None:
        self._add(self.ghost.take())

    def take_one_stroke(self) -> None:
        self._add(self.ghost.take_one())

    # --- what the window reports ---------------------------------------------------------------

    def set_colours(self, colours: Colours) -> None:
        self._colours = colours
        for panel in self._panels:
            panel.set_colours(colours)
        self.sizing.frame.set_colours(colours)

    def dismissed(self) -> bool:
        """Esc was pressed, or its button. Returns whether something of ours went away by it."""
        if self._window.ending.state is not State.NONE:
            return False
        if self.ghost.visible:
            self.ghost.dismiss()
            self._window.say("")
            return True
        return self.close_panel()

    def pen_down(self) -> None:
        self.ghost.dismiss()
        if self.panel_open:
            # Closing a panel moves the paper, which must not happen under a pen.
            for panel in self._panels:
                panel.look_away()
            self._lifted.start()

    def pen_up(self) -> None:
        """A stroke of the person's is on the paper now."""
        self._suggest()

    def step_name(self) -> str:
        """What keeping the ink that is offered is called after "Undo"."""
        wish = self._window.ending.wish
        if wish is None or wish.one_stroke:
            return "Next Stroke"
        guesses = self.naming.row.guesses
        label = wish.label or (guesses[0][0] if guesses else None)
        return f"Complete {label}" if label else "Complete"

    def _on_lifted(self) -> None:
        """Whether the pen is lifted by now."""
        if not self._window.canvas.pen_is_down:
            self._lifted.stop()
            self.close_panel()

    def settled(self) -> None:
        """An ending became part of the drawing."""
        self._kept_at = self._window.document.undo_stack.index()

    def enable(self) -> None:
        """Says which of its actions can be done."""
        act, state = self._window.actions_, self._window.ending.state
        act.go_on.setEnabled(state is State.OFFERED)
        for action in (act.repeat, act.again_calmer, act.again_wilder):
            action.setEnabled(self._last is not None)
        act.take_suggestion.setEnabled(self.ghost.visible)
        act.take_one_stroke.setEnabled(self.ghost.visible)
        act.what.setEnabled(self.naming.has_labels)
        why = self._why_no_latent()
        empty = not self._window.document.strokes
        for action, reason in (
            (act.redraw, why or (words.NO_DRAWING if empty else "")),
            (act.morph, why),
            (act.average, why),
        ):
            action.setEnabled(not reason and self._window.bar.model is not None)
            explain(action, reason)
        act.no_latent.setText(why)
        act.no_latent.setVisible(bool(why))
        if self.ghost.visible or self.panel_open:
            act.discard.setEnabled(True)
        choosing = any(isinstance(panel, Gallery) and panel.open for panel in self._panels)
        for shortcut in self._numbers:
            shortcut.setEnabled(choosing)
        if choosing:
            self.gallery.enable()
        else:
            act.more_like.setEnabled(False)
            act.more_different.setEnabled(False)
        self._make_room()

    # --- inside --------------------------------------------------------------------------------

    def _draw(self, wish: Wish) -> None:
        self.ghost.dismiss()
        self.close_panel()
        self._last, self._kept_at = wish, None
        self._window.ending.begin(wish)

    def _make_room(self) -> None:
        """In a narrow window a panel takes the place of the rail beside it: the paper needs its own."""
        window = self._window
        if window.isVisible():
            window.drawing.view_rail.setVisible(not self.panel_open or window.width() >= ROOMY)

    def _suggest(self) -> None:
        window = self._window
        if not self._settings.suggests or window.ending.state is not State.NONE:
            return
        wish = self.wish()
        if wish is not None and len(wish.half) and not window.canvas.pen_is_down:
            self.ghost.ask(wish)

    def _add(self, strokes: list[Floats]) -> None:
        if not strokes:
            return
        self._taking = True
        try:
            self._window._add(strokes, Author.MODEL, text="Take Suggestion")
        finally:
            self._taking = False
        self._window.say("" if not self.ghost.visible else words.SUGGESTED)

    def _why_no_latent(self) -> str:
        """Why nothing can be done in the latent space; empty where it can."""
        model = self._window.bar.model
        return words.NO_LATENT.format(model.name) if model is not None and not model.conditional else ""

    def _on_imported(self, name: str) -> None:
        self.use(name)
        self._window.say(words.IMPORTED.format(name))

    def _on_models_listed(self) -> None:
        self.wanted = None
        before, now = self._model, self._window.bar.model
        if (before.path if before else None) != (now.path if now else None):
            self._on_model()
        self.models.look()

    def _on_model(self) -> None:
        """Another model is to be used from now on."""
        self.ghost.dismiss()
        self.close_panel()
        self._model = self._window.bar.model
        self.naming.model_changed()
        self.sizing.refresh()
        self._window._enable()

    def _on_label(self) -> None:
        """It shall be something else: what was suggested is something of before."""
        if self.ghost.visible:
            self.ghost.dismiss()
            self._suggest()

    def _on_morph_taken(self, strokes: list[Floats]) -> None:
        self._on_taken(strokes, replaces=True)

    def _on_taken(self, strokes: list[Floats], replaces: bool) -> None:
        if replaces:
            widths = pressures(self._settings.pen_width, strokes)
            redrawn = Sketch(strokes, [Author.MODEL] * len(strokes), None, widths)
            self._window.document.edit(inks(redrawn), "Redraw")
        else:
            self._window._add(strokes, Author.MODEL, text="Take Ending")
        self._window.say(words.TAKEN)
        self._window.canvas.setFocus()

    def _on_rested(self) -> None:
        self._window.say(words.CHOOSE)

    def _on_count(self, count: int) -> None:
        self._settings.endings = count

    def _on_ghost(self) -> None:
        self._window.canvas.update()
        self._window._enable()
        if self.ghost.visible:
            self._window.say(words.SUGGESTED)
        elif self.ghost.found_nothing:
            self._on_empty()
            self._window.say(words.NOTHING_TO_ADD)

    def _on_document_changed(self) -> None:
        if not self._taking:
            self.ghost.dismiss()
        if not self._window.canvas.pen_is_down:
            self.close_panel()  # it was made for another drawing

    def _again_calmer(self) -> None:
        self._window.bar.step_temperature(-NOTCHES)
        self.repeat()

    def _again_wilder(self) -> None:
        self._window.bar.step_temperature(+NOTCHES)
        self.repeat()

    def _on_suggest(self, on: bool) -> None:
        self._settings.suggests = on
        if on:
            self._suggest()
        else:
            self.ghost.dismiss()
            self._window.say("")

    def _on_speed(self, action: QAction) -> None:
        speed = PenSpeed[action.data()]
        self._settings.pen_speed = self._window.ending.speed = speed
        for panel in self._panels:
            if isinstance(panel, Gallery):
                panel.speed = speed
