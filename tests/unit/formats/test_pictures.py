"""PNG, GIF and contact sheets: they look as the SVG does, and films end with the whole drawing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sketchrnn import formats
from sketchrnn.errors import FormatError
from sketchrnn.formats import picture
from sketchrnn.sketch import Bounds, Sketch

HUMAN, MODEL = (0x22, 0x25, 0x2B), (0xD0, 0x44, 0x0C)
SKETCH = Sketch(
    [[(0, 0), (100, 0), (100, 100)], [(20, 80)], [(0, 50), (50, 50)]], ["human", "human", "model"]
)
PICTURES = (".png", ".gif")


def pixels(path: Path, mode: str = "RGB") -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image.convert(mode))


def frames(path: Path) -> list[NDArray[np.uint8]]:
    with Image.open(path) as film:
        shown = []
        for number in range(film.n_frames):  # type: ignore[attr-defined]
            film.seek(number)
            shown.append(np.asarray(film.convert("RGB")))
        return shown


def inked(shown: NDArray[np.uint8], color: tuple[int, int, int]) -> NDArray[np.bool_]:
    return np.abs(shown.astype(int) - color).max(axis=-1) < 40


class TestPNG:
    def at(self, path: Path, x: float, y: float, bounds: Bounds, size: int) -> tuple[int, ...]:
        scale = size / bounds.larger_side
        row, column = int((y - bounds.top) * scale), int((x - bounds.left) * scale)
        return tuple(pixels(path)[row, column].tolist())

    def test_lines_dots_and_who_drew_them(self, tmp_path: Path) -> None:
        paper = Bounds(-10, -10, 110, 110)
        SKETCH.save(tmp_path / "a.png", size=240, paper=paper, stroke_width=6)
        for x, y, color in [
            (50, 0, HUMAN),
            (100, 60, HUMAN),
            (20, 80, HUMAN),
            (25, 50, MODEL),
            (70, 50, (255, 255, 255)),
            (50, 8, (255, 255, 255)),
        ]:
            assert self.at(tmp_path / "a.png", x, y, paper, 240) == color, (x, y)

    @pytest.mark.parametrize("width", [1.0, 2.5, 9.0])
    def test_a_line_is_as_wide_as_asked_for(self, tmp_path: Path, width: float) -> None:
        """To a hundredth: the sum of what is covered across it, wherever between the pixels it lies."""
        for y in (50.0, 50.25, 50.5, 50.7):
            line = Sketch([[(-50, y), (150, y)]])
            paper = Bounds(0, 0, 100, 100)
            line.save(
                tmp_path / "a.png",
                size=100,
                paper=paper,
                stroke_width=width,
                human_color="#000",
                smooth=False,
            )
            covered = 1 - pixels(tmp_path / "a.png")[:, 50, 0] / 255
            assert covered.sum() == pytest.approx(width, abs=0.02)
            assert (covered * (np.arange(100) + 0.5)).sum() / covered.sum() == pytest.approx(y, abs=0.05)

    def test_pressure_makes_lines_wider(self, tmp_path: Path) -> None:
        line = Sketch([[(0, 50), (100, 50)]], pressures=[[0.0, 1.0]])
        line.save(tmp_path / "a.png", size=100, paper=Bounds(0, 0, 100, 100), stroke_width=10)
        covered = inked(pixels(tmp_path / "a.png"), HUMAN).sum(axis=0)
        assert covered[5] < covered[50] < covered[95]
        assert covered[50] == pytest.approx(10, abs=1)

    def test_of_any_size_and_shape(self, tmp_path: Path) -> None:
        for size, sketch, shape in [
            (300, Sketch([[(0, 0), (200, 50)]]), (82, 300)),
            (7, SKETCH, (7, 7)),
            (64, Sketch([[(0, 0), (0, 1e9)]]), (64, 2)),
            (64, Sketch([[(5, 5)]]), (64, 64)),
            (64, Sketch(), (64, 64)),
        ]:
            sketch.save(tmp_path / "a.png", size=size)
            shown = pixels(tmp_path / "a.png")
            assert shown.shape[:2] == pytest.approx(shape, abs=2)
            assert (shown < 250).any() == bool(len(sketch))

    def test_what_lies_beyond_the_paper_is_cut_off(self, tmp_path: Path) -> None:
        paper = Bounds(0, 0, 100, 100)
        whole = Sketch([[(-1e8, 50), (1e8, 50)], [(500, 500), (600, 600)]])
        whole.save(tmp_path / "a.png", size=100, paper=paper, stroke_width=4)
        Sketch([[(-9, 50), (109, 50)]]).save(tmp_path / "b.png", size=100, paper=paper, stroke_width=4)
        assert np.array_equal(pixels(tmp_path / "a.png"), pixels(tmp_path / "b.png"))

    def test_transparent(self, tmp_path: Path) -> None:
        SKETCH.save(tmp_path / "a.png", size=64, background=None, stroke_width=6)
        shown = pixels(tmp_path / "a.png", "RGBA")
        assert shown[6, 32].tolist() == [*HUMAN, 255]
        assert shown[60, 30, 3] == 0
        faint = shown[(shown[..., 3] > 0) & (shown[..., 3] < 255)]
        assert len(faint)
        assert (faint[:, :3] < 250).any(axis=1).all(), "no light fringe on a dark ground"

    def test_same_drawing_same_bytes(self, tmp_path: Path) -> None:
        for name in ("a.png", "b.png"):
            SKETCH.save(tmp_path / name)
        assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()

    def test_the_label_goes_along(self, tmp_path: Path) -> None:
        Sketch(SKETCH.strokes, label="a 猫").save(tmp_path / "a.png")
        with Image.open(tmp_path / "a.png") as image:
            assert image.info["Title"] == "a 猫"

    @pytest.mark.parametrize("suffix", PICTURES)
    def test_impossible_wishes(self, tmp_path: Path, suffix: str) -> None:
        path = tmp_path / f"a{suffix}"
        for options, said in [
            ({"size": 0}, "0 pixels"),
            ({"size": 100_000}, "100000 pixels"),
            ({"human_color": "no such"}, "no colour"),
        ]:
            with pytest.raises(FormatError, match=said) as error:
                SKETCH.save(path, **options)
            assert str(error.value).startswith(str(path))
        assert not path.exists()


class TestGIF:
    def test_draws_stroke_by_stroke_and_ends_with_the_whole(self, tmp_path: Path) -> None:
        SKETCH.save(tmp_path / "a.gif", size=120, stroke_width=4)
        film = frames(tmp_path / "a.gif")
        assert len(film) > 20
        human = [int(inked(shown, HUMAN).sum()) for shown in film]
        model = [int(inked(shown, MODEL).sum()) for shown in film]
        assert human == sorted(human)
        assert model == sorted(model)
        assert model[len(film) // 2] == 0 < human[0] < human[len(film) // 2]
        SKETCH.save(tmp_path / "a.png", size=120, stroke_width=4)
        whole = pixels(tmp_path / "a.png")
        assert np.abs(film[-1].astype(int) - whole).max() < 20  # as near as the film's colours come
        assert (film[-1][-1, 0] == 255).all()

    def test_goes_on_for_ever_and_rests_at_the_end(self, tmp_path: Path) -> None:
        SKETCH.save(tmp_path / "a.gif", size=60, seconds=1.0)
        with Image.open(tmp_path / "a.gif") as film:
            assert film.info["loop"] == 0
            durations = []
            for number in range(film.n_frames):  # type: ignore[attr-defined]
                film.seek(number)
                durations.append(film.info["duration"])
        assert sum(durations) == pytest.approx(1_000 + 2_000, abs=100)
        assert durations[-1] >= 2_000

    def test_of_nothing(self, tmp_path: Path) -> None:
        Sketch().save(tmp_path / "a.gif", size=30)
        assert (frames(tmp_path / "a.gif")[0] == 255).all()

    @pytest.mark.parametrize("seconds", [0.0, -1.0, 1e9, float("nan")])
    def test_times_that_make_no_sense(self, tmp_path: Path, seconds: float) -> None:
        with pytest.raises(FormatError, match="cannot take"):
            SKETCH.save(tmp_path / "a.gif", seconds=seconds)

    def test_is_never_transparent(self, tmp_path: Path) -> None:
        with pytest.raises(FormatError, match="plain background"):
            SKETCH.save(tmp_path / "a.gif", background="#ffffff00")


class TestSheets:
    odd = (SKETCH, Sketch(), Sketch([[(7, 7)]]), Sketch([[(0, 0), (0, 9)]]), Sketch([[(0, 0), (1e6, 1)]]))

    @pytest.mark.parametrize("suffix", formats.PICTURES)
    def test_the_suffix_chooses(self, tmp_path: Path, suffix: str) -> None:
        formats.write_sheet(
            tmp_path / f"a{suffix}", self.odd, columns=2, titles=["a", "b", "ü 猫", "", "e" * 99]
        )
        formats.write(tmp_path / f"b{suffix}", self.odd)
        assert (tmp_path / f"b{suffix}").stat().st_size > 500

    @pytest.mark.parametrize("suffix", [".npz", ".ndjson", ".jpg"])
    def test_not_in_a_data_set(self, tmp_path: Path, suffix: str) -> None:
        with pytest.raises(FormatError, match=r"contact sheet: its name must end in \.svg, \.png, \.gif"):
            formats.write_sheet(tmp_path / f"a{suffix}", self.odd)

    def test_every_drawing_stays_in_its_cell(self, tmp_path: Path) -> None:
        formats.write_sheet(tmp_path / "a.png", self.odd, columns=2, cell=100, scale=2)
        shown = pixels(tmp_path / "a.png")
        sheet = picture.Sheet.of("", self.odd, 2, 100, None)
        assert shown.shape[:2] == pytest.approx((sheet.height * 2, sheet.width * 2), abs=1)
        ink = inked(shown, HUMAN) | inked(shown, MODEL)
        for cell, sketch in zip(sheet.cells(), self.odd, strict=True):
            left, top, right, bottom = (round(side * 2) for side in cell)
            assert ink[top:bottom, left:right].any() == bool(len(sketch))
            ink[top + 20 : bottom - 20, left + 20 : right - 20] = False
        assert not ink.any()

    def test_captions_stand_under_their_drawings(self, tmp_path: Path) -> None:
        def below(titles: list[str]) -> NDArray[Any]:
            formats.write_sheet(tmp_path / "a.png", [SKETCH] * 2, columns=2, cell=100, titles=titles)
            dark = pixels(tmp_path / "a.png").min(axis=-1) < 140
            return dark[(2 * 107) :].sum(axis=0)

        first, second = below(["dog", " "]), below([" ", "dog"])
        middle = len(first) // 2
        assert first[:middle].any() and not first[middle:].any()
        assert second[middle:].any() and not second[:middle].any()

    def test_a_long_caption_stays_near_its_cell(self, tmp_path: Path) -> None:
        formats.write_sheet(tmp_path / "a.png", [SKETCH] * 2, columns=2, cell=100, titles=["w" * 300, " "])
        dark = pixels(tmp_path / "a.png").min(axis=-1) < 140
        assert not dark[(2 * 107) :, dark.shape[1] // 2 + 10 :].any()

    def test_thousands_of_drawings_make_a_picture_that_can_be_opened(self, tmp_path: Path) -> None:
        formats.write_sheet(tmp_path / "a.png", [Sketch([[(0, 0), (1, 1)]])] * 2_000)
        assert max(pixels(tmp_path / "a.png").shape) <= 4_096

    @pytest.mark.parametrize("suffix", formats.PICTURES)
    def test_no_drawing_at_all(self, tmp_path: Path, suffix: str) -> None:
        with pytest.raises(FormatError, match="no drawing to write"):
            formats.write(tmp_path / f"a{suffix}", [])
        with pytest.raises(FormatError, match="5 drawings but 1 titles"):
            formats.write_sheet(tmp_path / f"a{suffix}", self.odd, titles=["one"])


class TestSchedule:
    def test_one_stroke_after_another(self) -> None:
        times = picture.schedule(SKETCH)
        ends = [begin + duration for begin, duration in times]
        assert all(end <= begin for end, (begin, _) in zip(ends, times[1:], strict=False))
        assert times[0][1] > times[2][1] > times[1][1] > 0, "a longer line takes longer, a dot a moment"

    def test_is_at_one_pace_whatever_the_unit(self) -> None:
        again = picture.schedule(SKETCH.transformed(1e-3))
        assert np.array(again) == pytest.approx(np.array(picture.schedule(SKETCH)), rel=1e-4)

    def test_a_long_drawing_does_not_bore(self) -> None:
        begin, duration = picture.schedule(Sketch([[(0, 0), (1, 0)]] * 500))[-1]
        assert begin + duration == pytest.approx(8)
        begin, duration = picture.schedule(SKETCH, 3.0)[-1]
        assert begin + duration == pytest.approx(3)


def test_reading_a_drawing_does_not_load_pillow(tmp_path: Path) -> None:
    SKETCH.save(tmp_path / "a.svg")
    program = (
        "import sys; from sketchrnn import Sketch; Sketch.open(sys.argv[1]); assert 'PIL' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "a.svg")], check=True)


def test_points_too_dense_to_see_change_nothing(tmp_path: Path) -> None:
    """20,000 points in a circle of 100 pixels look as 200 do."""
    pictures = []
    for count in (200, 20_000):
        turn = np.linspace(0, 2 * np.pi, count)
        circle = Sketch([np.column_stack([np.cos(turn), np.sin(turn)]) * 100])
        circle.save(tmp_path / f"{count}.png", size=120)
        pictures.append(np.asarray(Image.open(tmp_path / f"{count}.png").convert("L"), np.int64))
    assert pictures[0].min() < 60
    assert np.abs(pictures[0] - pictures[1]).mean() < 1.0
    assert np.abs(pictures[0] - pictures[1]).max() < 40


def test_a_scribble_is_drawn_where_it_goes_however_often_it_goes_there(tmp_path: Path) -> None:
    """Pieces of a line that others have covered are not drawn again; those that leave them are."""
    there = np.random.default_rng(1).uniform(0, 50, (6_000, 2))
    away = [(200, 25), (200, 200)]
    Sketch([np.concatenate([there, away])]).save(tmp_path / "a.png", size=220, stroke_width=4.0)
    picture = np.asarray(Image.open(tmp_path / "a.png").convert("L"))
    assert (picture[15:45, 15:45] < 80).all()  # full of ink
    assert (picture[100:200, 190:].min(axis=1) < 80).all()  # the way down at the right
    assert (picture[100:, :150] == 255).all()


def test_a_scribble_in_many_strokes_looks_as_in_one(tmp_path: Path) -> None:
    """Strokes of one colour that follow each other are drawn together, dots among them."""
    line = np.random.default_rng(1).uniform(0, 50, (3_000, 2))
    pictures = []
    for name, strokes in (("one", [line]), ("many", [*(line[at : at + 2] for at in range(2_999)), line[:1]])):
        Sketch(strokes).save(tmp_path / f"{name}.png", size=120, smooth=False)
        pictures.append(np.asarray(Image.open(tmp_path / f"{name}.png").convert("L"), np.int64))
    assert pictures[0].min() < 60
    assert np.abs(pictures[0] - pictures[1]).max() <= 1


def test_strokes_cover_each_other_in_their_order(tmp_path: Path) -> None:
    """A human stroke over the model's over a human one: the colours change where they meet."""
    across, down = [(0, 25), (50, 25)], [(25, 0), (25, 50)]
    Sketch([across, down, across], ["human", "model", "human"]).save(
        tmp_path / "a.png", size=100, stroke_width=8.0, human_color="#000000", model_color="#ff0000"
    )
    picture = np.asarray(Image.open(tmp_path / "a.png").convert("RGB"))
    assert picture[50, 50].tolist() == [0, 0, 0]
    assert picture[20, 50].tolist() == [255, 0, 0]


def test_a_line_there_and_back_a_thousand_times_looks_as_drawn_once(tmp_path: Path) -> None:
    """Lines that lie on each other are drawn once, and those beside them are not lost."""
    there_and_back = [(0, 0), (50, 20)] * 1_000
    beside = [(50, 20), (50, 50), (0, 50)]
    pictures = []
    for name, line in (("once", there_and_back[:2] + beside), ("often", there_and_back + beside)):
        Sketch([line]).save(tmp_path / f"{name}.png", size=120, smooth=False)
        pictures.append(np.asarray(Image.open(tmp_path / f"{name}.png").convert("L"), np.int64))
    assert pictures[0].min() < 60
    assert np.abs(pictures[0] - pictures[1]).max() <= 1
