"""Drawing more like a label than the model would by itself (classifier-free guidance, Ho & Salimans 2021)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchrnn.engine.network import Decoder, DecoderState

Floats = NDArray[np.float32]


class GuidedState:
    """Where a guided decoder is: the states told of the labels, and as many told of none after them."""

    def __init__(self, both: DecoderState) -> None:
        self.both = both

    def __len__(self) -> int:
        return len(self.both) // 2

    def take(self, which: ArrayLike) -> GuidedState:
        """The states of some drawings of the batch, by index."""
        index = np.asarray(which)
        return GuidedState(self.both.take(np.concatenate([index, index + len(self)])))


class GuidedDecoder:
    """A decoder of a model with labels whose outputs are o + w (o − o₀), o₀ those without a label.

    The paper guides the score of a diffusion model; here the outputs themselves are led away from what the
    model would draw if it did not know what to: pen logits, and π, μ, log σ and ρ before tanh of the mixture.

    Args:
        decoder: of a model that was trained with some labels hidden.
        weight: w; 0 is the decoder alone.
    """

    def __init__(self, decoder: Decoder, weight: float) -> None:
        self._decoder, self._weight = decoder, np.float32(weight)

    def start(self, z: Floats | None = None, batch: int = 1, told: Floats | None = None) -> GuidedState:
        """As `Decoder.start`."""
        if z is not None:
            batch, z = len(z), np.concatenate([z, z])
        if told is not None:
            told = np.concatenate([told, self._decoder.untold(batch)])
        return GuidedState(self._decoder.start(z, 2 * batch, told))

    def step(self, state: GuidedState, points: Floats) -> tuple[Floats, GuidedState]:
        """As `Decoder.step`."""
        outputs, after = self._decoder.step(state.both, np.concatenate([points, points]))
        return self._guided(outputs[: len(points)], outputs[len(points) :]), GuidedState(after)

    def prime(self, state: GuidedState, drawings: Sequence[ArrayLike]) -> tuple[list[Floats], GuidedState]:
        """As `Decoder.prime`."""
        outputs, after = self._decoder.prime(state.both, [*drawings, *drawings])
        pairs = zip(outputs[: len(drawings)], outputs[len(drawings) :], strict=True)
        return [self._guided(told, untold) for told, untold in pairs], GuidedState(after)

    def _guided(self, told: Floats, untold: Floats) -> Floats:
        return told + self._weight * (told - untold)
