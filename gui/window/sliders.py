"""The sliders of one window: the pen's width and smoothing, and how clear the picture under the paper is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from gui.look.theme import LIGHT, Colours
from gui.paper.trace import START_OPACITY, Trace
from gui.tools import width
from gui.window.rail import Rail, Slider, SliderPanel

if TYPE_CHECKING:
    from gui.window.main_window import MainWindow


class Sliders:
    """Two panels that open beside the rails; they and their sliders are made when they are first wanted."""

    def __init__(self, window: MainWindow, rail: Rail, view_rail: Rail, trace: Trace) -> None:
        self._window, self._rail, self._view_rail, self._trace = window, rail, view_rail, trace
        self._colours = LIGHT
        self._panels: list[SliderPanel] = []

    def set_colours(self, colours: Colours) -> None:
        self._colours = colours
        for panel in self._panels:
            panel.set_colours(colours)

    def open_pen(self, beside: QWidget) -> None:
        self._pen_panel.open_beside(beside)

    def open_picture(self) -> None:
        self._picture_panel.open_beside(self._view_rail, left=True)

    def widen_by(self, amount: int) -> None:
        self._step(self.width, "Width", amount)

    def smooth_by(self, amount: int) -> None:
        self._step(self.smoothing, "Smoothing", amount)

    @cached_property
    def width(self) -> Slider:
        reach = width.LEAST, width.MOST
        return _slider("Width", "thin", "thick", self._window.settings.pen_width, self._on_width, reach)

    @cached_property
    def smoothing(self) -> Slider:
        return _slider("Smoothing", "as drawn", "calm", self._window.settings.smoothing, self._on_smoothing)

    @cached_property
    def opacity(self) -> Slider:
        return _slider("Opacity of the picture", "faint", "clear", START_OPACITY, self._trace.set_opacity)

    # --- inside --------------------------------------------------------------------------------

    @cached_property
    def _pen_panel(self) -> SliderPanel:
        return self._panel(self._rail, [self.width, self.smoothing])

    @cached_property
    def _picture_panel(self) -> SliderPanel:
        return self._panel(self._view_rail, [self.opacity])

    def _panel(self, parent: Rail, sliders: Sequence[Slider]) -> SliderPanel:
        made = SliderPanel(parent, sliders)
        made.set_colours(self._colours)
        self._panels.append(made)
        return made

    def _step(self, which: Slider, name: str, amount: int) -> None:
        which.slider.setValue(which.slider.value() + amount)
        self._window.say(f"{name} {which.slider.value()} %.")

    def _on_width(self, percent: int) -> None:
        self._window.settings.pen_width = percent
        self._window.canvas.set_pen_width(percent)

    def _on_smoothing(self, percent: int) -> None:
        self._window.settings.smoothing = percent
        self._window.canvas.pen.smoothing = percent / 100


def _slider(
    name: str,
    least: str,
    most: str,
    value: int,
    moved: Callable[[int], None],
    reach: tuple[int, int] = (0, 100),
) -> Slider:
    made = Slider(name, least, most, reach)
    made.slider.setValue(value)
    made.slider.valueChanged.connect(moved)
    return made
