"""Files from the web, models and data sets alike: a cut, a kill or a lie on the way spoils nothing."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import errno
import hashlib
import json
import os
import queue
import random
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn
from urllib.parse import urljoin, urlsplit

from sketchrnn.errors import DownloadError, SketchRNNError
from sketchrnn.files import not_written

if TYPE_CHECKING:
    import ssl

    from urllib3 import BaseHTTPResponse, PoolManager

MAX_REDIRECTS = 5
CHUNK = 1 << 16

_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (408, 425, 429, 500, 502, 503, 504)  # what may be better in a moment
_RESTARTS = 3  # how often a file may change under our hands
_LEAST_GAIN = 1 << 10  # bytes; an attempt that brings less has brought nothing
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_PRINTABLE = re.compile(r"[!-~]+")
_MD5 = re.compile(r"(?:^|[\s,])md5=([A-Za-z0-9+/]{22}==)")


@dataclasses.dataclass(frozen=True, slots=True)
class Download:
    """A file to fetch.

    Args:
        url: where it is, http or https.
        target: where it shall be.
        verify: reads the whole file (it has another name then) and raises a SketchRNNError if it is not
            what it should be; only then does the file get its name.
        limit: bytes; whatever is larger is refused.
    """

    url: str
    target: Path
    verify: Callable[[Path], object] | None = None
    limit: int = 8 << 30


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is.

    Args:
        download: which.
        done: bytes that are there, those of earlier runs among them.
        total: bytes in all, None while or where nobody says.
        note: what it does besides receiving: "waits 4 s", "is checked"; else empty.
    """

    download: Download
    done: int
    total: int | None
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a download.

    Args:
        download: which.
        fetched: False if the file stood there already, or there is an error.
        error: why it is not there.
    """

    download: Download
    fetched: bool = False
    error: SketchRNNError | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a server, in seconds, and how often to ask.

    Args:
        attempts: in a row without anything gained; a connection that was never there gets two.
        first_wait: before the second attempt; each wait is up to twice as long as the one before.
        longest_wait: also of what a server may ask for with Retry-After.
        connect, read: for the connection, and for the next bytes.
    """

    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 60.0
    connect: float = 10.0
    read: float = 20.0


def check_address(url: str) -> None:
    """Raises DownloadError where an address is not one of http or https, or has a password in it."""
    shown = ascii(url)[1:-1][:200]
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # raises where it is no number
    except ValueError as error:
        raise DownloadError(f"{shown} is no address ({error}); give one of http or https") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or not _PRINTABLE.fullmatch(url):
        raise DownloadError(f"{shown} is no address of http or https; give one")
    if parts.username is not None or parts.password is not None:
        raise DownloadError(f"the address of {parts.hostname} has a name or password in it; leave them out")


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
    stop = threading.Event()
    return _fetch(download, _Web(1), force, progress or _ignored, patience or Patience(), stop)


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
    web, stop = _Web(jobs), threading.Event()
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
    return [outcomes[download.target] for download in wanted]


# --- one file ----------------------------------------------------------------------------------


class _PassingError(Exception):
    """It may go better next time. Args: what was wrong; seconds to wait before, None as usual."""

    def __init__(self, reason: str, wait: float | None = None, *, at_once: bool = False) -> None:
        super().__init__(reason)
        self.wait = 0.0 if at_once else wait


class _NoConnectionError(_PassingError):
    """There was no answer at all."""


