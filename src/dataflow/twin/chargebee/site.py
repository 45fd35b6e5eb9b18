"""All records of one Chargebee site."""

from __future__ import annotations

import copy
import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

from dataflow.twin.chargebee import behaviours
from dataflow.twin.chargebee.errors import duplicate, not_found, wrong_value
from dataflow.twin.chargebee.tables import CREATION, Kind, Table
from dataflow.twin.chargebee.types import (
    Record,
    Values,
    apply_changes,
    is_deleted,
    number,
    string,
)
from dataflow.twin.clock import Clock
from dataflow.twin.evidence import EvidenceLog


def currency(code: str, *, is_base: bool) -> Record:
    """Return a currency that is changed at the rate of the day."""
    return {
        "id": f"cur_{code}",
        "enabled": True,
        "forex_type": "auto",
        "currency_code": code,
        "is_base_currency": is_base,
        "object": "currency",
    }


@dataclass(slots=True)
class Switches:
    """The settings of a site; they can be changed at any moment. Times are in seconds.

    `legacy_orders` lets orders be created the way of old sites. `orders` makes the site
    generate orders for invoices with something to ship, `order_delay` after an invoice
    is paid, or after it is there if `order_generation` says `unpaid`. A customer is
    gone `customer_delete_delay` after it was deleted, a write shows in lists after
    `list_lag`. With `enabled_currencies_only`, the currencies that the site does not
    list are refused. With the product catalog `v1`, so is all that is about items,
    and with `without_orders` every new order.
    """

    legacy_orders: bool = False
    orders: bool = False
    order_generation: Literal["paid", "unpaid"] = "paid"
    order_delay: float = 0
    customer_delete_delay: float = 0
    list_lag: float = 0
    enabled_currencies_only: bool = False
    without_orders: bool = False
    product_catalog: Literal["v1", "v2"] = "v2"


class LaggingCopy:
    """Copies of tables, which learn of each write after a lag.

    Without a lag there are no copies, and nothing is paid for them.
    """

    def __init__(self, tables: Mapping[str, Table], agenda: Scheduler) -> None:
        self._tables = tables
        self._agenda = agenda
        self._copies: dict[str, Table] | None = None
        self._latest = 0

    def table(self, kind: Kind, lag: float) -> Table:
        """Return what a list of this kind is made of."""
        self._follow(lag)
        return (self._copies or self._tables)[kind.name]

    def before(self, lag: float) -> None:
        """Take the copies, if there is a lag, before something is written."""
        self._follow(lag)

    def added(self, kind: Kind, number: int, record: Record, moment: float) -> None:
        """Let the copies learn of a new record at a moment, in milliseconds."""
        if self._copies is not None:
            table = self._copies[kind.name]
            self._later(moment, partial(table.add, number, record))

    def replaced(self, kind: Kind, record: Record, moment: float) -> None:
        """Let the copies learn of a change at a moment, in milliseconds."""
        if self._copies is not None:
            self._later(moment, partial(self._copies[kind.name].replace, record))

    def _follow(self, lag: float) -> None:
        if lag <= 0:
            self._copies = None
        elif self._copies is None:
            self._copies = copy.deepcopy(dict(self._tables))

    def _later(self, moment: float, action: partial[None]) -> None:
        # A lag that gets shorter must not let an older version come last.
        self._latest = max(self._latest, round(moment))
        self._agenda.add(self._latest, action)


Action: TypeAlias = Callable[[], None]


class Scheduler:
    """Actions by the moment at which they are due, in milliseconds."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Action]] = []
        self._numbers = itertools.count()

    def add(self, moment: int, action: Action) -> None:
        """Note an action; those of one moment are done in the order of their coming."""
        heapq.heappush(self._heap, (moment, next(self._numbers), action))

    def due(self, now: int) -> Iterator[tuple[int, Action]]:
        """Yield what is due with its moment, and what falls due while that is done."""
        while self._heap and self._heap[0][0] <= now:
            moment, _, action = heapq.heappop(self._heap)
            yield moment, action


class ActingClock:
    """The clock of a site: the handed-in one, but for what is done after the fact."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._moment: int | None = None

    @property
    def is_late(self) -> bool:
        """Tell whether something is done that was due before."""
        return self._moment is not None

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return self._clock.milliseconds() if self._moment is None else self._moment

    def seconds(self) -> int:
        """Return whole seconds since the epoch, UTC."""
        return self.milliseconds() // 1000

    def catch_up(self, agenda: Scheduler) -> None:
        """Do what is due, each thing as at its own moment."""
        try:
            for moment, action in agenda.due(self._clock.milliseconds()):
                self._moment = moment
                action()
        finally:
            self._moment = None


#: What a new, a changed and a deleted record of a kind is called.
_NAMES: Mapping[str, tuple[str, str, str]] = {
    "customer": ("created", "changed", "deleted"),
    "invoice": ("generated", "updated", "deleted"),
}
_USUAL = ("created", "updated", "deleted")

#: The statuses of an order whose coming has an event of its own.
_STATUSES = frozenset({"cancelled", "delivered", "returned"})


def event_type(kind: str, before: Record | None, after: Record) -> str:
    """Return the type of the event about a record that is new or has changed."""
    created, changed, deleted = _NAMES.get(kind, _USUAL)
    if before is None:
        return f"{kind}_{created}"
    if is_deleted(after):
        return f"{kind}_{deleted}"
    status = after.get("status")
    if kind == "order" and status in _STATUSES and status != before.get("status"):
        return f"{kind}_{status}"
    return f"{kind}_{changed}"


def make_event(
    number: int, source: str, moment: int, kind: str, record: Record
) -> Record:
    """Return an event but for its type; `moment` is in seconds."""
    return {
        "id": f"ev_Tw{number:012d}",
        "occurred_at": moment,
        "source": source,
        "user": "full_access_key_v1",
        "object": "event",
        "api_version": "v2",
        "content": {kind: record},
        "webhook_status": "not_configured",
        "webhooks": [],
    }


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
        evidence: EvidenceLog,
        currencies: Sequence[str],
        switches: Switches,
    ) -> None:
        self.name = name
        self.clock = ActingClock(clock)
        self.evidence = evidence
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
        self._agenda = Scheduler()
        self._replica = LaggingCopy(self.tables, self._agenda)

    @property
    def currency(self) -> str:
        """Return the site's own currency."""
        return self._own_currencies[0]

    def schedule(self, seconds: float, action: Callable[[], None]) -> None:
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
            self.evidence.cite(behaviours.LIST_LAG)
        return self._replica.table(kind, self.switches.list_lag)

    def find(self, kind: Kind, record_id: str) -> Record:
        """Return a record to be shown; a deleted one is shown too: unconfirmed."""
        record = self.table(kind).get(record_id)
        if record is None:
            raise not_found(behaviours.UNKNOWN_RECORD)
        if is_deleted(record):
            self.evidence.cite(behaviours.DELETED_IS_SHOWN)
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
        self.evidence.cite(behaviours.DELETED_ITEM_ID_FREE)

    def store(self, kind: Kind, record: Record) -> Record:
        """Store a new record, and return it with its version."""
        self.note_currency(record)
        older = self.table(kind).get(string(record, "id")) or {}
        stored = self._stamped(record, number(older, "resource_version"))
        self._add(kind, self.count("row"), stored)
        self._log_event(kind, None, stored)
        return stored

    def change(
        self, kind: Kind, record: Record, values: Values, first: Record
    ) -> Record:
        """Store new values of a record, tell it, and return it with a newer version.

        None empties a property, or sets it back to the value in `first`.
        """
        stored = self.change_silently(kind, record, values, first)
        self._log_event(kind, record, stored)
        return stored

    def change_silently(
        self, kind: Kind, record: Record, values: Values, first: Record
    ) -> Record:
        """Do the same, and tell nobody."""
        after = apply_changes(record, values, first)
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
            self.evidence.cite(behaviours.CURRENCY_AS_SENT)

    def _add(self, kind: Kind, number: int, record: Record) -> None:
        self._replica.before(self.switches.list_lag)
        self.table(kind).add(number, record)
        self._replica.added(kind, number, record, self._shown_at())

    def _shown_at(self) -> float:
        return self.clock.milliseconds() + self.switches.list_lag * 1000

    def _log_event(self, kind: Kind, before: Record | None, after: Record) -> None:
        number = self.count("event")
        source = "system" if self.clock.is_late else "api"
        event = make_event(number, source, self.clock.seconds(), kind.name, after)
        event["event_type"] = event_type(kind.name, before, after)
        self._add(EVENTS, number, event)

    def _note_change(
        self, before: Record, after: Record, values: Values, first: Record
    ) -> None:
        if before == after:
            self.evidence.cite(behaviours.UNCHANGED_UPDATE)
        if any(values[name] is None for name in values.keys() & first.keys()):
            self.evidence.cite(behaviours.FALLS_BACK)
        self.note_currency(values)

    def _stamped(self, record: Record, version: int) -> Record:
        # Recorded: updated_at is resource_version without its milliseconds.
        self.evidence.cite(behaviours.VERSION)
        newer = max(self.clock.milliseconds(), version + 1)
        return {**record, "resource_version": newer, "updated_at": newer // 1000}
