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
