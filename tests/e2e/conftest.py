"""The program on a virtual screen, at home in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from xscreen import ROOT, SCREEN, Screen, until, window_of

from gui.look.theme import LIGHT
from sketchrnn import store


@pytest.fixture
def screen(tmp_path) -> Iterator[Screen]:
    made = Screen(tmp_path)
    yield made
    made.shoot("last")
    made.close()


@pytest.fixture
def start(screen, tmp_path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts the program as its user does, at home in an empty folder."""
    programs = []

    def run(*arguments: object, **environment: str) -> subprocess.Popen[bytes]:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        given = {key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"}
        given |= {"DISPLAY": screen.display, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")}
        given |= {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path[1:]]), **environment}
        with (tmp_path / "program.log").open("wb") as log:
            program = subprocess.Popen(
                [sys.executable, "-m", "gui", *map(str, arguments)], cwd=ROOT, env=given, stderr=log
            )
        programs.append(program)
        until(lambda: bool(window_of(screen)) or program.poll() is not None, "the window")
        assert program.poll() is None, (tmp_path / "program.log").read_text()
        window = window_of(screen)
        screen.do("windowmove", window, 0, 0)
        screen.do("windowsize", window, *SCREEN)
        screen.do("windowfocus", window)
        until(lambda: screen.count(LIGHT.paper) > 200_000, "the paper")
        until(lambda: at_rest(screen), "the window to be as large as the screen")
        return program

    yield run
    for program in programs:
        program.kill()
        program.wait()


def at_rest(screen: Screen) -> bool:
    """Whether two looks at the screen show the same."""
    before = screen.pixels()
    time.sleep(0.3)
    return bool((screen.pixels() == before).all())


@pytest.fixture
def models(tmp_path) -> dict[str, str]:
    """The environment in which there is a model: the ones that ship, or else one made of noise."""
    if store.available():
        return {}
    sys.path.append(str(ROOT / "tests" / "gui"))
    from untrained import save_untrained

    save_untrained(tmp_path / "models" / "untrained")
    return {"SKETCHRNN_MODELS": str(tmp_path / "models")}
