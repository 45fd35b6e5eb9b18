"""Both twins in this process, and the sync between them, with faults on request."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import httpx

from dataflow.sync.clients.chargebee import Chargebee, encode_form
from dataflow.sync.clients.connection import HttpConnection
from dataflow.sync.clients.http import RecordList
from dataflow.sync.clients.invoiced import Invoiced
from dataflow.sync.clients.preview import ChargebeePreview, InvoicedPreview
from dataflow.sync.clients.systems import Systems
from dataflow.sync.create import SyncSettings
from dataflow.sync.mapping import make_lens
from dataflow.sync.model import Flow
from dataflow.sync.record_types import CUSTOMER, ITEM, ORDER, Kind
from dataflow.sync.report import RunReport
from dataflow.sync.run import Run, StateFile
from dataflow.twin.chargebee.api import ChargebeeTwin
from dataflow.twin.clock import ManualClock
from dataflow.twin.invoiced.api import InvoicedTwin
from dataflow.twin.messages import App, Request

#: What a twin answers: tests know which JSON they asked for.
Json: TypeAlias = Any
Record: TypeAlias = dict[str, Json]
Fault: TypeAlias = Callable[
    [httpx.Request, Callable[[], httpx.Response]], httpx.Response
]

KEY = "0123456789abcdef0123456789abcdef"
ACCOUNTS = {"Invoiced at": "http://invoiced.test", "Chargebee site": "acme-test"}

#: The rows of the document: two for orders, none for the others.
ORDER_ROWS = (("currency", "currency_code"), ("customer", "customer_id"))


class KilledError(BaseException):
    """The process is no more; nothing may catch this."""


class World:
    """Two twins, a clock moved by hand, and a state directory.

    `fault`, when set, stands between the sync and both twins; `calls` are the calls
    that the sync made, as `POST /customers`, and `bodies` what it sent with them.
    """

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.path = folder / "state" / "links.sqlite"
        self.invoiced = InvoicedTwin(self.clock, key=KEY)
        self.chargebee = ChargebeeTwin(self.clock, key=KEY, site="acme-test")
        self.chargebee.switches.enabled_currencies_only = False
        self.rows: dict[str, tuple[tuple[str, str], ...]] = {"order": ORDER_ROWS}
        self.settings = SyncSettings(calls=1)
        self.since = 0
        self.fault: Fault | None = None
        # The sync may call from several threads; a twin answers one call at a time.
        self._turn = threading.Lock()
        self.calls: list[str] = []
        self.bodies: list[dict[str, str]] = []

    def preview(self) -> RunReport:
        """Run the sync once over clients that write nothing."""
        return self.sync(is_preview=True)

    def sync(
        self,
        *,
        full: bool = False,
        force: bool = False,
        is_preview: bool = False,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> RunReport:
        """Run the sync once, a little later."""
        self.clock.advance(2)
        self.calls, self.bodies = [], []
        left = self._connect(self.invoiced.handle, "")
        right = self.connect_right()
        run = Run(
            self.flows(),
            Systems(
                (InvoicedPreview if is_preview else Invoiced).over(
                    left, self.clock.advance
                ),
                (ChargebeePreview if is_preview else Chargebee).over(
                    right, self.clock.advance
                ),
            ),
            StateFile(self.path, ACCOUNTS, is_preview=is_preview),
            self.settings,
            since=self.since,
            full=full,
            force=force,
            is_stopping=is_stopping,
        )
        outcome = run()
        self.clock.advance(2)
        return outcome

    def flows(self) -> list[Flow]:
        """Return the three flows with the rows of this world."""
        return [
            Flow(
                kind,
                tuple(
                    make_lens(left, right, "string")
                    for left, right in self.rows.get(kind.name, ())
                ),
                self.settings.get_matched_by(kind),
            )
            for kind in (ORDER, ITEM, CUSTOMER)
        ]

    @property
    def writes(self) -> list[str]:
        """Return the writing calls of the last run."""
        return [call for call in self.calls if not call.startswith("GET")]

    def left(self, method: str, path: str, body: Record | None = None) -> Json:
        """Call Invoiced as a person would."""
        return _direct(self.invoiced.handle, method, path, json.dumps(body or {}))

    def right(self, method: str, path: str, **params: object) -> Json:
        """Call Chargebee as a person would."""
        body = str(httpx.QueryParams(encode_form(params))) if method == "POST" else ""
        query = {} if method == "POST" else encode_form(params)
        path = f"/api/v2{path}"
        return _direct(self.chargebee.handle, method, path, body, query)

    def delete_right_customer(self, customer_id: str) -> None:
        """Delete a customer in Chargebee, and let the time of its deletion pass."""
        self.right("POST", f"/customers/{customer_id}/delete")
        self.clock.advance(180)

    def customer(self, **body: object) -> str:
        """Make a person in Invoiced and return the id."""
        body = {"name": "Ada Lovelace", "type": "person", "currency": "eur", **body}
        return str(self.left("POST", "/customers", body)["id"])

    def invoice(self, customer: str, **body: object) -> str:
        """Make an issued invoice in Invoiced and return its id."""
        lines = [{"name": "Tea", "quantity": 2, "unit_cost": 5.25}]
        date = self.clock.seconds()
        body = {
            "customer": int(customer),
            "currency": "eur",
            "items": lines,
            "date": date,
            "due_date": date + 365 * 86_400,
            **body,
        }
        return str(self.left("POST", "/invoices", body)["id"])

    def item(self, item_id: str = "delivery", **body: object) -> str:
        """Make an item in Invoiced and return its id."""
        body = {"id": item_id, "name": "Delivery", **body}
        return str(self.left("POST", "/items", body)["id"])

    def listed(self, kind: str) -> list[Record]:
        """Return Chargebee's records of one kind, without deleted ones."""
        oldest_first = {
            "sort_by[asc]": "updated_at" if kind == "item" else "created_at"
        }
        order = {} if kind == "invoice" else oldest_first
        found = self.right("GET", f"/{kind}s", limit=100, **order)["list"]
        return [entry[kind] for entry in found]

    def live(self, kind: str) -> list[Record]:
        """Return Chargebee's records of one kind that are in force."""
        dead = {"cancelled", "voided", "deleted"}
        return [x for x in self.listed(kind) if x.get("status") not in dead]

    def both(self, person: str, name: str) -> tuple[object, object]:
        """Return a property of a person as Invoiced and as Chargebee have it."""
        left = self.left("GET", f"/customers/{person}")
        right = self.right("GET", f"/customers/{person}")["customer"]
        return left.get(name), right.get(name)

    def ids(self, kind: str) -> list[str]:
        """Return the ids of Chargebee's records of one kind, without deleted ones."""
        return [record["id"] for record in self.listed(kind)]

    @contextmanager
    def failing(self, fault: Fault) -> Iterator[None]:
        """Put a fault between the sync and the twins for a while."""
        self.fault = fault
        try:
            yield
        finally:
            self.fault = None

    def connect_right(self) -> HttpConnection:
        """Return a connection to Chargebee, as the sync has one."""
        return self._connect(self.chargebee.handle, "/api/v2")

    def _connect(self, app: App, root: str) -> HttpConnection:
        def handle(request: httpx.Request) -> httpx.Response:
            self.calls.append(call_of(request))
            self.bodies.append(dict(parse_qsl(request.content.decode())))

            def answer() -> httpx.Response:
                with self._turn:
                    response = _answer(app, request)
                now = self.clock.milliseconds() / 1000
                response.headers["date"] = formatdate(now, usegmt=True)
                return response

            return answer() if self.fault is None else self.fault(request, answer)

        url = f"http://twin.test{root}"
        return HttpConnection(url, KEY, httpx.MockTransport(handle))


