"""Drawings from anywhere to a data set: prepared, no drawing twice, split so that the parts share none."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sketchrnn import simplify
from sketchrnn.dataset import source
from sketchrnn.dataset.splits import label_of
from sketchrnn.errors import ConfigError, FormatError, SketchError, SketchRNNError
from sketchrnn.files import StrPath
from sketchrnn.formats.npz import SPLITS, StrokeSet, write_splits
from sketchrnn.formats.records import Record, prepared

SHARES = (80.0, 10.0, 10.0)
"""Of train, valid and test, where nobody says otherwise."""

REASONS = {
    "empty": "without strokes",
    "dot": "a single dot",
    "long": "of too many points",
    "duplicate": "the same as another",
    "same key": "with the key of another",
    "unrecognised": "not recognised by the game",
    "model": "with strokes that a model drew",
    "unusable": "that cannot be used",
}
"""Why a drawing may be left out, and how that is said."""

_PREPARED_ALREADY = (".npz", ".ndjson", ".bin")  # formats in which Google publishes prepared drawings
_AT_ONCE = 256  # drawings


@dataclasses.dataclass(slots=True)
class Report:
    """What a data set was made of.

    Args:
        file: where it is.
        read: drawings that the files hold.
        splits: drawings in each split.
        labels: drawings of each label, "" for those without.
        left_out: drawings left out, for each of `REASONS`.
        unreadable: files that could not be read (to the end), and why.
        longest: points of the longest drawing.
        frame, epsilon: what the drawings were prepared with, in pixels.
    """

    file: str
    read: int = 0
    splits: dict[str, int] = dataclasses.field(default_factory=dict)
    labels: dict[str, int] = dataclasses.field(default_factory=dict)
    left_out: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    unreadable: dict[str, str] = dataclasses.field(default_factory=dict)
    longest: int = 0
    frame: float = simplify.QUICKDRAW_FRAME
    epsilon: float = simplify.QUICKDRAW_EPSILON

    def to_json(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


class _Drawing(NamedTuple):
    rows: NDArray[np.int16]
    label: str
    split: str | None
    digest: bytes


def build(
    out: StrPath,
    places: Sequence[StrPath],
    *,
    shares: Sequence[float] | None = None,
    seed: int = 0,
    label: str = "",
    frame: float = simplify.QUICKDRAW_FRAME,
    epsilon: float = simplify.QUICKDRAW_EPSILON,
    max_points: int = 250,
    recognized: bool = False,
    keep_model_strokes: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Makes a data set, an `.npz` with the splits train, valid and test.

    Every drawing is moved to the top left, scaled until its larger side is `frame`, and simplified: with
    frame and epsilon as they are by default, exactly as Google prepared QuickDraw's. Drawings of data files
    that are prepared so already stay as they are. The same drawings and seed give the same splits, in
    whatever order the files come.

    Args:
        out: the file to write.
        places: files and folders; see `source.files`.
        shares: of train, valid and test, any numbers in proportion. Without them, drawings of an `.npz`
            with splits stay in theirs, and all others are split by `SHARES`.
        seed: for the splits.
        label: for drawings that neither say what they show nor lie in a folder that does.
        frame, epsilon: the larger side, and what is simplified with, in pixels.
        max_points: longer drawings are left out.
        recognized: leave out what the game did not recognise.
        keep_model_strokes: take also drawings of which a model drew a part, as the canvas and `complete`
            save them. A model that learns from models forgets how people draw.
        progress: called with the number of drawings read so far.

    Raises:
        FormatError: a place does not exist, nothing is left, or the file cannot be written.
        ConfigError: shares that are no shares.
    """
    shares = _checked(shares)
    if not (1 <= frame <= 10_000 and 0 <= epsilon < frame):
        raise ConfigError(f"a frame of {frame:g} and an epsilon of {epsilon:g} cannot be; take 255 and 2")
    if Path(out).suffix.lower() != ".npz":
        raise FormatError(f"{out}: a data set is an .npz; name the file to write first, then the drawings")
    found = source.files(places, but=out)
    if any(path.exists() and Path(out).exists() and path.samefile(out) for path, _ in found):
        raise FormatError(f"{out} is among the drawings to read; name the file to write first")
    report = Report(str(out), frame=frame, epsilon=epsilon)
    keep_splits = shares is None
    drawings: list[_Drawing] = []
    seen: set[bytes] = set()
    unwanted = _Unwanted(unrecognised=recognized, model_strokes=not keep_model_strokes)
    raw = _read(found, report, label, unwanted, progress)
    exact = (frame, epsilon) == (simplify.QUICKDRAW_FRAME, simplify.QUICKDRAW_EPSILON)
    for split, record in _prepared(raw, report, exact=exact, frame=frame, epsilon=epsilon):
        rows = _stroke3(record)
        digest = hashlib.blake2b(rows.tobytes(), digest_size=16).digest()
        if len(rows) > max_points:
            report.left_out["long"] += 1
        elif digest in seen:
            report.left_out["duplicate"] += 1
        else:
            seen.add(digest)
            drawings.append(_Drawing(rows, record.word, split if keep_splits else None, digest))
    if not drawings:
        raise FormatError(_nothing_left(report))
    sets = _split(drawings, shares or SHARES, seed)
    labelled = any(drawing.label for drawing in drawings)
    write_splits(
        out,
        {
            name: StrokeSet.of(
                (drawing.rows for drawing in part),
                (drawing.label for drawing in part) if labelled else None,
            )
            for name, part in sets.items()
        },
    )
    report.splits = {name: len(sets.get(name, ())) for name in SPLITS}
    report.labels = dict(sorted(collections.Counter(drawing.label for drawing in drawings).items()))
    report.longest = max(len(drawing.rows) for drawing in drawings)
    return report


