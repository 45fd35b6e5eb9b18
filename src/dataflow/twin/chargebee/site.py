"""The state of one site: its records, its clock, its counters."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

from dataflow.twin.behaviours import Touched
from dataflow.twin.chargebee import behaviours, telling
from dataflow.twin.chargebee.agenda import ActingClock, Agenda
from dataflow.twin.chargebee.errors import duplicate, not_found, wrong_value
from dataflow.twin.chargebee.forex import currency
from dataflow.twin.chargebee.params import Values
from dataflow.twin.chargebee.records import Record, changed, is_deleted, number, string
from dataflow.twin.chargebee.replica import Replica
from dataflow.twin.chargebee.switches import Switches
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

EVENTS = Kind("event", sorts=("occurred_at",))

KINDS = (CUSTOMERS, ITEM_FAMILIES, ITEMS, ITEM_PRICES, INVOICES, ORDERS)


class Site:
    """What calls read and change. `currencies` begin with the site's own."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        touched: Touched,
        currencies: Sequence[str],
        switches: Switches,
    ) -> None:
        self.name = name
        self.clock = ActingClock(clock)
        self.touched = touched
        self.switches = switches
        self._own_currencies = tuple(currencies)
        self._counters: dict[str, Iterator[int]] = {}
        self.empty()

    def empty(self) -> None:
        """Forget every record; counters go on, so that no generated id comes twice."""
        self.tables = {kind.name: Table(kind) for kind in (*KINDS, EVENTS)}
        self.imported_orders: set[str] = set()
        self.charged_invoices: set[str] = set()
        self.expected_orders: set[str] = set()
        self.used_prices: set[str] = set()
        self.currencies = {
            code: currency(code, is_base=code == self.currency)
            for code in self._own_currencies
        }
        self._agenda = Agenda()
        self._replica = Replica(self.tables, self._agenda)

    @property
    def currency(self) -> str:
        """Return the site's own currency."""
        return self._own_currencies[0]

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something when so much time has passed and somebody looks."""
        moment = self.clock.milliseconds() + round(seconds * 1000)
        self._agenda.add(moment, action)

    def catch_up(self) -> None:
        """Do what is due, each thing as at its own moment."""
        self.clock.catch_up(self._agenda)

    def count(self, what: str) -> int:
        """Return the next number of a counter, from one on."""
        return next(self._counters.setdefault(what, itertools.count(1)))

    def table(self, kind: Kind) -> Table:
        """Return the records of one kind."""
        return self.tables[kind.name]

    def listed(self, kind: Kind) -> Table:
        """Return the records of one kind as lists know them, which may be late."""
        if self.switches.list_lag > 0:
            self.touched.touch(behaviours.LIST_LAG)
        return self._replica.table(kind, self.switches.list_lag)

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

    def refer(
        self, kind: Kind, values: Values, param: str, named: str | None = None
    ) -> Record:
        """Return the record that a parameter names; 404 without one: unconfirmed.

        The refusal calls the parameter `named`, where that is more than its own name.
        """
        record = self.table(kind).get(string(values, param))
        if record is None or is_deleted(record):
            raise not_found(behaviours.UNKNOWN_REFERENCE, named or param)
        return record

    def check_currency(self, values: Values, param: str) -> None:
        """Refuse a currency that the site was not given, if it is so strict.

        Letters count in any case.
        """
        code = values.get(param) if self.switches.enabled_currencies_only else None
        if isinstance(code, str) and code.upper() not in self.currencies:
            text = f"{code} is not enabled for this site"
            raise wrong_value(param, text, behaviours.CURRENCY_NOT_ENABLED)

    def use_prices(self, lines: Iterable[Record]) -> None:
        """Note which item prices an invoice was made with."""
        self.used_prices |= {string(line, "entity_id") for line in lines}

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
        older = self.table(kind).get(string(record, "id")) or {}
        stored = self._stamped(record, number(older, "resource_version"))
        self._add(kind, self.count("row"), stored)
        self._tell(kind, None, stored)
        return stored

    def change(
        self, kind: Kind, record: Record, values: Values, first: Record
    ) -> Record:
        """Store new values of a record, tell it, and return it with a newer version.

        None empties a property, or sets it back to the value in `first`.
        """
        stored = self.change_silently(kind, record, values, first)
        self._tell(kind, record, stored)
        return stored

    def change_silently(
        self, kind: Kind, record: Record, values: Values, first: Record
    ) -> Record:
        """Do the same, and tell nobody."""
        after = changed(record, values, first)
        self._note_change(record, after, values, first)
        stored = self._stamped(after, number(record, "resource_version"))
        self.rewrite(kind, stored)
        return stored

    def renew(self, kind: Kind, record: Record) -> None:
        """Give a record a newer version, and nothing else."""
        self.rewrite(kind, self._stamped(record, number(record, "resource_version")))

    def rewrite(self, kind: Kind, record: Record) -> None:
        """Store a record as it is, with the version that it has."""
        self._replica.before(self.switches.list_lag)
        self.table(kind).replace(record)
        self._replica.replaced(kind, record, self._shown_at())

    def note_currency(self, record: Record) -> None:
        """Note that a currency code is stored as it was sent: unconfirmed."""
        if {"currency_code", "preferred_currency_code"} & record.keys():
            self.touched.touch(behaviours.CURRENCY_AS_SENT)

    def _add(self, kind: Kind, number: int, record: Record) -> None:
        self._replica.before(self.switches.list_lag)
        self.table(kind).add(number, record)
        self._replica.added(kind, number, record, self._shown_at())

    def _shown_at(self) -> float:
        return self.clock.milliseconds() + self.switches.list_lag * 1000

    def _tell(self, kind: Kind, before: Record | None, after: Record) -> None:
        number = self.count("event")
        source = "system" if self.clock.is_late else "api"
        event = telling.event(number, source, self.clock.seconds(), kind.name, after)
        event["event_type"] = telling.event_type(kind.name, before, after)
        self._add(EVENTS, number, event)

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
