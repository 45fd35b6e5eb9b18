"""Both twins and a clock, and the plain sync run against them as a stranger would be.

Records are made and read through the twins themselves, not through the sync's clients.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from dataflow.twin.chargebee.api import ChargebeeTwin
from dataflow.twin.clock import START, ManualClock
from dataflow.twin.gateway import LockedTwin
from dataflow.twin.http_server import TwinServer
from dataflow.twin.invoiced.api import InvoicedTwin
from dataflow.twin.messages import Request, Response

Record = dict[str, Any]

PROGRAM = Path(__file__).parents[2] / "broken" / "plain_sync.py"
KEY = "the-key-of-both-twins"
A_YEAR = 365 * 24 * 3600
#: What a kind of pair is called in Chargebee, and in Invoiced.
IN_INVOICED = {"customers": "customers", "items": "items", "orders": "invoices"}


class World:
    """Twins served on loopback; `state` is the directory that the sync may write to.

    `interfere`, when set, is asked in place of the Chargebee twin: it gets the request
    and the twin's own function.
    """

    def __init__(self, state: Path) -> None:
        self.clock = ManualClock()
        self.state = state
        self.since = 0
        self.interfere: Callable[[Request], Response] | None = None
        self.invoiced = InvoicedTwin(self.clock, key=KEY)
        self.chargebee = ChargebeeTwin(self.clock, key=KEY, site="acme-test")
        self.chargebee.switches.customer_delete_delay = 0
        self._chargebee = LockedTwin(self.chargebee)
        self._servers = (
            TwinServer(LockedTwin(self.invoiced).handle),
            TwinServer(self._chargebee_or_interference),
        )

    def __enter__(self) -> Self:
        """Begin to serve."""
        for server in self._servers:
            server.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving."""
        for server in self._servers:
            server.__exit__(kind, error, trace)

    # The sync

    def sync(
        self, broken: str = "", times: int = 1, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the plain sync, the clock moved before each run; return the last."""
        for _ in range(times):
            self.clock.advance(10)
            ended = self.sync_once(broken, environment)
        return ended

    def sync_once(
        self, broken: str, environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run the plain sync; variables may be replaced."""
        command = [sys.executable, str(PROGRAM)]
        fault = ["--broken", broken] if broken else []
        return subprocess.run(
            command + fault,
            env=self.environment() | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def environment(self) -> dict[str, str]:
        """Return the variables that a sync under test is given."""
        invoiced, chargebee = self._servers
        return {
            "DATAFLOW_INVOICED_URL": invoiced.url,
            "DATAFLOW_INVOICED_KEY": KEY,
            "DATAFLOW_CHARGEBEE_URL": f"{chargebee.url}/api/v2",
            "DATAFLOW_CHARGEBEE_KEY": KEY,
            "DATAFLOW_CHARGEBEE_SITE": "acme-test",
            "DATAFLOW_STATE_DIR": str(self.state),
            "DATAFLOW_SINCE": str(self.since),
        }

    # Invoiced

    def customer(self, kind: str = "person", name: str = "Ada Lovelace") -> str:
        """Make a customer in Invoiced and return its id as text."""
        return self._new("customers", {"name": name, "type": kind})

    def item(self, name: str = "Paper") -> str:
        """Make an item in Invoiced and return its id."""
        return self._new("items", {"name": name, "unit_cost": 10})

    def invoice(self, customer: str, currency: str = "eur", **more: object) -> str:
        """Make an open invoice in Invoiced and return its id as text."""
        fields = {
            "customer": int(customer),
            "currency": currency,
            "due_date": START + A_YEAR,
            "items": [{"name": "Paper", "quantity": 1, "unit_cost": 10}],
        }
        return self._new("invoices", fields | more)

    def one_of_each(self) -> dict[str, str]:
        """Make a person, its invoice and an item; return their ids by kind of pair."""
        person = self.customer()
        invoice, item = self.invoice(person), self.item()
        return {"customers": person, "orders": invoice, "items": item}

    def edit(self, kind: str, key: str, **values: object) -> None:
        """Change a record in Invoiced, the clock moved before."""
        self.clock.advance(10)
        self._tell_invoiced("PATCH", f"/{kind}/{key}", values)

    def void(self, invoice: str) -> None:
        """Void an invoice in Invoiced."""
        self._tell_invoiced("POST", f"/invoices/{invoice}/void", {})

    def in_invoiced(self, kind: str) -> list[Record]:
        """Return all records of one kind in Invoiced; up to 200."""
        pages = (self._tell_invoiced("GET", f"/{kind}", {}, page=page) for page in "12")
        return [record for page in pages for record in page]

    def _new(self, kind: str, fields: Record) -> str:
        return str(self._tell_invoiced("POST", f"/{kind}", fields)["id"])

    def _tell_invoiced(
        self, method: str, path: str, fields: Record, **query: str
    ) -> Any:  # noqa: ANN401  JSON can be anything
        body = json.dumps(fields).encode() if method != "GET" else b""
        headers = _headers("application/json")
        request = Request(method, path, tuple(query.items()), headers, body)
        return _read(self.invoiced.handle(request))

    # Chargebee

    def in_chargebee(self, kind: str) -> list[Record]:
        """Return all records of one kind that Chargebee lists; up to 200."""
        answer = self._tell_chargebee("GET", kind, limit="100")
        found = answer["list"]
        if "next_offset" in answer:
            offset = answer["next_offset"]
            more = self._tell_chargebee("GET", kind, limit="100", offset=offset)
            found += more["list"]
        return [entry[kind[:-1]] for entry in found]

    def counterparts(self, kind: str, key: str) -> list[Record]:
        """Return the records that bear one of the marks of an Invoiced id."""
        return [record for record in self.in_chargebee(kind) if key in _marks(record)]

    def order(self, invoice: str) -> Record:
        """Return the one order of an invoice."""
        (order,) = self.counterparts("orders", invoice)
        return order

    def change(self, path: str, **fields: str) -> None:
        """Make one write in Chargebee, the clock moved before."""
        self.clock.advance(10)
        self._tell_chargebee("POST", path, **fields)

    def everything(self) -> dict[str, list[Record]]:
        """Return the raw records of both sides."""
        here = {f"invoiced {k}": self.in_invoiced(k) for k in IN_INVOICED.values()}
        there = {f"chargebee {kind}": self.in_chargebee(kind) for kind in IN_INVOICED}
        return here | there

    def _tell_chargebee(self, method: str, path: str, **fields: str) -> Any:  # noqa: ANN401  JSON can be anything
        query = tuple(fields.items()) if method == "GET" else ()
        body = urlencode(fields).encode() if method == "POST" else b""
        headers = _headers("application/x-www-form-urlencoded")
        request = Request(method, f"/api/v2/{path}", query, headers, body)
        return _read(self.chargebee.handle(request))

    def _chargebee_or_interference(self, request: Request) -> Response:
        return (self.interfere or self._chargebee.handle)(request)


def ids(records: list[Record]) -> list[str]:
    """Return the ids of some records."""
    return [record["id"] for record in records]


def _headers(content: str) -> dict[str, str]:
    token = base64.b64encode(f"{KEY}:".encode()).decode()
    return {"authorization": f"Basic {token}", "content-type": content}


def _read(response: Response) -> Any:  # noqa: ANN401  JSON can be anything
    assert response.status < 400, response.body.decode()
    return json.loads(response.body or b"{}")


def _marks(record: Record) -> set[str]:
    return {
        str(record["id"]),
        str(record.get("reference_id")),
        str(record.get("meta_data", {}).get("invoiced_id")),
        str(record.get("metadata", {}).get("invoiced_id")),
    }
