"""Create, read, void and delete invoices, and record payments."""

from __future__ import annotations

from dataflow.twin.chargebee import (
    behaviours,
    invoice_import,
    lists,
    orders,
    payments,
    types,
)
from dataflow.twin.chargebee.addresses import ADDRESS, complete_addresses
from dataflow.twin.chargebee.calls import Answer, Call, make_list
from dataflow.twin.chargebee.custom_fields import PREFIX as CUSTOM
from dataflow.twin.chargebee.errors import (
    INVALID,
    RefusalError,
    missing,
    not_found,
    wrong_state,
    wrong_value,
)
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.site import CUSTOMERS, INVOICES, ITEM_PRICES, ORDERS, Site
from dataflow.twin.chargebee.tables import CREATION
from dataflow.twin.chargebee.types import (
    Record,
    Values,
    drop_fields,
    is_deleted,
    number,
    objects,
    string,
)
from dataflow.twin.resource import Field, fields
from dataflow.twin.unbuilt import NotBuiltError

ITEM_PRICE = (
    Field("item_price_id", types.Text(100), required=True),
    Field("quantity", types.Integer(1)),
    Field("unit_price", types.Amount(0)),
    *fields(types.Timestamp(), "date_from date_to"),
)

CHARGE = (
    Field("amount", types.Amount(1), required=True),
    Field("description", types.Text(250), required=True),
    *fields(types.Timestamp(), "date_from date_to"),
)

_FLAT, _PER_UNIT = "flat_fee", "per_unit"


def _make_lines(site: Site, values: Values) -> list[Record]:
    """Return the lines of a new invoice; without any it is refused."""
    prices = objects(values, "item_prices")
    lines = [_sell(site, values, at, each) for at, each in enumerate(prices)]
    for each in objects(values, "charges"):
        unit: Record = {"quantity": 1, "unit_amount": each["amount"]}
        lines.append({"entity_type": "adhoc", **unit, **each})
    if not lines:
        raise missing("item_prices[item_price_id][0]")
    return [_make_line(site, values, each) for each in lines]


def _make_line(site: Site, values: Values, own: Record) -> Record:
    date = values.get("invoice_date") or site.clock.seconds()
    return {
        "id": f"li_Tw{site.count('line'):012d}",
        "date_from": date,
        "date_to": date,
        **invoice_import.FIRST_LINE,
        "customer_id": values["customer_id"],
        **drop_fields(own),
    }


def _sell(site: Site, values: Values, at: int, sent: Record) -> Record:
    """Return the line of an item price."""
    named = f"item_prices[item_price_id][{at}]"
    price = site.find_reference(ITEM_PRICES, sent, "item_price_id", named)
    _refuse_price(values, price, named)
    quantity = number(sent, "quantity") or 1
    priced, name = (sent, "unit_price") if "unit_price" in sent else (price, "price")
    unit = number(priced, name)
    is_flat = price["pricing_model"] == _FLAT
    return {
        "description": price.get("external_name", price["name"]),
        "entity_type": f"{price['item_type']}_item_price",
        "entity_id": price["id"],
        "pricing_model": price["pricing_model"],
        "unit_amount": unit,
        "quantity": 1 if is_flat else quantity,
        "amount": unit if is_flat else unit * quantity,
        "date_from": sent.get("date_from"),
        "date_to": sent.get("date_to"),
    }


def _refuse_price(values: Values, price: Record, named: str) -> None:
    """Refuse a price that does not fit this invoice: mostly unconfirmed."""
    if price["item_type"] == "plan":
        raise wrong_value(named, "is a plan's", behaviours.CHARGED_ONCE)
    if price["pricing_model"] not in {_FLAT, _PER_UNIT}:
        raise NotBuiltError("an invoice line of a price with tiers")
    if price.get("currency_code") != values["currency_code"]:
        text = "The currency of the item price is another one"
        legacy = "currency_mismatched"
        behaviour = behaviours.CURRENCY_MISMATCH
        raise RefusalError(400, INVALID, text, behaviour, param=named, legacy=legacy)


#: Documented: a site with several currencies requires the currency code.
CREATE = (
    Field("customer_id", types.Text(50), required=True),
    Field("currency_code", types.Text(3), required=True),
    Field("item_prices", types.Rows(ITEM_PRICE)),
    Field("charges", types.Rows(CHARGE)),
    Field("invoice_note", types.Text(2000)),
    Field("po_number", types.Text(100)),
    Field("auto_collection", types.OneOf("on off")),
    Field("net_term_days", types.Integer(0)),
    Field("invoice_date", types.Timestamp()),
    Field("shipping_address", ADDRESS),
)


