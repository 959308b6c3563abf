"""The model card: `README.md` and `samples.svg` of a saved model, made from what was measured."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from sketchrnn import store
from sketchrnn.completion import Completer
from sketchrnn.files import atomic_write
from sketchrnn.formats import svg
from sketchrnn.sketch import Sketch
from sketchrnn.training.config import TrainingConfig

SAMPLES_FILE = "samples.svg"
CARD_FILE = "README.md"

SHEET_SEED = 1
SHEET_TEMPERATURE = 0.4
ROWS, COLUMNS = 5, 8


def write_card(info: store.ModelInfo) -> None:
    """Draws the sheet of samples and writes the card of a saved model.

    Raises:
        SketchRNNError: the model cannot be loaded, or a file cannot be written.
    """
    write_samples(info)
    write_text(info, [*head(info), *what_it_is(info), *what_it_learnt_from(info), *what_was_measured(info)])


def write_samples(info: store.ModelInfo) -> None:
    """Draws the sheet of samples."""
    samples = Completer(info).sample(ROWS * COLUMNS, temperature=SHEET_TEMPERATURE, seed=SHEET_SEED)
    # On a sheet of samples there is nobody to tell the model's ink from.
    svg.write_sheet(
        info.path / SAMPLES_FILE,
        [Sketch(sample.strokes) for sample in samples],
        columns=COLUMNS,
        cell=110.0,
    )


def write_text(info: store.ModelInfo, lines: Sequence[str]) -> None:
    """Writes the card's lines of Markdown."""
    with atomic_write(info.path / CARD_FILE) as file:
        file.write("\n".join(lines).rstrip("\n").encode() + b"\n")


def head(info: store.ModelInfo) -> list[str]:
    """What it is called and draws."""
    return [
        f"# {info.name}",
        "",
        info.description or "A stroke model.",
        "",
        f"![Drawings from nothing, τ = {SHEET_TEMPERATURE}]({SAMPLES_FILE})",
        "",
        f"The sheet: `sketchrnn sample --model {info.name} --count {ROWS * COLUMNS} "
        f"--temperature {SHEET_TEMPERATURE} --seed {SHEET_SEED} -o sheet.svg`",
        "",
    ]


def what_it_is(info: store.ModelInfo) -> list[str]:
    """Its architecture, frame and unit."""
    sizes = info.architecture
    kind = (
        f"a bidirectional encoder of {sizes.enc_rnn_size} units ({sizes.enc_model}), z of {sizes.z_size} "
        f"dimensions, a decoder of {sizes.dec_rnn_size} ({sizes.dec_model})"
        if info.conditional
        else f"a decoder of {sizes.dec_rnn_size} units ({sizes.dec_model}), without encoder and z"
    )
    where = ""
    if sizes.positions:
        where = f" {'Encoder and decoder see' if info.conditional else 'It sees'} where the pen is."
    eye = " An eye of its own recognises drawings." if "eye_minutes" in info.training else ""
    return [
        "## What it is",
        "",
        f"sketch-rnn (Ha & Eck 2017): {kind}, {sizes.num_mixture} mixture components. It lives in a frame",
        f"of {info.frame:g} pixels (the larger side of a whole drawing), simplified with epsilon",
        f"{info.epsilon:g}; one unit is {info.scale_factor:.4g} pixels.{where}{eye}",
        "",
    ]


def what_it_learnt_from(info: store.ModelInfo, notes: Sequence[str] = ()) -> list[str]:
    """Its data, their licence, and how long it learnt; `notes` are further items of the list."""
    training, drawings = info.training, info.data.get("drawings", {})
    changed = ", ".join(
        f"`{field.name}` {_figure(training[field.name])}"
        for field in dataclasses.fields(TrainingConfig)
        if training.get(field.name, field.default) != field.default
    )
    return [
        "## What it learnt from",
        "",
        f"- {', '.join(info.data.get('files', ())) or 'unknown files'}: "
        + ", ".join(f"{count:,} {name}" for name, count in drawings.items())
        + " drawings",
        f"- licence and source: {info.data.get('licence') or 'not stated'}",
        f"- {training.get('total_minutes', training.get('minutes'))} minutes of training, "
        f"{training.get('total_steps', training.get('steps')):,} steps",
        f"  of {training.get('batch_size')} drawings, finished {training.get('finished')};",
        f"  the best weights on the validation drawings, of step {training.get('steps'):,}, were kept",
        *(
            [f"- its eye learnt for {training['eye_minutes']} minutes more"]
            if "eye_minutes" in training
            else []
        ),
        *([f"- other than the defaults: {changed}"] if changed else []),
        *(f"- {note}" for note in notes),
        "",
    ]


def what_was_measured(info: store.ModelInfo) -> list[str]:
    """The losses on the test drawings."""
    return [
        "## What was measured",
        "",
        *_losses(info.losses.get("test"), info.conditional),
        "",
        "L_R as Magenta reports it: summed over points without the end of the drawing, divided by",
        "drawings times the longest drawing of the file. Nats a point are over the points after the first.",
        "",
    ]


def _figure(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _losses(test: Mapping[str, Any] | None, conditional: bool) -> list[str]:
    if not test:
        return ["Nothing yet."]
    rows = {"L_R": f"{test['reconstruction_loss']:.4f}", "nats a point": f"{test['nats_per_point']:.4f}"}
    if conditional:
        rows |= {
            "L_KL": f"{test['kl_loss']:.4f}",
            "KL, nats a point": f"{test['kl_nats_per_point']:.4f}",
        }
    for part, name in (("1", "whole drawings"), ("0.5", "the first half of the strokes")):
        if part in test.get("recognition", {}):
            rows[f"recognised from {name}"] = f"{test['recognition'][part]:.1%}"
    half = test.get("completion_nats", {}).get("0.5")
    if half is not None:
        rows["nats a point of the second half, given the first half of the strokes"] = f"{half:.4f}"
    return [
        f"| {test['drawings']:,} test drawings | |",
        "| --- | --- |",
        *(f"| {name} | {value} |" for name, value in rows.items()),
    ]
