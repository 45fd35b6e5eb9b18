"""Reading both systems, and making certain of what the lists only hint at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dataflow.sync.guard import Guard
from dataflow.sync.identity import DEAD, is_gone, mark_of
from dataflow.sync.memory import Memory
from dataflow.sync.model import (
    LEFT,
    RIGHT,
    Changes,
    Flow,
    Issue,
    Link,
    Links,
    Seen,
    Sort,
    Values,
)
from dataflow.sync.rules import bar, frozen
from dataflow.systems.chargebee import Chargebee
from dataflow.systems.http import Record
from dataflow.systems.invoiced import Invoiced

#: Seconds read again before the cursor. Chargebee's lists may lag by five minutes
#: (documented); Invoiced's stamps are whole seconds (documented), and a second may
#: not be over yet when it is read.
OVERLAP: Mapping[str, int] = {LEFT: 5, RIGHT: 300}


@dataclass(frozen=True, slots=True)
class Systems:
    """The two systems to be kept in sync."""

    left: Invoiced
    right: Chargebee


@dataclass(slots=True)
class Reading:
    """What the lists of one kind say; a complete list holds all there is."""

    left: dict[str, Record] = field(default_factory=dict)
    right: dict[str, Record] = field(default_factory=dict)
    left_complete: bool = False
    right_complete: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """Where to read from: `since` in unix seconds, or everything if `full`."""

    since: int = 0
    full: bool = False

    def after(self, side: str, cursor: int | None) -> int | None:
        """Return the time after which one side has to be read; None is all of it.

        Both filters leave out the second that they name (documented), hence the 1.
        """
        if cursor is None or self.full:
            overlap = OVERLAP[side] if side == RIGHT else 0
            cursor = self.since
        else:
            overlap = OVERLAP[side]
        after = cursor - overlap - 1
        return after if after > 0 else None


def read(flow: Flow, systems: Systems, memory: Memory | None, start: Start) -> Reading:
    """Read the lists of one kind on both sides; nothing is written anywhere."""
    kind = flow.kind
    cursors = {
        side: memory.cursor(kind.name, side) if memory else None
        for side in (LEFT, RIGHT)
    }
    lefts = systems.left.changed(kind, start.after(LEFT, cursors[LEFT]))
    rights = systems.right.changed(kind, start.after(RIGHT, cursors[RIGHT]))
    whole = {side: start.full or cursors[side] is None for side in cursors}
    return Reading(
        {str(record["id"]): record for record in lefts},
        {str(record["id"]): record for record in rights},
        left_complete=whole[LEFT] or not kind.left_filters_by_time,
        right_complete=whole[RIGHT],
    )


def newest(records: Iterable[Record]) -> int:
    """Return the latest time of change among records, 0 without any."""
    times = (record.get("updated_at") for record in records)
    return max((time for time in times if isinstance(time, int)), default=0)


@dataclass(slots=True)
class Look:
    """Makes one flow's changes out of a reading, with calls where it has to be sure.

    A list of Chargebee's may lag behind, so a record of it that looks changed is read
    again by its id; a record that a list does not show is asked for before it counts
    as deleted. `referred` are ids that records of interest refer to.
    """

    flow: Flow
    systems: Systems
    memory: Memory
    guard: Guard
    since: int = 0
    referred: frozenset[str] = frozenset()

    def changes(self, reading: Reading, why: Mapping[str, str]) -> Changes:
        """Return what the plan has to decide on."""
        marked = self._carrying(reading, gone=False)
        traces = self._carrying(reading, gone=True)
        changes = Changes(why=why, marked=marked, traces=traces)
        due = self._due()
        for left_id in sorted((due | self._absent(reading)) - reading.left.keys()):
            self._find_left(changes, left_id)
        for left_id, record in reading.left.items():
            with self.guard.attempt(self.flow.kind.name, left_id):
                changes.left[left_id] = self.see_left(record)
        for link in self._links().of(self.flow.kind.name):
            if self._suspect(link, reading, changes) or link.left_id in due:
                self._make_certain(link, changes)
        return changes

    def see_left(self, record: Record) -> Seen:
        """Return an Invoiced record as the plan sees it."""
        kind, left_id = self.flow.kind, str(record["id"])
        referred = left_id in self.referred
        return Seen(
            left_id,
            self.flow.left_values(record),
            _time(record),
            record=record,
            bar=bar(kind, record, self.since, referred=referred),
            frozen=frozen(kind, record),
        )

    def see_right(self, record: Record) -> Seen:
        """Return a Chargebee record as the plan sees it."""
        gone = is_gone(record)
        values: Values = {} if gone else self.flow.right_values(record, self._links())
        return Seen(str(record["id"]), values, _time(record), gone=gone, record=record)

    def _links(self) -> Links:
        return self.memory.links

    def _carrying(self, reading: Reading, *, gone: bool) -> dict[str, tuple[str, ...]]:
        """Return the unlinked records that carry a mark, or what deleted ones left."""
        kind = self.flow.kind
        found: dict[str, list[Record]] = {}
        for right_id, record in reading.right.items():
            mark = mark_of(kind, record)
            linked = self._links().left_of(kind.name, right_id) is not None
            if mark is not None and not linked and is_gone(record) == gone:
                found.setdefault(mark, []).append(record)
        return {mark: _live(records) for mark, records in found.items()}

    def _due(self) -> set[str]:
        """Return the records that were put off and may now be dealt with."""
        issues = self.memory.issues(self.flow.kind.name)
        return {one.left_id for one in issues if self._is_due(one)}

    def _is_due(self, issue: Issue) -> bool:
        if issue.sort in {Sort.FAILED, Sort.LATER}:
            return True
        needed = self._links().right_of("customer", issue.needs)
        return bool(issue.needs) and needed is not None

    def _absent(self, reading: Reading) -> set[str]:
        """Return unlinked records that were put off and that the list lacks now."""
        kind = self.flow.kind.name
        issues = self.memory.issues(kind) if reading.left_complete else []
        return {
            one.left_id
            for one in issues
            if self._links().by_left(kind, one.left_id) is None
        }

    def _suspect(self, link: Link, reading: Reading, changes: Changes) -> bool:
        """Tell whether a pair needs a closer look than the lists allow."""
        left = changes.left.get(link.left_id)
        right = reading.right.get(link.right_id)
        if link.gone:
            back = {LEFT: left is not None, RIGHT: right is not None}
            alive = right is None or not is_gone(right)
            return alive and all(back[side] for side in link.gone.split(" and "))
        if left is not None and left.frozen:
            return False
        missing = (reading.left_complete and left is None) or (
            reading.right_complete and right is None
        )
        edited = left is not None and _differs(link, left.values, 0)
        return missing or edited or self._right_edited(link, right)

    def _right_edited(self, link: Link, record: Record | None) -> bool:
        if record is None or is_gone(record):
            return record is not None
        values: Values = {}
        with self.guard.attempt(self.flow.kind.name, link.left_id):
            values = self.see_right(record).values
        return _differs(link, values, 1)

    def _make_certain(self, link: Link, changes: Changes) -> None:
        kind = self.flow.kind
        if link.left_id not in changes.left:
            self._find_left(changes, link.left_id)
        with self.guard.attempt(kind.name, link.left_id):
            record = self.systems.right.find(kind, link.right_id)
            self.guard.answered()
            changes.right[link.right_id] = (
                Seen(link.right_id, gone=True)
                if record is None
                else self.see_right(record)
            )

    def _find_left(self, changes: Changes, left_id: str) -> None:
        with self.guard.attempt(self.flow.kind.name, left_id):
            record = self.systems.left.find(self.flow.kind, left_id)
            self.guard.answered()
            changes.left[left_id] = (
                Seen(left_id, gone=True) if record is None else self.see_left(record)
            )


def _differs(link: Link, values: Values, side: int) -> bool:
    base = link.base
    return any(n not in base or base[n][side] != value for n, value in values.items())


def _live(records: list[Record]) -> tuple[str, ...]:
    live = [record for record in records if record.get("status") not in DEAD]
    return tuple(str(record["id"]) for record in live or records)


def _time(record: Record) -> int | None:
    time = record.get("updated_at")
    return time if isinstance(time, int) else None
