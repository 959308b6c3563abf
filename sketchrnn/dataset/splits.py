"""Drawings to learn from: files to the splits of a training run, and the frame that they live in."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sketchrnn import formats, simplify
from sketchrnn.errors import FormatError
from sketchrnn.files import StrPath
from sketchrnn.formats.npz import SPLITS, StrokeSet, read_splits
from sketchrnn.sketch import MAX_COORDINATE, MAX_POINTS, Sketch

if TYPE_CHECKING:
    from sketchrnn.dataset.shards import ShardSet

OFFSET_LIMIT = 1000.0
"""Longer offsets are cut to this (pixels), as in Magenta's loader: a few broken drawings have them."""

HELD_BACK = 20
"""Where a file has no split, one of this many drawings goes to validation and one to the test."""

HELD_BACK_OF_FEW = 10
"""Of fewer than `FEW` drawings it is more: one drawing tells nothing."""

FEW = 100

SAME_FRAME = 0.01
"""A data set whose frame differs by less than this share is taken as it is."""


@dataclasses.dataclass(frozen=True, slots=True)
class Units:
    """What drawings are brought to, so that a model that was trained before understands them.

    Args:
        frame: the larger side of a whole drawing, in pixels.
        epsilon: what it is simplified with there, in pixels.
        scale_factor: pixels of one model unit.
        explicit_start: drawings begin with a row for the start itself, (0, 0, ·).
        max_points: points of the longest drawing that the model knows.
        labels: the categories that it knows, in its order; none for a model without labels.
    """

    frame: float
    epsilon: float
    scale_factor: float
    explicit_start: bool
    max_points: int
    labels: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Splits:
    """The drawings of a training run, and what they have in common.

    Args:
        train, valid, test: stroke-3 in pixels, none of them empty, too long or not finite.
        files: the names of the files they come from.
        longest: N_max, points of the longest drawing of all splits.
        dropped: how many drawings were left out.
        scale_factor: the standard deviation of the training offsets, in pixels; one model unit.
        explicit_start: every drawing's first row is the start itself, (0, 0, ·).
        frame: the median of the larger side of the training drawings, in pixels.
        epsilon: what the training drawings were simplified with, as far as can be told, in pixels.
        labels: what the training drawings show, in alphabetical order; after the categories of a model that
            learns on, in its order. Empty if nobody asked.
    """

    train: StrokeSet | ShardSet
    valid: StrokeSet | ShardSet
    test: StrokeSet | ShardSet
    files: tuple[str, ...]
    longest: int
    dropped: int
    scale_factor: float
    explicit_start: bool
    frame: float
    epsilon: float
    labels: tuple[str, ...] = ()


def load(
    paths: Sequence[StrPath], max_seq_len: int = 250, *, labelled: bool = False, units: Units | None = None
) -> Splits:
    """Reads the files and puts their splits together.

    Args:
        paths: sketch-rnn `.npz` with their own splits; or any drawings, which are then split here.
        max_seq_len: drawings with more points are left out.
        labelled: every drawing gets a label: its own, or else the name of its file.
        units: those of a model that learns on; by default those of the drawings themselves.

    Raises:
        FormatError: a file cannot be read, or no drawing is left to train, validate or test with.
    """
    parts: dict[str, list[StrokeSet]] = {name: [] for name in SPLITS}
    dropped = longest = 0
    for path in paths:
        for name, drawings in _read(path, units).items():
            kept = usable(drawings, max_seq_len)
            if labelled or (units is not None and units.labels):
                kept = kept.labelled(label_of(path))
            dropped += len(drawings) - len(kept)
            longest = max(longest, int(kept.lengths.max(initial=0)))
            parts[name].append(kept)
    names = ", ".join(str(path) for path in paths)
    sets = {name: StrokeSet.joined(part) for name, part in parts.items()}
    sets = _with_held_back(sets)
    for name, drawings in sets.items():
        if len(drawings) == 0:
            raise FormatError(
                f"{names}: no usable drawing for {name} (of 1 to {max_seq_len} points); "
                f"give at least {HELD_BACK_OF_FEW} drawings"
            )
    train = sets["train"]
    scale_factor = float(np.clip(train.rows[:, :2], -OFFSET_LIMIT, OFFSET_LIMIT).std(dtype=np.float64))
    if not scale_factor > 0.0:
        raise FormatError(f"{names}: nothing moves in these drawings; give others")
    frame = float(np.median(larger_sides(train)))
    if units is not None:
        known = units.labels
        if known:
            sets = {name: _in_known_words(drawings, known) for name, drawings in sets.items()}
            known += new_labels(sets["train"], known)
        return Splits(
            **sets,
            files=tuple(Path(path).name for path in paths),
            longest=max(longest, units.max_points),
            dropped=dropped,
            scale_factor=units.scale_factor,
            explicit_start=units.explicit_start,
            frame=units.frame,
            epsilon=units.epsilon,
            labels=known,
        )
    return Splits(
        **sets,
        files=tuple(Path(path).name for path in paths),
        longest=longest,
        dropped=dropped,
        scale_factor=scale_factor,
        explicit_start=has_explicit_start(train),
        frame=frame,
        epsilon=estimate_epsilon(train, frame),
        labels=tuple(np.unique(train.labels).tolist()) if labelled and train.labels is not None else (),
    )


