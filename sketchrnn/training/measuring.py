"""What a model is worth: its losses, and what it foresees, recognises and draws."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sketchrnn import store
from sketchrnn.completion import Completer
from sketchrnn.dataset import shards
from sketchrnn.dataset import splits as dataset_splits
from sketchrnn.dataset.pipeline import batches
from sketchrnn.dataset.shards import ShardSet
from sketchrnn.errors import FormatError
from sketchrnn.formats.npz import StrokeSet
from sketchrnn.model.sketch_rnn import SketchRNN
from sketchrnn.training.endings import measure_endings
from sketchrnn.training.evaluation import (
    Evaluation,
    completion_likelihood,
    evaluate,
    recognition_accuracy,
)
from sketchrnn.training.plan import units_of

FRACTIONS = (0.25, 0.5, 0.75)
"""Of how many of a drawing's strokes the completion likelihood is measured."""

SOME = 1000
"""Drawings out of shards among which those are chosen that are drawn again or ended."""


def evaluate_saved(
    info: store.ModelInfo,
    data: Sequence[str],
    split: str,
    *,
    max_seq_len: int = 250,
    seed: int = 0,
    endings: int = 0,
    tell: Callable[[float], object] | None = None,
) -> Evaluation:
    """Measures a saved model on files of drawings.

    Args:
        info: the model.
        data: `.npz` with splits, taken to be in the model's frame; or drawings, which are brought there; or
            one folder of shards, in the model's frame.
        split: "train", "valid" or "test", of files that have splits; of others all drawings count.
        max_seq_len: drawings with more points are left out.
        seed: of the samples of z, and of endings.
        endings: of how many half drawings ten endings each are compared with what people drew.
        tell: called with which part of the work is done, from 0 to 1.

    Raises:
        SketchRNNError: a file or the model cannot be read, or there is no drawing in the split.
    """
    drawings, longest = _to_measure(info, data, split, max_seq_len)
    model = SketchRNN(info.architecture)
    model.load_arrays(store.read_weights(info))
    measured = measure(
        model,
        drawings,
        info.scale_factor,
        longest,
        info.explicit_start,
        seed=seed,
        fractions=FRACTIONS,
        labels=info.labels,
        tell=tell and (lambda share: tell(share * (0.5 if endings else 1.0))),
    )
    figures = None
    if endings:
        few = drawings.some(SOME) if isinstance(drawings, ShardSet) else drawings
        later = tell and (lambda done: tell(0.5 + 0.5 * min(done / endings, 1.0)))
        figures = measure_endings(Completer(info), few, count=endings, seed=seed, tell=later)
    return dataclasses.replace(measured, endings=dataclasses.asdict(figures)) if figures else measured


def _to_measure(
    info: store.ModelInfo, data: Sequence[str], split: str, max_seq_len: int
) -> tuple[StrokeSet | ShardSet, int]:
    """The drawings of a split in the units of a model, and N_max."""
    if any(map(shards.is_sharded, data)):
        splits = shards.load(shards.alone(data), units_of(info))
        return getattr(splits, split), splits.longest
    drawings, longest = dataset_splits.load_split(
        data, split, frame=info.frame, epsilon=info.epsilon, max_seq_len=max_seq_len
    )
    if not len(drawings):
        raise FormatError(
            f"{', '.join(map(str, data))}: no drawing in {split} can be used; give another file"
        )
    return dataset_splits.with_start(drawings, info.explicit_start), longest


def measure(
    model: SketchRNN,
    drawings: StrokeSet | ShardSet,
    scale_factor: float,
    longest: int,
    explicit_start: bool,
    *,
    seed: int = 0,
    fractions: Sequence[float] = (),
    labels: Sequence[str] = (),
    tell: Callable[[float], object] | None = None,
) -> Evaluation:
    """The losses of a model, and what it foresees and recognises from these parts of drawings."""
    recognises = bool(labels and model.encoder is not None and fractions)
    passes = 1 + len(fractions) + (4 if recognises else 0)
    dataset: Any = batches(drawings, batch_size=100, scale_factor=scale_factor, seed=seed, labels=labels)
    if tell is not None:
        dataset = _Told(dataset, passes * -(-len(drawings) // 100), tell)
    measured = evaluate(model, dataset, longest=longest, explicit_start=explicit_start, seed=seed)
    rest = {
        f"{fraction:g}": completion_likelihood(
            model, dataset, explicit_start=explicit_start, fraction=fraction, seed=seed
        )
        for fraction in fractions
    }
    recognised: dict[int, dict[str, float]] = {1: {}, 5: {}}
    if recognises:
        for top, fraction in itertools.product(recognised, (0.5, 1.0)):
            share = recognition_accuracy(model, dataset, fraction=fraction, top=top)
            recognised[top][f"{fraction:g}"] = share
    return dataclasses.replace(
        measured,
        completion_nats=_finite(rest),
        recognition=_finite(recognised[1]),
        recognition_top_5=_finite(recognised[5]),
    )


class _Told:
    """Batches to go through several times, which says how many of all are done."""

    def __init__(self, batches: Any, total: int, tell: Callable[[float], object]) -> None:
        self._batches, self._total, self._tell, self._done = batches, total, tell, 0

    def __iter__(self) -> Iterator[Any]:
        for batch in self._batches:
            yield batch
            self._done += 1
            self._tell(self._done / self._total)


def _finite(figures: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in figures.items() if math.isfinite(value)}
