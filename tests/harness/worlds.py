"""A scenario on records that a test names: no twin, no sync."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataflow.harness.scenario.factories import CreatedRecord, RecordFactory
from dataflow.harness.scenario.polling import SyncDriver
from dataflow.harness.scenario.world import CheckNotes, Edit, World
from dataflow.harness.syncs.program import NoSync
from dataflow.record_types.model import CUSTOMER, ORDER, Kind
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.invoiced import InvoicedAccount
from dataflow.vendors.marks import Marks, parse_marks

TABLE = {
    "customer": ["id=c-{id}"],
    "order": ["id=o-{id}", "reference_id={id}"],
    "item": ["id={id}"],
}


class Account(InvoicedAccount):
    """Invoiced, with the records that it is given."""

    def __init__(self, made: Sequence[CreatedRecord]) -> None:
        self._records = {(one.kind, one.id): one.record for one in made}

    def get(self, kind: Kind, record_id: str) -> dict[str, Any] | None:
        """Return a record, or None where there is none."""
        return self._records.get((kind, record_id))

    def list_all(self, kind: Kind) -> dict[str, dict[str, Any]]:
        """Return all records of a kind by id."""
        return {
            key: record for (of, key), record in self._records.items() if of is kind
        }


class Site(ChargebeeSite):
    """Chargebee, with the records that it is given; `reads` counts the lists."""

    def __init__(self, records: dict[Kind, list[dict[str, Any]]]) -> None:
        self._records = records
        self.reads = 0

    def list_all(self, kind: Kind) -> dict[str, dict[str, Any]]:
        """Return all records of a kind by id."""
        self.reads += 1
        return {record["id"]: record for record in self._records.get(kind, [])}


ADA = CreatedRecord(CUSTOMER, "person", {"id": 1})
BOB = CreatedRecord(CUSTOMER, "person", {"id": 2})
INVOICE = CreatedRecord(
    ORDER, "invoice", {"id": 7, "currency": "eur", "customer": 1}, True, ADA
)
OTHER = CreatedRecord(
    ORDER, "invoice", {"id": 8, "currency": "jpy", "customer": 2}, True, BOB
)

ORDER_7: dict[str, Any] = {
    "id": "o-7",
    "currency_code": "EUR",
    "customer_id": "c-1",
    "total": 40,
}
ORDER_8: dict[str, Any] = {"id": "o-8", "currency_code": "JPY", "customer_id": "c-2"}
CUSTOMERS = [{"id": "c-1"}, {"id": "c-2"}]


def a_world(
    *orders: dict[str, Any],
    subjects: Sequence[CreatedRecord] = (INVOICE,),
    neighbour: CreatedRecord | None = OTHER,
    customers: Sequence[dict[str, Any]] = CUSTOMERS,
    taken: bool | None = None,
) -> World:
    """Return a scenario that has made two invoices, and these Chargebee records."""
    made = [ADA, BOB, *subjects, OTHER]
    account = Account(made)
    sync = NoSync()
    return World(
        invoiced=account,
        chargebee=Site({ORDER: list(orders), CUSTOMER: list(customers)}),
        marks=Marks(parse_marks(TABLE, source="dataflow.toml"), lambda _id: True),
        factory=RecordFactory(account, lambda word: word),
        notes=CheckNotes([]),
        sync=SyncDriver(
            run=lambda: sync.run({}),
            advance_step=lambda: None,
            wait_for_lists=lambda: None,
            attempts=1,
        ),
        advance=lambda _seconds: None,
        subjects=list(subjects),
        neighbour=neighbour,
        another_customer=BOB,
        edits=[]
        if taken is None
        else [Edit("Invoiced", INVOICE, "currency", "gbp", "o-7", taken=taken)],
    )
