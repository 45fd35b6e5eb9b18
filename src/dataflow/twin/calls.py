"""The log of calls: what a twin was asked, what it answered, and how often."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass

from dataflow.twin.clock import Clock
from dataflow.twin.wire import Request, Response

#: So many calls are kept whole, the latest ones; all of them are counted.
KEPT = 500


@dataclass(frozen=True, slots=True)
class Call:
    """One call and its answer.

    `number` counts from 1; `seconds` is when it was answered, by the twin's clock;
    `kind` is its method and its route, as `POST /customers/{id}`. A `response` with a
    `cut` has not arrived as it stands.
    """

    number: int
    seconds: float
    kind: str
    request: Request
    response: Response


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
        with self._lock:
            self._number += 1
            self._counts[kind] += 1
            call = Call(self._number, seconds, kind, request, response)
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
