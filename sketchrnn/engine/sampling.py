"""The decoder's outputs as a distribution: likelihood of given points, and sampling at a temperature."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sketchrnn.engine.cells import QUIET
from sketchrnn.errors import ConfigError

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

NOISE_BLOCK = 32
"""For how many points the sampler makes its random numbers at a time."""

MAX_LOG_SIGMA = 80.0
"""Beyond, a deviation is no longer a float32."""

DOWN, UP, END = range(3)
"""The pen states: the stroke goes on after this point, ends with it, or the drawing has ended."""

PENS = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
"""What stroke-5 says of each of them."""


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


class Sampler:
    """Draws the points of a batch of drawings from the decoder's outputs.

    Every drawing has a generator of its own, and takes the same numbers from it whoever else is in the
    batch. Categories are chosen by the Gumbel-max trick: the largest of logits plus Gumbel noise. The
    noise is made for many points at a time; a point then takes a few small numpy calls.

    Temperature as in Magenta's browser code: the categories' logits are divided by ½ + ½ τ, and the
    deviations multiplied by √τ (section 3.5 of the paper has τ for both).

    Args:
        temperature: τ, above 0; 1 follows the model, less is more careful.
        randoms: a generator for each drawing.

    Raises:
        ConfigError: a temperature that makes no sense.
    """

    def __init__(self, temperature: float, randoms: Sequence[np.random.Generator]) -> None:
        check_temperature(temperature)
        self._randoms = randoms
        self._softness = 0.5 + 0.5 * temperature
        self._spread = math.sqrt(temperature)
        self._used = NOISE_BLOCK
        self._gumbel: Floats
        self._normal: Doubles

    @QUIET
    def sample(self, outputs: Floats, *, may_end: bool | NDArray[np.bool_] = True) -> Floats:
        """The next point of each drawing.

        Args:
            outputs: (B, 3 + 6 M).
            may_end: False forbids the end of the drawing; for all, or (B,) for each.

        Returns:
            stroke-5 points (B, 5), model units.
        """
        batch, mixtures = len(outputs), (outputs.shape[1] - 3) // 6
        if self._used == NOISE_BLOCK:
            self._make_noise(3 + mixtures)
        scores = outputs[:, : 3 + mixtures] + self._gumbel[self._used]
        components = scores[:, 3:].argmax(1).tolist()
        normals = self._normal[self._used].tolist()
        self._used += 1
        allowed = [may_end] * batch if isinstance(may_end, bool) else may_end.tolist()
        spread, points = self._spread, []
        # A few numbers of each drawing are faster done one by one than by numpy.
        for row, (down, up, end), component, (x, other), ends in zip(
            outputs, scores[:, :3].tolist(), components, normals, allowed, strict=True
        ):
            chosen = row[3 + mixtures + component :: mixtures].tolist()
            mu_x, mu_y, log_sigma_x, log_sigma_y, rho_logit = chosen
            rho = math.tanh(rho_logit)
            y = rho * x + math.sqrt(1.0 - rho * rho) * other
            points.append(
                (
                    mu_x + x * spread * math.exp(min(log_sigma_x, MAX_LOG_SIGMA)),
                    mu_y + y * spread * math.exp(min(log_sigma_y, MAX_LOG_SIGMA)),
                    *PENS[END if ends and end > up and end > down else UP if up > down else DOWN],
                )
            )
        return np.array(points, np.float32)

    def keep(self, which: Sequence[int]) -> None:
        """Goes on with some drawings of the batch, by index; the others' generators are left alone."""
        self._randoms = [self._randoms[number] for number in which]
        if self._used < NOISE_BLOCK:
            self._gumbel, self._normal = self._gumbel[:, which], self._normal[:, which]

    def _make_noise(self, categories: int) -> None:
        """(NOISE_BLOCK, B, categories) Gumbel and (NOISE_BLOCK, B, 2) normal numbers."""
        gumbel = [random.gumbel(size=(NOISE_BLOCK, categories)) for random in self._randoms]
        normal = [random.standard_normal((NOISE_BLOCK, 2)) for random in self._randoms]
        # The largest of logits / softness + noise, with one operation less for each point.
        self._gumbel = (self._softness * np.stack(gumbel, 1)).astype(np.float32)
        self._normal = np.stack(normal, 1)
        self._used = 0


def check_temperature(temperature: float) -> None:
    """Raises ConfigError unless the temperature is above 0 and at most 10."""
    if not 0.0 < temperature <= 10.0:
        raise ConfigError(f"the temperature is {temperature}; it must be above 0 and at most 10")


def _log_softmax(logits: Floats) -> Doubles:
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def _log_sum_exp(values: Doubles) -> Doubles:
    largest = values.max(axis=-1, keepdims=True)
    return np.asarray(largest[..., 0] + np.log(np.exp(values - largest).sum(axis=-1)))
