"""All records of one Invoiced account."""

from __future__ import annotations

import heapq
import re
from bisect import bisect_left, bisect_right, insort
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, Generic, TypeAlias, TypeVar, overload

from dataflow.twin.clock import Clock
from dataflow.twin.evidence import Behaviour, EvidenceLog
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.errors import RefusalError, make_not_found
from dataflow.twin.messages import Request

#: What an event is about: a kind in the singular, and an id.
Subject: TypeAlias = tuple[str, int]


class EventLog:
    """All events of an account, by id and by what they are about."""

    def __init__(self, ids: Iterator[int]) -> None:
        self._ids = ids
        self._events: dict[int, dict[str, Any]] = {}
        self._all: list[int] = []
        self._about: dict[Subject, list[int]] = {}

    def add(self, event: dict[str, Any], about: Iterable[Subject]) -> None:
        """Keep one more event, under the next id."""
        identifier = next(self._ids)
        self._events[identifier] = event | {"id": identifier}
        self._all.append(identifier)
        for subject in about:
            self._about.setdefault(subject, []).append(identifier)

    def get(self, identifier: int) -> dict[str, Any] | None:
        """Return one event, or nothing."""
        return self._events.get(identifier)

    def latest_first(
        self,
        subject: Subject | None = None,
        start: float | None = None,
        end: float | None = None,
    ) -> ListPart[dict[str, Any]]:
        """Return the events about one thing or about all, from a second to another.

        Both seconds are included.
        """
        ids = self._all if subject is None else self._about.get(subject, [])
        first = 0 if start is None else bisect_left(ids, start, key=self._time)
        last = len(ids) if end is None else bisect_right(ids, end, key=self._time)
        places = range(last - 1, first - 1, -1)
        return ListPart(lambda at: self._events[ids[at]], places)

    def _time(self, identifier: int) -> int:
        found: int = self._events[identifier]["timestamp"]
        return found


#: A count is believed for five minutes, and pages have to come in turn from here on.
COUNTED_FOR, FAR = 300, 10_000

#: What makes two calls pages of one list.
ListKey: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]


def list_key(request: Request) -> ListKey:
    """Return of which list a call asks for a page."""
    return request.path, tuple(pair for pair in request.query if pair[0] != "page")


class ListProgress:
    """What an account remembers of the lists that are being read."""

    def __init__(self) -> None:
        # Its oldest entry is found at once, also after many were dropped.
        self._counts: OrderedDict[ListKey, tuple[int, int]] = OrderedDict()
        self._furthest: dict[ListKey, int] = {}

    def count(self, key: ListKey, page: int, found: int, now: int) -> int:
        """Return how many records a page says there are, of so many found now.

        `now` is in seconds. The first page counts anew, and later ones trust it.
        """
        self._forget(now - COUNTED_FOR)
        if page > 1 and key in self._counts:
            return self._counts[key][1]
        self._counts.pop(key, None)
        self._counts[key] = now, found
        return found

    def is_in_turn(self, key: ListKey, page: int, per_page: int) -> bool:
        """Tell whether a page may be read now; if so, note that it has been."""
        furthest = self._furthest.get(key, 0)
        if (page - 1) * per_page >= FAR and page > furthest + 1:
            return False
        if page * per_page >= FAR:
            self._furthest[key] = max(page, furthest)
        return True

    def _forget(self, latest: int) -> None:
        while self._counts:
            moment, _ = next(iter(self._counts.values()))
            if moment > latest:
                return
            self._counts.popitem(last=False)


