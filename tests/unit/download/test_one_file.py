"""Files that come as they should, one or several at once."""

import subprocess
import sys

import pytest
from fetched import CONTENT, HASTY, OTHER, ROOT, got

from sketchrnn.download import Download, fetch, fetch_all
from sketchrnn.errors import DownloadError, SketchRNNError


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


def test_importing_it_loads_no_library():
    code = "import sys, sketchrnn.download; print(*{n.split('.')[0] for n in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"urllib3", "certifi", "http", "ssl", "tqdm"} & set(done.stdout.split())


def test_errors_are_the_users_family():
    assert issubclass(DownloadError, SketchRNNError)


def test_a_folder_that_nothing_came_into_is_not_left(server, tmp_path):
    downloads = [Download(f"{server.url}/{n}", tmp_path / "new" / "data" / n) for n in ("one", "two")]
    assert all(outcome.error for outcome in fetch_all(downloads, patience=HASTY))
    assert list(tmp_path.iterdir()) == []
    server.put("/two", CONTENT)
    fetch_all(downloads, patience=HASTY)
    assert [path.name for path in (tmp_path / "new" / "data").iterdir()] == ["two"]
