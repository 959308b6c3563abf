"""Shards: everything comes back, in a random order, and what is damaged or foreign is refused."""

import json

import numpy as np
import pytest
import tiny
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sketchrnn import formats
from sketchrnn.errors import ConfigError, FormatError
from sketchrnn.formats.npz import StrokeSet, write_splits
from sketchrnn.sketch import Sketch

tf = pytest.importorskip("tensorflow")

from sketchrnn.dataset import shards, splits  # noqa: E402
from sketchrnn.dataset.pipeline import Augmentation, batches, even, weights_of  # noqa: E402

EVERYTHING = Augmentation(0.15, 0.1, 0.5, 0.5)


def taken(drawings, count=None, *, labels=(), batch_size=5, **options):
    made = batches(drawings, batch_size=batch_size, scale_factor=1.0, labels=labels, **{"seed": 1, **options})
    return [
        {k: v.numpy() for k, v in batch.items()} for batch in (made if count is None else made.take(count))
    ]


def rows_of(batch):
    """Label number and stroke-3 rows of each drawing of a batch."""
    for number, length in enumerate(batch["lengths"].tolist()):
        points = batch["points"][1 : 1 + length, number]
        yield int(batch["labels"][number]), points[:, [0, 1, 3]].tolist()


def data_set(seed, counts=(60, 7, 5), label=None):
    made = {}
    for place, (name, count) in enumerate(zip(("train", "valid", "test"), counts, strict=True)):
        drawings = tiny.drawings(count, seed + place, 1, 40)
        labels = None if label is None else np.full(count, label)
        made[name] = StrokeSet(drawings.rows, drawings.offsets, labels)
    return made


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two categories in shards, and the same drawings in memory."""
    folder = tmp_path_factory.mktemp("two")
    write_splits(folder / "cat.npz", data_set(1))
    write_splits(folder / "dog.npz", data_set(10, (20, 3, 2)))
    paths = [folder / "cat.npz", folder / "dog.npz"]
    return shards.write(paths, folder / "shards"), splits.load(paths, labelled=True)


def test_what_is_known_of_the_drawings_is_what_memory_knows(two):
    sharded, memory = two
    for name in ("files", "longest", "dropped", "explicit_start", "labels", "frame", "epsilon"):
        assert getattr(sharded, name) == getattr(memory, name), name
    assert sharded.scale_factor == pytest.approx(memory.scale_factor)
    assert shards.load(sharded.train.folder) == sharded


@pytest.mark.parametrize("split", ["train", "valid", "test"])
def test_every_drawing_comes_once_as_it_is(two, split):
    kept, expected = (
        sorted(
            pair for batch in taken(getattr(which, split), labels=("dog", "cat")) for pair in rows_of(batch)
        )
        for which in two
    )
    assert kept == expected
    assert len(kept) == len(getattr(two[0], split))


def test_the_order_is_a_random_one(two):
    sharded, memory = two
    some = sharded.train.some(1000)
    assert sorted(map(np.ndarray.tolist, some)) == sorted(map(np.ndarray.tolist, memory.train))
    assert [rows.tolist() for rows in some] != [rows.tolist() for rows in memory.train]
    assert sorted(some.labels.tolist()) == sorted(memory.train.labels.tolist())
    assert len(sharded.train.some(16)) == 16


def test_the_seed_decides_everything(two):
    def points(**options):
        made = taken(two[0].train, 12, augmentation=EVERYTHING, labels=("cat", "dog"), **options)
        return [(batch["points"].tolist(), batch["labels"].tolist()) for batch in made]

    assert points() == points()
    assert points() != points(seed=2)
    assert points(weights={"cat": 1, "dog": 1}) == points(weights={"cat": 1, "dog": 1})


@pytest.mark.parametrize("where", [0, 1])
@pytest.mark.parametrize(
    ("weights", "share"), [(None, 0.25), ({"cat": 1, "dog": 1}, 0.5), ({"dog": 2, "cat": 6}, 0.25)]
)
def test_categories_are_mixed_by_weight(two, where, weights, share):
    made = taken(two[where].train, 400, labels=("cat", "dog"), augmentation=Augmentation(), weights=weights)
    assert {len(batch["lengths"]) for batch in made} == {5}
    assert np.concatenate([batch["labels"] for batch in made]).mean() == pytest.approx(share, abs=0.07)


@pytest.mark.parametrize("where", [0, 1])
def test_a_category_without_weight_never_comes(two, where):
    made = taken(two[where].train, 20, labels=("cat", "dog"), augmentation=Augmentation(), weights={"dog": 1})
    assert {int(label) for batch in made for label in batch["labels"]} == {1}
    with pytest.raises(FormatError, match="no drawing has a label with a weight"):
        taken(two[where].train, 1, augmentation=Augmentation(), weights={"cow": 1})


def test_weights_from_a_setting():
    labels = ("cat", "palm tree")
    assert weights_of("all", labels) is None
    assert weights_of("even", labels) == even(labels) == {"cat": 1.0, "palm tree": 1.0}
    assert weights_of("palm tree=2, cat=0.5", labels) == {"palm tree": 2.0, "cat": 0.5}
    for wrong in ("", "cat", "cow=1", "cat=-1", "cat=nan", "cat=inf", "cat=x", "cat=0"):
        with pytest.raises(ConfigError, match="mix"):
            weights_of(wrong, labels)


def test_the_place_in_the_data_is_kept_in_a_checkpoint(two, tmp_path):
    def iterator():
        made = batches(
            two[0].train,
            batch_size=5,
            scale_factor=1.0,
            seed=1,
            augmentation=EVERYTHING,
            weights={"cat": 1, "dog": 1},
        )
        return iter(made)

    first = iterator()
    for _ in range(7):
        next(first)
    path = tf.train.Checkpoint(iterator=first).save(str(tmp_path / "place"))
    expected = [next(first)["points"].numpy() for _ in range(20)]
    second = iterator()
    tf.train.Checkpoint(iterator=second).restore(path)
    for points in expected:
        np.testing.assert_array_equal(next(second)["points"].numpy(), points)


def test_many_shards_hold_what_one_does(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "_DRAWINGS_IN_SHARD", 16)
    write_splits(tmp_path / "a.npz", data_set(1))
    sharded = shards.write([tmp_path / "a.npz"], tmp_path / "many")
    monkeypatch.setattr(shards, "_BUFFERED_BYTES", 1000)
    smaller = shards.write([tmp_path / "a.npz"], tmp_path / "more")
    everything = sorted(rows.tolist() for rows in data_set(1)["train"])
    for made in (sharded, smaller):
        assert sorted(pair[1] for batch in taken(made.train) for pair in rows_of(batch)) == everything
    assert len(smaller.train.shards) >= len(sharded.train.shards) >= 1


def test_drawings_without_splits_are_prepared_and_split(tmp_path):
    sketches = [Sketch([[(0, 0), (number, 700)], [(9, 9), (50, 80)]]) for number in range(1, 61)]
    formats.write(tmp_path / "house.ndjson", sketches)
    sharded = shards.write([tmp_path / "house.ndjson"], tmp_path / "shards")
    assert [len(sharded.train), len(sharded.valid), len(sharded.test)] == [54, 3, 3]
    assert sharded.labels == ("house",)
    assert sharded.frame == 255
    seen = [rows for part in (sharded.train, sharded.valid, sharded.test) for rows in part.some(100)]
    assert len(seen) == 60
    assert all(rows.dtype == np.int16 for rows in seen)


def test_offsets_that_are_not_whole_stay_so(tmp_path):
    made = data_set(1)
    halves = {
        name: StrokeSet(part.rows * np.float32([0.5, 0.5, 1]), part.offsets) for name, part in made.items()
    }
    write_splits(tmp_path / "a.npz", halves)
    sharded = shards.write([tmp_path / "a.npz"], tmp_path / "shards")
    assert sharded.train.dtype == "<f4"
    kept = sorted(pair[1] for batch in taken(sharded.train) for pair in rows_of(batch))
    assert kept == sorted(rows.tolist() for rows in halves["train"])


rows = st.lists(
    st.tuples(st.integers(-1500, 1500), st.integers(-1500, 1500), st.integers(0, 1)), min_size=1, max_size=9
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=4)
@given(st.lists(rows, min_size=2, max_size=6), st.sampled_from([np.int16, np.float32, np.float64]))
def test_whatever_is_written_is_read(tmp_path_factory, drawings, dtype):
    folder = tmp_path_factory.mktemp("any")
    drawings = [[(1, 2, 0), (3, 4, 1)], *drawings]  # something moves
    made = StrokeSet.of([np.array(rows, dtype) for rows in drawings])
    write_splits(folder / "a.npz", {"train": made, "valid": made, "test": made})
    sharded = shards.write([folder / "a.npz"], folder / "shards")
    expected = [[[float(np.clip(n, -1000, 1000)) for n in row] for row in rows] for rows in drawings]
    for part in (sharded.train, sharded.test):
        assert sorted(rows.tolist() for rows in part.some(100)) == sorted(expected)
        assert sorted(pair[1] for batch in taken(part) for pair in rows_of(batch)) == sorted(expected)


def test_what_fails_leaves_neither_shards_nor_a_folder(tmp_path):
    write_splits(tmp_path / "a.npz", data_set(1))
    (tmp_path / "b.ndjson").write_text("no drawing\n")
    with pytest.raises(FormatError, match=r"b\.ndjson"):
        shards.write([tmp_path / "a.npz", tmp_path / "b.ndjson"], tmp_path / "new" / "shards")
    assert not (tmp_path / "new").exists()
    (tmp_path / "empty").mkdir()
    with pytest.raises(FormatError, match=r"b\.ndjson"):
        shards.write([tmp_path / "a.npz", tmp_path / "b.ndjson"], tmp_path / "empty")
    assert list((tmp_path / "empty").iterdir()) == []  # it was there before


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    write_splits(tmp_path / "a.npz", data_set(1))
    with pytest.raises(FormatError, match="not empty; name a new folder"):
        shards.write([tmp_path / "a.npz"], tmp_path)
    with pytest.raises(FormatError, match="cannot be made into a folder"):
        shards.write([tmp_path / "a.npz"], tmp_path / "mine.txt" / "shards")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda index: index.update(format_version=2), "of version 2"),
        (lambda index: index.pop("frame"), "damaged"),
        (lambda index: index.update(dtype="O"), "damaged"),
        (lambda index: index["splits"].update(valid=[]), "no drawing for valid"),
        (lambda index: index["splits"]["train"][0].update(file="../../a.npz"), "missing"),
        (lambda index: index["splits"]["train"][0].update(size=5), "of 5 bytes"),
    ],
)
def test_a_damaged_list_is_refused(tmp_path, change, said):
    write_splits(tmp_path / "a.npz", data_set(1))
    folder = tmp_path / "shards"
    shards.write([tmp_path / "a.npz"], folder)
    index = json.loads((folder / "shards.json").read_text())
    change(index)
    (folder / "shards.json").write_text(json.dumps(index))
    with pytest.raises(FormatError, match=said) as error:
        shards.load(folder)
    assert str(folder) in str(error.value)
    assert "\n" not in str(error.value)


def test_damaged_shards_are_refused(tmp_path):
    write_splits(tmp_path / "a.npz", data_set(1))
    sharded = shards.write([tmp_path / "a.npz"], tmp_path / "shards")
    path = tmp_path / "shards" / sharded.train.shards[0].file
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(FormatError, match="write the shards again"):
        shards.load(tmp_path / "shards")
    with pytest.raises(FormatError, match="damaged"):
        sharded.train.some(1000)
    path.write_bytes(b"\xff" * len(whole))
    with pytest.raises(FormatError, match="damaged"):
        sharded.train.some(1000)
    path.unlink()
    with pytest.raises(FormatError, match="missing"):
        shards.load(tmp_path / "shards")
