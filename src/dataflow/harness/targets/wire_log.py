"""Keeps what went over the wire at the twins' edge, where every program passes."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow.harness.targets.exchanges import Exchange
from dataflow.twin.messages import Request, Response


class WireLog:
    """Keeps the calls of all programs, in the order in which they were answered."""

    def __init__(self) -> None:
        self._kept: list[Exchange] = []
        self._asked: list[tuple[str, str]] = []

    def note(self, system: str, request: Request, response: Response) -> None:
        """Keep one call; the twins' threads do it as they answer."""
        self._asked += request.query
        self._kept.append(
            Exchange(
                system=system,
                method=request.method,
                path=request.path,
                query=request.query,
                body=request.body,
                status=response.status,
                answer=response.body,
            )
        )

    def begin(self) -> None:
        """Forget everything: another scenario begins."""
        self._kept, self._asked = [], []

    def asked(self) -> Sequence[tuple[str, str]]:
        """Return all that stood in queries since the scenario began."""
        return self._asked

    def take(self) -> list[Exchange]:
        """Return what was kept, and begin anew."""
        taken, self._kept = self._kept, []
        return taken
