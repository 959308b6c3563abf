"""From one format to another, a drawing at a time; raw QuickDraw to exactly what Google publishes."""

from __future__ import annotations

import dataclasses
import importlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sketchrnn import formats
from sketchrnn.dataset import source
from sketchrnn.errors import FormatError, SketchError
from sketchrnn.files import StrPath
from sketchrnn.formats.npz import StrokeSet, read_splits, write_splits
from sketchrnn.formats.records import Record, prepared

_AT_ONCE = 4_096  # drawings


def convert(
    path: StrPath,
    out: StrPath,
    *,
    simplify: bool = False,
    split: str | None = None,
    number: int | None = None,
    progress: Callable[[int], None] | None = None,
    **options: Any,
) -> int:
    """Writes the drawings of one file into another; the suffixes say in which formats.

    Between `.ndjson` and `.bin` nothing that both can hold is lost. From `.npz` to `.npz` splits stay. Only
    `.npz` takes memory for more than a few hundred drawings: a tenth of what the ndjson is on the disk.

    Args:
        path: the file to read.
        out: the file to write.
        simplify: prepare the drawings as Google did (`simplify.quickdraw`).
        split: of an `.npz`, only this one.
        number: only this drawing, counted from 1.
        progress: called with the number of drawings read so far.
        options: those of the format's own `write`; only pictures have any.

    Returns:
        how many drawings were written.

    Raises:
        FormatError: one of the files has no known format, is damaged or cannot be written, cannot hold the
            drawings, or has no such split or drawing.
        SketchError: a drawing is too long to be simplified.
    """
    formats.check_writable(out)
    suffix = Path(out).suffix.lower()
    count = 0

    def counted(drawings: Iterable[Record]) -> Iterator[Record]:
        nonlocal count
        for drawing in drawings:
            count += 1
            if progress is not None:
                progress(count)
            yield drawing

    def ready(drawings: Iterable[Record]) -> Iterator[Record]:
        return prepared(counted(drawings)) if simplify else counted(drawings)

    if suffix == ".npz" and Path(path).suffix.lower() == ".npz" and number is None:
        formats.read(path)
        parts = _chosen(path, split)
        write_splits(out, {name: _set(ready(_of_set(path, part))) for name, part in parts.items()})
        return count
    drawings = ready(_taken(path, number, _drawings(path, split)))
    if suffix == ".npz":
        name = split or "train"
        write_splits(out, {name: _set(drawings)})
    elif module := source.EXACT.get(suffix):
        importlib.import_module(f"sketchrnn.formats.{module}").write_records(out, drawings)
    elif suffix in formats.PICTURES:
        first = [record.sketch() for record in itertools.islice(drawings, 2)]
        if len(first) > 1:
            raise FormatError(
                f"{path} holds several drawings and {out} one; choose one with --number, "
                "or make a sheet of them with `sketchrnn dataset show`"
            )
        formats.write(out, first, **options)
    else:
        formats.write(out, (record.sketch() for record in drawings))
    return count


def _drawings(path: StrPath, split: str | None) -> Iterator[Record]:
    if Path(path).suffix.lower() != ".npz":
        if split is not None:
            raise FormatError(f"{path} has no splits; leave --split out")
        return source.records(path)
    formats.read(path)
    parts = _chosen(path, split)
    return itertools.chain.from_iterable(_of_set(path, part) for part in parts.values())


def _chosen(path: StrPath, split: str | None) -> dict[str, StrokeSet]:
    parts = read_splits(path)
    if split is None:
        return parts
    if split not in parts:
        raise FormatError(f"{path} has no {split!a}; it has {', '.join(parts)}")
    return {split: parts[split]}


def _of_set(path: StrPath, drawings: StrokeSet) -> Iterator[Record]:
    for number, record in enumerate(source.of_set(drawings), 1):
        if isinstance(record, SketchError):
            raise FormatError(f"{path}, drawing {number}: {record}") from record
        # Nobody knows where on the paper it was; QuickDraw's own place is the top left corner.
        yield dataclasses.replace(record, points=record.points - record.points.min(axis=0, initial=np.inf))


def _taken(path: StrPath, number: int | None, drawings: Iterator[Record]) -> Iterator[Record]:
    if number is None:
        return drawings
    taken = list(itertools.islice(drawings, number - 1, number))
    if not taken:
        raise FormatError(f"{path} has no drawing number {number}; it has fewer")
    return iter(taken)


def _set(drawings: Iterable[Record]) -> StrokeSet:
    """The drawings as stroke-3: int16 where all offsets are whole and small, else float32."""
    parts, source_ = [], iter(drawings)
    while batch := list(itertools.islice(source_, _AT_ONCE)):
        rows = [record.sketch().to_stroke3() for record in batch]
        part = StrokeSet.of(rows, [record.word for record in batch])
        whole = part.rows.astype(np.int16)
        parts.append(StrokeSet(whole, part.offsets, part.labels) if (whole == part.rows).all() else part)
    joined = StrokeSet.joined(parts) if parts else StrokeSet.of([])
    labels = joined.labels if joined.labels is not None and (joined.labels != "").any() else None
    return StrokeSet(joined.rows, joined.offsets, labels)
