"""Shares of what is right, with the interval that holds 95 % of the means over drawings drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from _common import row
from numpy.typing import NDArray

Figures = dict[str, Any]

RESAMPLES = 2000
"""Of the drawings, for the bootstrap's intervals."""


def interval(means: NDArray[np.float64], seed: int = 0) -> tuple[float, float]:
    """95 % of the means over drawings drawn again with replacement. `means`: a figure for each drawing."""
    random = np.random.default_rng(seed)
    again = means[random.integers(0, len(means), (RESAMPLES, len(means)))].mean(axis=1)
    low, high = np.quantile(again, [0.025, 0.975])
    return float(low), float(high)


def share(rights: Sequence[Sequence[bool]] | NDArray[Any]) -> Figures:
    """The share of what is right, with its interval; a row for each drawing."""
    means = np.array([np.mean(each) for each in rights], np.float64)
    return {"share": float(means.mean()), "interval": interval(means), "each": means.tolist()}


def difference(one: Figures, other: Figures) -> Figures:
    """A share less another over the same drawings, with its interval."""
    means = np.array(one["each"]) - np.array(other["each"])
    return {"share": float(means.mean()), "interval": interval(means)}


def show(what: str, figures: Figures) -> None:
    low, high = figures["interval"]
    more = ""
    if "ended" in figures:
        more = f"; ended {figures['ended']:.0%}, off the paper {figures['off_paper']:.0%}"
    row(f"{what} ({100 * low:.0f} to {100 * high:.0f}{more})", f"{figures['share']:.1%}")
