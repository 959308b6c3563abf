import pytest
import webserver


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with webserver.serving() as running:
        yield running


@pytest.fixture
def target(tmp_path):
    return tmp_path / "data" / "cat.npz"
