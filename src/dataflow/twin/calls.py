"""The log of calls: what a twin was asked, what it answered, and how often."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from dataflow.twin.clock import Clock
from dataflow.twin.wire import Request, Response

#: So many calls are kept, the latest ones; all of them are counted.
KEPT = 500
#: So many bytes are kept of a body: with those above, 64 MB of bodies at most.
LONGEST = 65_536


@dataclass(frozen=True, slots=True)
class Call:
    """One call and its answer.

    `number` counts from 1; `seconds` is when it was answered, by the twin's clock;
    `kind` is its method and its route, as `POST /customers/{id}`. A `response` with a
    `cut` has not arrived as it stands. Of a long body the first `LONGEST` bytes are
    kept: `body_left_out` and `answer_left_out` tell how many are missing.
    """

    number: int
    seconds: float
    kind: str
    request: Request
    response: Response
    body_left_out: int = 0
    answer_left_out: int = 0


class CallLog:
    """Remembers calls; `route_of` tells the route of a path."""

    def __init__(self, clock: Clock, route_of: Callable[[str], str]) -> None:
        self._clock = clock
        self._route_of = route_of
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget all calls, and count from 1 again."""
        with self._lock:
            self._number = 0
            self._counts: Counter[str] = Counter()
            self._calls: deque[Call] = deque(maxlen=KEPT)

    def note(self, request: Request, response: Response) -> None:
        """Remember one call."""
        kind = f"{request.method} {self._route_of(request.path)}"
        seconds = self._clock.milliseconds() / 1000
        left_out = (_too_much(request.body), _too_much(response.body))
        if any(left_out):
            request = replace(request, body=request.body[:LONGEST])
            response = replace(response, body=response.body[:LONGEST])
        with self._lock:
            self._number += 1
            self._counts[kind] += 1
            call = Call(self._number, seconds, kind, request, response, *left_out)
            self._calls.append(call)

    def latest(self, most: int = KEPT) -> list[Call]:
        """Return the latest calls, the oldest first."""
        with self._lock:
            calls = list(self._calls)
        return calls[max(0, len(calls) - most) :]

    def counts(self) -> dict[str, int]:
        """Return how many calls of each kind there were, by kind."""
        with self._lock:
            return dict(sorted(self._counts.items()))

    def count(self, kind: str) -> int:
        """Return how many calls of one kind there were."""
        return self._counts[kind]


def _too_much(body: bytes) -> int:
    return max(0, len(body) - LONGEST)
