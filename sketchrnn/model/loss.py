"""What training makes small: reconstruction and KL loss (Ha & Eck 2017, section 3.3)."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf

from sketchrnn.model.mixture import (
    kl_per_dimension,
    mixture_parameters,
    offset_log_likelihood,
    pen_log_likelihood,
)
from sketchrnn.model.sketch_rnn import Latent

Tensor = Any


class PointLosses(NamedTuple):
    """−log likelihoods in nats, (T, B); 0 where a drawing has no such point."""

    offset: Tensor
    """L_s: of the offset of every point."""
    pen: Tensor
    """L_p: of the pen state of every point, and of the end after the last."""
    real: Tensor
    """1 for a point of the drawing, 0 for the end and what comes after."""

    @property
    def without_end(self) -> Tensor:
        """(T, B): what the points cost, without the end of the drawing."""
        return self.offset + self.pen * self.real


def point_losses(outputs: Tensor, points: Tensor, lengths: Tensor) -> PointLosses:
    """The terms of L_R, point by point.

    Args:
        outputs: (T, B, 3 + 6 M) of the decoder.
        points: (T + 1, B, 5) as the pipeline yields them.
        lengths: (B,).
    """
    targets = points[1:]
    time = tf.range(tf.shape(targets)[0])[:, None]
    real = tf.cast(time < lengths[None, :], tf.float32)
    until_end = tf.cast(time <= lengths[None, :], tf.float32)
    parameters = mixture_parameters(outputs)
    return PointLosses(
        offset=-offset_log_likelihood(parameters, targets[..., :2]) * real,
        pen=-pen_log_likelihood(parameters, targets[..., 2:]) * until_end,
        real=real,
    )


def reconstruction_loss(losses: PointLosses, longest: int) -> Tensor:
    """L_R = L_s + L_p of a batch (eq. 9): summed over points, divided by drawings × `longest` (N_max).

    The paper lets the pen be wrong in every padded step too; one end says as much and costs nothing.
    """
    batch = tf.cast(tf.shape(losses.real)[1], tf.float32)
    return tf.reduce_sum(losses.offset + losses.pen) / (batch * longest)


def kl_loss(latent: Latent | None) -> Tensor:
    """L_KL (eq. 10): the mean over drawings and dimensions of z; 0 for a decoder alone."""
    if latent is None:
        return tf.constant(0.0)
    return tf.reduce_mean(kl_per_dimension(latent.mu, latent.log_variance))


def label_loss(latent: Latent | None, labels: Tensor | None, known: Tensor | None = None) -> Tensor:
    """−log p of the label that a drawing has, given what the encoder read of it: nats, mean over drawings.

    Args:
        latent: of the encoder.
        labels: (B,); drawings whose number is not one of the labels' do not count.
        known: how many count, for a batch that is a part of a larger one: the mean over such parts.
    """
    if latent is None or latent.label_logits is None:
        return tf.constant(0.0)
    count = tf.shape(latent.label_logits)[1]
    counts = tf.cast(labels < count, tf.float32)
    nats = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.minimum(labels, count - 1), latent.label_logits)
    total = tf.maximum(tf.reduce_sum(counts), 1.0) if known is None else known
    return tf.reduce_sum(nats * counts) / total


def annealed_cost(r_loss: Tensor, kl: Tensor, step: Tensor, config: Any) -> Tensor:
    """L_R + w η max(L_KL, KL_min), with η = 1 - (1 - η_min) R^step (eq. 11 and 12).

    Magenta's names: w = `kl_weight`, w η_min = `kl_weight_start`, R = `kl_decay_rate`,
    KL_min = `kl_tolerance`.
    """
    weight = kl_weight(step, config)
    return r_loss + weight * tf.maximum(kl, config.kl_tolerance)


def kl_weight(step: Tensor, config: Any) -> Tensor:
    """The annealed weight of the KL loss after `step` steps."""
    rest = tf.pow(tf.constant(config.kl_decay_rate, tf.float32), tf.cast(step, tf.float32))
    return config.kl_weight - (config.kl_weight - config.kl_weight_start) * rest
