"""`sketchrnn train`: a model from drawings, with a live line that says how it goes."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import signal
import statistics
import sys
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from sketchrnn import store
from sketchrnn.cli.options import above_zero, whole_number
from sketchrnn.cli.quiet import import_tensorflow
from sketchrnn.engine.architecture import CELLS, Architecture
from sketchrnn.errors import ConfigError, ModelError, SketchRNNError
from sketchrnn.training.cluster import Cluster, WorkerLostError, begin_again
from sketchrnn.training.config import TrainingConfig
from sketchrnn.training.presets import PRESETS, divided, read_config, with_preset
from sketchrnn.words import plural

if TYPE_CHECKING:
    from sketchrnn.dataset.splits import Splits
    from sketchrnn.model.sketch_rnn import SketchRNN
    from sketchrnn.training.evaluation import Evaluation
    from sketchrnn.training.eye import EyeProgress
    from sketchrnn.training.trainer import Progress, Trainer, Validation

DEFAULT_MINUTES = 20.0
TEACHING_MINUTES = 5.0
DEFAULT_WAIT = 5.0

REFRESH_SECONDS = 0.2

_SIZES = {
    "enc_model": f"the encoder's cell: {', '.join(CELLS)}",
    "enc_rnn_size": "units of the encoder's cell, each direction",
    "dec_model": f"the decoder's cell: {', '.join(CELLS)}",
    "dec_rnn_size": "units of the decoder's cell",
    "z_size": "dimensions of the latent vector z",
    "num_mixture": "components of the mixture",
    "label_size": "dimensions of the embedding of a label",
    "hyper_num_units": "units of the smaller LSTM in a hyper cell",
    "hyper_embedding_size": "dimensions of what that one says about each gate",
}


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Ctrl-C stops and keeps what was learnt.\n\n"
        "example: sketchrnn train omniglot.npz --out my_omniglot --minutes 20\n"
        "         sketchrnn train my_cats.ndjson --from kanji --out my_cats"
    )
    parser.add_argument(
        "data", nargs="*", metavar="DATA", help=".npz with splits, any drawings, or a folder of shards"
    )
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder of the saved model")
    parser.add_argument("--resume", action="store_true", help="go on with the run in DIR")
    parser.add_argument(
        "--minutes",
        type=above_zero,
        help=f"stop after so long (default {DEFAULT_MINUTES:g}; none with --steps)",
    )
    parser.add_argument("--steps", type=whole_number(1), help="stop at this step")
    parser.add_argument(
        "--from",
        dest="base",
        metavar="MODEL",
        help="begin with this saved model in place of random weights; the drawings are brought to its frame "
        f"(default {TEACHING_MINUTES:g} minutes, and another learning rate, batch and patience)",
    )
    parser.add_argument(
        "--progress",
        choices=("text", "json"),
        default="text",
        help="how it goes, for people or a JSON a line",
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="TOML with settings, such as learning_rate = 0.0005; options override it",
    )
    parser.add_argument(
        "--preset", choices=PRESETS, help="named settings; FILE and options override them (default paper)"
    )
    parser.add_argument(
        "--wait",
        type=above_zero,
        default=DEFAULT_WAIT,
        metavar="MINUTES",
        help=f"with several workers (TF_CONFIG): how long to wait for all (default {DEFAULT_WAIT:g})",
    )
    parser.add_argument(
        "--tensorboard",
        type=Path,
        metavar="LOG",
        help="folder for losses, rates and sampled drawings, which `tensorboard --logdir LOG` shows",
    )
    parser.add_argument("--description", default="", help="a line that the saved model carries")
    parser.add_argument("--licence", default="", help="licence and source of the data, for the model's card")
    sizes = parser.add_argument_group("model")
    sizes.add_argument(
        "--unconditional", action="store_true", help="the decoder alone, without encoder and z"
    )
    sizes.add_argument(
        "--positions",
        action="store_true",
        help="encoder and decoder see with each point where on the drawing it is",
    )
    sizes.add_argument(
        "--labels",
        action="store_true",
        help="one model that can be asked for each category: a drawing's own label, or the name of its file",
    )
    for size, text in _SIZES.items():
        default = getattr(Architecture(), size)
        sizes.add_argument(f"--{size}", type=type(default), help=f"{text} (default {default})")
    hyperparameters = parser.add_argument_group("hyperparameters")
    for field in dataclasses.fields(TrainingConfig):
        text = f"{field.metadata['help'].replace('%', '%%')} (default {field.default})"
        hyperparameters.add_argument(f"--{field.name}", type=type(field.default), help=text)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    cluster = Cluster.of_environment()
    if cluster.is_chief and not arguments.data and not arguments.resume:
        raise ConfigError("name at least one file with drawings to train on")
    if arguments.base and arguments.resume and len(cluster) == 1:  # several workers begin again by themselves
        raise ConfigError("--resume goes on from the run's own model; leave out --from, or --resume")
    architecture, config = divided(_settings(arguments))
    _check(architecture, config)  # before TensorFlow: a mistake is told at once
    base = store.read_info(store.find(arguments.base)) if arguments.base and not arguments.resume else None
    import_tensorflow(start=len(cluster) == 1)
    from sketchrnn.training import plan, session
    from sketchrnn.training.distribution import Distribution

    asked = plan.resolve(
        arguments.data,
        arguments.out,
        resume=arguments.resume,
        architecture=architecture,
        config=config,
        description=arguments.description,
        licence=arguments.licence,
        labelled=arguments.labels,
        base=base,
        chief=cluster.is_chief,
    )
    if cluster.is_chief:
        cluster.part_of(asked.config.batch_size)
    minutes = arguments.minutes
    if minutes is None and arguments.steps is None:
        minutes = TEACHING_MINUTES if asked.base else DEFAULT_MINUTES
    kind: Any = JsonReporter if arguments.progress == "json" else TerminalReporter
    reporter: _Reporter = kind(minutes, arguments.steps) if cluster.is_chief else Follower(cluster)
    # Before the signals: TensorFlow takes SIGTERM for itself when it joins a cluster.
    cluster.meet(60 * arguments.wait, lambda text: print(text, file=sys.stderr, flush=True))
    distribution = Distribution(cluster)
    trained = 0.0
    with StopSignal() as stop, contextlib.closing(reporter):

        def should_stop(trainer: Trainer) -> bool:
            nonlocal trained
            trained = trainer.seconds
            in_time = minutes is None or trainer.seconds < 60 * minutes
            return stop.asked or not in_time or trainer.step >= (arguments.steps or sys.maxsize)

        try:
            test = session.train(
                asked,
                arguments.out,
                reporter,
                should_stop,
                resume=arguments.resume,
                distribution=distribution,
                tensorboard=arguments.tensorboard,
                should_stop_eye=lambda: stop.asked,
            )
        except WorkerLostError:
            if stop.asked:
                raise
            print("another worker is gone; going on from the last checkpoint when it is back", flush=True)
            left = [] if minutes is None else ["--minutes", f"{max(minutes - trained / 60, 0.01):g}"]
            begin_again([*left, "--resume"] if cluster.is_chief else left)
            raise
        except SketchRNNError as error:
            reporter.on_error(error)
            raise
        if test is not None:
            reporter.on_end(test, arguments.out)
    return 0


def _settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """All hyperparameters that were asked for: by the preset, over it the file, over it the options."""
    settings = read_config(arguments.config) if arguments.config else {}
    names = (*_SIZES, *(field.name for field in dataclasses.fields(TrainingConfig)), "preset")
    given = {name: getattr(arguments, name) for name in names}
    settings |= {name: value for name, value in given.items() if value is not None}
    if arguments.unconditional:
        settings["conditional"] = False
    if arguments.positions:
        settings["positions"] = True
    return with_preset(settings)


def _check(architecture: dict[str, Any], config: dict[str, Any]) -> None:
    """Raises ConfigError where a value makes no sense."""
    TrainingConfig(**config)
    try:
        Architecture(**architecture)
    except ModelError as error:
        raise ConfigError(str(error)) from error


class StopSignal:
    """Turns the first Ctrl-C or SIGTERM into a wish to stop; the second one stops at once."""

    asked = False

    def __enter__(self) -> StopSignal:
        numbers = (signal.SIGINT, signal.SIGTERM)
        self._before = {number: signal.signal(number, self._on_signal) for number in numbers}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        # Not by print, which a signal may have interrupted in the middle.
        os.write(2, b"\nstopping; keeping what was learnt (again to stop at once)\n")


class _Reporter:
    """What the reporters share: means of the last steps, the speed, and the time that is left."""

    def __init__(self, minutes: float | None, steps: int | None) -> None:
        self._minutes, self._steps = minutes, steps
        self._recent: list[Progress] = []
        self._first_step = 0
        self._shown_at = 0.0

    def on_start(self, splits: Splits, model: SketchRNN, step: int) -> None:
        """The data are read and the model is built."""

    def on_progress(self, progress: Progress) -> None:
        """A step was made."""

    def on_validation(self, validation: Validation) -> None:
        """The model was measured."""

    def on_eye(self, progress: EyeProgress) -> None:
        """The eye has learnt so far."""

    def on_error(self, error: SketchRNNError) -> None:
        """The run ends with an error; the command says so in its own way."""

    def on_end(self, test: Evaluation, out: Path) -> None:
        """The model is saved and measured."""

    def close(self) -> None:
        """Nothing is left to do."""

    def _is_time(self) -> bool:
        """Whether the last report was long enough ago; if so, this one is the last."""
        now = time.monotonic()
        if now - self._shown_at < REFRESH_SECONDS:
            return False
        self._shown_at = now
        return True

    def _losses(self) -> tuple[float, float]:
        """L_R and L_KL, means over the last steps."""
        r_loss = statistics.fmean(recent.reconstruction_loss for recent in self._recent)
        return r_loss, statistics.fmean(recent.kl_loss for recent in self._recent)

    def _speed(self) -> float:
        """Drawings a second."""
        first, last = self._recent[0], self._recent[-1]
        if first is last:
            return last.drawings / max(last.seconds, 1e-9)
        return (last.drawings - first.drawings) / max(last.seconds - first.seconds, 1e-9)

    def _seconds_left(self, progress: Progress) -> float:
        left = []
        if self._minutes is not None:
            left.append(60 * self._minutes - progress.seconds)
        if self._steps is not None:
            pace = progress.seconds / max(progress.step - self._first_step, 1)
            left.append(pace * (self._steps - progress.step))
        return max(0.0, min(left)) if left else 0.0


class Follower(_Reporter):
    """Of a worker that is not the chief: says that it takes part, and leaves the rest to the chief."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(None, None)
        self._cluster = cluster

    def on_start(self, splits: Splits, model: SketchRNN, step: int) -> None:
        print(
            f"worker {self._cluster.index} of {len(self._cluster)}: trains from step {step} on; "
            f"worker 0 ({self._cluster.workers[0]}) reports and saves",
            flush=True,
        )


