"""Invoices: created, edited, voided, deleted, shown.

The keys are those of the documented invoice. Where no rule below names its evidence,
the field's reader does.
"""

from __future__ import annotations

import re

from dataflow.twin.invoiced import account as accounts
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import events, fields, states
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.amounts import major, minor, totals
from dataflow.twin.invoiced.errors import RefusedError, refuse_blocked
from dataflow.twin.invoiced.fields import Reader
from dataflow.twin.invoiced.lines import read_lines, read_rates, sent_rates
from dataflow.twin.invoiced.listing import Listing
from dataflow.twin.invoiced.metadata import metadata
from dataflow.twin.invoiced.reading import read_leniently
from dataflow.twin.invoiced.resource import Resource
from dataflow.twin.wire import Json

BLOCKED = frozenset(
    (
        *("attempt_count", "balance", "created_at", "paid", "status", "subtotal"),
        *("total", "updated_at"),
    )
)

#: Read apart from the others, or written and never read back (documented).
_OTHERS = frozenset(
    (
        *("attachments", "calculate_taxes", "customer", "disabled_payment_methods"),
        *("discount", "discounts", "items", "sent", "tax", "taxes"),
    )
)
_DAY = 86_400
_NET = re.compile(r"\s*net\s+([0-9]{1,4})\s*", re.IGNORECASE)

READERS: dict[str, Reader] = {
    "number": fields.number,
    "name": fields.text,
    "currency": fields.set_currency,
    "date": fields.moment,
    "due_date": fields.whole,
    "payment_terms": fields.text,
    "purchase_order": fields.short,
    "notes": fields.text,
    "ship_to": fields.address,
    "autopay": fields.autopay,
    "draft": fields.flag,
    "closed": fields.flag,
    "sent": fields.flag,
    "next_payment_attempt": fields.whole,
    "metadata": metadata,
}


def create(account: Account, body: dict[str, Json]) -> Record:
    """Store a new invoice; only its customer is required (documented)."""
    refuse_blocked(body, BLOCKED, "Invoice")
    customer = _customer(account, body.get("customer"))
    given = _read(account, _without_defaults(body))
    record = _blank(account, customer) | given
    if "number" in given:
        account.invoice_numbers.check(record["number"])
    if "currency" not in given:
        account.rests_on(b.INVOICE_CURRENCY_DEFAULT)
    if "name" not in given:
        account.rests_on(b.INVOICE_NAME)
    record = _composed(account, record, body)
    if "due_date" not in given:
        record["due_date"] = _due(account, record)
    return _stored_new(account, states.settled(record))


def retrieve(account: Account, identifier: str) -> Record:
    """Return the invoice that a path names."""
    return accounts.found(account.invoices, "Invoice", identifier)


def update(account: Account, identifier: str, body: dict[str, Json]) -> Record:
    """Store what a PATCH says of an invoice, all of it or nothing."""
    old = retrieve(account, identifier)
    refuse_blocked(body, BLOCKED, "Invoice")
    _refuse_another_customer(old, body)
    states.refuse_edit(old, body)
    given = _read(account, body)
    record = _repriced(account, old, old | given, body)
    if "due_date" not in given and _terms(old) != _terms(record):
        record["due_date"] = _due(account, record)
    account.invoice_numbers.check(record["number"], record["id"])
    account.invoice_numbers.free(old["number"])
    account.invoice_numbers.take(record["number"], record["id"])
    return _stored(account, old, states.settled(record))


def void(account: Account, identifier: str) -> Record:
    """Void an invoice: it stays, keeps its number, and never changes again."""
    old = retrieve(account, identifier)
    states.refuse_void(old)
    account.rests_on(b.INVOICE_VOID)
    urls = dict.fromkeys(("url", "payment_url", "pdf_url"))
    return _stored(account, old, old | urls | {"voided": True, "balance": 0})


