"""Magenta's published models, in and out: what comes in is whole and sound, or refused in one line."""

import base64
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import tiny

from sketchrnn import formats, magenta, simplify, store
from sketchrnn.dataset import splits
from sketchrnn.engine import Architecture, Decoder, Encoder, Labels, Mixture
from sketchrnn.errors import FormatError, ModelError
from sketchrnn.sketch import Sketch

GEN = Architecture(conditional=False, dec_rnn_size=24, zero_start=True)
VAE = Architecture(enc_rnn_size=12, dec_rnn_size=24, z_size=6, zero_start=True)


@pytest.fixture(params=[GEN, VAE], ids=["gen", "vae"])
def published(request, tmp_path):
    """A file as Magenta publishes them, and the weights that are in it."""
    architecture = request.param
    weights = tiny.weights(architecture)
    info = store.ModelInfo("cat", tmp_path, architecture, 1000.0, 2.0, 75.0, max_points=120)
    path = tmp_path / ("cat.vae.json" if architecture.conditional else "cat.gen.json")
    magenta.write(path, info, weights)
    return path, weights


def test_what_was_written_is_read(published):
    path, weights = published
    info, read = magenta.read(path)
    assert (info.name, info.frame, info.epsilon, info.scale_factor, info.max_points) == (
        "cat",
        1000,
        2,
        75,
        120,
    )
    assert set(read) == set(weights)
    for name, array in weights.items():
        np.testing.assert_allclose(read[name], array, atol=10 / 32767)


def test_the_layout_is_theirs(tmp_path):
    """Gates i, g, f, o; the forget gate's constant apart; the point's and z's kernel in one."""
    path = tmp_path / "a.vae.json"
    weights = tiny.weights(VAE)
    magenta.write(path, store.ModelInfo("a", tmp_path, VAE, 1000.0, 2.0, 75.0), weights)
    header, shapes, blobs = json.loads(path.read_text())
    assert shapes[-3:] == [[5 + 6, 96], [24, 96], [96]]
    assert shapes[0] == [5, 48] and shapes[6] == [24, 6] and shapes[10] == [6, 48]
    bias = np.frombuffer(base64.b64decode(blobs[-1]), "<i2").astype(float) * 10 / 32767
    i, f, o, g = np.split(weights["decoder/lstm/bias"], 4)
    np.testing.assert_allclose(bias, np.concatenate([i, g, f - 1, o]), atol=1e-3)
    assert header["scale_factor"] == 75.0


def test_an_assignment_in_javascript_is_the_same_model(published, tmp_path):
    path, _ = published
    script = tmp_path / "cat.gen.js"
    script.write_text(f"var modelData = {path.read_text()};\n")
    expected, again = magenta.read(path)[1], magenta.read(script)[1]
    assert all(np.array_equal(expected[name], again[name]) for name in expected)


def test_decoding_begins_with_zeros(published):
    path, _ = published
    info, weights = magenta.read(path)
    decoder = Decoder(info.architecture, weights)
    z = np.zeros((1, 6), np.float32) if info.conditional else None
    outputs, _ = decoder.prime(decoder.start(z), [np.zeros((0, 3), np.float32)])
    by_hand, _ = decoder.step(decoder.start(z), np.zeros((1, 5), np.float32))
    np.testing.assert_array_equal(outputs[0], by_hand)


def spoil(parts, how):
    header, shapes, blobs = parts
    if how == "a shape is wrong":
        shapes[0] = [7, 123]
    elif how == "a blob is missing":
        del blobs[2]
    elif how == "bad base64":
        blobs[1] = "§" + blobs[1][1:]
    elif how == "a blob is short":
        blobs[0] = blobs[0][:-8]
    elif how == "a hostile size":
        shapes[0] = [1 << 30, 1 << 30]
    elif how == "sizes that are no numbers":
        shapes[0] = ["512", None]
    elif how == "no scale factor":
        del header["scale_factor"]
    elif how == "a scale factor that is no number":
        header["scale_factor"] = float("nan")
    elif how == "a length from nowhere":
        header["max_seq_len"] = -3
    return parts


