"""The completer: a person's drawing to model units, encoded, primed, continued stroke by stroke."""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchrnn import simplify, store
from sketchrnn.engine import Decoder, DecoderState, Encoder, Latent, Mixture, Sampler
from sketchrnn.engine.products import Weight
from sketchrnn.engine.sampling import END, UP, check_temperature
from sketchrnn.engine.threads import one_blas_thread
from sketchrnn.errors import ConfigError, ModelError, SketchError
from sketchrnn.files import StrPath
from sketchrnn.sketch import Author, Bounds, Sketch

Floats = NDArray[np.float32]
Seed = int | np.random.SeedSequence | None

DEFAULT_TEMPERATURE = 0.4

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


class Completer:
    """A saved model, ready to draw. `sketchrnn.load_model` makes one.

    It never imports TensorFlow. One thread may use it at a time.

    Example:
        >>> model = load_model("kanji")  # doctest: +SKIP
        >>> model.complete(Sketch.open("half.svg"), seed=7).save("whole.svg")  # doctest: +SKIP
    """

    def __init__(self, info: store.ModelInfo) -> None:
        self.info = info
        weights = store.read_weights(info)
        self._decoder = Decoder(info.architecture, weights)
        self._encoder = Encoder(info.architecture, weights) if info.conditional else None
        self._guesses: dict[tuple[tuple[bytes, ...], Bounds | None], float] = {}
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
    ) -> Sketch:
        """The whole drawing: the given strokes, untouched, and the model's after them.

        Args:
            half: the beginning, in any unit. Without strokes the model draws from nothing.
            label: what it shall become, for a model with labels.
            temperature: τ, above 0; less is more careful.
            seed: the same seed gives the same ending.
            paper: the rectangle that the drawing is meant to fill: a first guess of its size, and where the
                ending has to stay.
            scale: pixels of the model's frame for a unit of the drawing, above 0; None has it guessed, as
                `guess_scale` does. Means nothing where there are no strokes.
            strokes: at most so many strokes are added.

        Raises:
            SketchError: the drawing cannot be continued.
            ModelError: the model has no such label.
            ConfigError: a temperature or a scale that makes no sense.
        """
        endings = self.stream(half, label=label, temperature=temperature, seed=seed, paper=paper, scale=scale)
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
    ) -> Iterator[Floats]:
        """The strokes of the ending, each (n, 2) in the drawing's coordinates, as they are finished."""
        stroke: list[tuple[float, float]] = []
        ink = self.ink(half, label=label, temperature=temperature, seed=seed, paper=paper, scale=scale)
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
    ) -> Iterator[InkPoint]:
        """The points of the ending, one after another. Arguments as for `complete`.

        The last point of every stroke says so; an ending always has at least one stroke. Without `paper`
        the points come as they are sampled. With it, whole endings are drawn until one stays on the paper,
        `TRIES` at most, and the one that leaves it least is taken.
        """
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

        Ending k is the same whatever `count`: what `ink` draws from
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
            for ink in self._inks(Sketch(), label, temperature, randoms, None, None):
                yield _drawn(ink, label)

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
        self._check_label(label)
        check_temperature(temperature)
        if scale is not None and not 0.0 < scale < math.inf:
            raise ConfigError(f"the scale is {scale}; it must be a finite number above 0")
        if len(half) == 0:
            inks = self._inks_from_nothing(temperature, randoms)
            return inks if paper is None else [_fitted(list(ink), paper) for ink in inks]
        if scale is None:
            scale = self.guess_scale(half, paper)
        if paper is None:
            return self._endings(half, scale, temperature, randoms)
        # An ending that runs off the paper was drawn under too large a size: try again, somewhat smaller.
        tries: list[list[tuple[float, list[InkPoint]]]] = [[] for _ in randoms]
        leaving = list(range(len(randoms)))
        for _ in range(TRIES):
            inks = self._endings(half, scale, temperature, [randoms[number] for number in leaving])
            for number, ink in zip(leaving, inks, strict=True):
                points = list(ink)
                tries[number].append((_overshoot(points, paper, half.bounds), points))
            leaving = [number for number in leaving if tries[number][-1][0] > 0.0]
            if not leaving:
                break
            scale *= SMALLER
        return [iter(min(each, key=lambda one: one[0])[1]) for each in tries]

    def _endings(
        self, half: Sketch, scale: float, temperature: float, randoms: Sequence[np.random.Generator]
    ) -> list[Iterator[InkPoint]]:
        """Endings under a given scale (pixels of the frame for a unit of the drawing)."""
        rows = self._to_model(half, scale)
        count = len(randoms)
        with one_blas_thread():
            if self._encoder is None:  # all begin in the same state
                outputs, state = self._decoder.prime(self._decoder.start(), [rows])
                last_outputs, state = np.repeat(outputs[0][-1:], count, axis=0), state.take([0] * count)
            else:
                latent = self._encode([rows])
                state = self._decoder.start(_sample_latent(latent, temperature, randoms))
                outputs, state = self._decoder.prime(state, [rows] * count)
                last_outputs = np.stack([each[-1] for each in outputs])
        last = half.strokes[-1][-1].astype(np.float64)
        budget = max(self.info.max_points - len(rows), self.info.max_points // 2, 1)
        batch = _Batch(self, last_outputs, state, Sampler(temperature, randoms), budget)
        unit = self.info.scale_factor / scale
        return [_to_paper(batch.offsets(number), last, unit) for number in range(count)]

    # --- the latent space ----------------------------------------------------------------------

    def encode(self, sketch: Sketch) -> Floats:
        """The mean of the posterior of z for a whole drawing, float32 (Nz,).

        Raises:
            ModelError: the model has no encoder.
        """
        with one_blas_thread():
            return np.asarray(self._encode([self._whole_to_model(sketch)]).mu[0])

    def decode(
        self, z: ArrayLike, *, temperature: float = DEFAULT_TEMPERATURE, seed: int | None = None
    ) -> Sketch:
        """A drawing from a latent vector (Nz,), in the model's frame.

        Raises:
            ModelError: the model has no latent space, or z has another size.
        """
        vector = np.asarray(z, np.float32)
        if not self.info.conditional:
            raise ModelError(f"model {self.info.name!r} is a decoder alone: it has no latent space")
        size = self.info.architecture.z_size
        if vector.shape != (size,):
            raise ModelError(f"z has shape {vector.shape}; {self.info.name!r} needs ({size},)")
        inks = self._inks_from_latent(vector[None], temperature, [np.random.default_rng(seed)])
        return _drawn(inks[0], None)

    def reconstruct(
        self, sketch: Sketch, *, temperature: float = DEFAULT_TEMPERATURE, seed: int | None = None
    ) -> Sketch:
        """The drawing drawn again by the model, through z."""
        return self.decode(self.encode(sketch), temperature=temperature, seed=seed)

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

        Args:
            steps: how many drawings, both ends among them, at least 2.
        """
        if steps < 2:
            raise ModelError(f"an interpolation needs 2 steps or more, not {steps}")
        from_z, to_z = self.encode(first), self.encode(last)
        return [
            self.decode(slerp(from_z, to_z, float(t)), temperature=temperature, seed=seed)
            for t in np.linspace(0.0, 1.0, steps)
        ]

    # --- size ----------------------------------------------------------------------------------

    def guess_scale(self, half: Sketch, paper: Bounds | None = None) -> float:
        """Pixels of the model's frame for a unit of the person's drawing.

        Tries several sizes that the whole may have, and takes the mean of log size under what is then
        believed: log p of offsets in common units and of the pen, less what z had to tell, plus two
        priors: how much of a drawing beginnings usually cover, and the size that fills the paper.
        """
        asked = (tuple(stroke.tobytes() for stroke in half.strokes), paper)
        if asked not in self._guesses:  # another ending of the same drawing
            if len(self._guesses) >= KEPT_GUESSES:
                del self._guesses[next(iter(self._guesses))]
            self._guesses[asked] = self._guess_scale(half, paper)
        return self._guesses[asked]

    def _guess_scale(self, half: Sketch, paper: Bounds | None) -> float:
        info, side = self.info, half.bounds.larger_side
        fitting = PAPER_FILL * min(paper.width, paper.height) if paper is not None else math.nan
        if side < SMALLEST:  # a dot says nothing
            return info.frame / fitting if fitting > 0.0 else 1.0
        scales = np.array([fill * info.frame / side for fill in FILLS])
        scores = np.log(FILL_PRIOR)
        if fitting > 0.0:
            scores -= 0.5 * (np.log(info.frame / scales / fitting) / PRIOR_DEVIATION) ** 2
        # The same points under every scale, or their densities could not be compared.
        points = simplify.simplified(half, info.epsilon / float(np.median(scales)))
        rows = self._to_stroke3(points)[-MAX_PRIMED_POINTS:]
        if len(rows) > 1:
            with one_blas_thread():
                scores += self._log_likelihoods(rows, scales)
        scores = np.where(np.isfinite(scores), scores, -np.inf)
        if not np.isfinite(scores).any():
            return float(scales[-1])
        belief = np.exp(scores - scores.max())
        guess = float(np.average(np.log(scales), weights=belief))
        if fitting > 0.0:
            filling, step = math.log(info.frame / fitting), math.log(SCALE_STEP)
            guess = filling + step * round((guess - filling) / step)
        return math.exp(guess)

    def _log_likelihoods(self, rows: Floats, scales: NDArray[np.float64]) -> NDArray[np.float64]:
        """log p of a beginning (n, 3) under each scale, offsets measured in the beginning's own unit."""
        units = scales / self.info.scale_factor
        candidates = [np.column_stack([rows[:, :2] * unit, rows[:, 2]]).astype(np.float32) for unit in units]
        if self._encoder is None:
            state, kl = self._decoder.start(batch=len(units)), np.zeros(len(units), np.float32)
        else:
            latent = self._encode(candidates)
            state, kl = self._decoder.start(latent.mu), latent.kl
        outputs, _ = self._decoder.prime(state, candidates)
        skipped = int(self.info.explicit_start)  # a start that is always the same says nothing
        scores = 2.0 * (len(rows) - skipped) * np.log(units) - kl
        for number, (candidate, predicted) in enumerate(zip(candidates, outputs, strict=True)):
            offset, pen = Mixture.of(predicted[:-1]).log_likelihood(candidate)
            scores[number] += offset[skipped:].sum() + pen[skipped:].sum()
        return np.asarray(scores)

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

    def _encode(self, drawings: Sequence[Floats]) -> Latent:
        if self._encoder is None:
            raise ModelError(f"model {self.info.name!r} is a decoder alone: it has no latent space")
        return self._encoder.encode(drawings)

    def _check_label(self, label: str | None) -> None:
        if label is not None and label not in self.info.labels:
            known = ", ".join(self.info.labels) or "none: leave the label out"
            raise ModelError(f"model {self.info.name!r} has no label {label!r}; it has {known}")

    # --- drawing -------------------------------------------------------------------------------

    def _inks_from_nothing(
        self, temperature: float, randoms: Sequence[np.random.Generator]
    ) -> list[Iterator[InkPoint]]:
        return self._inks_from_latent(self._random_latents(randoms), temperature, randoms)

    def _random_latents(self, randoms: Sequence[np.random.Generator]) -> Floats | None:
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
        return np.asarray(mean + factor(noise))

    def _inks_from_latent(
        self, z: Floats | None, temperature: float, randoms: Sequence[np.random.Generator]
    ) -> list[Iterator[InkPoint]]:
        given = int(self.info.explicit_start)  # what every drawing begins with is not left to chance
        count = len(randoms)
        with one_blas_thread():
            start = self._decoder.start(z, count)
            outputs, state = self._decoder.prime(start, [np.zeros((given, 3), np.float32)] * count)
        last_outputs = np.stack([each[-1] for each in outputs])
        batch = _Batch(self, last_outputs, state, Sampler(temperature, randoms), self.info.max_points)
        unit = self.info.scale_factor
        return [
            _to_paper(batch.offsets(number), np.zeros(2), unit, pen_is_down=True) for number in range(count)
        ]


class _Batch:
    """Drawings that are drawn side by side, a few points ahead of whoever reads them.

    The end is forbidden before a drawing's first stroke is done; a drawing that will not end is cut at the
    first lifted pen after `max_points`, and at twice as many points.

    Args:
        completer: whose decoder draws.
        outputs: (B, 3 + 6 M), which predict the first points.
        state: the decoder's, for as many drawings.
        sampler: for as many.
    """

    def __init__(
        self, completer: Completer, outputs: Floats, state: DecoderState, sampler: Sampler, max_points: int
    ) -> None:
        self._name, self._decoder = completer.info.name, completer._decoder
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
