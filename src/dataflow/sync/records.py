"""Read records by their ids, and bring them into the form that the plan uses."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from dataflow.sync.clients.http import Record
from dataflow.sync.clients.systems import Systems
from dataflow.sync.matching import find_exclusion, find_freeze, is_deleted
from dataflow.sync.model import LEFT, RIGHT, Flow, Links, Observed
from dataflow.sync.payments import describe
from dataflow.sync.record_types import ORDER


@dataclass(frozen=True, slots=True)
class RecordReader:
    """Reads the records of one flow.

    `referenced` are the ids of this kind that other records refer to. `verified`
    collects the sides of which a record was read, `gone` the Invoiced ids of which none
    was found.
    """

    flow: Flow
    systems: Systems
    links: Links
    verified: set[str]
    since: int = 0
    referenced: Container[str] = ()
    gone: set[str] = field(default_factory=set)

    def find_left(self, left_id: str) -> Observed:
        """Read an Invoiced record by its id, deleted or not."""
        record = self.systems.left.find(self.flow.kind, left_id)
        if record is None:
            self.gone.add(left_id)
            return Observed(left_id, is_deleted=True)
        self.verified.add(LEFT)
        return self.observe_left(record)

    def find_right(self, right_id: str) -> Observed:
        """Read a Chargebee record by its id, deleted or not."""
        record = self.systems.right.find(self.flow.kind, right_id)
        if record is None:
            return Observed(right_id, is_deleted=True)
        self.verified.add(RIGHT)
        return self.observe_right(record)

    def observe_left(self, record: Record) -> Observed:
        """Return an Invoiced record in the form that the plan uses."""
        kind, left_id = self.flow.kind, str(record["id"])
        referred = left_id in self.referenced
        return Observed(
            left_id,
            self.flow.left_values(record),
            read_time(record),
            record=record,
            exclusion=find_exclusion(kind, record, self.since, referred=referred),
            frozen=find_freeze(kind, record),
            money=describe(record) if kind is ORDER else "",
        )

    def observe_right(self, record: Record) -> Observed:
        """Return a Chargebee record in the form that the plan uses."""
        deleted = is_deleted(record)
        return Observed(
            str(record["id"]),
            {} if deleted else self.flow.right_values(record, self.links),
            read_time(record),
            is_deleted=deleted,
            record=record,
        )


def read_time(record: Record) -> int | None:
    """Return when a record was changed, if it has a readable time."""
    time = record.get("updated_at")
    return time if isinstance(time, int) else None
