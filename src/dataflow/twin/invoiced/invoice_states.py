"""The states of an invoice, and the transitions between them."""

from __future__ import annotations

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import events
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.errors import RefusalError
from dataflow.twin.invoiced.types import cast_boolean
from dataflow.twin.messages import Json


def add_invoice(account: Account, record: Record) -> Record:
    """Store a new invoice, with the next number if it has none, and an event."""
    if record["number"] is None:
        account.cite(b.INVOICE_NUMBER)
        record["number"] = account.invoice_numbers.generate()
    account.cite(b.INVOICE_ZERO if record["paid"] else b.INVOICE_ISSUED)
    account.invoice_numbers.take(record["number"], record["id"])
    account.invoices_of[record["customer"]] += 1
    record = _put(account, record, account.now())
    events.log_event(account, "created", render(record))
    return record


def update_invoice(account: Account, old: Record, record: Record) -> Record:
    """Store the new version of an invoice with an event, and return it as stored."""
    now = account.now()
    if record["paid"] and not record["received"]:
        account.cite(b.INVOICE_ZERO)
    record = _put(account, record | {"updated_at": now}, now)
    events.log_change(account, render(old), render(record))
    return record


def replace_number(account: Account, old: Record, record: Record) -> None:
    """Store the number of an edited invoice, free the old one, refuse a taken one."""
    account.invoice_numbers.check(record["number"], record["id"])
    account.invoice_numbers.free(old["number"])
    account.invoice_numbers.take(record["number"], record["id"])


def remove_invoice(account: Account, record: Record) -> None:
    """Remove an invoice, free its number, and log an event."""
    account.invoices.drop(record["id"])
    account.invoices_of[record["customer"]] -= 1
    account.invoice_numbers.free(record["number"])
    events.log_event(account, "deleted", render(record))


#: Seconds between two rounds of the job that marks invoices as past due. The vendor's
#: period is unknown: this is the shortest of a cron job.
ROUND = 60


def mark_past_due(account: Account) -> bool:
    """Mark invoices past their due date, updated now; return whether any was."""
    now, changed = account.now(), False
    for identifier in account.due_dates.pop_overdue(now - now % ROUND):
        old = account.invoices.get(identifier)
        if old is None or old["noted_due"] == old["due_date"]:
            continue
        record = _note_due(old, now)
        if record["noted_due"] is not None:
            changed = True
            account.cite(b.INVOICE_PAST_DUE_BUMPS)
            record["updated_at"] = now
            account.invoices.put(record["id"], record)
            events.log_change(account, render(old), render(record))
    return changed


def _put(account: Account, record: Record, now: int) -> Record:
    record = _note_due(record, now)
    account.invoices.put(record["id"], record)
    account.due_dates.add(record)
    return record


#: Stored for statuses, sums and filters; a read does not show them.
_HIDDEN = frozenset(("noted_due", "received", "sent", "voided"))


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


def render(record: Record) -> Record:
    """Return an invoice as it is shown."""
    shown = {key: value for key, value in record.items() if key not in _HIDDEN}
    return shown | {"status": status(record)}


def _note_due(record: Record, now: int) -> Record:
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


def refuse_edit(record: Record, body: dict[str, Json]) -> None:
    """Refuse a PATCH that the invoice's state does not allow."""
    if record["voided"]:
        message = "Your changes cannot be saved because this document is voided."
        raise RefusalError(message, b.INVOICE_VOIDED, param="voided")
    if record["closed"] and cast_boolean(body.get("closed", True)):
        raise RefusalError(
            "Your changes cannot be saved because this document is closed."
            " Please re-open the document first.",
            b.INVOICE_CLOSED,
            param="closed",
        )
    if cast_boolean(body.get("draft")) and not record["draft"]:
        message = "Cannot save as a draft because the document has already been issued."
        raise RefusalError(message, b.INVOICE_DRAFT_ONCE, param="draft")


def refuse_void(record: Record) -> None:
    """Refuse to void an invoice that is voided or paid."""
    if record["voided"]:
        raise RefusalError(
            "This document has already been voided.", b.INVOICE_VOID_TWICE
        )
    _refuse_paid(record, None)


def refuse_delete(record: Record) -> None:
    """Refuse to delete an invoice that is paid, even in part."""
    _refuse_paid(record, "voided")


def _refuse_paid(record: Record, param: str | None) -> None:
    if record["paid"] or record["received"]:
        message = "This invoice cannot be voided because it has a payment applied."
        raise RefusalError(message, b.INVOICE_PAID, param=param)
