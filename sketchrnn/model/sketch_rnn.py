"""`SketchRNN`: encoder, latent vector and decoder, as in section 3.2 of Ha & Eck 2017."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from sketchrnn.engine.architecture import INPUTS, Architecture
from sketchrnn.errors import ModelError
from sketchrnn.model.lstm import LSTM

Tensor = Any


class Latent(NamedTuple):
    """The encoder's answer, each (B, Nz): the posterior of z."""

    mu: Tensor
    log_variance: Tensor


class Encoder(keras.layers.Layer):
    """A bidirectional LSTM whose last outputs give the posterior of z (eq. 1 and 2)."""

    def __init__(self, architecture: Architecture, keep_prob: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.forward = LSTM(architecture.enc_rnn_size, keep_prob, name="forward")
        self.backward = LSTM(architecture.enc_rnn_size, keep_prob, name="backward")
        self.mu = keras.layers.Dense(architecture.z_size, kernel_initializer=_small(), name="mu")
        self.log_variance = keras.layers.Dense(
            architecture.z_size, kernel_initializer=_small(), name="log_variance"
        )

    def call(self, points: Tensor, lengths: Tensor, training: bool = False, seed: Tensor = None) -> Latent:
        """points: (T, B, 5) without the start token; lengths: (B,) points to read, at least 1."""
        reversed_points = tf.reverse_sequence(points, lengths, seq_axis=0, batch_axis=1)
        seeds = (None, None) if seed is None else tf.unstack(tf.random.split(seed, 2))
        last = tf.stack([lengths - 1, tf.range(tf.shape(points)[1])], 1)
        h_forward = tf.gather_nd(self.forward(points, training=training, seed=seeds[0]), last)
        h_backward = tf.gather_nd(self.backward(reversed_points, training=training, seed=seeds[1]), last)
        h = tf.concat([h_forward, h_backward], 1)  # (B, 2 He)
        return Latent(self.mu(h), self.log_variance(h))


class Decoder(keras.layers.Layer):
    """An LSTM that sees the points so far, and z at every step, and says how the next point falls."""

    def __init__(self, architecture: Architecture, keep_prob: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        units, z_size = architecture.dec_rnn_size, architecture.z_size if architecture.conditional else 0
        self.conditional = architecture.conditional
        self.lstm = LSTM(units, keep_prob, z_size, name="lstm")
        self.output_layer = keras.layers.Dense(architecture.outputs, name="output")
        if self.conditional:
            self.initial_state = keras.layers.Dense(
                2 * units, activation="tanh", kernel_initializer=_small(), name="initial_state"
            )

    def call(
        self, points: Tensor, z: Tensor | None = None, training: bool = False, seed: Tensor = None
    ) -> Tensor:
        """points: (T, B, 5) from the start token on; z: (B, Nz). Returns (T, B, 3 + 6 M)."""
        state = None
        if self.conditional:
            c0, h0 = tf.split(self.initial_state(z), 2, axis=1)
            state = (c0, h0)
        return self.output_layer(
            self.lstm(points, static=z, initial_state=state, training=training, seed=seed)
        )


class SketchRNN(keras.Model):
    """The sequence-to-sequence variational autoencoder over pen strokes, or its decoder alone.

    Args:
        architecture: the sizes.
        recurrent_dropout_prob: the probability to keep, as Magenta counts it (0.9).

    Call it with a batch of the input pipeline's: `points` (T + 1, B, 5), time first, row 0 the start
    token, and `encoder_lengths` (B,), how many points after the start token the encoder reads.
    It returns the outputs (T, B, 3 + 6 M) that predict points 1 to T, and the `Latent` or None.
    """

    def __init__(self, architecture: Architecture, recurrent_dropout_prob: float = 0.9) -> None:
        super().__init__(name="sketch_rnn")
        self.architecture = architecture
        keep_prob = recurrent_dropout_prob
        self.encoder = Encoder(architecture, keep_prob, name="encoder") if architecture.conditional else None
        self.decoder = Decoder(architecture, keep_prob, name="decoder")
        self(tf.zeros([2, 1, INPUTS]), tf.ones([1], tf.int32), seed=tf.constant([0, 0]))  # builds the weights

    def call(
        self, points: Tensor, encoder_lengths: Tensor, training: bool = False, seed: Tensor = None
    ) -> tuple[Tensor, Latent | None]:
        """See the class. seed: two integers; every random number of this call comes from it."""
        latent, z = None, None
        seeds = tf.unstack(tf.random.split(seed, 3))
        if self.encoder is not None:
            latent = self.encoder(points[1:], encoder_lengths, training=training, seed=seeds[0])
            noise = tf.random.stateless_normal(tf.shape(latent.mu), seeds[1])
            z = latent.mu + tf.exp(0.5 * latent.log_variance) * noise  # eq. 2
        seen = points[:-1]
        if self.architecture.zero_start:
            seen = tf.concat([tf.zeros_like(seen[:1]), seen[1:]], 0)
        return self.decoder(seen, z, training=training, seed=seeds[2]), latent

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


def _small() -> keras.initializers.Initializer:
    """What Magenta begins with around z. One initializer gives the same numbers every time: make one each."""
    return keras.initializers.RandomNormal(stddev=0.001)
