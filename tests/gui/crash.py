"""A program that is killed while it draws, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def crash_with(folder: Path, strokes: int) -> None:
    """A program that draws, and is killed before it can do anything about it."""
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from PySide6.QtCore import QCoreApplication\n"
        "from gui.files.autosave import Autosave\n"
        "from gui.files.background import Background\n"
        "from gui.files.document import Document\n"
        "from sketchrnn.sketch import Author\n"
        "app = QCoreApplication([])\n"
        "document, background = Document(), Background()\n"
        f"autosave = Autosave(document, background, Path({str(folder)!r}))\n"
        f"for number in range({strokes}):\n"
        "    document.add([[(number, 1.5), (2, 3)]], Author.HUMAN)\n"
        "    app.processEvents()\n"
        "background.flush()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run(
        [sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False, timeout=60
    )
