"""Reads arrays of drawings out of a pickle without executing it.

Sketch-rnn's data sets are numpy object arrays, and numpy stores those as pickles: programs for a small
stack machine which may call any function by its name. Here such a program is interpreted by a machine
that can call nothing. It knows the opcodes that numpy's own arrays are made of, takes the few names that
occur there (`_reconstruct`, `ndarray`, `dtype`, `_codecs.encode`) as mere words, and refuses all others.

Most of a file is the same opcodes over and over, one round per drawing; `rounds` finds those all at
once, and the machine interprets what lies between.
"""

from __future__ import annotations

import dataclasses
import itertools
import pickletools
import struct
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from sketchrnn.errors import FormatError
from sketchrnn.formats.rounds import PUTS_IN_ROUND, Rounds, Spelling

_MAX_STACK = 20_000  # numpy's pickles need a thousand and a few
_MAX_STEPS = 10_000_000
_MAX_NAMED = 100_000  # opcodes that are searched for a call to name
_MAX_SPELLINGS = 4  # of rounds; a file has one for each dtype, and each costs a search through the file
_NUMPY = ("numpy.core.multiarray", "numpy._core.multiarray")


class RefusedError(FormatError):
    """The data is damaged, or does something that no drawing needs. Says what, not yet in which file."""


def damaged(what: str) -> RefusedError:
    return RefusedError(f"{what}; download it again or write it anew")


@dataclasses.dataclass(frozen=True, slots=True)
class _Name:
    """A global that the pickle mentions: two words, never looked up."""

    module: str
    name: str


@dataclasses.dataclass(slots=True)
class _Dtype:
    code: str  # such as "i2"
    order: str = "="


@dataclasses.dataclass(slots=True)
class PickledArray:
    """An array as the pickle describes it: of numbers (`raw` bytes) or of objects (`raw` a list)."""

    shape: tuple[int, ...] = ()
    dtype: str = ""
    fortran: bool = False
    raw: Any = None

    def numbers(self) -> NDArray[Any]:
        """The values. Raises RefusedError unless `raw` fills the shape exactly."""
        dtype = np.dtype(self.dtype)
        if not isinstance(self.raw, bytes) or len(self.raw) != dtype.itemsize * product(self.shape):
            raise damaged(f"an array of shape {self.shape} does not fit its data")
        array = np.frombuffer(self.raw, dtype)
        return array.reshape(self.shape, order="F" if self.fortran else "C")


