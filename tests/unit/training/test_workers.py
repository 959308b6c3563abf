"""Several workers and several devices learn what one learns, to the float, and a worker may die."""

import dataclasses
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import tiny

tf = pytest.importorskip("tensorflow")

from runs import QUICK, ROOT, checkpointed  # noqa: E402
from test_cluster import free_ports  # noqa: E402

from sketchrnn import store  # noqa: E402
from sketchrnn.dataset import pipeline, shards  # noqa: E402
from sketchrnn.dataset.pipeline import Augmentation, batches, own_shards  # noqa: E402
from sketchrnn.dataset.shards import Shard  # noqa: E402
from sketchrnn.formats.npz import write_splits  # noqa: E402
from sketchrnn.training import plan, session  # noqa: E402

STEPS = 8
CONFIG = dataclasses.replace(QUICK, save_every=4, prefix_prob=0.5, input_dropout_prob=0.9, kl_tolerance=0.05)
"""With every random number that training knows."""

TEST_SECONDS = 1200.0

SHARED = f"""
import sys, os, signal, json, dataclasses
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests/unit")!r}]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
"""

QUICKLY = """
from sketchrnn.training import plan, session
session.FRACTIONS = ()
session.write_card = session.write_report = lambda *given: None
"""
"""Without what is the same for one worker and for many."""

CHIEF = SHARED + QUICKLY + "from sketchrnn.cli import main; sys.exit(main(sys.argv[1:]))"

DEVICES = (
    SHARED
    + QUICKLY
    + """
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from sketchrnn.training.distribution import Distribution
from pathlib import Path
class Quiet:
    on_start = on_progress = on_validation = on_eye = lambda *given: None
run, out = plan.Run.of(json.loads(sys.argv[1])), Path(sys.argv[2])
devices = Distribution.over(tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]))
session.train(run, out, Quiet(), lambda trainer: trainer.step >= int(sys.argv[3]), distribution=devices)
"""
)

MORTAL = (
    SHARED
    + """
from sketchrnn.training import trainer
whole = trainer.Trainer.train_one_batch
def mortal(self):
    if self.step == 6:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(self)
trainer.Trainer.train_one_batch = mortal
from sketchrnn.cli import main
sys.exit(main(sys.argv[1:]))
"""
)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two labels, and drawings of two lengths, so that little is traced."""
    folder = tmp_path_factory.mktemp("data")
    return [
        str(tiny.data_file(folder / f"{label}.npz", 20, 3, 3, shortest=12, longest=13))
        for label in ("cat", "dog")
    ]


@pytest.fixture(scope="module")
def alone(tmp_path_factory, data):
    """What a single process learns from the whole batches."""
    out = tmp_path_factory.mktemp("runs") / "alone"
    run = plan.Run(tuple(data), tiny.ARCHITECTURE, CONFIG, labelled=True)

    class Quiet:
        on_start = on_progress = on_validation = on_eye = lambda *given: None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "FRACTIONS", ())
        for name in ("write_card", "write_report"):
            patch.setattr(session, name, lambda *given: None)
        session.train(run, out, Quiet(), lambda trainer: trainer.step >= STEPS)
    return run, checkpointed(out)


def options(config):
    """The command line's for the small model and a configuration."""
    sizes = {
        name: getattr(tiny.ARCHITECTURE, name)
        for name in ("enc_rnn_size", "dec_rnn_size", "z_size", "num_mixture")
    }
    values = sizes | dataclasses.asdict(config)
    return ["--labels", *(word for name, value in values.items() for word in (f"--{name}", str(value)))]


