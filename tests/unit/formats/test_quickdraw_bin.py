"""QuickDraw's binary files."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sketchrnn import formats
from sketchrnn.errors import FormatError
from sketchrnn.formats import ndjson, quickdraw_bin
from sketchrnn.formats.records import Record, prepared
from sketchrnn.sketch import Sketch

REAL = Path(__file__).parents[4] / "shared" / "data" / "quickdraw"

CAT = (
    bytes.fromhex("0102030405060708")  # key_id
    + b"VE\x01"
    + bytes.fromhex("a6a8b858")  # 2017-03-02 23:20:06
    + bytes.fromhex("0200 0300 827163 48281b 0100 4c 1c")
)


@st.composite
def some_records(draw: st.DrawFn) -> Record:
    lengths = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    count = sum(lengths)
    numbers = draw(st.lists(st.integers(0, 255), min_size=2 * count, max_size=2 * count))
    seconds = draw(st.integers(1, 2**32 - 1))
    return Record(
        np.array(numbers, np.float64).reshape(count, 2),
        np.cumsum(lengths, dtype=np.int64),
        word="cat",
        recognized=draw(st.booleans()),
        key_id=draw(st.integers(0, 2**64 - 1).map(lambda number: str(number) if number else "")),
        countrycode=draw(st.sampled_from(["", "US", "DE"])),
        timestamp=f"{datetime.datetime.fromtimestamp(seconds, datetime.UTC):%Y-%m-%d %H:%M:%S} UTC",
    )


def test_the_published_layout(tmp_path: Path) -> None:
    path = tmp_path / "cat.bin"
    path.write_bytes(CAT)
    (record,) = quickdraw_bin.read_records(path)
    assert record == Record(
        np.array([(130, 72), (113, 40), (99, 27), (76, 28)], np.float64),
        np.array([3, 4]),
        word="cat",
        key_id=str(0x0807060504030201),
        countrycode="VE",
        timestamp="2017-03-02 23:20:06 UTC",
    )
    assert formats.read_one(path) == Sketch([[(130, 72), (113, 40), (99, 27)], [(76, 28)]], label="cat")
    quickdraw_bin.write_records(tmp_path / "copy.bin", [record])
    assert (tmp_path / "copy.bin").read_bytes() == CAT


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(some_records(), min_size=1, max_size=4), st.integers(1, 40))
def test_records_read_back_whatever_arrives_at_once(
    tmp_path: Path, records: list[Record], chunk: int
) -> None:
    path = tmp_path / "cat.bin"
    quickdraw_bin.write_records(path, records)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quickdraw_bin, "_CHUNK", chunk)
        assert list(quickdraw_bin.read_records(path)) == records


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(some_records(), min_size=1, max_size=2), st.data())
def test_a_cut_off_file_is_refused_after_the_whole_drawings(
    tmp_path: Path, records: list[Record], data: st.DataObject
) -> None:
    path = tmp_path / "cat.bin"
    quickdraw_bin.write_records(path, records)
    whole = path.read_bytes()
    quickdraw_bin.write_records(path, records[:-1] or records)
    last = len(path.read_bytes()) if len(records) > 1 else 0
    path.write_bytes(whole[: data.draw(st.integers(last + 1, len(whole) - 1))])
    drawings = quickdraw_bin.read_records(path)
    assert [next(drawings) for _ in records[:-1]] == records[:-1]
    with pytest.raises(FormatError, match=f"^{path}, drawing {len(records)}: it is cut off; download"):
        next(drawings)


@pytest.mark.parametrize(
    "damage",
    [
        CAT[:10] + b"\x02" + CAT[11:],  # neither recognised nor not
        CAT[:15] + b"\0\0" + CAT[17:],  # no strokes
        CAT[:15] + b"\xff\xff" + b"\1\0\5\5" * 0xFFFF,  # too many strokes
        CAT[:17] + b"\0\0" + CAT[19:],  # no points
        CAT[:15] + b"\xff\xff" + (b"\xff\xff" + b"7" * 2 * 0xFFFF) * 4,  # too many points
    ],
)
def test_a_damaged_drawing_is_named(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "cat.bin"
    path.write_bytes(CAT + damage)
    with pytest.raises(FormatError) as error:
        list(formats.read(path))
    assert str(error.value) == f"{path}, drawing 2: it is damaged; download the file again"


def test_the_name_of_the_file_is_the_label(tmp_path: Path) -> None:
    for name, label in (("alarm%20clock.bin", "alarm clock"), ("The Mona Lisa.bin", "The Mona Lisa")):
        (tmp_path / name).write_bytes(CAT)
        assert formats.read_one(tmp_path / name).label == label
    (tmp_path / "a%0Ab.bin").write_bytes(CAT)
    assert formats.read_one(tmp_path / "a%0Ab.bin").label is None


@pytest.mark.parametrize("first", [b"BM", b"{", b"[", b"PK\x03\x04"])
def test_a_key_that_looks_like_another_format(tmp_path: Path, first: bytes) -> None:
    path = tmp_path / "cat.bin"
    path.write_bytes(first + CAT[len(first) :])
    assert len(list(formats.read(path))) == 1


@pytest.mark.parametrize(
    ("sketch", "said"),
    [
        (Sketch([[(0.5, 0)]]), "0 to 255"),
        (Sketch([[(256, 0)]]), "0 to 255"),
        (Sketch([[(-1, 0)]]), "0 to 255"),
        (Sketch([[(1e9, 0)]]), "0 to 255"),
        (Sketch(), "no strokes"),
        (Sketch([[(0, 0)] * 65_536]), "65,535"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_what_the_format_cannot_hold_is_refused(tmp_path: Path, sketch: Sketch, said: str) -> None:
    path = tmp_path / "a.bin"
    with pytest.raises(FormatError, match=said) as error:
        formats.write(path, [Sketch([[(1, 2)]]), sketch])
    assert str(error.value).startswith(f"{path}, drawing 2: ")
    assert not path.exists()


def test_keys_and_times_that_are_none_are_left_out(tmp_path: Path) -> None:
    record = Record(
        np.zeros((1, 2)), np.array([1]), key_id="my own", countrycode="Oz!", timestamp="yesterday"
    )
    quickdraw_bin.write_records(tmp_path / "a.bin", [record])
    (read,) = quickdraw_bin.read_records(tmp_path / "a.bin")
    assert (read.key_id, read.countrycode, read.timestamp) == ("", "", "")


def test_real_drawings_from_raw_to_binary_and_back(tmp_path: Path) -> None:
    if not REAL.exists():
        pytest.skip(f"{REAL} is not here")
    drawings = list(prepared(ndjson.read_records(REAL / "raw" / "cat.ndjson")))
    quickdraw_bin.write_records(tmp_path / "cat.bin", drawings)
    read = list(quickdraw_bin.read_records(tmp_path / "cat.bin"))
    assert len(read) == len(drawings) > 0
    for old, new in zip(drawings, read, strict=True):
        assert np.array_equal(old.points, new.points)
        assert (old.key_id, old.word, old.recognized) == (new.key_id, new.word, new.recognized)
        assert old.timestamp[:19] == new.timestamp[:19]
