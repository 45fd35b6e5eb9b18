"""The log of events: kept in the order in which things happened, found by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

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

    def ids(self, subject: Subject | None = None) -> Sequence[int]:
        """Return the ids of the events about one thing or about all, oldest first."""
        return self._all if subject is None else self._about.get(subject, [])
