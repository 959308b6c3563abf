"""The layer-norm LSTM over whole drawings, with the gradient written out as `lstm` has it.

The backward loop holds only what passes from point to point, and sums for gains and shifts; the gradient of
the kernels is one product after it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from sketchrnn.engine.cells import NORM_EPSILON
from sketchrnn.model.loops import array, input_gradient, kernel_gradient, masked, product, states_before

Tensor = Any


def layer_norm_lstm(
    inputs: Tensor,
    static: Tensor,
    weights: Tensor,
    c0: Tensor,
    h0: Tensor,
    norms: tuple[Tensor, Tensor, Tensor, Tensor],
    dropout: Tensor | None = None,
    precision: str = "float32",
) -> Tensor:
    """See `sketchrnn.engine.cells.LayerNormLSTM`, over T steps of B drawings.

    Args:
        inputs, static, weights, c0, h0, dropout, precision: as `sketchrnn.model.lstm.lstm` has them.
        norms: gain and shift (4H,) of the normalised gates, and gain and shift (H,) of the memory.

    Returns:
        (T, B, H), the outputs h of all steps.
    """
    width, units = inputs.shape[-1], h0.shape[-1]
    steps, batch = tf.shape(inputs)[0], tf.shape(inputs)[1]

    def by_gate(values: Tensor) -> Tensor:
        return tf.reshape(values, [batch, 4, units])

    @tf.custom_gradient
    def run(
        inputs: Tensor, static: Tensor, weights: Tensor, c0: Tensor, h0: Tensor, *norms: Tensor
    ) -> tuple[Tensor, Callable[[Tensor], tuple[Tensor, ...]]]:
        gain, shift, memory_gain, memory_shift = norms
        rounded = tf.cast(weights, precision)  # once, not at every step
        kept = 7

        def step(t: Any, c: Tensor, h: Tensor, *arrays: Tensor) -> tuple[Tensor, ...]:
            pre = product(tf.concat([inputs[t], h], 1), rounded, precision) + static  # (B, 4H)
            normal, factor = _normalised(by_gate(pre))
            gates = tf.reshape(normal, [batch, 4 * units]) * gain + shift
            ifo = tf.sigmoid(gates[:, : 3 * units])
            g = tf.tanh(gates[:, 3 * units :])
            i, f, o = tf.split(ifo, 3, axis=1)
            c_next = f * c + i * masked(g, dropout, t)
            memory, memory_factor = _normalised(c_next)
            shown = tf.tanh(memory * memory_gain + memory_shift)
            h_next = o * shown
            values = (normal, factor, tf.concat([ifo, g], 1), c, memory, memory_factor, h_next)
            written = (held.write(t, value) for held, value in zip(arrays, values, strict=True))
            return t + 1, c_next, h_next, *written

        start = (0, c0, h0, *(array(steps) for _ in range(kept)))
        _, _, _, normals, factors, acts, cs, memories, memory_factors, hs = tf.while_loop(
            lambda t, *_: t < steps, step, start
        )
        outputs = hs.stack()  # (T, B, H)

        def gradient(d_outputs: Tensor) -> tuple[Tensor, ...]:
            recurrent_t = tf.transpose(rounded[width:])  # once: small transposed products are slow

            def step_back(
                t: Tensor, dc: Tensor, dh: Tensor, d_pres: Tensor, *sums: Tensor
            ) -> tuple[Tensor, ...]:
                i, f, o, g = tf.split(acts.read(t), 4, axis=1)
                memory = memories.read(t)
                dh += d_outputs[t]
                shown = tf.tanh(memory * memory_gain + memory_shift)
                d_memory = dh * o * (1.0 - shown * shown)  # before gain and shift
                dc += _before_norm(d_memory * memory_gain, memory, memory_factors.read(t))
                d_gate = tf.concat(
                    [
                        dc * masked(g, dropout, t) * i * (1.0 - i),
                        dc * cs.read(t) * f * (1.0 - f),
                        dh * shown * o * (1.0 - o),
                        masked(dc * i, dropout, t) * (1.0 - g * g),
                    ],
                    1,
                )  # (B, 4H)
                normal = normals.read(t)
                d_pre = _before_norm(by_gate(d_gate * gain), normal, factors.read(t))
                d_pre = tf.reshape(d_pre, [batch, 4 * units])
                flat_normal = tf.reshape(normal, [batch, 4 * units])
                # Here, while they are in the cache: all steps of them take hundreds of megabytes.
                terms = (d_gate * flat_normal, d_gate, d_memory * memory, d_memory)
                return (
                    t - 1,
                    dc * f,
                    product(d_pre, recurrent_t, precision),
                    d_pres.write(t, d_pre),
                    *(total + tf.reduce_sum(term, 0) for total, term in zip(sums, terms, strict=True)),
                )

            nothing = [tf.zeros_like(one) for one in norms]
            start = (steps - 1, tf.zeros_like(c0), tf.zeros_like(h0), array(steps), *nothing)
            _, dc0, dh0, d_pres, *sums = tf.while_loop(lambda t, *_: t >= 0, step_back, start)
            d_pre = d_pres.stack()  # (T, B, 4H)
            seen = tf.concat([inputs, states_before(h0, outputs)], 2)
            d_weights = kernel_gradient(seen, d_pre, precision)
            d_inputs = input_gradient(d_pre, weights[:width])
            return d_inputs, tf.reduce_sum(d_pre, 0), d_weights, dc0, dh0, *sums

        return outputs, gradient

    return run(inputs, static, weights, c0, h0, *norms)


def _normalised(values: Tensor) -> tuple[Tensor, Tensor]:
    """Mean 0 and variance 1 along the last axis (Ba, Kiros, Hinton 2016), and the factor to the latter."""
    centred = values - tf.reduce_mean(values, -1, keepdims=True)
    factor = tf.math.rsqrt(tf.reduce_mean(tf.square(centred), -1, keepdims=True) + NORM_EPSILON)
    return centred * factor, factor


def _before_norm(d_normal: Tensor, normal: Tensor, factor: Tensor) -> Tensor:
    """The gradient of what was normalised."""
    along = tf.reduce_mean(d_normal * normal, -1, keepdims=True)
    return factor * (d_normal - tf.reduce_mean(d_normal, -1, keepdims=True) - normal * along)
