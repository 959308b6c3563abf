"""How large the whole drawing may become, and what its beginning looks like."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchrnn import simplify, store
from sketchrnn.completion.ink import PAPER_FILL
from sketchrnn.completion.networks import MAX_PRIMED_POINTS, SMALLEST, Networks, log_softmax, softmax
from sketchrnn.engine import Mixture
from sketchrnn.engine.sampling import END
from sketchrnn.engine.threads import one_blas_thread
from sketchrnn.errors import ModelError, SketchError
from sketchrnn.sketch import Bounds, Sketch

Floats = NDArray[np.float32]

FILLS = (0.25, 0.33, 0.42, 0.52, 0.64, 0.8, 1.0)
"""How much of the whole drawing's larger side a beginning may already cover; each is tried."""

FILL_PRIOR = (0.045, 0.04, 0.04, 0.05, 0.08, 0.18, 0.56)
"""How often the first strokes of a drawing, cut after any of them, cover so much of it. Measured on Omniglot,
kanji, sheep and QuickDraw, which agree well enough to serve for all (docs/decisions.md)."""

SCALE_STEP = 1.1
"""On a paper, guesses are rounded to powers of this: mostly a new stroke then leaves the scale as it was, and
what the model has read of the drawing stays read. A guess is off by more than that."""

PRIOR_DEVIATION = 0.5
"""How sure that guess is: the standard deviation of the logarithm of the true size over it."""

GLANCE = 0.02
"""A size whose weight is below this is not looked at."""

KEPT_GUESSES = 16
"""Drawings whose guessed scale is remembered."""


