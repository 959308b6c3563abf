"""`sketchrnn dataset build | convert | show`."""

import json
import os

import pytest
import tiny
from shell import refused

from sketchrnn import formats


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
    assert command("dataset", "convert", "one.svg", "film.svg", "--animate")[0] == 0
    assert b"@keyframes" in (folder / "film.svg").read_bytes()
    assert b"@keyframes" not in (folder / "one.svg").read_bytes()
    refused(command("dataset", "convert", "mine.bin", "a.npz", "--animate"), ".svg or .gif", status=2)
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


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_folder_that_may_not_be_read_is_not_taken_for_an_empty_one(command, folder):
    (folder / "locked").mkdir(mode=0o000)
    refused(command("dataset", "build", "my.npz", "locked"), "locked may not be read")


def test_what_is_misspelt_is_told_by_the_action_it_was_meant_for(command):
    done = command("dataset", "build", "my.npz", "half.svg", "--spilt", "1/2/3")
    refused(done, "sketchrnn dataset build: there is no --spilt", status=2)
