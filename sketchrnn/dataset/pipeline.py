"""The input pipeline: drawings in memory or in shards to batches of stroke-5, through `tf.data`."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from sketchrnn.dataset.shards import LABEL_BYTES, Shard, ShardSet
from sketchrnn.dataset.splits import OFFSET_LIMIT
from sketchrnn.errors import ConfigError, FormatError
from sketchrnn.formats.npz import StrokeSet

Tensor = Any

ORDER = 2
"""Of what `batches` makes from a seed: a place in batches of another order is none in these."""

_WINDOW = 64
"""So many batches are put in order of length together, or fewer: half of all drawings at most."""

_SHUFFLED = 32_768  # drawings from shards, which are in a random order there already
_CHOSEN_TOGETHER = 16
_AT_ONCE = max(2, (os.cpu_count() or 2) // 2)  # batches that are made side by side
_READ_AHEAD = 256 << 10
_WHOLE_RECORD = 2**31 - 1
_SEEDS_APART = 1_000_003  # of the machines that read different files


@dataclasses.dataclass(frozen=True, slots=True)
class Augmentation:
    """What training does to a drawing before the model sees it.

    Args:
        random_scale_factor: x and y are each scaled by a factor uniform in 1 ± this.
        augment_stroke_prob: the probability of dropping a point inside a stroke.
        prefix_prob: the probability that the encoder reads only the beginning of the drawing, so
            that z of a half drawing predicts the whole; the decoder always learns the whole.
        stroke_order_prob: the probability that the drawing begins with another of its strokes, those
            before it being drawn last.
    """

    random_scale_factor: float = 0.0
    augment_stroke_prob: float = 0.0
    prefix_prob: float = 0.0
    stroke_order_prob: float = 0.0


def batches(
    drawings: StrokeSet | ShardSet,
    *,
    batch_size: int,
    scale_factor: float,
    seed: int,
    augmentation: Augmentation | None = None,
    labels: Sequence[str] = (),
    weights: Mapping[str, float] | None = None,
    part: tuple[int, int] = (0, 1),
) -> tf.data.Dataset:
    """Batches of drawings of about the same length, so that none is padded to the longest of all.

    The drawings are taken some thousands at a time, put in order by length, and cut into batches. From shards
    this takes the same memory however many there are.

    Args:
        drawings: stroke-3 rows in pixels, in memory or in shards.
        batch_size: B.
        scale_factor: pixels of one model unit.
        seed: the same seed gives the same batches.
        augmentation: given for training: endless, shuffled, full batches; without it every drawing
            comes once, as it is.
        labels: what the model knows, in its order.
        weights: for training, how often drawings with a label come, relative to the others; those with no
            weight never do. By default every drawing is as frequent as any other; `even(labels)` gives every
            label the same part.
        part: for training on several machines, which of how many parts of every batch to make. Of drawings in
            memory all parts together are the batch that one machine would make; of drawings in shards each
            part comes from files of its own. The parts of a batch hold drawings of about the same length.

    Yields:
        `points`: float32 (T + 2, B, 5), time first: the start token, the points, at least one end;
        `lengths`: int32 (B,), the points of each drawing without start and end;
        `encoder_lengths`: int32 (B,), how many of them the encoder may read;
        `labels`: int32 (B,), the number of each drawing's label, or how many labels there are for one that
        has none of them.

    Raises:
        FormatError: no drawing has a label with a weight.
    """
    training = augmentation is not None
    number_of_part, parts = part
    by_file = isinstance(drawings, ShardSet)
    source = _Shards(drawings, labels, part) if isinstance(drawings, ShardSet) else _Memory(drawings, labels)
    made_here = batch_size // parts if by_file else batch_size

    def by_length(number: Tensor, window: Tensor) -> tf.data.Dataset:
        rows, label_numbers = source.read(window)
        values = tf.clip_by_value(tf.cast(rows.flat_values, tf.float32), -OFFSET_LIMIT, OFFSET_LIMIT)
        rows = rows.with_flat_values(values)
        if augmentation is not None and augmentation.augment_stroke_prob > 0.0:
            # Before the lengths are compared: a batch takes as long as its longest drawing.
            rows = _drop_points(rows, augmentation.augment_stroke_prob, seed_of(number, 1))
        # Drawings of one length stay in the order they came in, which is random for training.
        order = tf.argsort(rows.row_lengths(), stable=True)
        rows, label_numbers = tf.gather(rows, order), tf.gather(label_numbers, order)
        drawings_here = tf.size(order)
        count = drawings_here // made_here if training else -(-drawings_here // made_here)

        def cut(batch: Tensor) -> dict[str, Tensor]:
            first = tf.cast(batch, tf.int32) * made_here
            own = rows[first : first + made_here]
            return {
                "rows": own.flat_values,
                "lengths": tf.cast(own.row_lengths(), tf.int32),
                "labels": label_numbers[first : first + made_here],
            }

        return tf.data.Dataset.range(tf.cast(count, tf.int64)).map(cut)

    def seed_of(number: Tensor, purpose: int) -> Tensor:
        if by_file:  # else all parts have the same numbers, of which each keeps its own
            number = number * parts + number_of_part
        return tf.random.split(tf.stack([tf.constant(seed, tf.int64), number]), 2)[purpose]

    def finish(number: Tensor, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        lengths = encoder_lengths = batch["lengths"]
        rows = tf.RaggedTensor.from_row_lengths(batch["rows"], lengths, validate=False).to_tensor()
        rows /= tf.constant([scale_factor, scale_factor, 1.0])
        if augmentation is not None:
            seeds = tf.unstack(tf.random.split(seed_of(number, 0), 3))
            if augmentation.stroke_order_prob > 0.0:
                rows = _turn_order(rows, lengths, augmentation.stroke_order_prob, seeds[2])
            rows = _scale_randomly(rows, augmentation.random_scale_factor, seeds[0])
            encoder_lengths = _cut_prefixes(rows, lengths, augmentation.prefix_prob, seeds[1])
        points = _to_stroke5(rows, lengths)
        own = slice(None)
        if parts > 1 and not by_file:
            share = batch_size // parts
            own = slice(number_of_part * share, (number_of_part + 1) * share)
        return {
            "points": points[:, own],
            "lengths": lengths[own],
            "encoder_lengths": encoder_lengths[own],
            "labels": batch["labels"][own],
        }

    if training:
        # Of few drawings more would bring the same ones together every time.
        window = max(1, min(_WINDOW, len(drawings) // (2 * batch_size)))
        made = source.endless(seed, weights).batch(window * made_here).enumerate().flat_map(by_length)
        # All parts in the same order, so that no machine waits for one with longer drawings.
        made = made.shuffle(window, seed=seed)  # else they would come from short to long
    else:
        made = source.once().batch(_WINDOW * batch_size).enumerate().flat_map(by_length)
    return made.enumerate().map(finish, num_parallel_calls=_AT_ONCE).prefetch(2)


def even(labels: Sequence[str]) -> dict[str, float]:
    """Weights that give every label the same part of the training."""
    return dict.fromkeys(labels, 1.0)


def weights_of(mix: str, labels: Sequence[str]) -> dict[str, float] | None:
    """The weights that a setting asks for: "all", "even", or labels and weights as in "cat=2,dog=1".

    Raises:
        ConfigError: anything else, or a label that no drawing has.
    """
    if mix == "all":
        return None
    if mix == "even":
        return even(labels)
    weights = {}
    for part in mix.split(","):
        label, _, number = part.strip().rpartition("=")
        try:
            weight = float(number)
        except ValueError:
            weight = math.nan
        if label not in labels or not 0.0 <= weight < math.inf:
            raise ConfigError(
                f"mix has {part.strip()!r}; give all, even, or labels of the data as in dog=2,cat=1"
            )
        weights[label] = weight
    if not sum(weights.values()) > 0.0:
        raise ConfigError(f"mix is {mix!r}; some label needs a weight above 0")
    return weights


class _Memory:
    """Drawings in two tensors; what goes through the pipeline are their numbers."""

    def __init__(self, drawings: StrokeSet, labels: Sequence[str]) -> None:
        small = drawings.rows.dtype.kind == "i" and drawings.rows.dtype.itemsize <= 2
        rows = np.clip(drawings.rows, -OFFSET_LIMIT, OFFSET_LIMIT) if not small else drawings.rows
        self._rows = tf.constant(rows.astype(np.int16 if small else np.float32))
        self._offsets = tf.constant(drawings.offsets)
        self._label_numbers = tf.constant(_label_numbers(drawings, labels))
        self._drawings = drawings

    def once(self) -> tf.data.Dataset:
        return tf.data.Dataset.range(len(self._drawings))

    def endless(self, seed: int, weights: Mapping[str, float] | None) -> tf.data.Dataset:
        def forever(numbers: NDArray[np.int64]) -> tf.data.Dataset:
            made = tf.data.Dataset.from_tensor_slices(numbers)
            return made.shuffle(len(numbers), seed=seed, reshuffle_each_iteration=True).repeat()

        if weights is None:
            return forever(np.arange(len(self._drawings)))
        labels = np.asarray(self._drawings.labelled("").labels)
        groups = {str(label): np.flatnonzero(labels == label) for label in np.unique(labels)}
        return _mixed({label: forever(numbers) for label, numbers in groups.items()}, weights, seed)

    def read(self, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """Ragged rows (B, T, 3), and the numbers of the labels."""
        places = tf.ragged.range(
            tf.gather(self._offsets, numbers),
            tf.gather(self._offsets, numbers + 1),
            row_splits_dtype=tf.int64,
        )
        return (
            places.with_flat_values(tf.gather(self._rows, places.flat_values)),
            tf.gather(self._label_numbers, numbers),
        )


class _Shards:
    """Drawings in files; what goes through the pipeline are their records."""

    def __init__(self, drawings: ShardSet, labels: Sequence[str], part: tuple[int, int]) -> None:
        self._drawings, self._part = drawings, part
        self._dtype = tf.dtypes.as_dtype(np.dtype(drawings.dtype).newbyteorder("="))
        numbers = {label: number for number, label in enumerate(labels)}
        self._label_numbers = tf.constant([numbers.get(label, len(labels)) for label in drawings.labels])

    def once(self) -> tf.data.Dataset:
        names = [str(self._drawings.folder / shard.file) for shard in self._drawings.shards]
        return _records(tf.data.Dataset.from_tensor_slices(names))

    def endless(self, seed: int, weights: Mapping[str, float] | None) -> tf.data.Dataset:
        if weights is None:
            weights = {}
            for shard in self._drawings.shards:
                weights[shard.label] = weights.get(shard.label, 0.0) + shard.drawings
        sources = {}
        number, parts = self._part
        seed += number * _SEEDS_APART
        for label, shards in self._drawings.by_label().items():
            whole, shared = own_shards(shards, number, parts)
            names = [str(self._drawings.folder / shard.file) for shard in (*whole, *shared)]
            divisors = tf.constant([1] * len(whole) + [parts] * len(shared), tf.int64)
            files = tf.data.Dataset.from_tensor_slices((names, divisors))
            files = files.shuffle(len(names), seed=seed, reshuffle_each_iteration=True).repeat()
            if parts == 1:
                sources[label] = _records(files.map(lambda name, divisor: name))
            else:
                sources[label] = files.flat_map(
                    lambda name, divisor: _of_file(name).shard(divisor, number % divisor)
                )
        return _mixed(sources, weights, seed).shuffle(_SHUFFLED, seed=seed)

    def read(self, records: Tensor) -> tuple[Tensor, Tensor]:
        """Ragged rows (B, T, 3), and the numbers of the labels."""
        rows = tf.strings.reduce_join(tf.strings.substr(records, LABEL_BYTES, _WHOLE_RECORD))
        rows = tf.reshape(tf.io.decode_raw(rows, self._dtype), [-1, 3])
        heads = tf.strings.reduce_join(tf.strings.substr(records, 0, LABEL_BYTES))
        own = tf.cast(tf.io.decode_raw(heads, tf.uint16), tf.int32)
        lengths = tf.cast(tf.strings.length(records) // (3 * self._dtype.size), tf.int64)
        return tf.RaggedTensor.from_row_lengths(rows, lengths), tf.gather(self._label_numbers, own)


def own_shards(shards: Sequence[Shard], number: int, parts: int) -> tuple[list[Shard], list[Shard]]:
    """The files of a label that one of several machines reads.

    Each machine gets as many whole files as any other; of the rest, the smallest, it takes every so many-th
    drawing, so that each drawing is as frequent as any other. What is too small to be divided all read whole.

    Returns:
        The files that it reads whole, and those of which it takes a part.
    """
    if parts == 1:
        return list(shards), []
    ordered = sorted(shards, key=lambda shard: (-shard.drawings, shard.file))
    dealt = len(ordered) // parts * parts
    rest = ordered[dealt:]
    small = [shard for shard in rest if shard.drawings < parts]
    return [*ordered[number:dealt:parts], *small], [shard for shard in rest if shard.drawings >= parts]


def _records(files: tf.data.Dataset) -> tf.data.Dataset:
    return files.flat_map(_of_file)


def _of_file(name: Tensor) -> tf.data.Dataset:
    return tf.data.TFRecordDataset(name, buffer_size=_READ_AHEAD)


def _mixed(
    sources: Mapping[str, tf.data.Dataset], weights: Mapping[str, float], seed: int
) -> tf.data.Dataset:
    chosen = {label: weight for label, weight in weights.items() if weight > 0.0 and label in sources}
    if not chosen:
        raise FormatError("no drawing has a label with a weight; name labels of the data")
    if len(chosen) == 1:
        return sources[next(iter(chosen))]
    # Some at a time: to choose a source takes longer than all the rest.
    parts = [sources[label].batch(_CHOSEN_TOGETHER) for label in chosen]
    total = sum(chosen.values())
    return tf.data.Dataset.sample_from_datasets(
        parts, [weight / total for weight in chosen.values()], seed=seed, rerandomize_each_iteration=False
    ).unbatch()


def _label_numbers(drawings: StrokeSet, labels: Sequence[str]) -> NDArray[np.int32]:
    if drawings.labels is None:
        return np.full(len(drawings), len(labels), np.int32)
    numbers = {label: number for number, label in enumerate(labels)}
    return np.array([numbers.get(label, len(labels)) for label in drawings.labels.tolist()], np.int32)


def _to_stroke5(rows: Tensor, lengths: Tensor) -> Tensor:
    """(B, T, 3) padded stroke-3 to (T + 2, B, 5); see `sketchrnn.sketch.stroke3_to_stroke5`."""
    batch, steps = tf.shape(rows)[0], tf.shape(rows)[1]
    real = tf.cast(tf.range(steps)[None, :] < lengths[:, None], tf.float32)[..., None]  # (B, T, 1)
    lifted = rows[..., 2:]
    body = tf.concat([rows[..., :2], 1.0 - lifted, lifted, tf.zeros_like(lifted)], 2) * real
    body += tf.concat([tf.zeros([batch, steps, 4]), 1.0 - real], 2)
    start = tf.tile(tf.constant([[[0.0, 0.0, 1.0, 0.0, 0.0]]]), [batch, 1, 1])
    end = tf.tile(tf.constant([[[0.0, 0.0, 0.0, 0.0, 1.0]]]), [batch, 1, 1])
    return tf.transpose(tf.concat([start, body, end], 1), [1, 0, 2])


def _scale_randomly(rows: Tensor, factor: float, seed: Tensor) -> Tensor:
    """Ha & Eck 2017, section 3.4: offsets times a random factor, drawn for x and y of each drawing."""
    batch = tf.shape(rows)[0]
    scale = tf.random.stateless_uniform([batch, 1, 2], seed, 1.0 - factor, 1.0 + factor)
    return tf.concat([rows[..., :2] * scale, rows[..., 2:]], 2)


def _drop_points(rows: Tensor, probability: float, seed: Tensor) -> Tensor:
    """Drops points inside strokes of ragged rows (B, T, 3); the next offset leads from the point before.

    Never the first three points of a stroke nor its last one, as in Magenta's loader (section 3.4).
    """
    flat, splits = rows.flat_values, rows.row_splits
    count = tf.shape(flat)[0]
    lifted = flat[:, 2] > 0.5
    lasts = splits[1:] - 1
    ends = tf.tensor_scatter_nd_update(lifted, lasts[:, None], tf.ones_like(lasts, tf.bool))
    begins = tf.pad(ends[:-1], [[1, 0]], constant_values=True)
    second, third = (tf.pad(begins[:-n], [[n, 0]]) for n in (1, 2))
    inside = ~(begins | second | third | ends)
    dropped = inside & (tf.random.stateless_uniform([count], seed) < probability)
    # What was dropped is added to the next one that stays, which is in the same stroke.
    stays = tf.cumsum(tf.cast(~dropped, tf.int32), exclusive=True)
    offsets = tf.math.segment_sum(flat[:, :2], stays)
    merged = tf.concat([offsets, tf.boolean_mask(flat[:, 2:], ~dropped)], 1)
    lengths = tf.math.segment_sum(tf.cast(~dropped, tf.int64), rows.value_rowids())
    return tf.RaggedTensor.from_row_lengths(merged, lengths, validate=False)


def _turn_order(rows: Tensor, lengths: Tensor, probability: float, seed: Tensor) -> Tensor:
    """Begins some drawings with another stroke of two points at least; those before it come last.

    A drawing without a row for its start has one point more than rows; both kinds keep their kind.
    """
    batch, steps = tf.shape(rows)[0], tf.shape(rows)[1]
    explicit = tf.reduce_all(rows[:, 0, :2] == 0.0, axis=1)[:, None]  # (B, 1)
    points = tf.where(
        explicit[..., None], tf.pad(rows, [[0, 0], [0, 1], [0, 0]]), tf.pad(rows, [[0, 0], [1, 0], [0, 0]])
    )
    count = lengths[:, None] + tf.cast(~explicit, tf.int32)
    time = tf.range(steps + 1)[None, :]
    lifted = (points[..., 2] > 0.5) | (time == count - 1)
    begins = tf.pad(lifted[:, :-1], [[0, 0], [1, 0]], constant_values=True) & ~lifted & (time < count)
    turned, which = tf.split(tf.random.stateless_uniform([batch, steps + 2], seed), [1, steps + 1], 1)
    first = tf.argmax(tf.where(begins, 1.0 + which, 0.0), axis=1, output_type=tf.int32)[:, None]
    first = tf.where((turned < probability) & tf.reduce_any(begins, 1, keepdims=True), first, 0)
    places = tf.where(time < count, (time + first) % tf.maximum(count, 1), time)
    positions = tf.gather(tf.cumsum(points[..., :2], axis=1), places, batch_dims=1)
    offsets = positions - tf.pad(positions[:, :-1], [[0, 0], [1, 0], [0, 0]])
    offsets *= tf.cast((time > 0) & (time < count), tf.float32)[..., None]
    lifts = tf.cast(tf.gather(lifted, places, batch_dims=1) & (time < count), tf.float32)[..., None]
    ordered = tf.concat([offsets, lifts], 2)
    return tf.where(
        (first > 0)[..., None], tf.where(explicit[..., None], ordered[:, :-1], ordered[:, 1:]), rows
    )


def _cut_prefixes(rows: Tensor, lengths: Tensor, probability: float, seed: Tensor) -> Tensor:
    """How many points the encoder reads: all, or with some probability those up to a random place.

    Three cuts in four are moved back to the end of a stroke, where people pause and ask for an ending.
    """
    batch, steps = tf.shape(rows)[0], tf.shape(rows)[1]
    cut_it, where, at_lift = tf.unstack(tf.random.stateless_uniform([3, batch], seed))
    cut = 1 + tf.cast(where * tf.cast(lengths, tf.float32), tf.int32)  # 1 to length
    time = 1 + tf.range(steps)[None, :]
    lifts = tf.where((rows[..., 2] > 0.5) & (time <= cut[:, None]), time, 0)
    at_stroke_end = tf.reduce_max(lifts, axis=1)
    cut = tf.where((at_lift < 0.75) & (at_stroke_end > 0), at_stroke_end, cut)
    return tf.where(cut_it < probability, tf.minimum(cut, lengths), lengths)
