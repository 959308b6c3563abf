"""Trains a model's eye: the network that says what a drawing or its beginning shows (`engine.eye`)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from sketchrnn.engine.eye import CONVOLUTIONS, DOTS, FEATURES, HIDDEN, Dots, dots_along, eye_shapes, features
from sketchrnn.errors import FormatError
from sketchrnn.formats.npz import StrokeSet
from sketchrnn.sketch import Sketch

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Numbers = NDArray[np.int64]

BATCH = 256
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1e-2
LABEL_SMOOTHING = 0.05
DROPOUT = 0.3

FINE_DOTS = 192
"""Dots that are kept of a training drawing: some go with strokes that are left out."""

MOST_DRAWINGS = 400_000
"""Drawings that are kept in memory, some 1,200 bytes each."""

REPORTS = 20
"""How often in all the progress is reported."""

_FINE = 20_000  # steps of a coordinate, the larger side being so many
_AT_ONCE = 2_000
_WAVES = 3


class EyeProgress(NamedTuple):
    """How far the training of the eye is.

    Args:
        step, steps: done, and in all.
        loss: cross-entropy of the last steps, with smoothed labels.
        accuracy: of validation drawings, the part that it names rightly (whole ones).
        seconds: since it began.
    """

    step: int
    steps: int
    loss: float
    accuracy: float
    seconds: float


def train_eye(
    train: StrokeSet,
    valid: StrokeSet,
    labels: Sequence[str],
    steps: int,
    seed: int,
    on_progress: Callable[[EyeProgress], None],
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Floats] | None:
    """Trains an eye from nothing.

    Half of the drawings are cut to their first strokes. All are varied as others might have drawn them:
    turned, slanted, stretched, mirrored, bent smoothly, strokes moved, resized or left out, shaky.

    Args:
        train, valid: drawings with labels.
        labels: what it shall tell apart.
        steps: of 256 drawings each.
        seed: of weights, order and variation.
        on_progress: told now and then.
        should_stop: asked after every step.

    Returns:
        Its weights, by the names of `eye_shapes`; normalisation is folded into the convolutions. None if it
        was stopped: until the learning rate has come down, an eye is not worth keeping.

    Raises:
        FormatError: no drawing has one of the labels.
    """
    started = time.monotonic()
    keras.utils.set_random_seed(seed)
    learned, checked = _Drawings(train, labels), _Drawings(valid, labels)
    network = _network(len(labels))
    warm_up = min(200, steps // 4)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warm_up, warmup_target=LEARNING_RATE, warmup_steps=warm_up
    )
    network.compile(
        keras.optimizers.AdamW(rate, weight_decay=WEIGHT_DECAY),
        keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=LABEL_SMOOTHING),
    )
    some = checked.take(np.arange(0, len(checked), max(1, len(checked) // 2000)))
    seen, truth = features(some.thinned()), checked.answers[:: max(1, len(checked) // 2000)]

    def report(epoch: int, logs: Any) -> None:
        named = network.predict(seen, batch_size=BATCH, verbose=0).argmax(axis=1)
        step, seconds = min((epoch + 1) * each, steps), time.monotonic() - started
        on_progress(EyeProgress(step, steps, float(logs["loss"]), float((named == truth).mean()), seconds))

    def stop_if_asked(batch: int, logs: Any) -> None:
        network.stop_training = should_stop()

    each = max(1, -(-steps // REPORTS))
    network.fit(
        _Batches(learned, len(labels), seed),
        epochs=-(-steps // each),
        steps_per_epoch=each,
        shuffle=False,
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=report, on_train_batch_end=stop_if_asked)],
    )
    return None if should_stop() else _folded(network, len(labels))


def _network(labels: int) -> Any:
    """The network that learns; see `CONVOLUTIONS`."""

    def normalised(rows: Any, name: str) -> Any:
        return layers.ReLU()(layers.BatchNormalization(momentum=0.95, name=f"{name}_norm")(rows))

    seen = rows = layers.Input((DOTS, FEATURES))
    for number, layer in enumerate(CONVOLUTIONS):
        name = f"convolution_{number}"
        found = layers.Conv1D(layer.filters, layer.width, layer.stride, "same", use_bias=False, name=name)(
            rows
        )
        found = normalised(found, name)
        rows = layers.Add()([rows, found]) if layer.residual else found
    pooled = layers.Concatenate()([layers.GlobalMaxPooling1D()(rows), layers.GlobalAveragePooling1D()(rows)])
    hidden = layers.Dense(HIDDEN, use_bias=False, name="hidden")(layers.Dropout(DROPOUT)(pooled))
    hidden = layers.Dropout(DROPOUT)(normalised(hidden, "hidden"))
    return keras.Model(seen, layers.Dense(labels, name="labels")(hidden))


def _folded(network: Any, labels: int) -> dict[str, Floats]:
    """The weights without normalisation layers, which are a factor and a shift once trained."""
    weights = {}
    for name in (*(f"convolution_{number}" for number in range(len(CONVOLUTIONS))), "hidden"):
        norm = network.get_layer(f"{name}_norm")
        gamma, beta, mean, variance = (np.asarray(each) for each in norm.get_weights())
        factor = gamma / np.sqrt(variance + norm.epsilon)
        weights[f"eye/{name}/kernel"] = np.asarray(network.get_layer(name).get_weights()[0]) * factor
        weights[f"eye/{name}/bias"] = beta - mean * factor
    kernel, bias = network.get_layer("labels").get_weights()
    weights |= {"eye/labels/kernel": kernel, "eye/labels/bias": bias}
    return {name: np.asarray(weights[name], np.float32) for name in eye_shapes(labels)}


class _Drawings:
    """Labelled drawings as many dots, small in memory."""

    def __init__(self, drawings: StrokeSet, labels: Sequence[str]) -> None:
        numbers = {label: number for number, label in enumerate(labels)}
        known = np.asarray(drawings.labelled("").labels)
        answers = np.array([numbers.get(str(label), -1) for label in known])
        usable = np.flatnonzero((answers >= 0) & (drawings.lengths > 0))[:MOST_DRAWINGS]
        if not len(usable):
            raise FormatError("no drawing has a label that an eye could learn; give drawings with labels")
        self.answers: Numbers = answers[usable]
        self._xy = np.empty((len(usable), FINE_DOTS, 2), np.int16)
        self._stroke = np.empty((len(usable), FINE_DOTS), np.uint8)
        for start in range(0, len(usable), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            dots = dots_along([Sketch.from_stroke3(drawings[n]).strokes for n in usable[some]], FINE_DOTS)
            side = np.ptp(dots.xy, axis=1).max(axis=1)[:, None, None]
            low = dots.xy.min(axis=1, keepdims=True)
            self._xy[some] = np.rint((dots.xy - low) / np.maximum(side, 1e-6) * _FINE)
            self._stroke[some] = np.minimum(dots.stroke, 255)

    def __len__(self) -> int:
        return len(self.answers)

    def take(self, which: Numbers) -> _FineDots:
        xy = self._xy[which] / _FINE
        return _FineDots(xy - xy.mean(axis=1, keepdims=True), self._stroke[which].astype(np.int64))


class _FineDots(NamedTuple):
    """More dots than the network sees, the larger side of each drawing being 1: (B, N, 2), (B, N)."""

    xy: Doubles
    stroke: Numbers

    def thinned(self, stays: NDArray[np.bool_] | None = None) -> Dots:
        """As many dots as the network sees, out of those that stay (B, N); at least one does."""
        if stays is None:
            stays = np.ones(self.stroke.shape, bool)
        first = np.argsort(~stays, axis=1, kind="stable")
        place = (np.arange(DOTS) + 0.5) / DOTS * stays.sum(axis=1)[:, None]
        picked = np.take_along_axis(first, place.astype(np.int64), 1)
        return Dots(
            np.take_along_axis(self.xy, picked[..., None], 1), np.take_along_axis(self.stroke, picked, 1)
        )


class _Batches(keras.utils.PyDataset):
    """Endless batches of varied drawings; batch n is the same whenever it is made."""

    def __init__(self, drawings: _Drawings, labels: int, seed: int) -> None:
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=8)
        self._drawings, self._labels, self._seed = drawings, labels, seed

    @property
    def num_batches(self) -> None:
        """Endless."""
        return None

    def __getitem__(self, number: int) -> tuple[Floats, Floats]:
        random = np.random.default_rng([self._seed, number])
        chosen = random.integers(len(self._drawings), size=BATCH)
        answers = np.eye(self._labels, dtype=np.float32)[self._drawings.answers[chosen]]
        return features(varied(self._drawings.take(chosen), random)), answers


def varied(dots: _FineDots, random: np.random.Generator) -> Dots:
    """The drawings as others might have drawn them, some of them only begun."""
    xy, stroke = dots
    batch = len(xy)
    most = int(stroke.max()) + 1
    of_drawing = np.arange(batch)[:, None]

    strokes = stroke[:, -1] + 1
    begun = np.ceil(strokes * random.uniform(0.3, 1.0, batch))
    stays = stroke < np.where(random.random(batch) < 0.5, begun, strokes)[:, None]
    omission = random.choice([0.0, 0.1, 0.25], batch, p=[0.5, 0.3, 0.2])
    omitted = random.random((batch, most)) < omission[:, None]
    left = stays & ~omitted[of_drawing, stroke]
    stays = np.where(left.sum(axis=1, keepdims=True) > FINE_DOTS // 10, left, stays)

    # Bent by waves longer than the drawing's parts.
    direction = random.normal(0.0, 5.0, (batch, _WAVES, 2))
    phase = random.uniform(0.0, 2.0 * np.pi, (batch, 1, _WAVES))
    height = random.normal(0.0, 0.03, (batch, _WAVES, 2))
    xy = xy + np.sin(xy @ direction.swapaxes(1, 2) + phase) @ height

    # Each stroke a little elsewhere, and smaller or larger about its middle.
    flat = (of_drawing * most + stroke).ravel()
    sizes = np.maximum(np.bincount(flat, minlength=batch * most), 1)
    middles = np.stack(
        [np.bincount(flat, xy[..., axis].ravel(), batch * most) / sizes for axis in (0, 1)], 1
    ).reshape(batch, most, 2)
    moved = random.normal(0.0, 0.02, (batch, most, 2))
    resized = np.exp(random.normal(0.0, 0.06, (batch, most, 1)))
    middle = middles[of_drawing, stroke]
    xy = middle + (xy - middle) * resized[of_drawing, stroke] + moved[of_drawing, stroke]

    # The whole turned, mirrored, slanted, stretched.
    angle, shear = random.normal(0.0, 0.15, batch), random.normal(0.0, 0.12, batch)
    stretch, mirror = np.exp(random.normal(0.0, 0.18, batch)), random.choice([-1.0, 1.0], batch)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.stack([np.stack([cos, sin], 1), np.stack([-sin, cos], 1)], 1)
    slant = np.zeros((batch, 2, 2))
    slant[:, 0, 0], slant[:, 1, 0], slant[:, 1, 1] = mirror * stretch, shear, 1.0 / stretch
    xy = xy @ slant @ turn

    tremor = random.normal(size=xy.shape)
    for apart in (1, 2, 4):
        tremor = (tremor + np.roll(tremor, apart, axis=1)) / 2
    xy = xy + tremor * random.choice([0.0, 0.01, 0.03], (batch, 1, 1))
    return _FineDots(xy, stroke).thinned(stays)
