"""Films of whole drawings, one after another: a morph as an animated SVG or a GIF. Written, never read."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sketchrnn.errors import FormatError
from sketchrnn.files import StrPath, atomic_write
from sketchrnn.formats.picture import MODEL_COLOR, SHARP_REACH
from sketchrnn.sketch import Bounds, Sketch

_SIDE = 480  # pixels of the picture's larger side
_LINE = 0.012  # of that side
_MARGIN = 0.06
_HOLD = 8  # times as long as another the first and the last drawing stand


def write_film(
    path: StrPath, sketches: Sequence[Sketch], *, seconds: float = 3.0, color: str = MODEL_COLOR
) -> None:
    """Writes a film that goes through the drawings and back again, for ever.

    Args:
        path: its suffix, .svg or .gif, says which.
        sketches: the drawings, in one frame of coordinates; what they cover together is what is shown.
        seconds: how long the way there takes, above 0.
        color: any CSS colour, of all lines.

    Raises:
        FormatError: another suffix, no drawing with strokes, no such colour, or the file cannot be written.
    """
    suffix = Path(path).suffix.lower()
    drawn = [sketch for sketch in sketches if len(sketch)]
    if suffix not in (".svg", ".gif"):
        raise FormatError(f"{path} cannot be a film: its name must end in .svg or .gif")
    if not drawn or seconds <= 0.0:
        raise FormatError(f"{path}: a film needs drawings and time; nothing was written")
    order = [*range(len(drawn)), *range(len(drawn) - 2, 0, -1)]
    lasting = [_HOLD if number in (0, len(drawn) - 1) else 1 for number in order]
    times = [seconds * weight / (len(drawn) - 2 + _HOLD) for weight in lasting]
    write = _write_svg if suffix == ".svg" else _write_gif
    write(path, drawn, order, times, color, _view(drawn))


def _view(sketches: Sequence[Sketch]) -> Bounds:
    boxes = [sketch.bounds for sketch in sketches]
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    side = max(right - left, bottom - top, 1e-3) * (1 + 2 * _MARGIN)
    x, y = (left + right) / 2, (top + bottom) / 2
    return Bounds(x - side / 2, y - side / 2, x + side / 2, y + side / 2)


def _write_svg(
    path: StrPath,
    sketches: Sequence[Sketch],
    order: Sequence[int],
    times: Sequence[float],
    color: str,
    view: Bounds,
) -> None:
    import io

    import svgwrite

    from sketchrnn.formats.svg import _smooth

    scale = _SIDE / view.larger_side
    document = svgwrite.Drawing(size=(_SIDE, _SIDE), viewBox=f"0 0 {_SIDE} {_SIDE}", debug=False)
    document.add(document.rect((0, 0), (_SIDE, _SIDE), fill="#ffffff"))
    whole = sum(times)
    starts = [0.0, *itertools.accumulate(times)][:-1]
    width = _LINE * _SIDE
    for number, sketch in enumerate(sketches):
        shown = [place for place, which in enumerate(order) if which == number]
        values: list[str] = []
        keys: list[str] = []
        for place in range(len(order)):
            value = "visible" if place in shown else "hidden"
            if not values or values[-1] != value:
                values.append(value)
                keys.append(f"{starts[place] / whole:.4f}".rstrip("0").rstrip(".") or "0")
        group: Any = document.g(
            fill="none", stroke=color, stroke_width=width, stroke_linecap="round", stroke_linejoin="round"
        )
        group["visibility"] = "visible" if number == 0 else "hidden"
        if len(order) > 1:
            group.add(
                document.animate(
                    "visibility",
                    values=";".join(values),
                    keyTimes=";".join(keys),
                    calcMode="discrete",
                    dur=f"{whole:.2f}s",
                    repeatCount="indefinite",
                )
            )
        placed = sketch.transformed(scale, dx=-scale * view.left, dy=-scale * view.top)
        for stroke in placed.strokes:
            group.add(document.path(_smooth(stroke.round(1), SHARP_REACH * width)))
        document.add(group)
    text = io.StringIO()
    document.write(text)
    with atomic_write(path) as file:
        file.write(text.getvalue().encode("utf-8"))


def _write_gif(
    path: StrPath,
    sketches: Sequence[Sketch],
    order: Sequence[int],
    times: Sequence[float],
    color: str,
    view: Bounds,
) -> None:
    from PIL import Image

    from sketchrnn.formats.raster import Canvas, View
    from sketchrnn.formats.raster import color as color_of

    ink, scale = color_of(path, color), View.of(view, _SIDE)
    greys = Image.new("P", (1, 1))
    mixed = [[round(255 + (part - 255) * step / 15) for part in ink[:3]] for step in range(16)]
    greys.putpalette([part for entry in mixed for part in entry])
    pictures = []
    for sketch in sketches:
        canvas = Canvas(Image.new("RGBA", scale.pixels, (255, 255, 255, 255)))
        canvas.draw(list(scale.lines(sketch, _LINE * view.larger_side, smooth=True)), ink)
        pictures.append(canvas.image.convert("RGB").quantize(palette=greys, dither=Image.Dither.NONE))
    film = [pictures[number] for number in order]
    with atomic_write(path) as file:
        film[0].save(
            file,
            "GIF",
            save_all=True,
            append_images=film[1:],
            duration=[max(round(1000 * time), 20) for time in times],
            loop=0,
            disposal=1,
            optimize=False,
        )
