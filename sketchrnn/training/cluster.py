"""Several machines that train one model: who they are, as `TF_CONFIG` says, and whether all can be reached.

Knows nothing of TensorFlow, so that a mistake is told before that is loaded.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from sketchrnn.errors import ConfigError, SketchRNNError

VARIABLE = "TF_CONFIG"
EXAMPLE = '{"cluster": {"worker": ["host0:2222", "host1:2222"]}, "task": {"type": "worker", "index": 0}}'

_POLL_SECONDS = 0.2
_QUIET_SECONDS = 5.0
"""So long nothing is said of those who are waited for."""


class WorkerLostError(SketchRNNError):
    """Another worker of the run ended or cannot be reached any more; what was saved last can be resumed."""


@dataclasses.dataclass(frozen=True, slots=True)
class Cluster:
    """The processes that train one model together.

    Args:
        workers: "host:port" of each; the first one is the chief, which writes the files.
        index: which of them this process is.
    """

    workers: tuple[str, ...] = ("",)
    index: int = 0

    def __len__(self) -> int:
        return len(self.workers)

    @property
    def is_chief(self) -> bool:
        """Whether this process writes checkpoints and the saved model."""
        return self.index == 0

    @classmethod
    def of_environment(cls) -> Cluster:
        """What `TF_CONFIG` says; this process alone without it.

        Raises:
            ConfigError: it is damaged, or names other tasks than workers and a chief.
        """
        text = os.environ.get(VARIABLE, "")
        return cls.of(text) if text.strip() not in ("", "{}") else cls()

    @classmethod
    def of(cls, text: str) -> Cluster:
        """Reads the JSON of `TF_CONFIG`. Raises ConfigError."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{VARIABLE} is not JSON ({error}); it should be like {EXAMPLE}") from error
        jobs, task = _part(values, "cluster"), _part(values, "task")
        if other := sorted(set(jobs) - {"chief", "worker"}):
            raise ConfigError(f"{VARIABLE} has {other[0]!a} in its cluster; name only chief and worker")
        addresses = {job: jobs.get(job, []) for job in ("chief", "worker")}
        for job, named in addresses.items():
            if not isinstance(named, list) or not all(_is_address(one) for one in named):
                raise ConfigError(f"{VARIABLE}: {job} must be a list of host:port, as in {EXAMPLE}")
        if len(addresses["chief"]) > 1:
            raise ConfigError(f"{VARIABLE} names {len(addresses['chief'])} chiefs; name one")
        workers = (*addresses["chief"], *addresses["worker"])
        if len(set(workers)) < len(workers):
            raise ConfigError(f"{VARIABLE} names an address twice; each worker needs its own")
        kind, index = task.get("type"), task.get("index")
        if kind not in ("chief", "worker"):
            raise ConfigError(f"{VARIABLE}: the task's type is {kind!a}; it must be chief or worker")
        last = len(addresses[kind]) - 1
        if type(index) is not int or not 0 <= index <= last:
            raise ConfigError(
                f"{VARIABLE}: the task's index is {index!a}; it must be from 0 to {last}, one for each {kind}"
            )
        return cls(workers, index + (len(addresses["chief"]) if kind == "worker" else 0))

    def part_of(self, batch_size: int, devices: int = 1) -> int:
        """The drawings of a batch that each device of each worker gets.

        Raises:
            ConfigError: the batch cannot be divided equally.
        """
        parts = len(self) * devices
        if batch_size % parts:
            whose = f"{len(self)} workers" + (f" of {devices} devices" if devices > 1 else "")
            whose = whose if len(self) > 1 else f"{devices} devices"
            nearest = max(parts, batch_size // parts * parts)
            raise ConfigError(
                f"batch_size is {batch_size}, which {whose} cannot share equally; take {nearest}"
            )
        return batch_size // parts

    def meet(self, seconds: float, say: Callable[[str], None] | None = None) -> None:
        """Waits until every worker can be reached.

        Args:
            seconds: how long at most.
            say: told, after a while, who is waited for.

        Raises:
            SketchRNNError: this worker's own port is taken, or others cannot be reached in time.
        """
        if len(self) == 1:
            return
        started, told = time.monotonic(), say is None
        missing = [address for number, address in enumerate(self.workers) if number != self.index]
        with _listening(self.workers[self.index]):
            while missing := [address for address in missing if not _answers(address)]:
                waited = time.monotonic() - started
                names = ", ".join(f"worker {self.workers.index(one)} ({one})" for one in missing)
                if waited > seconds:
                    raise SketchRNNError(
                        f"{names} cannot be reached after {seconds / 60:.2g} minutes; start it, check the "
                        f"addresses in {VARIABLE} and the network, or allow more with --wait"
                    )
                if not told and say is not None and waited > _QUIET_SECONDS:
                    told = True
                    say(f"waiting for {names}")
                time.sleep(_POLL_SECONDS)


def _part(values: Any, name: str) -> dict[str, Any]:
    part = values.get(name) if isinstance(values, dict) else None
    if not isinstance(part, dict):
        raise ConfigError(f"{VARIABLE} has no {name}; it should be like {EXAMPLE}")
    return part


def _is_address(value: object) -> bool:
    if not isinstance(value, str):
        return False
    host, _, port = value.rpartition(":")
    return bool(host) and port.isascii() and port.isdigit() and 0 < int(port) < 65536


def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=2.0).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _listening(address: str) -> Iterator[None]:
    """Answers at this worker's own port, until TensorFlow does."""
    port = int(address.rpartition(":")[2])
    try:
        server = socket.create_server(
            ("", port) if not socket.has_dualstack_ipv6() else ("::", port),
            family=socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET,
            dualstack_ipv6=socket.has_dualstack_ipv6(),
        )
    except OSError as error:
        raise SketchRNNError(
            f"port {port} of this worker ({address}) cannot be used: {error.strerror or error}; "
            f"end the program that holds it, or name another port in {VARIABLE}"
        ) from error

    def answer() -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                server.accept()[0].close()

    threading.Thread(target=answer, daemon=True).start()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)  # wakes the thread, where close alone would not
        server.close()


def begin_again(options: list[str]) -> None:
    """Starts this program anew in its place, with some more options: TensorFlow cannot leave a cluster."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:], *options])
