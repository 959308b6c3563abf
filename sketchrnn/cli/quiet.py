"""TensorFlow without what it says about itself while it loads."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

from sketchrnn.errors import SketchRNNError


def import_tensorflow(*, start: bool = True) -> None:
    """Imports TensorFlow and finds the devices. Raises SketchRNNError where it is not installed.

    Args:
        start: begin to use the devices, which cannot join a cluster any more after that.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        with _stderr_shut():
            import tensorflow as tf

            tf.config.list_physical_devices()
            if start:
                tf.zeros([1])
    except ImportError as error:
        raise SketchRNNError(
            f"TensorFlow cannot be loaded ({error}); install it with: pip install tensorflow"
        ) from error


@contextlib.contextmanager
def _stderr_shut() -> Iterator[None]:
    """Its C++ side writes to the file descriptor, past `sys.stderr`."""
    try:
        kept = os.dup(2)
    except OSError:  # there is none
        yield
        return
    sys.stderr.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
