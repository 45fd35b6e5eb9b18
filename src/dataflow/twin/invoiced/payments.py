"""Payments: received for invoices, shown, and taken back.

The keys are documented, and so is that a payment is created with an amount and with
what it is applied to. All else is unconfirmed.
"""

from __future__ import annotations

from dataflow.twin.invoiced import account as accounts
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import events, fields
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.amounts import major, minor
from dataflow.twin.invoiced.applying import (
    PARAM,
    Share,
    read_shares,
    receive,
    refuse_misfits,
)
from dataflow.twin.invoiced.errors import RefusedError
from dataflow.twin.invoiced.fields import Reader
from dataflow.twin.invoiced.listing import Listing
from dataflow.twin.invoiced.reading import read_leniently
from dataflow.twin.invoiced.resource import Resource
from dataflow.twin.wire import Json

EDITABLE: dict[str, Reader] = {
    "date": fields.moment,
    "method": fields.text,
    "notes": fields.text,
    "reference": fields.text,
}
READERS: dict[str, Reader] = {
    "amount": fields.quantity,
    "currency": fields.currency,
    "customer": fields.whole,
    **EDITABLE,
}


def create(account: Account, body: dict[str, Json]) -> Record:
    """Receive an amount, and apply it to the invoices that it names."""
    if body.get("amount") is None:
        raise _misfit("Amount is missing")
    given = read_leniently(account, body, READERS, (PARAM,))
    shares = read_shares(account, body.get(PARAM))
    record = _blank(account, _payer(account, given, shares)) | {
        name: value for name, value in given.items() if value is not None
    }
    refuse_misfits(record, shares)
    record["balance"] = _left(record, shares)
    record[PARAM] = [(invoice["id"], amount) for invoice, amount in shares]
    account.payments.put(record["id"], record)
    for identifier, amount in record[PARAM]:
        receive(account, identifier, amount)
    events.tell(account, "created", _seen(record))
    return record


def retrieve(account: Account, identifier: str) -> Record:
    """Return the payment that a path names."""
    return accounts.found(account.payments, "Payment", identifier)


def update(account: Account, identifier: str, body: dict[str, Json]) -> Record:
    """Store what a PATCH says of a payment; its sums and its payer stay."""
    old = retrieve(account, identifier)
    given = read_leniently(account, body, EDITABLE, READERS.keys() - EDITABLE.keys())
    record = old | given | {"updated_at": account.now()}
    account.payments.put(record["id"], record)
    events.tell_change(account, _seen(old), _seen(record))
    return record


def void(account: Account, identifier: str) -> Record:
    """Take a payment back: it stays, voided, and its invoices are owed again."""
    old = retrieve(account, identifier)
    account.rests_on(b.PAYMENT_VOID)
    if old["voided"]:
        raise RefusedError("This payment has already been voided.", b.PAYMENT_VOID)
    record = old | {"voided": True, "balance": 0, "updated_at": account.now()}
    account.payments.put(record["id"], record)
    for invoice, amount in old[PARAM]:
        receive(account, invoice, -amount)
    events.tell(account, "deleted", _seen(record))
    return record


def show(account: Account, record: Record) -> Record:
    """Return a payment as it goes over the wire."""
    account.rests_on(b.PAYMENT_SHAPE)
    return _seen(record)


def _seen(record: Record) -> Record:
    return {key: value for key, value in record.items() if key != PARAM}


def _payer(account: Account, given: Record, shares: list[Share]) -> Record:
    """Return who pays and in what, as far as it is not sent."""
    sent = given.get("customer")
    customer = account.customers.get(sent or 0)
    if sent is not None and customer is None:
        raise RefusedError(
            f"No such customer: {sent}", b.PAYMENT_REFUSED, param="customer"
        )
    if shares:
        invoice = shares[0][0]
        return {"customer": invoice["customer"], "currency": invoice["currency"]}
    currency = customer["currency"] if customer else None
    return {"currency": currency or accounts.CURRENCY}


def _left(record: Record, shares: list[Share]) -> int | float:
    currency = record["currency"]
    spent = sum(minor(amount, currency) for _, amount in shares)
    left = minor(record["amount"], currency) - spent
    if left < 0 or record["amount"] <= 0:
        raise _misfit("Amount is too small")
    return major(left, currency)


def _misfit(message: str) -> RefusedError:
    return RefusedError(message, b.PAYMENT_AMOUNT, param="amount")


def _blank(account: Account, payer: Record) -> Record:
    identifier, now = account.next_id(), account.now()
    return {
        "ach_sender_id": None,
        "charge": None,
        "created_at": now,
        "customer": None,
        "date": now,
        "id": identifier,
        "matched": None,
        "method": "other",
        "notes": None,
        "object": "payment",
        "pdf_url": f"{account.public}/payments/{identifier}/pdf",
        "reference": None,
        "source": "api",
        "updated_at": now,
        "voided": False,
        **payer,
    }


LISTING = Listing(
    shelf=lambda account: account.payments,
    texts=frozenset(("currency", "method", "reference", "source")),
    numbers=frozenset(
        ("amount", "balance", "created_at", "customer", "date", "id", "updated_at")
    ),
    dated=True,
)

RESOURCE = Resource(
    create=create,
    retrieve=retrieve,
    update=update,
    delete=void,
    show=show,
    listing=LISTING,
)
