"""Saved models: what is written is read back, and what is damaged or hostile is refused in one line."""

import dataclasses
import io
import json
import pickle
import zipfile

import numpy as np
import pytest
import tiny

from sketchrnn import store
from sketchrnn.engine import Architecture
from sketchrnn.errors import FormatError, ModelError, SketchRNNError

BIAS = "decoder/output/bias"


@pytest.fixture
def info(tmp_path):
    return tiny.save_model(tmp_path / "mine", tiny.LABELLED, description="Mine.", labels=tiny.LABELS)


def rewrite(info, **changes):
    """Changes fields of `model.json`."""
    path = info.path / store.MODEL_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def replace_member(info, name, content, *, rename=None, compression=zipfile.ZIP_STORED):
    """Writes `weights.npz` anew with other bytes for one array."""
    path = info.path / store.WEIGHTS_FILE
    with zipfile.ZipFile(path) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    del members[f"{name}.npy"]
    members[rename or f"{name}.npy"] = content
    with zipfile.ZipFile(path, "w", compression) as archive:
        for member, data in members.items():
            archive.writestr(member, data)


def npy(array):
    """An array as `.npy` bytes."""
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), allow_pickle=True)
    return file.getvalue()


def refusal(call, *arguments):
    """The message of the error that a call must raise: one line."""
    with pytest.raises(ModelError) as caught:
        call(*arguments)
    message = str(caught.value)
    assert "\n" not in message
    return message


# --- what is saved comes back ------------------------------------------------------------------


def test_a_model_comes_back_as_it_was_saved(tmp_path):
    saved = store.ModelInfo(
        "mine",
        tmp_path / "mine",
        tiny.LABELLED,
        frame=1000.0,
        epsilon=2.5,
        scale_factor=44.25,
        explicit_start=True,
        max_points=157,
        labels=tiny.LABELS,
        description="Cats & dogs — “drawn”.",
        data={"files": ["a.npz"], "licence": "MIT"},
        training={"seed": 1},
        losses={"test": {"kl_loss": 0.25, "completion_nats": {"0.5": -0.1}}},
    )
    weights = tiny.weights(tiny.LABELLED)
    store.save(saved, weights, dtype="float32")
    read = store.read_info(tmp_path / "mine")
    assert read == saved
    arrays = store.read_weights(read)
    assert arrays.keys() == weights.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, weights[name])


def test_weights_are_stored_in_half_precision_and_read_in_single(info):
    arrays, exact = store.read_weights(info), tiny.weights(tiny.LABELLED)
    assert all(array.dtype == np.float32 for array in arrays.values())
    for name, array in arrays.items():
        np.testing.assert_allclose(array, exact[name], rtol=1e-3, atol=1e-6)
    assert (info.path / store.WEIGHTS_FILE).stat().st_size < 2.5 * sum(
        array.size for array in exact.values()
    ) + 9000


def test_files_may_mix_precisions(info):
    replace_member(info, BIAS, npy(np.arange(21, dtype=np.float64)))
    assert store.read_weights(info)[BIAS].tolist() == list(range(21))


def test_a_model_is_called_as_its_folder_is(info, tmp_path):
    info.path.rename(tmp_path / "renamed")
    assert store.read_info(tmp_path / "renamed").name == "renamed"


def test_saving_replaces_what_stood_there(info):
    store.save(dataclasses.replace(info, description="Newer."), tiny.weights(tiny.LABELLED, seed=2))
    assert store.read_info(info.path).description == "Newer."
    assert sorted(path.name for path in info.path.iterdir()) == [store.MODEL_FILE, store.WEIGHTS_FILE]


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e6], ids=["nan", "infinite", "beyond half precision"])
def test_weights_that_are_no_numbers_are_not_saved(info, value):
    broken = tiny.weights(tiny.LABELLED)
    broken[BIAS][0] = value
    before = (info.path / store.WEIGHTS_FILE).read_bytes()
    assert "finite" in refusal(store.save, info, broken)
    assert (info.path / store.WEIGHTS_FILE).read_bytes() == before