def delete(account: Account, identifier: str) -> None:
    """Delete an invoice that nothing was paid on; its number is free again."""
    record = retrieve(account, identifier)
    states.refuse_delete(record)
    account.invoices.drop(record["id"])
    account.invoices_of[record["customer"]] -= 1
    account.invoice_numbers.free(record["number"])
    events.tell(account, "deleted", states.seen(record, account.now()))


def show(account: Account, record: Record) -> Record:
    """Return an invoice as it goes over the wire, in the state that it is in now."""
    shown = states.seen(record, account.now())
    account.rests_on(b.INVOICE_SHAPE)
    if shown["status"] == "past_due":
        account.rests_on(b.INVOICE_PAST_DUE)
    return shown


def value(account: Account, record: Record, field: str) -> Json:
    """Return what a filter or a sort sees of an invoice."""
    if field == "status":
        return states.status(record, account.now())
    found: Json = record[field]
    return found


def _customer(account: Account, sent: Json) -> Record:
    if sent is None:
        raise RefusedError(
            "Customer missing", b.INVOICE_CUSTOMER_NEEDED, param="customer"
        )
    identifier = sent.get("id") if isinstance(sent, dict) else sent
    known = account.customers.get(_as_id(identifier))
    if known is None:
        raise RefusedError(
            f"No such customer: {identifier}",
            b.INVOICE_CUSTOMER_UNKNOWN,
            param="customer",
        )
    _refuse_barred(known)
    return known


def _refuse_barred(customer: Record) -> None:
    if not customer["active"]:
        raise RefusedError(
            "This customer is inactive: it gets no new invoices",
            b.CUSTOMER_INACTIVE,
            param="customer",
        )
    if customer["credit_hold"]:
        raise RefusedError(
            "This customer is on credit hold: it gets no new invoices",
            b.CUSTOMER_HELD,
            param="total",
        )


def _refuse_another_customer(record: Record, body: dict[str, Json]) -> None:
    if "customer" in body and _as_id(body["customer"]) != record["customer"]:
        raise RefusedError(
            "Invalid request parameter `customer`. The customer cannot be modified.",
            b.INVOICE_CUSTOMER_FIXED,
            param="customer",
        )


def _as_id(sent: Json) -> int:
    """Return an id that may be written as a text; 0 is nobody's."""
    if isinstance(sent, int) and not isinstance(sent, bool):
        return sent
    if isinstance(sent, str) and re.fullmatch("[0-9]{1,18}", sent):
        return int(sent)
    return 0


def _without_defaults(body: dict[str, Json]) -> dict[str, Json]:
    """Return a new invoice's body without the nulls that stand for a default.

    `sent` says nothing at a creation (documented for updates alone).
    """
    defaulted = {"number", "name", "date", "payment_terms", "due_date"}
    return {
        key: sent
        for key, sent in body.items()
        if key != "sent" and not (sent is None and key in defaulted)
    }


def _read(account: Account, body: dict[str, Json]) -> Record:
    return read_leniently(account, body, READERS, _OTHERS)


def _composed(account: Account, record: Record, body: dict[str, Json]) -> Record:
    """Return an invoice with the lines and rates of a body, and its sums."""
    changes: Record = {}
    if "items" in body:
        account.rests_on(b.LINES_REPLACED)
        changes["items"] = read_lines(
            account, body["items"], record["items"], record["currency"]
        )
    for kind, param in (("discount", "discounts"), ("tax", "taxes")):
        spoken, rates = sent_rates(body, kind)
        if spoken:
            changes[param] = read_rates(account, kind, rates, record[param])
    return _summed(account, record | changes)


def _summed(account: Account, record: Record) -> Record:
    subtotal, total = totals(record)
    if total < 0:
        raise RefusedError(
            "The total of an invoice cannot be negative", b.INVOICE_NEGATIVE
        )
    account.rests_on(b.INVOICE_TOTALS)
    currency = record["currency"]
    sums = {"subtotal": major(subtotal, currency), "total": major(total, currency)}
    return record | sums | {"balance": _balance(record, total)}


