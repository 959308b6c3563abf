"""The picture under the ink that a person traces: never part of the drawing, in no file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage, QImageReader

from gui.paper.ground import Ground

LARGEST = 2400
"""Pixels of the picture's larger side; more cannot be seen on the paper until it is far too large."""

START_OPACITY = 40


class Trace(QObject):
    """Opens, shows, fades and removes the picture.

    Signals:
        changed(): the ground has to be painted anew.
    """

    changed = Signal()

    def __init__(self, ground: Ground, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ground = ground
        self._image = QImage()
        self._shown = True
        self._ground.opacity = START_OPACITY / 100

    @property
    def there(self) -> bool:
        """Whether there is a picture, seen or not."""
        return not self._image.isNull()

    @property
    def shown(self) -> bool:
        return self.there and self._shown

    def open(self, path: Path) -> bool:
        """Reads a picture; returns whether it is one. Photographs come the right way up."""
        reader = QImageReader(str(path))
        reader.setAutoTransform(True)
        reader.setDecideFormatFromContent(True)
        size = reader.size()
        if size.isValid() and max(size.width(), size.height()) > LARGEST:  # many formats read less faster
            reader.setScaledSize(_within(size))
        return self.put(reader.read())

    def put(self, image: QImage) -> bool:
        """Takes a picture; returns whether it is one."""
        if image.isNull():
            return False
        if max(image.width(), image.height()) > LARGEST:
            image = image.scaled(_within(image.size()))
        self._image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        self._shown = True
        self._update()
        return True

    def remove(self) -> None:
        self._image = QImage()
        self._update()

    def show(self, on: bool) -> None:
        self._shown = on
        self._update()

    def set_opacity(self, percent: int) -> None:
        self._ground.opacity = percent / 100
        self._update()

    def _update(self) -> None:
        self._ground.trace = self._image if self._shown else QImage()
        self._ground.forget()
        self.changed.emit()


def _within(size: QSize) -> QSize:
    share = LARGEST / max(size.width(), size.height())
    return QSize(max(round(size.width() * share), 1), max(round(size.height() * share), 1))
