"""`sketchrnn dataset list | download`: sets of drawings to learn from."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from sketchrnn import download as web
from sketchrnn.cli.fetching import Fetching, print_columns
from sketchrnn.dataset import catalogue
from sketchrnn.errors import DownloadError


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: sketchrnn dataset download cat dog"
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser(
        "list", help="every data set that can be downloaded", epilog="example: sketchrnn dataset list"
    )
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.set_defaults(run=list_data_sets)
    fetch = actions.add_parser(
        "download",
        help="get data sets",
        epilog="example: sketchrnn dataset download cat 'alarm clock' --format simplified",
    )
    fetch.add_argument("names", nargs="*", metavar="NAME", help="a category of Quick, Draw!, or a small set")
    fetch.add_argument("--all", action="store_true", help="all 345 categories")
    fetch.add_argument(
        "--format",
        choices=tuple(catalogue.FORMS),
        default="npz",
        help="npz: 75,000 simplified drawings of a category in splits (default); full: all that were "
        "recognised, as npz; simplified and raw: all drawings as ndjson; binary: all, simplified",
    )
    fetch.add_argument("--out", type=Path, metavar="DIR", help="where to (default: as `dataset list` says)")
    fetch.add_argument("--force", action="store_true", help="get also what is there, and replace it")
    fetch.add_argument(
        "--base-url", metavar="URL", help=f"another source; also ${catalogue.DATASETS_VARIABLE}"
    )
    fetch.add_argument("--json", action="store_true", help="say what was done as JSON")
    fetch.set_defaults(run=download)


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
        print(json.dumps({"folder": str(folder), "data_sets": rows}, ensure_ascii=False))
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
        raise DownloadError("name at least one data set, or --all; `sketchrnn dataset list` shows them")
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
        print(json.dumps(done))
    return fetching.status
