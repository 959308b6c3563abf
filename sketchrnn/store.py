"""Saved models: a folder each, with `model.json`, `weights.npz`, a card and a sheet of samples."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchrnn.engine.architecture import Architecture
from sketchrnn.errors import ModelError, SketchRNNError
from sketchrnn.files import StrPath, atomic_write

FORMAT_VERSION = 1
MODEL_FILE = "model.json"
WEIGHTS_FILE = "weights.npz"

PREFERRED = ("quickdraw", "kanji")
"""Which models to begin with, most wanted first."""

_MAX_JSON_BYTES = 16 << 20
_DAMAGE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, NotImplementedError, MemoryError)


@dataclasses.dataclass(frozen=True, slots=True)
class ModelInfo:
    """What `model.json` says of a model.

    Args:
        name: what people call it; the name of its folder.
        path: the folder.
        architecture: the sizes.
        frame: the larger side of a whole drawing in the training data, in pixels.
        epsilon: what those drawings were simplified with (Ramer-Douglas-Peucker), in pixels of the frame.
        scale_factor: pixels of the frame in one model unit.
        explicit_start: drawings begin with a row for the start itself, (0, 0, ·).
        max_points: points of the longest drawing that it was trained on.
        labels: the categories that it can be asked for.
        description: one line.
        data: where the training data is from, its licence, its size.
        training: the resolved configuration, steps and time.
        losses: measured figures, by name.
    """

    name: str
    path: Path
    architecture: Architecture
    frame: float
    epsilon: float
    scale_factor: float
    explicit_start: bool = False
    max_points: int = 250
    labels: tuple[str, ...] = ()
    description: str = ""
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    training: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    losses: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def conditional(self) -> bool:
        """Whether it has an encoder and a latent vector z."""
        return self.architecture.conditional

    def to_json(self) -> dict[str, Any]:
        """What `model.json` holds."""
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        del fields["path"]
        fields |= {"architecture": dataclasses.asdict(self.architecture), "labels": list(self.labels)}
        return {"format_version": FORMAT_VERSION, **fields}


def default_folder() -> Path:
    """Where the models that ship are: `saved_models/` of a clone, or what was installed with the package."""
    clone = Path(__file__).resolve().parent.parent / "saved_models"
    return clone if clone.is_dir() else Path(sys.prefix) / "share" / "sketchrnn" / "saved_models"


def user_folder() -> Path:
    """Where a person's own models are kept; `SKETCHRNN_MODELS` in the environment names another place."""
    chosen = os.environ.get("SKETCHRNN_MODELS")
    if chosen:
        return Path(chosen)
    import platformdirs

    return platformdirs.user_data_path("sketchrnn", appauthor=False) / "models"


def available() -> list[ModelInfo]:
    """Every saved model that can be read, by name; a person's own model hides a shipped one."""
    found: dict[str, ModelInfo] = {}
    for folder in (default_folder(), user_folder()):
        for path in sorted(folder.glob(f"*/{MODEL_FILE}")):
            try:
                found[path.parent.name] = read_info(path.parent)
            except SketchRNNError:
                continue  # `model show` says what is wrong with it; the others must still be offered
    return [found[name] for name in sorted(found)]


def default_model() -> str:
    """The name of the model to use where none is named: the first of `PREFERRED` that is there, or any.

    Raises:
        ModelError: there is no saved model at all.
    """
    names = [info.name for info in available()]
    for name in (*PREFERRED, *names):
        if name in names:
            return name
    raise ModelError("there is no saved model yet; train one with `sketchrnn train`")


def find(name_or_path: StrPath) -> Path:
    """The folder of a model, by its name or its path (the folder or a file in it).

    Raises:
        ModelError: there is none; the message lists those that there are.
    """
    given = Path(name_or_path)
    for path in (given, given.parent):
        if (path / MODEL_FILE).is_file() and (path == given or given.name in (MODEL_FILE, WEIGHTS_FILE)):
            return path
    if given.name == str(name_or_path):
        for folder in (user_folder(), default_folder()):
            if (folder / given / MODEL_FILE).is_file():
                return folder / given
    names = ", ".join(info.name for info in available()) or "none yet; train one with `sketchrnn train`"
    raise ModelError(f"there is no model {os.fspath(name_or_path)!r}; there are: {names}")


