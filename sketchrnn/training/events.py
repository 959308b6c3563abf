"""A log that TensorBoard shows: losses, learning rate, KL weight, gradient norm, and sampled drawings.

TensorFlow writes it; the package `tensorboard` is needed for looking at it alone.
"""

from __future__ import annotations

import dataclasses
import math
import tempfile
from pathlib import Path

import tensorflow as tf

from sketchrnn import store
from sketchrnn.completion import Completer
from sketchrnn.errors import FormatError
from sketchrnn.formats import png
from sketchrnn.sketch import Sketch
from sketchrnn.training.report import EVERY
from sketchrnn.training.trainer import Progress, Validation

FIGURES = ("reconstruction_loss", "kl_loss", "learning_rate", "kl_weight", "gradient_norm")
SAMPLES = "samples"
DRAWINGS, COLUMNS = 12, 4
TEMPERATURE = 0.4


class EventLog:
    """Writes the event file of a run, which a resumed run goes on with in another file beside it.

    Args:
        folder: where TensorBoard looks (`tensorboard --logdir`); made if it is not there.
        model: the folder of the saved model, whose best weights the drawings are sampled from.

    Raises:
        FormatError: the folder cannot be written.
    """

    def __init__(self, folder: Path, model: Path) -> None:
        self._folder, self._model = folder, model
        self._before: Progress | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._writer = tf.summary.create_file_writer(str(folder))
            self._writer.init()
        except (OSError, tf.errors.OpError) as error:
            raise FormatError(f"{folder} cannot be written; name another folder for --tensorboard") from error

    def on_progress(self, progress: Progress) -> None:
        """Notes the figures of every tenth step, and how fast they went by."""
        if progress.step % EVERY:
            return
        figures = {f"train/{name}": getattr(progress, name) for name in FIGURES}
        if self._before is not None:
            seconds = max(progress.seconds - self._before.seconds, 1e-9)
            figures["speed/drawings_per_second"] = (progress.drawings - self._before.drawings) / seconds
            figures["speed/points_per_second"] = (progress.points - self._before.points) / seconds
        self._before = progress
        self._scalars(progress.step, figures)

    def on_validation(self, validation: Validation) -> None:
        """Notes what the validation drawings measured, and draws a sheet if the weights were saved."""
        measured = dataclasses.asdict(validation.evaluation)
        names = ("reconstruction_loss", "kl_loss", "nats_per_point")
        self._scalars(validation.step, {f"valid/{name}": measured[name] for name in names})
        if validation.best:
            self._image(validation.step)
        self._flush()

    def close(self) -> None:
        """Writes what is left."""
        self._flush()
        self._writer.close()

    def _scalars(self, step: int, figures: dict[str, float]) -> None:
        summary = tf.compat.v1.Summary()
        for tag, value in figures.items():
            if math.isfinite(value):
                summary.value.add(tag=tag, simple_value=value)
        self._write(step, summary)

    def _image(self, step: int) -> None:
        sketches = Completer(store.read_info(self._model)).sample(DRAWINGS, temperature=TEMPERATURE, seed=1)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "samples.png"
            # On a sheet of samples there is nobody to tell the model's ink from.
            png.write_sheet(file, [Sketch(sketch.strokes) for sketch in sketches], columns=COLUMNS, scale=1.0)
            data = file.read_bytes()
        summary = tf.compat.v1.Summary()
        image = summary.value.add(tag=SAMPLES).image
        image.encoded_image_string = data
        # Of a PNG: width and height are the first numbers of its first part.
        image.width, image.height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
        image.colorspace = 3
        self._write(step, summary)

    def _write(self, step: int, summary: tf.compat.v1.Summary) -> None:
        with self._writer.as_default():
            tf.summary.experimental.write_raw_pb(summary.SerializeToString(), step=step)

    def _flush(self) -> None:
        try:
            self._writer.flush()
        except tf.errors.OpError as error:
            raise FormatError(f"{self._folder} cannot be written; free some space, then resume") from error
