"""The recurrent cells, as `sketchrnn.model.cells` trains them; equal to them within 1e-4.

A cell takes points (B, I) and its state to the next state. The state is h (B, H), which is also what comes
out, and c (B, C), what the cell remembers besides: nothing for some. What does not change from point to point
(z, label, biases) is added up once, in `static`.
"""

from __future__ import annotations

import abc
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sketchrnn.engine.products import Room, Weight

Floats = NDArray[np.float32]
Weights = Mapping[str, Floats]

QUIET = np.errstate(over="ignore", invalid="ignore")
"""Wild weights overflow: whoever reads the outputs sees that they are no numbers. Said once for many points
or a whole step, as it takes a microsecond each time."""

NORM_EPSILON = 1e-3
"""Added to the variance in layer normalisation, as in Magenta's cells."""

_HALF = np.array(0.5, np.float32)


class Cell(abc.ABC):
    """What the cells have in common: products of point and state, and what is the same at every step.

    Args:
        weights: all of the model's.
        prefix: what the names of this cell's weights begin with.
        halved: how many of the columns, from the first, are gates under a sigmoid. It is taken as
            ½ + ½ tanh(½ x), the halves folded into the weights, so that one tanh serves them all.
    """

    memory_size: int

    def __init__(self, weights: Weights, prefix: str, halved: int = 0) -> None:
        kernel, recurrent_kernel = weights[f"{prefix}/kernel"], weights[f"{prefix}/recurrent_kernel"]
        self.units = len(recurrent_kernel)
        columns = kernel.shape[1]
        factors = halves(columns, halved)
        self._kernel = Weight(*self._pieces(kernel, recurrent_kernel), factors=factors)
        self._bias = weights.get(f"{prefix}/bias", np.zeros(columns, np.float32)) * factors
        z_kernel = weights.get(f"{prefix}/z_kernel")
        self._z_kernel = None if z_kernel is None else Weight(z_kernel, factors=factors, bias=self._bias)

    def _pieces(self, kernel: Floats, recurrent_kernel: Floats) -> list[Floats]:
        """What stands above one another in the one matrix that point and state are multiplied with."""
        return [kernel, recurrent_kernel]

    @QUIET
    def static(self, condition: Floats | None, batch: int) -> Floats:
        """What the gates get at every step: (B, G)."""
        if condition is None or self._z_kernel is None:
            return np.repeat(self._bias[None], batch, axis=0)
        return self._z_kernel(condition)

    @abc.abstractmethod
    def step(self, x: Floats, c: Floats, h: Floats, static: Floats) -> tuple[Floats, Floats]:
        """x: (B, I); c: (B, C); h: (B, H); static: (B, G). Returns the next c and h."""

    def _multiply(self, x: Floats, h: Floats) -> Floats:
        """(B, G), which the next call overwrites."""
        room = self._kernel.room(len(x))
        room.rows[:, : x.shape[1]] = x
        room.rows[:, x.shape[1] :] = h
        return room.multiply()


class LSTM(Cell):
    """Hochreiter & Schmidhuber 1997, with forget gates; gates in the order i, f, o, g."""

    def __init__(self, weights: Weights, prefix: str) -> None:
        super().__init__(weights, prefix, halved=3 * len(weights[f"{prefix}/recurrent_kernel"]))
        self.memory_size = self.units
        self._room = _LSTMRoom(self._kernel.room(1), self.units)

    def step(self, x: Floats, c: Floats, h: Floats, static: Floats) -> tuple[Floats, Floats]:
        if len(self._room.points) != len(x):
            self._room = _LSTMRoom(self._kernel.room(len(x)), self.units)
        room = self._room
        room.points[...] = x
        room.states[...] = h
        room.multiply()
        np.add(room.products, static.reshape(room.products.shape), out=room.sums)
        return room.gates.next_state(c)


class _LSTMRoom:
    """Where an LSTM's points and states go, and where its gates come out; made once for a size of batch."""

    def __init__(self, room: Room, units: int) -> None:
        self.multiply, self.products = room.multiply, room.products.reshape(-1, 4, units)
        self.points, self.states = room.rows[:, :-units], room.rows[:, -units:]
        # Each gate in one piece: what is done with the gates of nine drawings then takes half the time.
        self.gates = Gates(np.empty((4, len(room.rows), units), np.float32))
        self.sums = self.gates.array.swapaxes(0, 1)


