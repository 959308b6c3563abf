"""The eye: a small convolutional network along a drawing's line, which says what the drawing shows.

It sees a drawing as dots at equal distances along its line, whatever the size and however many points the
hand left: so it needs neither the model's frame nor a guess of it. Convolutions along time as in van den Oord
et al. 2016 (WaveNet) and Xu et al. 2020 (sketches as sequences), with residual connections (He et al. 2016).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

DOTS = 128
"""Dots of a drawing that the network sees."""

PAUSE = 0.02
"""Of a drawing's larger side: so much longer a stroke counts than it is, or a dot would get none."""

STEP_UNIT = 0.05
"""Of the larger side: about the distance between two dots of a drawing that is not a scribble."""


class Convolution(NamedTuple):
    """A layer along the line: rectified, with as many dots again or half as many.

    Args:
        filters: numbers that come out for each dot.
        width: dots that it looks at.
        stride: 2 leaves out every other dot.
        residual: adds what came in.
    """

    filters: int
    width: int
    stride: int = 1
    residual: bool = False


CONVOLUTIONS = (
    Convolution(64, 5),
    Convolution(96, 5, stride=2),
    Convolution(128, 5, stride=2),
    Convolution(128, 5, residual=True),
    Convolution(192, 3, stride=2),
    Convolution(192, 3, residual=True),
)
HIDDEN = 192
FEATURES = 8


def eye_shapes(labels: int) -> dict[str, tuple[int, ...]]:
    """The weights of an eye, by name."""
    shapes: dict[str, tuple[int, ...]] = {}
    inputs = FEATURES
    for number, layer in enumerate(CONVOLUTIONS):
        shapes[f"eye/convolution_{number}/kernel"] = (layer.width, inputs, layer.filters)
        shapes[f"eye/convolution_{number}/bias"] = (layer.filters,)
        inputs = layer.filters
    for name, above, below in (("hidden", 2 * inputs, HIDDEN), ("labels", HIDDEN, labels)):
        shapes |= {f"eye/{name}/kernel": (above, below), f"eye/{name}/bias": (below,)}
    return shapes


class Dots(NamedTuple):
    """Drawings as dots along their lines.

    Args:
        xy: float64 (B, N, 2), in the drawings' units.
        stroke: int64 (B, N), the number of the dot's stroke in its drawing, from 0.
    """

    xy: Doubles
    stroke: NDArray[np.int64]


def dots_along(drawings: Sequence[Sequence[NDArray[np.floating]]], count: int = DOTS) -> Dots:
    """Dots at equal distances along each drawing.

    Args:
        drawings: the strokes (n, 2) of each; every drawing has a point at least, all are finite.
        count: N, of each drawing.
    """
    strokes = list(itertools.chain.from_iterable(drawings))
    of_drawing = np.repeat(np.arange(len(drawings)), [len(one) for one in drawings])
    lengths = np.array([len(stroke) for stroke in strokes])
    of_stroke = np.repeat(np.arange(len(strokes)), lengths)
    first_stroke = np.searchsorted(of_drawing, np.arange(len(drawings)))
    begins = np.cumsum(lengths) - lengths
    xy = np.concatenate(strokes).astype(np.float64)
    starts = begins[first_stroke]
    xy -= np.minimum.reduceat(xy, starts)[of_drawing[of_stroke]]
    side = np.maximum(np.maximum.reduceat(xy, starts).max(axis=1), np.finfo(np.float32).tiny)

    steps = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T) / side[of_drawing[of_stroke]]
    steps[begins] = PAUSE
    along = np.cumsum(steps)
    before = along[starts] - PAUSE
    whole = np.append(before[1:], along[-1]) - before
    wanted = before[:, None] + whole[:, None] * (np.arange(count) + 0.5) / count
    end = np.minimum(np.searchsorted(along, wanted), len(along) - 1)  # the point that each dot comes to
    back = np.where(steps[end] > 0.0, (along[end] - wanted) / np.maximum(steps[end], 1e-300), 0.0)
    resting = np.zeros(len(along), bool)
    resting[begins] = True
    back[resting[end]] = 0.0
    return Dots(
        xy[end] + back[..., None] * (xy[end - 1] - xy[end]),
        of_stroke[end] - first_stroke[:, None],
    )


