"""What the tests of the completer share."""

import numpy as np
import tiny

from sketchrnn import store
from sketchrnn.completion import (
    load_model,
)
from sketchrnn.sketch import Author


def gathered(steps):
    """The points of each ending; nothing may come after None."""
    steps = list(steps)
    endings = []
    for column in zip(*steps, strict=True):
        points = [point for point in column if point is not None]
        assert list(column[: len(points)]) == points
        endings.append(points)
    return endings


def children(seed, count):
    return np.random.SeedSequence(seed).spawn(count)


def knowing_model(folder, sigma, **fields):
    """A decoder that knows one thing: offsets have this deviation, in model units."""
    info = store.ModelInfo("knowing", folder, tiny.DECODER_ONLY, 255.0, 0.0, 30.0, **fields)
    weights = {name: np.zeros_like(array) for name, array in tiny.weights(tiny.DECODER_ONLY).items()}
    weights["decoder/output/bias"][3 + 9 : 3 + 15] = np.log(sigma)
    store.save(info, weights)
    return load_model(folder)


def lstm_steps(completer, call):
    """How often the decoder's LSTM is stepped meanwhile."""
    lstm, steps = completer._decoder._cell, []
    real = lstm.step
    lstm.step = lambda *given: (steps.append(1), real(*given))[1]
    try:
        call()
    finally:
        del lstm.step
    return len(steps)


def finished(half, ink):
    """The half with an ending's strokes."""
    strokes = []
    for point in ink:
        if point.starts_stroke:
            strokes.append([])
        strokes[-1].append((point.x, point.y))
    return half.adding(*strokes, author=Author.MODEL)
