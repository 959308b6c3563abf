"""While the engine computes, and only then, BLAS has one thread."""

import threading

import pytest
from threadpoolctl import ThreadpoolController

from sketchrnn.engine.threads import one_blas_thread


def blas_threads():
    return {info["num_threads"] for info in ThreadpoolController().info() if info["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def two_threads():
    with ThreadpoolController().limit(limits=2, user_api="blas"):
        if blas_threads() != {2}:
            pytest.skip("this BLAS cannot be told how many threads to use")
        yield
        assert blas_threads() == {2}


def test_one_thread_within_and_as_before_after_it():
    with one_blas_thread():
        assert blas_threads() == {1}
        with one_blas_thread():
            assert blas_threads() == {1}
        assert blas_threads() == {1}
    assert blas_threads() == {2}


def test_an_error_within_brings_the_threads_back():
    with pytest.raises(ZeroDivisionError), one_blas_thread():
        raise ZeroDivisionError
    assert blas_threads() == {2}


def test_another_thread_that_computes_meanwhile_does_not_disturb():
    def other():
        with one_blas_thread():
            pass

    with one_blas_thread():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(20)
        assert blas_threads() == {1}
    assert blas_threads() == {2}


def test_every_thread_of_a_program_computes_with_one():
    seen = []

    def other():
        with one_blas_thread():
            seen.append(blas_threads())
        seen.append(blas_threads())

    with one_blas_thread():
        pass
    for _ in range(2):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(20)
    assert seen == [{1}, {2}] * 2


def test_whoever_computes_longest_has_one_thread_to_the_end():
    within, done = threading.Event(), threading.Event()
    seen = []

    def other():
        with one_blas_thread():
            within.set()
            done.wait(20)
            seen.append(blas_threads())

    thread = threading.Thread(target=other)
    with one_blas_thread():
        thread.start()
        within.wait(20)
    done.set()
    thread.join(20)
    assert seen == [{1}]
    assert blas_threads() == {2}
