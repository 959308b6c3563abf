"""Commands as processes: exit statuses, encodings, closed streams, readers that go away."""

import os
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


def test_a_reader_that_goes_away_is_no_traceback(folder):
    """As `sketchrnn model list | head -0` does."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "sketchrnn", "model", "list"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    assert b"Traceback" not in done.stderr
    assert done.stderr == b""
