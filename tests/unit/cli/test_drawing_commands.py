"""Commands that draw: the same bytes for the same seed, sheets, films, one drawing of many."""

import json

import pytest
import tiny
from PIL import Image
from shell import refused

from sketchrnn import formats
from sketchrnn.sketch import Author, Sketch


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
    refused(done, "a.png", "cannot draw itself", status=2)
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


def test_guidance_without_labels_is_refused(command, folder):
    for action in (("complete", "half.svg"), ("sample",)):
        said = command(*action, "-o", "a.svg", "--model", "tiny", "--guidance", "2")
        refused(said, "tiny", "no labels", status=2)
    assert not (folder / "a.svg").exists()


def test_without_a_model_named_one_is_chosen(command):
    said = json.loads(command("complete", "half.svg", "-o", "a.svg", "--json")[1])
    assert said["model"]


def test_a_single_point_is_completed_but_cannot_be_encoded(command, folder):
    Sketch([[(5, 5)]]).save("dot.ndjson")
    assert command("complete", "dot.ndjson", "-o", "out.svg", "--model", "tiny", "--seed", "1")[0] == 0
    refused(command("reconstruct", "dot.ndjson", "-o", "again.svg", "--model", "tiny"), "dot")


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
