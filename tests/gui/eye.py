"""An eye for tests: what is on paper, and what is to be seen of it."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from gui.window.main_window import MainWindow
from sketchrnn.sketch import Author


def authors(window: MainWindow) -> list[Author]:
    """Who drew each stroke."""
    return [ink.author for ink in window.document.strokes]


def picture(window: MainWindow) -> QImage:
    """The paper as it is shown."""
    return window.canvas.grab().toImage()


def pixels(image: QImage) -> np.ndarray:
    """Integers (height, width, 4): blue, green, red, alpha."""
    flat = np.frombuffer(image.constBits(), np.uint8)
    return flat.reshape(image.height(), image.width(), 4).astype(int)
