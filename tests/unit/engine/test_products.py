"""A row's product is that of the matrix, and the same to the last bit whatever else is in the batch."""

import numpy as np
import pytest

from sketchrnn.engine import products
from sketchrnn.engine.products import ROWS, SHORT_ROWS, Weight
from sketchrnn.engine.threads import blas_architectures, one_blas_thread

SHAPES = [(517, 2048), (512, 123), (128, 2048), (261, 1024), (5, 3), (37, 130), (1, 1), (8192, 70)]


@pytest.fixture(params=["this machine's way", "in blocks", "row by row"])
def way(request, monkeypatch):
    if request.param == "row by row":
        monkeypatch.setattr(products, "_has_small_kernels", lambda: False)
    if request.param == "in blocks":
        monkeypatch.setattr(products, "_has_small_kernels", lambda: True)
    return request.param


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_product_is_numpys(way, shape):
    random = np.random.default_rng(1)
    matrix = random.standard_normal(shape).astype(np.float32)
    weight = Weight(matrix)
    for batch in (1, 2, 9, ROWS, ROWS + 1, 3 * ROWS + 2):
        rows = random.standard_normal((batch, shape[0])).astype(np.float32)
        expected = rows.astype(np.float64) @ matrix
        assert weight(rows).shape == expected.shape
        np.testing.assert_allclose(weight(rows), expected, atol=2e-5 * np.sqrt(shape[0]))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_row_does_not_depend_on_the_others(way, shape):
    if way == "in blocks" and not blas_architectures() & products.SMALL_KERNELS:
        pytest.skip("this machine's BLAS has no kernels for small products: it multiplies row by row")
    random = np.random.default_rng(2)
    weight = Weight(random.standard_normal(shape).astype(np.float32))
    rows = random.standard_normal((3 * ROWS + 2, shape[0])).astype(np.float32)
    with one_blas_thread():
        alone = np.concatenate([weight(row[None]) for row in rows])
        for batch in range(1, len(rows) + 1):
            np.testing.assert_array_equal(weight(rows[:batch]), alone[:batch])
            np.testing.assert_array_equal(weight(rows[-batch:]), alone[-batch:])


@pytest.mark.parametrize("shape", [(6, 1024), (37, 130), (256, 1024)], ids=str)
def test_nor_on_many_short_ones(way, shape):
    if way == "in blocks" and not blas_architectures() & products.SMALL_KERNELS:
        pytest.skip("this machine's BLAS has no kernels for small products: it multiplies row by row")
    random = np.random.default_rng(3)
    weight = Weight(random.standard_normal(shape).astype(np.float32))
    rows = random.standard_normal((2 * SHORT_ROWS // shape[0] + 3, shape[0])).astype(np.float32)
    with one_blas_thread():
        together = weight(rows)
        for number in [0, 1, len(rows) // 2, len(rows) - 2, len(rows) - 1]:
            np.testing.assert_array_equal(weight(rows[number : number + 1])[0], together[number])


@np.errstate(invalid="ignore")
def test_wild_neighbours_leave_a_row_alone(way):
    weight = Weight(np.ones((20, 70), np.float32))
    rows = np.ones((3, 20), np.float32)
    rows[1] = np.nan
    assert (weight(rows)[[0, 2]] == 20.0).all()
    rows[1] = np.inf
    assert (weight(rows)[[0, 2]] == 20.0).all()
