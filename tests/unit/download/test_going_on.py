"""Connections that are cut, and files that change between two parts: nothing is spliced wrongly."""

import pytest
import webserver
from fetched import CONTENT, HASTY, OTHER, got, refused


@pytest.mark.parametrize("validators", [("ETag",), ("Last-Modified",), ("ETag", "Last-Modified")])
def test_a_cut_connection_is_gone_on_with(server, target, validators):
    server.validators = validators
    url = server.put("/cat.npz", CONTENT, webserver.cut(100_000), webserver.cut(150_000), webserver.cut(0))
    assert got(url, target) == CONTENT
    assert server.ranges() == [None, "bytes=100000-", "bytes=250000-", "bytes=250000-"]
    version = server.requests[1][1]["if-range"]
    assert version.startswith('"') == ("ETag" in validators)


def test_without_a_version_nothing_is_spliced(server, target):
    server.validators = ()
    url = server.put("/cat.npz", CONTENT, webserver.cut(100_000))
    assert got(url, target) == CONTENT
    assert server.ranges() == [None, None]


def test_a_weak_etag_is_no_version(server, target):
    server.validators = ()

    def weak(handler, content):
        handler.head(200, content, len(content), ETag='W/"about this"')
        handler.wfile.write(content[:1000])
        handler.close_connection = True

    assert got(server.put("/cat.npz", CONTENT, weak), target) == CONTENT
    assert server.ranges() == [None, None]


def test_a_connection_that_is_cut_all_the_time_still_brings_the_file(server, target):
    url = server.put("/cat.npz", CONTENT, *[webserver.cut(5_000)] * 59)
    assert got(url, target) == CONTENT


def test_a_server_that_gives_nothing_is_given_up(server, target):
    url = server.put("/cat.npz", CONTENT, *[webserver.cut(0)] * 20)
    refused(url, target, url, "cut", "try again")
    assert len(server.requests) == HASTY.attempts


def test_a_server_without_ranges_starts_anew(server, target):
    url = server.put("/cat.npz", CONTENT, webserver.cut(100_000), webserver.without_ranges)
    assert got(url, target) == CONTENT
    assert server.ranges() == [None, "bytes=100000-"]


def test_a_file_that_changes_between_two_parts_is_not_spliced(server, target):
    url = server.put("/cat.npz", CONTENT, webserver.changes_to(OTHER, 100_000))
    assert got(url, target) == OTHER


def test_a_server_that_goes_on_with_another_file_is_noticed(server, target):
    """It has not understood If-Range, and sends the rest of what it has now."""

    def careless(handler, content):
        rest = OTHER[100_000:]
        span = f"bytes 100000-{len(OTHER) - 1}/{len(OTHER)}"
        handler.head(206, OTHER, len(rest), Content_Range=span)
        handler.wfile.write(rest)

    url = server.put("/cat.npz", CONTENT, webserver.changes_to(OTHER, 100_000), careless)
    assert got(url, target) == OTHER


@pytest.mark.parametrize(
    "behaviour", [webserver.wrong_range(-10), webserver.wrong_range(7), webserver.wrong_range(0, 5)]
)
def test_another_part_than_asked_for_is_noticed(server, target, behaviour):
    url = server.put("/cat.npz", CONTENT, webserver.cut(100_000), behaviour)
    assert got(url, target) == CONTENT


def test_a_file_that_changes_all_the_time_is_given_up(server, target):
    behaviours = [webserver.cut(100_000), webserver.wrong_range(3)] * 10
    refused(server.put("/cat.npz", CONTENT, *behaviours), target, "changes")


def test_416_starts_anew(server, target):
    url = server.put("/cat.npz", CONTENT, webserver.cut(100_000), webserver.status(416))
    assert got(url, target) == CONTENT
    assert server.ranges() == [None, "bytes=100000-", None]


def test_416_without_a_reason_is_an_error(server, target):
    refused(server.put("/cat.npz", CONTENT, *[webserver.status(416)] * 9), target, "416")
