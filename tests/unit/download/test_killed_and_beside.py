"""Processes that are killed half way, stopped, or at the same file."""

import json

import pytest
import webserver
from fetched import (
    CONTENT,
    OTHER,
    fetching,
    got,
    killed_half_way,
    part_of,
    size_of,
    verify_content,
    wait_until,
)

from sketchrnn.download import Download, fetch, fetch_all


def test_a_killed_process_is_gone_on_with(server, target):
    url = killed_half_way(server, target)
    size = size_of(part_of(target))
    assert got(url, target) == CONTENT
    assert server.ranges() == [None, f"bytes={size}-"]


def test_after_a_kill_a_changed_file_is_fetched_anew(server, target):
    url = killed_half_way(server, target)
    server.put("/cat.npz", OTHER)
    assert got(url, target) == OTHER


def test_another_source_does_not_go_on_with_the_first_ones_part(server, target):
    killed_half_way(server, target)
    assert got(server.put("/mirror/cat.npz", CONTENT), target) == CONTENT
    assert server.ranges() == [None, None]


@pytest.mark.parametrize("damage", ["lost", "no JSON", "[]", '{"url": 1}', '{"url": "x", "other": 1}'])
def test_a_part_of_which_nothing_is_known_is_nothing(server, target, damage):
    url = killed_half_way(server, target)
    known = part_of(target).with_name(f"{part_of(target).name}.json")
    known.unlink() if damage == "lost" else known.write_text(damage)
    assert got(url, target) == CONTENT


def test_a_part_that_was_spoilt_on_the_disk_is_fetched_anew(server, target):
    url = killed_half_way(server, target)
    with part_of(target).open("rb+") as part:
        part.write(bytes(20_000))
    assert got(url, target, verify=verify_content) == CONTENT


def test_a_part_that_is_whole_needs_no_server(server, target):
    """The process was killed between the last byte and the new name."""
    url = killed_half_way(server, target)
    part_of(target).write_bytes(CONTENT)
    server.requests.clear()
    assert got(url, target, verify=verify_content) == CONTENT
    assert server.requests == []


def test_a_part_that_is_longer_than_the_file_is_fetched_anew(server, target):
    url = killed_half_way(server, target)
    part_of(target).write_bytes(CONTENT + b"more")
    assert got(url, target) == CONTENT


def test_two_processes_do_not_spoil_each_others_file(server, target):
    url = server.put("/cat.npz", CONTENT, webserver.cut(len(CONTENT), pace=0.005))
    with fetching(url, target) as first:
        wait_until(lambda: size_of(part_of(target)) > 0)
        notes = []
        assert not fetch(Download(url, target), progress=lambda progress: notes.append(progress.note))
        assert first.communicate()[0].strip() == "True"
    assert any("another program" in note for note in notes)
    assert target.read_bytes() == CONTENT
    assert len(server.requests) == 1
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_when_the_other_process_dies_this_one_goes_on(server, target):
    url = server.put("/cat.npz", CONTENT, webserver.cut(len(CONTENT), pace=0.02))
    seen = []

    def progress(now):
        seen.append(now.note)
        if now.note and first.poll() is None and size_of(part_of(target)) > 50_000:
            first.kill()

    with fetching(url, target) as first:
        wait_until(lambda: size_of(part_of(target)) > 0)
        assert fetch(Download(url, target), progress=progress)
    assert "is being fetched by another program" in seen
    assert target.read_bytes() == CONTENT
    assert server.ranges()[1].startswith("bytes=")


def test_ctrl_c_stops_and_keeps_what_came(server, target):
    url = server.put("/cat.npz", CONTENT, webserver.cut(len(CONTENT), pace=0.02))

    def interrupt(now):
        if now.done > 50_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_all([Download(url, target)], progress=interrupt)
    wait_until(lambda: not target.with_name(f".{target.name}.lock").exists())
    assert got(url, target) == CONTENT
    assert server.ranges()[1].startswith("bytes=")


def test_what_is_known_of_a_part_is_plain_json(server, target):
    url = killed_half_way(server, target)
    known = json.loads(part_of(target).with_name(f"{part_of(target).name}.json").read_text())
    assert (known["url"], known["total"]) == (url, len(CONTENT))
