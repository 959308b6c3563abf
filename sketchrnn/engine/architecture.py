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
        num_labels: categories that it can be asked for; 0 for a model of one kind of drawing.
        label_size: dimensions of the embedding of a label.
        zero_start: the decoder's first input is all zeros, as Magenta's browser models want it, instead
            of the start token (0, 0, 1, 0, 0).

    Raises:
        ModelError: a size that is not a whole number from 1 to 8192 (labels: from 0).
    """

    conditional: bool = True
    enc_rnn_size: int = 256
    dec_rnn_size: int = 512
    z_size: int = 128
    num_mixture: int = 20
    zero_start: bool = False
    num_labels: int = 0
    label_size: int = 64

    def __post_init__(self) -> None:
        for field in ("conditional", "zero_start"):
            if not isinstance(getattr(self, field), bool):
                raise ModelError(f"{field} is {getattr(self, field)!r}; it must be true or false")
        for field in ("enc_rnn_size", "dec_rnn_size", "z_size", "num_mixture", "num_labels", "label_size"):
            size, least = getattr(self, field), 0 if field == "num_labels" else 1
            if not isinstance(size, int) or isinstance(size, bool) or not least <= size <= 8192:
                raise ModelError(f"{field} is {size!r}; it must be a whole number from {least} to 8192")

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

    @property
    def embedding_size(self) -> int:
        """Dimensions of what the networks are told of the label; 0 for a model without labels."""
        return self.label_size if self.num_labels else 0

    @property
    def condition_size(self) -> int:
        """Dimensions of what the decoder gets at every step besides the point: z, then the label."""
        return (self.z_size if self.conditional else 0) + self.embedding_size

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Every array of `weights.npz`, by name.

        LSTM kernels hold the gates in the order input, forget, output, new input; the forget gate's
        constant of 1 is part of the bias. The last row of the embeddings stands for no label.
        """
        shapes: dict[str, tuple[int, ...]] = {}
        if self.num_labels:
            shapes["label/embeddings"] = (self.num_labels + 1, self.label_size)
        if self.conditional:
            for direction in ("forward", "backward"):
                shapes |= {
                    f"encoder/{direction}/kernel": (INPUTS, 4 * self.enc_rnn_size),
                    f"encoder/{direction}/recurrent_kernel": (self.enc_rnn_size, 4 * self.enc_rnn_size),
                    f"encoder/{direction}/bias": (4 * self.enc_rnn_size,),
                }
            for head in ("mu", "log_variance"):
                shapes |= {
                    f"encoder/{head}/kernel": (2 * self.enc_rnn_size + self.embedding_size, self.z_size),
                    f"encoder/{head}/bias": (self.z_size,),
                }
            if self.num_labels:
                shapes |= {
                    "encoder/recognition/kernel": (2 * self.enc_rnn_size, self.num_labels),
                    "encoder/recognition/bias": (self.num_labels,),
                }
        if self.condition_size:
            shapes |= {
                "decoder/initial_state/kernel": (self.condition_size, 2 * self.dec_rnn_size),
                "decoder/initial_state/bias": (2 * self.dec_rnn_size,),
                "decoder/lstm/z_kernel": (self.condition_size, 4 * self.dec_rnn_size),
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

        The mean of z over drawings, of each label if there are any, and the lower triangular factor of
        its covariance around that.
        """
        if not self.conditional:
            return {}
        mean = (self.num_labels, self.z_size) if self.num_labels else (self.z_size,)
        return {"latent/mean": mean, "latent/factor": (self.z_size, self.z_size)}
