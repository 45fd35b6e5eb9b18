"""Accounts on the twins that are full of strangers' records, and of what runs left."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from dataflow.harness.scenario.marks import parse_marks
from dataflow.harness.vendors.chargebee_site import ChargebeeSite
from dataflow.harness.vendors.connection import Connection
from dataflow.harness.vendors.invoiced_account import InvoicedAccount
from dataflow.harness.vendors.kinds import CARRIER, CUSTOMER, FAMILY, ITEM, KINDS, ORDER
from dataflow.harness.vendors.sdk import chargebee_client, invoiced_client
from dataflow.sandbox.removing import Cleaner
from dataflow.sandbox.run_mark import RunMark
from dataflow.twin.clock import START, ManualClock
from dataflow.twin.gateway import Seed
from dataflow.twin.messages import App, Request, Response
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, SITE, TwinPair

Record: TypeAlias = dict[str, Any]

HOUR = 60 * 60

MARKS = parse_marks(
    {
        "customer": ["id={id}", "meta_data.invoiced_id={id}"],
        "order": ["id={id}", "reference_id={id}"],
        "item": ["id={id}", "metadata.invoiced_id={id}"],
    },
    source="dataflow.toml",
)

#: A run that has begun so many hours before the twins' clock begins.
RUN, OLD, OLDER = (
    RunMark(START - hours * HOUR, f"{hours:06x}") for hours in (0, 30, 90)
)


@dataclass
class Accounts:
    """Both twins; `asked` are the calls, `instead` answers some of them otherwise.

    `headers` go with every answer.
    """

    twins: TwinPair
    connection: Connection
    clock: ManualClock
    asked: list[str]
    instead: dict[str, Response]
    headers: dict[str, str]
    invoiced: InvoicedAccount = field(init=False)
    chargebee: ChargebeeSite = field(init=False)

    def __post_init__(self) -> None:
        """Make clients of both."""
        self.invoiced = InvoicedAccount(invoiced_client(self.connection))
        self.chargebee = ChargebeeSite(chargebee_client(self.connection))

    @property
    def cleaner(self) -> Cleaner:
        """Return what removes from these accounts."""
        return Cleaner(self.invoiced, self.chargebee, MARKS)

    def state(self) -> dict[str, Record]:
        """Return every record of both accounts as it reads, deleted ones too."""
        return state_of(self.connection)

    def there(self) -> set[str]:
        """Return the names of the records that are not deleted."""
        state = self.state().items()
        return {name for name, record in state if not record.get("deleted")}


def state_of(connection: Connection) -> dict[str, Record]:
    """Return every record of both accounts by its name, as it reads now."""
    invoiced = InvoicedAccount(invoiced_client(connection))
    chargebee = ChargebeeSite(chargebee_client(connection))
    found: dict[str, Record] = {}
    for kind in KINDS:
        for key, record in invoiced.everything(kind).items():
            found[f"Invoiced {kind.left} {key}"] = record
    for kind in (*KINDS, CARRIER, FAMILY):
        listed = chargebee.listed if kind is FAMILY else chargebee.everything
        for key, record in listed(kind).items():
            found[f"Chargebee {kind.name} {key}"] = record
    return found


@contextmanager
def accounts() -> Iterator[Accounts]:
    """Serve both twins, with a list of all calls that they are sent."""
    asked: list[str] = []
    instead: dict[str, Response] = {}
    headers: dict[str, str] = {}

    def around(_vendor: str, app: App) -> App:
        def answer(request: Request) -> Response:
            call = f"{request.method} {request.path}"
            asked.append(call)
            response = instead.get(call) or app(request)
            return replace(response, headers={**response.headers, **headers})

        return answer

    clock = ManualClock()
    twins = TwinPair(clock, around=around)
    with twins.serving(0, 0) as at:
        connection = Connection(
            at.invoiced_url, INVOICED_KEY, at.chargebee_url, CHARGEBEE_KEY, SITE
        )
        yield Accounts(twins, connection, clock, asked, instead, headers)


# Strangers


def add_strangers(there: Accounts, count: int) -> None:
    """Make so many records of others on each side, an hour ago."""
    seed_strangers(there.twins, count)
    there.clock.advance(HOUR)


def seed_strangers(twins: TwinPair, count: int) -> None:
    """Make so many records of others on each side, some of which look like ours."""
    made = twins.invoiced.seed(_in_invoiced(count // 3))
    last = max(each["id"] for each in made if isinstance(each["id"], int))  # type: ignore[index,call-overload]
    twins.chargebee.seed(_in_chargebee(range(last + 1, last + 1 + count // 4)))


def _in_invoiced(count: int) -> Iterator[Seed]:
    for n in range(count):
        looks: Record = (
            {"dataflow_run": f"{RUN}-{n}", "kept_by": str(RUN)} if n % 2 else {}
        )
        body: Record = {"name": f"{OLD} {n}", "metadata": looks, "type": "person"}
        yield Seed("/customers", body)
        item: Record = {"id": f"dataflow-{n}", "name": str(OLD), "metadata": looks}
        yield Seed("/items", item)
        lines = [{"name": str(OLD), "quantity": 1, "unit_cost": 40}]
        invoice: Record = {"customer": f"${3 * n}.id", "items": lines}
        yield Seed(
            "/invoices", {**invoice, "metadata": looks, "number": f"dataflow-{n}"}
        )


def _in_chargebee(numbers: range) -> Iterator[Seed]:
    """Yield records whose ids are the very ones that Invoiced gives out next."""
    yield Seed("/item_families", {"id": "theirs", "name": str(OLD)})
    for n in numbers:
        looks = {"dataflow_run": f"{RUN}x", "run": str(RUN)} if n % 2 else {}
        customer: Record = {"id": str(n), "last_name": str(OLD), "meta_data": looks}
        yield Seed("/customers", customer)
        item: Record = {"id": str(n), "name": f"{OLD} {n}", "metadata": looks}
        yield Seed("/items", {**item, "item_family_id": "theirs", "type": "charge"})
        yield _invoice(f"theirs-{n}", str(n))
        refers = {"reference_id": f"PO {n}"} if n % 2 else {}
        yield _order(str(n), f"theirs-{n}", note=f"{RUN}", **refers)


def _invoice(invoice_id: str, customer_id: str, **more: Any) -> Seed:  # noqa: ANN401 - values of the API
    body: Record = {
        "id": invoice_id,
        "customer_id": customer_id,
        "currency_code": "EUR",
        "date": START,
        "total": 4000,
        "status": "payment_due",
        "line_items": [{"description": "Rent", "amount": 4000}],
    }
    return Seed("/invoices/import_invoice", {**body, **more})


def _order(order_id: str, invoice_id: str, **more: Any) -> Seed:  # noqa: ANN401 - values of the API
    dates = dict.fromkeys(("created_at", "order_date", "shipping_date"), START)
    body = {"id": order_id, "invoice_id": invoice_id, "status": "queued"}
    return Seed("/orders/import_order", {**body, **dates, **more})


# Ours


@dataclass(frozen=True)
class Run:
    """What a run has made, by name as in `Accounts.state`, and the ids in Invoiced."""

    names: set[str]
    person: str
    invoice: str
    item: str


def leave(there: Accounts, run: RunMark) -> Run:
    """Leave what a run leaves that is killed: pairs, and records in Chargebee alone."""
    before = there.there()
    own = {"metadata": {"dataflow_run": str(run)}}
    make = there.invoiced.create
    person = make(CUSTOMER, {"name": "Zoë", "type": "person", **own})
    lines = [{"name": "Widget", "quantity": 1, "unit_cost": 40}]
    invoice = make(ORDER, {"customer": person["id"], "items": lines, **own})
    item = make(ITEM, {"id": f"Widget_{run.letters}", "name": "Widget", **own})
    ids = [str(record["id"]) for record in (person, invoice, item)]
    there.twins.chargebee.seed(_counterparts(*ids))
    there.twins.chargebee.seed(_alone(str(run)))
    return Run(there.there() - before, *ids)


def _counterparts(person: str, invoice: str, item: str) -> Iterator[Seed]:
    """Yield what a sync makes of the pairs: ids that strangers have are avoided."""
    customer, order = f"invoiced-{person}", f"invoiced-{invoice}"
    yield Seed("/customers", {"id": customer, "meta_data": {"invoiced_id": person}})
    yield _invoice(f"inv-{order}", customer)
    yield _order(order, f"inv-{order}", reference_id=invoice)
    family = {"id": f"of-{item}", "name": f"of {item}"}
    yield Seed("/item_families", family)
    catalog = {"id": item, "name": item, "type": "charge"}
    yield Seed("/items", {**catalog, "item_family_id": "$3.item_family.id"})


def _alone(run: str) -> Iterator[Seed]:
    """Yield what a run makes itself: one record of each kind, with its mark."""
    yield Seed("/item_families", {"id": f"{run}-family", "name": f"{run} family"})
    item: Record = {"id": f"item-{run}", "name": run, "metadata": {"dataflow_run": run}}
    family = {"item_family_id": f"{run}-family", "type": "charge"}
    yield Seed("/items", {**item, **family})
    customer: Record = {"id": f"customer-{run}", "meta_data": {"dataflow_run": run}}
    yield Seed("/customers", customer)
    yield _invoice(f"invoice-{run}", f"customer-{run}")
    yield _order(run, f"invoice-{run}")


def refused(status: int, **headers: str) -> Response:
    """Return a refusal, as Chargebee words it."""
    body = {
        "message": "not now",
        "api_error_code": "internal_error",
        "type": "operation_failed",
    }
    return Response(status, json.dumps(body).encode(), headers)


def variables(there: Accounts) -> Mapping[str, str]:
    """Return the variables that lead to these accounts."""
    at = there.connection
    return {
        "INVOICED_API_URL": at.invoiced_url,
        "INVOICED_API_KEY": at.invoiced_key,
        "CHARGEBEE_API_URL": at.chargebee_url,
        "CHARGEBEE_API_KEY": at.chargebee_key,
        "CHARGEBEE_SITE": at.chargebee_site,
    }
