"""The way in: where no window can open, a line says why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gui import app


def test_without_a_screen_it_says_so(monkeypatch, capsys):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert app.main([]) == 1
    assert capsys.readouterr().err.startswith("sketchrnn draw: there is no screen here")


def test_where_qt_does_not_load_it_says_so(monkeypatch, capsys):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setitem(sys.modules, "gui.program", None)
    monkeypatch.delattr("gui.program", raising=False)
    assert app.main([]) == 1
    error = capsys.readouterr().err
    assert "Qt cannot be loaded" in error and "Traceback" not in error


def test_help_needs_neither_qt_nor_a_screen():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "gui", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "FILE" in done.stdout and "example" in done.stdout
    assert "PySide6" not in done.stderr and "numpy" not in done.stderr


def test_an_unknown_option_is_misuse():
    with pytest.raises(SystemExit) as stopped:
        app.main(["--unknown"])
    assert stopped.value.code == 2


def test_qt_takes_no_reference_it_was_not_given(qapp):
    for _ in range(3):
        for _ in range(20_000):
            qapp.processEvents()
    assert qapp.applicationName() is not None


def test_ctrl_c_while_qt_loads_is_silent(tmp_path):
    (tmp_path / "PySide6").mkdir()
    lines = ("import os, signal, time", "os.kill(os.getpid(), signal.SIGINT)", "time.sleep(20)")
    (tmp_path / "PySide6" / "__init__.py").write_text("\n".join(lines))
    path = os.pathsep.join((str(tmp_path), str(Path(app.__file__).parents[1])))
    done = subprocess.run(
        [sys.executable, "-m", "gui"],
        env=os.environ | {"PYTHONPATH": path, "QT_QPA_PLATFORM": "offscreen"},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")
