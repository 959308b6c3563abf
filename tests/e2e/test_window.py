"""The real program on a real (virtual) screen: a hand draws, the model goes on, an SVG comes out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from gui.paper import HEIGHT, WIDTH
from gui.theme import LIGHT
from sketchrnn import store
from sketchrnn.sketch import Author, Sketch

ROOT = Path(__file__).resolve().parents[2]
SCREEN = (1024, 700)

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs an X server"),
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed (apt install xvfb)"),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is not installed"),
]

Place = tuple[int, int]


class Screen:
    """A virtual screen with a mouse and a keyboard."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for _ in range(3):  # servers that start or end at the same moment may take each other's number
            self._server, self.display = self._started()
            if self.do("getdisplaygeometry"):
                return
            self.close()
        pytest.fail("Xvfb does not answer")

    def _started(self) -> tuple[subprocess.Popen[bytes], str]:
        read_end, write_end = os.pipe()
        options = ["-screen", "0", f"{SCREEN[0]}x{SCREEN[1]}x24", "-nolisten", "tcp", "-noreset"]
        # The screen's picture is a file in this folder that can be read at any time.
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), *options, "-fbdir", self._folder],
            pass_fds=[write_end],
            stderr=subprocess.DEVNULL,
        )
        os.close(write_end)
        with os.fdopen(read_end) as number:
            return server, f":{number.readline().strip()}"

    def close(self) -> None:
        self._server.terminate()
        self._server.wait()

    def do(self, *words: object) -> str:
        """One call of xdotool."""
        done = subprocess.run(
            ["xdotool", *map(str, words)],
            env=os.environ | {"DISPLAY": self.display},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return done.stdout.strip()

    def key(self, *keys: str) -> None:
        for key in keys:
            self.do("key", key)
            time.sleep(0.05)

    def draw(self, places: list[Place]) -> None:
        """A stroke with the left button. The pauses let every place become an event."""
        self.do("mousemove", *places[0])
        self.do("mousedown", 1)
        for place in places[1:]:
            self.do("mousemove", *place)
        self.do("mouseup", 1)

    def pixels(self) -> np.ndarray:
        """(height, width, 3): red, green, blue as they are now."""
        raw = (self._folder / "Xvfb_screen0").read_bytes()
        header = np.frombuffer(raw[:100], ">u4")  # the X window dump format, version 7
        size, width, height, stride, colours = header[0], header[4], header[5], header[12], header[19]
        start = int(size + 12 * colours)
        rows = np.frombuffer(raw, np.uint8, int(stride * height), start).reshape(height, stride)
        return rows[:, : 4 * width].reshape(height, width, 4)[:, :, 2::-1].astype(int)

    def count(self, colour: str) -> int:
        """How many pixels have a colour, in the part of the screen that shows paper."""
        wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
        near = np.abs(self.pixels()[: SCREEN[1] - 90] - wanted).max(axis=2) < 12
        return int(near.sum())

    def shoot(self, name: str) -> None:
        """Keeps a picture of the screen for whoever looks at a failed test."""
        pixels = self.pixels().astype(np.uint8)
        head = f"P6 {pixels.shape[1]} {pixels.shape[0]} 255\n".encode()
        (self._folder / f"{name}.ppm").write_bytes(head + pixels.tobytes())


def until(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.1)


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
        return program

    yield run
    for program in programs:
        program.kill()
        program.wait()


@pytest.fixture
def models(tmp_path) -> dict[str, str]:
    """The environment in which there is a model: the ones that ship, or else one made of noise."""
    if store.available():
        return {}
    sys.path.append(str(ROOT / "tests" / "gui"))
    from untrained import save_untrained

    save_untrained(tmp_path / "models" / "untrained")
    return {"SKETCHRNN_MODELS": str(tmp_path / "models")}


def window_of(screen: Screen) -> str:
    return screen.do("search", "--onlyvisible", "--name", "sketchrnn").split("\n")[0]


def on_paper(screen: Screen, places: list[Place]) -> np.ndarray:
    """Where on the paper these pixels of the screen are: the paper is found by its looks."""
    wanted = np.array([int(LIGHT.paper[i : i + 2], 16) for i in (1, 3, 5)])
    rows, columns = np.nonzero((screen.pixels() == wanted).all(axis=2)[: SCREEN[1] - 90])
    left, right, top, bottom = columns.min(), columns.max() + 1, rows.min(), rows.max() + 1
    assert (right - left) / (bottom - top) == pytest.approx(WIDTH / HEIGHT, abs=0.01)
    scale = WIDTH / (right - left)
    return (np.array(places, float) - (left, top)) * scale


HEAD = [(360 + round(140 * np.sin(a)), 280 - round(120 * np.cos(a))) for a in np.linspace(0, 6, 30)]
EYE = [(320, 250), (326, 244), (334, 250)]


def test_draw_complete_keep_and_export(screen, start, models, tmp_path):
    program = start(**models)
    expected = [on_paper(screen, HEAD), on_paper(screen, EYE)]
    screen.draw(HEAD)
    screen.draw(EYE)
    until(lambda: screen.count(LIGHT.ink) > 500, "the person's ink")
    screen.shoot("1-drawn")

    screen.key("space")
    until(lambda: screen.count(LIGHT.accent) > 150, "the model's ink")
    screen.shoot("2-drawing")
    screen.key("Return")
    screen.shoot("3-kept")

    path = tmp_path / "face.svg"
    screen.key("ctrl+e")
    until(lambda: bool(screen.do("search", "--onlyvisible", "--name", "Export")), "the file dialog")
    screen.shoot("4-dialog")
    screen.key("ctrl+a")
    screen.do("type", "--delay", 15, str(path))
    screen.key("Return")
    until(path.exists, "the file")

    sketch = Sketch.open(path)
    mine = sketch.by(Author.HUMAN).strokes
    pixel = WIDTH / 700  # of this small window, in paper units
    assert len(mine) == 2
    for seen, drawn in zip(mine, expected, strict=True):
        assert furthest(drawn, seen) < 1.2 * pixel
        assert furthest(seen, drawn_densely(drawn)) < 1.2 * pixel
        np.testing.assert_allclose(seen[[0, -1]], drawn[[0, -1]], atol=1.2 * pixel)
    assert len(sketch.by(Author.MODEL)) >= 1
    assert program.poll() is None


def test_without_any_model_one_can_draw_undo_and_save(screen, start, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    start(SKETCHRNN_MODELS=str(empty))
    screen.draw(HEAD)
    screen.draw(EYE)
    screen.key("ctrl+z")
    path = tmp_path / "head.svg"
    screen.key("ctrl+s")
    until(lambda: bool(screen.do("search", "--onlyvisible", "--name", "Save the drawing")), "the dialog")
    screen.key("ctrl+a")
    screen.do("type", "--delay", 15, str(path))
    screen.key("Return")
    until(path.exists, "the file")
    assert len(Sketch.open(path)) == 1
    until(lambda: "head.svg" in screen.do("getwindowname", window_of(screen)), "the file's name in the title")


def test_a_drawing_named_on_the_command_line_is_on_the_paper(screen, start, tmp_path):
    path = tmp_path / "line.svg"
    Sketch([[(100, 100), (800, 600)]]).save(path)
    start(path)
    until(lambda: screen.count(LIGHT.ink) > 500, "the drawing")


def furthest(places: np.ndarray, line: np.ndarray) -> float:
    """The largest distance from one of the places to the nearest point of the other set."""
    return float(np.min(np.linalg.norm(places[:, None] - line[None], axis=2), axis=1).max())


def drawn_densely(line: np.ndarray) -> np.ndarray:
    """Points all along a polyline: the pointer may have been seen between two places."""
    steps = np.linspace(0, len(line) - 1, 100 * len(line))
    return np.column_stack([np.interp(steps, np.arange(len(line)), line[:, axis]) for axis in (0, 1)])
