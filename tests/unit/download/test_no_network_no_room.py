"""No network, no patience, no room on the disk: one clear line each."""

import os
import shutil
import socket
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
import webserver
from fetched import CONTENT, FETCH, ROOT, got, part_of, refused

from sketchrnn.download import Download, fetch
from sketchrnn.errors import FormatError


def test_offline_is_one_clear_line(target, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    refused("https://example.org/cat.npz", target, "no connection to example.org", "check the network")


def test_a_server_that_is_not_there_is_one_line(target):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/cat.npz"
        refused(url, target, "no connection to 127.0.0.1")


def test_a_folder_made_for_what_never_comes_goes_again(target):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/cat.npz"
        refused(url, target.parent / "new" / "folder" / "cat.npz", "no connection to 127.0.0.1")
    assert not (target.parent / "new").exists()


def test_a_server_that_hangs_is_left(server, target):
    url = server.put("/cat.npz", CONTENT, *[webserver.hangs(5.0)] * 9)
    refused(url, target, "silent")


def test_a_server_that_sends_next_to_nothing_is_left(server, target):
    def trickle(handler, content):
        handler.head(200, content, len(content))
        for byte in content[:100]:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.05)

    refused(server.put("/cat.npz", CONTENT, *[trickle] * 9), target, "hardly anything")


def test_a_proxy_of_the_system_is_used(server, target, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url)
    server.put("http://example.org/cat.npz", CONTENT)  # what a proxy is asked for
    assert got("http://example.org/cat.npz", target) == CONTENT


def test_a_certificate_that_nobody_knows_is_refused(server, target, monkeypatch):
    """Something answers that does not even speak TLS, as login pages of hotels do."""
    refused(server.url.replace("http:", "https:") + "/cat.npz", target, "not safe")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_one_line(server, tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    refused(server.put("/a", CONTENT), tmp_path / "closed" / "a", "a cannot be written", error=FormatError)


def test_a_place_that_cannot_be_written_is_one_line(server, tmp_path):
    url = server.put("/a", CONTENT)
    (tmp_path / "file").write_text("")
    refused(url, tmp_path / "file" / "a", "cannot be written", error=FormatError)
    refused(url, tmp_path / ("n" * 300), "its name is too long", error=FormatError)
    with pytest.raises(FormatError, match="it is a folder"):
        fetch(Download(url, tmp_path), force=True)


def test_a_disk_that_is_too_small_is_told_before(server, target, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=999))
    refused(server.put("/cat.npz", CONTENT), target, "free some space")


def test_a_disk_that_fills_up_is_one_line_and_what_came_is_kept(server, target):
    """The size of files is limited for a process that fetches one: writing fails in the middle of it."""
    url = server.put("/cat.npz", CONTENT)
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n" + FETCH
    )
    done = subprocess.run(
        [sys.executable, "-c", code, url, str(target)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "cat.npz cannot be written" in done.stdout
    assert part_of(target).stat().st_size == 100_000
    assert got(url, target) == CONTENT
    assert server.ranges() == [None, "bytes=100000-"]
