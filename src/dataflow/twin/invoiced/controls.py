"""What a test can make happen to an account behind the back of the API's callers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dataflow.twin.control_errors import nothing
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import events
from dataflow.twin.invoiced.account import Account, Record, Shelf


def bump(account: Account, kind: str, identifier: str) -> None:
    """Move a record's `updated_at` to now, as background jobs do, and tell nobody.

    `kind` is customer, invoice or item. Raises `NothingToControlError` for a record
    that is not there.
    """
    shelf = _shelves(account).get(kind)
    key = identifier if kind == "item" else _number(identifier)
    record = None if shelf is None else shelf.get(key)
    if shelf is None or record is None:
        raise nothing(kind, identifier)
    account.rests_on(b.BUMPED)
    shelf.put(key, record | {"updated_at": account.now()})


def merge(account: Account, loser: str, winner: str) -> None:
    """Move all that a customer has to another one, and delete it (unconfirmed).

    The invoices keep their `updated_at`. Raises `NothingToControlError` for a customer
    that is not there, or that is to be merged with itself.
    """
    gone, stays = _customer(account, loser), _customer(account, winner)
    if gone is stays:
        raise nothing("other customer than", winner)
    account.rests_on(b.MERGED)
    for shelf in (account.invoices, account.payments):
        _move(shelf, gone["id"], stays["id"])
    account.invoices_of[stays["id"]] += account.invoices_of.pop(gone["id"], 0)
    account.customers.drop(gone["id"])
    account.customer_numbers.free(gone["number"])
    events.tell(account, "merged", stays)


def _move(shelf: Shelf[int], loser: int, winner: int) -> None:
    for record in list(shelf):
        if record["customer"] == loser:
            shelf.rewrite(record["id"], record | {"customer": winner})


def _shelves(account: Account) -> Mapping[str, Shelf[Any]]:
    return {
        "customer": account.customers,
        "invoice": account.invoices,
        "item": account.items,
    }


def _customer(account: Account, identifier: str) -> Record:
    record = account.customers.get(_number(identifier))
    if record is None:
        raise nothing("customer", identifier)
    return record


def _number(identifier: str) -> int:
    """Return an id as a number; 0 is nobody's."""
    return int(identifier) if identifier.isascii() and identifier.isdigit() else 0
