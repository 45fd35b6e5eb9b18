"""The clocks that the twins live by. Time is handed in, never looked up."""

from __future__ import annotations

import threading
import time
from typing import Protocol

#: Where a hand-moved clock starts unless told otherwise: 2026-01-05 09:00:00 UTC.
START = 1_767_603_600


class Clock(Protocol):
    """Tells a twin the time."""

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        ...

    def seconds(self) -> int:
        """Return whole seconds since the epoch, UTC, the grain of both vendors."""
        ...


class HandClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, start: int = START) -> None:
        self._milliseconds = start * 1000
        self._lock = threading.Lock()

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return self._milliseconds

    def seconds(self) -> int:
        """Return whole seconds since the epoch, UTC."""
        return self._milliseconds // 1000

    def advance(self, seconds: float) -> None:
        """Move the clock on; it never goes back."""
        if seconds < 0:
            raise ValueError(f"a clock does not go back: advance({seconds!r})")
        with self._lock:
            self._milliseconds += round(seconds * 1000)


class SystemClock:
    """The machine's own clock, for twins that are used by hand."""

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return time.time_ns() // 1_000_000

    def seconds(self) -> int:
        """Return whole seconds since the epoch, UTC."""
        return self.milliseconds() // 1000


class SteeredClock:
    """Another clock, moved on and frozen at will; `base` is the one that it follows."""

    def __init__(self, base: Clock) -> None:
        self._base = base
        self._ahead = 0
        self._stands_at: int | None = None
        self._lock = threading.Lock()

    @property
    def frozen(self) -> bool:
        """Tell whether it stands still until it is moved."""
        return self._stands_at is not None

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        stands_at = self._stands_at
        if stands_at is not None:
            return stands_at
        return self._base.milliseconds() + self._ahead

    def seconds(self) -> int:
        """Return whole seconds since the epoch, UTC."""
        return self.milliseconds() // 1000

    def advance(self, seconds: float) -> None:
        """Move the clock on; it never goes back."""
        if seconds < 0:
            raise ValueError(f"a clock does not go back: advance({seconds!r})")
        with self._lock:
            if self._stands_at is None:
                self._ahead += round(seconds * 1000)
            else:
                self._stands_at += round(seconds * 1000)

    def freeze(self) -> None:
        """Let the clock stand still."""
        with self._lock:
            self._stands_at = self.milliseconds()

    def thaw(self) -> None:
        """Let the clock go on from where it stands."""
        with self._lock:
            if self._stands_at is not None:
                self._ahead = self._stands_at - self._base.milliseconds()
                self._stands_at = None
