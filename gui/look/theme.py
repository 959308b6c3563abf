"""Colours and the style sheet: light and dark, one accent, everything else calm."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget


@dataclass(frozen=True)
class Colours:
    """Names say where a colour is used. Text on its ground has a contrast of 4.5 or more."""

    desk: str
    paper: str
    surface: str
    border: str
    text: str
    muted: str
    faint: str
    ink: str
    accent: str
    accent_hover: str
    on_accent: str
    hover: str
    pressed: str
    shadow: int
    """Opacity of the paper's shadow, of 255."""

    def colour(self, name: str) -> QColor:
        return QColor(str(getattr(self, name)))


LIGHT = Colours(
    desk="#edebe5",
    paper="#fffefb",
    surface="#fbfaf7",
    border="#d9d6cd",
    text="#26272b",
    muted="#64625c",
    faint="#a6a39a",
    ink="#24262c",
    accent="#d0440c",
    accent_hover="#b93b08",
    on_accent="#ffffff",
    hover="#efece5",
    pressed="#e3dfd6",
    shadow=26,
)

DARK = Colours(
    desk="#1a1b1e",
    paper="#26282c",
    surface="#2a2c31",
    border="#3d4047",
    text="#ebe9e4",
    muted="#a8a69f",
    faint="#6d6f75",
    ink="#eceae5",
    accent="#ff8a5c",
    accent_hover="#ffa17c",
    on_accent="#2b1106",
    hover="#363940",
    pressed="#41444c",
    shadow=90,
)


_CHEVRON = Path(__file__).parent / "icons" / "chevron.svg"


def colours_for(scheme: Qt.ColorScheme) -> Colours:
    """The colours of a scheme; of the system's own where it is Unknown."""
    if scheme is Qt.ColorScheme.Unknown:
        scheme = QGuiApplication.styleHints().colorScheme()
    return DARK if scheme is Qt.ColorScheme.Dark else LIGHT


def apply(app: QApplication, scheme: Qt.ColorScheme) -> Colours:
    """The colours of a scheme, which the whole application's palette has from now on."""
    colours = colours_for(scheme)
    palette = _palette(colours)
    if app.palette() != palette:
        app.setPalette(palette)
    return colours


def dress(window: QWidget, colours: Colours) -> None:
    """Gives a window and all that it opens their style.

    Each has its own. One style for the application takes five times as long: every widget of every window is
    polished anew, and no event has its turn before.
    """
    style = _style(colours)
    if window.styleSheet() != style:
        window.setStyleSheet(style)


@cache
def _style(colours: Colours) -> str:
    return _STYLE.substitute(asdict(colours), chevron=_CHEVRON.as_posix())


def _palette(colours: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for target, name in (
        (role.Window, "desk"),
        (role.WindowText, "text"),
        (role.Base, "surface"),
        (role.AlternateBase, "hover"),
        (role.Text, "text"),
        (role.PlaceholderText, "muted"),
        (role.Button, "surface"),
        (role.ButtonText, "text"),
        (role.ToolTipBase, "surface"),
        (role.ToolTipText, "text"),
        (role.Highlight, "accent"),
        (role.HighlightedText, "on_accent"),
        (role.Link, "accent"),
        (role.Accent, "accent"),
    ):
        palette.setColor(target, colours.colour(name))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, colours.colour("faint"))
    return palette


