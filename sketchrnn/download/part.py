"""What has come of a file, beside its place until it is whole, and which version of it that is."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from sketchrnn.download.orders import Download
from sketchrnn.errors import DownloadError
from sketchrnn.files import not_written


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
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


class Part:
    """The file `.NAME.part`, and `.NAME.part.json`, which says what it is."""

    def __init__(self, download: Download, path: Path) -> None:
        self.path = path
        self._download = download
        self._known = path.with_name(f"{path.name}.json")

    def kept(self) -> Kept:
        """What is there of this very file; nothing where that is not known for certain."""
        try:
            facts = json.loads(self._known.read_bytes())
            kept = Kept(**facts, size=size_of(self.path))
        except (OSError, ValueError, TypeError, RecursionError):
            return Kept(self._download.url)
        known = (
            kept.url == self._download.url
            and isinstance(kept.validator, str)
            and isinstance(kept.md5, str)
            and (kept.total is None or type(kept.total) is int)
            and kept.size <= (kept.size if kept.total is None else kept.total)
        )
        return kept if known else Kept(self._download.url)

    def begin(self, fresh: Kept) -> None:
        """Makes an empty part of this version. Raises DownloadError where the disk has no room for it."""
        self.discard()
        with self.writing():
            if fresh.total is not None and fresh.total > shutil.disk_usage(self.path.parent).free:
                raise DownloadError(
                    f"{self._download.target} needs {fresh.total / 1e6:,.0f} MB, more than the disk has; "
                    "free some space and try again"
                )
            self.path.touch()
            facts = dataclasses.asdict(fresh)
            del facts["size"]
            self._known.write_bytes(json.dumps(facts).encode())

    def md5(self) -> str:
        """The checksum of what is there, base64."""
        with self.writing(), self.path.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).digest()
        return base64.b64encode(digest).decode()

    def finish(self, target: Path) -> None:
        """Gives the whole file its name."""
        with self.writing():
            with self.path.open("rb+") as file:
                os.fsync(file.fileno())
            self.path.replace(target)
            self._known.unlink(missing_ok=True)

    def discard(self) -> None:
        """Throws away what there is."""
        with self.writing():  # first what says what the part is: without it the part is nothing
            self._known.unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Raises FormatError, which names the file that is wanted, where the disk does not do as told."""
        try:
            yield
        except OSError as error:
            raise not_written(self._download.target, error) from error


def size_of(path: Path) -> int:
    """Bytes of a file; 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
