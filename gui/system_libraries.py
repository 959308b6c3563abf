"""The system libraries that Qt's wheels leave to the operating system, and which of them are missing here.

Stdlib only: the set-up runs it with the system's Python, before anything is installed, and the application
asks it what to tell a person whose Qt does not load. How the list was found: docs/decisions.md, "Set-up".
"""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterable
from typing import NamedTuple


class Need(NamedTuple):
    """A Debian package, and the library (``*.so.*``) or the program by which one sees that it is there."""

    package: str
    shown_by: str
    why: str


QT = (
    Need("libgl1", "libGL.so.1", "QtGui and QtWidgets are linked with it"),
    Need("libegl1", "libEGL.so.1", "QtGui is linked with it"),
    Need("libglib2.0-0", "libgthread-2.0.so.0", "QtCore's event loop"),
    Need("libdbus-1-3", "libdbus-1.so.3", "QtGui is linked with QtDBus"),
    Need(
        "libfontconfig1", "libfontconfig.so.1", "finds fonts, and brings one (DejaVu) to a system with none"
    ),
    Need("libxkbcommon-x11-0", "libxkbcommon-x11.so.0", "the keyboard under X11"),
    Need("libxcb-cursor0", "libxcb-cursor.so.0", "the mouse pointer under X11"),
    Need("libxcb-icccm4", "libxcb-icccm.so.4", "window titles and sizes under X11"),
    Need("libxcb-keysyms1", "libxcb-keysyms.so.1", "keys under X11"),
    Need("libxcb-shape0", "libxcb-shape.so.0", "the drag-and-drop window under X11"),
)
WAYLAND = (
    Need("libwayland-cursor0", "libwayland-cursor.so.0", "windows and the mouse pointer under Wayland"),
)
VIRTUAL_SCREEN = (Need("xvfb", "Xvfb", "the screen of a machine that has none"),)
TESTS = (
    *VIRTUAL_SCREEN,
    Need("xdotool", "xdotool", "the mouse and the keyboard in tests of the real window"),
)


def has_screen() -> bool:
    """Say whether a window can open here: anywhere but on a Linux that names no display."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def needs(*, tests: bool = False) -> list[Need]:
    """List what the canvas (and, on request, every test) takes from the operating system."""
    if sys.platform != "linux":  # elsewhere Qt's wheels bring everything
        return []
    wanted = list(QT)
    if os.environ.get("WAYLAND_DISPLAY"):
        wanted += WAYLAND
    if tests:
        wanted += TESTS
    elif not has_screen():
        wanted += VIRTUAL_SCREEN
    return wanted


def is_present(need: Need) -> bool:
    """Say whether the library loads, or the program is found, whoever installed it."""
    if ".so" not in need.shown_by:
        return shutil.which(need.shown_by) is not None
    try:
        ctypes.CDLL(need.shown_by)
    except OSError:
        return False
    return True


def missing(wanted: Iterable[Need]) -> list[Need]:
    """List those that are not on this system."""
    return [need for need in wanted if not is_present(need)]


def advice(absent: Iterable[Need]) -> str:
    """Tell a person how to install what is absent: the command to type, or what to look for."""
    absent = list(absent)
    if shutil.which("apt-get"):
        is_root = os.geteuid() == 0
        become_root = "sudo " if not is_root and shutil.which("sudo") else ""
        packages = " ".join(need.package for need in absent)
        return (
            f"System packages are missing. Type{'' if is_root or become_root else ' as root'}:\n"
            f"    {become_root}apt-get update\n"
            f"    {become_root}apt-get install --no-install-recommends {packages}"
        )
    lines = (f"    {need.shown_by}: {need.why}" for need in absent)
    return "This system lacks, and its package manager has:\n" + "\n".join(lines)
