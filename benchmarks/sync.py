"""How fast and how large the reference sync is: `.venv/bin/python benchmarks/sync.py`.

The twins run in a process of their own. Give what to measure as arguments, all of it
without: `scale` (calls, memory and processor time with many records), `rate` (records a
second beside a plain loop over the vendors' SDKs) and `limit` (the share of a rate
limit that is used). `scale 33334` takes that many records of each type.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from dataflow.checklist.features import read_document_features
from dataflow.project import in_project
from dataflow.sync.reference import SyncSettings, run_once
from dataflow.twin.clock import Clock, ManualClock, SystemClock
from dataflow.twin.faults import Fault, FaultKind
from dataflow.twin.gateway import Seed
from dataflow.twin.messages import Request, Response
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, SITE, Addresses, TwinPair
from dataflow.vendors.connection import Connection, chargebee_client, invoiced_client

#: Records of each type, by what is measured.
SCALE, RATE, LIMIT = 10_000, 50, 100

#: Seconds per answer, and calls per minute.
FAST, SLOW, PER_MINUTE = 0.15, 0.3, 150
SHARES = (0.7, 0.95)

#: Numbers of concurrent calls.
CALLS = (SyncSettings().calls, 8, 4, 1)
DAY, CHANGES, PAGE = 86_400, 10, 100

#: The name under which answers of 429 are counted.
REFUSED = "refused"

NO_LIMIT = "[sync]\ninvoiced_per_minute = 0\nchargebee_per_minute = 0\n"


class Twins:
    """Both twins in this process, as another process commands them."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.pair = clock, TwinPair(clock, watch=self._watch)
        self._someone = self._refused = 0

    def _watch(self, _vendor: str, _request: Request, response: Response) -> None:
        self._refused += response.status == HTTPStatus.TOO_MANY_REQUESTS

    def fill(self, count: int, seconds: float = 0) -> None:
        """Create so many persons, items, and invoices of these persons.

        From then on, each answer takes so many seconds.
        """
        seed = self.pair.invoiced.seed
        people: list[Any] = seed(Seed("/customers", person(n)) for n in range(count))
        self._someone = people[0]["id"]
        seed(Seed("/items", {"id": f"i{n}", "name": f"Item {n}"}) for n in range(count))
        now = self.clock.seconds()
        seed(Seed("/invoices", invoice(each["id"], now)) for each in people)
        for gateway in (self.pair.invoiced, self.pair.chargebee):
            if seconds:
                gateway.faults.add(Fault(kind=FaultKind.SLOW, seconds=seconds))

    def order(self, count: int) -> None:
        """Issue so many invoices."""
        now = self.clock.seconds()
        seeds = [Seed("/invoices", invoice(self._someone, now)) for _ in range(count)]
        self.pair.invoiced.seed(seeds)

    def advance(self, seconds: int) -> None:
        """Move the clock on."""
        if isinstance(self.clock, ManualClock):
            self.clock.advance(seconds)

    def limit(self, most: int) -> None:
        """Limit the calls per minute of both."""
        for gateway in (self.pair.invoiced, self.pair.chargebee):
            gateway.limit.most = most

    def count(self) -> dict[str, int]:
        """Return the number of calls by kind since the last count."""
        counts: Counter[str] = Counter({REFUSED: self._refused})
        self._refused = 0
        for gateway in (self.pair.invoiced, self.pair.chargebee):
            for kind, number in gateway.calls.counts().items():
                counts[f"{gateway.vendor.name} {kind}"] += number
            gateway.calls.clear()
        return dict(counts)


def person(number: int) -> dict[str, Any]:
    """Return a person of Invoiced."""
    email = f"person{number}@example.com"
    return {"name": f"Person {number}", "type": "person", "email": email}


def invoice(customer: int, date: int) -> dict[str, Any]:
    """Return an invoice of a customer."""
    lines = [{"name": "Tea", "quantity": 2, "unit_cost": 5.25}]
    return {"customer": customer, "currency": "usd", "items": lines, "date": date}


