"""Teaching: training runs in processes of their own, which go on when every window is closed.

A run is a record in the user's state folder and a log beside it, a JSON object a line, that the process
writes. Whoever opens the program later reads both, and knows how far it is.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import sketchrnn
from sketchrnn.errors import FormatError, ModelError
from sketchrnn.files import atomic_write
from sketchrnn.words import plural

MINUTES = 5.0
LEAST = 10
"""Drawings that a model can be taught with."""
RECORD, LOG, ERRORS = ".json", ".jsonl", ".err"

_DETACHED: dict[str, Any] = (
    {"creationflags": 0x00000008 | 0x00000200}  # DETACHED_PROCESS, CREATE_NEW_PROCESS_GROUP
    if sys.platform == "win32"
    else {"start_new_session": True}
)
"""What keeps a process alive when ours ends."""


@dataclass(frozen=True)
class Lesson:
    """What a model is taught, and where it is kept.

    Args:
        name: of the new model.
        out: its folder.
        data: the drawings.
        base: the folder of the model that learns.
        minutes: for so long.
    """

    name: str
    out: Path
    data: Path
    base: Path
    minutes: float = MINUTES

    def command(self, resume: bool) -> list[str]:
        """The arguments of Python."""
        return [
            *("-m", "sketchrnn", "train", str(self.data), "--out", str(self.out)),
            *(["--resume"] if resume else ["--from", str(self.base), "--description", self.description]),
            *("--minutes", f"{self.minutes:g}", "--progress", "json"),
        ]

    @property
    def description(self) -> str:
        return f"{self.base.name}, taught {self.data.stem}"


@dataclass
class Course:
    """How a run has gone so far: what its log says."""

    steps: list[tuple[int, float]] = field(default_factory=list)
    """Step and L_R of the training drawings."""
    validations: list[tuple[int, float]] = field(default_factory=list)
    """Step and L_R of the drawings that are held back."""
    nats: list[float] = field(default_factory=list)
    """Nats a point of those, at each validation."""
    pid: int | None = None
    seconds_left: float | None = None
    speed: float | None = None
    ended: bool = False
    error: str | None = None
    saved: bool = False

    @property
    def step(self) -> int:
        return self.steps[-1][0] if self.steps else 0

    def take(self, event: dict[str, Any]) -> None:
        """One line of the log."""
        kind = event.get("event")
        if kind == "start":
            self.pid, self.ended, self.error = int(event["pid"]), False, None
        elif kind == "step":
            self.steps.append((int(event["step"]), float(event["reconstruction_loss"])))
            self.seconds_left = float(event["seconds_left"])
            self.speed = float(event["drawings_per_second"])
        elif kind == "validation":
            self.validations.append((int(event["step"]), float(event["reconstruction_loss"])))
            self.nats.append(float(event["nats_per_point"]))
            self.saved = self.saved or bool(event["saved"])
        elif kind == "end":
            self.ended, self.seconds_left = True, 0.0
        elif kind == "error":
            self.error = str(event["message"])


class Run:
    """One lesson, and the process that gives it.

    Args:
        lesson: what is taught.
        folder: where record and log are.
    """

    def __init__(self, lesson: Lesson, folder: Path) -> None:
        self.lesson, self._folder = lesson, folder
        self.course = Course()
        self._read_to = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self._folder / f"{self.lesson.name}{LOG}"

    def begin(self, resume: bool = False) -> None:
        """Starts the process, which outlives this one.

        Raises:
            ModelError: it cannot be started.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        if not resume:
            self.log.unlink(missing_ok=True)
        values = {name: str(value) for name, value in asdict(self.lesson).items()}
        with atomic_write(self._folder / f"{self.lesson.name}{RECORD}") as file:
            file.write(json.dumps(values, indent=2).encode())
        errors = self.log.with_suffix(ERRORS)
        try:
            with self.log.open("ab") as log, errors.open("wb") as complaints:
                self._process = subprocess.Popen(
                    [sys.executable, *self.lesson.command(resume)],
                    cwd=Path(sketchrnn.__file__).resolve().parents[1],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=complaints,
                    **_DETACHED,
                )
        except OSError as error:
            raise ModelError(f"Python cannot be started to train a model: {error.strerror}") from error
        self.course.ended, self.course.error, self.course.pid = False, None, self._process.pid

    def stop(self) -> None:
        """Asks the process to end and keep what was learnt."""
        pid = self.course.pid
        if pid is not None and self.alive:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGTERM)

    @property
    def alive(self) -> bool:
        """Whether the process is there. One that has another command by now is another one."""
        pid = self.course.pid
        if pid is None or self.course.ended:
            return False
        if self._process is not None and self._process.pid == pid:
            return self._process.poll() is None
        try:
            os.kill(pid, 0)
        except OSError:
            return False
        command = Path(f"/proc/{pid}/cmdline")
        return not command.exists() or str(self.lesson.out).encode() in command.read_bytes()

    @property
    def can_go_on(self) -> bool:
        """Whether there is something to resume."""
        return not self.alive and (self.lesson.out / "checkpoints" / "run.json").exists()

    @property
    def weights(self) -> Path:
        return self.lesson.out / "weights.npz"

    def read(self) -> bool:
        """Reads what is new in the log. Returns whether there was anything."""
        try:
            with self.log.open("rb") as file:
                file.seek(self._read_to)
                data = file.read()
        except OSError:
            return False
        whole = data[: data.rfind(b"\n") + 1]
        self._read_to += len(whole)
        for line in whole.splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):  # somebody else wrote there
                self.course.take(json.loads(line))
        return bool(whole)

    def why_it_failed(self) -> str | None:
        """The error that the process ended with, if it did."""
        if self.alive or self.course.ended:
            return None
        if self.course.error is not None:
            return self.course.error
        try:
            lines = self.log.with_suffix(ERRORS).read_text("utf-8", "replace").strip().splitlines()
        except OSError:
            lines = []
        return lines[-1] if lines and not self.course.steps else None


def runs(folder: Path) -> list[Run]:
    """Every run that was ever begun and not deleted, the newest first."""
    paths = sorted(folder.glob(f"*{RECORD}"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [run for path in paths for run in _restored(path)]


def _restored(path: Path) -> Iterator[Run]:
    try:
        values = json.loads(path.read_text("utf-8"))
        places = {name: Path(values[name]) for name in ("out", "data", "base")}
        run = Run(Lesson(values["name"], **places, minutes=float(values["minutes"])), path.parent)
    except (OSError, ValueError, KeyError, TypeError):
        return
    run.read()
    yield run


def free_name(wanted: str, folder: Path, taken: Collection[str] = ()) -> str:
    """The name, or with a number after it where there is such a model, in the folder or elsewhere."""
    name = "".join(letter if letter.isalnum() or letter in "-_ " else "-" for letter in wanted).strip()
    name = name.replace(" ", "-") or "mine"
    number, free = 1, name
    while free in taken or (folder / free).exists():
        number += 1
        free = f"{name}-{number}"
    return free


def check_drawings(path: Path) -> None:
    """Whether a file has drawings enough. Raises SketchRNNError or OSError, with a sentence, where not."""
    from sketchrnn import formats
    from sketchrnn.formats import npz

    if path.suffix.lower() == ".npz":
        count = sum(len(part) for part in npz.read_splits(path).values())
    else:
        count = sum(1 for _ in itertools.islice(formats.read(path), LEAST))
    if count < LEAST:
        raise FormatError(f"{path} has {plural(count, 'drawing')}; at least ten are needed")


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    minutes, rest = divmod(max(0, math.ceil(seconds)), 60)
    return f"{minutes}:{rest:02}"
