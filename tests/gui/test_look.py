"""The look: readable in light and dark, icons that are ours and sharp, a system that is followed."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon

from gui.look.icon import FOLDER, icon
from gui.look.theme import DARK, LIGHT, colours_for


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2: 4.5 is readable, 3 can be told apart."""

    def luminance(colour: str) -> float:
        parts = [QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF()]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_ink_can_be_read(colours):
    for text, ground in (
        (colours.text, colours.surface),
        (colours.text, colours.desk),
        (colours.muted, colours.desk),
        (colours.muted, colours.surface),
        (colours.on_accent, colours.accent),
        (colours.on_accent, colours.accent_hover),
        (colours.ink, colours.paper),
        (colours.accent, colours.paper),
    ):
        assert contrast(text, ground) >= 4.5


def test_a_chosen_scheme_wins_and_unknown_follows_the_system(qapp):
    assert colours_for(Qt.ColorScheme.Dark) is DARK
    assert colours_for(Qt.ColorScheme.Light) is LIGHT
    system = qapp.styleHints().colorScheme()
    assert colours_for(Qt.ColorScheme.Unknown) is (DARK if system is Qt.ColorScheme.Dark else LIGHT)


def test_the_window_changes_its_colours_at_once(window):
    for scheme, colours in ((2, DARK), (1, LIGHT)):
        window.actions_.schemes.actions()[scheme].trigger()
        image = window.canvas.grab().toImage()
        assert image.pixelColor(image.rect().center()) == QColor(colours.paper)
        assert image.pixelColor(1, 1) == QColor(colours.desk)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.svg")), ids=lambda path: path.stem)
def test_every_icon_is_a_drawing(path):
    root = ElementTree.parse(path).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg" and len(root) >= 1


def test_icons_are_sharp_at_any_scaling_and_paler_where_disabled(qapp):
    made = icon("undo", LIGHT.text, LIGHT.faint)
    for ratio in (1.0, 1.25, 1.5, 2.0):
        pixmap = made.pixmap(QSize(20, 20), ratio)
        assert pixmap.width() == round(20 * ratio)
    normal = made.pixmap(QSize(20, 20), 1.0, QIcon.Mode.Normal).toImage()
    disabled = made.pixmap(QSize(20, 20), 1.0, QIcon.Mode.Disabled).toImage()
    assert normal != disabled
