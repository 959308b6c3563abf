"""The completer: a person's drawing to model units, encoded, primed, continued stroke by stroke."""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchrnn import simplify, store
from sketchrnn.engine import Decoder, Encoder, GuidedDecoder, Labels, Latent, Mixture, Sampler
from sketchrnn.engine.products import Weight
from sketchrnn.engine.sampling import END, UP, check_temperature
from sketchrnn.engine.threads import one_blas_thread
from sketchrnn.errors import ConfigError, ModelError, SketchError
from sketchrnn.files import StrPath
from sketchrnn.sketch import Author, Bounds, Sketch

Floats = NDArray[np.float32]
Seed = int | np.random.SeedSequence | None

DEFAULT_TEMPERATURE = 0.4

DEFAULT_GUIDANCE = 1.0
"""Of models with labels."""

FILLS = (0.25, 0.33, 0.42, 0.52, 0.64, 0.8, 1.0)
"""How much of the whole drawing's larger side a beginning may already cover; each is tried."""

FILL_PRIOR = (0.045, 0.04, 0.04, 0.05, 0.08, 0.18, 0.56)
"""How often the first strokes of a drawing, cut after any of them, cover so much of it. Measured on Omniglot,
kanji, sheep and QuickDraw, which agree well enough to serve for all (docs/decisions.md)."""

PAPER_FILL = 0.8
"""How much of the paper's smaller side a whole drawing covers, as a first guess."""

SCALE_STEP = 1.1
"""On a paper, guesses are rounded to powers of this: mostly a new stroke then leaves the scale as it was, and
what the model has read of the drawing stays read. A guess is off by more than that."""

PRIOR_DEVIATION = 0.5
"""How sure that guess is: the standard deviation of the logarithm of the true size over it."""

MAX_PRIMED_POINTS = 400
"""Only so many of the last points of a long beginning are run through the model."""

SMALLEST = 1e-20
"""A drawing whose larger side is less than this is a dot: float32 cannot hold its lines."""

MAX_OFFSET = 1e5
"""No model draws a line of so many model units, unless it is broken."""

TRIES = 5
"""Endings that are drawn, at most, to find one that stays on the paper."""

SMALLER = 1.15
"""How much smaller the whole is taken to be after an ending that did not."""

KEPT_GUESSES = 16
"""Drawings whose guessed scale is remembered."""

BEST_OF = 8
"""Endings among which the best is looked for."""

SHORTEST_ENDING = 0.02
"""Of the whole drawing's larger side: less ink than this is no ending."""

LARGEST_WHOLE = 1.3
"""Of what the whole drawing's larger side was to become: an ending beyond it has run away."""

AHEAD = 8
"""Points that are drawn at a time, before anybody reads them."""

TOGETHER = 48
"""Drawings that are drawn side by side, at most; more are no faster each, and take memory."""


class InkPoint(NamedTuple):
    """A point that the model has drawn, in the coordinates of the drawing it continues."""

    x: float
    y: float
    starts_stroke: bool
    ends_stroke: bool


class Ending(NamedTuple):
    """One way to finish a drawing.

    Args:
        ink: its points, in the coordinates of the drawing.
        score: log p(label | whole drawing), as the model's own eye sees it; 0 if it has none.
    """

    ink: list[InkPoint]
    score: float


