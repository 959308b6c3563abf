"""Settings come from preset, file and options, the later over the earlier; mistakes are named."""

import dataclasses

import pytest

from sketchrnn.engine.architecture import Architecture
from sketchrnn.errors import ConfigError, FormatError
from sketchrnn.training.config import TrainingConfig
from sketchrnn.training.presets import PRESETS, divided, read_config, with_preset


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_makes_a_model_and_a_run(name):
    architecture, config = divided(with_preset({"preset": name}))
    Architecture(**architecture).weight_shapes()
    TrainingConfig(**config)


def test_the_paper_s_preset_is_magenta_s():
    architecture, config = divided(with_preset({"preset": "paper"}))
    assert (
        dataclasses.asdict(Architecture(**architecture)).items()
        >= {
            "enc_rnn_size": 256,
            "dec_rnn_size": 512,
            "z_size": 128,
            "num_mixture": 20,
        }.items()
    )
    assert (
        dataclasses.asdict(TrainingConfig(**config)).items()
        >= {
            "batch_size": 100,
            "learning_rate": 0.001,
            "decay_rate": 0.9999,
            "kl_weight": 0.5,
            "kl_weight_start": 0.01,
            "kl_decay_rate": 0.99995,
            "kl_tolerance": 0.2,
            "recurrent_dropout_prob": 0.9,
            "random_scale_factor": 0.15,
            "augment_stroke_prob": 0.1,
            "prefix_prob": 0.0,
        }.items()
    )


def test_a_file_overrides_its_preset(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text('# mine\npreset = "small"\ndec_rnn_size = 300\nlearning_rate = 1\nconditional = false\n')
    architecture, config = divided(with_preset(read_config(path)))
    assert architecture == {
        "positions": True,
        "enc_rnn_size": 128,
        "dec_rnn_size": 300,
        "z_size": 64,
        "conditional": False,
    }
    assert config == {"prefix_prob": 0.5, "learning_rate": 1.0} and type(config["learning_rate"]) is float


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("learning_rat = 1.0", "learning_rat"),
        ("batch_size = 1.5", "whole number"),
        ("batch_size = true", "whole number"),
        ("learning_rate = 'fast'", "a number"),
        ("num_labels = 3", "num_labels"),
        ("preset = 3", "text"),
        ("[model]\nz_size = 3", "model"),
        ("z_size 3", "TOML"),
        ("\xff", "TOML"),
        ("a = " + "[" * 100_000, "TOML"),
    ],
)
def test_mistakes_are_told_in_a_line(tmp_path, text, problem):
    path = tmp_path / "run.toml"
    path.write_bytes(text.encode("latin1"))
    with pytest.raises(ConfigError, match=problem) as caught:
        read_config(path)
    assert "run.toml" in str(caught.value) and "\n" not in str(caught.value)


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(FormatError, match=r"none\.toml"):
        read_config(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="paper, default, small, large"):
        with_preset({"preset": "huge"})
