"""Orders: each stands on an invoice that is imported to carry it.

An order takes its customer and its currency from that invoice, and never changes
them (documented); another customer or currency takes another order.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dataflow.mapping.paths import pick
from dataflow.sync import defaults
from dataflow.sync.create import Found
from dataflow.sync.identity import carrier, generation, ids, is_gone, is_ours
from dataflow.sync.model import Links, Retired
from dataflow.systems.chargebee import Chargebee
from dataflow.systems.errors import DuplicateError, NotFoundError, RefusedError
from dataflow.systems.http import Record
from dataflow.systems.kinds import ORDER

#: Come from the carrying invoice; `import_order` has no parameter for a currency.
FROM_CARRIER = frozenset({"customer_id", "currency_code"})

#: What makes an invoice the very one that an order needs.
TERMS = ("customer_id", "currency_code", "total")

#: What people write on an order, and an imported order can be given (sdk).
CARRIED = (
    *("order_date", "shipping_date", "note", "batch_id", "shipment_carrier"),
    "shipping_address",
    *("tracking_id", "tracking_url", "shipping_cut_off_date", "shipped_at"),
    *("delivered_at", "cancelled_at", "cancellation_reason", "created_at"),
)

#: How many numbers are tried for an order before something else must be wrong.
ATTEMPTS = 20

#: What an imported order is given afterwards, by an edit (sdk).
CARRIED_LATER = ("fulfillment_status",)

#: The states that an order can be imported in (sdk).
STATES = frozenset(
    {"cancelled", "queued", "awaiting_shipment", "on_hold", "delivered", "shipped"}
    | {"partially_delivered", "returned"}
)


@dataclass(frozen=True, slots=True)
class Orders:
    """Imports, replaces and clears away orders; `tell` is told what went otherwise."""

    right: Chargebee
    links: Links
    tell: Callable[[str], None]

    def first(self, left: Record, wanted: Mapping[str, object]) -> Found:
        """Return an order for an Invoiced invoice that has none.

        `wanted` holds the listed properties in Chargebee's own names.
        """
        return self._import(left, wanted, {}, 1)

    def next(self, left: Record, old: Record, wanted: Mapping[str, object]) -> Found:
        """Return an order to stand in for `old`, with what people wrote on that."""
        carried: dict[str, object] = {
            name: old[name] for name in CARRIED if old.get(name) is not None
        }
        if old.get("status") in STATES:
            carried["status"] = old["status"]
        start = generation(str(left["id"]), str(old["id"])) + 1
        found = self._import(left, wanted, carried, start)
        return self._write_later(found, old)

    def retire(self, retired: Retired) -> None:
        """Clear away a replaced order and the invoice that carried it.

        An order that cannot be deleted is cancelled. Only an invoice that was
        imported for the order is voided, and only if it still can be.
        """
        try:
            self.right.delete_order(retired.right_id)
        except NotFoundError:
            pass
        except RefusedError:
            self._cancel(retired.right_id)
        if retired.invoice_id == carrier(retired.right_id):
            self._void(retired.invoice_id)

    def _import(
        self,
        left: Record,
        wanted: Mapping[str, object],
        carried: Mapping[str, object],
        start: int,
    ) -> Found:
        left_id = str(left["id"])
        base = self._carrier(left, wanted)
        own = {k: v for k, v in wanted.items() if k not in FROM_CARRIER}
        order = {
            **defaults.order(left),
            **carried,
            **own,
            "customer_id": base["customer_id"],
            "reference_id": left_id,
        }
        for number in range(max(start, 1), start + ATTEMPTS):
            for right_id in ids(left_id, number):
                ids_of = {"id": right_id, "invoice_id": carrier(right_id)}
                invoice = {**base, "id": carrier(right_id)}
                found = self._try(left_id, invoice, {**order, **ids_of})
                if found is not None:
                    return found
        raise RefusedError(
            self.right.wire.vendor, 400, f"every id for the order of {left_id} is taken"
        )

    def _carrier(self, left: Record, wanted: Mapping[str, object]) -> dict[str, object]:
        currency = wanted.get("currency_code") or str(left["currency"]).upper()
        customer = wanted.get("customer_id") or self.links.right_of(
            "customer", str(left["customer"])
        )
        return {**defaults.carrier(left, str(currency)), "customer_id": customer}

    def _try(
        self, left_id: str, invoice: Record, order: Mapping[str, object]
    ) -> Found | None:
        """Import an order under these ids; None when they are somebody else's.

        An id that is taken may be our own, from a call whose answer was lost.
        """
        order_id, invoice_id = str(order["id"]), str(invoice["id"])
        try:
            self.right.import_invoice(invoice)
        except DuplicateError:
            if (ours := self._ours(left_id, order_id)) is not None:
                return ours
            existing = self.right.invoice(invoice_id)
            if not _same(existing, invoice, TERMS):
                self._drop(existing, invoice)
                return None
        try:
            return Found(self.right.import_order(order))
        except DuplicateError:
            if (ours := self._ours(left_id, order_id)) is None:
                self._void(invoice_id)
            return ours

    def _ours(self, left_id: str, order_id: str) -> Found | None:
        existing = self.right.find(ORDER, order_id)
        if existing is None or not is_ours(ORDER, existing, left_id):
            return None
        return Found(existing, before=True)

    def _drop(self, existing: Record, wanted: Record) -> None:
        """Void what an earlier try left behind; a stranger's invoice stays."""
        lines = existing.get("line_items")
        said = [pick(x, "description") for x in lines] if isinstance(lines, list) else 0
        ours = said == pick(wanted, "line_items.description")
        if ours and _same(existing, wanted, ("customer_id",)):
            self._void(str(existing["id"]))

    def _write_later(self, found: Found, old: Record) -> Found:
        late = (*CARRIED_LATER, *(CARRIED if found.before else ()))
        missing = {
            name: old[name]
            for name in late
            if old.get(name) is not None and pick(found.record, name) is None
        }
        if not missing:
            return found
        record = self.right.update(ORDER, str(found.record["id"]), missing)
        return Found(record, found.before)

    def _cancel(self, order_id: str) -> None:
        order = self.right.find(ORDER, order_id)
        if order is not None and order.get("status") != "cancelled":
            self.right.cancel_order(order_id)

    def _void(self, invoice_id: str) -> None:
        """Void an invoice that carries nothing any more, if Chargebee lets it."""
        with contextlib.suppress(NotFoundError):
            try:
                self.right.void_invoice(invoice_id)
            except RefusedError as error:
                if self.right.invoice(invoice_id).get("status") != "voided":
                    self.tell(f"invoice {invoice_id} carries no order now: {error}")


def _same(found: Record, wanted: Record, names: tuple[str, ...]) -> bool:
    """Tell whether an invoice in force agrees with the one that was to be imported."""
    in_force = not is_gone(found) and found.get("status") != "voided"
    return in_force and all(str(found.get(n)) == str(wanted[n]) for n in names)
