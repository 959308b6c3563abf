"""Remakes the models that ship, from data to folder; one command each.

    python saved_models/remake.py quickdraw                         Magenta's models are downloaded
    python saved_models/remake.py quickdraw --magenta DIR           or taken from here
    python saved_models/remake.py omniglot --data omniglot.npz
    python saved_models/remake.py kanji --data short_kanji.npz

Each works in a folder of its own (--work), where a run that was broken off goes on; at the end it replaces
the folder of the model. How many steps fit into an hour depends on the machine, so recipes count steps.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cards
import numpy as np

from sketchrnn import magenta, store
from sketchrnn.formats.npz import write_splits
from sketchrnn.training.distillation import prepared, sample

HERE = Path(__file__).resolve().parent

LABELS = (
    "ambulance",
    "bear",
    "bicycle",
    "bird",
    "bulldozer",
    "diving board",
    "dog",
    "dolphin",
    "hedgehog",
    "monkey",
    "mosquito",
    "palm tree",
    "parrot",
    "pool",
    "rabbit",
    "rhinoceros",
    "roller coaster",
    "sheep",
    "toothbrush",
)

SEED = cards.SEED
PLAN = {1.0: 7000, 0.7: 3000, 0.4: 2000}
"""Drawings of each category, by the temperature at which Magenta's model draws them."""

HELD_BACK = 50
"""One of so many drawings is for validation, and one for the test."""

QUICKDRAW = """
--labels --precision bfloat16 --z_size 64 --recurrent_dropout_prob 1 --augment_stroke_prob 0
--random_scale_factor 0.05 --prefix_prob 0.5 --batch_size 64 --max_seq_len 130 --learning_rate 0.0015
--decay_rate 0.9998 --kl_weight 0.5 --kl_weight_start 0.1 --kl_decay_rate 0.999 --kl_tolerance 0.05
--save_every 1000
"""

QUICKDRAW_ON = """
--labels --precision bfloat16 --recurrent_dropout_prob 1 --augment_stroke_prob 0.05 --random_scale_factor 0.1
--stroke_order_prob 0.1 --prefix_prob 0.6 --batch_size 64 --max_seq_len 130 --learning_rate 0.0011
--warm_up 200 --decay_rate 0.9997 --kl_weight 0.5 --kl_weight_start 0.5 --kl_tolerance 0.05 --label_weight 0.2
--patience 0 --save_every 1000 --eye_steps 7000 --rehearsal_prob 0 --variations 0 --weight_average 0
"""
"""Once it can draw: more ways of drawing the same thing, and an eye for what it is."""

ALPHABET_ON = """
--positions --z_size 64 --precision bfloat16 --batch_size 100 --kl_tolerance 0.36 --prefix_prob 0.5
--recurrent_dropout_prob 0.9 --label_dropout_prob 0.1 --patience 0 --rehearsal_prob 0 --variations 0
--weight_average 0
"""
"""Then where the pen is, and only the half of z that tells something."""


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How a model is made.

    Args:
        description, licence: for the model and its card.
        phases: options of `sketchrnn train`, and up to which step, one after the other.
        continuations: the same for runs of their own, each of which begins with what the one before learnt.
    """

    description: str
    licence: str
    phases: tuple[tuple[str, int], ...]
    continuations: tuple[tuple[str, int], ...] = ()


RECIPES = {
    "quickdraw": Recipe(
        "Nineteen things that people drew in Quick, Draw!, from ambulance to toothbrush",
        "trained on drawings sampled from Magenta's published sketch-rnn models (Apache-2.0), which were "
        "trained on Quick, Draw! by Google (CC BY 4.0); no weight of theirs is in it",
        ((QUICKDRAW, 7260),),
        ((QUICKDRAW_ON, 10_336),),
    ),
    "omniglot": Recipe(
        "Characters of fifty alphabets",
        "Omniglot (Brenden Lake), MIT",
        (("", 2800), ("--prefix_prob 0.5 --decay_rate 0.9995", 5000)),
        (
            (
                f"{ALPHABET_ON} --learning_rate 0.0004 --warm_up 100 --decay_rate 0.9988 --kl_weight 0.5 "
                "--kl_weight_start 0.5 --save_every 250",
                1800,
            ),
        ),
    ),
    "kanji": Recipe(
        "Kanji, stroke by stroke in their order",
        "KanjiVG (Ulrich Apel), CC BY-SA 3.0",
        (
            ("--prefix_prob 0.5 --decay_rate 0.999", 930),
            ("--kl_weight 1 --kl_weight_start 0.1 --kl_decay_rate 0.999", 5000),
        ),
        (
            (
                f"{ALPHABET_ON} --learning_rate 0.0005 --warm_up 50 --decay_rate 0.9965 --kl_weight 1 "
                "--kl_weight_start 1 --save_every 100",
                600,
            ),
        ),
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=RECIPES)
    parser.add_argument("--data", type=Path, help="the .npz of omniglot or kanji")
    parser.add_argument("--magenta", type=Path, help="folder with Magenta's .gen.json files")
    parser.add_argument("--work", type=Path, help="where to work (default: saved_models/.work/NAME)")
    arguments = parser.parse_args()
    work = arguments.work or HERE / ".work" / arguments.name
    work.mkdir(parents=True, exist_ok=True)
    if arguments.name == "quickdraw":
        data = quickdraw_data(work, arguments.magenta or published(work))
    elif arguments.data:
        data = [arguments.data]
    else:
        parser.error(f"{arguments.name} is made of a file; name it with --data")
    finish(arguments.name, train(RECIPES[arguments.name], data, work / arguments.name))


def published(work: Path) -> Path:
    """Downloads Magenta's models; returns the folder that they are saved in."""
    folder = work / "magenta"
    names = [label.replace(" ", "_") for label in LABELS]
    command = [sys.executable, "-m", "sketchrnn", "model", "download", *names]
    subprocess.run(command, check=True, env={**os.environ, "SKETCHRNN_MODELS": str(folder)})
    return folder


