"""`sketchrnn evaluate`: how well models know drawings."""

from __future__ import annotations

import argparse
import dataclasses
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sketchrnn.cli.options import add_json, add_max_points, add_seed, positive
from sketchrnn.cli.output import counting, print_json
from sketchrnn.cli.quiet import import_tensorflow
from sketchrnn.formats.npz import SPLITS
from sketchrnn.words import plural

if TYPE_CHECKING:
    from sketchrnn.store import ModelInfo
    from sketchrnn.training.evaluation import Evaluation

COMMON = 255.0
"""Figures of several models are compared in units of which a whole drawing's larger side has so many."""


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: sketchrnn evaluate omniglot omniglot.npz --against kanji"
    parser.add_argument("model", help="name or folder")
    parser.add_argument(
        "data", nargs="+", metavar="DATA", help=".npz with splits, any drawings, or a folder of shards"
    )
    parser.add_argument(
        "--against", action="append", default=[], metavar="MODEL", help="another model, beside the first"
    )
    parser.add_argument("--split", choices=SPLITS, help="of files that have splits (default test)")
    add_max_points(parser, "--max_seq_len")
    parser.add_argument(
        "--endings",
        type=positive,
        default=0,
        help="end so many half drawings ten times, and compare with what people drew (default: none)",
    )
    add_seed(parser, "the samples of z")
    add_json(parser, "as JSON; a list for several models")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from sketchrnn import store
    from sketchrnn.dataset.shards import is_sharded

    infos = [store.read_info(store.find(name)) for name in (arguments.model, *arguments.against)]
    whole = [path for path in arguments.data if Path(path).suffix.lower() != ".npz" and not is_sharded(path)]
    if arguments.split and whole:
        print(f"sketchrnn: no splits in {', '.join(whole)}; every drawing counts", file=sys.stderr)
    split = arguments.split or "test"
    import_tensorflow()
    from sketchrnn.training import measuring

    measured = []
    with counting("%", 100) as line:
        for number, info in enumerate(infos):

            def tell(share: float, before: int = number) -> None:
                if line is not None:
                    line(int(100 * (before + share) / len(infos)))

            measured.append(
                measuring.evaluate_saved(
                    info,
                    arguments.data,
                    split,
                    max_seq_len=arguments.max_seq_len,
                    seed=arguments.seed,
                    endings=arguments.endings,
                    tell=tell,
                )
            )
    if arguments.json:
        part = None if len(whole) == len(arguments.data) else split
        answers = [
            {
                "model": info.name,
                "split": part,
                "without_splits": whole,
                **_known({"bound": figures.bound, **dataclasses.asdict(figures)}),
            }
            for info, figures in zip(infos, measured, strict=True)
        ]
        print_json(answers if len(answers) > 1 else answers[0])
        return 0
    which = " and ".join([split] * (len(whole) < len(arguments.data)) + ["all without splits"] * bool(whole))
    head = f"{plural(measured[0].drawings, 'drawing')} ({which}), {plural(measured[0].points, 'point')}"
    rows = [_rows(info, figures) for info, figures in zip(infos, measured, strict=True)]
    names = list(dict.fromkeys(name for of_model in rows for name in of_model))
    width = max(12, *(len(info.name) + 2 for info in infos))
    print(f"{head:<52}" + "".join(f"{info.name:>{width}}" for info in infos))
    for name in names:
        print(f"{name:<52}" + "".join(f"{of_model.get(name, '-'):>{width}}" for of_model in rows))
    return 0


def _rows(info: ModelInfo, measured: Evaluation) -> dict[str, str]:
    """The figures of a model, by what they are."""
    common = 2.0 * math.log(info.scale_factor * COMMON / info.frame)
    rows = {"L_R, as Magenta reports it": f"{measured.reconstruction_loss:.4f}"}
    if info.conditional:
        rows["L_KL"] = f"{measured.kl_loss:.4f}"
    rows |= {
        "nats a point": f"{measured.nats_per_point:.4f}",
        "  95 % of samples of the drawings: from": f"{measured.nats_low:.4f}",
        "  to": f"{measured.nats_high:.4f}",
        "  in units of 1/255 of the drawing": f"{measured.nats_per_point + common:.4f}",
        "nats for the end of a drawing": f"{measured.end_nats:.3f}",
    }
    if info.conditional:
        rows["nats a point of KL"] = f"{measured.kl_nats_per_point:.4f}"
    rows["negative evidence bound, nats a point"] = f"{measured.bound:.4f}"
    for fraction, nats in measured.completion_nats.items():
        rows[f"nats a point of the rest, given {float(fraction):.0%} of the strokes"] = f"{nats:.4f}"
    for fraction, share in measured.recognition.items():
        best = f"{share:.1%}"
        rows[f"recognised from {float(fraction):.0%} of the strokes"] = best
        rows["  among the five likeliest" + " " * (fraction == "1")] = (
            f"{measured.recognition_top_5[fraction]:.1%}"
        )
    if measured.endings:
        rows |= {
            "distance of the nearest of ten endings, 255 units": f"{measured.endings['best_distance']:.2f}",
            "  of all ten": f"{measured.endings['mean_distance']:.2f}",
            "  between two endings": f"{measured.endings['diversity']:.2f}",
        }
    return rows


def _known(figures: dict[str, Any]) -> dict[str, Any]:
    """Without those that are not numbers, which JSON does not know."""
    return {
        name: value for name, value in figures.items() if not (isinstance(value, float) and math.isnan(value))
    }
