"""The command line: exit statuses, one-line errors, the same bytes for the same seed, JSON that parses."""

import io
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tiny
from PIL import Image

from sketchrnn import formats, magenta, store
from sketchrnn.cli import COMMANDS, main
from sketchrnn.engine import Architecture
from sketchrnn.formats.npz import write_splits
from sketchrnn.sketch import Author, Sketch

ROOT = Path(__file__).parents[3]
PUBLISHED = Architecture(conditional=False, dec_rnn_size=24, zero_start=True)


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


def refused(outcome, *words, status=1):
    """A failure is told in one line that has these words."""
    code, printed, errors = outcome
    assert code == status
    assert printed == ""
    lines = errors.strip().splitlines()
    assert len(lines) == 1 if status == 1 else lines
    for word in words:
        assert word in lines[-1]


# --- help and misuse ---------------------------------------------------------------------------

ACTIONS = [[name] for name in COMMANDS] + [
    ["model", action] for action in ("list", "show", "download", "import", "export")
]
ACTIONS += [
    ["dataset"],
    *(["dataset", action] for action in ("list", "download", "build", "convert", "show", "shard")),
]


@pytest.mark.parametrize("words", ACTIONS, ids=" ".join)
def test_help_shows_an_example(command, words):
    status, printed, errors = command(*words, "--help")
    assert (status, errors) == (0, "")
    assert f"example: sketchrnn {words[0]}" in printed


def test_the_help_names_every_command(command):
    status, printed, _ = command("--help")
    assert status == 0
    assert all(name in printed for name in COMMANDS)
    assert "example: sketchrnn" in printed
    assert command("--version")[1].startswith("sketchrnn ")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["draws"],
        ["complete"],
        ["complete", "half.svg"],
        ["complete", "half.svg", "-o", "x.svg", "--count", "0"],
        ["complete", "half.svg", "-o", "x.svg", "--count", "many"],
        ["complete", "half.svg", "-o", "x.svg", "--temperature", "0"],
        ["complete", "half.svg", "-o", "x.svg", "--temperature", "nan"],
        ["complete", "half.svg", "-o", "x.svg", "--seed", "one"],
        ["sample", "-o", "x.svg", "--count", "99999999999"],
        ["interpolate", "half.svg", "-o", "x.svg"],
        ["model"],
        ["train", "half.svg"],
        ["evaluate", "tiny", "x.npz", "--split", "all"],
        ["evaluate", "tiny", "x.npz", "--seed", "99999999999"],
        ["complete", "half.svg", "-o", "x.svg", "--nothing"],
        ["complete", "half.svg", "-o", "x.svg", "--number", "0"],
    ],
    ids=" ".join,
)
def test_misuse_is_status_2_and_does_nothing(command, folder, arguments):
    code, printed, errors = command(*arguments)
    assert (code, printed) == (2, "")
    assert "error:" in errors.splitlines()[-1]
    assert [path.name for path in folder.iterdir()] == ["half.svg"]


# --- drawing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["svg", "ndjson", "npz"])
def test_the_same_seed_writes_the_same_bytes(command, folder, suffix):
    for name in ("a", "b"):
        done = command("complete", "half.svg", "-o", f"{name}.{suffix}", "--model", "tiny", "--seed", "1")
        assert done == (0, "", "")
    assert (folder / f"a.{suffix}").read_bytes() == (folder / f"b.{suffix}").read_bytes()
    command("complete", "half.svg", "-o", f"c.{suffix}", "--model", "tiny", "--seed", "2")
    assert (folder / f"c.{suffix}").read_bytes() != (folder / f"a.{suffix}").read_bytes()


def test_a_completed_drawing_holds_the_half_and_who_drew_what(command, folder):
    command("complete", "half.svg", "-o", "whole.svg", "--model", "tiny", "--seed", "3")
    whole = Sketch.open("whole.svg")
    half = whole.by(Author.HUMAN)
    assert [len(stroke) for stroke in half.strokes] == [len(stroke) for stroke in tiny.HALF.strokes]
    assert len(whole.by(Author.MODEL)) >= 1


