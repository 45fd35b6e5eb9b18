"""Base classes of syncs that go wrong after an event: something new, edited or gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import ClassVar

from broken.api import Record, RefusedError
from broken.plain import KINDS, PlainSync

#: The records of one side: by kind, and by id.
_Side = dict[str, dict[str, Record]]


class NoticingSync(PlainSync):
    """Knows both sides as the last run found them; `before` is empty in the first."""

    def read_both(self) -> None:
        super().read_both()
        nothing: _Side = {kind: {} for kind in KINDS}
        empty = {"here": nothing, "there": nothing}
        self.before: dict[str, _Side] = self.memory.get("before", empty)
        sides = {"here": self.here, "there": self.there}
        self.memory["before"] = {
            side: {kind: {**found} for kind, found in every.items()}
            for side, every in sides.items()
        }

    def find_new(self, kind: str) -> list[str]:
        """Return the records of Invoiced that the last run did not find."""
        return [key for key in self.here[kind] if key not in self.before["here"][kind]]

    def find_gone(self, kind: str, side: str = "here") -> list[str]:
        """Return the records that only the last run found."""
        now = {"here": self.here, "there": self.there}[side][kind]
        return [key for key in self.before[side][kind] if key not in now]

    def find_edited(self, kind: str, *fields: str, side: str = "here") -> list[str]:
        """Return the records in which one of these fields has another value."""
        now = {"here": self.here, "there": self.there}[side][kind]
        old = self.before[side][kind]
        return [
            key
            for key in now
            if key in old and any(now[key].get(f) != old[key].get(f) for f in fields)
        ]

    def edit_here(self, kind: str, key: str, **values: object) -> None:
        """Change a record of Invoiced that exists, unless the vendor refuses it."""
        with suppress(RefusedError):
            if key in self.here[kind]:
                self.invoiced.edit(KINDS[kind], key, values)

    def edit_there(self, kind: str, key: str, **values: object) -> None:
        """Change a live record of Chargebee, unless the vendor refuses it."""
        with suppress(RefusedError):
            if key in self.there[kind]:
                self.chargebee.edit(kind, key, values)

    def find_counterpart(self, kind: str, key: str) -> str:
        """Return the id of the counterpart, or an empty text."""
        return self.pairs[kind].get(key, {"id": ""})["id"]

    def find_counterparts(self, kind: str) -> list[str]:
        """Return the ids of all counterparts of a kind."""
        return [pair["id"] for pair in self.pairs[kind].values()]

    def find_unrelated(self, kind: str) -> list[str]:
        """Return the live records of Chargebee that are no counterparts."""
        known = self.find_counterparts(kind)
        return [key for key in self.there[kind] if key not in known]

    def find_orders(self, customer: str) -> list[str]:
        """Return the invoices of a customer of Invoiced."""
        invoices = self.here["orders"].items()
        return [key for key, each in invoices if str(each["customer"]) == customer]


class EventSync(NoticingSync):
    """Reacts wrongly to each event of one kind, after a right run.

    An event is an edit of one of `fields` on a `side`, or a new record without fields.
    """

    kind: ClassVar[str]
    fields: ClassVar[tuple[str, ...]] = ()
    side: ClassVar[str] = "here"

    def run(self) -> None:
        super().run()
        for key in self.find_events():
            self.react(key)

    def find_events(self) -> list[str]:
        """Return the records that an event is about, by their id on that side."""
        if self.fields:
            return self.find_edited(self.kind, *self.fields, side=self.side)
        return self.find_new(self.kind)

    def react(self, key: str) -> None:
        """Do what is wrong."""
        raise NotImplementedError


class DroppingSync(NoticingSync):
    """Never serves a record again once it was to be dropped."""

    def serve(self, kind: str, one: Callable[[str, Record], None]) -> None:
        dropped: list[str] = self.memory.setdefault("dropped", [])

        def unless_dropped(key: str, record: Record) -> None:
            name = f"{kind}/{key}"
            if name not in dropped and self.is_dropped(kind, key, record):
                dropped.append(name)
            if name not in dropped:
                one(key, record)

        super().serve(kind, unless_dropped)

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        """Return whether a record is to be dropped."""
        raise NotImplementedError


class FormerSync(DroppingSync):
    """Drops a record that was in a certain state in an earlier run, and is no more."""

    kind: ClassVar[str] = "orders"

    def is_dropped(self, kind: str, key: str, record: Record) -> bool:
        former: list[str] = self.memory.setdefault("former", [])
        if kind != self.kind:
            return False
        if self.is_in_state(key, record):
            former.append(key)
            return False
        return key in former

    def is_in_state(self, key: str, record: Record) -> bool:
        """Return whether a record is in that state."""
        raise NotImplementedError


class BlockedSync(PlainSync):
    """Serves no record of a kind after one that blocks it."""

    def serve(self, kind: str, one: Callable[[str, Record], None]) -> None:
        every = self.here[kind]
        self.here[kind] = dict(self.find_served(kind))
        super().serve(kind, one)
        self.here[kind] = every

    def find_served(self, kind: str) -> Iterator[tuple[str, Record]]:
        """Yield the records before the first that blocks."""
        for key, record in self.here[kind].items():
            if self.is_blocked(kind, key, record):
                return
            yield key, record

    def is_blocked(self, kind: str, key: str, record: Record) -> bool:
        """Return whether a record blocks those after it."""
        raise NotImplementedError
