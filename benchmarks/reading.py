"""How much memory each reader takes for the densest files that there can be, and how long.

    python benchmarks/reading.py [KIND…] [--mb N…]

The kinds are the suffixes of drawings; by default all, in files of 1, 5 and 20 MB. Each file is read in a
program of its own, whose memory at its highest is compared with what it has when a small file of the kind has
been read. An .npz is packed, so what it holds is the measure there. Linux only: elsewhere nobody tells a
program's peak from that of the program which started it.
"""

from __future__ import annotations

import argparse
import io
import itertools
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from _common import ROOT, heading, row, skip

from sketchrnn import Sketch, formats
from sketchrnn.formats.npz import StrokeSet, write_splits

MEGABYTES = (1, 5, 20)
REACH = 10
KINDS = ("svg", "inkml", "ndjson", "bin", "npz")

READ = """
import sys, time
from pathlib import Path
from sketchrnn import formats
from sketchrnn.errors import SketchRNNError

def memory(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))

small, large = sys.argv[1:]
for _ in formats.read(small):
    pass
Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
before, started, outcome, drawings = memory("VmHWM"), time.process_time(), "read", 0
try:
    for drawing in formats.read(large):
        drawings += 1
except SketchRNNError as error:
    outcome = "refused: " + str(error).removeprefix(large)
print(memory("VmHWM") - before, time.process_time() - started, drawings, outcome)
"""


