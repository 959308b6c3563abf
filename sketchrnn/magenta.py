"""Magenta's published models for the browser, in and out: `.gen.json`, `.vae.json`, `.gen.js`."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import itertools
import json
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchrnn import simplify
from sketchrnn.engine.architecture import INPUTS, Architecture
from sketchrnn.errors import ModelError
from sketchrnn.files import StrPath, atomic_write, open_to_read
from sketchrnn.sketch import Sketch
from sketchrnn.store import ModelInfo, one_line

Floats = NDArray[np.float32]

FRAME = 1000.0
"""The larger side of a whole drawing at which the published models' offsets have unit deviation."""

EPSILON = 2.0
"""What the drawings were simplified with, in that frame."""

MOST_DRAWINGS = 300
"""Drawings that are measured to find a frame, at most."""

MAX_BYTES = 64 << 20
OURS = "sketchrnn"
"""The field with what browsers do not ask for, and we need to have an exported model back as it was."""

LARGEST_WEIGHT = 10.0
"""Weights are int16 w, worth LARGEST_WEIGHT · w / 32767."""

_SMALLEST_FRAME = 4.0  # in epsilons: in a smaller one nothing is left of a drawing
_LARGEST_FRAME = 1e5
_LONGEST_SIDE = 65_536

SUFFIXES = (".gen.json", ".vae.json", ".gen.js", ".vae.js", ".json", ".js")

_DECODER = ("output/kernel", "output/bias", "lstm/kernel", "lstm/recurrent_kernel", "lstm/bias")
_ASSIGNMENT = re.compile(rb"^\s*(?:(?:var|let|const)\s+)?[A-Za-z_$][\w$.]*\s*=\s*")


def read(path: StrPath) -> tuple[ModelInfo, dict[str, Floats]]:
    """Reads a published model.

    Args:
        path: JSON `[info, shapes, weights]`, or JavaScript that assigns it to a variable.

    Returns:
        what to save: the description (its path is the name that the file suggests), and the weights.

    Raises:
        FormatError: the file cannot be read.
        ModelError: it is no such model, is damaged, or is too large.
    """
    with open_to_read(path) as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ModelError(f"{path} is larger than {MAX_BYTES >> 20} MiB; no published model is")
    try:
        return _parse(data, _name(path))
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def find_frame(info: ModelInfo, drawings: Iterable[Sketch]) -> tuple[float, int]:
    """The frame that a model was trained in, by drawings of what it was trained on.

    The offsets of drawings that were prepared as its training data, divided by its scale factor, have unit
    deviation: that is what the scale factor is for. `MOST_DRAWINGS` are measured at most, prepared with the
    model's epsilon.

    Args:
        info: the model; what it says of its frame does not matter.
        drawings: whole ones, of any size.

    Returns:
        the larger side of a whole drawing in pixels, to three digits, and how many drawings say so.

    Raises:
        ModelError: there is no such frame, or no drawing to find it with.
    """
    sized = (drawing for drawing in drawings if len(drawing) and drawing.bounds.larger_side > 0.0)
    whole = list(itertools.islice(sized, MOST_DRAWINGS))
    if not whole:
        raise ModelError("none of the drawings is more than a dot; give others to find its frame with")

    def deviation(frame: float) -> float:
        fitted = simplify.all_in_frame(whole, frame, info.epsilon)
        offsets = [drawing.to_stroke3()[:, :2] for drawing in fitted]
        return float(np.concatenate(offsets).std(dtype=np.float64))

    smallest = _SMALLEST_FRAME * max(info.epsilon, 1e-3)
    low, high = smallest, _LARGEST_FRAME
    while high / low > 1.001:  # it grows with the frame
        middle = math.sqrt(low * high)
        low, high = (middle, high) if deviation(middle) < info.scale_factor else (low, middle)
    if low == smallest or high == _LARGEST_FRAME:
        raise ModelError(
            f"its scale_factor {info.scale_factor:g} fits these drawings in no frame; give others"
        )
    return float(f"{high:.3g}"), len(whole)