class Elman(Cell):
    """The simple recurrent network (Elman 1990): h' = tanh(x W + h U + b)."""

    memory_size = 0

    def __init__(self, weights: Weights, prefix: str) -> None:
        super().__init__(weights, prefix)

    def step(self, x: Floats, c: Floats, h: Floats, static: Floats) -> tuple[Floats, Floats]:
        return c, np.tanh(self._multiply(x, h) + static)


class GRU(Cell):
    """Cho et al. 2014; the reset gate acts on the product, as in cuDNN. Gates in the order r, u, n."""

    memory_size = 0

    def __init__(self, weights: Weights, prefix: str) -> None:
        super().__init__(weights, prefix)

    def _pieces(self, kernel: Floats, recurrent_kernel: Floats) -> list[Floats]:
        # The new state needs the state's product apart from the point's, which is small.
        units = len(recurrent_kernel)
        self._new = kernel[:, 2 * units :]
        gates_alone = kernel.copy()
        gates_alone[:, 2 * units :] = 0.0
        return [gates_alone, recurrent_kernel]

    def step(self, x: Floats, c: Floats, h: Floats, static: Floats) -> tuple[Floats, Floats]:
        units = self.units
        products = self._multiply(x, h)
        gates = _sigmoid(products[:, : 2 * units] + static[:, : 2 * units])
        reset, update = gates[:, :units], gates[:, units:]
        new = static[:, 2 * units :] + reset * products[:, 2 * units :]
        for number in range(x.shape[1]):  # point by point, as the rows of a product may not depend on others
            new += x[:, number : number + 1] * self._new[number]
        return c, np.asarray(update * h + (1.0 - update) * np.tanh(new), np.float32)


class LayerNormLSTM(Cell):
    """An LSTM whose gates, and memory on the way out, are normalised (Ba, Kiros, Hinton 2016)."""

    def __init__(self, weights: Weights, prefix: str) -> None:
        super().__init__(weights, prefix)
        self.memory_size = self.units
        self._norm = weights[f"{prefix}/norm_gamma"], weights[f"{prefix}/norm_beta"]
        self._memory_norm = weights[f"{prefix}/memory_gamma"], weights[f"{prefix}/memory_beta"]

    def step(self, x: Floats, c: Floats, h: Floats, static: Floats) -> tuple[Floats, Floats]:
        return _normalised_lstm(self._multiply(x, h) + static, c, self._norm, self._memory_norm)


class HyperLSTM(Cell):
    """An LSTM whose weights a smaller LSTM scales from point to point (Ha, Dai, Le 2016, eq. 10 to 13).

    c holds the memory, then the smaller LSTM's memory and its output.
    """

    def __init__(self, weights: Weights, prefix: str) -> None:
        super().__init__(weights, prefix)
        own = {name: weights[f"{prefix}/{name}"] for name in HYPER_PARAMETERS}
        self._hyper_kernel = Weight(own["hyper_recurrent_kernel"])
        self._hyper_norm = own["hyper_norm_gamma"], own["hyper_norm_beta"]
        self._hyper_memory_norm = own["hyper_memory_gamma"], own["hyper_memory_beta"]
        self._norm = own["norm_gamma"], own["norm_beta"]
        self._memory_norm = own["memory_gamma"], own["memory_beta"]
        self._embedding = Weight(own["embedding_kernel"], bias=own["embedding_bias"])
        self._scales = [Weight(scale) for scale in own["scale_kernel"]]
        self._gate_bias = own["gate_bias"]
        self.hyper_units = len(own["hyper_recurrent_kernel"])
        self.memory_size = self.units + 2 * self.hyper_units

    def _pieces(self, kernel: Floats, recurrent_kernel: Floats) -> list[Floats]:
        self._point_kernel = kernel  # scaled apart from what the state brings
        return [np.zeros_like(kernel), recurrent_kernel]

    def step(self, x: Floats, c: Floats, h: Floats, static: Floats) -> tuple[Floats, Floats]:
        units, small = self.units, self.hyper_units
        from_point = static.copy()
        for number in range(x.shape[1]):
            from_point += x[:, number : number + 1] * self._point_kernel[number]
        from_state = self._multiply(x, h)
        memory, hyper_c, hyper_h = c[:, :units], c[:, units : units + small], c[:, units + small :]
        gates = from_point[:, 4 * units :] + from_state[:, 4 * units :] + self._hyper_kernel(hyper_h)
        hyper_c, hyper_h = _normalised_lstm(gates, hyper_c, self._hyper_norm, self._hyper_memory_norm)
        embedded = self._embedding(hyper_h).reshape(len(x), len(self._scales), -1)
        scales = [scale(embedded[:, number]) for number, scale in enumerate(self._scales)]
        gates = np.concatenate(
            [
                scales[gate] * from_point[:, gate * units : (gate + 1) * units]
                + scales[4 + gate] * from_state[:, gate * units : (gate + 1) * units]
                + scales[8 + gate]
                for gate in range(4)
            ],
            axis=1,
        )
        memory, h = _normalised_lstm(gates + self._gate_bias, memory, self._norm, self._memory_norm)
        return np.concatenate([memory, hyper_c, hyper_h], axis=1), h


