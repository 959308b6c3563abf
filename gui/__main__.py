"""`python -m gui [FILE]`, the same as the command `sketchrnn-gui`: the canvas."""

from __future__ import annotations

import sys

from sketchrnn import interrupt

interrupt.install()  # before Qt, which takes time to load


def program() -> int:
    """Opens the canvas, and returns the exit status when it is closed."""
    from gui.app import main

    try:
        return main()
    except KeyboardInterrupt:
        return interrupt.STATUS
    finally:
        interrupt.end_at_once()


if __name__ == "__main__":
    sys.exit(program())