class TerminalReporter(_Reporter):
    """A live line on a terminal; elsewhere a line for every validation."""

    def __init__(self, minutes: float | None, steps: int | None) -> None:
        from tqdm import tqdm

        super().__init__(minutes, steps)
        self._line = tqdm(bar_format="{desc}", disable=None, leave=False)

    def on_start(self, splits: Splits, model: SketchRNN, step: int) -> None:
        self._first_step = step
        begun = f"going on from step {step}" if step else "starting"
        print(
            f"{', '.join(splits.files)}: {plural(len(splits.train), 'drawing')} to learn from, "
            f"up to {plural(splits.longest, 'point')}; {model.count_params():,} parameters; {begun}",
            flush=True,
        )
        if splits.dropped:
            print(f"left out, as empty, broken or too long: {plural(splits.dropped, 'drawing')}", flush=True)

    def on_progress(self, progress: Progress) -> None:
        self._recent = [*self._recent[-50:], progress]
        if self._is_time():
            self._line.set_description_str(self._text(progress))

    def on_validation(self, validation: Validation) -> None:
        measured = validation.evaluation
        speed = f", {self._speed():.0f} drawings/s" if self._recent else ""
        self._line.clear()
        print(
            f"step {validation.step:,}: validation L_R {measured.reconstruction_loss:.3f}, "
            f"L_KL {measured.kl_loss:.3f}, {measured.nats_per_point:.3f} nats a point{speed}"
            f"{' · best so far, saved' if validation.best else ''}",
            flush=True,
        )

    def on_eye(self, progress: EyeProgress) -> None:
        left = progress.seconds / progress.step * (progress.steps - progress.step)
        self._line.set_description_str(
            f"eye: step {progress.step:,} of {progress.steps:,} · names {progress.accuracy:.1%} of the "
            f"validation drawings · {_clock(left)} left"
        )
        if progress.step == progress.steps:
            self._line.clear()
            print(f"eye: names {progress.accuracy:.1%} of the validation drawings", flush=True)

    def on_end(self, test: Evaluation, out: Path) -> None:
        self._line.clear()
        print(
            f"test: L_R {test.reconstruction_loss:.3f}, L_KL {test.kl_loss:.3f}, "
            f"{test.nats_per_point:.3f} nats a point ({plural(test.drawings, 'drawing')}); saved in {out}"
        )

    def close(self) -> None:
        """Takes the live line away."""
        self._line.close()

    def _text(self, progress: Progress) -> str:
        r_loss, kl = self._losses()
        return (
            f"step {progress.step:,} · L_R {r_loss:.3f} · "
            f"L_KL {kl:.3f} · {self._speed():.0f} drawings/s · {_clock(self._seconds_left(progress))} left"
        )


