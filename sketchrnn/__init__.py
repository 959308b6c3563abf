"""Finish a drawing: sketches, the models that continue them, and the files both live in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sketchrnn.errors import SketchRNNError
from sketchrnn.sketch import Author, Bounds, Sketch

if TYPE_CHECKING:
    from sketchrnn.completion import Completer, load_model

__version__ = "0.1.0"
__all__ = ["Author", "Bounds", "Completer", "Sketch", "SketchRNNError", "load_model"]


def __getattr__(name: str) -> Any:
    """`load_model` and `Completer` bring the engine along only when somebody asks for them."""
    if name in ("Completer", "load_model"):
        from sketchrnn import completion

        return getattr(completion, name)
    raise AttributeError(f"module 'sketchrnn' has no attribute {name!r}")
