"""What a second worker costs and brings: one process against two on this machine, the same global batch.

    python benchmarks/scaling.py [--steps 30]

The two share the processor that the one has for itself, so their sum would be the same if being two cost
nothing; what is missing is gradients sent, workers waiting, smaller products, and work that both do.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time

from _common import DATA, ROOT, heading, need, row

WARM_UP = 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    need(DATA / "sketchrnn" / "omniglot.npz")
    if arguments.worker:
        print(json.dumps(work(arguments.steps)))
        return
    heading(f"Omniglot, defaults, {arguments.steps} steps of 100 drawings")
    one = started(1, arguments.steps)
    row("one process, drawings/s", f"{one[0]['drawings_per_second']:.0f}")
    two = started(2, arguments.steps)
    row("two workers on the same processor, together", f"{two[0]['drawings_per_second']:.0f}")
    row("of one", f"{two[0]['drawings_per_second'] / one[0]['drawings_per_second']:.0%}")
    processor = sum(worker["processor"] for worker in two) / one[0]["processor"]
    row("processor time of both, over that of one", f"{processor:.2f}")
    row("gradients that each worker sends a step", f"{one[0]['megabytes']:.1f} MB")


def started(count: int, steps: int) -> list[dict[str, float]]:
    """What so many workers measured."""
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    addresses = [f"127.0.0.1:{server.getsockname()[1]}" for server in servers]
    for server in servers:
        server.close()
    processes = []
    for index in range(count):
        task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        if count > 1:
            environment["TF_CONFIG"] = json.dumps(task)
        processes.append(
            subprocess.Popen(
                [sys.executable, __file__, "--worker", "--steps", str(steps)],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        )
    return [json.loads(process.communicate()[0].splitlines()[-1]) for process in processes]


def work(steps: int) -> dict[str, float]:
    """Trains, and says how fast."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from sketchrnn.cli.quiet import import_tensorflow
    from sketchrnn.training.cluster import Cluster

    cluster = Cluster.of_environment()
    import_tensorflow(start=len(cluster) == 1)

    from sketchrnn.dataset import splits as dataset_splits
    from sketchrnn.dataset.pipeline import Augmentation, batches
    from sketchrnn.engine.architecture import Architecture
    from sketchrnn.model.sketch_rnn import SketchRNN
    from sketchrnn.training.config import TrainingConfig
    from sketchrnn.training.distribution import Distribution
    from sketchrnn.training.trainer import Trainer

    config = TrainingConfig()
    cluster.meet(300.0)
    distribution = Distribution(cluster)
    splits = dataset_splits.load([DATA / "sketchrnn" / "omniglot.npz"])
    with distribution.strategy.scope():
        model = SketchRNN(Architecture(), config.recurrent_dropout_prob)
    with TemporaryDirectory() as folder:
        trainer = Trainer(
            model,
            config,
            batches(
                splits.train,
                batch_size=config.batch_size,
                scale_factor=splits.scale_factor,
                seed=1,
                augmentation=Augmentation(config.random_scale_factor, config.augment_stroke_prob),
                part=(cluster.index, len(cluster)),
            ),
            longest=splits.longest,
            validate=lambda model: None,
            save_best=lambda model, validation: None,
            checkpoints=Path(folder),
            distribution=distribution,
        )
        for _ in range(WARM_UP):
            trainer.train_one_batch()
        drawings, begun, processor = trainer.drawings, time.perf_counter(), time.process_time()
        for _ in range(steps):
            trainer.train_one_batch()
        return {
            "drawings_per_second": (trainer.drawings - drawings) / (time.perf_counter() - begun),
            "processor": time.process_time() - processor,
            "megabytes": 4e-6 * model.count_params(),
        }


if __name__ == "__main__":
    main()
