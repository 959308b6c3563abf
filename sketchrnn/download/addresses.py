"""Which addresses are asked at all."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sketchrnn.errors import DownloadError

_PRINTABLE = re.compile(r"[!-~]+")


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
