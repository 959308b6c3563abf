"""Every action of the window: its words, its keys, its icon, and the menu it lives in."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from gui.look.icon import icon
from gui.look.theme import Colours
from gui.look.tips import explain
from gui.models.pen import PenSpeed

Keys = QKeySequence.StandardKey | str | list[str]


class Actions:
    """The window's actions, made once; whoever shows them reads text, keys and state from here."""

    def __init__(self, owner: QObject) -> None:
        self._owner = self.owner = owner
        self._icons: dict[QAction, str] = {}
        keys = QKeySequence.StandardKey
        self.new = self._make("&New", "Empty paper in a window of its own", keys.New, "new")
        self.open = self._make("&Open…", "Open a drawing", keys.Open, "open")
        self.save = self._make("&Save", "Save the drawing", keys.Save, "save")
        self.save_as = self._make("Save &As…", "Save the drawing to another file", "Ctrl+Shift+S")
        self.export = self._make("&Export…", "A copy as SVG, PNG, PDF, GIF or ink", "Ctrl+E", "export")
        self.close = self._make("&Close Window", "Close this window", "Ctrl+W")
        self.quit = self._make("&Quit", "Close every window", "Ctrl+Q")

        self.undo = self._make("&Undo", "Undo", keys.Undo, "undo")
        self.redo = self._make("&Redo", "Redo", ["Ctrl+Shift+Z", "Ctrl+Y"], "redo")
        self.clear = self._make("&Clear Paper", "Take every stroke away", "Ctrl+Backspace", "clear")

        self.complete = self._make("&Complete", "Let the model finish the drawing", "Space", "complete")
        self.stroke = self._make("&Next Stroke Only", "Let the model draw one stroke", "N", "stroke")
        self.another = self._make("Draw &Another Ending", "Try another ending", "Space", "another")
        self.stop = self._make("&Stop", "Stop the model's pen", "Space", "stop")
        self.keep = self._make("&Keep", "Keep the model's ink", ["Return", "Enter"], "keep")
        self.discard = self._make("&Discard", "Take the model's ink away", "Esc", "discard")
        self.calmer = self._make("Mo&re Careful", "Lower the temperature", "Ctrl+[")
        self.wilder = self._make("&Wilder", "Raise the temperature", "Ctrl+]")

        self._make_for_the_model()
        for action in (self.undo, self.redo, self.calmer, self.wilder, self.again_calmer, self.again_wilder):
            action.setAutoRepeat(True)

        self.authors = self._make("&Show Who Drew What", "Give the model's ink its own colour", "Ctrl+1")
        self.authors.setCheckable(True)
        self.full_screen = self._make("&Full Screen", "Fill the screen", "F11")
        self.full_screen.setCheckable(True)
        self.schemes = QActionGroup(owner)
        for text, scheme in (
            ("Like the &System", Qt.ColorScheme.Unknown),
            ("&Light", Qt.ColorScheme.Light),
            ("&Dark", Qt.ColorScheme.Dark),
        ):
            action = self._make(text, "Colours of the window", "")
            action.setCheckable(True)
            action.setData(scheme.name)
            self.schemes.addAction(action)
        self.collect = self._make("&Collect Drawings…", "Draw many of one thing quickly", "Ctrl+Shift+C")
        self.teach = self._make("&Teach a Model…", "A model learns your manner", "Ctrl+Shift+T")
        for action in (self.collect, self.teach):
            action.setEnabled(False)  # the program has these windows; a lone window has not
        self.about = self._make("&About", "What this program is", "Shift+F1")

    def _make_for_the_model(self) -> None:
        """What may be asked of a model beside one ending."""
        self.go_on = self._make("Keep &Going", "Let the model draw on from here", "G")
        self.repeat = self._make("&Repeat", "Draw the last ending again, at the temperature set now", "R")
        self.again_calmer = self._make(
            "Repeat, More Care&ful", "Draw the last ending again, more careful", ","
        )
        self.again_wilder = self._make("Repeat, Wil&der", "Draw the last ending again, wilder", ".")
        self.endings = self._make(
            "Other &Endings…", "Several endings side by side, to choose from", "Shift+Space", "endings"
        )
        self.more_like = self._make(
            "More &Like This", "Endings that resemble the one pointed at", "L", "like"
        )
        self.more_different = self._make("More Di&fferent", "Endings that differ more", "D", "different")
        self.redraw = self._make("Re&draw Mine…", "The model draws your drawing again", "Ctrl+R", "redraw")
        self.morph = self._make("&Morph…", "What lies between two drawings", "Ctrl+Shift+M", "morph")
        self.average = self._make("A&verage of Two…", "The drawing halfway between two", "Ctrl+Alt+M")
        self.what = self._make("&What Is It?…", "Say what the model shall draw, or let it guess", "W", "tag")
        self.show_size = self._make(
            "Show the Si&ze", "A frame that says how large the whole will be; drag it", "Ctrl+Shift+F"
        )
        self.show_size.setCheckable(True)
        self.import_model = self._make("&Import a Model…", "Bring in one of Magenta's models", "Ctrl+I")
        self.no_latent = self._make("", "", "")
        self.no_latent.setEnabled(False)
        self.suggest = self._make(
            "Suggest as I D&raw", "A pale continuation whenever the pen lifts", "Ctrl+G", "ghost"
        )
        self.suggest.setCheckable(True)
        self.take_suggestion = self._make("&Take the Suggestion", "Take the pale continuation", "Tab")
        self.take_one_stroke = self._make("Take &One Stroke of It", "Take its first stroke", "Right")
        for action in (self.take_suggestion, self.take_one_stroke):  # elsewhere these keys move the focus
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.speeds = QActionGroup(self._owner)
        for speed in PenSpeed:
            action = self._make(f"&{speed.name.capitalize()}", "How fast the model's pen moves", "")
            action.setCheckable(True)
            action.setData(speed.name)
            self.speeds.addAction(action)

    def fill(self, bar: QMenuBar) -> None:
        """Puts every action into its menu."""
        self._bar = bar
        self.recent_menu = QMenu("Open &Recent", bar)
        _add(
            bar.addMenu("&File"),
            self.new,
            self.open,
            self.recent_menu,
            None,
            self.save,
            self.save_as,
            self.export,
            None,
            self.close,
            self.quit,
        )
        self.edit_menu = bar.addMenu("&Edit")
        _add(self.edit_menu, self.undo, self.redo, None, self.clear)
        self._model_menu = bar.addMenu("&Model")
        _add(
            self._model_menu,
            self.complete,
            self.stroke,
            self.go_on,
            self.stop,
            None,
            self.keep,
            self.another,
            self.discard,
            None,
            self.endings,
            self.more_like,
            self.more_different,
            None,
            self.what,
            self.suggest,
            self.take_suggestion,
            self.take_one_stroke,
            None,
        )
        warmth = self._model_menu.addMenu("Te&mperature")
        _add(warmth, self.calmer, self.wilder, None, self.repeat, self.again_calmer, self.again_wilder)
        _add(self._model_menu.addMenu("Pen S&peed"), *self.speeds.actions())
        latent = self._model_menu.addMenu("Redraw and Morp&h")
        _add(latent, self.redraw, self.morph, self.average, self.no_latent)
        latent.setToolTipsVisible(True)
        self.use_menu = QMenu("&Use Another Model", bar)
        _add(self._model_menu, self.show_size, None, self.use_menu, self.import_model)
        view = self.view_menu = bar.addMenu("&View")
        _add(view, self.authors, self.full_screen, None)
        _add(view.addMenu("&Colours"), *self.schemes.actions())
        _add(bar.addMenu("Teac&h"), self.collect, self.teach)
        self.help_menu = bar.addMenu("&Help")
        _add(self.help_menu, self.about)

    def insert_menu(self, title: str, before: QMenu | QAction, within: QMenu | None = None) -> QMenu:
        """A menu of its own before another one, in the bar or within a menu."""
        place = before.menuAction() if isinstance(before, QMenu) else before
        menu = QMenu(title, self._bar)
        (within or self._bar).insertMenu(place, menu)
        return menu

    def tint(self, colours: Colours) -> None:
        """Gives every action its icon in the theme's colours."""
        for action, name in self._icons.items():
            action.setIcon(icon(name, colours.text, colours.faint))

    def icon_name(self, action: QAction) -> str:
        return self._icons[action]

    def _make(self, text: str, tip: str, keys: Keys, icon_name: str | None = None) -> QAction:
        """An action; its tooltip tells the first of its keys."""
        action = QAction(text, self._owner)
        if isinstance(keys, list):
            action.setShortcuts([QKeySequence(key) for key in keys])
        elif keys:
            action.setShortcut(QKeySequence(keys))
        action.setAutoRepeat(False)
        action.setStatusTip(tip)
        explain(action)
        if icon_name is not None:
            self._icons[action] = icon_name
        return action

    make = _make
    """For parts of the window that have actions of their own."""


def _add(menu: QMenu, *actions: QAction | QMenu | None) -> None:
    """Adds actions and menus to a menu; None is a line between them."""
    menu.setToolTipsVisible(False)
    for action in actions:
        if action is None:
            menu.addSeparator()
        elif isinstance(action, QMenu):
            menu.addMenu(action)
        else:
            menu.addAction(action)


add_to = _add
