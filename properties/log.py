"""The log of outside edits, and how it is compared with what both systems hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dataflow.sync.mapping import get_at_path
from properties.accounts import Record
from properties.oracle import LEFT, RIGHT, SIDES, History, Value

#: What Invoiced calls the records, by what Chargebee calls them.
LEFT_KINDS = {"customer": "customer", "item": "item", "order": "invoice"}

#: Where each kind of record of Chargebee carries the Invoiced id.
MARKS = {
    "customer": "meta_data.invoiced_id",
    "item": "metadata.invoiced_id",
    "order": "reference_id",
}

#: Which properties Chargebee has other names for.
RIGHT_NAMES = {"currency": "currency_code"}

#: The properties that Chargebee lets nobody edit (documented).
FIXED = frozenset({"currency", "customer"})


class Fate(StrEnum):
    """What has become of a record that is synchronised no more."""

    LIVE = "live"
    VOIDED = "voided in Invoiced"
    DELETED_LEFT = "deleted in Invoiced"
    DELETED_RIGHT = "deleted in Chargebee"
    COMPANY = "no person, and never synchronised"


@dataclass(slots=True)
class Known:
    """One record as the log knows it.

    `histories` are those of its properties, by Invoiced's names; `note` is written by
    hand on an order, and listed nowhere. `synced` records have been compared at rest;
    `edited` are the properties, with the side, that were edited since, and `touched`
    the sides on which anything was since the last run; `events` are its other events
    since it was compared. A report about a record is
    optional if the state may not know that it was a pair.
    """

    kind: str
    left_id: str
    histories: dict[str, History]
    fate: Fate = Fate.LIVE
    synced: bool = False
    note: str | None = None
    edited: set[tuple[str, str]] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    had_right: bool = False
    events: set[str] = field(default_factory=set)
    is_over: bool = False
    is_report_optional: bool = False

    @property
    def left_path(self) -> str:
        """Return the path of the record in Invoiced."""
        return f"/{LEFT_KINDS[self.kind]}s/{self.left_id}"

    @property
    def name(self) -> str:
        """Return what a person calls the record."""
        return f"{LEFT_KINDS[self.kind]} {self.left_id}"

    @property
    def is_open(self) -> bool:
        """Return whether it is a pair that the sync keeps equal."""
        return self.synced and self.fate is Fate.LIVE

    def edit(self, side: str, name: str, value: Value, time: int) -> None:
        """Add an edit, unless it has changed nothing."""
        history = self.histories[name]
        if value != history.now[side]:
            self.edited.add((name, side))
        self.touched.add(side)
        history.edit(side, value, time)

    def see(self, found: Mapping[str, Mapping[str, Value]]) -> None:
        """Note where both sides hold the same now, as the sync does or not."""
        self.had_right = True
        for name, history in self.histories.items():
            left, right = (found[side][name] for side in SIDES)
            if left == right:
                history.agree(left)
            elif history.is_new:
                history.agree(right)
                history.now[LEFT] = left

    def forget(self) -> None:
        """Note that the sync does not know any more on what both sides agreed."""
        self.is_report_optional = self.fate is not Fate.LIVE
        for history in self.histories.values():
            history.has_base = False

    def begin_anew(self) -> None:
        """Note that all was compared at rest."""
        self.synced = self.fate is not Fate.COMPANY
        self.edited, self.touched, self.events = set(), set(), set()
        for history in self.histories.values():
            # What stays different now, for any reason, stays so.
            history.is_loose &= history.now[LEFT] != history.now[RIGHT]

    def loosen(self) -> None:
        """Note that a run has ended, and nobody knows what it has done."""
        for history in self.histories.values():
            history.is_loose = True


def canonical(name: str, text: str | None) -> Value:
    """Return what people write as both systems can hold it.

    The case of an address is a declared loss.
    """
    if text is None:
        return None
    return text.lower() if name in {"email", "currency"} else text


def mark_of(kind: str, right: Record) -> str | None:
    """Return the Invoiced id that a record of Chargebee carries."""
    found = get_at_path(right, MARKS[kind])
    return None if found is None else str(found)


def found_in(
    known: Known, side: str, record: Record, customers: Mapping[str, Record]
) -> dict[str, Value]:
    """Return what a record holds of what is known, by Invoiced's names and ids."""
    read = _read_left if side == LEFT else _read_right
    return {name: read(name, record, customers) for name in known.histories}


def _read_left(name: str, record: Record, _customers: Mapping[str, Record]) -> Value:
    return None if record[name] is None else str(record[name])


def _read_right(name: str, record: Record, customers: Mapping[str, Record]) -> Value:
    text = record.get(RIGHT_NAMES.get(name, name))
    if name == "customer":
        owner = customers.get(record["customer_id"])
        return None if owner is None else mark_of("customer", owner)
    if name == "currency":
        return str(text).swapcase()  # Chargebee has codes in upper case.
    return canonical(name, text)
