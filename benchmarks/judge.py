"""The judge: a small convolutional network that names drawings from their picture.

It measures completions, so it shares nothing with what it measures: it sees pixels where the product sees
strokes, and it learned from drawings that Magenta's models drew for it alone, under a seed that nothing else
uses. No drawing by a person was among them. Its weights stay in the user's cache folder; the first run trains
it, which takes some minutes.

    python benchmarks/judge.py            train it if need be; how often it names people's drawings rightly
    python benchmarks/judge.py --train    train it anew
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from _common import human_drawings, row
from _specialists import cache, categories, drawings
from numpy.typing import NDArray

from sketchrnn import Sketch
from sketchrnn.cli.quiet import import_tensorflow

Floats = NDArray[np.float32]

SEED = 7
PLAN = {1.0: 2500, 0.7: 1500}
"""Drawings of each category, by temperature."""

SIZE = 48
"""Pixels of a picture's side."""

MARGIN = 2.0
STEP = 0.4
"""Pixels between the dots that a line is made of."""

EPOCHS = 7
BATCH = 128
LEARNING_RATE = 2e-3
HELD_BACK = 50
"""One of so many training drawings is kept for validation."""


class Points:
    """Drawings as arrays: all their points, one after another.

    Args:
        xy: float32 (P, 2).
        stroke: int64 (P,), the number of the point's stroke in its drawing.
        drawing: int64 (P,), ascending from 0, none left out.
    """

    def __init__(self, xy: Floats, stroke: NDArray[np.int64], drawing: NDArray[np.int64]) -> None:
        self.xy, self.stroke, self.drawing = xy, stroke, drawing
        self.starts = np.flatnonzero(np.diff(drawing, prepend=-1))

    def __len__(self) -> int:
        return len(self.starts)

    @classmethod
    def of_sketches(cls, sketches: Sequence[Sketch]) -> Points:
        strokes = [stroke for sketch in sketches for stroke in sketch.strokes]
        lengths = [len(stroke) for stroke in strokes]
        numbers = np.concatenate([np.arange(len(sketch)) for sketch in sketches])
        owners = np.repeat(np.arange(len(sketches)), [len(sketch) for sketch in sketches])
        return cls(np.concatenate(strokes), np.repeat(numbers, lengths), np.repeat(owners, lengths))

    @classmethod
    def of_stroke3(cls, rows: Sequence[NDArray[Any]]) -> Points:
        """Of offsets (n, 3); the origin is the first point."""
        xy, stroke, lengths = [], [], []
        for drawing in rows:
            xy.append(np.concatenate([np.zeros((1, 2)), np.cumsum(drawing[:, :2], axis=0)]))
            lifted = np.cumsum(drawing[:, 2])
            stroke.append(np.concatenate([[0, 0], lifted[:-1]]).astype(np.int64))
            lengths.append(len(drawing) + 1)
        owners = np.repeat(np.arange(len(rows)), lengths)
        return cls(np.concatenate(xy).astype(np.float32), np.concatenate(stroke), owners)

    def take(self, which: NDArray[np.int64]) -> Points:
        """Some of the drawings, in the order given."""
        ends = np.append(self.starts[1:], len(self.xy))
        lengths = ends[which] - self.starts[which]
        owners = np.repeat(np.arange(len(which)), lengths)
        first = np.cumsum(lengths) - lengths
        index = np.arange(lengths.sum()) - first[owners] + self.starts[which][owners]
        return Points(self.xy[index], self.stroke[index], owners)


