"""The actions of drawing: tools, what is done with selected strokes, and the view."""

from __future__ import annotations

from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from gui.window.actions import Actions, add_to


class DrawingActions:
    """Made once for a window, beside its other `Actions`, and put into the same menus."""

    def __init__(self, actions: Actions) -> None:
        make, keys = actions.make, QKeySequence.StandardKey
        self.pen = make("&Pen", "Draw; with Shift a straight line", "P", "pen")
        self.eraser = make("Stroke &Eraser", "Take away whole strokes", "E", "eraser")
        self.rubber = make("&Rubber", "Rub out only what it passes over", "Shift+E", "rubber")
        self.select = make("&Select", "Select strokes by clicking or with a band", "V", "select")
        self.lasso = make("&Lasso", "Select strokes with a loop", "Shift+V", "lasso")
        self.tools = QActionGroup(actions.owner)
        for tool in (self.pen, self.eraser, self.rubber, self.select, self.lasso):
            tool.setCheckable(True)
            self.tools.addAction(tool)
        self.pen.setChecked(True)
        self.smoothing = make(
            "&Width and Smoothing…", "How thick the pen draws, and how much it is steadied", "S", "width"
        )
        self.thicker = make("&Thicker", "A thicker pen; selected strokes grow thicker", "Ctrl+Up")
        self.thinner = make("Thi&nner", "A thinner pen; selected strokes grow thinner", "Ctrl+Down")
        self.smoother = make("S&moother", "Steady the pen more", "Shift+S")
        self.rougher = make("Less Smoot&h", "Steady the pen less", "Shift+R")

        self.cut = make("Cu&t", "Move the selected strokes to the clipboard", keys.Cut)
        self.copy = make("&Copy", "Copy the selected strokes, or the drawing, as SVG and PNG", keys.Copy)
        self.paste = make("&Paste", "Paste strokes, or a picture to trace", keys.Paste)
        self.duplicate = make("Du&plicate", "Copy the selected strokes beside themselves", "Ctrl+D")
        self.delete = make("&Delete", "Take the selected strokes away", ["Del", "Backspace"], "trash")
        self.across = make("Flip &Horizontally", "Mirror the selected strokes, left for right", "H")
        self.down = make("Flip Verticall&y", "Turn the selected strokes upside down", "Shift+H")
        self.select_all = make("Select &All", "Select every stroke", keys.SelectAll)
        self.select_none = make("Select &Nothing", "Select no stroke", "Ctrl+Shift+A")
        self.previous = make("Pre&vious Stroke", "Select the stroke drawn before", "[")
        self.next = make("Ne&xt Stroke", "Select the stroke drawn after", "]")
        self.earlier = make("Draw Earl&ier", "Move the selected strokes earlier in time", "Alt+Up", "up")
        self.later = make("Draw La&ter", "Move the selected strokes later in time", "Alt+Down", "down")

        self.larger = make("Zoom &In", "Show the paper larger", ["+", "=", "Ctrl++", "Ctrl+="], "larger")
        self.smaller = make("Zoom &Out", "Show the paper smaller", ["-", "Ctrl+-"], "smaller")
        self.fit = make("&Fit Paper", "Show all of the paper", ["0", "Ctrl+0"], "fit")
        self.actual = make("&100 %", "One pixel for each unit of the paper", "Alt+0")
        self.grid = make("&Grid", "A grid under the ink; it is in no file", "Ctrl+'")
        self.drag_out = make("Drag Out", "Drag this to another program: it gets an SVG", "", "drag")
        self.strip = make("Stroke Stri&p", "Every stroke in the order of drawing", "F9", "strip")
        for action in (self.grid, self.strip):
            action.setCheckable(True)
        repeated = (self.larger, self.smaller, self.previous, self.next, self.earlier, self.later)
        for action in (*repeated, self.thicker, self.thinner):
            action.setAutoRepeat(True)

        self.trace_open = make("&Open Picture…", "A picture under the ink, to trace", "Ctrl+B", "image")
        self.trace_show = make("&Show Picture", "Show or hide the picture", "Ctrl+Shift+B")
        self.trace_show.setCheckable(True)
        self.trace_opacity = make("Picture O&pacity…", "How clearly the picture is seen", "Ctrl+Alt+B")
        self.trace_remove = make("&Remove Picture", "Take the picture away", "Ctrl+Alt+R")

    def fill(self, actions: Actions) -> None:
        """Puts every action into its menu."""
        before = actions.clear
        for action in (
            self.cut,
            self.copy,
            self.paste,
            self.duplicate,
            self.delete,
            None,
            self.across,
            self.down,
            self.earlier,
            self.later,
            None,
            self.select_all,
            self.select_none,
            self.previous,
            self.next,
            None,
        ):
            if action is None:
                actions.edit_menu.insertSeparator(before)
            else:
                actions.edit_menu.insertAction(before, action)
        tools = actions.insert_menu("&Tools", actions.view_menu)
        add_to(tools, *self.tools.actions(), None, self.smoothing)
        add_to(tools, self.thicker, self.thinner, self.smoother, self.rougher)
        view = actions.view_menu
        first = view.actions()[0]
        for action in (self.larger, self.smaller, self.fit, self.actual, None, self.grid, self.strip):
            if action is None:
                view.insertSeparator(first)
            else:
                view.insertAction(first, action)
        trace = actions.insert_menu("Picture to T&race", first, view)
        add_to(trace, self.trace_open, self.trace_show, self.trace_opacity, self.trace_remove)
        view.insertSeparator(first)

    def of_selection(self) -> tuple[QAction, ...]:
        """Those that need a selection."""
        clipboard = (self.cut, self.duplicate, self.delete, self.select_none)
        return (*clipboard, self.across, self.down, self.earlier, self.later)
