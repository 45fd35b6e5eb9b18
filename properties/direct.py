"""Call a twin in this process as the sync calls a vendor, without a wire.

The twin receives the same decoded requests as over HTTP. httpx would parse each address
five times and copy each request, which takes longer than the twin's answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias, cast
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import httpx

from dataflow.twin.messages import App, Request, encode_basic_auth

#: The decoded pairs of a query, in their order.
Query: TypeAlias = tuple[tuple[str, str], ...]

#: Receives method, path and query of each request, and returns the query to send.
Watch: TypeAlias = Callable[[str, str, Query], Query]


def watch_nothing(_method: str, _path: str, query: Query) -> Query:
    """Send each request as it is."""
    return query


class DirectClient:
    """The part of `httpx.Client` that the sync uses, in front of one twin."""

    def __init__(self, url: str, key: str, app: App, watch: Watch) -> None:
        root = urlsplit(url)
        self.base_url = httpx.URL(url)
        self._root = root.path
        self._headers = {"host": root.netloc, "authorization": encode_basic_auth(key)}
        self._app = app
        self._watch = watch

    def build_request(  # noqa: PLR0913 - the parts of one HTTP request
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | str | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Request:
        """Return a request to a path below the root, which may have a query."""
        place, _, text = path.partition("?")
        query = tuple((params or {}).items()) or tuple(parse_qsl(text))
        body, sent = content or b"", {**self._headers, **(headers or {})}
        if data is not None:
            body = urlencode(data)
            sent["content-type"] = "application/x-www-form-urlencoded"
        body = body.encode() if isinstance(body, str) else body
        return Request(method, self._root + unquote(place), query, sent, body)

    def send(self, request: Request) -> httpx.Response:
        """Return the twin's answer."""
        query = self._watch(request.method, request.path, request.query)
        answer = self._app(
            Request(request.method, request.path, query, request.headers, request.body)
        )
        headers = dict(answer.headers)
        return httpx.Response(answer.status, headers=headers, content=answer.body)

    def close(self) -> None:
        """Close nothing: there is no connection."""


def connect_directly(url: str, key: str, app: App, watch: Watch) -> httpx.Client:
    """Return a client that calls a twin in this process."""
    return cast("httpx.Client", DirectClient(url, key, app, watch))
