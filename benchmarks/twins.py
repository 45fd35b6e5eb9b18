"""How many calls a second a twin answers: `.venv/bin/python benchmarks/twins.py`.

Each server has one core, and the client, a plain socket with a kept connection, the
other one (where the system can bind them). Beside the twins stands what one would write
instead: a stub on http.server with a dictionary, which checks nothing and keeps no
order. All in one run, the sizes turn by turn; medians over the rounds.
"""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import re
import socket
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import TypeAlias
from urllib.parse import parse_qs, urlsplit

from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from dataflow.twin.chargebee.api import ChargebeeTwin
from dataflow.twin.clock import START, ManualClock
from dataflow.twin.gateway import LockedTwin
from dataflow.twin.http_server import LOOPBACK, TwinServer
from dataflow.twin.invoiced.api import InvoicedTwin
from dataflow.twin.messages import App, Request

SIZES, ROUNDS, TEN = (100, 100_000), 5, range(1, 11)
KEY, FIRST_ID = "no-key", 1_000_001
ADA = {"name": "Ada Lovelace", "email": "ada@example.com", "notes": "Counts."}
ADA_FORM = b"first_name=Ada&last_name=Lovelace&email=ada%40example.com&locale=en"
HEADERS = {"authorization": "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()}

#: How the bodies of writes are called, by how they begin.
JSON, FORM = "application/json", "application/x-www-form-urlencoded"

#: How often a round makes each kind of call, and in how many turns of the sizes.
CALLS = {"read one": 1000, "write one": 500, "the changed": 100, "a page": 100}
TURNS = 20

#: The port of a filled server, and what touches ten records; it returns the moment.
Served: TypeAlias = tuple[int, Callable[[], int]]
#: What one call asks for: its method, its address and its body.
Ask: TypeAlias = tuple[str, str, bytes]


def invoiced(size: int) -> AbstractContextManager[Served]:
    """Serve that many customers of Invoiced."""
    clock = ManualClock()
    app = LockedTwin(InvoicedTwin(clock, key=KEY, first_id=FIRST_ID)).handle
    made: list[Ask] = [("POST", "/customers", json.dumps(ADA).encode())] * size
    paths = [f"/customers/{FIRST_ID + n}" for n in TEN]
    return twin(app, clock, made, [("PATCH", path, b'{"phone":"1"}') for path in paths])


def chargebee(size: int) -> AbstractContextManager[Served]:
    """Serve that many customers of Chargebee."""
    clock, path = ManualClock(), "/api/v2/customers"
    app = LockedTwin(ChargebeeTwin(clock, key=KEY, site="acme-test")).handle
    made: list[Ask] = [("POST", path, b"id=c%d&" % n + ADA_FORM) for n in range(size)]
    return twin(app, clock, made, [("POST", f"{path}/c{n}", b"phone=1") for n in TEN])


@contextmanager
def twin(
    app: App, clock: ManualClock, made: list[Ask], edits: list[Ask]
) -> Iterator[Served]:
    """Fill a twin without a wire, and serve it."""

    def call(ask: Ask) -> None:
        method, path, body = ask
        status = app(Request(method, path, (), headers_of(body), body)).status
        assert status in {200, 201}, status  # a benchmark of refusals is none

    def touch() -> int:
        clock.advance(60)
        for edit in edits:
            call(edit)
        return clock.seconds() - 1

    for ask in made:
        call(ask)
    with TwinServer(app) as server:
        yield urlsplit(server.url).port or 0, touch


class Stub(BaseHTTPRequestHandler):
    """What one writes in half an hour: no keys, no rules, and a scan for each list."""

    protocol_version = "HTTP/1.1"
    # Kind to it: as it comes, http.server waits 40 ms for each answer's second half.
    disable_nagle_algorithm = True
    records: dict[int, dict[str, object]]
    now: int

    def do_GET(self) -> None:
        """Return one record, or the first ten of a list."""
        path, _, query = self.path.partition("?")
        if path != "/customers":
            self.answer(200, self.records[int(path.rpartition("/")[2])])
            return
        after = int(parse_qs(query).get("updated_after", ["0"])[0])
        found = [each for each in self.records.values() if int(str(each["at"])) > after]
        self.answer(200, found[:10])

    def do_POST(self) -> None:
        """Store what is sent."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        number = FIRST_ID + len(self.records)
        self.records[number] = {**body, "id": number, "at": self.now}
        self.answer(201, self.records[number])

    def answer(self, status: int, value: object) -> None:
        """Send JSON."""
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Keep quiet."""


@contextmanager
def stub(size: int) -> Iterator[Served]:
    """Serve that many customers from a stub."""
    records = {FIRST_ID + n: {**ADA, "id": n, "at": START} for n in range(size)}

    def touch() -> int:
        Stub.now += 60
        for number in TEN:
            records[FIRST_ID + number] = {**ADA, "id": number, "at": Stub.now}
        return Stub.now - 1

    Stub.records, Stub.now = records, START
    with ThreadingHTTPServer((LOOPBACK, 0), Stub) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, touch
        server.shutdown()


def plain_asks(after: int) -> dict[str, Ask]:
    """Return the calls of Invoiced's kind, which the stub takes too."""
    return {
        "read one": ("GET", f"/customers/{FIRST_ID + 50}", b""),
        "the changed": ("GET", f"/customers?per_page=10&updated_after={after}", b""),
        "a page": ("GET", "/customers?per_page=10", b""),
        "write one": ("POST", "/customers", json.dumps(ADA).encode()),
    }


def form_asks(after: int) -> dict[str, Ask]:
    """Return the calls of Chargebee's kind, whose pages have ten records anyway."""
    path = "/api/v2/customers"
    return {
        "read one": ("GET", f"{path}/c50", b""),
        "the changed": ("GET", f"{path}?updated_at%5Bafter%5D={after}", b""),
        "a page": ("GET", path, b""),
        "write one": ("POST", path, ADA_FORM),
    }


SERVERS = {
    "Invoiced's twin": (invoiced, plain_asks),
    "Chargebee's twin": (chargebee, form_asks),
    "a stub on http.server": (stub, plain_asks),
}


def bind(core: int) -> None:
    """Keep this process on one core, where there are two and the system can."""
    if sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[core]})


