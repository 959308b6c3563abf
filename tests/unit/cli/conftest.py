"""A folder to run commands in, and a way to run them."""

import pytest
import tiny

from sketchrnn.cli import main


@pytest.fixture
def folder(installed, tmp_path, monkeypatch):
    """An empty working folder with half a drawing; the models are found by name."""
    monkeypatch.chdir(tmp_path)
    tiny.HALF.save("half.svg")
    return tmp_path


@pytest.fixture
def command(folder, capsys):
    """Runs a command; returns exit status, output and errors."""

    def run(*arguments):
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return status, captured.out, captured.err

    return run
