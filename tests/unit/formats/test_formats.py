"""Which file is which: what every format has in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from sketchrnn import formats
from sketchrnn.errors import FormatError
from sketchrnn.sketch import Sketch

SKETCH = Sketch([[(0, 0), (3, 4)], [(5, 5)]])


BOTH = sorted(set(formats.READABLE) & set(formats.WRITABLE))


@pytest.mark.parametrize("suffix", BOTH)
def test_open_and_save_go_by_the_suffix(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix.upper()}"
    SKETCH.save(path)
    expected = Sketch(SKETCH.strokes, label="a") if suffix == ".bin" else SKETCH  # there the name says it
    assert Sketch.open(path) == expected
    assert Sketch.open(str(path)) == expected


@pytest.mark.parametrize("suffix", formats.READABLE)
class TestUnreadable:
    def refused(self, path: Path, said: str) -> None:
        with pytest.raises(FormatError, match=said) as error:
            formats.read_one(path)
        assert str(error.value).startswith(str(path))
        assert "\n" not in str(error.value)

    def test_missing(self, tmp_path: Path, suffix: str) -> None:
        self.refused(tmp_path / f"no{suffix}", "does not exist; check")

    def test_folder(self, tmp_path: Path, suffix: str) -> None:
        (tmp_path / f"a{suffix}").mkdir()
        self.refused(tmp_path / f"a{suffix}", "is a folder")

    def test_empty(self, tmp_path: Path, suffix: str) -> None:
        (tmp_path / f"a{suffix}").touch()
        self.refused(tmp_path / f"a{suffix}", "is empty")

    @pytest.mark.parametrize(
        ("start", "kind"),
        [
            (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
            (b"\xff\xd8\xff\xe0", "a JPEG picture"),
            (b"%PDF-1.7", "a PDF document"),
            (b"\x1f\x8b\x08", "a gzip archive"),
            (b"<!doctype html><html>", "a web page"),
            (b"<Error><Code>NoSuchKey", "an error message of a download"),
        ],
    )
    def test_something_else(self, tmp_path: Path, suffix: str, start: bytes, kind: str) -> None:
        (tmp_path / f"a{suffix}").write_bytes(start)
        self.refused(tmp_path / f"a{suffix}", f"is {kind}, whatever its name says")

    def test_another_format_of_ours(self, tmp_path: Path, suffix: str) -> None:
        for other in set(BOTH) - {suffix, ".bin"}:  # which begins with a number
            SKETCH.save(tmp_path / f"a{other}")
            (tmp_path / f"a{other}").replace(tmp_path / f"a{suffix}")
            self.refused(tmp_path / f"a{suffix}", "whatever its name says")


def test_unknown_suffix(tmp_path: Path) -> None:
    for name in ("a.doc", "a", ".svg"):
        with pytest.raises(FormatError, match=r"must end in \.svg, \.inkml, \.ndjson, \.npz"):
            formats.read(tmp_path / name)
        with pytest.raises(FormatError, match=r"must end in \.svg, \.inkml, \.ndjson, \.npz"):
            formats.write(tmp_path / name, [SKETCH])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", formats.WRITABLE)
class TestUnwritable:
    def test_no_folder(self, tmp_path: Path, suffix: str) -> None:
        path = tmp_path / "no" / f"a{suffix}"
        with pytest.raises(FormatError, match="its folder does not exist") as error:
            SKETCH.save(path)
        assert str(error.value).startswith(str(path))

    def test_a_failure_leaves_the_old_file(self, tmp_path: Path, suffix: str) -> None:
        path = tmp_path / f"a{suffix}"
        SKETCH.save(path)
        before = path.read_bytes()

        def broken() -> object:
            yield SKETCH
            raise ValueError("the source ran dry")

        with pytest.raises(ValueError, match="ran dry"):
            formats.write(path, broken())  # type: ignore[arg-type]
        assert path.read_bytes() == before
        assert list(tmp_path.iterdir()) == [path]
