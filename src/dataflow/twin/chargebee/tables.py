"""The table of a kind of record, and copies of tables that lag."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from dataflow.twin.chargebee.types import Record, is_deleted, number, string
from dataflow.twin.store import Store, Value

#: The order of creation, for records that do not show its time.
CREATION = "number"

#: Properties with the order of texts; all others are whole numbers.
TEXTS = frozenset({"id", "name"})


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


def _make_value(by: str) -> Value[int]:
    if by == CREATION:
        return lambda key, _record: key
    read = string if by in TEXTS else number
    return lambda _key, record: read(record, by)


class Table(Store[int]):
    """All records of one kind, deleted ones too, by number in the order of creation."""

    def __init__(self, kind: Kind) -> None:
        super().__init__({by: _make_value(by) for by in kind.sorts}, kind.links)
        self.kind = kind
        self._numbers: dict[str, tuple[int, ...]] = {}

    def get(self, record_id: str) -> Record | None:
        """Return the record of an id, the latest if the id was used twice."""
        numbers = self._numbers.get(record_id)
        return None if numbers is None else self.records[numbers[-1]]

    def add(self, number: int, record: Record) -> None:
        """Store a new record under an unused number."""
        record_id = string(record, "id")
        self._numbers[record_id] = (*self._numbers.get(record_id, ()), number)
        self.put(number, record)

    def replace(self, record: Record) -> None:
        """Store the new version of a record."""
        self.put(self._numbers[string(record, "id")][-1], record)

    def find(self, name: str, values: Iterable[str]) -> list[int]:
        """Return the numbers of the records with such a link or id, oldest first."""
        if name == "id":
            return sorted({n for each in values for n in self._numbers.get(each, ())})
        return sorted({n for each in values for n in self.linked(name, each)})

    def alive(self, name: str, value: str) -> list[Record]:
        """Return the records with such a link that are not deleted."""
        records = (self.records[number] for number in self.find(name, [value]))
        return [record for record in records if not is_deleted(record)]


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
