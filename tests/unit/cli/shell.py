"""What the tests of commands share: a refusal in one line, a process, a file that springs a trap."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[3]


def refused(outcome, *words, status=1):
    """A failure is told in one line that has these words."""
    code, printed, errors = outcome
    assert code == status
    assert printed == ""
    lines = errors.strip().splitlines()
    assert len(lines) == 1 if status == 1 else lines
    for word in words:
        assert word in lines[-1]


def process(*arguments, cwd, **options):
    return subprocess.run(
        [sys.executable, "-m", "sketchrnn", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})},
        capture_output=True,
        timeout=60,
        check=False,
        **options,
    )


class Trap:
    """Leaves a file behind when somebody unpickles it."""

    def __reduce__(self):
        return os.mkdir, ("sprung",)


def hostile_npz():
    file, member = io.BytesIO(), np.empty(1, object)
    member[0] = Trap()
    np.savez(file, train=member)
    return file.getvalue()
