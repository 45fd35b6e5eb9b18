"""Judge both accounts after the sync has caught up, by four rules that know no sync.

1. Each record that requires a counterpart has one, and the listed values agree.
2. No other record is live in Chargebee, except the sync's own.
3. What no event requires to change is unchanged in Invoiced.
4. Unrelated records and unedited counterparts are unchanged in Chargebee.

Each rule allows every reading that a check allows which reports only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from dataflow.harness.generated.state import Change, State, find_changes
from dataflow.harness.generated.story import Event, Story
from dataflow.harness.scenario.factories import CreatedRecord
from dataflow.record_types.model import CUSTOMER, ITEM, KINDS, ORDER
from dataflow.vendors.chargebee import is_live, was_generated
from dataflow.vendors.connection import Record

#: Events after which the document leaves open what becomes of a pair.
_OPENING = (
    "voided",
    "deleted",
    "merged",
    "deleted in Chargebee",
    "merged in Chargebee",
)
#: Events that end the orders of a customer, too.
_LOSSES = ("deleted in Chargebee", "merged in Chargebee")
#: Where an order is no longer to be replaced.
_SENT = frozenset(
    {"shipped", "delivered", "partially_delivered", "returned", "cancelled"}
)
#: What Chargebee derives on customers and orders from invoices and payments.
_DERIVED: Mapping[str, frozenset[str]] = {
    CUSTOMER.name: frozenset(
        {"excess_payments", "promotional_credits", "refundable_credits", "balances"}
        | {"unbilled_charges", "mrr"}
    ),
    ORDER.name: frozenset(
        {"payment_status", "paid_on", "amount_paid", "amount_adjusted", "total"}
        | {"sub_total", "tax", "discount", "order_line_items", "line_item_taxes"}
        | {"line_item_discounts", "refundable_credits", "linked_credit_notes"}
    ),
}
#: What changes of an order that ends.
_ENDS = frozenset({"", "deleted", "status", "cancelled_at", "cancellation_reason"})
#: What changes of an invoice that is paid.
_PAYMENT = frozenset({"paid", "closed", "status", "balance"})


def judge(story: Story, after: State) -> list[str]:
    """Return a sentence for each difference that no reading allows."""
    court = _Court(story, after)
    found = [*court.check_pairs(), *court.check_live(), *court.check_changes()]
    story.since.clear()
    return found


class _Court:
    """One judgement of the changes since the events, by labels of records."""

    def __init__(self, story: Story, after: State) -> None:
        self._story, self._after = story, after
        self._invoiced, self._chargebee = story.world.invoiced, story.world.chargebee
        self._found = {
            label: self._find_counterparts(made) for label, made in story.named.items()
        }
        self._labels = {(m.kind.name, m.id): n for n, m in story.named.items()}
        for label, found in self._found.items():
            story.linked.setdefault(label, set()).update(str(r["id"]) for r in found)

    def _find_counterparts(self, made: CreatedRecord) -> list[Record]:
        records = self._after[self._chargebee.name, made.kind.name].values()
        return self._story.world.index_counterparts(made.kind, list(records))(made)

    def _now(self, label: str) -> Record | None:
        made = self._story.named[label]
        return self._after[self._invoiced.name, made.kind.name].get(made.id)

    # Rules 1 and 2

    def check_pairs(self) -> Iterator[str]:
        """Yield where a counterpart is missing, too many, or has another value."""
        for label, found in self._found.items():
            required = self._is_required(label)
            if len(found) > 1 or (required and not found):
                ids = ", ".join(str(each["id"]) for each in found) or "none"
                yield f"{label} has {len(found)} live counterparts: {ids}"
            elif found and required and self._story.named[label].kind is ORDER:
                yield from self._compare(label, found[0])

    def _is_required(self, label: str) -> bool:
        """Return whether every reading requires a live counterpart."""
        made, now = self._story.named[label], self._now(label)
        if now is None or self._story.has_happened(label, *_OPENING):
            return False
        if made.kind is CUSTOMER:
            return now["type"] == "person" and now["active"] is True
        if made.kind is ITEM:
            return True
        open_states = now["draft"] or now["status"] == "voided"
        return not open_states and self._is_of_linked_person(now)

    def _find_owner(self, invoice: Record) -> str:
        return self._labels.get((CUSTOMER.name, str(invoice["customer"])), "")

    def _is_of_linked_person(self, invoice: Record) -> bool:
        label = self._find_owner(invoice)
        if self._story.has_happened(label, *_LOSSES):
            return False
        customer = self._now(label) if label else None
        if customer is None or customer["type"] != "person":
            return False
        return self._is_required(label) or len(self._found[label]) == 1

    def _compare(self, label: str, order: Record) -> Iterator[str]:
        now = self._now(label)
        assert now is not None
        if order.get("status") in _SENT:
            return
        owner = self._find_owner(now)
        customers = [str(each["id"]) for each in self._found.get(owner, [])]
        if order["currency_code"] != now["currency"].upper():
            yield f"{label}: currency {now['currency']!r}, {order['currency_code']!r}"
        if str(order["customer_id"]) not in customers:
            yield f"{label}: its order is of customer {order['customer_id']!r}"

    def check_live(self) -> Iterator[str]:
        """Yield the live records that nothing requires, and new ones in Invoiced."""
        for kind in KINDS:
            for key in self._after[self._invoiced.name, kind.name]:
                if (kind.name, key) not in self._labels:
                    yield f"Invoiced {kind.left} {key} was created by the sync"
            ours = self._find_ours(kind.name)
            for key, record in self._after[self._chargebee.name, kind.name].items():
                counts = is_live(record) and not was_generated(kind, record)
                if counts and key not in ours:
                    yield f"Chargebee {kind.name} {key} is the counterpart of no record"

    def _find_ours(self, noun: str) -> set[str]:
        """Return the records of Chargebee that may be live."""
        ours = set(self._story.initial[self._chargebee.name, noun])
        for label, found in self._found.items():
            if self._story.named[label].kind.name == noun and self._may_exist(label):
                ours |= {str(each["id"]) for each in found}
            elif noun == CUSTOMER.name:
                ours |= self._find_foreign_customers(label, found)
        return ours

    def _may_exist(self, label: str) -> bool:
        """Return whether some reading allows a counterpart of a record."""
        made, now = self._story.named[label], self._now(label)
        if made.kind is not CUSTOMER or now is None or now["type"] == "person":
            return True
        was_person = made.record["type"] == "person"
        customers = [
            str(each["customer"])
            for each in self._after[self._invoiced.name, ORDER.name].values()
        ]
        return was_person or made.id in customers

    def _find_foreign_customers(self, label: str, orders: list[Record]) -> set[str]:
        """Return the customers of orders of a company, which may be anyone's."""
        made, now = self._story.named[label], self._now(label)
        if made.kind is not ORDER or now is None or self._is_of_linked_person(now):
            return set()
        return {str(each["customer_id"]) for each in orders}

    # Rules 3 and 4

    def check_changes(self) -> Iterator[str]:
        """Yield the changes of the sync that no event explains."""
        for change in find_changes(self._story.before, self._after):
            if change.system == self._invoiced.name:
                allowed = self._is_allowed_here(change)
            else:
                allowed = self._is_allowed_there(change)
            if not allowed:
                yield str(change)

    def _is_allowed_here(self, change: Change) -> bool:
        if change.old is None and not change.name:
            return True  # rule 2 reports it
        label = self._labels.get((change.noun, change.id), "")
        events = self._events_of(label)
        names = {event.name for event in events}
        if names & {"deleted in Chargebee", "merged in Chargebee", "merged"}:
            return True
        if change.name == "metadata":
            return _is_extended(change.old, change.new)
        if "paid in Chargebee" in names and change.name in _PAYMENT:
            return True
        there = [event for event in events if event.name == "edited in Chargebee"]
        return bool(change.name) and _explains(there, change)

    def _is_allowed_there(self, change: Change) -> bool:
        label = self._find_label(change)
        if change.old is None and not change.name:
            return True  # rule 2 reports it
        if label is None:
            return not self._is_unrelated(change)
        events = self._events_of(label)
        is_open = any(_moves(event) for event in events)
        # An edit of a listed property may replace the order.
        is_ended = bool(events) and change.noun == ORDER.name and change.name in _ENDS
        is_derived = change.name in _DERIVED.get(change.noun, ())
        return is_open or is_ended or is_derived or _explains(events, change)

    def _events_of(self, label: str) -> list[Event]:
        """Return the new events of a record, and of the customer that decides it."""
        made = self._story.named.get(label)
        if made is None:
            return []
        labels = {label}
        if made.kind is ORDER:
            # What ends or moves a customer changes its orders, too.
            record = self._now(label) or made.record
            owner = self._find_owner(record)
            first = made.customer
            origin = self._labels.get((CUSTOMER.name, first.id), "") if first else ""
            since = self._story.since
            labels |= {
                each.record
                for each in since
                if each.record in {owner, origin} and _moves(each)
            }
        return [event for event in self._story.since if event.record in labels]

    def _find_label(self, change: Change) -> str | None:
        """Return the record whose counterpart has changed, now or before."""
        for label, ids in self._story.linked.items():
            if self._story.named[label].kind.name == change.noun and change.id in ids:
                return label
        return None

    def _is_unrelated(self, change: Change) -> bool:
        """Return whether a record of Chargebee existed before the sync began."""
        return change.id in self._story.strangers[change.system, change.noun]


def _moves(event: Event) -> bool:
    """Return whether an event of a customer may change its orders."""
    turned = bool({"type", "active"} & event.value.keys())
    return event.name in {*_OPENING, "made anew"} or turned


def _is_extended(old: object, new: object) -> bool:
    """Return whether metadata has lost nothing: a sync may add its marks."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return False
    return old.items() <= new.items()


def _explains(events: list[Event], change: Change) -> bool:
    """Return whether a new value is that of an edit, whole or in part."""
    now = _text(change.new)
    for event in events:
        for value in map(_text, event.value.values()):
            if (value and value in now) or (now and now in value) or now == value:
                return True
    return False


def _text(value: Any) -> str:  # noqa: ANN401 - JSON can be anything
    if value is None or value == "":
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.casefold()
