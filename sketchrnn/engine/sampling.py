"""The decoder's outputs as a distribution: likelihood of given points, and sampling at a temperature."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sketchrnn.engine.network import QUIET
from sketchrnn.errors import ConfigError

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

DOWN, UP, END = range(3)
"""The pen states: the stroke goes on after this point, ends with it, or the drawing has ended."""


@dataclasses.dataclass(frozen=True, slots=True)
class Mixture:
    """Distributions of points (Ha & Eck 2017, eq. 3 to 6), from outputs (N, 3 + 6 M).

    The arrays are (N, M), and (N, 3) for the pen.
    """

    pen_logits: Floats
    pi_logits: Floats
    mu_x: Floats
    mu_y: Floats
    log_sigma_x: Floats
    log_sigma_y: Floats
    rho_logit: Floats

    @classmethod
    def of(cls, outputs: Floats) -> Mixture:
        parts = np.split(outputs[:, 3:], 6, axis=1)
        return cls(outputs[:, :3], *parts)

    @QUIET
    def log_likelihood(self, rows: Floats) -> tuple[Doubles, Doubles]:
        """log p of offsets and of pen states, each (N,), in nats, model units.

        Args:
            rows: stroke-3 rows (N, 3) that the N distributions predict.
        """
        x = (rows[:, 0:1] - self.mu_x) * np.exp(-self.log_sigma_x)
        y = (rows[:, 1:2] - self.mu_y) * np.exp(-self.log_sigma_y)
        logit = np.abs(self.rho_logit)
        log_1_minus_rho2 = 2.0 * (np.log(2.0) - logit - np.log1p(np.exp(-2.0 * logit)))
        mahalanobis = x**2 + (y - np.tanh(self.rho_logit) * x) ** 2 * np.exp(-log_1_minus_rho2)
        log_normal = -np.log(2.0 * np.pi) - self.log_sigma_x - self.log_sigma_y
        log_normal = log_normal - 0.5 * (log_1_minus_rho2 + mahalanobis)
        offset = _log_sum_exp(_log_softmax(self.pi_logits) + log_normal)
        pen = (rows[:, 2] > 0.5).astype(np.int64)
        return offset, _log_softmax(self.pen_logits)[np.arange(len(rows)), pen]


@QUIET
def sample_points(
    outputs: Floats,
    temperature: float,
    randoms: Sequence[np.random.Generator],
    *,
    may_end: bool = True,
) -> Floats:
    """The next point of each drawing of a batch.

    Temperature as in Magenta's browser code: the categories' logits are divided by ½ + ½ τ, and the
    deviations multiplied by √τ (section 3.5 of the paper has τ for both).

    Args:
        outputs: (B, 3 + 6 M).
        temperature: τ, above 0; 1 follows the model, less is more careful.
        randoms: one generator for each drawing, so that a drawing does not depend on its neighbours.
        may_end: False forbids the end of the drawing.

    Returns:
        stroke-5 points (B, 5), model units.
    """
    check_temperature(temperature)
    uniform = np.stack([random.random(2) for random in randoms])  # (B, 2)
    normal = np.stack([random.standard_normal(2) for random in randoms])
    mixture = Mixture.of(outputs)
    sharpness = 0.5 + 0.5 * temperature
    component = _choose(mixture.pi_logits / sharpness, uniform[:, 0])
    pen_logits = mixture.pen_logits / np.float32(sharpness)
    if not may_end:
        pen_logits[:, END] = -np.inf
    pen = _choose(pen_logits, uniform[:, 1])

    each = np.arange(len(outputs))
    rho = np.tanh(mixture.rho_logit[each, component])
    spread = np.sqrt(temperature)
    x, y = normal[:, 0], rho * normal[:, 0] + np.sqrt(np.maximum(1.0 - rho**2, 0.0)) * normal[:, 1]
    points = np.zeros((len(outputs), 5), np.float32)
    points[:, 0] = mixture.mu_x[each, component] + x * spread * np.exp(mixture.log_sigma_x[each, component])
    points[:, 1] = mixture.mu_y[each, component] + y * spread * np.exp(mixture.log_sigma_y[each, component])
    points[each, 2 + pen] = 1.0
    return points


def check_temperature(temperature: float) -> None:
    """Raises ConfigError unless the temperature is above 0 and at most 10."""
    if not 0.0 < temperature <= 10.0:
        raise ConfigError(f"the temperature is {temperature}; it must be above 0 and at most 10")


def _choose(logits: Floats, uniform: Doubles) -> NDArray[np.int64]:
    """Inverse transform sampling of a category from each row of logits."""
    weights = np.exp(logits - logits.max(axis=1, keepdims=True)).astype(np.float64)
    cumulated = np.cumsum(weights, axis=1)
    return np.asarray((cumulated < (uniform * cumulated[:, -1])[:, None]).sum(axis=1))


def _log_softmax(logits: Floats) -> Doubles:
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def _log_sum_exp(values: Doubles) -> Doubles:
    largest = values.max(axis=-1, keepdims=True)
    return np.asarray(largest[..., 0] + np.log(np.exp(values - largest).sum(axis=-1)))
