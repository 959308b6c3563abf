"""The mixture density output: what the decoder's numbers mean, and the losses on them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import tensorflow as tf

Tensor = Any

LOG_2 = math.log(2.0)
LOG_2PI = math.log(2.0 * math.pi)


class MixtureParameters(NamedTuple):
    """One point's distribution, all in the log space that the losses need. Ha & Eck 2017, eq. 3 to 6.

    Shapes are (..., M) for the mixture and (..., 3) for the pen.
    """

    log_pi: Tensor
    mu_x: Tensor
    mu_y: Tensor
    log_sigma_x: Tensor
    log_sigma_y: Tensor
    rho_logit: Tensor  # ρ = tanh of it
    log_pen: Tensor  # log q of pen down, pen up, end


def mixture_parameters(outputs: Tensor) -> MixtureParameters:
    """Splits the decoder's outputs (..., 3 + 6 M): pen logits, then π, μx, μy, log σx, log σy, ρ."""
    pen = outputs[..., :3]
    pi, mu_x, mu_y, log_sigma_x, log_sigma_y, rho_logit = tf.split(outputs[..., 3:], 6, axis=-1)
    return MixtureParameters(
        tf.nn.log_softmax(pi), mu_x, mu_y, log_sigma_x, log_sigma_y, rho_logit, tf.nn.log_softmax(pen)
    )


def offset_log_likelihood(p: MixtureParameters, offsets: Tensor) -> Tensor:
    """log p(Δx, Δy) under the mixture (the inner logarithm of L_s, eq. 9), without leaving log space.

    Args:
        p: parameters of shape (..., M).
        offsets: (..., 2) in model units.

    Returns:
        (...), in nats.
    """
    dx = (offsets[..., 0:1] - p.mu_x) * tf.exp(-p.log_sigma_x)
    dy = (offsets[..., 1:2] - p.mu_y) * tf.exp(-p.log_sigma_y)
    rho = tf.tanh(p.rho_logit)
    # log(1 - tanh²) from the logit: exact where ρ rounds to 1
    magnitude = tf.abs(p.rho_logit)
    log_1_minus_rho2 = 2.0 * (LOG_2 - magnitude - tf.math.log1p(tf.exp(-2.0 * magnitude)))
    # dx² + dy² - 2ρ dx dy over 1 - ρ²: as dx² + (dy - ρ dx)² / (1 - ρ²), which cannot cancel below 0
    mahalanobis = dx * dx + tf.square(dy - rho * dx) * tf.exp(-log_1_minus_rho2)
    log_normal = -LOG_2PI - p.log_sigma_x - p.log_sigma_y - 0.5 * (log_1_minus_rho2 + mahalanobis)
    return tf.reduce_logsumexp(p.log_pi + log_normal, axis=-1)


def pen_log_likelihood(p: MixtureParameters, pen: Tensor) -> Tensor:
    """log q of the pen state that was (L_p, eq. 9). pen: (..., 3) one-hot; returns (...), in nats."""
    return tf.reduce_sum(pen * p.log_pen, axis=-1)


def kl_per_dimension(mu: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(μ, σ²) || N(0, 1)) of each dimension of z (eq. 10 before its mean), in nats."""
    return -0.5 * (1.0 + log_variance - tf.square(mu) - tf.exp(log_variance))