def write(path: StrPath, info: ModelInfo, weights: Mapping[str, Floats]) -> int:
    """Writes a model in the form that Magenta's browser code loads.

    The browser code divides by `scale_factor` alone and knows no frame: it works in pixels of the
    model's own frame.

    Returns:
        how many weights the form could not hold, and were clipped to ±`LARGEST_WEIGHT`.

    Raises:
        ModelError: the browser code has no such model, or a weight is no number.
        FormatError: the file cannot be written.
    """
    if info.architecture.num_mixture != 20:
        raise ModelError(
            f"{info.name} has {info.architecture.num_mixture} mixture components; browsers want 20"
        )
    _check_cells(info.architecture, info.name)
    if info.architecture.num_labels:
        raise ModelError(
            f"{info.name} has labels, which the browser code does not know; choose one with --label"
        )
    arrays = [_in_their_order(name, weights) for name in _weight_names(info.architecture)]
    if not all(np.isfinite(array).all() for array in arrays):
        raise ModelError(f"{info.name} has a weight that is no number; train it again")
    whole = [np.round(array * (32767 / LARGEST_WEIGHT)) for array in arrays]
    held = [array.clip(-32768, 32767) for array in whole]
    clipped = sum(int((array != kept).sum()) for array, kept in zip(whole, held, strict=True))
    blobs = [array.astype("<i2").tobytes() for array in held]
    header = {
        "name": info.name,
        "mode": "vae" if info.conditional else "gen",
        "version": 6,
        "max_seq_len": info.max_points,
        "scale_factor": info.scale_factor,
        OURS: {
            "frame": info.frame,
            "epsilon": info.epsilon,
            "explicit_start": info.explicit_start,
            "zero_start": info.architecture.zero_start,
            "description": info.description,
            "licence": str(info.data.get("licence", "")),
            "latent": _encoded_latent(info.architecture, weights),
        },
    }
    shapes = [list(array.shape) for array in arrays]
    encoded = [base64.b64encode(blob).decode("ascii") for blob in blobs]
    with atomic_write(path) as file:
        file.write(json.dumps([header, shapes, encoded], separators=(",", ":")).encode())
    return clipped


def of_one_label(
    info: ModelInfo, weights: Mapping[str, Floats], label: str
) -> tuple[ModelInfo, dict[str, Floats]]:
    """A model with labels as one of this label alone, which draws it just so: browsers know none.

    What the networks are told of a label is the same at every point, so it goes into their biases. Guidance,
    and what recognises drawings, are left behind.

    Raises:
        ModelError: the model has no such label, or is a decoder alone: those begin in zero states there, with
            labels in another.
    """
    if label not in info.labels:
        known = ", ".join(info.labels) or "none: leave the label out"
        raise ModelError(f"{info.name} has no label {label!r}; it has {known}")
    _check_cells(info.architecture, info.name)
    if not info.conditional:
        raise ModelError(
            f"{info.name} is a decoder with labels: the browser code has no state for it to begin"
        )
    number = info.labels.index(label)
    architecture = dataclasses.replace(info.architecture, num_labels=0)
    told = weights["label/embeddings"][number]
    kept = {name: weights[name] for name in architecture.weight_shapes()}
    below = {"encoder/mu": "kernel", "encoder/log_variance": "kernel", "decoder/initial_state": "kernel"}
    for prefix, part in {**below, architecture.decoder_prefix: "z_kernel"}.items():
        kernel = weights[f"{prefix}/{part}"]
        kept[f"{prefix}/{part}"] = kernel[: -len(told)]
        kept[f"{prefix}/bias"] = weights[f"{prefix}/bias"] + told @ kernel[-len(told) :]
    if "latent/mean" in weights and "latent/factor" in weights:
        kept |= {"latent/mean": weights["latent/mean"][number], "latent/factor": weights["latent/factor"]}
    described = f"{label}, of {info.name}"
    return dataclasses.replace(
        info, name=label.replace(" ", "_"), architecture=architecture, labels=(), description=described
    ), kept


