"""The engine computes what browsers compute with Magenta's code: published models, and what we export."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from sketchrnn import magenta, store
from sketchrnn.engine import Architecture, Decoder, Encoder

ROOT = Path(__file__).resolve().parents[2]
MODELS = sorted((ROOT.parent / "shared" / "data" / "magenta").glob("*.gen.json"))
PACKAGE = "@magenta/sketch@0.2.0"
POINTS = 100

pytestmark = pytest.mark.skipif(not shutil.which("npm"), reason="Node.js and npm are not installed")


@pytest.fixture(scope="module")
def strokes():
    """Offsets in pixels and pens of a drawing of 100 points, winding as a hand does."""
    random = np.random.default_rng(11)
    points = np.zeros((POINTS, 5), np.float32)
    directions = np.cumsum(random.normal(0.3, 0.4, POINTS))
    steps = random.uniform(10, 90, POINTS)
    points[:, 0], points[:, 1] = np.round(steps * np.cos(directions)), np.round(steps * np.sin(directions))
    lifted = random.random(POINTS) < 0.12
    points[np.arange(POINTS), 2 + lifted] = 1.0
    return points


@pytest.fixture(scope="module")
def in_browser_code():
    """Runs one of the scripts beside this file in Node, with the package; JSON in, JSON out."""
    folder = ROOT / ".cache" / "node"
    if not (folder / "node_modules" / "@magenta" / "sketch").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", PACKAGE]
        try:
            done = subprocess.run(install, capture_output=True, text=True, timeout=180, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm did not install {PACKAGE} in three minutes")
        if done.returncode:
            pytest.skip(f"npm cannot install {PACKAGE}: {done.stderr.strip().splitlines()[-1:]}")

    def run(script, **asked):
        answer = subprocess.run(
            ["node", str(Path(__file__).with_name(script))],
            input=json.dumps(asked),
            env={**os.environ, "NODE_PATH": str(folder / "node_modules")},
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        return json.loads(answer.stdout)

    return run


@pytest.fixture(scope="module")
def theirs(strokes, in_browser_code):
    return in_browser_code("magenta_pdf.js", models=[str(path) for path in MODELS], strokes=strokes.tolist())


def parameters(outputs):
    """(N, 123) outputs to π, μx, μy, σx, σy, ρ, pen, as the browser code lists them."""
    pen, pi, mu_x, mu_y, sigma_x, sigma_y, rho = np.split(outputs, [3, 23, 43, 63, 83, 103], axis=1)

    def softmax(logits):
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        return weights / weights.sum(axis=1, keepdims=True)

    return np.concatenate(
        [softmax(pi), mu_x, mu_y, np.exp(sigma_x), np.exp(sigma_y), np.tanh(rho), softmax(pen)], axis=1
    )


@pytest.mark.skipif(not MODELS, reason="the published models are not there (../shared/data/magenta)")
@pytest.mark.parametrize("number", range(len(MODELS)), ids=[path.name for path in MODELS])
def test_mixture_parameters_agree_over_a_whole_drawing(number, strokes, theirs):
    info, weights = magenta.read(MODELS[number])
    rows = np.column_stack([strokes[:, :2] / np.float32(info.scale_factor), strokes[:, 3]])
    decoder = Decoder(info.architecture, weights)
    outputs, _ = decoder.prime(decoder.start(), [rows])

    expected = np.array(theirs[number]["rows"])
    assert expected.shape == (POINTS + 1, 123)
    got = parameters(outputs[0].astype(np.float64))
    # 1e-4, but where a number is so large (a deviation of 669 units) that float32 knows it less well.
    np.testing.assert_allclose(got, expected, atol=1e-4, rtol=1e-5)


def exported(folder, architecture):
    """A model as `model export` writes it, and its weights as they are in the file."""
    random = np.random.default_rng(7)
    weights = {
        name: (0.3 * random.standard_normal(shape)).astype(np.float32)
        for name, shape in architecture.weight_shapes().items()
    }
    path = folder / "mine.json"
    magenta.write(path, store.ModelInfo("mine", folder, architecture, 400.0, 1.5, 47.5), weights)
    return path, *magenta.read(path)


def test_a_decoder_that_we_export_draws_there_as_here(tmp_path, strokes, in_browser_code):
    architecture = Architecture(conditional=False, dec_rnn_size=48, zero_start=True)
    path, info, weights = exported(tmp_path, architecture)
    answer = in_browser_code("magenta_pdf.js", models=[str(path)], strokes=strokes.tolist())
    rows = np.column_stack([strokes[:, :2] / np.float32(info.scale_factor), strokes[:, 3]])
    decoder = Decoder(info.architecture, weights)
    outputs, _ = decoder.prime(decoder.start(), [rows])
    got = parameters(outputs[0].astype(np.float64))
    np.testing.assert_allclose(got, np.array(answer[0]["rows"]), atol=1e-4, rtol=1e-5)


def test_a_conditional_model_that_we_export_has_the_same_latents_there_as_here(
    tmp_path, strokes, in_browser_code
):
    """z of a drawing as TensorFlow.js finds it in the file, and what the decoder draws from it."""
    architecture = Architecture(enc_rnn_size=32, dec_rnn_size=48, z_size=16, zero_start=True)
    path, info, weights = exported(tmp_path, architecture)
    answer = in_browser_code("magenta_vae.js", model=str(path), strokes=strokes.tolist())
    rows = np.column_stack([strokes[:, :2] / np.float32(info.scale_factor), strokes[:, 3]])
    latent = Encoder(info.architecture, weights).encode([rows])
    np.testing.assert_allclose(latent.mu[0], answer["mu"], atol=1e-4)
    np.testing.assert_allclose(latent.log_variance[0], answer["log_variance"], atol=1e-4)
    assert np.abs(latent.mu).max() > 0.5  # there is something to agree about
    decoder = Decoder(info.architecture, weights)
    outputs, _ = decoder.prime(decoder.start(latent.mu), [rows])
    got = parameters(outputs[0].astype(np.float64))
    np.testing.assert_allclose(got, np.array(answer["rows"]), atol=1e-4, rtol=1e-4)
