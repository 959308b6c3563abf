"""The sample data that lie in `datasets/`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sketchrnn import Sketch, store
from sketchrnn.dataset import splits
from sketchrnn.dataset.splits import larger_sides
from sketchrnn.formats.npz import StrokeSet, read_splits

DATASETS = Path(__file__).parents[3] / "datasets"
SYNTHETIC = DATASETS / "synthetic.npz"


def test_each_category_that_the_default_model_knows_has_as_many_drawings() -> None:
    known = store.read_info(store.default_folder() / "quickdraw").labels
    for split, each in {"train": 40, "valid": 5, "test": 5}.items():
        labels = read_splits(SYNTHETIC)[split].labels
        assert labels is not None
        assert dict(zip(*np.unique(labels, return_counts=True), strict=True)) == dict.fromkeys(known, each)


def test_the_drawings_are_in_quickdraws_own_form() -> None:
    drawings = StrokeSet.joined(list(read_splits(SYNTHETIC).values()))
    assert drawings.rows.dtype == np.int16
    assert drawings.rows[drawings.offsets[1:] - 1, 2].all()
    sides = larger_sides(drawings)
    assert np.median(sides) == 255
    assert sides.max() <= 255
    assert sides.min() > 230


def test_no_drawing_comes_twice() -> None:
    drawings = StrokeSet.joined(list(read_splits(SYNTHETIC).values()))
    assert len({rows.tobytes() for rows in drawings}) == len(drawings)


def test_they_are_small_enough_to_come_with_every_clone() -> None:
    assert SYNTHETIC.stat().st_size < 1_000_000


def test_training_takes_them_as_they_are() -> None:
    found = splits.load([SYNTHETIC], labelled=True)
    assert found.dropped == 0
    assert found.frame == 255.0
    assert 1.0 < found.epsilon < 3.0
    assert len(found.labels) == 19


def test_the_half_drawing_is_a_beginning_without_ink_of_a_models() -> None:
    half = Sketch.open(DATASETS / "half.svg")
    assert len(half) >= 3
    assert {author.value for author in half.authors} == {"human"}
