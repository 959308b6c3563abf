"""A saved model of the full size whose weights are noise: it draws, though nothing nice."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sketchrnn import store
from sketchrnn.engine.architecture import Architecture

FULL = Architecture()


def save_untrained(folder: Path, architecture: Architecture = FULL) -> store.ModelInfo:
    """Writes the model into a folder, whose name is the model's."""
    random = np.random.default_rng(7)
    weights = {
        name: (random.standard_normal(shape) * 0.02).astype(np.float32)
        for name, shape in architecture.weight_shapes().items()
    }
    pen = weights["decoder/output/bias"]
    pen[:3] = (2.5, 0.0, -2.5)  # mostly down, and seldom at the end
    info = store.ModelInfo(
        name=folder.name,
        path=folder,
        architecture=architecture,
        frame=255.0,
        epsilon=2.0,
        scale_factor=8.0,
        description="untrained",
    )
    store.save(info, weights)
    return info
