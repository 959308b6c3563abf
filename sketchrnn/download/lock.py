"""One process and thread at a file, and no lock that outlives its holder."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from sketchrnn.files import not_written


@contextlib.contextmanager
def alone(target: Path, path: Path, wait: Callable[[], None]) -> Iterator[None]:
    """One process and thread at a time; `wait` is called now and then while another one is at it."""
    while True:
        try:
            file = path.open("ab")
        except OSError as error:
            raise not_written(target, error) from error
        if _locked(file) and os.fstat(file.fileno()).st_nlink:  # else its holder has just removed it
            break
        file.close()
        wait()
    try:
        yield
    finally:
        with file, contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _locked(file: IO[bytes]) -> bool:
    """Takes the lock of a file, which ends with the process; False while another one has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # some network drives have no locks; without is better than not at all
    return True