def read_info(folder: Path) -> ModelInfo:
    """Reads `model.json` alone. Raises ModelError where it is damaged or from a newer version."""
    path = folder / MODEL_FILE
    try:
        if path.stat().st_size > _MAX_JSON_BYTES:
            raise ModelError(f"{path} is too large for a model's description; get the model again")
        values = json.loads(path.read_text("utf-8"))
        version = values.pop("format_version")
        if version != FORMAT_VERSION:
            raise ModelError(
                f"{path} has format version {version}, not {FORMAT_VERSION}; update this program"
            )
        values["architecture"] = Architecture.from_dict(values["architecture"])
        values["labels"] = tuple(values.get("labels", ()))
        info = ModelInfo(path=folder, **(values | {"name": folder.resolve().name}))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ModelError(f"{path} is damaged ({error}); get the model again") from error
    wrong = _wrong_field(info)
    if wrong:
        raise ModelError(f"{path}: {wrong} is {getattr(info, wrong)!r}, which cannot be; get the model again")
    return info


def read_weights(info: ModelInfo) -> dict[str, NDArray[np.float32]]:
    """The arrays of `weights.npz` as float32, by the names of `Architecture.weight_shapes`.

    Raises:
        ModelError: the file is missing or damaged, an array has another shape, or is not all finite numbers.
    """
    path = info.path / WEIGHTS_FILE
    arrays = {}
    try:
        with np.load(path, allow_pickle=False) as archive:
            for name, shape in info.architecture.weight_shapes().items():
                if name not in archive.files:
                    raise ModelError(f"{path} lacks {name}; get the model again")
                _check_header(archive.zip, name, shape)
                arrays[name] = archive[name].astype(np.float32)
    except ModelError:
        raise
    except _DAMAGE as error:
        raise ModelError(f"{path} is missing or damaged ({error}); get the model again") from error
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ModelError(f"{path}: {name} has values that are not numbers; get the model again")
    return arrays


def save(info: ModelInfo, weights: Mapping[str, NDArray[Any]], dtype: str = "float16") -> None:
    """Writes `weights.npz` and `model.json` into `info.path`; each file is replaced whole.

    Raises:
        ModelError: the weights are not those of the architecture, or not all finite.
        FormatError: a file cannot be written.
    """
    shapes = info.architecture.weight_shapes()
    if {name: weights[name].shape for name in weights} != shapes:
        raise ModelError(f"{info.name}: these are not the weights of its architecture")
    stored = {name: weights[name].astype(dtype) for name in shapes}
    if not all(np.isfinite(array).all() for array in stored.values()):
        raise ModelError(f"{info.name}: a weight is not a finite number in {dtype}; nothing was saved")
    info.path.mkdir(parents=True, exist_ok=True)
    with atomic_write(info.path / WEIGHTS_FILE) as file:
        np.savez(file, allow_pickle=False, **stored)
    with atomic_write(info.path / MODEL_FILE) as file:
        file.write((json.dumps(info.to_json(), indent=2, ensure_ascii=False) + "\n").encode())


def _check_header(archive: zipfile.ZipFile, name: str, shape: tuple[int, ...]) -> None:
    """Looks at what an array claims to be before any memory is taken for it."""
    with archive.open(f"{name}.npy") as file:
        header = np.lib.format
        v1 = header.read_magic(file) == (1, 0)
        found, _, dtype = (header.read_array_header_1_0 if v1 else header.read_array_header_2_0)(file)
    if found != shape or dtype.kind != "f":
        raise ModelError(
            f"{archive.filename}: {name} is {dtype} {found}, not floating point {shape}; get the model again"
        )


def _wrong_field(info: ModelInfo) -> str | None:
    """The name of a figure that no model can have."""
    for field in ("frame", "scale_factor"):
        if not _is_number(getattr(info, field)) or not 0.0 < getattr(info, field) < 1e6:
            return field
    if not _is_number(info.epsilon) or not 0.0 <= info.epsilon < info.frame:
        return "epsilon"
    if not isinstance(info.max_points, int) or not 1 <= info.max_points <= 100_000:
        return "max_points"
    if not isinstance(info.explicit_start, bool):
        return "explicit_start"
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
