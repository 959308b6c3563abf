"""What the written-out loops over the points of drawings have in common."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

Tensor = Any  # tensorflow ships no types worth checking against


def product(a: Tensor, b: Tensor, precision: str, **options: bool) -> Tensor:
    """The matrix product, its factors rounded to `precision`, the sum float32."""
    return tf.cast(tf.matmul(tf.cast(a, precision), tf.cast(b, precision), **options), tf.float32)


def array(steps: Tensor) -> Tensor:
    """Room for what a loop keeps of every step."""
    return tf.TensorArray(tf.float32, size=steps)


def masked(values: Tensor, dropout: Tensor | None, t: Tensor) -> Tensor:
    """(B, H) times the factors of step t of (T, B, H), where there are any."""
    return values if dropout is None else values * dropout[t]


def states_before(h0: Tensor, outputs: Tensor) -> Tensor:
    """(T, B, H): what every step began with, from the first state (B, H) and the outputs of all."""
    return tf.concat([h0[None], outputs[:-1]], 0)


def kernel_gradient(seen: Tensor, d_sums: Tensor, precision: str) -> Tensor:
    """(I, G): the gradient of a kernel that saw (T, B, I) at all steps, of whose results it is (T, B, G).

    One large product in place of a small one added up at every step.
    """
    rows = tf.shape(seen)[0] * tf.shape(seen)[1]
    flat = tf.reshape(seen, [rows, seen.shape[2]]), tf.reshape(d_sums, [rows, d_sums.shape[2]])
    return product(*flat, precision, transpose_a=True)


def input_gradient(d_sums: Tensor, kernel: Tensor) -> Tensor:
    """(T, B, I), from the gradient (T, B, G) of inputs times the kernel (I, G)."""
    return tf.einsum("tbg,ig->tbi", d_sums, kernel)  # pruned from the graph where it is not used
