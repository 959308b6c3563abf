"""Measures a model on drawings: the losses as Magenta reports them, and nats a point."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from sketchrnn.errors import FormatError
from sketchrnn.model.loss import point_losses
from sketchrnn.model.mixture import kl_per_dimension
from sketchrnn.model.sketch_rnn import Latent, SketchRNN

Tensor = Any


@dataclasses.dataclass(frozen=True, slots=True)
class Evaluation:
    """What `sketchrnn evaluate` reports.

    Args:
        drawings: how many were measured.
        points: how many points they have after the first.
        reconstruction_loss: L_R as Magenta reports it: −log p of offsets and pens of all points, no end of
            drawing, divided by drawings × the longest drawing of the file. Model units.
        kl_loss: L_KL, the mean over drawings and dimensions of z.
        nats_per_point: −log p(offset) − log p(pen) of the points after the first, over their number.
            Model units: add 2 log(scale factor in a common frame) to compare models.
        kl_nats_per_point: KL summed over z, over the number of points.
        end_nats: −log p of the end of the drawing, where it is, a drawing.
    """

    drawings: int
    points: int
    reconstruction_loss: float
    kl_loss: float
    nats_per_point: float
    kl_nats_per_point: float
    end_nats: float
    nats_low: float = math.nan
    """With `nats_high`, the 95 % bootstrap interval of `nats_per_point` over drawings."""
    nats_high: float = math.nan
    completion_nats: Mapping[str, float] = dataclasses.field(default_factory=dict)
    """`completion_likelihood` by the part of the strokes that is given: {"0.5": …}. Empty in validation."""
    recognition: Mapping[str, float] = dataclasses.field(default_factory=dict)
    """For a model with labels: the share of drawings recognised rightly, from the whole ("1") and from the
    first half of the strokes ("0.5"). Empty in validation."""
    recognition_top_5: Mapping[str, float] = dataclasses.field(default_factory=dict)
    """The same, if it is enough that the label is among the five likeliest."""
    endings: Mapping[str, float] = dataclasses.field(default_factory=dict)
    """`EndingFigures`, if they were asked for."""

    @property
    def bound(self) -> float:
        """The negative evidence bound in nats a point, ends of drawings left out: reconstruction summed over
        points and KL summed over z, over the number of points; for a decoder alone its −log p itself.
        """
        return self.nats_per_point + self.kl_nats_per_point


def evaluate(
    model: SketchRNN, dataset: tf.data.Dataset, *, longest: int, explicit_start: bool, seed: int = 0
) -> Evaluation:
    """Runs a model over every drawing of a data set once, without dropout, z sampled.

    Args:
        model: the model.
        dataset: as `sketchrnn.dataset.pipeline.batches` makes it without augmentation.
        longest: N_max, the points of the longest drawing of the file, over all its splits.
        explicit_start: the first point of each drawing is the start itself, and no prediction counts.
        seed: of the samples of z.

    Raises:
        FormatError: the data set is empty.
    """
    parts: dict[str, list[NDArray[np.float32]]] = {}
    for number, batch in enumerate(dataset):
        measured = _measure(model, batch, tf.constant([seed, number]), tf.constant(int(explicit_start)))
        for name, of_drawings in measured.items():
            parts.setdefault(name, []).append(of_drawings.numpy())
    if not parts:
        raise FormatError("there is no drawing to measure with; give a file that has some")
    each = {name: np.concatenate(part).astype(np.float64) for name, part in parts.items()}
    drawings, points = len(each["points"]), max(float(each["points"].sum()), 1.0)
    low, high = _bootstrap(each["after_first"], each["points"], seed)
    return Evaluation(
        drawings=drawings,
        points=int(points),
        reconstruction_loss=float(each["all"].sum()) / (drawings * longest),
        kl_loss=float(each["kl"].mean()),
        nats_per_point=float(each["after_first"].sum()) / points,
        kl_nats_per_point=float(each["kl"].sum()) * model.architecture.z_size / points,
        end_nats=float(each["end"].mean()),
        nats_low=low,
        nats_high=high,
    )


def _bootstrap(
    nats: NDArray[np.float64], points: NDArray[np.float64], seed: int, times: int = 1000
) -> tuple[float, float]:
    """Between what nats a point lie in 95 % of samples of the drawings, drawn with replacement."""
    random = np.random.default_rng(seed)
    ratios = []
    for _ in range(times):
        chosen = random.integers(len(nats), size=len(nats))
        ratios.append(nats[chosen].sum() / max(points[chosen].sum(), 1.0))
    low, high = np.quantile(ratios, [0.025, 0.975])
    return float(low), float(high)


def completion_likelihood(
    model: SketchRNN, dataset: tf.data.Dataset, *, explicit_start: bool, fraction: float = 0.5, seed: int = 0
) -> float:
    """How well a model foresees the rest of a drawing from its first strokes.

    The encoder reads the first `fraction` of a drawing's strokes, at least one, z is sampled, the decoder is
    given the points as they come; drawings of one stroke are passed over.

    Returns:
        −log p(offset) − log p(pen) of the points after those strokes, over their number: nats a point, in
        model units; NaN where no drawing has two strokes.
    """
    total = points = 0.0
    for number, batch in enumerate(dataset):
        nats, count = _measure_rest(
            model, batch, tf.constant([seed, number]), tf.constant(fraction), tf.constant(int(explicit_start))
        )
        total, points = total + float(nats), points + float(count)
    return total / points if points else float("nan")


def recognition_accuracy(
    model: SketchRNN, dataset: tf.data.Dataset, *, fraction: float = 1.0, top: int = 1
) -> float:
    """The share of drawings whose label is among the `top` likeliest, from the first part of their strokes.

    Only drawings that have one of the model's labels count; NaN where there is none.
    """
    right = total = 0.0
    for batch in dataset:
        some_right, some = _recognise(model, batch, tf.constant(fraction), top)
        right, total = right + float(some_right), total + float(some)
    return right / total if total else float("nan")


def latent_distribution(
    model: SketchRNN, dataset: tf.data.Dataset
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The normal distribution that fits z over a set of drawings (the aggregated posterior).

    Returns:
        its mean (Nz,), for a model with labels one for each (labels, Nz), and the lower triangular factor
        (Nz, Nz) of the covariance around that.

    Raises:
        ModelError: the model is a decoder alone.
    """
    latents, numbers = [], []
    for batch in dataset:
        latents.append(_encode(model, batch))
        numbers.append(batch["labels"].numpy())
    mu = np.concatenate([latent.mu.numpy() for latent in latents]).astype(np.float64)
    variance = np.concatenate([np.exp(latent.log_variance.numpy()) for latent in latents])
    covariance = np.diag(variance.mean(axis=0, dtype=np.float64))
    mean, around = mu.mean(axis=0), mu - mu.mean(axis=0)
    if model.architecture.num_labels:
        of_label = np.concatenate(numbers)
        mean = np.tile(mean, (model.architecture.num_labels, 1))
        for number in set(of_label.tolist()) & set(range(len(mean))):
            mean[number] = mu[of_label == number].mean(axis=0)
            around[of_label == number] = mu[of_label == number] - mean[number]
    if len(mu) > 1:
        covariance += around.T @ around / (len(mu) - 1)
    covariance += np.diag(np.full(len(covariance), 1e-6))  # a variance that underflowed
    return mean.astype(np.float32), np.linalg.cholesky(covariance).astype(np.float32)


