"""Files that are dragged to other programs: each lies in a folder of its own for a while, then goes."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

PREFIX = "sketchrnn-drag-"

KEPT = 600.0
"""Seconds: whoever a file was dropped on may read it later, a browser only when a form is sent."""


def parent() -> Path:
    """The system's folder for temporary files."""
    return Path(tempfile.gettempdir())


def new_folder() -> Path:
    """An empty folder for one drag. Raises OSError."""
    take_away_old()
    return Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent()))


def take_away_old() -> None:
    """Deletes what was dragged long ago, by a program that crashed or was killed, too."""
    for folder in parent().glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.lstat().st_mtime > KEPT:
                shutil.rmtree(folder)
