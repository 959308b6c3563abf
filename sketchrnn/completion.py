"""The completer: a person's drawing to model units, encoded, primed, continued stroke by stroke."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchrnn import simplify, store
from sketchrnn.engine import Decoder, DecoderState, Encoder, Latent, Mixture, Sampler
from sketchrnn.engine.sampling import END, UP, check_temperature
from sketchrnn.engine.threads import one_blas_thread
from sketchrnn.errors import ModelError, SketchError
from sketchrnn.files import StrPath
from sketchrnn.sketch import Author, Bounds, Sketch

Floats = NDArray[np.float32]

DEFAULT_TEMPERATURE = 0.4

FILLS = (0.25, 0.33, 0.42, 0.52, 0.64, 0.8, 1.0)
"""How much of the whole drawing's larger side a beginning may already cover; each is tried."""

FILL_PRIOR = (0.045, 0.04, 0.04, 0.05, 0.08, 0.18, 0.56)
"""How often the first strokes of a drawing, cut after any of them, cover so much of it. Measured on Omniglot,
kanji, sheep and QuickDraw, which agree well enough to serve for all (docs/decisions.md)."""

PAPER_FILL = 0.8
"""How much of the paper's smaller side a whole drawing covers, as a first guess."""

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
        self._latent = weights.get("latent/mean"), weights.get("latent/factor")

    # --- finishing a drawing -------------------------------------------------------------------

    def complete(
        self,
        half: Sketch,
        *,
        label: str | None = None,
        temperature: float = DEFAULT_TEMPERATURE,
        seed: int | None = None,
        paper: Bounds | None = None,
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
            strokes: at most so many strokes are added.

        Raises:
            SketchError: the drawing cannot be continued.
            ModelError: the model has no such label.
        """
        endings = self.stream(half, label=label, temperature=temperature, seed=seed, paper=paper)
        return half.adding(*itertools.islice(endings, strokes), author=Author.MODEL)

    def stream(
        self,
        half: Sketch,
        *,
        label: str | None = None,
        temperature: float = DEFAULT_TEMPERATURE,
        seed: int | None = None,
        paper: Bounds | None = None,
    ) -> Iterator[Floats]:
        """The strokes of the ending, each (n, 2) in the drawing's coordinates, as they are finished."""
        stroke: list[tuple[float, float]] = []
        for point in self.ink(half, label=label, temperature=temperature, seed=seed, paper=paper):
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
        seed: int | None = None,
        paper: Bounds | None = None,
    ) -> Iterator[InkPoint]:
        """The points of the ending, one after another. Arguments as for `complete`.

        The last point of every stroke says so; an ending always has at least one stroke. Without `paper`
        the points come as they are sampled, a stroke at a time. With it, whole endings are drawn until one
        stays on the paper, `TRIES` at most, and the one that leaves it least is taken.
        """
        self._check_label(label)
        check_temperature(temperature)
        random = np.random.default_rng(seed)
        if len(half) == 0:
            return self._ink_from_nothing(temperature, random, paper)
        scale = self.guess_scale(half, paper)
        if paper is None:
            return self._ending(half, scale, temperature, random)
        # An ending that runs off the paper was drawn under too large a size: try again, somewhat smaller.
        tries = []
        for _ in range(TRIES):
            points = list(self._ending(half, scale, temperature, random))
            tries.append((_overshoot(points, paper, half.bounds), points))
            if tries[-1][0] <= 0.0:
                break
            scale *= SMALLER
        return iter(min(tries, key=lambda one: one[0])[1])

    def _ending(
        self, half: Sketch, scale: float, temperature: float, random: np.random.Generator
    ) -> Iterator[InkPoint]:
        """One ending under a given scale (pixels of the frame for a unit of the drawing)."""
        rows = self._to_model(half, scale)
        with one_blas_thread():
            if self._encoder is None:
                state = self._decoder.start()
            else:
                latent = self._encode([rows])
                state = self._decoder.start(_sample_latent(latent, temperature, [random]))
            outputs, state = self._decoder.prime(state, [rows])
        last = half.strokes[-1][-1].astype(np.float64)
        budget = max(self.info.max_points - len(rows), self.info.max_points // 2, 1)
        offsets = self._offsets(outputs[0][-1:], state, temperature, random, budget)
        return _to_paper(offsets, last, self.info.scale_factor / scale)

    def sample(
        self,
        count: int = 1,
        *,
        label: str | None = None,
        temperature: float = DEFAULT_TEMPERATURE,
        seed: int | None = None,
    ) -> list[Sketch]:
        """Drawings from nothing, in the model's frame; drawing k does not depend on `count`."""
        randoms = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(count)]
        self._check_label(label)
        return [_drawn(self._ink_from_nothing(temperature, random, None), label) for random in randoms]

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
        random = np.random.default_rng(seed)
        return _drawn(self._ink_from_latent(vector[None], temperature, random), None)

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
        return float(np.exp(np.average(np.log(scales), weights=belief)))

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

    def _ink_from_nothing(
        self, temperature: float, random: np.random.Generator, paper: Bounds | None
    ) -> Iterator[InkPoint]:
        ink = self._ink_from_latent(self._random_latent(random), temperature, random)
        return ink if paper is None else _fitted(list(ink), paper)

    def _random_latent(self, random: np.random.Generator) -> Floats | None:
        """z (1, Nz) of some drawing: from where the training drawings are, if the model knows, else N(0, 1).

        Training leaves a tolerance to the KL loss, so drawings fill only a part of N(0, 1); a normal
        distribution fitted to them afterwards misses less (Ghosh et al. 2020).
        """
        if not self.info.conditional:
            return None
        noise = random.standard_normal((1, self.info.architecture.z_size), np.float32)
        mean, factor = self._latent
        return noise if mean is None or factor is None else np.asarray(mean + noise @ factor.T)

    def _ink_from_latent(
        self, z: Floats | None, temperature: float, random: np.random.Generator
    ) -> Iterator[InkPoint]:
        given = int(self.info.explicit_start)  # what every drawing begins with is not left to chance
        with one_blas_thread():
            outputs, state = self._decoder.prime(self._decoder.start(z), [np.zeros((given, 3), np.float32)])
        offsets = self._offsets(outputs[0][-1:], state, temperature, random, self.info.max_points)
        return _to_paper(offsets, np.zeros(2), self.info.scale_factor, pen_is_down=True)

    def _offsets(
        self,
        outputs: Floats,
        state: DecoderState,
        temperature: float,
        random: np.random.Generator,
        max_points: int,
    ) -> Iterator[Floats]:
        """Stroke-5 points in model units, one at a time, up to the end of the drawing.

        The end is forbidden before the first stroke is done; a drawing that will not end is cut at the
        first lifted pen after `max_points`.
        """
        sampler = Sampler(temperature, [random])
        drawn, ended = 0, False
        while not ended and drawn < max_points:
            with one_blas_thread():  # for a whole stroke: to enter it takes as long as a point
                budget = 2 * max_points - drawn
                stroke, outputs, state, ended = self._stroke(
                    outputs, state, sampler, budget, may_end=drawn > 0
                )
            drawn += len(stroke)
            yield from stroke

    def _stroke(
        self,
        outputs: Floats,
        state: DecoderState,
        sampler: Sampler,
        budget: int,
        *,
        may_end: bool,
    ) -> tuple[list[Floats], Floats, DecoderState, bool]:
        """The points of the next stroke, at most `budget`; outputs and state after it; the drawing's end."""
        stroke: list[Floats] = []
        while len(stroke) < budget:
            point = sampler.sample(outputs, may_end=may_end)
            if not (np.abs(point) < MAX_OFFSET).all():
                raise ModelError(f"model {self.info.name!r} draws what is no line; get the model again")
            if point[0, 2 + END]:
                return stroke, outputs, state, True
            stroke.append(point[0])
            outputs, state = self._decoder.step(state, point)
            if point[0, 2 + UP]:
                break
        return stroke, outputs, state, False


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
