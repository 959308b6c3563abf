"""Twelve drawings by a hand on a real screen, a model that learns from them, and that model in the picker."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from xscreen import ROOT, needs_screen, rgb, until, window_of

from gui.look.theme import LIGHT
from sketchrnn import formats
from sketchrnn.engine.architecture import Architecture

sys.path.append(str(ROOT / "tests" / "gui"))
from untrained import save_untrained

pytestmark = needs_screen

COUNT = 12
ALLOWED = 300
"""Seconds for a training process to load its libraries, on a machine with much else to do."""


@pytest.fixture
def home(tmp_path) -> Iterator[dict[str, str]]:
    """An environment with a small model; no training is left in it."""
    save_untrained(
        tmp_path / "models" / "small",
        Architecture(enc_rnn_size=16, dec_rnn_size=24, z_size=8, num_mixture=3),
    )
    yield {
        "SKETCHRNN_MODELS": str(tmp_path / "models"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    for event in events(tmp_path):
        if "pid" in event:
            with suppress(OSError):
                os.kill(int(event["pid"]), signal.SIGKILL)


def events(tmp_path: Path) -> list[dict[str, object]]:
    """What the training process has told so far."""
    logs = sorted(tmp_path.rglob("lessons/*.jsonl"))
    lines = logs[0].read_text().splitlines(keepends=True) if logs else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def test_collect_and_teach(screen, start, home, tmp_path):
    program = start(**home)
    use(screen, "small")
    screen.key("ctrl+shift+c")
    screen.to_window("Collect drawings")
    until(lambda: screen.count(LIGHT.paper) > 100_000, "the paper")
    screen.type("zigzag")
    screen.key("Return")
    collected = tmp_path / "data" / "sketchrnn" / "drawings" / "zigzag.ndjson"
    for number in range(COUNT):
        screen.draw(zigzag(number))
        screen.key("Return")
        until(lambda number=number: count(collected) == number + 1, f"drawing {number + 1} in its file")
    screen.shoot("collected")
    screen.key("BackSpace")  # the last one comes back on paper, and is done again
    until(lambda: count(collected) == COUNT - 1, "one less")
    screen.key("Return")
    until(lambda: count(collected) == COUNT, "all of them")
    assert {sketch.label for sketch in formats.read(collected)} == {"zigzag"}

    screen.key("ctrl+t")
    screen.to_window("Teach a model")
    screen.key("space")  # the button that starts has the keyboard
    until(lambda: told(tmp_path, "step"), "the first step", ALLOWED)
    weights = tmp_path / "models" / "my-zigzag" / "weights.npz"
    until(weights.exists, "the model", ALLOWED)
    until(lambda: accent(screen) > 100, "endings by the model", ALLOWED)
    screen.shoot("teaching")
    screen.key("ctrl+w")
    until(lambda: not screen.named("Teach a model"), "the window to close")
    seen = len(events(tmp_path))
    until(lambda: len(events(tmp_path)) > seen, "the training to go on without it", ALLOWED)

    screen.do("windowfocus", "--sync", window_of(screen))
    screen.key("ctrl+shift+t")
    screen.to_window("Teach a model")
    until(lambda: accent(screen) > 100, "what it has learnt so far", ALLOWED)
    screen.key("alt+s")
    until(lambda: told(tmp_path, "end"), "the end of the training", ALLOWED)
    screen.key("Escape")
    until(lambda: not screen.named("Teach a model"), "the window to close")
    screen.to_window("Collect drawings")
    screen.key("ctrl+w")
    until(lambda: not screen.named("Collect drawings"), "the window to close")
    use(screen, "my-zigzag")
    until(lambda: "my-zigzag" in settings(tmp_path), "the model to be the one that draws")
    assert program.poll() is None


def use(screen, model: str) -> None:
    """Chooses a model by its name, in the command palette."""
    screen.do("windowfocus", "--sync", window_of(screen))
    screen.key("ctrl+k")
    screen.type(f"use {model}")
    screen.key("Return")


def settings(tmp_path: Path) -> str:
    return "".join(path.read_text() for path in (tmp_path / "home" / "config").rglob("*.conf"))


def told(tmp_path: Path, kind: str) -> bool:
    return any(event["event"] == kind for event in events(tmp_path))


def count(path: Path) -> int:
    return len(path.read_text().splitlines()) if path.exists() else 0


def accent(screen) -> int:
    """Pixels of the model's ink, in the half of the screen where a window's samples are."""
    return int((np.abs(screen.pixels()[350:600] - rgb(LIGHT.accent)).max(axis=2) < 12).sum())


def zigzag(number: int) -> list[tuple[int, int]]:
    places = np.linspace(0, 1, 9)
    return [
        (round(180 + 380 * s), round(320 + (60 + 5 * number) * (-1) ** step)) for step, s in enumerate(places)
    ]