def serve(clock: type[Clock], pipe: Any) -> None:  # noqa: ANN401 - the type has no name
    """Serve both twins, and carry out commands: a method and its arguments."""
    twins = Twins(clock())
    with twins.pair.serve(0, 0) as addresses:
        pipe.send(addresses)
        while (command := pipe.recv()) is not None:
            name, *arguments = command
            pipe.send(getattr(twins, name)(*arguments))


@dataclass(frozen=True, slots=True)
class Served:
    """Twins in another process."""

    addresses: Addresses
    pipe: Any

    def do(self, *command: object) -> Any:  # noqa: ANN401 - what the method returns
        """Carry out a command, and return its result."""
        self.pipe.send(command)
        return self.pipe.recv()

    @property
    def connection(self) -> Connection:
        """Return the addresses and keys of both."""
        urls = self.addresses.invoiced_url, self.addresses.chargebee_url
        return Connection(urls[0], INVOICED_KEY, urls[1], CHARGEBEE_KEY, SITE)


@contextmanager
def served(clock: type[Clock]) -> Iterator[Served]:
    """Serve new twins in a process of their own."""
    ours, theirs = multiprocessing.Pipe()
    start = multiprocessing.get_context("spawn").Process
    process = start(target=serve, args=(clock, theirs), daemon=True)
    process.start()
    theirs.close()  # so that an error over there ends this process, too
    yield Served(ours.recv(), ours)
    ours.send(None)
    process.join()


# Scale


@dataclass(frozen=True, slots=True)
class Usage:
    """What one run of the command has used."""

    seconds: float
    processor: float
    mebibytes: float
    calls: Mapping[str, int]


def run_command(twins: Served, folder: Path) -> Usage:
    """Run `dataflow sync` as a user would, and measure it from outside."""
    settings = folder / "dataflow.toml"
    settings.write_text(NO_LIMIT)
    variables = twins.connection.environment(folder / "state", 0)
    program = str(Path(sys.executable).with_name("dataflow"))
    command = [program, "sync", "--no-log", "--settings", str(settings)]
    twins.do("count")
    start = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - a command of this project
        command, env={**os.environ, **variables}, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    return Usage(
        time.monotonic() - start,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss / 1024,
        twins.do("count"),
    )


def measure_scale(size: int = SCALE) -> Table:
    """Return calls, memory and processor time of a first, an idle and a later run."""
    table = Table(title=f"{size:,} records of each type", box=box.SIMPLE_HEAD)
    for name in ("run", "calls", "at least", "seconds", "processor s", "MiB"):
        table.add_column(name, justify="left" if name == "run" else "right")
    pages = math.ceil(size / PAGE)
    least = {
        "first": 3 * pages + 3 + 4 * size + 2,
        "idle": pages + 5,
        "ten orders": pages + 5 + 2 * CHANGES,
    }
    with served(ManualClock) as twins, tempfile.TemporaryDirectory() as folder:
        twins.do("fill", size)
        for name, calls in least.items():
            if name.startswith("ten"):
                twins.do("order", CHANGES)
            used = run_command(twins, Path(folder))
            times = f"{used.seconds:,.1f}", f"{used.processor:.2f}"
            made = f"{sum(used.calls.values()):,}"
            table.add_row(name, made, f"{calls:,}", *times, f"{used.mebibytes:.0f}")
            twins.do("advance", DAY)
            # The second run reads what the first one made; from then on it is idle.
            if name == "first":
                run_command(twins, Path(folder))
                twins.do("advance", DAY)
    return table


# Rate


def run_here(twins: Served, settings: SyncSettings) -> float:
    """Run the sync once in this process; return how many seconds it took."""
    sections = [
        each
        for each in read_document_features(in_project("features")())
        if not each.not_exercised
    ]
    with tempfile.TemporaryDirectory() as folder:
        variables = twins.connection.environment(Path(folder), 0)
        start = time.monotonic()
        report = run_once(variables, sections, settings)
        seconds = time.monotonic() - start
    assert report.status == 0, report.lines()
    return seconds


