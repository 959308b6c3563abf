"""The rail: the tools, beside the paper."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QSlider, QVBoxLayout, QWidget

from gui.look.buttons import Button
from gui.look.icon import icon
from gui.look.surface import Surface, rule
from gui.look.theme import LIGHT, Colours


class Panel(Surface):
    """A surface beside the paper, or one that floats over it until one clicks elsewhere."""

    def __init__(self, parent: QWidget | None = None, *, floats: bool = False) -> None:
        super().__init__(parent)
        if floats:  # square, as menus are: where nothing composes windows, round ones have black corners
            self.setWindowFlags(Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
            self.radius = 0.0


class IconButton(Button):
    """Shows an action as its icon; one that is checked wears the accent."""

    def __init__(self, action: QAction, icon_name: str) -> None:
        super().__init__()
        self.action_ = action
        self._icon_name = icon_name
        self._colours = LIGHT
        self.setCheckable(action.isCheckable())
        self.setAccessibleName(action.text().replace("&", ""))
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def tint(self, colours: Colours) -> None:
        self._colours = colours
        self._follow()

    def _follow(self) -> None:
        """The action is another than before."""
        action, colours = self.action_, self._colours
        self.setEnabled(action.isEnabled())
        self.setChecked(action.isChecked())
        self.setToolTip(action.toolTip())
        self.setIcon(
            icon(self._icon_name, colours.accent if action.isChecked() else colours.text, colours.faint)
        )


class Rail(Panel):
    """A column of buttons and other small widgets; None is a line between them."""

    def __init__(self, name: str, entries: Sequence[tuple[QAction, str] | QWidget | None]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._buttons: list[IconButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(2)
        for entry in entries:
            if entry is None:
                column.addWidget(rule(Qt.Orientation.Horizontal))
            elif isinstance(entry, QWidget):
                column.addWidget(entry, 0, Qt.AlignmentFlag.AlignHCenter)
            else:
                button = IconButton(*entry)
                self._buttons.append(button)
                column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)

    def set_colours(self, colours: Colours) -> None:
        super().set_colours(colours)
        for button in self._buttons:
            button.tint(colours)

    def button(self, action: QAction) -> IconButton:
        return next(button for button in self._buttons if button.action_ is action)


class Slider(QWidget):
    """A slider with its name and its value above, and what its ends mean below."""

    def __init__(self, name: str, least: str, most: str, reach: tuple[int, int] = (0, 100)) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._name = name
        self._title = QLabel()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(*reach)
        self.slider.setSingleStep(5)
        self.slider.setPageStep(10)
        self.slider.setFixedSize(190, 26)
        self.slider.setAccessibleName(name)
        self.slider.valueChanged.connect(self._show_value)
        ends = QLabel(f"<table width='100%'><tr><td>{least}</td><td align='right'>{most}</td></tr></table>")
        ends.setObjectName("hint")
        for widget in (self._title, self.slider, ends):
            column.addWidget(widget)
        self._show_value(self.slider.value())

    def _show_value(self, value: int) -> None:
        self._title.setText(f"{self._name}  <b>{value} %</b>")


class SliderPanel(Panel):
    """Sliders beside what opened them; it closes when one clicks elsewhere."""

    def __init__(self, parent: QWidget, sliders: Sequence[Slider]) -> None:
        super().__init__(parent, floats=True)
        self._first = sliders[0].slider
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(14)
        for slider in sliders:
            column.addWidget(slider)

    def open_beside(self, widget: QWidget, *, left: bool = False) -> None:
        """Shows it to the right of a widget, or to its left."""
        self.adjustSize()
        x = -self.width() - 10 if left else widget.width() + 10
        self.move(widget.mapToGlobal(QPoint(x, (widget.height() - self.height()) // 2)))
        self.show()
        self._first.setFocus()
