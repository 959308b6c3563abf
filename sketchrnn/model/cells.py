"""The recurrent layers: every cell over whole drawings, with a gradient that forms large products once.

Automatic differentiation of a loop adds a (units, 4 units) matrix to the weight gradient at every step.
The gradients of `lstm`, `layer_norm` and `gru` (with the simple recurrent network) are written out. For
HyperLSTM, `recurrent` differentiates automatically what happens point by point within the cell, and the
gradient of the large kernel is one product after the loop here too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from sketchrnn.engine.architecture import cell_shapes, memory_size
from sketchrnn.engine.cells import HYPER_PARAMETERS, NORM_EPSILON
from sketchrnn.model import randomness
from sketchrnn.model.gru import elman, gru
from sketchrnn.model.layer_norm import layer_norm_lstm as written_out_layer_norm
from sketchrnn.model.loops import array, kernel_gradient, product, states_before
from sketchrnn.model.lstm import lstm

Tensor = Any  # tensorflow ships no types worth checking against

Pointwise = Callable[..., tuple[Tensor, Tensor]]


def recurrent(
    pointwise: Pointwise,
    projected: Tensor,
    kernel: Tensor,
    c0: Tensor,
    h0: Tensor,
    parameters: Sequence[Tensor] = (),
    dropout: Tensor | None = None,
    precision: str = "float32",
) -> Tensor:
    """A cell over T steps of B drawings.

    Args:
        pointwise: the cell without its large product: (x (B, G), s (B, G), c, h, mask (B, H) or None,
            *parameters) to the next c and h, where x comes from the point and s = h times the kernel.
        projected: (T, B, G) what every step gets from its point, and what is the same at every step.
        kernel: (H, G) the recurrent kernel.
        c0: (B, C) what the cell remembers at first, besides h.
        h0: (B, H).
        parameters: the cell's other weights; they should be small.
        dropout: (T, B, H) factors, constants.
        precision: of the large products, see `lstm`.

    Returns:
        (T, B, H), the outputs h of all steps.
    """
    steps = tf.shape(projected)[0]

    def mask(t: Tensor) -> Tensor | None:
        return None if dropout is None else dropout[t]

    @tf.custom_gradient
    def run(projected: Tensor, kernel: Tensor, c0: Tensor, h0: Tensor, *parameters: Tensor) -> Any:
        rounded = tf.cast(kernel, precision)

        def step(t: Any, c: Tensor, h: Tensor, states: Tensor, cs: Tensor, hs: Tensor) -> tuple[Tensor, ...]:
            state = product(h, rounded, precision)
            c_next, h_next = pointwise(projected[t], state, c, h, mask(t), *parameters)
            return t + 1, c_next, h_next, states.write(t, state), cs.write(t, c), hs.write(t, h_next)

        start = (0, c0, h0, array(steps), array(steps), array(steps))
        _, _, _, states, cs, hs = tf.while_loop(lambda t, *_: t < steps, step, start)
        outputs = hs.stack()  # (T, B, H)

        def gradient(d_outputs: Tensor) -> tuple[Tensor, ...]:
            transposed = tf.transpose(rounded)
            h_before = states_before(h0, outputs)

            def step_back(t: Tensor, dc: Tensor, dh: Tensor, dxs: Tensor, dss: Tensor, *dps: Tensor) -> Any:
                given = [projected[t], states.read(t), cs.read(t), h_before[t], *parameters]
                with tf.GradientTape() as tape:
                    tape.watch(given)
                    nexts = pointwise(*given[:4], mask(t), *given[4:])
                dx, ds, dc, dh, *more = tape.gradient(
                    nexts, given, [dc, dh + d_outputs[t]], unconnected_gradients="zero"
                )
                dh += product(ds, transposed, precision)
                added = [before + new for before, new in zip(dps, more, strict=True)]
                return t - 1, dc, dh, dxs.write(t, dx), dss.write(t, ds), *added

            zeros = [tf.zeros_like(one) for one in (c0, h0)]
            nothing = [tf.zeros_like(one) for one in parameters]
            start = (steps - 1, *zeros, array(steps), array(steps), *nothing)
            _, dc0, dh0, dxs, dss, *dps = tf.while_loop(lambda t, *_: t >= 0, step_back, start)
            d_kernel = kernel_gradient(h_before, dss.stack(), precision)
            return dxs.stack(), d_kernel, dc0, dh0, *dps

        return outputs, gradient

    return run(projected, kernel, c0, h0, *parameters)


def layer_norm_lstm(
    x: Tensor,
    s: Tensor,
    c: Tensor,
    h: Tensor,
    mask: Tensor | None,
    gamma: Tensor,
    beta: Tensor,
    memory_gamma: Tensor,
    memory_beta: Tensor,
) -> tuple[Tensor, Tensor]:
    """See `sketchrnn.engine.cells.LayerNormLSTM`; dropout acts on the new input g."""
    units = c.shape[1]
    gates = tf.reshape(normalised(tf.reshape(x + s, [-1, 4, units])), [-1, 4 * units]) * gamma + beta
    i, f, o, g = tf.split(gates, 4, axis=1)
    g = tf.tanh(g) if mask is None else tf.tanh(g) * mask
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * g
    return c, tf.sigmoid(o) * tf.tanh(normalised(c) * memory_gamma + memory_beta)


def hyper_lstm(
    x: Tensor, s: Tensor, c: Tensor, h: Tensor, mask: Tensor | None, *parameters: Tensor
) -> tuple[Tensor, Tensor]:
    """See `sketchrnn.engine.cells.HyperLSTM`; dropout acts on the new input g of the large LSTM."""
    own = dict(zip(HYPER_PARAMETERS, parameters, strict=True))
    units, small = h.shape[1], own["hyper_recurrent_kernel"].shape[0]
    memory, hyper_c, hyper_h = tf.split(c, [units, small, small], axis=1)
    hyper_c, hyper_h = layer_norm_lstm(
        x[:, 4 * units :] + s[:, 4 * units :],
        tf.matmul(hyper_h, own["hyper_recurrent_kernel"]),
        hyper_c,
        hyper_h,
        None,
        own["hyper_norm_gamma"],
        own["hyper_norm_beta"],
        own["hyper_memory_gamma"],
        own["hyper_memory_beta"],
    )
    scale_kernel = own["scale_kernel"]  # (12, E, H)
    embedded = tf.matmul(hyper_h, own["embedding_kernel"]) + own["embedding_bias"]
    embedded = tf.reshape(embedded, [-1, scale_kernel.shape[0], scale_kernel.shape[1]])
    scales = tf.einsum("bne,neh->bnh", embedded, scale_kernel)
    of_point, of_state, bias = (tf.reshape(scales[:, n : n + 4], [-1, 4 * units]) for n in (0, 4, 8))
    gates = of_point * x[:, : 4 * units] + of_state * s[:, : 4 * units] + bias + own["gate_bias"]
    norms = (own[f"{name}_{part}"] for name in ("norm", "memory") for part in ("gamma", "beta"))
    memory, h = layer_norm_lstm(gates, tf.zeros_like(gates), memory, h, mask, *norms)
    return tf.concat([memory, hyper_c, hyper_h], 1), h


def normalised(values: Tensor) -> Tensor:
    """Mean 0 and variance 1 along the last axis (Ba, Kiros, Hinton 2016)."""
    mean, variance = tf.nn.moments(values, axes=[-1], keepdims=True)
    return (values - mean) * tf.math.rsqrt(variance + NORM_EPSILON)


_POINTWISE: dict[str, tuple[Pointwise, tuple[str, ...]]] = {
    "layer_norm": (layer_norm_lstm, ("norm_gamma", "norm_beta", "memory_gamma", "memory_beta")),
    "hyper": (hyper_lstm, HYPER_PARAMETERS),
}


class Recurrent(keras.layers.Layer):
    """A recurrent layer over (T, B, I), with recurrent dropout without memory loss.

    Args:
        model: which cell: "elman", "gru", "lstm", "layer_norm" or "hyper".
        units: H, the size of the output.
        keep_prob: the probability with which an element of what is new survives in training (Magenta's
            `recurrent_dropout_prob`, 0.9); 1 for no dropout.
        static_size: the size of a vector that every step gets besides its input (z, label), or 0.
        precision: of the large products in training, see `lstm`; elsewhere they are float32.
        sizes: `hyper_num_units` and `hyper_embedding_size`, for "hyper".
    """

    def __init__(
        self,
        model: str,
        units: int,
        keep_prob: float = 1.0,
        static_size: int = 0,
        precision: str = "float32",
        sizes: tuple[int, int] = (256, 32),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.model, self.units, self.keep_prob, self.static_size = model, units, keep_prob, static_size
        self.precision, self.sizes = precision, sizes
        self.memory_size = memory_size(model, units, sizes[0])

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        shapes = cell_shapes(self.model, input_shape[-1] or 0, self.units, self.static_size, self.sizes)
        self.own: dict[str, Any] = {}
        for name, shape in shapes.items():
            self.own[name] = self.add_weight(shape, self._initializer(name), name=name)

    def _initializer(self, name: str) -> Any:
        special = {
            "bias": _unit_forget_bias if self.model == "lstm" else "zeros",
            "recurrent_kernel": _orthogonal_blocks,
            "hyper_recurrent_kernel": _orthogonal_blocks,
            "norm_beta": _unit_forget_bias,
            "hyper_norm_beta": _unit_forget_bias,
            "embedding_bias": _unit_scales,
            "embedding_kernel": _small_shifts,
            "scale_kernel": _small_scales,
        }
        if name in special:
            return special[name]
        return {"gamma": "ones", "kernel": "glorot_uniform"}.get(name.rsplit("_", 1)[-1], "zeros")

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
            initial_state: c (B, `memory_size`) and h (B, H); zeros by default.
            training: apply dropout.
            seed: two integers for the dropout's random numbers.

        Returns:
            (T, B, H).
        """
        steps, batch = tf.shape(inputs)[0], tf.shape(inputs)[1]
        c0, h0 = (tf.zeros([batch, self.memory_size]), tf.zeros([batch, self.units]))
        if initial_state is not None:
            c0, h0 = initial_state
        every_step = tf.zeros([batch, self.own["kernel"].shape[1]])
        if "bias" in self.own:
            every_step += self.own["bias"]
        if static is not None:
            every_step += tf.matmul(static, self.own["z_kernel"])  # once per drawing, not once per point
        dropout = None
        if training and self.keep_prob < 1.0:
            dropout = dropout_factors([steps, batch, self.units], self.keep_prob, seed)
        precision = self.precision if training else "float32"
        own = {name: tf.convert_to_tensor(weight) for name, weight in self.own.items()}
        kernel, recurrent_kernel = own["kernel"], own["recurrent_kernel"]
        if self.model in ("elman", "gru"):
            simple = elman if self.model == "elman" else gru
            return simple(inputs, every_step, kernel, recurrent_kernel, h0, dropout, precision)
        if self.model in ("lstm", "layer_norm"):
            weights = tf.concat([kernel, recurrent_kernel], 0)
            given = inputs, every_step, weights, c0, h0
            if self.model == "lstm":
                return lstm(*given, dropout, precision)
            norms = tuple(own[name] for name in _POINTWISE["layer_norm"][1])
            return written_out_layer_norm(*given, norms, dropout, precision)
        pointwise, names = _POINTWISE[self.model]
        projected = tf.tensordot(inputs, kernel, 1) + every_step
        parameters = [own[name] for name in names]
        return recurrent(pointwise, projected, recurrent_kernel, c0, h0, parameters, dropout, precision)


