"""Feeds a reader with files that atheris mutates.

    python tests/fuzz/fuzz_readers.py svg SEEDS -max_total_time=600

The kinds are the suffixes of drawings, `npy` (a member of an .npz, past the archive's checksums), `model`
(model.json), `weights` (a member of weights.npz) and `magenta` (a .gen.json). SEEDS is a folder; the other
arguments are libFuzzer's. Ends with a failure if a reader raises anything but an error of ours that names
the file in one line, takes longer than `-timeout`, or more memory than `-rss_limit_mb`.
"""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "unit")]

import atheris  # noqa: E402

with atheris.instrument_imports(include=["sketchrnn", "json", "zipfile"]):
    from sketchrnn import formats, magenta, store
    from sketchrnn.errors import SketchRNNError
    from sketchrnn.formats import gif, inkml, ndjson, npz, quickdraw_bin, svg, svg_foreign  # noqa: F401
    from sketchrnn.sketch import Sketch

DRAWINGS = ("svg", "inkml", "ndjson", "npz", "bin")
KINDS = (*DRAWINGS, "npy", "model", "weights", "magenta")


def reader(kind: str, folder: Path) -> tuple[Path, Callable[[bytes], None]]:
    """The file that is written and named in errors, and what writes and reads it."""
    if kind in DRAWINGS:
        path = folder / f"a.{kind}"

        def read(data: bytes) -> None:
            path.write_bytes(data)
            for _ in itertools.islice(formats.read(path), 20):
                pass

    elif kind == "npy":
        path = folder / "a.npz"

        def read(data: bytes) -> None:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("train.npy", data)
            for _ in itertools.islice(formats.read(path), 20):
                pass

    elif kind == "magenta":
        path = folder / "a.gen.json"

        def read(data: bytes) -> None:
            path.write_bytes(data)
            magenta.read(path)

    else:
        import tiny

        path = folder / "tiny"
        info = tiny.save_model(path)
        with zipfile.ZipFile(path / "weights.npz") as archive:
            members = {name: archive.read(name) for name in archive.namelist()}

        def read(data: bytes) -> None:
            if kind == "model":
                (path / "model.json").write_bytes(data)
                store.read_info(path)
                return
            with zipfile.ZipFile(path / "weights.npz", "w") as archive:
                for number, (name, content) in enumerate(members.items()):
                    archive.writestr(name, content if number else data)
            store.read_weights(info)

    return path, read


def seed(kind: str, folder: Path) -> None:
    """A few whole files to begin with."""
    folder.mkdir(parents=True, exist_ok=True)
    sketch = Sketch([[(0, 0), (10, 0.5), (7, 9)], [(5, 5)]], ["human", "model"], "cat")
    if kind in DRAWINGS:
        whole = sketch if kind != "bin" else Sketch([[(0, 0), (10, 5)], [(5, 5)]], label="cat")
        whole.save(folder / f"own.{kind}")
    if kind == "svg":
        for path in (ROOT / "tests/unit/formats/dialects").glob("*.svg"):
            shutil.copy(path, folder)
    if kind in ("npy", "weights", "model", "magenta"):
        import numpy as np
        import tiny

        from sketchrnn.engine import Architecture

        small = Architecture(conditional=False, dec_rnn_size=4, zero_start=True)  # 20 mixtures, as Magenta's
        info = (
            tiny.save_model(folder / "made", small) if kind == "magenta" else tiny.save_model(folder / "made")
        )
        if kind == "npy":
            drawings = np.empty(3, object)
            drawings[:] = [np.ones((n, 3), np.int16) for n in (1, 2, 3)]
            np.save(folder / "a.npy", drawings)
        elif kind == "weights":
            with zipfile.ZipFile(folder / "made" / "weights.npz") as archive:
                (folder / "a.npy").write_bytes(archive.read(archive.namelist()[0]))
        elif kind == "model":
            shutil.copy(folder / "made" / "model.json", folder)
        else:
            magenta.write(folder / "a.gen.json", info, store.read_weights(info))
        shutil.rmtree(folder / "made")


def main() -> None:
    kind, seeds, *_ = sys.argv[1:]
    if not any(Path(seeds).glob("*")):
        seed(kind, Path(seeds))
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    path, read = reader(kind, folder)
    warnings.simplefilter("error")

    def once(data: bytes) -> None:
        try:
            read(data)
        except SketchRNNError as error:
            text = str(error)
            if str(path) not in text or "\n" in text:
                raise AssertionError(f"not one line that names the file: {text!r}") from error

    atheris.Setup([sys.argv[0], *sys.argv[2:]], once)
    try:
        atheris.Fuzz()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
