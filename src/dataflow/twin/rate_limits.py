"""The limits of a vendor on the calls of a client; off until a number is given."""

from __future__ import annotations

import itertools
import math
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from dataflow.twin.clock import Clock
from dataflow.twin.evidence import ErrorResponse, EvidenceLog
from dataflow.twin.messages import App, Request, Response

#: Makes the answer to a refused call, from the number of calls that are admitted.
Refusal: TypeAlias = Callable[[int], ErrorResponse]

_MINUTE = 60_000  # milliseconds


class Limit(ABC):
    """Admits `most` calls, each kind of limit by its own count; None admits all."""

    def __init__(self, clock: Clock, refusal: Refusal) -> None:
        self.most: int | None = None
        self._clock = clock
        self._refusal = refusal
        self._lock = threading.Lock()

    def admit(self, app: App, evidence: EvidenceLog) -> App:
        """Return an app that refuses the calls beyond the limit."""

        def answer(request: Request) -> Response:
            most = self.most
            if most is None:
                return app(request)
            with self._lock:
                ticket = self._enter(request, most, self._clock.milliseconds())
            if ticket is None:
                refusal = self._refusal(most)
                evidence.cite(refusal.behaviour)
                return self._say_when(refusal.response, self._clock.milliseconds())
            try:
                return app(request)
            finally:
                self._leave(request, ticket)

        return answer

    def _say_when(self, response: Response, now: int) -> Response:  # noqa: ARG002
        """Return a refusal, perhaps with the time of the next attempt."""
        return response

    @abstractmethod
    def clear(self) -> None:
        """Forget the calls so far."""

    @abstractmethod
    def _enter(self, request: Request, most: int, now: int) -> int | None:
        """Count a call and return its ticket, or None beyond the limit."""

    @abstractmethod
    def _leave(self, request: Request, ticket: int) -> None:
        """Note that an admitted call has ended."""


class RateLimit(Limit):
    """A limit on the calls within any 60 seconds; refused calls do not count."""

    def __init__(self, clock: Clock, refusal: Refusal) -> None:
        super().__init__(clock, refusal)
        self._admitted: deque[int] = deque()

    def clear(self) -> None:
        """Forget the calls so far."""
        with self._lock:
            self._admitted.clear()

    def _enter(self, request: Request, most: int, now: int) -> int | None:  # noqa: ARG002
        while self._admitted and self._admitted[0] <= now - _MINUTE:
            self._admitted.popleft()
        if len(self._admitted) >= most:
            return None
        self._admitted.append(now)
        return now

    def _leave(self, request: Request, ticket: int) -> None:
        """Keep the call: it counts for a minute."""

    def _say_when(self, response: Response, now: int) -> Response:
        oldest = self._admitted[0] if self._admitted else now
        seconds = max(1, math.ceil((oldest + _MINUTE - now) / 1000))
        headers = {**response.headers, "Retry-After": str(seconds)}
        return replace(response, headers=headers)


class ConcurrencyLimit(Limit):
    """A limit on the open calls of a client; a call counts for a minute at most.

    `group` returns the group of calls with a limit of its own: the API key, or more.
    """

    def __init__(
        self,
        clock: Clock,
        refusal: Refusal,
        group: Callable[[Request], str] = lambda request: request.basic_user() or "",
    ) -> None:
        super().__init__(clock, refusal)
        self._group = group
        self._tickets = itertools.count()
        self._open: dict[str, dict[int, int]] = {}

    def clear(self) -> None:
        """Forget the calls so far."""
        with self._lock:
            self._open.clear()

    def _enter(self, request: Request, most: int, now: int) -> int | None:
        key = self._group(request)
        known = self._open.get(key, {})
        recent = {n: since for n, since in known.items() if since > now - _MINUTE}
        self._open[key] = recent
        if len(recent) >= most:
            return None
        ticket = next(self._tickets)
        recent[ticket] = now
        return ticket

    def _leave(self, request: Request, ticket: int) -> None:
        with self._lock:
            self._open.get(self._group(request), {}).pop(ticket, None)


class KeysInUse:
    """Refuses a write whose idempotency key belongs to a write in progress."""

    def __init__(self, header: str | None, refusal: ErrorResponse | None) -> None:
        self._header = header
        self._refusal = refusal
        self._keys: set[str] = set()
        self._lock = threading.Lock()

    def guard(self, app: App, evidence: EvidenceLog) -> App:
        """Return an app that refuses a key in use."""
        if self._header is None or self._refusal is None:
            return app
        header, refusal = self._header, self._refusal

        def answer(request: Request) -> Response:
            key = request.headers.get(header, "")
            if not key or request.method == "GET":
                return app(request)
            with self._lock:
                is_used = key in self._keys
                self._keys.add(key)
            if is_used:
                evidence.cite(refusal.behaviour)
                return refusal.response
            try:
                return app(request)
            finally:
                with self._lock:
                    self._keys.discard(key)

        return answer
