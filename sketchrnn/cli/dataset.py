"""`sketchrnn dataset list | download | build | convert | show | shard`: sets of drawings to learn from."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

from sketchrnn import download as web
from sketchrnn import formats
from sketchrnn.cli.fetching import Fetching
from sketchrnn.cli.options import (
    add_action,
    add_animate,
    add_fetching,
    add_json,
    add_max_points,
    add_seed,
    count,
    of_picture,
    positive,
)
from sketchrnn.cli.output import counting, print_columns, print_json
from sketchrnn.dataset import catalogue
from sketchrnn.errors import ConfigError, FormatError
from sketchrnn.formats.npz import SPLITS
from sketchrnn.words import plural

SHOWN = 5
"""How many unreadable files are named, and labels counted, one by one; JSON has all."""


def shares(text: str) -> list[float]:
    """Three numbers with slashes between."""
    try:
        numbers = [float(part) for part in text.split("/")]
    except ValueError:
        numbers = []
    if len(numbers) != 3 or not all(0 <= number < math.inf for number in numbers) or not numbers[0]:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 80/10/10")
    return numbers


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: sketchrnn dataset download cat dog"
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = add_action(
        actions, "list", list_data_sets, "sketchrnn dataset list", "every data set that can be downloaded"
    )
    add_json(listing)
    fetch = add_action(
        actions,
        "download",
        download,
        "sketchrnn dataset download cat 'alarm clock' --format simplified",
        "get data sets",
    )
    fetch.add_argument("names", nargs="*", metavar="NAME", help="a category of Quick, Draw!, or a small set")
    fetch.add_argument("--all", action="store_true", help="all 345 categories")
    fetch.add_argument(
        "--format",
        choices=tuple(catalogue.FORMS),
        default="npz",
        help="npz: 75,000 simplified drawings of a category in splits (default); full: all of them, "
        "as npz; simplified and raw: all drawings as ndjson; binary: all, simplified",
    )
    fetch.add_argument("--out", type=Path, metavar="DIR", help="where to (default: as `dataset list` says)")
    add_fetching(fetch, catalogue.DATASETS_VARIABLE)
    make = add_action(
        actions,
        "build",
        build,
        "sketchrnn dataset build my.npz drawings/ more.ndjson --split 80/10/10 --seed 1",
        "make a data set of drawings in any format",
        "Make a data set of drawings in any format: prepared as Google prepared Quick, Draw!'s, "
        "no drawing twice, in splits that share none.",
    )
    make.add_argument("out", type=Path, metavar="OUT.npz", help="the file to write")
    make.add_argument(
        "places",
        nargs="+",
        metavar="DRAWINGS",
        help="files, or folders: all that is in them, labelled by the names of the folders within",
    )
    make.add_argument(
        "--split",
        type=shares,
        metavar="TRAIN/VALID/TEST",
        help="in proportion (default: .npz files keep their splits, all else 80/10/10)",
    )
    add_seed(make, "the splits")
    make.add_argument("--label", default="", help="what drawings show that do not say it themselves")
    make.add_argument("--frame", type=float, default=255.0, help="larger side of a drawing (default 255)")
    make.add_argument("--epsilon", type=float, default=2.0, help="of the simplification (default 2)")
    add_max_points(make)
    make.add_argument(
        "--recognized", action="store_true", help="leave out what the game Quick, Draw! did not recognise"
    )
    make.add_argument(
        "--keep_model_strokes",
        action="store_true",
        help="take also drawings of which a model drew a part (default: leave them out, and say so)",
    )
    make.add_argument("--force", action="store_true", help="replace a file that is there")
    add_json(make, "say what was done as JSON")
    change = add_action(
        actions,
        "convert",
        convert,
        "sketchrnn dataset convert cat.raw.ndjson cat.ndjson --simplify",
        "write drawings in another format",
    )
    change.add_argument("file", metavar="IN", help=f"to read: {', '.join(formats.READABLE)}")
    change.add_argument("out", metavar="OUT", help=f"to write: {', '.join(formats.WRITABLE)}")
    change.add_argument(
        "--simplify", action="store_true", help="prepare drawings as Google prepared Quick, Draw!'s"
    )
    change.add_argument("--split", choices=SPLITS, help="only this one, of an .npz")
    change.add_argument("--number", type=count, help="only this drawing, counted from 1")
    add_animate(change)
    add_json(change, "say what was done as JSON")
    view = add_action(
        actions,
        "show",
        show,
        "sketchrnn dataset show cat.npz -o cat.svg",
        "the figures of a data set, and a picture of it",
    )
    view.add_argument("file", help=f"to read: {', '.join(formats.READABLE)}, or a folder of them")
    view.add_argument("-o", "--out", help="a sheet with histograms and drawings, svg or png")
    view.add_argument("--count", type=positive, default=48, help="drawings on the sheet (default 48)")
    add_seed(view, "the drawings chosen")
    add_json(view)
    cut = add_action(
        actions,
        "shard",
        shard,
        "sketchrnn dataset shard cat.npz dog.ndjson --out cats_and_dogs",
        "write data of any size into a folder to train on",
        "Write data of any size into a folder of TFRecord files, which `sketchrnn train` takes.",
    )
    cut.add_argument("files", nargs="+", metavar="FILE", help=".npz with splits, or any drawings")
    cut.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    add_seed(cut, "the order", 1)
    add_max_points(cut)
    add_json(cut, "say what was done as JSON")


def list_data_sets(arguments: argparse.Namespace) -> int:
    folder = catalogue.datasets_folder()
    there = {
        name: [form for form, (_, file) in catalogue.FORMS.items() if (folder / file.format(name)).is_file()]
        for name in catalogue.categories()
    }
    if arguments.json:
        rows: list[dict[str, Any]] = [
            {
                "name": name,
                "forms": list(catalogue.FORMS),
                "downloaded": forms,
                "licence": catalogue.QUICKDRAW_LICENCE,
            }
            for name, forms in there.items()
        ]
        rows += [
            {
                "name": small.name,
                "forms": ["npz"],
                "downloaded": ["npz"] if (folder / f"{small.name}.npz").is_file() else [],
                "licence": small.licence,
                "drawings": small.drawings,
                "description": small.description,
            }
            for small in catalogue.SMALL_SETS
        ]
        print_json({"folder": str(folder), "data_sets": rows})
        return 0
    print_columns([f"{name} *" if forms else name for name, forms in there.items()])
    print(f"\n{len(there)} categories of Quick, Draw! ({catalogue.QUICKDRAW_LICENCE}). Other data sets:")
    for small in catalogue.SMALL_SETS:
        mark = " *" if (folder / f"{small.name}.npz").is_file() else ""
        print(f"{small.name + mark:<15} {small.drawings:>6,} drawings: {small.description} ({small.licence})")
    print(f"\nDownloads go to {folder} (* is there). Get some with `sketchrnn dataset download cat dog`.")
    return 0


def download(arguments: argparse.Namespace) -> int:
    folder = arguments.out or catalogue.datasets_folder()
    names = [*arguments.names, *(catalogue.categories() if arguments.all else ())]
    if not names:
        raise ConfigError("name at least one data set, or --all; `sketchrnn dataset list` shows them")
    downloads = [
        catalogue.data_download(name, arguments.format, folder, arguments.base_url) for name in names
    ]
    done = []
    with Fetching(arguments.json) as fetching:

        def arrived(outcome: web.Outcome) -> None:
            file = outcome.download.target
            size = file.stat().st_size
            done.append({"file": str(file), "bytes": size, "new": outcome.fetched})
            if outcome.fetched:
                fetching.say(f"{file}: {size / 1e6:,.1f} MB")
            else:
                fetching.say(f"{file} is there already; --force gets it again")

        fetching.fetch(downloads, arrived, force=arguments.force)
    if arguments.json:
        print_json(done)
    return fetching.status


def build(arguments: argparse.Namespace) -> int:
    from sketchrnn.dataset.build import build as build_set
    from sketchrnn.dataset.overview import listed

    if arguments.out.exists() and not arguments.force:
        raise FormatError(f"{arguments.out} is there already; add --force to replace it")
    with counting("drawings") as progress:
        report = build_set(
            arguments.out,
            arguments.places,
            shares=arguments.split,
            seed=arguments.seed,
            label=arguments.label,
            frame=arguments.frame,
            epsilon=arguments.epsilon,
            max_points=arguments.max_points,
            recognized=arguments.recognized,
            keep_model_strokes=arguments.keep_model_strokes,
            progress=progress,
        )
    if arguments.json:
        print_json(report.to_json())
        return 0
    parts = ", ".join(f"{count:,} {name}" for name, count in report.splits.items())
    print(f"{report.file}: {sum(report.splits.values()):,} of {plural(report.read, 'drawing')} ({parts})")
    print(f"up to {plural(report.longest, 'point')}, {report.frame:g} pixels, epsilon {report.epsilon:g}")
    if set(report.labels) - {""}:
        print(f"labels: {listed(report.labels, 2 * SHOWN)}")
    if report.left_out:
        from sketchrnn.dataset.build import REASONS

        reasons = (f"{count:,} {REASONS[reason]}" for reason, count in report.left_out.most_common())
        print(f"left out: {', '.join(reasons)}")
    for error in list(report.unreadable.values())[:SHOWN]:
        print(f"not read: {error}")
    if len(report.unreadable) > SHOWN:
        print(f"not read: {plural(len(report.unreadable) - SHOWN, 'more file')}; --json names all")
    return 0


def shard(arguments: argparse.Namespace) -> int:
    from sketchrnn.cli.quiet import import_tensorflow

    import_tensorflow()
    from sketchrnn.dataset import shards

    with counting("drawings") as progress:
        splits = shards.write(
            arguments.files,
            arguments.out,
            max_seq_len=arguments.max_points,
            seed=arguments.seed,
            progress=progress,
        )
    if arguments.json:
        parts = {name: len(getattr(splits, name)) for name in SPLITS}
        said = {"folder": str(arguments.out), "splits": parts, "labels": list(splits.labels)}
        print_json({**said, "left_out": splits.dropped})
        return 0
    sizes = ", ".join(f"{len(getattr(splits, name)):,} {name}" for name in SPLITS)
    left_out = f"; left out {splits.dropped:,} that are empty, broken or too long" if splits.dropped else ""
    print(f"{arguments.out}: {sizes}, {plural(len(splits.labels), 'label')}{left_out}")
    return 0


def convert(arguments: argparse.Namespace) -> int:
    from sketchrnn.dataset.convert import convert as convert_file

    options = of_picture(arguments)
    with counting("drawings") as progress:
        written = convert_file(
            arguments.file,
            arguments.out,
            simplify=arguments.simplify,
            split=arguments.split,
            number=arguments.number,
            progress=progress,
            **options,
        )
    if arguments.json:
        print_json({"file": arguments.out, "drawings": written})
    else:
        print(f"{arguments.out}: {plural(written, 'drawing')}")
    return 0


def show(arguments: argparse.Namespace) -> int:
    from sketchrnn.dataset import overview

    if arguments.out is not None:
        overview.check_sheet(arguments.out)
    with counting("drawings") as progress:
        found = overview.look(arguments.file, count=arguments.count, seed=arguments.seed, progress=progress)
    if arguments.out is not None:
        overview.write_sheet(arguments.out, found)
    figures = found.to_json()
    if arguments.json:
        print_json(figures)
        return 0
    print(overview.summary(found))
    if figures["labels"]:
        print(f"labels: {overview.listed(found.labels, 2 * SHOWN)}")
    print(f"{'':<8} {'least':>8} {'median':>8} {'mean':>8} {'95 %':>8} {'greatest':>8}")
    for name, text in {"points": "points", "strokes": "strokes", "sides": "size"}.items():
        print(f"{text:<8} {''.join(f'{figure:>9,.6g}' for figure in figures[name].values())[1:]}")
    if found.unusable:
        print(f"empty or broken: {plural(found.unusable, 'drawing')}")
    return 0
