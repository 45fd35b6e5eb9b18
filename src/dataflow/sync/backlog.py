"""Find which records that earlier runs have left need a decision in this one."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from dataflow.sync.isolation import QUARANTINED, ErrorIsolation
from dataflow.sync.listings import Listings
from dataflow.sync.model import LEFT, Issue, IssueKind, Link, Links
from dataflow.sync.record_types import CUSTOMER, Kind
from dataflow.sync.records import read_time
from dataflow.sync.state import StateStore


@dataclass(slots=True)
class Backlog:
    """The records of one kind that earlier runs have left.

    Those that are `due` are decided on, whatever the lists show. Those that are
    `uncertain` are read by their ids, although a list has them. Those that are `wanted`
    have no pair, and are read by their ids if no list has them.
    """

    kind: Kind
    store: StateStore
    isolation: ErrorIsolation
    listings: Listings
    due: set[str] = field(default_factory=set, init=False)
    uncertain: set[str] = field(default_factory=set, init=False)
    wanted: set[str] = field(default_factory=set, init=False)
    _undecided: set[str] = field(init=False)

    def __post_init__(self) -> None:
        """Find the records that wait for the user, and of which nothing changed."""
        decided = self.store.list_decisions(self.kind.name).keys()
        issues = self.store.list_issues(self.kind.name)
        self._undecided = {x.left_id for x in issues if self._is_undecided(x)} - decided

    def refresh(self, candidates: Container[str]) -> None:
        """Find what needs a decision now: customers may have got a counterpart."""
        issues = self.list_open_issues()
        self.due = self._list_due(issues)
        self.uncertain = {issue.left_id for issue in issues} | self.due
        # Unlinked ones that seem to be deleted, or to have a counterpart, are read.
        self.wanted = self.due | {
            left_id
            for left_id in self.uncertain
            if self._links.by_left(self.kind.name, left_id) is None
            and (self.listings.is_left_gone(left_id) or left_id in candidates)
        }

    def list_open_issues(self) -> list[Issue]:
        """Return the issues of earlier runs that count in this one."""
        return [
            issue
            for issue in self.store.list_issues(self.kind.name)
            if not self.isolation.has_failed(self.kind.name, issue.left_id)
            and not self.is_waiting(issue.left_id)
        ]

    def is_waiting(self, left_id: str) -> bool:
        """Return whether a record waits for the user, or for its next attempt."""
        return left_id in self._undecided or self.is_resting(left_id)

    def is_resting(self, left_id: str) -> bool:
        """Return whether a record waits for its next attempt."""
        kind, isolation = self.kind.name, self.isolation
        if self.store.get_decision(kind, left_id) is not None:
            return False
        return isolation.is_quarantined(kind, left_id) and isolation.is_resting(
            kind, left_id, self.find_times(left_id)
        )

    def is_unchanged(self, link: Link) -> bool:
        """Return whether neither side of a pair has changed since the last run."""
        right = self.listings.right
        is_listed = link.right_id in right or self.listings.right_complete
        return not (is_listed or self._has_changed(link.left_id))

    def find_times(self, left_id: str) -> tuple[int, int]:
        """Return both sides' times of change in the lists, 0 if they have none."""
        link = self._links.by_left(self.kind.name, left_id)
        left = self.listings.left.get(left_id)
        right = self.listings.right.get(link.right_id) if link else None
        return read_time(left or {}) or 0, read_time(right or {}) or 0

    @property
    def _links(self) -> Links:
        return self.store.links

    def _is_undecided(self, issue: Issue) -> bool:
        link = self._links.by_left(self.kind.name, issue.left_id)
        ids = {*issue.candidate_ids, *([link.right_id] if link else [])}
        has_news = ids & self.listings.right.keys() or self._has_changed(issue.left_id)
        return issue.kind is IssueKind.DECISION and not has_news

    def _has_changed(self, left_id: str) -> bool:
        """Return whether an Invoiced record changed or was deleted, as far as listed.

        A list that cannot be filtered by time contains all the others as well.
        """
        left = self.listings.left.get(left_id)
        if left is None:
            return self.listings.is_left_gone(left_id)
        cursor = self.store.get_cursor(self.kind.name, LEFT) or 0
        return (read_time(left) or cursor) >= cursor

    def _list_due(self, issues: list[Issue]) -> set[str]:
        """Return the records that were postponed and may be synchronised now."""
        links = self._links.list_of(self.kind.name)
        superseded = self._links.list_superseded(self.kind.name)
        return {
            *(issue.left_id for issue in issues if self._is_due(issue)),
            *self.store.list_decisions(self.kind.name),
            *(link.left_id for link in links if link.intent is not None),
            *(order.left_id for order in superseded),
        }

    def _is_due(self, issue: Issue) -> bool:
        if issue.kind in {*QUARANTINED, IssueKind.DECISION}:
            return True
        needed = self._links.right_of(CUSTOMER.name, issue.needs)
        return bool(issue.needs) and needed is not None
