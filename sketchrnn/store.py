"""Saved models: a folder each, with `model.json`, `weights.npz`, a card and a sheet of samples."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchrnn.engine.architecture import Architecture
from sketchrnn.errors import FormatError, ModelError, SketchRNNError
from sketchrnn.files import StrPath, atomic_write, new_folder

FORMAT_VERSION = 1
MODEL_FILE = "model.json"
WEIGHTS_FILE = "weights.npz"

PREFERRED = ("quickdraw", "kanji")
"""Which models to begin with, most wanted first."""

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FLOAT_BITS = np.uint32(0x8FFFE000).view(np.int32)  # where a float16's sign, exponent and fraction go
_MAX_JSON_BYTES = 16 << 20
_MAX_RATIO = 100  # weights hardly compress at all; a bomb about 1,000 times
_BOMB_FROM = 16 << 20


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
    """Where the models that ship are: installed within the package, or `saved_models/` of a clone."""
    package = Path(__file__).resolve().parent
    installed = package / "saved_models"
    return installed if installed.is_dir() else package.parent / "saved_models"


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
        ModelError: there is none, and the message lists those that there are; or it may not be read.
    """
    given = Path(name_or_path)
    candidates = [given]
    if given.name in (MODEL_FILE, WEIGHTS_FILE):
        candidates.append(given.parent)
    if given.name and given.name == os.fspath(name_or_path):
        candidates += [user_folder() / given, default_folder() / given]
    for path in candidates:
        try:
            if (path / MODEL_FILE).is_file():
                return path
        except PermissionError as error:
            raise ModelError(f"{path} may not be read; change its permissions or copy it") from error
        except OSError:  # a name that no file can have
            continue
    names = ", ".join(info.name for info in available()) or "none yet; train one with `sketchrnn train`"
    name = os.fspath(name_or_path)
    raise ModelError(f"there is no model {name!r}; {_where_to_get(name)}there are: {names}")


def _where_to_get(name: str) -> str:
    """The command that gets a model that Magenta published; nothing for other names."""
    from sketchrnn.dataset import catalogue

    try:
        model, kind = catalogue.find_model(name)
    except SketchRNNError:
        return ""
    wanted = model if kind == "gen" else f"{model}.{kind}"
    return f"Magenta's is to be had with `sketchrnn model download {wanted}`; "


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
        try:
            values["architecture"] = Architecture.from_dict(values["architecture"])
        except SketchRNNError as error:
            raise ModelError(f"{path}: {error}") from error
        values["labels"] = tuple(_listed(values.get("labels", [])))
        info = ModelInfo(path=folder, **(values | {"name": folder.resolve().name}))
        wrong = _wrong_field(info)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ModelError(f"{path} is damaged ({_one_line(error)}); get the model again") from error
    if wrong:
        value = ascii(getattr(info, wrong))[:60]
        raise ModelError(f"{path}: {wrong} is {value}, which cannot be; get the model again")
    return info


