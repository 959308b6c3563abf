"""Other ways for a model to say what a drawing is: from several views of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from _halves import Contestant, Half
from _shares import Figures, share, show
from numpy.typing import NDArray

from sketchrnn import Sketch
from sketchrnn.completion import Completer

Floats = NDArray[np.float64]
View = Callable[[Sequence[Floats]], Sequence[Floats]]


def _moved(matrix: Sequence[Sequence[float]]) -> View:
    turned = np.array(matrix).T
    return lambda strokes: [stroke @ turned for stroke in strokes]


def _turned(angle: float) -> View:
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    return _moved([[cos, -sin], [sin, cos]])


VIEWS: Mapping[str, View] = {
    "as drawn": lambda strokes: strokes,
    "mirrored": _moved([[-1, 0], [0, 1]]),
    "strokes backwards": lambda strokes: [stroke[::-1] for stroke in strokes],
    "last stroke first": lambda strokes: strokes[::-1],
    "left to right": lambda strokes: sorted(strokes, key=lambda stroke: float(stroke[:, 0].min())),
    "turned": _turned(0.15),
    "turned back": _turned(-0.15),
    "wide": _moved([[1.15, 0], [0, 0.87]]),
    "tall": _moved([[0.87, 0], [0, 1.15]]),
}

SETS = {
    "as it is": None,
    "and mirrored": ("as drawn", "mirrored"),
    "and with strokes backwards": ("as drawn", "strokes backwards"),
    "and with the last stroke first": ("as drawn", "last stroke first"),
    "and from left to right": ("as drawn", "left to right"),
    "and turned both ways": ("as drawn", "turned", "turned back"),
    "and turned, wide, tall": ("as drawn", "turned", "turned back", "wide", "tall"),
    "all nine": tuple(VIEWS),
}
"""Ways to recognise. "As it is" is `Completer.recognize`."""


def ways_to_recognise(model: Contestant, halves: Sequence[Half]) -> Figures:
    """How often each way names drawings rightly, and how long it takes one core."""
    figures: Figures = {}
    for way, views in SETS.items():
        figures[way] = {}
        for what, sketches in (
            ("whole", [one.whole for one in halves]),
            ("half", [one.half for one in halves]),
        ):
            names, seconds = [], []
            for one, sketch in zip(halves, sketches, strict=True):
                completer = model.completer(one.label)
                completer._guesses.clear()  # what it remembers costs nothing
                completer._looks.clear()
                started = time.process_time()
                if views is None:
                    names.append(completer.recognize(sketch)[0][0])
                else:
                    names.append(_named(completer, sketch, views))
                seconds.append(time.process_time() - started)
            own = share([[name == one.label] for name, one in zip(names, halves, strict=True)])
            figures[way][what] = own | {"ms": 1e3 * float(np.median(seconds))}
            show(f"{way}: {what} drawings, {figures[way][what]['ms']:.0f} ms", figures[way][what])
    return figures


def _named(completer: Completer, sketch: Sketch, views: Sequence[str]) -> str:
    """The likeliest label: each view is looked at as `Completer.recognize` looks at the drawing itself."""
    strokes = [stroke.astype(np.float64) for stroke in sketch.strokes]
    seen = np.zeros(len(completer.info.labels))
    for view in views:
        moved = Sketch([np.asarray(stroke, np.float32) for stroke in VIEWS[view](strokes)])
        likely = completer._labels_of(moved, None, None)
        seen += 0.0 if likely is None else np.log(np.maximum(likely, 1e-9))
    return completer.info.labels[int(seen.argmax())]
