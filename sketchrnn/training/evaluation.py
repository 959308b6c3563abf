"""Measures a model on drawings: the losses as Magenta reports them, and nats a point."""

from __future__ import annotations

import dataclasses
from typing import Any

import tensorflow as tf

from sketchrnn.errors import FormatError
from sketchrnn.model.loss import kl_loss, point_losses
from sketchrnn.model.sketch_rnn import SketchRNN

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
    sums: dict[str, float] = dict.fromkeys(("drawings", "points", "all", "after_first", "end", "kl"), 0.0)
    for number, batch in enumerate(dataset):
        measured = _measure(model, batch, tf.constant([seed, number]), tf.constant(int(explicit_start)))
        for name, value in measured.items():
            sums[name] += float(value)
    if not sums["drawings"]:
        raise FormatError("there is no drawing to measure with; give a file that has some")
    drawings, points = sums["drawings"], max(sums["points"], 1.0)
    latent_size = model.architecture.z_size
    return Evaluation(
        drawings=int(drawings),
        points=int(sums["points"]),
        reconstruction_loss=sums["all"] / (drawings * longest),
        kl_loss=sums["kl"] / drawings,
        nats_per_point=sums["after_first"] / points,
        kl_nats_per_point=sums["kl"] * latent_size / points,
        end_nats=sums["end"] / drawings,
    )


@tf.function(reduce_retracing=True)
def _measure(model: SketchRNN, batch: dict[str, Tensor], seed: Tensor, skipped: Tensor) -> dict[str, Tensor]:
    outputs, latent = model(batch["points"], batch["encoder_lengths"], training=False, seed=seed)
    losses = point_losses(outputs, batch["points"], batch["lengths"])
    drawings = tf.cast(tf.size(batch["lengths"]), tf.float32)
    return {
        "drawings": drawings,
        "points": tf.reduce_sum(losses.real[skipped:]),
        "all": tf.reduce_sum(losses.without_end),
        "after_first": tf.reduce_sum(losses.without_end[skipped:]),
        "end": tf.reduce_sum(losses.pen * (1.0 - losses.real)),
        "kl": kl_loss(latent) * drawings,
    }
