"""`.npz`: sketch-rnn's data sets, splits of stroke-3 drawings; read without executing their pickles."""

from __future__ import annotations

import dataclasses
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchrnn.errors import FormatError, SketchError
from sketchrnn.files import StrPath, atomic_write, open_to_read
from sketchrnn.formats.pickled import NUMBERS, PickledArray, RefusedError, Run, damaged, product, read_pickled
from sketchrnn.sketch import Sketch

SPLITS = ("train", "valid", "test")

_MAX_MEMBER = 2 << 30
_MAX_RATIO = 100  # real files compress 2 to 10 times; a bomb about 1,000 times
_BOMB_FROM = 64 << 20
_MAGIC = b"\x93NUMPY"
_HEADER = re.compile(
    rb"\{'descr': '([^'\\]{1,8})', 'fortran_order': (True|False), 'shape': \(([0-9L, ]{0,60})\),? ?\}\s*"
)
_OFFSETS, _LABELS = "_offsets", "_labels"
_LABEL_TYPE = re.compile(r"[<>]U[0-9]{1,4}")
# What the standard library raises on an archive that is cut off, altered, encrypted or from the future.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,  # and what zipfile has not implemented, which is one
    struct.error,
    ValueError,
    OverflowError,
)


@dataclasses.dataclass(frozen=True, slots=True)
class StrokeSet:
    """Many drawings in two arrays: their stroke-3 rows one after another, and where each begins.

    Args:
        rows: (total, 3) of dx, dy, pen lifted; int16, float32 or whatever numbers the file has.
        offsets: int64 (n + 1,); drawing i is rows[offsets[i]:offsets[i + 1]].
        labels: (n,) of text, what each drawing shows, "" where nobody knows; None where nobody said.

    Raises:
        FormatError: they do not fit together.
    """

    rows: NDArray[Any]
    offsets: NDArray[np.int64]
    labels: NDArray[np.str_] | None = None

    def __post_init__(self) -> None:
        if self.rows.ndim != 2 or self.rows.shape[1] != 3 or self.rows.dtype.kind not in "iufb":
            raise FormatError(f"its rows have shape {self.rows.shape}; stroke-3 needs numbers in (rows, 3)")
        ends = self.offsets
        if (
            ends.ndim != 1
            or ends.dtype != np.int64
            or len(ends) == 0
            or ends[0] != 0
            or ends[-1] != len(self.rows)
            or np.any(ends[1:] < ends[:-1])
        ):
            raise FormatError("its offsets do not say where each drawing begins")
        if self.labels is not None and (self.labels.shape != (len(self),) or self.labels.dtype.kind != "U"):
            raise FormatError("its labels are not one text for each drawing")

    def __len__(self) -> int:
        """The number of drawings."""
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> NDArray[Any]:
        """The rows (n, 3) of one drawing: a view, not a copy."""
        if number < 0:
            number += len(self)
        if not 0 <= number < len(self):
            raise IndexError(f"drawing {number} of {len(self)}")
        return self.rows[self.offsets[number] : self.offsets[number + 1]]

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self.rows[start:end] for start, end in zip(self.offsets, self.offsets[1:], strict=False))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """int64 (n,): how many rows each drawing has."""
        return np.diff(self.offsets)

    def take(self, numbers: Iterable[int] | NDArray[np.integer[Any]]) -> StrokeSet:
        """The set of some of the drawings, in the order given."""
        chosen = np.asarray(numbers if isinstance(numbers, np.ndarray) else list(numbers), np.int64)
        labels = None if self.labels is None else self.labels[chosen]
        return StrokeSet.of([self[int(number)] for number in chosen], labels)

    def labelled(self, label: str) -> StrokeSet:
        """The same drawings, those without a label now with this one."""
        labels = np.full(len(self), label) if self.labels is None else self.labels
        return dataclasses.replace(self, labels=np.where(labels == "", label, labels))

    @classmethod
    def of(cls, drawings: Iterable[ArrayLike], labels: Iterable[str] | None = None) -> StrokeSet:
        """The set of some stroke-3 drawings, each (n, 3)."""
        parts = [np.asarray(rows).reshape(-1, 3) for rows in drawings]
        offsets = np.zeros(len(parts) + 1, np.int64)
        np.cumsum([len(part) for part in parts], out=offsets[1:])
        rows = np.concatenate(parts) if parts else np.zeros((0, 3), np.int16)
        return cls(rows, offsets, None if labels is None else np.array(list(labels), np.str_))

    @classmethod
    def joined(cls, sets: Sequence[StrokeSet]) -> StrokeSet:
        """All drawings of some sets, one set after another."""
        if len(sets) == 1:
            return sets[0]
        labels = None
        if any(part.labels is not None for part in sets):
            labels = np.concatenate([part.labelled("").labels for part in sets])
        starts = np.cumsum([0, *(len(part.rows) for part in sets)])
        offsets = [part.offsets[:-1] + start for part, start in zip(sets, starts, strict=False)]
        rows = np.concatenate([part.rows for part in sets]) if sets else np.zeros((0, 3), np.int16)
        return cls(rows, np.concatenate([*offsets, starts[-1:]]).astype(np.int64), labels)


