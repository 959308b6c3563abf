"""What a model knows, drawn by itself and learnt again beside what is new, so that it is not forgotten.

Pseudo-rehearsal (Robins 1995, "Catastrophic Forgetting, Rehearsal and Pseudorehearsal"): the drawings that a
saved model was trained on are not at hand where it is taught, but it draws as they were drawn.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sketchrnn import store
from sketchrnn.completion import Completer
from sketchrnn.formats.npz import StrokeSet, read_splits, write_splits

FILE = "rehearsal.npz"

DRAWINGS = 800
"""About so many in all; the same number of each label, one at least."""

TEMPERATURE = 0.7

UNLABELLED = "what it knew"
"""The name of the drawings of a model without labels."""


def drawn(base: store.ModelInfo, without: Collection[str], seed: int) -> StrokeSet:
    """Drawings by a saved model, in its frame, each with its label.

    Args:
        base: the model.
        without: labels that are not drawn.
        seed: of the drawings.
    """
    model = Completer(base)
    model.guidance = 0.0  # as it would draw them, not more so
    labels: list[str | None] = [label for label in base.labels if label not in without]
    if not base.labels:
        labels = [None]
    rows: list[NDArray[np.float32]] = []
    names: list[str] = []
    for number, label in enumerate(labels):
        wanted = max(1, DRAWINGS // len(labels))
        for sketch in model.samples(wanted, label=label, temperature=TEMPERATURE, seed=seed + number):
            points = sketch.to_stroke3(explicit_start=base.explicit_start)
            if 1 < len(points) < base.max_points:  # one that is longer has not ended
                rows.append(points)
                names.append(label or UNLABELLED)
    return StrokeSet.of(rows, names)


def write(folder: Path, drawings: StrokeSet) -> None:
    """Keeps them beside a run's checkpoints: who goes on with it may not have the model."""
    write_splits(folder / FILE, {"train": drawings})


def read(folder: Path) -> StrokeSet | None:
    """What `write` kept, if it is there."""
    path = folder / FILE
    return read_splits(path)["train"] if path.exists() else None


def mixed(
    own: StrokeSet, known: StrokeSet, share: float, weights: Mapping[str, float] | None
) -> tuple[StrokeSet, dict[str, float]]:
    """Drawings to learn and those to learn again, and how often which come.

    Args:
        own: what is new.
        known: of other labels than those.
        share: of all batches, for what is known.
        weights: of the labels of `own`; by default all its drawings are equally frequent.

    Returns:
        all of them, and the weights of all labels.
    """
    own = own.labelled("")
    of_own = dict(weights) if weights is not None else _counts(own)
    parts = [(of_own, 1.0 - share), (_counts(known), share)]
    settled = {
        label: part * weight / sum(of_part.values())
        for of_part, part in parts
        for label, weight in of_part.items()
    }
    return StrokeSet.joined([own, known]), settled


def _counts(drawings: StrokeSet) -> dict[str, float]:
    labels, counts = np.unique(np.asarray(drawings.labels), return_counts=True)
    return dict(zip(labels.tolist(), counts.astype(float).tolist(), strict=True))
