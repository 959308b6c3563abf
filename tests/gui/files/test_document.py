"""The document: steps back and forth, and files that are never lost nor overwritten by accident."""

from __future__ import annotations

import numpy as np
import pytest

from gui.files.document import Document
from gui.paper.ink import PEN_WIDTH
from gui.paper.paper import HEIGHT, WIDTH
from sketchrnn.errors import SketchError, SketchRNNError
from sketchrnn.sketch import MAX_POINTS, MAX_STROKES, Author, Sketch

LINE = [(100.25, 100.5), (200.125, 150.0), (300.0, 90.75)]


@pytest.fixture
def document(qapp) -> Document:
    return Document()


def test_strokes_of_a_model_are_one_step(document):
    document.add([LINE], Author.HUMAN)
    document.add([LINE, LINE, LINE], Author.MODEL)
    document.undo_stack.undo()
    assert [ink.author for ink in document.strokes] == [Author.HUMAN]
    document.undo_stack.redo()
    assert [ink.author for ink in document.strokes] == [Author.HUMAN, *[Author.MODEL] * 3]


def test_clearing_is_a_step_too(document):
    document.add([LINE], Author.HUMAN)
    document.clear()
    assert document.strokes == ()
    document.undo_stack.undo()
    assert len(document.strokes) == 1


def test_what_comes_back_is_what_was_saved(document, tmp_path):
    document.add([LINE], Author.HUMAN)
    document.add([LINE[:2]], Author.MODEL)
    path = tmp_path / "face.svg"
    document.save(path)
    assert not document.modified and document.path == path
    other = Document()
    other.open(path)
    assert other.path == path and not other.modified
    assert [ink.author for ink in other.strokes] == [Author.HUMAN, Author.MODEL]
    np.testing.assert_allclose(other.strokes[0].points, LINE, atol=0.01)


def test_what_was_drawn_while_a_file_was_written_is_not_in_it(document, tmp_path):
    document.add([LINE], Author.HUMAN)
    written = document.strokes
    document.add([LINE[:2]], Author.HUMAN)
    document.saved(tmp_path / "a.svg", written)
    assert document.path == tmp_path / "a.svg" and document.modified
    document.saved(tmp_path / "a.svg", document.strokes)
    assert not document.modified


def test_a_drawing_from_elsewhere_is_centred_and_belongs_to_no_file(document, tmp_path):
    path = tmp_path / "doodles.ndjson"
    Sketch([[(0, 0), (255, 0), (255, 100)]]).save(path)
    document.open(path)
    assert document.path is None
    bounds = document.sketch.bounds
    assert (bounds.left + bounds.right) / 2 == pytest.approx(WIDTH / 2, abs=0.5)
    assert (bounds.top + bounds.bottom) / 2 == pytest.approx(HEIGHT / 2, abs=0.5)
    assert bounds.width > 400


def test_a_huge_svg_is_brought_onto_the_paper(document, tmp_path):
    path = tmp_path / "huge.svg"
    Sketch([[(0, 0), (9000, 9000)]]).save(path)
    document.open(path)
    bounds = document.sketch.bounds
    assert min(bounds.left, bounds.top) >= 0
    assert bounds.right <= WIDTH and bounds.bottom <= HEIGHT
    assert document.path is None


def test_another_programs_svg_keeps_its_place_but_is_not_written_over(document, tmp_path):
    path = tmp_path / "inkscape.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 720" width="960" height="720">'
        '<path d="M100 100 L300 200" stroke="black" fill="none"/><text>not a stroke</text></svg>'
    )
    document.open(path)
    np.testing.assert_allclose(document.strokes[0].points, [(100, 100), (300, 200)], atol=0.5)
    assert document.path is None


def test_a_drawing_of_another_size_is_laid_on_the_paper(document, tmp_path):
    """The command line writes a drawing without the paper around it."""
    Sketch([[(10, 10), (50, 40)]]).save(tmp_path / "small.svg")
    document.open(tmp_path / "small.svg")
    (left, top), (right, bottom) = document.strokes[0].points
    assert right - left > 300 and (left + right) / 2 == pytest.approx(480)
    assert (top + bottom) / 2 == pytest.approx(360)
    assert document.path is None


def test_the_file_looks_like_the_paper(document, tmp_path):
    document.add([LINE], Author.HUMAN)
    document.save(tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text()
    assert 'viewBox="0 0 960 720"' in text and f'stroke-width="{PEN_WIDTH}"' in text


@pytest.mark.parametrize("content", [None, b"", b"no svg at all", b"<svg", b"\x00" * 100])
def test_a_broken_file_changes_nothing(document, tmp_path, content):
    document.add([LINE], Author.HUMAN)
    path = tmp_path / "broken.svg"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SketchRNNError):
        document.open(path)
    assert len(document.strokes) == 1 and document.modified


def test_full_paper_refuses_more_and_keeps_what_it_has(document):
    document.add([np.zeros((MAX_POINTS, 2))], Author.HUMAN)
    with pytest.raises(SketchError):
        document.add([LINE], Author.HUMAN)
    assert len(document.strokes) == 1
    document.new()
    document.add([LINE] * MAX_STROKES, Author.HUMAN)
    with pytest.raises(SketchError):
        document.add([LINE], Author.HUMAN)
    assert len(document.strokes) == MAX_STROKES


def test_undo_steps_share_their_strokes(document):
    document.add([LINE], Author.HUMAN)
    first = document.strokes[0].points
    document.add([LINE], Author.HUMAN)
    document.undo_stack.undo()
    assert document.strokes[0].points is first
