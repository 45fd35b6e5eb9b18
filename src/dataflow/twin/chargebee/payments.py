"""Record and remove the payments of invoices."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, invoice_import, orders, types
from dataflow.twin.chargebee.calls import Answer, Call
from dataflow.twin.chargebee.errors import missing, not_found, wrong_state
from dataflow.twin.chargebee.order_lines import pay
from dataflow.twin.chargebee.site import CUSTOMERS, INVOICES, ORDERS, Site
from dataflow.twin.chargebee.types import (
    Record,
    Values,
    drop_fields,
    number,
    objects,
    string,
)
from dataflow.twin.resource import Field

#: The statuses of an invoice that can be paid or voided: documented.
OPEN = frozenset({"payment_due", "posted", "not_paid"})

#: The statuses of a payment that forbids a void and a deletion: documented.
EFFECTIVE = frozenset({"success", "in_progress"})

TRANSACTION = (
    Field("amount", types.Amount(0)),
    Field("payment_method", invoice_import.PAYMENT_METHOD, required=True),
    Field("reference_number", types.Text(100)),
    Field("custom_payment_method_id", types.Text(50)),
    Field("id_at_gateway", types.Text(100)),
    Field("status", types.OneOf("success failure late_failure")),
    Field("date", types.Timestamp()),
    Field("error_code", types.Text(100)),
    Field("error_text", types.Text(65_000)),
)


def record_payment(site: Site, invoice: Record, values: Values) -> Answer:
    """Record a payment of an invoice, of all that is due unless an amount is sent.

    What is more than due goes to the customer's excess payments: documented.
    """
    transaction = _make_transaction(site, invoice, values)
    site.payments[string(transaction, "id")] = transaction
    paid = site.change(INVOICES, invoice, _apply(invoice, transaction), {})
    _add_excess(site, paid, number(transaction, "amount_unused"))
    if paid["status"] == "paid":
        _pay_orders(site, paid)
        orders.schedule_order(site, paid)
    answered = site.find(INVOICES, string(invoice, "id"))
    return {"invoice": answered, "transaction": transaction}


def _make_transaction(site: Site, invoice: Record, values: Values) -> Record:
    sent = values.get("transaction")
    if not isinstance(sent, dict) or not sent.get("payment_method"):
        raise missing("transaction[payment_method]")
    due = number(invoice, "amount_due")
    amount = number(sent, "amount") if sent.get("amount") is not None else due
    now = site.clock.milliseconds()
    status = sent.get("status") or "success"
    return {
        "id": f"txn_Tw{site.count('payment'):012d}",
        "customer_id": invoice["customer_id"],
        "type": "payment",
        "date": now // 1000,
        "exchange_rate": invoice["exchange_rate"],
        "currency_code": invoice["currency_code"],
        "base_currency_code": invoice["base_currency_code"],
        "status": status,
        "amount_unused": max(amount - due, 0) if status == "success" else 0,
        "resource_version": now,
        "updated_at": now // 1000,
        "deleted": False,
        "object": "transaction",
        **drop_fields({**sent, "amount": amount}),
    }


def _apply(invoice: Record, transaction: Record) -> Values:
    """Return the changes of an invoice by a payment; a failed one pays nothing."""
    amount, date = number(transaction, "amount"), transaction["date"]
    applied = amount - number(transaction, "amount_unused")
    link = {
        **invoice_import.link_payment(transaction["id"], applied, date),
        "txn_status": transaction["status"],
        "txn_amount": amount,
    }
    payments: Values = {"linked_payments": [*objects(invoice, "linked_payments"), link]}
    if transaction["status"] != "success":
        return payments
    due = number(invoice, "amount_due") - applied
    settled = {"status": "paid", "paid_at": date} if due == 0 else {}
    return {
        **payments,
        **_amounts(number(invoice, "amount_paid") + applied, due),
        **settled,
    }


def _amounts(paid: int, due: int) -> Values:
    return {"amount_paid": paid, "amount_due": due, "amount_to_collect": due}


def _add_excess(site: Site, invoice: Record, amount: int) -> None:
    """Add to the excess payments of an invoice's customer."""
    customer = site.table(CUSTOMERS).get(string(invoice, "customer_id"))
    if amount and customer is not None:
        site.evidence.cite(behaviours.EXCESS_PAYMENT)
        excess = number(customer, "excess_payments") + amount
        site.change(CUSTOMERS, customer, {"excess_payments": excess}, {})


