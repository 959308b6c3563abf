"""Sketch-rnn data sets: read exactly, never executed, refused in one line when they are not what they say."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sketchrnn import formats
from sketchrnn.errors import FormatError
from sketchrnn.formats import npz
from sketchrnn.formats.npz import StrokeSet, read_splits, write_splits
from sketchrnn.formats.pickled import _Machine, read_pickled
from sketchrnn.sketch import Sketch

REAL = Path(__file__).parents[4] / "shared" / "data" / "sketchrnn"

rng = np.random.default_rng(5)


def drawings(count: int, dtype: str = "i2") -> list[np.ndarray[Any, Any]]:
    """Random stroke-3 drawings of 1 to 120 rows: their bytes need short and long opcodes."""
    made = []
    for length in rng.integers(1, 120, count):
        rows = rng.integers(-300, 300, (length, 3)).astype(dtype)
        rows[:, 2] = rng.random(length) < 0.2
        made.append(rows)
    return made


def objects(items: list[Any]) -> np.ndarray[Any, Any]:
    array = np.empty(len(items), object)
    array[:] = items
    return array


def npy(payload: bytes, shape: str = "(1,)", descr: str = "|O") -> bytes:
    """A .npy file with any header and any content."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header = header.ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + payload


def archive(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name + ".npy", content)
    return path


def python2_pickle(items: list[np.ndarray[Any, Any]]) -> bytes:
    """The pickle of an object array as numpy under Python 2 wrote it, opcode by opcode."""

    def put(number: int) -> bytes:
        return b"q" + bytes([number]) if number < 256 else b"r" + number.to_bytes(4, "little")

    def string(text: bytes) -> bytes:
        head = b"U" + bytes([len(text)]) if len(text) < 256 else b"T" + len(text).to_bytes(4, "little")
        return head + text

    out = (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02K\x00\x85U\x01b\x87Rq\x03"
    )
    out += (
        b"(K\x01M" + len(items).to_bytes(2, "little") + b"\x85cnumpy\ndtype\nq\x04U\x02O8K\x00K\x01\x87Rq\x05"
    )
    out += b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89]q\x06"
    memo = 7
    for number, item in enumerate(items):
        out += b"(" if number % 1000 == 0 else b""
        out += b"h\x01h\x02K\x00\x85U\x01b\x87R" + put(memo) + b"(K\x01K" + bytes([len(item)]) + b"K\x03\x86"
        memo += 1
        if number == 0:
            out += b"h\x04U\x02i2K\x00K\x01\x87Rq\x08(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
            memo += 1
        else:
            out += b"h\x08"
        out += b"\x89" + string(item.tobytes()) + b"tb"
        out += b"e" if number % 1000 == 999 or number == len(items) - 1 else b""
    return out + b"tb."


class Calls:
    """Pickles as a call of any function."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


class TestReading:
    def check(self, path: Path, expected: list[np.ndarray[Any, Any]]) -> None:
        read = read_splits(path)["train"]
        assert len(read) == len(expected)
        for got, wanted in zip(read, expected, strict=True):
            assert got.dtype == wanted.dtype.newbyteorder("=")
            assert np.array_equal(got, wanted)

    @pytest.mark.parametrize("count", [1, 2, 3, 300, 2500])
    def test_files_of_python_2(self, tmp_path: Path, count: int) -> None:
        items = drawings(count)
        path = archive(tmp_path / "a.npz", train=npy(python2_pickle(items), f"({count}L,)"))
        self.check(path, items)

    @pytest.mark.parametrize("count", [1, 2, 3, 300, 2500])
    @pytest.mark.parametrize("dtype", ["i2", "f4", ">i4", "f8", "i1"])
    def test_files_of_this_numpy(self, tmp_path: Path, count: int, dtype: str) -> None:
        items = [rows.clip(-100, 100).astype(dtype) for rows in drawings(count)]
        np.savez(tmp_path / "a.npz", train=objects(items))
        self.check(tmp_path / "a.npz", items)

    @pytest.mark.parametrize("protocol", [2, 3, 4])
    def test_every_protocol_that_numpy_has_used(self, tmp_path: Path, protocol: int) -> None:
        items = drawings(400)
        pickled = pickle.dumps(objects(items), protocol)
        self.check(archive(tmp_path / "a.npz", train=npy(pickled, "(400,)")), items)

    def test_a_drawing_listed_twice(self, tmp_path: Path) -> None:
        items = drawings(50)
        items = items + items[10:20] + items[:1]
        np.savez(tmp_path / "a.npz", train=objects(items))
        self.check(tmp_path / "a.npz", items)

    def test_bytes_that_look_like_the_next_drawing(self, tmp_path: Path) -> None:
        items = drawings(40)
        pickled = python2_pickle(items)
        start = pickled.index(b"h\x01h\x02", 400)
        items[20] = np.frombuffer(pickled[start : start + 60].ljust(60, b"\0"), "<i2").reshape(-1, 3).copy()
        items[20][:, 2] = 0
        disguised = python2_pickle(items)
        assert read_pickled(disguised).raw is not None
        self.check(archive(tmp_path / "a.npz", train=npy(disguised, "(40,)")), items)

    def test_the_fast_way_finds_what_the_slow_way_finds(self) -> None:
        pickled = python2_pickle(drawings(1500))
        fast = npz._gathered(_Machine(pickled, fast=True).run())
        slow = npz._gathered(_Machine(pickled, fast=False).run())
        assert fast.rows.tobytes() == slow.rows.tobytes()
        assert np.array_equal(fast.offsets, slow.offsets)

    def test_mixed_types_fortran_order_and_empty_drawings(self, tmp_path: Path) -> None:
        items = [*drawings(2), np.asfortranarray(drawings(1, "f4")[0]), np.zeros((0, 3), "i2")]
        np.savez(tmp_path / "a.npz", train=objects(items))
        read = read_splits(tmp_path / "a.npz")["train"]
        assert [rows.tolist() for rows in read] == [rows.tolist() for rows in items]
        assert read.lengths.tolist() == [len(rows) for rows in items]

    def test_drawings_of_one_length(self, tmp_path: Path) -> None:
        rows = np.array([[[1, 2, 0], [3, 4, 1]], [[5, 6, 0], [7, 8, 1]]])
        np.savez(tmp_path / "a.npz", train=rows, test=rows.astype(object))
        for split in read_splits(tmp_path / "a.npz").values():
            assert [drawing.tolist() for drawing in split] == rows.tolist()

    def test_rows_stay_as_they_are_in_the_file(self, tmp_path: Path) -> None:
        explicit = np.array([[0, 0, 0], [5, 5, 1]], "i2")
        np.savez(tmp_path / "a.npz", train=objects([explicit, explicit[1:]]))
        assert [len(rows) for rows in read_splits(tmp_path / "a.npz")["train"]] == [2, 1]
        assert [s.point_count for s in formats.read(tmp_path / "a.npz")] == [2, 2]

    def test_splits_in_order_and_missing_ones_missing(self, tmp_path: Path) -> None:
        one, two = drawings(2)
        np.savez(tmp_path / "a.npz", test=objects([one]), train=objects([two]))
        assert list(read_splits(tmp_path / "a.npz")) == ["train", "test"]
        first = formats.read_one(tmp_path / "a.npz")
        assert first == Sketch.from_stroke3(two)

    @pytest.mark.parametrize(
        ("name", "counts", "points", "checksum"),
        [
            ("aaron_sheep", (7_400, 300, 300), 926_652, 0xDA3D3908),
            ("omniglot", (30_000, 1_000, 1_000), 933_430, 0xB523FCA9),
            ("short_kanji", (10_000, 600, 500), 406_111, 0xF6BBCDD2),
        ],
    )
    def test_real_files(self, name: str, counts: tuple[int, ...], points: int, checksum: int) -> None:
        path = REAL / f"{name}.npz"
        if not path.exists():
            pytest.skip(f"{path} is not here")
        splits = read_splits(path)
        assert list(splits) == ["train", "valid", "test"]
        assert tuple(map(len, splits.values())) == counts
        assert all(split.rows.dtype == np.int16 for split in splits.values())
        train = splits["train"]
        assert len(train.rows) == points
        assert zlib.crc32(train.rows.tobytes() + train.offsets.tobytes()) == checksum


class TestHostileFiles:
    """Each is refused in one line that names the file and what to do, and nothing in it runs."""

    def refused(self, path: Path, said: str) -> None:
        with pytest.raises(FormatError, match=said) as error:
            list(formats.read(path))
        assert str(error.value).startswith(str(path))
        assert "\n" not in str(error.value)

    @pytest.mark.parametrize("protocol", range(6))
    @pytest.mark.parametrize(
        ("function", "name"),
        [(os.system, r"(posix|nt)\.system"), (eval, r"(__builtin__|builtins)\.eval"), (exec, r"exec")],
    )
    def test_a_call_is_named_and_not_made(
        self, tmp_path: Path, function: Any, name: str, protocol: int
    ) -> None:
        pickled = pickle.dumps(Calls(function, f"open({str(tmp_path / 'made')!r}, 'w')"), protocol)
        self.refused(
            archive(tmp_path / "x.npz", train=npy(pickled)), rf"its pickle calls .*{name}; this is not"
        )
        assert not (tmp_path / "made").exists()

    @pytest.mark.parametrize("protocol", range(5))  # the fifth writes drawings by another call
    def test_a_call_among_drawings(self, tmp_path: Path, protocol: int) -> None:
        items = objects([*drawings(5), Calls(subprocess.call, "x")])
        path = archive(tmp_path / "x.npz", train=npy(pickle.dumps(items, protocol), "(6,)"))
        self.refused(path, r"its pickle calls (subprocess|commands)\.call")

    @pytest.mark.parametrize(
        "pickled",
        [
            b"cos\nsystem\n(S'ls'\ntR.",
            b"(S'ls'\nios\nsystem\n.",
            b"\x80\x02cnumpy.core.multiarray\nscalar\n.",
            b"\x80\x02cnumpy\nload\n.",
            b"\x80\x04\x8c\x05numpy\x8c\x10ndarray.__init__\x93.",
            b"\x80\x02cnumpy\nndarray\n)R.",
            b"\x80\x02cnumpy\nndarray\n)\x81.",
            b"\x80\x02cnumpy\ndtype\nU\x01O\x85R}b.",
            b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00aX\x05\x00\x00\x00rot13\x86R.",
            b"\x80\x02Pid.",
            b"\x80\x02\x82\x01.",
            b"\x80\x02N.",
            b"\x80\x02].",
            b"\x80\x02]q\x00h\x00a.",
            b"\x80\x02h\x07.",
            b"\x80\x02" + b"(" * 100_000,
            b"\x80\x02]" + b"]a" * 100_000 + b".",
            b"I01\nS'a'\np0\n.",
            b"I" + b"1" * 10_000 + b"\n.",
            b"\x80\x02" + b"]" * 200_000 + b".",
            b"\x80\x02)" + b"\x85" * 100_000 + b".",
            b"\x80\x02T\xff\xff\xff\xffabc.",
            b"\x80\x02T\xff\xff\xff\x7fabc.",
            b"\x80\x02t.",
            b"\x80\x02e.",
            b"\x80\x02b.",
            b"\x80\x02R.",
            b"\xff",
            b"",
        ],
    )
    def test_pickles_of_other_things(self, tmp_path: Path, pickled: bytes) -> None:
        self.refused(archive(tmp_path / "x.npz", train=npy(pickled)), "its pickle|another|cut off|damaged")

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (npy(b"\0" * 6, "(10000000000000, 3)", "<i2"), "does not fit its data"),
            (npy(b"\0" * 6, "(1, 3)", "<i2"), "without train_offsets"),
            (npy(b"\0" * 18, "(1, 3, 3)", "<i4"), "does not fit its data"),
            (npy(b"\0" * 16, "(1, 2, 4)", "<i2"), "stroke-3"),
            (npy(b"\0" * 12, "(1, 3)", "<U1"), "not numbers"),
            (npy(b"", "(0,)", "<f8"), "no drawing"),
            (npy(python2_pickle(drawings(3)), "(4,)"), "promises shape"),
            (npy(python2_pickle(drawings(3))[:-200], "(3,)"), "cut off"),
            (npy(python2_pickle(drawings(2)), "(2,), 'x': __import__('os')"), "not an array"),
            (b"\x93NUMPY\x01\x00\xff\xff{", "not an array"),
            (b"junk", "not a numpy array"),
            (b"", "not a numpy array"),
        ],
    )
    def test_headers_that_lie(self, tmp_path: Path, content: bytes, said: str) -> None:
        self.refused(archive(tmp_path / "x.npz", train=content), said)

    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            ([[np.nan, 0, 0]], "drawing 2 has a number that is not finite"),
            ([[np.inf, 0, 0]], "drawing 2 has a number that is not finite"),
            ([[1, 2, 7]], "drawing 2 has a pen of 7.0"),
            ([[1, 2]], "stroke-3"),
            (["text"], "type"),
        ],
    )
    def test_numbers_that_are_no_strokes(self, tmp_path: Path, rows: Any, said: str) -> None:
        items = objects([np.array([[1.0, 2.0, 0.0]]), np.array(rows)])
        np.savez(tmp_path / "x.npz", train=items)
        self.refused(tmp_path / "x.npz", said)

    def test_a_bomb_is_not_unpacked(self, tmp_path: Path) -> None:
        self.refused(archive(tmp_path / "x.npz", train=npy(b"\0" * (100 << 20))), "claims 104,")

    def test_a_cut_off_archive(self, tmp_path: Path) -> None:
        np.savez(tmp_path / "x.npz", train=objects(drawings(20)))
        whole = (tmp_path / "x.npz").read_bytes()
        (tmp_path / "x.npz").write_bytes(whole[: len(whole) // 2])
        self.refused(tmp_path / "x.npz", "no whole .npz file")

    def test_other_arrays(self, tmp_path: Path) -> None:
        np.savez(tmp_path / "x.npz", weights=np.zeros(3))
        self.refused(tmp_path / "x.npz", "holds 'weights'; a sketch-rnn data set holds train")
        self.refused(archive(tmp_path / "y.npz"), "holds nothing")

    def test_offsets_that_lie(self, tmp_path: Path) -> None:
        for offsets in ([0, 3], [0, 2, 1, 2], [1, 2], [], [[0, 2]], [0.0, 2.0], [-1, 2]):
            np.savez(tmp_path / "x.npz", train=np.zeros((2, 3), "i2"), train_offsets=np.array(offsets))
            self.refused(tmp_path / "x.npz", "offsets")


class TestWriting:
    def test_reads_back_every_bit(self, tmp_path: Path) -> None:
        splits = {name: StrokeSet.of(drawings(20, kind)) for name, kind in (("train", "i2"), ("test", "f4"))}
        write_splits(tmp_path / "a.npz", splits)
        read = read_splits(tmp_path / "a.npz")
        for name, split in splits.items():
            assert read[name].rows.dtype == split.rows.dtype
            assert np.array_equal(read[name].rows, split.rows)
            assert np.array_equal(read[name].offsets, split.offsets)

    def test_anybody_can_load_it_without_pickles(self, tmp_path: Path) -> None:
        write_splits(tmp_path / "a.npz", {"valid": StrokeSet.of(drawings(3))})
        with np.load(tmp_path / "a.npz") as file:
            assert sorted(file.files) == ["valid", "valid_offsets"]
            assert file["valid"].shape == (file["valid_offsets"][-1], 3)

    def test_same_drawings_same_bytes(self, tmp_path: Path) -> None:
        splits = {"train": StrokeSet.of(drawings(9))}
        write_splits(tmp_path / "a.npz", splits)
        write_splits(tmp_path / "b.npz", splits)
        assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()

    def test_sketches_become_int16_where_they_can(self, tmp_path: Path) -> None:
        whole = Sketch([[(0, 0), (5, 6)], [(7, 7)]])
        formats.write(tmp_path / "a.npz", [whole, Sketch()])
        assert read_splits(tmp_path / "a.npz")["train"].rows.dtype == np.int16
        assert list(formats.read(tmp_path / "a.npz")) == [whole, Sketch()]
        for odd in (whole.transformed(0.1), whole.transformed(1e5)):
            formats.write(tmp_path / "a.npz", [odd])
            assert read_splits(tmp_path / "a.npz")["train"].rows.dtype == np.float32

    def test_unknown_split(self, tmp_path: Path) -> None:
        with pytest.raises(FormatError, match="'dev'"):
            write_splits(tmp_path / "a.npz", {"dev": StrokeSet.of(drawings(1))})


class TestStrokeSet:
    def test_is_a_sequence_of_views(self) -> None:
        items = drawings(6)
        held = StrokeSet.of(items)
        assert len(held) == 6
        assert held[2].base is not None
        assert np.array_equal(held[-1], items[-1])
        assert held.lengths.tolist() == [len(rows) for rows in items]
        with pytest.raises(IndexError):
            held[6]

    def test_of_nothing(self) -> None:
        assert len(StrokeSet.of([])) == 0


class TestLabels:
    def test_they_come_back(self, tmp_path: Path) -> None:
        labels = np.array(["dog", "", "palm tree"])
        written = StrokeSet.of(drawings(3), labels)
        write_splits(tmp_path / "a.npz", {"train": written, "valid": StrokeSet.of(drawings(2))})
        read = read_splits(tmp_path / "a.npz")
        assert read["train"].labels is not None and read["train"].labels.tolist() == labels.tolist()
        assert read["valid"].labels is None
        assert [sketch.label for sketch in npz.read(tmp_path / "a.npz")][:3] == ["dog", None, "palm tree"]

    def test_sketches_keep_theirs(self, tmp_path: Path) -> None:
        sketches = [
            Sketch.from_stroke3(rows, label=label)
            for rows, label in zip(drawings(2), ("cat", None), strict=True)
        ]
        npz.write(tmp_path / "a.npz", sketches)
        assert [sketch.label for sketch in npz.read(tmp_path / "a.npz")] == ["cat", None]

    @pytest.mark.parametrize(
        "labels",
        [
            np.array([1, 2, 3]),
            np.array(["one", "two"]),
            np.array([["a", "b", "c"]]),
            np.array(["a", "b", "c"], object),
            np.array([b"a", b"b", b"c"]),
        ],
    )
    def test_what_is_no_label_for_each_is_refused(self, tmp_path: Path, labels: np.ndarray[Any, Any]) -> None:
        path = tmp_path / "a.npz"
        set_of_three = StrokeSet.of(drawings(3))
        np.savez(path, train=set_of_three.rows, train_offsets=set_of_three.offsets, train_labels=labels)
        with pytest.raises(FormatError, match=r"a\.npz"):
            read_splits(path)

    def test_letters_that_do_not_exist_are_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "a.npz"
        one = StrokeSet.of(drawings(1))
        letters = np.array([0x7FFFFFFF], "<u4").view("<U1")
        np.savez(path, train=one.rows, train_offsets=one.offsets, train_labels=letters)
        with pytest.raises(FormatError, match="no text"):
            read_splits(path)

    def test_some_and_several_sets_keep_them(self) -> None:
        dogs = StrokeSet.of(drawings(3)).labelled("dog")
        both = StrokeSet.joined([dogs, StrokeSet.of(drawings(2))])
        assert both.labels is not None and both.labels.tolist() == ["dog"] * 3 + [""] * 2
        some = both.take([4, 0])
        assert some.labels is not None and some.labels.tolist() == ["", "dog"]
        np.testing.assert_array_equal(some[1], dogs[0])
        assert len(StrokeSet.joined([])) == 0


def test_reading_brings_no_pickle_machinery(tmp_path: Path) -> None:
    """The classes of `pickle` that execute are replaced by ones that fail; nothing notices."""
    np.savez(tmp_path / "a.npz", train=objects(drawings(30)))
    program = (
        "import pickle, _pickle, sys\n"
        "for module in (pickle, _pickle):\n"
        "    module.load = module.loads = module.Unpickler = None\n"
        "from sketchrnn.formats import npz\n"
        "print(len(npz.read_splits(sys.argv[1])['train']))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "a.npz")]
    assert subprocess.run(command, check=True, capture_output=True).stdout.strip() == b"30"
