"""Drawings that cannot be used, and places that cannot be written: one line, and nothing done."""

import io
import json
import pickle

import numpy as np
import pytest
from shell import Trap, hostile_npz, refused


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


def test_a_drawing_without_strokes_is_one_line_with_its_name(command, folder):
    (folder / "nothing.ndjson").write_text('{"word": "dog", "drawing": []}\n')
    for words in (["complete"], ["reconstruct"], ["interpolate", "half.svg"]):
        refused(command(*words, "nothing.ndjson", "-o", "out.svg", "--model", "tiny"), "nothing.ndjson")


@pytest.mark.parametrize(
    "out", ["no/where.svg", "taken.svg", "half.svg/x.svg", "out.jpg", "out", "o" * 300 + ".svg"]
)
def test_an_output_that_cannot_be_written_is_one_line_with_its_name(command, folder, out):
    (folder / "taken.svg").mkdir()
    refused(command("complete", "half.svg", "-o", out, "--model", "tiny", "--seed", "1"), out)
    assert sorted(path.name for path in folder.iterdir()) == ["half.svg", "taken.svg"]


def test_a_drawing_too_large_for_its_ending_is_named(command, folder):
    far = stroke_json([(0, 0), (10**9, 0), (10**9, 10**9), (5, 5)])
    (folder / "far.ndjson").write_bytes(far)
    said = command(
        "complete", "far.ndjson", "-o", "out.svg", "--model", "tiny", "--seed", "1", "--count", "9"
    )
    refused(said, "far.ndjson", "beyond")
    assert not (folder / "out.svg").exists()
