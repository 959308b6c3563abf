"""A saved model's networks, and the way of a drawing to them: its frame, its units, its labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchrnn import simplify, store
from sketchrnn.engine import Decoder, Encoder, Eye, GuidedDecoder, Labels, Latent
from sketchrnn.engine.eye import eye_shapes
from sketchrnn.engine.products import Weight
from sketchrnn.errors import ModelError, SketchError
from sketchrnn.sketch import Sketch

Floats = NDArray[np.float32]

DEFAULT_GUIDANCE = 1.0
"""Of models with labels."""

MAX_PRIMED_POINTS = 400
"""Only so many of the last points of a long beginning are run through the model."""

SMALLEST = 1e-20
"""A drawing whose larger side is less than this is a dot: float32 cannot hold its lines."""


class Networks:
    """Encoder, decoder and labels of a saved model."""

    def __init__(self, info: store.ModelInfo) -> None:
        self.info = info
        weights = store.stored_weights(info)
        self._decoder = Decoder(info.architecture, weights)
        self.guidance = DEFAULT_GUIDANCE if info.labels else 0.0
        self._encoder = Encoder(info.architecture, weights) if info.conditional else None
        self._labels = Labels(weights) if info.labels else None
        has_eye = info.labels and eye_shapes(len(info.labels)).keys() <= weights.keys()
        self._eye = Eye(weights) if has_eye else None
        mean, factor = weights.get("latent/mean"), weights.get("latent/factor")
        self._latent = None if mean is None or factor is None else (mean, Weight(factor.T))

    def _budget(self, given: int) -> int:
        """Points after which an ending is cut, if so many are given already."""
        return max(self.info.max_points - given, self.info.max_points // 2, 1)

    def _to_stroke3(self, sketch: Sketch) -> Floats:
        rows = sketch.to_stroke3(explicit_start=self.info.explicit_start)
        return rows if len(rows) else sketch.to_stroke3(explicit_start=True)

    def _to_model(self, half: Sketch, scale: float) -> Floats:
        """Stroke-3 rows in model units, simplified as the training data were; the last of a long drawing."""
        rows = self._to_stroke3(simplify.simplified(half, self.info.epsilon / scale))
        rows[:, :2] *= scale / self.info.scale_factor
        return rows[-MAX_PRIMED_POINTS:]

    def _whole_to_model(self, sketch: Sketch) -> Floats:
        side = sketch.bounds.larger_side
        if side < SMALLEST:
            raise SketchError("the drawing is a single dot; draw more of it")
        return self._to_model(sketch, self.info.frame / side)

    def _encode(self, drawings: Sequence[Floats], number: int | None = None) -> Latent:
        if self._encoder is None:
            raise ModelError(f"model {self.info.name!r} is a decoder alone: it has no latent space")
        return self._encoder.encode(drawings, self._told([number] * len(drawings)))

    @property
    def _recognises(self) -> bool:
        return self._eye is not None or (self._labels is not None and self._encoder is not None)

    def _seen(self, sketches: Sequence[Sketch]) -> NDArray[np.float64] | None:
        """log p of each label as the eye sees drawings of any size, (B, labels); None without an eye."""
        return log_softmax(self._eye.logits([sketch.strokes for sketch in sketches])) if self._eye else None

    def _read(self, wholes: Sequence[Sketch]) -> NDArray[np.float64]:
        """log p of each label as the encoder reads whole drawings, none of them a dot, (B, labels)."""
        logits = self._encode([self._whole_to_model(whole) for whole in wholes]).label_logits
        return log_softmax(np.asarray(logits))

    def _number(self, label: str | None) -> int | None:
        """The number of a label. Raises ModelError if the model does not have it."""
        if label is None:
            return None
        if label not in self.info.labels:
            known = ", ".join(self.info.labels) or "none: leave the label out"
            raise ModelError(f"model {self.info.name!r} has no label {label!r}; it has {known}")
        return self.info.labels.index(label)

    def _own_number(self, sketch: Sketch, label: str | None) -> int | None:
        """The number of the label given, or else of the drawing's own, if the model has that."""
        if label is None and sketch.label in self.info.labels:
            label = sketch.label
        return self._number(label)

    def _any_numbers(self, label: str | None, randoms: Sequence[np.random.Generator]) -> list[int | None]:
        """The label's number for each drawing; without one, any label's by chance."""
        number = self._number(label)
        if number is not None or not self.info.labels:
            return [number] * len(randoms)
        return [int(random.integers(len(self.info.labels))) for random in randoms]

    def _told(self, numbers: Sequence[int | None]) -> Floats | None:
        """What the networks are told of these labels, (B, E); None in a model without labels."""
        return None if self._labels is None else self._labels.told(numbers)

    def _drawing_decoder(self) -> Any:
        """The decoder, guided or not."""
        return GuidedDecoder(self._decoder, self.guidance) if self.guidance else self._decoder


def softmax(logits: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Probabilities of labels, from their logits (…, labels)."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def log_softmax(logits: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Logarithms of the probabilities of labels; none is below that of one in a billion."""
    return np.asarray(np.log(np.maximum(softmax(logits), 1e-9)))
