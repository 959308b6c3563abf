"""A model that saw offsets alone is given positions, and is the same until it has learnt what for."""

import dataclasses

import numpy as np
import pytest
import tiny

from sketchrnn import store
from sketchrnn.completion import load_model
from sketchrnn.errors import ModelError

tf = pytest.importorskip("tensorflow")

from runs import Notes, train  # noqa: E402

from sketchrnn.training import plan, session  # noqa: E402

pytestmark = pytest.mark.usefixtures("quickly")


def taught(tmp_path, base, architecture, steps=20, **config):
    data = tiny.data_file(tmp_path / "mine.npz")
    out = tmp_path / "taught"
    run = plan.resolve([str(data)], out, resume=False, architecture=architecture, config=config, base=base)
    notes = Notes()
    session.train(run, out, notes, lambda trainer: trainer.step >= steps)
    return notes, store.read_info(out)


def test_it_begins_as_what_it_was(tmp_path):
    base = tiny.save_model(tmp_path / "base")
    hopeless = {"learning_rate": 1e-12, "min_learning_rate": 1e-12}
    _, info = taught(tmp_path, base, {"positions": True}, **hopeless)
    assert info.architecture.positions and not base.architecture.positions
    before, after = store.read_weights(base), store.read_weights(info)
    for name in ("encoder/forward/kernel", "encoder/backward/kernel", "decoder/lstm/kernel"):
        assert after[name].shape == (9, before[name].shape[1])
        np.testing.assert_allclose(after[name][:5], before[name], atol=1e-3)
        np.testing.assert_allclose(after[name][5:], 0.0, atol=1e-6)
    old, new = load_model(base.path), load_model(info.path)
    given, wanted = (model.complete(tiny.HALF, seed=3) for model in (new, old))
    assert len(given.strokes) == len(wanted.strokes)
    for one, other in zip(given.strokes, wanted.strokes, strict=True):
        np.testing.assert_allclose(one, other, atol=1.0)


def test_it_learns_to_use_them_and_can_be_taught_on_without_asking_for_them(tmp_path):
    base = tiny.save_model(tmp_path / "base")
    _, info = taught(tmp_path, base, {"positions": True})
    assert np.abs(store.read_weights(info)["decoder/lstm/kernel"][5:]).max() > 1e-3
    data = tiny.data_file(tmp_path / "more.npz")
    run = plan.resolve([str(data)], tmp_path / "on", resume=False, architecture={}, config={}, base=info)
    assert run.architecture.positions


def test_no_other_size_grows(tmp_path):
    base = tiny.save_model(tmp_path / "base")
    with pytest.raises(ModelError, match="z_size"):
        taught(tmp_path, base, {"positions": True, "z_size": 9})


def test_a_model_is_trained_with_them_from_nothing(tmp_path):
    sizes = dataclasses.replace(tiny.ARCHITECTURE, positions=True)
    train(tiny.data_file(tmp_path / "data.npz"), tmp_path / "out", 20, architecture=sizes)
    model = load_model(tmp_path / "out")
    assert model.info.architecture.positions
    assert model.complete(tiny.HALF, seed=1).strokes[: len(tiny.HALF.strokes)]
