"""A way around one release of PySide6 that would end the program after some minutes on Python 3.11."""

from __future__ import annotations

import ctypes
import sys

import PySide6

ENOUGH = 1 << 40


def keep_singletons_alive() -> bool:
    """Gives None, True and False more references than PySide6 6.12 can drop. Returns whether it had to.

    Calls of 6.12.0 that answer with one of them drop a reference that they never took. Python 3.12 does
    not count references to these three; on 3.11 the count falls to zero after some ten thousand calls,
    and the interpreter aborts ("deallocating None").
    """
    if PySide6.__version_info__[:2] != (6, 12) or sys.version_info >= (3, 12):
        return False
    for singleton in (None, True, False):
        count = ctypes.c_ssize_t.from_address(id(singleton))  # CPython: an object starts with its count
        if count.value < ENOUGH:
            count.value += ENOUGH
    return True
