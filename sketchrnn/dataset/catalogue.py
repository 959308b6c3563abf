"""What is published and where: QuickDraw's 345 categories, the small data sets, Magenta's models."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import quote

from sketchrnn.download import Download, check_address
from sketchrnn.errors import DownloadError

QUICKDRAW_URL = "https://storage.googleapis.com/quickdraw_dataset"
SMALL_SETS_URL = "https://raw.githubusercontent.com/hardmaru/sketch-rnn-datasets/master"
MODELS_URL = "https://storage.googleapis.com/quickdraw-models/sketchRNN/large_models"

DATASETS_VARIABLE = "SKETCHRNN_DATASETS_URL"
MODELS_VARIABLE = "SKETCHRNN_MODELS_URL"

FORMS = {
    "npz": ("sketchrnn/{}.npz", "{}.npz"),
    "full": ("sketchrnn/{}.full.npz", "{}.full.npz"),
    "simplified": ("full/simplified/{}.ndjson", "{}.simplified.ndjson"),
    "raw": ("full/raw/{}.ndjson", "{}.raw.ndjson"),
    "binary": ("full/binary/{}.bin", "{}.bin"),
}
"""Form of a category: where it is below `QUICKDRAW_URL`, and the name that the file gets here."""

QUICKDRAW_LICENCE = "Google, CC BY 4.0"

KINDS = ("gen", "vae")
"""Of a published model: the decoder alone, or encoder, z and decoder."""

_DECODER_ONLY = ("everything",)
_LARGEST_MODEL = 64 << 20


@dataclasses.dataclass(frozen=True, slots=True)
class SmallSet:
    """A data set that is one `.npz`.

    Args:
        name: what it is called here.
        path: where it is below `SMALL_SETS_URL`.
        drawings: how many it has.
        description: one line.
        licence: what may be done with it.
    """

    name: str
    path: str
    drawings: int
    description: str
    licence: str


_KANJI = "KanjiVG, CC BY-SA 3.0"
SMALL_SETS = (
    SmallSet(
        "aaron_sheep",
        "aaron_sheep/aaron_sheep.npz",
        8_000,
        "sheep of Aaron Koblin's Sheep Market",
        "CC BY-NC 4.0",
    ),
    SmallSet("omniglot", "omniglot/omniglot.npz", 32_000, "characters of 50 alphabets", "Brenden Lake, MIT"),
    SmallSet("short_kanji", "kanji/short_kanji.npz", 11_100, "kanji of up to 88 points", _KANJI),
    SmallSet("kanji.rdp25", "kanji/kanji.rdp25.npz", 11_100, "kanji simplified with ε = 0.25", _KANJI),
    SmallSet("kanji.rdp100", "kanji/kanji.rdp100.npz", 11_100, "kanji simplified with ε = 1", _KANJI),
    SmallSet("kanji.rdp200", "kanji/kanji.rdp200.npz", 11_100, "kanji simplified with ε = 2", _KANJI),
)


@functools.cache
def categories() -> tuple[str, ...]:
    """The 345 names, as Google writes them."""
    return tuple(_lists()["categories"])


@functools.cache
def models() -> tuple[str, ...]:
    """The names of Magenta's published models; several are of two or more categories."""
    return tuple(_lists()["models"])


def kinds(model: str) -> tuple[str, ...]:
    """In which kinds a published model is there."""
    return KINDS[:1] if model in _DECODER_ONLY else KINDS


def datasets_folder() -> Path:
    """Where data sets are kept: `datasets/` of a clone, else the system's place for what can be had again.

    `SKETCHRNN_DATASETS` in the environment names another place.
    """
    chosen = os.environ.get("SKETCHRNN_DATASETS")
    if chosen:
        return Path(chosen)
    clone = Path(__file__).resolve().parents[2]
    if (clone / "datasets" / "README.md").is_file() and (clone / "setup.cfg").is_file():
        return clone / "datasets"
    return cache_folder() / "datasets"


def cache_folder() -> Path:
    """The system's place for what can be had again."""
    import platformdirs

    return platformdirs.user_cache_path("sketchrnn", appauthor=False)


