"""Isolate an error of one record from the other records, and quarantine the record."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from dataflow.errors import DataflowError, LockedError, TryAgainError
from dataflow.sync.clients.systems import Systems
from dataflow.sync.errors import KeyRefusedError, StateError
from dataflow.sync.model import Issue, IssueKind
from dataflow.sync.record_types import KINDS
from dataflow.sync.state import StateStore

#: After this many records in a row without an answer, the vendors are asked whether
#: they answer at all.
MAX_UNANSWERED = 3

#: Seconds until the third attempt, and the most between two; the second attempt is in
#: the next run, and every other one is after twice the time.
FIRST_DELAY, LONGEST_DELAY = 60, 86_400

#: After this many attempts without an answer, the cause is the record itself.
MAX_LATER = 3

QUARANTINED = frozenset({IssueKind.FAILED, IssueKind.LATER})


class HaltedError(Exception):
    """The run cannot continue now; everything that it did is stored."""


@dataclass(slots=True)
class ErrorIsolation:
    """Turns the error of one record into an issue, and stores it at once.

    Threads may share it.
    """

    store: StateStore
    systems: Systems
    _failed: set[tuple[str, str]] = field(default_factory=set, init=False)
    _earlier: dict[tuple[str, str], Issue] = field(init=False)
    _in_a_row: int = field(default=0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        """Read which records failed in earlier runs."""
        self._earlier = {
            (kind.name, issue.left_id): issue
            for kind in KINDS
            for issue in self.store.list_issues(kind.name)
            if issue.kind in QUARANTINED
        }

    @contextmanager
    def isolate(
        self, kind: str, left_id: str, seen: tuple[int, int] = (0, 0)
    ) -> Iterator[None]:
        """Store an error of the block as an issue of this record, and continue.

        Errors of the key and of the state file concern all records and are raised, and
        so is an error that is no answer. Raises HaltedError if no vendor answers.
        Records without an answer in the previous run do not count: the cause may be
        the record itself, and it must not delay the others for ever.
        """
        try:
            yield
        except (KeyRefusedError, StateError, LockedError, HaltedError):
            raise
        except Exception as error:
            if self.systems.is_foreign(error):
                raise
            self._quarantine(kind, left_id, seen, error)
            if isinstance(error, TryAgainError):
                self._count_unanswered(kind, left_id)
            else:
                self.note_answer()

    def note_answer(self) -> None:
        """Record that a call was answered."""
        self._in_a_row = 0

    def has_failed(self, kind: str, left_id: str) -> bool:
        """Return whether an error of this record was caught in this run."""
        return (kind, left_id) in self._failed

    def was_unanswered(self, kind: str, left_id: str) -> bool:
        """Return whether this record got no answer in the previous run."""
        issue = self._earlier.get((kind, left_id))
        return issue is not None and issue.kind is IssueKind.LATER

    def is_quarantined(self, kind: str, left_id: str) -> bool:
        """Return whether this record failed in the previous run."""
        return (kind, left_id) in self._earlier

    def is_resting(self, kind: str, left_id: str, seen: tuple[int, int]) -> bool:
        """Return whether a record is not tried in this run, judging by its times.

        `seen` holds the times of change of both sides, 0 for a side without any news.
        """
        issue = self._earlier.get((kind, left_id))
        if issue is None or issue.next_attempt <= self.systems.now():
            return False
        return all(
            time in {0, known} for time, known in zip(seen, issue.seen, strict=True)
        )

    def replace_issues(
        self,
        kind: str,
        left_id: str,
        issues: Sequence[Issue],
        seen: tuple[int, int] = (0, 0),
    ) -> None:
        """Store the issues of a record, with the next attempt if it has failed."""
        stored = [self._schedule(kind, issue, seen) for issue in issues]
        self.store.replace_issues(kind, left_id, stored)

    def _quarantine(
        self, kind: str, left_id: str, seen: tuple[int, int], error: Exception
    ) -> None:
        self._failed.add((kind, left_id))
        is_later = isinstance(error, TryAgainError)
        issue = Issue(
            left_id,
            IssueKind.LATER if is_later else IssueKind.FAILED,
            f"{left_id}: {describe(error)}",
            candidate_ids=self.store.list_candidate_ids(kind, left_id),
        )
        self.replace_issues(kind, left_id, [issue], seen)

    def _schedule(self, kind: str, issue: Issue, seen: tuple[int, int]) -> Issue:
        """Return an issue with its number of attempts and the time of the next one."""
        if issue.kind not in QUARANTINED:
            return issue
        earlier = self._earlier.get((kind, issue.left_id))
        attempts = 1 if earlier is None else earlier.attempts + 1
        known = (0, 0) if earlier is None else earlier.seen
        left, right = (now or before for now, before in zip(seen, known, strict=True))
        is_later = issue.kind is IssueKind.LATER and attempts <= MAX_LATER
        return replace(
            issue,
            kind=IssueKind.LATER if is_later else IssueKind.FAILED,
            attempts=attempts,
            next_attempt=int(self.systems.now()) + find_delay(attempts),
            seen=(left, right),
        )

    def _count_unanswered(self, kind: str, left_id: str) -> None:
        """Raise HaltedError if several records in a row and a ping got no answer."""
        if self.was_unanswered(kind, left_id):
            return
        with self._lock:
            self._in_a_row += 1
            if self._in_a_row < MAX_UNANSWERED:
                return
            try:
                self.systems.ping()
            except TryAgainError as error:
                raise HaltedError(str(error)) from error
            self.note_answer()


def find_delay(attempts: int) -> int:
    """Return the seconds from a failed attempt to the next one."""
    if attempts <= 1:
        return 0
    return int(min(FIRST_DELAY * 2.0 ** (attempts - 2), LONGEST_DELAY))


def describe(error: Exception) -> str:
    """Return an error as a sentence; one that the sync did not expect with its type."""
    if isinstance(error, DataflowError):
        return str(error)
    return (
        f"it is not as the sync expects it ({type(error).__name__}: {error}):"
        " see the record in both systems."
    )
