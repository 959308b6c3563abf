"""TF_CONFIG is read, mistakes in it are told in a line, and workers wait for each other."""

import json
import socket
import threading
import time

import pytest

from sketchrnn.errors import ConfigError, SketchRNNError
from sketchrnn.training.cluster import Cluster

TWO = ["one:2222", "two:2222"]


def text(cluster, task):
    return json.dumps({"cluster": cluster, "task": task})


def free_ports(count):
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [server.getsockname()[1] for server in servers]
    for server in servers:
        server.close()
    return ports


def test_without_the_variable_a_process_trains_alone(monkeypatch):
    for value in (None, "", " ", "{}"):
        monkeypatch.delenv("TF_CONFIG", raising=False)
        if value is not None:
            monkeypatch.setenv("TF_CONFIG", value)
        cluster = Cluster.of_environment()
        assert len(cluster) == 1 and cluster.is_chief


def test_the_first_worker_or_the_chief_is_the_chief(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", text({"worker": TWO}, {"type": "worker", "index": 1}))
    assert Cluster.of_environment() == Cluster(tuple(TWO), 1)
    assert Cluster.of(text({"worker": TWO}, {"type": "worker", "index": 0})).is_chief
    jobs = {"chief": ["head:1"], "worker": TWO}
    assert Cluster.of(text(jobs, {"type": "chief", "index": 0})).is_chief
    third = Cluster.of(text(jobs, {"type": "worker", "index": 1}))
    assert third == Cluster(("head:1", *TWO), 2) and not third.is_chief


@pytest.mark.parametrize(
    "value, said",
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "no cluster"),
        ('{"cluster": []}', "no cluster"),
        ('{"cluster": {"worker": ["a:1"]}}', "no task"),
        (text({"ps": ["a:1"], "worker": TWO}, {"type": "worker", "index": 0}), "'ps'"),
        (text({"worker": "a:1"}, {"type": "worker", "index": 0}), "list of host:port"),
        (text({"worker": ["a"]}, {"type": "worker", "index": 0}), "list of host:port"),
        (text({"worker": ["a:99999"]}, {"type": "worker", "index": 0}), "list of host:port"),
        (text({"worker": ["a:1", "a:1"]}, {"type": "worker", "index": 0}), "twice"),
        (text({"chief": TWO}, {"type": "chief", "index": 0}), "2 chiefs"),
        (text({"worker": TWO}, {"type": "evaluator", "index": 0}), "'evaluator'"),
        (text({"worker": TWO}, {"type": "worker", "index": 2}), "from 0 to 1"),
        (text({"worker": TWO}, {"type": "worker", "index": "0"}), "from 0 to 1"),
        (text({"worker": TWO}, {"type": "chief", "index": 0}), "chief"),
    ],
)
def test_a_mistake_is_one_line(value, said):
    with pytest.raises(ConfigError, match="TF_CONFIG") as caught:
        Cluster.of(value)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_a_batch_is_shared_equally_or_not_at_all():
    two = Cluster(tuple(TWO))
    assert two.part_of(100) == 50
    assert two.part_of(64, 4) == 8
    assert Cluster().part_of(7) == 7
    with pytest.raises(ConfigError, match=r"batch_size is 7, which 2 workers cannot share equally; take 6"):
        two.part_of(7)
    with pytest.raises(ConfigError, match=r"2 workers of 4 devices cannot share equally; take 96"):
        two.part_of(100, 4)
    with pytest.raises(ConfigError, match=r"which 8 devices cannot share equally; take 8"):
        Cluster().part_of(3, 8)


def test_workers_wait_for_each_other():
    addresses = tuple(f"127.0.0.1:{port}" for port in free_ports(2))
    met = []

    def come(index):
        Cluster(addresses, index).meet(60.0)
        met.append(index)

    first = threading.Thread(target=come, args=(0,), daemon=True)
    first.start()
    time.sleep(0.5)
    assert met == []
    with socket.create_server(("127.0.0.1", int(addresses[1].rpartition(":")[2]))):
        first.join(60.0)
    assert met == [0]


def test_a_worker_that_does_not_come_is_named():
    addresses = tuple(f"127.0.0.1:{port}" for port in free_ports(2))
    with pytest.raises(SketchRNNError, match=rf"worker 1 \({addresses[1]}\) cannot be reached.*--wait"):
        Cluster(addresses).meet(0.0)
    taken = socket.create_server(("127.0.0.1", int(addresses[0].rpartition(":")[2])))
    with taken, pytest.raises(SketchRNNError, match=r"port \d+ of this worker .* cannot be used"):
        Cluster(addresses).meet(0.0)
