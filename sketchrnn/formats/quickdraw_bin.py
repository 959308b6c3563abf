"""`.bin`: QuickDraw's binary files, simplified drawings of one category; read and written as a stream.

For each drawing, little-endian and without gaps: key_id (8 bytes), country code (2 letters), recognised
(1 byte, 0 or 1), time in seconds since 1970 (4), number of strokes (2); for each stroke its number of
points (2), then all xs and all ys (a byte each). The category is the name of the file.
"""

from __future__ import annotations

import datetime
import struct
import urllib.parse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from sketchrnn.errors import FormatError, SketchError
from sketchrnn.files import StrPath, atomic_write, open_to_read
from sketchrnn.formats.records import Record
from sketchrnn.sketch import MAX_POINTS, MAX_STROKES, Sketch

_HEAD = struct.Struct("<Q2sBIH")
_COUNT = struct.Struct("<H")
_CHUNK = 1 << 18
_REMEDY = "download the file again"


def read(path: StrPath) -> Iterator[Sketch]:
    """The drawings, one after another; their label is the name of the file.

    Raises:
        FormatError: a drawing is damaged or cut off; the message has its number.
    """
    return (record.sketch() for record in read_records(path))


def read_records(path: StrPath) -> Iterator[Record]:
    """The drawings with their keys, countries and times of day.

    Raises:
        FormatError: a drawing is damaged or cut off; the message has its number.
    """
    with open_to_read(path) as file:
        number = 0
        try:
            for record in _parsed(file, _category(path)):
                number += 1
                yield record
        except FormatError as error:
            raise FormatError(f"{path}, drawing {number + 1}: {error}; {_REMEDY}") from error


def write(path: StrPath, sketches: Iterable[Sketch]) -> None:
    """Writes drawings that are in QuickDraw's frame already. Labels and authors have no place there.

    Raises:
        FormatError: a drawing has other coordinates than whole numbers from 0 to 255, or too many
            points, or the file cannot be written.
    """
    write_records(path, map(Record.of, sketches))


def write_records(path: StrPath, records: Iterable[Record]) -> None:
    """Writes drawings with their keys, countries and times of day, those that are known.

    Raises:
        FormatError: as `write` does.
    """
    with atomic_write(path) as file:
        for number, record in enumerate(records, 1):
            try:
                file.write(_packed(record))
            except SketchError as error:
                raise FormatError(f"{path}, drawing {number}: {error}") from error


def begins_like_one(head: bytes) -> bool:
    """Whether a file that begins so may be one: after eight bytes of anything a country, and 0 or 1."""
    return len(head) >= _HEAD.size and head[8:10].isalpha() and head[8:10].isupper() and head[10] in (0, 1)


def _category(path: StrPath) -> str:
    """What the name of the file says that its drawings show: "alarm%20clock.bin" alarm clocks."""
    word = urllib.parse.unquote(Path(path).stem)
    try:
        return Sketch(label=word).label or ""
    except SketchError:
        return ""


def _parsed(file: BinaryIO, word: str) -> Iterator[Record]:
    data, at = b"", 0

    def need(count: int) -> None:
        """Raises FormatError unless there are so many more bytes to be had."""
        nonlocal data, at
        while len(data) - at < count:
            more = file.read(_CHUNK)
            if not more:
                raise FormatError("it is cut off")
            data, at = data[at:] + more, 0

    while True:
        if at == len(data):
            data, at = file.read(_CHUNK), 0
            if not data:
                return
        need(_HEAD.size)
        key_id, country, recognized, seconds, strokes = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if recognized > 1 or not 0 < strokes <= MAX_STROKES:
            raise FormatError("it is damaged")
        xs, ys, counts, total = bytearray(), bytearray(), [], 0
        for _ in range(strokes):
            need(_COUNT.size)
            (count,) = _COUNT.unpack_from(data, at)
            at += _COUNT.size
            total += count
            if not count or total > MAX_POINTS:
                raise FormatError("it is damaged")
            need(2 * count)
            xs += data[at : at + count]
            ys += data[at + count : at + 2 * count]
            counts.append(count)
            at += 2 * count
        yield Record(
            np.frombuffer(xs + ys, np.uint8).reshape(2, -1).T.astype(np.float64),
            np.cumsum(counts, dtype=np.int64),
            None,
            word,
            bool(recognized),
            str(key_id) if key_id else "",
            country.decode("latin1") if country.isalpha() and country.isascii() else "",
            f"{datetime.datetime.fromtimestamp(seconds, datetime.UTC):%Y-%m-%d %H:%M:%S} UTC"
            if seconds
            else "",
        )


def _packed(record: Record) -> bytes:
    if not len(record.stroke_ends):
        raise SketchError("it has no strokes, which the format cannot hold; leave it out")
    numbers = np.clip(record.points, 0, 255).astype(np.uint8)
    if not np.array_equal(numbers, record.points):
        raise SketchError(
            "its coordinates are not whole numbers from 0 to 255; "
            "write another format, or make it so with `sketchrnn dataset convert --simplify`"
        )
    counts = np.diff(record.stroke_ends, prepend=0).tolist()
    if max(counts) > 0xFFFF:
        raise SketchError("it has more points in a stroke than the format's 65,535")
    if len(counts) > MAX_STROKES:
        raise SketchError(f"it has {len(counts):,} strokes; at most {MAX_STROKES:,} are supported")
    country = record.countrycode.encode("ascii", "replace")
    parts = [
        _HEAD.pack(
            _number(record.key_id, 64),
            country if len(country) == 2 else b"\0\0",
            record.recognized,
            _seconds(record.timestamp),
            len(counts),
        )
    ]
    for stroke, count in zip(np.split(numbers, record.stroke_ends[:-1]), counts, strict=True):
        parts += [_COUNT.pack(count), stroke.T.tobytes()]
    return b"".join(parts)


def _number(digits: str, bits: int) -> int:
    """The number that some digits say, 0 where that is none of so many bits."""
    number = int(digits) if digits.isdecimal() and len(digits) < 25 else 0
    return number if number < 1 << bits else 0


def _seconds(timestamp: str) -> int:
    """Whole seconds since 1970 of QuickDraw's timestamps, 0 where that is none or does not fit."""
    try:
        when = datetime.datetime.fromisoformat(timestamp[:19]).replace(tzinfo=datetime.UTC)
    except ValueError:
        return 0
    seconds = int(when.timestamp())
    return seconds if 0 <= seconds < 1 << 32 else 0
