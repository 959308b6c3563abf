"""What is published: the lists against the real data, names however they are typed, addresses."""

from pathlib import Path

import numpy as np
import pytest
import tiny

from sketchrnn import magenta
from sketchrnn.dataset import catalogue
from sketchrnn.errors import SketchRNNError
from sketchrnn.formats import write
from sketchrnn.formats.npz import write_splits
from sketchrnn.sketch import Sketch

SHARED = Path(__file__).parents[4] / "shared" / "data"


@pytest.fixture(autouse=True)
def unchanged_places(monkeypatch):
    for name in (catalogue.DATASETS_VARIABLE, catalogue.MODELS_VARIABLE, "SKETCHRNN_DATASETS"):
        monkeypatch.delenv(name, raising=False)


def refused(call, *words):
    with pytest.raises(SketchRNNError) as caught:
        call()
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert "\n" not in str(caught.value)


# --- the lists ---------------------------------------------------------------------------------


def test_there_are_345_categories():
    names = catalogue.categories()
    assert len(names) == len(set(names)) == 345
    assert list(names) == sorted(names)
    assert {"cat", "alarm clock", "The Mona Lisa", "t-shirt", "zigzag"} <= set(names)


@pytest.mark.skipif(not SHARED.exists(), reason="the real data is not here")
def test_the_categories_are_those_of_the_real_files():
    files = (SHARED / "quickdraw" / "raw").glob("*.ndjson")
    assert {file.stem for file in files} == set(catalogue.categories())


def test_the_models_are_known_in_both_kinds_but_one():
    names = catalogue.models()
    assert len(names) == len(set(names)) == 114
    assert (names[0], names[-1]) == ("alarm_clock", "yogabicycle")
    assert {"catpig", "crabrabbitfacepig", "the_mona_lisa"} <= set(names)
    assert [name for name in names if catalogue.kinds(name) != ("gen", "vae")] == ["everything"]


@pytest.mark.skipif(not SHARED.exists(), reason="the real data is not here")
def test_the_models_that_lie_here_are_among_the_published():
    files = (SHARED / "magenta").glob("*.gen.json")
    assert {file.name.removesuffix(".gen.json") for file in files} <= set(catalogue.models())


# --- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("cat", "cat"), ("Alarm_Clock", "alarm clock"), ("the mona lisa", "The Mona Lisa"), ("dog.npz", "dog")],
)
def test_a_category_is_found_however_it_is_typed(typed, meant):
    assert catalogue.find_data_set(typed) == meant


@pytest.mark.parametrize("small", catalogue.SMALL_SETS, ids=lambda small: small.name)
def test_a_small_set_is_found(small):
    assert catalogue.find_data_set(small.name) is small


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cat", ("cat", "gen")),
        ("owl.vae", ("owl", "vae")),
        ("cat.gen", ("cat", "gen")),
        ("cat.gen.json", ("cat", "gen")),
        ("alarm clock", ("alarm_clock", "gen")),
        ("everything", ("everything", "gen")),
    ],
)
def test_a_model_is_found_however_it_is_typed(typed, meant):
    assert catalogue.find_model(typed) == meant


def test_an_unknown_name_is_answered_with_close_ones():
    refused(lambda: catalogue.find_data_set("crocodyle"), "crocodyle", "did you mean", "crocodile")
    refused(lambda: catalogue.find_data_set("omniglott"), "omniglot")
    refused(lambda: catalogue.find_data_set("qqqqq"), "sketchrnn dataset list")
    refused(lambda: catalogue.find_model("yogabicicle"), "yogabicycle")
    refused(lambda: catalogue.find_model("\n"), "sketchrnn model list --remote")
    refused(lambda: catalogue.find_model("everything.vae"), "decoder only")
    refused(lambda: catalogue.data_download("omniglot", "raw", Path()), "npz only")


# --- places ------------------------------------------------------------------------------------

BUCKET = "https://storage.googleapis.com/quickdraw_dataset"


@pytest.mark.parametrize(
    ("form", "url", "file"),
    [
        ("npz", f"{BUCKET}/sketchrnn/alarm%20clock.npz", "alarm clock.npz"),
        ("full", f"{BUCKET}/sketchrnn/alarm%20clock.full.npz", "alarm clock.full.npz"),
        ("simplified", f"{BUCKET}/full/simplified/alarm%20clock.ndjson", "alarm clock.simplified.ndjson"),
        ("raw", f"{BUCKET}/full/raw/alarm%20clock.ndjson", "alarm clock.raw.ndjson"),
        ("binary", f"{BUCKET}/full/binary/alarm%20clock.bin", "alarm clock.bin"),
    ],
)
def test_where_a_category_is_and_where_it_goes(form, url, file, tmp_path):
    download = catalogue.data_download("alarm clock", form, tmp_path)
    assert (download.url, download.target) == (url, tmp_path / file)