def test_weights_of_another_architecture_are_not_saved(info):
    refusal(store.save, info, tiny.weights(tiny.DECODER_ONLY))


def test_a_folder_that_cannot_be_made_is_one_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FormatError, match="file"):
        tiny.save_model(tmp_path / "file" / "model")


# --- finding -----------------------------------------------------------------------------------


def test_models_are_listed_by_name_and_found_by_name_folder_or_file(installed):
    names = [info.name for info in store.available()]
    assert names == sorted(names)
    assert {"tiny", "alone", "started"} <= set(names)
    for given in (
        "tiny",
        installed / "tiny",
        installed / "tiny" / "model.json",
        installed / "tiny/weights.npz",
    ):
        assert store.find(given) == installed / "tiny"


def test_an_unknown_model_is_answered_with_those_there_are(installed):
    message = refusal(store.find, "horse")
    assert "'horse'" in message
    assert "alone" in message
    assert "tiny" in message


@pytest.mark.parametrize("name", ["", ".", "..", "../tiny", "\0", "a" * 5000, "/", "tiny/nothing.txt"])
def test_odd_names_are_unknown_models(installed, name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    refusal(store.find, name)


def test_a_folder_that_may_not_be_read_is_not_a_model_that_is_not_there(info, monkeypatch):
    def forbidden(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(type(info.path), "is_file", forbidden)
    assert "mine may not be read; change its permissions" in refusal(store.find, info.path)


def test_a_damaged_model_does_not_hide_the_others(tmp_path, monkeypatch):
    tiny.save_model(tmp_path / "good")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / store.MODEL_FILE).write_text("{")
    monkeypatch.setenv("SKETCHRNN_MODELS", str(tmp_path))
    names = [info.name for info in store.available()]
    assert "good" in names
    assert "bad" not in names


def test_ones_own_model_hides_a_shipped_one(tmp_path, monkeypatch):
    for folder in ("shipped", "own"):
        tiny.save_model(tmp_path / folder / "cat", description=folder)
    monkeypatch.setattr(store, "default_folder", lambda: tmp_path / "shipped")
    monkeypatch.setenv("SKETCHRNN_MODELS", str(tmp_path / "own"))
    assert [info.description for info in store.available()] == ["own"]
    assert store.find("cat") == tmp_path / "own" / "cat"


def test_without_any_model_the_remedy_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "default_folder", lambda: tmp_path / "none")
    monkeypatch.setenv("SKETCHRNN_MODELS", str(tmp_path / "nothing"))
    assert store.available() == []
    assert "sketchrnn train" in refusal(store.default_model)
    assert "sketchrnn train" in refusal(store.find, "cat")


def test_a_published_model_that_is_not_there_is_said_to_be_had():
    for name, command in (("owl.vae", "download owl.vae`"), ("power outlet", "download power_outlet`")):
        assert command in refusal(store.find, name)
    assert "download" not in refusal(store.find, "no such thing")
    assert "download" not in refusal(store.find, "somewhere/cat")


# --- model.json that is damaged or hostile -----------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "5", "null", '"x"', "{}", '{"format_version": 1}', "\x00\xff", "[" * 100_000, "NaN"],
    ids=lambda text: repr(text[:12]),
)
def test_a_damaged_description_is_refused(info, text):
    (info.path / store.MODEL_FILE).write_bytes(text.encode("latin1"))
    assert str(info.path) in refusal(store.read_info, info.path)


