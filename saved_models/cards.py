"""Writes the cards of the models that ship, from what their folders hold.

    python saved_models/cards.py [NAME…]

`quality.json`, which `python benchmarks/quality.py --cards` measures, counts only if it is about the weights
that are there: after a training it has to be measured again.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from sketchrnn import store
from sketchrnn.store import ModelInfo
from sketchrnn.training import card

HERE = Path(__file__).resolve().parent

QUALITY_FILE = "quality.json"
COMPLETIONS_FILE = "completions.svg"

SEED = 1


@dataclasses.dataclass(frozen=True)
class About:
    """What a card says that no file knows.

    Args:
        whom: what the model draws, and for whom.
        completions: whose drawings the sheet of completions shows.
        failures: known ones, an item each.
        licence: of the weights and the sheets, and whom to name.
        command: what remakes the model.
        notes: on how it learnt.
    """

    whom: str
    completions: str
    failures: tuple[str, ...]
    licence: str
    command: str
    notes: tuple[str, ...] = ()


ABOUT = {
    "quickdraw": About(
        whom="For whoever draws on the canvas: the default model. It draws and finishes {labels}, "
        "asked by name or not, and says which of them it takes a drawing for.",
        completions="Half drawings, and what people made of them, from the Quick, Draw! data set by Google "
        "([CC BY 4.0](https://creativecommons.org/licenses/by/4.0/)); lines were simplified. The "
        "first of each category of three strokes or more that the model did not learn from, none "
        "left out.",
        failures=(
            "It knows its {count} things alone, and takes anything else for one of them.",
            "Parts come out roughly: wheels beside the wheels that are there, windows beside the "
            "ambulance, a dog's legs as a scribble, ears twice as long as the head, a second body under "
            "the bear. At τ = 1 many drawings fall apart.",
            "It goes by how a drawing is usually drawn: with the last stroke first, or with every "
            "stroke backwards, the same picture is recognised much less often.",
        ),
        licence="Weights, `samples.svg` and the model's ink: CC BY 4.0. They go back to the [Quick, Draw! "
        "data set](https://github.com/googlecreativelab/quickdraw-dataset), made available by "
        "Google, Inc. under CC BY 4.0, and to drawings sampled from Magenta's published "
        "sketch-rnn models "
        "([sketch-rnn-js](https://github.com/magenta/magenta-demos/tree/main/sketch-rnn-js), "
        "Apache-2.0). No weight of those is in it. Name Google's Quick, Draw! and sketchrnn where "
        "you pass it on.",
        command="python saved_models/remake.py quickdraw",
        notes=(
            "the second run's `decay_rate` was 0.9998 until step 1,317; the eye learnt from the 511 "
            "drawings of more than 130 points, too",
        ),
    ),
    "omniglot": About(
        whom="For whoever writes on the canvas: it finishes characters, of alphabets in use and of "
        "invented ones, and morphs between them. It has no labels: it goes by the strokes alone.",
        completions="Half characters, and what people made of them, from Omniglot's test drawings in "
        "hardmaru/sketch-rnn-datasets (MIT, Brenden Lake): ten at even distances, of three "
        "strokes or more.",
        failures=(
            "Many characters have no one way to go on: an ending is a plausible character, seldom "
            "the one that was begun.",
            "It goes by z more than by the strokes: under one seed the endings of different "
            "beginnings look alike, and many cross the strokes that are there.",
        ),
        licence="[Omniglot](https://github.com/brendenlake/omniglot) by Brenden Lake is shared under the "
        "MIT licence, and so are the weights and the sheets.",
        command="python saved_models/remake.py omniglot --data omniglot.npz",
        notes=(
            "two runs: 4,856 steps with z of 128 dimensions and without positions, of which the first 2,796 "
            "had the defaults, the others `prefix_prob` 0.5 and `decay_rate` 0.9995; then 1,800 with "
            "positions and the 64 dimensions of z that told most, as said above",
        ),
    ),
    "kanji": About(
        whom="For whoever writes on the canvas: it finishes kanji stroke by stroke, in the order and "
        "direction in which they are written, and invents ones that do not exist. It has no "
        "labels: it goes by the strokes alone.",
        completions="Half kanji, and the whole ones, from the test drawings of `short_kanji` in "
        "hardmaru/sketch-rnn-datasets (KanjiVG, CC BY-SA 3.0): ten at even distances, of three "
        "strokes or more.",
        failures=(
            "Endings look like kanji; seldom are they the one that was begun, and most do not "
            "exist. Nobody should learn to write from it.",
            "The whole is mostly taken for larger than it was to be, and parts are written into "
            "those that are there.",
        ),
        licence="The weights and sheets are made of [KanjiVG](https://kanjivg.tagaini.net) by Ulrich "
        "Apel, which is shared under [CC BY-SA "
        "3.0](https://creativecommons.org/licenses/by-sa/3.0/), and are shared under the same.",
        command="python saved_models/remake.py kanji --data short_kanji.npz",
        notes=(
            "two runs: the first with z of 128 dimensions and without positions; its first 932 steps had "
            "the default KL weights, and began with the same numbers in all four gates of each "
            "recurrent kernel (since mended); then 600 with positions and the 64 dimensions of z that "
            "told most, as said above",
        ),
    ),
}


def write(name: str) -> None:
    """Draws the samples of a model that ships and writes its card.

    Raises:
        SketchRNNError: the model cannot be loaded, or a file cannot be written.
    """
    info, about = store.read_info(HERE / name), ABOUT[name]
    measured = quality(info)
    if not measured:
        print(f"{name}: nothing was measured with these weights; see `python benchmarks/quality.py --cards`")
    card.write_samples(info)
    labels = ", ".join(info.labels)
    lines = [
        *card.head(info),
        about.whom.format(labels=labels),
        "",
        *_completions(about, measured),
        *card.what_it_is(info),
        *_size(info),
        *card.what_it_learnt_from(info, about.notes),
        *card.what_was_measured(info),
        *_measured(measured),
        "## Where it fails",
        "",
        *(f"- {failure.format(count=len(info.labels))}" for failure in about.failures),
        *(f"- {line}" for line in measured.get("failures", ())),
        "",
        "## How it was made",
        "",
        f"`{about.command}`, seed {SEED}, {info.training.get('total_minutes')} minutes of training.",
        f"SHA-256 of the weights: `{digest(info)}`.",
        "",
        "## Licence",
        "",
        about.licence,
    ]
    card.write_text(info, lines)


def quality(info: ModelInfo) -> dict[str, Any]:
    """What was measured with the weights that are there; nothing if that was with others."""
    path = info.path / QUALITY_FILE
    if not path.exists():
        return {}
    measured = json.loads(path.read_text("utf-8"))
    return measured if measured["weights"] == digest(info) else {}


def digest(info: ModelInfo) -> str:
    """The SHA-256 of the weights' file."""
    return hashlib.sha256((info.path / store.WEIGHTS_FILE).read_bytes()).hexdigest()


