"""Damaged files of every kind: they are read or refused, and nothing else ever happens."""

from __future__ import annotations

import io
import itertools
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sketchrnn import formats, simplify
from sketchrnn.errors import SketchRNNError
from sketchrnn.sketch import Sketch

REAL = Path(__file__).parents[4] / "shared" / "data"
ROUNDS = 300

TOKENS = {
    ".svg": rb"< > /> <g> </g> 1e999 nan M z A1,1,0,0,1,5,5 C S - % ' em h0 #s url(#a) rotate(1 1e300 &x; "
    rb"<!ENTITY <use/> transform='scale(0)' viewBox='0,0,0,0' width='0' display:none".split(b" "),
    ".inkml": rb"""< > /> <trace> </trace> <traceView traceDataRef="#a"/> id="a" contextRef="#a" 1e999 nan
    ' ! * ? , - # #FF T F continuation="end" <channel name="F" max="0"/> units="cm" &x; <!ENTITY""".split(),
    ".ndjson": rb'[ ] { } 1e999 NaN null " - , [[[[ true "word":5, 9999999999999999999999 \ud800'.split(b" "),
    ".bin": [b"\xff\xff", b"\0\0", b"\x01\0", b"VE\x01", bytes(200)],
    ".npz": [b"cos\nsystem\n", b"h\x01h\x02K\x00\x85", b"R", b"b", b"(", b"e", b"T\xff\xff\xff\x7f", b"\x95"],
}


def damaged(source: random.Random, data: bytes, tokens: list[bytes]) -> bytes:
    out = bytearray(data)
    for _ in range(source.choice([1, 2, 8])):
        at = source.randrange(max(1, source.choice([len(out), min(len(out), 500)])))
        match source.randrange(5):
            case 0:
                out[at : at + 1] = bytes([source.randrange(256)])
            case 1:
                del out[at : at + source.choice([1, 2, 40])]
            case 2:
                start = source.randrange(len(out) + 1)
                out[at:at] = out[start : start + source.choice([1, 10, 200])]
            case 3:
                out[at:at] = source.choice(tokens)
            case _:
                if source.random() < 0.1:
                    del out[at:]
    return bytes(out)


def sources(suffix: str, folder: Path) -> list[bytes]:
    """Whole files to damage: of our own making, and real ones where they are."""
    source = np.random.default_rng(1)
    sketch = Sketch(
        [source.normal(size=(n, 2)).round(2) * 50 for n in (3, 1, 30)], ["human", "model", "human"], "cat"
    )
    if suffix == ".bin":
        sketch = simplify.quickdraw(sketch)  # it holds bytes
    sketch.save(folder / f"own{suffix}")
    made = [(folder / f"own{suffix}").read_bytes()]
    if suffix == ".svg":
        made.append(made[0].replace(b'class="sketchrnn"', b""))
        made.append(
            b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><style>.a{fill:none}</style>'
            b'<g class="a" transform="rotate(5)"><circle id="s" r="5"/>'
            b'<path d="M1 2C3 4 5 6 7 8A1 2 3 0 1 9 9z"/></g>'
            b'<use href="#s" x="4"/><rect rx="2" width="5" height="6"/><polygon points="1,2 3,4 5,6"/></svg>'
        )
    elif suffix == ".inkml":
        made.append(made[0].replace(b"generator", b""))
        made.append(
            b'<ink><definitions><context id="a"><traceFormat><channel name="Y" units="cm"/>'
            b'<channel name="X"/><channel name="F"/></traceFormat></context><trace id="b">1 2</trace>'
            b"</definitions>"
            b'<traceGroup contextRef="#a"><trace>1 2 0,\'3"4 #1,*?F</trace></traceGroup>'
            b'<traceView traceDataRef="#b"/></ink>'
        )
    elif suffix == ".ndjson":
        made += [file.read_bytes()[:4000] for file in sorted(REAL.glob("quickdraw/*/c*.ndjson"))]
    elif suffix == ".npz":
        drawings = np.empty(40, object)
        drawings[:] = [source.integers(0, 2, (n, 3)).astype(np.int16) for n in range(1, 41)]
        np.savez(folder / "own.npz", test=drawings)
        made.append((folder / "own.npz").read_bytes())
        made += [file.read_bytes() for file in sorted(REAL.glob("sketchrnn/short_kanji.npz"))]
    return made


@pytest.mark.parametrize("suffix", formats.READABLE)
@pytest.mark.filterwarnings("error")
def test_damaged_files_are_read_or_refused(tmp_path: Path, suffix: str) -> None:
    source = random.Random(7)
    whole = sources(suffix, tmp_path)
    members = [
        (name, archive.read(name))
        for data in whole
        if suffix == ".npz"
        for archive in [zipfile.ZipFile(io.BytesIO(data))]
        for name in archive.namelist()
        if name != "train.npy"
    ]
    path = tmp_path / f"damaged{suffix}"
    outcomes = {"read": 0, "refused": 0}
    for _ in range(ROUNDS):
        if members and source.random() < 0.8:  # past the checksums of the archive, into the arrays
            name, content = source.choice(members)
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr(name, damaged(source, content, TOKENS[suffix]))
        else:
            path.write_bytes(damaged(source, source.choice(whole), TOKENS[suffix]))
        try:
            for _sketch in itertools.islice(formats.read(path), 20):
                pass
            outcomes["read"] += 1
        except SketchRNNError as error:
            assert str(error).startswith(str(path))
            assert "\n" not in str(error)
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 0
