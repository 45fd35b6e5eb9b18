"""What goes wrong while the sync runs: it ends at any point, or others edit meanwhile.

A run passes two points at each call and two at each commit of the state file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest import mock

from dataflow.sync.clients.connection import Connection, Request, Response
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

    With `kill_call`, only the points at calls with this text count: `POST /customers`.
    Before the read with the number `meanwhile_at`, `meanwhile` is called once. (Between
    the read of a record and its write nobody can detect an edit, so nothing is done
    there.) `points` are the kinds of the points that the run has passed.
    """

    kill_at: int = 0
    kill_call: str = ""
    meanwhile_at: int = 0
    meanwhile: Callable[[], None] = lambda: None
    points: list[str] = field(default_factory=list)
    reads: int = 0

    @property
    def killed(self) -> str:
        """Return the kind of the point at which the run has ended, or nothing."""
        is_killed = 0 < self.kill_at <= len(self.points)
        return self.points[self.kill_at - 1] if is_killed else ""

    def reach(self, point: str, call: str = "") -> None:
        """Pass a point; raises KilledError if the run ends there."""
        if self.kill_call in call:
            self.points.append(point)
        if self.killed:
            raise KilledError

    def read(self) -> None:
        """Count a read that is about to be sent."""
        self.reads += 1
        if self.reads == self.meanwhile_at:
            self.meanwhile()

    @contextmanager
    def at_commits(self) -> Iterator[None]:
        """Pass the points of all commits within the block."""
        original = StateRows.transaction

        @contextmanager
        def transaction(rows: StateRows) -> Iterator[None]:
            is_outermost = not rows._depth  # noqa: SLF001 - only this one commits
            with original(rows):
                yield
                if is_outermost:
                    self.reach(UNCOMMITTED)
            if is_outermost:
                self.reach(COMMITTED)

        with mock.patch.object(StateRows, "transaction", transaction):
            yield


@dataclass(frozen=True, slots=True)
class TroubledConnection:
    """A connection on whose calls the trouble of a run happens."""

    connection: Connection
    trouble: Trouble

    @property
    def url(self) -> str:
        """Return the root of the paths."""
        return self.connection.url

    def send(self, request: Request) -> Response:
        """Send a request, unless the run ends before it or before its answer."""
        if request.method == "GET":
            self.trouble.read()
        call = f"{request.method} {request.path}"
        self.trouble.reach(UNSENT, call)
        response = self.connection.send(request)
        self.trouble.reach(UNANSWERED, call)
        return response

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()
