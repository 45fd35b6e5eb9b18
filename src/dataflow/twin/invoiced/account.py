"""One Invoiced account: its records, its ids, its numbers and its settings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Generic, TypeAlias, TypeVar

from dataflow.twin.behaviours import Behaviour, Touched
from dataflow.twin.clock import Clock
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.errors import RefusedError, unknown_record
from dataflow.twin.invoiced.log import Log
from dataflow.twin.invoiced.overdue import DueDates

#: A stored record: what a read shows, and what is kept for filters alone. Its values
#: have passed the readers of its kind, so their types are known by their names.
#: A record is never changed in place: an edit stores another one.
Record: TypeAlias = dict[str, Any]

Key = TypeVar("Key", int, str)

#: The settings of the account that the twin plays.
COUNTRY = "US"
CURRENCY = "usd"

_ID = re.compile(r"[0-9]{1,18}")


class Shelf(Generic[Key]):
    """The records of one kind: by id, by age, and by when they last changed."""

    def __init__(self) -> None:
        self._records: dict[Key, Record] = {}
        self._latest_last: dict[Key, None] = {}

    def __iter__(self) -> Iterator[Record]:
        """Go through all records, in the order in which they were made."""
        return iter(self._records.values())

    def get(self, key: Key) -> Record | None:
        """Return one record, or nothing."""
        return self._records.get(key)

    def put(self, key: Key, record: Record) -> None:
        """Store a record that is new or has just changed."""
        self._records[key] = record
        self._latest_last.pop(key, None)
        self._latest_last[key] = None

    def rewrite(self, key: Key, record: Record) -> None:
        """Store a record that has changed without a new `updated_at`."""
        self._records[key] = record

    def drop(self, key: Key) -> None:
        """Forget one record."""
        del self._records[key]
        del self._latest_last[key]

    def changed_after(self, moment: float) -> list[Record]:
        """Return what changed after that second, at the cost of what is returned."""
        changed = []
        for key in reversed(self._latest_last):
            record = self._records[key]
            if record["updated_at"] <= moment:
                break
            changed.append(record)
        return changed


class Numbers:
    """The numbers of one kind: unique, given in sequence, freed by a delete.

    Two numbers are the same if only case or outer spaces differ (unconfirmed).
    """

    def __init__(self, kind: str, template: str) -> None:
        self._kind = kind
        self._template = template
        self._taken: dict[str, int] = {}
        self._given = 0

    def check(self, number: str, owner: int | None = None) -> None:
        """Raise if another record than `owner` has this number."""
        holder = self._taken.get(_plain(number))
        if holder is not None and holder != owner:
            raise RefusedError(
                f"The given {self._kind} number has already been taken: {number}",
                b.NUMBER_TAKEN,
                param="number",
            )

    def give(self) -> str:
        """Return the next free number of the sequence."""
        while True:
            self._given += 1
            number = self._template % self._given
            if number.lower() not in self._taken:
                return number

    def take(self, number: str, owner: int) -> None:
        """Note whose number this is."""
        self._taken[_plain(number)] = owner

    def free(self, number: str) -> None:
        """Let others have this number."""
        self._taken.pop(_plain(number), None)


class Account:
    """Everything that the twin remembers between two calls.

    `ids` is one sequence for customers, invoices and line items (recorded: numbers of
    seven digits); it is handed in, so that an account that is emptied goes on with it.
    `public` is the root of the addresses that are meant for a customer's browser.
    `log` is an empty one, for the events to come.
    """

    def __init__(
        self,
        clock: Clock,
        touched: Touched,
        ids: Iterator[int],
        public: str,
        log: Log,
    ) -> None:
        self.public = public
        self.log = log
        self.due_dates = DueDates()
        self.payments: Shelf[int] = Shelf()
        self.customers: Shelf[int] = Shelf()
        self.invoices: Shelf[int] = Shelf()
        self.items: Shelf[str] = Shelf()
        self.replaced_items: list[Record] = []
        self.invoices_of: Counter[int] = Counter()
        self.customer_numbers = Numbers("customer", "CUST-%05d")
        self.invoice_numbers = Numbers("invoice", "INV-%05d")
        self._clock = clock
        self._touched = touched
        self._ids = ids
        self._latest = 0

    def now(self) -> int:
        """Return seconds since the epoch, which never run back."""
        self._latest = max(self._latest, self._clock.seconds())
        return self._latest

    def next_id(self) -> int:
        """Return an id that nothing ever had."""
        return next(self._ids)

    def rests_on(self, *behaviours: Behaviour) -> None:
        """Note what the answer that is being made rests on."""
        for behaviour in behaviours:
            self._touched.touch(behaviour)


def found(shelf: Shelf[int], kind: str, identifier: str) -> Record:
    """Return the record that a path names, or raise its 404."""
    record = shelf.get(int(identifier)) if _ID.fullmatch(identifier) else None
    if record is None:
        raise unknown_record(kind, identifier)
    return record


def _plain(number: str) -> str:
    return number.strip().lower()
