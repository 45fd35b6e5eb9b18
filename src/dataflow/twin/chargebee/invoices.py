"""Create, import, read, void and delete invoices."""

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
from dataflow.twin.chargebee.calls import Answer, Resource
from dataflow.twin.chargebee.custom_fields import PREFIX as CUSTOM
from dataflow.twin.chargebee.errors import (
    INVALID,
    RefusalError,
    missing,
    wrong_state,
    wrong_value,
)
from dataflow.twin.chargebee.invoice_sums import DISCOUNT, TAX
from dataflow.twin.chargebee.site import CUSTOMERS, INVOICES, ITEM_PRICES, ORDERS, Site
from dataflow.twin.chargebee.types import (
    Record,
    Values,
    drop_fields,
    number,
    objects,
    string,
)
from dataflow.twin.resource import Field, Fields, Transition, fields, first, read_only
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

_IMPORT, _CHARGE = "import_invoice", "create_for_charge_items_and_charges"
_BOTH = f"{_IMPORT} {_CHARGE}"

#: First values as in the recorded invoice. Documented: a site with several currencies
#: requires the currency code.
FIELDS = Fields(
    *read_only("recurring", default=False, filter=lists.FLAG),
    Field(
        "price_type",
        types.OneOf("tax_exclusive tax_inclusive"),
        sent=_IMPORT,
        default="tax_exclusive",
        filter=lists.WORD,
    ),
    Field("net_term_days", types.Integer(0), sent=_BOTH, default=0),
    *first(exchange_rate=1.0),
    *read_only("amount_adjusted", default=0, filter=lists.NUMBER),
    Field("write_off_amount", types.Amount(0), sent=_IMPORT, default=0),
    Field("is_written_off", types.Boolean(), sent=_IMPORT),
    Field("write_off_date", types.Timestamp(), sent=_IMPORT),
    *read_only("credits_applied", default=0, filter=lists.NUMBER),
    *first(deleted=False, object="invoice", round_off_amount=0),
    Field("has_advance_charges", types.Boolean(), sent=_IMPORT, default=False),
    *first(is_gifted=False, term_finalized=True),
    *read_only("channel", default="web", filter=lists.WORD),
    *first(tax=0, applied_credits=[], adjustment_credit_notes=[]),
    *first(issued_credit_notes=[], linked_orders=[], dunning_attempts=[]),
    Field("notes", types.Rows(invoice_import.NOTE), sent=_IMPORT, default=[]),
    Field("id", types.Text(50), required=True, sent=_IMPORT, filter=lists.ID),
    Field("currency_code", types.Currency(), required=True, sent=_BOTH),
    Field(
        "customer_id",
        types.Text(50),
        required=True,
        sent=_BOTH,
        filter=lists.ID,
        reference="customer",
    ),
    Field("subscription_id", types.Text(50), sent=_IMPORT, filter=lists.PRESENT_ID),
    Field("po_number", types.Text(100), sent=_BOTH),
    Field("void_reason_code", types.Text(100), sent=f"{_IMPORT} void", filter=lists.ID),
    Field("vat_number", types.Text(20), sent=_IMPORT),
    Field("vat_number_prefix", types.Text(10), sent=_IMPORT),
    Field(
        "date",
        types.Timestamp(),
        required=True,
        sent=_IMPORT,
        filter=lists.MOMENT,
        sort=True,
    ),
    Field("total", types.Amount(0), required=True, sent=_IMPORT, filter=lists.NUMBER),
    Field("round_off", types.Integer(-99, 99), sent=_IMPORT),
    Field(
        "status",
        types.OneOf("paid posted payment_due not_paid voided pending"),
        sent=_IMPORT,
        filter=lists.WORD,
    ),
    *fields(types.Timestamp(), "voided_at paid_at", sent=_IMPORT, filter=lists.MOMENT),
    Field("due_date", types.Timestamp(), sent=_IMPORT),
    Field("line_items", types.Rows(invoice_import.LINE), required=True, sent=_IMPORT),
    Field("payments", types.Rows(invoice_import.PAYMENT), sent=_IMPORT),
    Field("taxes", types.Rows(TAX), sent=_IMPORT),
    Field("discounts", types.Rows(DISCOUNT), sent=_IMPORT),
    Field("billing_address", ADDRESS, sent=_IMPORT),
    Field("shipping_address", ADDRESS, sent=_BOTH),
    Field("item_prices", types.Rows(ITEM_PRICE), sent=_CHARGE),
    Field("charges", types.Rows(CHARGE), sent=_CHARGE),
    Field("invoice_note", types.Text(2000), sent=_CHARGE),
    Field("auto_collection", types.OneOf("on off"), sent=_CHARGE),
    Field("invoice_date", types.Timestamp(), sent=_CHARGE),
    Field("comment", types.Text(300), sent="record_payment void delete"),
    Field("transaction", types.Group(payments.TRANSACTION), sent="record_payment"),
    Field("transaction", types.Group(payments.REMOVED), sent="remove_payment"),
    *read_only("dunning_status", filter=lists.PRESENT_WORD),
    *read_only("amount_paid amount_due", filter=lists.NUMBER),
    *read_only("updated_at", filter=lists.MOMENT, sort=True),
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


def _charge(site: Site, _old: Record, values: Values) -> Values:
    """Return a new invoice for charge items and charges."""
    customer = site.find_reference(CUSTOMERS, values, "customer_id")
    lines = _make_lines(site, values)
    site.evidence.cite(behaviours.EXCHANGE_RATE)
    total = sum(number(line, "amount") for line in lines)
    record: Record = {
        **_copy_sent(site, values, customer),
        "line_items": [*lines],
        "sub_total": total,
        "total": total,
        "new_sales_amount": total,
        "linked_payments": [],
    }
    site.charged_invoices.add(string(values, "id"))
    return record | _status(site, record)


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
        "id": values["id"],
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


def _refuse_paid_partly(invoice: Record) -> None:
    linked = objects(invoice, "linked_payments")
    if any(each["txn_status"] in payments.EFFECTIVE for each in linked):
        text = "The invoice has payments"
        raise wrong_state(text, behaviours.PARTLY_PAID_STAYS)


def _void(site: Site, invoice: Record, values: Values) -> Answer:
    """Void an unpaid invoice, once; its orders stay: unconfirmed."""
    _refuse_paid_partly(invoice)
    site.evidence.cite(behaviours.VOID_LEAVES_ORDERS)
    changes: Values = {
        "status": values["status"],
        "voided_at": site.clock.seconds(),
        "void_reason_code": values.get("void_reason_code"),
        "amount_due": 0,
        "amount_to_collect": 0,
    }
    return {"invoice": site.change(INVOICES, invoice, changes, {})}


def _delete(site: Site, invoice: Record, _values: Values) -> Answer:
    """Delete an unpaid invoice and its orders: unconfirmed."""
    _refuse_paid_partly(invoice)
    return {"invoice": remove(site, invoice)}


def remove(site: Site, invoice: Record) -> Record:
    """Mark an invoice and its orders as deleted, and return the invoice."""
    for order in site.table(ORDERS).alive("invoice_id", string(invoice, "id")):
        site.evidence.cite(behaviours.ORDERS_GO_ALONG)
        site.delete(ORDERS, order, {})
    return site.delete(INVOICES, invoice, {})


def _note(site: Site, invoice: Record) -> None:
    """Note the prices of a new invoice, and schedule its order."""
    site.use_prices(objects(invoice, "line_items"))
    orders.schedule_order(site, invoice)


# Recorded: generated ids are a decimal sequence.
INVOICE = Resource(
    INVOICES,
    "invoices",
    FIELDS,
    usual="list retrieve",
    creations={_IMPORT: invoice_import.complete, _CHARGE: _charge},
    actions={
        "record_payment": payments.record_payment,
        "remove_payment": payments.remove_payment,
        "void": _void,
        "delete": _delete,
    },
    transitions={
        "record_payment": Transition(
            payments.OPEN, None, behaviours.PAYMENT_REFUSED, "invalid_invoice_state"
        ),
        "void": Transition(payments.OPEN, "voided", behaviours.VOID_REFUSED),
        "delete": Transition(
            payments.OPEN | {"voided", "pending"}, None, behaviours.PAID_INVOICE_STAYS
        ),
    },
    note=_note,
    hidden=behaviours.DELETED_INVOICE_HIDDEN,
)
