"""The encoder and the decoder, as `sketchrnn.model.sketch_rnn` trains them; equal to it within 1e-4."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchrnn.engine.architecture import Architecture
from sketchrnn.engine.bidirectional import Bidirectional
from sketchrnn.engine.cells import QUIET, Weights, make_cell
from sketchrnn.engine.kept import Trail, Trails
from sketchrnn.engine.places import Places, with_places
from sketchrnn.engine.products import Weight
from sketchrnn.errors import ModelError
from sketchrnn.sketch import stroke3_to_stroke5

Floats = NDArray[np.float32]

KEPT_DRAWINGS = 64
"""Drawings that the encoder need not read again: the next ending, the same with another label."""


class Latent(NamedTuple):
    """The posterior of z, each float32 (B, Nz), and what the drawing is, (B, labels), if there are labels."""

    mu: Floats
    log_variance: Floats
    label_logits: Floats | None = None

    @property
    @QUIET
    def kl(self) -> Floats:
        """KL(N(μ, σ²) || N(0, 1)) summed over z, (B,), in nats."""
        terms = 1.0 + self.log_variance - self.mu**2 - np.exp(self.log_variance)
        return np.asarray(-0.5 * terms.sum(axis=1), np.float32)


class Labels:
    """What the networks are told of a drawing's label: an embedding (E,) each, and one for no label."""

    def __init__(self, weights: Weights) -> None:
        self._embeddings = weights["label/embeddings"]

    def told(self, numbers: Sequence[int | None]) -> Floats:
        """(B, E), for the numbers of B labels; None is no label."""
        return self._embeddings[[-1 if number is None else number for number in numbers]]

    def or_none(self, told: Floats | None, batch: int) -> Floats:
        """What is told, or, if that is nothing, the embedding of no label for the whole batch."""
        return self.told([None] * batch) if told is None else told


class Encoder:
    """Reads whole drawings or their beginnings, and says where in the latent space they are."""

    def __init__(self, architecture: Architecture, weights: Weights) -> None:
        ways = "encoder/forward", "encoder/backward"
        self._placed = architecture.positions
        self._directions = Bidirectional(architecture.enc_model, weights, ways)
        self._heads = [
            Weight(weights[f"encoder/{head}/kernel"], bias=weights[f"encoder/{head}/bias"])
            for head in ("mu", "log_variance")
        ]
        self._read: dict[bytes, Floats] = {}  # drawings: the last states
        self._labels = Labels(weights) if architecture.num_labels else None
        if self._labels is not None:
            kernel, bias = (weights[f"encoder/recognition/{part}"] for part in ("kernel", "bias"))
            self._recognition = Weight(kernel, bias=bias)

    @QUIET
    def encode(self, drawings: Sequence[ArrayLike], told: Floats | None = None) -> Latent:
        """The posterior of z for each drawing.

        Args:
            drawings: stroke-3 rows (n, 3) in model units, n >= 1.
            told: (B, E) of `Labels`, what they show; None if nobody knows, or in a model without labels.
        """
        rows = [stroke3_to_stroke5(drawing)[:-1] for drawing in drawings]
        if self._placed:
            rows = [with_places(points) for points in rows]
        rows = [points[1:] for points in rows]  # (n, I) each
        if any(len(drawing) == 0 for drawing in rows):
            raise ModelError("a drawing of less than two points says nothing to the encoder")
        keys = [drawing.tobytes() for drawing in rows]
        unread = {key: drawing for key, drawing in zip(keys, rows, strict=True) if key not in self._read}
        if unread:
            states = self._directions.last_states(list(unread.values()))
            self._read |= zip(unread, states, strict=True)
        both = np.stack([self._read[key] for key in keys])
        while len(self._read) > KEPT_DRAWINGS:
            del self._read[next(iter(self._read))]
        if self._labels is None:
            mu, log_variance = (head(both) for head in self._heads)
            return Latent(mu, log_variance)
        known = np.concatenate([both, self._labels.or_none(told, len(both))], axis=1)
        mu, log_variance = (head(known) for head in self._heads)
        return Latent(mu, log_variance, self._recognition(both))


@dataclasses.dataclass(slots=True)
class DecoderState:
    """Where the decoder is in a batch of drawings; a value: stepping makes a new one.

    `h` is (B, H); `c`, (B, C), is what the cell remembers besides; `static`, (B, G), is what z, the label
    and the biases add at every step; `places` is where the pens are, for a model with `positions`.
    """

    c: Floats
    h: Floats
    static: Floats
    places: Places | None = None

    def __len__(self) -> int:
        return len(self.c)

    def take(self, which: ArrayLike) -> DecoderState:
        """The states of some drawings of the batch, by index; an index may come more than once."""
        index = np.asarray(which)
        places = None if self.places is None else self.places.take(index)
        return DecoderState(self.c[index], self.h[index], self.static[index], places)


