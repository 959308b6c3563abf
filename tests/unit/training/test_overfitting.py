"""A model can learn ten drawings by heart: gradients, optimizer and losses work together."""

import numpy as np
import pytest

from sketchrnn.engine import Architecture
from sketchrnn.formats.npz import StrokeSet

tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

from sketchrnn.dataset.pipeline import batches  # noqa: E402
from sketchrnn.model.sketch_rnn import SketchRNN  # noqa: E402
from sketchrnn.training.config import TrainingConfig  # noqa: E402
from sketchrnn.training.evaluation import evaluate  # noqa: E402
from sketchrnn.training.trainer import Trainer  # noqa: E402

STEPS = 300


def arcs(count):
    """Drawings of three curved strokes, all of the same number of points: one graph for every step."""
    random, rows = np.random.default_rng(1), []
    for _ in range(count):
        angles = np.cumsum(random.normal(0.0, 0.5, (3, 6)), axis=1) + random.uniform(0.0, 6.3, (3, 1))
        strokes = 25.0 * np.stack([np.cos(angles), np.sin(angles), np.zeros_like(angles)], axis=2)
        strokes[:, -1, 2] = 1.0
        rows.append(strokes.reshape(-1, 3).round().astype(np.int16))
    return StrokeSet.of(rows)


def test_ten_drawings_are_learnt_by_heart(tmp_path):
    drawings = arcs(10)
    config = TrainingConfig(
        batch_size=10, learning_rate=0.01, decay_rate=0.99, kl_weight=0.0001, kl_weight_start=0.0001
    )
    given = {"batch_size": 10, "scale_factor": 25.0, "seed": 1}
    keras.utils.set_random_seed(1)
    model = SketchRNN(Architecture(enc_rnn_size=32, dec_rnn_size=64, z_size=16, num_mixture=5), 1.0)
    trainer = Trainer(
        model,
        config,
        batches(drawings, **given).repeat(),
        longest=18,
        validate=lambda model: None,
        save_best=lambda model, validation: None,
        checkpoints=tmp_path,
    )

    def nats_a_point():
        return evaluate(model, batches(drawings, **given), longest=18, explicit_start=False).nats_per_point

    before = nats_a_point()
    for _ in range(STEPS):
        trainer.train_one_batch()
    assert before > 1.5
    assert nats_a_point() < -1.5
