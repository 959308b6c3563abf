"""The hyperparameters of a training run, by the names that Magenta gave them."""

from __future__ import annotations

import dataclasses
import math

from sketchrnn.errors import ConfigError

MAX_SEED = 2**31 - 1
"""TensorFlow takes no larger one."""

PRECISIONS = ("float32", "bfloat16")

DROPOUTS = ("recurrent", "input", "output")
"""Of what training drops elements; Magenta's names say with which probability they are kept."""


TEACHING = {
    "batch_size": 20,
    "learning_rate": 0.0003,
    "decay_rate": 0.999,
    "warm_up": 20,
    "save_every": 20,
    "patience": 10,
    "label_dropout_prob": 0.5,
    "recurrent_dropout_prob": 0.8,
    "rehearsal_prob": 0.3,
    "variations": 20,
    "weight_average": 0.95,
}
"""What a model is taught a few drawings of somebody's own with, where nothing else is asked for: it knows how
people draw, and must neither forget that nor learn fifty drawings by heart (benchmarks/teach.py)."""

INHERITED = (
    "kl_weight",
    "kl_tolerance",
    "random_scale_factor",
    "augment_stroke_prob",
    "prefix_prob",
    "max_seq_len",
)
"""What a taught model goes on with from its own training."""


@dataclasses.dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How a model is trained; the defaults are those of Magenta's sketch-rnn.

    The help of `sketchrnn train` is made of the field's metadata.
    """

    batch_size: int = dataclasses.field(default=100, metadata={"help": "drawings in a batch"})
    learning_rate: float = dataclasses.field(default=0.001, metadata={"help": "of Adam, at the first step"})
    decay_rate: float = dataclasses.field(
        default=0.9999, metadata={"help": "what a step leaves of the learning rate"}
    )
    min_learning_rate: float = dataclasses.field(
        default=0.00001, metadata={"help": "where the decay of the learning rate ends"}
    )
    grad_clip: float = dataclasses.field(default=1.0, metadata={"help": "cuts each gradient to ± this"})
    kl_weight: float = dataclasses.field(default=0.5, metadata={"help": "of the KL loss, in the end"})
    kl_weight_start: float = dataclasses.field(default=0.01, metadata={"help": "of the KL loss, at first"})
    kl_decay_rate: float = dataclasses.field(
        default=0.99995, metadata={"help": "how slowly the KL weight anneals, per step"}
    )
    kl_tolerance: float = dataclasses.field(default=0.2, metadata={"help": "KL loss below which none counts"})
    recurrent_dropout_prob: float = dataclasses.field(
        default=0.9, metadata={"help": "probability of keeping an element of what is new in a cell"}
    )
    input_dropout_prob: float = dataclasses.field(
        default=1.0, metadata={"help": "probability of keeping a number of a point that the decoder sees"}
    )
    output_dropout_prob: float = dataclasses.field(
        default=1.0, metadata={"help": "probability of keeping an element of the decoder cell's output"}
    )
    random_scale_factor: float = dataclasses.field(
        default=0.15, metadata={"help": "x and y are scaled by 1 ± up to this"}
    )
    augment_stroke_prob: float = dataclasses.field(
        default=0.10, metadata={"help": "probability of dropping a point inside a stroke"}
    )
    prefix_prob: float = dataclasses.field(
        default=0.0, metadata={"help": "probability that the encoder reads only the beginning of a drawing"}
    )
    stroke_order_prob: float = dataclasses.field(
        default=0.0, metadata={"help": "probability that a drawing begins with another of its strokes"}
    )
    mix: str = dataclasses.field(
        default="all",
        metadata={"help": "all: each drawing as often as any other; even: each label; or as in dog=2,cat=1"},
    )
    label_dropout_prob: float = dataclasses.field(
        default=0.1, metadata={"help": "probability that a drawing's label is hidden, in a model with labels"}
    )
    label_weight: float = dataclasses.field(
        default=0.1, metadata={"help": "of the loss of recognising the label from what the encoder reads"}
    )
    eye_steps: int = dataclasses.field(
        default=0,
        metadata={"help": "steps, after the others, in which an eye for labels is trained; 0: none"},
    )
    precision: str = dataclasses.field(
        default="float32", metadata={"help": f"of the large products: {' or '.join(PRECISIONS)}"}
    )
    max_seq_len: int = dataclasses.field(default=250, metadata={"help": "longer drawings are left out"})
    save_every: int = dataclasses.field(default=250, metadata={"help": "steps between validations"})
    warm_up: int = dataclasses.field(
        default=0, metadata={"help": "steps in which the learning rate rises from nothing"}
    )
    patience: int = dataclasses.field(
        default=0, metadata={"help": "validations without a better one after which training ends; 0: none"}
    )
    rehearsal_prob: float = dataclasses.field(
        default=0.0,
        metadata={"help": "with --from: probability of a drawing by that model, so that it is not forgotten"},
    )
    variations: int = dataclasses.field(
        default=0,
        metadata={"help": "with --from: how often a drawing is varied, while there are less than a thousand"},
    )
    weight_average: float = dataclasses.field(
        default=0.0,
        metadata={"help": "what a step leaves of the mean weights, which are then the model; 0: no mean"},
    )
    seed: int = dataclasses.field(default=1, metadata={"help": "of weights, order, augmentation and dropout"})

    def __post_init__(self) -> None:
        least = {
            "batch_size": 1,
            "max_seq_len": 1,
            "save_every": 1,
            "warm_up": 0,
            "patience": 0,
            "eye_steps": 0,
            "variations": 0,
        }
        for name, minimum in least.items():
            if getattr(self, name) < minimum:
                raise ConfigError(f"{name} is {getattr(self, name)}; it must be at least {minimum}")
        if not 0 <= self.seed <= MAX_SEED:
            raise ConfigError(f"seed is {self.seed}; it must be from 0 to {MAX_SEED}")
        for name in (*(f"{part}_dropout_prob" for part in DROPOUTS), "decay_rate", "kl_decay_rate"):
            if not 0.0 < getattr(self, name) <= 1.0:
                raise ConfigError(f"{name} is {getattr(self, name)}; it must be above 0 and at most 1")
        if self.precision not in PRECISIONS:
            raise ConfigError(f"precision is {self.precision!r}; it must be {' or '.join(PRECISIONS)}")
        for name in (
            "augment_stroke_prob",
            "prefix_prob",
            "random_scale_factor",
            "label_dropout_prob",
            "stroke_order_prob",
            "rehearsal_prob",
            "weight_average",
        ):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ConfigError(f"{name} is {getattr(self, name)}; it must be from 0 to 1")
        for name in ("learning_rate", "min_learning_rate", "grad_clip"):
            if not 0.0 < getattr(self, name) < math.inf:
                raise ConfigError(f"{name} is {getattr(self, name)}; it must be a number above 0")
        for name in ("kl_weight", "kl_weight_start", "kl_tolerance", "label_weight"):
            if not 0.0 <= getattr(self, name) < math.inf:
                raise ConfigError(f"{name} is {getattr(self, name)}; it must be a number, not negative")