class Sizing(Networks):
    """A model that looks at beginnings of drawings."""

    def __init__(self, info: store.ModelInfo) -> None:
        super().__init__(info)
        self._guesses: dict[tuple[object, ...], float] = {}
        self._looks: dict[tuple[object, ...], NDArray[np.float64] | None] = {}

    def recognize(self, half: Sketch, *, paper: Bounds | None = None) -> list[tuple[str, float]]:
        """What a drawing or its beginning looks like: every label with its probability, likeliest first.

        It may have any size. The encoder reads it as it would have been drawn under each, and what it reads
        counts by how much of a drawing beginnings usually cover; what the decoder says of the sizes does not
        help here (docs/quality.md). The eye, if the model has one, sees no size.

        Raises:
            ModelError: the model has no labels, or neither an eye nor an encoder to recognise them with.
            SketchError: there is nothing to recognise.
        """
        if not self._recognises:
            raise ModelError(f"model {self.info.name!r} knows no labels; choose another with --model")
        if len(half) == 0:
            raise SketchError("the drawing is empty; draw something first")
        found = self._look(half, paper)
        likely = np.full(len(self.info.labels), 1.0 / len(self.info.labels)) if found is None else found
        order = np.argsort(-likely, kind="stable")
        return [(self.info.labels[number], float(likely[number])) for number in order]

    def end_probability(
        self,
        half: Sketch,
        *,
        label: str | None = None,
        paper: Bounds | None = None,
        scale: float | None = None,
    ) -> float:
        """How likely the drawing is finished as it is: p of the end right after its last point.

        Args:
            half: the drawing, with a stroke at least.
            label, paper, scale: as for `complete`.

        Raises:
            SketchError: the drawing is empty.
            ModelError: the model has no such label.
        """
        if len(half) == 0:
            raise SketchError("the drawing is empty; draw something first")
        number = self._number_for(half, label, paper, scale)
        if scale is None:
            scale = self._scale(half, paper, number)
        rows = self._to_model(half, scale)
        with one_blas_thread():
            z = None if self._encoder is None else self._encode([rows], number).mu
            outputs, _ = self._decoder.prime(self._decoder.start(z, told=self._told([number])), [rows])
        return float(softmax(outputs[0][-1, :3])[END])

    def guess_scale(self, half: Sketch, paper: Bounds | None = None, *, label: str | None = None) -> float:
        """Pixels of the model's frame for a unit of the person's drawing.

        Tries several sizes that the whole may have, and takes the mean of log size under what is then
        believed: log p of offsets in common units and of the pen, less what z had to tell, plus two
        priors: how much of a drawing beginnings usually cover, and the size that fills the paper.
        """
        return self._scale(half, paper, self._number(label))

    def _scale(self, half: Sketch, paper: Bounds | None, number: int | None) -> float:
        """The guessed scale, for a label's number or none; kept for another ending of the same drawing."""
        asked = (*_strokes_of(half), paper, number)
        if asked not in self._guesses:
            _make_room(self._guesses)
            self._guesses[asked] = self._guess(half, paper, number)
        return self._guesses[asked]

    def _guess(self, half: Sketch, paper: Bounds | None, number: int | None) -> float:
        info, fitting = self.info, _fitting(paper)
        if half.bounds.larger_side < SMALLEST:  # a dot says nothing
            return info.frame / fitting if fitting > 0.0 else 1.0
        scales, scores = self._sizes(half, paper)
        # The same points under every scale, or their densities could not be compared.
        middle = float(scales[len(scales) // 2])  # they are in order; numpy.median would load numpy.ma
        points = simplify.simplified(half, info.epsilon / middle)
        rows = self._to_stroke3(points)[-MAX_PRIMED_POINTS:]
        if len(rows) > 1:
            with one_blas_thread():
                scores = scores + self._log_likelihoods(rows, scales, number)
        scores = np.where(np.isfinite(scores), scores, -np.inf)
        if not np.isfinite(scores).any():
            return float(scales[-1])
        guess = float(np.average(np.log(scales), weights=np.exp(scores - scores.max())))
        if fitting > 0.0:
            filling, step = math.log(info.frame / fitting), math.log(SCALE_STEP)
            guess = filling + step * round((guess - filling) / step)
        return math.exp(guess)

    def _sizes(self, half: Sketch, paper: Bounds | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The scales that are tried, and log of what is believed of each before the points are looked at."""
        scales = np.array([fill * self.info.frame / half.bounds.larger_side for fill in FILLS])
        scores, fitting = np.log(FILL_PRIOR), _fitting(paper)
        if fitting > 0.0:
            scores -= 0.5 * (np.log(self.info.frame / scales / fitting) / PRIOR_DEVIATION) ** 2
        return scales, scores

    def _look(
        self, half: Sketch, paper: Bounds | None, scale: float | None = None
    ) -> NDArray[np.float64] | None:
        """The probability of each label; None if nothing can be told."""
        asked = (*_strokes_of(half), paper, scale)
        if asked not in self._looks:
            _make_room(self._looks)
            self._looks[asked] = self._labels_of(half, paper, scale)
        return self._looks[asked]

    def _labels_of(
        self, half: Sketch, paper: Bounds | None, scale: float | None
    ) -> NDArray[np.float64] | None:
        """The geometric mean of what the encoder reads and what the eye sees, normalised."""
        if half.bounds.larger_side < SMALLEST:
            return None
        with one_blas_thread():
            opinions = [self._seen([half])]
            if self._encoder is not None:
                opinions.append(self._read_at_any_size(half, paper, scale))
        likely = np.mean([each[0] for each in opinions if each is not None], axis=0)
        return softmax(likely) if np.isfinite(likely).all() else None

    def _read_at_any_size(
        self, half: Sketch, paper: Bounds | None, scale: float | None
    ) -> NDArray[np.float64]:
        """What the encoder recognises, (1, labels): the mean of log p under each size by its prior."""
        scales, scores = self._sizes(half, paper) if scale is None else (np.array([scale]), np.zeros(1))
        weights = softmax(scores)
        near = weights >= GLANCE
        logits = self._encode([self._to_model(half, scale) for scale in scales[near].tolist()]).label_logits
        return np.average(log_softmax(np.asarray(logits)), axis=0, weights=weights[near], keepdims=True)

    def _log_likelihoods(
        self, rows: Floats, scales: NDArray[np.float64], number: int | None = None
    ) -> NDArray[np.float64]:
        """log p of a beginning (n, 3) under each scale, offsets measured in the beginning's own unit."""
        units = scales / self.info.scale_factor
        candidates = [np.column_stack([rows[:, :2] * unit, rows[:, 2]]).astype(np.float32) for unit in units]
        told = self._told([number] * len(units))
        if self._encoder is None:
            state, kl = self._decoder.start(None, len(units), told), np.zeros(len(units), np.float32)
        else:
            latent = self._encode(candidates, number)
            state, kl = self._decoder.start(latent.mu, told=told), latent.kl
        outputs, _ = self._decoder.prime(state, candidates)
        skipped = int(self.info.explicit_start)  # a start that is always the same says nothing
        scores = 2.0 * (len(rows) - skipped) * np.log(units) - kl
        for which, (candidate, predicted) in enumerate(zip(candidates, outputs, strict=True)):
            offset, pen = Mixture.of(predicted[:-1]).log_likelihood(candidate)
            scores[which] += offset[skipped:].sum() + pen[skipped:].sum()
        return np.asarray(scores)

    def _number_for(
        self, half: Sketch, label: str | None, paper: Bounds | None, scale: float | None
    ) -> int | None:
        """The number of the label that a beginning is finished as: without one, of what it looks like."""
        number = self._number(label)
        if number is None and len(half) and self._recognises:
            looks_like = self._look(half, paper, scale)
            number = None if looks_like is None else int(looks_like.argmax())
        return number

    def _label_of(self, sketch: Sketch, label: str | None) -> str | None:
        """The label given, or the drawing's own, or what it looks like; None for a model without labels."""
        number = self._own_number(sketch, label)
        if number is not None:
            return self.info.labels[number]
        return self.recognize(sketch)[0][0] if self._recognises and len(sketch) else None


def _fitting(paper: Bounds | None) -> float:
    """The larger side of a drawing that fills the paper; not a number if there is no paper."""
    return math.nan if paper is None else PAPER_FILL * min(paper.width, paper.height)


def _strokes_of(half: Sketch) -> tuple[bytes, ...]:
    return tuple(stroke.tobytes() for stroke in half.strokes)


def _make_room(kept: dict[tuple[object, ...], Any]) -> None:
    if len(kept) >= KEPT_GUESSES:
        del kept[next(iter(kept))]
