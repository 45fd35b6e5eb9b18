"""Find the Chargebee records that may be the counterparts of unlinked records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dataflow.sync.clients.systems import Systems
from dataflow.sync.isolation import ErrorIsolation
from dataflow.sync.listings import Listings
from dataflow.sync.matching import read_candidate
from dataflow.sync.model import Candidate, Issue, IssueKind, Observed, PossibleMatch
from dataflow.sync.possible_matches import MatchIndex, compare
from dataflow.sync.record_types import Kind
from dataflow.sync.state import StateStore


@dataclass(slots=True)
class CandidateReader:
    """Finds candidates by mark or id, and possible matches without a mark."""

    kind: Kind
    systems: Systems
    store: StateStore
    isolation: ErrorIsolation
    listings: Listings
    _index: MatchIndex | None = field(default=None, init=False)

    def read(self, issues: Iterable[Issue]) -> dict[str, tuple[Candidate, ...]]:
        """Return the unlinked candidates by Invoiced id; those of issues are read."""
        unread = self._read_earlier(issues)
        found: dict[str, tuple[Candidate, ...]] = {}
        for one in (*self._list_listed(), *unread):
            if self.store.links.left_of(self.kind.name, one.id) is None:
                found[one.left_id] = (*found.get(one.left_id, ()), one)
        return found

    def index(self) -> None:
        """Index the unclaimed records of the list, which has to be complete."""
        self._index = MatchIndex(self.kind, self.store.links)
        for right_id in self._list_unlinked_ids():
            with self.isolation.isolate(self.kind.name, right_id):
                self._index.add(self.listings.right[right_id])

    def find_matches(self, left: Observed) -> tuple[PossibleMatch, ...] | None:
        """Return the possible matches of a record, or None if they are unknown.

        Without an index, those that a record waits for are compared again.
        """
        if self._index is not None:
            return self._index.find(left.record)
        for issue in self.store.get_issues(self.kind.name, left.id):
            if issue.kind is IssueKind.DECISION:
                known = (self.listings.right.get(x) for x in issue.candidate_ids)
                rights = [right for right in known if right is not None]
                links = self.store.links
                return compare(self.kind, left.record, rights, links) or None
        return None

    def _read_earlier(self, issues: Iterable[Issue]) -> list[Candidate]:
        """Read the candidates of issues into the list; return the unread ones."""
        unread = []
        for issue in issues:
            for right_id in issue.candidate_ids:
                unread.append(Candidate(issue.left_id, right_id, issue.left_id))
                with self.isolation.isolate(self.kind.name, issue.left_id):
                    record = self.systems.right.find(self.kind, right_id)
                    self.isolation.note_answer()
                    unread.pop()
                    self.listings.right.pop(right_id, None)
                    if record is not None:
                        self.listings.right[right_id] = record
        return unread

    def _list_listed(self) -> Iterator[Candidate]:
        for right_id in self._list_unlinked_ids():
            candidate = None
            with self.isolation.isolate(self.kind.name, right_id):
                candidate = read_candidate(self.kind, self.listings.right[right_id])
            if candidate is not None:
                yield candidate

    def _list_unlinked_ids(self) -> list[str]:
        links, kind = self.store.links, self.kind.name
        return [x for x in self.listings.right if links.left_of(kind, x) is None]
