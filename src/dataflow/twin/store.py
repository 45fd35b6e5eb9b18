"""Records by key, in the orders of their properties, and by their links."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeAlias, TypeVar

#: A record never changes in place: an edit stores another one.
Record: TypeAlias = dict[str, Any]

Key = TypeVar("Key", int, str)

#: The position of a record in an order: its value, then its key.
Place: TypeAlias = tuple[Any, Key]

#: Returns the value of a record in an order, or None if it is not listed.
Value: TypeAlias = Callable[[Key, Record], int | str | None]


class Store(Generic[Key]):
    """The records of one kind, the oldest first; a write costs logarithmic time.

    `orders` has a list of places for each order that is given with its values; `links`
    name properties, by whose values the keys of the records are found.
    """

    def __init__(
        self, values: Mapping[str, Value[Key]], links: Iterable[str] = ()
    ) -> None:
        self.records: dict[Key, Record] = {}
        self.orders: dict[str, list[Place[Key]]] = {name: [] for name in values}
        self._values: Mapping[str, Value[Key]] = values
        self._links = tuple(links)
        self._linked: dict[tuple[str, Any], set[Key]] = {}

    def put(self, key: Key, record: Record) -> None:
        """Store a new or changed record."""
        self._index(key, self.records.get(key), record)
        self.records[key] = record

    def drop(self, key: Key) -> None:
        """Remove one record."""
        self._index(key, self.records.pop(key), None)

    def linked(self, name: str, value: str | None) -> set[Key]:
        """Return the keys of the records with this link, or without it."""
        return self._linked.get((name, value), set())

    def place(self, by: str, key: Key) -> Place[Key]:
        """Return the position of a record in an order."""
        return self._values[by](key, self.records[key]), key

    def between(
        self, by: str, low: tuple[Any, ...] | None, high: tuple[Any, ...] | None = None
    ) -> range:
        """Return the indexes in an order from `low` up to, without, `high`."""
        order: list[Any] = self.orders[by]
        start = 0 if low is None else bisect_left(order, low)
        stop = len(order) if high is None else bisect_left(order, high)
        return range(start, stop)

    def _index(self, key: Key, old: Record | None, new: Record | None) -> None:
        for name, value in self._values.items():
            before = None if old is None else value(key, old)
            after = None if new is None else value(key, new)
            if before != after:
                _move(self.orders[name], key, before, after)
        for name in self._links:
            if old is not None:
                self.linked(name, old.get(name)).discard(key)
            if new is not None:
                self._linked.setdefault((name, new.get(name)), set()).add(key)


def _move(
    order: list[Place[Key]], key: Key, before: int | str | None, after: int | str | None
) -> None:
    if before is not None:
        del order[bisect_left(order, (before, key))]
    if after is None:
        return
    place = after, key
    if order and place < order[-1]:
        insort(order, place)
    else:  # the usual case: a search reads far more memory
        order.append(place)