class DueDates:
    """The due dates of an account's invoices, the earliest first."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int]] = []

    def note(self, invoice: dict[str, Any]) -> None:
        """Note when an invoice falls due, unless that has come and been dealt with."""
        due = invoice["due_date"]
        if due is not None and due != invoice["noted_due"]:
            heapq.heappush(self._heap, (due, invoice["id"]))

    def over(self, now: int) -> list[int]:
        """Return, once, the ids whose due date is over at this second."""
        found = []
        while self._heap and self._heap[0][0] < now:
            found.append(heapq.heappop(self._heap)[1])
        return found


Member = TypeVar("Member")


class ListPart(Sequence[Member]):
    """What stands at some places of a list; `at` finds the one at a place."""

    def __init__(self, at: Callable[[int], Member], places: range) -> None:
        self._at = at
        self._places = places

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._places)

    def __iter__(self) -> Iterator[Member]:
        """Look at all of them."""
        return map(self._at, self._places)

    @overload
    def __getitem__(self, index: int) -> Member: ...

    @overload
    def __getitem__(self, index: slice) -> list[Member]: ...

    def __getitem__(self, index: int | slice) -> Member | list[Member]:
        """Look at one, or at a few."""
        if isinstance(index, slice):
            return [self._at(place) for place in self._places[index]]
        return self._at(self._places[index])


#: A stored record: what a read shows, and what is kept for filters alone. Its values
#: have passed the readers of its kind, so their types are known by their names.
#: A record is never changed in place: an edit stores another one.
Record: TypeAlias = dict[str, Any]

Key = TypeVar("Key", int, str)
Place = TypeVar("Place", int, str, tuple[int, int], tuple[int, str])

#: The settings of the account that the twin plays.
COUNTRY = "US"
CURRENCY = "usd"

_ID = re.compile(r"[0-9]{1,18}")


class Table(Generic[Key]):
    """The records of one kind: by id, and in the orders that lists are asked for.

    What is archived stays, but in no list. A write costs the logarithm of the number
    of records, but for the moving of pointers.
    """

    def __init__(self) -> None:
        self._records: dict[Key, Record] = {}
        self._ids: list[Key] = []
        self._changes: list[tuple[int, Key]] = []

    def __iter__(self) -> Iterator[Record]:
        """Go through all records, in the order in which they were made."""
        return iter(self._records.values())

    def get(self, key: Key) -> Record | None:
        """Return one record, or nothing."""
        return self._records.get(key)

    def put(self, key: Key, record: Record) -> None:
        """Store a record that is new or has just changed."""
        old = self._records.get(key)
        self._records[key] = record
        if old is None or _archived(old):
            if not _archived(record):
                insort(self._ids, key)
                insort(self._changes, (record["updated_at"], key))
            return
        _remove(self._changes, (old["updated_at"], key))
        if _archived(record):
            _remove(self._ids, key)
        else:
            insort(self._changes, (record["updated_at"], key))

    def rewrite(self, key: Key, record: Record) -> None:
        """Store a record that has changed without a new `updated_at`."""
        self._records[key] = record

    def drop(self, key: Key) -> None:
        """Forget one record."""
        old = self._records.pop(key)
        if not _archived(old):
            _remove(self._ids, key)
            _remove(self._changes, (old["updated_at"], key))

    def by_id(self) -> ListPart[Record]:
        """Return the records that are not archived, in the order of their ids."""
        return ListPart(lambda at: self._records[self._ids[at]], range(len(self._ids)))

    def changed_in(self, second: float) -> bool:
        """Tell whether anything changed last in this very second."""
        first = bisect_left(self._changes, second, key=itemgetter(0))
        return first < bisect_right(self._changes, second, key=itemgetter(0))

    def by_change(self, after: float | None = None) -> ListPart[Record]:
        """Return those that changed after a second, the latest last, or all."""
        first = 0
        if after is not None:
            first = bisect_right(self._changes, after, key=itemgetter(0))
        places = range(first, len(self._changes))
        return ListPart(lambda at: self._records[self._changes[at][1]], places)


def _archived(record: Record) -> bool:
    return bool(record.get("archived"))


def _remove(order: list[Place], place: Place) -> None:
    del order[bisect_left(order, place)]


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
            raise RefusalError(
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
        evidence: EvidenceLog,
        ids: Iterator[int],
        public: str,
        log: EventLog,
    ) -> None:
        self.public = public
        self.log = log
        self.due_dates = DueDates()
        self.progress = ListProgress()
        self.payments: Table[int] = Table()
        self.customers: Table[int] = Table()
        self.invoices: Table[int] = Table()
        self.items: Table[str] = Table()
        self.replaced_items: list[Record] = []
        self.invoices_of: Counter[int] = Counter()
        self.customer_numbers = Numbers("customer", "CUST-%05d")
        self.invoice_numbers = Numbers("invoice", "INV-%05d")
        self._clock = clock
        self._touched = evidence
        self._ids = ids
        self._latest = 0

    def now(self) -> int:
        """Return seconds since the epoch, which never run back."""
        self._latest = max(self._latest, self._clock.seconds())
        return self._latest

    def next_id(self) -> int:
        """Return an id that nothing ever had."""
        return next(self._ids)

    def cite(self, *behaviours: Behaviour) -> None:
        """Note what the answer that is being made rests on."""
        for behaviour in behaviours:
            self._touched.cite(behaviour)


def require_record(shelf: Table[int], kind: str, identifier: str) -> Record:
    """Return the record that a path names, or raise its 404."""
    record = shelf.get(int(identifier)) if _ID.fullmatch(identifier) else None
    if record is None:
        raise make_not_found(kind, identifier)
    return record


def _plain(number: str) -> str:
    return number.strip().lower()
