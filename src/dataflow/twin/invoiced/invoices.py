"""Invoices: their table, and what only invoices do."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from dataflow.twin.evidence import Behaviour
from dataflow.twin.invoiced import account as accounts
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.calls import Resource
from dataflow.twin.invoiced.encoding import Body, Call
from dataflow.twin.invoiced.errors import RefusalError, encode_answer
from dataflow.twin.invoiced.fields import NUMBER, TEXT, Fields
from dataflow.twin.invoiced.invoice_lines import apply_rates, compose_lines, due, terms
from dataflow.twin.invoiced.invoice_states import (
    REFUSALS,
    ROUND,
    is_owed,
    note_due,
    settle,
    status,
)
from dataflow.twin.invoiced.lists import ListSpec
from dataflow.twin.invoiced.metadata import read_metadata
from dataflow.twin.invoiced.types import Text, minor
from dataflow.twin.messages import Json, Response
from dataflow.twin.resource import Field, Sent, fields, unread

FIELDS = Fields(
    "Invoice",
    Field("customer", required=True, sent=Sent.CREATE, filter=NUMBER),
    Field("number", types.NUMBER, defaulted=True, filter=TEXT, unique=b.NUMBER_TAKEN),
    Field("name", types.text, default="Invoice", defaulted=True, filter=TEXT),
    Field("currency", types.set_currency, filter=TEXT),
    Field("date", types.timestamp, defaulted=True, filter=NUMBER),
    Field("due_date", types.optional_timestamp, defaulted=True, filter=NUMBER),
    Field("payment_terms", Text(255), defaulted=True, filter=TEXT),
    Field("purchase_order", Text(32), filter=TEXT),
    Field("notes", types.text, filter=TEXT),
    Field("ship_to", types.address),
    Field("autopay", types.autopay, default=False, filter=NUMBER),
    *fields(types.boolean, "draft closed", default=False, filter=NUMBER),
    Field("sent", types.boolean, sent=Sent.UPDATE, default=False, shown=False),
    Field("next_payment_attempt", types.optional_timestamp),
    Field("metadata", read_metadata, default={}),
    *fields(unread, "items discounts taxes", default=[]),
    *fields(
        unread, "calculate_taxes disabled_payment_methods discount tax", stored=False
    ),
    *fields(
        types.not_built,
        "attachments chase late_fees needs_attention next_chase_on",
        stored=False,
    ),
    *fields(types.not_built, "payment_plan subscription"),
    Field("attempt_count", sent=Sent.BLOCKED, default=0, filter=NUMBER),
    Field("paid", sent=Sent.BLOCKED, default=False, filter=NUMBER),
    *fields(
        unread,
        "balance created_at subtotal total updated_at",
        sent=Sent.BLOCKED,
        stored=False,
        filter=NUMBER,
    ),
    Field("status", sent=Sent.BLOCKED, stored=False, filter=TEXT),
    Field("id", sent=Sent.NEVER, filter=NUMBER),
    Field("object", sent=Sent.NEVER, default="invoice"),
    # Stored for statuses, sums and filters.
    Field("noted_due", sent=Sent.NEVER, shown=False),
    Field("received", sent=Sent.NEVER, default=0, shown=False),
    Field("voided", sent=Sent.NEVER, default=False, filter=NUMBER, shown=False),
    required=b.INVOICE_CUSTOMER_NEEDED,
    missing="{} missing",
)


def _complete(account: Account, old: Record, given: Record, body: Body) -> Record:
    """Return an invoice with its lines, sums, due date and state."""
    if old:
        record = apply_rates(account, old, old | given, body)
    else:
        record = _compose(account, given, body)
    if "due_date" not in given and (not old or terms(old) != terms(record)):
        record["due_date"] = due(account, record)
    return note_due(settle(record), account.now())


def _compose(account: Account, given: Record, body: Body) -> Record:
    """Return a new invoice with its lines and sums."""
    customer = _find_customer(account, body["customer"])
    if "currency" not in given:
        account.cite(b.INVOICE_CURRENCY_DEFAULT)
    if "name" not in given:
        account.cite(b.INVOICE_NAME)
    record = compose_lines(account, _make_blank(account, customer) | given, body)
    _refuse_beyond_limit(account, customer, record)
    return record


def _make_blank(account: Account, customer: Record) -> Record:
    """Return an empty invoice of a customer, without a number."""
    identifier = account.next_id()
    page = f"{account.public}/invoices/{identifier}"
    return {
        **FIELDS.first,
        "currency": customer["currency"] or accounts.CURRENCY,
        "customer": customer["id"],
        "date": account.now(),
        "id": identifier,
        "payment_terms": customer["payment_terms"],
        "payment_url": f"{page}/payment",
        "pdf_url": f"{page}/pdf",
        "url": page,
    }


def _find_customer(account: Account, sent: Json) -> Record:
    """Return the customer of a new invoice; refuse an unfit one (unconfirmed)."""
    identifier = sent.get("id") if isinstance(sent, dict) else sent
    known = account.customers.get(types.parse_reference(identifier))
    if known is None:
        message = f"No such customer: {identifier}"
        raise RefusalError(message, b.INVOICE_CUSTOMER_UNKNOWN, param="customer")
    if not known["active"]:
        message = "This customer is inactive: it gets no new invoices"
        raise RefusalError(message, b.CUSTOMER_INACTIVE, param="customer")
    if known["credit_hold"]:
        message = "This customer is on credit hold: it gets no new invoices"
        raise RefusalError(message, b.CUSTOMER_HELD, param="total")
    return known


def _refuse_beyond_limit(account: Account, customer: Record, record: Record) -> None:
    """Refuse debts above the credit limit, by currency (unconfirmed)."""
    limit = customer["credit_limit"]
    if limit is None:
        return
    account.cite(b.CUSTOMER_LIMIT)
    owed = record["balance"] + sum(
        each["balance"]
        for each in account.invoices
        if each["customer"] == customer["id"]
        and each["currency"] == record["currency"]
        and is_owed(each)
    )
    if minor(owed, record["currency"]) > minor(limit, record["currency"]):
        message = "This invoice exceeds the customer's credit limit"
        raise RefusalError(message, b.CUSTOMER_LIMIT, param="total")


def _after_save(account: Account, old: Record, record: Record) -> None:
    """Count the invoices of a customer, and note the due date."""
    if not record:
        account.invoices_of[old["customer"]] -= 1
        return
    if not old:
        account.invoices_of[record["customer"]] += 1
        account.cite(b.INVOICE_ZERO if record["paid"] else b.INVOICE_ISSUED)
    elif record["paid"] and not record["received"]:
        account.cite(b.INVOICE_ZERO)
    account.due_dates.add(record)


def void(call: Call, identifier: str) -> Response:
    """Void an invoice, which keeps its number and never changes again."""
    account, _ = call.account, call.body()
    old = INVOICE.find(account, identifier)
    INVOICE.refuse(account, "void", old)
    account.cite(b.INVOICE_VOID)
    urls = dict.fromkeys(("url", "payment_url", "pdf_url"))
    record = change(account, old, {**urls, "voided": True, "balance": 0})
    return encode_answer(HTTPStatus.OK, INVOICE.show(account, record))


def change(account: Account, old: Record, changes: Record) -> Record:
    """Store changes of an invoice that no client has sent as such."""
    now = account.now()
    record = note_due(settle(old | changes | {"updated_at": now}), now)
    return INVOICE.save(account, old, record)


def mark_past_due(account: Account) -> None:
    """Mark invoices past their due date, updated now."""
    now = account.now()
    for identifier in account.due_dates.pop_overdue(now - now % ROUND):
        old = account.invoices.get(identifier)
        if old is None or old["noted_due"] == old["due_date"]:
            continue
        record = note_due(old, now)
        if record["noted_due"] is not None:
            account.cite(b.INVOICE_PAST_DUE_BUMPS)
            INVOICE.save(account, old, record | {"updated_at": now})


def _cite(record: Record) -> Iterable[Behaviour]:
    yield b.INVOICE_SHAPE
    if status(record) == "past_due":
        yield b.INVOICE_PAST_DUE


def _find_value(_account: Account, record: Record, field: str) -> Json:
    found: Json = status(record) if field == "status" else record[field]
    return found


INVOICE = Resource(
    noun="Invoice",
    spec=ListSpec(
        table=lambda account: account.invoices,
        fields=FIELDS,
        dated=True,
        value=_find_value,
    ),
    cites=_cite,
    complete=_complete,
    refusals=REFUSALS,
    after_save=_after_save,
    derive=lambda record: {"status": status(record)},
    generated=b.INVOICE_NUMBER,
)
