"""Downloads from a server that cuts, lies, changes its mind and hangs; processes that are killed half way."""

import base64
import hashlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import webserver

from sketchrnn import download as web
from sketchrnn.download import Download, Patience, fetch, fetch_all
from sketchrnn.errors import DownloadError, FormatError, SketchRNNError

ROOT = Path(__file__).parents[2]
CONTENT = random.Random(1).randbytes(300_000)
OTHER = random.Random(2).randbytes(280_000)
HASTY = Patience(attempts=3, first_wait=0.01, longest_wait=0.05, connect=2.0, read=0.5)


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with webserver.serving() as running:
        yield running


@pytest.fixture
def target(tmp_path):
    return tmp_path / "data" / "cat.npz"


def got(url, target, **options):
    """Fetches with little patience; what is left in the folder is the file alone."""
    assert fetch(Download(url, target, options.pop("verify", None)), patience=HASTY, **options)
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    return target.read_bytes()


def refused(url, target, *words, verify=None, error=DownloadError, **options):
    """A failure is one line with these words, and leaves nothing under the file's name."""
    with pytest.raises(error) as caught:
        fetch(Download(url, target, verify), patience=HASTY, **options)
    text = str(caught.value)
    assert "\n" not in text
    for word in words:
        assert word in text
    assert not os.path.isfile(target)  # noqa: PTH113  # also where the name is too long
    return text


# --- what goes well ----------------------------------------------------------------------------


def test_a_file_is_fetched_once(server, target):
    url = server.put("/cat.npz", CONTENT)
    assert got(url, target) == CONTENT
    assert fetch(Download(url, target)) is False
    assert len(server.requests) == 1
    server.put("/cat.npz", OTHER)
    assert got(url, target, force=True) == OTHER


def test_an_empty_file_is_a_file(server, target):
    assert got(server.put("/empty", b""), target) == b""


def test_progress_tells_of_all_bytes(server, target):
    seen = []
    fetch(Download(server.put("/a", CONTENT), target), progress=seen.append)
    assert seen[0].done == 0
    assert {each.total for each in seen} == {len(CONTENT)}
    assert [each.done for each in seen] == sorted(each.done for each in seen)
    assert seen[-1].done == len(CONTENT)


def test_a_link_goes_on_pointing_to_its_file(server, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere" / "real")
    fetch(Download(server.put("/a", CONTENT), tmp_path / "link"))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "elsewhere" / "real").read_bytes() == CONTENT


def test_several_at_once_and_one_that_is_not_there(server, tmp_path):
    downloads = [Download(server.put(f"/{n}", CONTENT[: n * 10_000]), tmp_path / str(n)) for n in range(9)]
    downloads.insert(4, Download(f"{server.url}/nothing", tmp_path / "nothing"))
    downloads.append(downloads[0])  # twice is once
    told = []
    outcomes = fetch_all(downloads, jobs=3, finished=told.append, patience=HASTY)
    assert [outcome.download for outcome in outcomes] == downloads[:-1]
    assert sorted(map(id, told)) == sorted(map(id, outcomes))
    assert [outcome.download.target.name for outcome in outcomes if outcome.error] == ["nothing"]
    assert "404" in str(outcomes[4].error)
    assert all((tmp_path / str(n)).read_bytes() == CONTENT[: n * 10_000] for n in range(9))
    assert not any(outcome.fetched for outcome in fetch_all(downloads, patience=HASTY))


def test_nothing_to_fetch_is_done_at_once():
    assert fetch_all([]) == []


def test_what_goes_wrong_in_a_thread_is_not_swallowed(server, target):
    def verify(path):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fetch_all([Download(server.put("/a", CONTENT), target, verify)])


# --- cut connections and going on --------------------------------------------------------------


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


# --- lies --------------------------------------------------------------------------------------


def test_less_than_the_stated_length_is_no_file(server, target):
    lie = webserver.says_length(len(CONTENT) + 500)
    refused(server.put("/cat.npz", CONTENT, *[lie] * 20), target, "cut")


def verify_content(path):
    if path.read_bytes() not in (CONTENT, OTHER):
        raise FormatError(f"{path} is no whole .npz file; download it again")


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
    assert list(target.parent.iterdir()) == []  # nor is it gone on with


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
    assert list(target.parent.iterdir()) == []


# --- statuses ----------------------------------------------------------------------------------


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


# --- no network, no patience, no room ----------------------------------------------------------


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
    monkeypatch.setattr(web.shutil, "disk_usage", lambda _: SimpleNamespace(free=999))
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


# --- processes ---------------------------------------------------------------------------------

FETCH = """
import sys
from pathlib import Path
from types import SimpleNamespace
from sketchrnn.download import Download, fetch
from sketchrnn.errors import SketchRNNError
try:
    print(fetch(Download(sys.argv[1], Path(sys.argv[2]))))
except SketchRNNError as error:
    print(error)
"""


def part_of(target):
    return target.with_name(f".{target.name}.part")


def fetching(url, target):
    return subprocess.Popen(
        [sys.executable, "-c", FETCH, url, str(target)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_until(there):
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def size_of(path):
    return path.stat().st_size if path.exists() else 0


def killed_half_way(server, target):
    """Kills a process that has fetched a third or so; returns the address."""
    url = server.put("/cat.npz", CONTENT, webserver.cut(len(CONTENT), pace=0.02))
    process = fetching(url, target)
    with process:
        wait_until(lambda: size_of(part_of(target)) > 50_000)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not target.exists()
    assert part_of(target).exists()
    return url


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


def test_importing_it_loads_no_library():
    code = "import sys, sketchrnn.download; print(*{n.split('.')[0] for n in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"urllib3", "certifi", "http", "ssl", "tqdm"} & set(done.stdout.split())


def test_errors_are_the_users_family():
    assert issubclass(DownloadError, SketchRNNError)
