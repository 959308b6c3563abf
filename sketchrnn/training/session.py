"""A training run from files to a saved model: what `sketchrnn train` does."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

from sketchrnn import store
from sketchrnn.dataset import shards
from sketchrnn.dataset import splits as dataset_splits
from sketchrnn.dataset.pipeline import Augmentation, batches, weights_of
from sketchrnn.dataset.shards import ShardSet
from sketchrnn.dataset.splits import Splits
from sketchrnn.errors import ConfigError, FormatError, ModelError
from sketchrnn.formats.npz import StrokeSet
from sketchrnn.model.sketch_rnn import SketchRNN
from sketchrnn.training import rehearsal
from sketchrnn.training.card import write_card
from sketchrnn.training.config import TrainingConfig
from sketchrnn.training.distribution import Distribution
from sketchrnn.training.evaluation import Evaluation, latent_distribution
from sketchrnn.training.events import EventLog
from sketchrnn.training.eye import MOST_DRAWINGS, EyeProgress, train_eye
from sketchrnn.training.measuring import FRACTIONS, SOME, measure
from sketchrnn.training.new_labels import encoder_with_labels, eye_with_labels, with_labels
from sketchrnn.training.plan import CHECKPOINTS, Run
from sketchrnn.training.report import HISTORY_FILE, History, read_history, write_report
from sketchrnn.training.resized import with_positions, with_smaller_z
from sketchrnn.training.trainer import Progress, Trainer, Validation
from sketchrnn.training.variation import many

MANY = 1000
"""Of so many drawings none is varied."""

LATENT_DRAWINGS = 2000
"""Of about how many training drawings the place in the latent space is measured."""


class Reporter(Protocol):
    """Who is told how a run goes."""

    def on_start(self, splits: Splits, model: SketchRNN, step: int) -> None:
        """The data are read and the model is built; `step` is above 0 for a resumed run."""

    def on_progress(self, progress: Progress) -> None:
        """A step was made."""

    def on_validation(self, validation: Validation) -> None:
        """The model was measured on the validation set, and saved if it was the best so far."""

    def on_eye(self, progress: EyeProgress) -> None:
        """The eye that recognises drawings, which is trained last, has learnt so far."""


def train(
    run: Run,
    out: Path,
    reporter: Reporter,
    should_stop: Callable[[Trainer], bool],
    *,
    resume: bool = False,
    distribution: Distribution | None = None,
    tensorboard: Path | None = None,
    should_stop_eye: Callable[[], bool] = lambda: False,
) -> Evaluation | None:
    """Trains a model, keeps the best weights in `out` as a saved model, and measures them on the test set.

    Of several workers each calls this; all train by the run of the chief, which alone reports validations,
    saves and measures.

    Args:
        run: data, sizes, hyperparameters.
        out: the saved model's folder; checkpoints lie in a folder within.
        reporter: told how it goes.
        should_stop: asked before every step.
        resume: go on from the last checkpoint, or from the beginning if the run broke off before the first.
        distribution: the devices that train it; by default all of this machine.
        tensorboard: a folder for a log that TensorBoard shows.
        should_stop_eye: asked before and while an eye is trained, after all the rest.

    Returns:
        What the test set measured, or None for a worker that is not the chief.

    Raises:
        SketchRNNError: unusable data, lost checkpoints, a full disk, a loss that is no number.
        WorkerLostError: another worker is gone; the last checkpoint can be resumed.
    """
    distribution = distribution or Distribution()
    chief = distribution.cluster.is_chief
    run, resume = _of_chief(run, resume, distribution)
    run, splits = _with_labels_settled(run, _load(run), resume)
    architecture, config = run.architecture, run.config
    if config.eye_steps and not splits.labels:
        raise ConfigError("an eye tells labels apart; add --labels, or leave eye_steps out")
    known = _known(run, out, splits, distribution)
    learnt, weights = _to_learn(run, splits, known)
    batch_size = _batch_size(config, len(learnt), distribution)
    keras.utils.set_random_seed(config.seed)
    with distribution.strategy.scope():
        model = SketchRNN(
            architecture,
            config.recurrent_dropout_prob,
            config.label_dropout_prob,
            config.precision,
            input_dropout_prob=config.input_dropout_prob,
            output_dropout_prob=config.output_dropout_prob,
        )
    augmentation = Augmentation(
        config.random_scale_factor, config.augment_stroke_prob, config.prefix_prob, config.stroke_order_prob
    )
    training_batches = batches(
        learnt,
        batch_size=batch_size,
        scale_factor=splits.scale_factor,
        seed=config.seed,
        augmentation=augmentation,
        labels=splits.labels,
        weights=weights,
        part=(distribution.cluster.index, len(distribution.cluster)),
    )

    def validate(measured: SketchRNN) -> Evaluation:
        return measure(
            measured,
            splits.valid,
            splits.scale_factor,
            splits.longest,
            splits.explicit_start,
            labels=splits.labels,
        )

    def save_best(best: SketchRNN, validation: Validation) -> None:
        losses = {"valid": dataclasses.asdict(validation.evaluation)}
        info = _info(run, out, splits, validation.step, trainer.all_seconds, losses)
        store.save(info, best.arrays() | beside)

    trainer = Trainer(
        model,
        config,
        training_batches,
        longest=splits.longest,
        validate=validate,
        save_best=save_best,
        checkpoints=out / CHECKPOINTS,
        distribution=distribution,
    )
    resumed = resume and trainer.resume(_best_so_far(out) if chief else None)
    if chief and resume and not resumed and (out / store.MODEL_FILE).exists():
        raise ModelError(f"{out} has a model but no checkpoint to go on from; choose a new folder")
    beside = _begin_as(run, out, model, resumed, splits.train, known) if run.base else {}
    if not chief:
        reporter.on_start(splits, model, trainer.step)
        trainer.run(lambda: should_stop(trainer), reporter.on_progress, reporter.on_validation)
        return None
    run.save(out)
    if known is not None and not resumed:
        rehearsal.write(out / CHECKPOINTS, known)
    history = History(out / CHECKPOINTS / HISTORY_FILE, trainer.step)

    log = EventLog(tensorboard, out) if tensorboard else None

    def on_progress(progress: Progress) -> None:
        history.on_progress(progress)
        if log:
            log.on_progress(progress)
        reporter.on_progress(progress)

    def on_validation(validation: Validation) -> None:
        history.on_validation(validation)
        if log:
            log.on_validation(validation)
        reporter.on_validation(validation)

    reporter.on_start(splits, model, trainer.step)
    if run.base and trainer.step == 0:
        trainer.measure_start(on_validation)
    with contextlib.closing(log) if log else contextlib.nullcontext():
        trainer.run(lambda: should_stop(trainer), on_progress, on_validation)
    return _finish(run, out, model, splits, trainer, reporter.on_eye, should_stop_eye)


def _finish(
    run: Run,
    out: Path,
    model: SketchRNN,
    splits: Splits,
    trainer: Trainer,
    on_eye: Callable[[EyeProgress], None],
    should_stop_eye: Callable[[], bool],
) -> Evaluation:
    """Measures the best weights on the test set, and writes what the saved model says of itself."""
    info = store.read_info(out)
    before = store.read_weights(info)
    model.load_arrays(before)
    test = measure(
        model,
        splits.test,
        splits.scale_factor,
        splits.longest,
        splits.explicit_start,
        fractions=FRACTIONS,
        labels=splits.labels,
    )
    total = {"total_steps": trainer.step, "total_minutes": round(trainer.all_seconds / 60, 1)}
    info = dataclasses.replace(
        info,
        losses={**info.losses, "test": dataclasses.asdict(test)},
        training={**info.training, **total},
    )
    weights = model.arrays() | _latent(model, splits, before) | _named(before, "eye/")
    store.save(info, weights)
    if run.config.eye_steps and not should_stop_eye():
        started = time.monotonic()
        eye = _eye(run.config, splits, on_eye, should_stop_eye)
        if eye:
            minutes = round((time.monotonic() - started) / 60, 1)
            info = dataclasses.replace(info, training={**info.training, "eye_minutes": minutes})
            store.save(info, weights | eye)
    write_card(info)
    drawings = splits.test.some(SOME) if isinstance(splits.test, ShardSet) else splits.test
    write_report(info, read_history(out / CHECKPOINTS / HISTORY_FILE), drawings)
    return test


def _of_chief(run: Run, resume: bool, distribution: Distribution) -> tuple[Run, bool]:
    """The run by which all workers train: the chief's, but with the worker's own files if it names some."""
    if len(distribution.cluster) == 1:
        return run, resume
    asked = json.loads(distribution.of_chief(json.dumps([dataclasses.asdict(run), resume])))
    of_chief = Run.of(asked[0])
    return dataclasses.replace(of_chief, data=run.data or of_chief.data), bool(asked[1])


def _batch_size(config: TrainingConfig, drawings: int, distribution: Distribution) -> int:
    """Of all workers together. Raises ConfigError if they cannot share it equally."""
    batch_size = config.batch_size
    if drawings < batch_size:
        batch_size = drawings // distribution.devices * distribution.devices or drawings
    distribution.cluster.part_of(batch_size, distribution.devices_here)
    return batch_size


def _load(run: Run) -> Splits:
    """The drawings of a run: of files, or of one folder of shards."""
    if not any(map(shards.is_sharded, run.data)):
        return dataset_splits.load(run.data, run.config.max_seq_len, labelled=run.labelled, units=run.units)
    folder = shards.alone(run.data)
    splits = shards.load(folder, run.units)
    if splits.longest > run.config.max_seq_len:
        raise FormatError(
            f"{folder} has drawings of up to {splits.longest} points; raise max_seq_len to that, "
            "or write the shards again with less"
        )
    return splits if run.labelled or run.units else dataclasses.replace(splits, labels=())


def _with_labels_settled(run: Run, splits: Splits, resume: bool) -> tuple[Run, Splits]:
    """What the model is to know: a run that is resumed keeps the labels that it was begun with."""
    if run.units is not None:
        if resume:
            splits = dataclasses.replace(splits, labels=run.units.labels)
        run = dataclasses.replace(run, units=dataclasses.replace(run.units, labels=splits.labels))
    architecture = dataclasses.replace(run.architecture, num_labels=len(splits.labels))
    return dataclasses.replace(run, architecture=architecture), splits


def _known(run: Run, out: Path, splits: Splits, distribution: Distribution) -> StrokeSet | None:
    """What the model that a run learns on from draws of other labels; None where nobody needs that."""
    if not run.base or isinstance(splits.train, ShardSet) or len(distribution.cluster) > 1:
        return None
    kept = rehearsal.read(out / CHECKPOINTS)
    if kept is not None or not (Path(run.base) / store.MODEL_FILE).exists():
        return kept
    base = store.read_info(Path(run.base))
    if not run.config.rehearsal_prob and splits.labels == base.labels:
        return None
    known = rehearsal.drawn(
        base, set(map(str, np.asarray(splits.train.labelled("").labels))), run.config.seed
    )
    return known if len(known) else None


def _to_learn(
    run: Run, splits: Splits, known: StrokeSet | None
) -> tuple[StrokeSet | ShardSet, dict[str, float] | None]:
    """The drawings of the batches, and how often those of each label come."""
    config, learnt = run.config, splits.train
    weights = weights_of(config.mix, splits.labels)
    if not run.base or isinstance(learnt, ShardSet):
        return learnt, weights
    copies = min(config.variations, MANY // len(learnt))
    if copies > 1:
        learnt = many(learnt, copies, splits.epsilon, config.seed)
    if known is None or not config.rehearsal_prob:
        return learnt, weights
    return rehearsal.mixed(learnt, known, config.rehearsal_prob, weights)


def _begin_as(
    run: Run, out: Path, model: SketchRNN, resumed: bool, train: StrokeSet | ShardSet, known: StrokeSet | None
) -> dict[str, NDArray[np.float32]]:
    """Gives a model the weights of its teacher, where it is not resumed.

    Returns:
        what a saved model has beside those: where in the latent space drawings of the labels were before, and
        an eye for them, if the teacher has one.
    """
    if resumed:
        there = (out / store.MODEL_FILE).exists()
        saved = store.read_weights(store.read_info(out)) if there else {}
        return _named(saved, "latent/") | _named(saved, "eye/")
    base = store.read_info(Path(run.base))
    before = store.read_weights(base)
    labels = run.units.labels if run.units else ()
    eye = _named(before, "eye/")
    weights = with_labels(before, base.architecture, run.architecture.num_labels)
    if labels != base.labels:
        eye = {}
        if known is not None and not isinstance(train, ShardSet):
            some = StrokeSet.joined([train, known])
            eye = eye_with_labels(before, some, labels, len(base.labels))
            weights |= encoder_with_labels(before, base.architecture, some, labels, base.scale_factor)
    if run.architecture.conditional and run.architecture.z_size < base.architecture.z_size:
        weights = with_smaller_z(weights, base.architecture, run.architecture.z_size)
    if run.architecture.positions:
        weights = with_positions(weights, run.architecture)
    model.load_arrays(weights)
    return _named(weights, "latent/") | eye


def _named(weights: dict[str, NDArray[np.float32]], beginning: str) -> dict[str, NDArray[np.float32]]:
    return {name: array for name, array in weights.items() if name.startswith(beginning)}


def _latent(
    model: SketchRNN, splits: Splits, before: dict[str, NDArray[np.float32]]
) -> dict[str, NDArray[np.float32]]:
    """Where in the latent space the training drawings are, under the names of the saved model.

    Args:
        before: where they were; what a label without a training drawing keeps.
    """
    if model.encoder is None:
        return {}
    wanted = LATENT_DRAWINGS * max(1, min(len(splits.labels), 20))
    train = splits.train
    if isinstance(train, ShardSet):
        some = train.some(wanted)
    else:
        some = train.take(np.arange(0, len(train), max(1, len(train) // wanted)))
    dataset = batches(some, batch_size=100, scale_factor=splits.scale_factor, seed=0, labels=splits.labels)
    mean, factor = latent_distribution(model, dataset)
    known = before.get("latent/mean")
    if splits.labels and some.labels is not None and known is not None and known.shape == mean.shape:
        absent = ~np.isin(splits.labels, some.labels)
        mean[absent] = known[absent]
    return {"latent/mean": mean, "latent/factor": factor}


def _eye(
    config: TrainingConfig,
    splits: Splits,
    on_progress: Callable[[EyeProgress], None],
    should_stop: Callable[[], bool],
) -> dict[str, NDArray[np.float32]]:
    """A new eye for the labels, under the names of the saved model; nothing if it was stopped."""
    train, valid = (
        part.some(MOST_DRAWINGS) if isinstance(part, ShardSet) else part
        for part in (splits.train, splits.valid)
    )
    eye = train_eye(train, valid, splits.labels, config.eye_steps, config.seed, on_progress, should_stop)
    return eye or {}


def _best_so_far(out: Path) -> Evaluation | None:
    """What the saved model of an earlier part of the run measured on the validation drawings."""
    if not (out / store.MODEL_FILE).exists():
        return None
    try:
        return Evaluation(**store.read_info(out).losses["valid"])
    except (KeyError, TypeError):
        return None


def _info(
    run: Run, out: Path, splits: Splits, step: int, seconds: float, losses: dict[str, Any]
) -> store.ModelInfo:
    return store.ModelInfo(
        name=out.resolve().name,
        path=out,
        architecture=run.architecture,
        frame=splits.frame,
        epsilon=round(splits.epsilon, 3),
        scale_factor=splits.scale_factor,
        explicit_start=splits.explicit_start,
        max_points=splits.longest,
        labels=splits.labels,
        description=store.one_line(run.description),
        data={
            "files": [store.one_line(name) for name in splits.files],
            "licence": store.one_line(run.licence),
            "drawings": {name: len(getattr(splits, name)) for name in ("train", "valid", "test")},
            "left_out": splits.dropped,
        },
        training={
            **dataclasses.asdict(run.config),
            **({"from": store.one_line(Path(run.base).name)} if run.base else {}),
            "steps": step,
            "minutes": round(seconds / 60, 1),
            "finished": time.strftime("%Y-%m-%d"),
        },
        losses=losses,
    )
