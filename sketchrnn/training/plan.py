"""What a training run is to do: settled before it begins, kept beside its checkpoints, read to go on."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sketchrnn import store
from sketchrnn.dataset.splits import Units
from sketchrnn.engine.architecture import Architecture
from sketchrnn.errors import ConfigError, FormatError, ModelError
from sketchrnn.files import atomic_write
from sketchrnn.training.config import INHERITED, TEACHING, TrainingConfig

RUN_FILE = "run.json"
CHECKPOINTS = "checkpoints"


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """What a training run is made of; kept beside its checkpoints, so that it can be resumed.

    Args:
        data: the files with the drawings.
        architecture: the sizes of the model.
        config: the hyperparameters.
        description: a line for the saved model.
        licence: of the data, for the saved model and its card.
        labelled: one model for many categories, which can be asked for each; the architecture's
            `num_labels` is then that of the data.
        base: the folder of the saved model that it learns on from; none by default.
        units: those of that model.
    """

    data: tuple[str, ...]
    architecture: Architecture
    config: TrainingConfig
    description: str = ""
    licence: str = ""
    labelled: bool = False
    base: str = ""
    units: Units | None = None

    def save(self, out: Path) -> None:
        """Raises FormatError where nothing can be written."""
        try:
            (out / CHECKPOINTS).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FormatError(f"{out} cannot be made into a model's folder: {error.strerror}") from error
        with atomic_write(out / CHECKPOINTS / RUN_FILE) as file:
            file.write((json.dumps(dataclasses.asdict(self), indent=2) + "\n").encode())

    @classmethod
    def of(cls, values: dict[str, Any]) -> Run:
        """The inverse of `dataclasses.asdict`. Raises ValueError, TypeError or KeyError."""
        architecture, config = Architecture(**values["architecture"]), TrainingConfig(**values["config"])
        units = values.get("units")
        if units:
            units = Units(**(units | {"labels": tuple(units["labels"])}))
        rest = {"data": tuple(values["data"]), "architecture": architecture, "config": config}
        rest["units"] = units
        return cls(**(values | rest))

    @classmethod
    def load(cls, out: Path) -> Run:
        """Raises ModelError where there is nothing to resume."""
        path = out / CHECKPOINTS / RUN_FILE
        if not path.exists():
            raise ModelError(f"{out} holds no training run to resume; leave --resume out to begin one")
        try:
            return cls.of(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ModelError(f"{path} is damaged; train into a new folder") from error


def is_used(out: Path) -> bool:
    """Whether a folder holds a model or a run that a new run would spoil."""
    return any((out / name).exists() for name in (CHECKPOINTS, store.MODEL_FILE, store.WEIGHTS_FILE))


def resolve(
    data: Sequence[str],
    out: Path,
    *,
    resume: bool,
    architecture: dict[str, Any],
    config: dict[str, Any],
    description: str = "",
    licence: str = "",
    labelled: bool = False,
    base: store.ModelInfo | None = None,
    chief: bool = True,
) -> Run:
    """The run that a command line asks for; a resumed one begins with what it was begun with.

    Args:
        data: files; may be empty for a resumed run.
        out: the folder.
        resume: whether to go on.
        architecture, config: what was asked for, by name, without defaults.
        labelled: whether the model is to know the drawings' labels.
        base: a saved model to begin with, in place of random weights; a resumed run knows its own.
        chief: whether this worker decides; another one may leave everything out, and needs no empty folder.

    Raises:
        SketchRNNError: the folder is taken, there is nothing to resume, or sizes would change.
    """
    if not chief:
        files = tuple(str(Path(path).resolve()) for path in data)
        return Run(files, Architecture(), TrainingConfig())
    if not resume:
        if not data:
            raise FormatError("name at least one file with drawings to train on")
        if is_used(out):
            raise ModelError(f"{out} already holds a model or a run; add --resume, or choose another --out")
        files = tuple(str(Path(path).resolve()) for path in data)
        sizes = Architecture(**architecture)
        if base is not None:
            return _taught(base, files, architecture, config, description, licence)
        return Run(files, sizes, TrainingConfig(**config), description, licence, labelled)
    before = Run.load(out)
    for name, value in architecture.items():
        if getattr(before.architecture, name) != value:
            raise ModelError(f"{out} was begun with another {name}; leave it out, or choose a new --out")
    return dataclasses.replace(
        before,
        data=tuple(str(Path(path).resolve()) for path in data) or before.data,
        config=dataclasses.replace(before.config, **config),
        description=description or before.description,
        licence=licence or before.licence,
    )


def _taught(
    base: store.ModelInfo,
    files: tuple[str, ...],
    architecture: dict[str, Any],
    config: dict[str, Any],
    description: str,
    licence: str,
) -> Run:
    """A run that goes on from a saved model: its sizes and units, and a recipe for few drawings.

    Positions can be added to what it sees, and z made smaller; all else stays as large as it is.
    """
    sizes = base.architecture
    if architecture.get("positions"):
        sizes = dataclasses.replace(sizes, positions=True)
    if sizes.conditional and 1 <= architecture.get("z_size", sizes.z_size) < sizes.z_size:
        sizes = dataclasses.replace(sizes, z_size=architecture["z_size"])
    for name, value in architecture.items():
        if getattr(sizes, name) != value:
            raise ModelError(f"{base.name!r} has another {name}; leave it out, or train without --from")
    inherited = {name: base.training[name] for name in INHERITED if name in base.training}
    try:
        defaults = TrainingConfig(**(inherited | TEACHING))
    except (TypeError, ConfigError) as error:
        raise ModelError(f"{base.name!r} does not say how it was trained ({error}); get it again") from error
    settled = dataclasses.replace(
        defaults,
        kl_weight_start=_kl_weight_reached(base, defaults),
        max_seq_len=max(defaults.max_seq_len, TrainingConfig().max_seq_len),
    )
    return Run(
        files,
        sizes,
        dataclasses.replace(settled, **config),
        description or f"{base.name}, and {', '.join(Path(file).stem for file in files)}",
        "; ".join(filter(None, [licence, _licence_of(base)])),
        base=str(base.path.resolve()),
        units=units_of(base),
    )


def _licence_of(base: store.ModelInfo) -> str:
    """What a model says of its own licence, for one that goes on from its weights."""
    licence = base.data.get("licence")
    return f"begun with the weights of {base.name} ({licence})" if licence else ""


def units_of(model: store.ModelInfo) -> Units:
    """What drawings are brought to for a model that was trained before."""
    return Units(
        model.frame, model.epsilon, model.scale_factor, model.explicit_start, model.max_points, model.labels
    )


def _kl_weight_reached(base: store.ModelInfo, config: TrainingConfig) -> float:
    """Where the annealing of the KL weight was when the model's own training ended."""
    was = {"kl_weight_start": config.kl_weight_start, "kl_decay_rate": config.kl_decay_rate, "steps": 0}
    start, rate, steps = (float(base.training.get(name, default)) for name, default in was.items())
    return config.kl_weight - (config.kl_weight - start) * rate**steps
