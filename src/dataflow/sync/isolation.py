"""Isolate an error of one record from the other records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from dataflow.errors import DataflowError, TryAgainError
from dataflow.sync.errors import StateError, WrongKeyError
from dataflow.sync.model import Issue, IssueKind
from dataflow.sync.record_types import KINDS
from dataflow.sync.state import StateStore

#: So many calls in a row without a good answer mean that no call will get one.
PATIENCE = 3


class HaltedError(Exception):
    """The run cannot go on for now; what was done is remembered."""


@dataclass(slots=True)
class ErrorIsolation:
    """Catches what goes wrong with one record, and has it remembered at once."""

    store: StateStore
    _failed: set[tuple[str, str]] = field(default_factory=set, init=False)
    _late: frozenset[tuple[str, str]] = field(init=False)
    _in_a_row: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Learn which records got no answer in the run before."""
        self._late = frozenset(
            (kind.name, one.left_id)
            for kind in KINDS
            for one in self.store.list_issues(kind.name)
            if one.kind is IssueKind.LATER
        )

    @contextmanager
    def isolate(self, kind: str, left_id: str) -> Iterator[None]:
        """Keep an error inside the block to the record that it is about.

        A wrong key and a memory that fails are about everything, and pass. Raises
        HaltedError after too many calls in a row without an answer. Records that got
        none in the run before do not count: it may be their own fault, and the others
        must not wait for them for ever.
        """
        try:
            yield
        except (WrongKeyError, StateError):
            raise
        except TryAgainError as error:
            self._note(kind, Issue(left_id, IssueKind.LATER, f"{left_id}: {error}"))
            if not self.was_unanswered(kind, left_id):
                self._in_a_row += 1
            if self._in_a_row >= PATIENCE:
                raise HaltedError(str(error)) from error
        except DataflowError as error:
            self.note_answer()
            self._note(kind, Issue(left_id, IssueKind.FAILED, f"{left_id}: {error}"))

    def note_answer(self) -> None:
        """Note that a call got a good answer."""
        self._in_a_row = 0

    def has_failed(self, kind: str, left_id: str) -> bool:
        """Tell whether something went wrong with this record in this run."""
        return (kind, left_id) in self._failed

    def was_unanswered(self, kind: str, left_id: str) -> bool:
        """Tell whether this record got no answer in the run before."""
        return (kind, left_id) in self._late

    def _note(self, kind: str, issue: Issue) -> None:
        self._failed.add((kind, issue.left_id))
        about = self.store.list_issue_ids(kind, issue.left_id)
        self.store.replace_issues(
            kind, issue.left_id, [replace(issue, candidate_ids=about)]
        )