def _checked(shares: Sequence[float] | None) -> Sequence[float] | None:
    if shares is None:
        return None
    total = sum(shares)
    if len(shares) != 3 or not 0 < total < float("inf") or min(shares) < 0 or shares[0] == 0:
        raise ConfigError("shares of train, valid and test are three numbers, the first above 0: 80/10/10")
    return [share / total for share in shares]


def _nothing_left(report: Report) -> str:
    reasons = [f"{count:,} {REASONS[reason]}" for reason, count in report.left_out.items()]
    if len(report.unreadable) == 1 and not reasons:
        return next(iter(report.unreadable.values()))
    if report.unreadable:
        count = len(report.unreadable)
        reasons.append(
            f"{count} unreadable file{'s' * (count > 1)}: {next(iter(report.unreadable.values()))}"
        )
    return f"{report.file}: no drawing is left to write ({', '.join(reasons)}); give others"


# --- reading -----------------------------------------------------------------------------------


def _read(
    found: Sequence[tuple[Path, str]],
    report: Report,
    label: str,
    unwanted: _Unwanted,
    progress: Callable[[int], None] | None,
) -> Iterator[tuple[str | None, bool, Record]]:
    """Drawings that have a shape, with their splits and whether they may be prepared already."""
    for path, folder in found:
        otherwise = folder or label or (label_of(path) if path.suffix.lower() == ".npz" else "")
        perhaps = path.suffix.lower() in _PREPARED_ALREADY
        try:
            for split, record in source.split_records(path):
                report.read += 1
                if progress is not None:
                    progress(report.read)
                reason = unwanted.why(record)
                if reason is not None:
                    report.left_out[reason] += 1
                elif isinstance(record, Record):
                    yield split, perhaps, dataclasses.replace(record, word=record.word or otherwise)
        except SketchRNNError as error:
            report.unreadable[str(path)] = str(error)


@dataclasses.dataclass(slots=True)
class _Unwanted:
    """What is left out as it is read: what cannot be learnt from, and what somebody does not want."""

    unrecognised: bool
    model_strokes: bool
    keys: set[str] = dataclasses.field(default_factory=set)

    def why(self, record: Record | SketchError) -> str | None:
        """One of `REASONS`; None for a drawing that is wanted."""
        if isinstance(record, SketchError):
            return "unusable"
        checks = {
            "empty": len(record.points) == 0,
            "dot": not record.points.size or not np.ptp(record.points, axis=0).any(),
            "unrecognised": self.unrecognised and not record.recognized,
            "model": self.model_strokes and "model" in (record.authors or ()),
            "same key": record.key_id in self.keys,
        }
        reason = next((reason for reason, holds in checks.items() if holds), None)
        if reason is None and record.key_id:
            self.keys.add(record.key_id)
        return reason


