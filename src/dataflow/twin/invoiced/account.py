"""All records of one Invoiced account."""

from __future__ import annotations

import heapq
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import floor
from typing import Any, TypeAlias, TypeVar, overload

from dataflow.twin.clock import Clock, ExpiringValues
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.invoiced.errors import make_not_found
from dataflow.twin.messages import Request
from dataflow.twin.store import Key, Store, Value

#: The subject of an event: a kind in the singular, and an id.
Subject: TypeAlias = tuple[str, int]


class EventLog:
    """All events of an account, by id and by subject."""

    def __init__(self, ids: Iterator[int]) -> None:
        self._ids = ids
        self.events: dict[int, dict[str, Any]] = {}
        self._all: list[int] = []
        self.about: dict[Subject, list[int]] = {}

    def add(self, event: dict[str, Any], about: Iterable[Subject]) -> None:
        """Store an event under the next id."""
        self.put(event | {"id": next(self._ids)}, about)

    def put(self, event: dict[str, Any], about: Iterable[Subject]) -> None:
        """Store an event that has an id."""
        identifier = event["id"]
        self.events[identifier] = event
        self._all.append(identifier)
        for subject in about:
            self.about.setdefault(subject, []).append(identifier)

    def get(self, identifier: int) -> dict[str, Any] | None:
        """Return one event, if it is known."""
        return self.events.get(identifier)

    def move(self, loser: Subject, winner: Subject) -> None:
        """Relate the events of one subject to another."""
        moved = {*self.about.pop(loser, []), *self.about.get(winner, [])}
        self.about[winner] = sorted(moved)

    def list_latest(
        self,
        subject: Subject | None = None,
        start: float | None = None,
        end: float | None = None,
    ) -> ListPart[dict[str, Any]]:
        """Return the events about one subject or all, between two included seconds."""
        ids = self._all if subject is None else self.about.get(subject, [])
        first = 0 if start is None else bisect_left(ids, start, key=self._time)
        last = len(ids) if end is None else bisect_right(ids, end, key=self._time)
        places = range(last - 1, first - 1, -1)
        return ListPart(lambda at: self.events[ids[at]], places)

    def _time(self, identifier: int) -> int:
        found: int = self.events[identifier]["timestamp"]
        return found


#: A count is kept for five minutes; pages have to be read in turn from here on.
COUNTED_FOR, FAR = 300, 10_000

#: The identity of a list, whatever the page.
ListKey: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]


def list_key(request: Request) -> ListKey:
    """Return the list of which a call asks for a page."""
    return request.path, tuple(pair for pair in request.query if pair[0] != "page")


class ListProgress:
    """The counts and the furthest pages of the lists that clients read."""

    def __init__(self) -> None:
        self._counts: ExpiringValues[ListKey, int] = ExpiringValues(COUNTED_FOR)
        self._furthest: dict[ListKey, int] = {}
        #: When the first page of a list was counted.
        self.begun: dict[ListKey, int] = {}

    def count(self, key: ListKey, page: int, found: int, now: int) -> int:
        """Return the number of records that a page states: the first page counts."""
        counted = self._counts.get(key, now) if page > 1 else None
        if counted is None:
            self.begun[key] = now
            self._counts.put(key, found, now)
            return found
        return counted

    def is_in_turn(self, key: ListKey, page: int, per_page: int) -> bool:
        """Return whether a page may be read now; if so, note it as read."""
        furthest = self._furthest.get(key, 0)
        if (page - 1) * per_page >= FAR and page > furthest + 1:
            return False
        if page * per_page >= FAR:
            self._furthest[key] = max(page, furthest)
        return True


class DueDates:
    """The due dates of an account's invoices, the earliest first."""

    def __init__(self) -> None:
        self.heap: list[tuple[int, int]] = []

    def add(self, invoice: dict[str, Any]) -> None:
        """Note an invoice's due date, unless it has passed and was handled."""
        due = invoice["due_date"]
        if due is not None and due != invoice["noted_due"]:
            heapq.heappush(self.heap, (due, invoice["id"]))

    def pop_overdue(self, now: int) -> list[int]:
        """Return, once, the ids whose due date is over at this second."""
        found = []
        while self.heap and self.heap[0][0] < now:
            found.append(heapq.heappop(self.heap)[1])
        return found


Member = TypeVar("Member")


class ListPart(Sequence[Member]):
    """A part of a list, read on demand; `at` returns the member at a place."""

    def __init__(self, at: Callable[[int], Member], places: range) -> None:
        self._at = at
        self._places = places

    def __len__(self) -> int:
        """Return the number of members."""
        return len(self._places)

    def __iter__(self) -> Iterator[Member]:
        """Yield all members."""
        return map(self._at, self._places)

    @overload
    def __getitem__(self, index: int) -> Member: ...

    @overload
    def __getitem__(self, index: slice) -> list[Member]: ...

    def __getitem__(self, index: int | slice) -> Member | list[Member]:
        """Return one member, or a slice of them."""
        if isinstance(index, slice):
            return [self._at(place) for place in self._places[index]]
        return self._at(self._places[index])


