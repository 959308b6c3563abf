"""`sketchrnn model list | show`: what saved models there are, and what each one is."""

from __future__ import annotations

import argparse
import json
from typing import Any

from sketchrnn import store


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: sketchrnn model show kanji"
    actions = parser.add_subparsers(dest="action", metavar="list | show", required=True)
    listing = actions.add_parser("list", help="every saved model", epilog="example: sketchrnn model list")
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.set_defaults(run=list_models)
    show = actions.add_parser("show", help="one model", epilog="example: sketchrnn model show kanji --json")
    show.add_argument("model", help="name or folder")
    show.add_argument("--json", action="store_true", help="as JSON: all of model.json")
    show.set_defaults(run=show_model)


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
        rows["test"] = f"L_R {test['reconstruction_loss']:.3f}, L_KL {test['kl_loss']:.3f}"
    for name, value in rows.items():
        print(f"{name:<12} {value}")
    return 0


def _with_path(info: store.ModelInfo) -> dict[str, Any]:
    return {**info.to_json(), "path": str(info.path)}


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for side in shape:
        size *= side
    return size
