"""Finish a drawing: sketches, the models that continue them, and the files both live in."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` takes time to load, before Ctrl-C can be seen to

if TYPE_CHECKING:
    from sketchrnn.completion import Completer, load_model
    from sketchrnn.errors import SketchRNNError
    from sketchrnn.sketch import Author, Bounds, Sketch

__version__ = "0.1.0"
__all__ = ["Author", "Bounds", "Completer", "Sketch", "SketchRNNError", "load_model"]

_HOMES = {
    "Author": "sketch",
    "Bounds": "sketch",
    "Completer": "completion",
    "Sketch": "sketch",
    "SketchRNNError": "errors",
    "load_model": "completion",
}
"""Name: the module that has it."""


def __getattr__(name: str) -> object:
    """What the package hands out brings numpy and the engine along only when somebody asks for it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sketchrnn' has no attribute {name!r}")
    import importlib

    found: object = getattr(importlib.import_module(f"sketchrnn.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