NUMBERS = frozenset({"i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "b1"})


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """Many stroke-3 arrays that follow each other in the pickle."""

    lengths: NDArray[np.int64]  # rows of each
    dtype: str
    raw: bytes  # the numbers of all


_ITEMS = frozenset({Run, PickledArray, int, float})


class _Irregular(Exception):  # noqa: N818  # no error: a reason to read opcode by opcode
    """The pickle refers back to something that the fast way did not keep."""


def read_pickled(data: bytes) -> PickledArray:
    """The array that a pickle builds, its items as `PickledArray`s, `Run`s of them, or plain numbers.

    Raises:
        RefusedError: a pickle of anything else, a damaged one, or a hostile one.
    """
    try:
        try:
            result = _Machine(data, fast=True).run()
        except _Irregular:
            result = _Machine(data, fast=False).run()
    except (IndexError, struct.error) as error:
        raise damaged("its pickle is cut off or damaged") from error
    if not isinstance(result, PickledArray):
        raise damaged("its pickle holds no array of drawings")
    return result


class _Machine:
    """A stack, a memo and a position in the pickle; one method for each opcode."""

    def __init__(self, data: bytes, *, fast: bool) -> None:
        self.data = data
        self.pos = 0
        self.stack: list[Any] = []
        self.outer: list[list[Any]] = []  # the stacks below each mark
        self.memo: dict[int, Any] = {}
        self.fast = fast
        self.skipped = 0  # memo entries that the fast way did not keep
        self.irregular = False  # whether there may be such entries
        self.in_order = False  # whether memo entries are numbered by their order (protocol 4)
        self.rounds: dict[Spelling, tuple[str, Rounds]] = {}

    def run(self) -> Any:
        data, handlers = self.data, _HANDLERS
        for _ in range(_MAX_STEPS):
            code = data[self.pos]
            self.pos += 1
            if code == _STOP:
                return self.stack.pop()
            handler = handlers.get(code)
            if handler is None:
                self.refuse_opcode(code)
            handler(self)
            if len(self.stack) > _MAX_STACK:
                raise damaged("its pickle needs an absurdly deep stack")
        raise damaged("its pickle is absurdly long")

    # --- the fast way --------------------------------------------------------------------------

    def take_rounds(self) -> None:
        """Takes as many drawings as follow here in the regular form, in one step."""
        spelling = Spelling.at(self.data, self.pos, in_order=self.in_order)
        if spelling is None:
            return
        if spelling not in self.rounds:
            dtype = self.dtype_of(spelling)
            if dtype is None or len(self.rounds) == _MAX_SPELLINGS:
                return
            self.rounds[spelling] = dtype, Rounds(self.data, spelling, np.dtype(dtype).itemsize)
        dtype, rounds = self.rounds[spelling]
        taken = rounds.take(self.pos)
        if taken is not None:
            lengths, raw, self.pos = taken
            self.stack.append(Run(lengths, dtype, raw))
            self.irregular = True
            self.skipped += len(lengths) * PUTS_IN_ROUND

    def dtype_of(self, spelling: Spelling) -> str | None:
        """The type of the numbers, if the memo holds what a round needs to be a numpy array."""
        reconstruct, ndarray = self.recalled(spelling.reconstruct), self.recalled(spelling.ndarray)
        letter = b"b" if spelling.letter[:1] == b"U" else self.recalled(spelling.letter)
        dtype = self.recalled(spelling.dtype)
        known = (
            isinstance(reconstruct, _Name)
            and _is_reconstruct(reconstruct)
            and ndarray == _Name("numpy", "ndarray")
            and letter == b"b"
            and isinstance(dtype, _Dtype)
            and dtype.code in NUMBERS
        )
        return dtype.order + dtype.code if known else None

    def recalled(self, get: bytes) -> Any:
        return self.memo.get(int.from_bytes(get[1:], "little"))

    # --- reading arguments ---------------------------------------------------------------------

    def take(self, count: int) -> bytes:
        start, self.pos = self.pos, self.pos + count
        if count < 0 or self.pos > len(self.data):
            raise IndexError
        return self.data[start : self.pos]

    def number(self, size: int, *, signed: bool = False) -> int:
        return int.from_bytes(self.take(size), "little", signed=signed)

    def line(self) -> str:
        end = self.data.find(b"\n", self.pos)
        if end < 0:
            raise IndexError
        return self.take(end + 1 - self.pos)[:-1].decode("utf-8", "replace")

    def since_mark(self) -> list[Any]:
        items, self.stack = self.stack, self.outer.pop()
        return items

    # --- opcodes -------------------------------------------------------------------------------

    def proto(self) -> None:
        self.in_order = self.number(1) >= 4
        self.skipped = 0

    def mark(self) -> None:
        self.outer.append(self.stack)
        self.stack = []
        if len(self.outer) > 100 or sum(map(len, self.outer)) > _MAX_STACK:
            raise damaged("its pickle is nested absurdly deep")

    def pop_top(self) -> None:
        self.stack.pop()

    def name(self) -> None:
        self.push_name(self.line(), self.line())

    def name_from_stack(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise damaged("its pickle is damaged")
        self.push_name(module, name)

    def push_name(self, module: str, name: str) -> None:
        known = _Name(module, name)
        if not (_is_reconstruct(known) or known in _HARMLESS):
            refuse_call(f"{module}.{name}")
        self.stack.append(known)

    def put(self) -> None:
        self.memo[self.number(1)] = self.stack[-1]

    def long_put(self) -> None:
        self.memo[self.number(4)] = self.stack[-1]

    def memoize(self) -> None:
        self.memo[len(self.memo) + self.skipped] = self.stack[-1]

    def get(self) -> None:
        self.recall(self.number(1))

    def long_get(self) -> None:
        self.recall(self.number(4))

    def recall(self, key: int) -> None:
        if key not in self.memo:
            if self.irregular:
                raise _Irregular
            raise damaged("its pickle is damaged")
        self.stack.append(self.memo[key])

    def float8(self) -> None:
        self.stack.append(struct.unpack(">d", self.take(8))[0])

    def text(self, size: int) -> None:
        self.stack.append(self.take(self.number(size)).decode("utf-8", "replace"))

    def make_tuple(self) -> None:
        items = tuple(self.since_mark())
        self.stack.append(items)

    def top_tuple(self, count: int) -> None:
        if len(self.stack) < count:
            raise IndexError
        self.stack[-count:] = [tuple(self.stack[-count:])]

    def append(self) -> None:
        item = self.stack.pop()
        if isinstance(item, Run) and len(item.lengths) != 1:
            raise damaged("its pickle is damaged")  # only the last of them was meant
        self.extend([item])

    def appends(self) -> None:
        self.extend(self.since_mark())

    def extend(self, items: list[Any]) -> None:
        if not isinstance(self.stack[-1], list) or not _ITEMS.issuperset(map(type, items)):
            raise damaged("its pickle holds other things than drawings")
        self.stack[-1] += items

    def reduce(self) -> None:
        arguments = self.stack.pop()
        self.stack[-1] = _called(self.stack[-1], arguments)

    def build(self) -> None:
        state = self.stack.pop()
        target = self.stack[-1]
        if isinstance(target, PickledArray):
            _fill_array(target, state)
            if self.fast and isinstance(target.raw, bytes):
                self.take_rounds()
        elif isinstance(target, _Dtype):
            _fill_dtype(target, state)
        else:
            raise damaged("its pickle is damaged")

    def inst(self) -> NoReturn:
        refuse_call(f"{self.line()}.{self.line()}")

    def refuse_opcode(self, code: int) -> NoReturn:
        names = [known.name for known in pickletools.opcodes if known.code == chr(code)]
        if not names:
            raise damaged("its pickle is damaged")
        if (call := _first_call(self.data)) is not None:
            refuse_call(call)
        raise RefusedError(f"its pickle uses {names[0]}, which no drawing needs; do not open it elsewhere")


def refuse_call(name: str) -> NoReturn:
    shown = ascii(name)[1:-1][:80]
    raise RefusedError(f"its pickle calls {shown}; this is not a drawing file, do not open it elsewhere")


def _first_call(data: bytes) -> str | None:
    """The first name in a pickle that no drawing needs, also where it is spelled as numpy never did."""
    words = ["", ""]
    opcodes = itertools.islice(pickletools.genops(data), _MAX_NAMED)
    try:
        for opcode, argument, _ in opcodes:
            if opcode.name in ("GLOBAL", "INST", "STACK_GLOBAL"):
                known = _Name(*(words if argument is None else argument.split(" ", 1)))
                if not (_is_reconstruct(known) or known in _HARMLESS):
                    return f"{known.module}.{known.name}"
            elif isinstance(argument, str):
                words = [words[1], argument]
    except (ValueError, TypeError, IndexError, OverflowError, struct.error):
        pass  # it is damaged besides
    return None


def _is_reconstruct(name: _Name) -> bool:
    return name.name == "_reconstruct" and name.module in _NUMPY


def _called(name: Any, arguments: Any) -> Any:
    """What numpy's own constructors would give, as plain words and numbers."""
    match name, arguments:
        case _Name(name="_reconstruct"), (_Name("numpy", "ndarray"), tuple(), b"b" | "b"):
            return PickledArray()
        case _Name("numpy", "dtype"), (bytes() | str() as code, *_):
            code = code.decode("latin1") if isinstance(code, bytes) else code
            code = "O" if code == "O8" else code
            if code != "O" and code not in NUMBERS:
                raise RefusedError(f"its arrays are of type {ascii(code)[:20]}, not numbers")
            return _Dtype(code)
        case _Name("_codecs", "encode"), (str() as text, "latin1" | b"latin1"):
            return text.encode("latin1", "replace")
        case _Name(name="bytes"), ():
            return b""
    raise damaged("its pickle is damaged")


def _fill_dtype(dtype: _Dtype, state: Any) -> None:
    match state:
        case (int(), ("<" | ">" | "=" | "|" | b"<" | b">" | b"=" | b"|") as order, None, None, None, *_):
            dtype.order = order.decode() if isinstance(order, bytes) else order
        case _:
            raise damaged("its arrays are not of plain numbers")


def _fill_array(array: PickledArray, state: Any) -> None:
    match state:
        case (
            int(),
            tuple() as shape,
            _Dtype(code, order),
            bool() | int() as fortran,
            bytes() | list() as raw,
        ):
            if (code == "O") != isinstance(raw, list):
                raise damaged("its pickle is damaged")
            if len(shape) > 3 or not all(isinstance(side, int) and side >= 0 for side in shape):
                raise damaged("an array in it has an impossible shape")
            array.shape, array.dtype, array.raw = shape, order + code, raw
            array.fortran = bool(fortran)
        case _:
            raise damaged("its pickle is damaged")


def product(shape: tuple[int, ...]) -> int:
    product = 1
    for side in shape:
        product *= side
    return product


def _push(value: Any) -> Callable[[_Machine], None]:
    return lambda machine: machine.stack.append(value)


def _push_number(size: int, *, signed: bool = False) -> Callable[[_Machine], None]:
    return lambda machine: machine.stack.append(machine.number(size, signed=signed))


def _push_bytes(size: int, *, signed: bool = False) -> Callable[[_Machine], None]:
    return lambda machine: machine.stack.append(machine.take(machine.number(size, signed=signed)))


_HARMLESS = frozenset(
    {
        _Name("numpy", "ndarray"),
        _Name("numpy", "dtype"),
        _Name("_codecs", "encode"),
        _Name("__builtin__", "bytes"),
        _Name("builtins", "bytes"),
    }
)
_STOP = ord(".")
_HANDLERS: dict[int, Callable[[_Machine], None]] = {
    ord(code): handler
    for code, handler in {
        "\x80": _Machine.proto,
        "\x95": lambda machine: machine.take(8),
        "(": _Machine.mark,
        "0": _Machine.pop_top,
        "c": _Machine.name,
        "\x93": _Machine.name_from_stack,
        "i": _Machine.inst,
        "q": _Machine.put,
        "r": _Machine.long_put,
        "\x94": _Machine.memoize,
        "h": _Machine.get,
        "j": _Machine.long_get,
        "K": _push_number(1),
        "M": _push_number(2),
        "J": _push_number(4, signed=True),
        "\x8a": lambda machine: machine.stack.append(machine.number(machine.number(1), signed=True)),
        "G": _Machine.float8,
        "N": _push(None),
        "\x88": _push(True),
        "\x89": _push(False),
        ")": _push(()),
        "\x85": lambda machine: machine.top_tuple(1),
        "\x86": lambda machine: machine.top_tuple(2),
        "\x87": lambda machine: machine.top_tuple(3),
        "t": _Machine.make_tuple,
        "]": lambda machine: machine.stack.append([]),
        "a": _Machine.append,
        "e": _Machine.appends,
        "U": _push_bytes(1),
        "T": _push_bytes(4, signed=True),
        "C": _push_bytes(1),
        "B": _push_bytes(4),
        "\x8e": _push_bytes(8),
        "X": lambda machine: machine.text(4),
        "\x8c": lambda machine: machine.text(1),
        "R": _Machine.reduce,
        "b": _Machine.build,
    }.items()
}
