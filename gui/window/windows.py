"""The program's windows: opens them, dresses them, and lets each keep its drawing safe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from gui.files import dragged
from gui.files.autosave import Autosave, LeftBehind, left_behind
from gui.files.background import Background
from gui.files.dialogs import Dialogs
from gui.files.filing import Filing
from gui.files.recovery import Recovery
from gui.models.worker import Worker
from gui.settings import Settings
from gui.window.main_window import MainWindow
from gui.window.wardrobe import Wardrobe
from sketchrnn.sketch import Sketch

if TYPE_CHECKING:
    from gui.dataset.browser import Browser
    from gui.dataset.collect import Collect
    from gui.teaching.teach import Teach

AUTOSAVES = "autosave"
"""The folder for them in the user's state folder."""

LESSONS = "lessons"
"""The folder for what is known of training runs."""

CASCADE = QPoint(32, 32)
"""How far a new window lies from the one it was opened from, in pixels."""


class Windows(QObject):
    """Every window of the program.

    Args:
        app: the application.
        settings: what the windows remember together.
        make_worker: each window has a worker of its own.
        state: the folder for autosaves; None: nothing is kept.
        make_dialogs: what asks the questions of a window; by default real dialogs.
        examples: the folder for collected drawings; by default the user's.
    """

    def __init__(
        self,
        app: QApplication,
        settings: Settings,
        make_worker: Callable[[], Worker],
        state: Path | None = None,
        make_dialogs: Callable[[], Dialogs] | None = None,
        examples: Path | None = None,
    ) -> None:
        super().__init__()
        self._app, self.settings, self._make_worker, self._state = app, settings, make_worker, state
        self._make_dialogs, self._examples = make_dialogs, examples
        self._collect: Collect | None = None
        self._teach: Teach | None = None
        self.background = Background(self)
        self._wardrobe = Wardrobe(app, settings, self)
        self._windows: dict[MainWindow, Autosave | None] = {}
        self._browsers: list[Browser] = []
        self._recovery: Recovery | None = None

    @property
    def all(self) -> list[MainWindow]:
        """The windows that are open, the oldest first."""
        return list(self._windows)

    def open(self) -> MainWindow:
        """Opens a window with empty paper."""
        dialogs = self._make_dialogs() if self._make_dialogs else None
        window = MainWindow(self._make_worker(), self.settings, dialogs)
        self._wardrobe.add(window)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        before = self._app.activeWindow()
        if isinstance(before, MainWindow):
            _cascade(window, before)
        self._windows[window] = autosave = self._autosave(window)
        if autosave is not None:
            autosave.failed.connect(window.say)
        window.filing.elsewhere = self._open_elsewhere
        window.filing.browse = self.browse
        window.filing.background = self.background
        window.closed.connect(self._on_closed)
        window.actions_.quit.triggered.connect(self.close_all)
        for action, slot in ((window.actions_.collect, self.collect), (window.actions_.teach, self.teach)):
            action.setEnabled(True)
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
        window.scheme_chosen.connect(self._wardrobe.dress)
        if self.all[:-1]:  # events have their turn between making a window and showing it
            QTimer.singleShot(1, window, window.show)
        else:
            window.show()
        return window

    def begin(self, window: MainWindow, file: Path | None) -> None:
        """What comes after the first window is on the screen: the file that was named, and recovery."""
        if file is not None:
            window.filing.open_file(file)
        self.offer_recovery(window)
        self.background.put(dragged, dragged.take_away_old)

    def tell(self, sentence: str, title: str = "Something went wrong") -> None:
        """Tells of an error over the window that is in use."""
        window = self._app.activeWindow()
        if not isinstance(window, MainWindow):
            window = next(iter(self.all), None)
        if window is not None:
            window.dialogs.tell(title, sentence)

    def close_all(self) -> None:
        """Closes one window after another, until somebody wants to keep one."""
        for window in reversed(self.all):
            if not window.close():
                return

    def end(self) -> None:
        """The last things to do: files are written, what was thrown away is deleted."""
        if self._recovery is not None:
            self._recovery.end()
        if self._teach is not None:
            self._teach.close()
        for window, autosave in self._windows.items():
            window.worker.stop()
            if autosave is not None:
                autosave.close(keep=True)
        dragged.take_away_old()
        self.background.flush()

    # --- data sets -----------------------------------------------------------------------------

    def browse(self, path: Path) -> Browser:
        """Shows the drawings of a file; the chosen ones come on paper."""
        from gui.dataset.browser import Browser  # not at start: the readers of data sets come with it

        browser = Browser(path)
        browser.chosen.connect(self.place)
        browser.alone.connect(self.place)
        browser.failed.connect(lambda sentence: self.tell(sentence, "Not opened"))
        browser.closed.connect(self._on_browser_closed)
        self._browsers.append(browser)
        self._wardrobe.add(browser)
        browser.show()
        return browser

    def place(self, sketch: Sketch) -> None:
        """Lays a drawing on the paper of a window that has nothing to lose, or of a new one."""
        unchanged = [window for window in self.all if not window.document.modified]
        window = unchanged[-1] if unchanged else self.open()
        window.settle()
        window.document.place(sketch)
        window.raise_()
        window.activateWindow()

    # --- teaching ------------------------------------------------------------------------------

    def collect(self) -> Collect:
        """The window for drawing many of one thing; there is one."""
        if self._collect is None:
            from gui.dataset.collect import Collect

            autosaves = self._state / AUTOSAVES if self._state is not None else None
            self._collect = Collect(self._drawings(), self.settings, self.background, autosaves)
            self._collect.train_wanted.connect(lambda path: self.teach().propose(path))
            self._collect.closed.connect(self._on_collect_closed)
        self._wardrobe.add(self._collect)
        _bring_forward(self._collect)
        return self._collect

    def teach(self) -> Teach:
        """The window in which a model learns; there is one."""
        if self._teach is None:
            from gui.teaching.teach import Teach
            from sketchrnn import store  # no window needs it to open

            folder = (self._state or self._drawings()) / LESSONS
            self._teach = Teach(folder, store.user_folder(), self.settings, self._make_worker())
            self._teach.model_changed.connect(self._on_model_changed)
            self._teach.closed.connect(self._on_teach_closed)
        self._wardrobe.add(self._teach)
        _bring_forward(self._teach)
        return self._teach

    def _drawings(self) -> Path:
        from gui.dataset.examples import examples_folder

        return self._examples or examples_folder()

    def _on_browser_closed(self, browser: Browser) -> None:
        self._browsers.remove(browser)
        self._wardrobe.remove(browser)

    def _on_collect_closed(self) -> None:
        if self._collect is not None:
            self._wardrobe.remove(self._collect)
        self._collect = None

    def _on_teach_closed(self) -> None:
        if self._teach is not None:
            self._wardrobe.remove(self._teach)
        self._teach = None

    def _on_model_changed(self) -> None:
        for window in self.all:
            window.worker.find_models()

    # --- recovery ------------------------------------------------------------------------------

    def offer_recovery(self, window: MainWindow) -> None:
        """Offers what earlier programs left behind, if they did."""
        found = left_behind(self._state / AUTOSAVES) if self._state is not None else []
        if found:
            self._recovery = Recovery(window.notice, found, self._bring_back, self)

    def _bring_back(self, left: LeftBehind) -> None:
        window = next((window for window in self.all if window.document.untouched), None) or self.open()
        autosave = self._windows[window]
        if autosave is not None:
            autosave.adopt(left)
        was = left.snapshot
        window.document.bring_back(was.strokes, was.path, was.label)
        window.say("Here it is again. It is not saved yet.")

    def _autosave(self, window: MainWindow) -> Autosave | None:
        if self._state is None:
            return None
        return Autosave(window.document, self.background, self._state / AUTOSAVES, window)

    # --- what windows report -------------------------------------------------------------------

    def _open_elsewhere(self) -> Filing:
        return self.open().filing

    def _on_closed(self, window: MainWindow) -> None:
        self._wardrobe.remove(window)
        autosave = self._windows.pop(window, None)
        if autosave is not None:
            autosave.close()


def make_window(
    app: QApplication, worker: Worker, settings: Settings, dialogs: Dialogs | None = None
) -> MainWindow:
    """A window dressed in the system's colours, or in those that its user chose."""
    window = MainWindow(worker, settings, dialogs)
    wardrobe = Wardrobe(app, settings, window)
    wardrobe.add(window)
    window.scheme_chosen.connect(wardrobe.dress)
    return window


def _cascade(window: QWidget, before: QWidget) -> None:
    """A little aside from the one it was opened from, and on the screen where it fits there."""
    area, place = before.screen().availableGeometry(), before.pos() + CASCADE
    if not area.contains(QRect(place, window.size())):
        place = area.topLeft()
    window.move(place)


def _bring_forward(window: QWidget) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
