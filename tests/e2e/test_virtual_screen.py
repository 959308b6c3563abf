"""The virtual screen on which `make draw` opens its window where there is no other."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NO_SCREEN = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}

pytestmark = pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="Xvfb or xdotool is not installed"
)


def run(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gui.virtual_screen", "sh", "-c", script]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=NO_SCREEN | environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_command_without_a_screen_gets_one_that_ends_with_it() -> None:
    done = run("xdotool getdisplaygeometry; echo $DISPLAY; exit 3")
    announcement, size, display = done.stdout.splitlines()
    assert (done.returncode, size) == (3, "1280 800")
    assert f"the virtual display {display}." in announcement
    assert run("xdotool getdisplaygeometry", DISPLAY=display).returncode != 0


def test_a_command_with_a_screen_keeps_it() -> None:
    assert run('echo "$DISPLAY"', DISPLAY=":1234").stdout == ":1234\n"


def test_the_screen_stays_when_an_onlooker_leaves_it() -> None:
    done = run("xdotool getdisplaygeometry; sleep 1; xdotool getdisplaygeometry")
    assert done.stdout.splitlines()[1:] == ["1280 800", "1280 800"]
