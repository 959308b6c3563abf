"""The input pipeline: sets of drawings to batches of stroke-5, through `tf.data`."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from sketchrnn.dataset.splits import OFFSET_LIMIT
from sketchrnn.formats.npz import StrokeSet

Tensor = Any

BATCHES_IN_A_BUCKET = 2
"""Drawings of about one length are put together as long as they are enough for so many batches."""


@dataclasses.dataclass(frozen=True, slots=True)
class Augmentation:
    """What training does to a drawing before the model sees it.

    Args:
        random_scale_factor: x and y are each scaled by a factor uniform in 1 ± this.
        augment_stroke_prob: the probability of dropping a point inside a stroke.
        prefix_prob: the probability that the encoder reads only the beginning of the drawing, so
            that z of a half drawing predicts the whole; the decoder always learns the whole.
    """

    random_scale_factor: float = 0.0
    augment_stroke_prob: float = 0.0
    prefix_prob: float = 0.0


def batches(
    drawings: StrokeSet,
    *,
    batch_size: int,
    scale_factor: float,
    seed: int,
    augmentation: Augmentation | None = None,
    labels: Sequence[str] = (),
) -> tf.data.Dataset:
    """Batches of drawings of about the same length, so that none is padded to the longest of all.

    Args:
        drawings: stroke-3 rows, in pixels.
        batch_size: B.
        scale_factor: pixels of one model unit.
        seed: the same seed gives the same batches.
        augmentation: given for training: endless, shuffled, full batches; without it every drawing
            comes once, as it is.
        labels: what the model knows, in its order.

    Yields:
        `points`: float32 (T + 2, B, 5), time first: the start token, the points, at least one end;
        `lengths`: int32 (B,), the points of each drawing without start and end;
        `encoder_lengths`: int32 (B,), how many of them the encoder may read;
        `labels`: int32 (B,), the number of each drawing's label, or how many labels there are for one that
        has none of them.
    """
    rows = tf.constant(np.clip(drawings.rows.astype(np.float32), -OFFSET_LIMIT, OFFSET_LIMIT))
    offsets = tf.constant(drawings.offsets)
    label_numbers = tf.constant(_label_numbers(drawings, labels))
    training = augmentation is not None

    def read(index: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        drawing = rows[offsets[index] : offsets[index + 1]]
        return drawing, tf.shape(drawing)[0], label_numbers[index]

    def finish(number: Tensor, bucket: tuple[Tensor, Tensor, Tensor]) -> dict[str, Tensor]:
        padded, lengths, label_number = bucket
        padded = tf.cast(padded, tf.float32) / tf.constant([scale_factor, scale_factor, 1.0])
        encoder_lengths = lengths
        if augmentation is not None:
            seeds = tf.unstack(tf.random.split(tf.stack([tf.constant(seed, tf.int64), number]), 3))
            padded, lengths = _drop_points(padded, lengths, augmentation.augment_stroke_prob, seeds[0])
            padded = _scale_randomly(padded, augmentation.random_scale_factor, seeds[1])
            encoder_lengths = _cut_prefixes(padded, lengths, augmentation.prefix_prob, seeds[2])
        return {
            "points": _to_stroke5(padded, lengths),
            "lengths": lengths,
            "encoder_lengths": encoder_lengths,
            "labels": label_number,
        }

    boundaries = _bucket_boundaries(int(drawings.lengths.max(initial=1)))
    if training:
        boundaries = _fewer(boundaries, len(drawings) // (BATCHES_IN_A_BUCKET * batch_size))
    indices = tf.data.Dataset.range(len(drawings))
    if training:
        indices = indices.shuffle(len(drawings), seed=seed, reshuffle_each_iteration=True).repeat()
    return (
        indices.map(read)
        .bucket_by_sequence_length(
            lambda _, length, __: length,
            boundaries,
            [batch_size] * (len(boundaries) + 1),
            drop_remainder=training,
        )
        .enumerate()
        .map(finish, num_parallel_calls=1)
        .prefetch(2)
    )


def _label_numbers(drawings: StrokeSet, labels: Sequence[str]) -> NDArray[np.int32]:
    if drawings.labels is None:
        return np.full(len(drawings), len(labels), np.int32)
    numbers = {label: number for number, label in enumerate(labels)}
    return np.array([numbers.get(label, len(labels)) for label in drawings.labels.tolist()], np.int32)


def _bucket_boundaries(longest: int) -> list[int]:
    """Lengths at which a new bucket begins: about a tenth apart."""
    boundaries = [8]
    while boundaries[-1] < longest:
        boundaries.append(max(boundaries[-1] + 2, round(boundaries[-1] * 1.1)))
    return boundaries


def _fewer(boundaries: list[int], most: int) -> list[int]:
    """At most so many of them: a bucket of few drawings would give the same ones again and again."""
    if len(boundaries) <= most:
        return boundaries
    return boundaries[:: math.ceil(len(boundaries) / most)][1:] if most else []


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


def _drop_points(rows: Tensor, lengths: Tensor, probability: float, seed: Tensor) -> tuple[Tensor, Tensor]:
    """Drops points inside strokes; the next offset then leads from the point before (section 3.4).

    Never the first three points of a stroke nor its last one, as in Magenta's loader.
    """
    batch, steps = tf.shape(rows)[0], tf.shape(rows)[1]
    time = tf.range(steps)[None, :]
    lifted = rows[..., 2] > 0.5
    shifted = tf.pad(lifted, [[0, 0], [3, 0]], constant_values=True)
    near_start = shifted[:, 2:-1] | shifted[:, 1:-2] | shifted[:, :-3]  # lifted 1, 2 or 3 points before
    inside = ~near_start & ~lifted & (time < lengths[:, None] - 1)
    dropped = inside & (tf.random.stateless_uniform([batch, steps], seed) < probability)
    real = time < lengths[:, None]
    positions = tf.cumsum(rows[..., :2], axis=1)
    kept = tf.ragged.boolean_mask(tf.concat([positions, rows[..., 2:]], 2), real & ~dropped)
    kept_rows = kept.to_tensor(shape=[None, None, 3])
    before = tf.pad(kept_rows[:, :-1, :2], [[0, 0], [1, 0], [0, 0]])
    new_lengths = tf.cast(kept.row_lengths(), tf.int32)
    new_real = tf.cast(tf.range(tf.shape(kept_rows)[1])[None, :] < new_lengths[:, None], tf.float32)
    offsets = (kept_rows[..., :2] - before) * new_real[..., None]
    return tf.concat([offsets, kept_rows[..., 2:]], 2), new_lengths


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
