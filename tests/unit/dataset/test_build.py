"""Data sets out of files and folders: prepared exactly, no drawing twice, splits that share none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tiny
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sketchrnn import formats, simplify
from sketchrnn.dataset import splits
from sketchrnn.dataset.build import REASONS, build
from sketchrnn.errors import ConfigError, FormatError, SketchRNNError
from sketchrnn.formats.npz import SPLITS, StrokeSet, read_splits, write_splits
from sketchrnn.sketch import Sketch

SHARED = Path(__file__).parents[4] / "shared" / "data"


def drawing(seed, label=None):
    """A drawing of some zigzag strokes, somewhere on a paper, of some size."""
    random = np.random.default_rng(seed)
    size, place = random.uniform(50, 500), random.uniform(-200, 900, 2)
    strokes = [place + size * random.random((random.integers(2, 9), 2)) for _ in range(random.integers(1, 5))]
    return Sketch(strokes, label=label)


def save(folder, numbers, label=None, suffix=".svg"):
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        drawing(number, label).save(folder / f"{number}{suffix}")


def drawings_of(path):
    return [rows.tobytes() for part in read_splits(path).values() for rows in part]


# --- what comes out ----------------------------------------------------------------------------


def test_a_folder_of_drawings_becomes_a_set_that_can_be_trained_on(tmp_path):
    save(tmp_path / "mine", range(40))
    report = build(tmp_path / "my.npz", [tmp_path / "mine"], seed=1)
    assert report.splits == {"train": 32, "valid": 4, "test": 4}
    assert (report.read, report.left_out, report.unreadable) == (40, {}, {})
    loaded = splits.load([tmp_path / "my.npz"])
    assert (len(loaded.train), len(loaded.valid), len(loaded.test)) == (32, 4, 4)
    assert loaded.frame == 255.0
    assert loaded.longest == report.longest


@pytest.mark.parametrize("suffix", [".svg", ".inkml", ".ndjson"])
def test_drawings_that_a_model_finished_are_left_out_unless_wanted(tmp_path, suffix):
    save(tmp_path / "mine", range(6), suffix=suffix)
    for number in (6, 7):
        human = drawing(number)
        authors = ["human"] * (len(human.strokes) - 1) + ["model"]
        Sketch(human.strokes, authors).save(tmp_path / "mine" / f"{number}{suffix}")
    report = build(tmp_path / "my.npz", [tmp_path / "mine"])
    assert report.left_out == {"model": 2}
    assert sum(report.splits.values()) == 6
    kept = build(tmp_path / "all.npz", [tmp_path / "mine"], keep_model_strokes=True)
    assert kept.left_out == {}
    assert sum(kept.splits.values()) == 8


def test_a_single_file_that_cannot_be_read_says_why(tmp_path):
    (tmp_path / "bad.ndjson").write_text("no drawing\n")
    with pytest.raises(FormatError, match=r"bad.ndjson, line 1: .*no JSON"):
        build(tmp_path / "my.npz", [tmp_path / "bad.ndjson"])
    (tmp_path / "worse.ndjson").write_text("[]\n")
    with pytest.raises(FormatError, match=r"2 unreadable files: .*bad.ndjson, line 1"):
        build(tmp_path / "my.npz", [tmp_path / "bad.ndjson", tmp_path / "worse.ndjson"])


def test_drawings_are_prepared_as_google_did(tmp_path):
    save(tmp_path / "mine", range(5))
    build(tmp_path / "my.npz", [tmp_path / "mine"])
    expected = [simplify.quickdraw(drawing(number)).to_stroke3().astype(np.int16) for number in range(5)]
    assert sorted(drawings_of(tmp_path / "my.npz")) == sorted(rows.tobytes() for rows in expected)


@pytest.mark.skipif(not SHARED.exists(), reason="the real data is not here")
def test_raw_drawings_become_what_google_published(tmp_path):
    """Sets of the raw and of the simplified file have the same drawings, of those that are in both."""
    raw, simplified = (SHARED / "quickdraw" / form / "cat.ndjson" for form in ("raw", "simplified"))
    keys = [
        {json.loads(line)["key_id"]: line for line in path.read_text("utf-8").splitlines()}
        for path in (raw, simplified)
    ]
    both = sorted(keys[0].keys() & keys[1].keys())
    assert both
    for name, lines in zip(("a", "b"), keys, strict=True):
        (tmp_path / f"{name}.ndjson").write_text("\n".join(lines[key] for key in both))
        build(tmp_path / f"{name}.npz", [tmp_path / f"{name}.ndjson"], max_points=10_000)
    assert drawings_of(tmp_path / "a.npz") == drawings_of(tmp_path / "b.npz")


def test_a_set_made_of_a_set_has_the_same_drawings(tmp_path):
    save(tmp_path / "mine", range(30), "cat")
    build(tmp_path / "my.npz", [tmp_path / "mine"], seed=3)
    build(tmp_path / "again.npz", [tmp_path / "my.npz"], seed=4)
    assert (tmp_path / "my.npz").read_bytes() != b""
    for name, part in read_splits(tmp_path / "my.npz").items():
        again = read_splits(tmp_path / "again.npz")[name]
        assert sorted(rows.tobytes() for rows in part) == sorted(rows.tobytes() for rows in again)
        assert set(again.labels) == {"cat"}


def test_another_frame_can_be_chosen(tmp_path):
    save(tmp_path / "mine", range(6))
    build(tmp_path / "my.npz", [tmp_path / "mine"], frame=1000, epsilon=2)
    parts = read_splits(tmp_path / "my.npz")
    sides = np.concatenate([splits.larger_sides(part) for part in parts.values()])
    assert np.allclose(sides, 1000, atol=1)
    with pytest.raises(ConfigError):
        build(tmp_path / "my.npz", [tmp_path / "mine"], frame=10, epsilon=20)


def test_any_format_will_do(tmp_path):
    save(tmp_path / "mine", range(3))
    formats.write(tmp_path / "mine" / "a.ndjson", [drawing(n, "dog") for n in range(3, 6)])
    formats.write(tmp_path / "mine" / "b.bin", [simplify.quickdraw(drawing(n)) for n in range(6, 9)])
    formats.write(tmp_path / "mine" / "c.npz", [simplify.quickdraw(drawing(n)) for n in range(9, 12)])
    report = build(tmp_path / "my.npz", [tmp_path / "mine"])
    assert sum(report.splits.values()) == report.read == 12
    assert report.labels == {"": 3, "dog": 3, "b": 3, "c": 3}


# --- labels ------------------------------------------------------------------------------------


def test_labels_are_kept_or_taken_from_folders_or_given(tmp_path):
    save(tmp_path / "mine" / "palm_tree", range(4))
    save(tmp_path / "mine" / "deep" / "owl", range(4, 8))
    save(tmp_path / "mine" / "owl", range(8, 10), "barn")
    save(tmp_path / "mine", range(10, 13))
    report = build(tmp_path / "my.npz", [tmp_path / "mine"], label="thing")
    assert report.labels == {"barn": 2, "owl": 4, "palm tree": 4, "thing": 3}
    parts = read_splits(tmp_path / "my.npz")
    prepared = {simplify.quickdraw(drawing(n)).to_stroke3().astype(np.int16).tobytes(): n for n in range(13)}
    for part in parts.values():
        for rows, label in zip(part, part.labels, strict=True):
            number = prepared[rows.tobytes()]
            assert label == ("palm tree", "owl", "barn", "thing")[np.searchsorted([3, 7, 9], number)]


def test_without_any_label_there_is_none(tmp_path):
    save(tmp_path / "mine", range(5))
    build(tmp_path / "my.npz", [tmp_path / "mine"])
    assert all(part.labels is None for part in read_splits(tmp_path / "my.npz").values())


def test_every_label_is_in_every_part(tmp_path):
    for label in "abc":
        save(tmp_path / label, range(100 * ord(label), 100 * ord(label) + 20), label)
    build(tmp_path / "my.npz", [tmp_path / label for label in "abc"], shares=(80, 10, 10))
    for name, count in {"train": 16, "valid": 2, "test": 2}.items():
        labels = read_splits(tmp_path / "my.npz")[name].labels.tolist()
        assert all(abs(labels.count(label) - count) <= 1 for label in "abc")


# --- no drawing twice --------------------------------------------------------------------------


def test_the_same_drawing_elsewhere_and_in_another_size_is_one(tmp_path):
    whole = drawing(1)
    copies = [whole, whole.transformed(2.0), whole.transformed(1.0, 64.0, -32.0)]
    formats.write(tmp_path / "a.ndjson", [*copies, drawing(2)])
    save(tmp_path / "more", [1, 3])
    report = build(tmp_path / "my.npz", [tmp_path / "a.ndjson", tmp_path / "more"])
    assert report.left_out == {"duplicate": 3}
    assert len(set(drawings_of(tmp_path / "my.npz"))) == len(drawings_of(tmp_path / "my.npz")) == 3


def test_the_same_key_is_taken_once(tmp_path):
    lines = [
        {"key_id": key, "word": "cat", "drawing": [[[0, n, 50], [n, 0, 9]]]}
        for n, key in enumerate(["1", "2", "1", "", ""], 1)
    ]
    (tmp_path / "a.ndjson").write_text("\n".join(map(json.dumps, lines)))
    report = build(tmp_path / "my.npz", [tmp_path / "a.ndjson"])
    assert report.left_out == {"same key": 1}
    assert sum(report.splits.values()) == 4


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(st.integers(0, 30), min_size=1, max_size=60),
    shares=st.tuples(st.integers(1, 9), st.integers(0, 9), st.integers(0, 9)),
    seed=st.integers(0, 5),
)
def test_splits_share_no_drawing_and_are_of_their_size(tmp_path, numbers, shares, seed):
    formats.write(tmp_path / "a.ndjson", [drawing(number) for number in numbers])
    report = build(tmp_path / "my.npz", [tmp_path / "a.ndjson"], shares=shares, seed=seed)
    parts = {
        name: [rows.tobytes() for rows in part] for name, part in read_splits(tmp_path / "my.npz").items()
    }
    found = [rows for part in parts.values() for rows in part]
    assert len(found) == len(set(found)) == len(set(numbers))
    assert {name: len(parts.get(name, ())) for name in SPLITS} == report.splits
    for name, share in zip(SPLITS, shares, strict=True):
        assert abs(report.splits[name] - len(found) * share / sum(shares)) <= 2
        assert bool(share) >= bool(report.splits[name])
        assert report.splits[name] or not share or len(found) < 3


def test_seed_and_drawings_decide_and_not_the_order_of_files(tmp_path):
    save(tmp_path / "mine", range(30))
    one = sorted((tmp_path / "mine").iterdir())
    build(tmp_path / "a.npz", one, seed=1)
    build(tmp_path / "b.npz", one[::-1], seed=1)
    build(tmp_path / "c.npz", one, seed=2)
    a, b, c = ((tmp_path / f"{name}.npz").read_bytes() for name in "abc")
    assert a == b != c


def test_published_splits_stay_unless_others_are_asked_for(tmp_path):
    parts = {
        name: StrokeSet.of([simplify.quickdraw(drawing(100 * n + i)).to_stroke3() for i in range(10)])
        for n, name in enumerate(SPLITS)
    }
    write_splits(tmp_path / "in.npz", parts)
    save(tmp_path / "mine", range(500, 520))
    report = build(tmp_path / "my.npz", [tmp_path / "in.npz", tmp_path / "mine"])
    assert report.splits == {"train": 26, "valid": 12, "test": 12}
    for name, part in read_splits(tmp_path / "my.npz").items():
        kept = {rows.astype(np.int16).tobytes() for rows in parts[name]}
        assert kept <= {rows.tobytes() for rows in part}
    again = build(tmp_path / "my.npz", [tmp_path / "in.npz", tmp_path / "mine"], shares=(80, 10, 10))
    assert again.splits == {"train": 40, "valid": 5, "test": 5}


# --- what is left out, and what is told --------------------------------------------------------


def test_what_is_left_out_is_told(tmp_path):
    long = Sketch([np.random.default_rng(1).random((400, 2)) * 300])
    lines = [
        {"drawing": []},
        {"drawing": [[[5], [5]]]},
        {"drawing": [[[5, 5], [5, 5]], [[5], [5]]]},
        {"drawing": [[[0, 9], [5, 5]]], "recognized": False},
        {"drawing": [[[0, 9], [5, 7]]]},
    ]
    (tmp_path / "a.ndjson").write_text("\n".join(map(json.dumps, lines)))
    long.save(tmp_path / "long.svg")
    places = [tmp_path / "a.ndjson", tmp_path / "long.svg"]
    report = build(tmp_path / "my.npz", places, recognized=True)
    assert report.left_out == {"empty": 1, "dot": 2, "unrecognised": 1, "long": 1}
    assert set(report.left_out) <= set(REASONS)
    assert json.loads(json.dumps(report.to_json()))["left_out"] == report.left_out
    assert build(tmp_path / "my.npz", places).left_out == {"empty": 1, "dot": 2, "long": 1}


def test_a_line_too_long_for_the_recipe_is_left_out_alone(tmp_path):
    """A stroke that goes to and fro a thousand times over the whole drawing."""
    wild = Sketch([[(0, 0), (1000, 3 * n)][:: 1 if n % 2 else -1] for n in range(600)])
    formats.write(tmp_path / "a.ndjson", [drawing(1), wild, drawing(2)])
    report = build(tmp_path / "my.npz", [tmp_path / "a.ndjson"])
    assert report.left_out == {"long": 1}
    assert sum(report.splits.values()) == 2


def test_unreadable_files_are_named_and_the_others_taken(tmp_path):
    save(tmp_path / "mine", range(5))
    (tmp_path / "mine" / "bad.svg").write_text("this is no drawing")
    (tmp_path / "mine" / "note.txt").write_text("nor is this")
    (tmp_path / "mine" / ".hidden.svg").write_text("nor this")
    (tmp_path / "mine" / "half.ndjson").write_text('{"drawing": [[[1, 2], [3, 9]]]}\n{"drawing": 3}\n')
    report = build(tmp_path / "my.npz", [tmp_path / "mine"])
    assert sum(report.splits.values()) == 6
    assert sorted(Path(name).name for name in report.unreadable) == ["bad.svg", "half.ndjson"]
    assert all("\n" not in reason for reason in report.unreadable.values())


def test_a_contact_sheet_among_the_drawings_is_no_drawing(tmp_path):
    save(tmp_path / "mine", range(3))
    formats.write_sheet(tmp_path / "mine" / "sheet.svg", [drawing(number) for number in range(3)])
    report = build(tmp_path / "my.npz", [tmp_path / "mine"])
    assert report.read == 3
    assert "sheet of many drawings" in report.unreadable[str(tmp_path / "mine" / "sheet.svg")]


def test_a_drawing_of_an_npz_that_cannot_be_is_left_out(tmp_path):
    rows = np.array([[3e38, 0, 0], [3e38, 0, 1]], np.float32)
    write_splits(tmp_path / "a.npz", {"train": StrokeSet.of([rows, drawing(1).to_stroke3()])})
    report = build(tmp_path / "my.npz", [tmp_path / "a.npz"])
    assert report.left_out == {"unusable": 1}
    assert sum(report.splits.values()) == 1


@pytest.mark.parametrize(
    ("out", "places"),
    [
        ("my.npz", ["nothing.svg"]),
        ("my.npz", ["empty"]),
        ("my.svg", ["mine"]),
        ("mine/1.svg", ["mine"]),
        ("no/folder/my.npz", ["mine"]),
        ("my.npz", ["dots.ndjson"]),
        ("dots.ndjson", ["dots.ndjson"]),
        ("set.npz", ["set.npz"]),
    ],
)
def test_what_cannot_be_done_is_one_line_and_spoils_nothing(tmp_path, out, places):
    save(tmp_path / "mine", range(3))
    (tmp_path / "empty").mkdir()
    (tmp_path / "dots.ndjson").write_text('{"drawing": [[[1], [1]]]}\n')
    tiny.data_file(tmp_path / "set.npz")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(SketchRNNError) as caught:
        build(tmp_path / out, [tmp_path / place for place in places])
    assert "\n" not in str(caught.value)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_the_set_itself_is_not_read_when_it_lies_in_the_folder(tmp_path):
    save(tmp_path / "mine", range(5))
    build(tmp_path / "mine" / "my.npz", [tmp_path / "mine"])
    report = build(tmp_path / "mine" / "my.npz", [tmp_path / "mine"])
    assert (report.read, report.left_out) == (5, {})


@pytest.mark.parametrize("shares", [(0, 1, 1), (1, 2), (-1, 5, 5), (float("nan"), 1, 1)])
def test_shares_must_make_sense(tmp_path, shares):
    save(tmp_path / "mine", range(3))
    with pytest.raises(ConfigError):
        build(tmp_path / "my.npz", [tmp_path / "mine"], shares=shares)


def test_nothing_left_says_why(tmp_path):
    (tmp_path / "a.ndjson").write_text('{"drawing": [[[1], [1]]]}\n' * 3)
    with pytest.raises(FormatError, match="3 a single dot"):
        build(tmp_path / "my.npz", [tmp_path / "a.ndjson"])