@pytest.mark.parametrize(
    "changes",
    [
        {"format_version": 2},
        {"frame": 0},
        {"frame": "255"},
        {"frame": float("nan")},
        {"frame": 10**400},
        {"scale_factor": -1.0},
        {"scale_factor": float("inf")},
        {"scale_factor": True},
        {"epsilon": -1.0},
        {"epsilon": 300.0},
        {"max_points": 0},
        {"max_points": 10**9},
        {"max_points": 2.5},
        {"explicit_start": 1},
        {"labels": 5},
        {"labels": "cat"},
        {"labels": [1, 2]},
        {"labels": ["two\nlines", "a", "b"]},
        {"labels": ["one", "too few"]},
        {"labels": []},
        {"description": ["no", "text"]},
        {"description": "\x1b[2Jcleared"},
        {"data": 5},
        {"data": {"files": [1]}},
        {"data": {"licence": {}}},
        {"training": []},
        {"losses": "low"},
        {"losses": {"test": 5}},
        {"losses": {"test": {"kl_loss": "low"}}},
        {"losses": {"test": {"kl_loss": float("nan")}}},
        {"losses": {"test": {"completion_nats": {"0.5": None}}}},
        {"surprise": 1},
        {"architecture": 5},
        {"architecture": {"dec_rnn_size": 10**9}},
        {"architecture": {"dec_rnn_size": "32"}},
        {"architecture": {"z_size": True}},
        {"architecture": {"conditional": "no"}},
        {"architecture": {"layers": 3}},
    ],
    ids=str,
)
def test_a_description_that_cannot_be_is_refused(info, changes):
    rewrite(info, **changes)
    refusal(store.read_info, info.path)


def test_an_immense_description_is_not_read(info):
    with (info.path / store.MODEL_FILE).open("r+b") as file:
        file.truncate(1 << 40)  # a sparse file: it takes no room
    assert "large" in refusal(store.read_info, info.path)


def test_a_path_in_the_description_leads_nowhere(info):
    rewrite(info, name="../../etc", path="/etc")
    with pytest.raises(SketchRNNError):
        store.read_info(info.path)
    (info.path / store.MODEL_FILE).write_text(json.dumps(info.to_json() | {"name": "../../etc"}))
    read = store.read_info(info.path)
    assert (read.name, read.path) == ("mine", info.path)


def test_every_float16_is_read_as_the_number_it_is(tmp_path):
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    halves = np.where(np.isfinite(halves), halves, np.float16(-0.0)).reshape(128, 512)
    architecture = Architecture(conditional=False, dec_rnn_size=128)
    name = "decoder/lstm/recurrent_kernel"
    arrays = {name: np.zeros(shape, np.float32) for name, shape in architecture.weight_shapes().items()}
    info = dataclasses.replace(tiny.save_model(tmp_path / "halves"), architecture=architecture, labels=())
    store.save(info, arrays | {name: halves})
    read = store.read_weights(store.read_info(info.path))[name]
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read.view(np.int32), halves.astype(np.float32).view(np.int32))


def test_weights_of_another_byte_order_are_the_same(info):
    values = np.linspace(-2.0, 3.0, 21, dtype=">f2")
    replace_member(info, BIAS, npy(values))
    np.testing.assert_array_equal(store.read_weights(info)[BIAS], values.astype(np.float32))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_float16_that_is_no_number_is_refused(info, value):
    replace_member(info, BIAS, npy(np.array([1.0] * 20 + [value], np.float16)))
    assert BIAS in refusal(store.read_weights, info)


# --- weights.npz that is damaged or hostile ----------------------------------------------------


def test_missing_weights_are_one_error(info):
    (info.path / store.WEIGHTS_FILE).unlink()
    assert store.WEIGHTS_FILE in refusal(store.read_weights, info)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9, 0.999])
def test_truncated_weights_are_one_error(info, share):
    path = info.path / store.WEIGHTS_FILE
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    assert store.WEIGHTS_FILE in refusal(store.read_weights, info)


def test_altered_bytes_are_noticed_or_harmless(info):
    path = info.path / store.WEIGHTS_FILE
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    for place in random.integers(0, len(whole), 150):
        altered = bytearray(whole)
        altered[place] ^= int(random.integers(1, 256))
        path.write_bytes(altered)
        try:
            arrays = store.read_weights(info)
        except ModelError as error:
            assert "\n" not in str(error)
        else:
            assert {name: array.shape for name, array in arrays.items()} == info.architecture.weight_shapes()


def test_altered_bytes_of_compressed_weights_are_noticed_or_harmless(info):
    path = info.path / store.WEIGHTS_FILE
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    assert store.read_weights(info)
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    for place in random.integers(0, len(whole), 150):
        altered = bytearray(whole)
        altered[place] ^= int(random.integers(1, 256))
        path.write_bytes(altered)
        try:
            store.read_weights(info)
        except ModelError as error:
            assert "\n" not in str(error)