def connected(handle: Callable[[httpx.Request], httpx.Response]) -> HttpConnection:
    """Return a connection whose requests a function answers."""
    return HttpConnection("http://a.test", KEY, httpx.MockTransport(handle))


def read_list(
    client: Invoiced | Chargebee, kind: Kind, after: int | None = None
) -> tuple[list[Json], RecordList]:
    """Return the records of a list, and what is known of it besides."""
    found: dict[str, Json] = {}
    listed = client.list_changed(kind, after, found)
    return list(found.values()), listed


def killed_at(call: int, *, before: bool = False) -> Fault:
    """Return a fault that ends the process at the n-th call, answered or not."""
    made = 0

    def fault(
        _request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        nonlocal made
        made += 1
        if made == call and not before:
            answer()
        if made >= call:
            raise KilledError
        return answer()

    return fault


def once(
    wanted: str, spoil: Callable[[Callable[[], httpx.Response]], httpx.Response]
) -> Fault:
    """Return a fault that spoils one call, `POST /orders/import_order` for one."""
    spoiled = False

    def fault(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        nonlocal spoiled
        if call_of(request) != wanted or spoiled:
            return answer()
        spoiled = True
        return spoil(answer)

    return fault


def refusing(call: str, text: str, *, param: str = "", status: int = 400) -> Fault:
    """Return a fault that refuses a call whenever `text` is in its body."""
    said = {"message": "not today", "param": param, "api_error_code": "invalid_request"}

    def fault(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        if call_of(request) == call and text in request.content.decode():
            return httpx.Response(status, content=json.dumps(said))
        return answer()

    return fault


def answering(call: str, body: object) -> Fault:
    """Return a fault that answers a call with this JSON and nothing else."""

    def fault(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        if call_of(request) == call:
            return httpx.Response(200, content=json.dumps(body))
        return answer()

    return fault


def meanwhile(
    call: str, do: Callable[[], object], *, before: bool = False, **params: str
) -> Fault:
    """Return a fault that lets somebody do something around the first such call.

    It is done right after the call, or just `before` it is answered; `params` are
    what the call has to ask for.
    """
    done = False

    def fault(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        nonlocal done
        fits = all(
            request.url.params.get(key) == value for key, value in params.items()
        )
        due = call_of(request) == call and fits and not done
        done = done or due
        if due and before:
            do()
        response = answer()
        if due and not before:
            do()
        return response

    return fault


def lost(answer: Callable[[], httpx.Response]) -> httpx.Response:
    """Do the work and lose the answer."""
    answer()
    raise httpx.ReadTimeout("the answer was lost")


def call_of(request: httpx.Request) -> str:
    """Return a call as tests name it: `POST /orders/import_order`."""
    return f"{request.method} {request.url.path.removeprefix('/api/v2')}"


def _answer(app: App, request: httpx.Request) -> httpx.Response:
    response = app(
        Request(
            request.method,
            request.url.path,
            tuple(request.url.params.multi_items()),
            {name.lower(): value for name, value in request.headers.items()},
            request.content,
        )
    )
    return httpx.Response(
        response.status, content=response.body, headers=dict(response.headers)
    )


def _direct(
    app: App, method: str, path: str, body: str, query: dict[str, str] | None = None
) -> Json:
    token = base64.b64encode(f"{KEY}:".encode()).decode()
    headers = {"authorization": f"Basic {token}", "content-type": "application/json"}
    pairs = tuple((query or {}).items())
    response = app(Request(method, path, pairs, headers, body.encode()))
    assert response.status < 300, response.body
    return json.loads(response.body) if response.body else None
