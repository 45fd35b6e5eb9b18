"""Read the changes of both systems since the last run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dataflow.sync.clients.chargebee import Chargebee
from dataflow.sync.clients.http import Record
from dataflow.sync.clients.invoiced import Invoiced
from dataflow.sync.isolation import ErrorIsolation
from dataflow.sync.mapping import get_at_path
from dataflow.sync.matching import (
    find_exclusion,
    find_freeze,
    is_deleted,
    read_candidate,
)
from dataflow.sync.merge import may_need_action
from dataflow.sync.model import (
    LEFT,
    RIGHT,
    Candidate,
    Changes,
    Flow,
    Issue,
    IssueKind,
    Link,
    Links,
    Observed,
    RecordState,
)
from dataflow.sync.payments import describe
from dataflow.sync.record_types import CUSTOMER, ITEM, KINDS, ORDER, Kind
from dataflow.sync.state import StateStore

#: Seconds to read again before the cursor. Chargebee's lists may lag by five minutes
#: (documented); Invoiced's times are whole seconds (documented), and a second may not
#: be over when it is read.
OVERLAP: Mapping[str, int] = {LEFT: 5, RIGHT: 300}

#: The cursor of a side that was read and had no record.
EMPTY = 1

#: A run asks for at most this many unlinked records with issues, to detect deletions;
#: if there are more, a full run detects them.
MAX_CHECKED = 20


@dataclass(frozen=True, slots=True)
class Systems:
    """The two systems to be synchronised."""

    left: Invoiced
    right: Chargebee


@dataclass(frozen=True, slots=True)
class Listings:
    """The lists of one kind, by id; `cursor` is None if its list changed meanwhile."""

    left: Mapping[str, Record]
    right: Mapping[str, Record]
    cursor: Mapping[str, int | None]
    left_complete: bool = False
    right_complete: bool = False


def read_listings(
    kind: Kind, systems: Systems, store: StateStore | None, since: int, *, full: bool
) -> Listings:
    """Read the lists of one kind on both sides: all if `full`, or since the cursor."""
    cursors = {
        side: store.get_cursor(kind.name, side) if store and not full else None
        for side in (LEFT, RIGHT)
    }
    after = {side: _find_start(side, cursor, since) for side, cursor in cursors.items()}
    lefts = systems.left.list_changed(kind, after[LEFT])
    rights = systems.right.list_changed(kind, after[RIGHT])
    return Listings(
        {str(record["id"]): record for record in lefts.records},
        {str(record["id"]): record for record in rights.records},
        {LEFT: lefts.cursor, RIGHT: rights.cursor},
        left_complete=cursors[LEFT] is None or not kind.left_filters_by_time,
        right_complete=cursors[RIGHT] is None,
    )


def _find_start(side: str, cursor: int | None, since: int) -> int | None:
    """Return the time to read after: filters exclude that second (documented)."""
    if cursor in {None, EMPTY}:
        after = since - 1 - (OVERLAP[side] if side == RIGHT else 0)
    else:
        after = cursor - 1 - OVERLAP[side]
    return after if after > 0 else None


@dataclass(slots=True)
class ReferencedRecords:
    """The ids of one kind that other records refer to, and the records read for it."""

    ids: set[str] = field(default_factory=set)
    records: dict[str, Record] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReferenceReader:
    """Finds the records that the records of a run refer to."""

    systems: Systems
    store: StateStore
    isolation: ErrorIsolation
    since: int

    def find(
        self, flows: Sequence[Flow], listings: Mapping[str, Listings]
    ) -> Mapping[str, ReferencedRecords]:
        """Return the references by kind, and read the customers that are not listed."""
        found = {kind.name: ReferencedRecords() for kind in KINDS}
        for flow in flows:
            issues = self.store.list_issues(flow.kind.name)
            found[CUSTOMER.name].ids |= {issue.needs for issue in issues if issue.needs}
        for kind, left_id in self._list_references(flows, listings):
            found[kind].ids.add(left_id)
            if kind == CUSTOMER.name and kind in listings:
                self._read_customer(left_id, listings[kind], found[kind].records)
        return found

    def _list_references(
        self, flows: Sequence[Flow], listings: Mapping[str, Listings]
    ) -> list[tuple[str, str]]:
        found: dict[tuple[str, str], None] = {}
        for kind in (flow.kind for flow in flows):
            for left_id, record in listings[kind.name].left.items():
                linked = self.store.links.by_left(kind.name, left_id) is not None
                if linked or not find_exclusion(
                    kind, record, self.since, referred=False
                ):
                    found |= dict.fromkeys(list_references(kind, record))
        return list(found)

    def _read_customer(
        self, left_id: str, listings: Listings, into: dict[str, Record]
    ) -> None:
        linked = self.store.links.right_of(CUSTOMER.name, left_id) is not None
        if linked or left_id in listings.left:
            return
        with self.isolation.isolate(CUSTOMER.name, left_id):
            record = self.systems.left.find(CUSTOMER, left_id)
            self.isolation.note_answer()
            if record is not None:
                into[left_id] = record


def list_references(kind: Kind, record: Record) -> Iterator[tuple[str, str]]:
    """Yield kind and id of an invoice's customer and items (documented)."""
    if not kind.customer_field:
        return
    yield CUSTOMER.name, str(get_at_path(record, kind.customer_field))
    lines = record.get("items")
    for line in lines if isinstance(lines, list) else ():
        if (item := get_at_path(line, "catalog_item")) is not None:
            yield ITEM.name, str(item)


