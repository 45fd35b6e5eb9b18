"""Idempotency keys: the first answer to a key is given again for a day.

The header is known from the vendor's client; the rules are unconfirmed. A key belongs
to the API key alone: neither method nor path nor body are compared, and a refusal is
given again like a success.
"""

from __future__ import annotations

from collections import OrderedDict

from dataflow.twin.clock import Clock
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.errors import RefusedError
from dataflow.twin.wire import Request, Response

HEADER = "idempotency-key"
DAY = 86_400
SHORTEST = 6
LONGEST = 64


def replay_key(request: Request) -> str | None:
    """Return a request's idempotency key, or nothing; raises for one out of place."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if request.method not in ("POST", "PATCH"):
        raise RefusedError(
            f"Idempotency keys do not go with {request.method}", b.IDEMPOTENCY_METHODS
        )
    if not SHORTEST <= len(key) <= LONGEST:
        raise RefusedError(
            f"Idempotency keys have {SHORTEST} to {LONGEST} characters",
            b.IDEMPOTENCY_LENGTH,
        )
    return key


class Replays:
    """The answers of the last day, by idempotency key."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # Its oldest entry is found at once, also after many were dropped.
        self._answers: OrderedDict[str, tuple[int, Response]] = OrderedDict()

    def find(self, key: str) -> Response | None:
        """Return the answer that this key got in the last 24 hours."""
        self._forget()
        _, response = self._answers.get(key, (0, None))
        return response

    def keep(self, key: str, response: Response) -> None:
        """Remember an answer."""
        self._answers[key] = (self._clock.seconds(), response)

    def _forget(self) -> None:
        """Drop what is older than a day; the oldest comes first."""
        oldest = self._clock.seconds() - DAY
        while self._answers:
            moment, _ = next(iter(self._answers.values()))
            if moment > oldest:
                return
            self._answers.popitem(last=False)
