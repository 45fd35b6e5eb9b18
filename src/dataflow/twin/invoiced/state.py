"""The state of an account, as a state file keeps it."""

from __future__ import annotations

from collections import Counter

import msgspec

from dataflow.twin.invoiced.account import Account, Record, Table
from dataflow.twin.messages import Response


class AccountState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of an account that its calls can show, but for counts of lists in progress.

    `next_ids` are those of a record and of an event; `tables` and `numbers` have the
    names that the account gives them; `about` are the ids of the events by subject;
    `answers` are those that are kept for idempotency keys.
    """

    next_ids: tuple[int, int]
    latest: int
    tables: dict[str, list[Record]]
    replaced_items: list[Record]
    invoices_of: dict[int, int]
    numbers: dict[str, tuple[int, dict[str, int]]]
    due_dates: list[tuple[int, int]]
    events: list[Record]
    about: list[tuple[str, int, list[int]]]
    answers: list[tuple[str, int, Response]]


def take(
    account: Account,
    next_ids: tuple[int, int],
    answers: list[tuple[str, int, Response]],
) -> AccountState:
    """Return the state of an account. Records are shared: they never change."""
    numbers, log = account.numbers.items(), account.log
    tables = vars(account).items()
    return AccountState(
        next_ids=next_ids,
        latest=account.latest,
        tables={name: [*each] for name, each in tables if isinstance(each, Table)},
        replaced_items=[*account.replaced_items],
        invoices_of={**account.invoices_of},
        numbers={name: (each.given, {**each.taken}) for name, each in numbers},
        due_dates=[*account.due_dates.heap],
        events=[*log.events.values()],
        about=[(*subject, [*ids]) for subject, ids in log.about.items()],
        answers=answers,
    )


def fill(account: Account, state: AccountState) -> None:
    """Fill an empty account."""
    for name, records in state.tables.items():
        for record in records:
            getattr(account, name).put(record["id"], record)
    account.latest = state.latest
    account.replaced_items = state.replaced_items
    account.invoices_of = Counter(state.invoices_of)
    for name, (given, taken) in state.numbers.items():
        account.numbers[name].given, account.numbers[name].taken = given, taken
    account.due_dates.heap = state.due_dates
    for event in state.events:
        account.log.put(event, ())
    account.log.about = {(kind, number): ids for kind, number, ids in state.about}