def test_the_next_stroke_is_one_stroke(command):
    command("complete", "half.svg", "-o", "next.ndjson", "--model", "tiny", "--seed", "1", "--next-stroke")
    assert len(Sketch.open("next.ndjson")) == len(tiny.HALF) + 1


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (["complete", "half.svg", "--count", "3"], 3),
        (["sample", "--count", "5"], 5),
        (["reconstruct", "half.svg"], 1),
        (["interpolate", "half.svg", "half.svg", "--steps", "4"], 4),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_json_says_what_was_done(command, arguments, count):
    status, printed, errors = command(
        *arguments, "-o", "out.ndjson", "--model", "tiny", "--seed", "9", "--json"
    )
    assert (status, errors) == (0, "")
    said = json.loads(printed)
    assert said["file"] == "out.ndjson"
    assert (said["model"], said["seed"]) == ("tiny", 9)
    written = list(formats.read("out.ndjson"))
    assert said["drawings"] == [{"strokes": len(s), "points": s.point_count} for s in written]
    assert len(written) == count


@pytest.mark.parametrize("suffix", ["png", "gif"])
@pytest.mark.parametrize("arguments", [["complete", "half.svg"], ["sample", "--count", "3"]], ids=" ".join)
def test_pictures(command, folder, suffix, arguments):
    status, printed, errors = command(*arguments, "-o", f"a.{suffix}", "--model", "tiny", "--seed", "1")
    assert (status, printed, errors) == (0, "", "")
    with Image.open(folder / f"a.{suffix}") as image:
        assert image.format == suffix.upper()
        assert getattr(image, "n_frames", 1) == 1 or suffix == "gif"


@pytest.mark.parametrize(
    "arguments",
    [
        ["complete", "half.svg"],
        ["sample", "--count", "3"],
        ["reconstruct", "half.svg"],
        ["interpolate", "half.svg", "half.svg", "--steps", "2"],
    ],
    ids=" ".join,
)
def test_animate_makes_an_svg_that_draws_itself(command, folder, arguments):
    for name, more in [("a", ["--animate"]), ("b", [])]:
        done = command(*arguments, "-o", f"{name}.svg", "--model", "tiny", "--seed", "1", *more)
        assert done == (0, "", "")
    texts = [(folder / name).read_text() for name in ("a.svg", "b.svg")]
    assert ["animation-duration" in text for text in texts] == [True, False]
    if arguments[0] == "complete":
        assert Sketch.open("a.svg") == Sketch.open("b.svg")


def test_what_cannot_move_cannot_be_animated(command, folder):
    done = command("complete", "half.svg", "-o", "a.png", "--model", "tiny", "--animate")
    refused(done, "a.png", "cannot draw itself")
    refused(command("complete", "half.svg", "-o", "a.jpg", "--model", "nonsense"), "a.jpg", "must end in")


def test_one_drawing_of_many(command, folder):
    formats.write("many.ndjson", [tiny.HALF, tiny.HALF[:1], tiny.HALF.transformed(2.0)])
    many = ["complete", "many.ndjson", "-o", "a.svg", "--model", "tiny", "--seed", "1"]
    status, printed, errors = command(*many)
    assert (status, printed) == (0, "")
    assert errors == (
        "sketchrnn: many.ndjson holds several drawings; this is the first, --number 2 takes the next\n"
    )
    for number, strokes in [(1, len(tiny.HALF)), (2, 1), (3, len(tiny.HALF))]:
        assert command(*many, "--number", str(number)) == (0, "", "")
        assert len(Sketch.open("a.svg").by(Author.HUMAN)) == strokes
    refused(command(*many, "--number", "4"), "many.ndjson", "no drawing number 4; give a number from 1 to 3")
    done = command(
        "interpolate", "many.ndjson", "many.ndjson", "--number", "1", "3", "-o", "a.svg", "--model", "tiny"
    )
    assert done == (0, "", "")
    with (folder / "many.ndjson").open("a") as file:
        file.write("no drawing\n")
    assert command(*many, "--number", "3") == (0, "", "")


def test_a_seed_that_was_not_given_is_told_and_draws_the_same_again(command, folder):
    said = json.loads(command("complete", "half.svg", "-o", "a.svg", "--model", "tiny", "--json")[1])
    command("complete", "half.svg", "-o", "b.svg", "--model", "tiny", "--seed", said["seed"])
    assert (folder / "a.svg").read_bytes() == (folder / "b.svg").read_bytes()


@pytest.mark.parametrize("seed", ["-1", "0", "123456789012345678901234567890"])
def test_every_whole_number_is_a_seed(command, seed):
    assert command("complete", "half.svg", "-o", "a.svg", "--model", "tiny", "--seed", seed) == (0, "", "")


