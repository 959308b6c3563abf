"""Help and misuse: every command shows an example, and what is asked wrongly does nothing."""

import pytest
from shell import refused

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
        ["complete", "half.svg", "-o", "x.png", "--animate"],
        ["interpolate", "half.svg", "half.svg", "-o", "x.svg", "--steps", "1"],
        ["train", "half.svg", "--out", "m", "--minutes", "0"],
        ["train", "half.svg", "--out", "m", "--minutes", "nan"],
        ["train", "half.svg", "--out", "m", "--minutes", "inf"],
        ["train", "half.svg", "--out", "m", "--steps", "0"],
        ["train", "half.svg", "--out", "m", "--preset", "tiny"],
        ["train", "half.svg", "--out", "m", "--resume", "--from", "tiny"],
        ["train", "half.svg", "--out", "m", "--seed", "-1"],
        ["train", "half.svg", "--out", "m", "--seed", "99999999999"],
        ["train", "half.svg", "--out", "m", "--batch_size", "0"],
        ["train", "half.svg", "--out", "m", "--learning_rate", "0"],
        ["train", "half.svg", "--out", "m", "--learning_rate", "inf"],
        ["train", "half.svg", "--out", "m", "--kl_weight", "nan"],
        ["train", "half.svg", "--out", "m", "--recurrent_dropout_prob", "1.5"],
        ["train", "half.svg", "--out", "m", "--dec_rnn_size", "0"],
        ["train", "half.svg", "--out", "m", "--dec_rnn_size", "100000"],
        ["train", "half.svg", "--out", "m", "--dec_model", "elm"],
        ["dataset", "download"],
        ["dataset", "build", "x.npz", "half.svg", "--split", "80/20"],
        ["dataset", "build", "x.npz", "half.svg", "--frame", "0"],
        ["dataset", "build", "x.npz", "half.svg", "--epsilon", "nan"],
        ["dataset", "show", "half.svg", "--seed", "-1"],
        ["model", "import", "a.gen.json", "b.gen.json", "--out", "m"],
    ],
    ids=" ".join,
)
def test_misuse_is_status_2_and_does_nothing(command, folder, arguments):
    named = [word.removeprefix("--") for word in arguments if word.startswith("--")][-1:]
    refused(command(*arguments), "sketchrnn", *named, status=2)
    assert [path.name for path in folder.iterdir()] == ["half.svg"]
