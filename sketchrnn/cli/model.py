"""`sketchrnn model list | show | download | import | export`: the saved models, and their way in and out."""

from __future__ import annotations

import argparse
import dataclasses
import math
from pathlib import Path
from typing import Any

from sketchrnn import download as web
from sketchrnn import store
from sketchrnn.cli.fetching import Fetching
from sketchrnn.cli.options import add_action, add_fetching, add_json
from sketchrnn.cli.output import print_columns, print_json
from sketchrnn.dataset import catalogue
from sketchrnn.errors import ConfigError, ModelError
from sketchrnn.words import plural


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: sketchrnn model show kanji"
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = add_action(actions, "list", list_models, "sketchrnn model list", "every saved model")
    listing.add_argument(
        "--remote", action="store_true", help="those that Magenta published, to be had with `model download`"
    )
    add_json(listing)
    view = add_action(actions, "show", show_model, "sketchrnn model show kanji --json", "one model")
    view.add_argument("model", help="name or folder")
    add_json(view, "as JSON: all of model.json")
    fetch = add_action(
        actions,
        "download",
        download_models,
        "sketchrnn model download cat owl.vae",
        "get models that Magenta published",
    )
    fetch.add_argument(
        "models", nargs="+", metavar="NAME", help="the decoder of a category, or with .vae all of the model"
    )
    add_fetching(fetch, catalogue.MODELS_VARIABLE)
    bring = add_action(
        actions,
        "import",
        import_models,
        "sketchrnn model import dog.gen.json bird.vae.json",
        "make saved models of Magenta's published ones",
    )
    bring.add_argument("files", nargs="+", metavar="FILE", help=".gen.json, .vae.json or .gen.js")
    bring.add_argument("--out", type=Path, metavar="DIR", help="the saved model's folder, for one file")
    bring.add_argument(
        "--drawings",
        type=Path,
        metavar="FILE",
        help="whole drawings of what it learnt: finds the frame of a model that was not trained in Magenta's",
    )
    bring.add_argument("--force", action="store_true", help="replace a model of the same name")
    add_json(bring, "say what was done as JSON")
    send = add_action(
        actions,
        "export",
        export_model,
        "sketchrnn model export kanji -o kanji.vae.json",
        "write a model as Magenta's browser code reads it",
    )
    send.add_argument("model", help="name or folder")
    send.add_argument(
        "--format", choices=["magenta-json"], default="magenta-json", help="the form (default %(default)s)"
    )
    send.add_argument("--label", help="which of a model's labels: browsers know none")
    send.add_argument(
        "-o",
        "--out",
        type=Path,
        help="the file to write (default NAME.gen.json or NAME.vae.json, of a label LABEL.vae.json)",
    )
    add_json(send, "say what was done as JSON")


def list_models(arguments: argparse.Namespace) -> int:
    if arguments.remote:
        return _list_remote(as_json=arguments.json)
    models = store.available()
    if arguments.json:
        print_json([_with_path(info) for info in models])
        return 0
    if not models:
        print("no saved models yet; train one with `sketchrnn train`, or see `sketchrnn model list --remote`")
    for info in models:
        print(f"{info.name:<16} {info.description or 'no description'}  ({info.path})")
    return 0


def _list_remote(*, as_json: bool) -> int:
    folder = store.user_folder()
    rows: list[dict[str, Any]] = []
    for model in catalogue.models():
        for kind in catalogue.kinds(model):
            name = model if kind == "gen" else f"{model}.{kind}"
            present = (folder / name / store.MODEL_FILE).is_file()
            rows.append({"name": name, "conditional": kind == "vae", "downloaded": present})
    if as_json:
        print_json(rows)
        return 0
    decoders = [row for row in rows if not row["conditional"]]
    there = {row["name"] for row in rows if row["downloaded"]}
    print_columns([f"{row['name']}{' *' if row['name'] in there else ''}" for row in decoders])
    whole = [name for name in there if name.endswith(".vae")]
    print(
        f"\n{len(decoders)} decoders; with .vae after its name, the whole model (not of everything). "
        f"Get one with `sketchrnn model download cat owl.vae`."
    )
    if there:
        print(f"* is in {folder}{', and ' + ', '.join(sorted(whole)) if whole else ''}")
    return 0