@pytest.mark.parametrize(
    "how",
    [
        "a shape is wrong",
        "a blob is missing",
        "bad base64",
        "a blob is short",
        "a hostile size",
        "sizes that are no numbers",
        "no scale factor",
        "a scale factor that is no number",
        "a length from nowhere",
    ],
)
def test_a_damaged_model_is_refused_in_one_line(published, how):
    path, _ = published
    path.write_text(json.dumps(spoil(json.loads(path.read_text()), how)))
    with pytest.raises(ModelError) as caught:
        magenta.read(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "[1, 2, 3]", "alert('hi')", "[" * 100_000, "[[],[],[]]", "null"]
)
def test_what_is_no_model_is_refused_in_one_line(tmp_path, text):
    path = tmp_path / "x.gen.json"
    path.write_text(text)
    with pytest.raises(ModelError) as caught:
        magenta.read(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FormatError, match=r"nowhere\.gen\.json"):
        magenta.read(tmp_path / "nowhere.gen.json")


def test_weights_that_their_form_cannot_hold_are_clipped_and_counted(tmp_path):
    weights = tiny.weights(GEN)
    weights["decoder/output/bias"][:3] = 11.0, -1e6, 10.0
    path, info = tmp_path / "a.gen.json", store.ModelInfo("a", tmp_path, GEN, 1000.0, 2.0, 75.0)
    assert magenta.write(path, info, weights) == 2
    _, read = magenta.read(path)
    np.testing.assert_allclose(read["decoder/output/bias"][:3], [10.0, -10.0, 10.0], atol=1e-3)
    assert magenta.write(path, info, read) == 0  # as far as int16 goes: also what is read as -10.0003


def test_a_weight_that_is_no_number_is_refused(tmp_path):
    weights = tiny.weights(GEN)
    weights["decoder/output/bias"][0] = np.nan
    with pytest.raises(ModelError, match="no number"):
        magenta.write(
            tmp_path / "a.gen.json", store.ModelInfo("a", tmp_path, GEN, 1000.0, 2.0, 75.0), weights
        )
    assert not list(tmp_path.iterdir())


# --- the frame ---------------------------------------------------------------------------------

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def winding():
    """Drawings of every size, of a few winding strokes, as dense as a hand draws them."""
    random = np.random.default_rng(3)
    drawings = []
    for size in random.uniform(0.01, 300.0, 25):
        strokes = []
        for start in random.uniform(0, 100, (4, 2)):
            angles = np.cumsum(random.normal(0.0, 0.3, 40))
            strokes.append(size * (start + np.cumsum(np.column_stack([np.cos(angles), np.sin(angles)]), 0)))
        drawings.append(Sketch(strokes))
    return drawings


def deviation(drawings, frame, epsilon):
    rows = [simplify.in_frame(drawing, frame, epsilon).to_stroke3()[:, :2] for drawing in drawings]
    return float(np.concatenate(rows).std())


@pytest.mark.parametrize("frame", [60.0, 255.0, 1000.0, 4000.0])
def test_the_frame_is_where_offsets_have_unit_deviation(winding, tmp_path, frame):
    scale_factor = deviation(winding, frame, 2.0)
    info = store.ModelInfo("a", tmp_path, GEN, 1000.0, 2.0, scale_factor, max_points=250)
    found, count = magenta.find_frame(info, winding)
    assert found == pytest.approx(frame, rel=0.01)
    assert count == len(winding)
    assert deviation(winding, found, 2.0) / scale_factor == pytest.approx(1.0, abs=0.01)


def test_dots_say_nothing_of_the_frame(winding, tmp_path):
    info = store.ModelInfo("a", tmp_path, GEN, 1000.0, 2.0, deviation(winding, 500.0, 2.0), max_points=250)
    found, count = magenta.find_frame(info, [Sketch([[(3, 3)]]), Sketch(), *winding])
    assert (found, count) == (pytest.approx(500.0, rel=0.01), len(winding))
    for useless in ([], [Sketch([[(3, 3)]])]):
        with pytest.raises(ModelError, match="give others"):
            magenta.find_frame(info, useless)


