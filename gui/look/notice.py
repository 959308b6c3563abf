"""A notice above the paper: something to decide about that can wait, while the pen goes on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from gui.look.buttons import push_button


class Notice(QFrame):
    """One sentence and a few buttons; it takes the keyboard from nobody and goes when it is answered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 7, 8, 7)
        self._row.setSpacing(6)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._row.addWidget(self._text)
        self._row.addSpacing(10)
        self._buttons: list[QPushButton] = []
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    def say(self, sentence: str, answers: dict[str, Callable[[], None]]) -> None:
        """Shows a sentence with a button for each answer, the first of them the main one."""
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        self._buttons = []
        for text, slot in answers.items():
            button = push_button(text, slot, main=not self._buttons)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._buttons.append(button)
            self._row.addWidget(button)
        self.show()

    def answer(self, text: str) -> None:
        """Presses the button with this text."""
        next(button for button in self._buttons if button.text() == text).click()
