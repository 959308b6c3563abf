"""What a server's status means, where it may lead to, and which addresses are asked."""

import time

import pytest
import webserver
from fetched import CONTENT, HASTY, got, refused

from sketchrnn.download import Download, Patience, fetch


@pytest.mark.parametrize("code", [404, 410, 401, 403, 400, 418, 206, 304])
def test_a_status_that_will_not_change_is_told_at_once(server, target, code):
    url = server.put("/cat.npz", CONTENT, *[webserver.status(code)] * 9)
    refused(url, target, url, str(code))
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_a_status_that_may_pass_is_waited_for(server, target, code):
    url = server.put("/cat.npz", CONTENT, webserver.status(code), webserver.status(code))
    assert got(url, target) == CONTENT
    server.requests.clear()
    refused(
        server.put("/dog.npz", CONTENT, *[webserver.status(code)] * 9), target.with_name("dog"), str(code)
    )
    assert len(server.requests) == HASTY.attempts


def test_retry_after_is_heeded(server, target):
    notes = []
    soon = Patience(attempts=2, first_wait=50.0, longest_wait=100.0)
    url = server.put("/cat.npz", CONTENT, webserver.status(503, Retry_After="0"))
    fetch(Download(url, target), patience=soon, progress=lambda progress: notes.append(progress.note))
    assert target.read_bytes() == CONTENT
    url = server.put("/dog.npz", CONTENT, webserver.status(429, Retry_After="3600"))
    refused(url, target.with_name("dog.npz"), "3600 s")
    late = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 7200))
    url = server.put("/owl.npz", CONTENT, webserver.status(503, Retry_After=late))
    refused(url, target.with_name("owl.npz"), "come back in")


def test_waits_are_told(server, target):
    notes = []
    url = server.put("/cat.npz", CONTENT, webserver.status(503))
    fetch(Download(url, target), patience=HASTY, progress=lambda progress: notes.append(progress.note))
    assert any(note.startswith("waits") and "503" in note for note in notes)
    assert notes[-1] == "is checked"


def test_redirects_are_followed_not_for_ever(server, target):
    server.put("/there.npz", CONTENT)
    url = server.put("/cat.npz", b"", webserver.status(302, Location="/there.npz"))
    assert got(url, target) == CONTENT
    url = server.put("/dog.npz", b"", *[webserver.status(301, Location="/dog.npz")] * 20)
    refused(url, target.with_name("dog.npz"), "address to address")


@pytest.mark.parametrize(
    "where", ["file:///etc/passwd", "ftp://example.org/x", "gopher://x/", "javascript:1"]
)
def test_redirects_lead_to_web_addresses_alone(server, target, where):
    url = server.put("/cat.npz", b"", webserver.status(302, Location=where))
    refused(url, target, "no address of http or https")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://x/y", "cat.npz", "", "http://", "http://a b/c", "http://x:y/", "http://[/"],
)
def test_only_web_addresses_are_taken(target, url):
    refused(url, target, "http or https")


def test_a_password_is_neither_used_nor_shown(target):
    assert "secret" not in refused("http://me:secret@localhost/x", target, "password")
