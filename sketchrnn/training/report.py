"""The report of a training run: how the losses went, and what the model draws in the end."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import svgwrite

from sketchrnn import store
from sketchrnn.completion import Completer
from sketchrnn.errors import FormatError
from sketchrnn.files import atomic_write
from sketchrnn.formats import svg
from sketchrnn.formats.npz import StrokeSet
from sketchrnn.sketch import Author, Sketch
from sketchrnn.training.card import SAMPLES_FILE
from sketchrnn.training.trainer import Progress, Validation

FOLDER = "report"
PAGE = "index.html"
HISTORY_FILE = "history.jsonl"

EVERY = 10
"""Steps between two lines of the history; each holds means over them."""

SHOWN = 8
"""Test drawings that are drawn again and ended."""

ENDINGS = 3
"""Endings of each."""

_SEED = 1
_CURVES = {
    "reconstruction_loss": "reconstruction loss L_R",
    "kl_loss": "KL loss L_KL",
    "learning_rate": "learning rate",
    "kl_weight": "weight of the KL loss",
    "gradient_norm": "norm of the gradient",
}
_WIDTH, _HEIGHT, _MARGIN = 420, 200, 60
_MOST_POINTS = 400
_INK, _ACCENT, _FAINT = "#1f2430", "#d9480f", "#d5d8de"


class History:
    """What was measured on the way, a JSON object a line, in a file that outlives the process.

    Args:
        path: the file; lines after `step`, of a part of the run that was lost, are taken away.
        step: where the run goes on.
    """

    def __init__(self, path: Path, step: int) -> None:
        self._path = path
        self._waiting: list[Progress] = []
        kept = [line for line in read_history(path) if line["step"] <= step] if step else []
        with atomic_write(path) as file:
            file.writelines(_line(line) for line in kept)

    def on_progress(self, progress: Progress) -> None:
        """Notes the means of every `EVERY` steps."""
        self._waiting.append(progress)
        if progress.step % EVERY == 0:
            means = {
                name: math.fsum(getattr(one, name) for one in self._waiting) / len(self._waiting)
                for name in _CURVES
            }
            self._waiting = []
            self._append({"step": progress.step, **means})

    def on_validation(self, validation: Validation) -> None:
        """Notes the losses of a validation."""
        measured = validation.evaluation
        losses = {"reconstruction_loss": measured.reconstruction_loss, "kl_loss": measured.kl_loss}
        self._append({"step": validation.step, "validation": losses})

    def _append(self, line: Mapping[str, Any]) -> None:
        try:
            with self._path.open("ab") as file:
                file.write(_line(line))
        except OSError as error:
            raise FormatError(f"{self._path} cannot be written; free some space, then resume") from error


def _line(values: Mapping[str, Any]) -> bytes:
    return (json.dumps(values) + "\n").encode()


def read_history(path: Path) -> list[dict[str, Any]]:
    """The lines of a history; what a kill has left half written is passed over."""
    lines = []
    for text in path.read_bytes().splitlines() if path.exists() else []:
        try:
            line = json.loads(text)
            if type(line["step"]) is int:
                lines.append(line)
        except (ValueError, TypeError, KeyError):
            continue
    return lines


def write_report(info: store.ModelInfo, history: Sequence[Mapping[str, Any]], test: StrokeSet) -> Path:
    """Writes the page and its pictures into the model's folder.

    Args:
        info: the saved model, with its losses and its card's sheet of samples.
        history: of the run.
        test: drawings that the model has not learnt from, in pixels of its frame.

    Returns:
        the page.

    Raises:
        FormatError: a file cannot be written.
    """
    folder = info.path / FOLDER
    folder.mkdir(exist_ok=True)
    model = Completer(info)
    curves = []
    for name, title in _CURVES.items():
        points = [(line["step"], line[name]) for line in history if name in line]
        validated = [
            (line["step"], line["validation"][name]) for line in history if name in line.get("validation", {})
        ]
        if len(points) > 1 and (info.conditional or not name.startswith("kl")):
            curves.append(_curve(folder / f"{name}.svg", title, points, validated))
    wholes = _some(test)
    sheets = []
    if wholes and info.conditional:
        redrawn = [Sketch(w.strokes, [Author.HUMAN] * len(w)) for w in wholes]
        again = [model.reconstruct(whole, seed=_SEED) for whole in wholes]
        svg.write_sheet(folder / "reconstructions.svg", [*redrawn, *again], columns=len(wholes))
        sheets.append(("reconstructions.svg", "Test drawings, and the same drawn again through z"))
    halves = [whole[: len(whole) // 2] for whole in wholes if len(whole) > 1]
    if halves:
        rows = [
            model.complete(half, label=half.label if half.label in info.labels else None, seed=_SEED + n)
            for n in range(ENDINGS)
            for half in halves
        ]
        people = [whole for whole in wholes if len(whole) > 1]
        svg.write_sheet(folder / "completions.svg", [*people, *halves, *rows], columns=len(halves))
        sheets.append(("completions.svg", "What people drew, its first half, and three endings"))
    page = folder / PAGE
    with atomic_write(page) as file:
        file.write(_page(info, curves, sheets).encode())
    return page


def _some(test: StrokeSet) -> list[Sketch]:
    """A few test drawings, evenly spread, each with its label."""
    some = []
    for number in range(0, len(test), max(1, len(test) // SHOWN)):
        label = None if test.labels is None else str(test.labels[number]) or None
        sketch = Sketch.from_stroke3(test[number], label=label)
        if sketch.bounds.larger_side > 0.0:
            some.append(sketch)
    return some[:SHOWN]


def _curve(
    path: Path,
    title: str,
    points: Sequence[tuple[int, float]],
    validated: Sequence[tuple[int, float]],
) -> str:
    """Draws a figure over the steps; returns the file's name."""
    points = points[:: max(1, len(points) // _MOST_POINTS)]
    # The first steps are far off, and would press the rest together.
    settled = sorted(value for _, value in [*points[len(points) // 20 :], *validated])
    low, high = settled[0], settled[-1]
    high = high if high > low else low + (abs(low) or 1.0)
    last = max(step for step, _ in [*points, *validated])

    def place(step: int, value: float) -> tuple[float, float]:
        x = _MARGIN + (_WIDTH - _MARGIN - 10) * step / last
        y = 28 + (_HEIGHT - 52) * (1.0 - (min(max(value, low), high) - low) / (high - low))
        return round(x, 1), round(y, 1)

    drawing = svgwrite.Drawing(size=(_WIDTH, _HEIGHT), viewBox=f"0 0 {_WIDTH} {_HEIGHT}", profile="tiny")
    words = {"font_family": "sans-serif", "font_size": 11, "fill": _INK}
    drawing.add(drawing.text(title, (_MARGIN, 16), **{**words, "font_size": 13}))
    for value in (low, high):
        _, y = place(0, value)
        drawing.add(drawing.line((_MARGIN, y), (_WIDTH - 10, y), stroke=_FAINT))
        drawing.add(drawing.text(f"{value:.2g}", (_MARGIN - 6, y + 4), text_anchor="end", **words))
    drawing.add(drawing.text("step 0", (_MARGIN, _HEIGHT - 6), **words))
    drawing.add(drawing.text(f"{last:,}", (_WIDTH - 10, _HEIGHT - 6), text_anchor="end", **words))
    line = {"fill": "none", "stroke_linejoin": "round"}
    drawing.add(drawing.polyline([place(*p) for p in points], stroke=_INK, stroke_width=1.2, **line))
    if len(validated) > 1:
        marks = [place(*point) for point in validated]
        drawing.add(drawing.polyline(marks, stroke=_ACCENT, stroke_width=2, **line))
    for step, value in validated:
        drawing.add(drawing.circle(place(step, value), 2.5, fill=_ACCENT))
    with atomic_write(path) as file:
        file.write(drawing.tostring().encode())
    return path.name


def _page(info: store.ModelInfo, curves: Sequence[str], sheets: Sequence[tuple[str, str]]) -> str:
    test = info.losses.get("test", {})
    figures = {name: value for name, value in test.items() if isinstance(value, int | float)}
    rows = "".join(
        f"<tr><td>{html.escape(name.replace('_', ' '))}</td><td>{value:,.4g}</td></tr>"
        for name, value in figures.items()
    )
    settings = "".join(
        f"<tr><td>{html.escape(str(name))}</td><td>{html.escape(str(value))}</td></tr>"
        for name, value in info.training.items()
    )
    pictures = [f'<img src="{name}" alt="{name.removesuffix(".svg")}">' for name in curves]
    drawn = [*sheets, (f"../{SAMPLES_FILE}", "Drawings from nothing")]
    return f"""<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>{html.escape(info.name)}</title>
<style>
body {{ font: 15px/1.5 sans-serif; color: {_INK}; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
img {{ max-width: 100% }} td {{ padding: 0 1.5rem 0 0 }}
</style>
<h1>{html.escape(info.name)}</h1>
<p>{html.escape(info.description)}</p>
<h2>How it learnt</h2>
<p>Training in black, means of {EVERY} steps; validation in orange.</p>
{"".join(pictures) or "<p>It was too short to draw.</p>"}
<h2>What it draws</h2>
{"".join(f'<h3>{html.escape(text)}</h3><img src="{name}" alt="{html.escape(text)}">' for name, text in drawn)}
<h2>Measured on {figures.get("drawings", 0):,} test drawings</h2><table>{rows}</table>
<h2>Settings</h2><table>{settings}</table>
</html>
"""
