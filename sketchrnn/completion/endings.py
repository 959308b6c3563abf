"""Endings of a drawing: several side by side, those that stay on the paper, the best of them first."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from sketchrnn.completion.batch import Batch, Room, Seed, generators
from sketchrnn.completion.ink import InkPoint, drawn, fitted, room_for, stays_within, to_paper
from sketchrnn.completion.latent_space import DEFAULT_TEMPERATURE, LatentSpace, sample_latent
from sketchrnn.completion.networks import SMALLEST
from sketchrnn.engine import Sampler
from sketchrnn.engine.sampling import check_temperature
from sketchrnn.engine.threads import one_blas_thread
from sketchrnn.errors import ConfigError
from sketchrnn.sketch import Author, Bounds, Sketch

Floats = NDArray[np.float32]

TRIES = 5
"""Endings that are drawn, at most, to find one that stays on the paper."""

SMALLER = 1.25
"""How much smaller the whole is taken to be after an ending that did not."""

BEST_OF = 8
"""Endings among which the best is looked for."""

ENOUGH = 0.5
"""Of the endings among which the best is looked for: if so many stay on the paper, the others may go."""

SHORTEST_ENDING = 0.02
"""Of the whole drawing's larger side: less ink than this is no ending."""

LARGEST_WHOLE = 1.3
"""Of what the whole drawing's larger side was to become: an ending beyond it has run away."""


class Options(TypedDict, total=False):
    """What an ending may be told; the same wherever one is asked for, and said in `Completer.complete`."""

    label: str | None
    temperature: float
    seed: Seed
    paper: Bounds | None
    scale: float | None


class Ending(NamedTuple):
    """One way to finish a drawing.

    Args:
        ink: its points, in the coordinates of the drawing.
        score: log p(label | whole drawing), as the model itself recognises it; 0 if it does not.
    """

    ink: list[InkPoint]
    score: float


