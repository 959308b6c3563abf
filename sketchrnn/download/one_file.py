"""One file, brought from whatever is there of it."""

from __future__ import annotations

import dataclasses
import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from sketchrnn.download.answers import CONTENT_RANGE, described, retry_after, same_version
from sketchrnn.download.network import NoConnectionError, PassingError, Web, ask, network
from sketchrnn.download.orders import Download, Patience, Progress
from sketchrnn.download.part import Kept, Part
from sketchrnn.errors import DownloadError, SketchRNNError

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

CHUNK = 1 << 16

_PASSING = (408, 425, 429, 500, 502, 503, 504)  # what may be better in a moment
_RESTARTS = 3  # how often a file may change under our hands
_LEAST_GAIN = 1 << 10  # bytes; an attempt that brings less has brought nothing


class StoppedError(SketchRNNError):
    """Nobody waits for it any more."""


class OneFile:
    """Brings one file, from whatever is there of it."""

    def __init__(
        self,
        download: Download,
        target: Path,
        part: Path,
        web: Web,
        progress: Callable[[Progress], None],
        patience: Patience,
        stop: threading.Event,
    ) -> None:
        self._download, self._target, self._part = download, target, Part(download, part)
        self._web, self._progress, self._patience, self._stop = web, progress, patience, stop
        self._answered = False  # whether the server has ever said anything
        self._restarts = 0

    def run(self) -> None:
        begun_before = self._part.kept().size > 0
        self._receive_all()
        try:
            self._check()
        except SketchRNNError as error:
            self._part.discard()
            if not begun_before:
                raise DownloadError(f"{self._download.url}: {self._told(error)}") from error
            self.run()  # what another run had left was spoilt; from nothing now
            return
        self._part.finish(self._target)

    def _told(self, error: SketchRNNError) -> str:
        return str(error).replace(os.fspath(self._part.path), "the file that came")

    def _check(self) -> None:
        """Raises a SketchRNNError if what has come is not what was said, or of no use."""
        kept = self._part.kept()
        self._report(kept, "is checked")
        if kept.md5 and kept.md5 != self._part.md5():
            raise DownloadError("what came is not what the server says it sent; try again")
        if self._download.verify is not None:
            self._download.verify(self._part.path)

    # --- receiving -----------------------------------------------------------------------------

    def _receive_all(self) -> None:
        """Asks until all is there. Raises DownloadError when patience is at its end."""
        idle, most = 0, self._part.kept().size
        while True:
            try:
                if self._receive():
                    return
                reason, wait = "the connection was cut", None
            except PassingError as error:
                if self._stop.is_set():
                    raise StoppedError from error
                reason, wait = str(error), error.wait
                if isinstance(error, NoConnectionError) and not self._answered:
                    if idle >= self._patience.attempts - 1:
                        raise DownloadError(reason) from error
                    idle = max(idle, self._patience.attempts - 2)  # most likely there is no network
                    wait = self._patience.first_wait
            size = self._part.kept().size
            idle = 0 if size >= most + _LEAST_GAIN else idle + 1
            most = max(most, size)
            if idle >= self._patience.attempts:
                raise DownloadError(f"{self._download.url}: {reason}; try again later")
            self._pause(reason, idle, wait)

    def _pause(self, reason: str, idle: int, wait: float | None) -> None:
        patience = self._patience
        if wait is None:
            longest = min(patience.first_wait * 2 ** max(0, idle - 1), patience.longest_wait)
            wait = longest * random.uniform(0.5, 1.0)  # not everybody at the same time
        elif wait > patience.longest_wait:
            raise DownloadError(
                f"{self._download.url}: {reason}, and the server asks to come back in {wait:.0f} s; do so"
            )
        if wait > 0.0:
            self._report(self._part.kept(), f"waits {wait:.0f} s: {reason}")
        if self._stop.wait(wait):
            raise StoppedError

    def _receive(self) -> bool:
        """One request, as far as it goes. Returns whether the file is whole."""
        kept = self._part.kept()
        if kept.whole:
            return True
        headers = {}
        if kept.size and kept.validator:
            headers = {"Range": f"bytes={kept.size}-", "If-Range": kept.validator}
        response = ask(self._web, self._download.url, headers, self._patience, self._heard)
        try:
            kept = self._understood(response, kept if headers else None)
            return self._stream(response, kept)
        finally:
            response.close()

    def _understood(self, response: BaseHTTPResponse, asked: Kept | None) -> Kept:
        """What the part is before the answer's body is added to it: of the same version, or empty."""
        url, status, headers = self._download.url, response.status, response.headers
        if status in _PASSING:
            raise PassingError(f"the server answers {status}", retry_after(headers.get("Retry-After")))
        if status == 416 and asked is not None:
            self._restart("the server does not have the rest")
        if status in (404, 410):
            raise DownloadError(f"{url} does not exist ({status}); check the name, or choose another source")
        if status in (401, 403):
            raise DownloadError(f"{url} is not there, or not for everybody ({status}); choose another source")
        if status != 200 and (status != 206 or asked is None):
            raise DownloadError(f"{url}: the server answers {status}; choose another source")
        if headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
            raise DownloadError(f"{url} comes packed, though not asked for; choose another source")
        if status == 200:
            return self._begin(described(self._download.url, headers))
        assert asked is not None
        found = CONTENT_RANGE.fullmatch(headers.get("Content-Range", "").strip())
        if found is None or int(found[1]) != asked.size or not same_version(asked.validator, headers):
            self._restart("the file changes while it is fetched")
        elif found[3] != "*":
            total = int(found[3])
            if asked.total not in (None, total) or total <= int(found[2]):
                self._restart("the file changes while it is fetched")
            return dataclasses.replace(asked, total=total)
        return asked

    def _begin(self, fresh: Kept) -> Kept:
        """An empty part of this version."""
        self._check_size(fresh.total or 0)
        self._part.begin(fresh)
        return fresh

    def _check_size(self, size: int) -> None:
        if size > self._download.limit:
            self._part.discard()
            raise DownloadError(
                f"{self._download.url} is larger than {self._download.limit >> 20:,} MiB, "
                "which it cannot be; choose another source"
            )

    def _restart(self, reason: str) -> NoReturn:
        """Throws away what there is, to begin anew."""
        self._part.discard()
        self._restarts += 1
        if self._restarts > _RESTARTS:
            raise DownloadError(f"{self._download.url}: {reason}, again and again; try again later")
        raise PassingError(reason, at_once=True)

    def _stream(self, response: BaseHTTPResponse, kept: Kept) -> bool:
        """Adds the body to the part."""
        size = kept.size
        self._report(kept)
        with self._part.writing():
            file = self._part.path.open("ab", buffering=0)
        since, counted = time.monotonic(), size
        with file:
            while True:
                with network(self._download.url, self._patience):
                    chunk = response.read1(CHUNK)
                if not chunk:
                    break
                with self._part.writing():
                    file.write(chunk)
                size += len(chunk)
                self._check_size(size)
                if kept.total is not None and size > kept.total:
                    self._restart("more comes than the server says")
                self._report(dataclasses.replace(kept, size=size))
                if self._stop.is_set():
                    raise StoppedError
                if time.monotonic() - since > self._patience.read:
                    if size - counted < _LEAST_GAIN:
                        raise PassingError("hardly anything comes")
                    since, counted = time.monotonic(), size
        return kept.total is None or size == kept.total

    def _heard(self) -> None:
        self._answered = True

    def _report(self, kept: Kept, note: str = "") -> None:
        self._progress(Progress(self._download, kept.size, kept.total, note))
