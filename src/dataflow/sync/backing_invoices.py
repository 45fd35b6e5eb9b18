"""Import and void the invoices behind orders, which Chargebee requires."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass

from dataflow.sync.clients.chargebee import Chargebee
from dataflow.sync.clients.http import Record
from dataflow.sync.errors import DuplicateError, NotFoundError, RefusedError
from dataflow.sync.mapping import get_at_path
from dataflow.sync.matching import (
    backing_invoice_id,
    find_generation,
    is_backing_invoice,
    is_deleted,
    propose_order_ids,
    read_state,
)
from dataflow.sync.model import RecordState
from dataflow.sync.payments import (
    amount_due,
    has_own_payment,
    is_linked,
    payment_id,
)
from dataflow.sync.record_types import ORDER

#: A backing invoice of the same order has the same values of these, and of what is due.
TERMS = ("customer_id", "currency_code", "total")


@dataclass(frozen=True, slots=True)
class BackingInvoices:
    """Imports and voids backing invoices; reports those that cannot be voided."""

    right: Chargebee
    report: Callable[[str], None]

    def provide(self, left_id: str, wanted: Record) -> bool:
        """Import a backing invoice, or find it from an earlier attempt.

        Return whether it exists now: an invoice of another program that has the id does
        not count, nor one of the sync with other terms than `wanted`.
        """
        try:
            self.right.import_invoice(wanted)
        except DuplicateError:
            invoice = self.right.invoice(str(wanted["id"]))
            terms = {**{x: wanted[x] for x in TERMS}, "amount_due": amount_due(wanted)}
            has_terms = all(str(invoice.get(x)) == str(terms[x]) for x in terms)
            return has_terms and _is_live_backing(invoice, left_id)
        return True

    def is_created_by_sync(self, left_id: str, invoice_id: str) -> bool:
        """Return whether the sync created an invoice of this id, voided or not."""
        with suppress(NotFoundError):
            return is_backing_invoice(self.right.invoice(invoice_id), left_id)
        return False

    def find_latest(self, left_id: str) -> int:
        """Return the latest generation of an order that has a backing invoice, or 1."""
        first, _ = propose_order_ids(left_id, 1)
        found = self.right.list_invoice_ids(f"{backing_invoice_id(first)}-")
        before = backing_invoice_id("")
        ids = (one.removeprefix(before) for one in found)
        return max((find_generation(left_id, one) for one in ids), default=1)

    def clear(
        self, left_id: str, invoice_id: str, deleted: Collection[str] = ()
    ) -> None:
        """Void a backing invoice of the sync without a live order, if possible.

        `deleted` are the orders of which that is known without a call.
        """
        with suppress(NotFoundError):
            invoice = self.right.invoice(invoice_id)
            if not _is_live_backing(invoice, left_id):
                return
            if not self._has_live_order(invoice, deleted):
                self._void(invoice_id, invoice)

    def _void(self, invoice_id: str, invoice: Record) -> None:
        try:
            self._remove_payment(invoice_id, invoice)
            self.right.void_invoice(invoice_id)
        except RefusedError as error:
            self.report(f"invoice {invoice_id} carries no order now: {error}")

    def _remove_payment(self, invoice_id: str, invoice: Record) -> None:
        """Remove the payment of the import: one with a payment cannot be voided.

        What was removed is an excess payment of the customer until it is deleted.
        """
        payment = payment_id(invoice_id.removeprefix(backing_invoice_id("")))
        if is_linked(invoice, payment):
            self.right.remove_payment(invoice_id, payment)
        if has_own_payment(invoice, payment):
            with suppress(NotFoundError):
                self.right.delete_payment(payment)

    def _has_live_order(self, invoice: Record, deleted: Collection[str]) -> bool:
        linked = invoice.get("linked_orders")
        linked = linked if isinstance(linked, list) else []
        own = str(invoice["id"]).removeprefix(backing_invoice_id(""))
        ids = dict.fromkeys([own, *(str(get_at_path(x, "id")) for x in linked)])
        orders = (self.right.find(ORDER, each) for each in ids if each not in deleted)
        return any(
            order is not None
            and order.get("invoice_id") == invoice["id"]
            and read_state(order) is RecordState.LIVE
            for order in orders
        )


def _is_live_backing(invoice: Record, left_id: str) -> bool:
    is_live = not is_deleted(invoice) and invoice.get("status") != "voided"
    return is_live and is_backing_invoice(invoice, left_id)