class _StoppedError(SketchRNNError):
    """Nobody waits for it any more."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Kept:
    """What is known of a part: which file it is of, and how much of it is there.

    Args:
        url: where it comes from.
        validator: the ETag or the date that tells its version; empty if there is none, and no going on.
        total: bytes of the whole, if said.
        md5: of the whole, base64, if said.
        size: bytes that are there.
    """

    url: str
    validator: str = ""
    total: int | None = None
    md5: str = ""
    size: int = 0

    @property
    def whole(self) -> bool:
        return self.total is not None and self.size == self.total


def _fetch(
    download: Download,
    web: _Web,
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
        progress(Progress(download, _size(part), None, "is being fetched by another program"))
        if stop.wait(0.2):
            raise _StoppedError

    part = target.with_name(f".{target.name}.part")
    with _alone(download.target, target.with_name(f".{target.name}.lock"), wait):
        if target.exists() and not force:
            return False  # that other program has brought it
        _OneFile(download, target, part, web, progress, patience, stop).run()
    return True


class _OneFile:
    """Brings one file, from whatever is there of it."""

    def __init__(
        self,
        download: Download,
        target: Path,
        part: Path,
        web: _Web,
        progress: Callable[[Progress], None],
        patience: Patience,
        stop: threading.Event,
    ) -> None:
        self._download, self._target, self._part = download, target, part
        self._known = part.with_name(f"{part.name}.json")
        self._web, self._progress, self._patience, self._stop = web, progress, patience, stop
        self._answered = False  # whether the server has ever said anything
        self._restarts = 0

    def run(self) -> None:
        begun_before = self._kept().size > 0
        self._receive_all()
        try:
            self._check()
        except SketchRNNError as error:
            self._discard()
            if not begun_before:
                raise DownloadError(f"{self._download.url}: {self._told(error)}") from error
            self.run()  # what another run had left was spoilt; from nothing now
            return
        with self._writing():
            with self._part.open("rb+") as file:
                os.fsync(file.fileno())
            self._part.replace(self._target)
            self._known.unlink(missing_ok=True)

    def _told(self, error: SketchRNNError) -> str:
        return str(error).replace(os.fspath(self._part), "the file that came")

    def _check(self) -> None:
        """Raises a SketchRNNError if what has come is not what was said, or of no use."""
        kept = self._kept()
        self._report(kept, "is checked")
        if kept.md5:
            with self._writing(), self._part.open("rb") as file:
                digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).digest()
            if base64.b64encode(digest).decode() != kept.md5:
                raise DownloadError("what came is not what the server says it sent; try again")
        if self._download.verify is not None:
            self._download.verify(self._part)

    # --- receiving -----------------------------------------------------------------------------

    def _receive_all(self) -> None:
        """Asks until all is there. Raises DownloadError when patience is at its end."""
        idle, most = 0, self._kept().size
        while True:
            try:
                if self._receive():
                    return
                reason, wait = "the connection was cut", None
            except _PassingError as error:
                if self._stop.is_set():
                    raise _StoppedError from error
                reason, wait = str(error), error.wait
                if isinstance(error, _NoConnectionError) and not self._answered:
                    if idle >= self._patience.attempts - 1:
                        raise DownloadError(reason) from error
                    idle = max(idle, self._patience.attempts - 2)  # most likely there is no network
                    wait = self._patience.first_wait
            size = self._kept().size
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
            self._report(self._kept(), f"waits {wait:.0f} s: {reason}")
        if self._stop.wait(wait):
            raise _StoppedError

    def _receive(self) -> bool:
        """One request, as far as it goes. Returns whether the file is whole."""
        kept = self._kept()
        if kept.whole:
            return True
        headers = {}
        if kept.size and kept.validator:
            headers = {"Range": f"bytes={kept.size}-", "If-Range": kept.validator}
        response = self._ask(headers)
        try:
            kept = self._understood(response, kept if headers else None)
            return self._stream(response, kept)
        finally:
            response.close()

    def _ask(self, headers: dict[str, str]) -> BaseHTTPResponse:
        """Follows redirects to the answer that counts."""
        import urllib3

        url = self._download.url
        fixed = {"Accept-Encoding": "identity", "User-Agent": "sketchrnn"}
        for _ in range(MAX_REDIRECTS + 1):
            with self._network(url):
                response = self._web.connections(url).request(
                    "GET",
                    url,
                    headers=fixed | headers,
                    preload_content=False,
                    decode_content=False,
                    redirect=False,
                    retries=False,
                    timeout=urllib3.Timeout(connect=self._patience.connect, read=self._patience.read),
                )
            self._answered = True
            if response.status not in _REDIRECTS:
                return response
            response.close()
            where = urljoin(url, response.headers.get("Location", ""))
            check_address(where)
            if url.startswith("https:") and not where.startswith("https:"):
                raise DownloadError(f"{url} leads to an address without encryption; choose another source")
            url = where
        raise DownloadError(f"{self._download.url} leads from address to address; choose another source")

    def _understood(self, response: BaseHTTPResponse, asked: _Kept | None) -> _Kept:
        """What the part is before the answer's body is added to it: of the same version, or empty."""
        url, status, headers = self._download.url, response.status, response.headers
        if status in _PASSING:
            raise _PassingError(f"the server answers {status}", _retry_after(headers.get("Retry-After")))
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
            return self._begin(_described(self._download.url, headers))
        assert asked is not None
        found = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", "").strip())
        if found is None or int(found[1]) != asked.size or not _same_version(asked.validator, headers):
            self._restart("the file changes while it is fetched")
        elif found[3] != "*":
            total = int(found[3])
            if asked.total not in (None, total) or total <= int(found[2]):
                self._restart("the file changes while it is fetched")
            return dataclasses.replace(asked, total=total)
        return asked

    def _begin(self, fresh: _Kept) -> _Kept:
        """An empty part of this version."""
        self._discard()
        self._check_size(fresh.total or 0)
        with self._writing():
            if fresh.total is not None and fresh.total > shutil.disk_usage(self._part.parent).free:
                raise DownloadError(
                    f"{self._download.target} needs {fresh.total / 1e6:,.0f} MB, more than the disk has; "
                    "free some space and try again"
                )
            self._part.touch()
            facts = dataclasses.asdict(fresh)
            del facts["size"]
            self._known.write_bytes(json.dumps(facts).encode())
        return fresh

    def _check_size(self, size: int) -> None:
        if size > self._download.limit:
            self._discard()
            raise DownloadError(
                f"{self._download.url} is larger than {self._download.limit >> 20:,} MiB, "
                "which it cannot be; choose another source"
            )

    def _restart(self, reason: str) -> NoReturn:
        """Throws away what there is, to begin anew."""
        self._discard()
        self._restarts += 1
        if self._restarts > _RESTARTS:
            raise DownloadError(f"{self._download.url}: {reason}, again and again; try again later")
        raise _PassingError(reason, at_once=True)

    def _stream(self, response: BaseHTTPResponse, kept: _Kept) -> bool:
        """Adds the body to the part."""
        size = kept.size
        self._report(kept)
        with self._writing():
            file = self._part.open("ab", buffering=0)
        since, counted = time.monotonic(), size
        with file:
            while True:
                with self._network(self._download.url):
                    chunk = response.read1(CHUNK)
                if not chunk:
                    break
                with self._writing():
                    file.write(chunk)
                size += len(chunk)
                self._check_size(size)
                if kept.total is not None and size > kept.total:
                    self._restart("more comes than the server says")
                self._report(dataclasses.replace(kept, size=size))
                if self._stop.is_set():
                    raise _StoppedError
                if time.monotonic() - since > self._patience.read:
                    if size - counted < _LEAST_GAIN:
                        raise _PassingError("hardly anything comes")
                    since, counted = time.monotonic(), size
        return kept.total is None or size == kept.total

    @contextlib.contextmanager
    def _network(self, url: str) -> Iterator[None]:
        """What goes wrong on the way, told apart: what may pass, and what will not."""
        from urllib3 import exceptions

        host = urlsplit(url).hostname
        try:
            yield
        except exceptions.NewConnectionError as error:  # the name that nobody knows is one
            why = "its name is unknown" if isinstance(error, exceptions.NameResolutionError) else "no answer"
            reason = f"no connection to {host} ({why}); check the network, or choose another source"
            raise _NoConnectionError(reason) from error
        except exceptions.ConnectTimeoutError as error:
            reason = f"no connection to {host} (it does not answer); check the network"
            raise _NoConnectionError(reason) from error
        except exceptions.ProxyError as error:
            raise DownloadError(f"no connection to {host} through the proxy; check its settings") from error
        except exceptions.SSLError as error:
            raise DownloadError(
                f"the connection to {host} is not safe ({_reason(error)}); check the clock and the network"
            ) from error
        except exceptions.ReadTimeoutError as error:
            raise _PassingError(f"{host} is silent for {self._patience.read:g} s") from error
        except (exceptions.LocationValueError, exceptions.InvalidHeader) as error:
            raise DownloadError(f"{url} cannot be asked for ({_reason(error)})") from error
        except (exceptions.HTTPError, OSError, ValueError) as error:
            raise _PassingError(f"the connection to {host} was cut") from error

    # --- the part ------------------------------------------------------------------------------

    def _kept(self) -> _Kept:
        """What is there of this very file; nothing where that is not known for certain."""
        try:
            facts = json.loads(self._known.read_bytes())
            kept = _Kept(**facts, size=_size(self._part))
        except (OSError, ValueError, TypeError, RecursionError):
            return _Kept(self._download.url)
        known = (
            kept.url == self._download.url
            and isinstance(kept.validator, str)
            and isinstance(kept.md5, str)
            and (kept.total is None or type(kept.total) is int)
            and kept.size <= (kept.size if kept.total is None else kept.total)
        )
        return kept if known else _Kept(self._download.url)

    def _discard(self) -> None:
        with self._writing():  # first what says what the part is: without it the part is nothing
            self._known.unlink(missing_ok=True)
            self._part.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise not_written(self._download.target, error) from error

    def _report(self, kept: _Kept, note: str = "") -> None:
        self._progress(Progress(self._download, kept.size, kept.total, note))


