"""Models of every kind for the tests of the completer."""

import dataclasses

import pytest
import tiny

from sketchrnn.completion import (
    load_model,
)


@pytest.fixture(params=["model", "decoder_only", "started"])
def any_model(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module", params=[True, False], ids=["conditional", "decoder only"])
def zoo(request, tmp_path_factory):
    """A model with labels."""
    folder = tmp_path_factory.mktemp("zoo") / "zoo"
    architecture = dataclasses.replace(tiny.LABELLED, conditional=request.param)
    tiny.save_model(folder, architecture, labels=tiny.LABELS)
    return load_model(folder)
