"""What the service does by itself, without a call; it is done when somebody looks."""

from __future__ import annotations

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import events, states
from dataflow.twin.invoiced.account import Account, Record


def catch_up(account: Account) -> bool:
    """Do what has become due since the last call: flip invoices to past due.

    Tell whether anything changed, which has the time of this very call.
    """
    now, changed = account.now(), False
    for identifier in account.due_dates.over(now):
        record = account.invoices.get(identifier)
        if record is not None and _has_just_passed(record, now):
            _flip(account, record, now)
            changed = True
    return changed


def _has_just_passed(record: Record, now: int) -> bool:
    is_new = record["noted_due"] != record["due_date"]
    return is_new and states.status(record, now) == "past_due"


def _flip(account: Account, old: Record, now: int) -> None:
    account.rests_on(b.INVOICE_PAST_DUE_BUMPS)
    record = states.noted(old, now) | {"updated_at": now}
    account.invoices.put(record["id"], record)
    before = states.seen(old, old["due_date"])
    events.tell_change(account, before, states.seen(record, now))