def find_data_set(name: str) -> str | SmallSet:
    """A category as Google writes it, or a small set, by its name in any case, with spaces or underscores.

    Raises:
        DownloadError: there is none; the message has the names that are close.
    """
    known: dict[str, str | SmallSet] = {_plain(category): category for category in categories()}
    known |= {_plain(small.name): small for small in SMALL_SETS}
    found = known.get(_plain(name.removesuffix(".npz")))
    if found is None:
        names = [*categories(), *(small.name for small in SMALL_SETS)]
        raise _unknown("data set", name, names, "sketchrnn dataset list")
    return found


def find_model(name: str) -> tuple[str, str]:
    """Name and kind of a published model: of `cat`, `owl.vae`, `cat.gen` or `cat.gen.json`.

    Raises:
        DownloadError: there is none; the message has the names that are close.
    """
    stem, _, kind = name.removesuffix(".json").rpartition(".")
    if kind not in KINDS:
        stem, kind = name, "gen"
    known = {_plain(model): model for model in models()}
    model = known.get(_plain(stem))
    if model is None:
        raise _unknown("published model", name, models(), "sketchrnn model list --remote")
    if kind not in kinds(model):
        raise DownloadError(f"{model} is published as a decoder only; ask for {model}")
    return model, kind


def data_download(name: str, form: str, folder: Path, base: str | None = None) -> Download:
    """What to fetch for a data set.

    Args:
        name: as `find_data_set` takes it.
        form: one of `FORMS`; small sets are there as "npz" alone.
        folder: where it shall be.
        base: where the published folders are, for mirrors; by default what `SKETCHRNN_DATASETS_URL` in
            the environment says, or the places of those who publish them.

    Raises:
        DownloadError: there is no such data set, or not in this form; or the base is no address.
    """
    found = find_data_set(name)
    base = base or os.environ.get(DATASETS_VARIABLE) or None
    if isinstance(found, SmallSet):
        if form != "npz":
            raise DownloadError(f"{found.name} is published as npz only; ask for that")
        url = _address(base or SMALL_SETS_URL, found.path)
        return Download(url, folder / f"{found.name}.npz", _verify_npz)
    path, file = FORMS[form]
    verify = _VERIFY[Path(path).suffix]
    return Download(_address(base or QUICKDRAW_URL, path.format(found)), folder / file.format(found), verify)


def model_download(
    name: str, folder: Path, verify: Callable[[Path], object], base: str | None = None
) -> Download:
    """What to fetch for a published model.

    Args:
        name: as `find_model` takes it.
        folder: where its file shall be.
        verify: reads such a file.
        base: the folder of the models, for mirrors; by default what `SKETCHRNN_MODELS_URL` in the
            environment says, or Magenta's.

    Raises:
        DownloadError: there is no such model, or the base is no address.
    """
    model, kind = find_model(name)
    file = f"{model}.{kind}.json"
    url = _address(base or os.environ.get(MODELS_VARIABLE) or MODELS_URL, file)
    return Download(url, folder / file, verify, _LARGEST_MODEL)


def _lists() -> dict[str, list[str]]:
    lists: dict[str, list[str]] = json.loads(Path(__file__).with_name("catalogue.json").read_text("utf-8"))
    return lists


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").lower().split())


def _unknown(what: str, name: str, names: Iterable[str], command: str) -> DownloadError:
    known = {_plain(each): each for each in names}
    close = [known[each] for each in difflib.get_close_matches(_plain(name), known, n=4)]
    perhaps = f"did you mean {' or '.join(close)}?" if close else f"see `{command}`"
    return DownloadError(f"there is no {what} {ascii(name)[:60]}; {perhaps}")


def _address(base: str, path: str) -> str:
    check_address(base)
    return f"{base.rstrip('/')}/{quote(path)}"


def _verify_npz(path: Path) -> None:
    from sketchrnn.formats.npz import read_splits

    read_splits(path)


def _verify_ndjson(path: Path) -> None:
    from sketchrnn.formats import ndjson

    _read_all(path, ndjson.read_records(path))


def _verify_binary(path: Path) -> None:
    from sketchrnn.formats import quickdraw_bin

    _read_all(path, quickdraw_bin.read_records(path))


def _read_all(path: Path, drawings: Iterable[object]) -> None:
    if not sum(1 for _ in drawings):
        raise DownloadError(f"{path} holds no drawing")


_VERIFY: dict[str, Callable[[Path], object]] = {
    ".npz": _verify_npz,
    ".ndjson": _verify_ndjson,
    ".bin": _verify_binary,
}
