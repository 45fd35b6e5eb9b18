"""A right sync that follows events: it reads lists once, and then what events name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from broken.api import Record, RefusedError
from broken.plain import KINDS, PlainSync

#: Seconds that it looks back further: what an event names may be listed late.
_OVERLAP = 3600
#: What its events call a record, by the kind of it in Chargebee. Invoiced has no events
#: of items (documented).
_HERE = {"customers": "customer", "orders": "invoice"}
_THERE = {"customers": "customer", "orders": "order", "items": "item"}


class FollowsEvents(PlainSync):
    """After its first run it asks for the records that events of either side name."""

    def look(self) -> None:
        """Ask for the events, then for what they name, and note how far that goes."""
        followed: Record = self.memory.setdefault("followed", {})
        here = list(self.events_here(followed.get("here", 0)))
        there = list(self.events_there(followed.get("there", 0)))
        self.named_here = {_named(e["data"]["object"]) for e in here}
        self.named_there = {
            (kind, str(record["id"]))
            for event in there
            for kind, record in event["content"].items()
        }
        super().look()
        followed["here"] = max((e["timestamp"] for e in here), default=1)
        followed["there"] = max((e["occurred_at"] for e in there), default=1)

    def events_here(self, last: int) -> Iterator[Record]:
        """Yield the events of Invoiced since the last one, the latest first."""
        number, more = 0, True
        while more:
            number += 1
            events, more = self.invoiced.page("events", number)
            yield from events
            more = more and last < events[-1]["timestamp"] + _OVERLAP

    def events_there(self, last: int) -> list[Record]:
        """Return the events of Chargebee since the last one."""
        after = str(max(0, last - _OVERLAP))
        return self.chargebee.everything("events", **{"occurred_at[after]": after})

    def read(self, kind: str) -> list[Record]:
        """Return all records of one kind in Invoiced, those with events from memory."""
        ours = next(ours for ours, theirs in KINDS.items() if theirs == kind)
        if ours not in _HERE:
            return super().read(kind)
        named = {key for name, key in self.named_here if name == _HERE[ours]}
        return self.renewed(
            f"here {kind}",
            named,
            lambda key: self.invoiced.get(kind, key),
            lambda: super(FollowsEvents, self).read(kind),
        )

    def read_there(self, kind: str) -> list[Record]:
        """Return all records of one kind in Chargebee, from memory."""
        named = {key for name, key in self.named_there if name == _THERE[kind]}
        return self.renewed(
            f"there {kind}",
            named,
            lambda key: self.chargebee.get(kind, key),
            lambda: super(FollowsEvents, self).read_there(kind),
        )

    def renewed(
        self,
        name: str,
        named: set[str],
        get: Callable[[str], Record],
        everything: Callable[[], list[Record]],
    ) -> list[Record]:
        """Return what is known, with what was named read anew; at first, everything."""
        if name not in self.memory:
            self.memory[name] = {str(record["id"]): record for record in everything()}
        known: dict[str, Record] = self.memory[name]
        for key in named:
            try:
                known[key] = get(key)
            except RefusedError as refusal:
                if not refusal.is_gone():
                    raise
                known.pop(key, None)
        return list(known.values())


def _named(record: Record) -> tuple[str, str]:
    return record["object"], str(record["id"])


#: Those of this module.
FOLLOWING: tuple[type[PlainSync], ...] = (FollowsEvents,)