HYPER_PARAMETERS = (
    "norm_gamma",
    "norm_beta",
    "memory_gamma",
    "memory_beta",
    "gate_bias",
    "hyper_recurrent_kernel",
    "hyper_norm_gamma",
    "hyper_norm_beta",
    "hyper_memory_gamma",
    "hyper_memory_beta",
    "embedding_kernel",
    "embedding_bias",
    "scale_kernel",
)

_CELLS: dict[str, type[LSTM | Elman | GRU | LayerNormLSTM | HyperLSTM]] = {
    "elman": Elman,
    "gru": GRU,
    "lstm": LSTM,
    "layer_norm": LayerNormLSTM,
    "hyper": HyperLSTM,
}


def make_cell(model: str, weights: Weights, prefix: str) -> Cell:
    """The cell of a kind (`Architecture.enc_model`, `dec_model`) with its weights."""
    return _CELLS[model](weights, prefix)


def halves(columns: int, halved: int) -> Floats:
    """What the columns of weights are multiplied with so that one tanh serves all gates (`Cell`)."""
    factors = np.ones(columns, np.float32)
    factors[:halved] = 0.5
    return factors


class Gates:
    """An LSTM's gates (4, …, H) in the order i, f, o, g: an array to be filled, and views of it.

    Finding the views anew would take as long, at every point, as what is done with them.
    """

    def __init__(self, array: Floats) -> None:
        self.array = array
        self._sigmoids = array[:3]
        self._enter, self._forget, self._leave, self._new = array

    def next_state(
        self, c: Floats, next_c: Floats | None = None, next_h: Floats | None = None
    ) -> tuple[Floats, Floats]:
        """The next c and h, (…, H), from c and the gates before tanh, which are overwritten.

        Args:
            next_c, next_h: where to put them, which may be `c` itself; None for new arrays.
        """
        multiply, sigmoids, new = np.multiply, self._sigmoids, self._new
        np.tanh(self.array, self.array)
        multiply(sigmoids, _HALF, sigmoids)
        np.add(sigmoids, _HALF, sigmoids)
        multiply(new, self._enter, new)
        next_c = multiply(self._forget, c, next_c)
        np.add(next_c, new, next_c)
        np.tanh(next_c, new)
        return next_c, multiply(new, self._leave, next_h)


def _normalised_lstm(
    gates: Floats, c: Floats, norm: tuple[Floats, Floats], memory_norm: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Gates (B, 4H) in the order i, f, o, g and memory (B, H) to the next memory and output."""
    units = c.shape[1]
    gates = _normalised(gates.reshape(len(c), 4, units)).reshape(len(c), 4 * units) * norm[0] + norm[1]
    sigmoids = _sigmoid(gates[:, : 3 * units])
    c = sigmoids[:, units : 2 * units] * c + sigmoids[:, :units] * np.tanh(gates[:, 3 * units :])
    gamma, beta = memory_norm
    return c, np.asarray(np.tanh(_normalised(c) * gamma + beta) * sigmoids[:, 2 * units :], np.float32)


def _normalised(values: Floats) -> Floats:
    """Mean 0 and variance 1 along the last axis."""
    around = values - values.mean(axis=-1, keepdims=True)
    variance = np.square(around).mean(axis=-1, keepdims=True)
    return np.asarray(around / np.sqrt(variance + np.float32(NORM_EPSILON)), np.float32)


def _sigmoid(values: Floats) -> Floats:
    return np.asarray(_HALF + _HALF * np.tanh(_HALF * values), np.float32)
