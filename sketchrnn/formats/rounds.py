"""Finds all regular rounds of a pickle at once: the forty opcodes that numpy repeats for each drawing.

A round gets its names from the memo and holds one stroke-3 array:

    G _reconstruct, G ndarray, K 0, TUPLE1 P, b"b", TUPLE3 P, REDUCE P,
    MARK, K 1, rows, K 3, TUPLE2 P, G dtype, NEWFALSE, bytes P, TUPLE P, BUILD

G gets from the memo and P puts into it: by number, or in order, or (Python 2) not at all.
"""

from __future__ import annotations

import dataclasses
import re

import numpy as np
from numpy.typing import NDArray

PUTS_IN_ROUND = 6

_GET = rb"(?:h.|j.{4})"
_BY_NUMBER = rb"(?:q.|r.{4})?"
_IN_ORDER = rb"\x94"


def _by_opcode(widths: dict[bytes, int]) -> NDArray[np.int64]:
    table = np.zeros(256, np.int64)
    for opcode, width in widths.items():
        table[opcode[0]] = width
    return table


_NUMBER_WIDTHS = _by_opcode({b"K": 1, b"M": 2, b"J": 4})
_BYTES_WIDTHS = _by_opcode({b"U": 1, b"C": 1, b"T": 4, b"B": 4})
_PUT_SIZES = _by_opcode({b"q": 2, b"r": 5})  # with the opcode itself


@dataclasses.dataclass(frozen=True, slots=True)
class Spelling:
    """How the rounds of one pickle refer to the memo, each as bytes of the pickle."""

    reconstruct: bytes
    ndarray: bytes
    letter: bytes  # b"b", numpy's word for nothing
    dtype: bytes
    in_order: bool  # P is MEMOIZE

    @classmethod
    def at(cls, data: bytes, start: int, *, in_order: bool) -> Spelling | None:
        """The spelling of the round that starts there, if one does."""
        found = _STARTS[in_order].match(data, start)
        return cls(found[1], found[2], found[3], found[4], in_order) if found else None


def _start(put: bytes) -> re.Pattern[bytes]:
    pattern = b"(G)(G)K\x00\x85P(U\x01b|G)\x87PRP" + rb"\(K\x01(?:K.|M..|J.{4})K\x03\x86P(G)\x89"
    return re.compile(pattern.replace(b"G", _GET).replace(b"P", put), re.DOTALL)


_STARTS = {False: _start(_BY_NUMBER), True: _start(_IN_ORDER)}


class Rounds:
    """The rounds of a pickle that are spelled in one way.

    Args:
        itemsize: bytes of one number of the dtype.
    """

    def __init__(self, data: bytes, spelling: Spelling, itemsize: int) -> None:
        self._data = data
        prefix = spelling.reconstruct + spelling.ndarray + b"K\x00\x85"
        self._starts = _occurrences(data, prefix)
        reader = _Reader(data, self._starts + len(prefix), spelling.in_order)
        reader.put()
        reader.expect(spelling.letter + b"\x87")
        reader.put()
        reader.expect(b"R")
        reader.put()
        reader.expect(b"(K\x01")
        self._rows = reader.field(_NUMBER_WIDTHS)
        reader.expect(b"K\x03\x86")
        reader.put()
        reader.expect(spelling.dtype + b"\x89")
        sizes = reader.field(_BYTES_WIDTHS)
        self._first = reader.at
        reader.good &= sizes == self._rows * 3 * itemsize
        reader.skip(sizes)
        self._last = reader.at
        reader.put()
        reader.expect(b"t")
        reader.put()
        reader.expect(b"b")
        self._ends = reader.at
        # Round i is followed by round i + 1 unless something lies between them; what looks like a round
        # inside a drawing's bytes is never where a round ends.
        follows = reader.good[1:] & (self._ends[:-1] == self._starts[1:])
        self._breaks = np.append(np.flatnonzero(~follows), len(self._starts) - 1)
        self._good = reader.good

    def take(self, start: int) -> tuple[NDArray[np.int64], bytes, int] | None:
        """The unbroken run of rounds from a position: rows of each drawing, all their bytes, its end."""
        first = int(np.searchsorted(self._starts, start))
        if first == len(self._starts) or self._starts[first] != start or not self._good[first]:
            return None
        last = int(self._breaks[np.searchsorted(self._breaks, first)]) + 1
        spans = zip(self._first[first:last].tolist(), self._last[first:last].tolist(), strict=True)
        raw = b"".join([self._data[begin:end] for begin, end in spans])
        return self._rows[first:last], raw, int(self._ends[last - 1])


def _occurrences(data: bytes, prefix: bytes) -> NDArray[np.int64]:
    """Where the prefix begins, wherever that is."""
    numbers = np.frombuffer(data, np.uint8)[: max(len(data) + 1 - len(prefix), 0)]
    found = np.flatnonzero(numbers == prefix[0])
    numbers = np.frombuffer(data, np.uint8)
    for place, byte in enumerate(prefix[1:], 1):
        found = found[numbers[found + place] == byte]
    return found


class _Reader:
    """Reads the same fields at many places of a buffer, and notes where they are not there."""

    def __init__(self, data: bytes, at: NDArray[np.int64], in_order: bool) -> None:
        self._bytes = np.frombuffer(data + bytes(8), np.uint8)
        self._size = len(data)
        self._in_order = in_order
        self.at = at
        self.good = np.ones(len(at), bool)

    def expect(self, literal: bytes) -> None:
        for byte in literal:
            self.good &= self._bytes[self.at] == byte
            self.skip(1)

    def skip(self, count: int | NDArray[np.int64]) -> None:
        self.at = np.minimum(self.at + count, self._size)

    def put(self) -> None:
        if self._in_order:
            self.expect(b"\x94")
        else:
            self.skip(_PUT_SIZES[self._bytes[self.at]])

    def field(self, widths: NDArray[np.int64]) -> NDArray[np.int64]:
        """An unsigned number, preceded by the opcode that says how wide it is."""
        present = widths[self._bytes[self.at]]
        self.good &= present > 0
        numbers = np.zeros(len(self.at), np.int64)
        for place in range(int(present.max(initial=0))):
            byte = self._bytes[self.at + 1 + place].astype(np.int64)
            numbers += np.where(place < present, byte << 8 * place, 0)
        self.skip(np.where(present > 0, present + 1, 0))
        return numbers
