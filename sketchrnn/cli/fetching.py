"""Downloads on the command line: a bar for each, then a line that says where it is or why it is not."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sketchrnn import download as web
from sketchrnn.errors import SketchRNNError

JOBS = 4
"""How many files are fetched at once: enough for one slow server, not too many for a home connection."""


class Fetching(contextlib.AbstractContextManager["Fetching"]):
    """Fetches and tells of it. Bars are shown on a terminal alone.

    Args:
        silent: nothing is said on standard output, which is for JSON then.
    """

    def __init__(self, silent: bool) -> None:
        self.failed = False
        self._silent = silent
        self._bars: dict[Path, Any] = {}
        self._told: set[str] = set()

    def __exit__(self, *_: object) -> None:
        for bar in self._bars.values():
            bar.close()
        self._bars.clear()

    @property
    def status(self) -> int:
        """The command's exit status."""
        return 1 if self.failed else 0

    def fetch(
        self, downloads: Sequence[web.Download], arrived: Callable[[web.Outcome], None], *, force: bool
    ) -> None:
        """Fetches files.

        Args:
            downloads: the files.
            arrived: called for each that is there, in turn; what it raises is told, as what goes wrong with
                the others.
            force: also those that are there.
        """

        def finished(outcome: web.Outcome) -> None:
            bar = self._bars.pop(outcome.download.target, None)
            if bar is not None:
                bar.close()
            try:
                if outcome.error is not None:
                    raise outcome.error
                arrived(outcome)
            except SketchRNNError as error:
                self.fail(error)

        progress = self._show if sys.stderr.isatty() else None
        web.fetch_all(downloads, force=force, jobs=JOBS, progress=progress, finished=finished)

    def say(self, text: str, *, error: bool = False) -> None:
        """A line, above the bars."""
        if self._silent and not error:
            return
        stream = sys.stderr if error else sys.stdout
        if self._bars:
            from tqdm import tqdm

            tqdm.write(text, file=stream)
        else:
            print(text, file=stream, flush=True)

    def fail(self, error: SketchRNNError) -> None:
        """Tells what went wrong, once if it is the same for many files."""
        self.failed = True
        if str(error) not in self._told:
            self._told.add(str(error))
            self.say(f"sketchrnn: {error}", error=True)

    def _show(self, progress: web.Progress) -> None:
        from tqdm import tqdm

        target = progress.download.target
        bar = self._bars.get(target)
        if bar is None:
            options = {"unit": "B", "unit_scale": True, "unit_divisor": 1024, "leave": False}
            bar = self._bars[target] = tqdm(
                desc=target.name, initial=progress.done, total=progress.total, **options
            )
        bar.total = progress.total
        if bar.n > progress.done:  # begun anew
            bar.reset(progress.total)
        bar.set_postfix_str(progress.note, refresh=bool(progress.note))
        bar.update(progress.done - bar.n)
