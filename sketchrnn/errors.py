"""The one family of errors that users are meant to read: a line that names the thing and the remedy."""

from __future__ import annotations

import re

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def on_one_line(text: str) -> str:
    """The text with line ends and codes that terminals obey spelled out: names of files may have them."""
    return _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], text)


class SketchRNNError(Exception):
    """Something a user can act on. `str(error)` is one line: what is wrong with what, and what to do."""

    def __str__(self) -> str:
        return on_one_line(super().__str__())


class FormatError(SketchRNNError):
    """A file is missing, broken, foreign, hostile, or cannot hold what it should."""


class SketchError(SketchRNNError):
    """A drawing cannot be used as asked: no strokes, NaNs, too many points."""


class ModelError(SketchRNNError):
    """A saved model is unknown, damaged, or cannot do what was asked of it."""


class ConfigError(SketchRNNError):
    """A hyperparameter or option has a value that makes no sense: the command was misused."""


class DownloadError(SketchRNNError):
    """A file cannot be fetched: no connection, not there, cut off, or not what it should be."""
