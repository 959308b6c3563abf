"""A training run that cannot go on fails in one line, and what stood there stays."""

import dataclasses
import os
import resource

import numpy as np
import pytest

from sketchrnn import store
from sketchrnn.errors import FormatError, ModelError

tf = pytest.importorskip("tensorflow")

from runs import QUICK, checkpointed, train, weights  # noqa: E402


@pytest.mark.parametrize("save_every", [1, 1000], ids=["validated at once", "noticed by the next step"])
def test_a_loss_that_is_no_number_leaves_the_last_good_weights(copy, data, save_every):
    """The step that destroys the weights has a good loss itself, and may be the last before a validation."""
    before, checkpoint = weights(copy), checkpointed(copy)
    wild = dataclasses.replace(QUICK, learning_rate=1e30, decay_rate=1.0, save_every=save_every)
    with pytest.raises(ModelError, match=r"loss became (nan|inf) at step \d+.*smaller --learning_rate"):
        train(data, copy, 100, wild, resume=True)
    for name, array in weights(copy).items():
        np.testing.assert_array_equal(array, before[name])
    for name, array in checkpointed(copy).items():
        np.testing.assert_array_equal(array, checkpoint[name])


def test_a_folder_that_cannot_be_made_is_one_error(tmp_path, data):
    (tmp_path / "file").write_text("")
    with pytest.raises(FormatError, match="file"):
        train(data, tmp_path / "file" / "out", 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_is_one_error(tmp_path, data):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(FormatError, match="locked"):
        train(data, tmp_path / "locked" / "out", 1)


@pytest.mark.parametrize("room", [100, 20_000, 60_000], ids=["run", "weights", "checkpoint"])
def test_a_full_disk_is_one_error_and_what_stood_there_stays(copy, data, room):
    """Files may not grow beyond a limit, which looks like a full disk to whoever writes them."""
    before, checkpoint = weights(copy), checkpointed(copy)
    assert 20_000 < (copy / store.WEIGHTS_FILE).stat().st_size < 60_000
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(FormatError) as caught:
            train(data, copy, 42, dataclasses.replace(QUICK, kl_weight=0.0), resume=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(caught.value)
    assert str(copy) in str(caught.value)
    # A better model may have been written before; where drawings lie in z is measured at the end.
    assert weights(copy).keys() >= {name for name in before if not name.startswith("latent/")}
    assert checkpointed(copy).keys() == checkpoint.keys()
