"""`.ndjson`: QuickDraw's files, raw or simplified; a drawing per line, read and written as a stream."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from sketchrnn.errors import FormatError, SketchError
from sketchrnn.files import StrPath, atomic_write, open_to_read
from sketchrnn.formats.numbers import shortest
from sketchrnn.formats.records import Record
from sketchrnn.sketch import MAX_COORDINATE, MAX_POINTS, MAX_STROKES, Sketch, check_label

_MAX_LINE = 64 << 20
_MAX_NUMBERS = 3 * MAX_POINTS
_LONG = 1 << 17
_AT_ONCE = 1 << 15  # bytes of a long list of numbers
_WHOLE = 2.0**53
_REMEDY = "mend or delete that line"


class _Words(msgspec.Struct, kw_only=True):
    """What may stand in a line beside the drawing, and is read if it makes sense."""

    word: str | None = None
    recognized: Any = True
    key_id: Any = ""
    countrycode: Any = ""
    timestamp: Any = ""
    authors: Any = None


class _Line(_Words):
    drawing: list[list[list[float]]]


class _LongLine(_Words):
    """A line whose numbers would take thirty times as much memory as their text."""

    drawing: msgspec.Raw


_DECODER = msgspec.json.Decoder(_Line)
_LONG_DECODER = msgspec.json.Decoder(_LongLine)
_NUMBERS_DECODER = msgspec.json.Decoder(list[float])
_LIST = rb"\s*+\[([^\[\]]*+)\]\s*+"
_EMPTY = re.compile(rb"\s*+\[\s*+\]\s*+")
_STROKE = re.compile(rb"\s*+\[%b,%b(?:,%b)?+\]\s*+" % (_LIST, _LIST, _LIST))
_PLACE = re.compile(r"`\$\.(word|drawing)((?:\[\d+\])*)`")


def read(path: StrPath) -> Iterator[Sketch]:
    """The drawings, line by line. Times, if there are any, are left out; `read_records` keeps them.

    Raises:
        FormatError: a line is no drawing; the message has its number.
    """
    for number, record in _numbered(path):
        try:
            yield record.sketch()
        except SketchError as error:
            raise FormatError(f"{path}, line {number}: {error}") from error


def read_records(path: StrPath) -> Iterator[Record]:
    """The drawings, line by line, with everything that QuickDraw says about them.

    Raises:
        FormatError: a line is no drawing; the message has its number.
    """
    return (record for _, record in _numbered(path))


def parse(line: bytes) -> Sketch:
    """The drawing of one line, for who wants few of many. Raises FormatError or SketchError."""
    return _parsed(line).sketch()


def write(path: StrPath, sketches: Iterable[Sketch]) -> None:
    """Writes QuickDraw's simplified form: whole numbers where the coordinates are whole.

    Coordinates that are not whole get as many digits as float32 needs to come back the same. The
    field `authors`, which QuickDraw does not have, is there only if the model drew a stroke.
    """
    with atomic_write(path) as file:
        for sketch in sketches:
            fields: dict[str, Any] = {"word": sketch.label or "", "recognized": True}
            if any(author != "human" for author in sketch.authors):
                fields["authors"] = list(sketch.authors)
            file.write(_line(fields, ((shortest(x), shortest(y)) for x, y in (s.T for s in sketch.strokes))))


def write_records(path: StrPath, records: Iterable[Record]) -> None:
    """Writes the drawings as QuickDraw does, byte for byte: with times the raw form, without the simplified.

    Raises:
        FormatError: the file cannot be written.
    """
    with atomic_write(path) as file:
        for record in records:
            fields: dict[str, Any] = {"word": record.word}
            for name in ("countrycode", "timestamp"):
                if value := getattr(record, name):
                    fields[name] = value
            fields["recognized"] = record.recognized
            if record.key_id:
                fields["key_id"] = record.key_id
            if record.authors is not None:
                fields["authors"] = list(record.authors)
            columns = [*record.points.T] + ([] if record.times is None else [record.times])
            texts = [_exact(column) for column in columns]
            ends = record.stroke_ends.tolist()
            file.write(
                _line(fields, ([text[a:b] for text in texts] for a, b in itertools.pairwise([0, *ends])))
            )


def _line(fields: dict[str, Any], strokes: Iterable[Iterable[list[str]]]) -> bytes:
    head = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    drawing = ",".join(f"[{','.join(_listed(column) for column in columns)}]" for columns in strokes)
    return f'{head[:-1]},"drawing":[{drawing}]}}\n'.encode()


def _listed(numbers: list[str]) -> str:
    return f"[{','.join(numbers)}]"


def _exact(values: NDArray[np.float64]) -> list[str]:
    """Each number in the fewest digits that give the same double again, whole ones without a point."""
    if (np.abs(values) < _WHOLE).all() and not np.signbit(values).any():
        whole = values.astype(np.int64)
        if np.array_equal(whole, values):
            return list(map(str, whole.tolist()))
    return [text.removesuffix(".0") if text != "-0.0" else text for text in map(repr, values.tolist())]


def _numbered(path: StrPath) -> Iterator[tuple[int, Record]]:
    """The drawings and the numbers of their lines."""
    with open_to_read(path) as file:
        number = 0
        while line := file.readline(_MAX_LINE):
            number += 1
            try:
                if not line.isspace():
                    yield number, _parsed(line)
            except FormatError as error:
                raise FormatError(f"{path}, line {number}: {error}; {_REMEDY}") from error
            except SketchError as error:
                raise FormatError(f"{path}, line {number}: {error}") from error


def _parsed(line: bytes) -> Record:
    if len(line) > _MAX_NUMBERS and (numbers := line.count(b",")) > _MAX_NUMBERS:
        raise FormatError(f"the line has {numbers:,} numbers; at most {MAX_POINTS:,} points are supported")
    fields: _Line | _LongLine
    try:
        decoder = _DECODER if len(line) < _LONG else _LONG_DECODER
        fields = decoder.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except msgspec.ValidationError as error:
        raise FormatError(_explained(str(error))) from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        if not line.endswith(b"\n"):
            raise FormatError("the line is cut off, or no JSON") from error
        raise FormatError("the line is no JSON") from error
    check_label(fields.word)
    read = _read_long(bytes(fields.drawing)) if isinstance(fields, _LongLine) else _read(fields.drawing)
    points, ends, times = read
    if not (np.abs(points) <= MAX_COORDINATE).all():
        raise SketchError("a coordinate is beyond 1,000,000,000")
    return Record(
        points,
        ends,
        times,
        word=fields.word or "",
        recognized=fields.recognized is not False,
        key_id=_text(fields.key_id),
        countrycode=_text(fields.countrycode),
        timestamp=_text(fields.timestamp),
        authors=_authors(fields.authors, len(ends)),
    )


_Read = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64] | None]
"""Points (n, 2), where each stroke ends, and times (n,)."""


def _read(strokes: list[list[list[float]]]) -> _Read:
    for number, stroke in enumerate(strokes, 1):
        if len(stroke) not in (2, 3):
            raise FormatError(f"stroke {number} is not [xs, ys] or [xs, ys, times]")
        _check_lengths(number, len(stroke[0]), len(stroke[1]))
    ends = np.cumsum([len(stroke[0]) for stroke in strokes], dtype=np.int64)
    count = int(ends[-1]) if len(ends) else 0
    _check_count(count)
    points = np.empty((count, 2))
    for axis in (0, 1):
        points[:, axis] = _column([stroke[axis] for stroke in strokes], count)
    timed = bool(strokes) and all(len(stroke) == 3 and len(stroke[2]) == len(stroke[0]) for stroke in strokes)
    return points, ends, _column([stroke[2] for stroke in strokes], count) if timed else None


def _read_long(drawing: bytes) -> _Read:
    """The same of the JSON of a drawing, some thousand numbers at a time."""
    most = min(drawing.count(b",") // 2 + 1, MAX_POINTS)
    points, times = np.empty((most, 2)), np.empty(most)  # which take no memory until they are written to
    ends: list[int] = []
    count, timed = 0, True
    for number, found in enumerate(_matched(drawing), 1):
        length = _length(drawing, *found.span(1))
        _check_lengths(number, length, _length(drawing, *found.span(2)))
        _check_count(count + length)
        for axis in (0, 1):
            name = f"stroke {number} has a coordinate"
            _read_numbers(drawing, *found.span(1 + axis), points[count : count + length, axis], name)
        if found[3] is None:
            timed = False
        else:
            own = times[count : count + length]
            if (others := _length(drawing, *found.span(3))) != length:
                own, timed = np.empty(others), False
            _read_numbers(drawing, *found.span(3), own, f"stroke {number} has a time")
        count += length
        ends.append(count)
    return points[:count], np.array(ends, np.int64), times[:count] if timed and ends else None


def _matched(drawing: bytes) -> Iterator[re.Match[bytes]]:
    """The strokes in the JSON of a drawing. Raises FormatError at what is none, or one too many."""
    if not drawing.lstrip().startswith(b"["):
        raise FormatError('the line has no field "drawing" with a list of strokes')
    if _EMPTY.fullmatch(drawing):
        return
    at = drawing.index(b"[") + 1
    for number in itertools.count(1):
        found = _STROKE.match(drawing, at)
        if found is None:
            raise FormatError(f"stroke {number} is not [xs, ys] or [xs, ys, times]")
        if number > MAX_STROKES:
            raise FormatError(f"the drawing has more than {MAX_STROKES:,} strokes, as many as are supported")
        yield found
        at = found.end() + 1
        if drawing[at - 1 : at] != b",":
            return


def _length(drawing: bytes, begin: int, end: int) -> int:
    """How many numbers stand in a list."""
    return 1 + drawing.count(b",", begin, end) if drawing[begin:end].strip() else 0


def _read_numbers(drawing: bytes, begin: int, end: int, column: NDArray[np.float64], what: str) -> None:
    """Brings the numbers of a list into an array, which has a place for each."""
    place = 0
    while place < len(column):
        comma = drawing.find(b",", begin + _AT_ONCE, end)
        until = comma if comma >= 0 else end
        try:
            numbers = _NUMBERS_DECODER.decode(b"[%b]" % (drawing[begin:until].strip() or b"null"))
        except (msgspec.DecodeError, ValueError) as error:
            how = "not a finite number" if "range" in str(error) else "no number"
            raise FormatError(f"{what} that is {how}") from error
        column[place : place + len(numbers)] = numbers
        place += len(numbers)
        begin = until + 1


def _check_lengths(number: int, xs: int, ys: int) -> None:
    if xs != ys:
        raise FormatError(f"stroke {number} does not have as many xs as ys")
    if not xs:
        raise SketchError(f"stroke {number} has no points")


def _check_count(points: int) -> None:
    if points > MAX_POINTS:
        raise SketchError(f"the drawing has more than {MAX_POINTS:,} points, as many as are supported")


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) else ""


def _column(parts: list[list[float]], count: int) -> NDArray[np.float64]:
    return np.fromiter(itertools.chain.from_iterable(parts), np.float64, count)


def _explained(message: str) -> str:
    """What msgspec found wrong with a line, in the words of this format."""
    found = _PLACE.search(message)
    if found is None or (found[1] == "drawing" and not found[2]):
        return 'the line has no field "drawing" with a list of strokes'
    if found[1] == "word":
        return 'its field "word" is no text'
    stroke, *inner = (int(index) for index in re.findall(r"\d+", found[2]))
    if not inner:
        return f"stroke {stroke + 1} is not [xs, ys] or [xs, ys, times]"
    if len(inner) == 1:
        return f"stroke {stroke + 1} does not have lists of as many xs as ys"
    what = "time" if inner[0] == 2 else "coordinate"
    how = "not a finite number" if "range" in message else "no number"
    return f"stroke {stroke + 1} has a {what} that is {how}"


def _authors(authors: Any, count: int) -> list[str] | None:
    """Who drew each stroke, if the file says so in a way that this program understands."""
    if isinstance(authors, list) and len(authors) == count and set(map(str, authors)) <= {"human", "model"}:
        return authors
    return None
