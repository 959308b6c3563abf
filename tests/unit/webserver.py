"""A web server for tests, which behaves as badly as it is told to."""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler", bytes], None]


class Site:
    """Files at addresses; each request takes the next of the behaviours that are set for its file, if any."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.files: dict[str, bytes] = {}
        self.behaviours: dict[str, list[Behaviour]] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.validators = ("ETag", "Last-Modified")

    def put(self, path: str, content: bytes, *behaviours: Behaviour) -> str:
        """Serves a file, first with these behaviours, then well. Returns its address."""
        self.files[path] = content
        self.behaviours[path] = list(behaviours)
        return f"{self.url}{path}"

    def ranges(self) -> list[str | None]:
        """What each request asked for."""
        return [headers.get("range") for _, headers in self.requests]


class Handler(BaseHTTPRequestHandler):
    """Answers; `site` is set on the class that the server uses."""

    site: Site

    def do_GET(self) -> None:  # the name that http.server wants
        self.site.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        content = self.site.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        behaviours = self.site.behaviours[self.path]
        behaviour = behaviours.pop(0) if behaviours else well
        with contextlib.suppress(ConnectionError):
            behaviour(self, content)

    def head(self, status: int, content: bytes, length: int | None, **headers: str) -> None:
        """The status line and headers of an answer about this content."""
        self.send_response(status)
        if "ETag" in self.site.validators:
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()[:16]}"')
        if "Last-Modified" in self.site.validators:
            date = int(hashlib.sha256(content).hexdigest()[:6], 16) + 1_500_000_000
            self.send_header("Last-Modified", self.date_time_string(date))
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def asked_start(self, content: bytes) -> int | None:
        """Where the part that is asked for begins, None for all, as a good server decides it."""
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        version = self.headers.get("If-Range")
        same = version is None or version == f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        if version and not version.startswith('"'):
            date = int(hashlib.sha256(content).hexdigest()[:6], 16) + 1_500_000_000
            same = version == self.date_time_string(date)
        return int(found[1]) if found and same else None

    def log_message(self, *_: Any) -> None:
        pass


def well(handler: Handler, content: bytes) -> None:
    """As a good server does, with ranges."""
    cut(len(content))(handler, content)


def cut(size: int, pace: float = 0.0) -> Behaviour:
    """Sends that many bytes of what is asked for, a KiB each `pace` seconds, and closes the connection."""

    def behave(handler: Handler, content: bytes) -> None:
        start = handler.asked_start(content)
        if start is None:
            handler.head(200, content, len(content))
        elif start >= len(content):
            handler.head(416, content, 0, Content_Range=f"bytes */{len(content)}")
        else:
            span = f"bytes {start}-{len(content) - 1}/{len(content)}"
            handler.head(206, content, len(content) - start, Content_Range=span)
        sent = content[start or 0 :][:size]
        if not pace:
            handler.wfile.write(sent)
        for at in range(0, len(sent) if pace else 0, 1024):
            handler.wfile.write(sent[at : at + 1024])
            time.sleep(pace)
        handler.close_connection = True

    return behave


def status(code: int, **headers: str) -> Behaviour:
    """Answers with a status and nothing else."""

    def behave(handler: Handler, content: bytes) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return behave


def without_ranges(handler: Handler, content: bytes) -> None:
    """Sends all, whatever is asked for."""
    handler.head(200, content, len(content))
    handler.wfile.write(content)


def says_length(length: int | None) -> Behaviour:
    """Claims another length than the content has."""

    def behave(handler: Handler, content: bytes) -> None:
        handler.head(200, content, length)
        handler.wfile.write(content)
        handler.close_connection = True

    return behave


def hangs(seconds: float) -> Behaviour:
    """Sends nothing at all for so long."""

    def behave(handler: Handler, content: bytes) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return behave


def changes_to(other: bytes, size: int) -> Behaviour:
    """Sends so many bytes; from then on the file is another one."""

    def behave(handler: Handler, content: bytes) -> None:
        cut(size)(handler, content)
        handler.site.files[handler.path] = other

    return behave


def wrong_range(shift: int, total: int = 0) -> Behaviour:
    """Answers to a range with another part of the file, or of a file of another size."""

    def behave(handler: Handler, content: bytes) -> None:
        start = handler.asked_start(content)
        if start is None:
            well(handler, content)
            return
        part = content[start + shift :]
        span = f"bytes {start + shift}-{len(content) - 1}/{len(content) + total}"
        handler.head(206, content, len(part), Content_Range=span)
        handler.wfile.write(part)

    return behave


@contextlib.contextmanager
def serving() -> Iterator[Site]:
    """A server on a free port of this machine."""
    handler = type("OwnHandler", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    site = handler.site = Site(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
