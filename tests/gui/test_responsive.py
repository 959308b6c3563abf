"""A real process, measured: there at once, never away from its event loop, never with TensorFlow."""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from untrained import save_untrained

ROOT = Path(__file__).resolve().parents[2]
WATCHED = ("watched_window.py", "watched_completing.py")


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> dict[str, float]:
    return run(tmp_path_factory, WATCHED[0])


@pytest.fixture(scope="module")
def completing(tmp_path_factory) -> dict[str, float]:
    return run(tmp_path_factory, WATCHED[1])


def run(tmp_path_factory, script: str) -> dict[str, float]:
    for package in ("gui", "sketchrnn"):  # or the first start, which compiles, would be measured
        compileall.compile_dir(ROOT / package, quiet=2)
    folder = tmp_path_factory.mktemp("watched")
    save_untrained(folder / "models" / "untrained")
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "SKETCHRNN_MODELS": str(folder / "models"),
        "WATCHED_SETTINGS": str(folder / "settings.ini"),
    }
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name(script)), "2"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_window_is_there_without_much_work(measured):
    """How long it takes is for `benchmarks/start.py` to say; this is what no machine should exceed."""
    assert measured["shown_cpu_s"] < 2.5


def test_loading_and_drawing_never_hold_the_event_loop(measured):
    """What other programs take of a busy machine is not counted: only this program's own work is."""
    assert measured["model_strokes"] > 0
    assert measured["longest_own_work_ms"] < 50


def test_suggestions_galleries_and_morphs_never_hold_the_event_loop(completing):
    """What other programs take of a busy machine is not counted."""
    assert completing["frames"] > 0 and completing["ticks"] > 100
    assert completing["longest_own_work_ms"] < 50


def test_tensorflow_stays_out(measured, completing):
    assert measured["heavy"] == completing["heavy"] == []
