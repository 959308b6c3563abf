"""How fast training is with the defaults on omniglot, and which share of the machine's peak that is."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from _common import DATA, heading, median_seconds, need, row

from sketchrnn.cli.quiet import import_tensorflow
from sketchrnn.engine.architecture import Architecture
from sketchrnn.training.config import TrainingConfig

STEPS = 60
WARM_UP = 12
MFLOP_PER_POINT = 9.9
"""Forward and backward, with z multiplied once per drawing; multiplications and additions."""


def main() -> None:
    data = need(DATA / "sketchrnn" / "omniglot.npz")
    import_tensorflow()
    import tensorflow as tf

    from sketchrnn.dataset import splits as dataset_splits
    from sketchrnn.dataset.pipeline import Augmentation, batches
    from sketchrnn.model.sketch_rnn import SketchRNN
    from sketchrnn.training.trainer import Trainer

    config = TrainingConfig()
    splits = dataset_splits.load([data])
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            SketchRNN(Architecture(), config.recurrent_dropout_prob),
            config,
            batches(
                splits.train,
                batch_size=config.batch_size,
                scale_factor=splits.scale_factor,
                seed=1,
                augmentation=Augmentation(config.random_scale_factor, config.augment_stroke_prob),
            ),
            longest=splits.longest,
            validate=lambda model: None,
            save_best=lambda model, validation: None,
            checkpoints=Path(folder),
        )
        for _ in range(WARM_UP):
            trainer.train_one_batch()
        drawings, points, started = trainer.drawings, trainer.points, time.perf_counter()
        for _ in range(STEPS):
            trainer.train_one_batch()
        seconds = time.perf_counter() - started
    drawings, points = trainer.drawings - drawings, trainer.points - points

    side = 2048
    matrix = tf.random.normal([side, side])
    product = tf.function(lambda: tf.matmul(matrix, matrix))
    peak = 2 * side**3 / median_seconds(lambda: product().numpy(), 10) / 1e9
    used = points * MFLOP_PER_POINT / seconds / 1e3
    heading(f"Omniglot, {config.batch_size} drawings a batch, 256/512/128/20, float32, {STEPS} steps")
    row("drawings/s (Magenta's own code: 69)", f"{drawings / seconds:.0f}")
    row("points/s", f"{points / seconds:.0f}")
    row("matrix multiplication at its best", f"{peak:.0f} GFLOP/s")
    row("share of that", f"{used / peak:.0%}")


if __name__ == "__main__":
    main()
