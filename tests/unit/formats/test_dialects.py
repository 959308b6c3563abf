"""SVGs as many programs write them; `dialects/README.md` says where each is from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sketchrnn import formats
from sketchrnn.sketch import Floats, Sketch

FILES = Path(__file__).parent / "dialects"
MM, CM = 96 / 25.4, 96 / 2.54


def opened(name: str) -> Sketch:
    return formats.read_one(FILES / f"{name}.svg")


def is_circle(stroke: Floats, x: float, y: float, radius: float) -> bool:
    """Closed, round all the way, and once around."""
    distances = np.hypot(*(stroke - (x, y)).T)
    turned = np.unwrap(np.arctan2(*(stroke - (x, y)).T[::-1]))
    return bool(
        np.allclose(distances, radius, rtol=0.01) and abs(abs(turned[-1] - turned[0]) - 2 * np.pi) < 0.05
    )


def box(stroke: Floats) -> list[float]:
    return [*stroke.min(axis=0).tolist(), *stroke.max(axis=0).tolist()]


@pytest.mark.parametrize(
    ("name", "circle", "rectangle"),
    [
        ("inkscape", (60 * MM, 20 * MM, 12.5 * MM), (5 * MM, 5 * MM, 35 * MM, 25 * MM)),
        ("libreoffice", (12 * CM, 4 * CM, 2.5 * CM), (CM, CM, 7 * CM, 5 * CM)),
        ("cairo", (120, 40, 25), (10, 10, 70, 50)),
        ("chromium", (120, 40, 25), (10, 10, 70, 50)),
        ("illustrator", (120, 40, 25), (10, 10, 70, 50)),
        ("figma", (120, 40, 24.5), (10.5, 10.5, 69.5, 49.5)),
        ("matplotlib", (115.2, 38.4, 24), None),
        ("excalidraw", (240, 80, 50), None),
        ("excalidraw_2022", (120, 40, 25), None),
        ("tldraw", (120, 40, 25), None),
        ("drawio", (120.5, 40.5, 25), (10.5, 10.5, 70.5, 50.5)),  # its view box begins half a pixel before
    ],
)
def test_the_scene_is_where_it_was_drawn(
    name: str, circle: tuple[float, float, float], rectangle: tuple[float, ...] | None
) -> None:
    sketch = opened(name)
    assert sum(is_circle(stroke, *circle) for stroke in sketch.strokes) == 1
    if rectangle is not None:
        assert sum(box(stroke) == pytest.approx(rectangle, abs=0.05) for stroke in sketch.strokes) == 1


@pytest.mark.parametrize(
    ("name", "strokes"),
    [
        ("inkscape", 4),  # without the hidden layer and the words; with the clone
        ("libreoffice", 5),  # without the boxes around them and the bullets of lists
        ("potrace", 3),
        ("cairo", 4),
        ("matplotlib", 4),  # a line, a circle and two markers; without the page
        ("chromium", 3),  # without what is hidden
        ("illustrator", 3),  # without the hidden layer and the clip path
        ("figma", 8),  # without the page, masks, the clip path, the pattern and what it fills
        ("excalidraw", 8),  # without the page, the words, the picture, the mask and the frame
        ("excalidraw_2022", 34),  # lines twice, the arrow's head, hachures; without the page and the words
        ("tldraw", 2),  # without hatches that nothing uses, and the words
        ("drawio", 4),  # without the words and the box around them
        ("graphviz", 5),  # without the page and the words
        ("illustrator_15", 16),  # without what is commented out
        ("affinity", 12),
    ],
)
def test_what_is_seen_is_read_and_nothing_else(name: str, strokes: int) -> None:
    assert len(opened(name)) == strokes


def test_a_graph_without_a_height_is_as_large_as_its_width_says() -> None:
    """Graphviz: a width in points and a view box, and the graph is scaled and moved once more."""
    scale = 250 * 96 / 72 / 363 * 4.1667
    line = opened("graphviz").strokes[0]
    expected = [((8.5 + 4) * scale, (78 - 50) * scale), ((71.5 + 4) * scale, (78 - 50) * scale)]
    assert line.tolist() == pytest.approx(np.array(expected), abs=0.01)


def test_a_logo_is_where_its_view_box_puts_it() -> None:
    """Affinity: the size of the page is a share of a window that nobody has; the view box counts."""
    rim = opened("affinity").strokes[0]
    assert is_circle(rim, 15.99, 16.0, 14.46)


def test_filled_outlines_become_their_contours() -> None:
    """A ring of potrace: two contours within each other, upside up."""
    outer, inner, square = opened("potrace").strokes
    pt = 96 / 72
    assert box(outer) == pytest.approx([20 * pt, 20 * pt, 80 * pt, 80 * pt], abs=1.5 * pt)
    assert box(inner) == pytest.approx([40 * pt, 40 * pt, 60 * pt, 60 * pt], abs=1.5 * pt)
    assert box(square) == pytest.approx([110 * pt, 30 * pt, 181 * pt, 71 * pt], abs=0.5 * pt)
    assert (outer[0] == outer[-1]).all()


def test_a_rough_line_is_drawn_twice() -> None:
    sketch = opened("roughjs")
    flat = [b for b in map(box, sketch.strokes) if b[3] - b[1] < 5 and b[2] - b[0] > 170]
    assert len(flat) == 2
    assert sketch.bounds.larger_side == pytest.approx(180, abs=10)


def test_a_clone_is_moved() -> None:
    sketch = opened("inkscape")
    assert sum(is_circle(stroke, 85 * MM, 35 * MM, 12.5 * MM) for stroke in sketch.strokes) == 1


@pytest.mark.parametrize("name", ["excalidraw_2022", "tldraw"])
def test_a_freehand_line_of_a_web_canvas_is_its_contour(name: str) -> None:
    """They write how wide a line is by its outline, filled, there and back along the line."""
    start, end = {"excalidraw_2022": ((10, 90), (166, 94)), "tldraw": ((20, 80), (165, 90))}[name]
    contours = [stroke for stroke in opened(name).strokes if np.ptp(stroke[:, 0]) > 130]
    [contour] = [stroke for stroke in contours if (stroke[0] == stroke[-1]).all()]
    for point in (start, end):
        assert np.hypot(*(contour - point).T).min() < 12
    assert np.ptp(contour[:, 0]) == pytest.approx(end[0] - start[0], abs=16)
