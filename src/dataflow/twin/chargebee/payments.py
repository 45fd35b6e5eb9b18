"""Payments that are noted on invoices; the twin keeps them there and nowhere else."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, generation
from dataflow.twin.chargebee.calls import Answer, Call
from dataflow.twin.chargebee.errors import missing, wrong_state, wrong_value
from dataflow.twin.chargebee.order_lines import paid_with
from dataflow.twin.chargebee.orders import link
from dataflow.twin.chargebee.params import (
    Param,
    Values,
    group,
    moment,
    one_of,
    text,
    whole,
)
from dataflow.twin.chargebee.records import Record, dropped, number, objects, string
from dataflow.twin.chargebee.site import INVOICES, ORDERS, Site

TRANSACTION = (
    Param("amount", whole(1)),
    Param("payment_method", text(50)),
    Param("reference_number", text(100)),
    Param("status", one_of("success")),
    Param("date", moment),
)
RECORD = (
    Param("transaction", group(TRANSACTION), required=True),
    Param("comment", text(300)),
)


def record_payment(call: Call) -> Answer:
    """Note that an invoice was paid, all that is due unless an amount is sent."""
    site = call.site
    invoice = site.find_alive(INVOICES, call.id)
    transaction = _transaction(site, invoice, call.read(RECORD))
    paid = site.change(INVOICES, invoice, _after(invoice, transaction), {})
    if paid["status"] == "paid":
        _pay_orders(site, paid)
        generation.consider(site, paid)
    shown = site.find(INVOICES, call.id)
    return {"invoice": shown, "transaction": transaction}


def _transaction(site: Site, invoice: Record, values: Values) -> Record:
    sent = values["transaction"]
    if not isinstance(sent, dict) or not sent.get("payment_method"):
        raise missing("transaction[payment_method]")
    due = number(invoice, "amount_due")
    if invoice["status"] in {"paid", "voided"}:
        text = f"An invoice that is {invoice['status']} takes no payment"
        raise wrong_state(text, behaviours.PAYMENT_REFUSED)
    amount = number(sent, "amount") or due
    if amount > due:
        text = f"cannot be more than the {due} that are due"
        raise wrong_value("transaction[amount]", text, behaviours.PAYMENT_REFUSED)
    return _made(site, invoice, {**sent, "amount": amount})


def _made(site: Site, invoice: Record, sent: Values) -> Record:
    now = site.clock.milliseconds()
    first: Record = {
        "id": f"txn_Tw{site.count('payment'):012d}",
        "customer_id": invoice["customer_id"],
        "type": "payment",
        "date": now // 1000,
        "exchange_rate": invoice["exchange_rate"],
        "currency_code": invoice["currency_code"],
        "base_currency_code": invoice["base_currency_code"],
        "status": "success",
        "amount_unused": 0,
        "resource_version": now,
        "updated_at": now // 1000,
        "deleted": False,
        "object": "transaction",
    }
    return {**first, **dropped(sent)}


def _after(invoice: Record, transaction: Record) -> Values:
    amount = number(transaction, "amount")
    due = number(invoice, "amount_due") - amount
    payments = [*objects(invoice, "linked_payments"), _link(transaction)]
    settled = {"status": "paid", "paid_at": transaction["date"]} if due == 0 else {}
    return {
        "amount_paid": number(invoice, "amount_paid") + amount,
        "amount_due": due,
        "amount_to_collect": due,
        "linked_payments": [*payments],
        **settled,
    }


def _link(transaction: Record) -> Record:
    return {
        "txn_id": transaction["id"],
        "applied_amount": transaction["amount"],
        "applied_at": transaction["date"],
        "txn_status": "success",
        "txn_date": transaction["date"],
        "txn_amount": transaction["amount"],
    }


def _pay_orders(site: Site, invoice: Record) -> None:
    """Note on an invoice's orders that they are paid too: unconfirmed."""
    for order in site.table(ORDERS).alive("invoice_id", string(invoice, "id")):
        site.touched.touch(behaviours.PAID_ORDERS)
        paid = paid_with(order, number(invoice, "paid_at"))
        link(site, site.change(ORDERS, order, paid, {}))