class StoredWeights(Mapping[str, NDArray[np.float32]]):
    """The arrays of `weights.npz` as they lie there, checked; each becomes float32 when it is asked for.

    An engine copies most of them into an order of its own: all of them at once as float32, which nobody
    needs, would take twice the file's memory, and as long to fill as reading the file.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._arrays = arrays

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        return _widened(self._arrays[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)


def read_weights(info: ModelInfo) -> dict[str, NDArray[np.float32]]:
    """The arrays of `stored_weights`, all of them as float32, which may be changed."""
    return {name: np.require(array, requirements="W") for name, array in stored_weights(info).items()}


def stored_weights(info: ModelInfo) -> StoredWeights:
    """The arrays of `weights.npz`, by the names of `Architecture.weight_shapes`.

    Those of `Architecture.optional_shapes` are among them if the file has them.

    Raises:
        ModelError: the file is missing or damaged, an array has another shape, or is not all finite numbers.
    """
    path = info.path / WEIGHTS_FILE
    arrays = {}
    try:
        with zipfile.ZipFile(path) as archive:
            optional, there = info.architecture.optional_shapes(), set(archive.namelist())
            for name, shape in (info.architecture.weight_shapes() | optional).items():
                if f"{name}.npy" in there:
                    arrays[name] = _read_array(archive, name, shape)
                elif name not in optional:
                    raise ModelError(f"{path} lacks {name}; get the model again")
    except ModelError:
        raise
    except Exception as error:  # zipfile, zlib and numpy raise nearly anything on damaged bytes
        reason = _one_line(error)
        raise ModelError(f"{path} is missing or damaged ({reason}); get the model again") from error
    for name, array in arrays.items():
        if not _all_finite(array):
            raise ModelError(f"{path}: {name} has values that are not numbers; get the model again")
    return StoredWeights(arrays)


def save(info: ModelInfo, weights: Mapping[str, NDArray[Any]], dtype: str = "float16") -> None:
    """Writes `weights.npz` and `model.json` into `info.path`; each file is replaced whole.

    Raises:
        ModelError: the weights are not those of the architecture or not all finite, or `read_info` would
            refuse the description.
        FormatError: a file cannot be written.
    """
    wrong = _wrong_field(info)
    if wrong:
        raise ModelError(f"{info.name}: {wrong} is {ascii(getattr(info, wrong))[:60]}; nothing was saved")
    shapes = info.architecture.weight_shapes()
    shapes |= {name: shape for name, shape in info.architecture.optional_shapes().items() if name in weights}
    if {name: weights[name].shape for name in weights} != shapes:
        raise ModelError(f"{info.name}: these are not the weights of its architecture")
    with np.errstate(over="ignore"):
        stored = {name: weights[name].astype(dtype) for name in shapes}
    if not all(np.isfinite(array).all() for array in stored.values()):
        raise ModelError(f"{info.name}: a weight is not a finite number in {dtype}; nothing was saved")
    try:
        with new_folder(info.path):
            with atomic_write(info.path / WEIGHTS_FILE) as file:
                np.savez(file, allow_pickle=False, **stored)
            with atomic_write(info.path / MODEL_FILE) as file:
                file.write((json.dumps(info.to_json(), indent=2, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        raise FormatError(f"{info.path} cannot be made into a model's folder: {error.strerror}") from error


def _read_array(archive: zipfile.ZipFile, name: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """An array, as float16 or float32; what it claims to be is looked at before memory is taken for it."""
    member = archive.getinfo(f"{name}.npy")
    if member.file_size > max(_BOMB_FROM, _MAX_RATIO * member.compress_size):
        raise ModelError(
            f"{archive.filename}: {name} would unpack to {member.file_size:,} bytes; do not use it"
        )
    with archive.open(member) as file:
        header = np.lib.format
        v1 = header.read_magic(file) == (1, 0)
        read_header = header.read_array_header_1_0 if v1 else header.read_array_header_2_0
        found, by_columns, dtype = read_header(file)
        if found != shape or dtype.kind != "f":
            claim = f"{dtype} {found}, not floating point {shape}"
            raise ModelError(f"{archive.filename}: {name} is {claim}; get the model again")
        array = np.frombuffer(file.read(), dtype).reshape(shape, order="F" if by_columns else "C")
    with np.errstate(over="ignore"):  # what overflows becomes infinite, and is refused for it
        return array if array.dtype == np.float16 else array.astype(np.float32, copy=False)


def _widened(array: NDArray[Any]) -> NDArray[np.float32]:
    """Finite numbers as float32. numpy converts float16 one by one; by their bits it takes half as long."""
    if array.dtype != np.float16:
        return array.astype(np.float32, copy=False)
    bits = array.view(np.int16).astype(np.int32)  # the sign spreads over the upper half
    bits <<= 13  # exponent and fraction to their places
    bits &= _FLOAT_BITS
    values = bits.view(np.float32)
    values *= np.float32(2.0**112)  # what the exponents count from
    return values


def _all_finite(array: NDArray[Any]) -> bool:
    if array.dtype == np.float16:  # numpy looks at these one by one; 5 bits tell
        return bool((array.view(np.uint16) & 0x7C00).max(initial=0) < 0x7C00)
    return bool(np.isfinite(array).all())


def _wrong_field(info: ModelInfo) -> str | None:
    """The name of a figure that no model can have."""
    files, licence = info.data.get("files", []), info.data.get("licence", "")
    possible = {
        "frame": _is_number(info.frame) and 0.0 < info.frame < 1e6,
        "scale_factor": _is_number(info.scale_factor) and 0.0 < info.scale_factor < 1e6,
        "epsilon": _is_number(info.epsilon) and 0.0 <= info.epsilon < info.frame,
        "max_points": type(info.max_points) is int and 1 <= info.max_points <= 100_000,
        "explicit_start": isinstance(info.explicit_start, bool),
        "labels": all(map(_is_line, info.labels)) and len(info.labels) == info.architecture.num_labels,
        "description": _is_line(info.description),
        "data": isinstance(files, list) and all(map(_is_line, files)) and _is_line(licence),
        "training": isinstance(info.training, dict),
        "losses": all(isinstance(part, dict) and _is_figure(part) for part in info.losses.values()),
    }
    return next((field for field, possibly in possible.items() if not possibly), None)


def one_line(text: str) -> str:
    """The text without line ends, codes that terminals obey, and what UTF-8 cannot hold."""
    return _UNPRINTABLE.sub(" ", text)


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r:.60} is no list")
    return value


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and -math.inf < value < math.inf  # type: ignore[operator]


def _is_figure(value: object) -> bool:
    """A number, or figures by name."""
    return all(map(_is_figure, value.values())) if isinstance(value, dict) else _is_number(value)


def _is_line(value: object) -> bool:
    return isinstance(value, str) and not _UNPRINTABLE.search(value)


def _one_line(error: Exception) -> str:
    return one_line(str(error))[:200] or type(error).__name__
