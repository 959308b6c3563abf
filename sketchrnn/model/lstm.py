"""The LSTM over whole drawings, with the gradient written out.

Automatic differentiation of a loop adds a (units, 4 units) matrix to the weight gradient at every
step. Here the loop only carries the state; the gates are kept, and the weight gradient is one large
product after the backward loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from sketchrnn.model.loops import array, input_gradient, kernel_gradient, masked, product, states_before

Tensor = Any


def lstm(
    inputs: Tensor,
    static: Tensor,
    weights: Tensor,
    c0: Tensor,
    h0: Tensor,
    dropout: Tensor | None = None,
    precision: str = "float32",
) -> Tensor:
    """Hochreiter & Schmidhuber 1997, with forget gates, over T steps of B drawings.

    Args:
        inputs: (T, B, I) what changes from point to point.
        static: (B, 4H) what the gates get at every step: bias, and z times its kernel.
        weights: (I + H, 4H) input and recurrent kernel, gates in the order i, f, o, g.
        c0, h0: (B, H) the first state.
        dropout: (T, B, H) factors on the new input g, constants: recurrent dropout without memory
            loss (Semeniuta et al. 2016).
        precision: what the factors of the large products are rounded to. "bfloat16" is faster where the
            processor multiplies it; sums, gates and state stay float32.

    Returns:
        (T, B, H), the outputs h of all steps.
    """
    width, units = inputs.shape[-1], h0.shape[-1]
    steps = tf.shape(inputs)[0]

    @tf.custom_gradient
    def run(
        inputs: Tensor, static: Tensor, weights: Tensor, c0: Tensor, h0: Tensor
    ) -> tuple[Tensor, Callable[[Tensor], tuple[Tensor, ...]]]:
        rounded = tf.cast(weights, precision)  # once, not at every step

        def step(t: Any, c: Tensor, h: Tensor, gates: Tensor, cs: Tensor, hs: Tensor) -> tuple[Tensor, ...]:
            pre = product(tf.concat([inputs[t], h], 1), rounded, precision) + static  # (B, 4H)
            ifo = tf.sigmoid(pre[:, : 3 * units])
            g = tf.tanh(pre[:, 3 * units :])
            i, f, o = tf.split(ifo, 3, axis=1)
            c_next = f * c + i * masked(g, dropout, t)
            h_next = o * tf.tanh(c_next)
            gates = gates.write(t, tf.concat([ifo, g], 1))
            return t + 1, c_next, h_next, gates, cs.write(t, c), hs.write(t, h_next)

        start = (0, c0, h0, array(steps), array(steps), array(steps))
        _, c_last, _, gates, cs, hs = tf.while_loop(lambda t, *_: t < steps, step, start)
        outputs = hs.stack()  # (T, B, H)

        def gradient(d_outputs: Tensor) -> tuple[Tensor, ...]:
            recurrent_t = tf.transpose(rounded[width:])  # once: small transposed products are slow

            def step_back(t: Tensor, c: Tensor, dc: Tensor, dh: Tensor, d_pres: Tensor) -> tuple[Tensor, ...]:
                i, f, o, g = tf.split(gates.read(t), 4, axis=1)
                c_before = cs.read(t)
                dh += d_outputs[t]
                tanh_c = tf.tanh(c)
                dc += dh * o * (1.0 - tanh_c * tanh_c)
                d_pre = tf.concat(
                    [
                        dc * masked(g, dropout, t) * i * (1.0 - i),
                        dc * c_before * f * (1.0 - f),
                        dh * tanh_c * o * (1.0 - o),
                        masked(dc * i, dropout, t) * (1.0 - g * g),
                    ],
                    1,
                )  # (B, 4H)
                return t - 1, c_before, dc * f, product(d_pre, recurrent_t, precision), d_pres.write(t, d_pre)

            start = (steps - 1, c_last, tf.zeros_like(c0), tf.zeros_like(h0), array(steps))
            *_, dc0, dh0, d_pres = tf.while_loop(lambda t, *_: t >= 0, step_back, start)
            d_pre = d_pres.stack()  # (T, B, 4H)
            seen = tf.concat([inputs, states_before(h0, outputs)], 2)
            d_weights = kernel_gradient(seen, d_pre, precision)
            d_inputs = input_gradient(d_pre, weights[:width])
            return d_inputs, tf.reduce_sum(d_pre, 0), d_weights, dc0, dh0

        return outputs, gradient

    return run(inputs, static, weights, c0, h0)