def _in_known_words(drawings: StrokeSet, known: Sequence[str]) -> StrokeSet:
    """The same drawings, their labels written as the model writes them: Palm Tree is its palm tree."""
    if drawings.labels is None:
        return drawings
    written = {label.casefold(): label for label in known}
    labels = [written.get(label.casefold(), label) for label in drawings.labels.tolist()]
    return dataclasses.replace(drawings, labels=np.array(labels))


def new_labels(drawings: StrokeSet, known: Sequence[str]) -> tuple[str, ...]:
    """What drawings show that a model does not know, in alphabetical order."""
    if drawings.labels is None:
        return ()
    return tuple(sorted(set(drawings.labels.tolist()) - {"", *known}))


def label_of(path: StrPath) -> str:
    """What the drawings of a file show, by its name: `palm tree` of `sketchrnn_palm_tree.full.npz`."""
    name = Path(path).name.split(".", 1)[0].removeprefix("sketchrnn_")
    return name.replace("_", " ").strip() or "drawing"


def load_split(
    paths: Sequence[StrPath],
    split: str,
    *,
    frame: float,
    epsilon: float,
    max_seq_len: int = MAX_POINTS,
) -> tuple[StrokeSet, int]:
    """The drawings of one split of some files, and N_max: the points of the longest in the files.

    Data sets with splits are taken as they are. Of files without, all drawings, brought to the frame: they
    come in any size.

    Args:
        paths: the files.
        split: "train", "valid" or "test".
        frame: the larger side that drawings get, in pixels.
        epsilon: what they are simplified with, in that frame.
        max_seq_len: drawings with more points are left out.

    Raises:
        FormatError: a file cannot be read, or lacks the split.
    """
    chosen, longest = [], 0
    for path in paths:
        if Path(path).suffix.lower() == ".npz":
            parts = read_splits(path)
            if split not in parts:
                raise FormatError(f"{path} has no {split}; it has {', '.join(parts)}")
        else:
            fitted = simplify.all_in_frame(formats.read(path), frame, epsilon)
            parts = {split: _of_sketches(fitted)}
        chosen.append(usable(parts[split], max_seq_len).labelled(label_of(path)))
        longest = max(longest, *(int(part.lengths.max(initial=0)) for part in parts.values()))
    return StrokeSet.joined(chosen), longest


def has_explicit_start(drawings: StrokeSet) -> bool:
    """Whether every drawing's first row is the start itself, (0, 0, ·), as in Omniglot's file."""
    return len(drawings) > 0 and not drawings.rows[drawings.offsets[:-1], :2].any()


def with_start(drawings: StrokeSet, explicit: bool) -> StrokeSet:
    """The same drawings with the other convention about the first point, if theirs is another."""
    if has_explicit_start(drawings) == explicit:
        return drawings
    if explicit:
        start = np.zeros((1, 3), drawings.rows.dtype)
        parts = [np.concatenate([start, rows]) for rows in drawings]
    else:
        parts = [rows[1:] if _says_nothing(rows) else rows for rows in drawings]
    return dataclasses.replace(StrokeSet.of(parts), labels=drawings.labels)


def _says_nothing(rows: NDArray[Any]) -> bool:
    """Whether an explicit start can be left out: no dot, and nothing after it that looks like a start."""
    return bool(len(rows) > 1 and rows[0, 2] == 0 and rows[1, :2].any())


