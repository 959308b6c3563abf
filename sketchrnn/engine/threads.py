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
    with _controller().limit(limits=1, user_api="blas"):
        yield


@functools.cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController  # looks through the loaded libraries: once

    return ThreadpoolController()
