"""What TensorBoard is given can be read back from the file."""

import io

import numpy as np
import pytest
import tiny
from PIL import Image

tf = pytest.importorskip("tensorflow")

from runs import QUICK, Notes  # noqa: E402

from sketchrnn.errors import FormatError  # noqa: E402
from sketchrnn.training import plan, session  # noqa: E402
from sketchrnn.training.events import FIGURES, EventLog  # noqa: E402


def test_losses_rates_and_drawings_can_be_read_back(tmp_path, data, quickly):
    notes = Notes()
    run = plan.Run((str(data),), tiny.ARCHITECTURE, QUICK)
    out, log = tmp_path / "out", tmp_path / "log"
    session.train(run, out, notes, lambda trainer: trainer.step >= 20, tensorboard=log)
    (file,) = log.iterdir()
    found, images = {}, {}
    for record in tf.data.TFRecordDataset(str(file)):
        event = tf.compat.v1.Event.FromString(record.numpy())
        for value in event.summary.value:
            if value.HasField("image"):
                images[event.step] = value.image
            else:
                found.setdefault(value.tag, {})[event.step] = value.simple_value
    for name in FIGURES:
        told = {one.step: getattr(one, name) for one in notes.progress if one.step % 10 == 0}
        assert found[f"train/{name}"] == pytest.approx(told)
    for name in ("reconstruction_loss", "kl_loss", "nats_per_point"):
        told = {one.step: getattr(one.evaluation, name) for one in notes.validations}
        assert found[f"valid/{name}"] == pytest.approx(told)
    assert found["speed/drawings_per_second"][20] > 0.0
    assert set(images) == {one.step for one in notes.validations if one.best} != set()
    for image in images.values():
        picture = Image.open(io.BytesIO(image.encoded_image_string))
        assert picture.size == (image.width, image.height)
        grey = np.asarray(picture.convert("L"))
        assert grey.min() < 100 and grey.max() > 200


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(FormatError, match=r"taken.*--tensorboard"):
        EventLog(tmp_path / "taken", tmp_path)