# --- preparing ---------------------------------------------------------------------------------


def _prepared(
    raw: Iterable[tuple[str | None, bool, Record]],
    report: Report,
    *,
    exact: bool,
    frame: float,
    epsilon: float,
) -> Iterator[tuple[str | None, Record]]:
    """The drawings in the frame, in whole pixels, in their order."""
    source_ = iter(raw)
    while batch := list(itertools.islice(source_, _AT_ONCE)):
        todo = [
            None if perhaps and exact and _is_prepared(record) else record for _, perhaps, record in batch
        ]
        records = [record for record in todo if record is not None]
        done = iter(_prepared_safely(records, report) if exact else _in_frame(records, frame, epsilon))
        for (split, _, record), waiting in zip(batch, todo, strict=True):
            ready = record if waiting is None else next(done)
            if ready is not None:
                yield split, ready


def _is_prepared(record: Record) -> bool:
    """Whether it has whole pixels and fills the frame, but for what simplifying takes off its ends.

    Of 4,330 drawings that Google published the smallest has a larger side of 238.
    """
    if record.times is not None:
        return False
    side = np.ptp(record.points, axis=0).max()
    filled = 0.9 * simplify.QUICKDRAW_FRAME <= side <= simplify.QUICKDRAW_FRAME
    return bool(filled and np.array_equal(record.points, np.rint(record.points)))


def _prepared_safely(records: list[Record], report: Report) -> list[Record | None]:
    """Google's recipe, one by one where a drawing among them is too long for it."""
    try:
        return list(prepared(records))
    except SketchError:
        if len(records) > 1:
            return [part for record in records for part in _prepared_safely([record], report)]
        report.left_out["long"] += 1
        return [None]


def _in_frame(records: list[Record], frame: float, epsilon: float) -> list[Record | None]:
    done: list[Record | None] = []
    sketches = simplify.all_in_frame((record.sketch() for record in records), frame, epsilon)
    for record, sketch in zip(records, sketches, strict=True):
        fitted = Record.of(sketch)
        done.append(dataclasses.replace(fitted, points=np.rint(fitted.points), word=record.word))
    return done


def _stroke3(record: Record) -> NDArray[np.int16]:
    return record.sketch().to_stroke3().astype(np.int16)


# --- splitting ---------------------------------------------------------------------------------


def _split(drawings: Sequence[_Drawing], shares: Sequence[float], seed: int) -> dict[str, list[_Drawing]]:
    """Each drawing's part hangs on what it looks like and the seed; every label is shared out alike."""
    salt = hashlib.blake2b(str(seed).encode(), digest_size=16).digest()

    def place(drawing: _Drawing) -> bytes:
        return hashlib.blake2b(drawing.digest, key=salt, digest_size=16).digest()

    sets: dict[str, list[_Drawing]] = {name: [] for name in SPLITS}
    free = sorted((drawing for drawing in drawings if drawing.split is None), key=place)
    free.sort(key=lambda drawing: drawing.label)
    wanted = np.array(shares) / sum(shares)
    given = np.zeros(3)
    for drawing in free:
        which = int(np.argmax(wanted * (given.sum() + 1) - given))
        given[which] += 1
        sets[SPLITS[which]].append(drawing)
    for drawing in drawings:
        if drawing.split is not None:
            sets[drawing.split].append(drawing)
    for name, share in zip(SPLITS, wanted, strict=True):  # few drawings: none of the parts shall be empty
        if share and not sets[name] and len(drawings) >= 3:
            largest = max(sets.values(), key=len)
            sets[name].append(largest.pop())
    return {name: sorted(part, key=place) for name, part in sets.items() if part}
