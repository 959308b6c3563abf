"""The completer: a saved model, ready to draw."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from sketchrnn import store
from sketchrnn.completion.batch import Seed
from sketchrnn.completion.endings import BEST_OF, Endings, Options
from sketchrnn.completion.ink import InkPoint
from sketchrnn.completion.latent_space import DEFAULT_TEMPERATURE
from sketchrnn.files import StrPath
from sketchrnn.sketch import Author, Bounds, Sketch

Floats = NDArray[np.float32]


class Completer(Endings):
    """A saved model, ready to draw. `sketchrnn.load_model` makes one.

    It never imports TensorFlow. One thread may use it at a time.

    Attributes:
        info: what the model says of itself.
        guidance: how much more like its label a drawing gets than the model would draw it (see
            `GuidedDecoder`); 0 leaves it alone, and is all that a model without labels knows.

    Example:
        >>> model = load_model("kanji")  # doctest: +SKIP
        >>> model.complete(Sketch.open("half.svg"), seed=7).save("whole.svg")  # doctest: +SKIP
    """

    def complete(
        self,
        half: Sketch,
        *,
        label: str | None = None,
        temperature: float = DEFAULT_TEMPERATURE,
        seed: Seed = None,
        paper: Bounds | None = None,
        scale: float | None = None,
        strokes: int | None = None,
        best_of: int | None = None,
    ) -> Sketch:
        """The whole drawing: the given strokes, untouched, and the model's after them.

        Args:
            half: the beginning, in any unit. Without strokes the model draws from nothing.
            label: what it shall become, for a model with labels; None for what it looks like already (see
                `recognize`), and from nothing for any of them.
            temperature: τ, above 0; less is more careful.
            seed: the same seed gives the same ending.
            paper: the rectangle that the drawing is meant to fill: a first guess of its size, and where the
                ending has to stay.
            scale: pixels of the model's frame for a unit of the drawing, above 0; None has it guessed, as
                `guess_scale` does. Means nothing where there are no strokes.
            strokes: at most so many strokes are added.
            best_of: how many endings are drawn, of which `ranked` finds the best; 1 takes the first. None for
                `BEST_OF` if the model recognises drawings, and 1 if it does not.

        Raises:
            SketchError: the drawing cannot be continued.
            ModelError: the model has no such label.
            ConfigError: a temperature, a scale or a number of endings that makes no sense.
        """
        endings = self.stream(
            half,
            label=label,
            temperature=temperature,
            seed=seed,
            paper=paper,
            scale=scale,
            best_of=best_of,
        )
        return half.adding(*itertools.islice(endings, strokes), author=Author.MODEL)

    def stream(
        self, half: Sketch, *, best_of: int | None = None, **options: Unpack[Options]
    ) -> Iterator[Floats]:
        """The strokes of the ending, each (n, 2) in the drawing's coordinates, as they are finished.

        Arguments as for `complete`.
        """
        stroke: list[tuple[float, float]] = []
        for point in self.ink(half, best_of=best_of, **options):
            stroke.append((point.x, point.y))
            if point.ends_stroke:
                yield np.array(stroke, np.float32)
                stroke = []

    def ink(
        self, half: Sketch, *, best_of: int | None = None, **options: Unpack[Options]
    ) -> Iterator[InkPoint]:
        """The points of the ending, one after another. Arguments as for `complete`.

        The last point of every stroke says so; an ending always has at least one stroke. The points of one
        ending without `paper` come as they are sampled. With it, an ending that leaves the paper is broken
        off and drawn again, smaller, `TRIES` times at most; then it is taken as it comes.
        """
        if best_of is None:
            best_of = BEST_OF if self._recognises else 1
        if best_of != 1:
            return iter(self.ranked(half, best_of, **options)[0].ink)
        return self._inks(half, None, 1, **options)[0]


def load_model(name_or_path: StrPath) -> Completer:
    """Loads a saved model.

    Args:
        name_or_path: a name that `sketchrnn model list` shows, or a model's folder or a file in it.

    Raises:
        ModelError: there is no such model, or it is damaged.
    """
    return Completer(store.read_info(store.find(name_or_path)))
