"""What an invoice consists of: the fields that can be sent, and those of a new one.

The keys are those of the documented invoice. Where no rule below names its evidence,
the field's reader does.
"""

from __future__ import annotations

from dataflow.twin.invoiced import account as accounts
from dataflow.twin.invoiced import fields
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.fields import Reader
from dataflow.twin.invoiced.metadata import metadata
from dataflow.twin.invoiced.reading import read_leniently
from dataflow.twin.wire import Json

#: What only the service computes.
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
#: Where a null at a creation stands for the default.
_DEFAULTED = frozenset(("number", "name", "date", "payment_terms", "due_date"))

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


def read(account: Account, body: dict[str, Json]) -> Record:
    """Return what is to be stored of a PATCH, but for customer, lines and rates."""
    return read_leniently(account, body, READERS, _OTHERS)


def read_new(account: Account, body: dict[str, Json]) -> Record:
    """Return the same of a creation, where `sent` says nothing.

    That one is documented for updates alone.
    """
    said = {
        key: sent
        for key, sent in body.items()
        if key != "sent" and not (sent is None and key in _DEFAULTED)
    }
    return read(account, said)


def blank(account: Account, customer: Record) -> Record:
    """Return a new invoice of a customer, with nothing on it and without a number."""
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
