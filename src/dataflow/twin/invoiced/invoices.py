"""Invoices: created, edited, voided, deleted, shown."""

from __future__ import annotations

from dataflow.twin.invoiced import account as accounts
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import filing, invoice_fields, states
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.errors import refuse_blocked
from dataflow.twin.invoiced.invoice_customer import (
    customer_of,
    refuse_another,
    refuse_beyond_limit,
)
from dataflow.twin.invoiced.invoice_sums import composed, due, repriced, terms
from dataflow.twin.invoiced.listing import Listing
from dataflow.twin.invoiced.resource import Resource
from dataflow.twin.wire import Json


def create(account: Account, body: dict[str, Json]) -> Record:
    """Store a new invoice; only its customer is required (documented)."""
    refuse_blocked(body, invoice_fields.BLOCKED, "Invoice")
    customer = customer_of(account, body.get("customer"))
    given = invoice_fields.read_new(account, body)
    record = invoice_fields.blank(account, customer) | given
    if "number" in given:
        account.invoice_numbers.check(record["number"])
    if "currency" not in given:
        account.rests_on(b.INVOICE_CURRENCY_DEFAULT)
    if "name" not in given:
        account.rests_on(b.INVOICE_NAME)
    record = composed(account, record, body)
    refuse_beyond_limit(account, customer, record)
    if "due_date" not in given:
        record["due_date"] = due(account, record)
    return filing.file_new(account, states.settled(record))


def retrieve(account: Account, identifier: str) -> Record:
    """Return the invoice that a path names."""
    return accounts.found(account.invoices, "Invoice", identifier)


def update(account: Account, identifier: str, body: dict[str, Json]) -> Record:
    """Store what a PATCH says of an invoice, all of it or nothing."""
    old = retrieve(account, identifier)
    refuse_blocked(body, invoice_fields.BLOCKED, "Invoice")
    refuse_another(old, body)
    states.refuse_edit(old, body)
    given = invoice_fields.read(account, body)
    record = repriced(account, old, old | given, body)
    if "due_date" not in given and terms(old) != terms(record):
        record["due_date"] = due(account, record)
    filing.renumber(account, old, record)
    return filing.file_again(account, old, states.settled(record))


def void(account: Account, identifier: str) -> Record:
    """Void an invoice: it stays, keeps its number, and never changes again."""
    old = retrieve(account, identifier)
    states.refuse_void(old)
    account.rests_on(b.INVOICE_VOID)
    urls = dict.fromkeys(("url", "payment_url", "pdf_url"))
    voided = old | urls | {"voided": True, "balance": 0}
    return filing.file_again(account, old, voided)


def delete(account: Account, identifier: str) -> None:
    """Delete an invoice that nothing was paid on; its number is free again."""
    record = retrieve(account, identifier)
    states.refuse_delete(record)
    filing.withdraw(account, record)


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