def test_a_decoder_alone_completes_and_samples_and_says_what_it_cannot(command):
    assert command("complete", "half.svg", "-o", "a.svg", "--model", "alone", "--seed", "1")[0] == 0
    assert command("sample", "-o", "a.svg", "--model", "alone", "--seed", "1")[0] == 0
    refused(command("reconstruct", "half.svg", "-o", "a.svg", "--model", "alone"), "alone", "no latent space")


# --- models ------------------------------------------------------------------------------------


def test_models_are_listed_and_shown(command, installed):
    status, printed, _ = command("model", "list")
    assert status == 0
    assert all(name in printed for name in ("alone", "started", "tiny"))
    listed = json.loads(command("model", "list", "--json")[1])
    assert {"alone", "started", "tiny"} <= {model["name"] for model in listed}
    status, printed, _ = command("model", "show", "tiny")
    assert status == 0
    assert "255 pixels" in printed
    assert json.loads(command("model", "show", "tiny", "--json")[1])["frame"] == 255.0


def test_a_model_that_was_hardly_measured_is_shown(command, folder):
    tiny.save_model(folder / "odd", losses={"test": {"kl_loss": 0.5}}, data={"licence": "MIT"})
    assert command("model", "show", folder / "odd")[0] == 0


def test_without_a_model_named_one_is_chosen(command):
    said = json.loads(command("complete", "half.svg", "-o", "a.svg", "--json")[1])
    assert said["model"]


def test_an_unknown_model_is_answered_with_those_there_are(command):
    outcome = command("complete", "half.svg", "-o", "a.svg", "--model", "horse")
    refused(outcome, "horse", "alone", "tiny")


# --- what users get wrong, and what strangers send ---------------------------------------------


class Trap:
    """Leaves a file behind when somebody unpickles it."""

    def __reduce__(self):
        return os.mkdir, ("sprung",)


def hostile_npz():
    file, member = io.BytesIO(), np.empty(1, object)
    member[0] = Trap()
    np.savez(file, train=member)
    return file.getvalue()


def stroke_json(points):
    xs, ys = zip(*points, strict=True)
    return json.dumps({"drawing": [[list(xs), list(ys)]]}).encode()


GOOD_NPZ = io.BytesIO()
np.savez(GOOD_NPZ, train=np.zeros((3, 4, 3), np.int16))

BAD_DRAWINGS = {
    "empty.svg": b"",
    "empty.npz": b"",
    "truncated.npz": GOOD_NPZ.getvalue()[:150],
    "picture.svg": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "binary.svg": bytes(range(256)),
    "binary.ndjson": bytes(range(255, -1, -1)),
    "hostile.npz": hostile_npz(),
    "pickle.npz": pickle.dumps(Trap()),
    "nothing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "nothing.ndjson": b"\n\n",
    "nan.ndjson": b'{"drawing": [[[NaN, 1], [2, 3]]]}',
    "infinite.ndjson": b'{"drawing": [[[1e999, 1], [2, 3]]]}',
    "words.ndjson": b'{"drawing": "a dog"}',
    "million.ndjson": stroke_json([(n % 977, n % 613) for n in range(1_000_000)]),
    "latin.svg": '<svg xmlns="http://www.w3.org/2000/svg"><path d="M1 2é"/></svg>'.encode("latin1"),
    "text.txt": b"a dog",
}


@pytest.mark.parametrize("name", BAD_DRAWINGS)
@pytest.mark.parametrize("action", ["complete", "reconstruct"])
def test_a_drawing_that_cannot_be_used_is_one_line_with_its_name(command, folder, name, action):
    (folder / name).write_bytes(BAD_DRAWINGS[name])
    refused(command(action, name, "-o", "out.svg", "--model", "tiny", "--seed", "1"), name)
    assert sorted(path.name for path in folder.iterdir()) == sorted(["half.svg", name])  # nothing executed


@pytest.mark.parametrize("name", ["missing.svg", "no/where.svg", "folder.svg"])
def test_a_file_that_is_not_there_is_one_line_with_its_name(command, folder, name):
    (folder / "folder.svg").mkdir()
    refused(command("complete", name, "-o", "out.svg", "--model", "tiny"), name)
    refused(command("interpolate", "half.svg", name, "-o", "out.svg", "--model", "tiny"), name)


def test_a_single_point_is_completed_but_cannot_be_encoded(command, folder):
    Sketch([[(5, 5)]]).save("dot.ndjson")
    assert command("complete", "dot.ndjson", "-o", "out.svg", "--model", "tiny", "--seed", "1")[0] == 0
    refused(command("reconstruct", "dot.ndjson", "-o", "again.svg", "--model", "tiny"), "dot")


