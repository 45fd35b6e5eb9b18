"""Orders: each stands on an invoice that is imported to carry it.

An order takes its customer and its currency from that invoice, and never changes
them (documented); another customer or currency takes another order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto

from dataflow.sync import carried, defaults
from dataflow.sync.carriers import Carriers
from dataflow.sync.create import Found
from dataflow.sync.identity import (
    carrier,
    claim_of,
    generation,
    ids,
    is_gone,
    is_made,
    is_ours,
)
from dataflow.sync.model import Links, Retired
from dataflow.systems.chargebee import Chargebee
from dataflow.systems.errors import DuplicateError, NotFoundError, RefusedError
from dataflow.systems.http import Record
from dataflow.systems.kinds import ORDER

#: Come from the carrying invoice; `import_order` has no parameter for a currency.
FROM_CARRIER = frozenset({"customer_id", "currency_code"})

#: How many numbers are tried for an order before something else must be wrong.
ATTEMPTS = 20


class Taken(Enum):
    """Whose the record is that has an id already."""

    SPENT = auto()  # the sync's own, from an order that is no more
    STRANGE = auto()  # somebody else's


@dataclass(frozen=True, slots=True)
class Draft:
    """An order to be imported and the invoice to carry it, but for their ids.

    `note` says in what the invoice is not quite what it was in Invoiced.
    """

    left_id: str
    order: Record
    invoice: Record
    note: str = ""

    @property
    def customer_id(self) -> str:
        """Return the Chargebee customer of both."""
        return str(self.invoice["customer_id"])


@dataclass(frozen=True, slots=True)
class Orders:
    """Imports, replaces and clears away orders; `tell` is told what went otherwise."""

    right: Chargebee
    links: Links
    tell: Callable[[str], None]

    @property
    def carriers(self) -> Carriers:
        """Return what provides the invoices."""
        return Carriers(self.right, self.tell)

    def first(self, left: Record, wanted: Mapping[str, object]) -> Found:
        """Return an order for an Invoiced invoice that has none.

        `wanted` holds the listed properties in Chargebee's own names.
        """
        return self._import(self._draft(left, wanted, {}), 1)

    def next(
        self,
        left: Record,
        old: Record,
        wanted: Mapping[str, object],
        listed: frozenset[str],
    ) -> Found:
        """Return an order to stand in for `old`, with what people wrote on that.

        `listed` are the names of the listed properties, also of those that are empty.
        """
        written = carried.at_import(old)
        own = {name: written[name] for name in written.keys() - listed}
        draft = self._draft(left, wanted, own)
        found = self._import(draft, generation(draft.left_id, str(old["id"])) + 1)
        for lost in carried.lost_with(found.record, old):
            self.tell(f"order {found.record['id']} replaces {old['id']}: {lost}.")
        return Found(self._carry_over(found.record, old, listed), found.before)

    def retire(
        self, retired: Retired, new_id: str | None, listed: frozenset[str]
    ) -> Record | None:
        """Clear away a replaced order and the invoice that carried it.

        What was written on it meanwhile goes to `new_id`, the order in its place,
        but for the `listed` properties; that order is returned. An order that cannot
        be deleted is cancelled; raises RefusedError when it cannot be that either.
        """
        old = self.right.find(ORDER, retired.right_id)
        new = self.right.find(ORDER, new_id) if new_id else None
        if old is not None and not is_gone(old):
            if not _is_clearable(old, retired.left_id):
                self.tell(
                    f"order {retired.right_id} stays: it is no more known as ours."
                )
                return new
            if new is not None and not is_gone(new):
                new = self._carry_over(new, old, listed)
            self._remove(old)
        if retired.invoice_id == carrier(retired.right_id):
            self.carriers.clear(retired.left_id, retired.invoice_id)
        return new

    def sweep(self, left_id: str, start: int) -> None:
        """Void the carriers of orders that were to be made and never were.

        `start` is the number of the first of them.
        """
        for number in range(start, start + ATTEMPTS):
            found = [
                carrier(right_id)
                for right_id in ids(left_id, number)
                if self.carriers.is_ours(left_id, carrier(right_id))
            ]
            for invoice_id in found:
                self.carriers.clear(left_id, invoice_id)
            if not found:
                return

    def _draft(
        self, left: Record, wanted: Mapping[str, object], written: Mapping[str, object]
    ) -> Draft:
        left_id = str(left["id"])
        currency = str(wanted.get("currency_code") or str(left["currency"]).upper())
        customer = wanted.get("customer_id") or self.links.right_of(
            "customer", str(left["customer"])
        )
        own = {k: v for k, v in wanted.items() if k not in FROM_CARRIER}
        both = {"customer_id": customer}
        order = {**defaults.order(left), **written, **own, "reference_id": left_id}
        invoice = defaults.carrier(left, currency)
        note = defaults.rounding(left, currency)
        return Draft(left_id, {**order, **both}, {**invoice, **both}, note)

    def _import(self, draft: Draft, start: int) -> Found:
        for number in range(start, start + ATTEMPTS):
            for right_id in ids(draft.left_id, number):
                found = self._try(draft, right_id)
                if isinstance(found, Found):
                    return found
                if found is Taken.SPENT:
                    break
        raise RefusedError(
            self.right.wire.vendor,
            400,
            f"every id for the order of {draft.left_id} is taken",
        )

    def _try(self, draft: Draft, right_id: str) -> Found | Taken:
        """Import an order under this id, or return what has the id already.

        An id that is taken may be our own, from a call whose answer was lost.
        """
        wanted = {**draft.invoice, "id": carrier(right_id)}
        if self.carriers.provide(draft.left_id, wanted):
            order = {**draft.order, "id": right_id, "invoice_id": wanted["id"]}
            with suppress(DuplicateError):
                return Found(self._import_order(order, draft.note))
        existing = self._existing(draft, right_id)
        if isinstance(existing, Found) and _stands_on(existing.record, wanted):
            return existing
        self.carriers.clear(draft.left_id, str(wanted["id"]))
        return existing

    def _import_order(self, order: Record, note: str) -> Record:
        try:
            made = self.right.import_order(order)
        except DuplicateError:
            raise
        except RefusedError:
            carrier_id = order["invoice_id"]
            self.tell(
                f"invoice {carrier_id} is in Chargebee, and carries no order yet."
            )
            raise
        if note:
            self.tell(note)
        return made

    def _existing(self, draft: Draft, right_id: str) -> Found | Taken:
        left_id = draft.left_id
        order = self.right.find(ORDER, right_id)
        if order is None:
            ours = self.carriers.is_ours(left_id, carrier(right_id))
            return Taken.SPENT if ours else Taken.STRANGE
        if is_ours(ORDER, order, left_id, draft.customer_id):
            return Found(order, before=True)
        return Taken.SPENT if is_made(ORDER, order, left_id) else Taken.STRANGE

    def _carry_over(self, new: Record, old: Record, listed: frozenset[str]) -> Record:
        owed = carried.owed(new, old)
        values = {name: value for name, value in owed.items() if name not in listed}
        if not values:
            return new
        try:
            return self.right.update(ORDER, str(new["id"]), values)
        except RefusedError:
            for name, value in values.items():
                new = self._write(new, name, value)
        return new

    def _write(self, order: Record, name: str, value: object) -> Record:
        try:
            return self.right.update(ORDER, str(order["id"]), {name: value})
        except RefusedError as error:
            self.tell(f"order {order['id']} has no {name} of {value!r}: {error}")
        return order

    def _remove(self, order: Record) -> None:
        order_id = str(order["id"])
        try:
            self.right.delete_order(order_id)
        except NotFoundError:
            return
        except RefusedError:
            if order.get("status") != "cancelled":
                self.right.cancel_order(order_id)


def _stands_on(order: Record, invoice: Record) -> bool:
    return order.get("invoice_id") == invoice["id"]


def _is_clearable(order: Record, left_id: str) -> bool:
    claim = claim_of(ORDER, order)
    if claim is None or claim.left_id != left_id:
        return False
    return claim.made or claim.mark == left_id