class Decoder:
    """Says point by point how a drawing may go on."""

    def __init__(self, architecture: Architecture, weights: Weights) -> None:
        self.conditional = architecture.conditional
        self._conditioned = architecture.condition_size > 0
        self._zero_start, self._placed = architecture.zero_start, architecture.positions
        self._trails = None if self.conditional else Trails()
        self._labels = Labels(weights) if architecture.num_labels else None
        self._cell = make_cell(architecture.dec_model, weights, architecture.decoder_prefix)
        self._output = Weight(weights["decoder/output/kernel"], bias=weights["decoder/output/bias"])
        if self._conditioned:
            kernel, bias = (weights[f"decoder/initial_state/{part}"] for part in ("kernel", "bias"))
            self._initial = Weight(kernel, bias=bias)

    @QUIET
    def start(self, z: Floats | None = None, batch: int = 1, told: Floats | None = None) -> DecoderState:
        """The state before the start token.

        Args:
            z: (B, Nz) for a conditional model.
            batch: B, for a decoder alone.
            told: (B, E) of `Labels`, what to draw; None for anything, or in a model without labels.
        """
        memory = self._cell.memory_size
        if not self._conditioned:
            zeros = np.zeros((batch, memory + self._cell.units), np.float32)
            static = self._cell.static(None, batch)
            return DecoderState(zeros[:, :memory], zeros[:, memory:], static, self._places(batch))
        if self.conditional and z is None:
            raise ModelError("a conditional model decodes from a latent vector z; give one")
        parts = [] if z is None else [np.asarray(z, np.float32)]
        if self._labels is not None:
            parts.append(self._labels.or_none(told, len(parts[0]) if parts else batch))
        condition = np.concatenate(parts, axis=1)
        state = np.tanh(self._initial(condition))
        static = self._cell.static(condition, len(condition))
        return DecoderState(state[:, :memory], state[:, memory:], static, self._places(len(condition)))

    def _places(self, batch: int) -> Places | None:
        return Places.at_start(batch) if self._placed else None

    def untold(self, batch: int) -> Floats:
        """What `start` is told of drawings without a label, (B, E), in a model with labels."""
        if self._labels is None:
            raise ModelError("this model has no labels")
        return self._labels.told([None] * batch)

    @QUIET
    def step(self, state: DecoderState, points: Floats) -> tuple[Floats, DecoderState]:
        """One point (B, 5) in, the outputs (B, 3 + 6 M) for the next one out, and the next state."""
        places = state.places
        if places is not None:
            places = places.moved(points)
            points = places.beside(points)
        c, h = self._cell.step(points, state.c, state.h, state.static)
        return self._output(h), DecoderState(c, h, state.static, places)

    @QUIET
    def prime(self, state: DecoderState, drawings: Sequence[ArrayLike]) -> tuple[list[Floats], DecoderState]:
        """Runs over given drawings, start token first. A decoder alone reads no beginning twice (`Trails`).

        Args:
            state: from `start`, for as many drawings.
            drawings: stroke-3 rows (n, 3) in model units; n may differ, and be 0.

        Returns:
            the outputs (n + 1, 3 + 6 M) of each drawing, the last of which predicts what comes next,
            and the state after each drawing's own last point.
        """
        rows = [stroke3_to_stroke5(drawing)[:-1] for drawing in drawings]  # (n + 1, 5) each
        if self._zero_start:
            for drawing in rows:
                drawing[0] = 0.0
        seen, places = rows, None
        if self._placed:
            seen = [with_places(points) for points in rows]
            places = Places.after(seen)
        begun = [self._begun(state, number, points) for number, points in enumerate(rows)]
        lengths = np.array([len(points) - len(trail) for points, trail in zip(rows, begun, strict=True)])
        longest, shortest = int(lengths.max()), int(lengths.min())
        padded = np.zeros((longest, len(rows), seen[0].shape[1]), np.float32)
        c, h = state.c.copy(), state.h.copy()
        for number, trail in enumerate(begun):
            padded[: lengths[number], number] = seen[number][len(trail) :]
            if len(trail):
                c[number], h[number] = trail.c[-1], trail.h[-1]
        cells = np.empty((longest, *c.shape), np.float32)
        hidden = np.empty((longest, *h.shape), np.float32)
        for time in range(longest):
            next_c, next_h = self._cell.step(padded[time], c, h, state.static)
            if time >= shortest:
                running = lengths > time
                next_c[~running], next_h[~running] = c[~running], h[~running]
            c, h = next_c, next_h
            cells[time], hidden[time] = c, h
        read = []
        for number, (points, trail, length) in enumerate(zip(rows, begun, lengths, strict=True)):
            all_c = np.concatenate([trail.c, cells[:length, number]])
            all_h = np.concatenate([trail.h, hidden[:length, number]])
            read.append(Trail(trail.start, points, all_c, all_h))
            if self._trails is not None:
                self._trails.keep(read[-1])
        return [self._output(trail.h) for trail in read], DecoderState(c, h, state.static, places)

    def _begun(self, state: DecoderState, number: int, points: Floats) -> Trail:
        """What has been read of a drawing of the batch."""
        start = b""
        if self._trails is not None:
            start = state.static[number].tobytes() + state.c[number].tobytes() + state.h[number].tobytes()
            if (trail := self._trails.find(start, points)) is not None:
                return trail
        return Trail(start, points[:0], state.c[:0], state.h[:0])
