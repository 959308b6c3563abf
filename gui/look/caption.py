"""The caption: one sentence under the paper, in one line however long its words are."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel


class Caption(QLabel):
    """A sentence that a narrow window shortens in its middle, where a file's long name is."""

    def __init__(self, text: str = "", where: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter) -> None:
        super().__init__(text)
        self._where = where
        self.setObjectName("caption")
        self.setTextFormat(Qt.TextFormat.PlainText)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """A long name must not widen the window."""
        return QSize(0, super().minimumSizeHint().height())

    def setText(self, text: str) -> None:  # noqa: N802
        super().setText(text)
        fits = self.fontMetrics().horizontalAdvance(text) <= self.width()
        self.setToolTip("" if fits else text)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            painter.setPen(self.palette().windowText().color())
            text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
            painter.drawText(self.rect(), self._where | Qt.AlignmentFlag.AlignVCenter, text)
