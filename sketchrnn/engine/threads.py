"""How many threads the products of the engine use: one, which for its sizes is the fastest."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Iterator
from typing import Any

_LOCK = threading.Lock()
_within: list[None] = []  # one for each thread, and each call within another, that is computing
_before: list[int] = []  # how many threads each library had before the first of them


@contextlib.contextmanager
def one_blas_thread() -> Iterator[None]:
    """Numpy's matrix products use one thread within.

    A point of a drawing is a product of 70 µs. Two threads do not make it faster where they are free, and
    a hundred times slower where another program keeps one of them waiting (docs/decisions.md). The setting is
    the whole process's: it comes back when the last of those who compute at a time is done.
    """
    with _LOCK:
        if not _within:
            _before[:] = [library.get_num_threads() for library in _blas_libraries()]
            for library in _blas_libraries():
                _set(library, 1)
        _within.append(None)
    try:
        yield
    finally:
        with _LOCK:
            _within.pop()
            if not _within:
                for library, threads in zip(_blas_libraries(), _before, strict=True):
                    _set(library, threads)


def blas_architectures() -> set[str]:
    """The processors, by OpenBLAS's names, whose kernels the loaded BLAS libraries chose."""
    return {str(getattr(library, "architecture", "")) for library in _blas_libraries()}


def _set(library: Any, threads: int) -> None:
    """Also where another thread of the program has set them: threadpoolctl 3.8 lets only one do so."""
    release = getattr(library, "clear_controlling_thread", lambda *, force: None)
    release(force=True)
    library.set_num_threads(threads)
    release(force=True)


@functools.cache
def _blas_libraries() -> list[Any]:
    from threadpoolctl import ThreadpoolController  # looks through the loaded libraries: once

    return [library for library in ThreadpoolController().lib_controllers if library.user_api == "blas"]
