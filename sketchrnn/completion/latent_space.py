"""The latent space: drawings to z, and from z or from nothing to drawings."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchrnn.completion.batch import Batch, Seed, generators
from sketchrnn.completion.ink import InkPoint, drawn, to_paper
from sketchrnn.completion.sizing import Sizing
from sketchrnn.engine import Latent, Sampler
from sketchrnn.engine.threads import one_blas_thread
from sketchrnn.errors import ModelError
from sketchrnn.sketch import Sketch

Floats = NDArray[np.float32]

DEFAULT_TEMPERATURE = 0.4

TOGETHER = 48
"""Drawings that are drawn side by side, at most; more are no faster each, and take memory."""


class LatentSpace(Sizing):
    """A model that draws from a latent vector, or from nothing."""

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
            randoms = generators(sequence, range(first, min(first + TOGETHER, count)))
            numbers = self._any_numbers(label, randoms)
            inks = self._inks_from_nothing(temperature, randoms, numbers)
            for ink, number in zip(inks, numbers, strict=True):
                yield drawn(ink, None if number is None else self.info.labels[number])

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
        return drawn(inks[0], label)

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
        batch = Batch(self.info.name, decoder, last_outputs, state, sampler, self.info.max_points)
        unit = self.info.scale_factor
        return [
            to_paper(batch.offsets(number), (0.0, 0.0), unit, pen_is_down=True) for number in range(count)
        ]


def slerp(first: Floats, last: Floats, t: float) -> Floats:
    """Spherical interpolation between two vectors (White 2016), straight where they are parallel."""
    cosine = np.dot(first, last) / (np.linalg.norm(first) * np.linalg.norm(last) + 1e-12)
    angle = float(np.arccos(np.clip(cosine, -1.0, 1.0)))
    if math.sin(angle) < 1e-4:
        return np.asarray((1.0 - t) * first + t * last, np.float32)
    weights = math.sin((1.0 - t) * angle) / math.sin(angle), math.sin(t * angle) / math.sin(angle)
    return np.asarray(weights[0] * first + weights[1] * last, np.float32)


def sample_latent(latent: Latent, temperature: float, randoms: Sequence[np.random.Generator]) -> Floats:
    """z (B, Nz) from a posterior, one for each generator."""
    noise = np.stack([random.standard_normal(latent.mu.shape[1], np.float32) for random in randoms])
    with np.errstate(over="ignore"):
        spread = math.sqrt(temperature) * np.exp(0.5 * latent.log_variance)
    return np.asarray(latent.mu + spread * noise, np.float32)
