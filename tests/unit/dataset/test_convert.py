"""Between any two formats: what both can hold stays, raw becomes what Google publishes."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import tiny

from sketchrnn import formats, simplify
from sketchrnn.dataset.convert import convert
from sketchrnn.errors import SketchRNNError
from sketchrnn.formats.npz import SPLITS, read_splits
from sketchrnn.sketch import Sketch

SHARED = Path(__file__).parents[4] / "shared" / "data" / "quickdraw"
MANY = (".ndjson", ".npz", ".bin", ".inkml")


def drawings(count=7, label="cat"):
    random = np.random.default_rng(count)
    whole = [
        Sketch([random.integers(0, 256, (random.integers(2, 9), 2)) for _ in range(3)], label=label)
        for _ in range(count)
    ]
    return [simplify.quickdraw(sketch) for sketch in whole]


def offsets(path):
    """What every format keeps: how the pen moved."""
    return [sketch.to_stroke3().tolist() for sketch in formats.read(path)]


@pytest.mark.parametrize(("source", "out"), list(itertools.product(MANY, MANY)))
def test_from_any_format_to_any(source, out, tmp_path):
    formats.write(tmp_path / f"cat{source}", drawings())
    expected = offsets(tmp_path / f"cat{source}")
    assert convert(tmp_path / f"cat{source}", tmp_path / f"new{out}") == len(expected)
    assert offsets(tmp_path / f"new{out}") == expected
    if out != ".bin":
        assert {sketch.label for sketch in formats.read(tmp_path / f"new{out}")} == {"cat"}


@pytest.mark.skipif(not SHARED.exists(), reason="the real data is not here")
def test_raw_lines_become_the_lines_that_google_published(tmp_path):
    raw, published = (
        {json.loads(line)["key_id"]: line for line in (SHARED / form / "cat.ndjson").read_text().splitlines()}
        for form in ("raw", "simplified")
    )
    keys = sorted(raw.keys() & published.keys())
    assert keys
    (tmp_path / "raw.ndjson").write_text("".join(raw[key] + "\n" for key in keys))
    assert convert(tmp_path / "raw.ndjson", tmp_path / "new.ndjson", simplify=True) == len(keys)
    assert (tmp_path / "new.ndjson").read_text().splitlines() == [published[key] for key in keys]


@pytest.mark.skipif(not SHARED.exists(), reason="the real data is not here")
def test_raw_lines_stay_as_they_are_without_simplifying(tmp_path):
    convert(SHARED / "raw" / "cat.ndjson", tmp_path / "new.ndjson")
    assert (tmp_path / "new.ndjson").read_bytes() == (SHARED / "raw" / "cat.ndjson").read_bytes()


def test_splits_stay(tmp_path):
    tiny.data_file(tmp_path / "a.npz", 9, 4, 3)
    assert convert(tmp_path / "a.npz", tmp_path / "b.npz") == 16
    before, after = read_splits(tmp_path / "a.npz"), read_splits(tmp_path / "b.npz")
    for name in SPLITS:
        assert [rows.tolist() for rows in after[name]] == [rows.tolist() for rows in before[name]]
    assert convert(tmp_path / "a.npz", tmp_path / "c.npz", split="valid") == 4
    assert list(read_splits(tmp_path / "c.npz")) == ["valid"]
    assert convert(tmp_path / "a.npz", tmp_path / "c.ndjson", split="test") == 3


def test_fractions_stay(tmp_path):
    Sketch([[(0.25, 1.5), (3.125, 2.0)]]).save(tmp_path / "a.ndjson")
    convert(tmp_path / "a.ndjson", tmp_path / "a.npz")
    assert read_splits(tmp_path / "a.npz")["train"].rows.tolist() == [[2.875, 0.5, 1.0]]


def test_one_drawing_can_be_chosen_for_a_picture(tmp_path):
    formats.write(tmp_path / "a.ndjson", drawings())
    for name in ("one.svg", "one.png", "one.gif"):
        assert convert(tmp_path / "a.ndjson", tmp_path / name, number=3) == 1
    assert formats.read_one(tmp_path / "one.svg") == drawings()[2]


def test_pressure_and_authors_stay_where_the_format_knows_them(tmp_path):
    sketch = Sketch([[(0, 0.5), (1, 2)], [(3, 4)]], ["human", "model"], "cat", [[0.25, 1], None])
    sketch.save(tmp_path / "a.svg")
    convert(tmp_path / "a.svg", tmp_path / "b.inkml")
    convert(tmp_path / "b.inkml", tmp_path / "c.svg")
    assert formats.read_one(tmp_path / "c.svg") == sketch
    convert(tmp_path / "c.svg", tmp_path / "d.inkml", simplify=True)
    assert formats.read_one(tmp_path / "d.inkml").pressures == (None, None)


def test_more_drawings_than_are_taken_at_once(tmp_path):
    sketches = [Sketch([[(0, 0), (n + 1, 5)]]) for n in range(4_200)]
    formats.write(tmp_path / "a.ndjson", sketches)
    seen = []
    assert convert(tmp_path / "a.ndjson", tmp_path / "a.npz", progress=seen.append) == 4_200
    assert seen[-1] == 4_200
    rows = read_splits(tmp_path / "a.npz")["train"].rows
    assert rows[:, 0].tolist() == list(range(1, 4_201))


@pytest.mark.parametrize(
    ("name", "out", "options"),
    [
        ("none.ndjson", "b.npz", {}),
        ("a.ndjson", "b.txt", {}),
        ("a.ndjson", "b.svg", {}),
        ("a.ndjson", "b.npz", {"split": "test"}),
        ("a.ndjson", "b.npz", {"number": 99}),
        ("a.npz", "b.ndjson", {"split": "test"}),
        ("bad.ndjson", "b.npz", {}),
        ("bad.ndjson", "b.ndjson", {}),
        ("bad.npz", "b.npz", {}),
        ("text.npz", "b.npz", {}),
        ("a.ndjson", "none/b.npz", {}),
    ],
)
def test_what_cannot_be_done_is_one_line_and_writes_nothing(tmp_path, name, out, options):
    formats.write(tmp_path / "a.ndjson", drawings())
    formats.write(tmp_path / "a.npz", drawings())
    (tmp_path / "bad.ndjson").write_text((tmp_path / "a.ndjson").read_text() + '{"drawing": 1}\n')
    (tmp_path / "bad.npz").write_bytes((tmp_path / "a.npz").read_bytes()[:-40])
    (tmp_path / "text.npz").write_text("nothing")
    with pytest.raises(SketchRNNError) as caught:
        convert(tmp_path / name, tmp_path / out, **options)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / out).exists()
    assert not list(tmp_path.glob(".*"))
