"""SVG: our own files come back to the last bit, foreign ones as polylines, hostile ones not at all."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sketchrnn import formats
from sketchrnn.errors import FormatError
from sketchrnn.formats import svg
from sketchrnn.sketch import Author, Bounds, Sketch

ROOT = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
NAMESPACE = "{http://www.w3.org/2000/svg}"

SKETCH = Sketch(
    [[(0, 0), (10, 0.1), (-3.5, 7)], [(5, 5)], [(1, 2), (1, 2)], [(1e-7, 123456.789), (1e8, -0.0)]],
    ["human", "model", "model", "human"],
    "a <dog> & a 猫",
)

floats = st.floats(-1e9, 1e9, width=32)
strokes = st.lists(st.tuples(floats, floats), min_size=1, max_size=6)
authored = st.lists(st.tuples(strokes, st.sampled_from(["human", "model"])), max_size=5)
labels = st.none() | st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=20)


def foreign(tmp_path: Path, inside: str, attributes: str = "", before: str = "") -> Path:
    path = tmp_path / "foreign.svg"
    path.write_text(f"{before}{ROOT} {attributes}>{inside}</svg>", encoding="utf-8")
    return path


def read(tmp_path: Path, inside: str, attributes: str = "") -> Sketch:
    return formats.read_one(foreign(tmp_path, inside, attributes))


class TestOwnFiles:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(authored, labels)
    def test_read_back_every_bit(
        self, tmp_path: Path, pairs: list[tuple[list[tuple[float, float]], str]], label: str | None
    ) -> None:
        sketch = Sketch([stroke for stroke, _ in pairs], [author for _, author in pairs], label)
        sketch.save(tmp_path / "a.svg")
        again = Sketch.open(tmp_path / "a.svg")
        assert again == sketch
        assert [s.tobytes() for s in again.strokes] == [s.tobytes() for s in sketch.strokes]

    @pytest.mark.parametrize(
        "options",
        [
            {"paper": Bounds(0, 0, 800, 600)},
            {"stroke_width": 3, "background": "#fff"},
            {"human_color": "red", "model_color": "rgb(1, 2, 3)"},
            {"animate": True},
            {"animate": True, "smooth": False, "seconds": 2.5},
        ],
    )
    def test_read_back_whatever_they_look_like(self, tmp_path: Path, options: dict[str, object]) -> None:
        SKETCH.save(tmp_path / "a.svg", **options)
        assert Sketch.open(tmp_path / "a.svg") == SKETCH

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.tuples(floats, floats, st.floats(0, 1, width=32)), min_size=1, max_size=6))
    def test_pressure_comes_back_too(self, tmp_path: Path, rows: list[tuple[float, float, float]]) -> None:
        points, pressure = [row[:2] for row in rows], [row[2] for row in rows]
        sketch = Sketch([[(1, 2), (3, 4)], points], ["model", "human"], pressures=[None, pressure])
        sketch.save(tmp_path / "a.svg")
        assert Sketch.open(tmp_path / "a.svg") == sketch

    def test_a_hard_stroke_is_wider(self, tmp_path: Path) -> None:
        strokes = [[(0, 0), (90, 0)]] * 3
        Sketch(strokes, pressures=[[0.1, 0.1], None, [1, 1]]).save(tmp_path / "a.svg", stroke_width=2)
        root = ElementTree.parse(tmp_path / "a.svg").getroot()
        widths = [float(path.get("stroke-width", 2)) for path in root.iter(NAMESPACE + "path")]
        assert widths[0] < widths[1] == 2 < widths[2]

    @pytest.mark.parametrize("pressure", ["0.5", "0.5 x", "", "0.5 0.5 0.5"])
    def test_a_pressure_that_somebody_changed_makes_it_foreign(self, tmp_path: Path, pressure: str) -> None:
        Sketch([[(0, 0), (90, 0)]], pressures=[[0.25, 0.5]]).save(tmp_path / "a.svg")
        text = (tmp_path / "a.svg").read_text()
        (tmp_path / "a.svg").write_text(text.replace("0.25 0.5", pressure))
        assert Sketch.open(tmp_path / "a.svg").pressures == (None,)

    def test_an_empty_canvas(self, tmp_path: Path) -> None:
        Sketch((), (), "nothing").save(tmp_path / "a.svg", paper=Bounds(0, 0, 10, 10))
        assert Sketch.open(tmp_path / "a.svg") == Sketch((), (), "nothing")

    def test_without_what_others_files_need(self, tmp_path: Path) -> None:
        SKETCH.save(tmp_path / "a.svg")
        program = (
            "import sys; from sketchrnn import Sketch; Sketch.open(sys.argv[1])\n"
            "assert not {'sketchrnn.formats.svg_foreign', 'svgwrite', 'tensorflow'} & set(sys.modules)"
        )
        subprocess.run([sys.executable, "-c", program, str(tmp_path / "a.svg")], check=True)

    def test_moved_in_another_program(self, tmp_path: Path) -> None:
        sketch = Sketch([[(0, 0), (10, 10)], [(3, 3)]], ["human", "model"], "x")
        sketch.save(tmp_path / "a.svg", paper=Bounds(0, 0, 100, 100))
        text = (tmp_path / "a.svg").read_text()
        (tmp_path / "a.svg").write_text(
            text.replace('<g class="ink"', '<g class="ink" transform="translate(5,6)"')
        )
        assert Sketch.open(tmp_path / "a.svg") == sketch.transformed(dx=5, dy=6)


class TestWriting:
    def tree(self, tmp_path: Path, sketch: Sketch, **options: object) -> ElementTree.Element:
        sketch.save(tmp_path / "a.svg", **options)
        return ElementTree.parse(tmp_path / "a.svg").getroot()

    def test_one_path_a_stroke_in_drawing_order(self, tmp_path: Path) -> None:
        paths = list(self.tree(tmp_path, SKETCH, smooth=False).iter(NAMESPACE + "path"))
        assert [path.get("class") for path in paths] == ["human", "model", "model", "human"]
        assert [path.get("d") for path in paths] == [
            "M0,0 L10,0.1 -3.5,7",
            "M5,5h0",
            "M1,2 L1,2",
            "M1e-07,123456.79 L1e+08,-0.0",
        ]

    def test_lines_are_rounded_at_their_points(self, tmp_path: Path) -> None:
        """Straight in the middle, and the points are the curves' control points."""
        corner = Sketch([[(0, 0), (100, 0), (100, 100)]])
        (path,) = self.tree(tmp_path, corner, stroke_width=5.0, smooth=True).iter(NAMESPACE + "path")
        assert path.get("d") == "M0,0 L96,0 Q100,0 100,4 L100,100"
        dense = Sketch([[(0, 0), (4, 0), (8, 1), (12, 2)]])
        (path,) = self.tree(tmp_path, dense, stroke_width=5.0, smooth=True).iter(NAMESPACE + "path")
        assert path.get("d") == "M0,0 L2,0 Q4,0 6,0.5 Q8,1 10,1.5 L12,2"
        assert Sketch.open(tmp_path / "a.svg") == dense

    def test_colours_tell_who_drew(self, tmp_path: Path) -> None:
        paths = list(self.tree(tmp_path, SKETCH).iter(NAMESPACE + "path"))
        assert paths[0].get("stroke") == svg.HUMAN_COLOR != paths[1].get("stroke") == svg.MODEL_COLOR

    def test_round_ends_make_dots_visible(self, tmp_path: Path) -> None:
        ink = self.tree(tmp_path, SKETCH, stroke_width=2.5).find(NAMESPACE + "g")
        assert ink is not None
        assert ink.attrib["stroke-linecap"] == ink.attrib["stroke-linejoin"] == "round"
        assert (ink.attrib["fill"], ink.attrib["stroke-width"]) == ("none", "2.5")

    def test_shows_the_drawing_and_a_margin(self, tmp_path: Path) -> None:
        root = self.tree(tmp_path, Sketch([[(10, 20), (110, 70)]]), stroke_width=4)
        assert root.get("viewBox") == "2 12 116 66"
        assert (root.get("width"), root.get("height")) == ("116", "66")

    def test_shows_the_paper(self, tmp_path: Path) -> None:
        root = self.tree(tmp_path, Sketch([[(10, 20)]]), paper=Bounds(-5, 0, 795, 600))
        assert root.get("viewBox") == "-5 0 800 600"

    @pytest.mark.parametrize("scale", [1e-6, 1e6])
    def test_a_picture_of_any_drawing_is_of_a_size_to_look_at(self, tmp_path: Path, scale: float) -> None:
        root = self.tree(tmp_path, Sketch([[(0, 0), (100, 50)]]).transformed(scale))
        assert float(root.attrib["width"]) == pytest.approx(512)

    def test_same_drawing_same_bytes(self, tmp_path: Path) -> None:
        SKETCH.save(tmp_path / "a.svg")
        SKETCH.save(tmp_path / "b.svg")
        assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()

    def test_several_drawings_become_a_sheet(self, tmp_path: Path) -> None:
        formats.write(tmp_path / "a.svg", [SKETCH] * 5)
        root = ElementTree.parse(tmp_path / "a.svg").getroot()
        assert len(root.findall(f"{NAMESPACE}g[@class='drawing']")) == 5

    def test_no_drawing_at_all(self, tmp_path: Path) -> None:
        with pytest.raises(FormatError, match="no drawing to write"):
            formats.write(tmp_path / "a.svg", [])