class Completer:
    """A saved model, ready to draw. `sketchrnn.load_model` makes one.

    It never imports TensorFlow. One thread may use it at a time.

    Attributes:
        info: what the model says of itself.
        guidance: how much more like its label a drawing gets than the model would draw it (see
            `GuidedDecoder`); 0 leaves it alone, and is all that a model without labels knows.

    Example:
        >>> model = load_model("kanji")  # doctest: +SKIP
        >>> model.complete(Sketch.open("half.svg"), seed=7).save("whole.svg")  # doctest: +SKIP
    """

    def __init__(self, info: store.ModelInfo) -> None:
        self.info = info
        weights = store.read_weights(info)
        self._decoder = Decoder(info.architecture, weights)
        self.guidance = DEFAULT_GUIDANCE if info.labels else 0.0
        self._encoder = Encoder(info.architecture, weights) if info.conditional else None
        self._labels = Labels(weights) if info.labels else None
        self._guesses: dict[tuple[object, ...], _Sizes] = {}
        mean, factor = weights.get("latent/mean"), weights.get("latent/factor")
        self._latent = None if mean is None or factor is None else (mean, Weight(factor.T))

    # --- finishing a drawing -------------------------------------------------------------------

    def complete(
        self,
        half: Sketch,
        *,
        label: str | None = None,
        temperature: float = DEFAULT_TEMPERATURE,
        seed: Seed = None,
        paper: Bounds | None = None,
        scale: float | None = None,
        strokes: int | None = None,
        best_of: int | None = None,
    ) -> Sketch:
        """The whole drawing: the given strokes, untouched, and the model's after them.

        Args:
            half: the beginning, in any unit. Without strokes the model draws from nothing.
            label: what it shall become, for a model with labels; None for what it looks like already (see
                `recognize`), and from nothing for any of them.
            temperature: τ, above 0; less is more careful.
            seed: the same seed gives the same ending.
            paper: the rectangle that the drawing is meant to fill: a first guess of its size, and where the
                ending has to stay.
            scale: pixels of the model's frame for a unit of the drawing, above 0; None has it guessed, as
                `guess_scale` does. Means nothing where there are no strokes.
            strokes: at most so many strokes are added.
            best_of: how many endings are drawn, of which `ranked` finds the best; 1 takes the first. None for
                `BEST_OF` if the model recognises drawings, and 1 if it does not.

        Raises:
            SketchError: the drawing cannot be continued.
            ModelError: the model has no such label.
            ConfigError: a temperature, a scale or a number of endings that makes no sense.
        """
        endings = self.stream(
            half,
            label=label,
            temperature=temperature,
            seed=seed,
            paper=paper,
            scale=scale,
            best_of=best_of,
        )
        return half.adding(*itertools.islice(endings, strokes), author=Author.MODEL)

    def stream(
        self,
        half: Sketch,
        *,
        label: str | None = None,
        temperature: float = DEFAULT_TEMPERATURE,
        seed: Seed = None,
        paper: Bounds | None = None,
        scale: float | None = None,
        best_of: int | None = None,
    ) -> Iterator[Floats]:
        """The strokes of the ending, each (n, 2) in the drawing's coordinates, as they are finished."""
        stroke: list[tuple[float, float]] = []
        ink = self.ink(
            half,
            label=label,
            temperature=temperature,
            seed=seed,
            paper=paper,
            scale=scale,
            best_of=best_of,
        )
        for point in ink:
            stroke.append((point.x, point.y))
            if point.ends_stroke:
                yield np.array(stroke, np.float32)
                stroke = []

    def ink(
        self,
        half: Sketch,
        *,
        label: str | None = None,
        temperature: float = DEFAULT_TEMPERATURE,
        seed: Seed = None,
        paper: Bounds | None = None,
        scale: float | None = None,
        best_of: int | None = None,
    ) -> Iterator[InkPoint]:
        """The points of the ending, one after another. Arguments as for `complete`.

        The last point of every stroke says so; an ending always has at least one stroke. The points of one
        ending without `paper` come as they are sampled. With it, whole endings are drawn until one stays on
        the paper, `TRIES` at most, and the one that leaves it least is taken.
        """
        if best_of is None:
            best_of = BEST_OF if self._recognises else 1
        if best_of != 1:
            ranked = self.ranked(
                half, best_of, label=label, temperature=temperature, seed=seed, paper=paper, scale=scale
            )
            return iter(ranked[0].ink)
        return self._inks(half, label, temperature, [np.random.default_rng(seed)], paper, scale)[0]

    def endings(
        self,
        half: Sketch,
        count: int = 9,
        *,
        label: str | None = None,
        temperature: float = DEFAULT_TEMPERATURE,
        seed: Seed = None,
        paper: Bounds | None = None,
        scale: float | None = None,
    ) -> Iterator[list[InkPoint | None]]:
        """Several endings of one drawing, drawn side by side.

        Ending k is the same whatever `count`: what `ink` draws, one ending alone, from
        `numpy.random.SeedSequence(seed).spawn(count)[k]`.

        Args:
            half, label, temperature, paper, scale: as for `complete`.
            count: how many endings, at least 1.
            seed: of all of them.

        Yields:
            the next point of each ending, (count,); None where an ending has ended.
        """
        if count < 1:
            raise ConfigError(f"{count} endings cannot be drawn; ask for 1 or more")
        inks = self._inks(half, label, temperature, _generators(seed, range(count)), paper, scale)
        return map(list, itertools.zip_longest(*inks))

    def ranked(
        self,
        half: Sketch,
        count: int = BEST_OF,
        *,
        label: str | None = None,
        temperature: float = DEFAULT_TEMPERATURE,
        seed: Seed = None,
        paper: Bounds | None = None,
        scale: float | None = None,
    ) -> list[Ending]:
        """The endings of `endings`, the best first, the broken ones left out.

        An ending is broken if it is hardly a dot, does not end by itself, leaves the paper, or makes the
        drawing much larger than it was to become. If all are, all are returned. The others are ranked by
        how surely the model recognises what they shall be in the whole drawing; a model that recognises
        nothing leaves them in the order in which they were drawn.

        Args:
            half, label, temperature, seed, paper, scale: as for `complete`.
            count: how many endings are drawn, at least 1.

        Returns:
            from 1 to `count` endings.
        """
        steps = self.endings(
            half, count, label=label, temperature=temperature, seed=seed, paper=paper, scale=scale
        )
        inks = [[point for point in points if point is not None] for points in itertools.zip_longest(*steps)]
        number = self._number_for(half, label, paper, scale)
        sound = [self._is_sound(half, ink, number, paper, scale) for ink in inks]
        if any(sound):
            inks = [ink for ink, keep in zip(inks, sound, strict=True) if keep]
        wholes = [half.adding(*_drawn(iter(ink), None).strokes, author=Author.MODEL) for ink in inks]
        scores = self._scores(wholes, number)
        order = np.argsort(-scores, kind="stable")
        return [Ending(inks[which], float(scores[which])) for which in order]

    def _is_sound(
        self, half: Sketch, ink: list[InkPoint], number: int | None, paper: Bounds | None, scale: float | None
    ) -> bool:
        """Whether an ending is neither a dot nor endless, nor larger than it should be."""
        strokes = _drawn(iter(ink), None)
        if not len(half):
            return strokes.bounds.larger_side > SMALLEST and len(ink) < self.info.max_points
        if scale is None:
            scale = self._sizes(half, paper, number=number).mean
        side = self.info.frame / scale
        length = sum(float(np.hypot(*np.diff(stroke, axis=0).T).sum()) for stroke in strokes.strokes)
        whole = half.adding(*strokes.strokes).bounds.larger_side
        return (
            length >= SHORTEST_ENDING * side
            and len(ink) < self._budget(len(self._to_model(half, scale)))
            and whole <= LARGEST_WHOLE * max(side, half.bounds.larger_side)
            and (paper is None or _overshoot(ink, paper, half.bounds) <= 0.0)
        )

    def _scores(self, wholes: Sequence[Sketch], number: int | None) -> NDArray[np.float64]:
        """log p(label | drawing) of drawings, (n,); without a label, of whatever each looks like most."""
        if not self._recognises or any(whole.bounds.larger_side < SMALLEST for whole in wholes):
            return np.zeros(len(wholes))
        with one_blas_thread():
            logits = self._encode([self._whole_to_model(whole) for whole in wholes]).label_logits
        likely = np.log(np.maximum(_softmax(np.asarray(logits)), 1e-30))
        return likely.max(axis=1) if number is None else likely[:, number]

    def sample(
        self,
        count: int = 1,
        *,
        label: str | None = None,
        temperature: float = DEFAULT_TEMPERATURE,
        seed: Seed = None,
    ) -> list[Sketch]:
        """Drawings from nothing, in the model's frame; drawing k does not depend on `count`."""
        return list(self.samples(count, label=label, temperature=temperature, seed=seed))

    def samples(
        self,
        count: int = 1,
        *,
        label: str | None = None,
        temperature: float = DEFAULT_TEMPERATURE,
        seed: Seed = None,
    ) -> Iterator[Sketch]:
        """The drawings of `sample`, each as it is done."""
        sequence = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
        for first in range(0, count, TOGETHER):
            randoms = _generators(sequence, range(first, min(first + TOGETHER, count)))
            numbers = self._any_numbers(label, randoms)
            inks = self._inks_from_nothing(temperature, randoms, numbers)
            for ink, number in zip(inks, numbers, strict=True):
                yield _drawn(ink, None if number is None else self.info.labels[number])

    def _inks(
        self,
        half: Sketch,
        label: str | None,
        temperature: float,
        randoms: Sequence[np.random.Generator],
        paper: Bounds | None,
        scale: float | None,
    ) -> list[Iterator[InkPoint]]:
        """The ink of an ending for each generator. All are drawn in one batch, and none depends on others."""
        self._number(label)
        check_temperature(temperature)
        if scale is not None and not 0.0 < scale < math.inf:
            raise ConfigError(f"the scale is {scale}; it must be a finite number above 0")
        if len(half) == 0:
            inks = self._inks_from_nothing(temperature, randoms, self._any_numbers(label, randoms))
            return inks if paper is None else [_fitted(list(ink), paper) for ink in inks]
        number = self._number_for(half, label, paper, scale)
        if scale is None:
            scale = self._sizes(half, paper, number=number).mean
        if paper is None:
            return self._endings(half, scale, temperature, randoms, number)
        # An ending that runs off the paper was drawn under too large a size: try again, somewhat smaller.
        tries: list[list[tuple[float, list[InkPoint]]]] = [[] for _ in randoms]
        leaving = list(range(len(randoms)))
        for _ in range(TRIES):
            inks = self._endings(half, scale, temperature, [randoms[which] for which in leaving], number)
            for which, ink in zip(leaving, inks, strict=True):
                points = list(ink)
                tries[which].append((_overshoot(points, paper, half.bounds), points))
            leaving = [which for which in leaving if tries[which][-1][0] > 0.0]
            if not leaving:
                break
            scale *= SMALLER
        return [iter(min(each, key=lambda one: one[0])[1]) for each in tries]

    def _endings(
        self,
        half: Sketch,
        scale: float,
        temperature: float,
        randoms: Sequence[np.random.Generator],
        number: int | None,
    ) -> list[Iterator[InkPoint]]:
        """Endings under a given scale (pixels of the frame for a unit of the drawing)."""
        rows = self._to_model(half, scale)
        count, decoder = len(randoms), self._drawing_decoder()
        with one_blas_thread():
            if self._encoder is None:  # all begin in the same state
                start = decoder.start(told=self._told([number]))
                outputs, state = decoder.prime(start, [rows])
                last_outputs, state = np.repeat(outputs[0][-1:], count, axis=0), state.take([0] * count)
            else:
                latent = self._encode([rows], number)
                z = _sample_latent(latent, temperature, randoms)
                start = decoder.start(z, told=self._told([number] * count))
                outputs, state = decoder.prime(start, [rows] * count)
                last_outputs = np.stack([each[-1] for each in outputs])
        last = half.strokes[-1][-1].astype(np.float64)
        sampler = Sampler(temperature, randoms)
        batch = _Batch(self.info.name, decoder, last_outputs, state, sampler, self._budget(len(rows)))
        unit = self.info.scale_factor / scale
        return [_to_paper(batch.offsets(number), last, unit) for number in range(count)]

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
            scale = self._sizes(half, paper, number=number).mean
        rows = self._to_model(half, scale)
        with one_blas_thread():
            z = None if self._encoder is None else self._encode([rows], number).mu
            outputs, _ = self._decoder.prime(self._decoder.start(z, told=self._told([number])), [rows])
        return float(_softmax(outputs[0][-1, :3])[END])

    def _budget(self, given: int) -> int:
        """Points after which an ending is cut, if so many are given already."""
        return max(self.info.max_points - given, self.info.max_points // 2, 1)

    # --- what it is ----------------------------------------------------------------------------

    def recognize(self, half: Sketch, *, paper: Bounds | None = None) -> list[tuple[str, float]]:
        """What a drawing or its beginning looks like: every label with its probability, likeliest first.

        It may have any size: what it looks like under each is weighed by how likely that size is.

        Raises:
            ModelError: the model has no labels, or no encoder to recognise them with.
            SketchError: there is nothing to recognise.
        """
        if not self._recognises:
            raise ModelError(f"model {self.info.name!r} knows no labels; choose another with --model")
        if len(half) == 0:
            raise SketchError("the drawing is empty; draw something first")
        found = self._sizes(half, paper).labels
        likely = np.full(len(self.info.labels), 1.0 / len(self.info.labels)) if found is None else found
        order = np.argsort(-likely, kind="stable")
        return [(self.info.labels[number], float(likely[number])) for number in order]

    @property
    def _recognises(self) -> bool:
        return self._labels is not None and self._encoder is not None

    # --- the latent space ----------------------------------------------------------------------

    def encode(self, sketch: Sketch, *, label: str | None = None) -> Floats:
        """The mean of the posterior of z for a whole drawing, float32 (Nz,).

        Args:
            sketch: the drawing.
            label: what it shows, for a model with labels; its own label, if it has one, by default.

        Raises:
            ModelError: the model has no encoder, or no such label.
        """
        number = self._own_number(sketch, label)
        with one_blas_thread():
            return np.asarray(self._encode([self._whole_to_model(sketch)], number).mu[0])

    def decode(
        self,
        z: ArrayLike,
        *,
        label: str | None = None,
        temperature: float = DEFAULT_TEMPERATURE,
        seed: int | None = None,
    ) -> Sketch:
        """A drawing from a latent vector (Nz,), in the model's frame.

        Args:
            z: the vector.
            label: what to draw, for a model with labels.
            temperature: τ, above 0.
            seed: the same seed gives the same drawing.

        Raises:
            ModelError: the model has no latent space or no such label, or z has another size.
        """
        return self._decoded(z, self._told([self._number(label)]), label, temperature, seed)

    def _decoded(
        self, z: ArrayLike, told: Floats | None, label: str | None, temperature: float, seed: int | None
    ) -> Sketch:
        vector = np.asarray(z, np.float32)
        if not self.info.conditional:
            raise ModelError(f"model {self.info.name!r} is a decoder alone: it has no latent space")
        size = self.info.architecture.z_size
        if vector.shape != (size,):
            raise ModelError(f"z has shape {vector.shape}; {self.info.name!r} needs ({size},)")
        inks = self._inks_from_latent(vector[None], temperature, [np.random.default_rng(seed)], told)
        return _drawn(inks[0], label)

    def reconstruct(
        self,
        sketch: Sketch,
        *,
        label: str | None = None,
        temperature: float = DEFAULT_TEMPERATURE,
        seed: int | None = None,
    ) -> Sketch:
        """The drawing drawn again by the model, through z.

        For a model with labels: as `label`, or as what the drawing says it is, or as what it looks like.
        """
        label = self._label_of(sketch, label)
        z = self.encode(sketch, label=label)
        return self.decode(z, label=label, temperature=temperature, seed=seed)

    def interpolate(
        self,
        first: Sketch,
        last: Sketch,
        steps: int = 10,
        *,
        temperature: float = 0.1,
        seed: int | None = None,
    ) -> list[Sketch]:
        """Drawings along the great arc between two latent vectors (spherical interpolation).

        For a model with labels, what each of the two is goes over from one to the other as well.

        Args:
            first, last: the drawings to go from and to.
            steps: how many drawings, both ends among them, at least 2.
            temperature: τ, above 0.
            seed: the same seed gives the same drawings.
        """
        if steps < 2:
            raise ModelError(f"an interpolation needs 2 steps or more, not {steps}")
        labels = [self._label_of(sketch, None) for sketch in (first, last)]
        from_z, to_z = (self.encode(s, label=name) for s, name in zip((first, last), labels, strict=True))
        ends = self._told([self._number(name) for name in labels])
        film = []
        for t in np.linspace(0.0, 1.0, steps).tolist():
            told = None if ends is None else np.asarray((1.0 - t) * ends[:1] + t * ends[1:], np.float32)
            label = labels[0] if labels[0] == labels[1] else None
            film.append(self._decoded(slerp(from_z, to_z, t), told, label, temperature, seed))
        return film

    # --- size ----------------------------------------------------------------------------------

    def guess_scale(self, half: Sketch, paper: Bounds | None = None, *, label: str | None = None) -> float:
        """Pixels of the model's frame for a unit of the person's drawing.

        Tries several sizes that the whole may have, and takes the mean of log size under what is then
        believed: log p of offsets in common units and of the pen, less what z had to tell, plus two
        priors: how much of a drawing beginnings usually cover, and the size that fills the paper.
        """
        return self._sizes(half, paper, number=self._number(label)).mean

    def _sizes(
        self,
        half: Sketch,
        paper: Bounds | None,
        scale: float | None = None,
        number: int | None = None,
    ) -> _Sizes:
        """How large the whole may be, and what the beginning looks like.

        Args:
            half: the beginning.
            paper: see `complete`.
            scale: if that is known already.
            number: of the label, if that is known.
        """
        asked = (tuple(stroke.tobytes() for stroke in half.strokes), paper, scale, number)
        if asked not in self._guesses:  # another ending of the same drawing
            if len(self._guesses) >= KEPT_GUESSES:
                del self._guesses[next(iter(self._guesses))]
            self._guesses[asked] = self._guess_sizes(half, paper, scale, number)
        return self._guesses[asked]

    def _guess_sizes(
        self, half: Sketch, paper: Bounds | None, scale: float | None, number: int | None
    ) -> _Sizes:
        info, side = self.info, half.bounds.larger_side
        fitting = PAPER_FILL * min(paper.width, paper.height) if paper is not None else math.nan
        if side < SMALLEST:  # a dot says nothing
            return _Sizes(info.frame / fitting if fitting > 0.0 else 1.0, None)
        if scale is not None:
            scales, scores = np.array([scale]), np.zeros(1)
        else:
            scales = np.array([fill * info.frame / side for fill in FILLS])
            scores = np.log(FILL_PRIOR)
        if fitting > 0.0:
            scores -= 0.5 * (np.log(info.frame / scales / fitting) / PRIOR_DEVIATION) ** 2
        # The same points under every scale, or their densities could not be compared.
        points = simplify.simplified(half, info.epsilon / float(np.median(scales)))
        rows = self._to_stroke3(points)[-MAX_PRIMED_POINTS:]
        logits = None
        if len(rows) > 1 or self._recognises:
            with one_blas_thread():
                likelihoods, logits = self._log_likelihoods(rows, scales, number)
            if len(rows) > 1:
                scores = scores + likelihoods
        scores = np.where(np.isfinite(scores), scores, -np.inf)
        if not np.isfinite(scores).any():
            return _Sizes(float(scales[-1]), None)
        belief = np.exp(scores - scores.max())
        guess = float(np.average(np.log(scales), weights=belief))
        if fitting > 0.0 and scale is None:
            filling, step = math.log(info.frame / fitting), math.log(SCALE_STEP)
            guess = filling + step * round((guess - filling) / step)
        labels = None
        if logits is not None and np.isfinite(logits).all():
            labels = np.average(_softmax(logits), axis=0, weights=belief)
        return _Sizes(math.exp(guess), labels)

    def _log_likelihoods(
        self, rows: Floats, scales: NDArray[np.float64], number: int | None = None
    ) -> tuple[NDArray[np.float64], Floats | None]:
        """log p of a beginning (n, 3) under each scale, offsets measured in the beginning's own unit.

        And the logits of the labels under each, (scales, labels), if the model recognises them.
        """
        units = scales / self.info.scale_factor
        candidates = [np.column_stack([rows[:, :2] * unit, rows[:, 2]]).astype(np.float32) for unit in units]
        told, logits = self._told([number] * len(units)), None
        if self._encoder is None:
            state, kl = self._decoder.start(None, len(units), told), np.zeros(len(units), np.float32)
        else:
            latent = self._encode(candidates, number)
            logits = latent.label_logits
            state, kl = self._decoder.start(latent.mu, told=told), latent.kl
        outputs, _ = self._decoder.prime(state, candidates)
        skipped = int(self.info.explicit_start)  # a start that is always the same says nothing
        scores = 2.0 * (len(rows) - skipped) * np.log(units) - kl
        for which, (candidate, predicted) in enumerate(zip(candidates, outputs, strict=True)):
            offset, pen = Mixture.of(predicted[:-1]).log_likelihood(candidate)
            scores[which] += offset[skipped:].sum() + pen[skipped:].sum()
        return np.asarray(scores), logits

    # --- to the model and back -----------------------------------------------------------------

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

    # --- labels --------------------------------------------------------------------------------

    def _number(self, label: str | None) -> int | None:
        """The number of a label. Raises ModelError if the model does not have it."""
        if label is None:
            return None
        if label not in self.info.labels:
            known = ", ".join(self.info.labels) or "none: leave the label out"
            raise ModelError(f"model {self.info.name!r} has no label {label!r}; it has {known}")
        return self.info.labels.index(label)

    def _number_for(
        self, half: Sketch, label: str | None, paper: Bounds | None, scale: float | None
    ) -> int | None:
        """The number of the label that a beginning is finished as: without one, of what it looks like."""
        number = self._number(label)
        if number is None and len(half) and self._recognises:
            looks_like = self._sizes(half, paper, scale).labels
            number = None if looks_like is None else int(looks_like.argmax())
        return number

    def _own_number(self, sketch: Sketch, label: str | None) -> int | None:
        """The number of the label given, or else of the drawing's own, if the model has that."""
        if label is None and sketch.label in self.info.labels:
            label = sketch.label
        return self._number(label)

    def _label_of(self, sketch: Sketch, label: str | None) -> str | None:
        """The label given, or the drawing's own, or what it looks like; None for a model without labels."""
        number = self._own_number(sketch, label)
        if number is not None:
            return self.info.labels[number]
        return self.recognize(sketch)[0][0] if self._recognises and len(sketch) else None

    def _any_numbers(self, label: str | None, randoms: Sequence[np.random.Generator]) -> list[int | None]:
        """The label's number for each drawing; without one, any label's by chance."""
        number = self._number(label)
        if number is not None or not self.info.labels:
            return [number] * len(randoms)
        return [int(random.integers(len(self.info.labels))) for random in randoms]

    def _told(self, numbers: Sequence[int | None]) -> Floats | None:
        """What the networks are told of these labels, (B, E); None in a model without labels."""
        return None if self._labels is None else self._labels.told(numbers)

    # --- drawing -------------------------------------------------------------------------------

    def _drawing_decoder(self) -> Any:
        """The decoder, guided or not."""
        return GuidedDecoder(self._decoder, self.guidance) if self.guidance else self._decoder

    def _inks_from_nothing(
        self,
        temperature: float,
        randoms: Sequence[np.random.Generator],
        numbers: Sequence[int | None],
    ) -> list[Iterator[InkPoint]]:
        z = self._random_latents(randoms, numbers)
        return self._inks_from_latent(z, temperature, randoms, self._told(numbers))

    def _random_latents(
        self, randoms: Sequence[np.random.Generator], numbers: Sequence[int | None]
    ) -> Floats | None:
        """z (B, Nz) of some drawings: from where the training drawings are, if the model knows, else N(0, 1).

        Training leaves a tolerance to the KL loss, so drawings fill only a part of N(0, 1); a normal
        distribution fitted to them afterwards misses less (Ghosh et al. 2020).
        """
        if not self.info.conditional:
            return None
        size = self.info.architecture.z_size
        noise = np.stack([random.standard_normal(size, np.float32) for random in randoms])
        if self._latent is None:
            return noise
        mean, factor = self._latent
        if mean.ndim == 2:  # of each label
            mean = np.stack([mean.mean(axis=0) if number is None else mean[number] for number in numbers])
        return np.asarray(mean + factor(noise))

    def _inks_from_latent(
        self,
        z: Floats | None,
        temperature: float,
        randoms: Sequence[np.random.Generator],
        told: Floats | None,
    ) -> list[Iterator[InkPoint]]:
        given = int(self.info.explicit_start)  # what every drawing begins with is not left to chance
        count, decoder = len(randoms), self._drawing_decoder()
        with one_blas_thread():
            start = decoder.start(z, count, told)
            outputs, state = decoder.prime(start, [np.zeros((given, 3), np.float32)] * count)
        last_outputs = np.stack([each[-1] for each in outputs])
        sampler = Sampler(temperature, randoms)
        batch = _Batch(self.info.name, decoder, last_outputs, state, sampler, self.info.max_points)
        unit = self.info.scale_factor
        return [
            _to_paper(batch.offsets(number), np.zeros(2), unit, pen_is_down=True) for number in range(count)
        ]


class _Sizes(NamedTuple):
    """What a beginning says of the whole.

    `mean`: pixels of the frame for a unit of the drawing. `labels`: the probability of each label, or None.
    """

    mean: float
    labels: NDArray[np.float64] | None


class _Batch:
    """Drawings that are drawn side by side, a few points ahead of whoever reads them.

    The end is forbidden before a drawing's first stroke is done; a drawing that will not end is cut at the
    first lifted pen after `max_points`, and at twice as many points.

    Args:
        name: of the model.
        decoder: `Decoder` or `GuidedDecoder`.
        outputs: (B, 3 + 6 M), which predict the first points.
        state: the decoder's, for as many drawings.
        sampler: for as many.
    """

    def __init__(
        self, name: str, decoder: Any, outputs: Floats, state: Any, sampler: Sampler, max_points: int
    ) -> None:
        self._name, self._decoder = name, decoder
        self._outputs, self._state, self._sampler = outputs, state, sampler
        self._max_points = max_points
        self._drawn = 0
        self._going = np.arange(len(outputs))  # which drawings the rows of the batch are
        self._may_end = np.zeros(len(outputs), bool)
        self._ready: list[deque[Floats]] = [deque() for _ in outputs]

    def offsets(self, which: int) -> Iterator[Floats]:
        """The stroke-5 points of a drawing, in model units, one at a time, up to its end."""
        ready = self._ready[which]
        while True:
            while ready:
                yield ready.popleft()
            if which not in self._going:
                return
            with one_blas_thread():
                for _ in range(AHEAD):
                    self._draw_points()

    def _draw_points(self) -> None:
        """The next point of every drawing that has not ended."""
        if not len(self._going):
            return
        may_end = True if self._may_end.all() else self._may_end
        points = self._sampler.sample(self._outputs, may_end=may_end)
        if not (np.abs(points) < MAX_OFFSET).all():
            raise ModelError(f"model {self._name!r} draws what is no line; get the model again")
        self._drawn += 1
        ended, lifted = points[:, 2 + END] == 1.0, points[:, 2 + UP] == 1.0
        for number, point, end in zip(self._going.tolist(), points, ended.tolist(), strict=True):
            if not end:
                self._ready[number].append(point)
        self._may_end |= lifted
        if self._drawn >= self._max_points:
            ended |= lifted if self._drawn < 2 * self._max_points else True
        if ended.any():
            going = np.flatnonzero(~ended)
            self._going, self._may_end, points = self._going[going], self._may_end[going], points[going]
            self._state = self._state.take(going)
            self._sampler.keep(going)
        if len(self._going):
            self._outputs, self._state = self._decoder.step(self._state, points)


def load_model(name_or_path: StrPath) -> Completer:
    """Loads a saved model.

    Args:
        name_or_path: a name that `sketchrnn model list` shows, or a model's folder or a file in it.

    Raises:
        ModelError: there is no such model, or it is damaged.
    """
    return Completer(store.read_info(store.find(name_or_path)))


def slerp(first: Floats, last: Floats, t: float) -> Floats:
    """Spherical interpolation between two vectors (White 2016), straight where they are parallel."""
    cosine = np.dot(first, last) / (np.linalg.norm(first) * np.linalg.norm(last) + 1e-12)
    angle = float(np.arccos(np.clip(cosine, -1.0, 1.0)))
    if math.sin(angle) < 1e-4:
        return np.asarray((1.0 - t) * first + t * last, np.float32)
    weights = math.sin((1.0 - t) * angle) / math.sin(angle), math.sin(t * angle) / math.sin(angle)
    return np.asarray(weights[0] * first + weights[1] * last, np.float32)


def _generators(seed: Seed, which: Iterable[int]) -> list[np.random.Generator]:
    """The generators of some drawings: of the children that `SeedSequence.spawn` makes first.

    A sequence that has spawned before is taken as new, so that asking twice gives the same.
    """
    parent = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    return [
        np.random.default_rng(
            np.random.SeedSequence(
                parent.entropy, spawn_key=(*parent.spawn_key, number), pool_size=parent.pool_size
            )
        )
        for number in which
    ]


def _softmax(logits: Floats) -> NDArray[np.float64]:
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def _sample_latent(latent: Latent, temperature: float, randoms: Sequence[np.random.Generator]) -> Floats:
    noise = np.stack([random.standard_normal(latent.mu.shape[1], np.float32) for random in randoms])
    with np.errstate(over="ignore"):
        spread = math.sqrt(temperature) * np.exp(0.5 * latent.log_variance)
    return np.asarray(latent.mu + spread * noise, np.float32)


def _to_paper(
    offsets: Iterator[Floats], start: NDArray[np.float64], unit: float, *, pen_is_down: bool = False
) -> Iterator[InkPoint]:
    """Offsets in model units to points on the paper, from `start`; each stroke's last point says so.

    Args:
        unit: pixels of the paper in a model unit.
        pen_is_down: the first stroke begins at `start` itself.
    """
    position = start
    starts_stroke = not pen_is_down
    waiting = InkPoint(float(start[0]), float(start[1]), True, False) if pen_is_down else None
    for offset in offsets:
        position = position + offset[:2].astype(np.float64) * unit
        if waiting is not None:
            yield waiting
        ends = bool(offset[3])
        waiting = InkPoint(float(position[0]), float(position[1]), starts_stroke, ends)
        if ends:  # no need to wait for the next point to know
            yield waiting
            waiting = None
        starts_stroke = ends
    if waiting is not None:
        yield waiting._replace(ends_stroke=True)


def _drawn(ink: Iterator[InkPoint], label: str | None) -> Sketch:
    strokes: list[list[tuple[float, float]]] = []
    for point in ink:
        if point.starts_stroke:
            strokes.append([])
        strokes[-1].append((point.x, point.y))
    return Sketch(strokes, [Author.MODEL] * len(strokes), label)


def _overshoot(points: Sequence[InkPoint], paper: Bounds, half: Bounds) -> float:
    """How far, at most, points lie beyond the paper, or beyond the person's own strokes if those do."""
    return max(
        min(paper.left, half.left) - min(point.x for point in points),
        min(paper.top, half.top) - min(point.y for point in points),
        max(point.x for point in points) - max(paper.right, half.right),
        max(point.y for point in points) - max(paper.bottom, half.bottom),
    )


def _fitted(ink: list[InkPoint], paper: Bounds) -> Iterator[InkPoint]:
    """The points moved and scaled to the middle of the paper."""
    bounds = _drawn(iter(ink), None).bounds
    side = max(bounds.larger_side, 1e-6)
    scale = PAPER_FILL * min(paper.width, paper.height) / side
    dx = (paper.left + paper.right) / 2 - scale * (bounds.left + bounds.right) / 2
    dy = (paper.top + paper.bottom) / 2 - scale * (bounds.top + bounds.bottom) / 2
    return (point._replace(x=scale * point.x + dx, y=scale * point.y + dy) for point in ink)