_STYLE = Template("""
QMenuBar { background: $desk; color: $text; padding: 4px 8px 0 8px; border: none; }
QMenuBar::item { background: transparent; padding: 5px 10px; border-radius: 6px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $pressed; }

QMenu { background: $surface; color: $text; border: 1px solid $border; padding: 6px; }
QMenu::item { padding: 6px 28px 6px 10px; border-radius: 5px; }
QMenu::item:selected { background: $pressed; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $border; margin: 5px 8px; }
QMenu::icon { padding-left: 8px; }

QToolTip { background: $surface; color: $text; border: 1px solid $border; padding: 2px 3px; }

QLabel#caption { color: $muted; }
QLabel#hint { color: $muted; }

QWidget#browser, QWidget#collect, QWidget#teach { background: $desk; }
QWidget#browser QLineEdit, QWidget#collect QLineEdit, QWidget#teach QLineEdit, QWidget#teach QComboBox,
QWidget#teach QAbstractSpinBox { background: $surface; color: $text; border: 1px solid $border;
    border-radius: 9px; padding: 8px 10px; selection-background-color: $accent; selection-color: $on_accent; }
QWidget#browser QLineEdit:focus, QWidget#collect QLineEdit:focus, QWidget#teach QLineEdit:focus,
QWidget#teach QComboBox:focus, QWidget#teach QAbstractSpinBox:focus { border-color: $muted; }
QWidget#teach QComboBox::drop-down { border: none; width: 24px; }
QWidget#teach QComboBox::down-arrow { image: url($chevron); width: 12px; height: 12px; }
QWidget#teach QAbstractSpinBox::up-button, QWidget#teach QAbstractSpinBox::down-button { width: 0; }
QWidget#teach QAbstractSpinBox QLineEdit { border: none; padding: 0; background: transparent; }
QWidget#teach QLabel#title { font-size: 16pt; font-weight: 600; }
QWidget#browser QListView, QWidget#collect QListView { background: $desk; border: none; outline: none; }

QPushButton[main="true"] { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[main="true"]:hover { background: $accent_hover; }
QPushButton[main="true"]:focus { border: 2px solid $text; padding: 6px 15px; }
QPushButton[main="true"]:disabled { background: $pressed; color: $muted; border-color: $border; }

QFrame#palette { background: $surface; border: 1px solid $border; border-radius: 12px; }
QFrame#palette QLineEdit { background: $desk; color: $text; border: none; border-radius: 8px;
    padding: 9px 12px; font-size: 13pt; selection-background-color: $accent; selection-color: $on_accent; }
QFrame#palette QListWidget { background: transparent; border: none; outline: none; }
QFrame#palette QListWidget::item { border-radius: 7px; }
QFrame#palette QListWidget::item:selected { background: $pressed; }
QLabel#keys { color: $muted; }
QLabel#first-run { color: $muted; font-size: 15pt; }
QTextBrowser { background: $surface; color: $text; border: 1px solid $border; border-radius: 10px;
    padding: 8px; }

QTextBrowser#sheet { background: transparent; border: none; padding: 0; }

QFrame#notice { background: $surface; border: 1px solid $border; border-radius: 12px; }
QFrame#notice QPushButton { padding: 5px 12px; }
QFrame#notice QPushButton[main="true"] { background: $accent; color: $on_accent; border-color: $accent;
    font-weight: 600; }
QFrame#notice QPushButton[main="true"]:hover { background: $accent_hover; }
QFrame#notice QPushButton[main="true"]:focus { border: 2px solid $text; padding: 4px 11px; }

QToolButton#zoom { background: transparent; color: $muted; border: 1px solid transparent; border-radius: 7px;
    padding: 2px 0; font-size: 8pt; }
QToolButton#zoom:hover { background: $pressed; color: $text; }
QToolButton#zoom:focus { border-color: $muted; }

Panel IconButton { background: transparent; border: 1px solid transparent; border-radius: 9px; padding: 7px; }
Panel IconButton:hover { background: $hover; }
Panel IconButton:pressed { background: $pressed; }
Panel IconButton:checked { background: $pressed; }
Panel IconButton:focus { border-color: $muted; }
Panel QLabel { color: $text; }
Panel QListView { background: transparent; border: none; outline: none; }
Panel QScrollBar:vertical { background: transparent; width: 9px; margin: 0; }
Panel QScrollBar::handle:vertical { background: $border; border-radius: 3px; min-height: 28px;
    margin: 0 0 0 3px; }
Panel QScrollBar::handle:vertical:hover { background: $faint; }
Panel QScrollBar::add-line, Panel QScrollBar::sub-line { height: 0; }
Panel QScrollBar::add-page, Panel QScrollBar::sub-page { background: transparent; }
Panel QLabel#hint { color: $muted; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $faint; border-radius: 4px; margin: 2px; min-width: 28px; min-height: 28px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QFrame#rule { background: $border; border: none; }

Bar QToolButton { background: transparent; color: $text; border: 1px solid transparent;
    border-radius: 9px; padding: 7px; }
Bar QToolButton:hover { background: $hover; }
Bar QToolButton:pressed { background: $pressed; }
Bar QToolButton:checked { background: $pressed; }
Bar QToolButton:focus { border-color: $muted; }
Bar QToolButton:disabled { color: $faint; }
Bar QToolButton[role="text"] { padding: 7px 4px 7px 9px; }
Bar QToolButton[role="main"] { padding: 7px 5px 7px 11px; background: $accent; color: $on_accent;
    font-weight: 600; }
Bar QToolButton[role="main"]:hover { background: $accent_hover; }
Bar QToolButton[role="main"]:focus { border: 2px solid $text; }
Bar QToolButton[role="main"]:disabled { background: $pressed; color: $muted; }

Bar QComboBox,
SidePanel QComboBox { background: transparent; color: $text; border: 1px solid $border; border-radius: 9px;
    padding: 6px 10px; min-height: 20px; combobox-popup: 0; }
Bar QComboBox:hover,
SidePanel QComboBox:hover { background: $hover; }
Bar QComboBox:focus,
SidePanel QComboBox:focus { border-color: $muted; }
Bar QComboBox:disabled,
SidePanel QComboBox:disabled { color: $muted; }
Bar QComboBox::drop-down,
SidePanel QComboBox::drop-down { border: none; width: 24px; }
Bar QComboBox::down-arrow,
SidePanel QComboBox::down-arrow { image: url($chevron); width: 12px; height: 12px; }
Bar QComboBox QAbstractItemView,
SidePanel QComboBox QAbstractItemView { background: $surface; color: $text; border: 1px solid $border;
    outline: none; padding: 4px; selection-background-color: $pressed; selection-color: $text; }
Bar QComboBox QAbstractItemView::item,
SidePanel QComboBox QAbstractItemView::item { padding: 5px 8px; border-radius: 5px; min-height: 20px; }
Bar QComboBox QAbstractItemView::item:selected,
SidePanel QComboBox QAbstractItemView::item:selected { background: $pressed; color: $text; }

QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $pressed; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $muted; }
QSlider::handle:horizontal { width: 16px; height: 16px; margin: -7px 0; border-radius: 9px;
    background: $surface; border: 1px solid $muted; }
QSlider::handle:horizontal:hover { border-color: $text; }
QSlider::handle:horizontal:focus { border: 2px solid $text; width: 14px; height: 14px; }

Bar QToolButton#label { border: 1px solid $border; padding: 0; }
Bar QToolButton#label:focus { border-color: $muted; }
QToolButton#chip { background: transparent; color: $muted; border: 1px solid $border; border-radius: 9px;
    padding: 2px 9px; }
QToolButton#chip:hover { background: $hover; color: $text; }
QToolButton#chip:focus { border-color: $muted; }
QFrame#picker { background: $surface; border: 1px solid $border; }
QFrame#picker QLineEdit { background: $paper; color: $text; border: 1px solid $border; border-radius: 9px;
    padding: 7px 10px; selection-background-color: $accent; selection-color: $on_accent; }
QFrame#picker QLineEdit:focus { border-color: $muted; }
QFrame#picker QToolButton { background: transparent; color: $text; border: 1px solid transparent;
    border-radius: 9px; padding: 7px 10px; text-align: left; }
QFrame#picker QToolButton:hover { background: $hover; }
QFrame#picker QToolButton:checked { background: $pressed; }
QFrame#picker QListView { background: $surface; color: $text; border: none; outline: none; }
QFrame#picker QListView::item { border-radius: 8px; padding: 2px; }
QFrame#picker QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QFrame#picker QScrollBar::handle:vertical { background: $border; border-radius: 4px; min-height: 24px; }
QFrame#picker QScrollBar::handle:vertical:hover { background: $faint; }
QFrame#picker QScrollBar::add-line:vertical, QFrame#picker QScrollBar::sub-line:vertical { height: 0; }
QFrame#picker QScrollBar::add-page:vertical, QFrame#picker QScrollBar::sub-page:vertical {
    background: transparent; }
QFrame#picker QListView::item:hover { background: $hover; }
QFrame#picker QListView::item:selected { background: $pressed; color: $text; }

SidePanel QLabel#title { font-weight: 600; }
SidePanel QToolButton { background: transparent; color: $text; border: 1px solid transparent;
    border-radius: 9px; padding: 6px; }
SidePanel QToolButton:hover { background: $hover; }
SidePanel QToolButton:pressed, SidePanel QToolButton:checked { background: $pressed; }
SidePanel QToolButton:focus { border-color: $muted; }
SidePanel QToolButton:disabled { color: $faint; }
SidePanel QLineEdit { background: $paper; color: $text; border: 1px solid $border;
    border-radius: 8px; padding: 5px 8px; selection-background-color: $accent;
    selection-color: $on_accent; }
SidePanel QLineEdit:focus { border-color: $muted; }

QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton { background: $surface; color: $text; border: 1px solid $border; border-radius: 8px;
    padding: 7px 16px; min-width: 62px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border-color: $muted; }
QPushButton:default { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton:default:hover { background: $accent_hover; }
QPushButton:default:focus { border: 2px solid $text; padding: 6px 15px; }
QPushButton:disabled { background: $pressed; color: $muted; border-color: $border; }
QDialog QLineEdit { background: $surface; color: $text; border: 1px solid $border; border-radius: 8px;
    padding: 6px 8px; selection-background-color: $accent; selection-color: $on_accent; }
QDialog QLineEdit:focus { border-color: $muted; }
QDialog QTreeView, QDialog QListView { background: $surface; border: 1px solid $border;
    selection-background-color: $pressed; selection-color: $text; }
QDialog QHeaderView::section { background: $surface; color: $muted; border: none; padding: 4px 6px; }
""")
