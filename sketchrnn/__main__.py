"""`python -m sketchrnn`, the same as the command `sketchrnn`."""

from __future__ import annotations

import os
import sys

from sketchrnn import interrupt

interrupt.install()  # before anything that takes time to load

TRACEBACK_VARIABLE = "SKETCHRNN_TRACEBACK"


def program() -> int:
    """Runs the command that the program was started with, and returns its exit status.

    A mistake of ours is one line too, unless SKETCHRNN_TRACEBACK is set.
    """
    from sketchrnn.cli import main

    try:
        return main()
    except Exception as error:
        if os.environ.get(TRACEBACK_VARIABLE):
            raise
        said = " ".join(str(error).split())
        print(
            f"sketchrnn: this should not have happened ({type(error).__name__}: {said}); "
            f"please report it, with what {TRACEBACK_VARIABLE}=1 before the command shows",
            file=sys.stderr,
        )
        return 1
    finally:
        interrupt.end_at_once()


if __name__ == "__main__":
    sys.exit(program())
