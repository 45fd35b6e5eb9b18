"""Records that others of interest name, and that are of interest for that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dataflow.mapping.paths import pick
from dataflow.sync.guard import Guard
from dataflow.sync.memory import Memory
from dataflow.sync.model import Flow
from dataflow.sync.reading import Reading, Systems
from dataflow.sync.rules import bar
from dataflow.systems.http import Record
from dataflow.systems.kinds import CUSTOMER, ITEM, KINDS, Kind


@dataclass(slots=True)
class Referred:
    """The named records of one kind: their ids, and those read because of it."""

    ids: set[str] = field(default_factory=set)
    records: dict[str, Record] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Referring:
    """Finds what the records of a run name."""

    systems: Systems
    memory: Memory
    guard: Guard
    since: int

    def find(
        self, flows: Sequence[Flow], readings: Mapping[str, Reading]
    ) -> Mapping[str, Referred]:
        """Return by kind what is named, and read the customers that no list shows."""
        found = {kind.name: Referred() for kind in KINDS}
        for flow in flows:
            waiting = self.memory.issues(flow.kind.name)
            found[CUSTOMER.name].ids |= {one.needs for one in waiting if one.needs}
        for kind, left_id in self._named(flows, readings):
            found[kind].ids.add(left_id)
            if kind == CUSTOMER.name and kind in readings:
                self._fetch(left_id, readings[kind], found[kind].records)
        return found

    def _named(
        self, flows: Sequence[Flow], readings: Mapping[str, Reading]
    ) -> list[tuple[str, str]]:
        names: dict[tuple[str, str], None] = {}
        for flow in flows:
            for left_id, record in readings[flow.kind.name].left.items():
                linked = self.memory.links.by_left(flow.kind.name, left_id) is not None
                barred = bar(flow.kind, record, self.since, referred=False)
                if linked or barred is None:
                    names |= dict.fromkeys(named_by(flow.kind, record))
        return list(names)

    def _fetch(self, left_id: str, reading: Reading, into: dict[str, Record]) -> None:
        known = self.memory.links.right_of(CUSTOMER.name, left_id) is not None
        if known or left_id in reading.left:
            return
        with self.guard.attempt(CUSTOMER.name, left_id):
            record = self.systems.left.find(CUSTOMER, left_id)
            self.guard.answered()
            if record is not None:
                into[left_id] = record


def named_by(kind: Kind, record: Record) -> Iterator[tuple[str, str]]:
    """Yield the name of the kind and the id of what an Invoiced record names.

    An invoice has a customer, and each of its lines may be of an item (documented).
    """
    if not kind.stands_on:
        return
    yield CUSTOMER.name, str(pick(record, kind.stands_on))
    lines = record.get("items")
    for line in lines if isinstance(lines, list) else ():
        if (item := pick(line, "catalog_item")) is not None:
            yield ITEM.name, str(item)
