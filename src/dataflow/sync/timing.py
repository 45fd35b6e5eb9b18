"""Find out when the properties of a pair were edited, with as few calls as possible."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dataflow.sync.clients.systems import Systems
from dataflow.sync.edit_times import (
    LEFT_SIDE,
    RIGHT_SIDE,
    Snapshot,
    list_left_snapshots,
    list_right_snapshots,
    read_left_value,
    read_right_value,
    time_by_events,
    time_by_fingerprint,
)
from dataflow.sync.errors import NotFoundError, RefusedError
from dataflow.sync.mapping import Lens
from dataflow.sync.merge import is_ordered
from dataflow.sync.model import EditTime, EditTimes, Flow, Link, Links, Observed
from dataflow.sync.values import Value


@dataclass(frozen=True, slots=True)
class EditTimer:
    """Times the edits of one flow: by the records alone, or else by the events."""

    flow: Flow
    systems: Systems
    links: Links

    def find(
        self, link: Link, left: Observed, right: Observed, names: Iterable[str]
    ) -> dict[str, EditTimes]:
        """Return the times of some properties of a pair, of which both were read."""
        if left.is_deleted or right.is_deleted:
            return {}
        ends = (
            time_by_fingerprint(self.flow, LEFT_SIDE, link, left),
            time_by_fingerprint(self.flow, RIGHT_SIDE, link, right),
        )
        events: tuple[list[Snapshot], ...] = ([], [])
        if not is_ordered(*ends):
            events = (self._read_left(left, ends[0]), self._read_right(right, ends[1]))
        found = {}
        for lens in self.flow.lenses:
            if lens.name in names:
                values = left.values[lens.name], right.values[lens.name]
                times = self._time(lens, values, ends, events)
                found[lens.name] = EditTimes(values, *times)
        return found

    def _time(
        self,
        lens: Lens,
        values: tuple[Value, Value],
        ends: tuple[EditTime, EditTime],
        events: tuple[list[Snapshot], ...],
    ) -> tuple[EditTime, EditTime]:
        reads = read_left_value(self.flow, lens), read_right_value(lens, self.links)
        left, right = (
            _narrow(ends[side], time_by_events(reads[side], values[side], events[side]))
            for side in (LEFT_SIDE, RIGHT_SIDE)
        )
        return left, right

    def _read_left(self, left: Observed, known: EditTime) -> list[Snapshot]:
        """Return the snapshots of an Invoiced record; items have none (documented)."""
        kind = self.flow.kind
        if known.exact is not None or not kind.left_filters_by_time:
            return []
        try:
            events = list(self.systems.left.list_events(kind, left.id))
        except (NotFoundError, RefusedError):
            return []
        return list(list_left_snapshots(kind.left_name, left.id, events))

    def _read_right(self, right: Observed, known: EditTime) -> list[Snapshot]:
        """Return the snapshots of a Chargebee record, as far as events are kept."""
        if known.exact is not None or known.latest is None:
            return []
        try:
            events = list(self.systems.right.list_events(self.flow.kind, known.latest))
        except (NotFoundError, RefusedError):
            return []
        return list(list_right_snapshots(self.flow.kind.right_name, right.id, events))


def _narrow(own: EditTime, found: EditTime) -> EditTime:
    """Return the tighter of the record's own time and the time of its events."""
    if own.exact is not None or (found.exact is None and found.latest is None):
        return own
    return found
