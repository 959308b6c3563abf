"""Several devices, on one machine or on many, that take every step of the training together.

Keras 3 does not support workers on several machines in `fit`; in a training loop of one's own its variables
and optimizers live under `tf.distribute.MultiWorkerMirroredStrategy`, if gradients are added up before the
optimizer sees them. So there is one step for one device and for many.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import tensorflow as tf

from sketchrnn.training.cluster import Cluster, WorkerLostError

Tensor = Any

_OF_LOST_WORKERS = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.InternalError,
)


class Distribution:
    """The devices of a run, and what they tell each other.

    All GPUs of a machine are used if it has several; a cluster's workers use all of theirs.

    Args:
        cluster: the processes that take part; with more than one this waits for all, for good
            (`Cluster.meet` tells before whether they come).
    """

    def __init__(self, cluster: Cluster | None = None) -> None:
        self.cluster = cluster or Cluster()
        gpus = tf.config.list_logical_devices("GPU") if len(self.cluster) == 1 else []
        if len(self.cluster) > 1:
            with self.told():
                self.strategy = tf.distribute.MultiWorkerMirroredStrategy()
        elif len(gpus) > 1:
            self.strategy = tf.distribute.MirroredStrategy()
        else:
            self.strategy = tf.distribute.get_strategy()
        self._added: Any = None

    @classmethod
    def over(cls, strategy: tf.distribute.Strategy) -> Distribution:
        """Over the devices of a strategy of one's own on this machine."""
        made = cls()
        made.strategy = strategy
        return made

    @property
    def devices(self) -> int:
        """Of all workers together."""
        return int(self.strategy.num_replicas_in_sync)

    @property
    def devices_here(self) -> int:
        """Of this worker."""
        return self.devices // len(self.cluster)

    def own_part(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """This device's drawings of its worker's batch; called on the device."""
        if self.devices_here == 1:
            return batch
        context = tf.distribute.get_replica_context()
        number = tf.cast(context.replica_id_in_sync_group, tf.int32) % self.devices_here
        rows = tf.shape(batch["lengths"])[0] // self.devices_here
        first = number * rows
        return {
            name: values[:, first : first + rows] if name == "points" else values[first : first + rows]
            for name, values in batch.items()
        }

    def sum(self, values: Sequence[Tensor]) -> list[Tensor]:
        """The sums over all devices; called on each, with values of the same shapes."""
        if self.devices == 1:
            return list(values)
        placed = [tf.identity(value) for value in values]  # on this device, which is where the sums come to
        return list(tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, placed))

    def of_all_workers(self, values: Sequence[Tensor]) -> list[Tensor]:
        """The sums over all workers, of values of the same shapes. Raises WorkerLostError."""
        if len(self.cluster) == 1:
            return list(values)
        if self._added is None:

            @tf.function(reduce_retracing=True)
            def added(values: list[Tensor]) -> Any:
                return self.strategy.run(self.sum, args=(values,))

            self._added = added
        with self.told():
            sums = self._added(list(values))
        here = [self.strategy.experimental_local_results(one)[0] for one in sums]
        return [one / tf.cast(self.devices_here, one.dtype) for one in here]

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Tells of a lost worker in one line, by WorkerLostError."""
        try:
            yield
        except tf.errors.OpError as error:
            if len(self.cluster) == 1 or not isinstance(error, _OF_LOST_WORKERS):
                raise
            raise WorkerLostError(
                "another worker of this run ended or cannot be reached any more; start every worker again, "
                "the first one with --resume"
            ) from error

    def any(self, wish: bool) -> bool:
        """Whether any of the workers wishes it; all of them get the same answer. Raises WorkerLostError."""
        return float(self.of_all_workers([tf.constant(float(wish))])[0]) > 0.0

    def of_chief(self, text: str) -> str:
        """What the chief says, on all workers. Raises WorkerLostError."""
        if len(self.cluster) == 1:
            return text
        said = text.encode() if self.cluster.is_chief else b""
        size = int(self.of_all_workers([tf.constant(float(len(said)))])[0])
        letters = said if self.cluster.is_chief else bytes(size)
        (sums,) = self.of_all_workers([tf.constant(list(letters), tf.float32)])
        return bytes(int(letter) for letter in sums.numpy()).decode()

    def follow_chief(self, variables: Sequence[Any]) -> None:
        """Gives the chief's values to all workers' variables. Raises WorkerLostError."""
        if len(self.cluster) == 1:
            return
        chief = self.cluster.is_chief
        values = [tf.convert_to_tensor(variable) for variable in variables]
        shares = [tf.cast(value, tf.float64) for value in values]  # of one type, and exact
        sums = self.of_all_workers([share if chief else tf.zeros_like(share) for share in shares])
        for variable, value, total in zip(variables, values, sums, strict=True):
            variable.assign(tf.cast(total, value.dtype))


class Adam(keras.optimizers.Adam):
    """Adam for gradients that were added up over all devices before: they are cut after that, not before."""

    def _all_reduce_sum_gradients(self, grads_and_vars: Any) -> Any:
        return grads_and_vars