class Trap:
    """Sets a flag when somebody unpickles it."""

    sprung = False

    def __reduce__(self):
        return setattr, (Trap, "sprung", True)


def test_a_pickle_among_the_weights_is_not_executed(info):
    replace_member(info, BIAS, npy(np.array([Trap()] * 21, object)))
    refusal(store.read_weights, info)
    assert not Trap.sprung


def test_a_pickle_in_place_of_the_weights_is_not_executed(info):
    (info.path / store.WEIGHTS_FILE).write_bytes(pickle.dumps(Trap()))
    refusal(store.read_weights, info)
    assert not Trap.sprung


@pytest.mark.parametrize(
    "content",
    [
        npy(np.zeros(20)),
        npy(np.zeros((21, 1))),
        npy(np.zeros(21, np.int64)),
        npy(np.zeros(21, np.complex128)),
        npy(np.array(["x"] * 21)),
        npy(np.full(21, np.nan)),
        npy(np.full(21, np.inf)),
        npy(np.full(21, 1e300)),
        npy(np.zeros(21))[:-1],
        npy(np.zeros(21)).replace(b"(21,)", b"(9**9,)"),
        npy(np.zeros(21)).replace(b"(21,), ", b"(1000000000000,), "),
        npy(np.zeros(21)).replace(b"{'descr'", b"(((((((("),
        npy(np.zeros(21)).replace(b"{'descr': '<f8'", b"{[1, 2, 3] :'<f8'"),
        b"\x93NUMPY\x07\x00" + npy(np.zeros(21))[8:],
        b"not an array",
        b"",
    ],
    ids=lambda content: repr(content[-14:]),
)
def test_arrays_that_are_not_what_they_should_be_are_refused(info, content):
    replace_member(info, BIAS, content)
    assert store.WEIGHTS_FILE in refusal(store.read_weights, info)


def test_a_missing_array_is_named(info):
    replace_member(info, BIAS, npy(np.zeros(21)), rename="../../decoder/output/bias.npy")
    assert BIAS in refusal(store.read_weights, info)


def test_a_second_member_cannot_pass_unseen_for_a_checked_one(info):
    with zipfile.ZipFile(info.path / store.WEIGHTS_FILE, "a") as archive:
        archive.writestr(BIAS, npy(np.zeros(3)))  # numpy takes the name without .npy first
    assert store.read_weights(info)[BIAS].shape == (21,)


def test_a_single_array_is_no_set_of_weights(info):
    (info.path / store.WEIGHTS_FILE).write_bytes(npy(np.zeros(21)))
    refusal(store.read_weights, info)


def test_weights_that_unpack_to_a_thousand_times_their_size_are_refused(tmp_path):
    info = tiny.save_model(tmp_path / "bomb")
    large = Architecture(False, dec_rnn_size=1100)
    rewrite(info, architecture=dataclasses.asdict(large))
    with zipfile.ZipFile(info.path / store.WEIGHTS_FILE, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, shape in large.weight_shapes().items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                header = {"descr": "<f4", "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_1_0(member, header)
                member.write(bytes(4 * int(np.prod(shape))))
    assert "unpack" in refusal(store.read_weights, store.read_info(info.path))


def test_a_compressed_model_is_read(info):
    arrays = store.read_weights(info)
    np.savez_compressed(info.path / store.WEIGHTS_FILE, allow_pickle=False, **arrays)
    assert store.read_weights(info).keys() == arrays.keys()


def test_what_could_not_be_read_again_is_not_saved(info):
    refusal(store.save, dataclasses.replace(info, description="two\nlines"), tiny.weights(tiny.LABELLED))
    assert store.read_info(info.path).description == "Mine."


def test_a_description_may_be_in_any_script(tmp_path):
    description = "漢字\u3000— кандзи, ‘drawn’"
    assert tiny.save_model(tmp_path / "漢字", description=description).description == description
    assert store.one_line("two\nlines\x1b[2J\udcff") == "two lines [2J "