def quickdraw_data(work: Path, source: Path) -> list[Path]:
    """The training data: drawings sampled from the models in a folder, prepared as QuickDraw does."""
    files = [work / "data" / f"{label}.npz" for label in LABELS]
    missing = [(label, source, file) for label, file in zip(LABELS, files, strict=True) if not file.exists()]
    with ProcessPoolExecutor() as pool:
        for label in pool.map(_sample_label, missing):
            print(f"{label}: sampled", flush=True)
    return files


def _sample_label(job: tuple[str, Path, Path]) -> str:
    label, source, file = job
    name = label.replace(" ", "_")
    if (source / name / store.MODEL_FILE).exists():
        info = store.read_info(source / name)
    else:
        info, weights = magenta.read(source / f"{name}.gen.json")
        info = dataclasses.replace(info, path=file.parent.parent / "magenta" / name)
        store.save(info, weights, dtype="float32")
    drawings = []
    for temperature, count in PLAN.items():
        seed = [SEED, sum(map(ord, name)), int(100 * temperature)]
        drawings += sample(info, count, temperature, seed)
    order = np.random.default_rng(SEED).permutation(len(drawings))
    everything = prepared([drawings[number] for number in order], label)
    held = len(drawings) // HELD_BACK
    parts = {"valid": (0, held), "test": (held, 2 * held), "train": (2 * held, len(drawings))}
    file.parent.mkdir(parents=True, exist_ok=True)
    write_splits(file, {split: everything.take(np.arange(*ends)) for split, ends in parts.items()})
    return label


def train(recipe: Recipe, data: list[Path], out: Path) -> list[Path]:
    """Runs the phases that are not done yet; returns the folders of the runs, the model being in the last."""
    runs = [out]
    for options, steps in recipe.phases:
        _run(options, steps, [*map(str, data), "--licence", recipe.licence], out)
    for options, steps in recipe.continuations:
        beginning = [*map(str, data), "--licence", recipe.licence, "--from", str(runs[-1])]
        runs.append(out.with_name(f"{out.name}-{len(runs) + 1}"))
        _run(options, steps, beginning, runs[-1])
    return runs


def _run(options: str, steps: int, beginning: list[str], out: Path) -> None:
    command = [sys.executable, "-m", "sketchrnn", "train", "--out", str(out), "--steps", str(steps)]
    begun = (out / "checkpoints").is_dir()
    wanted = [word for word in options.split() if not (begun and word == "--labels")]
    subprocess.run([*command, *(["--resume"] if begun else beginning), *wanted], check=True)


def finish(name: str, runs: list[Path]) -> None:
    """Puts the model into its place, with what it took to make it in the card."""
    recipe, target, made = RECIPES[name], HERE / name, runs[-1]
    info, trainings = store.read_info(made), [store.read_info(run).training for run in runs]
    training = {**info.training}
    for total in ("total_steps", "total_minutes"):
        training[total] = round(sum(each[total] for each in trainings), 1)
    if eyes := [each for each in trainings if each.get("eye_minutes")]:
        # A run that goes on keeps the eye of the one before.
        training |= {key: eyes[-1][key] for key in ("eye_steps", "eye_minutes")}
    info = dataclasses.replace(info, training=training)
    data = info.data
    if name == "quickdraw":
        files = ["12,000 drawings of each category, sampled from Magenta's models at τ = 1, 0.7 and 0.4"]
        data = {**data, "files": files, "licence": recipe.licence}
        # Whole drawings were brought to this size, by QuickDraw's own recipe, before anything was measured.
        info = dataclasses.replace(info, frame=255.0, epsilon=2.0)
    info = dataclasses.replace(info, path=target, name=name, description=recipe.description, data=data)
    with np.load(made / store.WEIGHTS_FILE, allow_pickle=False) as archive:
        weights = {key: archive[key] for key in archive.files}
    shutil.rmtree(target, ignore_errors=True)
    store.save(info, weights)
    cards.write(name)
    print(f"{name} is in {target}")


if __name__ == "__main__":
    main()
