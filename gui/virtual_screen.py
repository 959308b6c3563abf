"""Run a command where its window can open: on this machine's screen, or on a virtual one where there is none.

    python3 -m gui.virtual_screen COMMAND…

Stdlib only. The virtual screen is Xvfb's. It ends with the command, and not before: without -noreset it would
start over when an onlooker leaves, and take the display from a program that is just connecting.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from gui.system_libraries import has_screen

SIZE = "1280x800x24"  # pixels, and bits of colour


def start() -> tuple[subprocess.Popen[bytes], str]:
    """Start Xvfb on a free display, wait until it listens, and return it with the display's name."""
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", SIZE, "-nolisten", "tcp", "-noreset"],
        pass_fds=[write_end],
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as numbers:
        number = numbers.readline().strip()
    if not number:
        raise OSError("Xvfb did not start")
    return server, f":{number}"


def run(command: Sequence[str]) -> int:
    """Run `command` on a virtual screen and return its exit status."""
    server, display = start()
    print(f"There is no screen here: the window opens on the virtual display {display}.", flush=True)
    try:
        return subprocess.call(command, env=os.environ | {"DISPLAY": display})
    except KeyboardInterrupt:
        return 130
    finally:
        server.terminate()
        server.wait()


def main() -> int:
    command = sys.argv[1:]
    if has_screen():
        os.execvp(command[0], command)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the screen ends with us
    return run(command)


if __name__ == "__main__":
    sys.exit(main())
