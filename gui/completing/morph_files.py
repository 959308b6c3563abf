"""Files of a morph: a drawing for one of its ends, and the film between them as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui import words
from gui.completing.morph import Morph, export
from sketchrnn.errors import SketchError, SketchRNNError
from sketchrnn.sketch import Sketch

if TYPE_CHECKING:
    from gui.window.main_window import MainWindow


def open_end(window: MainWindow, morph: Morph, which: int) -> None:
    """Asks for a drawing and makes it one end of the film, 0 or 1."""
    path = window.dialogs.file_to_open(window.settings.folder)
    if path is None:
        return
    try:
        sketch = Sketch.open(path)
        if not len(sketch) or sketch.bounds.larger_side <= 0.0:
            raise SketchError(f"{path} holds nothing but a dot; open a drawing with more in it")
    except (SketchRNNError, OSError) as error:
        window.dialogs.tell("Not opened", str(error))
        return
    window.settings.folder = path.parent
    morph.set_end(which, sketch)


def export_film(window: MainWindow, morph: Morph) -> None:
    """Asks where to, and writes the film beside the window."""
    chosen = window.dialogs.morph_to_save(window.settings.folder / "morph.svg")
    if chosen is None:
        return
    path, strip = chosen
    film = morph.film
    window.settings.folder = path.parent
    window.worker.ask(
        None,
        lambda _: export(path, film, strip),
        lambda _: window.say(words.EXPORTED.format(path.name)),
        lambda sentence: window.dialogs.tell("Not exported", sentence),
    )
