"""Drawing: the tools of one window, what they do to the drawing, and how it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu

from gui import words
from gui.files import clipboard
from gui.look.buttons import WordButton
from gui.look.tips import explain
from gui.paper.ink import Ink
from gui.paper.trace import Trace
from gui.tools import transform, width
from gui.tools.base import Tool
from gui.tools.erase import Rubber, StrokeEraser
from gui.tools.select import LassoTool, SelectTool
from gui.tools.selection import Selection
from gui.window.actions import add_to
from gui.window.drawing_actions import DrawingActions
from gui.window.rail import Rail
from gui.window.sliders import Sliders
from gui.window.strip import Strip
from gui.words import counted
from sketchrnn.errors import SketchError
from sketchrnn.words import plural

if TYPE_CHECKING:
    from gui.look.theme import Colours
    from gui.window.main_window import MainWindow

BESIDE = 24.0
"""Paper units between strokes and their duplicates."""

NUDGE, FAR_NUDGE = 1.0, 10.0
"""Paper units that an arrow key moves the selection, without and with Shift."""

TRACING = "Trace it, or press Ctrl+Alt+B to fade it. It will be in no file."
SMOOTHING_STEP = 10

ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}


class Drawing(QObject):
    """Puts the tools into a window. What they make of the strokes becomes steps that can be undone."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._document = window.document
        self._canvas = window.canvas
        self.selection = Selection(self)
        canvas = self._canvas
        self.actions = act = DrawingActions(window.actions_)
        self._tools: dict[QAction, Tool] = {
            act.pen: canvas.pen,
            act.eraser: StrokeEraser(canvas),
            act.rubber: Rubber(canvas),
            act.select: SelectTool(canvas, self.selection, canvas.colour_of),
            act.lasso: LassoTool(canvas, self.selection, canvas.colour_of),
        }
        canvas.flip_to(self._tools[act.eraser])
        act.fill(window.actions_)
        names = window.actions_.icon_name
        self.trace = Trace(canvas.ground, self)
        self.rail = Rail(
            "Tools",
            [
                (act.pen, names(act.pen)),
                (act.eraser, names(act.eraser)),
                (act.rubber, names(act.rubber)),
                None,
                (act.select, names(act.select)),
                (act.lasso, names(act.lasso)),
                None,
                (act.smoothing, names(act.smoothing)),
            ],
        )
        self.zoom_label = WordButton(Qt.AlignmentFlag.AlignHCenter)
        self.view_rail = Rail(
            "View",
            [
                (act.strip, names(act.strip)),
                (act.trace_open, names(act.trace_open)),
                None,
                (act.larger, names(act.larger)),
                self.zoom_label,
                (act.smaller, names(act.smaller)),
                (act.fit, names(act.fit)),
            ],
        )
        self.strip = Strip(
            self.selection,
            [
                (act.earlier, names(act.earlier)),
                (act.later, names(act.later)),
                (act.delete, names(act.delete)),
            ],
            (act.drag_out, names(act.drag_out)),
        )
        self.sliders = Sliders(window, self.rail, self.view_rail, self.trace)
        self._lay_out()
        self._connect()
        self._restore()

    def set_colours(self, colours: Colours) -> None:
        for panel in (self.rail, self.view_rail, self.strip, self.sliders):
            panel.set_colours(colours)

    # --- assembling ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        middle, label, centre = self._window.middle, self.zoom_label, Qt.AlignmentFlag.AlignVCenter
        middle.insertWidget(0, self.rail, 0, centre)
        place = middle.indexOf(self._canvas) + 1
        middle.insertWidget(place, self.view_rail, 0, centre)
        middle.insertWidget(place + 1, self.strip)
        middle.setSpacing(8)
        self.strip.hide()
        label.setObjectName("zoom")
        label.setFixedWidth(38)  # as wide as the buttons, and as "2757%"
        label.setToolTip(self.actions.actual.toolTip())
        label.setAccessibleName("Zoom")
        label.clicked.connect(self.actions.actual.trigger)

    def _connect(self) -> None:
        act, canvas, slots = self.actions, self._canvas, dict[QAction, Callable[[], None]]()
        slots |= {
            act.smoothing: lambda: self.sliders.open_pen(self.rail.button(act.smoothing)),
            act.thicker: lambda: self._widen_by(+width.STEP),
            act.thinner: lambda: self._widen_by(-width.STEP),
            act.across: lambda: self.flip(-1.0, 1.0),
            act.down: lambda: self.flip(1.0, -1.0),
            act.smoother: lambda: self.sliders.smooth_by(+SMOOTHING_STEP),
            act.rougher: lambda: self.sliders.smooth_by(-SMOOTHING_STEP),
            act.duplicate: self.duplicate,
            act.delete: self.delete,
            act.select_all: self.select_all,
            act.select_none: self.selection.clear,
            act.previous: lambda: self._step(-1),
            act.next: lambda: self._step(+1),
            act.earlier: lambda: self.shift(-1),
            act.later: lambda: self.shift(+1),
            act.larger: lambda: canvas.zoom(+1),
            act.smaller: lambda: canvas.zoom(-1),
            act.fit: canvas.fit,
            act.actual: lambda: canvas.zoom_to(1.0),
            act.cut: self.cut,
            act.copy: self.copy,
            act.paste: self.paste,
            act.trace_open: self.open_picture,
            act.trace_opacity: self.sliders.open_picture,
            act.trace_remove: self.trace.remove,
        }
        for action, slot in slots.items():
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
        act.tools.triggered.connect(self._on_tool)
        act.grid.toggled.connect(self._on_grid)
        act.strip.toggled.connect(self._on_strip)
        act.trace_show.triggered.connect(self.trace.show)
        self.trace.changed.connect(self._on_trace)
        canvas.picture_dropped.connect(self.trace_file)
        canvas.content_dropped.connect(self.paste_from)
        self.strip.chosen.connect(self._choose)
        self.strip.reordered.connect(self.reorder)
        self._window.actions_.authors.toggled.connect(self.strip.tell_authors)
        canvas.edited.connect(self.edit)
        canvas.space_tapped.connect(self._on_space)
        canvas.menu_wanted.connect(self._on_menu)
        canvas.view_changed.connect(self._on_view)
        canvas.installEventFilter(self)
        self.selection.changed.connect(self._on_selection)
        self._document.changed.connect(self._on_document_changed)
        stack, window_actions = self._document.undo_stack, self._window.actions_
        stack.undoTextChanged.connect(lambda text: _name(window_actions.undo, "&Undo", text))
        stack.redoTextChanged.connect(lambda text: _name(window_actions.redo, "&Redo", text))

    def _restore(self) -> None:
        settings = self._window.settings
        self._canvas.set_pen_width(settings.pen_width)
        self._canvas.pen.smoothing = settings.smoothing / 100
        self.actions.grid.setChecked(settings.grid)
        self.actions.strip.setChecked(settings.strip)
        self.strip.tell_authors(settings.tells_authors)
        self._on_selection()
        self._on_trace()
        self._on_view()

    # --- what a person does --------------------------------------------------------------------

    def edit(self, strokes: Sequence[Ink], text: str, *, merge: str | None = None) -> bool:
        """One step; returns whether there was room for it."""
        try:
            self._document.edit(strokes, text, merge=merge)
        except SketchError as error:
            self._window.dialogs.tell("The paper is full", str(error))
            self.selection.keep(self._document.strokes)
            return False
        self._window.say("")
        return True

    def take(self, action: QAction) -> None:
        """Another tool in the hand."""
        action.setChecked(True)
        self._canvas.take(self._tools[action])

    def delete(self) -> None:
        chosen = self._chosen()
        if chosen:
            left = [ink for ink in self._document.strokes if ink not in self.selection]
            self.edit(left, f"Delete {counted(len(chosen), 'Stroke')}")

    def duplicate(self) -> None:
        chosen = self._chosen()
        if chosen:
            self.put_down(
                transform.mapped(chosen, transform.moved(BESIDE, BESIDE)),
                f"Duplicate {counted(len(chosen), 'Stroke')}",
            )

    def flip(self, x: float, y: float) -> None:
        """Mirrors the selection about its middle: -1 turns a direction round, 1 leaves it."""
        chosen, bounds = self._chosen(), self.selection.bounds
        if chosen and bounds is not None:
            left, top, right, bottom = bounds
            made = transform.mapped(chosen, transform.scaled(x, y, ((left + right) / 2, (top + bottom) / 2)))
            new = iter(made)
            after = [next(new) if ink in self.selection else ink for ink in self._document.strokes]
            self.selection.set(made)
            self.edit(after, f"Flip {counted(len(chosen), 'Stroke')}")

    def put_down(self, strokes: Sequence[Ink], text: str) -> None:
        """New strokes on the paper, selected."""
        self._window.settle()
        if self.edit((*self._document.strokes, *strokes), text):
            self._choose(strokes)

    def select_all(self) -> None:
        self._window.settle()
        self._choose(self._document.strokes)

    def shift(self, by: int) -> None:
        """The selected strokes one place earlier or later in time, as a block keeps together."""
        strokes, chosen = list(self._document.strokes), self._chosen()
        numbers = [number for number, ink in enumerate(strokes) if ink in self.selection]
        if by > 0:
            numbers.reverse()
        edge = len(strokes) - 1 if by > 0 else 0
        for number in numbers:
            if number != edge:
                strokes[number], strokes[number + by] = strokes[number + by], strokes[number]
            else:
                edge -= by
        if any(a is not b for a, b in zip(strokes, self._document.strokes, strict=True)):
            when = "Later" if by > 0 else "Earlier"
            self.edit(strokes, f"Draw {counted(len(chosen), 'Stroke')} {when}")

    def nudge(self, dx: float, dy: float) -> None:
        """Moves the selection a little; nudges that follow one another are one step."""
        chosen = self._chosen()
        moved = transform.mapped(chosen, transform.moved(dx, dy))
        new = iter(moved)
        after = [next(new) if ink in self.selection else ink for ink in self._document.strokes]
        self.selection.set(moved)
        self.edit(after, f"Move {counted(len(chosen), 'Stroke')}", merge="nudge")

    def reorder(self, rows: Sequence[int], to: int) -> None:
        """These strokes are drawn before the one of this number, in the order they have."""
        strokes, picked = self._document.strokes, set(rows)
        block = [strokes[row] for row in sorted(picked)]
        before = [ink for row, ink in enumerate(strokes[:to]) if row not in picked]
        after = [ink for row, ink in enumerate(strokes[to:], to) if row not in picked]
        order = [*before, *block, *after]
        if any(a.points is not b.points for a, b in zip(order, strokes, strict=True)):
            self.edit(order, f"Reorder {counted(len(block), 'Stroke')}")

    def copy(self) -> None:
        """To the clipboard; the whole drawing where nothing is selected."""
        self._window.settle()
        strokes = self._chosen() or list(self._document.strokes)
        if not strokes:
            self._window.say("There is nothing to copy yet.")
            return
        label = self._document.label

        def put(made: clipboard.Copied) -> None:
            QGuiApplication.clipboard().setMimeData(made.mime())
            self._window.say(f"Copied {plural(len(strokes), 'stroke')} as SVG and PNG.")

        self._window.filing.beside(
            lambda: clipboard.copied(strokes, label),
            put,
            lambda sentence: self._window.dialogs.tell("Not copied", sentence),
        )

    def cut(self) -> None:
        chosen = self._chosen()
        if chosen:
            self.copy()
            left = [ink for ink in self._document.strokes if ink not in self.selection]
            self.edit(left, f"Cut {counted(len(chosen), 'Stroke')}")

    def paste(self) -> None:
        filing = self._window.filing
        filing.beside(lambda: None, lambda _: self._paste(), self._window.say)  # after what is being copied

    def _paste(self) -> None:
        mime: QMimeData | None = QGuiApplication.clipboard().mimeData()  # None where nothing was ever copied
        self.paste_from(mime or QMimeData())

    def paste_from(self, mime: QMimeData) -> None:
        """Strokes become part of the drawing, a picture goes under it."""
        if clipboard.has_strokes(mime):
            data = clipboard.svg_in(mime)
            self._window.filing.beside(
                lambda: clipboard.strokes_of(data), self._paste_strokes, self._window.say
            )
        elif self.trace.put(clipboard.picture_in(mime)):
            self._window.say(TRACING)
        else:
            self._window.say("The clipboard holds no strokes and no picture.")

    def _paste_strokes(self, strokes: list[Ink]) -> None:
        """In the place they had, or beside it where the same lie there already."""
        there = {ink.points.tobytes() for ink in self._document.strokes}
        while any(ink.points.tobytes() in there for ink in strokes):
            strokes = transform.mapped(strokes, transform.moved(BESIDE, BESIDE))
        self.put_down(strokes, f"Paste {counted(len(strokes), 'Stroke')}")

    def open_picture(self) -> None:
        path = self._window.dialogs.picture_to_trace(self._window.settings.folder)
        if path is not None:
            self.trace_file(path)

    def trace_file(self, path: Path) -> None:
        if self.trace.open(path):
            self._window.say(TRACING)
        else:
            self._window.say(f"{path.name} is no picture that can be shown; take a PNG, JPEG or WebP.")

    # --- inside --------------------------------------------------------------------------------

    def _chosen(self) -> list[Ink]:
        return self.selection.of(self._document.strokes)

    def _choose(self, strokes: Sequence[Ink]) -> None:
        """Selects strokes, with a tool in the hand that shows it."""
        if not isinstance(self._canvas.tool, SelectTool):
            self.take(self.actions.select)
        self.selection.set(strokes)

    def _step(self, by: int) -> None:
        """Selects the stroke before or after the selected one; at first the last that was drawn."""
        strokes = self._document.strokes
        if not strokes:
            return
        numbers = [number for number, ink in enumerate(strokes) if ink in self.selection]
        if not numbers:
            number = len(strokes) - 1
        else:
            number = min(max((numbers[0] if by < 0 else numbers[-1]) + by, 0), len(strokes) - 1)
        self._choose([strokes[number]])

    def _widen_by(self, amount: int) -> None:
        """The selected strokes, or else the pen."""
        chosen = self._chosen()
        if chosen:
            new = iter(made := width.widened(chosen, amount))
            after = [next(new) if ink in self.selection else ink for ink in self._document.strokes]
            self.selection.set(made)
            how = "Thicker" if amount > 0 else "Thinner"
            self.edit(after, f"Make {counted(len(chosen), 'Stroke')} {how}", merge=how)
        else:
            self.sliders.widen_by(amount)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Arrow keys on the paper move the selection, before anything else makes use of them."""
        if not isinstance(event, QKeyEvent) or not len(self.selection) or self._canvas.pen_is_down:
            return False
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain = held in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        kind, key = event.type(), Qt.Key(event.key())
        if kind is QEvent.Type.ShortcutOverride and key in ARROWS and plain:
            event.accept()
            return True
        if kind is not QEvent.Type.KeyPress:
            return False
        if key in ARROWS and plain:
            dx, dy = ARROWS[key]
            size = FAR_NUDGE if held else NUDGE
            self.nudge(dx * size, dy * size)
            return True
        if key == Qt.Key.Key_Escape:
            self.selection.clear()
            return True
        return False

    # --- what the parts report -----------------------------------------------------------------

    def _on_tool(self, action: QAction) -> None:
        self._canvas.take(self._tools[action])
        self._canvas.setFocus()

    def _on_grid(self, on: bool) -> None:
        self._window.settings.grid = on
        self._canvas.ground.grid = on
        self._canvas.ground.forget()
        self._canvas.update()

    def _on_selection(self) -> None:
        some = bool(len(self.selection))
        for action in self.actions.of_selection():
            action.setEnabled(some)
        self._window.rest(words.selected(len(self.selection)))
        self._canvas.update()

    def _on_document_changed(self) -> None:
        self.selection.keep(self._document.strokes)
        if not self.strip.isHidden():
            self.strip.show_strokes(self._document.strokes)

    def _on_strip(self, on: bool) -> None:
        self._window.settings.strip = on
        self.strip.setVisible(on)
        if on:
            self.strip.show_strokes(self._document.strokes)

    def _on_menu(self, place: QPoint) -> None:
        """What can be done here, at the pointer: the same actions as in the menus."""
        act, theirs = self.actions, self._window.actions_
        menu = QMenu(self._canvas)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add_to(menu, theirs.complete, theirs.keep, theirs.another, theirs.stop, theirs.stroke, theirs.endings)
        add_to(menu, None, act.cut, act.copy, act.paste, act.duplicate, act.delete)
        add_to(menu, None, act.select_all, act.fit)
        for action in (theirs.complete, theirs.keep, theirs.another, theirs.stop):
            if not action.isEnabled():  # three of them are another moment's
                menu.removeAction(action)
        menu.popup(place)

    def _on_trace(self) -> None:
        act = self.actions
        act.trace_show.setChecked(self.trace.shown)
        for action in (act.trace_show, act.trace_opacity, act.trace_remove):
            action.setEnabled(self.trace.there)
        self._canvas.update()

    def _on_view(self) -> None:
        self.zoom_label.setText(f"{round(100 * self._canvas.view.scale)}%")

    def _on_space(self) -> None:
        """The space bar is whichever of the window's actions has it now."""
        space = QKeySequence(Qt.Key.Key_Space)
        for action in self._window.findChildren(QAction):
            if space in action.shortcuts() and action.isEnabled():
                action.trigger()
                return


def _name(action: QAction, verb: str, what: str) -> None:
    """Undo says what it would undo."""
    action.setText(f"{verb} {what.replace('&', '&&')}".strip())
    explain(action)