def pictures(points: Points) -> Floats:
    """White lines on black, (n, SIZE, SIZE): each drawing fills the picture, whatever its size was.

    A line is a row of dots close together, each shared among the four pixels around it.
    """
    low = np.minimum.reduceat(points.xy, points.starts)
    high = np.maximum.reduceat(points.xy, points.starts)
    side = np.maximum((high - low).max(axis=1), 1e-6)
    scale = (SIZE - 1 - 2 * MARGIN) / side
    xy = (points.xy - ((low + high) / 2)[points.drawing]) * scale[points.drawing, None] + (SIZE - 1) / 2

    first_of_stroke = np.diff(points.drawing * 4096 + points.stroke, prepend=-1) != 0
    begin = np.where(first_of_stroke[:, None], xy, np.roll(xy, 1, axis=0))  # a stroke's first point is a dot
    length = np.hypot(*(xy - begin).T)
    dots = np.ceil(length / STEP).astype(np.int64) + 1
    owner = np.repeat(np.arange(len(xy)), dots)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(dots) - dots, dots)
    along = (number + 0.5) / dots[owner]
    at = begin[owner] + (xy - begin)[owner] * along[:, None]
    ink = (np.maximum(length, 0.5) / dots)[owner]

    corner = np.floor(at).astype(np.int64)
    part = at - corner
    flat = (points.drawing[owner] * SIZE + corner[:, 1]) * SIZE + corner[:, 0]
    cells = np.concatenate([flat, flat + 1, flat + SIZE, flat + SIZE + 1])
    left, top = 1.0 - part[:, 0], 1.0 - part[:, 1]
    shares = [left * top, part[:, 0] * top, left * part[:, 1], part[:, 0] * part[:, 1]]
    total = np.bincount(cells, np.concatenate([share * ink for share in shares]), len(points) * SIZE * SIZE)
    return np.minimum(1.3 * total, 1.0).reshape(len(points), SIZE, SIZE).astype(np.float32)


def varied(points: Points, random: np.random.Generator) -> Points:
    """The drawings as others might have drawn them: some strokes left out, slanted, stretched, shaky."""
    count = len(points)
    most = int(points.stroke.max()) + 1
    dropping = random.choice([0.0, 0.12, 0.3], count, p=[0.5, 0.3, 0.2])
    dropped = random.random((count, most)) < dropping[:, None]
    stay = ~dropped[points.drawing, points.stroke]
    left = np.bincount(points.drawing, stay, count)
    stay |= left[points.drawing] == 0.0  # something must stay
    xy, stroke, drawing = points.xy[stay], points.stroke[stay], points.drawing[stay]

    angle = random.normal(0.0, 0.15, count)
    stretch = np.exp(random.normal(0.0, 0.15, count))
    shear = random.normal(0.0, 0.12, count)
    mirror = random.choice([1.0, -1.0], count)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.stack([np.stack([cos, -sin], 1), np.stack([sin, cos], 1)], 1)
    slant = np.zeros((count, 2, 2))
    slant[:, 0, 0], slant[:, 0, 1], slant[:, 1, 1] = mirror * stretch, shear, 1.0 / stretch
    xy = np.einsum("pij,pj->pi", (turn @ slant)[drawing], xy)

    starts = np.searchsorted(drawing, np.arange(count))
    extent = np.maximum.reduceat(xy, starts) - np.minimum.reduceat(xy, starts)
    side = extent.max(axis=1)
    shake = random.choice([0.0, 0.006, 0.015], count) * side
    xy += random.normal(size=xy.shape) * shake[drawing, None]
    # Strokes as a whole are moved a little, too: people do not always meet where they mean to.
    moved = random.normal(0.0, 0.015, (count, most, 2)) * side[:, None, None]
    xy += moved[drawing, stroke]
    return Points(xy.astype(np.float32), stroke, drawing)


class Judge:
    """Names drawings; trained the first time it is needed.

    Args:
        anew: train it even if its weights are in the cache.
    """

    def __init__(self, anew: bool = False) -> None:
        self.labels = categories()
        path = cache(f"judge-seed{SEED}.weights.h5")
        import_tensorflow()
        import keras

        keras.utils.set_random_seed(SEED)
        self._network = _network(len(self.labels))
        if anew or not path.exists():
            _train(self._network, self.labels, path)
        self._network.load_weights(path)

    def probabilities(self, sketches: Sequence[Sketch]) -> Floats:
        """p(label | drawing), (n, labels), in the order of `labels`, whatever the drawing's size."""
        logits = [
            self._network(pictures(Points.of_sketches(sketches[start : start + 256]))[..., None]).numpy()
            for start in range(0, len(sketches), 256)
        ]
        scores = np.exp(np.concatenate(logits).astype(np.float64))
        return np.asarray(scores / scores.sum(axis=1, keepdims=True), np.float32)

    def names(self, sketches: Sequence[Sketch]) -> list[str]:
        """The likeliest label of each drawing."""
        return [self.labels[number] for number in self.probabilities(sketches).argmax(axis=1)]


