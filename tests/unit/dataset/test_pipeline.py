"""Batches of drawings: little padding, every drawing, and augmentation that keeps what a drawing is."""

import numpy as np
import pytest
import tiny

from sketchrnn.formats.npz import StrokeSet
from sketchrnn.sketch import Sketch, stroke3_to_stroke5

tf = pytest.importorskip("tensorflow")

from sketchrnn.dataset.pipeline import Augmentation, batches  # noqa: E402

SCALE = 30.0


def taken(drawings, count=None, *, batch_size=8, seed=1, augmentation=None):
    """Batches as numpy arrays."""
    made = batches(drawings, batch_size=batch_size, scale_factor=SCALE, seed=seed, augmentation=augmentation)
    return [
        {k: v.numpy() for k, v in batch.items()} for batch in (made if count is None else made.take(count))
    ]


def rows_of(batch, number):
    """The stroke-3 rows of a drawing in a batch, in pixels."""
    points = batch["points"][1 : 1 + batch["lengths"][number], number]
    return np.column_stack([points[:, :2] * SCALE, points[:, 3]])


def key(rows):
    return np.round(rows.astype(np.float64)).astype(np.int64).tobytes()


@pytest.fixture(scope="module")
def drawings():
    return tiny.drawings(75, 3, 1, 90)


@pytest.fixture(scope="module")
def plain(drawings):
    return taken(drawings)


def test_every_drawing_comes_once_as_it_is(drawings, plain):
    seen = [key(rows_of(batch, n)) for batch in plain for n in range(batch["points"].shape[1])]
    assert sorted(seen) == sorted(key(rows) for rows in drawings)
    assert all((batch["encoder_lengths"] == batch["lengths"]).all() for batch in plain)


def test_a_batch_is_stroke_5_with_start_and_end(plain):
    for batch in plain:
        points = batch["points"]
        assert points.dtype == np.float32
        for n, length in enumerate(batch["lengths"]):
            rows = points[1 : 1 + length, n]
            expected = stroke3_to_stroke5(np.column_stack([rows[:, :2], rows[:, 3]]), len(points) - 1)
            np.testing.assert_array_equal(points[:, n], expected)
            assert points[-1, n].tolist() == [0, 0, 0, 0, 1]


def test_padding_is_bounded(plain):
    """Drawings come in order of length: each at least as long as those of the batch before."""
    longest = 0
    for batch in plain:
        assert len(batch["points"]) == batch["lengths"].max() + 2
        assert batch["lengths"].min() >= longest
        longest = batch["lengths"].max()


def test_batches_for_training_are_of_about_one_length():
    many = tiny.drawings(2_000, 3, 1, 90)
    made = taken(many, 100, batch_size=10, augmentation=Augmentation())
    padded = sum(10 * (len(batch["points"]) - 2) for batch in made)
    assert padded < 1.05 * sum(batch["lengths"].sum() for batch in made)
    longest = [batch["lengths"].max() for batch in made]
    assert longest != sorted(longest)


def test_full_batches_for_training_without_end(drawings):
    augmentation = Augmentation()
    made = taken(drawings, 60, augmentation=augmentation)
    assert {batch["points"].shape[1] for batch in made} == {8}
    seen = [key(rows_of(batch, n)) for batch in made for n in range(8)]
    assert {key(rows) for rows in drawings} >= set(seen)
    assert len(set(seen)) > 70  # of 75: rare lengths wait until a batch of them is full


def same(a, b):
    return all(np.array_equal(x["points"], y["points"]) for x, y in zip(a, b, strict=True))


EVERYTHING = Augmentation(0.15, 0.1, 0.5)


def test_the_seed_decides_everything(drawings):
    first = taken(drawings, 4, augmentation=EVERYTHING)
    assert same(taken(drawings, 4, augmentation=EVERYTHING), first)
    others = taken(drawings, 4, seed=2, augmentation=EVERYTHING)
    assert [batch["points"].shape for batch in others] != [
        batch["points"].shape for batch in first
    ] or not same(others, first)


