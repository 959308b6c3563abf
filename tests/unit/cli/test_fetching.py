"""`model download`, `dataset download` and their lists, against a server of our own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import tiny
import webserver

from sketchrnn import magenta, store
from sketchrnn.cli import main
from sketchrnn.completion import load_model
from sketchrnn.engine import Architecture
from sketchrnn.formats.npz import read_splits

ROOT = Path(__file__).parents[3]
DECODER = Architecture(conditional=False, dec_rnn_size=24, zero_start=True)
WHOLE = Architecture(enc_rnn_size=16, dec_rnn_size=24, z_size=8, num_mixture=20, zero_start=True)


@pytest.fixture
def server(monkeypatch, tmp_path):
    """A mirror with models and data sets; what is fetched goes into the test's own folders."""
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SKETCHRNN_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("SKETCHRNN_DATASETS", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with webserver.serving() as running:
        monkeypatch.setenv("SKETCHRNN_MODELS_URL", running.url)
        monkeypatch.setenv("SKETCHRNN_DATASETS_URL", running.url)
        yield running


@pytest.fixture
def command(capsys):
    def run(*arguments):
        status = main(list(arguments))
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return status, captured.out, captured.err

    return run


def published(folder, architecture, name):
    """The bytes of a model as Magenta publishes them."""
    weights = {name: array.clip(-9, 9) for name, array in tiny.weights(architecture).items()}
    file = folder / f"{name}.json"
    magenta.write(file, store.ModelInfo(name, folder, architecture, 1000.0, 2.0, 75.0), weights)
    return file.read_bytes()


def data_set(folder):
    return tiny.data_file(folder / "some.npz").read_bytes()


# --- models ------------------------------------------------------------------------------------


def test_models_are_fetched_and_draw(server, command, tmp_path):
    server.put("/cat.gen.json", published(tmp_path, DECODER, "cat"), webserver.cut(500))
    server.put("/owl.vae.json", published(tmp_path, WHOLE, "owl"))
    status, printed, errors = command("model", "download", "cat", "owl.vae")
    assert (status, errors) == (0, "")
    assert {line.split(":")[0] for line in printed.splitlines()} == {"cat", "owl.vae"}
    info = store.read_info(store.find("cat"))
    assert (info.frame, info.epsilon, info.conditional) == (magenta.FRAME, magenta.EPSILON, False)
    assert store.read_info(store.find("owl.vae")).conditional
    for name in ("cat", "owl.vae"):
        assert len(load_model(name).complete(tiny.HALF, seed=1)) >= len(tiny.HALF)
    assert list((tmp_path / "cache").rglob("*.json")) == []  # what it was made of is not kept


def test_a_model_that_is_there_is_not_fetched_again(server, command, tmp_path):
    server.put("/cat.gen.json", published(tmp_path, DECODER, "cat"))
    assert command("model", "download", "cat")[0] == 0
    status, printed, _ = command("model", "download", "cat", "cat.gen")
    assert status == 0
    assert "already" in printed and "--force" in printed
    assert len(server.requests) == 1
    assert json.loads(command("model", "download", "cat", "--json")[1])[0]["new"] is False
    assert json.loads(command("model", "download", "cat", "--force", "--json")[1])[0]["new"] is True
    assert len(server.requests) == 2


def test_a_mirror_can_be_named(server, command, tmp_path):
    server.put("/deep/down/cat.gen.json", published(tmp_path, DECODER, "cat"))
    status, printed, _ = command(
        "model", "download", "cat", "--base-url", f"{server.url}/deep/down/", "--json"
    )
    assert status == 0
    assert json.loads(printed) == [{"model": "cat", "path": str(tmp_path / "models" / "cat"), "new": True}]


def test_one_that_fails_is_told_and_the_others_come(server, command, tmp_path):
    server.put("/cat.gen.json", published(tmp_path, DECODER, "cat"))
    server.put("/dog.gen.json", b"<html>please log in</html>")
    status, printed, errors = command("model", "download", "cat", "dog", "owl")
    assert status == 1
    assert [line.split(":")[0] for line in printed.splitlines()] == ["cat"]
    lines = errors.splitlines()
    assert len(lines) == 2 and all(line.startswith("sketchrnn: ") for line in lines)
    assert any("dog.gen.json" in line and "JSON" in line for line in lines)
    assert any("owl.gen.json" in line and "404" in line for line in lines)
    assert sorted(path.name for path in (tmp_path / "models").iterdir()) == ["cat"]


@pytest.mark.parametrize("name", ["cta", "everything.vae", "../../etc/passwd", "", "cat/../dog"])
def test_an_unknown_model_is_one_line_and_nothing_is_asked_for(server, command, name):
    status, printed, errors = command("model", "download", name)
    assert (status, printed) == (1, "")
    assert errors.count("\n") == 1
    assert server.requests == []


def test_a_folder_of_other_things_is_left_alone(server, command, tmp_path):
    server.put("/cat.gen.json", published(tmp_path, DECODER, "cat"))
    (tmp_path / "models" / "cat").mkdir(parents=True)
    (tmp_path / "models" / "cat" / "note.txt").write_text("mine")
    for force in ([], ["--force"]):
        status, _, errors = command("model", "download", "cat", *force)
        assert status == 1 and "other things" in errors
    assert server.requests == []


def test_published_models_are_listed(server, command, tmp_path):
    status, printed, _ = command("model", "list", "--remote")
    assert status == 0
    assert {"alarm_clock", "catpig", "yogabicycle"} <= set(printed.split())
    server.put("/cat.gen.json", published(tmp_path, DECODER, "cat"))
    command("model", "download", "cat")
    assert re.search(r"\bcat \*", command("model", "list", "--remote")[1])
    rows = json.loads(command("model", "list", "--remote", "--json")[1])
    assert len(rows) == 2 * 114 - 1
    assert [row["name"] for row in rows if row["downloaded"]] == ["cat"]
    assert {row["name"] for row in rows if row["conditional"]} >= {"owl.vae"}


# --- data sets ---------------------------------------------------------------------------------


def test_data_sets_are_fetched_and_read(server, command, tmp_path):
    server.put("/sketchrnn/cat.npz", data_set(tmp_path), webserver.cut(500))
    server.put("/sketchrnn/alarm%20clock.npz", data_set(tmp_path))
    server.put("/omniglot/omniglot.npz", data_set(tmp_path))
    status, printed, errors = command("dataset", "download", "cat", "alarm_clock", "omniglot")
    assert (status, errors) == (0, "")
    assert len(printed.splitlines()) == 3
    names = ["alarm clock.npz", "cat.npz", "omniglot.npz"]
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == names
    assert set(read_splits(tmp_path / "data" / "cat.npz")) == {"train", "valid", "test"}
    assert "already" in command("dataset", "download", "cat")[1]


def test_a_form_and_a_folder_can_be_chosen(server, command, tmp_path):
    tiny.HALF.save(tmp_path / "a.ndjson")
    server.put("/full/raw/cat.ndjson", (tmp_path / "a.ndjson").read_bytes())
    status, printed, _ = command(
        "dataset", "download", "cat", "--format", "raw", "--out", str(tmp_path / "here"), "--json"
    )
    assert status == 0
    (row,) = json.loads(printed)
    assert row == {"file": str(tmp_path / "here" / "cat.raw.ndjson"), "bytes": row["bytes"], "new": True}


def test_data_sets_are_listed(server, command, tmp_path):
    status, printed, _ = command("dataset", "list")
    assert status == 0
    assert (
        "The Great Wall of China" in printed and "omniglot" in printed and str(tmp_path / "data") in printed
    )
    server.put("/sketchrnn/cat.npz", data_set(tmp_path))
    command("dataset", "download", "cat")
    listed = json.loads(command("dataset", "list", "--json")[1])
    assert listed["folder"] == str(tmp_path / "data")
    assert len(listed["data_sets"]) == 345 + 6
    assert [row["name"] for row in listed["data_sets"] if row["downloaded"]] == ["cat"]


@pytest.mark.parametrize("words", [[], ["cta"], ["cat", "qqqq"], ["cat", "--base-url", "ftp://x"]])
def test_misuse_is_one_line_and_nothing_is_asked_for(server, command, words):
    status, printed, errors = command("dataset", "download", *words)
    assert status in (1, 2) and printed == ""
    assert errors.count("\n") == 1
    assert server.requests == []


def test_all_means_every_category(server, command):
    """None of them is there: each is told of, and the command fails."""
    status, _, errors = command("dataset", "download", "--all")
    assert status == 1
    assert len(errors.splitlines()) == 345
    assert len({path for path, _ in server.requests}) == 345


# --- bars --------------------------------------------------------------------------------------


def test_a_terminal_sees_bars_and_a_pipe_does_not(server, tmp_path):
    server.put(
        "/sketchrnn/cat.npz", data_set(tmp_path), webserver.status(503), webserver.cut(10**9, pace=0.02)
    )
    command = [sys.executable, "-m", "sketchrnn", "dataset", "download", "cat", "--force"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"}
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 100))
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=slave) as process:
        os.close(slave)
        seen = b""
        while True:
            try:
                part = os.read(master, 4096)
            except OSError:  # the terminal's other end is closed
                break
            if not part:
                break
            seen += part
        printed = process.stdout.read()
    os.close(master)
    assert process.returncode == 0
    assert b"cat.npz" in seen and b"%" in seen and b"503" in seen
    assert printed.count(b"\n") == 1
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