def _parse(data: bytes, name: str) -> tuple[ModelInfo, dict[str, Floats]]:
    text = _ASSIGNMENT.sub(b"", data.removeprefix(b"\xef\xbb\xbf"), count=1).strip().removesuffix(b";")
    try:
        parts = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"not JSON ({one_line(str(error))[:80]}); download it again") from error
    if not (isinstance(parts, list) and len(parts) == 3 and isinstance(parts[0], dict)):
        raise ModelError("not a published sketch-rnn model: it is no [info, shapes, weights]")
    header, shapes, blobs = parts
    architecture = _architecture(shapes, blobs)
    weights: dict[str, Floats] = {}
    for weight, shape, blob in zip(_weight_names(architecture), shapes, blobs, strict=True):
        weights |= _in_our_order(weight, _decoded(blob, weight, tuple(shape)))
    scale_factor, max_points = header.get("scale_factor"), header.get("max_seq_len", 250)
    if not isinstance(scale_factor, (int, float)) or not 1e-3 < scale_factor < 1e5:
        raise ModelError(f"its scale_factor is {scale_factor!r:.40}, not a size in pixels")
    if type(max_points) is not int or not 1 <= max_points <= 10_000:
        raise ModelError(f"its max_seq_len is {max_points!r:.40}, not a number of points")
    category = one_line(str(header.get("name", name)))[:80].replace("_", " ")
    losses = {
        key: float(header[key]) for key in ("r_loss", "kl_loss") if isinstance(header.get(key), (int, float))
    }
    info = ModelInfo(
        name=name,
        path=Path(name),
        architecture=architecture,
        frame=FRAME,
        epsilon=EPSILON,
        scale_factor=float(scale_factor),
        max_points=max_points,
        description=f"{category}, as Magenta trained it",
        data={
            "files": [f"Quick, Draw! {category}"],
            "licence": "model: Magenta, Apache-2.0; data: Google, CC BY 4.0",
        },
        losses={"published": losses} if losses else {},
    )
    return _as_exported(info, header.get(OURS)), weights | _latent(architecture, header.get(OURS))


def _encoded_latent(architecture: Architecture, weights: Mapping[str, Floats]) -> dict[str, str]:
    """Where its drawings are in the latent space, which browsers do not ask for: float32, in base64."""
    return {
        name: base64.b64encode(weights[name].astype("<f4").tobytes()).decode("ascii")
        for name in architecture.optional_shapes()
        if name in weights
    }


def _latent(architecture: Architecture, ours: Any) -> dict[str, Floats]:
    """The inverse of `_encoded_latent`; nothing for models that Magenta exported."""
    blobs = ours.get("latent") if isinstance(ours, dict) else None
    if not isinstance(blobs, dict):
        return {}
    return {
        name: _array(blobs[name], name, shape, "<f4")
        for name, shape in architecture.optional_shapes().items()
        if name in blobs
    }


def _number(value: Any) -> bool:
    return type(value) in (int, float)


def _as_exported(info: ModelInfo, ours: Any) -> ModelInfo:
    """A model that we exported, with its own frame and origin; Magenta's stay as they are."""
    if not isinstance(ours, dict):
        return info
    frame: Any = ours.get("frame")
    epsilon: Any = ours.get("epsilon")
    if not (_number(frame) and 1.0 <= frame <= _LARGEST_FRAME):
        raise ModelError(f"its frame is {frame!r:.40}, not a size in pixels")
    if not (_number(epsilon) and 0.0 <= epsilon <= frame / _SMALLEST_FRAME):
        raise ModelError(f"its epsilon is {epsilon!r:.40}, not a tolerance in pixels")
    return dataclasses.replace(
        info,
        frame=float(frame),
        epsilon=float(epsilon),
        explicit_start=ours.get("explicit_start") is True,
        architecture=dataclasses.replace(info.architecture, zero_start=ours.get("zero_start") is True),
        description=one_line(str(ours.get("description", "")))[:200],
        data={"files": [], "licence": one_line(str(ours.get("licence", "")))[:500]},
    )


def _architecture(shapes: Any, blobs: Any) -> Architecture:
    if not (isinstance(shapes, list) and isinstance(blobs, list) and len(shapes) == len(blobs)):
        raise ModelError("its shapes and its weights do not belong together; download it again")
    if len(shapes) not in (5, 17):
        raise ModelError(f"it has {len(shapes)} weights; a published model has 5 (gen) or 17 (vae)")
    for shape in shapes:
        sides = shape if isinstance(shape, list) and 1 <= len(shape) <= 2 else [0]
        if not all(type(n) is int and 0 < n <= _LONGEST_SIDE for n in sides):
            raise ModelError(
                f"a weight has shape {shape!r:.60}; it must have one or two sides of 1 to {_LONGEST_SIDE:,}"
            )
    conditional = len(shapes) == 17
    decoder = shapes[-5:]
    architecture = Architecture(
        conditional=conditional,
        enc_rnn_size=shapes[1][0] if conditional else 256,
        dec_rnn_size=decoder[0][0],
        z_size=shapes[6][-1] if conditional else 128,
        num_mixture=20,
        zero_start=True,
    )
    expected = [list(shape) for shape in _shapes(architecture)]
    for name, shape, wanted in zip(_weight_names(architecture), shapes, expected, strict=True):
        if shape != wanted:
            raise ModelError(f"{name} has shape {shape}, not {wanted}; this is no sketch-rnn of 20 mixtures")
    return architecture