class TestAnimation:
    """How it looks in a browser is looked at by hand; here is what a browser is told."""

    def test_every_stroke_has_its_time(self, tmp_path: Path) -> None:
        SKETCH.save(tmp_path / "a.svg", animate=True, seconds=2)
        paths = list(ElementTree.parse(tmp_path / "a.svg").getroot().iter(NAMESPACE + "path"))
        assert [path.get("pathLength") for path in paths] == ["1"] * 4
        times = [re.findall(r"[\d.]+(?=s)", path.attrib["style"]) for path in paths]
        begins, durations = np.array(times, float).T
        assert (begins[1:] >= (begins + durations)[:-1] - 0.01).all()
        assert begins[-1] + durations[-1] == pytest.approx(2, abs=0.02)

    def test_nothing_is_hidden_where_nothing_moves(self, tmp_path: Path) -> None:
        """Dashes stand in the key frames alone, and those under a condition."""
        SKETCH.save(tmp_path / "a.svg", animate=True)
        root = ElementTree.parse(tmp_path / "a.svg").getroot()
        (style,) = root.iter(NAMESPACE + "style")
        before, _, rule = (style.text or "").partition("@media")
        assert before.startswith("@keyframes")
        assert "dash" not in rule
        assert not any("dash" in value for path in root.iter() for value in path.attrib.values())
        assert len(Sketch.open(tmp_path / "a.svg").by(Author.MODEL)) == 2

    def test_only_if_asked_for(self, tmp_path: Path) -> None:
        SKETCH.save(tmp_path / "a.svg")
        assert "animation" not in (tmp_path / "a.svg").read_text()

    def test_a_changed_style_sheet_makes_it_foreign(self, tmp_path: Path) -> None:
        SKETCH.save(tmp_path / "a.svg", animate=True)
        text = (tmp_path / "a.svg").read_text().replace("]]>", ".model{display:none}]]>")
        (tmp_path / "a.svg").write_text(text)
        assert len(Sketch.open(tmp_path / "a.svg")) == 2

    def test_a_sheet(self, tmp_path: Path) -> None:
        formats.write_sheet(tmp_path / "a.svg", [SKETCH] * 3, animate=True)
        root = ElementTree.parse(tmp_path / "a.svg").getroot()
        assert sum("style" in path.attrib for path in root.iter(NAMESPACE + "path")) == 12