def test_a_drawing_without_strokes_is_one_line_with_its_name(command, folder):
    (folder / "nothing.ndjson").write_text('{"word": "dog", "drawing": []}\n')
    for words in (["complete"], ["reconstruct"], ["interpolate", "half.svg"]):
        refused(command(*words, "nothing.ndjson", "-o", "out.svg", "--model", "tiny"), "nothing.ndjson")


def test_importing_never_writes_into_a_folder_of_other_things(command, folder):
    magenta.write(
        folder / "cat.gen.json",
        store.ModelInfo("cat", folder, PUBLISHED, 1000.0, 2.0, 75.0),
        tiny.weights(PUBLISHED),
    )
    (folder / "home").mkdir()
    (folder / "home" / "README.md").write_text("mine")
    for force in ([], ["--force"]):
        refused(command("model", "import", "cat.gen.json", "--out", "home", *force), "home")
    assert [path.name for path in (folder / "home").iterdir()] == ["README.md"]
    assert command("model", "import", "cat.gen.json", "--out", "cat")[0] == 0
    refused(command("model", "import", "cat.gen.json", "--out", "cat"), "--force")
    assert command("model", "import", "cat.gen.json", "--out", "cat", "--force")[0] == 0
    assert command("model", "export", "cat", "-o", "again.gen.json")[0] == 0
    assert (folder / "again.gen.json").read_bytes() == (folder / "cat.gen.json").read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_the_frame_is_found_by_drawings(command, folder):
    model = store.ModelInfo("cat", folder, PUBLISHED, 1000.0, 2.0, 40.0)
    magenta.write(folder / "cat.gen.json", model, tiny.weights(PUBLISHED))
    random = np.random.default_rng(0)
    formats.write(folder / "cats.ndjson", [Sketch([random.uniform(0, 99, (9, 2))]) for _ in range(5)])
    found, _ = magenta.find_frame(model, formats.read(folder / "cats.ndjson"))
    import_ = ["model", "import", "cat.gen.json", "--out", "cat"]
    status, printed, _ = command(*import_, "--drawings", "cats.ndjson")
    assert status == 0
    assert f"frame {found:g} pixels, by 5 drawings" in printed
    assert store.read_info(folder / "cat").frame == found != 1000.0
    formats.write(folder / "dot.svg", [Sketch([[(3, 3)]])])
    refused(command(*import_, "--force", "--drawings", "dot.svg"), "cat.gen.json", "dot.svg", "give others")
    refused(command(*import_, "--force", "--drawings", "none.ndjson"), "none.ndjson")
    assert store.read_info(folder / "cat").frame == found


