"""Models and data sets that are small enough to make anew for every test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchrnn import store
from sketchrnn.engine import Architecture
from sketchrnn.formats.npz import StrokeSet, write_splits
from sketchrnn.sketch import Sketch

ARCHITECTURE = Architecture(enc_rnn_size=16, dec_rnn_size=32, z_size=8, num_mixture=3)
DECODER_ONLY = Architecture(False, enc_rnn_size=16, dec_rnn_size=32, z_size=8, num_mixture=3)

LABELS = ("cat", "dog", "owl")
LABELLED = Architecture(
    enc_rnn_size=16, dec_rnn_size=32, z_size=8, num_mixture=3, num_labels=len(LABELS), label_size=5
)

HALF = Sketch([[(100, 100), (160, 100), (160, 160)], [(100, 160), (130, 190)]])


def weights(architecture: Architecture, seed: int = 1) -> dict[str, NDArray[np.float32]]:
    """Random weights of a decoder that lifts its pen now and then, and comes to an end."""
    random = np.random.default_rng(seed)
    shapes = architecture.weight_shapes()
    arrays = {
        name: (0.3 * random.standard_normal(shape)).astype(np.float32) for name, shape in shapes.items()
    }
    arrays["decoder/output/bias"][:3] = 1.5, 0.0, -1.5  # pen down, up, end
    return arrays


def save_model(folder: Path, architecture: Architecture = ARCHITECTURE, **fields: Any) -> store.ModelInfo:
    """Saves an untrained model and reads it back."""
    info = store.ModelInfo(
        **{
            "name": folder.name,
            "path": folder,
            "architecture": architecture,
            "frame": 255.0,
            "epsilon": 2.0,
            "scale_factor": 30.0,
            "max_points": 60,
            **fields,
        }
    )
    store.save(info, weights(architecture))
    return store.read_info(folder)


def drawing(random: np.random.Generator, points: int, explicit_start: bool = False) -> NDArray[np.int16]:
    """Stroke-3 rows of a zigzag whose pen is lifted about every fifth point, and at the end."""
    rows = np.zeros((points, 3), np.int16)
    rows[:, :2] = random.integers(1, 40, (points, 2)) * random.choice([-1, 1], (points, 2))
    rows[:, 2] = random.random(points) < 0.2
    rows[-1, 2] = 1
    if explicit_start:
        rows[0, :2] = 0
    return rows


def drawings(count: int, seed: int = 1, shortest: int = 5, longest: int = 40, **options: Any) -> StrokeSet:
    """So many drawings of different lengths."""
    random = np.random.default_rng(seed)
    lengths = random.integers(shortest, longest + 1, count)
    return StrokeSet.of([drawing(random, int(length), **options) for length in lengths])


def data_file(path: Path, train: int = 40, valid: int = 6, test: int = 6, **options: Any) -> Path:
    """A data set with its own splits, as `.npz`."""
    sizes = {"train": train, "valid": valid, "test": test}
    write_splits(
        path, {name: drawings(n, seed, **options) for seed, (name, n) in enumerate(sizes.items()) if n}
    )
    return path