#: A stored record: the properties that a read shows, and some for filters alone. The
#: readers of its kind have checked its values, so a name implies a type. A record never
#: changes in place: an edit stores another one.
Record: TypeAlias = dict[str, Any]

#: The settings of the account.
COUNTRY = "US"
CURRENCY = "usd"

_ID = re.compile(r"[0-9]{1,18}")


def _or_archived(name: str) -> Value[Any]:
    """Return the value of a property, or None for an archived record."""
    return lambda _key, record: None if record.get("archived") else record[name]


class Table(Store[Key]):
    """The records of one kind, and two orders of those that are not archived."""

    def __init__(self) -> None:
        super().__init__({name: _or_archived(name) for name in ("id", "updated_at")})

    def __iter__(self) -> Iterator[Record]:
        """Yield all records, in the order of creation."""
        return iter(self.records.values())

    def get(self, key: Key) -> Record | None:
        """Return one record, if it is known."""
        return self.records.get(key)

    def by_id(self) -> ListPart[Record]:
        """Return the records that are not archived, in the order of their ids."""
        return self._part("id", None)

    def changed_in(self, second: float) -> bool:
        """Return whether the last change of any record was in this second."""
        return bool(self.between("updated_at", (second,), (floor(second) + 1,)))

    def by_change(self, after: float | None = None) -> ListPart[Record]:
        """Return the records that changed after a second, or all, the latest last."""
        return self._part("updated_at", None if after is None else (floor(after) + 1,))

    def _part(self, by: str, low: tuple[int] | None) -> ListPart[Record]:
        order = self.orders[by]
        return ListPart(lambda at: self.records[order[at][1]], self.between(by, low))


class Numbers:
    """Unique numbers, compared by `fold`."""

    def __init__(self, template: str) -> None:
        self._template = template
        self.taken: dict[str, int] = {}
        self.given = 0

    def is_taken(self, number: str, owner: int | None) -> bool:
        """Return whether another record than `owner` has a number."""
        return self.taken.get(fold(number), owner) != owner

    def generate(self) -> str:
        """Return the next free number of the sequence."""
        while True:
            self.given += 1
            number = self._template % self.given
            if fold(number) not in self.taken:
                return number

    def take(self, number: str, owner: int) -> None:
        """Note the owner of a number."""
        self.taken[fold(number)] = owner

    def free(self, number: str) -> None:
        """Free a number for other records."""
        self.taken.pop(fold(number), None)


class Account:
    """The records of the account.

    `ids` is one sequence for customers, invoices and line items (recorded: numbers of
    seven digits), which continues when the account is emptied. `public` is the root of
    the addresses for a customer's browser. `log` is an empty event log.
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
        self.contacts: Table[int] = Table()
        self.notes: Table[int] = Table()
        self.custom_fields: Table[int] = Table()
        self.replaced_items: list[Record] = []
        self.invoices_of: Counter[int] = Counter()
        self.numbers = {
            "Customer": Numbers("CUST-%05d"),
            "Invoice": Numbers("INV-%05d"),
        }
        self._clock = clock
        self.cite = evidence.cite
        self.tables: dict[str, Table[Any]] = {
            "customer": self.customers,
            "invoice": self.invoices,
            "item": self.items,
        }
        self._ids = ids
        self.latest = 0

    def now(self) -> int:
        """Return seconds since the epoch, which never decrease."""
        self.latest = max(self.latest, self._clock.seconds())
        return self.latest

    def next_id(self) -> int:
        """Return a new id."""
        return next(self._ids)


def is_id(text: str) -> bool:
    """Return whether a text can be the id of a record."""
    return _ID.fullmatch(text) is not None


def parse_id(text: str) -> int:
    """Return an id of digits, or 0, which is no id."""
    return int(text) if is_id(text) else 0


def require_record(table: Table[int], kind: str, identifier: str) -> Record:
    """Return the record that a path names, or raise its 404."""
    record = table.get(parse_id(identifier))
    if record is None:
        raise make_not_found(kind, identifier)
    return record


def fold(text: str) -> str:
    """Return a text as the service's database compares it (unconfirmed).

    Case, accents and blanks at the end do not count; blanks in front do.
    """
    if text.isascii():  # the usual case, and much faster
        return text.rstrip(" ").lower()
    apart = unicodedata.normalize("NFKD", text.rstrip(" "))
    return "".join(char for char in apart if not unicodedata.combining(char)).casefold()
