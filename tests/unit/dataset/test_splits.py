"""Files to splits: nothing is used twice, what is broken is left out and counted."""

import warnings

import numpy as np
import pytest
import tiny

from sketchrnn import formats
from sketchrnn.dataset import splits
from sketchrnn.errors import FormatError, SketchRNNError
from sketchrnn.formats.npz import SPLITS, StrokeSet, write_splits
from sketchrnn.sketch import Sketch


def drawings_of(*sets):
    """Every drawing as a hashable value."""
    return [rows.astype(np.float32).tobytes() for drawings in sets for rows in drawings]


def test_a_files_own_splits_are_kept(tmp_path):
    path = tiny.data_file(tmp_path / "a.npz", 30, 5, 4)
    loaded = splits.load([path])
    assert [len(getattr(loaded, name)) for name in SPLITS] == [30, 5, 4]
    assert loaded.files == ("a.npz",)
    assert loaded.dropped == 0


def test_several_files_are_put_together_split_by_split(tmp_path):
    paths = [tiny.data_file(tmp_path / f"{n}.npz", 10 + n, 3, 2 + n) for n in range(3)]
    loaded = splits.load(paths)
    assert [len(getattr(loaded, name)) for name in SPLITS] == [33, 9, 9]


@pytest.mark.parametrize("missing", [("valid", "test"), ("valid",), ("test",)], ids="+".join)
@pytest.mark.parametrize("count", [20, 57, 200])
def test_where_splits_are_missing_training_drawings_are_held_back(tmp_path, missing, count):
    sizes = dict.fromkeys(missing, 0)
    path = tiny.data_file(tmp_path / "a.npz", count, **sizes)
    loaded = splits.load([path])
    everything = drawings_of(tiny.drawings(count, 0))
    used = drawings_of(loaded.train, *(getattr(loaded, name) for name in missing))
    assert sorted(used) == sorted(everything)  # each in one split, none lost
    for name in missing:
        assert len(getattr(loaded, name)) == count // (
            splits.HELD_BACK if count >= splits.FEW else splits.HELD_BACK_OF_FEW
        )
    again = splits.load([path])
    assert drawings_of(again.test) == drawings_of(loaded.test)


def test_splits_of_a_drawing_never_overlap(tmp_path):
    path = tmp_path / "mine.ndjson"
    made = tiny.drawings(100, 5)
    formats.write(path, [Sketch.from_stroke3(rows) for rows in made])
    loaded = splits.load([path])
    sets = [set(drawings_of(getattr(loaded, name))) for name in SPLITS]
    assert not sets[0] & sets[1]
    assert not sets[0] & sets[2]
    assert not sets[1] & sets[2]
    assert sorted(map(len, sets)) == [5, 5, 90]


def test_too_few_drawings_are_one_error_that_says_how_many_are_needed(tmp_path):
    path = tiny.data_file(tmp_path / "few.npz", 9, 0, 0)
    with pytest.raises(FormatError, match=r"few\.npz.*at least 10"):
        splits.load([path])


def test_broken_drawings_are_dropped_and_counted(tmp_path):
    good = [rows.astype(np.float64) for rows in tiny.drawings(30, 1)]
    too_long = tiny.drawings(1, 2, 41, 41)[0].astype(np.float64)
    far = np.array([[1e12, 0.0, 0.0], [5.0, 5.0, 1.0]])
    beyond = np.array([[1e300, 0.0, 0.0], [5.0, 5.0, 1.0]])
    many = np.tile([[9e8, 0.0, 0.0]], (20, 1))
    empty = np.zeros((0, 3))
    train = StrokeSet.of([*good[:15], too_long, far, empty, *good[15:], beyond, many])
    path = tmp_path / "a.npz"
    write_splits(path, {"train": train, "valid": tiny.drawings(5, 3), "test": tiny.drawings(5, 4)})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = splits.load([path], max_seq_len=40)
    assert loaded.dropped == 5
    assert drawings_of(loaded.train) == drawings_of(good)
    assert loaded.longest == max(len(rows) for rows in [*good, *tiny.drawings(5, 3), *tiny.drawings(5, 4)])


def test_rows_that_are_no_numbers_are_refused_with_the_files_name(tmp_path):
    broken = tiny.drawings(30, 1).rows.astype(np.float32)
    broken[7, 0] = np.nan
    path = tmp_path / "broken.npz"
    write_splits(path, {"train": StrokeSet(broken, tiny.drawings(30, 1).offsets)})
    with pytest.raises(FormatError, match=r"broken\.npz"):
        splits.load([path])


def test_drawings_in_which_nothing_moves_are_refused(tmp_path):
    still = StrokeSet.of([np.array([[0, 0, 0], [0, 0, 1]])] * 40)
    path = tmp_path / "still.npz"
    write_splits(path, {"train": still})
    with pytest.raises(FormatError, match="nothing moves"):
        splits.load([path])


