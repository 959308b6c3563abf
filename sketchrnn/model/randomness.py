"""Random numbers of a batch that may be shared among several devices.

They depend on a drawing's place in the whole batch, never on how many devices share it: each device gets the
numbers that its drawings would have if one device held them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

Tensor = Any

_GROUP = 4  # numbers that Philox makes for one value of its counter


def normal(shape: list[Tensor], seed: Tensor) -> Tensor:
    """Standard normals (B, …) for this device's drawings."""
    return _own(tf.random.stateless_normal, shape, 0, seed)


def uniform(shape: list[Tensor], seed: Tensor, *, axis: int = 0) -> Tensor:
    """Numbers in [0, 1) for this device's drawings, which are along `axis`."""
    width = shape[-1]
    if axis == 1 and _devices() > 1 and isinstance(width, int) and width % _GROUP == 0:
        return _uniform_by_step(shape, seed)
    return _own(tf.random.stateless_uniform, shape, axis, seed)


def _devices() -> int:
    context = tf.distribute.get_replica_context()
    return 1 if context is None else int(context.num_replicas_in_sync)


def _first_row(rows: Tensor) -> Tensor:
    """Where in the whole batch this device's drawings begin."""
    return tf.cast(tf.distribute.get_replica_context().replica_id_in_sync_group, tf.int32) * rows


def _own(draw: Callable[..., Tensor], shape: list[Tensor], axis: int, seed: Tensor) -> Tensor:
    if (devices := _devices()) == 1:
        return draw(shape, seed)
    rows = shape[axis]
    first = _first_row(rows)
    whole = draw([*shape[:axis], rows * devices, *shape[axis + 1 :]], seed)
    return tf.gather(whole, tf.range(first, first + rows), axis=axis)


def _uniform_by_step(shape: list[Tensor], seed: Tensor) -> Tensor:
    """(T, B, H): the same numbers as cut out of the whole, without drawing those of other devices.

    Philox makes the numbers from a counter, which is set to the first of this device at every step.
    """
    steps, rows, width = shape
    key, counter = tf.raw_ops.StatelessRandomGetKeyCounter(seed=seed)
    method = tf.raw_ops.StatelessRandomGetAlg()
    groups = width // _GROUP
    first = tf.cast(_first_row(rows) * groups, tf.uint64)
    at_every_step = tf.cast(rows * _devices() * groups, tf.uint64)

    def of_step(step: Tensor) -> Tensor:
        skipped = tf.stack([first + tf.cast(step, tf.uint64) * at_every_step, tf.constant(0, tf.uint64)])
        return tf.raw_ops.StatelessRandomUniformV2(
            shape=[rows, width], key=key, counter=counter + skipped, alg=method
        )

    return tf.map_fn(of_step, tf.range(steps), fn_output_signature=tf.float32)
