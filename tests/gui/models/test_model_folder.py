"""Models that come while the window is open: by training, by import, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import FakeInfo, SpiralModel
from hand import draw_with_mouse
from untrained import save_untrained

from gui.models.model_folder import ModelFolders, bring_in
from gui.models.worker import Worker
from gui.program import find_models, load_model
from gui.window.windows import make_window
from sketchrnn import store
from sketchrnn.errors import SketchRNNError

LINE = [(100.0, 100.0), (200.0, 150.0), (300.0, 100.0)]
LONG = 30_000


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Where a person's models are; it is not there yet."""
    monkeypatch.setenv("SKETCHRNN_MODELS", str(tmp_path / "home" / "models"))
    monkeypatch.setattr("gui.models.model_folder.folders", lambda: [store.user_folder()])
    monkeypatch.setattr(store, "default_folder", lambda: tmp_path / "none")
    return tmp_path / "home" / "models"


@pytest.fixture
def window(qapp, qtbot, settings, home, tmp_path):
    from fakes import FakeDialogs

    save_untrained(home / "first")
    made = make_window(qapp, Worker(find_models, load_model), settings, FakeDialogs())
    made.show()
    qtbot.waitUntil(lambda: made.bar.model is not None, timeout=LONG)
    qtbot.waitUntil(lambda: bool(made.completing.models._watcher.directories()), timeout=LONG)
    yield made
    made.worker.stop()
    made.document.undo_stack.setClean()
    made.close()


def names(window):
    return [model.name for model in window._models]


def test_a_model_that_appears_is_in_the_picker_and_nothing_else_changes(window, home, qtbot):
    draw_with_mouse(window.canvas, LINE)
    window.actions_.endings.trigger()
    save_untrained(home / "another")
    qtbot.waitUntil(lambda: names(window) == ["another", "first"], timeout=LONG)
    assert window.bar.model.name == "first" and window.completing.gallery.open


def test_one_that_is_taken_away_is_no_longer_offered(window, home, qtbot):
    save_untrained(home / "another")
    qtbot.waitUntil(lambda: len(names(window)) == 2, timeout=LONG)
    (home / "another" / "model.json").unlink()
    qtbot.waitUntil(lambda: names(window) == ["first"], timeout=LONG)


def test_an_imported_model_draws_from_then_on(window, home, qtbot, tmp_path):
    save_untrained(tmp_path / "elsewhere" / "mine")
    window.dialogs.model_path = tmp_path / "elsewhere" / "mine" / "model.json"
    window.actions_.import_model.trigger()
    qtbot.waitUntil(lambda: window.bar.model.name == "mine", timeout=LONG)
    assert window.settings.model == "mine" and (home / "mine" / "weights.npz").is_file()
    assert "mine is here now" in window.caption.text()


def test_what_is_no_model_is_told_in_one_sentence(window, qtbot, tmp_path):
    (tmp_path / "cat.gen.json").write_text("[1, 2]")
    window.dialogs.model_path = tmp_path / "cat.gen.json"
    window.actions_.import_model.trigger()
    qtbot.waitUntil(lambda: len(window.dialogs.told) == 1, timeout=LONG)
    assert "cat.gen.json" in window.dialogs.told[0] and "\n" not in window.dialogs.told[0]


def test_no_model_is_replaced_by_an_import(home, tmp_path):
    save_untrained(tmp_path / "elsewhere" / "mine")
    path = tmp_path / "elsewhere" / "mine" / "model.json"
    assert [bring_in(path), bring_in(path), bring_in(path)] == ["mine", "mine-2", "mine-3"]
    assert {info.name for info in store.available()} == {"mine", "mine-2", "mine-3"}
    with pytest.raises(SketchRNNError):
        bring_in(tmp_path / "none.gen.json")


def test_a_folder_that_is_made_later_is_watched_from_then_on(qapp, qtbot, home):
    worker = Worker(lambda: [FakeInfo("a", Path("a"))], lambda path: SpiralModel())
    folders = ModelFolders(worker)
    heard = []
    folders.changed.connect(lambda: heard.append(1))
    folders.look()
    qtbot.waitUntil(lambda: bool(folders._watcher.directories()), timeout=LONG)
    home.parent.mkdir()
    qtbot.waitUntil(lambda: str(home.parent) in folders._watcher.directories(), timeout=LONG)
    save_untrained(home / "late")
    qtbot.waitUntil(lambda: bool(heard), timeout=LONG)
    worker.stop()
