"""What is asked for, how long it may take, and what is told of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from sketchrnn.errors import SketchRNNError


@dataclasses.dataclass(frozen=True, slots=True)
class Download:
    """A file to fetch.

    Args:
        url: where it is, http or https.
        target: where it shall be.
        verify: reads the whole file (it has another name then) and raises a SketchRNNError if it is not
            what it should be; only then does the file get its name.
        limit: bytes; whatever is larger is refused.
    """

    url: str
    target: Path
    verify: Callable[[Path], object] | None = None
    limit: int = 8 << 30


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is.

    Args:
        download: which.
        done: bytes that are there, those of earlier runs among them.
        total: bytes in all, None while or where nobody says.
        note: what it does besides receiving: "waits 4 s", "is checked"; else empty.
    """

    download: Download
    done: int
    total: int | None
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a download.

    Args:
        download: which.
        fetched: False if the file stood there already, or there is an error.
        error: why it is not there.
    """

    download: Download
    fetched: bool = False
    error: SketchRNNError | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a server, in seconds, and how often to ask.

    Args:
        attempts: in a row without anything gained; a connection that was never there gets two.
        first_wait: before the second attempt; each wait is up to twice as long as the one before.
        longest_wait: also of what a server may ask for with Retry-After.
        connect, read: for the connection, and for the next bytes.
    """

    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 60.0
    connect: float = 10.0
    read: float = 20.0