def larger_sides(drawings: StrokeSet) -> NDArray[np.float64]:
    """The larger side of each drawing's bounds, in pixels."""
    positions = np.cumsum(drawings.rows[:, :2].astype(np.float64), axis=0)
    starts = drawings.offsets[:-1]
    before = positions[starts] - drawings.rows[starts, :2]  # where each drawing's first point lies
    low = np.minimum(np.minimum.reduceat(positions, starts), before)
    high = np.maximum(np.maximum.reduceat(positions, starts), before)
    return np.asarray((high - low).max(axis=1))


def estimate_epsilon(drawings: StrokeSet, frame: float, sample: int = 200) -> float:
    """The largest ε (pixels) at which Ramer-Douglas-Peucker still keeps 98 % of the points."""
    chosen = range(0, len(drawings), max(1, len(drawings) // sample))
    strokes = [stroke for i in chosen for stroke in Sketch.from_stroke3(drawings[i]).strokes]
    points = sum(len(stroke) for stroke in strokes)
    low, high = 0.0, frame / 10
    for _ in range(12):
        middle = (low + high) / 2
        kept = sum(len(simplify.rdp(stroke, middle)) for stroke in strokes)
        low, high = (middle, high) if kept >= 0.98 * points else (low, middle)
    return low


def _read(path: StrPath, units: Units | None) -> dict[str, StrokeSet]:
    if Path(path).suffix.lower() == ".npz":
        parts = read_splits(path)
        return parts if units is None else _brought_to(parts, units)
    drawings = formats.read(path)
    if units is None:
        return {"train": _of_sketches(drawings)}
    fitted = simplify.all_in_frame(drawings, units.frame, units.epsilon)
    return {"train": with_start(_of_sketches(fitted), units.explicit_start)}


def _of_sketches(sketches: Iterable[Sketch]) -> StrokeSet:
    pairs = [(sketch.to_stroke3(), sketch.label or "") for sketch in sketches]
    return StrokeSet.of([rows for rows, _ in pairs], [label for _, label in pairs])


def _brought_to(parts: dict[str, StrokeSet], units: Units) -> dict[str, StrokeSet]:
    """A data set in another frame: all its drawings are scaled alike, so that small ones stay small."""
    sides = np.concatenate([larger_sides(part) for part in parts.values() if len(part)] or [np.ones(1)])
    frame = float(np.median(sides))
    scale = units.frame / frame if frame > 0.0 else 1.0
    if abs(scale - 1.0) > SAME_FRAME:
        parts = {name: _scaled(part, scale, units.epsilon) for name, part in parts.items()}
    return {name: with_start(part, units.explicit_start) for name, part in parts.items()}


def _scaled(drawings: StrokeSet, scale: float, epsilon: float) -> StrokeSet:
    sketches = (Sketch.from_stroke3(rows).transformed(scale) for rows in drawings)
    rows = [simplify.simplified(sketch, epsilon).to_stroke3() for sketch in sketches]
    return StrokeSet.of(rows, drawings.labels)


def usable(drawings: StrokeSet, max_seq_len: int) -> StrokeSet:
    """Those that a model can learn from: neither empty, nor too long, nor with numbers beyond all bounds."""
    lengths = drawings.lengths
    good = (lengths > 0) & (lengths <= min(max_seq_len, MAX_POINTS))
    drawn = np.flatnonzero(lengths)
    with np.errstate(over="ignore", invalid="ignore"):
        ways = np.abs(drawings.rows[:, :2])
        ways = (
            np.add.reduceat(ways, drawings.offsets[drawn], axis=0, dtype=np.float64) if len(drawn) else ways
        )
    good[drawn] &= (ways <= MAX_COORDINATE).all(axis=1)  # what is not finite is not less either
    return drawings if good.all() else drawings.take(np.flatnonzero(good))


def _with_held_back(sets: dict[str, StrokeSet]) -> dict[str, StrokeSet]:
    """Gives validation and test drawings of the training set where the files have none."""
    train = sets["train"]
    missing = [name for name in ("valid", "test") if len(sets[name]) == 0]
    each = HELD_BACK if len(train) >= FEW else HELD_BACK_OF_FEW
    number = np.arange(len(train)) % each
    taken = {name: number == each - 1 - place for place, name in enumerate(missing)}
    if not taken:
        return sets
    rest = ~np.logical_or.reduce(list(taken.values()))
    chosen = {"train": rest, **taken}
    return sets | {name: train.take(np.flatnonzero(which)) for name, which in chosen.items()}
