"""One bad record does not stop the others; a system that is down stops the run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from dataflow.errors import DataflowError, TryAgainError
from dataflow.sync.model import Issue, Sort
from dataflow.systems.errors import WrongKeyError

#: So many calls in a row without a good answer mean that no call will get one.
PATIENCE = 3


class HaltedError(Exception):
    """The run cannot go on for now; what was done is remembered."""


@dataclass(slots=True)
class Guard:
    """Catches what goes wrong with one record, and keeps it for the report.

    `failures` holds it by kind and Invoiced id.
    """

    failures: dict[tuple[str, str], Issue] = field(default_factory=dict)
    halted: bool = False
    _in_a_row: int = 0

    @contextmanager
    def attempt(self, kind: str, left_id: str) -> Iterator[None]:
        """Keep an error inside the block to the record that it is about.

        A wrong key is about everything, and passes. Raises HaltedError after too
        many calls in a row without an answer.
        """
        try:
            yield
        except WrongKeyError:
            raise
        except TryAgainError as error:
            self._note(kind, Issue(left_id, Sort.LATER, f"{left_id}: {error}"))
            self._in_a_row += 1
            if self._in_a_row >= PATIENCE:
                self.halted = True
                raise HaltedError(str(error)) from error
        except DataflowError as error:
            self.answered()
            self._note(kind, Issue(left_id, Sort.FAILED, f"{left_id}: {error}"))

    def answered(self) -> None:
        """Note that a call got a good answer."""
        self._in_a_row = 0

    def failed(self, kind: str, left_id: str) -> bool:
        """Tell whether something went wrong with this record in this run."""
        return (kind, left_id) in self.failures

    def _note(self, kind: str, issue: Issue) -> None:
        self.failures[kind, issue.left_id] = issue