def read_splits(path: StrPath) -> dict[str, StrokeSet]:
    """The splits of a file that are there, in the order train, valid, test. Rows are as in the file.

    Nothing in the file is executed, whatever it says.

    Raises:
        FormatError: the file is missing, no sketch-rnn data set, damaged or hostile.
    """
    with open_to_read(path) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
                found = {name: _read_split(archive, members, name) for name in SPLITS if name in members}
        except FormatError as error:
            raise FormatError(f"{path}: {error}") from error
        except _DAMAGE as error:
            raise FormatError(f"{path} is no whole .npz file ({error}); download it again") from error
    if not found:
        names = ", ".join(ascii(name) for name in list(members)[:5]) or "nothing"
        raise FormatError(f"{path} holds {names}; a sketch-rnn data set holds train, valid or test")
    return found


def read(path: StrPath) -> Iterator[Sketch]:
    """All drawings of a data set: those of train first, then valid, then test."""
    for name, drawings in read_splits(path).items():
        labels = [""] * len(drawings) if drawings.labels is None else drawings.labels.tolist()
        for number, (rows, label) in enumerate(zip(drawings, labels, strict=True), 1):
            try:
                yield Sketch.from_stroke3(rows, label=label or None)
            except SketchError as error:
                raise FormatError(f"{path}, {name}, drawing {number}: {error}") from error


def write_splits(path: StrPath, splits: Mapping[str, StrokeSet]) -> None:
    """Writes a data set as plain arrays without pickles; the same drawings give the same bytes.

    Raises:
        FormatError: a split is not called train, valid or test, or the file cannot be written.
    """
    unknown = [name for name in splits if name not in SPLITS]
    if unknown:
        raise FormatError(f"{path}: a split cannot be called {unknown[0]!r}; take {', '.join(SPLITS)}")
    with atomic_write(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in SPLITS:
            if name in splits:
                _write_array(archive, name, splits[name].rows)
                _write_array(archive, name + _OFFSETS, splits[name].offsets)
                if (labels := splits[name].labels) is not None:
                    _write_array(archive, name + _LABELS, labels)


def write(path: StrPath, sketches: Iterable[Sketch]) -> None:
    """Writes drawings as the split train: int16 where all offsets are whole and small, else float32.

    Stroke-3 knows neither where on the paper a drawing was, nor who drew it.
    """
    pairs = [(sketch.to_stroke3(), sketch.label or "") for sketch in sketches]
    drawings = StrokeSet.of([rows for rows, _ in pairs], [label for _, label in pairs])
    whole = drawings.rows.astype(np.int16)
    if np.array_equal(whole, drawings.rows):
        drawings = dataclasses.replace(drawings, rows=whole)
    if not np.any(drawings.labels != ""):
        drawings = dataclasses.replace(drawings, labels=None)
    write_splits(path, {"train": drawings})


def _write_array(archive: zipfile.ZipFile, name: str, array: NDArray[Any]) -> None:
    info = zipfile.ZipInfo(name + ".npy")  # its date is always 1980
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=True) as member:
        np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)


def _read_split(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str) -> StrokeSet:
    array = _read_array(archive, members[name])
    if isinstance(array, PickledArray):
        drawings = _gathered(array)
    elif array.ndim == 2 and name + _OFFSETS in members:
        offsets = _read_array(archive, members[name + _OFFSETS])
        if isinstance(offsets, PickledArray) or offsets.dtype.kind not in "iu":
            raise damaged(f"its {name}{_OFFSETS} are not whole numbers")
        drawings = _checked(array, offsets.astype(np.int64))
    elif array.ndim == 3:
        drawings = _of_one_length(array)
    elif array.size == 0:
        drawings = StrokeSet.of([])
    else:
        raise damaged(f"its {name} has shape {array.shape}, without {name}{_OFFSETS} beside it")
    if name + _LABELS in members:
        drawings = dataclasses.replace(drawings, labels=_read_labels(archive, members[name + _LABELS]))
    return drawings