def test_where_the_others_are(tmp_path):
    small = catalogue.data_download("short_kanji", "npz", tmp_path)
    assert small.url.endswith("/hardmaru/sketch-rnn-datasets/master/kanji/short_kanji.npz")
    model = catalogue.model_download("owl.vae", tmp_path, magenta.read)
    bucket = "https://storage.googleapis.com/quickdraw-models/sketchRNN/large_models"
    assert (model.url, model.target) == (f"{bucket}/owl.vae.json", tmp_path / "owl.vae.json")


def test_another_source_can_be_named(tmp_path, monkeypatch):
    monkeypatch.setenv(catalogue.DATASETS_VARIABLE, "http://mirror/data/")
    monkeypatch.setenv(catalogue.MODELS_VARIABLE, "http://mirror/models")
    assert catalogue.data_download("cat", "npz", tmp_path).url == "http://mirror/data/sketchrnn/cat.npz"
    assert catalogue.data_download("omniglot", "npz", tmp_path).url.startswith("http://mirror/data/omniglot/")
    assert catalogue.model_download("cat", tmp_path, len).url == "http://mirror/models/cat.gen.json"
    named = catalogue.data_download("cat", "raw", tmp_path, "https://other/")
    assert named.url == "https://other/full/raw/cat.ndjson"
    refused(lambda: catalogue.data_download("cat", "raw", tmp_path, "file:///tmp"), "http or https")


def test_data_sets_go_to_the_clone_or_where_one_says(monkeypatch, tmp_path):
    assert catalogue.datasets_folder() == Path(__file__).parents[3] / "datasets"
    monkeypatch.setattr(catalogue, "__file__", str(tmp_path / "site-packages/sketchrnn/dataset/catalogue.py"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert catalogue.datasets_folder() == catalogue.cache_folder() / "datasets"
    monkeypatch.setenv("SKETCHRNN_DATASETS", str(tmp_path / "mine"))
    assert catalogue.datasets_folder() == tmp_path / "mine"


# --- what comes is read ------------------------------------------------------------------------


def good_files(folder):
    """A right file of each form."""
    write_splits(folder / "npz", {"train": tiny.drawings(5)})
    write(folder / "a.ndjson", [tiny.HALF] * 3)
    strokes = b"".join(bytes([len(xs), 0, *xs, *xs]) for xs in ([1, 2, 3], [9, 9]))
    (folder / "bin").write_bytes((bytes(15) + bytes([2, 0]) + strokes) * 4)
    return {"npz": folder / "npz", "full": folder / "npz", "raw": folder / "a.ndjson"} | {
        "simplified": folder / "a.ndjson",
        "binary": folder / "bin",
    }


@pytest.mark.parametrize("form", catalogue.FORMS)
def test_a_good_file_is_accepted_and_a_damaged_one_is_not(form, tmp_path):
    verify = catalogue.data_download("cat", form, tmp_path).verify
    path = good_files(tmp_path)[form]
    verify(path)
    content = path.read_bytes()
    for damaged in (content[:-3], b"", b"<html>sorry</html>", content + b"xyz"):
        path.write_bytes(damaged)
        if form in ("npz", "full") and damaged[:-3] == content:
            continue  # a zip archive may have something after its end
        with pytest.raises(SketchRNNError):
            verify(path)


def test_a_drawing_of_the_wrong_shape_is_not_accepted(tmp_path):
    np.savez(tmp_path / "a.npz", train=np.zeros((3, 4, 7)))
    with pytest.raises(SketchRNNError):
        catalogue.data_download("cat", "npz", tmp_path).verify(tmp_path / "a.npz")
    Sketch([[(1, 2)]]).save(tmp_path / "a.ndjson")
    (tmp_path / "a.ndjson").write_text((tmp_path / "a.ndjson").read_text() + '{"drawing": 3}\n')
    with pytest.raises(SketchRNNError):
        catalogue.data_download("cat", "raw", tmp_path).verify(tmp_path / "a.ndjson")
