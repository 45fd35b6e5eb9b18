"""Connections that are kept open between calls."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import httpx
import pytest
import requests

from dataflow.network.pools import keep_connections


class _Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    connections: ClassVar[list[object]] = []

    def setup(self) -> None:
        """Count the connection."""
        super().setup()
        self.connections.append(self.client_address)

    def do_GET(self) -> None:
        """Answer, and end the connection if the path is /last."""
        self.send_response(204)
        if self.path == "/last":
            self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    """Serve on loopback."""
    _Server.connections.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _call_by_requests(url: str) -> int:
    return requests.get(url, timeout=10).status_code


def _call_by_httpx(url: str) -> int:
    with httpx.Client() as client:
        return client.get(url).status_code


BOTH = pytest.mark.parametrize(
    "call", [_call_by_requests, _call_by_httpx], ids=["requests", "httpx"]
)


@BOTH
def test_calls_of_several_clients_share_a_connection(
    address: str, call: Callable[[str], int]
) -> None:
    """A client of its own for each call does not open a connection for each."""
    with keep_connections():
        answers = [call(address), call(address)]

    assert ([204, 204], 1) == (answers, len(_Server.connections))


@BOTH
def test_a_connection_that_the_server_has_closed_is_replaced(
    address: str, call: Callable[[str], int]
) -> None:
    """The server ends a connection: the next call opens another one."""
    with keep_connections():
        answers = [call(f"{address}/last"), call(address)]

    assert ([204, 204], 2) == (answers, len(_Server.connections))
