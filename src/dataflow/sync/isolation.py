"""Isolate an error of one record from the other records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from dataflow.errors import DataflowError, LockedError, TryAgainError
from dataflow.sync.errors import KeyRefusedError, StateError
from dataflow.sync.model import Issue, IssueKind
from dataflow.sync.record_types import KINDS
from dataflow.sync.state import StateStore

#: After this many calls in a row without an answer, no further call is made.
MAX_UNANSWERED = 3


class HaltedError(Exception):
    """The run cannot continue now; everything that it did is stored."""


@dataclass(slots=True)
class ErrorIsolation:
    """Turns the error of one record into an issue, and stores it at once."""

    store: StateStore
    _failed: set[tuple[str, str]] = field(default_factory=set, init=False)
    _unanswered: frozenset[tuple[str, str]] = field(init=False)
    _in_a_row: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Read which records got no answer in the previous run."""
        self._unanswered = frozenset(
            (kind.name, issue.left_id)
            for kind in KINDS
            for issue in self.store.list_issues(kind.name)
            if issue.kind is IssueKind.LATER
        )

    @contextmanager
    def isolate(self, kind: str, left_id: str) -> Iterator[None]:
        """Store an error of the block as an issue of this record, and continue.

        Errors of the key and of the state file concern all records and are raised.
        Raises HaltedError after `MAX_UNANSWERED` calls in a row without an answer.
        Records without an answer in the previous run do not count: the cause may be
        the record itself, and it must not delay the others for ever.
        """
        try:
            yield
        except (KeyRefusedError, StateError, LockedError):
            raise
        except TryAgainError as error:
            self._add_issue(kind, left_id, IssueKind.LATER, error)
            if not self.was_unanswered(kind, left_id):
                self._in_a_row += 1
            if self._in_a_row >= MAX_UNANSWERED:
                raise HaltedError(str(error)) from error
        except DataflowError as error:
            self.note_answer()
            self._add_issue(kind, left_id, IssueKind.FAILED, error)

    def note_answer(self) -> None:
        """Record that a call was answered."""
        self._in_a_row = 0

    def has_failed(self, kind: str, left_id: str) -> bool:
        """Return whether an error of this record was caught in this run."""
        return (kind, left_id) in self._failed

    def was_unanswered(self, kind: str, left_id: str) -> bool:
        """Return whether this record got no answer in the previous run."""
        return (kind, left_id) in self._unanswered

    def _add_issue(
        self, kind: str, left_id: str, issue_kind: IssueKind, error: DataflowError
    ) -> None:
        self._failed.add((kind, left_id))
        candidate_ids = self.store.list_candidate_ids(kind, left_id)
        text = f"{left_id}: {error}"
        issue = Issue(left_id, issue_kind, text, candidate_ids=candidate_ids)
        self.store.replace_issues(kind, left_id, [issue])