@pytest.mark.parametrize(("count", "columns"), [(3, 3), (12, 12), (24, 12), (28, 7), (26, None)])
def test_the_rows_of_a_sheet_show_one_model_each(command, folder, monkeypatch, count, columns):
    sheets = []
    monkeypatch.setattr(formats, "write_sheet", lambda _, sketches, **options: sheets.append(options))
    sample = ["sample", "--count", str(count), "--seed", "4", "--model", "tiny", "alone"]
    assert command(*sample, "-o", "sheet.svg")[0] == 0
    [options] = sheets
    assert options["columns"] == columns
    titles = options["titles"]
    wide = columns or 1  # every drawing says whose it is where a row may show two models
    assert titles[::wide] == ["tiny"] * (count // wide) + ["alone"] * (count // wide)
    assert sum(map(bool, titles)) == 2 * count // wide


def test_several_models_make_a_sheet_with_a_row_for_each(command, folder):
    sample = ["sample", "--count", "3", "--seed", "4", "--model"]
    assert command(*sample, "tiny", "alone", "-o", "sheet.svg")[0] == 0
    sheet = (folder / "sheet.svg").read_text()
    assert sheet.count("<rect") >= 6
    assert ">tiny<" in sheet and ">alone<" in sheet
    status, printed, _ = command(*sample, "tiny", "alone", "-o", "sheet.ndjson", "--json")
    assert status == 0
    assert json.loads(printed)["model"] == ["tiny", "alone"]
    drawn = list(formats.read(folder / "sheet.ndjson"))
    assert command(*sample, "alone", "-o", "one.ndjson")[0] == 0
    assert drawn[3:] == list(formats.read(folder / "one.ndjson"))
    refused(command(*sample, "tiny", "nothing", "-o", "sheet.svg"), "nothing")


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


@pytest.mark.parametrize(
    "out", ["no/where.svg", "taken.svg", "half.svg/x.svg", "out.jpg", "out", "o" * 300 + ".svg"]
)
def test_an_output_that_cannot_be_written_is_one_line_with_its_name(command, folder, out):
    (folder / "taken.svg").mkdir()
    refused(command("complete", "half.svg", "-o", out, "--model", "tiny", "--seed", "1"), out)
    assert sorted(path.name for path in folder.iterdir()) == ["half.svg", "taken.svg"]


def test_a_damaged_model_is_one_line_with_its_name(command, folder):
    info = tiny.save_model(folder / "broken")
    (info.path / "weights.npz").write_bytes(hostile_npz())
    refused(command("complete", "half.svg", "-o", "a.svg", "--model", "broken/weights.npz"), "weights.npz")
    refused(command("model", "show", "broken/"), "weights.npz")
    assert not (folder / "sprung").exists()


def test_one_step_is_no_interpolation(command):
    refused(
        command("interpolate", "half.svg", "half.svg", "-o", "a.svg", "--model", "tiny", "--steps", "1"),
        "2 steps",
    )


# --- training and measuring --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--minutes", "0"], "minutes"),
        (["--minutes", "nan"], "minutes"),
        (["--minutes", "inf"], "minutes"),
        (["--steps", "0"], "steps"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_run_without_an_end_or_a_beginning_is_refused(command, options, word):
    refused(command("train", "data.npz", "--out", "m", *options), word)


@pytest.mark.parametrize(
    "options",
    [
        ["--seed", "-1"],
        ["--seed", "99999999999"],
        ["--batch_size", "0"],
        ["--learning_rate", "0"],
        ["--learning_rate", "inf"],
        ["--kl_weight", "nan"],
        ["--recurrent_dropout_prob", "1.5"],
        ["--dec_rnn_size", "0"],
        ["--dec_rnn_size", "100000"],
    ],
    ids=" ".join,
)
def test_a_hyperparameter_that_makes_no_sense_is_named(command, folder, options):
    pytest.importorskip("tensorflow")
    tiny.data_file(folder / "data.npz")
    refused(command("train", "data.npz", "--out", "m", *options), options[0].removeprefix("--"))
    assert not (folder / "m").exists()


def test_what_cannot_be_trained_on_is_one_line_with_its_name(command, folder):
    pytest.importorskip("tensorflow")
    tiny.data_file(folder / "few.npz", 5, 0, 0)
    for name, content in {"hostile.npz": hostile_npz(), "empty.npz": b"", "few.npz": None}.items():
        if content is not None:
            (folder / name).write_bytes(content)
        refused(command("train", name, "--out", "m"), name)
    refused(command("train", "--out", "m"), "name at least one file")
    refused(command("train", "few.npz", "--out", "m", "--resume"), "no training run")
    assert not (folder / "sprung").exists()
    assert not (folder / "m").exists()


def test_teaching_tells_a_program_how_it_goes(command, folder):
    pytest.importorskip("tensorflow")
    tiny.data_file(folder / "mine.npz", 20, 4, 4)
    status, printed, _ = command(
        "train", "mine.npz", "--from", "tiny", "--out", "mine", "--steps", "2", "--progress", "json"
    )
    assert status == 0
    events = [json.loads(line) for line in printed.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds[:2] == ["start", "validation"] and kinds[-2:] == ["validation", "end"]
    assert events[0]["pid"] == os.getpid() and events[0]["drawings"]["train"] == 20
    assert events[1]["step"] == 0 and events[1]["saved"]
    step = next(event for event in events if event["event"] == "step")
    assert {"step", "reconstruction_loss", "kl_loss", "drawings_per_second", "seconds_left"} <= set(step)
    assert events[-1]["test"]["drawings"] == 4
    assert (folder / "mine" / "model.json").exists()


def test_a_teacher_that_is_not_there_is_named(command, folder):
    tiny.data_file(folder / "mine.npz", 20, 4, 4)
    refused(command("train", "mine.npz", "--from", "horse", "--out", "mine"), "horse")
    assert not (folder / "mine").exists()


def test_measuring_says_figures_and_json(command, folder):
    pytest.importorskip("tensorflow")
    tiny.data_file(folder / "data.npz", 3, 3, 3, shortest=9, longest=9)
    status, printed, _ = command("evaluate", "tiny", "data.npz", "--json")
    assert status == 0
    measured = json.loads(printed)
    assert (measured["model"], measured["split"], measured["drawings"]) == ("tiny", "test", 3)
    assert measured["points"] == 27
    assert measured["nats_low"] <= measured["nats_per_point"] <= measured["nats_high"]
    status, printed, _ = command("evaluate", "tiny", "data.npz", "--against", "alone", "--endings", "2")
    assert status == 0
    lines = {line[:52].strip(): line[52:].split() for line in printed.splitlines()}
    assert lines["3 drawings (test), 27 points"] == ["tiny", "alone"]
    assert lines["nats a point"][0] == f"{measured['nats_per_point']:.4f}"
    assert lines["L_KL"][1:] == ["-"]  # a decoder alone has none
    assert all(float(figure) > 0 for figure in lines["between two endings"])
    write_splits(folder / "train.npz", {"train": tiny.drawings(3)})
    refused(command("evaluate", "tiny", "train.npz"), "train.npz has no test")
    refused(command("evaluate", "horse", "train.npz"), "horse")


# --- as a process ------------------------------------------------------------------------------


def process(*arguments, cwd, **options):
    return subprocess.run(
        [sys.executable, "-m", "sketchrnn", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})},
        capture_output=True,
        timeout=60,
        check=False,
        **options,
    )


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


# --- data sets ---------------------------------------------------------------------------------


def test_a_data_set_is_built_and_told_of(command, folder):
    formats.write(
        "mine.ndjson", [tiny.HALF.transformed(1 + n / 7, n).adding([(n, 1), (3, n)]) for n in range(30)]
    )
    (folder / "mine").mkdir()
    (folder / "mine" / "bad.svg").write_text("nothing")
    tiny.HALF.save("mine/good.svg")
    status, printed, _ = command("dataset", "build", "my.npz", "mine.ndjson", "mine", "--split", "70/20/10")
    assert status == 0
    assert "bad.svg" in printed and "train" in printed
    refused(command("dataset", "build", "my.npz", "mine.ndjson"), "my.npz", "--force")
    said = json.loads(command("dataset", "build", "my.npz", "mine.ndjson", "mine", "--force", "--json")[1])
    assert said["read"] == 31 and sum(said["splits"].values()) + sum(said["left_out"].values()) == 31
    assert list(said["unreadable"]) == ["mine/bad.svg"]
    refused(command("dataset", "build", "other.npz", "none.svg"), "none.svg")
    assert command("dataset", "build", "other.npz", "mine", "--split", "80/20")[0] == 2


def test_drawings_are_converted(command, folder):
    formats.write("mine.ndjson", [tiny.HALF, tiny.HALF.transformed(2)])
    status, printed, _ = command("dataset", "convert", "mine.ndjson", "mine.npz", "--simplify")
    assert (status, printed) == (0, "mine.npz: 2 drawings\n")
    said = json.loads(command("dataset", "convert", "mine.npz", "mine.bin", "--json")[1])
    assert said == {"file": "mine.bin", "drawings": 2}
    one = command("dataset", "convert", "mine.bin", "one.svg", "--number", "2")
    assert one[:2] == (0, "one.svg: 1 drawing\n")
    refused(command("dataset", "convert", "mine.bin", "one.svg", "--number", "20001"), "mine.bin", "20001")
    tiny.HALF.transformed(0.37).save("fractions.svg")
    refused(command("dataset", "convert", "fractions.svg", "f.bin"), "f.bin", "dataset convert --simplify")
    refused(command("dataset", "convert", "mine.bin", "all.svg"), "--number", "dataset show")
    refused(command("dataset", "convert", "mine.bin", "all.bmp"), "all.bmp")


def test_a_data_set_is_shown(command, folder):
    tiny.data_file(folder / "data.npz", 9, 3, 3)
    status, printed, _ = command("dataset", "show", "data.npz", "-o", "sheet.svg", "--count", "5")
    assert status == 0
    assert "15 drawings (9 train, 3 valid, 3 test)" in printed
    assert "data.npz" in (folder / "sheet.svg").read_text()
    assert json.loads(command("dataset", "show", "data.npz", "--json")[1])["splits"]["valid"] == 3
    refused(command("dataset", "show", "data.npz", "-o", "sheet.gif"), "sheet.gif", ".png")
    refused(command("dataset", "show", "none.npz"), "none.npz")
