"""Shards: a data set of any size in TFRecord files, written and read as a stream.

A folder holds `shards.json` and the files it lists, each with drawings of one label. A record is one
drawing: the number of its label in the list (uint16) and its stroke-3 rows (int16, or float32 where offsets
are not whole), little-endian.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchrnn.dataset import source
from sketchrnn.dataset.splits import (
    HELD_BACK,
    OFFSET_LIMIT,
    SAME_FRAME,
    Splits,
    Units,
    estimate_epsilon,
    has_explicit_start,
    label_of,
    larger_sides,
    usable,
)
from sketchrnn.errors import FormatError, SketchError, on_one_line
from sketchrnn.files import StrPath, atomic_write, new_folder, open_to_read
from sketchrnn.formats import records
from sketchrnn.formats.npz import SPLITS, StrokeSet, read_splits
from sketchrnn.sketch import MAX_POINTS

INDEX = "shards.json"
LABEL_BYTES = 2
FORMAT_VERSION = 1

_DRAWINGS_IN_SHARD = 8192
_BUFFERED_BYTES = 64 << 20
_SAMPLE = 2048
"""Training drawings that are kept to tell frame, epsilon and start by, and written out as they are."""


@dataclasses.dataclass(frozen=True, slots=True)
class Shard:
    """One file: its name, how many drawings it holds, what they show ("" if nobody said), its bytes."""

    file: str
    drawings: int
    label: str
    size: int


@dataclasses.dataclass(frozen=True, slots=True)
class ShardSet:
    """The drawings of a split, in files.

    Args:
        folder: where the files lie.
        shards: the files.
        dtype: of the numbers in them, as numpy writes it: "<i2" or "<f4".
        labels: what the numbers at the head of the records mean.
    """

    folder: Path
    shards: tuple[Shard, ...]
    dtype: str
    labels: tuple[str, ...]

    def __len__(self) -> int:
        """The number of drawings."""
        return sum(shard.drawings for shard in self.shards)

    def by_label(self) -> dict[str, list[Shard]]:
        """The files by what their drawings show."""
        files: dict[str, list[Shard]] = {}
        for shard in self.shards:
            files.setdefault(shard.label, []).append(shard)
        return files

    def some(self, count: int) -> StrokeSet:
        """About so many drawings, or all if there are fewer: of each file in proportion, the first ones.

        Raises:
            FormatError: a file is gone or damaged.
        """
        share = min(1.0, count / max(len(self), 1))
        drawings, labels = [], []
        for shard in self.shards:
            for data in itertools.islice(
                _records(self.folder / shard.file), math.ceil(share * shard.drawings)
            ):
                drawings.append(np.frombuffer(data, self.dtype, offset=LABEL_BYTES).reshape(-1, 3))
                labels.append(shard.label)
        return StrokeSet.of(drawings, labels)


def alone(data: Sequence[str]) -> str:
    """The folder of shards that is the only data."""
    folder = next(path for path in data if is_sharded(path))
    if len(data) > 1:
        raise FormatError(f"{folder} is a folder of shards, which is taken alone; write all data into one")
    return folder


def _records(path: Path) -> Iterator[bytes]:
    """The records of a TFRecord file, whose checksums TensorFlow compares when it trains."""
    with open_to_read(path) as file:
        while head := file.read(12):  # the length, and its checksum
            length = int.from_bytes(head[:8], "little")
            data = file.read(min(length, MAX_POINTS * 12) + 4)
            if len(head) < 12 or len(data) != length + 4 or length % 3 != LABEL_BYTES:
                raise FormatError(f"{path} is damaged; write the shards again")
            yield data[:-4]


def is_sharded(path: StrPath) -> bool:
    """Whether a path is a folder of shards."""
    return (Path(path) / INDEX).is_file()


def write(
    paths: Sequence[StrPath],
    folder: StrPath,
    *,
    max_seq_len: int = 250,
    seed: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Splits:
    """Writes the drawings of some files into shards, in a random order, one file after another.

    Data sets with splits keep them. Of other files, which are brought to QuickDraw's frame where they are
    not there yet, each twentieth drawing goes to validation and one more to the test. A drawing's label is
    its own or the name of its file. The memory this takes does not depend on the size of files that are
    streams (ndjson, bin); a `.npz` is held while it is read.

    Args:
        paths: the files.
        folder: a new folder, or an empty one.
        max_seq_len: drawings with more points are left out.
        seed: of the order.
        progress: called with the number of drawings read so far.

    Raises:
        FormatError: a file cannot be read, or the folder cannot be written or holds something.
    """
    try:
        with new_folder(folder) as place:
            if any(place.iterdir()):
                raise FormatError(f"{folder} is not empty; name a new folder")
            try:
                _write_all(paths, place, max_seq_len, seed, progress)
            except BaseException:
                for left in place.iterdir():  # half a data set is none
                    left.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise FormatError(f"{folder} cannot be made into a folder of shards: {error.strerror}") from error
    return load(folder)


def _write_all(
    paths: Sequence[StrPath],
    folder: Path,
    max_seq_len: int,
    seed: int,
    progress: Callable[[int], None] | None,
) -> None:
    dtype = "<i2" if all(_holds_whole_offsets(path) for path in paths) else "<f4"
    writer = _Writer(folder, np.dtype(dtype), seed)
    read = 0
    for path in paths:
        label = label_of(path)
        for split, drawings in _parts(path):
            kept = usable(drawings, max_seq_len)
            writer.dropped += len(drawings) - len(kept)
            writer.add(split, kept.labelled(label))
            read += len(drawings)
            if progress is not None:
                progress(read)
    writer.close([Path(path).name for path in paths])


def load(folder: StrPath, units: Units | None = None) -> Splits:
    """The splits of a folder of shards; their drawings stay in the files.

    Args:
        folder: the folder.
        units: those of a model that was trained before, which the drawings must be in already.

    Raises:
        FormatError: the folder or a file in it is missing, damaged or of another version; a split is empty;
            the drawings are not in those units.
    """
    folder = Path(folder)
    path = folder / INDEX
    try:
        index: dict[str, Any] = json.loads(path.read_text("utf-8"))
        version = index["format_version"]
        if version == FORMAT_VERSION:
            sets = {
                name: ShardSet(
                    folder,
                    tuple(Shard(**shard) for shard in index["splits"][name]),
                    index["dtype"],
                    tuple(index["labels"]),
                )
                for name in SPLITS
            }
            splits = Splits(
                **sets,
                files=tuple(index["files"]),
                longest=int(index["longest"]),
                dropped=int(index["dropped"]),
                scale_factor=float(index["scale_factor"]),
                explicit_start=bool(index["explicit_start"]),
                frame=float(index["frame"]),
                epsilon=float(index["epsilon"]),
                labels=tuple(sorted({shard.label for shard in sets["train"].shards})),
            )
    except OSError as error:
        raise FormatError(f"{path} cannot be read: {error.strerror}; write the shards again") from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise FormatError(f"{path} is damaged; write the shards again") from error
    if version != FORMAT_VERSION:
        raise FormatError(f"{path} is of version {version!a}; this program knows {FORMAT_VERSION}")
    for name, drawings in sets.items():
        if drawings.dtype not in ("<i2", "<f4"):
            raise FormatError(f"{path} is damaged; write the shards again")
        if len(drawings) == 0:
            raise FormatError(f"{folder} has no drawing for {name}; write it with at least {HELD_BACK}")
        for shard in drawings.shards:
            file = folder / shard.file
            if Path(shard.file).name != shard.file or not file.is_file():
                raise FormatError(f"{file} is missing; write the shards again")
            if (size := file.stat().st_size) != shard.size:
                raise FormatError(f"{file} has {size:,} of {shard.size:,} bytes; write the shards again")
    return splits if units is None else _in_units(splits, units, folder)


def _in_units(splits: Splits, units: Units, folder: Path) -> Splits:
    if abs(splits.frame / units.frame - 1.0) > SAME_FRAME or splits.explicit_start != units.explicit_start:
        raise FormatError(
            f"{folder} is in a frame of {splits.frame:g} pixels and the model in one of {units.frame:g}, or "
            "their drawings begin in different ways; give the drawings themselves"
        )
    return dataclasses.replace(
        splits,
        longest=max(splits.longest, units.max_points),
        scale_factor=units.scale_factor,
        frame=units.frame,
        epsilon=units.epsilon,
        labels=units.labels,
    )


def _holds_whole_offsets(path: StrPath) -> bool:
    if Path(path).suffix.lower() != ".npz":
        return True  # what is brought to QuickDraw's frame is whole
    return all(
        drawings.rows.dtype.kind in "iub" or np.array_equal(drawings.rows, np.rint(drawings.rows))
        for drawings in read_splits(path).values()
    )


def _parts(path: StrPath) -> Iterator[tuple[str, StrokeSet]]:
    """The drawings of a file, some at a time, and the split they belong to."""
    if Path(path).suffix.lower() == ".npz":
        splits = read_splits(path)
        for name in SPLITS:
            if not len(splits.get(name, ())):
                raise FormatError(f"{path} has no {name}; give a data set with all splits, or drawings")
            yield name, splits[name]
        return
    count = 0
    try:
        for drawings in records.stroke3(source.records(path)):
            place = (np.arange(len(drawings)) + count) % HELD_BACK
            count += len(drawings)
            for name, own in (
                ("train", place < HELD_BACK - 2),
                ("valid", place == HELD_BACK - 1),
                ("test", place == HELD_BACK - 2),
            ):
                yield name, drawings.take(np.flatnonzero(own))
    except SketchError as error:
        raise FormatError(f"{path}: {error}") from error


class _Writer:
    """Collects drawings by split and label, and writes a shard whenever there are enough."""

    def __init__(self, folder: Path, dtype: np.dtype[Any], seed: int) -> None:
        self._folder, self._dtype = folder, dtype
        self._random = np.random.default_rng(seed)
        self._waiting: dict[tuple[str, str], list[bytes]] = {}
        self._bytes = 0
        self._labels: dict[str, int] = {}
        self._shards: dict[str, list[Shard]] = {name: [] for name in SPLITS}
        self._sample: list[NDArray[Any]] = []
        self._seen = 0
        self._offsets = [
            0,
            0.0,
            0.0,
        ]  # of the training drawings: how many numbers, their sum, of their squares
        self._explicit = True
        self.dropped = self.longest = 0

    def add(self, split: str, drawings: StrokeSet) -> None:
        rows = drawings.rows.astype(self._dtype)  # what is cut below fits
        limit = OFFSET_LIMIT
        rows[:, :2] = np.clip(drawings.rows[:, :2], -limit, limit)
        data = rows.tobytes()
        width = rows.itemsize * 3
        labels = drawings.labels if drawings.labels is not None else np.full(len(drawings), "")
        for label, start, end in zip(
            labels.tolist(), drawings.offsets[:-1].tolist(), drawings.offsets[1:].tolist(), strict=True
        ):
            number = self._labels.setdefault(label, len(self._labels))
            head = number.to_bytes(LABEL_BYTES, "little")
            self._waiting.setdefault((split, label), []).append(head + data[start * width : end * width])
        self._bytes += len(data) + LABEL_BYTES * len(drawings)
        self.longest = max(self.longest, int(drawings.lengths.max(initial=0)))
        if split == "train" and len(drawings):
            self._measure(StrokeSet(rows, drawings.offsets))
        for key in [key for key, waiting in self._waiting.items() if len(waiting) >= _DRAWINGS_IN_SHARD]:
            self._write(key)
        while self._bytes > _BUFFERED_BYTES:
            self._write(max(self._waiting, key=lambda key: len(self._waiting[key])))

    def _measure(self, drawings: StrokeSet) -> None:
        numbers = drawings.rows[:, :2].astype(np.float64)
        self._offsets[0] += numbers.size
        self._offsets[1] += numbers.sum()
        self._offsets[2] += np.square(numbers).sum()
        self._explicit &= has_explicit_start(drawings)
        for number in range(len(drawings)):  # each drawing has the same chance to be among the sample
            self._seen += 1
            if len(self._sample) < _SAMPLE:
                self._sample.append(drawings[number].copy())
            elif (place := int(self._random.integers(self._seen))) < _SAMPLE:
                self._sample[place] = drawings[number].copy()

    def _write(self, key: tuple[str, str]) -> None:
        import tensorflow as tf  # seconds to load, and only here

        split, label = key
        waiting = self._waiting.pop(key)
        self._bytes -= sum(map(len, waiting))
        name = f"{split}-{len(self._shards[split]):05}.tfrecord"
        path = self._folder / name
        try:
            with tf.io.TFRecordWriter(str(path)) as file:
                for number in self._random.permutation(len(waiting)):
                    file.write(waiting[number])
            size = path.stat().st_size
        except (tf.errors.OpError, OSError) as error:
            # TensorFlow's text begins with the name of the file.
            said = error.strerror if isinstance(error, OSError) else error.message.rpartition("; ")[2]
            reason = on_one_line(said or "it fails").lower()
            raise FormatError(f"{path} cannot be written: {reason}; free some space") from error
        self._shards[split].append(Shard(name, len(waiting), label, size))

    def close(self, files: Sequence[str]) -> None:
        """Writes what is waiting, and the list of all files."""
        for key in list(self._waiting):
            self._write(key)
        count, total, squares = self._offsets
        deviation = float(np.sqrt(max(squares / count - (total / count) ** 2, 0.0))) if count else 0.0
        if not deviation > 0.0:
            raise FormatError(f"{', '.join(files)}: nothing moves in these drawings; give others")
        sample = StrokeSet.of(self._sample)
        frame = float(np.median(larger_sides(sample)))
        index = {
            "format_version": FORMAT_VERSION,
            "files": list(files),
            "dtype": self._dtype.str,
            "labels": list(self._labels),
            "longest": self.longest,
            "dropped": self.dropped,
            "scale_factor": deviation,
            "explicit_start": self._explicit,
            "frame": frame,
            "epsilon": estimate_epsilon(sample, frame),
            "splits": {
                name: [dataclasses.asdict(shard) for shard in shards] for name, shards in self._shards.items()
            },
        }
        with atomic_write(self._folder / INDEX) as file:
            file.write((json.dumps(index, indent=1, ensure_ascii=False) + "\n").encode())