class TestSheet:
    def test_every_drawing_stays_in_its_cell(self, tmp_path: Path) -> None:
        odd = [SKETCH, Sketch(), Sketch([[(7, 7)]]), Sketch([[(0, 0), (0, 9)]]), Sketch([[(0, 0), (1e6, 1)]])]
        svg.write_sheet(tmp_path / "a.svg", odd, columns=2, cell=100, titles=["a", "b & b", "c", "d", "e"])
        root = ElementTree.parse(tmp_path / "a.svg").getroot()
        boxes = root.findall(f"{NAMESPACE}g[@class='drawing']")
        assert len(boxes) == 5
        for box, sketch in zip(boxes, odd, strict=True):
            frame = box.find(NAMESPACE + "rect")
            assert frame is not None
            left, top = float(frame.attrib["x"]), float(frame.attrib["y"])
            paths = list(box.iter(NAMESPACE + "path"))
            assert len(paths) == len(sketch)
            for path in paths:
                numbers = (
                    path.attrib["d"]
                    .replace("M", " ")
                    .replace("L", " ")
                    .replace("Q", " ")
                    .replace("h0", "")
                    .replace(",", " ")
                )
                points = np.array(numbers.split(), float).reshape(-1, 2) - (left, top)
                assert points.min() >= 10
                assert points.max() <= 90
        assert [text.text for text in root.iter(NAMESPACE + "text")] == ["a", "b & b", "c", "d", "e"]

    def test_paper_covers_it_in_viewers_that_take_per_cent_of_something_else(self, tmp_path: Path) -> None:
        svg.write_sheet(tmp_path / "a.svg", [SKETCH] * 3, cell=100)
        root = ElementTree.parse(tmp_path / "a.svg").getroot()
        paper = root.find(NAMESPACE + "rect")
        assert paper is not None
        assert root.attrib["viewBox"].split() == ["0", "0", paper.attrib["width"], paper.attrib["height"]]

    def test_one_title_a_drawing(self, tmp_path: Path) -> None:
        with pytest.raises(FormatError, match="1 drawings but 2 titles"):
            svg.write_sheet(tmp_path / "a.svg", [SKETCH], titles=["a", "b"])


