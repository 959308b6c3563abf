"""Labels that a model learns beside those it knows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sketchrnn.engine.architecture import Architecture

Arrays = dict[str, NDArray[np.float32]]

UNLIKELY = 4.0
"""How far below the mean of the known labels' a new label's logit begins: it is yet to be recognised."""


def with_labels(weights: Mapping[str, NDArray[np.float32]], architecture: Architecture, count: int) -> Arrays:
    """A model's weights with room for more labels, behind those it knows.

    What is asked for a new label is at first what is drawn without one. What was known stays as it was, to
    the last bit.

    Args:
        weights: the arrays, by the names of `Architecture.weight_shapes`.
        architecture: the model's.
        count: how many labels it is to know; as many as it does, or more.
    """
    grown = dict(weights)
    added = count - architecture.num_labels
    if not architecture.num_labels or added <= 0:
        return grown
    embeddings = grown["label/embeddings"]
    grown["label/embeddings"] = np.concatenate([embeddings, np.repeat(embeddings[-1:], added, axis=0)])
    for name, lower in (("kernel", 0.0), ("bias", UNLIKELY)):
        path = f"encoder/recognition/{name}"
        if path in grown:
            known = grown[path]
            new = np.repeat(known.mean(axis=-1, keepdims=True) - np.float32(lower), added, axis=-1)
            grown[path] = np.concatenate([known, new], axis=-1)
    if "latent/mean" in grown:
        means = grown["latent/mean"]
        new = np.repeat(means.mean(axis=0, keepdims=True), added, axis=0)
        grown["latent/mean"] = np.concatenate([means, new])
    return grown
