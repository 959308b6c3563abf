"""The GRU and the simple recurrent network over whole drawings, with their gradients written out.

As in `lstm`, the backward loop only carries the state; the gradients of the kernels are large products after
it. What comes from the points is multiplied before the loop: in both cells something acts on what comes from
the state alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from sketchrnn.model.loops import array, input_gradient, kernel_gradient, masked, product, states_before

Tensor = Any
Gradient = Callable[[Tensor], tuple[Tensor, ...]]


def elman(
    inputs: Tensor,
    static: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    h0: Tensor,
    dropout: Tensor | None = None,
    precision: str = "float32",
) -> Tensor:
    """See `sketchrnn.engine.cells.Elman`, over T steps of B drawings.

    Args:
        inputs: (T, B, I) what changes from point to point.
        static: (B, H) what every step gets: bias, and z times its kernel.
        kernel, recurrent_kernel: (I, H), (H, H).
        h0: (B, H) the first state.
        dropout: (T, B, H) factors, constants, on what the state brings: there is no other memory.
        precision: of the large products, see `sketchrnn.model.lstm.lstm`.

    Returns:
        (T, B, H), the outputs h of all steps.
    """
    steps = tf.shape(inputs)[0]

    @tf.custom_gradient
    def run(
        inputs: Tensor, static: Tensor, kernel: Tensor, recurrent_kernel: Tensor, h0: Tensor
    ) -> tuple[Tensor, Gradient]:
        rounded = tf.cast(recurrent_kernel, precision)
        projected = tf.tensordot(inputs, kernel, 1) + static

        def step(t: Any, h: Tensor, hs: Tensor) -> tuple[Tensor, ...]:
            h_next = tf.tanh(projected[t] + masked(product(h, rounded, precision), dropout, t))
            return t + 1, h_next, hs.write(t, h_next)

        *_, hs = tf.while_loop(lambda t, *_: t < steps, step, (0, h0, array(steps)))
        outputs = hs.stack()

        def gradient(d_outputs: Tensor) -> tuple[Tensor, ...]:
            transposed = tf.transpose(rounded)

            def step_back(t: Tensor, dh: Tensor, dxs: Tensor, dss: Tensor) -> tuple[Tensor, ...]:
                dx = (dh + d_outputs[t]) * (1.0 - tf.square(outputs[t]))
                ds = masked(dx, dropout, t)
                return t - 1, product(ds, transposed, precision), dxs.write(t, dx), dss.write(t, ds)

            start = (steps - 1, tf.zeros_like(h0), array(steps), array(steps))
            _, dh0, dxs, dss = tf.while_loop(lambda t, *_: t >= 0, step_back, start)
            dx = dxs.stack()
            d_recurrent = kernel_gradient(states_before(h0, outputs), dss.stack(), precision)
            d_kernel = kernel_gradient(inputs, dx, "float32")
            return input_gradient(dx, kernel), tf.reduce_sum(dx, 0), d_kernel, d_recurrent, dh0

        return outputs, gradient

    return run(inputs, static, kernel, recurrent_kernel, h0)


def gru(
    inputs: Tensor,
    static: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    h0: Tensor,
    dropout: Tensor | None = None,
    precision: str = "float32",
) -> Tensor:
    """See `sketchrnn.engine.cells.GRU`, over T steps of B drawings; the gates are in the order r, u, n.

    Args:
        inputs, h0, precision: as `elman` has them.
        static: (B, 3H).
        kernel, recurrent_kernel: (I, 3H), (H, 3H).
        dropout: (T, B, H) factors on the new state n, constants (Semeniuta et al. 2016).

    Returns:
        (T, B, H), the outputs h of all steps.
    """
    steps = tf.shape(inputs)[0]

    def by_gate(columns: Tensor) -> Tensor:
        """(N, 3H) to (3, N, H), where each gate lies in one piece and need not be copied."""
        return tf.stack(tf.split(columns, 3, axis=1))

    @tf.custom_gradient
    def run(
        inputs: Tensor, static: Tensor, kernel: Tensor, recurrent_kernel: Tensor, h0: Tensor
    ) -> tuple[Tensor, Gradient]:
        rounded = tf.cast(recurrent_kernel, precision)
        of_gates = by_gate(rounded)  # (3, H, H)
        projected = tf.matmul(inputs[:, None], by_gate(kernel)) + by_gate(static)  # (T, 3, B, H)

        def step(t: Any, h: Tensor, gates: Tensor, news: Tensor, brought: Tensor, hs: Tensor) -> Any:
            x, s = projected[t], product(h[None], of_gates, precision)  # (3, B, H)
            gate = tf.sigmoid(x[:2] + s[:2])
            new = tf.tanh(x[2] + gate[0] * s[2])
            entering = masked(new, dropout, t)
            h_next = entering + gate[1] * (h - entering)
            written = gates.write(t, gate), news.write(t, new), brought.write(t, s[2])
            return t + 1, h_next, *written, hs.write(t, h_next)

        start = (0, h0, *(array(steps) for _ in range(4)))
        _, _, gates, news, brought, hs = tf.while_loop(lambda t, *_: t < steps, step, start)
        outputs = hs.stack()

        def gradient(d_outputs: Tensor) -> tuple[Tensor, ...]:
            transposed = tf.transpose(rounded)
            h_before = states_before(h0, outputs)

            def step_back(t: Tensor, dh: Tensor, dss: Tensor, d_news: Tensor) -> tuple[Tensor, ...]:
                gate, new = gates.read(t), news.read(t)
                reset, update = gate[0], gate[1]
                dh += d_outputs[t]
                kept = dh * update
                d_update = (kept - kept * update) * (h_before[t] - masked(new, dropout, t))
                d_new = masked(dh - kept, dropout, t) * (1.0 - new * new)
                ds_new = d_new * reset
                d_reset = (ds_new - ds_new * reset) * brought.read(t)
                ds = tf.concat([d_reset, d_update, ds_new], 1)  # (B, 3H)
                dh_before = kept + product(ds, transposed, precision)
                return t - 1, dh_before, dss.write(t, ds), d_news.write(t, d_new)

            start = (steps - 1, tf.zeros_like(h0), array(steps), array(steps))
            _, dh0, dss, d_news = tf.while_loop(lambda t, *_: t >= 0, step_back, start)
            ds = dss.stack()  # (T, B, 3H)
            dx = tf.concat([ds[..., : 2 * h0.shape[1]], d_news.stack()], 2)
            d_recurrent = kernel_gradient(h_before, ds, precision)
            d_kernel = kernel_gradient(inputs, dx, "float32")
            return input_gradient(dx, kernel), tf.reduce_sum(dx, 0), d_kernel, d_recurrent, dh0

        return outputs, gradient

    return run(inputs, static, kernel, recurrent_kernel, h0)
