"""Keep connections open between calls: both vendors' SDKs open one for each call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from unittest import mock

import httpcore
import httpx
import urllib3
from requests.adapters import HTTPAdapter


@contextmanager
def keep_connections() -> Iterator[None]:
    """Let all clients of requests and httpx share their connections, without TLS.

    A connection that the server has closed is replaced by a new one.
    """

    def share_of_requests(adapter: Any, *_: object, **__: object) -> None:  # noqa: ANN401 - requests has no types
        adapter.poolmanager = of_requests

    def share_of_httpx(transport: Any, **_: object) -> None:  # noqa: ANN401 - a private attribute
        transport._pool = of_httpx  # noqa: SLF001 - httpx has no other way

    of_requests, of_httpx = _RequestsPool(), _HttpxPool()
    with (
        closing(of_requests),
        closing(of_httpx.pool),
        mock.patch.object(HTTPAdapter, "init_poolmanager", share_of_requests),
        mock.patch.object(httpx.HTTPTransport, "__init__", share_of_httpx),
    ):
        yield


class _RequestsPool(urllib3.PoolManager):
    def clear(self) -> None:
        """Close nothing at the end of a session."""

    def close(self) -> None:
        """Close all connections."""
        super().clear()


class _HttpxPool:
    def __init__(self) -> None:
        self.pool = httpcore.ConnectionPool()

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request."""
        return self.pool.handle_request(request)

    def close(self) -> None:
        """Close nothing at the end of a client."""

    def __enter__(self) -> None:
        """Open nothing."""

    def __exit__(self, *_: object) -> None:
        """Close nothing at the end of a client."""
