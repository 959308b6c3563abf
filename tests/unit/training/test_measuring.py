"""A saved model is measured: as the run did, as the engine does."""

import dataclasses

import numpy as np
import pytest

from sketchrnn import store
from sketchrnn.engine import Decoder, Encoder
from sketchrnn.errors import FormatError
from sketchrnn.formats.npz import StrokeSet, write_splits

tf = pytest.importorskip("tensorflow")

from runs import weights  # noqa: E402

from sketchrnn.training import measuring  # noqa: E402


def test_a_saved_model_is_measured_as_the_run_measured_it(straight, data, quickly):
    out, notes = straight
    measured = measuring.evaluate_saved(store.read_info(out), [str(data)], "test")
    assert measured.reconstruction_loss == pytest.approx(notes.test.reconstruction_loss, rel=1e-5)
    assert measured.kl_loss == pytest.approx(notes.test.kl_loss, rel=1e-5)
    assert (measured.drawings, measured.points) == (notes.test.drawings, notes.test.points)


def test_evaluation_does_not_depend_on_the_start_convention(straight, tmp_path, data, quickly):
    from sketchrnn.dataset.splits import with_start
    from sketchrnn.formats.npz import read_splits

    out, notes = straight
    path = tmp_path / "started.npz"
    write_splits(path, {name: with_start(part, True) for name, part in read_splits(data).items()})
    measured = measuring.evaluate_saved(store.read_info(out), [str(path)], "test")
    assert measured.nats_per_point == pytest.approx(notes.test.nats_per_point, rel=1e-5)


def test_figures_are_what_the_engine_says(straight, data, quickly):
    """Nats a point, by the engine's own likelihood, z at its mean (its variance is next to nothing)."""
    from sketchrnn.engine import Mixture
    from sketchrnn.formats.npz import read_splits

    out, _ = straight
    info, arrays = store.read_info(out), weights(out)
    arrays["encoder/log_variance/bias"] = arrays["encoder/log_variance/bias"] - 50.0
    certain = dataclasses.replace(info, path=out.parent / "certain")
    store.save(certain, arrays, dtype="float32")
    measured = measuring.evaluate_saved(certain, [str(data)], "test")
    nats = points = end = 0.0
    decoder, encoder = Decoder(info.architecture, arrays), Encoder(info.architecture, arrays)
    for rows in read_splits(data)["test"]:
        scaled = (rows / np.array([info.scale_factor, info.scale_factor, 1])).astype(np.float32)
        outputs, _ = decoder.prime(decoder.start(encoder.encode([scaled]).mu), [scaled])
        offset, pen = Mixture.of(outputs[0][:-1]).log_likelihood(scaled)
        nats -= offset.sum() + pen.sum()
        points += len(rows)
        logits = outputs[0][-1, :3].astype(np.float64)
        end -= logits[2] - np.log(np.exp(logits).sum())
    assert measured.points == points
    assert measured.nats_per_point == pytest.approx(nats / points, rel=1e-3)
    assert measured.reconstruction_loss == pytest.approx(nats / (6 * 13), rel=1e-3)
    assert measured.end_nats == pytest.approx(end / 6, rel=1e-3)


def test_a_dot_is_measured_too(straight, tmp_path, quickly):
    out, _ = straight
    path = tmp_path / "dots.npz"
    write_splits(path, {"test": StrokeSet.of([np.array([[0, 0, 1]], np.int16)] * 3)})
    assert measuring.evaluate_saved(store.read_info(out), [str(path)], "test").drawings == 3


def test_an_empty_split_is_one_error_that_names_the_file(straight, tmp_path):
    out, _ = straight
    path = tmp_path / "nothing.npz"
    write_splits(path, {"test": StrokeSet.of([np.zeros((0, 3), np.int16)] * 3)})
    with pytest.raises(FormatError, match=r"nothing\.npz"):
        measuring.evaluate_saved(store.read_info(out), [str(path)], "test")