@pytest.mark.parametrize("scale_factor", [1e-3, 9e4])
def test_a_scale_factor_that_fits_in_no_frame_is_refused(winding, tmp_path, scale_factor):
    info = store.ModelInfo("a", tmp_path, GEN, 1000.0, 2.0, scale_factor)
    with pytest.raises(ModelError, match="fits these drawings in no frame"):
        magenta.find_frame(info, winding)


@pytest.mark.parametrize("category", ["dog", "bicycle", "palm tree", "rabbit", "sheep", "bird"])
def test_the_frame_of_the_published_models_is_found_by_raw_drawings(category):
    model = SHARED / "magenta" / f"{category.replace(' ', '_')}.gen.json"
    raw = SHARED / "quickdraw" / "raw" / f"{category}.ndjson"
    if not (model.exists() and raw.exists()):
        pytest.skip("the published models and raw drawings are not there (../shared/data)")
    info, _ = magenta.read(model)
    found, count = magenta.find_frame(dataclasses.replace(info, frame=255.0), formats.read(raw))
    assert count > 5
    assert found == pytest.approx(1000.0, rel=0.2)  # from a dozen drawings


@pytest.mark.parametrize(
    ("category", "listed"),
    [("bird", -0.07), ("dog", 0.51), ("dolphin", 0.33), ("monkey", -0.40), ("sheep", -0.44)],
)
def test_peoples_drawings_are_as_likely_as_the_datas_page_lists(category, listed):
    """Nats a point of the raw drawings, brought to the frame that the importer writes."""
    model = SHARED / "magenta" / f"{category}.gen.json"
    raw = SHARED / "quickdraw" / "raw" / f"{category}.ndjson"
    if not (model.exists() and raw.exists()):
        pytest.skip("the published models and raw drawings are not there (../shared/data)")
    info, weights = magenta.read(model)
    drawings, _ = splits.load_split([raw], "test", frame=info.frame, epsilon=info.epsilon)
    decoder, nats = Decoder(info.architecture, weights), []
    for rows in drawings:
        units = rows / np.array([info.scale_factor, info.scale_factor, 1.0], np.float32)
        outputs, _ = decoder.prime(decoder.start(), [units])
        nats.append(-np.add(*Mixture.of(outputs[0][:-1]).log_likelihood(units)))
    assert np.concatenate(nats).mean() == pytest.approx(listed, abs=0.03)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"dec_model": "gru"}, "only LSTM"),
        ({"enc_model": "layer_norm"}, "only LSTM"),
        ({"num_labels": 3}, "--label"),
    ],
    ids=["decoder", "encoder", "labels"],
)
def test_what_browsers_do_not_know_is_not_exported(tmp_path, changes, why):
    architecture = dataclasses.replace(tiny.ARCHITECTURE, num_mixture=20, **changes)
    labels = tiny.LABELS if architecture.num_labels else ()
    info = tiny.save_model(tmp_path / "mine", architecture, labels=labels)
    with pytest.raises(ModelError, match=why):
        magenta.write(tmp_path / "mine.vae.json", info, store.read_weights(info))
    assert not (tmp_path / "mine.vae.json").exists()


