"""How much a vendor lets one caller do at a time; off until a number is given."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol, TypeAlias

from dataflow.twin.clock import Clock
from dataflow.twin.evidence import ErrorResponse, EvidenceLog
from dataflow.twin.messages import App, Request, Response

#: Makes the answer to a call too many, from how many are let through.
Refusal: TypeAlias = Callable[[int], ErrorResponse]

_MINUTE = 60_000  # milliseconds


class Limit(Protocol):
    """Lets `most` calls through, in its own way of counting; None lets all through."""

    most: int | None

    def admit(self, app: App, evidence: EvidenceLog) -> App:
        """Return an app that refuses what is too much."""
        ...

    def forget(self) -> None:
        """Count anew."""
        ...


class RateLimit:
    """So many calls in any 60 seconds; those that are refused do not count."""

    def __init__(self, clock: Clock, refusal: Refusal) -> None:
        self.most: int | None = None
        self._clock = clock
        self._refusal = refusal
        self._lock = threading.Lock()
        self._let_in: deque[int] = deque()

    def admit(self, app: App, evidence: EvidenceLog) -> App:
        """Return an app that refuses what is too much."""

        def answer(request: Request) -> Response:
            most = self.most
            if most is None or self._lets_in(most):
                return app(request)
            return _refused(self._refusal(most), evidence)

        return answer

    def forget(self) -> None:
        """Count anew."""
        with self._lock:
            self._let_in.clear()

    def _lets_in(self, most: int) -> bool:
        now = self._clock.milliseconds()
        with self._lock:
            while self._let_in and self._let_in[0] <= now - _MINUTE:
                self._let_in.popleft()
            if len(self._let_in) >= most:
                return False
            self._let_in.append(now)
            return True


class ConcurrencyLimit:
    """So many calls of one API key under way; after a minute one does not count."""

    def __init__(self, clock: Clock, refusal: Refusal) -> None:
        self.most: int | None = None
        self._clock = clock
        self._refusal = refusal
        self._lock = threading.Lock()
        self._tickets = itertools.count()
        self._under_way: dict[str, dict[int, int]] = {}

    def admit(self, app: App, evidence: EvidenceLog) -> App:
        """Return an app that refuses what is too much."""

        def answer(request: Request) -> Response:
            most = self.most
            if most is None:
                return app(request)
            key = request.basic_user() or ""
            ticket = self._enter(key, most)
            if ticket is None:
                return _refused(self._refusal(most), evidence)
            try:
                return app(request)
            finally:
                self._leave(key, ticket)

        return answer

    def forget(self) -> None:
        """Count anew."""
        with self._lock:
            self._under_way.clear()

    def _enter(self, key: str, most: int) -> int | None:
        now = self._clock.milliseconds()
        with self._lock:
            known = self._under_way.get(key, {})
            fresh = {n: since for n, since in known.items() if since > now - _MINUTE}
            self._under_way[key] = fresh
            if len(fresh) >= most:
                return None
            ticket = next(self._tickets)
            fresh[ticket] = now
            return ticket

    def _leave(self, key: str, ticket: int) -> None:
        with self._lock:
            self._under_way.get(key, {}).pop(ticket, None)


def _refused(trouble: ErrorResponse, evidence: EvidenceLog) -> Response:
    evidence.cite(trouble.behaviour)
    return trouble.response