@tf.function(reduce_retracing=True)
def _encode(model: SketchRNN, batch: dict[str, Tensor]) -> Latent:
    return model.encode(batch["points"], batch["encoder_lengths"], batch["labels"])


@tf.function(reduce_retracing=True)
def _measure_rest(
    model: SketchRNN, batch: dict[str, Tensor], seed: Tensor, fraction: Tensor, skipped: Tensor
) -> tuple[Tensor, Tensor]:
    points, lengths = batch["points"], batch["lengths"]
    cut = _first_strokes(points, fraction)
    outputs, _ = model(points, tf.minimum(cut, lengths), batch["labels"], training=False, seed=seed)
    losses = point_losses(outputs, points, lengths)
    time = tf.range(tf.shape(points)[0] - 1)[:, None]
    rest = losses.real * tf.cast(time >= tf.maximum(cut, skipped)[None, :], tf.float32)
    return tf.reduce_sum(losses.without_end * rest), tf.reduce_sum(rest)


def _first_strokes(points: Tensor, fraction: Tensor) -> Tensor:
    """(B,): how many points the first `fraction` of the strokes have, at least one stroke."""
    strokes = tf.cumsum(points[1:, :, 3], axis=0)  # (T, B)
    given = tf.maximum(tf.floor(fraction * strokes[-1]), 1.0)
    return tf.argmax(tf.cast(strokes >= given, tf.int32), axis=0, output_type=tf.int32) + 1


@tf.function(reduce_retracing=True)
def _recognise(
    model: SketchRNN, batch: dict[str, Tensor], fraction: Tensor, top: int
) -> tuple[Tensor, Tensor]:
    read = tf.minimum(_first_strokes(batch["points"], fraction), batch["lengths"])
    logits: Any = model.encode(batch["points"], read, batch["labels"]).label_logits
    known = batch["labels"] < tf.shape(logits)[1]
    targets = tf.where(known, batch["labels"], 0)
    right = known & tf.math.in_top_k(targets, logits, min(top, logits.shape[1]))
    return tf.reduce_sum(tf.cast(right, tf.float32)), tf.reduce_sum(tf.cast(known, tf.float32))


@tf.function(reduce_retracing=True)
def _measure(model: SketchRNN, batch: dict[str, Tensor], seed: Tensor, skipped: Tensor) -> dict[str, Tensor]:
    outputs, latent = model(
        batch["points"], batch["encoder_lengths"], batch["labels"], training=False, seed=seed
    )
    losses = point_losses(outputs, batch["points"], batch["lengths"])
    kl = tf.zeros_like(losses.real[0])
    if latent is not None:
        kl = tf.reduce_mean(kl_per_dimension(latent.mu, latent.log_variance), axis=1)
    return {
        "points": tf.reduce_sum(losses.real[skipped:], axis=0),
        "all": tf.reduce_sum(losses.without_end, axis=0),
        "after_first": tf.reduce_sum(losses.without_end[skipped:], axis=0),
        "end": tf.reduce_sum(losses.pen * (1.0 - losses.real), axis=0),
        "kl": kl,
    }
