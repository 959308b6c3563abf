"""What the window says under the paper: one sentence about what is going on, and what can be done."""

from __future__ import annotations

from sketchrnn.words import plural

HELLO = "Draw something, then press Space."
GO_ON = "Press Space, and the model draws on."
LOOKING = "Still looking for models; a moment, please."
NO_MODELS = "No saved model was found in saved_models, so nobody can draw on; you can draw and save."
KEPT = "Kept. Draw on, or press Space."
CLEARED = "The paper is empty. Undo brings the drawing back."
NOTHING_TO_ADD = "It looks finished. Space lets the model draw on anyway, or draw on yourself."
COULD_NOT = "The model could not go on; your drawing is as you left it."
SUGGESTED = "Tab takes the pale ink, → one stroke of it, Esc dismisses it. Or just draw on."
GALLERY = "Point at one to see it on the paper; click it, or press its number, to take it."
CHOOSE = "Click the one you like, or press its number. Esc closes the gallery."
EXPORT_MORPH = "Write the morph as a strip (SVG) or as a film (animated SVG, GIF)"
MORPH = "Drag the slider, or press Play: the paper shows what lies between. Esc closes the morph."
REDRAW = "The model draws your drawing again. Click the one you like; Esc closes."
NO_LATENT = "{} is a decoder alone: it has no latent space. Choose another model for this."
NO_DRAWING = "Draw something first: there is nothing to draw again yet."
EXPORTED = "Exported to {}."
SIZED = "The whole drawing will have this size. Double-click a corner, and the model guesses again."
SIZE_LATER = "Draw something, and a frame shows how large the model takes the whole to be."
IMPORTED = "{} is here now, and draws from now on."
SEED_COPIED = "Seed {} is in the clipboard: typed in again, it draws these endings again."
TAKEN = "Taken. Draw on, or press Space."
DECIDE = "Return keeps it, Esc takes it away, Space draws another ending."


def drawing(model: str, stroke: int) -> str:
    return f"{model} is drawing… stroke {stroke}"


def offered(model: str, ended: bool) -> str:
    return f"{model} is done. {DECIDE}" if ended else f"Stopped. G draws on. {DECIDE}"


def repeating(model: str, temperature: float) -> str:
    return f"{model} draws it again at temperature {temperature:.2f}…"


def endings(model: str, count: int) -> str:
    return f"{model} draws {count} endings…" if count > 1 else f"{model} draws another ending…"


def selected(count: int) -> str:
    """What can be done with selected strokes; empty where there are none."""
    if not count:
        return ""
    return f"{plural(count, 'stroke')} selected. Drag to move, a corner to scale, the knob to turn."


def counted(number: int, what: str) -> str:
    """Of one thing "Stroke", of three "3 Strokes"."""
    return what if number == 1 else f"{number} {what}s"


def plain(text: str) -> str:
    """A menu's words without the mark of the letter that chooses it."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…").strip()


def short(text: str, most: int = 40) -> str:
    """What somebody typed, as a sentence can bear it."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
