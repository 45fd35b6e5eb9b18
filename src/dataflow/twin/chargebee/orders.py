"""Orders: imported for an invoice, whose customer and currency they keep for good."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, filters, lists
from dataflow.twin.chargebee.addresses import completed
from dataflow.twin.chargebee.calls import Answer, Call, listed, listing, retrieving
from dataflow.twin.chargebee.errors import RefusalError, wrong_state, wrong_value
from dataflow.twin.chargebee.forms import Form
from dataflow.twin.chargebee.lists import Listing
from dataflow.twin.chargebee.order_lines import order_of, with_lines
from dataflow.twin.chargebee.order_params import (
    CANCEL,
    CREATE,
    IMMUTABLE,
    IMPORT,
    UPDATE,
)
from dataflow.twin.chargebee.params import Values
from dataflow.twin.chargebee.records import Record, dropped, is_deleted, string
from dataflow.twin.chargebee.site import INVOICES, ORDERS, Site

LISTING = Listing(
    filters={
        "id": filters.ID,
        "invoice_id": filters.ID,
        "subscription_id": filters.ID,
        "status": filters.WORD,
        "shipping_date": filters.MOMENT,
        "shipped_at": filters.MOMENT,
        "order_type": filters.WORD,
        "order_date": filters.MOMENT,
        "paid_on": filters.MOMENT,
        "updated_at": filters.MOMENT,
        "created_at": filters.MOMENT,
        "resent_status": filters.WORD,
        "is_resent": filters.FLAG,
        "original_order_id": filters.ID,
    },
    sorts=("created_at", "updated_at"),
    default="created_at",
)

_PAGING = frozenset({"limit", "offset"})

list_all = listing(ORDERS, LISTING)
retrieve = retrieving(ORDERS)


def import_order(call: Call) -> Answer:
    """Store an order of another system, for an invoice that is in force."""
    site, values = call.site, call.read(IMPORT)
    if site.switches.without_orders:
        text = "Order management is not enabled for this site"
        raise RefusalError(
            400, "configuration_incompatible", text, behaviours.WITHOUT_ORDERS
        )
    order_id = _claimed(site, values)
    invoice = _invoice(site, values)
    if invoice["id"] in site.charged_invoices:
        site.touched.touch(behaviours.CHARGE_INVOICE_ORDERED)
    site.touched.touch(behaviours.IMPORTED_ORDER_TYPE)
    site.imported_orders.add(order_id)
    return {"order": _stored(site, invoice, {**values, "id": order_id})}


def create(call: Call) -> Answer:
    """Create an order the old way, which sites of today refuse: unconfirmed how."""
    site = call.site
    if not site.switches.legacy_orders:
        text = "This operation is no longer supported"
        raise RefusalError(
            400, "invalid_request", text, behaviours.CREATE_ORDER_REFUSED
        )
    values = call.read(CREATE)
    order_id = _claimed(site, values)
    invoice = _invoice(site, values)
    now = site.clock.seconds()
    dates: Record = {"status": "new", "created_at": now, "order_date": now}
    sent = {**dates, **dropped(values), "id": order_id}
    return {"order": _stored(site, invoice, sent)}


def _claimed(site: Site, values: Values) -> str:
    chosen = string(values, "id")
    if chosen:
        site.claim(ORDERS, chosen)
    return chosen or next_id(site)


def next_id(site: Site) -> str:
    """Return an id for an order that nobody has named."""
    # Recorded: generated ids are a decimal sequence.
    while True:
        made = str(site.count("order"))
        if site.table(ORDERS).get(made) is None:
            return made


def _invoice(site: Site, values: Values) -> Record:
    invoice = site.refer(INVOICES, values, "invoice_id")
    if invoice["status"] == "voided":
        text = "An order for a voided invoice is not possible"
        raise wrong_state(text, behaviours.INVOICE_IN_FORCE)
    sent = string(values, "customer_id")
    if sent and sent != invoice["customer_id"]:
        text = f"{sent} is not the customer of the invoice"
        raise wrong_value("customer_id", text, behaviours.CUSTOMER_OF_INVOICE)
    if site.table(ORDERS).alive("invoice_id", string(invoice, "id")):
        site.touched.touch(behaviours.SEVERAL_ORDERS)
    return invoice


def _stored(site: Site, invoice: Record, values: Values) -> Record:
    site.touched.touch(behaviours.ORDER_FOLLOWS_INVOICE)
    site.touched.touch(behaviours.ORDER_OF_ALL_LINES)
    sent = dropped(completed(values, {}, site.touched))
    order = site.store(ORDERS, order_of(invoice, sent))
    link(site, order)
    return order


def link(site: Site, order: Record) -> None:
    """Name the invoice's orders on it; its version stays: recorded."""
    site.touched.touch(behaviours.ORDER_LEAVES_INVOICE)
    invoice_id = string(order, "invoice_id")
    links = [
        {name: each[name] for name in ("id", "status", "created_at")}
        for each in site.table(ORDERS).alive("invoice_id", invoice_id)
    ]
    invoice = site.table(INVOICES).get(invoice_id)
    if invoice is not None:
        site.rewrite(INVOICES, {**invoice, "linked_orders": [*links]})


def update(call: Call) -> Answer:
    """Change what may change of an order: neither customer, currency nor invoice."""
    order = call.site.find_alive(ORDERS, call.id)
    for name in IMMUTABLE:
        if name in call.form:
            text = "cannot be changed"
            raise wrong_value(name, text, behaviours.ORDER_IMMUTABLE)
    values = completed(call.read(UPDATE), order, call.site.touched)
    return {"order": _changed(call.site, order, with_lines(order, values))}


def _changed(site: Site, order: Record, values: Values) -> Record:
    if values.get("status", order["status"]) != order["status"]:
        site.touched.touch(behaviours.STATUS_TIME)
        values = {**values, "status_update_at": site.clock.seconds()}
    changed = site.change(ORDERS, order, values, {})
    link(site, changed)
    return changed


def cancel(call: Call) -> Answer:
    """Cancel an order that is not cancelled; the credit note is not modelled."""
    site = call.site
    order, values = site.find_alive(ORDERS, call.id), call.read(CANCEL)
    if order["status"] == "cancelled":
        text = "The order is cancelled"
        legacy = "invalid_state_for_cancel"
        raise wrong_state(text, behaviours.CANCELLED_TWICE, legacy)
    after: Values = {
        "status": "cancelled",
        "cancellation_reason": values["cancellation_reason"],
        "cancelled_at": values.get("cancelled_at") or site.clock.seconds(),
    }
    return {"order": _changed(site, order, after)}


def delete(call: Call) -> Answer:
    """Delete an order that was imported: documented."""
    site = call.site
    order = site.find_alive(ORDERS, call.id)
    if call.id not in site.imported_orders:
        text = "Only imported orders can be deleted"
        raise wrong_state(text, behaviours.ONLY_IMPORTED_DELETED)
    return {"order": _changed(site, order, {"deleted": True})}


def list_for_invoice(call: Call) -> Answer:
    """List an invoice's orders, the latest first: documented."""
    site = call.site
    if is_deleted(site.find(INVOICES, call.id)):
        return listed("order", [])
    asked: Form = {"invoice_id": {"is": call.id}, "sort_by": {"desc": "created_at"}}
    asked |= {name: call.form[name] for name in call.form if name in _PAGING}
    query = lists.understood(asked, LISTING, site.touched)
    rows, token = lists.page(site.listed(ORDERS), query)
    return listed("order", [row.record for row in rows], token)
