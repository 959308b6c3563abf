"""InkML: our own files come back to the last bit, others' traces in every encoding of the standard."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sketchrnn import formats
from sketchrnn.errors import FormatError
from sketchrnn.sketch import Author, Sketch

ROOT = '<ink xmlns="http://www.w3.org/2003/InkML">'

floats = st.floats(-1e9, 1e9, width=32)
rows = st.lists(st.tuples(floats, floats, st.floats(0, 1, width=32)), min_size=1, max_size=6)
strokes = st.lists(st.tuples(rows, st.sampled_from(["human", "model"]), st.booleans()), max_size=4)
labels = st.none() | st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=20)


def sketch_of(parts: list[tuple[list[tuple[float, float, float]], str, bool]], label: str | None) -> Sketch:
    return Sketch(
        [[row[:2] for row in points] for points, _, _ in parts],
        [author for _, author, _ in parts],
        label,
        [[row[2] for row in points] if pressed else None for points, _, pressed in parts],
    )


def write(tmp_path: Path, inside: str, before: str = "") -> Path:
    path = tmp_path / "a.inkml"
    path.write_text(f"{before}{ROOT}{inside}</ink>", encoding="utf-8")
    return path


def points(tmp_path: Path, inside: str) -> list[list[list[float]]]:
    return [stroke.tolist() for stroke in formats.read_one(write(tmp_path, inside)).strokes]


class TestOwnFiles:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.tuples(strokes, labels), min_size=1, max_size=3))
    def test_read_back_every_bit(self, tmp_path: Path, drawings: list) -> None:  # type: ignore[type-arg]
        sketches = [sketch_of(parts, label) for parts, label in drawings]
        formats.write(tmp_path / "a.inkml", sketches)
        again = list(formats.read(tmp_path / "a.inkml"))
        assert again == sketches
        for one, other in zip(again, sketches, strict=True):
            assert [s.tobytes() for s in one.strokes] == [s.tobytes() for s in other.strokes]

    def test_are_plain_traces_for_others(self, tmp_path: Path) -> None:
        sketch = Sketch([[(0, 0), (10, 0.5)], [(5, 5)]], ["human", "model"], "a <dog>", [None, [0.25]])
        sketch.save(tmp_path / "a.inkml")
        text = (tmp_path / "a.inkml").read_text()
        assert '<trace brushRef="#human">0 0, 10 0.5</trace>' in text
        assert '<trace brushRef="#model" contextRef="#pressed">5 5 0.25</trace>' in text
        assert '<annotation type="truth">a &lt;dog&gt;</annotation>' in text
        foreign = text.replace('<annotation type="generator">sketchrnn</annotation>', "")
        (tmp_path / "b.inkml").write_text(foreign)
        assert Sketch.open(tmp_path / "b.inkml").strokes[1].tolist() == [[5, 5]]

    def test_same_drawings_same_bytes(self, tmp_path: Path) -> None:
        for name in ("a.inkml", "b.inkml"):
            formats.write(tmp_path / name, [Sketch([[(0, 0), (1, 2)]])] * 2)
        assert (tmp_path / "a.inkml").read_bytes() == (tmp_path / "b.inkml").read_bytes()


class TestTraces:
    def test_the_standards_own_example(self, tmp_path: Path) -> None:
        """Of its section on traces: absolute values, first and second differences, wildcards, switches."""
        trace = "1125 18432,'23'43,\"7\"-8,3-5,7 -3,6 2,6 8,3 6 T,2 4*T,3 6,3-6 F F"
        channels = "".join(f'<channel name="{name}"/>' for name in "XY")
        switches = "".join(f'<channel name="B{n}" type="boolean" default="F"/>' for n in (1, 2))
        form = f"<traceFormat>{channels}<intermittentChannels>{switches}</intermittentChannels></traceFormat>"
        (stroke,) = points(tmp_path, f"<context>{form}</context><trace>{trace}</trace>")
        assert stroke == [
            [1125, 18432],
            [1148, 18475],
            [1178, 18510],
            [1211, 18540],
            [1251, 18567],
            [1297, 18596],
            [1349, 18633],
            [1404, 18676],
            [1461, 18723],
            [1521, 18776],
            [1584, 18823],
        ]

    @pytest.mark.parametrize(
        ("trace", "expected"),
        [
            ("1 2, 3 4", [[1, 2], [3, 4]]),
            ("1 2,3 4,", [[1, 2], [3, 4]]),
            ("\n1\t2 ,\n 3 4\n", [[1, 2], [3, 4]]),
            ("-1.5-2, .5 1e2", [[-1.5, -2], [0.5, 100]]),
            ("#FF #10, * *", [[255, 16], [255, 16]]),
            ("1 2, '1 '2, * *, !7 *", [[1, 2], [2, 4], [3, 6], [7, 8]]),
            ("1 1, \"1 '0, * *, * *", [[1, 1], [2, 1], [4, 1], [7, 1]]),
            ("1 2, ? 5", [[1, 2], [1, 5]]),
            ("1 2 9 9 9, 3 4 9", [[1, 2], [3, 4]]),
        ],
    )
    def test_ways_to_write_points(self, tmp_path: Path, trace: str, expected: list[list[float]]) -> None:
        assert points(tmp_path, f"<trace>{trace}</trace>") == [expected]

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(st.tuples(st.integers(-999, 999), st.integers(-999, 999)), min_size=1, max_size=20),
        st.data(),
    )
    def test_every_encoding_of_the_same_points(
        self, tmp_path: Path, wanted: list[tuple[int, int]], data: st.DataObject
    ) -> None:
        """Each value as itself, as a difference, or as the difference of differences, as it comes."""
        texts = []
        signs, speeds, before = ["!", "!"], [0, 0], [0, 0]
        for number, point in enumerate(wanted):
            text = ""
            for axis, value in enumerate(point):
                sign = data.draw(st.sampled_from("!'\"")) if number else "!"
                speed = value - before[axis]
                given = {"!": value, "'": speed, '"': speed - speeds[axis]}[sign]
                text += " " + (sign if sign != signs[axis] else "") + str(given)
                speeds[axis] = 0 if sign == "!" else speed
                signs[axis], before[axis] = sign, value
            texts.append(text)
        (stroke,) = points(tmp_path, f"<trace>{','.join(texts)}</trace>")
        assert stroke == [list(point) for point in wanted]

    def test_channels_in_any_order(self, tmp_path: Path) -> None:
        channels = "".join(f'<channel name="{name}"/>' for name in ("T", "Y", "F", "X"))
        inside = f"<context><traceFormat>{channels}</traceFormat></context><trace>0 2 .5 1, 9 4 1 3</trace>"
        sketch = formats.read_one(write(tmp_path, inside))
        assert sketch == Sketch([[(1, 2), (3, 4)]], pressures=[[0.5, 1]])

    @pytest.mark.parametrize(
        ("attributes", "inside", "scale"),
        [
            ('units="himetric"', "", 0.01 / 25.4 * 96),
            ('units="in"', "", 96),
            ('units="dev"', "", 1),
            ('units="cm"', '<channelProperty name="resolution" value="96" units="1/in"/>', 1),
            ('orientation="-ve"', "", -1),
        ],
    )
    def test_units_and_directions(self, tmp_path: Path, attributes: str, inside: str, scale: float) -> None:
        channels = "".join(f'<channel name="{name}" {attributes}>{inside}</channel>' for name in "XY")
        text = f"<context><traceFormat>{channels}</traceFormat></context><trace>0 0, 100 50</trace>"
        (stroke,) = points(tmp_path, text)
        assert stroke[1] == pytest.approx([100 * scale, 50 * scale], rel=1e-6)

    def test_contexts_that_refer_to_each_other(self, tmp_path: Path) -> None:
        inside = """
            <definitions>
             <traceFormat xml:id="f"><channel name="Y"/><channel name="X"/></traceFormat>
             <inkSource xml:id="s" traceFormatRef="#f"/>
             <brush xml:id="model"/>
             <context xml:id="a" inkSourceRef="#s"/>
             <context xml:id="b" contextRef="#a" brushRef="#model"/>
            </definitions>
            <trace>1 2</trace><trace contextRef="#b">1 2</trace>
            <context contextRef="#a"/><trace>1 2</trace>
            <traceGroup contextRef="#b"><traceGroup><trace>1 2</trace></traceGroup></traceGroup>"""
        sketch = formats.read_one(write(tmp_path, inside))
        assert [stroke.tolist() for stroke in sketch.strokes] == [[[1, 2]], [[2, 1]], [[2, 1]], [[2, 1]]]
        assert sketch.authors == (Author.HUMAN, Author.MODEL, Author.HUMAN, Author.MODEL)

    def test_traces_in_parts_above_the_paper_and_in_store(self, tmp_path: Path) -> None:
        inside = """
            <definitions><traceGroup xml:id="g"><trace>9 9, 8 8</trace></traceGroup>
             <trace xml:id="unseen">7 7</trace></definitions>
            <trace id="a" continuation="begin">1 1, 2 2</trace>
            <trace type="penUp">2 2, 5 5</trace>
            <trace>4 4</trace>
            <trace continuation="end" priorRef="#a">3 3</trace>
            <traceView traceDataRef="#g"/><traceView traceDataRef="#a"/>"""
        assert points(tmp_path, inside) == [[[1, 1], [2, 2], [3, 3]], [[4, 4]], [[9, 9], [8, 8]]]

    def test_the_label_and_any_prefix(self, tmp_path: Path) -> None:
        path = tmp_path / "a.inkml"
        path.write_text(
            '<i:ink xmlns:i="http://www.w3.org/2003/InkML">'
            '<i:annotation type="truth"> a\n dog </i:annotation>'
            "<i:trace>1 2, 3 4</i:trace></i:ink>"
        )
        assert Sketch.open(path) == Sketch([[(1, 2), (3, 4)]], label="a dog")

    @pytest.mark.parametrize(("low", "high"), [("0", "1023"), ("-512", "511")])
    def test_pressure_in_any_unit(self, tmp_path: Path, low: str, high: str) -> None:
        channels = f'<channel name="X"/><channel name="Y"/><channel name="F" min="{low}" max="{high}"/>'
        inside = (
            f"<context><traceFormat>{channels}</traceFormat></context><trace>1 2 {low}, 3 4 {high}</trace>"
        )
        assert formats.read_one(write(tmp_path, inside)).pressures[0].tolist() == [0, 1]  # type: ignore[union-attr]
        beyond = inside.replace(f"4 {high}", "4 99999")
        assert formats.read_one(write(tmp_path, beyond)).pressures == (None,)


class TestRefused:
    @pytest.mark.parametrize(
        ("inside", "said"),
        [
            ("", "no trace in it"),
            ("<trace>1 2, 3</trace>", "point 2 of trace 1 lacks a value"),
            ("<trace>1 2, 3 x</trace>", "trace 1 has 'x'"),
            ("<trace>nan 1</trace>", "trace 1 has 'n'"),
            ("<trace>1e999 1</trace>", "not a finite number"),
            ("<trace>1 2, '1e308 1, * *, * *</trace>", "coordinate"),
            ("<trace>" + "1 2," * 300_000 + "</trace>", "too many points"),
            (
                "<trace>" + "1 2," * 1_000 + "</trace>" + ("<trace>" + "1 2," * 9_000 + "</trace>") * 30,
                "too many",
            ),
            ("<trace>'1 2" + " 1" * 2_000_000 + "</trace>", "absurdly long"),
            ('<context><traceFormat><channel name="X"/></traceFormat></context><trace>1</trace>', "X and Y"),
            (
                "<context><traceFormat>"
                + '<channel name="X"/>' * 99
                + '<channel name="Y"/></traceFormat></context>'
                "<trace>1</trace>",
                "32 channels",
            ),
            (
                '<definitions><traceGroup id="g"><traceView traceDataRef="#g"/></traceGroup></definitions>'
                '<traceView traceDataRef="#g"/>',
                "without end",
            ),
        ],
    )
    @pytest.mark.filterwarnings("error")
    def test_in_one_line_that_names_the_file(self, tmp_path: Path, inside: str, said: str) -> None:
        path = write(tmp_path, inside)
        with pytest.raises(FormatError, match=re.escape(said)) as error:
            list(formats.read(path))
        assert str(error.value).startswith(str(path))
        assert "\n" not in str(error.value)

    def test_views_of_views_of_views(self, tmp_path: Path) -> None:
        levels = "".join(
            f'<traceGroup id="g{n}">' + f'<traceView traceDataRef="#g{n - 1}"/>' * 10 + "</traceGroup>"
            for n in range(1, 20)
        )
        store = f'<definitions><traceGroup id="g0"/>{levels}</definitions>'
        with pytest.raises(FormatError, match="too often"):
            formats.read_one(write(tmp_path, store + '<traceView traceDataRef="#g19"/>'))

    def test_contexts_that_refer_to_themselves(self, tmp_path: Path) -> None:
        inside = (
            '<definitions><context id="a" contextRef="#a"/><context id="b" contextRef="#a"/></definitions>'
        )
        assert points(tmp_path, inside + '<trace contextRef="#b">1 2</trace>') == [[[1, 2]]]

    def test_a_web_of_contexts_is_searched_once(self, tmp_path: Path) -> None:
        contexts = "".join(
            f'<context id="{n}" contextRef="#{(n + 1) % 9}" inkSourceRef="#{(n + 2) % 9}"/>' for n in range(9)
        )
        traces = '<trace contextRef="#0">1 2</trace>' * 9_000
        begun = time.process_time()
        path = write(tmp_path, f"<definitions>{contexts}</definitions>{traces}")
        assert len(formats.read_one(path)) == 9_000
        assert time.process_time() - begun < 5

    @pytest.mark.parametrize(
        "doctype", ['<!DOCTYPE ink [<!ENTITY a "1 2">]>', '<!DOCTYPE ink SYSTEM "a.dtd">']
    )
    def test_entities_and_document_types(self, tmp_path: Path, doctype: str) -> None:
        with pytest.raises(FormatError, match="declares entities or a document type"):
            formats.read_one(write(tmp_path, "<trace>&a;</trace>", before=doctype))

    def test_an_svg(self, tmp_path: Path) -> None:
        (tmp_path / "a.inkml").write_text("<!-- --><svg/>")
        with pytest.raises(FormatError, match="an SVG drawing, whatever its name says"):
            formats.read_one(tmp_path / "a.inkml")
