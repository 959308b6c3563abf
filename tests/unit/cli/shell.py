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
    [line] = errors.splitlines()
    assert all(word in line for word in words), line


def process(*arguments, cwd, **options):
    """Runs a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "sketchrnn", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})},
        timeout=60,
        check=False,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
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
