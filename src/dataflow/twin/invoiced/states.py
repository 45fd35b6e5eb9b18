"""What state an invoice is in, and what that state refuses.

The statuses are documented. How they follow from one another, and what each refuses,
is unconfirmed.
"""

from __future__ import annotations

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.account import Record
from dataflow.twin.invoiced.errors import RefusedError
from dataflow.twin.invoiced.fields import meant
from dataflow.twin.wire import Json

#: Kept for statuses, sums and filters; a read does not show them.
_HIDDEN = frozenset(("noted_due", "received", "sent", "voided"))


def status(record: Record, now: int) -> str:
    """Return an invoice's status at a moment, in seconds since the epoch."""
    if record["voided"]:
        return "voided"
    if record["draft"]:
        return "draft"
    if record["paid"]:
        return "paid"
    if record["due_date"] is not None and record["due_date"] < now:
        return "past_due"
    return "sent" if record["sent"] else "not_sent"


def seen(record: Record, now: int) -> Record:
    """Return an invoice as it is shown at a moment, in seconds since the epoch."""
    shown = {key: value for key, value in record.items() if key not in _HIDDEN}
    return shown | {"status": status(record, now)}


def noted(record: Record, now: int) -> Record:
    """Return an invoice that remembers its due date if that is over."""
    is_over = status(record, now) == "past_due"
    return record | {"noted_due": record["due_date"] if is_over else None}


def is_owed(record: Record) -> bool:
    """Tell whether something is to be paid for an invoice."""
    is_over = record["draft"] or record["closed"] or record["voided"]
    return not is_over and record["balance"] > 0


def settled(record: Record) -> Record:
    """Return an invoice paid and closed if it is issued and nothing is left to pay."""
    if record["voided"]:
        return record
    paid = not record["draft"] and record["balance"] <= 0
    return record | {"paid": paid, "closed": record["closed"] or paid}


def refuse_edit(record: Record, body: dict[str, Json]) -> None:
    """Raise if the invoice's state does not allow what a PATCH asks for."""
    if record["voided"]:
        raise RefusedError(
            "Your changes cannot be saved because this document is voided.",
            b.INVOICE_VOIDED,
            param="voided",
        )
    if record["closed"] and meant(body.get("closed")) not in (False, 0):
        raise RefusedError(
            "Your changes cannot be saved because this document is closed."
            " Please re-open the document first.",
            b.INVOICE_CLOSED,
            param="closed",
        )
    if meant(body.get("draft")) and not record["draft"]:
        raise RefusedError(
            "Cannot save as a draft because the document has already been issued.",
            b.INVOICE_DRAFT_ONCE,
            param="draft",
        )


def refuse_void(record: Record) -> None:
    """Raise if an invoice cannot be voided."""
    if record["voided"]:
        raise RefusedError(
            "This document has already been voided.", b.INVOICE_VOID_TWICE
        )
    _refuse_paid(record, None)


def refuse_delete(record: Record) -> None:
    """Raise if an invoice cannot be deleted."""
    _refuse_paid(record, "voided")


def _refuse_paid(record: Record, param: str | None) -> None:
    if record["paid"] or record["received"]:
        raise RefusedError(
            "This invoice cannot be voided because it has a payment applied.",
            b.INVOICE_PAID,
            param=param,
        )
