"""Puts invoices away: under their number, their due date, and into the log."""

from __future__ import annotations

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import events, states
from dataflow.twin.invoiced.account import Account, Record


def file_new(account: Account, record: Record) -> Record:
    """Store a new invoice, with the next number if it has none, and tell it."""
    if record["number"] is None:
        account.rests_on(b.INVOICE_NUMBER)
        record["number"] = account.invoice_numbers.give()
    account.rests_on(b.INVOICE_ZERO if record["paid"] else b.INVOICE_ISSUED)
    account.invoice_numbers.take(record["number"], record["id"])
    account.invoices_of[record["customer"]] += 1
    record = _put(account, record, account.now())
    events.tell(account, "created", states.seen(record, account.now()))
    return record


def file_again(account: Account, old: Record, record: Record) -> Record:
    """Store what became of an invoice, tell it, and return it as it is stored."""
    now = account.now()
    if record["paid"] and not record["received"]:
        account.rests_on(b.INVOICE_ZERO)
    record = _put(account, record | {"updated_at": now}, now)
    events.tell_change(account, states.seen(old, now), states.seen(record, now))
    return record


def renumber(account: Account, old: Record, record: Record) -> None:
    """Give an edited invoice its number, and free the old one.

    Raises `RefusedError` if another invoice has it.
    """
    account.invoice_numbers.check(record["number"], record["id"])
    account.invoice_numbers.free(old["number"])
    account.invoice_numbers.take(record["number"], record["id"])


def withdraw(account: Account, record: Record) -> None:
    """Forget an invoice, whose number is free then, and tell it."""
    account.invoices.drop(record["id"])
    account.invoices_of[record["customer"]] -= 1
    account.invoice_numbers.free(record["number"])
    events.tell(account, "deleted", states.seen(record, account.now()))


def _put(account: Account, record: Record, now: int) -> Record:
    record = states.noted(record, now)
    account.invoices.put(record["id"], record)
    account.due_dates.note(record)
    return record
