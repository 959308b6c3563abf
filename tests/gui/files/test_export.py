"""Export: every form is written as what its name says, and a failure is a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hand import draw_with_mouse

from gui.files.export import KINDS, resolved, write_pdf
from sketchrnn.errors import FormatError
from sketchrnn.sketch import Author, Sketch

LINE = [(100.0, 100.0), (200.0, 150.0), (300.0, 100.0)]
BEGINS = {
    ".svg": b"<?xml",
    ".png": b"\x89PNG",
    ".pdf": b"%PDF-1",
    ".gif": b"GIF89a",
    ".inkml": b"<?xml",
    ".ndjson": b'{"word"',
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_is_what_it_is_called(window, qtbot, tmp_path, kind):
    draw_with_mouse(window.canvas, LINE)
    window.dialogs.save_path, window.dialogs.kind = tmp_path / "mine", kind
    window.actions_.export.trigger()
    path = tmp_path / f"mine{kind.suffix}"
    qtbot.waitUntil(lambda: window.caption.text() == f"Exported to {path.name}.", timeout=60_000)
    assert path.read_bytes().startswith(BEGINS[kind.suffix])
    moving = "draws itself" in kind.name and kind.suffix == ".svg"
    assert (b"animation-delay" in path.read_bytes()) is moving
    assert window.document.modified and window.document.path is None


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.suffix in (".svg", ".inkml", ".ndjson")])
def test_what_can_be_read_again_is_the_same_drawing(tmp_path, kind):
    sketch = Sketch([LINE, [(5.5, 6.25)]], [Author.HUMAN, Author.MODEL])
    path = tmp_path / f"a{kind.suffix}"
    kind.save(path, sketch)
    assert Sketch.open(path) == sketch


def test_a_typed_suffix_wins_over_the_list():
    svg, pdf = KINDS[0], KINDS[3]
    assert resolved(Path("a.pdf"), svg) == (Path("a.pdf"), pdf)
    assert resolved(Path("a"), pdf) == (Path("a.pdf"), pdf)
    assert resolved(Path("v1.2"), svg) == (Path("v1.2.svg"), svg)
    assert resolved(Path("a.svg"), KINDS[1]) == (Path("a.svg"), KINDS[1])


def test_a_failure_is_one_sentence(window, qtbot, tmp_path):
    draw_with_mouse(window.canvas, LINE)
    window.dialogs.save_path, window.dialogs.kind = tmp_path / "nowhere" / "a.pdf", KINDS[3]
    window.actions_.export.trigger()
    qtbot.waitUntil(lambda: bool(window.dialogs.told))
    assert len(window.dialogs.told) == 1 and "a.pdf" in window.dialogs.told[0]


def test_a_pdf_that_stands_is_kept_when_writing_fails(qapp, tmp_path):
    path = tmp_path / "a.pdf"
    path.mkdir()
    with pytest.raises(FormatError):
        write_pdf(path, Sketch([LINE]))
