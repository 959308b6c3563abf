"""One short training run, made once for all who look at it."""

import shutil
from pathlib import Path

import pytest
import tiny


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """Drawings of two lengths, so that little is traced."""
    return tiny.data_file(tmp_path_factory.mktemp("data") / "zigzags.npz", 40, 6, 6, shortest=12, longest=13)


@pytest.fixture
def quickly(monkeypatch):
    """Does not measure the rest of drawings, which takes seconds to trace."""
    from sketchrnn.training import session

    monkeypatch.setattr(session, "FRACTIONS", ())


@pytest.fixture(scope="session")
def straight(tmp_path_factory, data):
    """A run of 40 steps without a break."""
    from runs import train

    out = tmp_path_factory.mktemp("runs") / "straight"
    return out, train(data, out, 40)


@pytest.fixture
def copy(straight, tmp_path):
    """The run of 40 steps, to be resumed or spoilt."""
    return Path(shutil.copytree(straight[0], tmp_path / "copy"))
