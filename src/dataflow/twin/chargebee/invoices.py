"""Invoices once they are there: listed, voided, deleted together with their orders."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, filters
from dataflow.twin.chargebee.calls import Answer, Call, listing, retrieving
from dataflow.twin.chargebee.errors import wrong_state
from dataflow.twin.chargebee.lists import Listing
from dataflow.twin.chargebee.params import Param, Values, text
from dataflow.twin.chargebee.records import Record, string
from dataflow.twin.chargebee.site import INVOICES, ORDERS, Site
from dataflow.twin.chargebee.tables import CREATION

VOID = (Param("comment", text(300)), Param("void_reason_code", text(100)))
DELETE = (Param("comment", text(300)),)

LISTING = Listing(
    filters={
        "id": filters.ID,
        "subscription_id": filters.ID,
        "customer_id": filters.ID,
        "recurring": filters.FLAG,
        "status": filters.WORD,
        "price_type": filters.WORD,
        "date": filters.MOMENT,
        "paid_at": filters.MOMENT,
        "total": filters.NUMBER,
        "amount_paid": filters.NUMBER,
        "amount_adjusted": filters.NUMBER,
        "credits_applied": filters.NUMBER,
        "amount_due": filters.NUMBER,
        "updated_at": filters.MOMENT,
        "channel": filters.WORD,
        "voided_at": filters.MOMENT,
        "void_reason_code": filters.ID,
    },
    sorts=("date", "updated_at"),
    default=CREATION,
)

list_all = listing(INVOICES, LISTING)
retrieve = retrieving(INVOICES)


def void(call: Call) -> Answer:
    """Void an invoice that is neither paid nor voided; its orders stay: unconfirmed."""
    site = call.site
    invoice, values = site.find_alive(INVOICES, call.id), call.read(VOID)
    if invoice["status"] in {"paid", "voided"}:
        text = f"An invoice that is {invoice['status']} cannot be voided"
        raise wrong_state(text, behaviours.VOID_REFUSED)
    site.touched.touch(behaviours.VOID_LEAVES_ORDERS)
    after: Values = {
        "status": "voided",
        "voided_at": site.clock.seconds(),
        "void_reason_code": values.get("void_reason_code"),
        "amount_due": 0,
        "amount_to_collect": 0,
    }
    return {"invoice": site.change(INVOICES, invoice, after, {})}


def delete(call: Call) -> Answer:
    """Delete an invoice that is not paid, and its orders: unconfirmed."""
    invoice = call.site.find_alive(INVOICES, call.id)
    call.read(DELETE)
    if invoice["status"] == "paid":
        text = "A paid invoice cannot be deleted"
        raise wrong_state(text, behaviours.PAID_INVOICE_STAYS)
    return {"invoice": remove(call.site, invoice)}


def remove(site: Site, invoice: Record) -> Record:
    """Mark an invoice and its orders as deleted, and return the invoice."""
    for order in site.table(ORDERS).alive("invoice_id", string(invoice, "id")):
        site.touched.touch(behaviours.ORDERS_GO_ALONG)
        site.change(ORDERS, order, {"deleted": True}, {})
    return site.change(INVOICES, invoice, {"deleted": True}, {})
