"""Read what has changed in both systems since the last run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dataflow.sync.clients.chargebee import Chargebee
from dataflow.sync.clients.http import Record
from dataflow.sync.clients.invoiced import Invoiced
from dataflow.sync.isolation import ErrorIsolation
from dataflow.sync.mapping import get_at_path
from dataflow.sync.matching import is_deleted, read_candidate
from dataflow.sync.merge import may_need_action
from dataflow.sync.model import (
    LEFT,
    RIGHT,
    Candidate,
    Changes,
    Exclusion,
    Flow,
    Issue,
    IssueKind,
    Link,
    Links,
    Observed,
    RecordState,
    Values,
)
from dataflow.sync.record_types import CUSTOMER, ITEM, KINDS, Kind
from dataflow.sync.state import StateStore

VOIDED = "voided"


def find_exclusion(
    kind: Kind, record: Record, since: int, *, referred: bool
) -> Exclusion | None:
    """Return what keeps an unlinked Invoiced record from a counterpart, or None.

    What was created before `since`, in unix seconds, is of interest only when a
    record of interest refers to it.
    """
    created = record.get("created_at")
    if isinstance(created, int) and created < since and not referred:
        return Exclusion(f"was created before {since}, the time to start from")
    rule = _RULES.get(kind.name)
    return rule(record) if rule else None


def find_freeze(kind: Kind, record: Record) -> str:
    """Return why a linked Invoiced record takes no part any more, or nothing.

    A voided invoice takes no edit (unconfirmed), and its order may have been shipped.
    """
    if kind.name == "order" and record.get("status") == VOIDED:
        return "is voided in Invoiced; its order is left as it is"
    return ""


def _customer(record: Record) -> Exclusion | None:
    if record.get("type") == "person":
        return None
    return Exclusion(f"is a {record.get('type')}, and only persons are synchronised")


def _invoice(record: Record) -> Exclusion | None:
    if record.get("status") == VOIDED:
        return Exclusion("is voided, so it gets no order", IssueKind.LEFT_OUT)
    if record.get("draft") is True:
        return Exclusion(
            "is a draft; it gets an order once it is issued", IssueKind.WAITING
        )
    return None


_RULES: Mapping[str, Callable[[Record], Exclusion | None]] = {
    "customer": _customer,
    "order": _invoice,
}


#: Seconds read again before the cursor. Chargebee's lists may lag by five minutes
#: (documented); Invoiced's stamps are whole seconds (documented), and a second may
#: not be over yet when it is read.
OVERLAP: Mapping[str, int] = {LEFT: 5, RIGHT: 300}

#: The cursor of a side that was read and held nothing.
EMPTY = 1


@dataclass(frozen=True, slots=True)
class Systems:
    """The two systems to be kept in sync."""

    left: Invoiced
    right: Chargebee


@dataclass(frozen=True, slots=True)
class Listings:
    """What the lists of one kind say, by id; a complete list holds all there is.

    `reach` says by side from when the next run has to read on, None where the list
    did not hold still.
    """

    left: Mapping[str, Record]
    right: Mapping[str, Record]
    cursor: Mapping[str, int | None]
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
        if cursor in {None, EMPTY} or self.full:
            overlap = OVERLAP[side] if side == RIGHT else 0
            cursor = self.since
        else:
            overlap = OVERLAP[side]
        after = cursor - overlap - 1
        return after if after > 0 else None


def read_listings(
    flow: Flow, systems: Systems, memory: StateStore | None, start: Start
) -> Listings:
    """Read the lists of one kind on both sides; nothing is written anywhere."""
    kind = flow.kind
    cursors = {
        side: memory.get_cursor(kind.name, side) if memory else None
        for side in (LEFT, RIGHT)
    }
    lefts = systems.left.list_changed(kind, start.after(LEFT, cursors[LEFT]))
    rights = systems.right.list_changed(kind, start.after(RIGHT, cursors[RIGHT]))
    whole = {side: start.full or cursors[side] is None for side in cursors}
    return Listings(
        {str(record["id"]): record for record in lefts.records},
        {str(record["id"]): record for record in rights.records},
        {LEFT: lefts.cursor, RIGHT: rights.cursor},
        left_complete=whole[LEFT] or not kind.left_filters_by_time,
        right_complete=whole[RIGHT],
    )


@dataclass(slots=True)
class ReferencedRecords:
    """The named records of one kind: their ids, and those read because of it."""

    ids: set[str] = field(default_factory=set)
    records: dict[str, Record] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReferenceReader:
    """Finds what the records of a run name."""

    systems: Systems
    store: StateStore
    isolation: ErrorIsolation
    since: int

    def find(
        self, flows: Sequence[Flow], readings: Mapping[str, Listings]
    ) -> Mapping[str, ReferencedRecords]:
        """Return by kind what is named, and read the customers that no list shows."""
        found = {kind.name: ReferencedRecords() for kind in KINDS}
        for flow in flows:
            waiting = self.store.list_issues(flow.kind.name)
            found[CUSTOMER.name].ids |= {one.needs for one in waiting if one.needs}
        for kind, left_id in self._named(flows, readings):
            found[kind].ids.add(left_id)
            if kind == CUSTOMER.name and kind in readings:
                self._fetch(left_id, readings[kind], found[kind].records)
        return found

    def _named(
        self, flows: Sequence[Flow], readings: Mapping[str, Listings]
    ) -> list[tuple[str, str]]:
        names: dict[tuple[str, str], None] = {}
        for flow in flows:
            for left_id, record in readings[flow.kind.name].left.items():
                linked = self.store.links.by_left(flow.kind.name, left_id) is not None
                barred = find_exclusion(flow.kind, record, self.since, referred=False)
                if linked or barred is None:
                    names |= dict.fromkeys(list_references(flow.kind, record))
        return list(names)

    def _fetch(self, left_id: str, reading: Listings, into: dict[str, Record]) -> None:
        known = self.store.links.right_of(CUSTOMER.name, left_id) is not None
        if known or left_id in reading.left:
            return
        with self.isolation.isolate(CUSTOMER.name, left_id):
            record = self.systems.left.find(CUSTOMER, left_id)
            self.isolation.note_answer()
            if record is not None:
                into[left_id] = record


def list_references(kind: Kind, record: Record) -> Iterator[tuple[str, str]]:
    """Yield the name of the kind and the id of what an Invoiced record names.

    An invoice has a customer, and each of its lines may be of an item (documented).
    """
    if not kind.customer_field:
        return
    yield CUSTOMER.name, str(get_at_path(record, kind.customer_field))
    lines = record.get("items")
    for line in lines if isinstance(lines, list) else ():
        if (item := get_at_path(line, "catalog_item")) is not None:
            yield ITEM.name, str(item)


#: So many records that were put off are asked for in every run, lest they be gone;
#: where there are more, a full reading tells.
FEW = 20


@dataclass(slots=True)
class ChangeReader:
    """Makes one flow's changes out of a reading, with calls where it has to be sure.

    A list of Chargebee's may lag behind, so a record of it that looks changed is read
    again by its id; a record that a list does not show is asked for before it counts
    as deleted. `referred` is what records of interest refer to.
    """

    flow: Flow
    systems: Systems
    store: StateStore
    isolation: ErrorIsolation
    since: int = 0
    referenced: ReferencedRecords = field(default_factory=ReferencedRecords)

    def read_changes(self, reading: Listings, why: Mapping[str, str]) -> Changes:
        """Return what the plan has to decide on."""
        issues = self._issues()
        reading, unread = self._read_again(issues, reading)
        claims = self._find_candidates(reading, unread)
        changes = Changes(reasons=why, candidates=claims, attempted=_tried(issues))
        due, lefts = self._list_due(issues), {**self.referenced.records, **reading.left}
        asked = due | self._list_postponed(issues, reading, changes)
        for left_id in sorted(asked - lefts.keys()):
            self._find_left(changes, left_id)
        for left_id, record in lefts.items():
            with self.isolation.isolate(self.flow.kind.name, left_id):
                changes.left[left_id] = self.observe_left(record)
        told = Counter(x.left_id for x in issues if x.kind is IssueKind.CONFLICT)
        for link in self._links().list_of(self.flow.kind.name):
            if link.left_id in due or self._is_suspect(link, reading, changes, told):
                self._confirm(link, changes)
        return changes

    def observe_left(self, record: Record) -> Observed:
        """Return an Invoiced record as the plan sees it."""
        kind, left_id = self.flow.kind, str(record["id"])
        referred = left_id in self.referenced.ids
        return Observed(
            left_id,
            self.flow.left_values(record),
            _time(record),
            record=record,
            exclusion=find_exclusion(kind, record, self.since, referred=referred),
            frozen=find_freeze(kind, record),
        )

    def find_left(self, left_id: str) -> Observed:
        """Read an Invoiced record by its id, gone or not, as the plan sees it."""
        record = self.systems.left.find(self.flow.kind, left_id)
        return (
            Observed(left_id, is_deleted=True)
            if record is None
            else self.observe_left(record)
        )

    def observe_right(self, record: Record) -> Observed:
        """Return a Chargebee record as the plan sees it."""
        gone = is_deleted(record)
        values: Values = {} if gone else self.flow.right_values(record, self._links())
        return Observed(
            str(record["id"]), values, _time(record), is_deleted=gone, record=record
        )

    def _links(self) -> Links:
        return self.store.links

    def _read_again(
        self, issues: list[Issue], reading: Listings
    ) -> tuple[Listings, list[Candidate]]:
        """Read what may be somebody's counterpart: no list shows it without an edit.

        Returned is the reading with that, and what could not be read this time and so
        still may be a counterpart.
        """
        about = [
            (issue.left_id, one) for issue in issues for one in issue.candidate_ids
        ]
        read: dict[str, Record | None] = {}
        for left_id, right_id in about:
            with self.isolation.isolate(self.flow.kind.name, left_id):
                read[right_id] = self.systems.right.find(self.flow.kind, right_id)
                self.isolation.note_answer()
        listed = {**reading.right, **read}
        known = {name: record for name, record in listed.items() if record is not None}
        unread = [
            Candidate(left, right, left) for left, right in about if right not in read
        ]
        return replace(reading, right=known), unread

    def _find_candidates(
        self, reading: Listings, unread: list[Candidate]
    ) -> dict[str, tuple[Candidate, ...]]:
        """Return, by Invoiced id, the unlinked records that may be its counterpart."""
        kind = self.flow.kind
        claims = [read_candidate(kind, record) for record in reading.right.values()]
        found: dict[str, tuple[Candidate, ...]] = {}
        for claim in (*claims, *unread):
            if claim is not None and self._links().left_of(kind.name, claim.id) is None:
                found[claim.left_id] = (*found.get(claim.left_id, ()), claim)
        return found

    def _list_due(self, issues: list[Issue]) -> set[str]:
        """Return the records that were put off and may now be dealt with."""
        retired = self._links().list_superseded(self.flow.kind.name)
        due = {one.left_id for one in issues if self._is_due(one)}
        return due | {one.left_id for one in retired}

    def _issues(self) -> list[Issue]:
        """Return what stands open from earlier runs."""
        kind = self.flow.kind.name
        issues = self.store.list_issues(kind)
        return [
            one for one in issues if not self.isolation.has_failed(kind, one.left_id)
        ]

    def _is_due(self, issue: Issue) -> bool:
        if issue.kind in {IssueKind.FAILED, IssueKind.LATER, IssueKind.CONTESTED}:
            return True
        needed = self._links().right_of("customer", issue.needs)
        return bool(issue.needs) and needed is not None

    def _list_postponed(
        self, issues: list[Issue], reading: Listings, changes: Changes
    ) -> set[str]:
        """Return unlinked records that were put off and may be gone, or claimed now."""
        kind = self.flow.kind.name
        unlinked = {
            one.left_id
            for one in issues
            if self._links().by_left(kind, one.left_id) is None
        }
        if reading.left_complete or len(unlinked) <= FEW:
            return unlinked
        return unlinked & changes.candidates.keys()

    def _is_suspect(
        self, link: Link, reading: Listings, changes: Changes, told: Mapping[str, int]
    ) -> bool:
        """Tell whether the lists hint at anything that a pair may call for.

        What it does call for is for the plan to say, once both sides are certain.
        """
        left = changes.left.get(link.left_id)
        right = self._listed(link, reading)
        if self._is_claimed(link, changes):
            return True
        gone = {
            LEFT: _is_gone(left, complete=reading.left_complete),
            RIGHT: _is_gone(right, complete=reading.right_complete),
        }
        if link.deleted_in:
            return any(
                now not in {None, side in link.deleted_in} for side, now in gone.items()
            )
        if left is not None and left.frozen:
            return False
        if True in gone.values():
            return True
        return self._has_hint(link, left, right, told[link.left_id])

    def _has_hint(
        self, link: Link, left: Observed | None, right: Observed | None, told: int
    ) -> bool:
        if left is None and right is None:
            return False
        values = (left.values if left else None, right.values if right else None)
        return may_need_action(self.flow, link, values, told)

    def _is_claimed(self, link: Link, changes: Changes) -> bool:
        claims = changes.candidates.get(link.left_id, ())
        return any(one.state is RecordState.LIVE for one in claims)

    def _listed(self, link: Link, reading: Listings) -> Observed | None:
        record = reading.right.get(link.right_id)
        if record is not None:
            with self.isolation.isolate(self.flow.kind.name, link.left_id):
                return self.observe_right(record)
        return None

    def _confirm(self, link: Link, changes: Changes) -> None:
        kind = self.flow.kind
        if link.left_id not in changes.left:
            self._find_left(changes, link.left_id)
        with self.isolation.isolate(kind.name, link.left_id):
            record = self.systems.right.find(kind, link.right_id)
            self.isolation.note_answer()
            changes.right[link.right_id] = (
                Observed(link.right_id, is_deleted=True)
                if record is None
                else self.observe_right(record)
            )

    def _find_left(self, changes: Changes, left_id: str) -> None:
        with self.isolation.isolate(self.flow.kind.name, left_id):
            changes.left[left_id] = self.find_left(left_id)
            self.isolation.note_answer()


def _tried(issues: list[Issue]) -> set[str]:
    """Return the records of which an earlier try may have left something behind."""
    return {
        one.left_id for one in issues if one.kind in {IssueKind.FAILED, IssueKind.LATER}
    }


def _is_gone(seen: Observed | None, *, complete: bool) -> bool | None:
    """Tell whether a list shows a record as deleted; None when it does not say."""
    if seen is not None:
        return seen.is_deleted
    return True if complete else None


def _time(record: Record) -> int | None:
    time = record.get("updated_at")
    return time if isinstance(time, int) else None
