"""`.png`: a drawing, or a sheet of drawings, as pixels. Written, never read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sketchrnn.files import StrPath, atomic_write
from sketchrnn.formats.picture import HUMAN_COLOR, MODEL_COLOR, Head, Sheet, frame
from sketchrnn.formats.raster import Canvas, View, checked_size, color, empty_sheet, in_cells
from sketchrnn.sketch import Author, Bounds, Sketch

_SHEET_SIDE = 4_096  # from here on a sheet's cells become smaller


def write(
    path: StrPath,
    sketches: Iterable[Sketch],
    *,
    size: int = 1_024,
    paper: Bounds | None = None,
    stroke_width: float | None = None,
    human_color: str = HUMAN_COLOR,
    model_color: str = MODEL_COLOR,
    background: str | None = "#ffffff",
    smooth: bool = True,
) -> None:
    """Writes one drawing as it looks in SVG; several drawings become a sheet.

    Args:
        size: pixels of the picture's larger side.
        paper: the rectangle to show, in the drawing's own coordinates; by default the drawing and a
            margin.
        stroke_width: in the drawing's own unit; by default a hundredth of its larger side.
        human_color, model_color, background: CSS colours; None as background is transparent.
        smooth: round the line at its points.

    Raises:
        FormatError: no such colour or size, no drawing, or the file cannot be written.
    """
    drawings = list(sketches)
    if len(drawings) != 1:
        write_sheet(path, drawings, human_color=human_color, model_color=model_color)
        return
    (sketch,) = drawings
    width, bounds = frame(sketch, paper, stroke_width)
    view = View.of(bounds, checked_size(path, size))
    canvas = Canvas(Image.new("RGBA", view.pixels, color(path, background)))
    colors = {Author.HUMAN: color(path, human_color), Author.MODEL: color(path, model_color)}
    lines = view.lines(sketch, width, smooth=smooth)
    canvas.draw_all(zip(lines, (colors[author] for author in sketch.authors), strict=True))
    _save(path, canvas.image, sketch.label)


def write_sheet(
    path: StrPath,
    sketches: Sequence[Sketch],
    *,
    columns: int | None = None,
    cell: float = 140.0,
    titles: Sequence[str] | None = None,
    human_color: str = HUMAN_COLOR,
    model_color: str = MODEL_COLOR,
    scale: float = 2.0,
    head: Head | None = None,
) -> None:
    """Writes a grid of drawings, each scaled to fill its cell, as `formats.svg.write_sheet` does.

    Args:
        columns: drawings in a row; by default as many as make the sheet about 4:3.
        cell: side of a cell, in the unit of the sheet.
        titles: a caption under each drawing, shortened where it has no room.
        scale: pixels of a unit; less where the sheet would have more than 4,096 on a side.
        head: lines of text and charts above the drawings.

    Raises:
        FormatError: no drawing, not one title for each, no such colour, or the file cannot be written.
    """
    sheet = Sheet.of(path, sketches, columns, cell, titles, head)
    scale = min(scale, _SHEET_SIDE / max(sheet.width, sheet.height))
    checked_size(path, round(max(sheet.width, sheet.height) * scale))
    colors = {Author.HUMAN: color(path, human_color), Author.MODEL: color(path, model_color)}
    image = empty_sheet(sheet, titles, scale)
    for part, corner, placed, lines in in_cells(sheet, sketches, image, scale):
        part.draw_all(zip(lines, (colors[author] for author in placed.authors), strict=True))
        image.paste(part.image, corner)
    _save(path, image, None)


def _save(path: StrPath, image: Image.Image, label: str | None) -> None:
    opaque = image.getchannel("A").getextrema() == (255, 255)
    notes = PngInfo()
    if label:
        notes.add_itxt("Title", label)
    with atomic_write(path) as file:
        (image.convert("RGB") if opaque else image).save(file, "PNG", pnginfo=notes, optimize=True)