def test_one_of_a_models_labels_draws_alone_as_among_the_others(tmp_path):
    info = tiny.save_model(tmp_path / "mine", tiny.LABELLED, labels=tiny.LABELS)
    weights = store.read_weights(info)
    random = np.random.default_rng(2)
    means, factor = random.standard_normal((3, 8)), np.eye(8)
    weights |= {"latent/mean": means.astype(np.float32), "latent/factor": factor.astype(np.float32)}
    one, kept = magenta.of_one_label(info, weights, "dog")
    assert (one.name, one.labels, one.architecture.num_labels) == ("dog", (), 0)
    assert (kept["latent/mean"] == weights["latent/mean"][1]).all()
    store.save(dataclasses.replace(one, path=tmp_path / "dog"), kept)  # has all it needs and nothing else

    rows = random.standard_normal((20, 3)).astype(np.float32)
    told = Labels(weights).told([1])
    latent, alone = (
        Encoder(info.architecture, weights).encode([rows], told),
        Encoder(one.architecture, kept).encode([rows]),
    )
    np.testing.assert_allclose(alone.mu, latent.mu, atol=1e-5)
    np.testing.assert_allclose(alone.log_variance, latent.log_variance, atol=1e-5)
    of_all, of_one = Decoder(info.architecture, weights), Decoder(one.architecture, kept)
    expected, _ = of_all.prime(of_all.start(latent.mu, told=told), [rows])
    got, _ = of_one.prime(of_one.start(latent.mu), [rows])
    np.testing.assert_allclose(got[0], expected[0], atol=1e-5)
    other, _ = of_all.prime(of_all.start(latent.mu, told=Labels(weights).told([0])), [rows])
    assert np.abs(other[0] - expected[0]).max() > 0.1  # a label does tell it something


def test_a_label_that_cannot_be_exported_is_refused(tmp_path):
    info = tiny.save_model(tmp_path / "mine", tiny.LABELLED, labels=tiny.LABELS)
    with pytest.raises(ModelError, match="no label 'cow'; it has cat, dog, owl"):
        magenta.of_one_label(info, store.read_weights(info), "cow")
    decoder = dataclasses.replace(tiny.LABELLED, conditional=False)
    info = tiny.save_model(tmp_path / "decoder", decoder, labels=tiny.LABELS)
    with pytest.raises(ModelError, match="decoder with labels"):
        magenta.of_one_label(info, store.read_weights(info), "cat")


def test_an_exported_model_comes_back_as_it_was(tmp_path):
    sizes = dataclasses.replace(GEN, zero_start=False)
    info = store.ModelInfo("mine", tmp_path, sizes, 450.0, 1.5, 99.7)
    info = dataclasses.replace(
        info, explicit_start=True, description="My own", data={"files": ["a.npz"], "licence": "CC BY-SA 3.0"}
    )
    weights = {name: np.zeros(shape, np.float32) for name, shape in sizes.weight_shapes().items()}
    file = tmp_path / "mine.gen.json"
    magenta.write(file, info, weights)
    back, _ = magenta.read(file)
    assert back.architecture == sizes
    for field in ("frame", "epsilon", "scale_factor", "explicit_start", "description"):
        assert getattr(back, field) == getattr(info, field)
    assert back.data["licence"] == "CC BY-SA 3.0"
    header, *rest = json.loads(file.read_text())
    for name, wrong in (("frame", None), ("frame", 1e9), ("frame", True), ("epsilon", -1), ("epsilon", 449)):
        broken = {**header, magenta.OURS: {**header[magenta.OURS], name: wrong}}
        file.write_text(json.dumps([broken, *rest]))
        with pytest.raises(ModelError, match=f"its {name} is"):
            magenta.read(file)


def test_where_drawings_lie_in_the_latent_space_comes_back(tmp_path):
    sizes = dataclasses.replace(tiny.ARCHITECTURE, num_mixture=20)
    info = tiny.save_model(tmp_path / "mine", sizes)
    random = np.random.default_rng(1)
    latent = {
        name: random.standard_normal(shape).astype(np.float32)
        for name, shape in sizes.optional_shapes().items()
    }
    file = tmp_path / "mine.vae.json"
    magenta.write(file, info, store.read_weights(info) | latent)
    _, back = magenta.read(file)
    assert set(latent) == {"latent/mean", "latent/factor"}
    for name, array in latent.items():
        np.testing.assert_array_equal(back[name], array)
    header, *rest = json.loads(file.read_text())
    nan = base64.b64encode(np.full(latent["latent/mean"].shape, np.nan, "<f4").tobytes()).decode()
    for wrong in ("no base64!", base64.b64encode(b"short").decode(), 7, nan):
        header[magenta.OURS]["latent"]["latent/mean"] = wrong
        file.write_text(json.dumps([header, *rest]))
        with pytest.raises(ModelError, match="latent/mean"):
            magenta.read(file)
