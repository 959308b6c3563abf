"""`sketchrnn evaluate`: how well a model knows drawings."""

from __future__ import annotations

import argparse
import dataclasses
import json

from sketchrnn.cli.options import positive, seed
from sketchrnn.cli.quiet import import_tensorflow
from sketchrnn.formats.npz import SPLITS


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: sketchrnn evaluate omniglot omniglot.npz --json"
    parser.add_argument("model", help="name or folder")
    parser.add_argument("data", nargs="+", metavar="DATA", help=".npz with splits, or any drawings")
    parser.add_argument("--split", choices=SPLITS, default="test", help="which drawings (default test)")
    parser.add_argument(
        "--max_seq_len", type=positive, default=250, help="leave out drawings of more points (default 250)"
    )
    parser.add_argument("--seed", type=seed, default=0, help="of the samples of z (default 0)")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from sketchrnn import store

    info = store.read_info(store.find(arguments.model))
    import_tensorflow()
    from sketchrnn.training import session

    measured = session.evaluate_saved(
        info, arguments.data, arguments.split, max_seq_len=arguments.max_seq_len, seed=arguments.seed
    )
    if arguments.json:
        print(json.dumps({"model": info.name, "split": arguments.split, **dataclasses.asdict(measured)}))
        return 0
    which = arguments.split if any(path.endswith(".npz") for path in arguments.data) else "all in the files"
    print(f"{info.name} on {measured.drawings:,} drawings ({which}), {measured.points:,} points")
    print(f"  L_R   {measured.reconstruction_loss:8.4f}   as Magenta reports it")
    if info.conditional:
        print(f"  L_KL  {measured.kl_loss:8.4f}")
    print(
        f"  {measured.nats_per_point:.4f} nats a point, and {measured.end_nats:.3f} for the end of a drawing"
    )
    if info.conditional:
        print(f"  {measured.kl_nats_per_point:.4f} nats a point of KL")
    for fraction, nats in measured.completion_nats.items():
        print(f"  {nats:.4f} nats a point of the rest, given the first {float(fraction):.0%} of the strokes")
    for fraction, share in measured.recognition.items():
        print(f"  {share:.1%} recognised from the first {float(fraction):.0%} of the strokes")
    return 0
