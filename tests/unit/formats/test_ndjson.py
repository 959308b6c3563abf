"""QuickDraw's files, both forms, and what people's own programs make of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sketchrnn import formats
from sketchrnn.errors import FormatError
from sketchrnn.sketch import Sketch

REAL = Path(__file__).parents[4] / "shared" / "data" / "quickdraw"

SIMPLIFIED = (
    '{"word":"cat","countrycode":"VE","timestamp":"2017-03-02 23:25:10.07453 UTC","recognized":true,'
    '"key_id":"5201136883597312","drawing":[[[130,113,99],[72,40,27]],[[76],[28]]]}'
)
RAW = '{"word":"cat","drawing":[[[1.5,2.25],[3,4],[0,16]],[[7],[8],[90]]]}'

floats = st.floats(-1e9, 1e9, width=32)
strokes = st.lists(st.tuples(floats, floats), min_size=1, max_size=5)
authored = st.lists(st.tuples(strokes, st.sampled_from(["human", "model"])), max_size=4)


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "a.ndjson"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_simplified(tmp_path: Path) -> None:
    (sketch,) = formats.read(written(tmp_path, SIMPLIFIED + "\n"))
    assert sketch == Sketch([[(130, 72), (113, 40), (99, 27)], [(76, 28)]], label="cat")


def test_raw_without_its_times(tmp_path: Path) -> None:
    (sketch,) = formats.read(written(tmp_path, RAW))
    assert sketch == Sketch([[(1.5, 3), (2.25, 4)], [(7, 8)]], label="cat")


def test_blank_lines_windows_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + SIMPLIFIED.encode() + b"\r\n\r\n" + RAW.encode() + b"\r\n"
    assert len(list(formats.read(written(tmp_path, text)))) == 2


def test_reads_as_a_stream(tmp_path: Path) -> None:
    path = written(tmp_path, SIMPLIFIED + "\n" + "broken\n")
    drawings = formats.read(path)
    assert next(drawings).label == "cat"
    with pytest.raises(FormatError, match="line 2"):
        next(drawings)
    assert formats.read_one(path).label == "cat"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(authored, min_size=1, max_size=3), st.sampled_from([None, "cat", "猫 & <b>"]))
def test_reads_back_every_bit(
    tmp_path: Path, drawings: list[list[tuple[object, str]]], label: str | None
) -> None:
    sketches = [Sketch([s for s, _ in pairs], [a for _, a in pairs], label) for pairs in drawings]  # type: ignore[misc]
    formats.write(tmp_path / "a.ndjson", sketches)
    read = list(formats.read(tmp_path / "a.ndjson"))
    assert read == sketches
    for old, new in zip(sketches, read, strict=True):
        assert [s.tobytes() for s in old.strokes] == [s.tobytes() for s in new.strokes]


def test_writes_the_simplified_form(tmp_path: Path) -> None:
    formats.write(tmp_path / "a.ndjson", [Sketch([[(1, 2), (0.1, 255)], [(3, 3)]], label="dog")])
    assert (tmp_path / "a.ndjson").read_text() == (
        '{"word":"dog","recognized":true,"drawing":[[[1,0.1],[2,255]],[[3],[3]]]}\n'
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"word":"cat","drawing":[[[1,2],[3', "cut off"),
        ("[1, 2]\n", "drawing"),
        ('{"word":"cat"}', 'no field "drawing"'),
        ('{"drawing":5}', 'no field "drawing"'),
        ('{"drawing":[5]}', "stroke 1 is not"),
        ('{"drawing":[[[1],[2]],[[1]]]}', "stroke 2 is not"),
        ('{"drawing":[[[1,2],[3]]]}', "as many xs as ys"),
        ('{"drawing":[[1,2]]}', "as many xs as ys"),
        ('{"drawing":[[[],[]]]}', "stroke 1"),
        ('{"drawing":[[["1"],["2"]]]}', "no number"),
        ('{"drawing":[[[null],[2]]]}', "no number"),
        ('{"drawing":[[[[1]],[2]]]}', "no number"),
        ('{"drawing":[[[true],[false]]]}', "no number"),
        ('{"drawing":[[[NaN],[2]]]}', "not a finite number"),
        ('{"drawing":[[[1e999],[2]]]}', "not a finite number"),
        ('{"drawing":[[[1' + "0" * 400 + "],[2]]]}", "number"),
        ('{"drawing":[[[1' + "0" * 5000 + "],[2]]]}", "JSON"),
        ('{"word":7,"drawing":[[[1],[2]]]}', '"word"'),
        ('{"word":"a\\nb","drawing":[[[1],[2]]]}', "label"),
        ('{"word":"\\ud800","drawing":[[[1],[2]]]}', "label"),
        ('{"drawing":' + "[" * 50_000, "JSON"),
        ('{"drawing":[' + str([[1] * 200_001] * 2) + "]}", "200,001 points"),
        (b'{"word":"\xff"}', "JSON"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_a_bad_line_is_named(tmp_path: Path, line: str | bytes, said: str) -> None:
    line = line.encode() if isinstance(line, str) else line
    path = written(tmp_path, SIMPLIFIED.encode() + b"\n\n" + line)
    with pytest.raises(FormatError, match=said) as error:
        list(formats.read(path))
    assert str(error.value).startswith(f"{path}, line 3: ")
    assert "\n" not in str(error.value)


def test_authors_that_make_no_sense_are_left_out(tmp_path: Path) -> None:
    for authors in (["cat"], [["model"]], "model", [], ["model", "model"], [None], 3):
        fields = {"drawing": [[[1], [2]]], "authors": authors}
        assert formats.read_one(written(tmp_path, json.dumps(fields))).authors == ("human",)


@pytest.mark.parametrize(
    ("form", "labels", "count", "points"), [("raw", 345, 4_813, 911_964), ("simplified", 344, 4_330, 194_733)]
)
def test_real_files(form: str, labels: int, count: int, points: int) -> None:
    if not (REAL / form).exists():
        pytest.skip(f"{REAL / form} is not here")
    files = sorted((REAL / form).glob("*.ndjson"))
    assert len(files) == labels
    sketches = [sketch for file in files for sketch in formats.read(file)]
    assert len(sketches) == count
    assert {sketch.label for sketch in sketches} == {file.stem for file in files}
    assert sum(sketch.point_count for sketch in sketches) == points
    if form == "simplified":
        assert max(sketch.bounds.larger_side for sketch in sketches) == 255
