"""QuickDraw's files, both forms, and what people's own programs make of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sketchrnn import formats
from sketchrnn.errors import FormatError
from sketchrnn.formats import ndjson, records
from sketchrnn.formats.records import Record
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
        ('{"drawing":[[[NaN],[2]]]}', "JSON"),
        ('{"drawing":[[[1e999],[2]]]}', "not a finite number"),
        ('{"drawing":[[[1' + "0" * 400 + "],[2]]]}", "number"),
        ('{"drawing":[[[1' + "0" * 5000 + "],[2]]]}", "not a finite number"),
        ('{"drawing":[[[1e10],[2]]]}', "beyond 1,000,000,000"),
        ('{"word":7,"drawing":[[[1],[2]]]}', '"word"'),
        ('{"word":"a\\nb","drawing":[[[1],[2]]]}', "label"),
        ('{"word":"\\ud800","drawing":[[[1],[2]]]}', "JSON"),
        ('{"drawing":' + "[" * 50_000, "no number"),
        ('{"drawing":[],"more":' + "[" * 50_000, "JSON"),
        ('{"drawing":[[[1],[2],[null]]]}', "stroke 1 has a time that is no number"),
        ('{"drawing":[[[1],[2],[3],[4]]]}', "stroke 1 is not"),
        ('{"drawing":[[' + str([0] * 600_002) + ",[1]]]}", "600,002 numbers"),
        ('{"drawing":[' + str([[1] * 200_001] * 2) + "]}", "more than 200,000 points"),
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


class TestLongLines:
    """Those of 128 KiB and more are read in pieces, as if they were shorter."""

    def test_every_number_in_its_place(self, tmp_path: Path) -> None:
        source = np.random.default_rng(1)
        strokes = [source.normal(size=(n, 3)) for n in (30_000, 1, 2, 20_000)]
        rows = [[column.tolist() for column in stroke.T] for stroke in strokes]
        line = json.dumps({"word": "cat", "drawing": rows, "key_id": "7"}, indent=1).replace("\n", " ")
        (record,) = ndjson.read_records(written(tmp_path, line))
        assert np.array_equal(record.points, np.concatenate(strokes)[:, :2])
        assert record.times is not None
        assert np.array_equal(record.times, np.concatenate(strokes)[:, 2])
        assert record.stroke_ends.tolist() == [30_000, 30_001, 30_003, 50_003]
        assert (record.word, record.key_id) == ("cat", "7")

    @pytest.mark.parametrize(
        "drawing",
        ["[]", "[ [[1],[2]] ]", "[[[1],[2],[3]],[[1,2],[3,4],[]]]", "[[[1],[2]],[[1,2],[3,4],[5,6]]]"],
    )
    def test_the_same_as_in_a_short_line(self, tmp_path: Path, drawing: str) -> None:
        short, long = ('{"drawing":' + space + drawing + "}\n" for space in ("", " " * 140_000))
        one, other = ndjson.read_records(written(tmp_path, short + long))
        assert one == other

    @pytest.mark.parametrize(
        ("drawing", "said"),
        [
            ("5", 'no field "drawing"'),
            ("null", 'no field "drawing"'),
            ("[5]", "stroke 1 is not"),
            ("[[[1],[2]],[[1]]]", "stroke 2 is not"),
            ("[[[1,2],[3]]]", "as many xs as ys"),
            ("[[[],[]]]", "stroke 1 has no points"),
            ('[[["1"],["2"]]]', "no number"),
            ("[[[1,null],[2,3]]]", "no number"),
            ("[[[[1]],[2]]]", "stroke 1 is not"),
            ("[[[1e999],[2]]]", "not a finite number"),
            ("[[[1e10],[2]]]", "beyond 1,000,000,000"),
            ("[[[1],[2],[null]]]", "stroke 1 has a time that is no number"),
            ("[[[1],[2],[3],[4]]]", "stroke 1 is not"),
            ("[[[1],[2]] [[1],[2]]]", "JSON"),
            ("[[[1,],[2,]]]", "no number|JSON"),
            ("[" + ",".join(["[[1],[2]]"] * 20_001) + "]", "more than 20,000 strokes"),
            ("[[" + ",".join([str([1] * 200_001)] * 2) + "]]", "more than 200,000 points"),
        ],
    )
    def test_what_is_wrong_is_named(self, tmp_path: Path, drawing: str, said: str) -> None:
        path = written(tmp_path, SIMPLIFIED + '\n{"drawing":' + " " * 140_000 + drawing + "}")
        with pytest.raises(FormatError, match=said) as error:
            list(formats.read(path))
        assert str(error.value).startswith(f"{path}, line 2: ")
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


# --- records -----------------------------------------------------------------------------------

exact = st.floats(-1e9, 1e9)
times = st.floats(allow_nan=False, allow_infinity=False)
name = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)


@st.composite
def some_records(draw: st.DrawFn) -> Record:
    lengths = draw(st.lists(st.integers(1, 4), max_size=3))
    count = sum(lengths)
    column = st.one_of(
        st.lists(exact, min_size=count, max_size=count),
        st.lists(st.integers(-(10**9), 10**9), min_size=count, max_size=count),
    )
    timed = bool(lengths) and draw(st.booleans())
    return Record(
        np.array([draw(column), draw(column)], np.float64).T,
        np.cumsum(lengths, dtype=np.int64),
        np.array(draw(st.lists(times, min_size=count, max_size=count))) if timed else None,
        word=draw(name),
        recognized=draw(st.booleans()),
        key_id=draw(name),
        countrycode=draw(name),
        timestamp=draw(name),
        authors=draw(st.sampled_from([None, ["model"] * len(lengths)])),
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(some_records(), min_size=1, max_size=3))
def test_records_read_back_every_bit(tmp_path: Path, drawings: list[Record]) -> None:
    ndjson.write_records(tmp_path / "a.ndjson", drawings)
    read = list(ndjson.read_records(tmp_path / "a.ndjson"))
    assert read == drawings
    for old, new in zip(drawings, read, strict=True):
        assert old.points.tobytes() == new.points.tobytes()


def test_a_record_knows_what_the_line_says(tmp_path: Path) -> None:
    (record,) = ndjson.read_records(written(tmp_path, SIMPLIFIED))
    assert record == Record(
        np.array([(130, 72), (113, 40), (99, 27), (76, 28)], np.float64),
        np.array([3, 4]),
        word="cat",
        key_id="5201136883597312",
        countrycode="VE",
        timestamp="2017-03-02 23:25:10.07453 UTC",
    )
    (record,) = ndjson.read_records(written(tmp_path, RAW.replace("}", ',"recognized":false,"key_id":7}')))
    assert record.times is not None
    assert record.times.tolist() == [0, 16, 90]
    assert (record.recognized, record.key_id) == (False, "7")


def test_times_that_do_not_fit_are_left_out(tmp_path: Path) -> None:
    (record,) = ndjson.read_records(written(tmp_path, '{"drawing":[[[1,2],[3,4],[0]]]}'))
    assert record.times is None


def test_a_sketch_of_a_record_and_back() -> None:
    sketch = Sketch([[(1, 2), (3, 4)], [(5, 6)]], ["human", "model"], "cat")
    assert Record.of(sketch).sketch() == sketch
    assert Record.of(Sketch()).sketch() == Sketch()


def lines_by_key(folder: Path) -> dict[str, bytes]:
    lines = (line for file in sorted(folder.glob("*.ndjson")) for line in file.read_bytes().splitlines(True))
    return {json.loads(line)["key_id"]: line for line in lines}


def test_google_writes_the_same_bytes(tmp_path: Path) -> None:
    """Raw files are written as they were read, and prepared they are the simplified ones."""
    if not REAL.exists():
        pytest.skip(f"{REAL} is not here")
    raw, simplified = lines_by_key(REAL / "raw"), lines_by_key(REAL / "simplified")
    path = written(tmp_path, b"".join(raw[key] for key in raw if key in simplified))
    copy = tmp_path / "copy.ndjson"
    ndjson.write_records(copy, ndjson.read_records(path))
    assert copy.read_bytes() == path.read_bytes()
    ndjson.write_records(copy, records.prepared(ndjson.read_records(path)))
    assert copy.read_bytes() == b"".join(simplified[key] for key in raw if key in simplified)


def test_a_label_that_is_no_line_is_refused_with_its_place(tmp_path: Path) -> None:
    """Terminals obey what may lie in it."""
    path = tmp_path / "a.ndjson"
    path.write_text('{"word":"cat","drawing":[[[1],[2]]]}\n{"word":"a\\u001b[2J","drawing":[[[1],[2]]]}\n')
    for read in (ndjson.read, ndjson.read_records):
        with pytest.raises(FormatError, match=r"line 2: the label .* is not one line of text"):
            list(read(path))
