"""A fetch from a test's own server, in this process or another, and what must be there afterwards."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import webserver

from sketchrnn.download import Download, Patience, fetch
from sketchrnn.errors import DownloadError, FormatError

ROOT = Path(__file__).parents[3]
CONTENT = random.Random(1).randbytes(300_000)
OTHER = random.Random(2).randbytes(280_000)
HASTY = Patience(attempts=3, first_wait=0.01, longest_wait=0.05, connect=2.0, read=0.5)

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


def verify_content(path):
    if path.read_bytes() not in (CONTENT, OTHER):
        raise FormatError(f"{path} is no whole .npz file; download it again")


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
