"""Wait for a vendor: before a call for the rate limit, after it for another attempt."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Generic, TypeAlias, TypeVar

from pyrate_limiter import InMemoryBucket, Rate, RateItem
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_result,
    stop_after_attempt,
    wait_exponential,
)

from dataflow.errors import TryAgainError
from dataflow.sync.clients.connection import Response

#: Waits this many seconds.
Pause: TypeAlias = Callable[[float], None]

#: The attempts of one call, and the seconds between them without other advice.
ATTEMPTS, BACKOFF = 4, wait_exponential(multiplier=1)

#: Seconds to wait after a 429 without a time (as other clients do), and the longest
#: wait in seconds. A record that another call locks must not delay the other records.
DEFAULT_WAIT, MAX_WAIT, MAX_LOCK_WAIT = 60.0, 300.0, 5.0

#: Chargebee counts the calls of the last 60 seconds (documented). The second more is
#: for calls that take longer to arrive than later ones.
WINDOW_MS = 61_000


@dataclass(slots=True)
class RateLimiter:
    """Delays calls, so that at most `per_minute` are made within a minute.

    `now` is a clock in seconds that `pause` moves on; threads may share a limiter.
    """

    per_minute: int
    pause: Pause
    now: Callable[[], float] = time.monotonic
    _bucket: InMemoryBucket = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        """Start with no calls."""
        self._bucket = InMemoryBucket([Rate(self.per_minute, WINDOW_MS)])

    def wait(self) -> None:
        """Return when a call may be made, and count it."""
        while (seconds := self._try()) > 0:
            self.pause(seconds)

    def _try(self) -> float:
        """Count a call and return 0, or return the seconds until it may be made."""
        with self._lock:
            item = RateItem("call", int(self.now() * 1000))
            self._bucket.leak(item.timestamp)
            if self._bucket.put(item):
                return 0
            return max(1, int(str(self._bucket.waiting(item)))) / 1000


def pause_until_stopped(pause: Pause, is_stopping: Callable[[], bool]) -> Pause:
    """Return a pause of parts of a second; it raises TryAgainError after a stop."""

    def wait(seconds: float) -> None:
        left = seconds
        while left > 0:
            if is_stopping():
                raise TryAgainError(
                    "The sync was stopped while it waited for a vendor: run it again."
                )
            pause(min(left, 1.0))
            left -= 1.0

    return wait


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attempt(Generic[T]):
    """The outcome of one attempt, and after how many seconds another may be made.

    `wait` is None if another attempt is useless or not safe, and 0 without advice.
    """

    outcome: T
    wait: float | None = None


def retry(attempt: Callable[[], Attempt[T]], pause: Pause) -> Attempt[T]:
    """Repeat an attempt as long as it asks for it; return the last one."""
    made = [attempt()]
    if made[0].wait is None:
        # Nearly every call; setting up the retries takes longer than a recorded answer.
        return made[0]
    retrying = Retrying(
        retry=retry_if_result(lambda made: made.wait is not None),
        wait=_find_pause,
        stop=stop_after_attempt(ATTEMPTS),
        sleep=pause,
        retry_error_callback=_get_attempt,
    )
    return retrying(lambda: made.pop() if made else attempt())


def find_wait(
    response: Response, codes: Container[object], *, is_read: bool
) -> float | None:
    """Return the seconds until a retry, 0 without advice, or None for no retry.

    A 429 executed nothing (sdk), so that a write may be repeated, too.
    """
    text = response.headers.get("retry-after", "")
    advice = float(text) if text.isascii() and text.isdigit() else None
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        if "lock_timeout" in codes:
            seconds, longest = advice or 0, MAX_LOCK_WAIT
        else:
            seconds, longest = DEFAULT_WAIT if advice is None else advice, MAX_WAIT
    elif is_read and response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        seconds, longest = advice or 0, MAX_WAIT
    else:
        return None
    return seconds if seconds <= longest else None


def _get_attempt(state: RetryCallState) -> Attempt[Any]:
    if state.outcome is None:
        raise TypeError("no attempt was made")
    made: Attempt[Any] = state.outcome.result()
    return made


def _find_pause(state: RetryCallState) -> float:
    return _get_attempt(state).wait or BACKOFF(state)