# --- helpers -----------------------------------------------------------------------------------


def _ignored(_: Progress) -> None:
    pass


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _reason(error: Exception) -> str:
    return " ".join(ascii(str(error))[1:-1].split())[:120]


def _described(url: str, headers: Any) -> _Kept:
    """What an answer says of the file."""
    etag, length = headers.get("ETag", "").strip(), headers.get("Content-Length", "")
    strong = etag if etag.startswith('"') else ""
    if "chunked" in headers.get("Transfer-Encoding", "").lower():
        length = ""
    stored = headers.get("x-goog-stored-content-encoding", "identity")
    md5 = _MD5.search(", ".join(headers.getlist("x-goog-hash"))) if stored == "identity" else None
    return _Kept(
        url,
        validator=strong or headers.get("Last-Modified", "").strip(),
        total=int(length) if length.isascii() and length.isdigit() else None,
        md5=md5[1] if md5 else "",
    )


def _same_version(validator: str, headers: Any) -> bool:
    """Whether the rest belongs to what there is; a server that honours If-Range need not say so again."""
    now = headers.get("ETag" if validator.startswith('"') else "Last-Modified")
    return now is None or now.strip() == validator


def _retry_after(text: str | None) -> float | None:
    """Seconds, of a number or a date."""
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


class _Web:
    """Connections, through the proxies that the system's settings name."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._lock = threading.Lock()
        self._managers: dict[str | None, PoolManager] = {}

    def connections(self, url: str) -> PoolManager:
        """Those for an address."""
        from urllib.request import getproxies, proxy_bypass

        import urllib3

        parts = urlsplit(url)
        proxy = getproxies().get(parts.scheme)
        if proxy is not None and proxy_bypass(parts.netloc):
            proxy = None
        if proxy is not None and "://" not in proxy:
            proxy = f"http://{proxy}"
        with self._lock:
            if proxy not in self._managers:
                options: dict[str, Any] = {"maxsize": self._jobs, "ssl_context": _trust()}
                self._managers[proxy] = (
                    urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)
                )
            return self._managers[proxy]


def _trust() -> ssl.SSLContext:
    """Whom to believe: the system's certificates, and Mozilla's, since some systems have none."""
    import ssl

    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@contextlib.contextmanager
def _alone(target: Path, path: Path, wait: Callable[[], None]) -> Iterator[None]:
    """One process and thread at a time; `wait` is called now and then while another one is at it."""
    while True:
        try:
            file = path.open("ab")
        except OSError as error:
            raise not_written(target, error) from error
        if _locked(file) and os.fstat(file.fileno()).st_nlink:  # else its holder has just removed it
            break
        file.close()
        wait()
    try:
        yield
    finally:
        with file, contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _locked(file: IO[bytes]) -> bool:
    """Takes the lock of a file, which ends with the process; False while another one has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # some network drives have no locks; without is better than not at all
    return True
