"""Untrained saved models, made once for all tests of the library."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import hypothesis
import pytest
import tiny

from sketchrnn.completion import Completer
from sketchrnn.store import ModelInfo

hypothesis.settings.register_profile("sketchrnn", deadline=None)  # a busy machine is no mistake
hypothesis.settings.load_profile("sketchrnn")


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of saved models: `tiny`, `alone` (a decoder only) and `started` (explicit start)."""
    folder = tmp_path_factory.mktemp("models")
    tiny.save_model(folder / "tiny", description="An untrained model.")
    tiny.save_model(folder / "alone", tiny.DECODER_ONLY)
    tiny.save_model(folder / "started", explicit_start=True)
    return folder


@pytest.fixture
def installed(models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same models, found by their names."""
    monkeypatch.setenv("SKETCHRNN_MODELS", str(models))
    return models


@pytest.fixture(scope="session")
def model(models: Path) -> Completer:
    return Completer(_info(models / "tiny"))


@pytest.fixture(scope="session")
def decoder_only(models: Path) -> Completer:
    return Completer(_info(models / "alone"))


@pytest.fixture(scope="session")
def started(models: Path) -> Completer:
    return Completer(_info(models / "started"))


def _info(folder: Path) -> ModelInfo:
    from sketchrnn import store

    return store.read_info(folder)