def _check_cells(architecture: Architecture, name: str) -> None:
    cells = {architecture.dec_model, *([architecture.enc_model] if architecture.conditional else [])}
    if cells != {"lstm"} or architecture.positions:
        raise ModelError(
            f"{name} cannot be exported: the browser code knows only LSTM cells, and no positions"
        )


def _weight_names(architecture: Architecture) -> list[str]:
    """Our names in their order."""
    names = []
    if architecture.conditional:
        for direction in ("forward", "backward"):
            names += [f"encoder/{direction}/{part}" for part in ("kernel", "recurrent_kernel", "bias")]
        names += [f"encoder/{head}/{part}" for head in ("mu", "log_variance") for part in ("kernel", "bias")]
        names += ["decoder/initial_state/kernel", "decoder/initial_state/bias"]
    return names + [f"decoder/{part}" for part in _DECODER]


def _shapes(architecture: Architecture) -> list[tuple[int, ...]]:
    """Their shapes: the decoder's input kernel takes the point and z together."""
    ours = architecture.weight_shapes()
    inputs = INPUTS + (architecture.z_size if architecture.conditional else 0)
    theirs = {**ours, "decoder/lstm/kernel": (inputs, 4 * architecture.dec_rnn_size)}
    return [theirs[name] for name in _weight_names(architecture)]


def _decoded(blob: Any, name: str, shape: tuple[int, ...]) -> Floats:
    return _array(blob, name, shape, "<i2") * np.float32(LARGEST_WEIGHT / 32767)


def _array(blob: Any, name: str, shape: tuple[int, ...], kind: str) -> Floats:
    """The numbers of a blob in base64, as float32. Raises ModelError if they are not of this shape."""
    try:
        data = base64.b64decode(blob, validate=True)
    except (ValueError, TypeError, binascii.Error) as error:
        raise ModelError(f"{name} is no base64; download it again") from error
    size = np.dtype(kind).itemsize * math.prod(shape)
    if len(data) != size:
        raise ModelError(f"{name} has {len(data):,} bytes; {shape} needs {size:,}")
    array = np.frombuffer(data, kind).astype(np.float32).reshape(shape)
    if not np.isfinite(array).all():
        raise ModelError(f"{name} has what is no number; download it again")
    return array


def _has_gates(name: str) -> bool:
    return name.startswith(("decoder/lstm/", "encoder/forward/", "encoder/backward/"))


def _in_our_order(name: str, array: Floats) -> dict[str, Floats]:
    """One of their weights under our names: gates i, g, f, o to i, f, o, g; forget bias + 1; z apart."""
    if not _has_gates(name):
        return {name: array}
    i, g, f, o = np.split(array, 4, axis=-1)
    if name.endswith("/bias"):
        f = f + np.float32(1.0)
    ours = np.concatenate([i, f, o, g], axis=-1)
    if name == "decoder/lstm/kernel" and len(ours) > INPUTS:
        return {name: ours[:INPUTS], "decoder/lstm/z_kernel": ours[INPUTS:]}
    return {name: ours}


def _in_their_order(name: str, weights: Mapping[str, Floats]) -> Floats:
    """The inverse of `_in_our_order`."""
    array = weights[name]
    if name == "decoder/lstm/kernel" and "decoder/lstm/z_kernel" in weights:
        array = np.concatenate([array, weights["decoder/lstm/z_kernel"]])
    if not _has_gates(name):
        return array
    i, f, o, g = np.split(array, 4, axis=-1)
    if name.endswith("/bias"):
        f = f - np.float32(1.0)
    return np.concatenate([i, g, f, o], axis=-1)


def _name(path: StrPath) -> str:
    """`dog` of `dog.gen.json`."""
    name = Path(path).name
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name