def download_models(arguments: argparse.Namespace) -> int:
    from sketchrnn import magenta

    cache = catalogue.cache_folder() / "models"
    wanted: dict[Path, str] = {}  # the file that is fetched: the model that it becomes
    downloads, there = [], []
    for asked in arguments.models:
        model, kind = catalogue.find_model(asked)
        name = model if kind == "gen" else f"{model}.{kind}"
        folder = store.user_folder() / name
        if (folder / store.MODEL_FILE).is_file() and not arguments.force:
            there.append(name)
            continue
        _check_folder(folder, force=arguments.force)
        download = catalogue.model_download(asked, cache, magenta.read, arguments.base_url)
        if download.target not in wanted:
            wanted[download.target] = name
            downloads.append(download)
    done = {name: {"model": name, "path": str(store.user_folder() / name), "new": False} for name in there}
    with Fetching(arguments.json) as fetching:
        for name in done:
            fetching.say(f"{name} is in {done[name]['path']} already; --force gets it again")

        def arrived(outcome: web.Outcome) -> None:
            file = outcome.download.target
            name = wanted[file]
            folder = store.user_folder() / name
            info, weights = magenta.read(file)
            _save(info, weights, folder)
            file.unlink(missing_ok=True)
            done[name] = {"model": name, "path": str(folder), "new": True}
            fetching.say(f"{name}: saved in {folder}")

        fetching.fetch(downloads, arrived, force=arguments.force)
    if arguments.json:
        print_json(list(done.values()))
    return fetching.status


def show_model(arguments: argparse.Namespace) -> int:
    info = store.read_info(store.find(arguments.model))
    store.read_weights(info)  # shows what is wrong with them, if anything is
    if arguments.json:
        print_json(_with_path(info))
        return 0
    sizes = info.architecture
    parameters = sum(math.prod(shape) for shape in sizes.weight_shapes().values())
    rows = {
        "name": info.name,
        "description": info.description or "—",
        "folder": info.path,
        "kind": "encoder, z and decoder" if info.conditional else "decoder only",
        "parameters": f"{parameters:,}",
        "labels": ", ".join(info.labels) or "—",
        "frame": f"{info.frame:g} pixels, epsilon {info.epsilon:g}, scale factor {info.scale_factor:g}",
        "trained on": ", ".join(info.data.get("files", ())) or "—",
        "licence": info.data.get("licence") or "—",
    }
    test = info.losses.get("test")
    if test:
        names = {"reconstruction_loss": "L_R", "kl_loss": "L_KL"}
        rows["test"] = ", ".join(f"{names[name]} {test[name]:.3f}" for name in names if name in test)
    for name, value in rows.items():
        print(f"{name:<12} {value}")
    return 0


def import_models(arguments: argparse.Namespace) -> int:
    from sketchrnn import magenta

    if arguments.out and len(arguments.files) > 1:
        raise ConfigError("--out names one folder, but there are several files; leave it out")
    done = []
    for file in arguments.files:
        info, weights = magenta.read(file)
        folder = arguments.out or store.user_folder() / info.name
        _check_folder(folder, force=arguments.force)
        found = ""
        if arguments.drawings:
            info, found = _in_its_frame(info, arguments.drawings, file)
        _save(info, weights, folder)
        done.append({"model": folder.name, "path": str(folder), "file": file, "frame": info.frame})
        if not arguments.json:
            print(f"{file}: saved as {folder.name} in {folder}{found}")
    if arguments.json:
        print_json(done)
    return 0


def _in_its_frame(info: store.ModelInfo, drawings: Path, file: str) -> tuple[store.ModelInfo, str]:
    """The model with the frame that the drawings show, and how to say so."""
    from sketchrnn import formats, magenta

    try:
        frame, count = magenta.find_frame(info, formats.read(drawings))
    except ModelError as error:
        raise ModelError(f"{file}, with {drawings}: {error}") from error
    said = f"; frame {frame:g} pixels, by {plural(count, 'drawing')}"
    return dataclasses.replace(info, frame=frame), said


def export_model(arguments: argparse.Namespace) -> int:
    from sketchrnn import magenta

    info = store.read_info(store.find(arguments.model))
    weights = store.read_weights(info)
    if arguments.label is not None:
        info, weights = magenta.of_one_label(info, weights, arguments.label)
    kind = "vae" if info.conditional else "gen"
    path = arguments.out or Path(f"{info.name.removesuffix('.vae')}.{kind}.json")
    clipped = magenta.write(path, info, weights)
    if arguments.json:
        print_json({"model": info.name, "path": str(path), "clipped_weights": clipped})
    else:
        said = f"; {plural(clipped, 'weight')} clipped to ±{magenta.LARGEST_WEIGHT:g}" if clipped else ""
        print(f"{info.name}: written to {path}{said}")
    return 0


def _check_folder(folder: Path, *, force: bool) -> None:
    """Raises ModelError where a model cannot be saved without harm to what is there."""
    if (folder / store.MODEL_FILE).exists():
        if not force:
            raise ModelError(f"{folder} holds a model already; add --force to replace it, or choose --out")
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ModelError(f"{folder} holds other things than a model; choose an empty or a new folder")


def _save(info: store.ModelInfo, weights: dict[str, Any], folder: Path) -> None:
    """Magenta's weights are exact in float32 alone, and likelihoods shall be those of the original."""
    store.save(dataclasses.replace(info, name=folder.name, path=folder), weights, dtype="float32")


def _with_path(info: store.ModelInfo) -> dict[str, Any]:
    return {**info.to_json(), "path": str(info.path)}