def repeated(text: str, size: int, head: str = "", tail: str = "") -> Iterator[bytes]:
    """A text again and again between two others, in all so many bytes."""
    yield head.encode()
    block = text.encode() * (1 + 50_000 // len(text))
    for _ in range(max(1, (size - len(head) - len(tail)) // len(block))):
        yield block
    yield tail.encode()


def numbers(template: str, count: int, size: int, head: str, tail: str, seed: int = 1) -> Iterator[bytes]:
    """As `repeated`, with other numbers each time."""
    random = np.random.default_rng(seed)
    written = 0
    yield head.encode()
    while written < size:
        values = random.integers(0, 10, (5_000, count)).tolist()
        block = "".join(template % tuple(value) for value in values).encode()
        written += len(block)
        yield block
    yield tail.encode()


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
INK = '<ink xmlns="http://www.w3.org/2003/InkML">'

Maker = Callable[[int], Iterator[bytes]]


def svg() -> dict[str, Maker]:
    def path(text: str, count: int, start: str = "M0 0") -> Maker:
        return lambda size: numbers(text, count, size, f'{SVG}<path d="{start}', '"/></svg>')

    return {
        "one polyline, 4 bytes a point": lambda size: numbers(
            "%d %d ", 2, size, f'{SVG}<polyline points="', '"/></svg>'
        ),
        "one polyline, 8 bytes a point": lambda size: numbers(
            "%d%d%d %d%d%d ", 6, size, f'{SVG}<polyline points="', '"/></svg>'
        ),
        "one polyline, 16 bytes a point": lambda size: numbers(
            "%d%d%d.%d%d%d,%d%d%d.%d%d%d ", 12, size, f'{SVG}<polyline points="', '"/></svg>'
        ),
        "one polyline, 100 bytes a point": lambda size: numbers(
            f"%d%d.{'1' * 45} %d%d.{'2' * 47} ", 4, size, f'{SVG}<polyline points="', '"/></svg>'
        ),
        "one path of lines, 2 bytes a point": path("h%dv%d", 2),
        "one path of curves, 12 bytes each": path("%d %d %d %d %d %d ", 6, "M0 0c"),
        "one path of smooth curves, 4 bytes each": path("%d %d ", 2, "M0 0t"),
        "one path of arcs, 12 bytes each": path("%d %d 0 01%d %d ", 4, "M0 0a9 9 0 011 1 "),
        "one path of strokes of 9 bytes": path("M%d %dh%dv%d", 4),
        "one path of dots of 5 bytes": path("m%d %dz", 2),
        "paths of 19 bytes": lambda size: numbers('<path d="M%d %dh%d"/>', 3, size, SVG, "</svg>"),
        "paths of 19 bytes, used": lambda size: numbers(
            '<path d="M%d %dh%d"/>', 3, size, SVG + '<defs><g id="a">', '</g></defs><use href="#a"/></svg>'
        ),
        "paths of 60 bytes": lambda size: numbers(
            '<path class="a" d="M%d %dh%dv%d" style="fill:none;stroke:red"/>', 4, size, SVG, "</svg>"
        ),
        "elements of 4 bytes": lambda size: repeated("<g/>", size, SVG, '<path d="M0 0h1"/></svg>'),
        "attributes of 12 bytes, each with another name": lambda size: (
            b"".join(b'<g a%07d="" b%07d="" c%07d="" d%07d=""/>' % ((n,) * 4) for n in range(at, at + 1_000))
            if at
            else f"{SVG}".encode()
            for at in range(0, size // 56 + 1, 1_000)
        ),
        "attributes of 6 bytes": lambda size: numbers(
            '<g a%d="" b%d="" c%d="" d%d="" e%d="" f%d="" g%d=""/>', 7, size, SVG, '<path d="M0 0h1"/></svg>'
        ),
        "rules of style": lambda size: numbers(
            ".a%d%d%d%d{fill:red}", 4, size, SVG + "<style>", '</style><path d="M0 0h1"/></svg>'
        ),
        "words": lambda size: repeated("words ", size, SVG + "<text>", '</text><path d="M0 0h1"/></svg>'),
        "dots as this program writes them": lambda size: numbers(
            '<path class="human" d="M%d,%dh0" stroke="#22252b"/>',
            2,
            size,
            SVG.replace("viewBox", 'class="sketchrnn" viewBox') + '<g class="ink">',
            "</g></svg>",
        ),
        "a line as this program writes it, straight": lambda size: numbers(
            " %d,%d",
            2,
            size,
            SVG.replace("viewBox", 'class="sketchrnn" viewBox')
            + '<g class="ink"><path class="human" d="M0,0 L1,1',
            '" stroke="#22252b"/></g></svg>',
        ),
        "a line as this program writes it, rounded": lambda size: numbers(
            " L%d,%d Q%d,%d %d,%d",
            6,
            size,
            SVG.replace("viewBox", 'class="sketchrnn" viewBox')
            + '<g class="ink"><path class="human" d="M0,0',
            ' L1,1" stroke="#22252b"/></g></svg>',
        ),
    }


def inkml() -> dict[str, Maker]:
    def trace(text: str, count: int, start: str = "") -> Maker:
        return lambda size: numbers(text, count, size, f"{INK}<trace>{start}", "0 0</trace></ink>")

    return {
        "one trace, 4 bytes a point": trace("%d %d,", 2),
        "one trace, 8 bytes a point": trace("%d%d%d %d%d%d,", 6),
        "one trace, 16 bytes a point": trace("%d%d%d.%d%d%d %d%d%d.%d%d%d,", 12),
        "one trace of differences": trace("%d %d,", 2, "1 1,'1'1,"),
        "traces of 18 bytes": lambda size: numbers("<trace>%d %d</trace>", 2, size, INK, "</ink>"),
        "traces of 50 bytes with names": lambda size: numbers(
            '<trace xml:id="t%d%d%d%d%d">%d %d,%d %d</trace>', 9, size, INK, "</ink>"
        ),
        "traces of 21 bytes with pressure": lambda size: numbers(
            "<trace>%d %d .%d</trace>",
            3,
            size,
            INK
            + '<context><traceFormat><channel name="X"/><channel name="Y"/><channel name="F"/></traceFormat>'
            "</context>",
            "</ink>",
        ),
        "views of 28 bytes": lambda size: repeated(
            '<traceView traceDataRef="#a"/>',
            size,
            INK + '<definitions><trace xml:id="a">1 2</trace></definitions>',
            "</ink>",
        ),
        "elements of 4 bytes": lambda size: repeated("<a/>", size, INK, "<trace>1 2</trace></ink>"),
        "dots as this program writes them": lambda size: numbers(
            '<trace brushRef="#human">%d %d</trace>',
            2,
            size,
            INK + '<annotation type="generator">sketchrnn</annotation><traceGroup>',
            "</traceGroup></ink>",
        ),
    }


def ndjson() -> dict[str, Maker]:
    def line(text: str, count: int) -> Maker:
        def make(size: int) -> Iterator[bytes]:
            yield b'{"word":"a","drawing":[[[1'
            yield from numbers(text, count, size // 2, "", "],[1", 1)
            yield from numbers(text, count, size // 2, "", "]]]}", 2)

        return make

    def raw(size: int) -> Iterator[bytes]:
        random = np.random.default_rng(1)
        for _ in range(1 + size // 5_000):
            xs, ys, ts = random.integers(0, 10, (3, 800)).tolist()
            yield f'{{"drawing":[[{xs},{ys},{ts}]]}}\n'.replace(" ", "").encode()

    return {
        "one stroke, 4 bytes a point": line(",%d", 1),
        "one stroke, 16 bytes a point": line(",1%d%d.%d%d%d", 5),
        "one stroke, 40 bytes a point": line(",1%d%d.%d%d%d11111111111", 5),
        "one drawing of strokes of 10 bytes": lambda size: numbers(
            "[[%d],[%d]],", 2, size, '{"drawing":[', "[[0],[0]]]}"
        ),
        "drawings of 25 bytes": lambda size: numbers('{"drawing":[[[%d],[%d]]]}\n', 2, size, "", ""),
        "raw drawings of 5 kB": raw,
    }


def binary() -> dict[str, Maker]:
    def drawings(strokes: int, points: int) -> Maker:
        one = struct.pack("<Q2sBIH", 1, b"DE", 1, 0, strokes)
        one += (struct.pack("<H", points) + b"\1" * 2 * points) * strokes
        return lambda size: itertools.repeat(one, 1 + size // len(one))

    return {
        "one stroke of 65,535 points": drawings(1, 65_535),
        "20,000 dots": drawings(20_000, 1),
        "65,535 dots": drawings(65_535, 1),
        "drawings of one dot": drawings(1, 1),
    }


def npz(folder: Path) -> dict[str, Callable[[int], Path]]:
    """Files that hold so many bytes."""
    random = np.random.default_rng(1)

    def plain(rows: int, dtype: str) -> Callable[[int], Path]:
        def make(size: int) -> Path:
            count = max(1, size // (rows * np.dtype(dtype).itemsize * 3 + 8))
            values = random.integers(0, 2, (count * rows, 3)).astype(dtype)
            write_splits(folder / "a.npz", {"train": StrokeSet(values, np.arange(count + 1) * rows)})
            return folder / "a.npz"

        return make

    def pickled(rows: int, dtype: str) -> Callable[[int], Path]:
        def make(size: int) -> Path:
            count = max(1, size // (rows * np.dtype(dtype).itemsize * 3 + 60))
            drawings = np.empty(count, object)
            values = random.integers(0, 2, (count, rows, 3)).astype(dtype)
            drawings[:] = list(values)
            np.savez_compressed(folder / "a.npz", train=drawings)
            return folder / "a.npz"

        return make

    def labels(size: int) -> Path:
        count = size // 80
        part = StrokeSet(np.zeros((count, 3), np.int8), np.arange(count + 1), np.full(count, "x" * 17))
        write_splits(folder / "a.npz", {"train": part})
        return folder / "a.npz"

    def bomb(size: int) -> Path:
        with zipfile.ZipFile(folder / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            content = io.BytesIO()
            np.save(content, np.zeros((size * 100 // 3, 3), np.int8))
            archive.writestr("train.npy", content.getvalue())
            archive.writestr("train_offsets.npy", npy(np.array([0, size * 100 // 3])))
        return folder / "a.npz"

    def npy(array: np.ndarray) -> bytes:
        content = io.BytesIO()
        np.save(content, array)
        return content.getvalue()

    return {
        "plain, int8, drawings of a point": plain(1, "i1"),
        "plain, int16, drawings of 50 points": plain(50, "i2"),
        "plain, float64, drawings of 50 points": plain(50, "f8"),
        "plain, int8, one long drawing": plain(60_000, "i1"),
        "plain, with labels": labels,
        "pickled, int8, drawings of a point": pickled(1, "i1"),
        "pickled, int16, drawings of 50 points": pickled(50, "i2"),
        "a hundred times as much, all zeros": bomb,
    }


def measure(what: str, small: Path, large: Path, held: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ, str(small), str(large)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        row(what, "failed", done.stderr.strip().splitlines()[-1])
        return
    peak, seconds, _drawings, outcome = done.stdout.strip().split(" ", 3)
    times = int(peak) * 1024 / held
    row(
        f"{what}: {outcome if outcome == 'read' else 'refused'}",
        f"{int(peak) * 1024 / 1e6:,.1f} MB = {times:.1f} × ({float(seconds):.2f} s)",
        "" if times <= REACH else f"{REACH}: EXCEEDED {outcome}",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"{', '.join(KINDS)} (default: all)")
    parser.add_argument(
        "--mb", type=float, nargs="+", default=MEGABYTES, help="sizes of files (default 1 5 20)"
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.kinds) - set(KINDS):
        parser.error(f"there is no kind {unknown.pop()!r}; there are {', '.join(KINDS)}")
    if not Path("/proc/self/clear_refs").exists():
        skip("only Linux tells the memory of a program at its highest")
        return
    makers = {"svg": svg, "inkml": inkml, "ndjson": ndjson, "bin": binary}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind in arguments.kinds or KINDS:
            small, large = folder / f"small.{kind}", folder / f"a.{kind}"
            formats.write(small, [Sketch([[(0, 0), (1, 2)]])])
            if kind == "svg":  # a foreign one, so that what reads those is there
                small.write_text(f'{SVG}<path d="M0 0h1"/></svg>')
            for size in arguments.mb:
                heading(f".{kind} of {size:g} MB: memory at its highest, and how many times the file")
                if kind == "npz":
                    for what, make in npz(folder).items():
                        path = make(int(size * 1e6))
                        with zipfile.ZipFile(path) as archive:
                            held = sum(info.file_size for info in archive.infolist())
                        measure(what, small, path, held)
                    continue
                for what, pieces in makers[kind]().items():
                    with large.open("wb") as file:
                        file.writelines(pieces(int(size * 1e6)))
                    measure(what, small, large, large.stat().st_size)


if __name__ == "__main__":
    main()
