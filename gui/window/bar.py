"""The bar under the paper: what a person reaches for while drawing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QSlider,
    QStackedWidget,
    QWidget,
)

from gui.completing.ending import State
from gui.completing.label_picker import LabelButton
from gui.look.buttons import Button
from gui.look.icon import icon
from gui.look.surface import Surface, rule
from gui.look.theme import Colours
from gui.models.worker import SavedModel
from gui.window.actions import Actions

TEMPERATURES = (10, 100)
"""In hundredths, from careful to wild."""

STEP = 5


class Bar(Surface):
    """Undo and redo, the model and what it should draw, its temperature, and what it should do now.

    Signals:
        model_chosen(object): a person picked another SavedModel.
        temperature_chosen(float): a person moved the slider.
    """

    model_chosen = Signal(object)
    temperature_chosen = Signal(float)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._buttons: list[_Button] = []
        self._models: list[SavedModel] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 7, 8, 7)
        row.setSpacing(4)
        row.addWidget(self._button(actions.undo))
        row.addWidget(self._button(actions.redo))
        row.addWidget(rule(Qt.Orientation.Vertical))
        self._model_box = _box("Model", "Which model draws")
        self._model_box.activated.connect(self._on_model)
        row.addWidget(self._model_box)
        self.label_button = LabelButton()
        self.label_button.hide()
        row.addWidget(self.label_button)
        row.addSpacing(6)
        row.addLayout(self._temperature_row())
        row.addWidget(rule(Qt.Orientation.Vertical))
        row.addWidget(self._button(actions.suggest))
        self._pages = QStackedWidget()
        self._page_of = {
            State.NONE: self._page(actions.endings, actions.stroke, actions.complete),
            State.WAITING: self._page(actions.discard, actions.stop),
            State.OFFERED: self._page(actions.discard, actions.another, actions.keep),
        }
        self._page_of[State.DRAWING] = self._page_of[State.WAITING]
        row.addWidget(self._pages)

    # --- what it shows -------------------------------------------------------------------------

    def show_state(self, state: State) -> None:
        """Offers what can be done now."""
        self._pages.setCurrentIndex(self._page_of[state])

    def show_models(self, models: Sequence[SavedModel], chosen: str | None) -> None:
        """Fills the picker; chooses the model of this name, or the first."""
        self._models = list(models)
        self._model_box.clear()
        for number, model in enumerate(models):
            self._model_box.addItem(model.name)
            self._model_box.setItemData(number, model.description, Qt.ItemDataRole.ToolTipRole)
        names = [model.name for model in models]
        self._model_box.setCurrentIndex(names.index(chosen) if chosen in names else 0 if names else -1)
        self._model_box.setEnabled(bool(models))
        if not models:
            self._model_box.addItem("No model")
        self._show_labels()

    def set_colours(self, colours: Colours) -> None:
        super().set_colours(colours)
        for button in self._buttons:
            button.tint(colours)
        self.label_button.set_colours(colours)

    # --- what it was set to --------------------------------------------------------------------

    @property
    def models(self) -> list[SavedModel]:
        """What there is to choose from."""
        return self._models

    def choose(self, name: str) -> None:
        """Picks a model, as a person would; without one of this name, nothing happens."""
        for index, model in enumerate(self._models):
            if model.name == name:
                self._model_box.setCurrentIndex(index)
                self._on_model()

    @property
    def model(self) -> SavedModel | None:
        index = self._model_box.currentIndex()
        return self._models[index] if 0 <= index < len(self._models) else None

    @property
    def label(self) -> str | None:
        """What the model should draw, where a person said; None: what it takes the drawing for."""
        return self.label_button.label

    @property
    def temperature(self) -> float:
        return self._slider.value() / 100

    def set_temperature(self, temperature: float) -> None:
        self._slider.setValue(round(temperature * 100 / STEP) * STEP)

    def step_temperature(self, steps: int) -> None:
        self._slider.setValue(self._slider.value() + steps * STEP)

    # --- inside --------------------------------------------------------------------------------

    def _temperature_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(*TEMPERATURES)
        self._slider.setSingleStep(STEP)
        self._slider.setPageStep(2 * STEP)
        self._slider.setFixedSize(96, 26)
        self._slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._slider.setAccessibleName("Temperature")
        self._slider.setToolTip("Temperature: how freely the model draws (Ctrl+[ and Ctrl+])")
        self._value = QLabel()
        self._value.setFixedWidth(self._value.fontMetrics().horizontalAdvance("0.00") + 4)
        self._slider.valueChanged.connect(self._on_temperature)
        self._slider.setValue(40)
        for widget in (_hint("careful"), self._slider, _hint("wild"), self._value):
            row.addWidget(widget)
        return row

    def _page(self, *actions: QAction) -> int:
        """A row of buttons, the last of them the main one."""
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addStretch()
        for action in actions[:-1]:
            row.addWidget(self._button(action, "text"))
        row.addWidget(self._button(actions[-1], "main"))
        return self._pages.addWidget(page)

    def _button(self, action: QAction, role: str = "icon") -> _Button:
        button = _Button(action, self._actions.icon_name(action), role)
        self._buttons.append(button)
        return button

    def _show_labels(self) -> None:
        model = self.model
        labels = model.labels if model is not None else ()
        self.label_button.show_labels(labels)
        self.label_button.setVisible(len(labels) > 1)

    def _on_model(self) -> None:
        self._show_labels()
        if self.model is not None:
            self.model_chosen.emit(self.model)

    def _on_temperature(self, hundredths: int) -> None:
        self._value.setText(f"{hundredths / 100:.2f}")
        self.temperature_chosen.emit(hundredths / 100)


class _Button(Button):
    """Shows an action."""

    def __init__(self, action: QAction, icon_name: str, role: str) -> None:
        super().__init__()
        self._action = action
        self._icon_name = icon_name
        self._role = role
        self._colours: Colours | None = None
        self.setProperty("role", role)
        text = action.text().replace("&", "")
        self.setAccessibleName(text)
        if role != "icon":
            self.setText(_short(text))
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setToolTip(action.toolTip())
        self.clicked.connect(action.trigger)
        if action.isCheckable():
            self.setCheckable(True)
            self.setChecked(action.isChecked())
            action.toggled.connect(self._on_toggled)
        action.enabledChanged.connect(self.setEnabled)
        self.setEnabled(action.isEnabled())

    def nextCheckState(self) -> None:  # noqa: N802
        """Only the action says what is on: the click triggers it."""

    def _on_toggled(self, on: bool) -> None:
        self.setChecked(on)
        if self._colours is not None:
            self.tint(self._colours)

    def tint(self, colours: Colours) -> None:
        self._colours = colours
        if self.isChecked():
            self.setIcon(icon(self._icon_name, colours.accent, colours.faint))
            return
        colour = colours.on_accent if self._role == "main" else colours.text
        disabled = colours.muted if self._role == "main" else colours.faint
        self.setIcon(icon(self._icon_name, colour, disabled))


def _short(text: str) -> str:
    """A menu says "Draw Another Ending"; a button beside "Keep" need not."""
    return {"Draw Another Ending": "Another", "Next Stroke Only": "Next stroke", "Other Endings…": ""}.get(
        text, text
    )


def _box(name: str, tip: str) -> QComboBox:
    box = QComboBox()
    view = QListView()
    box.setView(view)  # the plain view can be styled
    box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.setMinimumWidth(118)
    box.setMaximumWidth(190)
    box.setMaxVisibleItems(14)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box


def _hint(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("hint")
    return label