def _read_labels(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> NDArray[np.str_]:
    data, header, shape = _read_member(archive, info)
    descr = header[1].decode("latin1")
    if not _LABEL_TYPE.fullmatch(descr) or len(shape) != 1:
        raise damaged(f"its {info.filename} is no list of labels")
    dtype = np.dtype(descr)
    if len(data) != dtype.itemsize * shape[0]:
        raise damaged(f"its {info.filename} is cut off")
    if data and np.frombuffer(data, dtype.str.replace("U", "u")[0] + "u4").max() > 0x10FFFF:
        raise damaged(f"its {info.filename} holds what is no text")
    return np.frombuffer(data, dtype).astype(dtype.newbyteorder("="))


def _read_array(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> NDArray[Any] | PickledArray:
    """One member of the archive: numbers as an array, objects as the pickle describes them."""
    data, header, shape = _read_member(archive, info)
    descr = header[1].decode("latin1")
    if descr in ("|O", "O"):
        array = read_pickled(data)
        if array.shape != shape:
            raise damaged(f"its {info.filename} promises shape {shape} and holds {array.shape}")
        return array
    order, code = ("=", descr) if descr[0] not in "<>=|" else (descr[0], descr[1:])
    if code not in NUMBERS:
        raise damaged(f"its {info.filename} is of type {descr!r}, not numbers")
    return PickledArray(shape, order + code, header[2] == b"True", data).numbers()


def _read_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo
) -> tuple[bytes, re.Match[bytes], tuple[int, ...]]:
    """What one member of the archive holds: its data, its header, the shape that this promises."""
    size = info.file_size
    if size > _MAX_MEMBER or (size > _BOMB_FROM and size > _MAX_RATIO * info.compress_size):
        name = ascii(info.filename)[1:-1]
        raise RefusedError(f"its {name} claims {size:,} bytes, as no data set does; do not open it elsewhere")
    data = archive.read(info)
    if len(data) < 10 or not data.startswith(_MAGIC):
        raise damaged(f"its {info.filename} is not a numpy array")
    length_bytes = 2 if data[6] == 1 else 4
    start = 8 + length_bytes
    end = start + int.from_bytes(data[8:start], "little")
    header = _HEADER.fullmatch(data, start, end)
    if end > len(data) or header is None:
        raise damaged(f"its {info.filename} is not an array of drawings")
    return data[end:], header, tuple(int(side) for side in re.findall(rb"\d+", header[3]))


def _gathered(array: PickledArray) -> StrokeSet:
    """The drawings that an object array lists, one after another."""
    items = array.raw
    if not isinstance(items, list):
        raise damaged("its array holds no drawings")
    if len(array.shape) == 3 and len(items) == product(array.shape) and set(map(type, items)) <= {int, float}:
        return _of_one_length(np.array(items, np.float64).reshape(array.shape))  # numpy unpacked them
    parts: list[NDArray[Any]] = []
    lengths: list[NDArray[np.int64]] = []
    for item in items:
        if isinstance(item, Run):
            parts.append(np.frombuffer(item.raw, item.dtype).reshape(-1, 3))
            lengths.append(item.lengths)
        elif isinstance(item, PickledArray) and item.shape[1:] == (3,):
            parts.append(item.numbers())
            lengths.append(np.array([item.shape[0]], np.int64))
        else:
            raise damaged("it lists other things than stroke-3 drawings of shape (n, 3)")
    offsets = np.cumsum(np.concatenate([[0], *lengths]), dtype=np.int64)
    if len(offsets) - 1 != product(array.shape):
        raise damaged("it does not list as many drawings as it promises")
    return _checked(np.concatenate(parts) if parts else np.zeros((0, 3), np.int16), offsets)


def _of_one_length(array: NDArray[Any]) -> StrokeSet:
    count, length = array.shape[:2]
    if array.shape[2] != 3:
        raise damaged(f"its drawings have shape {array.shape[1:]}; stroke-3 needs (n, 3)")
    return _checked(array.reshape(-1, 3), np.arange(count + 1, dtype=np.int64) * length)


def _checked(rows: NDArray[Any], offsets: NDArray[np.int64]) -> StrokeSet:
    """The set, once every number in it is known to be finite and every pen to be up or down."""
    rows = rows.astype(rows.dtype.newbyteorder("="), copy=False)
    drawings = StrokeSet(rows, offsets)
    if rows.dtype.kind == "f" and not np.isfinite(rows).all():
        first = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
        raise damaged(f"drawing {_holder(offsets, first)} has a number that is not finite")
    pens = rows[:, 2]
    odd = np.flatnonzero((pens != 0) & (pens != 1))
    if len(odd):
        pen = pens[odd[0]]
        raise damaged(f"drawing {_holder(offsets, int(odd[0]))} has a pen of {pen}, neither 0 nor 1")
    return drawings


def _holder(offsets: NDArray[np.int64], row: int) -> int:
    """Which drawing, counted from 1, a row belongs to."""
    return int(np.searchsorted(offsets, row, side="right"))
