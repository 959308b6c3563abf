"""What a data set holds: how many drawings, how long, of how many strokes; and how they look."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchrnn import formats
from sketchrnn.dataset import source
from sketchrnn.errors import FormatError, SketchError, SketchRNNError
from sketchrnn.files import StrPath
from sketchrnn.formats.picture import Chart, Head
from sketchrnn.formats.records import Record
from sketchrnn.sketch import Sketch
from sketchrnn.words import plural

SHEETS = (".svg", ".png")
SHOWN = 48
"""Drawings on a sheet."""

_BARS = 40
_LABEL = 60  # letters of a label that are shown


@dataclasses.dataclass(frozen=True, slots=True)
class Overview:
    """The figures of a data set.

    Args:
        file: its name.
        splits: drawings of each split; of a file without splits, one without a name.
        labels: drawings of each label, "" for those without.
        points, strokes: how many each drawing has.
        sides: the larger side of each drawing, in pixels.
        unusable: drawings that are none; of a folder also files that cannot be read.
        sample: some drawings, chosen at random.
    """

    file: str
    splits: dict[str, int]
    labels: dict[str, int]
    points: NDArray[np.int64]
    strokes: NDArray[np.int64]
    sides: NDArray[np.float64]
    unusable: int
    sample: tuple[Sketch, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "drawings": len(self.points),
            "splits": {name: count for name, count in self.splits.items() if name},
            "labels": {label: count for label, count in self.labels.items() if label},
            "unusable": self.unusable,
            **{name: spread(getattr(self, name)) for name in ("points", "strokes", "sides")},
        }


def spread(values: NDArray[Any]) -> dict[str, float]:
    """Least, median, mean, 95th percentile and greatest, to two decimals."""
    figures = {
        "least": values.min(),
        "median": np.median(values),
        "mean": values.mean(),
        "p95": np.percentile(values, 95, method="higher"),
        "greatest": values.max(),
    }
    return {name: round(float(figure), 2) for name, figure in figures.items()}


def look(
    path: StrPath, *, count: int = SHOWN, seed: int = 0, progress: Callable[[int], None] | None = None
) -> Overview:
    """Reads a file from beginning to end; memory for a few numbers a drawing.

    Args:
        path: any drawings, or a folder of them, whose drawings are labelled by the folders that they lie in.
        count: how many drawings to keep for a sheet.
        seed: for choosing them.
        progress: called with the number of drawings read so far.

    Raises:
        FormatError: the file cannot be read, or holds no drawing.
    """
    random = np.random.default_rng(seed)
    splits: collections.Counter[str] = collections.Counter()
    labels: collections.Counter[str] = collections.Counter()
    figures: list[tuple[int, int, float]] = []
    sample: dict[int, Sketch] = {}
    unusable = 0
    for split, record in _records(Path(path)):
        if record is None or len(record.points) == 0:
            unusable += 1
            continue
        number = len(figures)
        place = number if number < count else int(random.integers(number + 1))  # reservoir sampling
        if place < count:
            sample[place] = record.sketch()
        splits[split or ""] += 1
        labels[record.word] += 1
        figures.append(
            (len(record.points), len(record.stroke_ends), float(np.ptp(record.points, axis=0).max()))
        )
        if progress is not None:
            progress(number + 1)
    if not figures:
        raise FormatError(f"{path} holds no drawing; give another file")
    table = np.array(figures)
    return Overview(
        Path(path).name,
        dict(splits),
        dict(labels.most_common()),
        table[:, 0].astype(np.int64),
        table[:, 1].astype(np.int64),
        table[:, 2],
        unusable,
        tuple(sample[place] for place in sorted(sample)),
    )


def _records(path: Path) -> Iterator[tuple[str | None, Record | None]]:
    """Each drawing of a file or folder and the split that it is in; None for what is none."""
    if not path.is_dir():
        for split, record in source.split_records(path):
            yield split, None if isinstance(record, SketchError) else record
        return
    for file, label in source.files([path]):
        try:
            for split, record in source.split_records(file):
                if isinstance(record, SketchError):
                    yield split, None
                else:
                    yield split, dataclasses.replace(record, word=record.word or label)
        except SketchRNNError:
            yield None, None


def check_sheet(path: StrPath) -> None:
    """Raises FormatError if no sheet can have the name: before work is done for it."""
    if Path(path).suffix.lower() not in SHEETS:
        raise FormatError(f"{path} cannot be written: a sheet's name must end in {' or '.join(SHEETS)}")


def write_sheet(path: StrPath, overview: Overview) -> None:
    """Writes the figures, histograms of points and strokes, and the sample as one picture.

    Raises:
        FormatError: neither SVG nor PNG, or the file cannot be written.
    """
    check_sheet(path)
    lines = [summary(overview)]
    if len(overview.labels) > 1:
        known = sum(1 for label in overview.labels if label)
        lines.append(f"{plural(known, 'label')}: {listed(overview.labels, 8)}")
    head = Head(lines, [chart("points", overview.points), chart("strokes", overview.strokes)])
    titles = [sketch.label or "" for sketch in overview.sample] if len(overview.labels) > 1 else None
    columns = min(8, max(1, len(overview.sample)))
    formats.write_sheet(path, overview.sample, columns=columns, titles=titles, head=head)


def summary(overview: Overview) -> str:
    """One line: the file, how many drawings it has, in which splits."""
    parts = ", ".join(f"{count:,} {name}" for name, count in overview.splits.items() if name)
    return f"{overview.file}: {plural(len(overview.points), 'drawing')}{f' ({parts})' if parts else ''}"


def listed(counts: dict[str, int], most: int) -> str:
    """Labels and how many drawings each has, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    texts = [f"{_shortened(label) or 'none'} {count:,}" for label, count in ordered[:most]]
    more = [f"and {len(ordered) - len(texts)} more"] if len(ordered) > len(texts) else []
    return ", ".join([*texts, *more])


def _shortened(label: str) -> str:
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"


def chart(name: str, values: NDArray[np.int64]) -> Chart:
    """A histogram; the last bar has all beyond the 99th percentile where they would squeeze the rest."""
    low, high = int(values.min()), int(values.max())
    end = int(np.percentile(values, 99))
    end = end if high > 1.5 * end else high
    width = max(1, -(-(end - low + 1) // _BARS))
    bars = -(-(end - low + 1) // width)
    counts = np.bincount(np.minimum((values - low) // width, bars - 1), minlength=bars)
    figures = spread(values)
    begin = low + (bars - 1) * width
    last = f"{begin} to {high}" if begin < high else str(high)
    title = f"{name}: median {figures['median']:g}, mean {figures['mean']:.1f}, 95 % up to {figures['p95']:g}"
    return Chart(title, counts.tolist(), str(low), last)