def test_no_batch_is_augmented_like_another():
    one = StrokeSet.of([tiny.drawing(np.random.default_rng(0), 30)])
    first, second = taken(one, 2, batch_size=2, augmentation=Augmentation(0.15))
    scales = [batch["points"][1, n, 0] for batch in (first, second) for n in range(2)]
    assert len(set(scales)) == 4


def test_offsets_that_are_too_long_are_cut():
    wild = StrokeSet.of([np.array([[5000, -5000, 0], [10, 10, 1]], np.int16)])
    (batch,) = taken(wild)
    assert batch["points"][1, 0, :2].tolist() == pytest.approx([1000 / SCALE, -1000 / SCALE])


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64, np.float16, np.float64])
def test_every_kind_of_numbers_is_taken(dtype):
    rows = np.abs(tiny.drawings(5, 1).rows)
    (*_, batch) = taken(StrokeSet(rows.astype(dtype), tiny.drawings(5, 1).offsets))
    assert np.isfinite(batch["points"]).all()


def originals(drawings):
    """Drawings by where they lead: sums of offsets and lifts, which dropping points does not change."""
    return {(int(rows[:, 0].sum()), int(rows[:, 1].sum()), int(rows[:, 2].sum())): rows for rows in drawings}


def test_dropping_points_keeps_ends_lifts_and_the_first_points_of_strokes(drawings):
    known = originals(drawings)
    shorter = 0
    for batch in taken(drawings, 15, augmentation=Augmentation(0.0, 0.5)):
        for n in range(8):
            rows = np.round(rows_of(batch, n)).astype(int)
            whole = known[tuple(int(total) for total in rows.sum(0))]  # the same end, as many lifts
            positions = [tuple(p) for p in np.cumsum(whole[:, :2].astype(int), axis=0)]
            kept = [tuple(p) for p in np.cumsum(rows[:, :2], axis=0)]
            places = [i for i, p in enumerate(positions) if p in set(kept)]
            assert set(kept) <= set(positions)
            lifted = whole[:, 2] == 1
            must_stay = lifted.copy()
            for start in [0, *(np.flatnonzero(lifted) + 1)]:
                must_stay[start : start + 3] = True
            assert set(np.flatnonzero(must_stay)) <= set(places)
            assert rows[-1, 2] == 1
            shorter += len(rows) < len(whole)
    assert shorter > 20


def test_a_last_stroke_that_was_never_lifted_keeps_its_end():
    line = np.tile(np.array([[3, 1, 0]], np.int16), (12, 1))
    for batch in taken(StrokeSet.of([line]), 3, augmentation=Augmentation(0.0, 1.0)):
        for n in range(8):
            assert rows_of(batch, n).sum(0).tolist() == pytest.approx([36, 12, 0], abs=1e-3)
            assert batch["lengths"][n] == 4  # the first three and the last


def test_the_share_of_dropped_points_is_what_was_asked_for():
    line = np.tile(np.array([[3, 1, 0]], np.int16), (80, 1))
    line[-1, 2] = 1
    lengths = np.concatenate(
        [batch["lengths"] for batch in taken(StrokeSet.of([line]), 10, augmentation=Augmentation(0.0, 0.25))]
    )
    assert (80 - lengths).mean() / 76 == pytest.approx(0.25, abs=0.04)  # 3 at the start and the last one stay


def test_random_scaling_keeps_the_drawing_within_its_bounds():
    line = np.array([[300, 0, 0], [0, 300, 1]], np.int16)
    ratios = []
    for batch in taken(StrokeSet.of([line]), 40, augmentation=Augmentation(0.15)):
        for n in range(8):
            rows = rows_of(batch, n)
            ratios.append((rows[0, 0] / 300, rows[1, 1] / 300))
            assert rows[0, 1] == rows[1, 0] == 0
    ratios = np.array(ratios)
    assert ratios.min() >= 0.849
    assert ratios.max() <= 1.151
    assert ratios.mean() == pytest.approx(1.0, abs=0.02)
    assert abs(np.corrcoef(ratios.T)[0, 1]) < 0.2  # x and y each have their own