def features(dots: Dots) -> Floats:
    """What the network sees of dots, (B, N, FEATURES).

    The place within the drawing (its larger side being 2), the direction and length of the step to the next
    dot, whether that is the last of its stroke or this the first, and the part of the drawing before it.
    """
    xy, stroke = dots
    low, high = xy.min(axis=1, keepdims=True), xy.max(axis=1, keepdims=True)
    side = np.maximum((high - low).max(axis=2, keepdims=True), np.finfo(np.float32).tiny)
    xy = (xy - (low + high) / 2) / side
    seen = np.zeros((*stroke.shape, FEATURES), np.float32)
    seen[..., :2] = 2.0 * xy
    last = np.ones(stroke.shape, bool)
    last[:, :-1] = stroke[:, 1:] != stroke[:, :-1]
    step = np.where(last[:, :-1, None], 0.0, np.diff(xy, axis=1))
    length = np.hypot(step[..., 0], step[..., 1])[..., None]
    seen[:, :-1, 2:4] = step / np.maximum(length, 1e-4)
    seen[:, :-1, 4:5] = length / STEP_UNIT
    seen[..., 5] = last
    seen[:, 0, 6] = 1.0
    seen[:, 1:, 6] = last[:, :-1]
    seen[..., 7] = np.linspace(0.0, 1.0, stroke.shape[1])
    return seen


class Eye:
    """The network, for batches of drawings.

    Args:
        weights: those of `eye_shapes`; others may be among them.
    """

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        self._layers = [
            (layer, weights[f"eye/convolution_{number}/kernel"], weights[f"eye/convolution_{number}/bias"])
            for number, layer in enumerate(CONVOLUTIONS)
        ]
        self._hidden = weights["eye/hidden/kernel"], weights["eye/hidden/bias"]
        self._labels = weights["eye/labels/kernel"], weights["eye/labels/bias"]

    def logits(self, drawings: Sequence[Sequence[NDArray[np.floating]]]) -> Floats:
        """What each drawing shows: logits of the labels, (B, labels).

        Args:
            drawings: the strokes (n, 2) of each, of any size.
        """
        kernel, bias = self._labels
        return np.asarray(self.hidden(drawings) @ kernel + bias, np.float32)

    def hidden(self, drawings: Sequence[Sequence[NDArray[np.floating]]]) -> Floats:
        """What the labels are told by, (B, `HIDDEN`); arguments as for `logits`."""
        seen = features(dots_along(drawings))
        for layer, kernel, bias in self._layers:
            found = np.maximum(_convolve(seen, kernel, layer.stride) + bias, 0.0)
            seen = seen + found if layer.residual else found
        pooled = np.concatenate([seen.max(axis=1), seen.mean(axis=1)], axis=1)
        kernel, bias = self._hidden
        return np.asarray(np.maximum(pooled @ kernel + bias, 0.0), np.float32)


def _convolve(rows: Floats, kernel: Floats, stride: int) -> Floats:
    """Along the middle axis of (B, N, in), zeros beyond the ends, to (B, ceil(N / stride), out)."""
    width, inputs, filters = kernel.shape
    batch, count, _ = rows.shape
    out = -(-count // stride)
    lacking = max((out - 1) * stride + width - count, 0)
    padded = np.zeros((batch, count + lacking, inputs), np.float32)
    padded[:, lacking // 2 : lacking // 2 + count] = rows
    # What a filter sees lies in one piece.
    drawing, dot, number = padded.strides
    windows = np.lib.stride_tricks.as_strided(
        padded, (batch, out, width * inputs), (drawing, stride * dot, number), writeable=False
    ).reshape(batch * out, width * inputs)
    return (windows @ kernel.reshape(width * inputs, filters)).reshape(batch, out, filters)
