"""The log of outside edits, record by record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dataflow.sync.mapping import get_at_path
from properties.accounts import Record
from properties.oracle import LEFT, RIGHT, History, Value

#: What Invoiced calls the records, by what Chargebee calls them.
LEFT_KINDS = {"customer": "customer", "item": "item", "order": "invoice"}

#: Where each kind of record of Chargebee has the Invoiced id.
MARKS = {
    "customer": "meta_data.invoiced_id",
    "item": "metadata.invoiced_id",
    "order": "reference_id",
}

#: The properties that Chargebee does not let be edited (documented).
FIXED = frozenset({"currency", "customer"})


class Fate(StrEnum):
    """The state of a record."""

    LIVE = "live"
    VOIDED = "voided in Invoiced"
    DELETED_LEFT = "deleted in Invoiced"
    DELETED_RIGHT = "deleted in Chargebee"
    COMPANY = "no person, and never synchronised"


#: The fate of a record that was deleted on a side.
DELETED = {LEFT: Fate.DELETED_LEFT, RIGHT: Fate.DELETED_RIGHT}


@dataclass(slots=True)
class Known:
    """One record as the log knows it.

    `histories` are those of its properties, by Invoiced's names; `note` is written by
    hand on an order. `synced` records have been compared at rest; since the last run,
    people have edited something on the `touched` sides; `events` are the other things
    that have happened. A report about a record is optional if the sync may not know
    that it was a pair.
    """

    kind: str
    left_id: str
    histories: dict[str, History]
    fate: Fate = Fate.LIVE
    note: str | None = None
    synced: bool = False
    touched: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    is_report_optional: bool = False

    @property
    def left_path(self) -> str:
        """Return the path of the record in Invoiced."""
        return f"/{LEFT_KINDS[self.kind]}s/{self.left_id}"

    @property
    def is_open(self) -> bool:
        """Return whether it is a pair that the sync keeps equal."""
        return self.synced and self.fate is Fate.LIVE

    @property
    def has_base(self) -> bool:
        """Return whether the sync knows on what both sides agreed."""
        return all(x.has_base for one in self.histories.values() for x in one.states)

    def end(self, fate: Fate, event: str) -> None:
        """Note that it is synchronised no more."""
        self.fate = fate
        self.events.add(event)
        self.is_report_optional = not self.has_base

    def run(self) -> None:
        """Note that the sync has run, to whatever end, or is running."""
        self.touched.clear()
        for history in self.histories.values():
            history.run()

    def forget(self) -> None:
        """Note that the sync has lost its state."""
        self.is_report_optional = self.fate is not Fate.LIVE
        for history in self.histories.values():
            history.forget()


def canonical(name: str, text: str | None) -> Value:
    """Return what people write as both systems can hold it, in lower case."""
    return text.lower() if text and name in {"email", "currency"} else text


def mark_of(kind: str, right: Record) -> str | None:
    """Return the Invoiced id that a record of Chargebee has."""
    found = get_at_path(right, MARKS[kind])
    return None if found is None else str(found)


def read_left(name: str, record: Record) -> Value:
    """Return a property of a record of Invoiced."""
    return None if record[name] is None else canonical(name, str(record[name]))


def read_right(name: str, record: Record, customers: Mapping[str, Record]) -> Value:
    """Return a property of a record of Chargebee, by Invoiced's names and ids."""
    if name == "customer":
        owner = customers.get(record["customer_id"])
        return None if owner is None else mark_of("customer", owner)
    found = record.get("currency_code" if name == "currency" else name)
    return canonical(name, found)
