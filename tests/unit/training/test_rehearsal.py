"""What a teacher knows: drawn by itself, kept beside a run, mixed with what is new."""

import dataclasses

import numpy as np
import pytest
import tiny

from sketchrnn.dataset.splits import has_explicit_start
from sketchrnn.formats.npz import StrokeSet
from sketchrnn.training import rehearsal


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(rehearsal, "DRAWINGS", 30)


@pytest.mark.parametrize("explicit_start", [False, True])
def test_a_teacher_draws_what_it_knows_but_what_is_taught(tmp_path, explicit_start):
    base = tiny.save_model(
        tmp_path / "base", tiny.LABELLED, labels=tiny.LABELS, explicit_start=explicit_start
    )
    drawn = rehearsal.drawn(base, {"dog", "unicorn"}, seed=1)
    assert 10 < len(drawn) <= 30 and set(drawn.labels.tolist()) == {"cat", "owl"}
    assert drawn.lengths.max() < base.max_points
    assert has_explicit_start(drawn) == explicit_start
    np.testing.assert_array_equal(rehearsal.drawn(base, {"dog"}, seed=1).rows, drawn.rows)


def test_one_without_labels_draws_all_the_same(tmp_path):
    drawn = rehearsal.drawn(tiny.save_model(tmp_path / "base"), set(), seed=1)
    assert set(drawn.labels.tolist()) == {rehearsal.UNLABELLED}


def test_it_is_kept(tmp_path):
    assert rehearsal.read(tmp_path) is None
    drawings = StrokeSet.of([np.float32([[1.5, 2, 0], [3, 4, 1]])], ["cat"])
    rehearsal.write(tmp_path, drawings)
    kept = rehearsal.read(tmp_path)
    np.testing.assert_array_equal(kept.rows, drawings.rows)
    assert kept.labels.tolist() == ["cat"]


def test_what_is_new_has_its_share_and_its_own_weights():
    own, known = tiny.drawings(6), tiny.drawings(8, seed=2)
    own = dataclasses.replace(own, labels=np.array(["me", "me", "me", "my", "my", ""]))
    known = dataclasses.replace(known, labels=np.array(["cat"] * 6 + ["owl"] * 2))
    together, weights = rehearsal.mixed(own, known, 0.4, None)
    assert len(together) == 14
    assert weights == pytest.approx({"me": 0.3, "my": 0.2, "": 0.1, "cat": 0.3, "owl": 0.1})
    _, weights = rehearsal.mixed(own, known, 0.4, {"me": 1.0, "my": 1.0})
    assert weights == pytest.approx({"me": 0.3, "my": 0.3, "cat": 0.3, "owl": 0.1})