def serve(way: str, size: int, orders: Connection) -> None:
    """Be a server: say the port, and touch ten records each time one is asked to."""
    bind(0)
    with SERVERS[way][0](size) as (port, touch):
        orders.send(port)
        while orders.recv():
            orders.send(touch())


class Client:
    """Asks one server over kept connections, with as little effort as possible."""

    def __init__(self, way: str, size: int) -> None:
        self._asks = SERVERS[way][1]
        self._orders, theirs = multiprocessing.Pipe()
        start = multiprocessing.get_context("spawn").Process
        start(target=serve, args=(way, size, theirs), daemon=True).start()
        self._port = self._orders.recv()

    def begin_round(self) -> dict[str, Ask]:
        """Connect, have ten records changed, and return a call of each kind."""
        # A twin ends a connection that is silent for half a minute.
        self._socket = socket.create_connection((LOOPBACK, self._port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._orders.send(True)
        return self._asks(self._orders.recv())

    def time(self, ask: Ask, count: int) -> float:
        """Return the seconds that so many of a call take."""
        sent = as_bytes(ask)
        start = time.perf_counter()
        for _ in range(count):
            self._socket.sendall(sent)
            self._hear()
        return time.perf_counter() - start

    def _hear(self) -> None:
        heard = self._socket.recv(65_536)
        while heard and b"\r\n\r\n" not in heard:
            heard += self._socket.recv(65_536)
        head, _, body = heard.partition(b"\r\n\r\n")
        assert head[9:12] in {b"200", b"201"}, head  # see above
        [length] = re.findall(rb"Content-Length: ([0-9]+)", head)
        missing = int(length) - len(body)
        while missing > 0:
            missing -= len(self._socket.recv(65_536))


def headers_of(body: bytes) -> dict[str, str]:
    """Return the headers of a call with this body."""
    return {**HEADERS, "content-type": JSON if body.startswith(b"{") else FORM}


def as_bytes(ask: Ask) -> bytes:
    """Return a call as a plain client sends it."""
    method, target, body = ask
    length = {"host": LOOPBACK, "content-length": str(len(body))}
    headers = {**length, **headers_of(body)}
    lines = [f"{method} {target} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


#: Calls a second by the kind of call, and the medians of each server and size.
Rates: TypeAlias = dict[str, float]
Medians: TypeAlias = dict[tuple[str, int], Rates]


def measure_round(clients: list[Client]) -> list[Rates]:
    """Return the rates of one server at each of its sizes.

    The sizes take turns after a few calls: what else the machine does has to slow down
    both.
    """
    asks = [client.begin_round() for client in clients]
    rates: list[Rates] = [{} for _ in clients]
    for kind, count in CALLS.items():
        seconds = [0.0] * len(clients)
        for turn in range(TURNS):
            for n in range(len(clients))[:: 1 if turn % 2 else -1]:
                seconds[n] += clients[n].time(asks[n][kind], count // TURNS)
        for n, spent in enumerate(seconds):
            rates[n][kind] = count / spent
    return rates


def medians_of(rounds: list[Rates]) -> Rates:
    """Return the median over the rounds."""
    return {kind: statistics.median(each[kind] for each in rounds) for kind in CALLS}


def table_of(medians: Medians) -> Table:
    """Return a row a server and size, and one a server for the ratio of its sizes."""
    table = Table(
        title=f"calls a second, median of {ROUNDS} rounds",
        caption="asked for: 1,500 reads and writes of one record at the smaller size,"
        " and at the larger one at least 0.9 of the rate at the smaller",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("server")
    for name in ("records", *CALLS):
        table.add_column(name, justify="right")
    for way in SERVERS:
        sizes = [medians[way, size] for size in SIZES]
        for size, rates in zip(SIZES, sizes, strict=True):
            table.add_row(way, f"{size:,}", *(f"{rates[kind]:,.0f}" for kind in CALLS))
        ratios = (sizes[-1][kind] / sizes[0][kind] for kind in CALLS)
        table.add_row("", "ratio", *(f"{ratio:.2f}" for ratio in ratios))
    return table


def main() -> None:
    """Measure all, turn by turn, and print a table."""
    cells = [(way, size) for way in SERVERS for size in SIZES]
    filling = track(cells, "filling", transient=True)
    clients = {cell: Client(*cell) for cell in filling}
    bind(1)
    rounds: dict[tuple[str, int], list[Rates]] = {cell: [] for cell in cells}
    turns = [way for _ in range(ROUNDS + 1) for way in SERVERS]
    for way in track(turns, "measuring", transient=True):
        rates = measure_round([clients[way, size] for size in SIZES])
        for size, each in zip(SIZES, rates, strict=True):
            rounds[way, size].append(each)
    # What a first call brings about is not counted.
    Console().print(table_of({cell: medians_of(rounds[cell][1:]) for cell in cells}))


if __name__ == "__main__":
    main()
