"""The states of an invoice, and the transitions between them."""

from __future__ import annotations

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.calls import Refusal
from dataflow.twin.invoiced.encoding import Body
from dataflow.twin.invoiced.types import cast_boolean, parse_reference

#: Seconds between two rounds of the job that marks invoices as past due. The vendor's
#: period is unknown: this is the shortest of a cron job.
ROUND = 60


def status(record: Record) -> str:
    """Return an invoice's status; a job or a save has noted that it is past due."""
    if record["voided"]:
        return "voided"
    if record["draft"]:
        return "draft"
    if record["paid"]:
        return "paid"
    if record["noted_due"] is not None:
        return "past_due"
    return "sent" if record["sent"] else "not_sent"


def note_due(record: Record, now: int) -> Record:
    """Return an invoice with its due date noted if that has passed."""
    is_final = record["voided"] or record["draft"] or record["paid"]
    due = record["due_date"]
    is_over = not is_final and due is not None and due < now
    return record | {"noted_due": due if is_over else None}


def is_owed(record: Record) -> bool:
    """Return whether an invoice has something to pay."""
    is_over = record["draft"] or record["closed"] or record["voided"]
    return not is_over and record["balance"] > 0


def settle(record: Record) -> Record:
    """Return an invoice as paid and closed if it is issued and has nothing to pay."""
    if record["voided"]:
        return record
    paid = not record["draft"] and record["balance"] <= 0
    return record | {"paid": paid, "closed": record["closed"] or paid}


def _names_other_customer(_account: Account, record: Record, body: Body) -> bool:
    sent = body.get("customer", record["customer"])
    return bool(parse_reference(sent) != record["customer"])


def _stays_closed(_account: Account, record: Record, body: Body) -> bool:
    return bool(record["closed"]) and cast_boolean(body.get("closed", True))


def _is_draft_again(_account: Account, record: Record, body: Body) -> bool:
    return not record["draft"] and cast_boolean(body.get("draft"))


def _is_voided(_account: Account, record: Record, _body: Body) -> bool:
    return bool(record["voided"])


def _has_payment(_account: Account, record: Record, _body: Body) -> bool:
    return bool(record["paid"] or record["received"])


_PAID = "This invoice cannot be voided because it has a payment applied."

#: The transitions that a state does not allow, in the order of their checks.
REFUSALS = {
    "update": (
        Refusal(
            _names_other_customer,
            b.INVOICE_CUSTOMER_FIXED,
            "Invalid request parameter `customer`. The customer cannot be modified.",
            "customer",
        ),
        Refusal(
            _is_voided,
            b.INVOICE_VOIDED,
            "Your changes cannot be saved because this document is voided.",
            "voided",
        ),
        Refusal(
            _stays_closed,
            b.INVOICE_CLOSED,
            "Your changes cannot be saved because this document is closed."
            " Please re-open the document first.",
            "closed",
        ),
        Refusal(
            _is_draft_again,
            b.INVOICE_DRAFT_ONCE,
            "Cannot save as a draft because the document has already been issued.",
            "draft",
        ),
    ),
    "void": (
        Refusal(
            _is_voided,
            b.INVOICE_VOID_TWICE,
            "This document has already been voided.",
        ),
        Refusal(_has_payment, b.INVOICE_PAID, _PAID),
    ),
    "delete": (Refusal(_has_payment, b.INVOICE_PAID, _PAID, "voided"),),
}