class TestForeignFiles:
    def test_polylines_of_all_kinds(self, tmp_path: Path) -> None:
        sketch = read(
            tmp_path,
            '<path d="M1 2l2,2-1.5.5V9zm1 1h4"/><line x1="0" y1="0" x2="9" y2="9"/>'
            '<polyline points="1,2 3,4 5,6"/><polygon points="0,0 4,0 4,4"/>'
            '<rect x="1" width="5" height="2"/>',
        )
        assert [stroke.tolist() for stroke in sketch.strokes] == [
            [[1, 2], [3, 4], [1.5, 4.5], [1.5, 9], [1, 2]],
            [[2, 3], [6, 3]],
            [[0, 0], [9, 9]],
            [[1, 2], [3, 4], [5, 6]],
            [[0, 0], [4, 0], [4, 4], [0, 0]],
            [[1, 0], [6, 0], [6, 2], [1, 2], [1, 0]],
        ]

    @pytest.mark.parametrize(
        "shape",
        [
            '<circle cx="200" cy="300" r="100"/>',
            '<ellipse cx="200" cy="300" rx="100" ry="100"/>',
            '<path d="M100 300A100 100 0 0 1 300 300 100 100 0 0 1 100 300"/>',
            '<rect x="100" y="200" width="200" height="200" rx="100"/>',
            '<g transform="translate(200 300) scale(10)"><circle r="10"/></g>',
            '<use href="#c" x="200" y="300"/><defs><circle id="c" r="100"/></defs>',
        ],
    )
    def test_a_circle_stays_round(self, tmp_path: Path, shape: str) -> None:
        (stroke,) = read(tmp_path, shape).strokes
        middles = (stroke[1:] + stroke[:-1]) / 2
        for points in (stroke, middles):
            assert np.hypot(*(points - (200, 300)).T) == pytest.approx(np.full(len(points), 100), abs=0.25)
        assert 30 < len(stroke) < 70

    def test_bezier_curves(self, tmp_path: Path) -> None:
        cubic, quadratic = read(
            tmp_path, '<path d="M0 0C0 60 100 60 100 0"/><path d="M0 0Q50 90 100 0"/>'
        ).strokes
        for stroke, top in ((cubic, 45), (quadratic, 45)):
            assert stroke[0].tolist() == [0, 0]
            assert stroke[-1].tolist() == [100, 0]
            assert stroke[:, 1].max() == pytest.approx(top, abs=0.1)

    def test_view_box_and_units(self, tmp_path: Path) -> None:
        line = '<path d="M0 0L50 0"/>'
        assert read(tmp_path, line, 'width="200" height="200" viewBox="0 0 100 100"').bounds.width == 100
        assert read(tmp_path, line, 'width="1in" height="1in" viewBox="0 0 50 50"').bounds.width == 96
        assert read(tmp_path, line, 'width="100%" height="100%" viewBox="0 0 50 50"').bounds.width == 50

    def test_what_cannot_be_seen_is_left_out(self, tmp_path: Path) -> None:
        sketch = read(
            tmp_path,
            "<style>/* none { } */ .off{display:none} .no{fill:none}</style>"
            '<path class="off" d="M0 0L1 1"/><path class="no" d="M0 0L2 2"/>'
            '<path display="none" d="M0 0L3 3"/><path style="fill:none;stroke:none" d="M0 0L4 4"/>'
            '<g visibility="hidden"><path d="M0 0L5 5"/></g>'
            '<defs><path d="M0 0L6 6"/></defs><symbol><path d="M0 0L7 7"/></symbol>'
            '<clipPath><path d="M0 0L8 8"/></clipPath>'
            '<path d="M3 3"/><path d="M0 0L9 9" fill="none" stroke="red"/>',
        )
        assert [stroke.tolist() for stroke in sketch.strokes] == [[[0, 0], [9, 9]]]

    def test_dots_titles_and_authors(self, tmp_path: Path) -> None:
        sketch = read(
            tmp_path, '<title> a dog </title><path d="M5 5h0"/><path class="x model" d="M1 1L2 2"/>'
        )
        assert sketch == Sketch([[(5, 5)], [(1, 1), (2, 2)]], [Author.HUMAN, Author.MODEL], "a dog")

    def test_the_doctype_of_svg(self, tmp_path: Path) -> None:
        doctype = (
            '<?xml version="1.0" standalone="no"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
            '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        )
        assert len(formats.read_one(foreign(tmp_path, '<path d="M0 0L1 1"/>', before=doctype))) == 1


class TestHostileFiles:
    """Each is refused in one line and in no time, and nothing outside the file is read."""

    def refused(self, path: Path, said: str) -> None:
        begun = time.process_time()
        with pytest.raises(FormatError, match=said) as error:
            formats.read_one(path)
        assert time.process_time() - begun < 5, "seconds of the processor, wherever it is busy"
        assert str(error.value).startswith(str(path))
        assert "\n" not in str(error.value)

    @pytest.mark.parametrize(
        "doctype",
        [
            '<!DOCTYPE svg [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>',
            '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE svg [<!ENTITY % a SYSTEM "http://127.0.0.1/a.dtd"> %a;]>',
            '<!DOCTYPE svg SYSTEM "http://127.0.0.1/a.dtd">',
            '<!DOCTYPE svg PUBLIC "-//Anybody//DTD" "http://127.0.0.1/a.dtd">',
            '<!DOCTYPE svg [<!ATTLIST path d CDATA "M0 0L1 1">]>',
        ],
    )
    def test_entities_and_document_types(self, tmp_path: Path, doctype: str) -> None:
        self.refused(
            foreign(tmp_path, "<title>&a;</title>", before=doctype), "declares entities or a document type"
        )

    @pytest.mark.parametrize(
        ("inside", "said"),
        [
            ('<use xlink:href="http://127.0.0.1/a.svg#b"/>', "uses another file"),
            ('<use href="file:///etc/passwd"/>', "uses another file"),
            ('<image href="http://127.0.0.1/a.png" width="5" height="5"/>', "no line in it"),
            ("<text>words</text>", "no line in it"),
            ('<g id="a"><use href="#a"/></g>', "without end"),
            ('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>', "without end"),
            ("<g>" * 50_000 + "</g>" * 50_000, "nested"),
            ("<g>" * 50, "no well-formed XML"),
            ('<path d="M0 0L' + "1 2 3 4 " * 500_000 + '"/>', "more than 220,000 points"),
            ('<path d="M0 0L' + "1 2 3 4 " * 3_000_000 + '"/>', "too long"),
            ('<path d="M0 0L5 5"/>' * 100_000, "more than 20,000 strokes"),
            ('<path d="M0 0' + "m1 1h1" * 100_000 + '"/>', "more than 20,000 strokes"),
            ('<path d="M0 0"/>' * 100_000, "too many shapes"),
            ("<g/>" * 600_000, "too many"),
            ('<path d="M0 0' + "L0 0 9 9" * 150_000 + '"/>', "points"),
            ('<path d="M0 0' + "z" * 500_000 + '"/>', "more than 20,000 strokes"),
            ('<path d="M0 0' + "a1 1 0 0 0 2 3" * 500_000 + '"/>', "more than 220,000 points"),
            ('<circle r="5"/>' * 40_000, "strokes"),
            ("".join(f"<g id='a{n}' class='{'b ' * 400}'/>" for n in range(20_000)), "no line in it"),
            ('<path d="M0 0L1e999 5"/>', "not a finite number"),
            ('<path d="M0 0L1e20 5"/>', "beyond"),
            ('<title>a\nb</title><path d="M0 0L1 1"/>', "label"),
        ],
    )
    @pytest.mark.filterwarnings("error")
    def test_content(self, tmp_path: Path, inside: str, said: str) -> None:
        self.refused(foreign(tmp_path, inside), said)

    def test_symbols_within_symbols(self, tmp_path: Path) -> None:
        levels = "".join(f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 10 + "</g>" for n in range(1, 30))
        self.refused(foreign(tmp_path, '<path id="g0" d="M0 0L1 1"/>' + levels), "too many")

    @pytest.mark.parametrize(
        "inside",
        [
            "<style>" + "a" * 1_000_000 + "</style>",
            "<style>" + "/*" * 500_000 + "</style>",
            "<style>" + "a{fill:red}" * 5_000 + "</style>",
            "<style>" + "path{fill:red}" * 5_000 + "</style>" + '<path d="M0 0" display="none"/>' * 15_000,
            '<path d="M1 1' + "z" * 1_000_000 + '" display="none"/>',
            '<g transform="rotate(1)">' * 90 + '<path d="M0 0" fill="none"/>' * 9_000 + "</g>" * 90,
            '<path style="' + "fill:none;" * 100_000 + '" d="M0 0"/>',
            '<path d="M0 0' + " " * 3_000_000 + '"/>',
            '<path transform="' + "rotate(1)" * 100_000 + '" d="M0 0"/>',
        ],
    )
    def test_long_texts_are_read_quickly(self, tmp_path: Path, inside: str) -> None:
        begun = time.process_time()
        assert len(read(tmp_path, inside + '<path d="M0 0L1 1"/>')) == 1
        assert time.process_time() - begun < 5

    def test_a_gigantic_file(self, tmp_path: Path) -> None:
        self.refused(foreign(tmp_path, " " * (64 << 20)), "larger than 64 MiB")

    def test_too_many_points_of_our_own(self, tmp_path: Path) -> None:
        Sketch([[(0, 0), (1, 1)]]).save(tmp_path / "a.svg")
        text = (tmp_path / "a.svg").read_text().replace("L1,1", "L1,1" + " 1,1" * 300_000)
        (tmp_path / "a.svg").write_text(text)
        self.refused(tmp_path / "a.svg", "more than 200,000 points")

    @pytest.mark.filterwarnings("error")
    def test_numbers_too_large_of_our_own(self, tmp_path: Path) -> None:
        Sketch([[(0, 0), (1, 1)]], pressures=[[0.5, 1.0]]).save(tmp_path / "a.svg")
        text = (tmp_path / "a.svg").read_text()
        (tmp_path / "a.svg").write_text(text.replace("L1,1", "L1,99e+99"))
        self.refused(tmp_path / "a.svg", "not a finite number")
        (tmp_path / "a.svg").write_text(text.replace("0.5 1", "0.5 99e+99"))
        self.refused(tmp_path / "a.svg", "not from 0 to 1")

    def test_other_xml(self, tmp_path: Path) -> None:
        (tmp_path / "a.svg").write_text("<kml><a/></kml>")
        self.refused(tmp_path / "a.svg", "root element is 'kml', not svg")
