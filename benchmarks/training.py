"""How fast training is with the defaults, which share of the machine's peak that is, and what it learns.

    python benchmarks/training.py [--minutes 2.5] [--precision bfloat16] [--only lstm | layer_norm]

`--minutes` trains each model for so long and measures the test set: the loss after fixed minutes.
"""

from __future__ import annotations

import argparse
import dataclasses
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from _common import DATA, heading, median_seconds, need, row

from sketchrnn.cli.quiet import import_tensorflow
from sketchrnn.engine.architecture import Architecture
from sketchrnn.training.config import PRECISIONS, TrainingConfig

RUNS = {
    "lstm": ("omniglot", "Magenta's own code: 69", "at least 420, then 560"),
    "layer_norm": ("aaron_sheep", "Magenta's own code: 33", "at least 100"),
}
"""By the decoder's cell: the data, what others reach, and what is to be reached, in drawings/s."""

DRAWINGS = 6_000
WARM_UP = 12
PEAK_SIDE = 2048


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--precision", choices=PRECISIONS, default="float32")
    parser.add_argument("--only", choices=tuple(RUNS))
    parser.add_argument("--drawings", type=int, default=DRAWINGS, help="of how many the speed is measured")
    arguments = parser.parse_args()
    for name in RUNS:
        need(DATA / "sketchrnn" / f"{RUNS[name][0]}.npz")
    import_tensorflow()
    peak = matrix_peak("float32")
    heading(f"The machine: products of two {PEAK_SIDE} × {PEAK_SIDE} matrices")
    row("float32", f"{peak:.0f} GFLOP/s")
    if arguments.precision != "float32":
        row(arguments.precision, f"{matrix_peak(arguments.precision):.0f} GFLOP/s")
    speeds = {}
    for name in RUNS:
        if arguments.only in (None, name):
            speeds[name] = measure(name, peak, arguments)
    if len(speeds) == len(RUNS):
        heading("The cells, same run")
        row("points/s, layer-norm LSTM over LSTM", f"{speeds['layer_norm'] / speeds['lstm']:.2f}")


def measure(cell: str, peak: float, arguments: argparse.Namespace) -> float:
    """Prints the figures of a model; returns its points a second."""
    data, others, reach = RUNS[cell]
    config = dataclasses.replace(TrainingConfig(), precision=arguments.precision)
    architecture = Architecture(dec_model=cell)
    trainer: Any = made(data, architecture, config)
    for _ in range(WARM_UP):
        trainer.train_one_batch()
    drawings, points, started = trainer.drawings, trainer.points, time.perf_counter()
    processor = time.process_time()
    while trainer.drawings - drawings < arguments.drawings:
        trainer.train_one_batch()
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    drawings, points = trainer.drawings - drawings, trainer.points - points
    sizes = "/".join(map(str, (512, 256, 128, 20)))
    heading(f"{data}, {cell} decoder, {sizes}, batch {config.batch_size}, {config.precision}")
    row(f"drawings/s ({others})", f"{drawings / seconds:.0f}", reach)
    row("points/s", f"{points / seconds:.0f}")
    share = points * mflop_per_point(architecture) / seconds / 1e3 / peak
    row("share of the float32 matrix products' best", f"{share:.0%}", "at least 45 %")
    row("drawings/s of processor time", f"{drawings / processor:.0f}")
    row("largest memory so far", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")
    if arguments.minutes:
        learnt(data, architecture, config, arguments.minutes)
    return float(points / seconds)


def made(data: str, architecture: Architecture, config: TrainingConfig) -> Any:
    """A trainer, ready for its first step."""
    from sketchrnn.dataset import splits as dataset_splits
    from sketchrnn.dataset.pipeline import Augmentation, batches
    from sketchrnn.model.sketch_rnn import SketchRNN
    from sketchrnn.training.trainer import Trainer

    splits = dataset_splits.load([DATA / "sketchrnn" / f"{data}.npz"])
    return Trainer(
        SketchRNN(architecture, config.recurrent_dropout_prob, precision=config.precision),
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
        checkpoints=Path(tempfile.mkdtemp()),
    )


def learnt(data: str, architecture: Architecture, config: TrainingConfig, minutes: float) -> None:
    """Trains for so long, as `sketchrnn train` does, and prints what the test set measures."""
    from sketchrnn.training import plan, session

    class Silent:
        def on_start(self, *given: Any) -> None: ...

        def on_progress(self, *given: Any) -> None: ...

        def on_validation(self, *given: Any) -> None: ...

    with tempfile.TemporaryDirectory() as folder:
        run = plan.Run((str(DATA / "sketchrnn" / f"{data}.npz"),), architecture, config)
        steps = 0

        def should_stop(trainer: Any) -> bool:
            nonlocal steps
            steps = trainer.step
            return bool(trainer.seconds >= 60 * minutes)

        session.FRACTIONS = ()
        test = session.train(run, Path(folder), Silent(), should_stop)
    assert test is not None
    row(f"steps in {minutes:g} minutes", f"{steps:,}")
    row("test L_R after them", f"{test.reconstruction_loss:.3f}")
    row("test L_KL after them", f"{test.kl_loss:.3f}")


def mflop_per_point(architecture: Architecture) -> float:
    """Multiplications and additions of products, forward and backward, with z multiplied once a drawing."""
    encoder = 2 * (5 + architecture.enc_rnn_size) * 4 * architecture.enc_rnn_size
    decoder = (5 + architecture.dec_rnn_size) * 4 * architecture.dec_rnn_size
    output = architecture.dec_rnn_size * (3 + 6 * architecture.num_mixture)
    return 6 * (encoder + decoder + output) / 1e6


def matrix_peak(precision: str) -> float:
    """GFLOP/s of large products."""
    import tensorflow as tf

    matrix = tf.cast(tf.random.normal([PEAK_SIDE, PEAK_SIDE]), precision)
    product = tf.function(lambda: tf.matmul(matrix, matrix))
    return 2 * PEAK_SIDE**3 / median_seconds(lambda: tf.cast(product(), tf.float32).numpy(), 10) / 1e9


if __name__ == "__main__":
    sys.exit(main())
