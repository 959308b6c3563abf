"""What commands print: JSON, columns, and how far they are."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any


def print_json(answer: Any) -> None:
    """An answer for a program, on one line."""
    print(json.dumps(answer, ensure_ascii=False))


def print_columns(words: Sequence[str]) -> None:
    """Words in columns, read downwards, as wide as the terminal."""
    width = max(map(len, words), default=0) + 2
    columns = max(1, shutil.get_terminal_size().columns // width)
    rows = -(-len(words) // columns)
    for row in range(rows):
        print("".join(word.ljust(width) for word in words[row::rows]).rstrip())


@contextlib.contextmanager
def counting(unit: str, total: int | None = None) -> Iterator[Callable[[int], None] | None]:
    """What to call with how many are done: shows it on a terminal, is None elsewhere.

    With a total it is a bar, for what takes more than a second.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm  # needs a moment to load

    if total is None:
        options: dict[str, Any] = {"bar_format": "{n:,}{unit} · {rate_fmt}"}
    else:
        options = {"total": total, "delay": 1.0}
    with tqdm(unit=f" {unit}", leave=False, **options) as line:
        yield lambda done: line.update(done - line.n) and None
