"""How many calls a minute a site lets in."""

from __future__ import annotations

from collections import deque

from dataflow.twin.chargebee import behaviours
from dataflow.twin.chargebee.errors import RefusalError
from dataflow.twin.clock import Clock

A_MINUTE = 60_000


class Gate:
    """Counts the calls of the last minute; those it refused do not count."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: deque[int] = deque()

    def pass_one(self, most: int | None) -> None:
        """Let one call in, or refuse it if there were so many in the last minute."""
        if most is None:
            self._calls.clear()
            return
        now = self._clock.milliseconds()
        while self._calls and self._calls[0] <= now - A_MINUTE:
            self._calls.popleft()
        if len(self._calls) >= most:
            raise _too_many()
        self._calls.append(now)


def _too_many() -> RefusalError:
    text = (
        "Sorry, access has been blocked temporarily due to request count exceeding"
        " acceptable limits."
    )
    code = "api_request_limit_exceeded"
    return RefusalError(
        429, code, text, behaviours.CALLS_A_MINUTE, kind="operation_failed"
    )
