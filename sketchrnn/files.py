"""Files that are read or replaced whole, with errors that name the file and the remedy."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from sketchrnn.errors import FormatError

_REMEDIES = {
    errno.ENOENT: "its folder does not exist; create it or choose another",
    errno.ENOTDIR: "its folder is a file; choose another place",
    errno.EISDIR: "it is a folder; give the name of a file",
    errno.EACCES: "you may not write there; choose another folder",
    errno.EPERM: "you may not write there; choose another folder",
    errno.EROFS: "nothing can be written there; choose another folder",
    errno.ENOSPC: "the disk is full; free some space and try again",
    errno.EDQUOT: "your share of the disk is full; free some space and try again",
    errno.ENAMETOOLONG: "its name is too long; choose a shorter one",
}

StrPath = str | os.PathLike[str]


@contextlib.contextmanager
def new_folder(path: StrPath) -> Iterator[Path]:
    """A folder, made with those above it; those that were made go again if an error leaves them empty.

    Raises:
        OSError: it cannot be made.
    """
    folder = Path(path)
    made = missing_folders(folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    except BaseException:
        remove_empty(made)
        raise


def missing_folders(folder: Path) -> list[Path]:
    """The folder and those above it that are not there, itself first."""
    return [each for each in (folder, *folder.parents) if not os.path.exists(each)]  # noqa: PTH110  # any name


def remove_empty(folders: Iterable[Path]) -> None:
    """Removes those of the folders that are empty, the innermost being named first."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


@contextlib.contextmanager
def atomic_write(path: StrPath) -> Iterator[BinaryIO]:
    """A file to write to, which takes the place of `path` only when the block ends well.

    Readers see the old file or the new one, never half of one; a failure leaves the old one alone.
    The permissions of a file that stands are kept. Pipes and devices are written directly.

    Raises:
        FormatError: the file cannot be written (no folder, no permission, full disk).

    Example:
        >>> with atomic_write("drawing.svg") as file:  # doctest: +SKIP
        ...     file.write(b"<svg/>")
    """
    temporary: Path | None = None
    try:
        mode = _standing_mode(Path(path))
        if mode is not None and not stat.S_ISREG(mode):
            with Path(path).open("wb") as pipe:
                yield pipe
            return
        target = Path(os.path.realpath(path))  # a link goes on pointing to the file that it points to
        temporary = target.with_name(f".{os.urandom(8).hex()}.tmp")
        file = temporary.open("xb")
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
        finally:
            with contextlib.suppress(OSError):  # a full disk was reported by flush
                file.close()
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(target)
    except OSError as error:
        if error.filename not in (None, os.fspath(path), str(temporary)):
            raise  # the block itself tripped over another file
        raise not_written(path, error) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def not_written(path: StrPath, error: OSError) -> FormatError:
    """What to tell of a file that could not be written: the reason and the remedy."""
    reason = _REMEDIES.get(error.errno or 0, f"{error.strerror or error}; choose another place")
    return FormatError(f"{os.fspath(path)} cannot be written: {reason}")


@contextlib.contextmanager
def open_to_read(path: StrPath, *, pipe: bool = False) -> Iterator[BinaryIO]:
    """The file, opened for reading bytes.

    Args:
        pipe: a pipe or a device will do. Else it is refused: who opens a pipe may wait for ever, and a device
            may have no end.

    Raises:
        FormatError: it is missing, a folder, no file at all, not readable, or reading it fails.
    """
    name = os.fspath(path)
    try:
        mode = Path(path).stat().st_mode
        if not (pipe or stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise FormatError(
                f"{name} is a pipe or a device; save what comes from it as a file, and give that"
            )
        with Path(path).open("rb") as file:
            yield file
    except FileNotFoundError as error:
        raise FormatError(f"{name} does not exist; check the name and the folder") from error
    except IsADirectoryError as error:
        raise FormatError(f"{name} is a folder; give the name of a file in it") from error
    except PermissionError as error:
        raise FormatError(f"{name} may not be read; change its permissions or copy it") from error
    except OSError as error:
        raise FormatError(f"{name} cannot be read: {error.strerror or error}; try a copy of it") from error


def _standing_mode(path: Path) -> int | None:
    """The mode bits of what stands under the name, None where nothing does."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    return mode
