"""`SketchRNN`: encoder, latent vector and decoder, as in section 3.2 of Ha & Eck 2017."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from sketchrnn.engine.architecture import INPUTS, Architecture
from sketchrnn.engine.places import PLACE_SCALE
from sketchrnn.errors import ModelError
from sketchrnn.model import randomness
from sketchrnn.model.cells import Recurrent, dropout_factors

Tensor = Any


class Latent(NamedTuple):
    """The encoder's answer: the posterior of z, each (B, Nz), and logits (B, labels) or None."""

    mu: Tensor
    log_variance: Tensor
    label_logits: Tensor | None = None


class Encoder(keras.layers.Layer):
    """A bidirectional recurrent network whose last outputs give the posterior of z (eq. 1 and 2).

    With labels, z is told which one the drawing has, so that it need not say it again; the outputs
    themselves are not, and a linear head recognises the drawing from them.
    """

    def __init__(self, architecture: Architecture, keep_prob: float, precision: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        kind = architecture.enc_model, architecture.enc_rnn_size, keep_prob, 0, precision
        self.forward = Recurrent(*kind, architecture.hyper_sizes, name="forward")
        self.backward = Recurrent(*kind, architecture.hyper_sizes, name="backward")
        self.mu = keras.layers.Dense(architecture.z_size, kernel_initializer=_small(), name="mu")
        self.log_variance = keras.layers.Dense(
            architecture.z_size, kernel_initializer=_small(), name="log_variance"
        )
        self.recognition = None
        if architecture.num_labels:
            self.recognition = keras.layers.Dense(architecture.num_labels, name="recognition")

    def call(
        self,
        points: Tensor,
        lengths: Tensor,
        label: Tensor | None = None,
        training: bool = False,
        seed: Tensor = None,
    ) -> Latent:
        """points: (T, B, I) without start token; lengths: (B,) points to read, at least 1; label: (B, E)."""
        points = points[: tf.reduce_max(lengths)]  # what comes after is not read
        reversed_points = tf.reverse_sequence(points, lengths, seq_axis=0, batch_axis=1)
        seeds = (None, None) if seed is None else tf.unstack(tf.random.split(seed, 2))
        last = tf.stack([lengths - 1, tf.range(tf.shape(points)[1])], 1)
        h_forward = tf.gather_nd(self.forward(points, training=training, seed=seeds[0]), last)
        h_backward = tf.gather_nd(self.backward(reversed_points, training=training, seed=seeds[1]), last)
        h = tf.concat([h_forward, h_backward], 1)  # (B, 2 He)
        if self.recognition is None:
            return Latent(self.mu(h), self.log_variance(h))
        told = tf.concat([h, label], 1)
        return Latent(self.mu(told), self.log_variance(told), self.recognition(h))


class Decoder(keras.layers.Layer):
    """A recurrent network that sees the points so far, and at every step z and the label."""

    def __init__(
        self,
        architecture: Architecture,
        keep_probs: tuple[float, float, float],
        precision: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        keep_prob, self.input_keep_prob, self.output_keep_prob = keep_probs
        units, self.condition_size = architecture.dec_rnn_size, architecture.condition_size
        kind = architecture.dec_model, units, keep_prob, self.condition_size, precision
        self.cell = Recurrent(*kind, architecture.hyper_sizes, name=architecture.dec_model)
        self.output_layer = keras.layers.Dense(architecture.outputs, name="output")
        if self.condition_size:
            self.initial_state = keras.layers.Dense(
                self.cell.memory_size + units,
                activation="tanh",
                kernel_initializer=_small(),
                name="initial_state",
            )

    def call(
        self, points: Tensor, condition: Tensor | None = None, training: bool = False, seed: Tensor = None
    ) -> Tensor:
        """points: (T, B, I) from the start token on; condition: (B, C): z, label. Returns (T, B, 3 + 6 M)."""
        state = None
        if self.condition_size:
            sizes = [self.cell.memory_size, self.cell.units]
            c0, h0 = tf.split(self.initial_state(condition), sizes, axis=1)
            state = (c0, h0)
        seeds = (None, None, None) if seed is None else tf.unstack(tf.random.split(seed, 3))
        points = _dropped(points, self.input_keep_prob, training, seeds[1])
        h = self.cell(points, static=condition, initial_state=state, training=training, seed=seeds[0])
        return self.output_layer(_dropped(h, self.output_keep_prob, training, seeds[2]))


class SketchRNN(keras.Model):
    """The sequence-to-sequence variational autoencoder over pen strokes, or its decoder alone.

    Args:
        architecture: the sizes.
        recurrent_dropout_prob: the probability to keep, as Magenta counts it (0.9).
        input_dropout_prob, output_dropout_prob: of keeping a number of a point that the decoder sees, and an
            element of its cell's output; 1 as in the paper.
        label_dropout_prob: the probability that training hides a drawing's label.
        precision: of the recurrent products in training, "float32" or "bfloat16"; the weights and all
            else are float32.

    Call it with a batch of the input pipeline's: `points` (T + 1, B, 5), time first, row 0 the start
    token, `encoder_lengths` (B,), how many points after the start token the encoder reads, and, for a model
    with labels, `labels` (B,), their numbers, `num_labels` for none.
    It returns the outputs (T, B, 3 + 6 M) that predict points 1 to T, and the `Latent` or None.
    """

    def __init__(
        self,
        architecture: Architecture,
        recurrent_dropout_prob: float = 0.9,
        label_dropout_prob: float = 0.0,
        precision: str = "float32",
        *,
        input_dropout_prob: float = 1.0,
        output_dropout_prob: float = 1.0,
    ) -> None:
        super().__init__(name="sketch_rnn")
        self.architecture, self.label_dropout_prob = architecture, label_dropout_prob
        self.encoder = None
        if architecture.conditional:
            self.encoder = Encoder(architecture, recurrent_dropout_prob, precision, name="encoder")
        self.label = None
        if architecture.num_labels:
            self.label = keras.layers.Embedding(
                architecture.num_labels + 1, architecture.label_size, name="label"
            )
        keep_probs = recurrent_dropout_prob, input_dropout_prob, output_dropout_prob
        self.decoder = Decoder(architecture, keep_probs, precision, name="decoder")
        self(tf.zeros([2, 1, INPUTS]), tf.ones([1], tf.int32), seed=tf.constant([0, 0]))  # builds the weights

    def call(
        self,
        points: Tensor,
        encoder_lengths: Tensor,
        labels: Tensor | None = None,
        training: bool = False,
        seed: Tensor = None,
    ) -> tuple[Tensor, Latent | None]:
        """See the class. seed: two integers; every random number of this call comes from it."""
        latent = None
        condition = []
        seeds = tf.unstack(tf.random.split(seed, 4))
        label = self._embedded(labels, tf.shape(points)[1], training, seeds[3])
        if self.encoder is not None:
            latent = self.encoder(
                self._seen(points)[1:], encoder_lengths, label, training=training, seed=seeds[0]
            )
            noise = randomness.normal([tf.shape(points)[1], latent.mu.shape[1]], seeds[1])
            condition.append(latent.mu + tf.exp(0.5 * latent.log_variance) * noise)  # z, eq. 2
        if label is not None:
            condition.append(label)
        seen = self._seen(points)[:-1]
        if self.architecture.zero_start:
            seen = tf.concat([tf.zeros_like(seen[:1]), seen[1:]], 0)
        conditioned = tf.concat(condition, 1) if condition else None
        return self.decoder(seen, conditioned, training=training, seed=seeds[2]), latent

    def encode(self, points: Tensor, encoder_lengths: Tensor, labels: Tensor | None = None) -> Latent:
        """What the encoder makes of a batch, as in `call`. Raises ModelError for a decoder alone."""
        if self.encoder is None:
            raise ModelError("a decoder alone has no latent space")
        label = self._embedded(labels, tf.shape(points)[1], False, None)
        return self.encoder(self._seen(points)[1:], encoder_lengths, label)

    def _seen(self, points: Tensor) -> Tensor:
        """What the networks see of the points: themselves, or with where they are (T + 1, B, I)."""
        return with_places(points) if self.architecture.positions else points

    def _embedded(self, labels: Tensor | None, batch: Tensor, training: bool, seed: Tensor) -> Tensor | None:
        """What the networks are told of the labels, (B, label size); None for a model without labels."""
        if self.label is None:
            return None
        unknown = tf.fill([batch], self.architecture.num_labels)
        if labels is None:
            labels = unknown
        elif training:
            hidden = randomness.uniform([batch], seed) < self.label_dropout_prob
            labels = tf.where(hidden, unknown, labels)
        return self.label(labels)

    # --- the saved form ------------------------------------------------------------------------

    def named_weights(self) -> dict[str, Any]:
        """The variables under the names of `Architecture.weight_shapes`."""
        return {variable.path.split("/", 1)[1]: variable for variable in self.trainable_variables}

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """The weights as numpy arrays, for `sketchrnn.store.save`."""
        return {name: np.asarray(variable) for name, variable in self.named_weights().items()}

    def load_arrays(self, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
        """The inverse of `arrays`. Raises ModelError where names or shapes differ."""
        for name, variable in self.named_weights().items():
            if name not in arrays or arrays[name].shape != tuple(variable.shape):
                raise ModelError(f"weight {name} is missing or has another shape; it needs {variable.shape}")
            variable.assign(arrays[name].astype(np.float32))


def with_places(points: Tensor) -> Tensor:
    """Points (T + 1, B, 5), start token first, with where each of them is: `engine.places`."""
    steps, drawings = tf.unstack(tf.shape(points)[:2])
    where = tf.cumsum(points[..., :2], axis=0)
    lifted = tf.concat([tf.zeros_like(points[:1, :, 3]), points[:-1, :, 3]], 0) > 0.5
    times = tf.range(steps)[:, None]
    begins = tf.where(lifted | (times == 1), times, 0)  # the first point after the token begins a stroke, too
    past = (times >= times[:, 0])[..., None]
    begun = tf.reduce_max(
        tf.where(past, begins[None], 0), axis=1
    )  # (T + 1, B): when each point's stroke began
    of = tf.stack([begun, tf.broadcast_to(tf.range(drawings), [steps, drawings])], 2)
    from_begin = where - tf.gather_nd(where, of)
    return tf.concat([points, PLACE_SCALE * where, PLACE_SCALE * from_begin], 2)


def _dropped(values: Tensor, keep_prob: float, training: bool, seed: Tensor) -> Tensor:
    return (
        values * dropout_factors([tf.shape(values)[0], tf.shape(values)[1], values.shape[2]], keep_prob, seed)
        if training and keep_prob < 1.0
        else values
    )


def _small() -> keras.initializers.Initializer:
    """What Magenta begins with around z. One initializer gives the same numbers every time: make one each."""
    return keras.initializers.RandomNormal(stddev=0.001)
