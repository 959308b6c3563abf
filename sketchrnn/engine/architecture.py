"""The sizes of a model: what the Keras model and the engine must agree on."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from sketchrnn.errors import ModelError

INPUTS = 5
"""A point of stroke-5: dx, dy, p1 (pen down), p2 (pen up), p3 (end)."""


@dataclasses.dataclass(frozen=True, slots=True)
class Architecture:
    """Which sketch-rnn this is; the defaults are those of Ha & Eck 2017 (section 3.2 and Magenta's code).

    Args:
        conditional: with an encoder and z, or the decoder alone.
        enc_rnn_size: units of the encoder's LSTM, in each direction.
        dec_rnn_size: units of the decoder's LSTM.
        z_size: dimensions of the latent vector z.
        num_mixture: components M of the bivariate normal mixture.
        zero_start: the decoder's first input is all zeros, as Magenta's browser models want it, instead
            of the start token (0, 0, 1, 0, 0).

    Raises:
        ModelError: a size that is not a whole number from 1 to 8192.
    """

    conditional: bool = True
    enc_rnn_size: int = 256
    dec_rnn_size: int = 512
    z_size: int = 128
    num_mixture: int = 20
    zero_start: bool = False

    def __post_init__(self) -> None:
        for field in ("conditional", "zero_start"):
            if not isinstance(getattr(self, field), bool):
                raise ModelError(f"{field} is {getattr(self, field)!r}; it must be true or false")
        for field in ("enc_rnn_size", "dec_rnn_size", "z_size", "num_mixture"):
            size = getattr(self, field)
            if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= 8192:
                raise ModelError(f"{field} is {size!r}; it must be a whole number from 1 to 8192")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Architecture:
        """From `model.json`. Raises ModelError for names this version does not know."""
        unknown = set(values) - {field.name for field in dataclasses.fields(cls)}
        if unknown:
            raise ModelError(f"unknown architecture setting {sorted(unknown)[0]!r}; update sketchrnn")
        return cls(**values)

    @property
    def outputs(self) -> int:
        """Numbers that the decoder emits for a point: 3 pen logits and 6 for each component (123)."""
        return 3 + 6 * self.num_mixture

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Every array of `weights.npz`, by name.

        LSTM kernels hold the gates in the order input, forget, output, new input; the forget gate's
        constant of 1 is part of the bias.
        """
        shapes: dict[str, tuple[int, ...]] = {}
        if self.conditional:
            for direction in ("forward", "backward"):
                shapes |= {
                    f"encoder/{direction}/kernel": (INPUTS, 4 * self.enc_rnn_size),
                    f"encoder/{direction}/recurrent_kernel": (self.enc_rnn_size, 4 * self.enc_rnn_size),
                    f"encoder/{direction}/bias": (4 * self.enc_rnn_size,),
                }
            for head in ("mu", "log_variance"):
                shapes |= {
                    f"encoder/{head}/kernel": (2 * self.enc_rnn_size, self.z_size),
                    f"encoder/{head}/bias": (self.z_size,),
                }
            shapes |= {
                "decoder/initial_state/kernel": (self.z_size, 2 * self.dec_rnn_size),
                "decoder/initial_state/bias": (2 * self.dec_rnn_size,),
                "decoder/lstm/z_kernel": (self.z_size, 4 * self.dec_rnn_size),
            }
        return shapes | {
            "decoder/lstm/kernel": (INPUTS, 4 * self.dec_rnn_size),
            "decoder/lstm/recurrent_kernel": (self.dec_rnn_size, 4 * self.dec_rnn_size),
            "decoder/lstm/bias": (4 * self.dec_rnn_size,),
            "decoder/output/kernel": (self.dec_rnn_size, self.outputs),
            "decoder/output/bias": (self.outputs,),
        }

    def optional_shapes(self) -> dict[str, tuple[int, ...]]:
        """Arrays that `weights.npz` may have besides: where in the latent space drawings are.

        The mean of z over drawings, and the lower triangular factor of its covariance.
        """
        if not self.conditional:
            return {}
        return {"latent/mean": (self.z_size,), "latent/factor": (self.z_size, self.z_size)}
