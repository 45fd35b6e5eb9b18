"""The sums and line items of an order."""

from __future__ import annotations

from dataflow.twin.chargebee.types import Record, Values, number, objects, string

#: Recorded: an order shows these like its invoice.
_SHARED = ("price_type", "exchange_rate", "currency_code", "base_currency_code")


def make_order(invoice: Record, sent: Values) -> Values:
    """Return the values of a new order from the sent ones and its invoice."""
    address = {name: invoice[name] for name in ("billing_address",) if name in invoice}
    return {
        **address,
        **sent,
        **{name: invoice[name] for name in _SHARED},
        "invoice_id": invoice["id"],
        "customer_id": invoice["customer_id"],
        **_sums(invoice, number(sent, "refundable_credits_issued")),
        "order_line_items": [
            _make_line(invoice, line, string(sent, "status"))
            for line in objects(invoice, "line_items")
        ],
    }


def _sums(invoice: Record, issued: int) -> Record:
    total = sum(number(line, "amount") for line in objects(invoice, "line_items"))
    if invoice["status"] != "paid":
        return _amounts("not_paid", total, 0, issued)
    return {**_amounts("paid", total, total, issued), "paid_on": invoice["paid_at"]}


def _amounts(payment: str, total: int, paid: int, issued: int) -> Record:
    return {
        "payment_status": payment,
        "sub_total": total,
        "total": total,
        "amount_paid": paid,
        "refundable_credits": max(paid - issued, 0),
    }


def pay(order: Record, moment: int) -> Values:
    """Return the changes of an order whose invoice is paid, at a time in seconds."""
    issued = number(order, "refundable_credits_issued")
    total = number(order, "total")
    lines = [
        {**line, "amount_paid": line["amount"], "refundable_credits": line["amount"]}
        for line in objects(order, "order_line_items")
    ]
    return {
        **_amounts("paid", total, total, issued),
        "paid_on": moment,
        "order_line_items": [*lines],
    }


def _make_line(invoice: Record, line: Record, status: str) -> Record:
    amount = line["amount"]
    paid = amount if invoice["status"] == "paid" else 0
    shown = ("description", "entity_type", "entity_id")
    return {
        "id": f"o_{line['id']}",
        "invoice_id": invoice["id"],
        "invoice_line_item_id": line["id"],
        "unit_price": line["unit_amount"],
        "amount": amount,
        "fulfillment_quantity": line["quantity"],
        "fulfillment_amount": amount,
        "tax_amount": 0,
        "amount_paid": paid,
        "amount_adjusted": 0,
        "refundable_credits_issued": 0,
        "refundable_credits": paid,
        "is_shippable": True,
        "status": status,
        "object": "order_line_item",
        "discount_amount": 0,
        "item_level_discount_amount": 0,
        **{name: line[name] for name in shown if name in line},
    }


def complete_lines(order: Record, values: Values) -> Values:
    """Return the values with whole lines in place of the sent parts."""
    sent = {string(each, "id"): each for each in objects(values, "order_line_items")}
    if "order_line_items" not in values:
        return values
    lines = [
        {**line, **sent.get(string(line, "id"), {})}
        for line in objects(order, "order_line_items")
    ]
    return {**values, "order_line_items": [*lines]}
