"""Commands as processes: exit statuses, encodings, closed streams, readers that go away."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import tiny
from shell import ROOT, process


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX closes the streams")
def test_closed_streams_are_no_mistake(folder, closed):
    tiny.save_model(folder / "model")
    words = f'"{sys.executable}" -m sketchrnn sample -o one.svg --model ./model --count 2 --json {closed}'
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", "-c", words], check=False, cwd=folder, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "one.svg").stat().st_size


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_full_device_is_one_line(installed):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sketchrnn", "model", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1 and "Traceback" not in done.stderr


def test_as_a_process_it_says_the_same(folder):
    done = process("complete", "half.svg", "-o", "a.svg", "--model", "tiny", "--seed", "1", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    done = process("complete", "none.svg", "-o", "a.svg", "--model", "tiny", cwd=folder)
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1
    assert process("complete", cwd=folder).returncode == 2


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_any_terminal_will_do(folder, encoding):
    tiny.save_model(folder / "漢字", description="τ — 漢字")
    done = process("model", "show", "漢字/", cwd=folder, env={"PYTHONIOENCODING": encoding})
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


def test_a_name_that_is_no_text_is_one_line(folder):
    done = process("complete", b"\xff\xfe.svg", "-o", "a.svg", "--model", "tiny", cwd=folder)
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    "words", [["--help"], ["train", "--help"], ["dataset", "list"], ["model", "list", "--json"]]
)
def test_a_reader_that_goes_away_is_no_traceback(folder, words):
    """As `sketchrnn model list | head -0` does."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = process(*words, cwd=folder, stdout=writing)
    finally:
        os.close(writing)
    assert done.stderr == b""


INTERRUPTED = """
import os, signal, time
os.kill(os.getpid(), signal.SIGINT)
time.sleep(20)
raise ImportError("a library that was half loaded")
"""


@pytest.mark.parametrize("library", ["numpy", "tensorflow", "simplification"])
def test_ctrl_c_while_a_library_loads_is_silent(folder, library):
    (folder / library).mkdir()
    (folder / library / "__init__.py").write_text(INTERRUPTED)
    tiny.save_model(folder / "model")
    words = ["evaluate", "./model", "half.svg"]
    if library == "simplification":
        words = ["complete", "half.svg", "-o", "a.svg", "--model", "./model"]
    path = os.pathsep.join((str(folder), str(ROOT)))
    done = process(*words, cwd=folder, env={"PYTHONPATH": path})
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_ctrl_c_in_the_middle_is_one_line_and_leaves_nothing_half_done(folder):
    """A pipe that nobody fills keeps the command reading."""
    os.mkfifo(folder / "slow.toml")
    words = ["-m", "sketchrnn", "train", "half.svg", "--config", "slow.toml", "--out", "out"]
    running = subprocess.Popen(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
    )
    with (folder / "slow.toml").open("wb"):  # opens when the command does
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
    assert (running.returncode, errors) == (130, b"sketchrnn: stopped\n")
    assert [path.name for path in folder.iterdir()] == ["slow.toml", "half.svg"]


def test_a_program_started_to_ignore_ctrl_c_ignores_it(folder):
    """As `nohup` and a script's background do."""
    words = "trap '' INT; kill -INT $$; exec \"$0\" -m sketchrnn model list --json"
    done = subprocess.run(
        ["sh", "-c", words, sys.executable], check=False, cwd=folder, capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0


def test_a_mistake_of_ours_is_one_line_unless_asked_for():
    code = (
        "import sys, sketchrnn.cli; sketchrnn.cli.main = lambda: 1 / 0; "
        "from sketchrnn.__main__ import program; sys.exit(program())"
    )
    quiet, full = (
        subprocess.run(
            [sys.executable, "-c", code],
            check=False,
            cwd=ROOT,
            env={**os.environ, **more},
            capture_output=True,
            text=True,
        )
        for more in ({}, {"SKETCHRNN_TRACEBACK": "1"})
    )
    assert quiet.returncode == full.returncode == 1
    assert "Traceback" not in quiet.stderr and quiet.stderr.count("\n") == 1
    assert "ZeroDivisionError" in quiet.stderr
    assert "Traceback" in full.stderr
