"""The log of events: kept in the order in which things happened, found by whom."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from dataflow.twin.invoiced.parts import Part

#: What an event is about: a kind in the singular, and an id.
Subject: TypeAlias = tuple[str, int]


class Log:
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
    ) -> Part[dict[str, Any]]:
        """Return the events about one thing or about all, from a second to another.

        Both seconds are included.
        """
        ids = self._all if subject is None else self._about.get(subject, [])
        first = 0 if start is None else bisect_left(ids, start, key=self._time)
        last = len(ids) if end is None else bisect_right(ids, end, key=self._time)
        places = range(last - 1, first - 1, -1)
        return Part(lambda at: self._events[ids[at]], places)

    def _time(self, identifier: int) -> int:
        found: int = self._events[identifier]["timestamp"]
        return found
