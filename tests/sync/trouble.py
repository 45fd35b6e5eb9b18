"""Ends a run of the sync at any point.

A run passes two points at each call and two at each commit of the state file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest import mock

from dataflow.sync.state_rows import StateRows

#: The kinds of points.
UNSENT, UNANSWERED = "unsent call", "unanswered call"
UNCOMMITTED, COMMITTED = "open commit", "ended commit"
POINTS = UNSENT, UNANSWERED, UNCOMMITTED, COMMITTED


class KilledError(BaseException):
    """The process has ended; nothing may catch this."""


@dataclass(slots=True)
class Trouble:
    """The trouble of one run: it ends at the point with the number `kill_at`.

    With `kill_path`, only the points at calls with this end of their path count.
    `points` are the kinds of the points that the run has passed.
    """

    kill_at: int = 0
    kill_path: str = ""
    points: list[str] = field(default_factory=list)

    @property
    def killed(self) -> str:
        """Return the kind of the point at which the run has ended, or nothing."""
        is_killed = 0 < self.kill_at <= len(self.points)
        return self.points[self.kill_at - 1] if is_killed else ""

    def reach(self, point: str, path: str = "") -> None:
        """Pass a point; raises KilledError if the run ends there."""
        if path.endswith(self.kill_path):
            self.points.append(point)
        if self.killed:
            raise KilledError

    @contextmanager
    def at_commits(self) -> Iterator[None]:
        """Pass the points of all commits within the block."""
        original = StateRows.transaction

        @contextmanager
        def transaction(rows: StateRows) -> Iterator[None]:
            is_outermost = not rows._depth
            with original(rows):
                yield
                if is_outermost:
                    self.reach(UNCOMMITTED)
            if is_outermost:
                self.reach(COMMITTED)

        with mock.patch.object(StateRows, "transaction", transaction):
            yield
