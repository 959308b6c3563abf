"""How fast training is with the defaults, which share of the machine's peak that is, and what it learns.

    python benchmarks/training.py [--minutes 2.5] [--precision bfloat16] [--only lstm | layer_norm]
    python benchmarks/training.py --compare omniglot --out FOLDER (--minutes 120 | --steps 20000)

`--minutes` trains each model for so long and measures the test set: the loss after fixed minutes.

`--compare` trains Magenta's recipe, the default one and a decoder alone of the same size on one data set,
each for so many minutes of training or steps, and compares their bounds and what they foresee of drawings.
The same command goes on where it was broken off; what is finished is not done again.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
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
MOST_PARAMETERS = 2_500_000
FINISHED = "finished.txt"
"""Of --compare, in a model's folder: to how many seconds or steps it was trained."""

PEAK_SIDE = 2048


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--precision", choices=PRECISIONS, default="float32")
    parser.add_argument("--compare", metavar="DATA", help="aaron_sheep, omniglot or short_kanji")
    parser.add_argument("--steps", type=int, default=0, help="of --compare, in place of minutes")
    parser.add_argument("--out", type=Path, help="of --compare: where the models are trained")
    parser.add_argument("--only", choices=tuple(RUNS))
    parser.add_argument("--drawings", type=int, default=DRAWINGS, help="of how many the speed is measured")
    arguments = parser.parse_args()
    if arguments.compare:
        if arguments.out is None or (arguments.minutes > 0) == (arguments.steps > 0):
            parser.error("--compare needs --out, and --minutes or --steps")
        compare(arguments)
        return
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

        def on_eye(self, *given: Any) -> None: ...

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


class Lines:
    """Says what each validation measured."""

    def on_start(self, splits: Any, model: Any, step: int) -> None:
        print(f"  {model.count_params():,} parameters, from step {step:,}", flush=True)
        if model.count_params() > MOST_PARAMETERS:
            raise SystemExit(f"more than {MOST_PARAMETERS:,} parameters")

    def on_progress(self, progress: Any) -> None: ...

    def on_eye(self, progress: Any) -> None: ...

    def on_validation(self, validation: Any) -> None:
        print(
            f"  step {validation.step:,}: {validation.evaluation.bound:.4f} nats a point, KL included",
            flush=True,
        )


def compare(arguments: argparse.Namespace) -> None:
    """Trains what is compared, as far as that is not done, and prints the table."""
    path = need(DATA / "sketchrnn" / f"{arguments.compare}.npz")
    import_tensorflow()
    measured = {}
    for name, settings in contestants().items():
        print(f"{arguments.compare}, {name}", flush=True)
        out = arguments.out / arguments.compare / name
        measured[name] = trained(path, out, settings, 60.0 * arguments.minutes, arguments.steps)
    length = f"{arguments.steps:,} steps" if arguments.steps else f"{arguments.minutes:g} minutes"
    heading(f"{arguments.compare}, {length} each, test set, model units")
    for name, (figures, steps, minutes) in measured.items():
        row(f"{name}: steps, minutes of training", f"{steps:,}, {minutes:.1f}")
        row("  L_R, L_KL", f"{figures.reconstruction_loss:.3f}, {figures.kl_loss:.3f}")
        row("  negative evidence bound, nats a point", f"{figures.bound:.4f}")
        for fraction, nats in figures.completion_nats.items():
            row(f"  nats a point of the rest, given {float(fraction):.0%} of the strokes", f"{nats:.4f}")
    paper, default, alone = (measured[name][0] for name in ("paper", "default", "decoder"))
    heading("What the default recipe gains, nats a point")
    row("bound, over Magenta's recipe", f"{paper.bound - default.bound:+.4f}", "at least 0.05")
    gain = alone.completion_nats["0.5"] - default.completion_nats["0.5"]
    row("rest given half, over the decoder alone", f"{gain:+.4f}", "at least 0.05")


def contestants() -> dict[str, dict[str, Any]]:
    """The settings of what is compared, by name."""
    size = weights_of(Architecture())
    units = min(range(256, 1024, 4), key=lambda units: abs(weights_of(decoder_alone(units)) - size))
    return {
        "paper": {"preset": "paper"},
        "default": {"preset": "default"},
        "decoder": {"preset": "default", "conditional": False, "dec_rnn_size": units},
    }


def decoder_alone(units: int) -> Architecture:
    return Architecture(conditional=False, dec_rnn_size=units)


def weights_of(architecture: Architecture) -> int:
    """How many numbers a model has."""
    return sum(math.prod(shape) for shape in architecture.weight_shapes().values())


def trained(
    path: Path, out: Path, settings: dict[str, Any], seconds: float, steps: int
) -> tuple[Any, int, float]:
    """Trains, or goes on, for so many seconds or steps in all: what the test set measures, steps, minutes."""
    from sketchrnn import store
    from sketchrnn.training import plan, session
    from sketchrnn.training.evaluation import Evaluation
    from sketchrnn.training.presets import divided, with_preset

    begun = (out / plan.CHECKPOINTS / plan.RUN_FILE).exists()
    architecture, config = divided(with_preset(settings))
    asked = plan.resolve([str(path)], out, resume=begun, architecture=architecture, config=config)

    def should_stop(trainer: Any) -> bool:
        return bool(trainer.step >= steps if steps else trainer.all_seconds >= seconds)

    done = (out / FINISHED).exists() and float((out / FINISHED).read_text()) >= (steps or seconds)
    if not done:
        session.train(asked, out, Lines(), should_stop, resume=begun)
        (out / FINISHED).write_text(f"{steps or seconds:g}")
    info = store.read_info(out)
    total_steps, minutes = int(info.training["total_steps"]), float(info.training["total_minutes"])
    return Evaluation(**info.losses["test"]), total_steps, minutes


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