class Endings(LatentSpace):
    """A model that finishes drawings."""

    def endings(
        self, half: Sketch, count: int = 9, **options: Unpack[Options]
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
        inks = self._several(half, count, count, **options)
        return map(list, itertools.zip_longest(*inks))

    def _several(
        self, half: Sketch, count: int, enough: int, **options: Unpack[Options]
    ) -> list[Iterator[InkPoint]]:
        """So many endings, or at least `enough` of them that stay on the paper."""
        if count < 1:
            raise ConfigError(f"{count} endings cannot be drawn; ask for 1 or more")
        return self._inks(half, count, enough, **options)

    def ranked(self, half: Sketch, count: int = BEST_OF, **options: Unpack[Options]) -> list[Ending]:
        """The endings of `endings`, the best first, the broken ones left out.

        An ending is broken if it is hardly a dot, does not end by itself, leaves the paper, or makes the
        drawing much larger than it was to become. If all are, all are returned. The others are ranked by
        how surely the model recognises what they shall be in the whole drawing; a model that recognises
        nothing leaves them in the order in which they were drawn. Once `ENOUGH` of them stay on the paper,
        those that leave it are not tried again.

        Args:
            half, label, temperature, seed, paper, scale: as for `complete`.
            count: how many endings are drawn, at least 1.

        Returns:
            from 1 to `count` endings.
        """
        enough = math.ceil(ENOUGH * count)
        inks = list(map(list, self._several(half, count, enough, **options)))
        label, paper, scale = options.get("label"), options.get("paper"), options.get("scale")
        number = self._number_for(half, label, paper, scale)
        sound = [self._is_sound(half, ink, number, paper, scale) for ink in inks]
        if any(sound):
            inks = [ink for ink, keep in zip(inks, sound, strict=True) if keep]
        wholes = [half.adding(*drawn(ink).strokes, author=Author.MODEL) for ink in inks]
        scores = self._scores(wholes, number)
        order = np.argsort(-scores, kind="stable")
        return [Ending(inks[which], float(scores[which])) for which in order]

    def _is_sound(
        self, half: Sketch, ink: list[InkPoint], number: int | None, paper: Bounds | None, scale: float | None
    ) -> bool:
        """Whether an ending is neither a dot nor endless, nor larger than it should be."""
        strokes = drawn(ink)
        if not len(half):
            return strokes.bounds.larger_side > SMALLEST and len(ink) < self.info.max_points
        if scale is None:
            scale = self._scale(half, paper, number)
        side = self.info.frame / scale
        length = sum(float(np.hypot(*np.diff(stroke, axis=0).T).sum()) for stroke in strokes.strokes)
        whole = half.adding(*strokes.strokes).bounds.larger_side
        return (
            length >= SHORTEST_ENDING * side
            and len(ink) < self._budget(len(self._to_model(half, scale)))
            and whole <= LARGEST_WHOLE * max(side, half.bounds.larger_side)
            and (paper is None or stays_within(ink, room_for(half.bounds, paper)))
        )

    def _scores(self, wholes: Sequence[Sketch], number: int | None) -> NDArray[np.float64]:
        """log p(label | drawing) of drawings, (n,); without a label, of whatever each looks like most.

        By the eye alone where there is one: it chooses better than what also draws (docs/decisions.md).
        """
        if not self._recognises or any(whole.bounds.larger_side < SMALLEST for whole in wholes):
            return np.zeros(len(wholes))
        with one_blas_thread():
            seen = self._seen(wholes)
            likely = self._read(wholes) if seen is None else seen
        return likely.max(axis=1) if number is None else likely[:, number]

    def _inks(
        self,
        half: Sketch,
        count: int | None,
        enough: int,
        *,
        label: str | None = None,
        temperature: float = DEFAULT_TEMPERATURE,
        seed: Seed = None,
        paper: Bounds | None = None,
        scale: float | None = None,
    ) -> list[Iterator[InkPoint]]:
        """The ink of so many endings, drawn in one batch, none of which depends on the others.

        Args:
            count: each from a child of the seed; None for a single one, from the seed itself.
            enough: if so many stay on the paper, those that do not are left out.
        """
        self._number(label)
        check_temperature(temperature)
        if scale is not None and not 0.0 < scale < math.inf:
            raise ConfigError(f"the scale is {scale}; it must be a finite number above 0")
        randoms = [np.random.default_rng(seed)] if count is None else generators(seed, range(count))
        if len(half) == 0:
            inks = self._inks_from_nothing(temperature, randoms, self._any_numbers(label, randoms))
            return inks if paper is None else [fitted(list(ink), paper) for ink in inks]
        number = self._number_for(half, label, paper, scale)
        if scale is None:
            scale = self._scale(half, paper, number)
        if paper is None:
            return self._endings(half, scale, temperature, randoms, number)[0]
        # An ending that runs off the paper was drawn under too large a size: it is broken off there, and
        # tried again, somewhat smaller.
        room = room_for(half.bounds, paper)
        scale = max(scale, self.info.frame / room.larger_side)
        staying: dict[int, list[InkPoint]] = {}
        waiting = list(range(len(randoms)))
        for attempt in range(TRIES):
            again = [randoms[which] for which in waiting]
            inks, batch = self._endings(
                half, scale, temperature, again, number, room if attempt < TRIES - 1 else None
            )
            finished = dict(zip(waiting, map(list, inks), strict=True))
            waiting = [which for which, left in zip(waiting, batch.left, strict=True) if left]
            staying |= {which: ink for which, ink in finished.items() if which not in waiting}
            if len(staying) >= enough:
                break
            scale *= SMALLER
        return [iter(staying[which]) for which in sorted(staying)]

    def _endings(
        self,
        half: Sketch,
        scale: float,
        temperature: float,
        randoms: Sequence[np.random.Generator],
        number: int | None,
        room: Bounds | None = None,
    ) -> tuple[list[Iterator[InkPoint]], Batch]:
        """Endings under a given scale (pixels of the frame for a unit of the drawing), and who draws them.

        Those that leave the room are broken off there; `Batch.left` says which.
        """
        rows = self._to_model(half, scale)
        count, decoder = len(randoms), self._drawing_decoder()
        with one_blas_thread():
            if self._encoder is None:  # all begin in the same state
                start = decoder.start(told=self._told([number]))
                outputs, state = decoder.prime(start, [rows])
                last_outputs, state = np.repeat(outputs[0][-1:], count, axis=0), state.take([0] * count)
            else:
                latent = self._encode([rows], number)
                z = sample_latent(latent, temperature, randoms)
                start = decoder.start(z, told=self._told([number] * count))
                outputs, state = decoder.prime(start, [rows] * count)
                last_outputs = np.stack([each[-1] for each in outputs])
        x, y = half.strokes[-1][-1].tolist()
        sampler = Sampler(temperature, randoms)
        unit = self.info.scale_factor / scale
        kept_in = None if room is None else Room(room, (x, y), unit)
        budget = self._budget(len(rows))
        batch = Batch(self.info.name, decoder, last_outputs, state, sampler, budget, kept_in)
        return [to_paper(batch.offsets(which), (x, y), unit) for which in range(count)], batch
