"""Drawings from models, to train another model on: many models' knowledge in one (Hinton et al. 2015)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchrnn import simplify, store
from sketchrnn.engine import Decoder, DecoderState
from sketchrnn.engine.sampling import END, UP
from sketchrnn.engine.threads import one_blas_thread
from sketchrnn.errors import ModelError
from sketchrnn.formats.npz import StrokeSet

Floats = NDArray[np.float32]

LONGEST = 250
SHORTEST = 6
"""Points of a sampled drawing: one that goes on beyond the first, or ends before the second, is left out."""

LARGEST_OFFSET = 3000
"""Pixels of the model's frame; a longer line is a mishap."""

_BATCH = 192
_AT_ONCE = 500
"""Drawings that are prepared together."""


def sample(info: store.ModelInfo, count: int, temperature: float, seed: Any) -> list[NDArray[np.int16]]:
    """Many drawings from nothing, from a decoder alone, as fast as numpy can on one core.

    A batch is always full: where a drawing ends, the next begins. So, other than with `Completer.sample`,
    a drawing depends on the others.

    Args:
        info: the model.
        count: how many drawings that end by themselves.
        temperature: τ, as `Sampler` understands it.
        seed: for `numpy.random.default_rng`.

    Returns:
        stroke-3 rows (n, 3) in pixels of the model's frame.

    Raises:
        ModelError: the model is no decoder alone, or sees positions.
    """
    if info.conditional or info.labels or info.architecture.positions:
        raise ModelError(
            f"{info.name} is no decoder alone that sees offsets; only such models are sampled in bulk"
        )
    decoder = Decoder(info.architecture, store.read_weights(info))
    random = np.random.default_rng(seed)
    start = decoder.start(batch=_BATCH)
    c, h = start.c.copy(), start.h.copy()
    points = np.zeros((_BATCH, 5), np.float32)
    unfinished: list[list[Floats]] = [[] for _ in range(_BATCH)]
    done: list[NDArray[np.int16]] = []
    while len(done) < count:
        with one_blas_thread():
            outputs, state = decoder.step(DecoderState(c, h, start.static), points)
        c, h = state.c, state.h
        points = _sampled(outputs, temperature, random)
        for number, rows in enumerate(unfinished):
            if points[number, 2 + END] == 0.0:
                rows.append(points[number, [0, 1, 2 + UP]])
                if len(rows) <= LONGEST:
                    continue
            elif len(rows) >= SHORTEST:
                drawing = np.stack(rows)
                drawing[:, :2] *= info.scale_factor
                drawing[-1, 2] = 1.0
                if np.abs(drawing).max() < LARGEST_OFFSET:
                    done.append(np.round(drawing).astype(np.int16))
            unfinished[number] = []
            c[number], h[number], points[number] = 0.0, 0.0, 0.0
    return done[:count]


def prepared(drawings: Sequence[NDArray[Any]], label: str) -> StrokeSet:
    """Drawings as QuickDraw publishes its own: by `simplify.quickdraw_points`, as a labelled set.

    Args:
        drawings: stroke-3 rows (n, 3), any unit; the first offset is of the second point.
        label: what they show.
    """
    done: list[NDArray[np.int16]] = []
    for first in range(0, len(drawings), _AT_ONCE):
        some = drawings[first : first + _AT_ONCE]
        points = [
            np.vstack([np.zeros((1, 2)), np.cumsum(rows[:, :2].astype(np.float64), 0)]) for rows in some
        ]
        # Row k leads to point k + 1; a lift in the last row ends the last stroke.
        lengths = [np.diff([0, *(np.flatnonzero(rows[:-1, 2] > 0.5) + 2), len(rows) + 1]) for rows in some]
        counts = [len(of_drawing) for of_drawing in lengths]
        kept, ends = simplify.quickdraw_points(
            np.concatenate(points), np.cumsum(np.concatenate(lengths)), np.cumsum(counts)
        )
        strokes = np.split(kept, ends[:-1])
        for last, count in zip(np.cumsum(counts).tolist(), counts, strict=True):
            done.append(_stroke3(strokes[last - count : last]))
    return StrokeSet.of(done).labelled(label)


def _stroke3(strokes: Sequence[NDArray[np.int16]]) -> NDArray[np.int16]:
    points = np.concatenate(strokes)
    rows = np.zeros((len(points) - 1, 3), np.int16)
    rows[:, :2] = np.diff(points, axis=0)
    lifted = np.cumsum([len(stroke) for stroke in strokes]) - 2
    rows[lifted[lifted >= 0], 2] = 1
    return rows


def _sampled(outputs: Floats, temperature: float, random: np.random.Generator) -> Floats:
    """The next point of each drawing (B, 5), as `Sampler` draws it, from one generator for all."""
    batch, mixtures = len(outputs), (outputs.shape[1] - 3) // 6
    each = np.arange(batch)
    scores = outputs[:, : 3 + mixtures] * np.float32(1.0 / (0.5 + 0.5 * temperature))
    scores -= np.log(-np.log(random.random(scores.shape, np.float32) + 1e-12) + 1e-12)  # Gumbel noise
    pens, components = scores[:, :3].argmax(1), scores[:, 3:].argmax(1)
    chosen = outputs[:, 3 + mixtures :].reshape(batch, 5, mixtures)[each, :, components]
    mu_x, mu_y, log_sigma_x, log_sigma_y, rho_logit = chosen.T
    x, other = random.standard_normal((batch, 2), np.float32).T
    rho, spread = np.tanh(rho_logit), np.sqrt(temperature)
    y = rho * x + np.sqrt(1.0 - rho**2) * other
    points = np.zeros((batch, 5), np.float32)
    points[:, 0] = mu_x + x * spread * np.exp(np.minimum(log_sigma_x, 20.0))
    points[:, 1] = mu_y + y * spread * np.exp(np.minimum(log_sigma_y, 20.0))
    points[each, 2 + pens] = 1.0
    return points
