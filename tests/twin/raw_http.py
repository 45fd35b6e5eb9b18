"""Both twins behind real sockets, and bytes sent to them as nobody should."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from dataflow.twin.chargebee.api import ChargebeeTwin
from dataflow.twin.clock import ManualClock
from dataflow.twin.gateway import LockedTwin
from dataflow.twin.http_server import PATIENCE, TwinServer
from dataflow.twin.invoiced.api import InvoicedTwin

KEY = "a-key"
#: A client of these tests gives up after so many seconds: nothing takes that long.
TOO_LONG = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """One response, as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - whoever asks knows which JSON it is
        """Return the body, read."""
        return json.loads(self.body)


@dataclass
class Raw:
    """A served twin, called by bytes.

    `path` is where its customers are, `error` the keys that each of its errors has, and
    `kind` the content type of its writes.
    """

    server: TwinServer
    path: str
    error: set[str]
    kind: str

    def connected(self) -> socket.socket:
        """Return a new connection."""
        place = urlsplit(self.server.url)
        return socket.create_connection((place.hostname, place.port), TOO_LONG)

    def send(self, sent: bytes) -> list[Answer]:
        """Send bytes and nothing more, and return every answer until the end."""
        with self.connected() as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            return answers(heard(connection))

    def request(self, method: str = "GET", more: str = "", body: bytes = b"") -> bytes:
        """Return a request about customers; `more` are headers, each with its end."""
        token = base64.b64encode(f"{KEY}:".encode()).decode()
        head = f"{method} {self.path} HTTP/1.1\r\nHost: here\r\n"
        if "content-type:" not in more.lower():
            head += f"Content-Type: {self.kind}\r\n"
        return f"{head}Authorization: Basic {token}\r\n{more}\r\n".encode() + body

    def create(self, body: bytes, more: str = "") -> bytes:
        """Return the request that makes a customer, with a length."""
        return self.request("POST", f"Content-Length: {len(body)}\r\n{more}", body)

    def customers(self) -> list[Any]:
        """Return how many customers there are, by a call of its own."""
        [answer] = self.send(self.request())
        listed = answer.json()
        return [*(listed["list"] if isinstance(listed, dict) else listed)]


#: What makes a customer.
ADA = {"invoiced": b'{"name":"Ada"}', "chargebee": b"first_name=Ada"}


@contextmanager
def serving(vendor: str, patience: float = PATIENCE) -> Iterator[Raw]:
    """Serve an empty twin of one vendor."""
    said = {"message", "type"}
    if vendor == "invoiced":
        invoiced = LockedTwin(InvoicedTwin(ManualClock(), key=KEY))
        with TwinServer(invoiced.handle, patience=patience) as server:
            yield Raw(server, "/customers", said, "application/json")
        return
    said |= {"api_error_code", "error_code", "error_msg", "http_status_code"}
    chargebee = LockedTwin(ChargebeeTwin(ManualClock(), key=KEY, site="acme-test"))
    with TwinServer(chargebee.handle, patience=patience) as server:
        kind = "application/x-www-form-urlencoded"
        yield Raw(server, "/api/v2/customers", said, kind)


def heard(connection: socket.socket) -> bytes:
    """Return all that comes until the other side has had enough."""
    pieces = []
    while piece := connection.recv(65_536):
        pieces.append(piece)
    return b"".join(pieces)


def answers(raw: bytes) -> list[Answer]:
    """Take apart what came: responses, one after the other."""
    found = []
    while raw:
        head, _, raw = raw.partition(b"\r\n\r\n")
        line, *fields = head.decode().split("\r\n")
        pairs = (field.split(": ", 1) for field in fields)
        headers = {name.lower(): value for name, value in pairs}
        length = int(headers.get("content-length", "0"))
        found.append(Answer(int(line.split()[1]), headers, raw[:length]))
        raw = raw[length:]
    return found


def as_body(vendor: str, inner: bytes) -> bytes:
    """Return a new customer's body with this text as its metadata."""
    if vendor == "invoiced":
        return b'{"name":"Ada","metadata":' + inner + b"}"
    return b"meta_data=" + quote(inner).encode()
