"""What a data set holds: figures against a count by hand, histograms, sheets with a head."""

from __future__ import annotations

import numpy as np
import pytest
import tiny
from PIL import Image

from sketchrnn import formats
from sketchrnn.dataset import overview
from sketchrnn.errors import FormatError
from sketchrnn.formats.npz import write_splits
from sketchrnn.formats.picture import Chart, Head, Sheet, Text
from sketchrnn.sketch import Bounds, Sketch


def labelled(count=20):
    return [
        Sketch([[(0, 0), (n + 1, n)]] * (1 + n % 3), label="dog" if n % 4 else "cat") for n in range(count)
    ]


def test_the_figures_are_those_of_the_drawings(tmp_path):
    drawings = labelled()
    formats.write(tmp_path / "a.ndjson", drawings)
    seen = []
    found = overview.look(tmp_path / "a.ndjson", progress=seen.append)
    assert seen == list(range(1, 21))
    assert found.points.tolist() == [sketch.point_count for sketch in drawings]
    assert found.strokes.tolist() == [len(sketch) for sketch in drawings]
    assert found.sides.tolist() == [sketch.bounds.larger_side for sketch in drawings]
    assert found.labels == {"dog": 15, "cat": 5}
    assert list(found.sample) == drawings
    figures = found.to_json()
    assert figures["strokes"] == {"least": 1.0, "median": 2.0, "mean": 1.95, "p95": 3.0, "greatest": 3.0}


def test_splits_and_broken_drawings_are_counted(tmp_path):
    tiny.data_file(tmp_path / "a.npz", 9, 4, 3)
    found = overview.look(tmp_path / "a.npz")
    assert found.splits == {"train": 9, "valid": 4, "test": 3}
    assert "16 drawings (9 train, 4 valid, 3 test)" in overview.summary(found)
    (tmp_path / "b.ndjson").write_text('{"drawing": []}\n{"drawing": [[[1, 2], [3, 4]]]}\n')
    assert overview.look(tmp_path / "b.ndjson").unusable == 1
    (tmp_path / "c.ndjson").write_text('{"drawing": []}\n')
    with pytest.raises(FormatError, match="no drawing"):
        overview.look(tmp_path / "c.ndjson")


def test_the_sample_is_drawn_from_all_of_the_file(tmp_path):
    """Each of 400 drawings has the same chance: 40 samples of 20 see more than 300 of them."""
    write_splits(tmp_path / "a.npz", {"train": tiny.drawings(400, shortest=5, longest=9)})
    found = [overview.look(tmp_path / "a.npz", count=20, seed=seed) for seed in range(40)]
    assert all(len(each.sample) == 20 for each in found)
    different = {str(sketch.to_stroke3().tolist()) for each in found for sketch in each.sample}
    assert 300 < len(different) <= 400
    again = overview.look(tmp_path / "a.npz", count=20, seed=3)
    assert again.sample == found[3].sample


@pytest.mark.parametrize(
    ("values", "bars", "first", "last"),
    [
        ([3, 3, 4, 6], [2, 1, 0, 1], "3", "6"),
        ([7], [1], "7", "7"),
        (list(range(100)), [3] * 33 + [1], "0", "99"),
        ([1] * 500 + [2] * 499 + [1000], [500, 500], "1", "2 to 1000"),
    ],
)
def test_a_histogram_counts_all_drawings(values, bars, first, last):
    chart = overview.chart("points", np.array(values))
    assert (list(chart.counts), chart.first, chart.last) == (bars, first, last)


HEAD = Head(
    ["one line", "another"], [Chart("points", [1, 0, 70_000], "1", "3"), Chart("strokes", [], "", "")]
)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_head_has_its_place_above_the_drawings(count):
    sheet = Sheet.of("a.svg", [tiny.HALF] * count, 8, 140.0, None, HEAD)
    below = min(cell.top for cell in sheet.cells())
    bars = [mark for mark in sheet.marks() if isinstance(mark, Bounds)]
    words = [mark for mark in sheet.marks() if isinstance(mark, Text)]
    assert len(bars) == 2 + 2  # of an empty span none, and the two lines below
    assert {"one line", "another", "points", "strokes"} <= {mark.text for mark in words}
    assert all(
        0 <= mark.left < mark.right <= sheet.width and 0 < mark.top < mark.bottom <= below for mark in bars
    )
    assert all(0 <= mark.x <= sheet.width and 0 < mark.y <= below for mark in words)
    assert max(cell.bottom for cell in sheet.cells()) <= sheet.height
    assert max(cell.right for cell in sheet.cells()) <= sheet.width


def test_sheets_are_written_as_svg_and_png(tmp_path):
    formats.write(tmp_path / "a.ndjson", labelled())
    found = overview.look(tmp_path / "a.ndjson")
    overview.write_sheet(tmp_path / "a.svg", found)
    text = (tmp_path / "a.svg").read_text("utf-8")
    assert "a.ndjson: 20 drawings" in text and "dog 15, cat 5" in text and "points: median" in text
    assert text.count('class="drawing"') == 20
    overview.write_sheet(tmp_path / "a.png", found)
    with Image.open(tmp_path / "a.png") as image:
        colors = {color for _, color in image.convert("RGB").getcolors(1 << 20)}
    assert (0x7D, 0x93, 0xA8) in colors  # the bars
    with pytest.raises(FormatError, match="name must end"):
        overview.write_sheet(tmp_path / "a.gif", found)


def test_a_folder_is_one_data_set(tmp_path):
    for label, count in (("cat", 3), ("palm_tree", 2)):
        (tmp_path / label).mkdir()
        for number in range(count):
            Sketch([[(0, 0), (5, number + 1)]]).save(tmp_path / label / f"{number}.svg")
    (tmp_path / "cat" / "broken.svg").write_text("<svg")
    found = overview.look(tmp_path)
    assert found.labels == {"cat": 3, "palm tree": 2}
    assert (len(found.points), found.unusable) == (5, 1)
    assert overview.summary(found) == f"{tmp_path.name}: 5 drawings"
