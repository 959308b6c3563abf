"""Servers that state another length, checksum or content than they send."""

import base64
import hashlib

import pytest
import webserver
from fetched import CONTENT, HASTY, OTHER, got, refused, verify_content

from sketchrnn.download import Download, fetch
from sketchrnn.errors import DownloadError


def test_less_than_the_stated_length_is_no_file(server, target):
    lie = webserver.says_length(len(CONTENT) + 500)
    refused(server.put("/cat.npz", CONTENT, *[lie] * 20), target, "cut")


def test_more_than_the_stated_length_does_not_pass_as_the_file(server, target):
    url = server.put("/cat.npz", CONTENT, webserver.says_length(1000))
    text = refused(url, target, "the file that came is no whole", verify=verify_content)
    assert ".part" not in text


def test_without_a_length_the_content_decides(server, target):
    url = server.put("/cat.npz", CONTENT, webserver.says_length(None))
    assert got(url, target, verify=verify_content) == CONTENT
    url = server.put("/dog.npz", CONTENT[:-9], webserver.says_length(None))
    refused(url, target.with_name("dog.npz"), "dog.npz", verify=verify_content)


def test_what_does_not_load_never_gets_the_name(server, target):
    url = server.put("/cat.npz", b"<html>please log in to this network</html>")
    refused(url, target, url, verify=verify_content)
    assert not target.parent.exists()  # nor is it gone on with


def test_what_stands_stays_when_the_new_one_is_no_good(server, target):
    target.parent.mkdir()
    target.write_bytes(b"old")
    url = server.put("/cat.npz", b"new, but broken")
    with pytest.raises(DownloadError):
        fetch(Download(url, target, verify_content), force=True)
    assert target.read_bytes() == b"old"


def test_a_checksum_of_the_store_is_checked(server, target):
    def stored(of):
        digest = base64.b64encode(hashlib.md5(of).digest()).decode()

        def behave(handler, content):
            handler.head(200, content, len(content), x_goog_hash=f"crc32c=AAAAAA==,md5={digest}")
            handler.wfile.write(content)

        return behave

    refused(server.put("/cat.npz", CONTENT, stored(OTHER)), target, "not what the server says")
    assert got(server.put("/cat.npz", CONTENT, stored(CONTENT)), target) == CONTENT


def test_a_packed_answer_is_refused(server, target):
    def packed(handler, content):
        handler.head(200, content, len(content), Content_Encoding="gzip")
        handler.wfile.write(content)

    refused(server.put("/cat.npz", CONTENT, packed), target, "packed")
    assert server.requests[0][1]["accept-encoding"] == "identity"


@pytest.mark.parametrize("behaviour", [webserver.well, webserver.says_length(None)])
def test_what_is_too_large_is_refused(server, target, behaviour):
    url = server.put("/cat.npz", bytes(3 << 20), behaviour)
    with pytest.raises(DownloadError, match="larger than 1 MiB"):
        fetch(Download(url, target, limit=1 << 20), patience=HASTY)
    assert not target.parent.exists()
