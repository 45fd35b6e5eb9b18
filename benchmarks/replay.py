"""How long one replayed exchange takes: `.venv/bin/python benchmarks/replay.py`.

Three ways to answer the same calls, in one run, turn by turn: this project's player,
vcrpy as its manual says it (YAML, matched on method, address and body), and a transport
that answers at once, which shows what the vendors' SDKs take for themselves. Medians
over the rounds, in milliseconds. vcrpy looks at a sample of its exchanges, for with
2,000 of them it takes a minute for all.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias
from unittest import mock

import httpx
import requests
import vcr
import yaml
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from dataflow.network.hosts import Hosts
from dataflow.recordings.cassette import Cassette, Provenance
from dataflow.recordings.replay import Player, insert_cassette
from dataflow.recordings.scrub import Scrubber, Stored
from dataflow.vendors.connection import Connection, chargebee_client, invoiced_client

SIZES, ROUNDS, SAMPLE = (10, 2_000), 5, 40
INVOICED, CHARGEBEE = "http://invoiced.twin", "http://chargebee.twin"
KEY = "key-of-the-benchmark"
HERE = Connection(INVOICED, KEY, f"{CHARGEBEE}/api/v2", KEY, "recorded")
PROVENANCE = Provenance("a-check", "a-seed", "twin", {}, "", {}, ())
RECORD = {"id": 1, "name": "Ada", "currency": "eur", "metadata": {"a": "b"}}

#: Asks for the record with a number, through one client.
Ask: TypeAlias = Callable[[int], object]


def invoiced_asks() -> Ask:
    """Return a call of Invoiced's SDK."""
    ask: Ask = invoiced_client(HERE).Customer.retrieve
    return ask


def chargebee_asks() -> Ask:
    """Return a call of Chargebee's SDK."""
    client = chargebee_client(HERE)
    return lambda number: client.Customer.retrieve(str(number))


def address(system: str, number: int) -> str:
    """Return the address of a customer."""
    return {
        "Invoiced": f"{INVOICED}/customers/{number}",
        "Chargebee": f"{CHARGEBEE}/api/v2/customers/{number}",
    }[system]


def answer(system: str) -> dict[str, object]:
    """Return a record as the system would send it."""
    return RECORD if system == "Invoiced" else {"customer": {**RECORD, "id": "1"}}


@contextmanager
def ours(system: str, size: int) -> Iterator[None]:
    """Answer from this project's player."""

    def exchange(number: int) -> tuple[Stored, Stored]:
        host, _, path = address(system, number).removeprefix("http://").partition("/")
        return (
            {"method": "GET", "host": host, "path": f"/{path}", "key": "the benchmark"},
            {"status": 200, "body": answer(system)},
        )

    exchanges = tuple(exchange(number) for number in range(1, size + 1))
    scrub = Scrubber(Hosts({}), {KEY: "the benchmark"})
    player = Player(Cassette(PROVENANCE, exchanges), "x", scrub)
    with insert_cassette(player):
        yield


@contextmanager
def plain_vcrpy(system: str, size: int) -> Iterator[None]:
    """Answer from vcrpy, as it comes."""
    interactions = [
        {
            "request": {
                "method": "GET",
                "uri": address(system, number),
                # httpx, below Chargebee's SDK, sends an empty one.
                "body": None if system == "Invoiced" else "",
                "headers": {},
            },
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {"content-type": ["application/json"]},
                "body": {"string": json.dumps(answer(system))},
            },
        }
        for number in range(1, size + 1)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.yaml")
        held = {"version": 1, "interactions": interactions}
        path.write_text(yaml.dump(held, Dumper=yaml.CSafeDumper), "utf-8")
        strict = ("method", "scheme", "host", "port", "path", "query", "body")
        recorder = vcr.VCR(record_mode=vcr.mode.NONE, match_on=strict)
        with recorder.use_cassette(str(path)):
            yield


@contextmanager
def at_once(system: str, _size: int) -> Iterator[None]:
    """Answer at once, just below the SDKs."""
    body = json.dumps(answer(system)).encode()

    def send(_self: object, request: requests.PreparedRequest, **_: object) -> object:
        response = requests.Response()
        response.status_code, response._content = 200, body  # noqa: SLF001
        response.request = request
        return response

    def handle(_self: object, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=body, request=request)

    with (
        mock.patch("requests.adapters.HTTPAdapter.send", send),
        mock.patch("httpx.HTTPTransport.handle_request", handle),
    ):
        yield


SDKS = {"Invoiced": invoiced_asks, "Chargebee": chargebee_asks}
WAYS = {"this project": ours, "plain vcrpy": plain_vcrpy, "the SDK alone": at_once}


def milliseconds_each(way: str, system: str, size: int) -> float:
    """Return the time of one exchange; the player wants all of them, in order."""
    ask = SDKS[system]()
    step = 1 if way == "this project" else max(1, size // SAMPLE)
    numbers = range(1, size + 1, step)
    with WAYS[way](system, size):
        start = time.perf_counter()
        for number in numbers:
            ask(number)
        return (time.perf_counter() - start) * 1000 / len(numbers)


def table_of(medians: dict[tuple[str, str, int], float]) -> Table:
    """Return a row a way, and beneath what is left of ours without the SDK."""
    columns = [(system, size) for system in SDKS for size in SIZES]
    table = Table(
        title=f"ms an exchange, median of {ROUNDS} rounds",
        caption="above: whose SDK asks, and the exchanges in the cassette",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("answered by")
    for system, size in columns:
        table.add_column(f"{system}\n{size:,}", justify="right")
    for way in WAYS:
        table.add_row(way, *(f"{medians[way, *column]:.2f}" for column in columns))
    ours_alone = (
        medians["this project", *column] - medians["the SDK alone", *column]
        for column in columns
    )
    table.add_row("this project\nless the SDK", *(f"{each:.2f}" for each in ours_alone))
    return table


def main() -> None:
    """Measure all, turn by turn, and print a table."""
    cells = [(way, system, size) for way in WAYS for system in SDKS for size in SIZES]
    times: dict[tuple[str, str, int], list[float]] = {cell: [] for cell in cells}
    for cell in cells:
        milliseconds_each(*cell[:2], 10)  # What is imported late is not counted.
    turns = [cell for _ in range(ROUNDS) for cell in cells]
    for cell in track(turns, "measuring", transient=True):
        times[cell].append(milliseconds_each(*cell))
    medians = {cell: statistics.median(times[cell]) for cell in cells}
    Console().print(table_of(medians))


if __name__ == "__main__":
    main()