def _completions(about: About, measured: dict[str, Any]) -> list[str]:
    if not measured:
        return []
    return [
        f"![Halves, what people made of them, and three endings of each]({COMPLETIONS_FILE})",
        "",
        "In each group: half a drawing by a person, the whole as that person drew it, and three endings by",
        f"the model, in orange ({measured['how']}). {about.completions}",
        "",
    ]


def _size(info: ModelInfo) -> list[str]:
    weights = info.path / store.WEIGHTS_FILE
    with np.load(weights, allow_pickle=False) as archive:
        arrays = [archive[key] for key in archive.files]
    numbers, kind = sum(array.size for array in arrays), max(arrays, key=lambda array: array.size).dtype
    return [f"{numbers / 1e6:.2f} million numbers, {weights.stat().st_size / 1e6:.1f} MB as {kind}.", ""]


def _measured(measured: dict[str, Any]) -> list[str]:
    if not measured:
        return []
    return [
        f"| {measured['about']} | |",
        "| --- | --- |",
        *(f"| {what} | {figure} |" for what, figure in measured["rows"]),
        "",
        measured["explained"],
        "",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="(default: all)")
    for name in parser.parse_args().names or ABOUT:
        write(name)
        print(f"written: {HERE / name / card.CARD_FILE}")


if __name__ == "__main__":
    main()