@dataclass(slots=True)
class ChangeReader:
    """Turns the listings of one flow into changes, and reads uncertain records by id.

    A list of Chargebee may lag, so a record that seems changed is read again by its id;
    a record that is missing in a list is read before it counts as deleted.
    `referenced` are the records of this kind that other records refer to.
    """

    flow: Flow
    systems: Systems
    store: StateStore
    isolation: ErrorIsolation
    since: int = 0
    referenced: ReferencedRecords = field(default_factory=ReferencedRecords)

    def read_changes(self, listings: Listings, reasons: Mapping[str, str]) -> Changes:
        """Return the input of the plan."""
        issues = self._list_open_issues()
        listings, unread = self._read_candidates(issues, listings)
        candidates = self._find_candidates(listings, unread)
        changes = Changes(
            reasons=reasons, candidates=candidates, attempted=_list_attempted(issues)
        )
        due = self._list_due(issues)
        lefts = {**self.referenced.records, **listings.left}
        wanted = due | self._list_postponed(issues, listings, changes)
        for left_id in sorted(wanted - lefts.keys()):
            self._read_left(changes, left_id)
        for left_id, record in lefts.items():
            with self.isolation.isolate(self.flow.kind.name, left_id):
                changes.left[left_id] = self.observe_left(record)
        conflicts = Counter(x.left_id for x in issues if x.kind is IssueKind.CONFLICT)
        for link in self._links.list_of(self.flow.kind.name):
            reported = conflicts[link.left_id]
            if link.left_id in due or self._is_suspect(
                link, listings, changes, reported
            ):
                self._confirm(link, changes)
        return changes

    def observe_left(self, record: Record) -> Observed:
        """Return an Invoiced record in the form that the plan uses."""
        kind, left_id = self.flow.kind, str(record["id"])
        referred = left_id in self.referenced.ids
        return Observed(
            left_id,
            self.flow.left_values(record),
            _time(record),
            record=record,
            exclusion=find_exclusion(kind, record, self.since, referred=referred),
            frozen=find_freeze(kind, record),
            money=describe(record) if kind is ORDER else "",
        )

    def find_left(self, left_id: str) -> Observed:
        """Read an Invoiced record by its id, deleted or not."""
        record = self.systems.left.find(self.flow.kind, left_id)
        if record is None:
            return Observed(left_id, is_deleted=True)
        return self.observe_left(record)

    def observe_right(self, record: Record) -> Observed:
        """Return a Chargebee record in the form that the plan uses."""
        deleted = is_deleted(record)
        values = {} if deleted else self.flow.right_values(record, self._links)
        return Observed(
            str(record["id"]), values, _time(record), is_deleted=deleted, record=record
        )

    @property
    def _links(self) -> Links:
        return self.store.links

    def _read_candidates(
        self, issues: list[Issue], listings: Listings
    ) -> tuple[Listings, list[Candidate]]:
        """Read earlier candidates by id; return the listings, and the unread ones."""
        wanted = [(issue.left_id, x) for issue in issues for x in issue.candidate_ids]
        read: dict[str, Record | None] = {}
        for left_id, right_id in wanted:
            with self.isolation.isolate(self.flow.kind.name, left_id):
                read[right_id] = self.systems.right.find(self.flow.kind, right_id)
                self.isolation.note_answer()
        merged = {**listings.right, **read}
        right = {name: record for name, record in merged.items() if record is not None}
        unread = [Candidate(one, two, one) for one, two in wanted if two not in read]
        return replace(listings, right=right), unread

    def _find_candidates(
        self, listings: Listings, unread: list[Candidate]
    ) -> dict[str, tuple[Candidate, ...]]:
        """Return the unlinked candidates by Invoiced id."""
        kind = self.flow.kind
        read = [read_candidate(kind, record) for record in listings.right.values()]
        found: dict[str, tuple[Candidate, ...]] = {}
        for one in (*read, *unread):
            if one is not None and self._links.left_of(kind.name, one.id) is None:
                found[one.left_id] = (*found.get(one.left_id, ()), one)
        return found

    def _list_due(self, issues: list[Issue]) -> set[str]:
        """Return the records that were postponed and may be synchronised now."""
        superseded = self._links.list_superseded(self.flow.kind.name)
        due = {issue.left_id for issue in issues if self._is_due(issue)}
        return due | {order.left_id for order in superseded}

    def _list_open_issues(self) -> list[Issue]:
        """Return the issues of earlier runs."""
        kind = self.flow.kind.name
        issues = self.store.list_issues(kind)
        return [x for x in issues if not self.isolation.has_failed(kind, x.left_id)]

    def _is_due(self, issue: Issue) -> bool:
        if issue.kind in {IssueKind.FAILED, IssueKind.LATER, IssueKind.CONTESTED}:
            return True
        needed = self._links.right_of(CUSTOMER.name, issue.needs)
        return bool(issue.needs) and needed is not None

    def _list_postponed(
        self, issues: list[Issue], listings: Listings, changes: Changes
    ) -> set[str]:
        """Return unlinked records that may be deleted or have candidates now."""
        kind = self.flow.kind.name
        ids = {issue.left_id for issue in issues}
        unlinked = {x for x in ids if self._links.by_left(kind, x) is None}
        if listings.left_complete or len(unlinked) <= MAX_CHECKED:
            return unlinked
        return unlinked & changes.candidates.keys()

    def _is_suspect(
        self, link: Link, listings: Listings, changes: Changes, reported: int
    ) -> bool:
        """Return whether a pair may need an action, judging by the lists."""
        left = changes.left.get(link.left_id)
        right = self._find_listed(link, listings)
        candidates = changes.candidates.get(link.left_id, ())
        if any(one.state is RecordState.LIVE for one in candidates):
            return True
        deleted = {
            LEFT: _is_deleted(left, complete=listings.left_complete),
            RIGHT: _is_deleted(right, complete=listings.right_complete),
        }
        if link.deleted_in:
            return any(
                now not in {None, side in link.deleted_in}
                for side, now in deleted.items()
            )
        if left is not None and left.frozen:
            return False
        if True in deleted.values():
            return True
        if left is None and right is None:
            return False
        values = (left.values if left else None, right.values if right else None)
        return may_need_action(self.flow, link, values, reported)

    def _find_listed(self, link: Link, listings: Listings) -> Observed | None:
        record = listings.right.get(link.right_id)
        if record is not None:
            with self.isolation.isolate(self.flow.kind.name, link.left_id):
                return self.observe_right(record)
        return None

    def _confirm(self, link: Link, changes: Changes) -> None:
        kind = self.flow.kind
        if link.left_id not in changes.left:
            self._read_left(changes, link.left_id)
        with self.isolation.isolate(kind.name, link.left_id):
            record = self.systems.right.find(kind, link.right_id)
            self.isolation.note_answer()
            changes.right[link.right_id] = (
                Observed(link.right_id, is_deleted=True)
                if record is None
                else self.observe_right(record)
            )

    def _read_left(self, changes: Changes, left_id: str) -> None:
        with self.isolation.isolate(self.flow.kind.name, left_id):
            changes.left[left_id] = self.find_left(left_id)
            self.isolation.note_answer()


def _list_attempted(issues: list[Issue]) -> set[str]:
    """Return the records for which a failed call may have left records behind."""
    return {x.left_id for x in issues if x.kind in {IssueKind.FAILED, IssueKind.LATER}}


def _is_deleted(observed: Observed | None, *, complete: bool) -> bool | None:
    """Return whether a record is deleted according to a list; None if unknown."""
    if observed is not None:
        return observed.is_deleted
    return True if complete else None


def _time(record: Record) -> int | None:
    time = record.get("updated_at")
    return time if isinstance(time, int) else None
