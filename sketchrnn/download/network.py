"""Asking servers, and telling what may pass from what will not."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from sketchrnn.download.addresses import check_address
from sketchrnn.download.orders import Patience
from sketchrnn.errors import DownloadError

if TYPE_CHECKING:
    import ssl

    from urllib3 import BaseHTTPResponse, PoolManager

MAX_REDIRECTS = 5

_REDIRECTS = (301, 302, 303, 307, 308)


class PassingError(Exception):
    """It may go better next time. Args: what was wrong; seconds to wait before, None as usual."""

    def __init__(self, reason: str, wait: float | None = None, *, at_once: bool = False) -> None:
        super().__init__(reason)
        self.wait = 0.0 if at_once else wait


class NoConnectionError(PassingError):
    """There was no answer at all."""


def ask(
    web: Web, url: str, headers: dict[str, str], patience: Patience, heard: Callable[[], None]
) -> BaseHTTPResponse:
    """Follows redirects to the answer that counts; `heard` is called at each answer.

    Raises:
        PassingError: it may go better next time.
        DownloadError: it will not.
    """
    import urllib3

    asked = url
    fixed = {"Accept-Encoding": "identity", "User-Agent": "sketchrnn"}
    for _ in range(MAX_REDIRECTS + 1):
        with network(url, patience):
            response = web.connections(url).request(
                "GET",
                url,
                headers=fixed | headers,
                preload_content=False,
                decode_content=False,
                redirect=False,
                retries=False,
                timeout=urllib3.Timeout(connect=patience.connect, read=patience.read),
            )
        heard()
        if response.status not in _REDIRECTS:
            return response
        response.close()
        where = urljoin(url, response.headers.get("Location", ""))
        check_address(where)
        if url.startswith("https:") and not where.startswith("https:"):
            raise DownloadError(f"{url} leads to an address without encryption; choose another source")
        url = where
    raise DownloadError(f"{asked} leads from address to address; choose another source")


@contextlib.contextmanager
def network(url: str, patience: Patience) -> Iterator[None]:
    """What goes wrong on the way, told apart: what may pass, and what will not."""
    from urllib3 import exceptions

    host = urlsplit(url).hostname
    try:
        yield
    except exceptions.NewConnectionError as error:  # the name that nobody knows is one
        why = "its name is unknown" if isinstance(error, exceptions.NameResolutionError) else "no answer"
        reason = f"no connection to {host} ({why}); check the network, or choose another source"
        raise NoConnectionError(reason) from error
    except exceptions.ConnectTimeoutError as error:
        reason = f"no connection to {host} (it does not answer); check the network"
        raise NoConnectionError(reason) from error
    except exceptions.ProxyError as error:
        raise DownloadError(f"no connection to {host} through the proxy; check its settings") from error
    except exceptions.SSLError as error:
        raise DownloadError(
            f"the connection to {host} is not safe ({_reason(error)}); check the clock and the network"
        ) from error
    except exceptions.ReadTimeoutError as error:
        raise PassingError(f"{host} is silent for {patience.read:g} s") from error
    except (exceptions.LocationValueError, exceptions.InvalidHeader) as error:
        raise DownloadError(f"{url} cannot be asked for ({_reason(error)})") from error
    except (exceptions.HTTPError, OSError, ValueError) as error:
        raise PassingError(f"the connection to {host} was cut") from error


def _reason(error: Exception) -> str:
    return " ".join(ascii(str(error))[1:-1].split())[:120]


class Web:
    """Connections, through the proxies that the system's settings name."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._lock = threading.Lock()
        self._managers: dict[str | None, PoolManager] = {}

    def connections(self, url: str) -> PoolManager:
        """Those for an address."""
        from urllib.request import getproxies, proxy_bypass

        import urllib3

        parts = urlsplit(url)
        proxy = getproxies().get(parts.scheme)
        if proxy is not None and proxy_bypass(parts.netloc):
            proxy = None
        if proxy is not None and "://" not in proxy:
            proxy = f"http://{proxy}"
        with self._lock:
            if proxy not in self._managers:
                options: dict[str, Any] = {"maxsize": self._jobs, "ssl_context": _trust()}
                self._managers[proxy] = (
                    urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)
                )
            return self._managers[proxy]


def _trust() -> ssl.SSLContext:
    """Whom to believe: the system's certificates, and Mozilla's, since some systems have none."""
    import ssl

    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
