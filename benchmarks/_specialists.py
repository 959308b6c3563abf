"""Magenta's published models, one category each: brought in as saved models, and sampled in large batches."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from _common import DATA, need
from numpy.typing import NDArray

from sketchrnn import magenta, store
from sketchrnn.completion import Completer
from sketchrnn.engine import Decoder
from sketchrnn.engine.network import DecoderState
from sketchrnn.engine.sampling import END, UP
from sketchrnn.engine.threads import one_blas_thread
from sketchrnn.files import atomic_write

Floats = NDArray[np.float32]

LONGEST = 250
SHORTEST = 6
"""Points of a sampled drawing: one that goes on beyond the first, or ends before the second, is left out."""

BATCH = 192
LARGEST_OFFSET = 3000
"""Pixels of the model's frame; a longer line is a mishap."""


def cache(*parts: str) -> Path:
    """A path in the user's cache folder, where benchmarks keep what takes long to make."""
    path = platformdirs.user_cache_path("sketchrnn-benchmarks", appauthor=False).joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def categories() -> list[str]:
    """The labels of the published models at hand, those of two categories left out."""
    files = need(DATA / "magenta").glob("*.gen.json")
    names = sorted(path.name.removesuffix(".gen.json") for path in files)
    return [name.replace("_", " ") for name in names if name != "antyoga"]


def saved(label: str) -> store.ModelInfo:
    """The specialist of a category as a saved model, imported into the cache the first time."""
    name = label.replace(" ", "_")
    folder = cache("magenta", name)
    if not (folder / store.MODEL_FILE).exists():
        info, weights = magenta.read(need(DATA / "magenta" / f"{name}.gen.json"))
        store.save(dataclasses.replace(info, name=name, path=folder), weights, dtype="float32")
    return store.read_info(folder)


def load_all() -> dict[str, Completer]:
    """The specialists of all categories, by label."""
    return {label: Completer(saved(label)) for label in categories()}


def drawings(label: str, plan: Mapping[float, int], seed: int) -> list[NDArray[np.int16]]:
    """Drawings sampled from a category's specialist, kept in the cache.

    Args:
        plan: how many at which temperature.
        seed: another seed gives other drawings.

    Returns:
        stroke-3 rows (n, 3) in pixels of the 1,000 frame, each drawing ended by the model itself.
    """
    what = "-".join(f"{count}at{temperature:g}" for temperature, count in plan.items())
    path = cache("drawings", f"{label.replace(' ', '_')}-seed{seed}-{what}.npz")
    if not path.exists():
        sampled = [
            rows
            for temperature, count in plan.items()
            for rows in sample(
                saved(label), count, temperature, seed=(seed, sum(map(ord, label)), round(100 * temperature))
            )
        ]
        with atomic_write(path) as file:
            np.savez_compressed(file, rows=np.concatenate(sampled), lengths=[len(rows) for rows in sampled])
    with np.load(path, allow_pickle=False) as archive:
        return np.split(archive["rows"], np.cumsum(archive["lengths"])[:-1])


def sample(info: store.ModelInfo, count: int, temperature: float, seed: Any) -> list[NDArray[np.int16]]:
    """Many drawings from nothing, from a model without encoder, as fast as numpy can.

    A batch is always full: where a drawing ends, the next begins. Drawings that do not end by themselves
    within `LONGEST` points are left out.
    """
    decoder = Decoder(info.architecture, store.read_weights(info))
    random = np.random.default_rng(seed)
    start = decoder.start(batch=BATCH)
    c, h = start.c.copy(), start.h.copy()
    points = np.zeros((BATCH, 5), np.float32)
    unfinished: list[list[Floats]] = [[] for _ in range(BATCH)]
    done: list[NDArray[np.int16]] = []
    while len(done) < count:
        with one_blas_thread():
            outputs, state = decoder.step(DecoderState(c, h, start.static), points)
        c, h = state.c, state.h
        points = _sampled(outputs, temperature, random)
        for number, rows in enumerate(unfinished):
            ended = points[number, 2 + END] == 1.0
            if not ended:
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


def _sampled(outputs: Floats, temperature: float, random: np.random.Generator) -> Floats:
    """The next point of each drawing (B, 5), as `Sampler` draws it, from one generator for all."""
    batch, mixtures = len(outputs), (outputs.shape[1] - 3) // 6
    each = np.arange(batch)
    scores = outputs[:, : 3 + mixtures] * np.float32(1.0 / (0.5 + 0.5 * temperature))
    uniform = random.random(scores.shape, np.float32)
    scores -= np.log(-np.log(uniform + 1e-12) + 1e-12)  # Gumbel noise
    pens, components = scores[:, :3].argmax(1), scores[:, 3:].argmax(1)
    chosen = outputs[:, 3 + mixtures :].reshape(batch, 5, mixtures)[each, :, components]
    mu_x, mu_y, log_sigma_x, log_sigma_y, rho_logit = chosen.T
    x, other = random.standard_normal((batch, 2), np.float32).T
    rho = np.tanh(rho_logit)
    spread = np.sqrt(temperature)
    points = np.zeros((batch, 5), np.float32)
    points[:, 0] = mu_x + x * spread * np.exp(np.minimum(log_sigma_x, 20.0))
    points[:, 1] = mu_y + (rho * x + np.sqrt(1.0 - rho**2) * other) * spread * np.exp(
        np.minimum(log_sigma_y, 20.0)
    )
    points[each, 2 + pens] = 1.0
    return points
