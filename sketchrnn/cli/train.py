"""`sketchrnn train`: a model from drawings, with a live line that says how it goes."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import math
import os
import signal
import statistics
import sys
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from sketchrnn.cli.quiet import import_tensorflow
from sketchrnn.engine.architecture import Architecture
from sketchrnn.errors import ConfigError
from sketchrnn.training.config import TrainingConfig

if TYPE_CHECKING:
    from sketchrnn.dataset.splits import Splits
    from sketchrnn.model.sketch_rnn import SketchRNN
    from sketchrnn.training.trainer import Progress, Trainer, Validation

DEFAULT_MINUTES = 20.0

REFRESH_SECONDS = 0.2

_SIZES = {
    "enc_rnn_size": "units of the encoder's LSTM, each direction",
    "dec_rnn_size": "units of the decoder's LSTM",
    "z_size": "dimensions of the latent vector z",
    "num_mixture": "components of the mixture",
    "label_size": "dimensions of the embedding of a label",
}


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Ctrl-C stops and keeps what was learnt.\n\n"
        "example: sketchrnn train omniglot.npz --out my_omniglot --minutes 20"
    )
    parser.add_argument("data", nargs="*", metavar="DATA", help=".npz with splits, or any drawings")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder of the saved model")
    parser.add_argument("--resume", action="store_true", help="go on with the run in DIR")
    parser.add_argument(
        "--minutes", type=float, help=f"stop after so long (default {DEFAULT_MINUTES:g}; none with --steps)"
    )
    parser.add_argument("--steps", type=int, help="stop at this step")
    parser.add_argument("--description", default="", help="a line that the saved model carries")
    parser.add_argument("--licence", default="", help="licence and source of the data, for the model's card")
    sizes = parser.add_argument_group("model")
    sizes.add_argument(
        "--unconditional", action="store_true", help="the decoder alone, without encoder and z"
    )
    sizes.add_argument(
        "--labels",
        action="store_true",
        help="one model that can be asked for each category: a drawing's own label, or the name of its file",
    )
    for size, text in _SIZES.items():
        sizes.add_argument(f"--{size}", type=int, help=f"{text} (default {getattr(Architecture(), size)})")
    hyperparameters = parser.add_argument_group("hyperparameters")
    for field in dataclasses.fields(TrainingConfig):
        text = f"{field.metadata['help'].replace('%', '%%')} (default {field.default})"
        hyperparameters.add_argument(f"--{field.name}", type=type(field.default), help=text)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.minutes is not None and not 0 < arguments.minutes < math.inf:
        raise ConfigError(f"--minutes is {arguments.minutes:g}; it must be a number above 0")
    if arguments.steps is not None and arguments.steps < 1:
        raise ConfigError(f"--steps is {arguments.steps}; it must be at least 1")
    import_tensorflow()
    from sketchrnn.training import session

    architecture: dict[str, Any] = {size: getattr(arguments, size) for size in _SIZES}
    if arguments.unconditional:
        architecture["conditional"] = False
    config = {field.name: getattr(arguments, field.name) for field in dataclasses.fields(TrainingConfig)}
    asked = session.resolve(
        arguments.data,
        arguments.out,
        resume=arguments.resume,
        architecture={name: value for name, value in architecture.items() if value is not None},
        config={name: value for name, value in config.items() if value is not None},
        description=arguments.description,
        licence=arguments.licence,
        labelled=arguments.labels,
    )
    minutes = arguments.minutes
    if minutes is None and arguments.steps is None:
        minutes = DEFAULT_MINUTES
    terminal = TerminalReporter(minutes, arguments.steps)
    with StopSignal() as stop, contextlib.closing(terminal) as reporter:

        def should_stop(trainer: Trainer) -> bool:
            in_time = minutes is None or trainer.seconds < 60 * minutes
            return stop.asked or not in_time or trainer.step >= (arguments.steps or sys.maxsize)

        test = session.train(asked, arguments.out, reporter, should_stop, resume=arguments.resume)
    print(
        f"test: L_R {test.reconstruction_loss:.3f}, L_KL {test.kl_loss:.3f}, "
        f"{test.nats_per_point:.3f} nats a point ({test.drawings:,} drawings); saved in {arguments.out}"
    )
    return 0


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


class TerminalReporter:
    """A live line on a terminal; elsewhere a line for every validation."""

    def __init__(self, minutes: float | None, steps: int | None) -> None:
        from tqdm import tqdm

        self._minutes, self._steps = minutes, steps
        self._line = tqdm(bar_format="{desc}", disable=None, leave=False)
        self._recent: list[Progress] = []
        self._first_step = 0
        self._shown_at = 0.0

    def on_start(self, splits: Splits, model: SketchRNN, step: int) -> None:
        self._first_step = step
        begun = f"going on from step {step}" if step else "starting"
        print(
            f"{', '.join(splits.files)}: {len(splits.train):,} drawings to learn from, "
            f"up to {splits.longest} points; {model.count_params():,} parameters; {begun}",
            flush=True,
        )
        if splits.dropped:
            print(f"left out {splits.dropped:,} drawings that are empty, broken or too long", flush=True)

    def on_progress(self, progress: Progress) -> None:
        self._recent = [*self._recent[-50:], progress]
        now = time.monotonic()
        if now - self._shown_at >= REFRESH_SECONDS:
            self._line.set_description_str(self._text(progress))
            self._shown_at = now

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

    def close(self) -> None:
        """Takes the live line away."""
        self._line.close()

    def _text(self, progress: Progress) -> str:
        r_loss = statistics.fmean(recent.reconstruction_loss for recent in self._recent)
        kl = statistics.fmean(recent.kl_loss for recent in self._recent)
        return (
            f"step {progress.step:,} · L_R {r_loss:.3f} · "
            f"L_KL {kl:.3f} · {self._speed():.0f} drawings/s · {self._left(progress)} left"
        )

    def _speed(self) -> float:
        first, last = self._recent[0], self._recent[-1]
        if first is last:
            return last.drawings / max(last.seconds, 1e-9)
        return (last.drawings - first.drawings) / max(last.seconds - first.seconds, 1e-9)

    def _left(self, progress: Progress) -> str:
        left = []
        if self._minutes is not None:
            left.append(60 * self._minutes - progress.seconds)
        if self._steps is not None:
            pace = progress.seconds / max(progress.step - self._first_step, 1)
            left.append(pace * (self._steps - progress.step))
        minutes, seconds = divmod(max(0, round(min(left))) if left else 0, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
