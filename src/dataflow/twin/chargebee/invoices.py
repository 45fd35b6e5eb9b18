"""Create, read, void and delete invoices, and record payments."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, lists, orders
from dataflow.twin.chargebee.addresses import ADDRESS, completed
from dataflow.twin.chargebee.calls import Answer, Call, listing, retrieving
from dataflow.twin.chargebee.errors import (
    RefusalError,
    missing,
    wrong_state,
    wrong_value,
)
from dataflow.twin.chargebee.invoice_import import A_DAY, FIRST, FIRST_LINE, is_first_of
from dataflow.twin.chargebee.lists import ListSpec
from dataflow.twin.chargebee.order_lines import paid_with
from dataflow.twin.chargebee.orders import link
from dataflow.twin.chargebee.site import CUSTOMERS, INVOICES, ITEM_PRICES, ORDERS, Site
from dataflow.twin.chargebee.tables import CREATION
from dataflow.twin.chargebee.types import (
    Field,
    Record,
    Values,
    drop_fields,
    group,
    integer,
    number,
    objects,
    one_of,
    rows,
    string,
    text,
    timestamp,
)
from dataflow.twin.messages import Json

ITEM_PRICE = (
    Field("item_price_id", text(100), required=True),
    Field("quantity", integer(1)),
    Field("unit_price", integer(0)),
    Field("date_from", timestamp),
    Field("date_to", timestamp),
)
CHARGE = (
    Field("amount", integer(1), required=True),
    Field("description", text(250), required=True),
    Field("date_from", timestamp),
    Field("date_to", timestamp),
)

_FLAT, _PER_UNIT = "flat_fee", "per_unit"


def charged_lines(site: Site, values: Values) -> list[Record]:
    """Return the lines of a new invoice; without any it is refused."""
    prices = objects(values, "item_prices")
    sold = [_sold(site, values, at, each) for at, each in enumerate(prices)]
    plain = [_plain(each) for each in objects(values, "charges")]
    if not sold and not plain:
        raise missing("item_prices[item_price_id][0]")
    return [_line(site, values, each) for each in (*sold, *plain)]


def _line(site: Site, values: Values, own: Record) -> Record:
    date = values.get("invoice_date") or site.clock.seconds()
    return {
        "id": f"li_Tw{site.count('line'):012d}",
        "date_from": date,
        "date_to": date,
        **FIRST_LINE,
        "customer_id": values["customer_id"],
        **drop_fields(own),
    }


def _plain(sent: Record) -> Record:
    return {
        "entity_type": "adhoc",
        "quantity": 1,
        "unit_amount": sent["amount"],
        **sent,
    }


def _sold(site: Site, values: Values, at: int, sent: Record) -> Record:
    named = f"item_prices[item_price_id][{at}]"
    price = site.refer(ITEM_PRICES, sent, "item_price_id", named)
    _refuse_misfits(values, price, named)
    quantity = number(sent, "quantity") or 1
    unit = (
        number(sent, "unit_price") if "unit_price" in sent else number(price, "price")
    )
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


def _refuse_misfits(values: Values, price: Record, named: str) -> None:
    """Raise for a price that cannot stand on this invoice: mostly unconfirmed."""
    if price["item_type"] == "plan":
        raise wrong_value(named, "is a plan's", behaviours.CHARGED_ONCE)
    if price["pricing_model"] not in {_FLAT, _PER_UNIT}:
        raise wrong_value(named, "has tiers", behaviours.NO_TIERS)
    if price.get("currency_code") != values["currency_code"]:
        text = "The currency of the item price is another one"
        raise RefusalError(
            400,
            "invalid_request",
            text,
            behaviours.CURRENCY_MISMATCH,
            param=named,
            legacy="currency_mismatched",
        )


#: Documented: a site with several currencies requires the currency code.
CREATE = (
    Field("customer_id", text(50), required=True),
    Field("currency_code", text(3), required=True),
    Field("item_prices", rows(ITEM_PRICE)),
    Field("charges", rows(CHARGE)),
    Field("invoice_note", text(2000)),
    Field("po_number", text(100)),
    Field("auto_collection", one_of("on", "off")),
    Field("net_term_days", integer(0)),
    Field("invoice_date", timestamp),
    Field("shipping_address", ADDRESS),
)


def create(call: Call) -> Answer:
    """Make an invoice for charge items and charges; with orders on, one may follow."""
    site, values = call.site, call.read(CREATE)
    customer = site.refer(CUSTOMERS, values, "customer_id")
    site.check_currency(values, "currency_code")
    lines = charged_lines(site, values)
    site.evidence.cite(behaviours.EXCHANGE_RATE)
    record: Record = {
        **FIRST,
        **_as_sent(site, values, customer),
        "line_items": [*lines],
        **_sums(sum(number(line, "amount") for line in lines)),
    }
    invoice = site.store(INVOICES, drop_fields(record | _standing(site, record)))
    site.charged_invoices.add(string(invoice, "id"))
    site.use_prices(lines)
    orders.consider(site, invoice)
    return {"invoice": invoice}


def _as_sent(site: Site, values: Values, customer: Record) -> Record:
    address = completed(
        {"billing_address": customer.get("billing_address"), **_kept(values)},
        {},
        site.evidence,
    )
    now = site.clock.seconds()
    date = number(values, "invoice_date") or now
    days = number(values if "net_term_days" in values else customer, "net_term_days")
    return {
        **drop_fields(address),
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
    site.evidence.cite(behaviours.CHARGED_IS_DUE)
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


TRANSACTION = (
    Field("amount", integer(1)),
    Field("payment_method", text(50)),
    Field("reference_number", text(100)),
    Field("status", one_of("success")),
    Field("date", timestamp),
)
RECORD = (
    Field("transaction", group(TRANSACTION), required=True),
    Field("comment", text(300)),
)


def record_payment(call: Call) -> Answer:
    """Note that an invoice was paid, all that is due unless an amount is sent."""
    site = call.site
    invoice = site.find_alive(INVOICES, call.id)
    transaction = _transaction(site, invoice, call.read(RECORD))
    paid = site.change(INVOICES, invoice, _after(invoice, transaction), {})
    if paid["status"] == "paid":
        _pay_orders(site, paid)
        orders.consider(site, paid)
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
    return {**first, **drop_fields(sent)}


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
        site.evidence.cite(behaviours.PAID_ORDERS)
        paid = paid_with(order, number(invoice, "paid_at"))
        link(site, site.change(ORDERS, order, paid, {}))


VOID = (Field("comment", text(300)), Field("void_reason_code", text(100)))
DELETE = (Field("comment", text(300)),)

LISTING = ListSpec(
    filters={
        "id": lists.ID,
        "subscription_id": lists.ID,
        "customer_id": lists.ID,
        "recurring": lists.FLAG,
        "status": lists.WORD,
        "price_type": lists.WORD,
        "date": lists.MOMENT,
        "paid_at": lists.MOMENT,
        "total": lists.NUMBER,
        "amount_paid": lists.NUMBER,
        "amount_adjusted": lists.NUMBER,
        "credits_applied": lists.NUMBER,
        "amount_due": lists.NUMBER,
        "updated_at": lists.MOMENT,
        "channel": lists.WORD,
        "voided_at": lists.MOMENT,
        "void_reason_code": lists.ID,
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
    site.evidence.cite(behaviours.VOID_LEAVES_ORDERS)
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
        site.evidence.cite(behaviours.ORDERS_GO_ALONG)
        site.change(ORDERS, order, {"deleted": True}, {})
    return site.change(INVOICES, invoice, {"deleted": True}, {})