def _network(labels: int) -> Any:
    from keras import Sequential, layers

    def convolution(filters: int, size: int = 3, strides: int = 1) -> list[Any]:
        return [
            layers.Conv2D(filters, size, strides, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.95),
            layers.ReLU(),
        ]

    return Sequential(
        [
            layers.Input((SIZE, SIZE, 1)),
            *convolution(24, 5, 2),  # 24 × 24
            *convolution(32),
            layers.MaxPooling2D(),  # 12 × 12
            *convolution(64),
            layers.MaxPooling2D(),  # 6 × 6
            *convolution(128),
            layers.AveragePooling2D(2),  # 3 × 3
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(labels),
        ]
    )


def _train(network: Any, labels: Sequence[str], path: Path) -> None:
    import keras

    started = time.perf_counter()
    rows, answers = [], []
    for number, label in enumerate(labels):
        own = drawings(label, PLAN, SEED)
        rows += own
        answers += [number] * len(own)
    everything, truth = Points.of_stroke3(rows), np.array(answers)
    held = np.arange(len(truth)) % HELD_BACK == 0
    learned, checked = np.flatnonzero(~held), np.flatnonzero(held)
    print(f"{len(learned):,} drawings to learn from, {time.perf_counter() - started:.0f} s", flush=True)

    steps = EPOCHS * (len(learned) // BATCH)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, steps - 300, warmup_target=LEARNING_RATE, warmup_steps=300
    )
    network.compile(
        keras.optimizers.AdamW(schedule, weight_decay=1e-2),
        keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.05),
    )
    random = np.random.default_rng(SEED)
    human, human_answers = _human(labels)
    for epoch in range(1, EPOCHS + 1):
        losses = [
            network.train_on_batch(picture, answer, return_dict=True)["loss"]
            for picture, answer in _batches(everything, truth, learned, len(labels), random)
        ]
        own = _accuracy(network, everything.take(checked), truth[checked])
        others = _accuracy(network, human, human_answers)
        print(
            f"epoch {epoch}: loss {losses[-1]:.3f}; names {own:.1%} of the models' other drawings, "
            f"{others:.1%} of people's; {time.perf_counter() - started:.0f} s",
            flush=True,
        )
    network.save_weights(path)


def _batches(
    points: Points,
    truth: NDArray[np.int64],
    which: NDArray[np.int64],
    labels: int,
    random: np.random.Generator,
) -> Iterator[tuple[Floats, Floats]]:
    order = random.permutation(which)
    for start in range(0, len(order) - BATCH + 1, BATCH):
        chosen = order[start : start + BATCH]
        answer = np.eye(labels, dtype=np.float32)[truth[chosen]]
        yield pictures(varied(points.take(chosen), random))[..., None], answer


def _accuracy(network: Any, points: Points, truth: NDArray[np.int64]) -> float:
    logits = network(pictures(points)[..., None]).numpy()
    return float((logits.argmax(axis=1) == truth).mean())


def _human(labels: Sequence[str]) -> tuple[Points, NDArray[np.int64]]:
    """Every raw drawing by a person: the judge has learned from none of them."""
    sketches = [(sketch, number) for number, label in enumerate(labels) for sketch in human_drawings(label)]
    return Points.of_sketches([sketch for sketch, _ in sketches]), np.array(
        [number for _, number in sketches]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="The independent judge of drawings.")
    parser.add_argument("--train", action="store_true", help="train it anew")
    judge = Judge(anew=parser.parse_args().train)
    print("drawings by people, of which the judge has learned from none")
    right = total = 0
    for label in judge.labels:
        sketches = human_drawings(label)
        names = judge.names(sketches)
        right, total = right + names.count(label), total + len(names)
        row(label, f"{names.count(label)} of {len(names)}")
    row("all", f"{right / total:.1%}")


if __name__ == "__main__":
    main()
