"""The training run: steps, validation, checkpoints. Knows the model and batches, nothing of screens."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from sketchrnn.errors import FormatError, ModelError
from sketchrnn.model.loss import (
    annealed_cost,
    kl_loss,
    kl_weight,
    label_loss,
    point_losses,
    reconstruction_loss,
)
from sketchrnn.model.sketch_rnn import SketchRNN
from sketchrnn.training.config import TrainingConfig
from sketchrnn.training.evaluation import Evaluation

Tensor = Any


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """What a run tells after every step; losses are those of the last batch's training step."""

    step: int
    reconstruction_loss: float
    kl_loss: float
    drawings: int
    """How many drawings this process has trained on."""
    points: int
    seconds: float
    """Spent in training steps by this process, waiting for data included; not validation and saving."""
    learning_rate: float = 0.0
    kl_weight: float = 0.0
    gradient_norm: float = 0.0
    """Of all gradients together, before they are cut."""


@dataclasses.dataclass(frozen=True, slots=True)
class Validation:
    """What a run tells when it has validated."""

    step: int
    evaluation: Evaluation
    cost: float
    """L_R + w max(L_KL, KL_min) at the final weight w: what the best weights are chosen by."""
    best: bool


class DecayToMinimum(keras.optimizers.schedules.LearningRateSchedule):
    """(α - α_min) r^step + α_min, Magenta's decay of the learning rate, after a linear warm-up."""

    def __init__(self, config: TrainingConfig) -> None:
        self.start, self.rate = config.learning_rate, config.decay_rate
        self.minimum, self.warm_up = config.min_learning_rate, config.warm_up

    def __call__(self, step: Tensor) -> Tensor:
        decayed = tf.pow(tf.constant(self.rate, tf.float32), tf.cast(step, tf.float32))
        rate = (self.start - self.minimum) * decayed + self.minimum
        if not self.warm_up:
            return rate
        return rate * tf.minimum((tf.cast(step, tf.float32) + 1.0) / self.warm_up, 1.0)

    def get_config(self) -> dict[str, float]:
        return {"start": self.start, "rate": self.rate, "minimum": self.minimum, "warm_up": self.warm_up}


