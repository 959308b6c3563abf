"""Training that goes on from a saved model at other sizes begins as near to what it was as they allow."""

import dataclasses

import numpy as np
import pytest
import tiny

from sketchrnn import store
from sketchrnn.completion import load_model
from sketchrnn.engine import Decoder, Encoder
from sketchrnn.errors import ModelError

tf = pytest.importorskip("tensorflow")

from runs import Notes, train  # noqa: E402

from sketchrnn.training import plan, session  # noqa: E402
from sketchrnn.training.resized import with_smaller_z  # noqa: E402

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
    _, info = taught(tmp_path, base, {"positions": True}, learning_rate=0.01, weight_average=0.0)
    assert np.abs(store.read_weights(info)["decoder/lstm/kernel"][5:]).max() > 1e-3
    data = tiny.data_file(tmp_path / "more.npz")
    run = plan.resolve([str(data)], tmp_path / "on", resume=False, architecture={}, config={}, base=info)
    assert run.architecture.positions


def test_no_other_size_changes(tmp_path):
    base = tiny.save_model(tmp_path / "base")
    for sizes in ({"positions": True, "z_size": 9}, {"dec_rnn_size": 16}):
        with pytest.raises(ModelError, match=list(sizes)[-1]):
            taught(tmp_path, base, sizes)


@pytest.mark.parametrize("sizes", [tiny.ARCHITECTURE, tiny.LABELLED])
def test_dimensions_of_z_that_say_nothing_go_first(sizes):
    weights = tiny.weights(sizes)
    silent = [0, 2, 3, 5, 7]
    for name in ("decoder/lstm/z_kernel", "decoder/initial_state/kernel"):
        weights[name][silent] *= 1e-4
    smaller = with_smaller_z(weights, sizes, 3)
    after = dataclasses.replace(sizes, z_size=3)
    assert {name: array.shape for name, array in smaller.items()} == after.weight_shapes()
    random = np.random.default_rng(1)
    drawings = [random.standard_normal((20, 3)).astype(np.float32)]
    old, new = Encoder(sizes, weights).encode(drawings), Encoder(after, smaller).encode(drawings)
    np.testing.assert_allclose(new.mu, old.mu[:, [1, 4, 6]], atol=1e-6)
    outputs = [
        Decoder(architecture, arrays).prime(Decoder(architecture, arrays).start(latent.mu), drawings)[0][0]
        for architecture, arrays, latent in ((sizes, weights, old), (after, smaller, new))
    ]
    np.testing.assert_allclose(outputs[1], outputs[0], atol=1e-2)


def test_what_goes_leaves_its_mean_behind():
    sizes, random = tiny.ARCHITECTURE, np.random.default_rng(2)
    mean = random.standard_normal(8).astype(np.float32)
    factor = np.diag(np.r_[np.ones(4), np.full(4, 1e-3)]).astype(np.float32)
    factor[1:4, 0] = 0.1
    weights = tiny.weights(sizes) | {"latent/mean": mean, "latent/factor": factor}
    smaller = with_smaller_z(weights, sizes, 4)
    after = dataclasses.replace(sizes, z_size=4)
    np.testing.assert_allclose(smaller["latent/mean"], mean[:4])
    np.testing.assert_allclose(
        smaller["latent/factor"] @ smaller["latent/factor"].T, (factor @ factor.T)[:4, :4], atol=1e-3
    )
    rows = [random.standard_normal((20, 3)).astype(np.float32)]
    old, new = Decoder(sizes, weights), Decoder(after, smaller)
    expected, _ = old.prime(old.start(mean[None]), rows)
    got, _ = new.prime(new.start(mean[None, :4]), rows)
    np.testing.assert_allclose(got[0], expected[0], atol=1e-4)


def test_a_model_is_trained_on_with_a_smaller_z(tmp_path):
    base = tiny.save_model(tmp_path / "base")
    _, info = taught(tmp_path, base, {"z_size": 4})
    assert info.architecture.z_size == 4
    assert load_model(info.path).complete(tiny.HALF, seed=1).strokes


def test_a_model_is_trained_with_them_from_nothing(tmp_path):
    sizes = dataclasses.replace(tiny.ARCHITECTURE, positions=True)
    train(tiny.data_file(tmp_path / "data.npz"), tmp_path / "out", 20, architecture=sizes)
    model = load_model(tmp_path / "out")
    assert model.info.architecture.positions
    assert model.complete(tiny.HALF, seed=1).strokes[: len(tiny.HALF.strokes)]