class JsonReporter(_Reporter):
    """A JSON object a line: what happened, and its figures, for a program that shows them."""

    def on_start(self, splits: Splits, model: SketchRNN, step: int) -> None:
        self._first_step = step
        self._write(
            "start",
            pid=os.getpid(),
            step=step,
            files=list(splits.files),
            drawings={name: len(getattr(splits, name)) for name in ("train", "valid", "test")},
            left_out=splits.dropped,
            minutes=self._minutes,
            steps=self._steps,
        )

    def on_progress(self, progress: Progress) -> None:
        self._recent = [*self._recent[-50:], progress]
        if self._is_time():
            r_loss, kl = self._losses()
            self._write(
                "step",
                step=progress.step,
                reconstruction_loss=r_loss,
                kl_loss=kl,
                drawings_per_second=self._speed(),
                seconds=progress.seconds,
                seconds_left=self._seconds_left(progress),
            )

    def on_validation(self, validation: Validation) -> None:
        measured = dataclasses.asdict(validation.evaluation)
        self._write("validation", step=validation.step, saved=validation.best, **measured)

    def on_eye(self, progress: EyeProgress) -> None:
        self._write("eye", **progress._asdict())

    def on_error(self, error: SketchRNNError) -> None:
        self._write("error", message=str(error))

    def on_end(self, test: Evaluation, out: Path) -> None:
        self._write("end", out=str(out), test=dataclasses.asdict(test))

    def close(self) -> None:
        """Nothing is left to do: every line is out."""

    def _write(self, event: str, **fields: Any) -> None:
        print(json.dumps({"event": event, **fields}), flush=True)


def _clock(seconds: float) -> str:
    """A duration as people read it from a clock."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
