"""The state of one site: its records, its clock, its counters."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from dataflow.twin.behaviours import Touched
from dataflow.twin.chargebee import behaviours
from dataflow.twin.chargebee.errors import duplicate, not_found
from dataflow.twin.chargebee.params import Values
from dataflow.twin.chargebee.records import Record, changed, is_deleted, number, string
from dataflow.twin.chargebee.tables import CREATION, Kind, Table
from dataflow.twin.clock import Clock

CUSTOMERS = Kind("customer", sorts=("created_at", "updated_at"))
ITEM_FAMILIES = Kind("item_family", sorts=("updated_at",))
ITEMS = Kind(
    "item",
    sorts=("name", "id", "updated_at"),
    links=("name", "item_family_id"),
    id_free_when_deleted=True,
)
ITEM_PRICES = Kind(
    "item_price",
    sorts=("name", "id", "updated_at"),
    links=("name", "item_id"),
    id_free_when_deleted=True,
)
INVOICES = Kind(
    "invoice", sorts=(CREATION, "date", "updated_at"), links=("customer_id",)
)
ORDERS = Kind("order", sorts=("created_at", "updated_at"), links=("invoice_id",))

KINDS = (CUSTOMERS, ITEM_FAMILIES, ITEMS, ITEM_PRICES, INVOICES, ORDERS)


class Site:
    """What calls read and change. `currencies` begin with the site's own."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        touched: Touched,
        currencies: Sequence[str],
        *,
        legacy_orders: bool,
    ) -> None:
        self.name = name
        self.clock = clock
        self.touched = touched
        self.currencies = tuple(currencies)
        self.legacy_orders = legacy_orders
        self._counters: dict[str, Iterator[int]] = {}
        self.empty()

    def empty(self) -> None:
        """Forget every record; counters go on, so that no generated id comes twice."""
        self.tables = {kind.name: Table(kind) for kind in KINDS}
        self.imported_orders: set[str] = set()

    def count(self, what: str) -> int:
        """Return the next number of a counter, from one on."""
        return next(self._counters.setdefault(what, itertools.count(1)))

    def table(self, kind: Kind) -> Table:
        """Return the records of one kind."""
        return self.tables[kind.name]

    def find(self, kind: Kind, record_id: str) -> Record:
        """Return a record to be shown; a deleted one is shown too: unconfirmed."""
        record = self.table(kind).get(record_id)
        if record is None:
            raise not_found(behaviours.UNKNOWN_RECORD)
        if is_deleted(record):
            self.touched.touch(behaviours.DELETED_IS_SHOWN)
        return record

    def find_alive(self, kind: Kind, record_id: str) -> Record:
        """Return a record to be changed; a deleted one answers 404: unconfirmed."""
        record = self.table(kind).get(record_id)
        if record is None:
            raise not_found(behaviours.UNKNOWN_RECORD)
        if is_deleted(record):
            raise not_found(behaviours.DELETED_IS_FINAL)
        return record

    def refer(self, kind: Kind, values: Values, param: str) -> Record:
        """Return the record that a parameter names; 404 without one: documented."""
        record = self.table(kind).get(string(values, param))
        if record is None or is_deleted(record):
            raise not_found(behaviours.UNKNOWN_REFERENCE, param)
        return record

    def claim(self, kind: Kind, record_id: str) -> None:
        """Refuse an id that is taken; those of deleted catalog records are free."""
        record = self.table(kind).get(record_id)
        if record is None:
            return
        if not is_deleted(record):
            raise duplicate("id", record_id, behaviours.DUPLICATE)
        if not kind.id_free_when_deleted:
            raise duplicate("id", record_id, behaviours.DELETED_ID_TAKEN)
        self.touched.touch(behaviours.DELETED_ITEM_ID_FREE)

    def store(self, kind: Kind, record: Record) -> Record:
        """Store a new record, and return it with its version."""
        self.note_currency(record)
        stored = self._stamped(record, 0)
        self.table(kind).add(self.count("row"), stored)
        return stored

    def change(
        self, kind: Kind, record: Record, values: Values, first: Record
    ) -> Record:
        """Store new values of a record, and return it with a newer version.

        None empties a property, or sets it back to the value in `first`.
        """
        after = changed(record, values, first)
        self._note_change(record, after, values, first)
        stored = self._stamped(after, number(record, "resource_version"))
        self.table(kind).replace(stored)
        return stored

    def note_currency(self, record: Record) -> None:
        """Note that a currency code is stored as it was sent: unconfirmed."""
        if {"currency_code", "preferred_currency_code"} & record.keys():
            self.touched.touch(behaviours.CURRENCY_AS_SENT)

    def _note_change(
        self, before: Record, after: Record, values: Values, first: Record
    ) -> None:
        if before == after:
            self.touched.touch(behaviours.UNCHANGED_UPDATE)
        if any(values[name] is None for name in values.keys() & first.keys()):
            self.touched.touch(behaviours.FALLS_BACK)
        self.note_currency(values)

    def _stamped(self, record: Record, version: int) -> Record:
        # Recorded: updated_at is resource_version without its milliseconds.
        self.touched.touch(behaviours.VERSION)
        newer = max(self.clock.milliseconds(), version + 1)
        return {**record, "resource_version": newer, "updated_at": newer // 1000}
