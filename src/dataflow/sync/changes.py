"""Read the changes of both systems since the last run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dataflow.sync.candidates import CandidateReader
from dataflow.sync.clients.http import Record
from dataflow.sync.clients.systems import Systems
from dataflow.sync.edit_times import read_version
from dataflow.sync.guards import is_overwritten
from dataflow.sync.isolation import ErrorIsolation
from dataflow.sync.listings import Listings, ReferencedRecords
from dataflow.sync.matching import (
    find_exclusion,
    find_freeze,
    is_deleted,
)
from dataflow.sync.merge import may_need_action
from dataflow.sync.model import (
    LEFT,
    RIGHT,
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

    A record that only seems to be deleted, or that an open issue is about, is read by
    its id. Of a changed pair, a side that no list contains counts as unchanged: each
    record is read before it is written. `referenced` are the records of this kind that
    other records refer to; `verified` collects the sides of which a record of the state
    file was read.
    """

    flow: Flow
    systems: Systems
    store: StateStore
    isolation: ErrorIsolation
    listings: Listings
    verified: set[str]
    since: int = 0
    referenced: ReferencedRecords = field(default_factory=ReferencedRecords)
    propagates_deletions: bool = False
    _candidates: CandidateReader = field(init=False)
    _undecided: set[str] = field(default_factory=set, init=False)
    _uncertain: set[str] = field(default_factory=set, init=False)
    _due: set[str] = field(default_factory=set, init=False)
    _wanted: set[str] = field(default_factory=set, init=False)
    _suspect: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        """Prepare the search for candidates."""
        self._candidates = CandidateReader(
            self.flow.kind, self.systems, self.store, self.isolation, self.listings
        )

    def read_changes(self, reasons: Mapping[str, str]) -> Changes:
        """Return the input of the plan, still without the records."""
        if self.listings.right_complete and self.since == 0:
            self._candidates.index()
        self._undecided = self._list_undecided()
        issues = self._list_open_issues()
        changes = Changes(
            reasons=reasons,
            candidates=self._candidates.read(issues),
            attempted=_list_attempted(issues),
            decisions=self.store.list_decisions(self.flow.kind.name),
            propagates_deletions=self.propagates_deletions,
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
            if issue.kind in {IssueKind.CONFLICT, IssueKind.LEFT_OUT}
        )
        for link in self._list_listed(links, changes):
            if not self._is_resting(link.left_id):
                with self.isolation.isolate(self.flow.kind.name, link.left_id):
                    count = reported[link.left_id]
                    is_due = link.left_id in self._due
                    if is_due or not (count and self._is_unchanged(link)):
                        self._judge(link, found, changes, count)
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
                and left_id not in self._undecided
                and not self._is_resting(left_id)
            )
        ]

    def read_record(self, changes: Changes, left_id: str) -> Changes:
        """Return the changes of one record: both sides, as far as they count."""
        changes = changes.select(left_id)
        row = self._find_left_row(left_id)
        link = self._links.by_left(self.flow.kind.name, left_id)
        if row is not None:
            changes.left[left_id] = self.observe_left(row)
        elif link is None and left_id in self._wanted:
            changes.left[left_id] = self.find_left(left_id)
        if link is None:
            self._add_matches(changes, left_id)
        elif left_id in self._due or left_id in self._suspect:
            self._add_pair(changes, link)
        return changes

    def _add_matches(self, changes: Changes, left_id: str) -> None:
        """Add the possible matches of a record without a link, if they are known."""
        left = changes.left.get(left_id)
        if left is not None and left.record:
            matches = self._candidates.find_matches(left)
            if matches is not None:
                changes.matches[left_id] = matches

    def _add_pair(self, changes: Changes, link: Link) -> None:
        """Add both sides of a pair: as the lists have them, or read by their ids."""
        left_id, certain = link.left_id, not link.deleted_in
        if left_id in self._uncertain or changes.candidates.get(left_id):
            certain = False
        if certain and self._presume(link, changes):
            return
        if left_id not in changes.left:
            changes.left[left_id] = self.find_left(left_id)
        changes.right[link.right_id] = self.find_right(link.right_id)

    def _presume(self, link: Link, changes: Changes) -> bool:
        """Add a pair as the lists have it; return whether that was possible."""
        left, right = changes.left.get(link.left_id), self._find_listed(link)
        names = {lens.name for lens in self.flow.lenses}
        if self._is_deleted(link, left, right) or not names <= link.base.keys():
            return False
        sides = [
            {name: base[side] for name, base in link.base.items()} for side in (0, 1)
        ]
        changes.left.setdefault(link.left_id, Observed(link.left_id, sides[0]))
        changes.right[link.right_id] = right or Observed(link.right_id, sides[1])
        return True

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

    def drop_left(self, left_id: str) -> None:
        """Remove a deleted record from what was read: it is no new record."""
        self.listings.left.pop(left_id, None)
        self.referenced.records.pop(left_id, None)

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

    def _list_undecided(self) -> set[str]:
        """Return the records that wait for the user, and of which nothing changed."""
        kind = self.flow.kind.name
        found = set()
        for issue in self.store.list_issues(kind):
            link = self._links.by_left(kind, issue.left_id)
            ids = {*issue.candidate_ids, *([link.right_id] if link else [])}
            if issue.kind is IssueKind.DECISION and not (
                ids & self.listings.right.keys() or self._has_changed(issue.left_id)
            ):
                found.add(issue.left_id)
        return found - self.store.list_decisions(kind).keys()

    def _is_unchanged(self, link: Link) -> bool:
        """Return whether neither side of a pair has changed since the last run."""
        right = self.listings.right
        is_listed = link.right_id in right or self.listings.right_complete
        return not (is_listed or self._has_changed(link.left_id))

    def _has_changed(self, left_id: str) -> bool:
        """Return whether an Invoiced record changed or was deleted, as far as listed.

        A list that cannot be filtered by time contains all the others as well.
        """
        left = self.listings.left.get(left_id)
        if left is None:
            return self._is_left_gone(left_id)
        cursor = self.store.get_cursor(self.flow.kind.name, LEFT) or 0
        return (_time(left) or cursor) >= cursor

    def _find_due(self, changes: Changes) -> None:
        """Find which records without news in the lists need a decision now."""
        issues = self._list_open_issues()
        self._due = self._list_due(issues)
        self._uncertain = {issue.left_id for issue in issues} | self._due
        self._wanted = self._due | self._list_postponed(issues, changes)

    def _list_due(self, issues: list[Issue]) -> set[str]:
        """Return the records that were postponed and may be synchronised now."""
        superseded = self._links.list_superseded(self.flow.kind.name)
        due = {issue.left_id for issue in issues if self._is_due(issue)}
        decided = self.store.list_decisions(self.flow.kind.name).keys()
        links = self._links.list_of(self.flow.kind.name)
        written = {link.left_id for link in links if link.intent is not None}
        return due | decided | written | {order.left_id for order in superseded}

    def _list_open_issues(self) -> list[Issue]:
        """Return the issues of earlier runs that count in this one."""
        kind = self.flow.kind.name
        issues = self.store.list_issues(kind)
        return [
            issue
            for issue in issues
            if issue.left_id not in self._undecided
            and not self.isolation.has_failed(kind, issue.left_id)
            and not self._is_resting(issue.left_id)
        ]

    def _is_due(self, issue: Issue) -> bool:
        if issue.kind in {IssueKind.FAILED, IssueKind.LATER, IssueKind.DECISION}:
            return True
        needed = self._links.right_of(CUSTOMER.name, issue.needs)
        return bool(issue.needs) and needed is not None

    def _list_postponed(self, issues: list[Issue], changes: Changes) -> set[str]:
        """Return unlinked records that may be deleted or have candidates now."""
        kind = self.flow.kind.name
        ids = {issue.left_id for issue in issues}
        unlinked = {x for x in ids if self._links.by_left(kind, x) is None}
        return {
            left_id
            for left_id in unlinked
            if self._is_left_gone(left_id) or left_id in changes.candidates
        }

    def _list_listed(self, links: Sequence[Link], changes: Changes) -> Sequence[Link]:
        """Return the links that the lists may state something about."""
        listings, kind = self.listings, self.flow.kind.name
        if listings.left_complete or listings.right_complete:
            return links
        left_ids = dict.fromkeys(listings.left)
        of_right = (self._links.left_of(kind, x) for x in listings.right)
        left_ids |= dict.fromkeys(x for x in of_right if x is not None)
        left_ids |= dict.fromkeys(sorted(listings.left_gone))
        left_ids |= dict.fromkeys(self._due) | dict.fromkeys(changes.candidates)
        found = (self._links.by_left(kind, left_id) for left_id in left_ids)
        return [link for link in found if link is not None]

    def _find_left_row(self, left_id: str) -> Record | None:
        row = self.listings.left.get(left_id)
        return self.referenced.records.get(left_id) if row is None else row

    def _is_resting(self, left_id: str) -> bool:
        kind, isolation = self.flow.kind.name, self.isolation
        if self.store.get_decision(kind, left_id) is not None:
            return False
        return isolation.is_quarantined(kind, left_id) and isolation.is_resting(
            kind, left_id, self.find_times(left_id)
        )

    def _judge(
        self, link: Link, survey: Survey, changes: Changes, reported: int
    ) -> None:
        """Add a pair to a survey, as far as the lists state something about it."""
        row = self._find_left_row(link.left_id)
        left = None if row is None else self.observe_left(row)
        right = self._find_listed(link)
        is_suspect = self._is_suspect(link, (left, right), changes, reported)
        if is_suspect:
            self._suspect.add(link.left_id)
        has_news = left is not None and (left.frozen or left.money != link.money)
        if is_suspect or link.left_id in self._due or has_news:
            survey.left_ids.append(link.left_id)
        if is_suspect and not link.deleted_in:
            survey.deleted += self._is_deleted(link, left, right)
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
        deleted = self._find_deleted(link, left, right)
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

    def _find_listed(self, link: Link) -> Observed | None:
        """Return a Chargebee record as listed; a list may lag behind the last read."""
        row = self.listings.right.get(link.right_id)
        if row is not None and read_version(row) >= link.right_version:
            return self.observe_right(row)
        return None

    def _is_deleted(
        self, link: Link, left: Observed | None, right: Observed | None
    ) -> bool:
        """Return whether one side of a pair is deleted, according to the lists."""
        return True in self._find_deleted(link, left, right).values()

    def _find_deleted(
        self, link: Link, left: Observed | None, right: Observed | None
    ) -> dict[str, bool | None]:
        """Return which sides of a pair are deleted; None if the lists do not show."""
        is_gone = self._is_left_gone(link.left_id)
        return {
            LEFT: _is_deleted(left, is_missing=is_gone),
            RIGHT: _is_deleted(right, is_missing=self.listings.right_complete),
        }

    def _is_left_gone(self, left_id: str) -> bool:
        """Return whether an Invoiced record that is not listed seems to be deleted."""
        return self.listings.left_complete or left_id in self.listings.left_gone


def _list_attempted(issues: list[Issue]) -> set[str]:
    """Return the records for which a failed call may have left records behind."""
    return {x.left_id for x in issues if x.kind in {IssueKind.FAILED, IssueKind.LATER}}


def _is_deleted(observed: Observed | None, *, is_missing: bool) -> bool | None:
    """Return whether a record is deleted according to a list; None if unknown."""
    if observed is not None:
        return observed.is_deleted
    return True if is_missing else None


def _time(record: Record) -> int | None:
    time = record.get("updated_at")
    return time if isinstance(time, int) else None
