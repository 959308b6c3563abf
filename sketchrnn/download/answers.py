"""What a server's answer says: of which version of a file it is, which part of it, when to come back."""

from __future__ import annotations

import re
import time
from typing import Any

from sketchrnn.download.part import Kept

_MD5 = re.compile(r"(?:^|[\s,])md5=([A-Za-z0-9+/]{22}==)")
CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


def described(url: str, headers: Any) -> Kept:
    """What an answer says of the file."""
    etag, length = headers.get("ETag", "").strip(), headers.get("Content-Length", "")
    strong = etag if etag.startswith('"') else ""
    if "chunked" in headers.get("Transfer-Encoding", "").lower():
        length = ""
    stored = headers.get("x-goog-stored-content-encoding", "identity")
    md5 = _MD5.search(", ".join(headers.getlist("x-goog-hash"))) if stored == "identity" else None
    return Kept(
        url,
        validator=strong or headers.get("Last-Modified", "").strip(),
        total=int(length) if length.isascii() and length.isdigit() else None,
        md5=md5[1] if md5 else "",
    )


def same_version(validator: str, headers: Any) -> bool:
    """Whether the rest belongs to what there is; a server that honours If-Range need not say so again."""
    now = headers.get("ETag" if validator.startswith('"') else "Last-Modified")
    return now is None or now.strip() == validator


def retry_after(text: str | None) -> float | None:
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
