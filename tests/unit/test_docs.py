"""What the pages say: links lead somewhere, every page is found, and commands can be typed as they stand."""

import re
import shlex
from pathlib import Path

import pytest

from sketchrnn.cli import parse

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "datasets/*.md", "saved_models/**/*.md")
    for path in ROOT.glob(pattern)
)

LINK = re.compile(r"\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^ {4}(sketchrnn .+?)(?: {2,}.*)?$", re.MULTILINE)
INLINE = re.compile(r"`(sketchrnn [^`]+)`")


def name_of(path):
    return str(path.relative_to(ROOT))


def anchors(page):
    """Of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def linked(page):
    """The files that a page links to, with the place in each, "" for the whole."""
    for link in LINK.findall(page.read_text("utf-8")):
        if "://" not in link:
            path, _, anchor = link.partition("#")
            yield (page.parent / path).resolve() if path else page, anchor


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    for target, anchor in linked(page):
        assert target.exists(), f"{target} is not there"
        assert not anchor or anchor in anchors(target), f"{target} has no {anchor}"


def test_every_page_is_found_from_the_readme():
    found, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        page = page / "README.md" if page.is_dir() else page
        if page.suffix == ".md" and page.exists() and page not in found:
            found.add(page)
            waiting += [target for target, _ in linked(page)]
    cards = {path for path in PAGES if path.parent.parent.name == "saved_models"}
    assert set(PAGES) - cards == found - cards


COMMANDS = [
    (name_of(page), command, whole)
    for page in PAGES
    for pattern, whole in ((BLOCK, True), (INLINE, False))
    for line in pattern.findall(re.sub(r"\\\n *", "", page.read_text("utf-8")))
    for command in line.split(" && ")
]


@pytest.mark.parametrize(("page", "command", "whole"), COMMANDS, ids=[f"{p}: {c}" for p, c, _ in COMMANDS])
def test_commands_can_be_typed_as_they_stand(capsys, page, command, whole):
    """Within a sentence some of what a command needs may be left out."""
    try:
        parse(shlex.split(command)[1:])
    except SystemExit as stop:
        errors = capsys.readouterr().err
        assert stop.code == 0 or (not whole and "are required" in errors), errors
