"""Models without weights and dialogs without windows, with the surfaces of the real ones."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gui.files.dialogs import Answer, Dialogs
from gui.files.export import KINDS, Kind
from sketchrnn.errors import ModelError
from sketchrnn.sketch import Sketch


class FakePoint(NamedTuple):
    x: float
    y: float
    starts_stroke: bool
    ends_stroke: bool


@dataclass(frozen=True)
class FakeInfo:
    name: str
    path: Path
    description: str = "draws spirals"
    labels: tuple[str, ...] = ()
    conditional: bool = True
    frame: float = 255.0


class SpiralModel:
    """Continues every drawing with a few spirals; the seed moves them."""

    def __init__(self, strokes: int = 3, points: int = 60, delay: float = 0.0, fails_at: int = -1) -> None:
        self.strokes, self.points, self.delay, self.fails_at = strokes, points, delay, fails_at
        self.ends = 0.0
        self.halves: list[Sketch] = []
        self.seeds: list[Any] = []
        self.temperatures: list[float] = []

    def ink(self, half: Sketch, **options: Any) -> Iterator[FakePoint]:
        self.halves.append(half)
        self.seeds.append(options["seed"])
        self.temperatures.append(options.get("temperature", 0.0))
        time.sleep(self.delay)
        yield from self._spirals(options["seed"])

    def endings(self, half: Sketch, count: int, **options: Any) -> Iterator[list[FakePoint | None]]:
        self.halves.append(half)
        inks = [self._spirals(options["seed"] + number) for number in range(count)]
        return map(list, itertools.zip_longest(*inks))

    def end_probability(self, half: Sketch, **options: Any) -> float:
        return self.ends

    def guess_scale(self, half: Sketch, paper: Any = None) -> float:
        return 1.0

    def _spirals(self, seed: Any) -> Iterator[FakePoint]:
        shift = seed % 40 if isinstance(seed, int) else 0
        count = 0
        for stroke in range(self.strokes):
            x, y = 300 + 150 * stroke + shift, 360
            for step in range(self.points):
                if count == self.fails_at:
                    raise ModelError("the fake model has had enough; choose another one")
                count += 1
                angle, radius = step * 0.35, 4 + step
                yield FakePoint(
                    x + radius * math.cos(angle),
                    y + radius * math.sin(angle),
                    step == 0,
                    step == self.points - 1,
                )


class FakeDialogs(Dialogs):
    """Answers that were written down before; what was told is kept."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.open_path: Path | None = None
        self.save_path: Path | None = None
        self.kind = KINDS[0]
        self.morph_path: tuple[Path, bool] | None = None
        self.model_path: Path | None = None
        self.answer = Answer.CANCEL
        self.asked = 0

    def file_to_open(self, folder: Path) -> Path | None:
        return self.open_path

    def picture_to_trace(self, folder: Path) -> Path | None:
        return self.open_path

    def file_to_save(self, title: str, suggestion: Path) -> Path | None:
        return self.save_path

    def morph_to_save(self, suggestion: Path) -> tuple[Path, bool] | None:
        return self.morph_path

    def model_to_import(self, folder: Path) -> Path | None:
        return self.model_path

    def file_to_export(self, suggestion: Path) -> tuple[Path, Kind] | None:
        return None if self.save_path is None else (self.save_path, self.kind)

    def about_unsaved(self, name: str) -> Answer:
        self.asked += 1
        return self.answer

    def tell(self, title: str, sentence: str) -> None:
        self.told.append(sentence)


class LatentModel(SpiralModel):
    """Has a latent space of two dimensions: z is the width and height of the box that it draws."""

    def encode(self, sketch: Sketch, **options: Any) -> np.ndarray:
        return np.array([sketch.bounds.width, sketch.bounds.height], np.float32)

    def decode(self, z: np.ndarray, **options: Any) -> Sketch:
        width, height = np.abs(z) + 1.0
        return Sketch([[(0, 0), (width, 0), (width, height)], [(width, height), (0, height), (0, 0)]])

    def interpolate(self, first: Sketch, last: Sketch, steps: int, **options: Any) -> list[Sketch]:
        ends = self.encode(first), self.encode(last)
        return [self.decode((1 - t) * ends[0] + t * ends[1]) for t in np.linspace(0, 1, steps)]

    def sample(self, count: int, **options: Any) -> list[Sketch]:
        random = np.random.default_rng(options["seed"])
        return [self.decode(random.uniform(50, 200, 2)) for _ in range(count)]


class LabelledModel(LatentModel):
    """Knows labels: takes wide drawings for the first, high ones for the second, small ones for the third."""

    def __init__(self, labels: tuple[str, ...], **options: Any) -> None:
        super().__init__(**options)
        self.labels = labels
        self.sampled: list[str] = []
        self.asked_for: list[str | None] = []

    def ink(self, half: Sketch, **options: Any) -> Iterator[FakePoint]:
        self.asked_for.append(options["label"])
        return super().ink(half, **options)

    def recognize(self, half: Sketch, **options: Any) -> list[tuple[str, float]]:
        width, height = half.bounds.width, half.bounds.height
        weights = np.array([width, height, 50.0] + [1e-3] * (len(self.labels) - 3))
        shares = weights / weights.sum()
        return sorted(zip(self.labels, shares.tolist(), strict=True), key=lambda pair: -pair[1])

    def sample(self, count: int, **options: Any) -> list[Sketch]:
        self.sampled.append(options["label"])
        return super().sample(count, seed=options["seed"])


class SizedModel(SpiralModel):
    """Takes every whole for twice as large as the beginning, in a frame of 255 pixels."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.scales: list[float | None] = []

    def ink(self, half: Sketch, **options: Any) -> Iterator[FakePoint]:
        self.scales.append(options.get("scale"))
        return super().ink(half, **options)

    def guess_scale(self, half: Sketch, paper: Any = None) -> float:
        return 255.0 / (2.0 * half.bounds.larger_side)
