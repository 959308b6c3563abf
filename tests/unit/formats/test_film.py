"""Films: every drawing in its turn, there and back again."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from sketchrnn.errors import FormatError
from sketchrnn.formats.film import write_film
from sketchrnn.sketch import Sketch

NAMESPACE = "{http://www.w3.org/2000/svg}"
BARS = [Sketch([[(x, 0.0), (x, 100.0)]]) for x in (0.0, 50.0, 100.0)]


def seconds_shown(groups):
    """For each drawing, at which times of the film, in hundredths, it is visible."""
    shown = []
    for group in groups:
        animation = group.find(f"{NAMESPACE}animate")
        starts = [float(time) for time in animation.get("keyTimes").split(";")] + [1.0]
        values = animation.get("values").split(";")
        assert len(values) == len(starts) - 1 and starts[0] == 0.0
        times = np.arange(0.005, 1.0, 0.01)
        at = np.searchsorted(starts, times, side="right") - 1
        shown.append(np.array([values[index] == "visible" for index in at]))
    return np.array(shown)


def test_an_svg_shows_one_drawing_at_any_time_and_each_in_its_turn(tmp_path):
    write_film(tmp_path / "film.svg", BARS, seconds=2.0)
    groups = ElementTree.parse(tmp_path / "film.svg").getroot().findall(f"{NAMESPACE}g")
    shown = seconds_shown(groups)
    assert (shown.sum(axis=0) == 1).all()
    turns = shown.argmax(axis=0)
    assert turns[np.r_[True, np.diff(turns) != 0]].tolist() == [0, 1, 2, 1]
    assert [group.get("visibility") for group in groups] == ["visible", "hidden", "hidden"]


def test_a_gif_shows_each_in_its_turn_for_ever(tmp_path):
    write_film(tmp_path / "film.gif", BARS, seconds=2.0)
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == 4 and film.info["loop"] == 0
        middles = []
        for number in range(film.n_frames):
            film.seek(number)
            dark = np.asarray(film.convert("L")) < 200
            middles.append(np.nonzero(dark.any(axis=0))[0].mean() / film.width)
    np.testing.assert_allclose(middles, [0.054, 0.5, 0.946, 0.5], atol=0.02)


@pytest.mark.parametrize(
    ("name", "sketches", "why"),
    [
        ("film.png", BARS, "must end in"),
        ("film.gif", [Sketch()], "needs drawings"),
        ("film.svg", [], "needs"),
    ],
)
def test_what_is_no_film_is_refused(tmp_path, name, sketches, why):
    with pytest.raises(FormatError, match=why):
        write_film(tmp_path / name, sketches)
    assert not list(tmp_path.iterdir())


def test_one_drawing_is_a_film_that_stands(tmp_path):
    for suffix in ("svg", "gif"):
        write_film(tmp_path / f"film.{suffix}", BARS[:1])
        assert (tmp_path / f"film.{suffix}").stat().st_size > 0
