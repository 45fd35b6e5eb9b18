"""A server in place of all hosts: each name that is looked up leads to it."""

from __future__ import annotations

import asyncio
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

import httpx
import requests

from dataflow.network.sockets import served_ports
from dataflow.vendors.connection import Connection, chargebee_client, invoiced_client

_KEY = ("key", "")

#: An address for documentation, which no machine has (RFC 5737).
NOWHERE = "192.0.2.9"


class Anywhere(socketserver.TCPServer):
    """Counts the connections to it, and closes them.

    `names` has the names and ports that were looked up.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self.reached = 0
        self.names: set[tuple[object, object]] = set()

    def process_request(self, request: object, client_address: object) -> None:
        """Count one connection."""
        del client_address
        self.reached += 1
        self.shutdown_request(request)  # type: ignore[arg-type]


@contextmanager
def anywhere() -> Iterator[Anywhere]:
    """Let every name and address lead to one server."""
    connect = socket.socket.connect
    with Anywhere() as place:

        def look_up(
            name: object, port: object, *_: object, **__: object
        ) -> list[object]:
            sys.audit("socket.getaddrinfo", name, port, 0, 0, 0)
            text = name.decode() if isinstance(name, bytes) else name
            place.names.add((text, port))
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (NOWHERE, port))]

        def go_there(self: socket.socket, address: object) -> None:
            sys.audit("socket.connect", self, address)
            connect(self, place.server_address)

        thread = threading.Thread(target=place.serve_forever, args=(0.01,))
        thread.start()
        try:
            with (
                served_ports(place.server_address[1]),
                mock.patch.object(socket, "getaddrinfo", look_up),
                mock.patch.object(socket.socket, "connect", go_there),
            ):
                yield place
        finally:
            place.shutdown()
            thread.join()


def connected(url: str) -> Connection:
    """Return a connection to both systems at one address."""
    return Connection(url, "key", f"{url}/api/v2", "key", "acme-test")


async def later(url: str) -> None:
    """Call with the asynchronous client."""
    async with httpx.AsyncClient(follow_redirects=True) as client:
        await client.get(url, auth=_KEY)


def _altered(url: str) -> object:
    """Change a client's address after it was created."""
    client = invoiced_client(connected("https://api.sandbox.invoiced.com"))
    client.api_url = url
    return client.Customer.create(name="A")


#: One call with a key by each client.
CALLS: dict[str, Callable[[str], object]] = {
    "invoiced": lambda url: invoiced_client(connected(url)).Customer.create(name="A"),
    "chargebee": lambda url: chargebee_client(connected(url)).Customer.create({}),
    "requests": lambda url: requests.get(url, auth=_KEY, timeout=9),
    "httpx": lambda url: httpx.get(url, auth=_KEY, follow_redirects=True),
    "asynchronous": lambda url: asyncio.run(later(url)),
    "altered": _altered,
}
