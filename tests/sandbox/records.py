"""Records in both accounts: of strangers, some with similar names, and of runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dataflow.record_types.model import CUSTOMER, ITEM, ORDER
from dataflow.sandbox.run_mark import RunMark
from dataflow.twin.clock import START
from dataflow.twin.gateway import Seed
from dataflow.twin.pair import TwinPair
from tests.sandbox.accounts import OLD, RUN, Accounts, Record

_LINES = [{"name": "Widget", "quantity": 1, "unit_cost": 40}]


# Strangers


def seed_strangers(twins: TwinPair, count: int) -> None:
    """Create so many records of others on each side."""
    created = twins.invoiced.seed(_strangers_in_invoiced(count // 3))
    last = max(each["id"] for each in created if isinstance(each["id"], int))  # type: ignore[index,call-overload]
    following = range(last + 1, last + 1 + count // 4)
    twins.chargebee.seed(_strangers_in_chargebee(following))


def _strangers_in_invoiced(count: int) -> Iterator[Seed]:
    for n in range(count):
        metadata: Record = (
            {"dataflow_run": f"{RUN}-{n}", "kept_by": str(RUN)} if n % 2 else {}
        )
        own: Record = {"metadata": metadata}
        yield Seed("/customers", {"name": f"{OLD} {n}", "type": "person", **own})
        yield Seed("/items", {"id": f"dataflow-{n}", "name": str(OLD), **own})
        invoice: Record = {"customer": f"${3 * n}.id", "items": _LINES, **own}
        yield Seed("/invoices", {**invoice, "number": f"dataflow-{n}"})


def _strangers_in_chargebee(numbers: range) -> Iterator[Seed]:
    """Yield records with the very ids that Invoiced assigns next."""
    yield Seed("/item_families", {"id": "theirs", "name": str(OLD)})
    for n in numbers:
        mark: Record = {"dataflow_run": f"{RUN}x", "run": str(RUN)} if n % 2 else {}
        customer: Record = {"id": str(n), "last_name": str(OLD), "meta_data": mark}
        yield Seed("/customers", customer)
        yield item(str(n), "theirs", name=f"{OLD} {n}", metadata=mark)
        yield invoice(f"theirs-{n}", str(n))
        refers = {"reference_id": f"PO {n}"} if n % 2 else {}
        yield order(str(n), f"theirs-{n}", note=f"{RUN}", **refers)


def seed_look_alikes(ours: Run, count: int) -> Iterator[Seed]:
    """Yield records with the ids, names and numbers of a run's records."""
    yield Seed("/customers", {"id": ours.person, "first_name": "Zoë"})
    yield Seed("/item_families", {"id": "theirs", "name": "theirs"})
    yield item(f"Widget_{OLD}", "theirs", metadata={"invoiced_id": "Widget"})
    yield invoice("theirs-0", ours.person)
    yield order(ours.invoice, "theirs-0")
    for n in range(1, count // 3):
        number = {"reference_id": ours.invoice, "note": f"invoice {ours.invoice}"}
        yield Seed("/customers", {"id": f"c{n}", "first_name": "Zoë"})
        yield invoice(f"theirs-{n}", f"c{n}")
        yield order(f"o{n}", f"theirs-{n}", **number)


def item(item_id: str, family: str, **more: Any) -> Seed:  # noqa: ANN401 - values of the API
    """Return the call that creates an item of Chargebee."""
    body = {"id": item_id, "name": item_id, "type": "charge", "item_family_id": family}
    return Seed("/items", {**body, **more})


def invoice(invoice_id: str, customer_id: str) -> Seed:
    """Return the call that imports an invoice into Chargebee."""
    body: Record = {
        "id": invoice_id,
        "customer_id": customer_id,
        "currency_code": "EUR",
        "date": START,
        "total": 4000,
        "status": "payment_due",
        "line_items": [{"description": "Rent", "amount": 4000}],
    }
    return Seed("/invoices/import_invoice", body)


def order(order_id: str, invoice_id: str, **more: Any) -> Seed:  # noqa: ANN401 - values of the API
    """Return the call that imports an order into Chargebee."""
    dates = dict.fromkeys(("created_at", "order_date", "shipping_date"), START)
    body = {"id": order_id, "invoice_id": invoice_id, "status": "queued"}
    return Seed("/orders/import_order", {**body, **dates, **more})


# Runs


@dataclass(frozen=True)
class Run:
    """The records of a run by name, as in `Accounts.state`, and their Invoiced ids."""

    names: set[str]
    person: str
    invoice: str
    item: str

    @property
    def counterpart(self) -> str:
        """Return the id of the person's counterpart."""
        return f"invoiced-{self.person}"


def leave(there: Accounts, run: RunMark) -> Run:
    """Create what a killed run leaves: pairs, and records in Chargebee alone."""
    before = there.names()
    own = {"metadata": {"dataflow_run": str(run)}}
    create = there.invoiced.create
    person = create(CUSTOMER, {"name": "Zoë", "type": "person", **own})
    bill = create(ORDER, {"customer": person["id"], "items": _LINES, **own})
    ware = create(ITEM, {"id": f"Widget_{run.letters}", "name": "Widget", **own})
    ids = [str(record["id"]) for record in (person, bill, ware)]
    there.twins.chargebee.seed(_counterparts(*ids))
    there.twins.chargebee.seed(_without_counterpart(str(run)))
    return Run(there.names() - before, *ids)


def _counterparts(person: str, bill: str, ware: str) -> Iterator[Seed]:
    """Yield what a sync creates for the pairs, with ids that no stranger has."""
    customer, key = f"invoiced-{person}", f"invoiced-{bill}"
    yield Seed("/customers", {"id": customer, "meta_data": {"invoiced_id": person}})
    yield invoice(f"inv-{key}", customer)
    yield order(key, f"inv-{key}", reference_id=bill)
    yield Seed("/item_families", {"id": f"of-{ware}", "name": f"of {ware}"})
    yield item(ware, "$3.item_family.id", metadata={"invoiced_id": ware})


def _without_counterpart(run: str) -> Iterator[Seed]:
    """Yield one record of each kind with the mark of the run."""
    yield Seed("/item_families", {"id": f"{run}-family", "name": f"{run} family"})
    metadata: Record = {"dataflow_run": run}
    yield item(f"item-{run}", f"{run}-family", name=run, metadata=metadata)
    yield Seed("/customers", {"id": f"customer-{run}", "meta_data": metadata})
    yield invoice(f"invoice-{run}", f"customer-{run}")
    yield order(run, f"invoice-{run}")
