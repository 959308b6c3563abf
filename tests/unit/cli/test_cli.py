"""Help and misuse: every command shows an example, and what is asked wrongly does nothing."""

import pytest

from sketchrnn.cli import COMMANDS

ACTIONS = [[name] for name in COMMANDS] + [
    ["model", action] for action in ("list", "show", "download", "import", "export")
]


ACTIONS += [
    ["dataset"],
    *(["dataset", action] for action in ("list", "download", "build", "convert", "show", "shard")),
]


@pytest.mark.parametrize("words", ACTIONS, ids=" ".join)
def test_help_shows_an_example(command, words):
    status, printed, errors = command(*words, "--help")
    assert (status, errors) == (0, "")
    assert f"example: sketchrnn {words[0]}" in printed


def test_the_help_names_every_command(command):
    status, printed, _ = command("--help")
    assert status == 0
    assert all(name in printed for name in COMMANDS)
    assert "example: sketchrnn" in printed
    assert command("--version")[1].startswith("sketchrnn ")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["draws"],
        ["complete"],
        ["complete", "half.svg"],
        ["complete", "half.svg", "-o", "x.svg", "--count", "0"],
        ["complete", "half.svg", "-o", "x.svg", "--count", "many"],
        ["complete", "half.svg", "-o", "x.svg", "--temperature", "0"],
        ["complete", "half.svg", "-o", "x.svg", "--temperature", "nan"],
        ["complete", "half.svg", "-o", "x.svg", "--seed", "one"],
        ["sample", "-o", "x.svg", "--count", "99999999999"],
        ["interpolate", "half.svg", "-o", "x.svg"],
        ["model"],
        ["train", "half.svg"],
        ["evaluate", "tiny", "x.npz", "--split", "all"],
        ["evaluate", "tiny", "x.npz", "--seed", "99999999999"],
        ["complete", "half.svg", "-o", "x.svg", "--nothing"],
        ["complete", "half.svg", "-o", "x.svg", "--number", "0"],
    ],
    ids=" ".join,
)
def test_misuse_is_status_2_and_does_nothing(command, folder, arguments):
    code, printed, errors = command(*arguments)
    assert (code, printed) == (2, "")
    assert "error:" in errors.splitlines()[-1]
    assert [path.name for path in folder.iterdir()] == ["half.svg"]
