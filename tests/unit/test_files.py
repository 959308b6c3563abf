"""Files are replaced whole or not at all, and errors say what to do."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from sketchrnn.errors import FormatError
from sketchrnn.files import atomic_write, new_folder, open_to_read


def write(path: Path, content: bytes = b"new") -> None:
    with atomic_write(path) as file:
        file.write(content)


def test_writes(tmp_path: Path) -> None:
    write(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [tmp_path / "a"]


def test_the_old_file_stands_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with atomic_write(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(error), atomic_write(path) as file:
        file.write(b"half")
        raise error
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_permissions(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        write(tmp_path / "new")
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o644
        (tmp_path / "mine").write_bytes(b"")
        (tmp_path / "mine").chmod(0o600)
        write(tmp_path / "mine")
        assert stat.S_IMODE((tmp_path / "mine").stat().st_mode) == 0o600
    finally:
        os.umask(mask)


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
def test_a_link_goes_on_pointing(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write(tmp_path / "pipe")
    reader.join(5)
    assert read == [b"new"]
    assert list(tmp_path.iterdir()) == [tmp_path / "pipe"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="/dev/full cannot be written: the disk is full; free"):
        write(Path("/dev/full"), b"x" * 100_000)


def test_what_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for path, said in (
        (tmp_path / "no" / "a", "its folder does not exist"),
        (tmp_path / "folder", "it is a folder"),
        (tmp_path / "file" / "a", "its folder is a file"),
        (tmp_path / ("long" * 100), "its name is too long"),
    ):
        with pytest.raises(FormatError, match=said) as error:
            write(path)
        assert str(error.value).startswith(f"{path} cannot be written: ")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_no_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(FormatError, match="you may not write there"):
            write(tmp_path / "a")
    finally:
        tmp_path.chmod(0o700)


def test_an_error_about_another_file_passes(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="other"), atomic_write(tmp_path / "a"):
        (tmp_path / "other").read_bytes()
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no does not exist"), open_to_read(tmp_path / "no"):
        pass
    with pytest.raises(FormatError, match="is a folder"), open_to_read(tmp_path):
        pass


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes here")
def test_pipes_and_devices_are_refused_without_waiting_for_them(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to(os.devnull)
    for name in ("pipe", "device"):
        with pytest.raises(FormatError, match=f"{name} is a pipe or a device"), open_to_read(tmp_path / name):
            pass
    with open_to_read(tmp_path / "device", pipe=True) as file:
        assert file.read() == b""


def test_a_name_that_a_terminal_would_obey_is_spelled_out(tmp_path: Path) -> None:
    with pytest.raises(FormatError) as caught, open_to_read(tmp_path / "two\nlines\x1b[31m.svg"):
        pass
    assert "two\\nlines\\x1b[31m.svg does not exist" in str(caught.value)


def test_a_new_folder_goes_again_if_an_error_leaves_it_empty(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), new_folder(tmp_path / "a" / "b") as folder:
        assert folder.is_dir()
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ZeroDivisionError), new_folder(tmp_path / "a" / "b") as folder:
        (folder / "kept").touch()
        raise ZeroDivisionError
    assert (tmp_path / "a" / "b" / "kept").is_file()
    with new_folder(tmp_path / "c"):
        pass
    assert (tmp_path / "c").is_dir()
