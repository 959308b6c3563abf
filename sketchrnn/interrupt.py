"""Ctrl-C in a program that loads large libraries: it ends, silently, with the status that shells expect."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

TYPE_CHECKING = False  # `typing` takes time to load

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

STATUS = 130
"""The exit status of a program that Ctrl-C ended: 128 and the signal's number."""


def install() -> None:
    """Makes Ctrl-C end the program while it imports, and a `KeyboardInterrupt` everywhere else.

    An exception would turn into another on its way through a library's import, or leave it half loaded. Where
    the program was started to ignore Ctrl-C, it goes on doing so. To be called once, in the main thread.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _on_interrupt)
        sys.unraisablehook = _on_unraisable


def end_at_once() -> None:
    """From now on, as the program ends, nothing is left to be put in order, and Ctrl-C needs no exception."""
    if signal.getsignal(signal.SIGINT) is _on_interrupt:
        signal.signal(signal.SIGINT, lambda *_: os._exit(STATUS))


def _on_interrupt(_: int, frame: FrameType | None) -> None:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            os._exit(STATUS)
        frame = frame.f_back
    raise KeyboardInterrupt


def _on_unraisable(lost: UnraisableHookArgs) -> None:
    """Where no exception can be raised, as while an object is deleted, Python would print it and go on."""
    if issubclass(lost.exc_type, KeyboardInterrupt):
        os._exit(STATUS)
    sys.__unraisablehook__(lost)