class Trainer:
    """Trains a model on batches until told to stop.

    Args:
        model: what learns.
        config: how.
        batches: as `sketchrnn.dataset.pipeline.batches` makes them with augmentation.
        longest: N_max, what L_R is divided by.
        validate: measures the model on the validation set.
        save_best: called when a validation was the best so far.
        checkpoints: the folder for checkpoints (weights, optimizer, step, place in the data).

    Raises:
        FormatError: a checkpoint cannot be written.
    """

    def __init__(
        self,
        model: SketchRNN,
        config: TrainingConfig,
        batches: tf.data.Dataset,
        *,
        longest: int,
        validate: Callable[[SketchRNN], Evaluation],
        save_best: Callable[[SketchRNN, Validation], None],
        checkpoints: Path,
    ) -> None:
        self.model, self.config, self.longest = model, config, longest
        self._validate, self._save_best = validate, save_best
        self.optimizer = keras.optimizers.Adam(DecayToMinimum(config), clipvalue=config.grad_clip)
        self.optimizer.build(model.trainable_variables)
        self._iterator = iter(batches)
        self._step = tf.Variable(0, dtype=tf.int64, trainable=False)
        self._best_cost = math.inf
        self._worse = 0  # validations since the best one
        self._all_seconds = tf.Variable(0.0, dtype=tf.float64, trainable=False)
        self._manager = tf.train.CheckpointManager(
            tf.train.Checkpoint(
                model=model,
                optimizer=self.optimizer,
                iterator=self._iterator,
                step=self._step,
                seconds=self._all_seconds,
            ),
            str(checkpoints),
            max_to_keep=2,
        )
        self._train_step = tf.function(self._one_step, input_signature=[self._iterator.element_spec])
        self.drawings = self.points = 0
        self.seconds = 0.0

    @property
    def step(self) -> int:
        """How many steps the model has seen, in this process and before."""
        return int(self._step)

    @property
    def all_seconds(self) -> float:
        """Time spent in training steps, in this process and before."""
        return float(self._all_seconds)

    @property
    def exhausted(self) -> bool:
        """Whether more training than `patience` allows brought nothing better."""
        return 0 < self.config.patience <= self._worse

    def resume(self, best: Evaluation | None = None) -> bool:
        """Goes back to the last checkpoint, if there is one. Raises ModelError if it does not fit.

        Args:
            best: what the best weights so far measured; only better ones will be saved.
        """
        if best is not None:
            self._best_cost = self._cost(best)
        if self._manager.latest_checkpoint is None:
            return False
        try:
            status = self._manager.checkpoint.restore(self._manager.latest_checkpoint)
            status.assert_existing_objects_matched()
        except (ValueError, IndexError, AssertionError, RuntimeError, tf.errors.OpError) as error:
            raise ModelError(
                f"{self._manager.directory}: the checkpoint is damaged or does not fit this model and data; "
                "resume with the settings it was made with, or train into a new folder"
            ) from error
        return True

    def run(
        self,
        should_stop: Callable[[], bool],
        on_progress: Callable[[Progress], None],
        on_validation: Callable[[Validation], None],
    ) -> None:
        """Trains until `should_stop()` or nothing gets better, then validates and keeps what was learnt.

        Args:
            should_stop: asked before every step.
            on_progress: called after every step.
            on_validation: called after every validation.
        """
        validated_at = -1
        while not should_stop() and not self.exhausted:
            on_progress(self.train_one_batch())
            if self.step % self.config.save_every == 0:
                on_validation(self._validate_and_save())
                validated_at = self.step
        if validated_at != self.step:
            on_validation(self._validate_and_save())

    def measure_start(self, on_validation: Callable[[Validation], None]) -> None:
        """Validates and keeps a model that somebody else has trained: what is learnt now has to be better."""
        on_validation(self._validate_and_save())

    def train_one_batch(self) -> Progress:
        """One step. Raises ModelError if the loss is no longer a number."""
        started = time.perf_counter()
        batch = next(self._iterator)
        rate, weight = float(self.optimizer.learning_rate), float(kl_weight(self._step, self.config))
        r_loss, kl, norm = (float(figure) for figure in self._train_step(batch))
        seconds = time.perf_counter() - started
        self._check_finite(r_loss + kl)
        self.drawings += int(batch["lengths"].shape[0])
        self.points += int(tf.reduce_sum(batch["lengths"]))
        self.seconds += seconds
        self._all_seconds.assign_add(seconds)
        counts = self.drawings, self.points, self.seconds
        return Progress(self.step, r_loss, kl, *counts, rate, weight, norm)

    def _one_step(self, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        seed = tf.stack([tf.constant(self.config.seed, tf.int64), self._step])
        with tf.GradientTape() as tape:
            outputs, latent = self.model(
                batch["points"], batch["encoder_lengths"], batch["labels"], training=True, seed=seed
            )
            losses = point_losses(outputs, batch["points"], batch["lengths"])
            r_loss, kl = reconstruction_loss(losses, self.longest), kl_loss(latent)
            cost = annealed_cost(r_loss, kl, self._step, self.config)
            cost += self.config.label_weight * label_loss(latent, batch["labels"])
        gradients = tape.gradient(cost, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables, strict=True))
        self._step.assign_add(1)
        return r_loss, kl, tf.linalg.global_norm(gradients)

    def _validate_and_save(self) -> Validation:
        evaluation = self._validate(self.model)
        cost = self._cost(evaluation)
        self._check_finite(cost)  # or the checkpoint would be one that nobody can go on from
        best = cost < self._best_cost
        self._worse = 0 if best else self._worse + 1
        validation = Validation(self.step, evaluation, cost, best)
        if best:
            self._best_cost = cost
            self._save_best(self.model, validation)
        try:
            self._manager.save(checkpoint_number=self.step)
        except (OSError, tf.errors.OpError) as error:
            raise FormatError(
                f"{self._manager.directory}: the checkpoint cannot be written; "
                "free some space or check the permissions, then resume"
            ) from error
        return validation

    def _check_finite(self, loss: float) -> None:
        if not math.isfinite(loss):
            raise ModelError(
                f"the loss became {loss} at step {self.step}; what was learnt up to the last validation is "
                "kept. Resume with a smaller --learning_rate"
            )

    def _cost(self, evaluation: Evaluation) -> float:
        kl = evaluation.kl_loss if self.model.architecture.conditional else 0.0
        return evaluation.reconstruction_loss + self.config.kl_weight * max(kl, self.config.kl_tolerance)
