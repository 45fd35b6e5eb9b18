"""Invoices for what is sold once: charge items at their prices, and plain charges."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, generation
from dataflow.twin.chargebee.addresses import ADDRESS, completed
from dataflow.twin.chargebee.calls import Answer, Call
from dataflow.twin.chargebee.charge_lines import CHARGE, ITEM_PRICE, charged_lines
from dataflow.twin.chargebee.invoice_import import A_DAY, FIRST, is_first_of
from dataflow.twin.chargebee.params import (
    Param,
    Values,
    moment,
    one_of,
    rows,
    text,
    whole,
)
from dataflow.twin.chargebee.records import Record, dropped, number, string
from dataflow.twin.chargebee.site import CUSTOMERS, INVOICES, Site
from dataflow.twin.wire import Json

#: Documented: a site with several currencies requires the currency code.
CREATE = (
    Param("customer_id", text(50), required=True),
    Param("currency_code", text(3), required=True),
    Param("item_prices", rows(ITEM_PRICE)),
    Param("charges", rows(CHARGE)),
    Param("invoice_note", text(2000)),
    Param("po_number", text(100)),
    Param("auto_collection", one_of("on", "off")),
    Param("net_term_days", whole(0)),
    Param("invoice_date", moment),
    Param("shipping_address", ADDRESS),
)


def create(call: Call) -> Answer:
    """Make an invoice for charge items and charges; with orders on, one may follow."""
    site, values = call.site, call.read(CREATE)
    customer = site.refer(CUSTOMERS, values, "customer_id")
    site.check_currency(values, "currency_code")
    lines = charged_lines(site, values)
    site.touched.touch(behaviours.EXCHANGE_RATE)
    record: Record = {
        **FIRST,
        **_as_sent(site, values, customer),
        "line_items": [*lines],
        **_sums(sum(number(line, "amount") for line in lines)),
    }
    invoice = site.store(INVOICES, dropped(record | _standing(site, record)))
    site.charged_invoices.add(string(invoice, "id"))
    site.use_prices(lines)
    generation.consider(site, invoice)
    return {"invoice": invoice}


def _as_sent(site: Site, values: Values, customer: Record) -> Record:
    address = completed(
        {"billing_address": customer.get("billing_address"), **_kept(values)},
        {},
        site.touched,
    )
    now = site.clock.seconds()
    date = number(values, "invoice_date") or now
    days = number(values if "net_term_days" in values else customer, "net_term_days")
    return {
        **dropped(address),
        "id": _next_id(site),
        "date": date,
        "due_date": date + days * A_DAY,
        "net_term_days": days,
        "base_currency_code": site.currency,
        "first_invoice": is_first_of(site, string(customer, "id")),
        "generated_at": now,
        "notes": _notes(values),
    }


def _kept(values: Values) -> Values:
    names = ("customer_id", "currency_code", "po_number", "shipping_address")
    return {name: values[name] for name in names if name in values}


def _notes(values: Values) -> list[Json]:
    note = string(values, "invoice_note")
    return [{"note": note}] if note else []


def _next_id(site: Site) -> str:
    # Recorded: generated ids are a decimal sequence.
    while True:
        made = str(site.count("invoice"))
        if site.table(INVOICES).get(made) is None:
            return made


def _sums(total: int) -> Record:
    return {
        "sub_total": total,
        "total": total,
        "new_sales_amount": total,
        "linked_payments": [],
    }


def _standing(site: Site, record: Record) -> Record:
    """Return the status: nobody's card is charged here, so all is due: unconfirmed."""
    site.touched.touch(behaviours.CHARGED_IS_DUE)
    total = number(record, "total")
    amounts: Record = {
        "amount_paid": 0,
        "amount_due": total,
        "amount_to_collect": total,
    }
    if not total:
        return {**amounts, "status": "paid", "paid_at": record["date"]}
    status = "posted" if record["net_term_days"] else "payment_due"
    return {**amounts, "status": status}
