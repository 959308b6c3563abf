"""Positions for a model that saw offsets alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sketchrnn.engine.architecture import Architecture

Arrays = dict[str, NDArray[np.float32]]


def with_positions(weights: Mapping[str, NDArray[np.float32]], architecture: Architecture) -> Arrays:
    """A model's weights with room for where each point is: zeros, which change nothing at first.

    Args:
        weights: the arrays, by the names of `Architecture.weight_shapes`.
        architecture: what the model is to be; that of the weights but for `positions`.
    """
    grown = dict(weights)
    for name, shape in architecture.weight_shapes().items():
        missing = shape[0] - len(grown[name])
        if name.endswith("/kernel") and missing > 0 and shape[0] == architecture.inputs:
            grown[name] = np.pad(grown[name], ((0, missing), (0, 0)))
    return grown
