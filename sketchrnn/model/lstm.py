"""The recurrent layer: an LSTM over whole drawings, with the gradient written out.

Automatic differentiation of a loop adds a (units, 4 units) matrix to the weight gradient at every
step. Here the loop only carries the state; the gates are kept, and the weight gradient is one large
product after the backward loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

Tensor = Any  # tensorflow ships no types worth checking against


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

    def product(a: Tensor, b: Tensor, **options: bool) -> Tensor:
        return tf.cast(tf.matmul(tf.cast(a, precision), tf.cast(b, precision), **options), tf.float32)

    width, units = inputs.shape[-1], h0.shape[-1]
    steps, batch = tf.shape(inputs)[0], tf.shape(inputs)[1]

    def masked(g: Tensor, t: Tensor) -> Tensor:
        return g if dropout is None else g * dropout[t]

    def array() -> Tensor:
        return tf.TensorArray(tf.float32, size=steps)

    @tf.custom_gradient
    def run(
        inputs: Tensor, static: Tensor, weights: Tensor, c0: Tensor, h0: Tensor
    ) -> tuple[Tensor, Callable[[Tensor], tuple[Tensor, ...]]]:
        rounded = tf.cast(weights, precision)  # once, not at every step

        def step(t: Any, c: Tensor, h: Tensor, gates: Tensor, cs: Tensor, hs: Tensor) -> tuple[Tensor, ...]:
            pre = product(tf.concat([inputs[t], h], 1), rounded) + static  # (B, 4H)
            ifo = tf.sigmoid(pre[:, : 3 * units])
            g = tf.tanh(pre[:, 3 * units :])
            i, f, o = tf.split(ifo, 3, axis=1)
            c_next = f * c + i * masked(g, t)
            h_next = o * tf.tanh(c_next)
            gates = gates.write(t, tf.concat([ifo, g], 1))
            return t + 1, c_next, h_next, gates, cs.write(t, c), hs.write(t, h_next)

        start = (0, c0, h0, array(), array(), array())
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
                        dc * masked(g, t) * i * (1.0 - i),
                        dc * c_before * f * (1.0 - f),
                        dh * tanh_c * o * (1.0 - o),
                        masked(dc * i, t) * (1.0 - g * g),
                    ],
                    1,
                )  # (B, 4H)
                return t - 1, c_before, dc * f, product(d_pre, recurrent_t), d_pres.write(t, d_pre)

            start = (steps - 1, c_last, tf.zeros_like(c0), tf.zeros_like(h0), array())
            *_, dc0, dh0, d_pres = tf.while_loop(lambda t, *_: t >= 0, step_back, start)
            d_pre = d_pres.stack()  # (T, B, 4H)
            h_before = tf.concat([h0[None], outputs[:-1]], 0)
            seen = tf.reshape(tf.concat([inputs, h_before], 2), [steps * batch, width + units])
            flat = tf.reshape(d_pre, [steps * batch, 4 * units])
            d_weights = product(seen, flat, transpose_a=True)  # the one large product
            d_inputs = tf.einsum("tbg,ig->tbi", d_pre, weights[:width])  # pruned from the graph where unused
            return d_inputs, tf.reduce_sum(d_pre, 0), d_weights, dc0, dh0

        return outputs, gradient

    return run(inputs, static, weights, c0, h0)


class LSTM(keras.layers.Layer):
    """An LSTM layer over (T, B, I), with recurrent dropout without memory loss.

    Args:
        units: H, the size of the state.
        keep_prob: the probability with which an element of the new input g survives in training
            (Magenta's `recurrent_dropout_prob`, 0.9); 1 for no dropout.
        static_size: the size of a vector that every step gets besides its input (z, label), or 0.
        precision: of the products in training, see `lstm`; elsewhere they are float32.
    """

    def __init__(
        self,
        units: int,
        keep_prob: float = 1.0,
        static_size: int = 0,
        precision: str = "float32",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units, self.keep_prob, self.static_size = units, keep_prob, static_size
        self.precision = precision

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        gates = 4 * self.units
        self.kernel = self.add_weight((input_shape[-1], gates), "glorot_uniform", name="kernel")
        self.recurrent_kernel = self.add_weight(
            (self.units, gates), _orthogonal_gates, name="recurrent_kernel"
        )
        self.bias = self.add_weight((gates,), _unit_forget_bias, name="bias")
        if self.static_size:
            self.z_kernel = self.add_weight((self.static_size, gates), "glorot_uniform", name="z_kernel")

    def call(
        self,
        inputs: Tensor,
        static: Tensor | None = None,
        initial_state: tuple[Tensor, Tensor] | None = None,
        training: bool = False,
        seed: Tensor | None = None,
    ) -> Tensor:
        """All outputs of the layer.

        Args:
            inputs: (T, B, I).
            static: (B, static_size).
            initial_state: c and h, each (B, H); zeros by default.
            training: apply dropout.
            seed: two integers for the dropout's random numbers.

        Returns:
            (T, B, H).
        """
        steps, batch = tf.shape(inputs)[0], tf.shape(inputs)[1]
        zeros = tf.zeros([batch, self.units])
        c0, h0 = (zeros, zeros) if initial_state is None else initial_state
        every_step = zeros[:, :1] + self.bias  # (B, 4H)
        if static is not None:
            every_step += tf.matmul(static, self.z_kernel)  # once per drawing, not once per point
        dropout = None
        if training and self.keep_prob < 1.0:
            dropout = _dropout_factors([steps, batch, self.units], self.keep_prob, seed)
        weights = tf.concat([self.kernel, self.recurrent_kernel], 0)
        return lstm(inputs, every_step, weights, c0, h0, dropout, self.precision if training else "float32")


def _dropout_factors(shape: list[Tensor], keep_prob: float, seed: Tensor) -> Tensor:
    kept = tf.random.stateless_uniform(shape, seed) < keep_prob
    return tf.cast(kept, tf.float32) / keep_prob


def _orthogonal_gates(shape: tuple[int, int], dtype: Any = None) -> Tensor:
    """Each gate's square block is orthogonal on its own (Saxe et al. 2014; as Magenta initialises)."""
    units = shape[0]
    # One initializer gives the same numbers every time; each gate needs its own.
    blocks = [keras.initializers.Orthogonal()((units, units), dtype=dtype) for _ in range(shape[1] // units)]
    return tf.concat(blocks, 1)


def _unit_forget_bias(shape: tuple[int], dtype: Any = None) -> Tensor:
    """Zeros, but 1 for the forget gate (Jozefowicz et al. 2015)."""
    units = shape[0] // 4
    return tf.concat([tf.zeros([units]), tf.ones([units]), tf.zeros([2 * units])], 0)
