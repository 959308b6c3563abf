"""Set up what `make draw` and `make test` need: system libraries, .venv, and the tested versions in it.

Stdlib only, run by the system's Python: ``python3 .ci/set_up.py draw`` (or ``test``). A finished set-up
leaves a stamp in .venv, so that the next run is over at once; one that was cut short is started afresh.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from gui.system_libraries import Need, advice, missing, needs  # noqa: E402

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / "set-up-unfinished"
REQUIREMENTS = {"draw": ".", "test": ".[test]"}
VENV_MODULE = Need("python3-venv", "ensurepip", "makes virtual environments")
EARLIEST_PYTHON = (3, 11)


class SetUpError(Exception):
    """What stands in the way, in words for the person who typed the command."""


def main(purpose: str) -> None:
    """Bring the machine to where `purpose` can run; does nothing where it can already."""
    if sys.version_info < EARLIEST_PYTHON:
        raise SetUpError(f"Python 3.11 or later is needed; {sys.executable} is {sys.version.split()[0]}.")
    with (ROOT / "constraints.txt").open() as lock:  # two commands at once: the second waits for the first
        os.set_inheritable(lock.fileno(), True)
        wait_for(lock)
        install_system_packages(absent_packages(purpose))
        if not is_stamped(purpose):
            make_venv()
            install(REQUIREMENTS[purpose])
            stamp(purpose)


def say(step: str) -> None:
    print(f"set-up: {step}", flush=True)


def wait_for(lock: TextIO) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("another one is at work; waiting for it")
        fcntl.flock(lock, fcntl.LOCK_EX)


def absent_packages(purpose: str) -> list[Need]:
    absent = missing(needs(tests=purpose == "test"))
    if not PYTHON.exists() and importlib.util.find_spec("ensurepip") is None:  # Debian keeps it apart
        absent.insert(0, VENV_MODULE)
    return absent


def install_system_packages(absent: Sequence[Need]) -> None:
    """Install with apt-get where that takes no password, else say what to type."""
    if not absent:
        return
    may = shutil.which("apt-get") and as_root()
    if may is None:
        raise SetUpError(advice(absent))
    packages = [need.package for need in absent]
    say(f"system packages: {' '.join(packages)}")
    apt_get = [
        *may,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-qq",
        "-o",
        "DPkg::Lock::Timeout=120",
    ]
    for command in (
        [*may, "dpkg", "--configure", "-a"],  # finishes an installation that was cut short
        [*apt_get, "update"],
        [*apt_get, "install", "--yes", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetUpError(f"{tail(done.stdout + done.stderr)}\napt-get failed. {advice(absent)}")


def as_root() -> list[str] | None:
    """Find the words before a command that make it run as root without a question; None: there are none."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if (
        shutil.which("sudo")
        and subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode == 0
    ):
        return sudo
    return None


def digest() -> str:
    """Hash all that decides what belongs in .venv."""
    files = b"\0".join(
        (ROOT / name).read_bytes() for name in ("constraints.txt", "setup.cfg", "pyproject.toml")
    )
    return hashlib.sha256(files + f"{ROOT} {sys.version_info[:2]}".encode()).hexdigest()


def stamp(purpose: str) -> None:
    (VENV / f"set-up-for-{purpose}").write_text(digest())


def is_stamped(purpose: str) -> bool:
    stamps = [VENV / f"set-up-for-{name}" for name in (purpose, "test")]  # the tests' packages draw as well
    return PYTHON.exists() and any(mark.exists() and mark.read_text() == digest() for mark in stamps)


def make_venv() -> None:
    """Make .venv where there is none that works; a half-installed one is beyond repair and goes."""
    if UNFINISHED.exists() or not has_pip():
        say("a virtual environment in .venv")
        shutil.rmtree(VENV, ignore_errors=True)
        VENV.mkdir()
        UNFINISHED.touch()
        run([sys.executable, "-m", "venv", str(VENV)])
        if not has_pip():
            raise SetUpError(f"{sys.executable} -m venv made no working .venv.")


def has_pip() -> bool:
    check = [str(PYTHON), "-c", "import pip"]
    return PYTHON.exists() and subprocess.run(check, capture_output=True, check=False).returncode == 0


def install(requirement: str) -> None:
    """Install the tested versions, and the project itself so that edits take effect."""
    say("the tested versions of the Python packages (the first time about 700 MB, a few minutes)")
    UNFINISHED.touch()
    run([str(PYTHON), "-m", "pip", "install", "--editable", requirement, "--constraint", "constraints.txt"])
    UNFINISHED.unlink()


def run(command: Sequence[str]) -> None:
    """Run quietly: on a terminal its present step on one line, its last words where it fails."""
    lines: list[str] = []
    width = shutil.get_terminal_size().columns - 1
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        close_fds=False,  # it inherits the lock, which so is held until it has ended too
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if sys.stdout.isatty():
                print(f"\r\033[K{line.strip()[:width]}", end="", flush=True)
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)
    if process.returncode != 0:
        raise SetUpError(f"{tail(''.join(lines))}\nThis failed: {' '.join(command)}")


def tail(text: str, lines: int = 15) -> str:
    return "\n".join(text.rstrip().splitlines()[-lines:])


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except SetUpError as error:
        sys.exit(f"set-up: {error}")
    except KeyboardInterrupt:
        sys.exit("\nset-up: interrupted; the same command starts it again.")