def _balance(record: Record, total: int) -> int | float:
    """Return what of a total, in minor units, has not been received yet."""
    currency = record["currency"]
    return major(total - minor(record["received"], currency), currency)


def _repriced(
    account: Account, old: Record, record: Record, body: dict[str, Json]
) -> Record:
    """Return an edited invoice with its sums.

    They are made anew only if lines or rates are sent. A new currency alone leaves
    them, and rounds the balance to its own digits.
    """
    if not body.keys().isdisjoint(("items", "discounts", "discount", "taxes", "tax")):
        return _composed(account, record, body)
    currency = record["currency"]
    if currency == old["currency"]:
        return record
    account.rests_on(b.INVOICE_CURRENCY, b.INVOICE_CURRENCY_AS_IS)
    return record | {"balance": _balance(record, minor(record["total"], currency))}


def _terms(record: Record) -> tuple[Json, Json]:
    return record["date"], record["payment_terms"]


def _due(account: Account, record: Record) -> int | None:
    terms = _NET.fullmatch(record["payment_terms"] or "")
    if terms is None:
        return None
    account.rests_on(b.INVOICE_DUE)
    due: int = record["date"] + int(terms[1]) * _DAY
    return due


def _stored_new(account: Account, record: Record) -> Record:
    if record["number"] is None:
        account.rests_on(b.INVOICE_NUMBER)
        record["number"] = account.invoice_numbers.give()
    account.rests_on(b.INVOICE_ZERO if record["paid"] else b.INVOICE_ISSUED)
    account.invoice_numbers.take(record["number"], record["id"])
    account.invoices_of[record["customer"]] += 1
    record = states.noted(record, account.now())
    account.invoices.put(record["id"], record)
    account.due_dates.note(record)
    events.tell(account, "created", states.seen(record, account.now()))
    return record


def _stored(account: Account, old: Record, record: Record) -> Record:
    if record["paid"] and not record["received"]:
        account.rests_on(b.INVOICE_ZERO)
    return store(account, old, record)


def store(account: Account, old: Record, record: Record) -> Record:
    """Store what became of an invoice, tell it, and return it as it is stored."""
    now = account.now()
    record = states.noted(record, now) | {"updated_at": now}
    account.invoices.put(record["id"], record)
    account.due_dates.note(record)
    events.tell_change(account, states.seen(old, now), states.seen(record, now))
    return record


def _blank(account: Account, customer: Record) -> Record:
    identifier, now = account.next_id(), account.now()
    page = f"{account.public}/invoices/{identifier}"
    return {
        "attempt_count": 0,
        "autopay": False,
        "closed": False,
        "created_at": now,
        "currency": customer["currency"] or accounts.CURRENCY,
        "customer": customer["id"],
        "date": now,
        "discounts": [],
        "draft": False,
        "due_date": None,
        "id": identifier,
        "items": [],
        "metadata": {},
        "name": "Invoice",
        "next_payment_attempt": None,
        "noted_due": None,
        "notes": None,
        "number": None,
        "object": "invoice",
        "paid": False,
        "payment_plan": None,
        "payment_terms": customer["payment_terms"],
        "payment_url": f"{page}/payment",
        "pdf_url": f"{page}/pdf",
        "purchase_order": None,
        "received": 0,
        "sent": False,
        "ship_to": None,
        "subscription": None,
        "taxes": [],
        "updated_at": now,
        "url": page,
        "voided": False,
    }


LISTING = Listing(
    shelf=lambda account: account.invoices,
    texts=frozenset(
        (
            *("currency", "name", "notes", "number", "payment_terms"),
            *("purchase_order", "status"),
        )
    ),
    numbers=frozenset(
        (
            *("attempt_count", "autopay", "balance", "closed", "created_at"),
            *("customer", "date", "draft", "due_date", "id", "paid", "subtotal"),
            *("total", "updated_at", "voided"),
        )
    ),
    dated=True,
    value=value,
)

RESOURCE = Resource(
    create=create,
    retrieve=retrieve,
    update=update,
    delete=delete,
    show=show,
    listing=LISTING,
)
