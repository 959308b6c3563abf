"""A saved model at other sizes, as near to what it was as they allow: where training goes on from it."""

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


def with_smaller_z(
    weights: Mapping[str, NDArray[np.float32]], architecture: Architecture, size: int
) -> Arrays:
    """A conditional model's weights without the dimensions of z that tell its decoder least.

    A dimension tells as much as it varies over drawings, times the weights that the decoder gives it. Those
    that go leave their mean to the decoder's biases.

    Args:
        weights: the arrays, those of the latent space among them, where they are.
        architecture: the model's.
        size: dimensions that stay.
    """
    mean, factor = weights.get("latent/mean"), weights.get("latent/factor")
    decoder = f"{architecture.decoder_prefix}/z_kernel", "decoder/initial_state/kernel"
    heard = sum(np.square(weights[name][: architecture.z_size]).sum(axis=1) for name in decoder)
    varies = np.ones(architecture.z_size) if factor is None else np.square(factor).sum(axis=1)
    order = np.argsort(-varies * heard, kind="stable")
    kept, gone = np.sort(order[:size]), order[size:]
    smaller = dict(weights)
    constant = np.zeros(len(gone), np.float32) if mean is None else np.atleast_2d(mean).mean(axis=0)[gone]
    biases = f"{architecture.decoder_prefix}/bias", "decoder/initial_state/bias"
    for name, bias in zip(decoder, biases, strict=True):
        if bias in weights:  # a layer-normalised cell has none, where its z comes in
            smaller[bias] = weights[bias] + constant @ weights[name][gone]
        smaller[name] = np.delete(weights[name], gone, axis=0)
    for head in ("mu", "log_variance"):
        smaller[f"encoder/{head}/kernel"] = weights[f"encoder/{head}/kernel"][:, kept]
        smaller[f"encoder/{head}/bias"] = weights[f"encoder/{head}/bias"][kept]
    if mean is not None and factor is not None:
        smaller["latent/mean"] = mean[..., kept]
        covariance = (factor @ factor.T)[np.ix_(kept, kept)].astype(np.float64)
        smaller["latent/factor"] = np.linalg.cholesky(
            covariance + 1e-6 * np.trace(covariance) / size * np.eye(size)
        ).astype(np.float32)
    return smaller
