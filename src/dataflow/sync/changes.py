"""Read the changes of both systems since the last run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dataflow.sync.backlog import Backlog
from dataflow.sync.candidates import CandidateReader
from dataflow.sync.edit_times import read_version
from dataflow.sync.guards import is_overwritten
from dataflow.sync.isolation import QUARANTINED, ErrorIsolation
from dataflow.sync.listings import Listings
from dataflow.sync.merge import may_need_action
from dataflow.sync.model import (
    LEFT,
    RIGHT,
    Changes,
    Exclusion,
    Flow,
    IssueKind,
    Link,
    Links,
    Observed,
    RecordState,
)
from dataflow.sync.records import RecordReader
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
    record is read before it is written.
    """

    records: RecordReader
    store: StateStore
    isolation: ErrorIsolation
    listings: Listings
    propagates_deletions: bool = False
    _backlog: Backlog = field(init=False)
    _candidates: CandidateReader = field(init=False)
    _suspect: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        """Find what earlier runs have left."""
        kind, systems = self.flow.kind, self.records.systems
        self._backlog = Backlog(kind, self.store, self.isolation, self.listings)
        self._candidates = CandidateReader(
            kind, systems, self.store, self.isolation, self.listings
        )

    @property
    def flow(self) -> Flow:
        """Return the flow of the records."""
        return self.records.flow

    @property
    def _links(self) -> Links:
        return self.store.links

    def read_changes(self, reasons: Mapping[str, Exclusion]) -> Changes:
        """Return the input of the plan, still without the records."""
        if self.listings.right_complete and self.records.since == 0:
            self._candidates.index()
        issues = self._backlog.list_open_issues()
        changes = Changes(
            reasons=reasons,
            candidates=self._candidates.read(issues),
            attempted={x.left_id for x in issues if x.kind in QUARANTINED},
            decisions=self.store.list_decisions(self.flow.kind.name),
            propagates_deletions=self.propagates_deletions,
        )
        self._backlog.refresh(changes.candidates)
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
            if not self._backlog.is_resting(link.left_id):
                with self.isolation.isolate(self.flow.kind.name, link.left_id):
                    count = reported[link.left_id]
                    is_due = link.left_id in self._backlog.due
                    if is_due or not (count and self._backlog.is_unchanged(link)):
                        self._judge(link, found, changes, count)
        return found

    def list_unlinked(self, changes: Changes) -> list[str]:
        """Return the records without a link to decide on, and those that waited."""
        backlog, kind, listed = self._backlog, self.flow.kind.name, self.listings.left
        before = backlog.due
        backlog.refresh(changes.candidates)
        new = backlog.due - before
        superseded = (order.left_id for order in self._links.list_superseded(kind))
        unlisted = sorted(x for x in backlog.wanted if x not in listed)
        return [
            left_id
            for left_id in dict.fromkeys(
                (*superseded, *unlisted, *listed, *sorted(new))
            )
            if left_id in new
            or (
                self._links.by_left(kind, left_id) is None
                and left_id not in self.records.gone
                and not backlog.is_waiting(left_id)
            )
        ]

    def read_record(self, changes: Changes, left_id: str) -> Changes:
        """Return the changes of one record: both sides, as far as they count."""
        changes = changes.select(left_id)
        row = self.listings.left.get(left_id)
        link = self._links.by_left(self.flow.kind.name, left_id)
        if row is not None:
            changes.left[left_id] = self.records.observe_left(row)
        elif link is None and left_id in self._backlog.wanted:
            changes.left[left_id] = self.records.find_left(left_id)
        if link is None:
            self._add_matches(changes, left_id)
        elif left_id in self._backlog.due or left_id in self._suspect:
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
        if left_id in self._backlog.uncertain or changes.candidates.get(left_id):
            certain = False
        if certain and self._presume(link, changes):
            return
        if left_id not in changes.left:
            changes.left[left_id] = self.records.find_left(left_id)
        changes.right[link.right_id] = self.records.find_right(link.right_id)

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
        return self._backlog.find_times(left_id)

    def _list_listed(self, links: Sequence[Link], changes: Changes) -> Sequence[Link]:
        """Return the links that the lists may state something about."""
        listings, kind = self.listings, self.flow.kind.name
        if listings.left_complete or listings.right_complete:
            return links
        left_ids = dict.fromkeys(listings.left)
        of_right = (self._links.left_of(kind, x) for x in listings.right)
        left_ids |= dict.fromkeys(x for x in of_right if x is not None)
        left_ids |= dict.fromkeys(sorted(listings.left_gone))
        left_ids |= dict.fromkeys(self._backlog.due) | dict.fromkeys(changes.candidates)
        found = (self._links.by_left(kind, left_id) for left_id in left_ids)
        return [link for link in found if link is not None]

    def _judge(
        self, link: Link, survey: Survey, changes: Changes, reported: int
    ) -> None:
        """Add a pair to a survey, as far as the lists state something about it."""
        row = self.listings.left.get(link.left_id)
        left = None if row is None else self.records.observe_left(row)
        right = self._find_listed(link)
        is_suspect = self._is_suspect(link, (left, right), changes, reported)
        if is_suspect:
            self._suspect.add(link.left_id)
        has_news = left is not None and (left.frozen or left.money != link.money)
        if is_suspect or link.left_id in self._backlog.due or has_news:
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
            return self.records.observe_right(row)
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
        is_gone = self.listings.is_left_gone(link.left_id)
        return {
            LEFT: _is_deleted(left, is_missing=is_gone),
            RIGHT: _is_deleted(right, is_missing=self.listings.right_complete),
        }


def _is_deleted(observed: Observed | None, *, is_missing: bool) -> bool | None:
    """Return whether a record is deleted according to a list; None if unknown."""
    if observed is not None:
        return observed.is_deleted
    return True if is_missing else None
