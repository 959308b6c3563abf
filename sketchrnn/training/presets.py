"""Settings of a training run that have a name, and those that a file holds."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from typing import Any

from sketchrnn.engine.architecture import Architecture
from sketchrnn.errors import ConfigError
from sketchrnn.files import StrPath, open_to_read
from sketchrnn.training.config import TrainingConfig

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "paper": {},
    "default": {"positions": True, "prefix_prob": 0.5},
    "small": {"positions": True, "prefix_prob": 0.5, "enc_rnn_size": 128, "dec_rnn_size": 256, "z_size": 64},
    "large": {
        "positions": True,
        "prefix_prob": 0.5,
        "enc_rnn_size": 512,
        "dec_rnn_size": 1024,
        "dec_model": "layer_norm",
    },
}
"""In what each differs from the values of `Architecture` and `TrainingConfig`, which are those of Magenta's
code with an LSTM decoder: these are "paper"."""

MAX_BYTES = 1 << 20

_KINDS = {
    field.name: type(field.default)
    for kind in (Architecture, TrainingConfig)
    for field in dataclasses.fields(kind)
    if field.name != "num_labels"  # the data say
}


def read_config(path: StrPath) -> dict[str, Any]:
    """The settings of a TOML file: names and values of hyperparameters, or `preset`, one on a line.

    Raises:
        ConfigError: it is no TOML, has a name that there is not, or a value of another kind.
        FormatError: it cannot be read.
    """
    with open_to_read(path, pipe=True) as file:
        data = file.read(MAX_BYTES + 1)
    try:
        if len(data) > MAX_BYTES:
            raise ValueError("it is too large")
        settings = tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise ConfigError(
            f"{path} is no TOML ({' '.join(str(error).split())}); see docs/training.md"
        ) from error
    for name, value in settings.items():
        kind = str if name == "preset" else _KINDS.get(name)
        if kind is None:
            raise ConfigError(f"{path}: there is no setting {name!r}; `sketchrnn train --help` lists them")
        if kind is float and type(value) is int:
            settings[name] = float(value)
        elif type(value) is not kind:
            raise ConfigError(f"{path}: {name} is {value!r}; it must be {_WANTED[kind]}")
    return settings


def with_preset(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings and those of the preset that they name, which the others override.

    Raises:
        ConfigError: there is no such preset.
    """
    rest = dict(settings)
    name = rest.pop("preset", None)
    if name is not None and name not in PRESETS:
        raise ConfigError(f"there is no preset {name!r}; there are {', '.join(PRESETS)}")
    return {**PRESETS.get(name, {}), **rest}


def divided(settings: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings that belong to the architecture, and those that belong to the training."""
    sizes = {field.name for field in dataclasses.fields(Architecture)}
    architecture = {name: value for name, value in settings.items() if name in sizes}
    return architecture, {name: value for name, value in settings.items() if name not in sizes}


_WANTED = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
