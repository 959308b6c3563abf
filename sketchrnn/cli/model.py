"""`sketchrnn model list | show | import | export`: the saved models, and their way in and out."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

from sketchrnn import store
from sketchrnn.errors import ModelError


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: sketchrnn model show kanji"
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="every saved model", epilog="example: sketchrnn model list")
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.set_defaults(run=list_models)
    show = actions.add_parser("show", help="one model", epilog="example: sketchrnn model show kanji --json")
    show.add_argument("model", help="name or folder")
    show.add_argument("--json", action="store_true", help="as JSON: all of model.json")
    show.set_defaults(run=show_model)
    bring = actions.add_parser(
        "import",
        help="make saved models of Magenta's published ones",
        epilog="example: sketchrnn model import dog.gen.json bird.vae.json",
    )
    bring.add_argument("files", nargs="+", metavar="FILE", help=".gen.json, .vae.json or .gen.js")
    bring.add_argument("--out", type=Path, metavar="DIR", help="the saved model's folder, for one file")
    bring.add_argument("--force", action="store_true", help="replace a model of the same name")
    bring.add_argument("--json", action="store_true", help="say what was done as JSON")
    bring.set_defaults(run=import_models)
    send = actions.add_parser(
        "export",
        help="write a model as Magenta's browser code reads it",
        epilog="example: sketchrnn model export kanji -o kanji.vae.json",
    )
    send.add_argument("model", help="name or folder")
    send.add_argument("-o", "--out", required=True, type=Path, help="the file to write")
    send.set_defaults(run=export_model)


def list_models(arguments: argparse.Namespace) -> int:
    models = store.available()
    if arguments.json:
        print(json.dumps([_with_path(info) for info in models], ensure_ascii=False))
        return 0
    if not models:
        print("no saved models yet; train one with `sketchrnn train`")
    for info in models:
        print(f"{info.name:<16} {info.description or 'no description'}  ({info.path})")
    return 0


def show_model(arguments: argparse.Namespace) -> int:
    info = store.read_info(store.find(arguments.model))
    store.read_weights(info)  # shows what is wrong with them, if anything is
    if arguments.json:
        print(json.dumps(_with_path(info), ensure_ascii=False))
        return 0
    sizes = info.architecture
    parameters = sum(_size(shape) for shape in sizes.weight_shapes().values())
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
        raise ModelError("--out names one folder, but there are several files; leave it out")
    done = []
    for file in arguments.files:
        info, weights = magenta.read(file)
        folder = arguments.out or store.user_folder() / info.name
        if (folder / store.MODEL_FILE).exists():
            if not arguments.force:
                raise ModelError(
                    f"{folder} holds a model already; add --force to replace it, or choose --out"
                )
        elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ModelError(f"{folder} holds other things than a model; choose an empty or a new folder")
        # Their weights are exact in float32 alone, and likelihoods shall be those of the original.
        store.save(dataclasses.replace(info, name=folder.name, path=folder), weights, dtype="float32")
        done.append({"model": folder.name, "path": str(folder), "file": file})
        if not arguments.json:
            print(f"{file}: saved as {folder.name} in {folder}")
    if arguments.json:
        print(json.dumps(done))
    return 0


def export_model(arguments: argparse.Namespace) -> int:
    from sketchrnn import magenta

    info = store.read_info(store.find(arguments.model))
    magenta.write(arguments.out, info, store.read_weights(info))
    return 0


def _with_path(info: store.ModelInfo) -> dict[str, Any]:
    return {**info.to_json(), "path": str(info.path)}


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for side in shape:
        size *= side
    return size
