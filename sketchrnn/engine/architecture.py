"""The sizes of a model: what the Keras model and the engine must agree on."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from sketchrnn.engine.eye import eye_shapes
from sketchrnn.errors import ModelError

INPUTS = 5
"""A point of stroke-5: dx, dy, p1 (pen down), p2 (pen up), p3 (end)."""

PLACES = 4
"""Where a point is: x and y from the drawing's origin, then from the point where its stroke began."""


SIZES = (
    "enc_rnn_size",
    "dec_rnn_size",
    "z_size",
    "num_mixture",
    "num_labels",
    "label_size",
    "hyper_num_units",
    "hyper_embedding_size",
)

CELLS = ("elman", "gru", "lstm", "layer_norm", "hyper")
"""The kinds of recurrent cell: Elman 1990; Cho et al. 2014; Hochreiter & Schmidhuber 1997 with forget gates;
the same with layer normalisation (Ba, Kiros, Hinton 2016); HyperLSTM (Ha, Dai, Le 2016)."""


@dataclasses.dataclass(frozen=True, slots=True)
class Architecture:
    """Which sketch-rnn this is; the defaults are those of Ha & Eck 2017 (section 3.2 and Magenta's code).

    Args:
        conditional: with an encoder and z, or the decoder alone.
        enc_rnn_size: units of the encoder's cells, in each direction.
        dec_rnn_size: units of the decoder's cell.
        z_size: dimensions of the latent vector z.
        num_mixture: components M of the bivariate normal mixture.
        num_labels: categories that it can be asked for; 0 for a model of one kind of drawing.
        label_size: dimensions of the embedding of a label.
        enc_model, dec_model: the kind of cell, of `CELLS`.
        hyper_num_units: units of a HyperLSTM's smaller LSTM.
        hyper_embedding_size: dimensions of what that says about each gate.
        zero_start: the decoder's first input is all zeros, as Magenta's browser models want it, instead
            of the start token (0, 0, 1, 0, 0).
        positions: encoder and decoder see with each point where it is (`engine.places`).

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
    enc_model: str = "lstm"
    dec_model: str = "lstm"
    hyper_num_units: int = 256
    hyper_embedding_size: int = 32
    positions: bool = False

    def __post_init__(self) -> None:
        for field in ("conditional", "zero_start", "positions"):
            if not isinstance(getattr(self, field), bool):
                raise ModelError(f"{field} is {getattr(self, field)!r}; it must be true or false")
        for field in ("enc_model", "dec_model"):
            if getattr(self, field) not in CELLS:
                raise ModelError(f"{field} is {getattr(self, field)!r}; it must be one of {', '.join(CELLS)}")
        for field in SIZES:
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
    def inputs(self) -> int:
        """Numbers that encoder and decoder see of a point."""
        return INPUTS + (PLACES if self.positions else 0)

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

    @property
    def hyper_sizes(self) -> tuple[int, int]:
        """`hyper_num_units` and `hyper_embedding_size`."""
        return self.hyper_num_units, self.hyper_embedding_size

    @property
    def decoder_prefix(self) -> str:
        """What the names of the decoder's cell's weights begin with."""
        return f"decoder/{self.dec_model}"

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Every array of `weights.npz`, by name.

        Kernels hold an LSTM's gates in the order input, forget, output, new input; the forget gate's
        constant of 1 is part of the bias. The last row of the embeddings stands for no label.
        """
        shapes: dict[str, tuple[int, ...]] = {}
        if self.num_labels:
            shapes["label/embeddings"] = (self.num_labels + 1, self.label_size)
        if self.conditional:
            for direction in ("forward", "backward"):
                cell = cell_shapes(self.enc_model, self.inputs, self.enc_rnn_size, 0, self.hyper_sizes)
                shapes |= {f"encoder/{direction}/{name}": shape for name, shape in cell.items()}
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
            state = self.dec_rnn_size + memory_size(self.dec_model, self.dec_rnn_size, self.hyper_num_units)
            shapes |= {
                "decoder/initial_state/kernel": (self.condition_size, state),
                "decoder/initial_state/bias": (state,),
            }
        cell = cell_shapes(
            self.dec_model, self.inputs, self.dec_rnn_size, self.condition_size, self.hyper_sizes
        )
        shapes |= {f"{self.decoder_prefix}/{name}": shape for name, shape in cell.items()}
        return shapes | {
            "decoder/output/kernel": (self.dec_rnn_size, self.outputs),
            "decoder/output/bias": (self.outputs,),
        }

    def optional_shapes(self) -> dict[str, tuple[int, ...]]:
        """Arrays that `weights.npz` may have besides: where in the latent space drawings are, and an eye.

        The mean of z over drawings, of each label if there are any, and the lower triangular factor of
        its covariance around that; the weights of the network that recognises drawings (`engine.eye`).
        """
        shapes: dict[str, tuple[int, ...]] = {}
        if self.conditional:
            mean = (self.num_labels, self.z_size) if self.num_labels else (self.z_size,)
            shapes |= {"latent/mean": mean, "latent/factor": (self.z_size, self.z_size)}
        if self.num_labels:
            shapes |= eye_shapes(self.num_labels)
        return shapes


def memory_size(model: str, units: int, hyper_units: int) -> int:
    """What a cell remembers from point to point besides its output of `units` numbers."""
    return {"lstm": units, "layer_norm": units, "hyper": units + 2 * hyper_units}.get(model, 0)


def cell_shapes(
    model: str, inputs: int, units: int, condition: int, hyper: tuple[int, int]
) -> dict[str, tuple[int, ...]]:
    """The weights of a recurrent cell.

    Args:
        model: of `CELLS`.
        inputs: numbers of a point.
        units: H.
        condition: size of what it gets at every step besides the point, or 0.
        hyper: units of the smaller LSTM and dimensions of its embeddings, for "hyper".
    """
    gates = {"elman": 1, "gru": 3}.get(model, 4) * units
    small, embedding = hyper
    columns = gates + (4 * small if model == "hyper" else 0)
    shapes: dict[str, tuple[int, ...]] = {"kernel": (inputs, columns), "recurrent_kernel": (units, columns)}
    if model in ("elman", "gru", "lstm"):
        shapes["bias"] = (gates,)
    else:
        shapes |= {"norm_gamma": (gates,), "norm_beta": (gates,)}
        shapes |= {"memory_gamma": (units,), "memory_beta": (units,)}
    if model == "hyper":
        shapes |= {
            "gate_bias": (gates,),
            "hyper_recurrent_kernel": (small, 4 * small),
            "hyper_norm_gamma": (4 * small,),
            "hyper_norm_beta": (4 * small,),
            "hyper_memory_gamma": (small,),
            "hyper_memory_beta": (small,),
            "embedding_kernel": (small, 12 * embedding),
            "embedding_bias": (12 * embedding,),
            "scale_kernel": (12, embedding, units),
        }
    if condition:
        shapes["z_kernel"] = (condition, columns)
    return shapes
