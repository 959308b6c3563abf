"""A short run of the fuzzer over every reader; docs/formats.md says what long ones gave."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FUZZER = Path(__file__).with_name("fuzz_readers.py")
KINDS = ("svg", "inkml", "ndjson", "npz", "bin", "npy", "model", "weights", "magenta")


@pytest.mark.parametrize("kind", KINDS)
def test_no_reader_trips(tmp_path: Path, kind: str) -> None:
    pytest.importorskip("atheris", reason="atheris has no wheel for this Python or system")
    limits = ["-runs=200", "-timeout=120", "-rss_limit_mb=2048", "-max_len=20000", "-seed=1"]
    done = subprocess.run(
        [sys.executable, str(FUZZER), kind, str(tmp_path / "seeds"), *limits],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
