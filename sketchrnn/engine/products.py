"""Products of a few rows with a large matrix, in which no row depends on the others."""

from __future__ import annotations

import functools
import itertools

import numpy as np
from numpy.typing import NDArray

from sketchrnn.engine.threads import blas_architectures

Floats = NDArray[np.float32]

BLOCK = 64
"""Columns that are multiplied at a time: a block of the matrix stays in the second-level cache."""

ROWS = 12
"""Rows that are multiplied at a time, at most; more are no faster each."""

SHORT_ROWS = 6_000
"""Numbers of rows that are short: so many are multiplied at a time, and stay in the first-level cache."""

SMALL_PRODUCT = 1_000_000
"""OpenBLAS multiplies as small what takes at most so many multiplications: without packing the matrix."""

SMALL_KERNELS = frozenset({"SkylakeX", "Cooperlake", "SapphireRapids"})
"""OpenBLAS's names of the processors (with AVX-512) for which it has kernels for small products."""


class Weight:
    """A matrix (K, N) from the right: rows (B, K) in, rows (B, N) out. Or D of them, with rows for each.

    A row's product is the same to the last bit alone and among others, so that a drawing is the same alone
    and in a batch. BLAS does not promise that: one row takes another kernel than two. So the matrix is kept
    in blocks of columns so narrow that OpenBLAS has each product done by its kernels for small ones, which
    add in one order whatever the number of rows, and do not copy the matrix first (docs/decisions.md).
    Where it has none, rows are multiplied one by one.

    One thread may use it at a time.

    Args:
        parts: the matrix, in one or several pieces (K, N) below one another; or (D, K, N) for a stack of
            them, which multiplies (D, B, K) to (D, B, N).
        factors: (N,), by which its columns are multiplied.
        bias: (N,), added to the products that a call returns.
    """

    def __init__(self, *parts: Floats, factors: Floats | None = None, bias: Floats | None = None) -> None:
        self._bias = bias
        *stack, _, self.outputs = parts[0].shape
        self.inputs = sum(part.shape[-2] for part in parts)
        most = 0
        if _has_small_kernels():
            most = min(max(ROWS, SHORT_ROWS // self.inputs), SMALL_PRODUCT // (BLOCK * self.inputs))
        self._at_once = most - most % 2
        if not self._at_once:
            self._matrix = np.empty((*stack, 1, self.inputs, self.outputs), np.float32)
            edges = [0, self.outputs]
        else:
            blocks = -(-self.outputs // BLOCK)
            self._matrix = np.zeros((*stack, blocks, self.inputs, BLOCK), np.float32)
            edges = [*range(0, self.outputs, BLOCK), self.outputs]
        # Straight into its place: each copy more of four megabytes would cost as long as reading them.
        for block, (left, right) in enumerate(itertools.pairwise(edges)):
            top = 0
            for part in parts:
                below = top + part.shape[-2]
                place = self._matrix[..., block, top:below, : right - left]
                np.multiply(part[..., left:right], 1.0 if factors is None else factors[left:right], out=place)
                top = below
        self._room: Room | None = None

    def room(self, batch: int) -> Room:
        """Where to put `batch` rows and to find their products; made once for a size of batch."""
        if self._room is None or self._room.rows.shape[-2] != batch:
            self._room = Room(self._matrix, self._at_once, batch, self.outputs)
        return self._room

    def __call__(self, rows: Floats) -> Floats:
        """The product (B, N) of rows (B, K), with the bias, as an array of its own."""
        room = self.room(rows.shape[-2])
        room.rows[...] = rows
        products = room.multiply()
        return products.copy() if self._bias is None else products + self._bias


class Room:
    """Rows, their products, and how to get there.

    `rows` is (…, B, K), to be filled; `multiply` returns the `products` (…, B, N), which the next call
    overwrites.
    """

    def __init__(self, matrix: Floats, at_once: int, batch: int, outputs: int) -> None:
        *stack, blocks, inputs, width = matrix.shape
        if at_once:
            # No row is multiplied alone: numpy would take another kernel for it. And OpenBLAS's multiplies
            # four rows in less time than three, eight than seven.
            padded = batch + batch % 2
            rows = np.zeros((*stack, padded, inputs), np.float32)
            products = np.empty((*stack, padded, blocks * width), np.float32)
            in_blocks = products.reshape(*stack, padded, blocks, width).swapaxes(-3, -2)
            self._steps = [
                (rows[..., None, n : n + at_once, :], in_blocks[..., n : n + at_once, :])
                for n in range(0, padded, at_once)
            ]
        else:
            rows = np.empty((*stack, batch, inputs), np.float32)
            products = np.empty((*stack, batch, outputs), np.float32)
            self._steps = [(rows[..., None, :], products[..., None, :])]
        self._matrix = matrix
        self.rows = rows[..., :batch, :]
        self.products = products[..., :batch, :outputs]

    def multiply(self) -> Floats:
        for rows, products in self._steps:
            np.matmul(rows, self._matrix, out=products)
        return self.products


@functools.cache
def _has_small_kernels() -> bool:
    return bool(blas_architectures() & SMALL_KERNELS)
