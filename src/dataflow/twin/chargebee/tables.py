"""Tables of records with indexes by id, link and order, and copies that lag."""

from __future__ import annotations

import copy
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from dataflow.twin.chargebee.types import Record, is_deleted, number, string

#: The position of a row in an order: the property's value, then the row's number.
Place: TypeAlias = tuple[int | str, int]

#: The order of creation, for records that do not show its time.
CREATION = "number"

#: Properties with the order of texts; all others are whole numbers.
TEXTS = frozenset({"id", "name"})


@dataclass(slots=True)
class Row:
    """A record and its number in the order of creation."""

    number: int
    record: Record

    def place(self, by: str) -> Place:
        """Return the position of the row in the order of a property."""
        if by == CREATION:
            return self.number, self.number
        if by in TEXTS:
            return string(self.record, by), self.number
        return number(self.record, by), self.number


@dataclass(frozen=True, slots=True)
class Kind:
    """The indexes and the rules of one kind of record.

    `sorts` begins with the order of a list without `sort_by`. Lists of the catalog, and
    of comments, show the newest first, and deleted ones by status if at all; the ids of
    its deleted records are free.
    """

    name: str
    sorts: tuple[str, ...]
    links: tuple[str, ...] = ()
    in_catalog: bool = False


@dataclass(slots=True)
class Table:
    """All records of one kind, deleted ones too; a write costs logarithmic time."""

    kind: Kind
    _rows: dict[int, Row] = field(default_factory=dict)
    _ids: dict[str, list[Row]] = field(default_factory=dict)
    _orders: dict[str, list[Place]] = field(default_factory=dict)
    _links: dict[tuple[str, str], set[int]] = field(default_factory=dict)

    def get(self, record_id: str) -> Record | None:
        """Return the record of an id, the latest if the id was used twice."""
        rows = self._ids.get(record_id)
        return rows[-1].record if rows else None

    def add(self, number: int, record: Record) -> None:
        """Store a new record under an unused number."""
        row = Row(number, record)
        self._rows[number] = row
        self._ids.setdefault(string(record, "id"), []).append(row)
        self._index(row)

    def replace(self, record: Record) -> None:
        """Store the new version of a record."""
        row = self._ids[string(record, "id")][-1]
        self._unindex(row)
        row.record = record
        self._index(row)

    def rows(self) -> list[Row]:
        """Return all rows, the oldest first."""
        return [*self._rows.values()]

    def linked(self, name: str, values: Iterable[str]) -> list[Row]:
        """Return the rows whose link, or id, is one of these values, oldest first."""
        found: set[int] = set()
        for value in values:
            if name == "id":
                found |= {row.number for row in self._ids.get(value, ())}
            else:
                found |= self._links.get((name, value), set())
        return [self._rows[at] for at in sorted(found)]

    def has(self, name: str, value: str) -> bool:
        """Return whether any row has such a link, without a search."""
        return bool(self._links.get((name, value)))

    def alive(self, name: str, value: str) -> list[Record]:
        """Return the records with such a link that are not deleted."""
        rows = self.linked(name, [value])
        return [row.record for row in rows if not is_deleted(row.record)]

    def in_order(
        self, by: str, low: Place | None, high: Place | None, *, descending: bool
    ) -> Iterator[Row]:
        """Yield the rows from `low` up to, without, `high`, in a property's order."""
        order = self._orders.get(by, [])
        start = 0 if low is None else bisect_left(order, low)
        stop = len(order) if high is None else bisect_left(order, high)
        places = range(start, stop)
        return (
            self._rows[order[at][1]]
            for at in (reversed(places) if descending else places)
        )

    def _index(self, row: Row) -> None:
        for by in self.kind.sorts:
            insort(self._orders.setdefault(by, []), row.place(by))
        for link in self._links_of(row):
            self._links.setdefault(link, set()).add(row.number)

    def _unindex(self, row: Row) -> None:
        for by in self.kind.sorts:
            order = self._orders[by]
            del order[bisect_left(order, row.place(by))]
        for link in self._links_of(row):
            self._links[link].discard(row.number)

    def _links_of(self, row: Row) -> list[tuple[str, str]]:
        return [(name, string(row.record, name)) for name in self.kind.links]


Action: TypeAlias = Callable[[], None]


class LaggingCopy:
    """Copies of tables that receive each write after a lag, if there is one."""

    def __init__(
        self, tables: Mapping[str, Table], schedule: Callable[[int, Action], None]
    ) -> None:
        self._tables = tables
        self._schedule = schedule
        self._copies: dict[str, Table] | None = None
        self._latest = 0

    def table(self, kind: Kind, lag: float) -> Table:
        """Return the table that a list of this kind reads."""
        self.follow(lag)
        return (self._copies or self._tables)[kind.name]

    def follow(self, lag: float) -> None:
        """Make the copies if there is a lag, which has to be before a write."""
        if lag <= 0:
            self._copies = None
        elif self._copies is None:
            self._copies = copy.deepcopy(dict(self._tables))

    def add(self, kind: Kind, number: int, record: Record, moment: float) -> None:
        """Add a new record to the copies at a time in milliseconds."""
        if self._copies is not None:
            self._delay(moment, partial(self._copies[kind.name].add, number, record))

    def replace(self, kind: Kind, record: Record, moment: float) -> None:
        """Replace a record in the copies at a time in milliseconds."""
        if self._copies is not None:
            self._delay(moment, partial(self._copies[kind.name].replace, record))

    def _delay(self, moment: float, action: Action) -> None:
        # After the lag was shortened, an older version must not come last.
        self._latest = max(self._latest, round(moment))
        self._schedule(self._latest, action)