class Workers:
    """Two processes on this machine."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        self.addresses = [f"127.0.0.1:{port}" for port in free_ports(2)]

    def start(self, index, *arguments, code=None):
        task = {"cluster": {"worker": self.addresses}, "task": {"type": "worker", "index": index}}
        program = ["-m", "sketchrnn"] if code is None else ["-c", code]
        with (self.folder / f"worker{index}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *program, "train", *arguments],
                env=os.environ | {"TF_CONFIG": json.dumps(task), "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        self.processes.append(process)
        return process

    def said(self, index):
        return (self.folder / f"worker{index}.log").read_text("utf-8", "replace")

    def close(self):
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def workers(tmp_path):
    made = Workers(tmp_path)
    yield made
    made.close()


def assert_same(out, expected):
    found = checkpointed(out)
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, atol=2e-5, rtol=1e-3, err_msg=name)


def test_two_workers_learn_what_one_learns_and_one_that_dies_comes_back(workers, data, alone):
    """The second worker is killed at step 6, and started again by hand; the first one waits for it."""
    out = workers.folder / "together"
    followers = [*data, "--out", str(out), "--steps", str(STEPS), "--wait", "15"]
    chief = workers.start(0, *followers, *options(CONFIG), code=CHIEF)
    killed = workers.start(1, *followers, code=MORTAL)
    assert killed.wait(TEST_SECONDS) == -9, workers.said(1)
    again = workers.start(1, *followers)
    assert chief.wait(TEST_SECONDS) == 0, workers.said(0)
    assert again.wait(TEST_SECONDS) == 0, workers.said(1)
    assert "another worker is gone" in workers.said(0)
    assert "going on from step 4" in workers.said(0)
    assert "trains from step 4 on" in workers.said(1)
    assert_same(out, alone[1])
    info = store.read_info(out)
    assert info.training["total_steps"] == STEPS
    assert info.losses["test"]["drawings"] == 6
    assert {path.name for path in (out / plan.CHECKPOINTS).glob("place-*")} == {
        "place-0-of-2",
        "place-1-of-2",
    }
    for folder in (out / plan.CHECKPOINTS).glob("place-*"):  # nothing but a place in the data
        names = [name for name, _ in tf.train.list_variables(str(folder / f"ckpt-{STEPS}"))]
        assert all(name.startswith(("iterator/", "order/", "_CHECKPOINTABLE", "save_")) for name in names), (
            names
        )


def test_two_devices_learn_what_one_learns(tmp_path, alone):
    run, expected = alone
    given = [json.dumps(dataclasses.asdict(run)), str(tmp_path / "out"), str(STEPS)]
    subprocess.run([sys.executable, "-c", DEVICES, *given], check=True, timeout=TEST_SECONDS)
    assert_same(tmp_path / "out", expected)


def test_a_batch_that_two_cannot_share_is_told(workers, data):
    config = dataclasses.replace(CONFIG, batch_size=9)
    chief = workers.start(0, *data, "--out", str(workers.folder / "out"), *options(config))
    assert chief.wait(TEST_SECONDS) == 2
    assert workers.said(0).strip().splitlines()[-1].endswith("2 workers cannot share equally; take 8")
    assert not (workers.folder / "out").exists()


# --- what each worker reads --------------------------------------------------------------------


def taken(drawings, count, part, **given):
    settings = {"batch_size": 6, "scale_factor": 1.0, "seed": 3, "augmentation": Augmentation(0.1, 0.1, 0.5)}
    made = batches(drawings, **(settings | given), part=part)
    return [{name: value.numpy() for name, value in batch.items()} for batch in made.take(count)]


def test_parts_of_drawings_in_memory_are_the_whole_batch():
    drawings = tiny.drawings(40)
    parts = [taken(drawings, 9, (number, 3)) for number in range(3)]
    for whole, *own in zip(taken(drawings, 9, (0, 1)), *parts, strict=True):
        assert all(one["lengths"].shape == (2,) for one in own)
        for name, values in whole.items():
            axis = 1 if name == "points" else 0
            np.testing.assert_array_equal(np.concatenate([one[name] for one in own], axis), values)


@pytest.mark.parametrize("count", [1, 2, 5, 9, 16])
@pytest.mark.parametrize("parts", [1, 2, 8])
def test_every_drawing_is_as_frequent_as_any_other(count, parts):
    made = [Shard(f"{number}", 10, "cat", 1) for number in range(count)]
    seen = dict.fromkeys((shard.file for shard in made), 0.0)
    for number in range(parts):
        whole, shared = own_shards(made, number, parts)
        assert len(whole) == count // parts
        for shard in whole:
            seen[shard.file] += 1.0
        for shard in shared:
            seen[shard.file] += 1.0 / parts
    assert all(value == pytest.approx(1.0) for value in seen.values())


def test_workers_read_files_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "_DRAWINGS_IN_SHARD", 8)
    monkeypatch.setattr(pipeline, "_SHUFFLED", 4)
    paths = []
    for number in range(5):
        paths.append(tmp_path / f"{number}" / "cat.npz")
        paths[-1].parent.mkdir()
        drawings = tiny.drawings(8, 5 + number, 6, 30)
        write_splits(paths[-1], {"train": drawings, "valid": drawings, "test": drawings})
    splits = shards.write(paths, tmp_path / "shards")
    assert len(splits.train.shards) == 5  # two for each worker, and one that is divided
    plain = {"augmentation": Augmentation(), "batch_size": 4}
    seen, lengths = [], []
    for number in range(2):
        made = taken(splits.train, 40, (number, 2), **plain)
        assert all(batch["points"].shape[1] == 2 for batch in made)
        lengths.append([batch["lengths"].mean() for batch in made])
        seen.append(
            {
                batch["points"][1 : 1 + length, place].tobytes()
                for batch in made
                for place, length in enumerate(batch["lengths"])
            }
        )
    assert len(seen[0]) == len(seen[1]) == 20
    assert not seen[0] & seen[1]
    assert np.corrcoef(*lengths)[0, 1] > 0.5  # no worker waits for another one's longer drawings
