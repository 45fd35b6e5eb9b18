"""Read the changes of both systems since the last run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dataflow.sync.clients.http import Record
from dataflow.sync.clients.systems import Systems
from dataflow.sync.guards import is_overwritten
from dataflow.sync.isolation import ErrorIsolation
from dataflow.sync.listings import Listings, ReferencedRecords
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
from dataflow.sync.record_types import CUSTOMER, ORDER
from dataflow.sync.state import StateStore

#: A run asks for at most this many unlinked records with issues, to detect deletions;
#: if there are more, a full run detects them.
MAX_CHECKED = 20


@dataclass(slots=True)
class Survey:
    """The linked records of one flow that need a decision, judging by the lists.

    The counts: how many linked records there are, how many were deleted on one side,
    and how many have edits that would overwrite the other side.
    """

    linked: int
    left_ids: list[str] = field(default_factory=list)
    deleted: int = 0
    overwritten: int = 0


@dataclass(slots=True)
class ChangeReader:
    """Turns the listings of one flow into changes, and reads uncertain records by id.

    A list of Chargebee may lag, so a record that seems changed is read again by its id;
    a record that is missing in a list is read before it counts as deleted.
    `referenced` are the records of this kind that other records refer to; `verified`
    collects the sides of which a record of the state file was read.
    """

    flow: Flow
    systems: Systems
    store: StateStore
    isolation: ErrorIsolation
    listings: Listings
    verified: set[str]
    since: int = 0
    referenced: ReferencedRecords = field(default_factory=ReferencedRecords)
    _due: set[str] = field(default_factory=set, init=False)
    _wanted: set[str] = field(default_factory=set, init=False)
    _suspect: set[str] = field(default_factory=set, init=False)

    def read_changes(self, reasons: Mapping[str, str]) -> Changes:
        """Return the input of the plan, still without the records."""
        issues = self._list_open_issues()
        unread = self._read_candidates(issues)
        changes = Changes(
            reasons=reasons,
            candidates=self._find_candidates(unread),
            attempted=_list_attempted(issues),
        )
        self._find_due(changes)
        return changes

    def survey(self, changes: Changes) -> Survey:
        """Return the linked records to decide on, without those waiting for a retry."""
        links = self._links.list_of(self.flow.kind.name)
        found = Survey(len(links))
        reported = Counter(
            issue.left_id
            for issue in self.store.list_issues(self.flow.kind.name)
            if issue.kind is IssueKind.CONFLICT
        )
        for link in self._list_listed(links, changes):
            if not self._is_resting(link.left_id):
                with self.isolation.isolate(self.flow.kind.name, link.left_id):
                    self._judge(link, found, changes, reported[link.left_id])
        return found

    def list_unlinked(self, changes: Changes) -> list[str]:
        """Return the records without a link to decide on, and those that waited."""
        before = self._due
        self._find_due(changes)
        kind = self.flow.kind.name
        lists = self.referenced.records, self.listings.left
        found = [order.left_id for order in self._links.list_superseded(kind)]
        found += sorted(x for x in self._wanted if self._find_left_row(x) is None)
        found += (left_id for rows in lists for left_id in rows)
        return [
            left_id
            for left_id in dict.fromkeys((*found, *sorted(self._due - before)))
            if left_id in self._due - before
            or (
                self._links.by_left(kind, left_id) is None
                and not self._is_resting(left_id)
            )
        ]

    def read_record(self, changes: Changes, left_id: str) -> Changes:
        """Return the changes of one record: both sides, as far as they count."""
        changes = changes.select(left_id)
        row = self._find_left_row(left_id)
        link = self._links.by_left(self.flow.kind.name, left_id)
        is_checked = left_id in self._due or left_id in self._suspect
        if row is not None:
            changes.left[left_id] = self.observe_left(row)
        elif is_checked or left_id in self._wanted:
            changes.left[left_id] = self.find_left(left_id)
        if link is not None and is_checked:
            changes.right[link.right_id] = self.find_right(link.right_id)
        return changes

    def find_times(self, left_id: str) -> tuple[int, int]:
        """Return both sides' times of change in the lists, 0 if they have none."""
        link = self._links.by_left(self.flow.kind.name, left_id)
        left = self._find_left_row(left_id)
        right = self.listings.right.get(link.right_id) if link else None
        return _time(left or {}) or 0, _time(right or {}) or 0

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
        self.verified.add(LEFT)
        return self.observe_left(record)

    def find_right(self, right_id: str) -> Observed:
        """Read a Chargebee record by its id, deleted or not."""
        record = self.systems.right.find(self.flow.kind, right_id)
        if record is None:
            return Observed(right_id, is_deleted=True)
        self.verified.add(RIGHT)
        return self.observe_right(record)

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

    def _read_candidates(self, issues: list[Issue]) -> list[Candidate]:
        """Read earlier candidates by id into the list; return the unread ones."""
        unread = []
        for issue in issues:
            for right_id in issue.candidate_ids:
                unread.append(Candidate(issue.left_id, right_id, issue.left_id))
                with self.isolation.isolate(self.flow.kind.name, issue.left_id):
                    record = self.systems.right.find(self.flow.kind, right_id)
                    self.isolation.note_answer()
                    unread.pop()
                    self.listings.right.pop(right_id, None)
                    if record is not None:
                        self.listings.right[right_id] = record
        return unread

    def _find_candidates(
        self, unread: list[Candidate]
    ) -> dict[str, tuple[Candidate, ...]]:
        """Return the unlinked candidates by Invoiced id."""
        kind = self.flow.kind
        found: dict[str, tuple[Candidate, ...]] = {}
        for one in (*self._list_unlinked_rows(), *unread):
            if self._links.left_of(kind.name, one.id) is None:
                found[one.left_id] = (*found.get(one.left_id, ()), one)
        return found

    def _list_unlinked_rows(self) -> Iterator[Candidate]:
        kind = self.flow.kind
        for right_id in self.listings.right:
            if self._links.left_of(kind.name, right_id) is None:
                candidate = None
                with self.isolation.isolate(kind.name, right_id):
                    candidate = read_candidate(kind, self.listings.right[right_id])
                if candidate is not None:
                    yield candidate

    def _find_due(self, changes: Changes) -> None:
        """Find which records without news in the lists need a decision now."""
        issues = self._list_open_issues()
        self._due = self._list_due(issues)
        self._wanted = self._due | self._list_postponed(issues, changes)

    def _list_due(self, issues: list[Issue]) -> set[str]:
        """Return the records that were postponed and may be synchronised now."""
        superseded = self._links.list_superseded(self.flow.kind.name)
        due = {issue.left_id for issue in issues if self._is_due(issue)}
        return due | {order.left_id for order in superseded}

    def _list_open_issues(self) -> list[Issue]:
        """Return the issues of earlier runs that count in this one."""
        kind = self.flow.kind.name
        issues = self.store.list_issues(kind)
        return [
            issue
            for issue in issues
            if not self.isolation.has_failed(kind, issue.left_id)
            and not self._is_resting(issue.left_id)
        ]

    def _is_due(self, issue: Issue) -> bool:
        if issue.kind in {IssueKind.FAILED, IssueKind.LATER, IssueKind.CONTESTED}:
            return True
        needed = self._links.right_of(CUSTOMER.name, issue.needs)
        return bool(issue.needs) and needed is not None

    def _list_postponed(self, issues: list[Issue], changes: Changes) -> set[str]:
        """Return unlinked records that may be deleted or have candidates now."""
        kind = self.flow.kind.name
        ids = {issue.left_id for issue in issues}
        unlinked = {x for x in ids if self._links.by_left(kind, x) is None}
        if self.listings.left_complete or len(unlinked) <= MAX_CHECKED:
            return unlinked
        return unlinked & changes.candidates.keys()

    def _list_listed(self, links: Sequence[Link], changes: Changes) -> Sequence[Link]:
        """Return the links that the lists may state something about."""
        listings, kind = self.listings, self.flow.kind.name
        if listings.left_complete or listings.right_complete:
            return links
        left_ids = dict.fromkeys(listings.left)
        of_right = (self._links.left_of(kind, x) for x in listings.right)
        left_ids |= dict.fromkeys(x for x in of_right if x is not None)
        left_ids |= dict.fromkeys(self._due) | dict.fromkeys(changes.candidates)
        found = (self._links.by_left(kind, left_id) for left_id in left_ids)
        return [link for link in found if link is not None]

    def _find_left_row(self, left_id: str) -> Record | None:
        row = self.listings.left.get(left_id)
        return self.referenced.records.get(left_id) if row is None else row

    def _is_resting(self, left_id: str) -> bool:
        kind, isolation = self.flow.kind.name, self.isolation
        return isolation.is_quarantined(kind, left_id) and isolation.is_resting(
            kind, left_id, self.find_times(left_id)
        )

    def _judge(
        self, link: Link, survey: Survey, changes: Changes, reported: int
    ) -> None:
        """Add a pair to a survey, as far as the lists state something about it."""
        row = self._find_left_row(link.left_id)
        left = None if row is None else self.observe_left(row)
        row = self.listings.right.get(link.right_id)
        right = None if row is None else self.observe_right(row)
        is_suspect = self._is_suspect(link, (left, right), changes, reported)
        if is_suspect:
            self._suspect.add(link.left_id)
        has_news = left is not None and (left.frozen or left.money != link.money)
        if is_suspect or link.left_id in self._due or has_news:
            survey.left_ids.append(link.left_id)
        if is_suspect and not link.deleted_in:
            survey.deleted += self._is_deleted(left, right)
            survey.overwritten += is_overwritten(link, left, right)

    def _is_suspect(
        self,
        link: Link,
        pair: tuple[Observed | None, Observed | None],
        changes: Changes,
        reported: int,
    ) -> bool:
        """Return whether a pair may need an action, judging by the lists."""
        left, right = pair
        candidates = changes.candidates.get(link.left_id, ())
        if any(one.state is RecordState.LIVE for one in candidates):
            return True
        deleted = {
            LEFT: _is_deleted(left, complete=self.listings.left_complete),
            RIGHT: _is_deleted(right, complete=self.listings.right_complete),
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

    def _is_deleted(self, left: Observed | None, right: Observed | None) -> bool:
        """Return whether one side of a pair is deleted, according to the lists."""
        return True in {
            _is_deleted(left, complete=self.listings.left_complete),
            _is_deleted(right, complete=self.listings.right_complete),
        }


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
