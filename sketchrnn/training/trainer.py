"""The training run: steps, validation, checkpoints. Knows the model and batches, nothing of screens."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from sketchrnn.dataset.pipeline import ORDER
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
from sketchrnn.training.distribution import Adam, Distribution
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


def _manager(folder: Path, parts: dict[str, Any]) -> tf.train.CheckpointManager:
    return tf.train.CheckpointManager(tf.train.Checkpoint(**parts), str(folder), max_to_keep=2)


def _save(manager: tf.train.CheckpointManager, step: int) -> None:
    try:
        manager.save(checkpoint_number=step)
    except (OSError, tf.errors.OpError) as error:
        raise FormatError(
            f"{manager.directory}: the checkpoint cannot be written; "
            "free some space or check the permissions, then resume"
        ) from error


def _has_place(path: str) -> bool:
    """Whether a checkpoint knows a place in the batches as they are made now."""
    names = [name for name, _ in tf.train.list_variables(path)]
    orders = [tf.train.load_variable(path, name) for name in names if name.startswith("order/")]
    return orders == [ORDER] and any(name.startswith("iterator/") for name in names)


class Trainer:
    """Trains a model on batches until told to stop.

    Args:
        model: what learns.
        config: how.
        batches: as `sketchrnn.dataset.pipeline.batches` makes them with augmentation.
        longest: N_max, what L_R is divided by.
        validate: measures the model on the validation set.
        save_best: called when a validation was the best so far.
        checkpoints: the folder for checkpoints (weights, optimizer, step, place in the data). Of several
            workers the chief writes them, and each keeps its own place in the data.
        distribution: the devices that share each batch; `model` was made in its strategy's scope, and
            `batches` are this worker's part of them. One device by default.

    Raises:
        FormatError: a checkpoint cannot be written.
        WorkerLostError: another worker is gone.
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
        distribution: Distribution | None = None,
    ) -> None:
        self.model, self.config, self.longest = model, config, longest
        self._validate, self._save_best = validate, save_best
        self._distribution = distribution or Distribution()
        with self._distribution.strategy.scope():
            self.optimizer = Adam(
                DecayToMinimum(config),
                clipvalue=config.grad_clip,
                use_ema=config.weight_average > 0.0,
                ema_momentum=config.weight_average,
            )
            self.optimizer.build(model.trainable_variables)
            self._step = tf.Variable(0, dtype=tf.int64, trainable=False)
        self._batches = batches
        self._iterator = iter(batches)
        self._best_cost = math.inf
        self._worse = 0  # validations since the best one
        self._all_seconds = tf.Variable(0.0, dtype=tf.float64, trainable=False)
        self._state = {
            "model": model,
            "optimizer": self.optimizer,
            "step": self._step,
            "seconds": self._all_seconds,
        }
        place = {"iterator": self._iterator, "order": tf.Variable(ORDER, trainable=False)}
        cluster = self._distribution.cluster
        alone = len(cluster) == 1
        self._manager = _manager(checkpoints, self._state | (place if alone else {}))
        self._places = None  # each worker's own
        if not alone:
            self._places = _manager(checkpoints / f"place-{cluster.index}-of-{len(cluster)}", place)
        self._train_step = tf.function(self._one_step, input_signature=[self._iterator.element_spec])
        self.drawings = self.points = 0
        self.seconds = 0.0

    @property
    def step(self) -> int:
        """How many steps the model has seen, in this process and before."""
        return int(self._step.numpy())

    @property
    def all_seconds(self) -> float:
        """Time spent in training steps, in this process and before."""
        return float(self._all_seconds)

    @property
    def distribution(self) -> Distribution:
        """The devices that share each batch."""
        return self._distribution

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
        chief = self._distribution.cluster.is_chief
        latest = self._manager.latest_checkpoint if chief else None
        if not self._distribution.any(latest is not None):
            return False
        try:
            if latest is not None:
                self._restore(latest, has_place=_has_place(latest))
            self._distribution.follow_chief([*self._variables(), self._step, self._all_seconds])
            self._find_place()
        except (ValueError, IndexError, AssertionError, RuntimeError, tf.errors.OpError) as error:
            raise ModelError(
                f"{self._manager.directory}: the checkpoint is damaged or does not fit this model and data; "
                "resume with the settings it was made with, or train into a new folder"
            ) from error
        return True

    def _restore(self, path: str, *, has_place: bool) -> None:
        """Weights, optimizer and step of a checkpoint; the place in the data if it is one in these."""
        alone = self._places is None
        parts = self._manager.checkpoint if has_place == alone else tf.train.Checkpoint(**self._state)
        try:
            status = parts.restore(path)
        except tf.errors.InvalidArgumentError:
            if not (has_place and alone):
                raise
            # Drawings were added or taken away since then: their order begins anew.
            self._iterator = iter(self._batches)
            self._manager.checkpoint.iterator = self._iterator
            self._restore(path, has_place=False)
            return
        if not (has_place and alone):
            status.expect_partial()
        status.assert_existing_objects_matched()

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
        while not self._distribution.any(should_stop() or self.exhausted):
            on_progress(self.train_one_batch())
            if self.step % self.config.save_every == 0:
                self._finish_part(on_validation)
                validated_at = self.step
        if validated_at != self.step:
            self._finish_part(on_validation)

    def _finish_part(self, on_validation: Callable[[Validation], None]) -> None:
        """Validates and saves; of several workers each saves its place in the data, the chief all else."""
        if self._places is not None:
            _save(self._places, self.step)
        if self._distribution.cluster.is_chief:
            on_validation(self._validate_and_save())

    def _variables(self) -> list[Any]:
        own = [*self.model.variables, *self.optimizer.variables]
        return [getattr(variable, "value", variable) for variable in own]

    def _find_place(self) -> None:
        """Goes on in the data where the checkpoint was made, or all workers begin them anew."""
        if self._places is None:
            return
        path = f"{self._places.directory}/ckpt-{self.step}"
        found = tf.train.latest_checkpoint(self._places.directory) and Path(f"{path}.index").exists()
        missing = self._distribution.any(not found or not _has_place(path))
        if not missing:
            self._places.checkpoint.restore(path).assert_existing_objects_matched()

    def measure_start(self, on_validation: Callable[[Validation], None]) -> None:
        """Validates and keeps a model that somebody else has trained: what is learnt now has to be better."""
        on_validation(self._validate_and_save())

    def train_one_batch(self) -> Progress:
        """One step. Raises ModelError if the loss is no longer a number."""
        started = time.perf_counter()
        batch = next(self._iterator)
        rate, weight = float(self.optimizer.learning_rate), float(kl_weight(self._step, self.config))
        with self._distribution.told():
            r_loss, kl, norm, drawings, points = (float(figure) for figure in self._train_step(batch))
        seconds = time.perf_counter() - started
        self._check_finite(r_loss + kl)
        self.drawings += round(drawings)
        self.points += round(points)
        self.seconds += seconds
        self._all_seconds.assign_add(seconds)
        counts = self.drawings, self.points, self.seconds
        return Progress(self.step, r_loss, kl, *counts, rate, weight, norm)

    def _one_step(self, batch: dict[str, Tensor]) -> tuple[Tensor, ...]:
        strategy = self._distribution.strategy
        figures = strategy.run(self._on_device, args=(batch,))
        self._step.assign_add(1)
        return tuple(strategy.experimental_local_results(figure)[0] for figure in figures)

    def _on_device(self, batch: dict[str, Tensor]) -> tuple[Tensor, ...]:
        """A device's part of a step; what it returns is the same on all devices."""
        devices = self._distribution
        batch = devices.own_part(batch)
        seed = tf.stack([tf.constant(self.config.seed, tf.int64), self._step])
        with tf.GradientTape() as tape:
            outputs, latent = self.model(
                batch["points"], batch["encoder_lengths"], batch["labels"], training=True, seed=seed
            )
            losses = point_losses(outputs, batch["points"], batch["lengths"])
            r_loss, kl = reconstruction_loss(losses, self.longest), kl_loss(latent)
            # Whether KL counts, and how many labels there are, is a matter of the whole batch.
            known = tf.cast(batch["labels"] < self.model.architecture.num_labels, tf.float32)
            whole_kl, known = devices.sum([tf.stop_gradient(kl), tf.reduce_sum(known)])
            kl += tf.stop_gradient(whole_kl / devices.devices - kl)
            cost = annealed_cost(r_loss, kl, self._step, self.config)
            known = tf.maximum(known, 1.0) / devices.devices
            cost += self.config.label_weight * label_loss(latent, batch["labels"], known)
        gradients = tape.gradient(cost, self.model.trainable_variables)
        gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]  # an embedding's is sparse
        counts = tf.cast([tf.shape(batch["lengths"])[0], tf.reduce_sum(batch["lengths"])], tf.float32)
        *gradients, r_loss, counts = devices.sum([*gradients, r_loss, counts])
        if devices.devices > 1:
            gradients = [gradient / devices.devices for gradient in gradients]
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables, strict=True))
        return r_loss / devices.devices, kl, tf.linalg.global_norm(gradients), counts[0], counts[1]

    def _validate_and_save(self) -> Validation:
        with self._averaged():
            evaluation = self._validate(self.model)
            cost = self._cost(evaluation)
            self._check_finite(cost)  # or the checkpoint would be one that nobody can go on from
            best = cost < self._best_cost
            self._worse = 0 if best else self._worse + 1
            validation = Validation(self.step, evaluation, cost, best)
            if best:
                self._best_cost = cost
                self._save_best(self.model, validation)
        _save(self._manager, self.step)
        return validation

    @contextlib.contextmanager
    def _averaged(self) -> Iterator[None]:
        """The model has the mean weights of the last steps meanwhile, if the configuration wants that."""
        if not self.config.weight_average or not self.step:
            yield
            return
        variables = self.model.trainable_variables
        own = [np.asarray(variable) for variable in variables]
        self.optimizer.finalize_variable_values(variables)
        try:
            yield
        finally:
            for variable, array in zip(variables, own, strict=True):
                variable.assign(array)

    def _check_finite(self, loss: float) -> None:
        if not math.isfinite(loss):
            raise ModelError(
                f"the loss became {loss} at step {self.step}; what was learnt up to the last validation is "
                "kept. Resume with a smaller --learning_rate"
            )

    def _cost(self, evaluation: Evaluation) -> float:
        kl = evaluation.kl_loss if self.model.architecture.conditional else 0.0
        return evaluation.reconstruction_loss + self.config.kl_weight * max(kl, self.config.kl_tolerance)
