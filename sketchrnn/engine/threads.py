"""How many threads the products of the engine use: one, which for its sizes is the fastest."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def one_blas_thread() -> Iterator[None]:
    """Numpy's matrix products use one thread within.

    A point of a drawing is a product of 70 µs. Two threads do not make it faster where they are free, and
    a hundred times slower where another program keeps one of them waiting (docs/decisions.md).
    """
    libraries = _blas_libraries()
    before = [library.get_num_threads() for library in libraries]
    for library in libraries:
        library.set_num_threads(1)
    try:
        yield
    finally:
        for library, threads in zip(libraries, before, strict=True):
            library.set_num_threads(threads)


def blas_architectures() -> set[str]:
    """The processors, by OpenBLAS's names, whose kernels the loaded BLAS libraries chose."""
    return {str(getattr(library, "architecture", "")) for library in _blas_libraries()}


@functools.cache
def _blas_libraries() -> list[Any]:
    from threadpoolctl import ThreadpoolController  # looks through the loaded libraries: once

    return [library for library in ThreadpoolController().lib_controllers if library.user_api == "blas"]