def test_every_kind_of_numbers_is_taken(tmp_path):
    for dtype in (np.int8, np.uint8, np.int16, np.int64, np.float16, np.float64):
        rows = np.abs(tiny.drawings(40, 1).rows)
        path = tmp_path / f"{np.dtype(dtype).name}.npz"
        write_splits(path, {"train": StrokeSet(rows.astype(dtype), tiny.drawings(40, 1).offsets)})
        assert len(splits.load([path]).train) == 32


# --- what the drawings have in common ----------------------------------------------------------


def test_the_scale_factor_is_the_deviation_of_all_training_offsets_together(tmp_path):
    loaded = splits.load([tiny.data_file(tmp_path / "a.npz")])
    offsets = np.concatenate([rows[:, :2].ravel() for rows in loaded.train])
    assert loaded.scale_factor == pytest.approx(offsets.std())


def test_a_few_broken_offsets_do_not_set_the_scale(tmp_path):
    rows = [rows.copy() for rows in tiny.drawings(40, 1)]
    rows[0][2, 0] = 30_000
    path = tmp_path / "a.npz"
    write_splits(path, {"train": StrokeSet.of(rows)})
    clipped = np.clip(np.concatenate([one[:, :2].ravel() for one in splits.load([path]).train]), -1000, 1000)
    assert splits.load([path]).scale_factor == pytest.approx(clipped.std())


def test_the_frame_is_the_median_of_the_larger_sides():
    squares = [np.array([[side, 0, 0], [0, side // 2, 1]]) for side in (10, 50, 90)]
    assert splits.larger_sides(StrokeSet.of(squares)).tolist() == [10, 50, 90]
    # The first point has no row of its own, but belongs to the drawing.
    assert splits.larger_sides(StrokeSet.of([np.array([[100, 0, 0], [5, 0, 1]])])).tolist() == [105]


def test_epsilon_is_found_again(tmp_path):
    from sketchrnn import simplify

    random = np.random.default_rng(0)
    wobbly = [Sketch([np.cumsum(random.normal(0, 4, (200, 2)), axis=0)]) for _ in range(60)]
    simple = StrokeSet.of([simplify.simplified(sketch, 2.0).to_stroke3() for sketch in wobbly])
    frame = float(np.median(splits.larger_sides(simple)))
    assert splits.estimate_epsilon(simple, frame) == pytest.approx(2.0, rel=0.15)


# --- the start of a drawing --------------------------------------------------------------------


def test_an_explicit_start_is_noticed():
    with_it, without = tiny.drawings(10, explicit_start=True), tiny.drawings(10)
    assert splits.has_explicit_start(with_it)
    assert not splits.has_explicit_start(without)
    mixed = StrokeSet.of([*with_it, *without])
    assert not splits.has_explicit_start(mixed)
    assert not splits.has_explicit_start(StrokeSet.of([]))


def test_a_start_is_added_and_taken_away_and_the_drawings_stay():
    without = tiny.drawings(10)
    added = splits.with_start(without, True)
    assert splits.has_explicit_start(added)
    assert drawings_of(splits.with_start(added, False)) == drawings_of(without)
    assert drawings_of(splits.with_start(without, False)) == drawings_of(without)
    for before, after in zip(without, added, strict=True):
        assert Sketch.from_stroke3(after) == Sketch.from_stroke3(before)


def test_taking_the_start_away_leaves_no_drawing_empty_and_loses_no_dot():
    rows = [[[0, 0, 1]], [[0, 0, 1], [5, 5, 0], [3, 3, 1]], [[0, 0, 0], [4, 4, 1]], [[0, 0, 0], [0, 0, 1]]]
    dots = StrokeSet.of([np.array(drawing) for drawing in rows])
    taken = splits.with_start(dots, False)
    for before, after in zip(dots, taken, strict=True):
        assert len(after) >= 1
        assert Sketch.from_stroke3(after) == Sketch.from_stroke3(before)


# --- one split for evaluation ------------------------------------------------------------------


def test_one_split_knows_the_longest_of_all(tmp_path):
    path = tmp_path / "a.npz"
    write_splits(path, {"train": tiny.drawings(5, 1, 60, 60), "test": tiny.drawings(3, 2, 7, 7)})
    chosen, longest = splits.load_split([path], "test", frame=255.0, epsilon=2.0)
    assert (len(chosen), longest) == (3, 60)


def test_a_missing_split_is_answered_with_those_there_are(tmp_path):
    path = tiny.data_file(tmp_path / "a.npz", 20, 0, 0)
    with pytest.raises(FormatError, match=r"a\.npz has no test; it has train"):
        splits.load_split([path], "test", frame=255.0, epsilon=2.0)


def test_of_files_without_splits_all_drawings_count(tmp_path):
    path = tmp_path / "mine.ndjson"
    formats.write(path, [Sketch.from_stroke3(rows) for rows in tiny.drawings(7, 5)])
    assert len(splits.load_split([path], "test", frame=255.0, epsilon=2.0)[0]) == 7


@pytest.mark.parametrize("name", ["none.npz", "folder.npz", "file.txt"])
def test_files_that_cannot_be_read_are_one_error(tmp_path, name):
    (tmp_path / "folder.npz").mkdir()
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(SketchRNNError, match=name):
        splits.load([tmp_path / name])
