"""Training runs that take seconds, and what they report."""

import dataclasses
from pathlib import Path

import tensorflow as tf
import tiny

from sketchrnn import store
from sketchrnn.training import plan, session
from sketchrnn.training.config import TrainingConfig

ROOT = Path(__file__).parents[3]

QUICK = TrainingConfig(
    batch_size=10,
    learning_rate=0.01,
    kl_weight=0.01,
    kl_decay_rate=0.9,
    save_every=10,
    recurrent_dropout_prob=0.9,
)
PLAIN = dataclasses.replace(
    QUICK, recurrent_dropout_prob=1.0, random_scale_factor=0.0, augment_stroke_prob=0.0
)


class Notes:
    """Keeps what a run reports."""

    def __init__(self):
        self.progress, self.validations, self.eye, self.started_at = [], [], [], None

    def on_start(self, splits, model, step):
        self.started_at = step

    def on_progress(self, progress):
        self.progress.append(progress)

    def on_validation(self, validation):
        self.validations.append(validation)

    def on_eye(self, progress):
        self.eye.append(progress)


def train(data, out, steps, config=QUICK, *, resume=False, architecture=tiny.ARCHITECTURE):
    """Trains up to a step; returns what was reported."""
    notes = Notes()
    run = plan.Run((str(data),), architecture, config, "A test.", "none")
    notes.test = session.train(run, out, notes, lambda trainer: trainer.step >= steps, resume=resume)
    return notes


def weights(out):
    return store.read_weights(store.read_info(out))


def resolve(out, data=(), *, resume=False, architecture=None, config=None):
    return plan.resolve(
        [str(path) for path in data], out, resume=resume, architecture=architecture or {}, config=config or {}
    )


def checkpointed(out):
    """Weights, optimizer and all of the last checkpoint, exact."""
    reader = tf.train.load_checkpoint(str(out / plan.CHECKPOINTS))
    types = reader.get_variable_to_dtype_map()
    names = [name for name, dtype in types.items() if dtype == tf.float32 and "iterator" not in name]
    assert len(names) > 30
    return {name: reader.get_tensor(name) for name in names}
