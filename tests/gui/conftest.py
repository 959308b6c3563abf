"""Windows without a screen: Qt's offscreen platform, settings of their own, fakes for what is slow."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if sys.platform == "linux":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

from fakes import FakeDialogs, FakeInfo, SpiralModel
from PySide6.QtCore import QSettings

from gui.canvas.canvas import Canvas
from gui.collector import Collector
from gui.look.theme import LIGHT
from gui.models.worker import LoadedModel, Worker
from gui.settings import Settings
from gui.window.main_window import MainWindow
from gui.window.windows import Windows, make_window

MakeWindow = Callable[..., MainWindow]


@pytest.fixture(autouse=True)
def collected_in_this_thread(qapp) -> Iterator[None]:
    """As in the program: no thread but this one may end what belongs to a window."""
    collector = Collector()
    collector.install()
    yield
    collector.collect()
    collector.remove()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    made.hint_seen = True
    return made


@pytest.fixture
def open_window(qtbot, qapp, settings, monkeypatch, tmp_path) -> Iterator[MakeWindow]:
    """Opens windows with the models that a test names, by default one fake, and closes them."""
    monkeypatch.setattr("gui.models.pen.DRAW_SPEED", 2500.0)  # nobody is watching
    monkeypatch.setattr("gui.models.thumbnails.cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr("gui.files.dragged.parent", lambda: tmp_path)
    monkeypatch.setattr("gui.models.model_folder.folders", lambda: [tmp_path / "models"])
    windows: list[MainWindow] = []

    def make(
        models: dict[str, LoadedModel | Exception] | None = None, infos: list[FakeInfo] | None = None
    ) -> MainWindow:
        models = {"spiral": SpiralModel()} if models is None else models
        if infos is None:
            infos = [FakeInfo(name, Path(name)) for name in models]

        def load(path: Path) -> LoadedModel:
            model = models[path.name]
            if isinstance(model, Exception):
                raise model
            return model

        window = make_window(qapp, Worker(lambda: infos, load), settings, FakeDialogs())
        windows.append(window)
        window.resize(1024, 700)
        window.show()
        qtbot.waitExposed(window)
        qtbot.waitUntil(lambda: window._models is not None)
        return window

    yield make
    for window in windows:
        window.worker.stop()
        window.document.undo_stack.setClean()
        window.ending.discard()
        window.close()
        window.deleteLater()


@pytest.fixture
def window(open_window: MakeWindow) -> MainWindow:
    return open_window()


@pytest.fixture
def windows(qtbot, qapp, settings, tmp_path) -> Iterator[Windows]:
    """The program's windows, none open yet."""
    infos = [FakeInfo("spiral", Path("spiral"))]
    made = Windows(
        qapp,
        settings,
        lambda: Worker(lambda: infos, lambda path: SpiralModel()),
        tmp_path / "state",
        FakeDialogs,
    )
    yield made
    for window in made.all:
        window.document.undo_stack.setClean()
        window.close()
    made.end()
    qtbot.wait(1)


@pytest.fixture
def canvas(qtbot) -> Canvas:
    """A canvas alone; `drawn` and `pressures` are lists of what its strokes were."""
    made = Canvas()
    qtbot.addWidget(made)
    made.set_colours(LIGHT)
    made.resize(800, 600)
    made.show()
    qtbot.waitExposed(made)
    made.drawn = []
    made.pressures = []

    def keep(points, pressures):
        made.drawn.append(points)
        made.pressures.append(pressures)

    made.stroke_drawn.connect(keep)
    return made
