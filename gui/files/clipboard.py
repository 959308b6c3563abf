"""Strokes as the system's clipboard and dragging know them: SVG without loss, PNG to look at, and back."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QByteArray, QMimeData, QUrl
from PySide6.QtGui import QColor, QImage, QPainter

from gui.files.document import AS_ON_PAPER
from gui.files.dragged import new_folder
from gui.look.theme import LIGHT
from gui.paper.ink import PEN_WIDTH, Ink, ink_pieces, inks, pen, sketch_of
from gui.paper.paper import laid_on_paper, lies_on_paper
from sketchrnn.errors import SketchRNNError
from sketchrnn.sketch import Author, Sketch

SVG = "image/svg+xml"
ROWS = "application/x-sketchrnn-strokes"
"""Marks what is dragged within one window; holds the numbers of the strokes."""

SHARPNESS = 2.0
"""Pixels of a copied picture to a paper unit."""

LARGEST_PICTURE = 4096
"""Pixels of its larger side at most."""

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")
"""Files that can be traced."""


def svg_of(strokes: Sequence[Ink], label: str | None = None) -> bytes:
    """What saving these strokes would write. Raises SketchRNNError."""
    with tempfile.TemporaryDirectory(prefix="sketchrnn-") as folder:
        path = Path(folder) / "strokes.svg"
        sketch_of(strokes, label).save(path, **AS_ON_PAPER)
        return path.read_bytes()


def picture_of(strokes: Sequence[Ink]) -> QImage:
    """The strokes on white, with a margin, in the colours of daylight."""
    rect = strokes[0].rect
    for ink in strokes[1:]:
        rect = rect.united(ink.rect)
    rect = rect.adjusted(-2 * PEN_WIDTH, -2 * PEN_WIDTH, 2 * PEN_WIDTH, 2 * PEN_WIDTH)
    scale = min(SHARPNESS, LARGEST_PICTURE / max(rect.width(), rect.height()))
    image = QImage(
        round(rect.width() * scale), round(rect.height() * scale), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale, scale)
        painter.translate(-rect.topLeft())
        for ink in strokes:
            colour = LIGHT.colour("accent" if ink.author is Author.MODEL else "ink")
            for piece in ink_pieces(ink):
                painter.setPen(pen(colour, piece.width))
                painter.drawPath(piece.path)
    return image


class Copied(NamedTuple):
    """What the clipboard gets."""

    svg: bytes
    picture: QImage

    def mime(self) -> QMimeData:
        mime = QMimeData()
        mime.setData(SVG, QByteArray(self.svg))
        mime.setImageData(self.picture)
        return mime


def copied(strokes: Sequence[Ink], label: str | None = None) -> Copied:
    """Strokes as SVG and as a picture; in any thread. Raises SketchRNNError."""
    return Copied(svg_of(strokes, label), picture_of(strokes))


def file_mime_of(strokes: Sequence[Ink], name: str, label: str | None = None) -> QMimeData:
    """The strokes for dragging to other programs: as SVG, and as a file of this name.

    Raises:
        SketchRNNError, OSError: the file cannot be written.
    """
    data = svg_of(strokes, label)
    path = new_folder() / f"{name}.svg"
    path.write_bytes(data)
    mime = QMimeData()
    mime.setData(SVG, QByteArray(data))
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    return mime


def has_strokes(mime: QMimeData) -> bool:
    """Whether there is an SVG."""
    return mime.hasFormat(SVG) or _is_svg(mime.text())


def svg_in(mime: QMimeData) -> bytes:
    """The SVG of a `mime` that has one."""
    return bytes(mime.data(SVG).data()) if mime.hasFormat(SVG) else mime.text().encode()


def strokes_of(data: bytes) -> list[Ink]:
    """The strokes of an SVG: ours exactly as they were, others' brought onto the paper; in any thread.

    Raises:
        SketchRNNError: it cannot be read; without a file's name.
    """
    with tempfile.TemporaryDirectory(prefix="sketchrnn-") as folder:
        path = Path(folder) / "pasted.svg"
        path.write_bytes(data)
        try:
            sketch = Sketch.open(path)
        except SketchRNNError as error:
            raise type(error)(str(error).replace(str(path), "What was pasted")) from error
    return list(inks(sketch if lies_on_paper(sketch) else laid_on_paper(sketch)))


def picture_in(mime: QMimeData) -> QImage:
    """A picture to trace; null where there is none."""
    image = mime.imageData() if mime.hasImage() else None
    with contextlib.suppress(TypeError, ValueError):
        return QImage(image) if image is not None else QImage()
    return QImage()


def _is_svg(text: str) -> bool:
    head = text.lstrip()[:2000]
    return head.startswith("<svg") or (head.startswith(("<?xml", "<!DOCTYPE svg", "<!--")) and "<svg" in head)