def dropout_factors(shape: list[Tensor], keep_prob: float, seed: Tensor) -> Tensor:
    """Constants (T, B, H), 0 or 1 / keep_prob, that drop elements and keep the mean."""
    kept = randomness.uniform(shape, seed, axis=1) < keep_prob
    return tf.cast(kept, tf.float32) / keep_prob


def _orthogonal_blocks(shape: tuple[int, int], dtype: Any = None) -> Tensor:
    """Each gate's block is orthogonal on its own (Saxe et al. 2014; as Magenta initialises)."""
    rows, columns = shape
    # One initializer gives the same numbers every time; each gate needs its own.
    widths = [rows] * (columns // rows) + ([columns % rows] if columns % rows else [])
    blocks = [keras.initializers.Orthogonal()((rows, width), dtype=dtype) for width in widths]
    return tf.concat(blocks, 1)


def _unit_forget_bias(shape: tuple[int], dtype: Any = None) -> Tensor:
    """Zeros, but 1 for the forget gate (Jozefowicz et al. 2015)."""
    units = shape[0] // 4
    return tf.concat([tf.zeros([units]), tf.ones([units]), tf.zeros([2 * units])], 0)


def _unit_scales(shape: tuple[int], dtype: Any = None) -> Tensor:
    """1 where an embedding scales, 0 where it shifts: the last third."""
    third = shape[0] // 3
    return tf.concat([tf.ones([2 * third]), tf.zeros([third])], 0)


def _small_shifts(shape: tuple[int, int], dtype: Any = None) -> Tensor:
    """At first nothing depends on the smaller LSTM but, a little, the shifts."""
    third = shape[1] // 3
    shifts = keras.initializers.RandomNormal(stddev=0.01)((shape[0], third), dtype=dtype)
    return tf.concat([tf.zeros([shape[0], 2 * third]), shifts], 1)


def _small_scales(shape: tuple[int, int, int], dtype: Any = None) -> Tensor:
    """Scales of 0.1 at first, as Magenta's cell has them, and no shifts."""
    scales = tf.fill([2 * shape[0] // 3, *shape[1:]], 0.1 / shape[1])
    return tf.concat([scales, tf.zeros([shape[0] // 3, *shape[1:]])], 0)
