"""Records of one kind, found by id, by link, and in the order of a property."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from dataflow.twin.chargebee.types import Record, is_deleted, number, string

#: Where a row stands in an order: the property's value, then the row's number.
Place: TypeAlias = tuple[int | str, int]

#: The hidden order of creation, for records that show no time of it.
CREATION = "number"

#: Properties that are ordered as texts; all others are whole numbers.
TEXTS = frozenset({"id", "name"})


@dataclass(slots=True)
class Row:
    """A record and its number, which says when it was first stored."""

    number: int
    record: Record

    def place(self, by: str) -> Place:
        """Return where the row stands in the order of a property."""
        if by == CREATION:
            return self.number, self.number
        if by in TEXTS:
            return string(self.record, by), self.number
        return number(self.record, by), self.number


@dataclass(frozen=True, slots=True)
class Kind:
    """What sets one kind of record apart."""

    name: str
    sorts: tuple[str, ...]
    links: tuple[str, ...] = ()
    id_free_when_deleted: bool = False


@dataclass(slots=True)
class Table:
    """All records of one kind, the deleted ones included.

    A write costs the logarithm of the table's size, but for the moving of pointers.
    """

    kind: Kind
    _rows: dict[int, Row] = field(default_factory=dict)
    _ids: dict[str, Row] = field(default_factory=dict)
    _orders: dict[str, list[Place]] = field(default_factory=dict)
    _links: dict[tuple[str, str], set[int]] = field(default_factory=dict)

    def get(self, record_id: str) -> Record | None:
        """Return the record of an id, the latest one if the id was given twice."""
        row = self._ids.get(record_id)
        return None if row is None else row.record

    def add(self, number: int, record: Record) -> None:
        """Store a new record under a number that no other row has."""
        row = Row(number, record)
        self._rows[number] = self._ids[string(record, "id")] = row
        self._index(row)

    def replace(self, record: Record) -> None:
        """Store what became of a record."""
        row = self._ids[string(record, "id")]
        self._unindex(row)
        row.record = record
        self._index(row)

    def linked(self, name: str, values: Iterable[str]) -> list[Row]:
        """Return the rows whose link, or id, is one of these values, oldest first."""
        found: set[int] = set()
        for value in values:
            found |= self._links.get((name, value), set())
        return [self._rows[at] for at in sorted(found)]

    def has(self, name: str, value: str) -> bool:
        """Tell whether there is any row with such a link, however many there are."""
        return bool(self._links.get((name, value)))

    def alive(self, name: str, value: str) -> list[Record]:
        """Return the records with such a link that are not deleted."""
        rows = self.linked(name, [value])
        return [row.record for row in rows if not is_deleted(row.record)]

    def forwards(self, by: str, low: Place | None, high: Place | None) -> Iterator[Row]:
        """Yield the rows from `low` up to, without, `high`, in a property's order."""
        order = self._orders.get(by, [])
        start, stop = self._ends(order, low, high)
        return (self._rows[order[at][1]] for at in range(start, stop))

    def backwards(
        self, by: str, low: Place | None, high: Place | None
    ) -> Iterator[Row]:
        """Yield the same rows as `forwards`, last first."""
        order = self._orders.get(by, [])
        start, stop = self._ends(order, low, high)
        return (self._rows[order[at][1]] for at in range(stop - 1, start - 1, -1))

    @staticmethod
    def _ends(
        order: list[Place], low: Place | None, high: Place | None
    ) -> tuple[int, int]:
        start = 0 if low is None else bisect_left(order, low)
        stop = len(order) if high is None else bisect_left(order, high)
        return start, stop

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
        names = ("id", *self.kind.links)
        return [(name, string(row.record, name)) for name in names]
