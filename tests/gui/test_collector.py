import gc
import threading
import weakref

from gui.collector import Collector


class Knot:
    """Something that only the collection of cycles can end."""

    def __init__(self) -> None:
        self.itself = self


def test_garbage_ends_in_the_thread_of_the_window(qapp):
    ended_in = []
    collector = Collector()
    collector.install()
    gc.collect()
    for _ in range(100):
        weakref.finalize(Knot(), lambda: ended_in.append(threading.current_thread()))
    busy = threading.Thread(target=lambda: [[] for _ in range(100_000)])
    busy.start()
    busy.join()
    assert ended_in == []
    made = [[] for _ in range(2 * gc.get_threshold()[0])]
    collector.collect()
    assert ended_in == [threading.main_thread()] * 100
    assert made


def test_it_is_left_to_python_again(qapp):
    collector = Collector()
    collector.install()
    assert not gc.isenabled()
    collector.remove()
    assert gc.isenabled()
