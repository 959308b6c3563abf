"""Magenta's published models, one category each: brought in as saved models, and sampled in large batches."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import platformdirs
from _common import DATA, need
from numpy.typing import NDArray

from sketchrnn import magenta, store
from sketchrnn.completion import Completer
from sketchrnn.files import atomic_write
from sketchrnn.training.distillation import sample

Floats = NDArray[np.float32]


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
