"""Call a twin in this process as the sync calls a vendor, without a wire.

The twin receives the same decoded requests as over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

import httpx

from dataflow.sync.clients.connection import Connection, Request, Response
from dataflow.twin import messages
from dataflow.twin.clock import Clock
from dataflow.twin.messages import App

#: Receives each request, and returns the query to send.
Watch: TypeAlias = Callable[[Request], dict[str, str]]


class DirectConnection:
    """A connection to one twin; its answers have the time of the twin's clock."""

    def __init__(self, url: str, key: str, app: App, clock: Clock) -> None:
        root = urlsplit(url)
        self.url = url
        self._root = root.path
        self._headers = {
            "host": root.netloc,
            "authorization": messages.encode_basic_auth(key),
        }
        self._app = app
        self._clock = clock

    def send(self, request: Request) -> Response:
        """Return the twin's answer; raises httpx.HTTPError if the connection ends."""
        answer = self._app(
            messages.Request(
                request.method,
                self._root + unquote(request.path),
                tuple(request.query.items()),
                {**self._headers, "content-type": request.content_type},
                request.body,
            )
        )
        if answer.truncate_at is not None:
            raise httpx.RemoteProtocolError("the connection has ended")
        headers = {name.lower(): text for name, text in answer.headers.items()}
        headers["date"] = formatdate(self._clock.seconds(), usegmt=True)
        return Response(answer.status, headers, answer.body)

    def close(self) -> None:
        """Close nothing: there is no connection."""


@dataclass(frozen=True, slots=True)
class WatchedConnection:
    """A connection whose requests are watched before they are sent."""

    connection: Connection
    watch: Watch

    @property
    def url(self) -> str:
        """Return the root of the paths."""
        return self.connection.url

    def send(self, request: Request) -> Response:
        """Send the request with the query that `watch` returns."""
        return self.connection.send(replace(request, query=self.watch(request)))

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()
