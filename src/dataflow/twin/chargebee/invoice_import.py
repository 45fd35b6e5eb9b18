"""Import invoices, which orders need."""

from __future__ import annotations

from collections.abc import Iterator

from dataflow.twin.chargebee import behaviours, types
from dataflow.twin.chargebee.addresses import complete_addresses
from dataflow.twin.chargebee.errors import missing
from dataflow.twin.chargebee.invoice_sums import (
    LINE_TAXES,
    check_taxes,
    check_total,
    split_taxes,
    sums,
)
from dataflow.twin.chargebee.site import CUSTOMERS, INVOICES, Site
from dataflow.twin.chargebee.types import (
    Record,
    Values,
    drop_fields,
    number,
    objects,
    string,
)
from dataflow.twin.messages import Json
from dataflow.twin.resource import Field, fields

A_DAY = 86_400

_ENTITIES = types.OneOf(
    "adhoc plan_item_price addon_item_price charge_item_price plan_setup plan addon"
)
LINE = (
    Field("id", types.Text(40)),
    Field("description", types.Text(250), required=True),
    *fields(types.Timestamp(), "date_from date_to"),
    *fields(types.Amount(), "unit_amount amount"),
    Field("quantity", types.Integer(1)),
    Field("entity_type", _ENTITIES),
    Field("entity_id", types.Text(100)),
    Field("subscription_id", types.Text(50)),
    *LINE_TAXES,
)
NOTE = (
    Field(
        "entity_type",
        types.OneOf(
            "coupon plan_item_price addon_item_price charge_item_price plan addon"
        ),
    ),
    Field("entity_id", types.Text(50)),
    Field("note", types.Text(65_000)),
)
PAYMENT_METHOD = types.OneOf(
    "cash check bank_transfer other app_store play_store custom dana touch_n_go tamara"
    " qpay"
)
PAYMENT = (
    Field("id", types.Text(40)),
    Field("amount", types.Amount(1), required=True),
    Field("payment_method", PAYMENT_METHOD, required=True),
    Field("date", types.Timestamp()),
    Field("reference_number", types.Text(100)),
)
FIRST_PAYMENT: Record = {
    "type": "payment",
    "status": "success",
    "amount_unused": 0,
    "deleted": False,
    "object": "transaction",
}
FIRST_LINE: Record = {
    "pricing_model": "flat_fee",
    "is_taxed": False,
    "tax_amount": 0,
    "object": "line_item",
    "entity_type": "adhoc",
    "metered": False,
    "tax_exempt_reason": "tax_not_configured",
    "discount_amount": 0,
    "item_level_discount_amount": 0,
}


def complete(site: Site, _old: Record, values: Values) -> Values:
    """Return an invoice of another system as it is there."""
    customer = site.find_reference(CUSTOMERS, values, "customer_id")
    sent = enumerate(objects(values, "line_items"))
    made = [_make_line(site, values, at, line) for at, line in sent]
    lines, taxes = split_taxes(made)
    check_taxes(values, taxes)
    check_total(values, lines, site.evidence)
    site.evidence.cite(behaviours.EXCHANGE_RATE)
    return {
        **_copy_sent(site, values, customer),
        **sums(values, lines, taxes),
        "line_items": [*lines],
        "linked_payments": [*_link_payments(site, values)],
        **_status(site, values),
    }


_REWRITTEN = frozenset(
    {"round_off", "line_items", "payments", "status", "taxes", "discounts"}
    | {"is_written_off", "write_off_amount", "write_off_date"}
)


def _copy_sent(site: Site, values: Values, customer: Record) -> Record:
    sent = {name: values.get(name) for name in values if name not in _REWRITTEN}
    address = {"billing_address": customer.get("billing_address"), **sent}
    days = number(values, "net_term_days")
    return {
        "due_date": number(values, "date") + days * A_DAY,
        **drop_fields(complete_addresses(address, {}, site.evidence)),
        "base_currency_code": site.currency,
        "first_invoice": is_first_of(site, string(customer, "id")),
        "generated_at": site.clock.seconds(),
    }


def is_first_of(site: Site, customer_id: str) -> bool:
    """Return whether a customer has had no invoice yet."""
    return not site.table(INVOICES).linked("customer_id", customer_id)


def _make_line(site: Site, values: Values, at: int, line: Record) -> Record:
    amount, unit, quantity = _amounts(at, line)
    return {
        "id": f"li_Tw{site.count('line'):012d}",
        "date_from": values["date"],
        "date_to": values["date"],
        **FIRST_LINE,
        "customer_id": values["customer_id"],
        **line,
        "unit_amount": unit,
        "quantity": quantity,
        "amount": amount,
    }


def _amounts(at: int, line: Record) -> tuple[int, int, int]:
    """Return a line's amount, unit amount and quantity from the sent ones of them."""
    quantity = number(line, "quantity") or 1
    if "amount" in line:
        amount = number(line, "amount")
        return amount, number(line, "unit_amount") or amount // quantity, quantity
    for needed in ("unit_amount", "quantity"):
        if needed not in line:
            raise missing(f"line_items[{needed}][{at}]")
    return number(line, "unit_amount") * quantity, number(line, "unit_amount"), quantity


def _link_payments(site: Site, values: Values) -> Iterator[Record]:
    for each in objects(values, "payments"):
        payment_id = each.get("id", f"txn_Tw{site.count('payment'):012d}")
        date = each.get("date", values["date"])
        shared = {name: values[name] for name in ("customer_id", "currency_code")}
        payment = {**FIRST_PAYMENT, **shared, **each, "id": payment_id, "date": date}
        site.payments[str(payment_id)] = payment
        yield link_payment(payment_id, each["amount"], date)


def link_payment(payment_id: Json, amount: Json, date: Json) -> Record:
    """Return an entry of an invoice's `linked_payments`."""
    return {
        "txn_id": payment_id,
        "applied_amount": amount,
        "applied_at": date,
        "txn_status": "success",
        "txn_date": date,
        "txn_amount": amount,
    }


def _status(site: Site, values: Values) -> Record:
    """Return the status and the due amount: mostly unconfirmed."""
    total = number(values, "total")
    paid = sum(number(each, "amount") for each in objects(values, "payments"))
    status = string(values, "status")
    if values.get("is_written_off"):
        return _write_off(site, values, total - paid)
    if not status:
        site.evidence.cite(behaviours.IMPORTED_STATUS)
        status = "paid" if paid >= total else "payment_due"
    if status == "paid" and paid < total:
        site.evidence.cite(behaviours.PAID_WITHOUT_PAYMENTS)
        paid = total
    due = 0 if status == "voided" else max(total - paid, 0)
    amounts: Record = {"amount_paid": paid, "amount_due": due, "amount_to_collect": due}
    return {"status": status, **amounts, **_times(site, values, status)}


def _write_off(site: Site, values: Values, due: int) -> Record:
    """Return the status of an invoice whose due amount is written off."""
    site.evidence.cite(behaviours.IMPORTED_WRITTEN_OFF)
    amount = number(values, "write_off_amount") or due
    left = max(due - amount, 0)
    return {
        "status": "payment_due" if left else "paid",
        "amount_paid": number(values, "total") - due,
        "write_off_amount": amount,
        "amount_due": left,
        "amount_to_collect": left,
        "paid_at": None if left else values.get("write_off_date", values["date"]),
    }


def _times(site: Site, values: Values, status: str) -> Record:
    if status == "paid":
        return {"paid_at": values.get("paid_at", values["date"])}
    if status == "voided":
        return {"voided_at": values.get("voided_at", site.clock.seconds())}
    return {}
