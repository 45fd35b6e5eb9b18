"""The invoices that carry orders: imported for them, and voided when they are done."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from dataflow.mapping.paths import pick
from dataflow.sync.identity import carrier, is_carrier, is_gone, standing
from dataflow.sync.model import Standing
from dataflow.systems.chargebee import Chargebee
from dataflow.systems.errors import DuplicateError, NotFoundError, RefusedError
from dataflow.systems.http import Record
from dataflow.systems.kinds import ORDER

#: What makes an invoice the very one that an order needs.
TERMS = ("customer_id", "currency_code", "total")


@dataclass(frozen=True, slots=True)
class Carriers:
    """Imports and voids carriers; `tell` is told of those that have to stay."""

    right: Chargebee
    tell: Callable[[str], None]

    def provide(self, left_id: str, wanted: Record) -> bool:
        """Import a carrier, or find it there from an earlier try.

        Returned is whether it is there now: a stranger's invoice that has the id is
        not, nor is one of ours on other terms than `wanted`.
        """
        try:
            self.right.import_invoice(wanted)
        except DuplicateError:
            invoice = self.right.invoice(str(wanted["id"]))
            agrees = all(str(invoice.get(name)) == str(wanted[name]) for name in TERMS)
            return agrees and _in_force(invoice) and is_carrier(invoice, left_id)
        return True

    def is_ours(self, left_id: str, invoice_id: str) -> bool:
        """Tell whether the sync made an invoice of this id, be it in force or not."""
        with suppress(NotFoundError):
            return is_carrier(self.right.invoice(invoice_id), left_id)
        return False

    def clear(self, left_id: str, invoice_id: str) -> None:
        """Void a carrier of ours that carries no live order, if Chargebee lets it."""
        with suppress(NotFoundError):
            invoice = self.right.invoice(invoice_id)
            ours = _in_force(invoice) and is_carrier(invoice, left_id)
            if ours and not self._carries(invoice):
                self._void(invoice_id)

    def _void(self, invoice_id: str) -> None:
        try:
            self.right.void_invoice(invoice_id)
        except RefusedError as error:
            self.tell(f"invoice {invoice_id} carries no order now: {error}")

    def _carries(self, invoice: Record) -> bool:
        """Tell whether an order that is live stands on this invoice."""
        linked = invoice.get("linked_orders")
        linked = linked if isinstance(linked, list) else []
        named = [str(pick(one, "id")) for one in linked]
        own = str(invoice["id"]).removeprefix(carrier(""))
        orders = (self.right.find(ORDER, one) for one in dict.fromkeys([own, *named]))
        return any(
            order is not None
            and order.get("invoice_id") == invoice["id"]
            and standing(order) is Standing.LIVE
            for order in orders
        )


def _in_force(invoice: Record) -> bool:
    return not is_gone(invoice) and invoice.get("status") != "voided"