def create(call: Call) -> Answer:
    """Create an invoice for charge items and charges, and perhaps an order later."""
    site, values = call.site, call.read()
    customer = site.find_reference(CUSTOMERS, values, "customer_id")
    site.check_currency(values, "currency_code")
    lines = _make_lines(site, values)
    site.evidence.cite(behaviours.EXCHANGE_RATE)
    total = sum(number(line, "amount") for line in lines)
    record: Record = {
        **invoice_import.FIRST,
        **_copy_sent(site, values, customer),
        "line_items": [*lines],
        "sub_total": total,
        "total": total,
        "new_sales_amount": total,
        "linked_payments": [],
    }
    invoice = site.store(INVOICES, drop_fields(record | _status(site, record)))
    site.charged_invoices.add(string(invoice, "id"))
    site.use_prices(lines)
    orders.schedule_order(site, invoice)
    return {"invoice": invoice}


_KEPT = ("customer_id", "currency_code", "po_number", "shipping_address")


def _copy_sent(site: Site, values: Values, customer: Record) -> Record:
    kept = {
        name: values[name]
        for name in values
        if name in _KEPT or name.startswith(CUSTOM)
    }
    address = {"billing_address": customer.get("billing_address"), **kept}
    now = site.clock.seconds()
    date = number(values, "invoice_date") or now
    days = number(values if "net_term_days" in values else customer, "net_term_days")
    note = string(values, "invoice_note")
    return {
        **drop_fields(complete_addresses(address, {}, site.evidence)),
        "id": site.generate_id(INVOICES),  # recorded: a decimal sequence
        "date": date,
        "due_date": date + days * invoice_import.A_DAY,
        "net_term_days": days,
        "base_currency_code": site.currency,
        "first_invoice": invoice_import.is_first_of(site, string(customer, "id")),
        "generated_at": now,
        "notes": [{"note": note}] if note else [],
    }


def _status(site: Site, record: Record) -> Record:
    """Return the status: no card is charged here, so all is due: unconfirmed."""
    site.evidence.cite(behaviours.CHARGED_IS_DUE)
    total = number(record, "total")
    amounts: Record = {
        "amount_paid": 0,
        "amount_due": total,
        "amount_to_collect": total,
    }
    if not total:
        return {**amounts, "status": "paid", "paid_at": record["date"]}
    return {**amounts, "status": "posted" if record["net_term_days"] else "payment_due"}


VOID = (Field("comment", types.Text(300)), Field("void_reason_code", types.Text(100)))
DELETE = (Field("comment", types.Text(300)),)

LISTING = ListSpec(
    filters=lists.make_filters(
        {
            lists.ID: "id customer_id void_reason_code",
            lists.PRESENT_ID: "subscription_id",
            lists.FLAG: "recurring",
            lists.WORD: "status price_type channel",
            lists.PRESENT_WORD: "dunning_status",
            lists.MOMENT: "date paid_at updated_at voided_at",
            lists.NUMBER: "total amount_paid amount_adjusted credits_applied"
            " amount_due",
        }
    ),
    sorts=("date", "updated_at"),
    default=CREATION,
)

list_all = make_list(INVOICES, LISTING)


def retrieve(call: Call) -> Answer:
    """Show one invoice; a deleted one is in lists only: documented."""
    invoice = call.site.find(INVOICES, call.id)
    if is_deleted(invoice):
        raise not_found(behaviours.DELETED_INVOICE_HIDDEN)
    return {"invoice": invoice}


def _refuse_paid_partly(invoice: Record) -> None:
    linked = objects(invoice, "linked_payments")
    if any(each["txn_status"] in payments.EFFECTIVE for each in linked):
        text = "The invoice has payments"
        raise wrong_state(text, behaviours.PARTLY_PAID_STAYS)


def void(call: Call) -> Answer:
    """Void an unpaid invoice, once; its orders stay: unconfirmed."""
    site = call.site
    invoice, values = site.find_alive(INVOICES, call.id), call.read()
    if invoice["status"] not in payments.OPEN:
        text = f"An invoice that is {invoice['status']} cannot be voided"
        raise wrong_state(text, behaviours.VOID_REFUSED)
    _refuse_paid_partly(invoice)
    site.evidence.cite(behaviours.VOID_LEAVES_ORDERS)
    changes: Values = {
        "status": "voided",
        "voided_at": site.clock.seconds(),
        "void_reason_code": values.get("void_reason_code"),
        "amount_due": 0,
        "amount_to_collect": 0,
    }
    return {"invoice": site.change(INVOICES, invoice, changes, {})}


def delete(call: Call) -> Answer:
    """Delete an unpaid invoice and its orders: unconfirmed."""
    invoice = call.site.find_alive(INVOICES, call.id)
    call.read()
    if invoice["status"] == "paid":
        text = "A paid invoice cannot be deleted"
        raise wrong_state(text, behaviours.PAID_INVOICE_STAYS)
    _refuse_paid_partly(invoice)
    return {"invoice": remove(call.site, invoice)}


def remove(site: Site, invoice: Record) -> Record:
    """Mark an invoice and its orders as deleted, and return the invoice."""
    for order in site.table(ORDERS).alive("invoice_id", string(invoice, "id")):
        site.evidence.cite(behaviours.ORDERS_GO_ALONG)
        site.delete(ORDERS, order, {})
    return site.delete(INVOICES, invoice, {})
