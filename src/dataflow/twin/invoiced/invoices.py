"""Create, read, update and delete invoices."""

from __future__ import annotations

import re

from dataflow.twin.invoiced import account as accounts
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import invoice_states, types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.errors import RefusalError
from dataflow.twin.invoiced.fields import Compare, Field, Fields, Sent, fields
from dataflow.twin.invoiced.invoice_lines import apply_rates, compose_lines, due, terms
from dataflow.twin.invoiced.invoice_states import is_owed
from dataflow.twin.invoiced.lists import ListSpec, Resource
from dataflow.twin.invoiced.types import minor
from dataflow.twin.messages import Json

TEXT, NUMBER = Compare.TEXT, Compare.NUMBER

FIELDS = Fields(
    "Invoice",
    Field("customer", None, NUMBER, sent=Sent.CREATE),
    Field("number", types.number, TEXT, defaulted=True),
    Field("name", types.text, TEXT, default="Invoice", defaulted=True),
    Field("currency", types.set_currency, TEXT),
    Field("date", types.timestamp, NUMBER, defaulted=True),
    Field("due_date", types.optional_timestamp, NUMBER, defaulted=True),
    Field("payment_terms", types.limit_text(types.LONGEST_NAME), TEXT, defaulted=True),
    Field("purchase_order", types.limit_text(types.LONGEST_NUMBER), TEXT),
    Field("notes", types.text, TEXT),
    Field("ship_to", types.address),
    Field("autopay", types.autopay, NUMBER, default=False),
    *fields("draft closed", types.boolean, NUMBER, default=False),
    Field("sent", types.boolean, sent=Sent.UPDATE, default=False),
    Field("next_payment_attempt", types.optional_timestamp),
    Field("metadata", types.metadata, default={}),
    *fields("items discounts taxes", default=[]),
    *fields(
        "calculate_taxes disabled_payment_methods discount tax",
        stored=False,
    ),
    *fields(
        "attachments chase late_fees needs_attention next_chase_on",
        types.not_built,
        stored=False,
    ),
    *fields("payment_plan subscription", types.not_built),
    Field("attempt_count", compare=NUMBER, sent=Sent.BLOCKED, default=0),
    Field("paid", compare=NUMBER, sent=Sent.BLOCKED, default=False),
    *fields(
        "balance created_at subtotal total updated_at",
        compare=NUMBER,
        sent=Sent.BLOCKED,
        stored=False,
    ),
    Field("status", compare=TEXT, sent=Sent.BLOCKED, stored=False),
    Field("id", compare=NUMBER, sent=Sent.NEVER),
    Field("object", sent=Sent.NEVER, default="invoice"),
    Field("noted_due", sent=Sent.NEVER),
    Field("received", sent=Sent.NEVER, default=0),
    Field("voided", compare=NUMBER, sent=Sent.NEVER, default=False),
)


def make_blank(account: Account, customer: Record) -> Record:
    """Return an empty invoice of a customer, without a number."""
    identifier, now = account.next_id(), account.now()
    page = f"{account.public}/invoices/{identifier}"
    return {
        **FIELDS.first,
        "created_at": now,
        "currency": customer["currency"] or accounts.CURRENCY,
        "customer": customer["id"],
        "date": now,
        "id": identifier,
        "payment_terms": customer["payment_terms"],
        "payment_url": f"{page}/payment",
        "pdf_url": f"{page}/pdf",
        "updated_at": now,
        "url": page,
    }


_ID = re.compile("[0-9]{1,18}")


def customer_of(account: Account, sent: Json) -> Record:
    """Return the customer; refuse none (documented) or an unfit one (unconfirmed)."""
    if sent is None:
        message = "Customer missing"
        raise RefusalError(message, b.INVOICE_CUSTOMER_NEEDED, param="customer")
    identifier = sent.get("id") if isinstance(sent, dict) else sent
    known = account.customers.get(_as_id(identifier))
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


def refuse_other_customer(record: Record, body: dict[str, Json]) -> None:
    """Refuse a PATCH that names another customer than the invoice's (unconfirmed)."""
    if "customer" in body and _as_id(body["customer"]) != record["customer"]:
        raise RefusalError(
            "Invalid request parameter `customer`. The customer cannot be modified.",
            b.INVOICE_CUSTOMER_FIXED,
            param="customer",
        )


def refuse_beyond_limit(account: Account, customer: Record, record: Record) -> None:
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


def _as_id(sent: Json) -> int:
    """Return an id that may be sent as a text, or 0, which is no id."""
    if isinstance(sent, int) and not isinstance(sent, bool):
        return sent
    if isinstance(sent, str) and _ID.fullmatch(sent):
        return int(sent)
    return 0


def create(account: Account, body: dict[str, Json]) -> Record:
    """Store a new invoice; only its customer is required (documented)."""
    FIELDS.check(account, body)
    customer = customer_of(account, body.get("customer"))
    given = FIELDS.read_new(account, body)
    record = make_blank(account, customer) | given
    if "number" in given:
        account.invoice_numbers.check(record["number"])
    if "currency" not in given:
        account.cite(b.INVOICE_CURRENCY_DEFAULT)
    if "name" not in given:
        account.cite(b.INVOICE_NAME)
    record = compose_lines(account, record, body)
    refuse_beyond_limit(account, customer, record)
    if "due_date" not in given:
        record["due_date"] = due(account, record)
    return invoice_states.add_invoice(account, invoice_states.settle(record))


def retrieve(account: Account, identifier: str) -> Record:
    """Return the invoice that a path names."""
    return accounts.require_record(account.invoices, "Invoice", identifier)


def update(account: Account, identifier: str, body: dict[str, Json]) -> Record:
    """Store all changes of a PATCH, or none of them."""
    old = retrieve(account, identifier)
    FIELDS.check(account, body)
    refuse_other_customer(old, body)
    invoice_states.refuse_edit(old, body)
    given = FIELDS.read_edit(account, body)
    record = apply_rates(account, old, old | given, body)
    if "due_date" not in given and terms(old) != terms(record):
        record["due_date"] = due(account, record)
    invoice_states.replace_number(account, old, record)
    return invoice_states.update_invoice(account, old, invoice_states.settle(record))


def void(account: Account, identifier: str) -> Record:
    """Void an invoice, which keeps its number and never changes again."""
    old = retrieve(account, identifier)
    invoice_states.refuse_void(old)
    account.cite(b.INVOICE_VOID)
    urls = dict.fromkeys(("url", "payment_url", "pdf_url"))
    voided = old | urls | {"voided": True, "balance": 0}
    return invoice_states.update_invoice(account, old, voided)


def delete(account: Account, identifier: str) -> None:
    """Delete an invoice without payments, and free its number."""
    record = retrieve(account, identifier)
    invoice_states.refuse_delete(record)
    invoice_states.remove_invoice(account, record)


def show(account: Account, record: Record) -> Record:
    """Return an invoice as it is shown, with its present status."""
    shown = invoice_states.render(record)
    account.cite(b.INVOICE_SHAPE)
    if shown["status"] == "past_due":
        account.cite(b.INVOICE_PAST_DUE)
    return shown


def value(_account: Account, record: Record, field: str) -> Json:
    """Return a value of an invoice for filters and orders."""
    if field == "status":
        return invoice_states.status(record)
    found: Json = record[field]
    return found


LISTING = ListSpec(
    table=lambda account: account.invoices,
    fields=FIELDS,
    dated=True,
    value=value,
)

RESOURCE = Resource(create, retrieve, update, delete, show, LISTING)