def test_prefixes_are_within_the_drawing_and_mostly_end_with_a_stroke(drawings):
    at_end = inside = whole = 0
    for batch in taken(drawings, 30, augmentation=Augmentation(0.0, 0.0, 1.0)):
        for n in range(8):
            cut, length = batch["encoder_lengths"][n], batch["lengths"][n]
            assert 1 <= cut <= length
            assert key(rows_of(batch, n)) in {key(rows) for rows in drawings}  # the decoder learns it all
            whole += cut == length
            lifted = batch["points"][cut, n, 3] == 1
            at_end += lifted
            inside += not lifted
    assert at_end > inside
    assert inside > 0.05 * 240
    assert whole < 0.5 * 240


def test_without_prefixes_the_encoder_reads_all(drawings):
    for batch in taken(drawings, 5, augmentation=Augmentation(0.1, 0.1, 0.0)):
        assert (batch["encoder_lengths"] == batch["lengths"]).all()
    some = np.concatenate(
        [
            batch["encoder_lengths"] < batch["lengths"]
            for batch in taken(drawings, 40, augmentation=Augmentation(0.0, 0.0, 0.5))
        ]
    )
    assert some.mean() == pytest.approx(0.45, abs=0.12)  # a cut may leave the whole


def test_the_shortest_drawings_pass_through():
    dot, line = np.array([[0, 0, 1]], np.int16), np.array([[9, 9, 1]], np.int16)
    for batch in taken(StrokeSet.of([dot, line]), 6, batch_size=2, augmentation=Augmentation(0.15, 1.0, 1.0)):
        assert batch["lengths"].tolist() == [1, 1]
        assert batch["encoder_lengths"].tolist() == [1, 1]
        assert len(batch["points"]) == 3


def test_the_place_in_the_data_is_kept_in_a_checkpoint(drawings, tmp_path):
    def iterator():
        return iter(batches(drawings, batch_size=8, scale_factor=SCALE, seed=1, augmentation=EVERYTHING))

    first = iterator()
    for _ in range(5):
        next(first)
    path = tf.train.Checkpoint(iterator=first).save(str(tmp_path / "place"))
    expected = [next(first)["points"].numpy() for _ in range(3)]
    second = iterator()
    tf.train.Checkpoint(iterator=second).restore(path)
    for points in expected:
        np.testing.assert_array_equal(next(second)["points"].numpy(), points)


@pytest.mark.parametrize("explicit", [False, True])
def test_another_stroke_may_come_first(explicit):
    strokes = [[(0, 0), (9, 1)], [(3, 3), (4, 9), (7, 7)], [(20, 20)], [(8, 1), (2, 2)]]
    rows = Sketch(strokes).to_stroke3(explicit_start=explicit)
    one = StrokeSet.of([rows])
    made = taken(one, 40, batch_size=1, augmentation=Augmentation(stroke_order_prob=0.5))
    seen = {key(rows_of(batch, 0)) for batch in made}
    orders = [strokes[first:] + strokes[:first] for first in (0, 1, 3)]  # a dot never comes first
    assert seen == {key(Sketch(order).to_stroke3(explicit_start=explicit)) for order in orders}
    as_it_is = [key(rows_of(batch, 0)) == key(rows) for batch in made]
    assert 0.35 < np.mean(as_it_is) < 0.95


def test_of_few_drawings_batches_are_not_the_same_every_time():
    few = tiny.drawings(40, 3, 1, 90)
    made = taken(few, 30, batch_size=10, augmentation=Augmentation())
    together = {frozenset(key(rows_of(batch, n)) for n in range(10)) for batch in made}
    assert len(together) == 30
    assert np.mean([len(drawings) for drawings in together]) > 9