def run_plain_loop(connection: Connection) -> float:
    """Copy all records with the SDKs, call by call, as one would by hand."""
    start = time.monotonic()
    left, right = invoiced_client(connection), chargebee_client(connection)

    people, _ = left.Customer.list(per_page=PAGE)
    items, _ = left.Item.list(per_page=PAGE)
    invoices, _ = left.Invoice.list(per_page=PAGE)
    for each in people:
        params = {"id": str(each.id), "first_name": each.name, "email": each.email}
        right.Customer.create(params)
    right.ItemFamily.create({"id": "plain", "name": "plain"})
    for each in items:
        names = {"id": each.id, "name": each.name}
        params = {**names, "type": "charge", "item_family_id": "plain"}
        right.Item.create(params)
    for each in invoices:
        amount = round(each.total * 100)
        ids = {"id": f"inv-{each.id}", "customer_id": str(each.customer)}
        lines = [{"description": "Tea", "amount": amount}]
        money = {"total": amount, "currency_code": "USD", "line_items": lines}
        times = {"date": each.date, "status": "posted"}
        right.Invoice.import_invoice({**ids, **money, **times})
        dates = dict.fromkeys(("created_at", "order_date", "shipping_date"), each.date)
        both = {"id": f"o-{each.id}", "invoice_id": ids["id"], "status": "queued"}
        right.Order.import_order({**both, **dates})
    return time.monotonic() - start


def measure_rate(size: int = RATE) -> Table:
    """Return the records a second of the sync and of a plain loop over the SDKs."""
    title = f"{size} records of each type, {FAST:g} s per answer"
    table = Table(title=title, box=box.SIMPLE_HEAD)
    for name in ("way", "records a second", "times the loop"):
        table.add_column(name, justify="left" if name == "way" else "right")
    rates = {}
    with served(ManualClock) as twins:
        twins.do("fill", size, FAST)
        rates["plain loop"] = 3 * size / run_plain_loop(twins.connection)
    for calls in CALLS:
        settings = SyncSettings(
            calls=calls, invoiced_per_minute=0, chargebee_per_minute=0
        )
        with served(ManualClock) as twins:
            twins.do("fill", size, FAST)
            seconds = run_here(twins, settings)
        rates[f"sync, calls = {calls}"] = 3 * size / seconds
    for way, rate in rates.items():
        table.add_row(way, f"{rate:.2f}", f"{rate / rates['plain loop']:.2f}")
    return table


# Limit


def measure_limit(size: int = LIMIT) -> Table:
    """Return which share of a limit per minute the sync uses in real time."""
    title = f"a limit of {PER_MINUTE} calls a minute, {SLOW:g} s per answer"
    table = Table(title=title, box=box.SIMPLE_HEAD)
    for name in ("rate_share", "calls a minute", "of the share", "answers of 429"):
        table.add_column(name, justify="right")
    for share in SHARES:
        with served(SystemClock) as twins:
            twins.do("fill", size, SLOW)
            twins.do("limit", PER_MINUTE)
            twins.do("count")
            minutes = run_here(twins, SyncSettings(rate_share=share)) / 60
            counts = twins.do("count")
        calls = sum(n for kind, n in counts.items() if kind.startswith("Chargebee"))
        rate = calls / minutes
        used = f"{rate / (share * PER_MINUTE):.0%}"
        refused = str(counts.get(REFUSED, 0))
        table.add_row(f"{share:g}", f"{rate:.1f}", used, refused)
    return table


MEASURES: Mapping[str, Callable[..., Table]] = {
    "scale": measure_scale,
    "rate": measure_rate,
    "limit": measure_limit,
}


def main(*words: str) -> None:
    """Measure what is named, or all, and print a table of each."""
    names = [word for word in words if word in MEASURES] or list(MEASURES)
    sizes = [int(word) for word in words if word.isdecimal()]
    for name in names:
        Console().print(MEASURES[name](*sizes))


if __name__ == "__main__":
    main(*sys.argv[1:])
