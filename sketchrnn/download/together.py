"""Files that are fetched several at once, each by one thread of one process at a time."""

from __future__ import annotations

import contextlib
import errno
import os
import queue
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from sketchrnn.download.addresses import check_address
from sketchrnn.download.lock import alone
from sketchrnn.download.network import Web
from sketchrnn.download.one_file import OneFile, StoppedError
from sketchrnn.download.orders import Download, Outcome, Patience, Progress
from sketchrnn.download.part import size_of
from sketchrnn.errors import SketchRNNError
from sketchrnn.files import missing_folders, not_written, remove_empty


def fetch(
    download: Download,
    *,
    force: bool = False,
    progress: Callable[[Progress], None] | None = None,
    patience: Patience | None = None,
) -> bool:
    """Fetches one file; see `fetch_all`.

    Returns:
        whether it was fetched; False if it stood there already.

    Raises:
        DownloadError: it cannot be had.
        FormatError: it cannot be written.
    """
    made = missing_folders(download.target.parent)
    try:
        return _fetch(
            download, Web(1), force, progress or _ignored, patience or Patience(), threading.Event()
        )
    finally:
        remove_empty(made)


def fetch_all(
    downloads: Sequence[Download],
    *,
    force: bool = False,
    jobs: int = 4,
    progress: Callable[[Progress], None] | None = None,
    finished: Callable[[Outcome], None] | None = None,
    patience: Patience | None = None,
) -> list[Outcome]:
    """Fetches files, several at once. What was begun before, by a process that was killed, is gone on with.

    What comes is kept beside its target as `.NAME.part`, with `.NAME.part.json` saying which version of
    the file it is of. Only a file of the stated length that `verify` accepts gets its name.

    Args:
        downloads: the files; of two for the same place, the first.
        force: fetch also what is there.
        jobs: how many at once.
        progress, finished: called in this thread as things go on.
        patience: how long to wait.

    Returns:
        an outcome for each file, in their order; what cannot be fetched does not stop the others.
    """
    places: dict[Path, Download] = {}
    for download in downloads:
        places.setdefault(download.target.absolute(), download)
    wanted = list(places.values())
    above = {folder for place in places for folder in missing_folders(place.parent)}
    web, stop = Web(jobs), threading.Event()
    events: queue.SimpleQueue[Progress | Outcome | BaseException] = queue.SimpleQueue()
    waiting = queue.SimpleQueue[Download]()
    for download in wanted:
        waiting.put(download)

    def work() -> None:
        with contextlib.suppress(queue.Empty):
            while not stop.is_set():
                download = waiting.get_nowait()
                try:
                    done = _fetch(download, web, force, events.put, patience or Patience(), stop)
                    events.put(Outcome(download, fetched=done))
                except SketchRNNError as error:
                    events.put(Outcome(download, error=error))
                except BaseException as error:  # told to the thread that asked
                    events.put(error)

    # Daemons: a program that is stopped does not wait for a server.
    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(jobs, len(wanted)))]
    for thread in threads:
        thread.start()
    outcomes: dict[Path, Outcome] = {}
    try:
        while len(outcomes) < len(wanted):
            try:
                event = events.get(timeout=0.5)  # not for ever: Windows hears Ctrl-C in between only
            except queue.Empty:
                continue
            if isinstance(event, Progress):
                if progress is not None:
                    progress(event)
            elif isinstance(event, Outcome):
                outcomes[event.download.target] = event
                if finished is not None:
                    finished(event)
            else:
                raise event
    finally:
        stop.set()
        for thread in threads:
            thread.join(0.2)  # so that it removes its lock, if it is not in the middle of waiting
        remove_empty(sorted(above, key=lambda folder: -len(folder.parts)))
    return [outcomes[download.target] for download in wanted]


def _fetch(
    download: Download,
    web: Web,
    force: bool,
    progress: Callable[[Progress], None],
    patience: Patience,
    stop: threading.Event,
) -> bool:
    check_address(download.url)
    target = Path(os.path.realpath(download.target))
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if target.exists() and not force:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(download.target, error) from error

    def wait() -> None:
        progress(Progress(download, size_of(part), None, "is being fetched by another program"))
        if stop.wait(0.2):
            raise StoppedError

    part = target.with_name(f".{target.name}.part")
    with alone(download.target, target.with_name(f".{target.name}.lock"), wait):
        if target.exists() and not force:
            return False  # that other program has brought it
        OneFile(download, target, part, web, progress, patience, stop).run()
    return True


def _ignored(_: Progress) -> None:
    pass
