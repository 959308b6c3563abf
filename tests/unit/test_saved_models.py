"""The models that ship: their cards are about the weights that lie beside them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from sketchrnn import store

MODELS = sorted(path.parent for path in store.default_folder().glob(f"*/{store.MODEL_FILE}"))


@pytest.mark.parametrize("folder", MODELS, ids=lambda folder: folder.name)
class TestCard:
    def test_names_the_weights_that_are_there(self, folder: Path) -> None:
        card = (folder / "README.md").read_text("utf-8")
        assert hashlib.sha256((folder / store.WEIGHTS_FILE).read_bytes()).hexdigest() in card

    def test_shows_pictures_that_are_there(self, folder: Path) -> None:
        card = (folder / "README.md").read_text("utf-8")
        pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", card)
        assert "samples.svg" in pictures
        assert all((folder / picture).is_file() for picture in pictures)

    def test_says_where_it_fails_and_whose_data_it_learnt_from(self, folder: Path) -> None:
        card = (folder / "README.md").read_text("utf-8")
        for section in ("What it learnt from", "What was measured", "Where it fails", "How it was made"):
            assert f"\n## {section}\n" in card
        assert store.read_info(folder).data["licence"] in card

    def test_is_small(self, folder: Path) -> None:
        assert sum(path.stat().st_size for path in folder.iterdir()) < 6_000_000
