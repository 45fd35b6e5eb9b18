"""Connections to a vendor: one request out, one response back."""

from __future__ import annotations

import base64
import functools
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from dataflow.errors import SettingsError

#: Timeouts in seconds: to connect, and of each other phase of a call.
CONNECT, OTHERWISE = 10.0, 60.0

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_TIMEOUT = httpx.Timeout(OTHERWISE, connect=CONNECT).as_dict()
_HEADERS = {
    "accept": "application/json",
    "accept-encoding": "gzip, deflate",
    "user-agent": "dataflow",
}


#: A run calls the same few addresses again and again.
_parse_url = functools.lru_cache(maxsize=1_000)(httpx.URL)


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a path below the root; `path` is percent-encoded."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """A response; its headers are found by their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection(Protocol):
    """Sends requests to one vendor with its key."""

    @property
    def url(self) -> str:
        """The root of the paths."""

    def send(self, request: Request) -> Response:
        """Send a request; raises httpx.HTTPError without a response."""

    def close(self) -> None:
        """Close what is open."""


class HttpConnection:
    """Sends through a pool of httpx.

    It calls the transport itself. A client of httpx adds redirects and cookies, which
    the sync does not use, and takes twice the time.
    """

    def __init__(self, url: str, key: str, transport: httpx.BaseTransport) -> None:
        self.url = url
        self._transport = transport
        # Both vendors take the key as the Basic user name.
        token = base64.b64encode(f"{key}:".encode()).decode()
        self._headers = {**_HEADERS, "authorization": f"Basic {token}"}

    def send(self, request: Request) -> Response:
        """Send a request and return the whole response."""
        query = f"?{urlencode(request.query)}" if request.query else ""
        content_type = {"content-type": request.content_type}
        sent = httpx.Request(
            request.method,
            _parse_url(f"{self.url}{request.path}{query}"),
            headers=self._headers
            | dict(request.headers)
            | (content_type if request.body else {}),
            content=request.body,
            extensions={"timeout": _TIMEOUT},
        )
        with closing(self._transport.handle_request(sent)) as response:
            return Response(response.status_code, response.headers, response.read())

    def close(self) -> None:
        """Close the pool."""
        self._transport.close()


def open_connection(url: str, key: str) -> HttpConnection:
    """Return a connection with the proxy of the environment, except to loopback.

    Raises SettingsError for a proxy that cannot be used.
    """
    try:
        transport = httpx.HTTPTransport(
            # Plain http has no certificate; loading the known ones takes 20 ms.
            verify=urlsplit(url).scheme != "http",
            proxy=_find_proxy(url),
        )
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        # The text of the error may contain the proxy's address with its password.
        raise SettingsError(
            "The proxy that HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names cannot be used"
            f" ({type(error).__name__}): name one as in http://proxy.example:3128,"
            " or none."
        ) from None
    return HttpConnection(url, key, transport)


def _find_proxy(url: str) -> str | None:
    """Return the address of the proxy that the environment names for an address."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in LOOPBACK or proxy_bypass(host):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy
