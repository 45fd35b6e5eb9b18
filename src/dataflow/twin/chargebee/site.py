"""All records of one Chargebee site."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dataflow.twin.chargebee import behaviours
from dataflow.twin.chargebee.custom_fields import CustomFields
from dataflow.twin.chargebee.errors import duplicate, not_found, wrong_value
from dataflow.twin.chargebee.tables import CREATION, Action, Kind, LaggingCopy, Table
from dataflow.twin.chargebee.types import (
    GREATEST_AMOUNT,
    HIGH_VALUE_AMOUNT,
    Record,
    Values,
    apply_changes,
    is_deleted,
    number,
    string,
)
from dataflow.twin.clock import Clock
from dataflow.twin.evidence import Behaviour, EvidenceLog


def currency(code: str, *, is_base: bool) -> Record:
    """Return a currency that is exchanged at the rate of the day."""
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
    """The settings of a site, which can be changed at any time. Times are in seconds.

    `legacy_orders` admits the creation of orders, as old sites do. `orders` generates
    orders for invoices with shippable items, `order_delay` after the payment, or after
    the creation if `order_generation` is `unpaid`. A customer disappears
    `customer_delete_delay` after the call that deletes it (documented: a few minutes),
    and `customer_merge_delay` after the call that merges it. A write appears in lists
    after `list_lag`. `enabled_currencies_only` refuses all other currencies,
    `without_orders` every new order, the product catalog `v1` all calls about items.
    `high_value_currency` admits amounts above 21,474,836.47.
    """

    legacy_orders: bool = False
    orders: bool = False
    order_generation: Literal["paid", "unpaid"] = "paid"
    order_delay: float = 0
    customer_delete_delay: float = 180
    customer_merge_delay: float = 60
    high_value_currency: bool = False
    list_lag: float = 0
    enabled_currencies_only: bool = True
    without_orders: bool = False
    product_catalog: Literal["v1", "v2"] = "v2"


class Scheduler:
    """Actions by the time at which they are due, in milliseconds."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Action]] = []
        self._numbers = itertools.count()

    def all(self) -> list[tuple[int, Action]]:
        """Return all actions with their times, in their order."""
        return [(moment, action) for moment, _, action in sorted(self._heap)]

    def add(self, moment: int, action: Action) -> None:
        """Add an action, after those that are due at the same time."""
        heapq.heappush(self._heap, (moment, next(self._numbers), action))

    def due(self, now: int) -> Iterator[tuple[int, Action]]:
        """Yield the due actions with their times, also those added meanwhile."""
        while self._heap and self._heap[0][0] <= now:
            moment, _, action = heapq.heappop(self._heap)
            yield moment, action


class ActingClock(Clock):
    """The clock of a site: while a due action runs, it shows the action's own time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._moment: int | None = None

    @property
    def is_late(self) -> bool:
        """Return whether a due action is running."""
        return self._moment is not None

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return self._clock.milliseconds() if self._moment is None else self._moment

    def catch_up(self, scheduler: Scheduler) -> None:
        """Run the due actions, each at its own time."""
        try:
            for moment, action in scheduler.due(self._clock.milliseconds()):
                self._moment = moment
                action()
        finally:
            self._moment = None


#: The verbs for a new and a changed record of a kind.
_VERBS: Mapping[str, tuple[str, str]] = {
    "customer": ("created", "changed"),
    "invoice": ("generated", "updated"),
}

#: The statuses of an order that have events of their own.
_STATUSES = frozenset({"cancelled", "delivered", "returned"})


def _event_type(kind: str, before: Record | None, after: Record) -> str:
    """Return the type of the event about a new or changed record."""
    created, changed = _VERBS.get(kind, ("created", "updated"))
    if before is None:
        return f"{kind}_{created}"
    if is_deleted(after):
        return f"{kind}_deleted"
    status = after.get("status")
    if kind == "order" and status in _STATUSES and status != before.get("status"):
        return f"{kind}_{status}"
    return f"{kind}_{changed}"


CUSTOMERS = Kind("customer", sorts=("created_at", "updated_at"))
ITEM_FAMILIES = Kind("item_family", sorts=(CREATION, "updated_at"), in_catalog=True)
ITEMS = Kind(
    "item",
    sorts=(CREATION, "name", "id", "updated_at"),
    links=("name", "item_family_id"),
    in_catalog=True,
)
ITEM_PRICES = Kind(
    "item_price",
    sorts=(CREATION, "name", "id", "updated_at"),
    links=("name", "item_id"),
    in_catalog=True,
)
INVOICES = Kind(
    "invoice", sorts=(CREATION, "date", "updated_at"), links=("customer_id",)
)
ORDERS = Kind("order", sorts=("created_at", "updated_at"), links=("invoice_id",))

EVENTS = Kind("event", sorts=("occurred_at",))
COMMENTS = Kind("comment", sorts=("created_at",), links=("entity_id",), in_catalog=True)

KINDS = (CUSTOMERS, ITEM_FAMILIES, ITEMS, ITEM_PRICES, INVOICES, ORDERS)
KINDS_BY_NAME = {kind.name: kind for kind in KINDS}


class Site:
    """The records of a site. `currencies` begin with the site's own."""

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
        self.custom_fields = CustomFields(evidence)
        self._own_currencies = tuple(currencies)
        self.counters: Counter[str] = Counter()
        self.empty()

    def empty(self) -> None:
        """Forget all records; counters continue, so that no generated id repeats."""
        self.tables = {kind.name: Table(kind) for kind in (*KINDS, EVENTS, COMMENTS)}
        self.imported_orders: set[str] = set()
        self.charged_invoices: set[str] = set()
        self.expected_orders: set[str] = set()
        self.used_prices: set[str] = set()
        self.payments: dict[str, Record] = {}
        self.currencies = {
            code: currency(code, is_base=code == self.currency)
            for code in self._own_currencies
        }
        self.scheduler = Scheduler()
        self._replica = LaggingCopy(self.tables, self.scheduler.add)

    @property
    def currency(self) -> str:
        """Return the site's own currency."""
        return self._own_currencies[0]

    def schedule(self, seconds: float, action: Action) -> None:
        """Run an action at the first call after so much time."""
        moment = self.clock.milliseconds() + round(seconds * 1000)
        self.scheduler.add(moment, action)

    def catch_up(self) -> None:
        """Run the due actions, each at its own time."""
        self.clock.catch_up(self.scheduler)

    def count(self, name: str) -> int:
        """Return the next number of a counter, from one on."""
        self.counters[name] += 1
        return self.counters[name]

    def generate_id(self, kind: Kind, template: str = "{}") -> str:
        """Return the next id of a kind that no record has."""
        while True:
            generated = template.format(self.count(kind.name))
            if self.table(kind).get(generated) is None:
                return generated

    def table(self, kind: Kind) -> Table:
        """Return the records of one kind."""
        return self.tables[kind.name]

    def table_for_lists(self, kind: Kind) -> Table:
        """Return the records of one kind as lists show them, perhaps with a lag."""
        if self.switches.list_lag > 0:
            self.evidence.cite(behaviours.LIST_LAG)
        return self._replica.table(kind, self.switches.list_lag)

    def find(self, kind: Kind, record_id: str) -> Record:
        """Return a record for a read; a deleted one is shown too: unconfirmed."""
        record = self.table(kind).get(record_id)
        if record is None:
            raise not_found(behaviours.UNKNOWN_RECORD)
        if is_deleted(record):
            self.evidence.cite(behaviours.DELETED_IS_SHOWN)
        return record

    def find_alive(self, kind: Kind, record_id: str) -> Record:
        """Return a record for a change; a deleted one answers 404: unconfirmed."""
        record = self.table(kind).get(record_id)
        if record is None:
            raise not_found(behaviours.UNKNOWN_RECORD)
        if is_deleted(record):
            raise not_found(behaviours.DELETED_IS_FINAL)
        return record

    def find_reference(
        self, kind: Kind, values: Values, param: str, named: str | None = None
    ) -> Record:
        """Return the record that a parameter names; 404 without one: unconfirmed."""
        record = self.table(kind).get(string(values, param))
        if record is None or is_deleted(record):
            raise not_found(behaviours.UNKNOWN_REFERENCE, named or param)
        return record

    def check_currency(self, values: Values, param: str) -> None:
        """Refuse a currency that is not enabled, in any case, if the switch is on."""
        code = values.get(param) if self.switches.enabled_currencies_only else None
        if isinstance(code, str) and code.upper() not in self.currencies:
            text = f"{code} is not enabled for this site"
            raise wrong_value(param, text, behaviours.CURRENCY_NOT_ENABLED)

    def check_amount(self, param: str, amount: int) -> None:
        """Refuse an amount that is too high for the site."""
        has_feature = self.switches.high_value_currency
        most = HIGH_VALUE_AMOUNT if has_feature else GREATEST_AMOUNT
        if abs(amount) > most:
            text = f"cannot be more than {most}"
            raise wrong_value(param, text, behaviours.GREATEST_AMOUNT)

    def use_prices(self, lines: Iterable[Record]) -> None:
        """Note the item prices on an invoice."""
        self.used_prices |= {string(line, "entity_id") for line in lines}

    def claim(self, kind: Kind, record_id: str) -> None:
        """Refuse a taken id; the ids of deleted catalog records are free."""
        record = self.table(kind).get(record_id)
        if record is None:
            return
        if not is_deleted(record):
            raise duplicate("id", record_id, behaviours.DUPLICATE)
        if not kind.in_catalog:
            raise duplicate("id", record_id, behaviours.DELETED_ID_TAKEN)
        self.evidence.cite(behaviours.DELETED_ITEM_ID_FREE)

    def claim_name(
        self, kind: Kind, values: Values, record_id: str, behaviour: Behaviour
    ) -> None:
        """Refuse a name that another record of the catalog has."""
        name = string(values, "name")
        others = self.table(kind).alive("name", name) if "name" in values else []
        if any(string(other, "id") != record_id for other in others):
            raise duplicate("name", name, behaviour)

    def store(self, kind: Kind, record: Record) -> Record:
        """Store a new record, and return it with its version."""
        self._note_currency(record)
        older = self.table(kind).get(string(record, "id")) or {}
        stored = self._stamp(record, number(older, "resource_version"))
        self._add(kind, self.count("row"), stored)
        self._log_event(kind, None, stored)
        return stored

    def add(self, kind: Kind, record: Record) -> None:
        """Store a new record that has neither a version nor events."""
        self._add(kind, self.count("row"), record)

    def change(
        self, kind: Kind, record: Record, values: Values, first: Record
    ) -> Record:
        """Store values with an event; None empties, or resets to that of `first`."""
        stored = self.change_silently(kind, record, values, first)
        self._log_event(kind, record, stored)
        return stored

    def change_silently(
        self, kind: Kind, record: Record, values: Values, first: Record
    ) -> Record:
        """Do the same without an event."""
        after = apply_changes(record, values, first)
        self._note_change(record, after, values, first)
        stored = self._stamp(after, number(record, "resource_version"))
        self.rewrite(kind, stored)
        return stored

    def delete(self, kind: Kind, record: Record, values: Values) -> Record:
        """Mark a record as deleted, with these values, and return it."""
        return self.change(kind, record, {**values, "deleted": True}, {})

    def renew(self, kind: Kind, record: Record) -> None:
        """Give a record a new version without any change."""
        self.rewrite(kind, self._stamp(record, number(record, "resource_version")))

    def rewrite(self, kind: Kind, record: Record) -> None:
        """Store a record without a new version."""
        self._replica.follow(self.switches.list_lag)
        self.table(kind).replace(record)
        self._replica.replace(kind, record, self._shown_at())

    def _note_currency(self, record: Record) -> None:
        """Note that a currency code is stored as it was sent: unconfirmed."""
        if {"currency_code", "preferred_currency_code"} & record.keys():
            self.evidence.cite(behaviours.CURRENCY_AS_SENT)

    def _add(self, kind: Kind, number: int, record: Record) -> None:
        self._replica.follow(self.switches.list_lag)
        self.table(kind).add(number, record)
        self._replica.add(kind, number, record, self._shown_at())

    def _shown_at(self) -> float:
        return self.clock.milliseconds() + self.switches.list_lag * 1000

    def _log_event(self, kind: Kind, before: Record | None, after: Record) -> None:
        number = self.count("event")
        event: Record = {
            "id": f"ev_Tw{number:012d}",
            "occurred_at": self.clock.seconds(),
            "source": "system" if self.clock.is_late else "api",
            "user": "full_access_key_v1",
            "object": "event",
            "api_version": "v2",
            "content": {kind.name: after},
            "webhook_status": "not_configured",
            "webhooks": [],
            "event_type": _event_type(kind.name, before, after),
        }
        self._add(EVENTS, number, event)

    def _note_change(
        self, before: Record, after: Record, values: Values, first: Record
    ) -> None:
        if before == after:
            self.evidence.cite(behaviours.UNCHANGED_UPDATE)
        if any(values[name] is None for name in values.keys() & first.keys()):
            self.evidence.cite(behaviours.FALLS_BACK)
        self._note_currency(values)

    def _stamp(self, record: Record, version: int) -> Record:
        # Recorded: updated_at is resource_version without its milliseconds.
        self.evidence.cite(behaviours.VERSION)
        newer = max(self.clock.milliseconds(), version + 1)
        return {**record, "resource_version": newer, "updated_at": newer // 1000}
