"""A virtual screen with a mouse and a keyboard, on which tests use the program as people do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gui.look.theme import LIGHT
from gui.paper.paper import HEIGHT, WIDTH

ROOT = Path(__file__).resolve().parents[2]
SCREEN = (1024, 700)

needs_screen = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs an X server"),
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed (apt install xvfb)"),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is not installed"),
]
"""The marks of a module that needs all this."""

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
        """A stroke with the left button, faster than any hand: every place is an event nevertheless."""
        words: list[object] = ["mousemove", *places[0], "mousedown", 1]
        for place in places[1:]:
            words += ["mousemove", *place]
        self.do(*words, "mouseup", 1)

    def type(self, text: object) -> None:
        self.do("type", "--delay", 15, str(text))

    def named(self, name: str) -> str:
        """The window whose title has these words; empty where there is none."""
        return self.do("search", "--onlyvisible", "--name", name).split("\n")[0]

    def to_window(self, name: str) -> str:
        """Waits for a window, and gives it the keyboard, as a window manager would."""
        until(lambda: bool(self.named(name)), f"the window {name}")
        window = self.named(name)
        self.do("windowraise", window)
        self.do("windowfocus", "--sync", window)
        return window

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
        near = np.abs(self.pixels()[: SCREEN[1] - 90] - rgb(colour)).max(axis=2) < 12
        return int(near.sum())

    def shoot(self, name: str) -> None:
        """Keeps a picture of the screen for whoever looks at a failed test."""
        pixels = self.pixels().astype(np.uint8)
        head = f"P6 {pixels.shape[1]} {pixels.shape[0]} 255\n".encode()
        (self._folder / f"{name}.ppm").write_bytes(head + pixels.tobytes())


def rgb(colour: str) -> np.ndarray:
    """Of "#rrggbb"."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])


def until(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.1)


def window_of(screen: Screen) -> str:
    return screen.do("search", "--onlyvisible", "--name", "sketchrnn").split("\n")[0]


def on_paper(screen: Screen, places: list[Place]) -> np.ndarray:
    """Where on the paper these pixels of the screen are: the paper is found by its looks."""
    rows, columns = np.nonzero((screen.pixels() == rgb(LIGHT.paper)).all(axis=2)[: SCREEN[1] - 90])
    left, right, top, bottom = columns.min(), columns.max() + 1, rows.min(), rows.max() + 1
    assert (right - left) / (bottom - top) == pytest.approx(WIDTH / HEIGHT, abs=0.01)
    scale = WIDTH / (right - left)
    return (np.array(places, float) - (left, top)) * scale


HEAD = [(360 + round(140 * np.sin(a)), 280 - round(120 * np.cos(a))) for a in np.linspace(0, 6, 30)]
EYE = [(320, 250), (326, 244), (334, 250)]


def furthest(places: np.ndarray, line: np.ndarray) -> float:
    """The largest distance from one of the places to the nearest point of the other set."""
    return float(np.min(np.linalg.norm(places[:, None] - line[None], axis=2), axis=1).max())


def drawn_densely(line: np.ndarray) -> np.ndarray:
    """Points all along a polyline: the pointer may have been seen between two places."""
    steps = np.linspace(0, len(line) - 1, 100 * len(line))
    return np.column_stack([np.interp(steps, np.arange(len(line)), line[:, axis]) for axis in (0, 1)])
