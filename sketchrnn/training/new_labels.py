"""Labels that a model learns beside those it knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sketchrnn.engine.architecture import Architecture
from sketchrnn.engine.eye import Eye
from sketchrnn.engine.network import Encoder
from sketchrnn.formats.npz import StrokeSet
from sketchrnn.sketch import Sketch

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


NEW = 0.1
"""What the drawings of a new label weigh, of all: it looks like what is known, and is drawn less often."""

BEGUN = (0.35, 0.5, 0.75, 1.0)
"""Of the strokes: an eye is shown beginnings too."""

READ = (0.5, 1.0)
"""Of the strokes: parts that the encoder reads, which takes longer than looking."""

WEIGHT_DECAY = 1e-2
STEPS = 300
RATE = 0.05


def eye_with_labels(
    weights: Mapping[str, NDArray[np.float32]], drawings: StrokeSet, labels: Sequence[str], known: int
) -> Arrays:
    """An eye that tells more labels apart; what it said of those it knows, it says still.

    Only the outputs of the new labels are learnt: logistic regression on what the last layer looks at, with
    Adam. It takes a second.

    Args:
        weights: the eye's, by the names of `eye_shapes`, and others.
        drawings: of the new labels, and of those that it knows.
        labels: all labels, the new ones last.
        known: how many it knows.

    Returns:
        the weights of the eye; none where a new label has no drawing or there is no eye.
    """
    numbers = {label: number for number, label in enumerate(labels)}
    said = [numbers.get(str(label), -1) for label in np.asarray(drawings.labelled("").labels)]
    if "eye/labels/kernel" not in weights or not set(range(known, len(labels))) <= set(said):
        return {}
    shown, answers = [], []
    for rows, answer in zip(drawings, said, strict=True):
        sketch = Sketch.from_stroke3(rows)
        if answer >= 0 and sketch.bounds.larger_side > 0.0:
            for part in BEGUN:
                shown.append(sketch[: max(1, round(part * len(sketch)))].strokes)
                answers.append(answer)
    seen = np.concatenate([Eye(weights).hidden(shown[n : n + 500]) for n in range(0, len(shown), 500)])
    kernel, bias = weights["eye/labels/kernel"], weights["eye/labels/bias"]
    new = _new_outputs(seen, seen @ kernel + bias, np.array(answers) - known, len(labels) - known)
    eye = {name: array for name, array in weights.items() if name.startswith("eye/")}
    eye["eye/labels/kernel"] = np.concatenate([kernel, new[0]], axis=1).astype(np.float32)
    eye["eye/labels/bias"] = np.concatenate([bias, new[1]]).astype(np.float32)
    return eye


def encoder_with_labels(
    weights: Mapping[str, NDArray[np.float32]],
    architecture: Architecture,
    drawings: StrokeSet,
    labels: Sequence[str],
    scale_factor: float,
) -> Arrays:
    """An encoder that recognises more labels, as `eye_with_labels` sees them; training goes on with it.

    Args:
        weights: the model's, with the labels that it knows.
        architecture: the model's, before it learns more.
        drawings: of the new labels, and of those that it knows, in pixels of its frame.
        labels: all labels, the new ones last.
        scale_factor: pixels of a model unit.

    Returns:
        the outputs that recognise; none for a decoder alone, or where a new label has no drawing.
    """
    known = architecture.num_labels
    numbers = {label: number for number, label in enumerate(labels)}
    said = [numbers.get(str(label), -1) for label in np.asarray(drawings.labelled("").labels)]
    if not architecture.conditional or not known or not set(range(known, len(labels))) <= set(said):
        return {}
    kernel, bias = (weights[f"encoder/recognition/{part}"] for part in ("kernel", "bias"))
    size = len(kernel)  # with outputs that change nothing, the encoder says what they look at
    plain = {"kernel": np.eye(size, dtype=np.float32), "bias": np.zeros(size, np.float32)}
    encoder = Encoder(architecture, {**weights, **{f"encoder/recognition/{k}": v for k, v in plain.items()}})
    read, answers = [], []
    for rows, answer in zip(drawings, said, strict=True):
        if answer >= 0:
            units = np.asarray(rows, np.float32) / np.array([scale_factor, scale_factor, 1.0], np.float32)
            lifts = np.flatnonzero(units[:-1, 2] > 0.5) + 1  # and the end
            ends = [*lifts.tolist(), len(units)]
            for part in READ:
                read.append(units[: ends[max(1, round(part * len(ends))) - 1]])
                answers.append(answer)
    order = np.argsort([len(rows) for rows in read])
    seen = np.empty((len(read), size), np.float32)
    for first in range(0, len(read), 200):
        some = order[first : first + 200]
        seen[some] = encoder.encode([read[number] for number in some]).label_logits
    new = _new_outputs(seen, seen @ kernel + bias, np.array(answers) - known, len(labels) - known)
    return {
        "encoder/recognition/kernel": np.concatenate([kernel, new[0]], axis=1).astype(np.float32),
        "encoder/recognition/bias": np.concatenate([bias, new[1]]).astype(np.float32),
    }


def _new_outputs(
    seen: NDArray[np.float32], logits: NDArray[np.float32], answers: NDArray[np.int64], count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Kernel (H, count) and bias (count,) of outputs beside those that are there.

    Args:
        seen: (B, H).
        logits: (B, labels) of the known labels, which stay.
        answers: (B,), numbers of the new labels; negative for those that are known.
        count: of the new labels.
    """
    middle, spread = seen.mean(axis=0, dtype=np.float64), seen.std(axis=0, dtype=np.float64) + 1e-3
    x = np.column_stack([(seen - middle) / spread, np.ones(len(seen))])
    high = logits.max(axis=1, keepdims=True)
    known = (high + np.log(np.exp(logits - high).sum(axis=1, keepdims=True))).astype(np.float64)
    truth = (answers[:, None] == np.arange(count)).astype(np.float64)
    shares = np.append(np.full(count, min(NEW, 0.5 / count)), 1.0 - min(NEW * count, 0.5))
    group = np.where(answers < 0, count, answers)
    weight = (shares[group] / np.bincount(group, minlength=count + 1)[group])[:, None]
    w = np.zeros((x.shape[1], count))
    w[-1] = known.mean()
    mean, square = np.zeros_like(w), np.zeros_like(w)
    decay = np.append(np.full(len(w) - 1, WEIGHT_DECAY), 0.0)[:, None]
    for step in range(1, STEPS + 1):
        every = np.concatenate([known, x @ w], axis=1)
        every -= every.max(axis=1, keepdims=True)
        likely = np.exp(every) / np.exp(every).sum(axis=1, keepdims=True)
        slope = x.T @ ((likely[:, 1:] - truth) * weight) + decay * w
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        w -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    kernel = w[:-1] / spread[:, None]
    return kernel, w[-1] - middle @ kernel
