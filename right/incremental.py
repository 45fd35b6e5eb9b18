"""Right syncs that read only what has changed: by time stamp, or by event."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

from broken.api import Record, RefusedError
from broken.plain import KINDS, PlainSync

#: Seconds that overlap with the last run: lists lag, and clocks differ.
_OVERLAP = 3600


class PollsSinceItsLastRun(PlainSync):
    """Invoices and orders are asked for since the last run, by the sync's own clock."""

    def read_both(self) -> None:
        self.now = int(time.time())
        self.after = max(0, int(self.memory.get("polled", self.since)) - _OVERLAP)
        super().read_both()
        self.memory["polled"] = self.now

    def list_here(self, kind: str) -> list[Record]:
        """Return all records of one kind in Invoiced, known invoices from the state."""
        if kind != "invoices":
            return super().list_here(kind)
        return self.with_known(kind, self.invoiced.list_all(kind, **self.span_here()))

    def list_there(self, kind: str) -> list[Record]:
        """Return all records of one kind in Chargebee, known orders from the state."""
        if kind != "orders":
            return super().list_there(kind)
        query = {"include_deleted": "true", "sort_by[asc]": "created_at"}
        news = self.chargebee.list_all(kind, **query, **self.span_there())
        return self.with_known(kind, news)

    def span_here(self) -> dict[str, str]:
        """Return the query for what was saved in Invoiced since the last run."""
        return {"updated_after": str(self.after)}

    def span_there(self) -> dict[str, str]:
        """Return the query for what was saved in Chargebee since the last run."""
        return {"updated_at[after]": str(self.after)}

    def with_known(self, kind: str, news: list[Record]) -> list[Record]:
        """Return the known records of a kind, updated."""
        known: dict[str, Record] = self.memory.setdefault(f"known {kind}", {})
        known |= {str(record["id"]): record for record in news}
        return list(known.values())


class PollsUntilNow(PollsSinceItsLastRun):
    """Invoices and orders are asked for from the last run until now, by its clock."""

    def span_here(self) -> dict[str, str]:
        """Return the query for Invoiced, which excludes both limits."""
        return super().span_here() | {"updated_before": str(self.now + 1)}

    def span_there(self) -> dict[str, str]:
        """Return the query for Chargebee, which includes both limits."""
        return {"updated_at[between]": json.dumps([self.after, self.now])}


#: The names of records in the events, by the kind in Chargebee. Invoiced has no events
#: of items (documented).
_HERE = {"customers": "customer", "orders": "invoice"}
_THERE = {"customers": "customer", "orders": "order", "items": "item"}


class FollowsEvents(PlainSync):
    """After its first run it asks for the records that events of either side name."""

    def read_both(self) -> None:
        followed: Record = self.memory.setdefault("followed", {})
        here = list(self.events_here(followed.get("here", 0)))
        there = list(self.events_there(followed.get("there", 0)))
        self.named_here = {_named(e["data"]["object"]) for e in here}
        self.named_there = {
            (kind, str(record["id"]))
            for event in there
            for kind, record in event["content"].items()
        }
        super().read_both()
        followed["here"] = max((e["timestamp"] for e in here), default=1)
        followed["there"] = max((e["occurred_at"] for e in there), default=1)

    def events_here(self, last: int) -> Iterator[Record]:
        """Yield the events of Invoiced since the last one, the latest first."""
        number, more = 0, True
        while more:
            number += 1
            events, more = self.invoiced.list_page("events", number)
            yield from events
            more = more and last < events[-1]["timestamp"] + _OVERLAP

    def events_there(self, last: int) -> list[Record]:
        """Return the events of Chargebee since the last one."""
        after = str(max(0, last - _OVERLAP))
        return self.chargebee.list_all("events", **{"occurred_at[after]": after})

    def list_here(self, kind: str) -> list[Record]:
        """Return all records of one kind in Invoiced, from the state if possible."""
        ours = next(ours for ours, theirs in KINDS.items() if theirs == kind)
        if ours not in _HERE:
            return super().list_here(kind)
        named = {key for name, key in self.named_here if name == _HERE[ours]}
        return self.renewed(
            f"here {kind}",
            named,
            lambda key: self.invoiced.get(kind, key),
            lambda: super(FollowsEvents, self).list_here(kind),
        )

    def list_there(self, kind: str) -> list[Record]:
        """Return all records of one kind in Chargebee, from the state."""
        named = {key for name, key in self.named_there if name == _THERE[kind]}
        return self.renewed(
            f"there {kind}",
            named,
            lambda key: self.chargebee.get(kind, key),
            lambda: super(FollowsEvents, self).list_there(kind),
        )

    def renewed(
        self,
        name: str,
        named: set[str],
        get: Callable[[str], Record],
        everything: Callable[[], list[Record]],
    ) -> list[Record]:
        """Return all records: read the first time, later only the named ones."""
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


#: The good syncs of this module, in the order of the catalogue.
INCREMENTAL: tuple[type[PlainSync], ...] = (
    PollsSinceItsLastRun,
    PollsUntilNow,
    FollowsEvents,
)
