"""`sketchrnn model …`: listed, shown, brought in and out."""

import dataclasses
import json

import numpy as np
import tiny
from shell import hostile_npz, refused

from sketchrnn import formats, magenta, store
from sketchrnn.engine import Architecture
from sketchrnn.sketch import Sketch

PUBLISHED = Architecture(conditional=False, dec_rnn_size=24, zero_start=True)


def test_models_are_listed_and_shown(command, installed):
    status, printed, _ = command("model", "list")
    assert status == 0
    assert all(name in printed for name in ("alone", "started", "tiny"))
    listed = json.loads(command("model", "list", "--json")[1])
    assert {"alone", "started", "tiny"} <= {model["name"] for model in listed}
    status, printed, _ = command("model", "show", "tiny")
    assert status == 0
    assert "255 pixels" in printed
    assert json.loads(command("model", "show", "tiny", "--json")[1])["frame"] == 255.0


def test_a_model_that_was_hardly_measured_is_shown(command, folder):
    tiny.save_model(folder / "odd", losses={"test": {"kl_loss": 0.5}}, data={"licence": "MIT"})
    assert command("model", "show", folder / "odd")[0] == 0


def test_an_unknown_model_is_answered_with_those_there_are(command):
    outcome = command("complete", "half.svg", "-o", "a.svg", "--model", "horse")
    refused(outcome, "horse", "alone", "tiny")


def test_a_damaged_model_is_one_line_with_its_name(command, folder):
    info = tiny.save_model(folder / "broken")
    (info.path / "weights.npz").write_bytes(hostile_npz())
    refused(command("complete", "half.svg", "-o", "a.svg", "--model", "broken/weights.npz"), "weights.npz")
    refused(command("model", "show", "broken/"), "weights.npz")
    assert not (folder / "sprung").exists()


def test_importing_never_writes_into_a_folder_of_other_things(command, folder):
    magenta.write(
        folder / "cat.gen.json",
        store.ModelInfo("cat", folder, PUBLISHED, 1000.0, 2.0, 75.0),
        tiny.weights(PUBLISHED),
    )
    (folder / "home").mkdir()
    (folder / "home" / "README.md").write_text("mine")
    for force in ([], ["--force"]):
        refused(command("model", "import", "cat.gen.json", "--out", "home", *force), "home")
    assert [path.name for path in (folder / "home").iterdir()] == ["README.md"]
    assert command("model", "import", "cat.gen.json", "--out", "cat")[0] == 0
    refused(command("model", "import", "cat.gen.json", "--out", "cat"), "--force")
    assert command("model", "import", "cat.gen.json", "--out", "cat", "--force")[0] == 0
    assert command("model", "export", "cat", "-o", "again.gen.json")[0] == 0
    assert (folder / "again.gen.json").read_bytes() == (folder / "cat.gen.json").read_bytes()


def test_exporting_says_where_to_and_what_was_lost(command, folder):
    weights = tiny.weights(PUBLISHED)
    weights["decoder/output/bias"][:2] = 12.0
    info = store.ModelInfo("cat", folder / "cat", PUBLISHED, 1000.0, 2.0, 75.0)
    store.save(info, weights)
    status, printed, _ = command("model", "export", "cat", "--format", "magenta-json")
    assert status == 0 and "cat.gen.json" in printed and "2 weights clipped to ±10" in printed
    assert magenta.read(folder / "cat.gen.json")[0].architecture == PUBLISHED
    status, printed, _ = command("model", "export", "cat", "-o", "here.gen.json", "--json")
    assert json.loads(printed) == {"model": "cat", "path": "here.gen.json", "clipped_weights": 2}


def test_a_label_is_exported_as_a_model_of_its_own(command, folder):
    sizes = dataclasses.replace(tiny.LABELLED, num_mixture=20)
    tiny.save_model(folder / "zoo", sizes, labels=tiny.LABELS)
    refused(command("model", "export", "zoo"), "--label")
    refused(command("model", "export", "zoo", "--label", "cow"), "cat, dog, owl")
    assert command("model", "export", "zoo", "--label", "dog")[0] == 0
    info, _ = magenta.read(folder / "dog.vae.json")
    assert info.name == "dog" and info.description == "dog, of zoo"


def test_the_frame_is_found_by_drawings(command, folder):
    model = store.ModelInfo("cat", folder, PUBLISHED, 1000.0, 2.0, 40.0)
    magenta.write(folder / "cat.gen.json", model, tiny.weights(PUBLISHED))
    random = np.random.default_rng(0)
    formats.write(folder / "cats.ndjson", [Sketch([random.uniform(0, 99, (9, 2))]) for _ in range(5)])
    found, _ = magenta.find_frame(model, formats.read(folder / "cats.ndjson"))
    import_ = ["model", "import", "cat.gen.json", "--out", "cat"]
    status, printed, _ = command(*import_, "--drawings", "cats.ndjson")
    assert status == 0
    assert f"frame {found:g} pixels, by 5 drawings" in printed
    assert store.read_info(folder / "cat").frame == found != 1000.0
    formats.write(folder / "dot.svg", [Sketch([[(3, 3)]])])
    refused(command(*import_, "--force", "--drawings", "dot.svg"), "cat.gen.json", "dot.svg", "give others")
    refused(command(*import_, "--force", "--drawings", "none.ndjson"), "none.ndjson")
    assert store.read_info(folder / "cat").frame == found