REMOVED = (Field("id", types.Text(40), required=True),)


def remove_payment(site: Site, invoice: Record, values: Values) -> Answer:
    """Remove a payment from an invoice; its amount is an excess payment: documented."""
    sent = values.get("transaction")
    wanted = sent.get("id") if isinstance(sent, dict) else None
    if not wanted:
        raise missing("transaction[id]")
    payments = objects(invoice, "linked_payments")
    removed = [each for each in payments if each["txn_id"] == wanted]
    if not removed:
        raise not_found(behaviours.UNKNOWN_REFERENCE, "transaction[id]")
    if removed[0]["txn_status"] not in EFFECTIVE:
        raise wrong_state("The payment has failed", behaviours.PAYMENT_REMOVED)
    site.evidence.cite(behaviours.PAYMENT_REMOVED)
    amount = number(removed[0], "applied_amount")
    paid = number(invoice, "amount_paid") - amount
    changes: Values = {
        "linked_payments": [each for each in payments if each["txn_id"] != wanted],
        **_amounts(paid, number(invoice, "amount_due") + amount),
        **_reopen(site, invoice),
    }
    changed = site.change(INVOICES, invoice, changes, {})
    _add_excess(site, changed, amount)
    return {"invoice": changed, "transaction": _release(site, str(wanted), amount)}


def _release(site: Site, payment_id: str, amount: int) -> Record:
    """Add to the part of a payment that no invoice has, and return the payment."""
    payment = site.payments[payment_id]
    unused = number(payment, "amount_unused") + amount
    site.payments[payment_id] = {**payment, "amount_unused": unused}
    return site.payments[payment_id]


DELETE = (Field("comment", types.Text(300)),)


def delete(call: Call) -> Answer:
    """Delete a payment that was recorded by hand, once no invoice has it."""
    site, payment = call.site, call.site.payments.get(call.id)
    call.read()
    if payment is None:
        raise not_found(behaviours.UNKNOWN_REFERENCE, "transaction")
    site.evidence.cite(behaviours.PAYMENT_DELETED)
    unused = number(payment, "amount_unused")
    if unused < number(payment, "amount"):
        raise wrong_state("An invoice has the payment", behaviours.PAYMENT_DELETED)
    del site.payments[call.id]
    customer = site.table(CUSTOMERS).get(string(payment, "customer_id"))
    if customer is not None:
        excess = number(customer, "excess_payments") - unused
        site.change(CUSTOMERS, customer, {"excess_payments": excess}, {})
    return {"transaction": {**payment, "deleted": True}}


def _reopen(site: Site, invoice: Record) -> Values:
    """Return the status of a paid invoice without its payment; others keep theirs."""
    if invoice["status"] != "paid":
        return {}
    if number(invoice, "due_date") > site.clock.seconds():
        return {"status": "posted", "paid_at": None}
    customer = site.table(CUSTOMERS).get(string(invoice, "customer_id")) or {}
    collected = customer.get("auto_collection") == "on"
    return {"status": "not_paid" if collected else "payment_due", "paid_at": None}


def _pay_orders(site: Site, invoice: Record) -> None:
    """Mark an invoice's orders as paid too: unconfirmed."""
    for order in site.table(ORDERS).alive("invoice_id", string(invoice, "id")):
        site.evidence.cite(behaviours.PAID_ORDERS)
        paid = pay(order, number(invoice, "paid_at"))
        orders.update_links(site, site.change(ORDERS, order, paid, {}))
